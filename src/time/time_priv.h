/* What the files of this room share.
 *
 * A zone is a table of segments.  Segment s covers the instants from at[s] up to (not including) at[s + 1]; the
 * first begins at INT64_MIN, the last has no end.  The footer rule of the file is unrolled into the table when the
 * zone is loaded (the range of instants ends in 2262), so a lookup never computes a rule. */
#ifndef ZP_TIME_PRIV_H
#define ZP_TIME_PRIV_H

#include "time/time.h"

__extension__ typedef __int128 zp__i128;

#define ZP_ZONE_ABBR 16 /* longest abbreviation kept, with its NUL */

typedef struct zp__zone_type {
    int32_t offset; /* seconds east of UTC */
    char abbr[ZP_ZONE_ABBR];
} zp__zone_type;

struct zp_zone {
    const char *name;
    int64_t count;        /* segments, >= 1 */
    const int64_t *at;    /* ns; count entries, at[0] == INT64_MIN */
    const uint16_t *type; /* of each segment */
    const zp__zone_type *types;
};

/* Names of zones may hold these. */
static inline bool zp__zone_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '+' || c == '-';
}

/* Builds a zone from the bytes of a TZif file; `name` is copied.  NULL: not a zone file. */
zp_zone *zp__tzif_parse(const char *name, const uint8_t *bytes, size_t len, zp_error *err);
void zp__zone_free(zp_zone *zone);

/* A POSIX TZ rule: "EST5EDT,M3.2.0,M11.1.0". */
typedef struct zp__tz_date {
    char kind; /* 'M': month, week, day of the week; 'J': 1..365 without Feb 29; 'N': 0..365 */
    int32_t month, week, day;
    int32_t secs; /* seconds after local midnight, may be negative */
} zp__tz_date;

typedef struct zp__tz_rule {
    zp__zone_type std, dst;
    bool has_dst;
    zp__tz_date start, end; /* of dst */
} zp__tz_rule;

bool zp__tz_rule_parse(const char *text, size_t len, zp__tz_rule *out);
/* The instants (seconds, UTC) when dst begins and ends in `year`. */
void zp__tz_rule_year(const zp__tz_rule *rule, int64_t year, int64_t *begins, int64_t *ends);

/* Segment of an instant; `cursor` as in time.h. */
int64_t zp__zone_segment(const zp_zone *zone, int64_t ns, int64_t *cursor);
static inline const zp__zone_type *zp__zone_type_of(const zp_zone *zone, int64_t segment)
{
    return &zone->types[zone->type[segment]];
}
/* The stretch of `unit` ns that began `into` ns before `ns`, cut to the segment (zone NULL: not cut). */
void zp__stretch(int64_t ns, uint64_t into, uint64_t unit, const zp_zone *zone, int64_t segment,
                 zp_stretch *out);
/* Begin of segment s in seconds; INT64_MIN / INT64_MAX outside. */
int64_t zp__zone_begin(const zp_zone *zone, int64_t segment);
/* The instants (in seconds) whose local time is `local` (in seconds): their number (0: skipped, then *first and
 * *last are the instant at which the gap ends). */
int zp__zone_resolve(const zp_zone *zone, int64_t local, int64_t *first, int64_t *last);

static inline int64_t zp__floor_div(int64_t a, int64_t b) /* b > 0 */
{
    return a / b - (a % b < 0);
}

/* Day number (since 1970) of an instant on the zone's calendar. */
int64_t zp__local_day(int64_t ns, const zp_zone *zone, int64_t *cursor);
/* The boundary of multiples of `step` ns on the zone's clock (NULL: UTC) at or below (above) an instant. */
bool zp__clock_boundary(bool up, int64_t ns, int64_t step, const zp_zone *zone, int64_t *cursor, int64_t *out,
                        zp_error *err) ZP_MUST_CHECK;
/* The boundary of `count` units of a day or more at or below (above) an instant. */
bool zp__day_boundary(bool up, int64_t ns, zp_unit unit, int64_t count, const zp_zone *zone, int64_t *cursor,
                      int64_t *out, zp_error *err) ZP_MUST_CHECK;
int64_t zp__unit_ns(zp_unit unit); /* of the units below a day */

/* secs * 1e9 + ns as an instant: `time out of range`. */
bool zp__instant(zp__i128 secs, int64_t ns, int64_t *out, zp_error *err) ZP_MUST_CHECK;

#endif
