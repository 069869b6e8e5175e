/* Looking things up in the table of a zone.
 *
 *     ns:     MIN      at[1]        at[2]                at[count-1]        MAX
 *              |  seg 0  |   seg 1    |   ...                |  last segment |
 *
 * From an instant to its segment: the cursor's segment, its neighbours, then binary search.  From a local time to
 * instants: every segment near enough proposes one, and keeps it if it lies inside. */
#include "time/time_priv.h"

#define FAR_SECS (INT64_C(27) * 3600) /* no offset is larger */

static bool covers(const zp_zone *z, int64_t s, int64_t ns)
{
    return z->at[s] <= ns && (s + 1 == z->count || ns < z->at[s + 1]);
}

static int64_t search(const zp_zone *z, int64_t ns)
{
    int64_t lo = 0, hi = z->count; /* at[lo] <= ns < at[hi] */

    while (hi - lo > 1) {
        int64_t mid = lo + (hi - lo) / 2;

        if (z->at[mid] <= ns)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

int64_t zp__zone_segment(const zp_zone *zone, int64_t ns, int64_t *cursor)
{
    int64_t s = cursor ? *cursor : -1;

    if (s >= 0 && s < zone->count) {
        if (covers(zone, s, ns))
            return s;
        if (s + 1 < zone->count && covers(zone, s + 1, ns))
            return *cursor = s + 1;
    }
    s = search(zone, ns);
    if (cursor)
        *cursor = s;
    return s;
}

int32_t zp_zone_offset(const zp_zone *zone, int64_t ns, int64_t *cursor, const char **abbreviation)
{
    const zp__zone_type *t = zp__zone_type_of(zone, zp__zone_segment(zone, ns, cursor));

    if (abbreviation)
        *abbreviation = t->abbr;
    return t->offset;
}

void zp__stretch(int64_t ns, uint64_t into, uint64_t unit, const zp_zone *zone, int64_t segment,
                 zp_stretch *out)
{
    zp__i128 lo = (zp__i128)ns - into,
             hi = lo + unit; /* [lo, hi), to be cut to the segment and to all instants */

    if (zone && lo < zone->at[segment])
        lo = zone->at[segment];
    if (zone && segment + 1 < zone->count && hi > zone->at[segment + 1])
        hi = zone->at[segment + 1];
    lo = lo < INT64_MIN ? INT64_MIN : lo;
    hi = hi > INT64_MAX ? (zp__i128)INT64_MAX + 1 : hi;
    out->lo = (int64_t)lo;
    out->width = (uint64_t)(hi - lo);
}

void zp_zone_stretch(const zp_zone *zone, int64_t ns, int64_t unit, int64_t *cursor, zp_stretch *out)
{
    int64_t segment = zp__zone_segment(zone, ns, cursor), secs = zp__floor_div(ns, ZP_NS_SEC);
    int64_t local = secs + zp__zone_type_of(zone, segment)->offset,
            rest = local - zp__floor_div(local, unit) * unit;

    out->local = local - rest;
    zp__stretch(ns, (uint64_t)rest * ZP_NS_SEC + ((uint64_t)ns - (uint64_t)secs * ZP_NS_SEC),
                (uint64_t)(unit * ZP_NS_SEC), zone, segment, out);
}

int64_t zp__zone_begin(const zp_zone *zone, int64_t segment)
{
    if (segment <= 0)
        return INT64_MIN;
    return segment >= zone->count ? INT64_MAX : zone->at[segment] / ZP_NS_SEC;
}

static int64_t clamp_ns(int64_t secs)
{
    int64_t ns;

    if (__builtin_mul_overflow(secs, ZP_NS_SEC, &ns))
        return secs < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

int zp__zone_resolve(const zp_zone *zone, int64_t local, int64_t *first, int64_t *last)
{
    int64_t s = search(zone, clamp_ns(local - FAR_SECS));
    int64_t gap = INT64_MIN;
    int hits = 0;

    for (; s < zone->count; s++) {
        int64_t begin = zp__zone_begin(zone, s), end = zp__zone_begin(zone, s + 1);
        int64_t t = local - zp__zone_type_of(zone, s)->offset;

        if (s > 0 && begin > local + FAR_SECS)
            break;
        if (begin <= t && t < end) {
            if (hits++ == 0)
                *first = t;
            *last = t;
        } else if (t < begin && s > 0 && begin <= local - zp__zone_type_of(zone, s - 1)->offset &&
                   gap == INT64_MIN) {
            gap = begin; /* not before this segment, not in it: skipped here */
        }
    }
    if (hits == 0)
        *first = *last = gap == INT64_MIN ? local - zp__zone_type_of(zone, zone->count - 1)->offset : gap;
    return hits;
}
