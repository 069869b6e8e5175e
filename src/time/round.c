/* Rounding whole columns of instants.
 *
 * Up means to the next boundary, also from a boundary.  Instants of one stretch of the local clock (or, on a calendar,
 * of one local day) share their boundaries: they are computed once and written as long as the stretch lasts. */
#include "time/time_priv.h"

/* The boundaries around the day last seen. */
typedef struct memo {
    bool known, has_up;
    int64_t day, down, up;
} memo;

static bool calendar_one(bool up, int64_t t, const zp_grid *g, int64_t *cursor, memo *m, int64_t *out,
                         zp_error *err)
{
    int64_t day = zp__local_day(t, g->zone, cursor);

    if (!m->known || m->day != day) {
        m->known = m->has_up = false;
        if (!zp__day_boundary(false, t, g->unit, g->count, g->zone, cursor, &m->down, err))
            return false;
        m->known = true;
        m->day = day;
    }
    if (!up) {
        *out = m->down;
        return true;
    }
    if (!m->has_up || m->up <= t) {
        if (!zp__day_boundary(true, t + 1, g->unit, g->count, g->zone, cursor, &m->up, err))
            return false;
        m->has_up = true;
    }
    *out = m->up;
    return true;
}

static bool line_one(bool up, int64_t t, int64_t step, int64_t *out, zp_error *err)
{
    int64_t rest = t % step;

    rest += rest < 0 ? step : 0;
    if (up ? __builtin_add_overflow(t, step - rest, out) : __builtin_sub_overflow(t, rest, out))
        return zp_fail(err, "time out of range");
    return true;
}

static bool one(bool up, int64_t t, const zp_grid *g, int64_t *cursor, memo *m, int64_t *out, zp_error *err)
{
    if (up && t == INT64_MAX)
        return zp_fail(err, "time out of range");
    if (!g->step)
        return calendar_one(up, t, g, cursor, m, out, err);
    if (!g->zone)
        return line_one(up, t, g->step, out, err);
    return zp__clock_boundary(up, t + up, g->step, g->zone, cursor, out, err);
}

/* The instants around t that are rounded like t, given that t went to `to`. */
static void alike(bool up, int64_t t, const zp_grid *g, int64_t to, int64_t *cursor, zp_stretch *out)
{
    int64_t segment = g->zone ? zp__zone_segment(g->zone, t, cursor) : 0;
    int64_t step = g->step ? g->step : ZP_NS_DAY;
    zp__i128 local = t, rest;

    if (g->zone)
        local += (zp__i128)zp__zone_type_of(g->zone, segment)->offset * ZP_NS_SEC;
    rest = local % step;
    rest += rest < 0 ? step : 0;
    zp__stretch(t, (uint64_t)rest, (uint64_t)step, g->zone, segment, out);
    if (up && (uint64_t)to - (uint64_t)out->lo < out->width)
        out->width = (uint64_t)to - (uint64_t)out->lo; /* from `to` on it is the next one */
    if (!up && (uint64_t)to - (uint64_t)out->lo < out->width) {
        out->width -= (uint64_t)to - (uint64_t)out->lo;
        out->lo = to;
    }
}

/* Down or up: computed once, and written as long as the instants share it. */
static bool round_runs(bool up, const int64_t *in, int64_t n, const zp_grid *g, int64_t *out, zp_error *err)
{
    zp_stretch run = { 0 };
    int64_t cursor = 0, to = 0;
    memo m = { 0 };

    for (int64_t i = 0; i < n; i++) {
        if (!zp_stretch_holds(&run, in[i])) {
            if (!one(up, in[i], g, &cursor, &m, &to, err))
                return false;
            alike(up, in[i], g, to, &cursor, &run);
        }
        out[i] = to;
    }
    return true;
}

bool zp_instants_round(zp_rounding how, const int64_t *in, int64_t n, zp_grid grid, int64_t *out,
                       zp_error *err)
{
    memo m = { 0 };
    int64_t cursor = 0;

    if (grid.count < 1)
        grid.count = 1;
    if (!grid.step && grid.unit > ZP_UNIT_DAY)
        grid.step = zp__unit_ns(grid.unit) * grid.count;
    if (!grid.step && !grid.zone)
        return zp_fail(err, "tz needed");
    if (how != ZP_ROUND_NEAREST)
        return round_runs(how == ZP_ROUND_UP, in, n, &grid, out, err);
    for (int64_t i = 0; i < n; i++) {
        int64_t t = in[i], down, up;

        if (!one(false, t, &grid, &cursor, &m, &down, err) || !one(true, t, &grid, &cursor, &m, &up, err))
            return false;
        out[i] = (uint64_t)t - (uint64_t)down < (uint64_t)up - (uint64_t)t ? down : up;
    }
    return true;
}
