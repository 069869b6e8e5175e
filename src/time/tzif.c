/* Reading zone files (TZif, versions 1 to 4, RFC 8536).
 *
 *     header | data with 32-bit times | header | data with 64-bit times | \n footer \n
 *
 * A version 1 file ends after the first data.  Nothing in the file is believed: every count is bounded before it
 * multiplies anything, every index is checked against its table, transitions must ascend.  Files with leap seconds
 * are not zones for us.  The footer's rule is unrolled up to the end of the representable time. */
#include "time/time_priv.h"

#include "base/mem.h"

#include <string.h>

#define HEADER    44
#define MAX_TIMES 4096
#define LAST_YEAR 2263
#define MAX_SECS  (INT64_MAX / ZP_NS_SEC)

typedef struct block {
    uint32_t isut, isstd, leap, times, types, chars;
    uint8_t version;
    const uint8_t *data; /* behind the header */
    size_t len;          /* of the data */
    int width;           /* of a time: 4 or 8 */
} block;

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t get_time(const block *b, uint32_t i)
{
    const uint8_t *p = b->data + (size_t)i * (size_t)b->width;

    if (b->width == 4)
        return (int32_t)get_u32(p);
    return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

static bool read_block(const uint8_t *bytes, size_t len, int width, block *b)
{
    if (len < HEADER || memcmp(bytes, "TZif", 4) != 0)
        return false;
    *b = (block){ .isut = get_u32(bytes + 20),
                  .isstd = get_u32(bytes + 24),
                  .leap = get_u32(bytes + 28),
                  .times = get_u32(bytes + 32),
                  .types = get_u32(bytes + 36),
                  .chars = get_u32(bytes + 40),
                  .version = bytes[4],
                  .data = bytes + HEADER,
                  .width = width };
    if (b->times > MAX_TIMES || b->types > 256 || b->chars > 4096 || b->leap > 4096 || b->isut > 256 ||
        b->isstd > 256)
        return false;
    b->len = (size_t)b->times * (size_t)(width + 1) + (size_t)b->types * 6 + b->chars +
             (size_t)b->leap * (size_t)(width + 4) + b->isstd + b->isut;
    return b->len <= len - HEADER;
}

/* One allocation holds the zone, its tables and its name. */
typedef struct builder {
    zp_zone zone;
    int64_t at[MAX_TIMES + 4096];
    uint16_t type[MAX_TIMES + 4096];
    zp__zone_type types[258];
    int64_t count;
    uint32_t ntypes;
} builder;

static bool read_types(builder *w, const block *b)
{
    const uint8_t *rows = b->data + (size_t)b->times * (size_t)(b->width + 1);
    const char *chars = (const char *)rows + (size_t)b->types * 6;

    if (b->types == 0)
        return false;
    for (uint32_t i = 0; i < b->types; i++) {
        const uint8_t *row = rows + (size_t)i * 6;
        int32_t offset = (int32_t)get_u32(row);
        size_t n;

        if (offset < -93599 || offset > 93599 || row[5] >= b->chars)
            return false;
        n = strnlen(chars + row[5], b->chars - row[5]);
        if (n == b->chars - row[5] || n >= ZP_ZONE_ABBR)
            return false;
        w->types[i].offset = offset;
        memcpy(w->types[i].abbr, chars + row[5], n + 1);
        for (size_t k = 0; k < n; k++)
            if (w->types[i].abbr[k] < ' ' || w->types[i].abbr[k] > '~')
                return false;
    }
    w->ntypes = b->types;
    return true;
}

/* A transition: before the range it decides the first segment, after it nothing. */
static void add(builder *w, int64_t secs, uint16_t type)
{
    if (secs < -MAX_SECS) {
        w->type[0] = type;
    } else if (secs <= MAX_SECS && w->type[w->count - 1] != type && w->count < (int64_t)ZP_COUNTOF(w->at)) {
        w->at[w->count] = secs * ZP_NS_SEC;
        w->type[w->count++] = type;
    }
}

static bool read_times(builder *w, const block *b, int64_t *last)
{
    const uint8_t *index = b->data + (size_t)b->times * (size_t)b->width;

    w->at[0] = INT64_MIN;
    w->type[0] = 0;
    w->count = 1;
    *last = INT64_MIN;
    for (uint32_t i = 0; i < b->times; i++) {
        int64_t t = get_time(b, i);

        if (index[i] >= b->types || (i > 0 && t <= *last))
            return false;
        *last = t;
        add(w, t, index[i]);
    }
    return true;
}

static uint16_t rule_type(builder *w, const zp__zone_type *t)
{
    for (uint32_t i = 0; i < w->ntypes; i++)
        if (w->types[i].offset == t->offset && strcmp(w->types[i].abbr, t->abbr) == 0)
            return (uint16_t)i;
    w->types[w->ntypes] = *t;
    return (uint16_t)w->ntypes++;
}

typedef struct event {
    int64_t secs;
    uint16_t type;
} event;

/* Adds the transitions of the rule that come after `last`.  Begins and ends of one year may come in either order,
 * and reach into the neighbour years: an insertion sort of an almost sorted list. */
static void unroll(builder *w, const zp__tz_rule *rule, int64_t last)
{
    enum { MOST = 2 * (LAST_YEAR - 1600 + 1) };
    event events[MOST];
    uint16_t std = rule_type(w, &rule->std), dst = rule->has_dst ? rule_type(w, &rule->dst) : std;
    int64_t year = 1600, n = 0;
    zp_civil from;

    if (!rule->has_dst) {
        if (w->count == 1 && last == INT64_MIN)
            w->type[0] = std;
        return;
    }
    if (last > -MAX_SECS) {
        zp_civil_from_days(last < MAX_SECS ? last / 86400 : MAX_SECS / 86400, &from);
        year = from.year - 1;
    }
    for (; year <= LAST_YEAR; year++) {
        event pair[2] = { { 0, dst }, { 0, std } };

        zp__tz_rule_year(rule, year, &pair[0].secs, &pair[1].secs);
        if (pair[1].secs < pair[0].secs) {
            event swap = pair[0];
            pair[0] = pair[1];
            pair[1] = swap;
        }
        for (int k = 0; k < 2 && n < MOST; k++) {
            int64_t at = n++;

            for (; at > 0 && events[at - 1].secs > pair[k].secs; at--)
                events[at] = events[at - 1];
            events[at] = pair[k];
        }
    }
    for (int64_t i = 0; i < n; i++)
        if (events[i].secs > last && (i + 1 == n || events[i + 1].secs != events[i].secs))
            add(w, events[i].secs, events[i].type);
}

static zp_zone *finish(const builder *w, const char *name, zp_error *err)
{
    size_t head = sizeof(zp_zone), n = (size_t)w->count, label = strlen(name) + 1;
    size_t at = n * sizeof(int64_t), types = w->ntypes * sizeof(zp__zone_type), type = n * sizeof(uint16_t);
    char *room = zp_alloc_zero(head + at + types + type + label, err);
    zp_zone *z = (zp_zone *)(void *)room;

    if (!room)
        return NULL;
    memcpy(room + head, w->at, at);
    memcpy(room + head + at, w->types, types);
    memcpy(room + head + at + types, w->type, type);
    memcpy(room + head + at + types + type, name, label);
    z->count = w->count;
    z->at = (const int64_t *)(const void *)(room + head);
    z->types = (const zp__zone_type *)(const void *)(room + head + at);
    z->type = (const uint16_t *)(const void *)(room + head + at + types);
    z->name = room + head + at + types + type;
    return z;
}

static bool build(builder *w, const uint8_t *bytes, size_t len)
{
    block b;
    int64_t last;
    const uint8_t *footer, *end;
    zp__tz_rule rule;

    if (!read_block(bytes, len, 4, &b))
        return false;
    if (b.version >= '2') {
        size_t skip = HEADER + b.len;

        if (!read_block(bytes + skip, len - skip, 8, &b))
            return false;
    }
    if (b.leap != 0 || !read_types(w, &b) || !read_times(w, &b, &last))
        return false;
    footer = b.data + b.len;
    end = bytes + len;
    if (b.width == 4 || end - footer < 2 || *footer != '\n')
        return true;
    for (const uint8_t *p = ++footer; p < end; p++) {
        if (*p != '\n')
            continue;
        if (p > footer && zp__tz_rule_parse((const char *)footer, (size_t)(p - footer), &rule))
            unroll(w, &rule, last);
        break;
    }
    return true;
}

zp_zone *zp__tzif_parse(const char *name, const uint8_t *bytes, size_t len, zp_error *err)
{
    builder *w = zp_new(builder, err);
    zp_zone *zone = NULL;

    if (!w)
        return NULL;
    if (build(w, bytes, len))
        zone = finish(w, name, err);
    else
        zp_fail_code(err, ZP_EFORMAT, "not a zone file");
    zp_free(w);
    return zone;
}

void zp__zone_free(zp_zone *zone)
{
    zp_free(zone);
}
