/* time: instants, durations, periods, intervals and zones, over plain integers and bytes.
 *
 * Knows nothing of values or of the language.  An instant is int64 ns since 1970-01-01 00:00:00 UTC, a duration
 * int64 ns; no leap seconds.  The civil calendar is proleptic Gregorian.  Zones are TZif files (versions 1-4,
 * footer rule included), read on first use and kept until the process ends; lookups keep a cursor on the last
 * transition, so that walking a sorted column costs amortized O(1) per element.
 * Specification: docs/time.md.  Thread: zone lookups by pointer are read-only and may run anywhere; loading a
 * zone by name belongs to the engine's thread. */
#ifndef ZP_TIME_TIME_H
#define ZP_TIME_TIME_H

#include "base/buf.h"

#define ZP_NS_SEC INT64_C(1000000000)
#define ZP_NS_DAY (INT64_C(86400) * ZP_NS_SEC)

typedef struct zp_zone zp_zone;

/* The zone called `name` (a path below the zone directory); NULL: `can't find timezone <name>`.  Lives on. */
const zp_zone *zp_zone_find(const char *name, zp_error *err);
const zp_zone *zp_zone_utc(void);
const char *zp_zone_name(const zp_zone *zone);
/* Where zone files are; NULL or "": $ZONEINFO, else the system's database. */
void zp_zone_directory(const char *path);
/* Offset from UTC in seconds at the instant, and the abbreviation (may be NULL); `cursor` (may be NULL; start
 * with 0) remembers the transition between calls. */
int32_t zp_zone_offset(const zp_zone *zone, int64_t ns, int64_t *cursor, const char **abbreviation);

/* The instants around `ns` that share a stretch of `unit` seconds (a divisor of a day) of the local clock and a
 * segment of the zone: those t with (uint64_t)t - (uint64_t)lo < width.  `local`: where the stretch begins, in seconds
 * of local time. */
typedef struct zp_stretch {
    int64_t lo;
    uint64_t width;
    int64_t local;
} zp_stretch;
void zp_zone_stretch(const zp_zone *zone, int64_t ns, int64_t unit, int64_t *cursor, zp_stretch *out);
static inline bool zp_stretch_holds(const zp_stretch *s, int64_t ns)
{
    return (uint64_t)ns - (uint64_t)s->lo < s->width;
}

typedef struct zp_civil {
    int64_t year;
    int32_t month, day; /* from 1 */
    int32_t hour, min, sec, ns;
} zp_civil;

int64_t zp_days_from_civil(int64_t year, int32_t month, int32_t day); /* days since 1970-01-01 */
void zp_civil_from_days(int64_t days, zp_civil *out);                 /* sets the date part only */
/* Local fields of an instant. */
void zp_civil_at(const zp_zone *zone, int64_t ns, int64_t *cursor, zp_civil *out);
/* The instant of local fields.  Errors as for reading: `month must be >= 1 and <= 12`, `day is not valid for
 * month`, `datetime is not representable`, `datetime is ambiguous`, `time out of range`, ... */
bool zp_civil_to_instant(const zp_zone *zone, const zp_civil *c, int64_t *ns, zp_error *err) ZP_MUST_CHECK;

/* ---- reading.  All read the whole of `text`. */
/* `format` NULL: "%Y-%m-%d %H:%M:%S[.%s] %Z"; `zone` is used when the text names none (may be NULL). */
bool zp_instant_parse(zp_slice text, const char *format, const zp_zone *zone, int64_t *ns,
                      zp_error *err) ZP_MUST_CHECK;
bool zp_duration_parse(zp_slice text, int64_t *ns, zp_error *err) ZP_MUST_CHECK;
bool zp_period_parse(zp_slice text, int32_t *months, int32_t *days, int64_t *ns, zp_error *err) ZP_MUST_CHECK;
bool zp_interval_parse(zp_slice text, int64_t *start, int64_t *end, bool *sopen, bool *eopen,
                       zp_error *err) ZP_MUST_CHECK;

/* ---- writing, as shown to users.  `fraction`: write 9 digits even when they are zero... */
enum { ZP_FRACTION_AUTO, ZP_FRACTION_ALWAYS, ZP_FRACTION_NEVER };
void zp_instant_format(zp_buf *out, int64_t ns, const zp_zone *zone, int fraction, int64_t *cursor);
void zp_duration_format(zp_buf *out, int64_t ns);
void zp_period_format(zp_buf *out, int32_t months, int32_t days, int64_t ns);
void zp_interval_format(zp_buf *out, int64_t start, int64_t end, bool sopen, bool eopen, const zp_zone *zone,
                        int fraction, int64_t *cursor);

/* ---- arithmetic */
/* t + period in a zone (builtins-time, "time + period"): keeps the wall clock. */
bool zp_instant_add_period(int64_t ns, int32_t months, int32_t days, int64_t dur, const zp_zone *zone,
                           int64_t *cursor, int64_t *out, zp_error *err) ZP_MUST_CHECK;
/* Total order of intervals: start, closed before open, end, open before closed. */
int zp_interval_cmp(int64_t s1, int64_t e1, bool so1, bool eo1, int64_t s2, int64_t e2, bool so2, bool eo2);

typedef enum zp_unit {
    ZP_UNIT_YEAR,
    ZP_UNIT_MONTH,
    ZP_UNIT_WEEK,
    ZP_UNIT_DAY,
    ZP_UNIT_HOUR,
    ZP_UNIT_MINUTE,
    ZP_UNIT_SECOND,
    ZP_UNIT_MS,
    ZP_UNIT_US,
    ZP_UNIT_NS
} zp_unit;
/* "day", "days", ...: false when unknown. */
bool zp_unit_parse(const char *name, zp_unit *out);
/* The greatest boundary <= ns, or the least > ns (the ceiling of a boundary is the next one), of a unit; zone NULL:
 * boundaries on the UTC line (sub-day units). */
bool zp_instant_floor(int64_t ns, zp_unit unit, const zp_zone *zone, int64_t *cursor, int64_t *out,
                      zp_error *err) ZP_MUST_CHECK;
bool zp_instant_ceiling(int64_t ns, zp_unit unit, const zp_zone *zone, int64_t *cursor, int64_t *out,
                        zp_error *err) ZP_MUST_CHECK;

/* What a column of instants is rounded to.  With step > 0: multiples of a duration, counted from 1970-01-01 00:00
 * UTC, with a zone from local midnight of that day.  Else a unit, or `count` > 1 of them (days since 1970, weeks, months
 * and years of our era). */
typedef struct zp_grid {
    zp_unit unit;
    int64_t count, step;
    const zp_zone *zone;
} zp_grid;
typedef enum zp_rounding {
    ZP_ROUND_DOWN,
    ZP_ROUND_UP,
    ZP_ROUND_NEAREST
} zp_rounding; /* nearest: half goes up */
/* `out` may be `in`.  One lookup per day or per change of the clock, not per element. */
bool zp_instants_round(zp_rounding how, const int64_t *in, int64_t n, zp_grid grid, int64_t *out,
                       zp_error *err) ZP_MUST_CHECK;

#endif
