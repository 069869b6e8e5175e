/* Rounding of times on value level: reads unit and zone once, then hands the column to the time room.
 *
 * Intervals are rounded at both ends; their units below a day are those of the UTC line, whatever the zone.  Durations are multiples on a line that begins at 0, as instants of UTC. */
#include "builtin/time_floor.h"

#include <stdatomic.h>
#include <string.h>

#include "kernel/kernel.h"

static bool not_given(zp_value v)
{
    return v.type == ZP_NIL || v.type == ZP_MISSING;
}

/* "minute", "minutes", "15 minutes"; a quarter is three months. */
static bool unit_by_name(const char *text, zp_grid *grid, zp_error *err)
{
    int64_t count = 0;
    const char *p = text;

    for (; *p >= '0' && *p <= '9' && count < 100000; p++)
        count = count * 10 + (*p - '0');
    if (p > text && (*p++ != ' ' || count == 0))
        return zp_fail(err, "unknown period string");
    if (strcmp(p, "quarter") == 0 || strcmp(p, "quarters") == 0) {
        grid->unit = ZP_UNIT_MONTH;
        count = 3 * (count ? count : 1);
    } else if (!zp_unit_parse(p, &grid->unit)) {
        return zp_fail(err, "unknown period string");
    }
    grid->count = count;
    return true;
}

/* A period that is one kind of length. */
static bool unit_by_period(const zp_period *p, zp_grid *grid, zp_error *err)
{
    if (p->months > 0 && !p->days && !p->ns) {
        grid->unit = p->months % 12 ? ZP_UNIT_MONTH : ZP_UNIT_YEAR;
        grid->count = p->months % 12 ? p->months : p->months / 12;
    } else if (p->days > 0 && !p->months && !p->ns) {
        grid->unit = p->days % 7 ? ZP_UNIT_DAY : ZP_UNIT_WEEK;
        grid->count = p->days % 7 ? p->days : p->days / 7;
    } else if (p->ns > 0 && !p->months && !p->days) {
        grid->step = p->ns;
    } else {
        return zp_fail(err, "period must be positive and of months, of days or of a duration alone");
    }
    return true;
}

bool zp_time_grid(zp_value unit, zp_value tz, zp_grid *grid, zp_error *err)
{
    zp_str *name;

    *grid = (zp_grid){ 0 };
    if (unit.type == ZP_DUR && zp_len(unit) == 1) {
        grid->step = zp_i64s(&unit)[0];
        if (grid->step <= 0)
            return zp_fail(err, "duration must be positive");
    } else if (unit.type == ZP_PER && zp_len(unit) == 1) {
        if (!unit_by_period(zp_pers(&unit), grid, err))
            return false;
    } else if (unit.type == ZP_STR) {
        if (!zp_get_str(unit, &name, err) || !unit_by_name(name->text, grid, err))
            return false;
    } else {
        return zp_fail(err, "invalid type for argument");
    }
    if (not_given(tz))
        return true;
    if (tz.type != ZP_STR)
        return zp_fail(err, "invalid type for argument");
    return zp_get_str(tz, &name, err) && (grid->zone = zp_zone_find(name->text, err));
}

static bool round_intervals(zp_rounding how, const zp_interval *in, int64_t n, zp_grid grid, zp_interval *out,
                            zp_error *err)
{
    if (!grid.step && grid.unit > ZP_UNIT_DAY)
        grid.zone = NULL;
    for (int64_t i = 0; i < n; i++) {
        int64_t ends[2] = { in[i].start, in[i].end };

        if (!zp_instants_round(how, ends, 2, grid, ends, err))
            return false;
        out[i] = in[i];
        out[i].start = ends[0];
        out[i].end = ends[1];
    }
    return true;
}

typedef struct job {
    zp_rounding how;
    const int64_t *in;
    zp_grid grid;
    int64_t *out;
    atomic_bool failed;
} job;

static void round_piece(void *arg, int64_t from, int64_t to)
{
    job *j = arg;

    if (!zp_instants_round(j->how, j->in + from, to - from, j->grid, j->out + from, NULL))
        atomic_store(&j->failed, true);
}

static bool round_instants(zp_rounding how, const int64_t *in, int64_t n, zp_grid grid, int64_t *out,
                           zp_error *err)
{
    job j = { .how = how, .in = in, .grid = grid, .out = out };

    zp_parallel(n, 1 << 17, round_piece, &j);
    return !atomic_load(&j.failed) ||
           zp_instants_round(how, in, n, grid, out, err); /* once more, for the error */
}

bool zp_time_round(zp_value x, int mode, zp_value unit, zp_value tz, zp_value *out, zp_error *err)
{
    zp_rounding how = mode == ZP_TIME_CEILING ? ZP_ROUND_UP
                      : mode == ZP_TIME_ROUND ? ZP_ROUND_NEAREST
                                              : ZP_ROUND_DOWN;
    zp_grid grid;
    int64_t n = zp_len(x);
    void *to;
    bool ok;

    *out = zp_nil();
    if (x.type != ZP_TIM && x.type != ZP_IVL && x.type != ZP_DUR)
        return zp_fail(err, "invalid type for argument");
    if (!zp_time_grid(unit, tz, &grid, err))
        return false;
    if (x.type == ZP_DUR && (grid.zone || (!grid.step && grid.unit <= ZP_UNIT_DAY)))
        return zp_fail(err, "durations have no calendar: 'unit' must be below a day, without 'tz'");
    *out = zp_arr_like(x.type, x, true, err);
    to = zp_bad(*out) ? NULL : zp_value_mut(out, err);
    if (!to) {
        zp_value_clear(out);
        return false;
    }
    ok = x.type == ZP_IVL ? round_intervals(how, zp_ivls(&x), n, grid, to, err)
                          : round_instants(how, zp_i64s(&x), n, grid, to, err);
    if (!ok)
        zp_value_clear(out);
    return ok;
}
