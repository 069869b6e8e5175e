/* seq: evenly spaced numbers, instants and intervals.
 *
 * Element i is computed from the start, never from its neighbour: no error accumulates, and a month that is too short
 * does not shift the months after it. */
#include "ops/ops_priv.h"

#include <math.h>

static bool given(zp_value v)
{
    return v.type != ZP_NIL && v.type != ZP_MISSING;
}

/* ---------------------------------------------------------------- numbers */

/* from, from + by, ...: n of them; the last is `last` if that is no NaN. */
static bool numbers(double from, double by, double n, double last, zp_value *out, zp_error *err)
{
    zp_value v;
    double *x;
    int64_t count;

    if (n > 0x1p50)
        return zp_fail_nomem(err, SIZE_MAX);
    count = (int64_t)n;
    if (count == 1) {
        *out = zp_dbl(from);
        return true;
    }
    v = zp_vec(ZP_DBL, count, err);
    if (zp_bad(v))
        return false;
    x = v.u.arr->data;
    for (int64_t i = 0; i < count; i++)
        x[i] = from + (double)i * by;
    if (count > 1 && !isnan(last))
        x[count - 1] = last;
    if (count > 1 && by >= 1 && fabs(from) + n * by < 0x1p52)
        v.u.arr->order = ZP_ORDER_YES;
    *out = v;
    return true;
}

static bool stepped(double from, double to, double by, zp_value *out, zp_error *err)
{
    double n, last;

    if (by == 0)
        return zp_fail(err, "'by' cannot be 0");
    if ((by > 0 && to < from) || (by < 0 && to >= from))
        return zp_fail(err, "wrong sign in 'by' argument");
    n = floor((to - from) / by + 1e-10) + 1;
    last = from + (n - 1) * by;
    if (!isfinite(n))
        return zp_fail_nomem(err, SIZE_MAX);
    return numbers(from, by, n, (by > 0 && last > to) || (by < 0 && last < to) ? to : last, out, err);
}

static bool number(zp_value v, double *out, zp_error *err)
{
    if (v.type != ZP_DBL)
        return zp_fail(err, "invalid type for argument");
    if (!zp_get_dbl(v, out, err))
        return false;
    return isfinite(*out) || zp_fail(err, "argument cannot be 'NaN' or 'Inf'");
}

static bool seq_numbers(zp_value vfrom, zp_value vto, zp_value vby, bool has_length, int64_t n, zp_value *out,
                        zp_error *err)
{
    double from = 1, to = 1, by = 1;

    if ((given(vfrom) && !number(vfrom, &from, err)) || (given(vto) && !number(vto, &to, err)) ||
        (given(vby) && !number(vby, &by, err)))
        return false;
    if (!has_length) {
        if (!given(vto) && given(vfrom) && !given(vby)) { /* seq(5) */
            to = from;
            from = 1;
        }
        if (!given(vby))
            by = to < from ? -1 : 1;
        return stepped(from, to, by, out, err);
    }
    if (given(vby) && by == 0 && n > 1)
        return zp_fail(err, "'by' cannot be 0");
    if (!given(vto))
        return numbers(from, by, (double)n, NAN, out, err);
    if (!given(vfrom))
        return numbers(to - (double)(n - 1) * by, by, (double)n, n == 1 ? NAN : to, out, err);
    return numbers(from, n > 1 ? (to - from) / (double)(n - 1) : 0, (double)n, to, out, err);
}

/* ---------------------------------------------------------------- instants and intervals */

/* A start of either type; `width` carries the end of an interval along. */
typedef struct origin {
    zp_type type;
    int64_t at;
    zp_interval ival;
} origin;

static bool get_origin(zp_value v, origin *o, zp_error *err)
{
    if (v.type != ZP_TIM && v.type != ZP_IVL)
        return zp_fail(err, "invalid type for argument");
    if (zp_len(v) != 1)
        return zp_fail(err, "expecting scalar value");
    o->type = (zp_type)v.type;
    if (v.type == ZP_TIM) {
        o->at = *zp_i64s(&v);
    } else {
        o->ival = *zp_ivls(&v);
        o->at = o->ival.start;
    }
    return true;
}

static bool put_shifted(const origin *o, int64_t by, void *data, int64_t i, zp_error *err)
{
    int64_t start, end = 0;
    bool over = __builtin_add_overflow(o->at, by, &start);

    if (o->type == ZP_IVL)
        over |= __builtin_add_overflow(o->ival.end, by, &end);
    if (over)
        return zp_fail(err, "time out of range");
    if (o->type == ZP_TIM)
        ((int64_t *)data)[i] = start;
    else
        ((zp_interval *)data)[i] = (zp_interval){ start, end, o->ival.sopen, o->ival.eopen };
    return true;
}

/* n elements, `by` ns apart. */
static bool shifted(const origin *o, int64_t by, int64_t n, zp_value *out, zp_error *err)
{
    zp_value v = zp_vec(o->type, n, err);
    bool ok = !zp_bad(v);

    for (int64_t i = 0; i < n && ok; i++) {
        int64_t offset;

        ok = !__builtin_mul_overflow(i, by, &offset) ? put_shifted(o, offset, v.u.arr->data, i, err)
                                                     : zp_fail(err, "time out of range");
    }
    if (!ok) {
        zp_value_unref(v);
        return false;
    }
    if (by > 0)
        v.u.arr->order = ZP_ORDER_YES;
    zp_value_unbox(&v);
    *out = v;
    return true;
}

__extension__ typedef __int128 wide;

static bool seq_durations(const origin *o, const origin *to, zp_value vby, bool has_length, int64_t n,
                          zp_value *out, zp_error *err)
{
    int64_t by = ZP_NS_SEC;
    wide span = to ? (wide)to->at - o->at : 0;

    if (given(vby)) {
        if (zp_len(vby) != 1)
            return zp_fail(err, "expecting scalar value");
        by = *zp_i64s(&vby);
        if (by == 0 && (to || n > 1))
            return zp_fail(err, "'by' cannot be 0");
    } else if (span < 0) {
        by = -by;
    }
    if (has_length) {
        if (to) {
            wide step = n > 1 ? span / (n - 1) : 0;

            if (step > INT64_MAX || step < INT64_MIN)
                return zp_fail(err, "time out of range");
            by = (int64_t)step;
        }
        return shifted(o, by, n, out, err);
    }
    if ((by > 0 && span < 0) || (by < 0 && span >= 0))
        return zp_fail(err, "wrong sign in 'by' argument");
    span = span / by + 1;
    if (span > INT64_MAX / 64)
        return zp_fail_nomem(err, SIZE_MAX);
    return shifted(o, by, (int64_t)span, out, err);
}

/* Element k of a sequence by periods. */
static bool put_moved(const origin *o, zp_period p, int64_t k, const zp_zone *zone, int64_t cursor[2],
                      void *data, int64_t i, int64_t *at, zp_error *err)
{
    zp_interval *v = (zp_interval *)data + i;
    int64_t months, days, ns;

    if (__builtin_mul_overflow(k, (int64_t)p.months, &months) ||
        __builtin_mul_overflow(k, (int64_t)p.days, &days) || __builtin_mul_overflow(k, p.ns, &ns) ||
        months != (int32_t)months || days != (int32_t)days)
        return zp_fail(err, "time out of range");
    if (!zp_instant_add_period(o->at, (int32_t)months, (int32_t)days, ns, zone, &cursor[0], at, err))
        return false;
    if (o->type == ZP_TIM) {
        ((int64_t *)data)[i] = *at;
        return true;
    }
    *v = (zp_interval){ .start = *at, .sopen = o->ival.sopen, .eopen = o->ival.eopen };
    return zp_instant_add_period(o->ival.end, (int32_t)months, (int32_t)days, ns, zone, &cursor[1], &v->end,
                                 err);
}

/* Ends that are moved by themselves may cross. */
static bool in_order(const origin *o, const void *data, int64_t i, zp_error *err)
{
    const zp_interval *v = (const zp_interval *)data + i;

    return o->type != ZP_IVL || v->start <= v->end ||
           zp_fail(err, "interval end smaller than interval start");
}

static bool moved_count(const origin *o, zp_period p, const zp_zone *zone, int64_t n, zp_value *out,
                        zp_error *err)
{
    int64_t cursor[2] = { 0, 0 }, at = 0;
    zp_value v = zp_vec(o->type, n, err);
    bool ok = !zp_bad(v);

    for (int64_t k = 0; k < n && ok; k++)
        ok = put_moved(o, p, k, zone, cursor, v.u.arr->data, k, &at, err) &&
             in_order(o, v.u.arr->data, k, err);
    if (!ok) {
        zp_value_unref(v);
        return false;
    }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

/* Steps of calendars that may come no closer in a row: a skipped hour holds up steps of a second. */
enum { MOST_STANDSTILL = 4096 };

/* Does a period lead up (1) or down (-1), in the long run? */
static int period_direction(zp_period p)
{
    double seconds = p.months * 2629746.0 + p.days * 86400.0 + (double)p.ns / 1e9;

    return (seconds > 0) - (seconds < 0);
}

/* Until `to` is passed.  A skipped hour or day may set single elements back, but not for long. */
static bool moved_until(const origin *o, int64_t to, zp_period p, const zp_zone *zone, zp_value *out,
                        zp_error *err)
{
    int64_t cursor[2] = { 0, 0 }, at = o->at, best = o->at, best_k = 0;
    bool up = to >= o->at;
    zp_value v;

    if (period_direction(p) != (up ? 1 : -1))
        return zp_fail(err, "incorrect specification for 'to'/'by'");
    v = zp_vec(o->type, 0, err);
    if (zp_bad(v))
        return false;
    for (int64_t k = 0;; k++) {
        zp_error late = ZP_ERROR_INIT;
        zp_interval one;

        if (!put_moved(o, p, k, zone, cursor, &one, 0, &at, &late)) {
            zp_error_clear(&late); /* past the end of time: past `to` */
            break;
        }
        if (up ? at > best : at < best) {
            best = at;
            best_k = k;
        }
        if (k - best_k > MOST_STANDSTILL) {
            zp_value_unref(v);
            return zp_fail(err, "incorrect specification for 'to'/'by'");
        }
        if (up ? at > to : at < to)
            break;
        if (!in_order(o, &one, 0, err) || !zp_value_grow_rows(&v, k + 1, err)) {
            zp_value_unref(v);
            return false;
        }
        memcpy((char *)v.u.arr->data + (size_t)k * zp_type_size(o->type), &one, zp_type_size(o->type));
    }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

static bool seq_periods(const origin *o, const origin *to, zp_value vby, const char *tz, bool has_length,
                        int64_t n, zp_value *out, zp_error *err)
{
    const zp_zone *zone;

    if (!tz || !*tz)
        return zp_fail(err, "argument 'tz' must be specified");
    zone = zp_zone_find(tz, err);
    if (!zone)
        return false;
    if (zp_len(vby) != 1)
        return zp_fail(err, "expecting scalar value");
    return has_length ? moved_count(o, *zp_pers(&vby), zone, n, out, err)
                      : moved_until(o, to->at, *zp_pers(&vby), zone, out, err);
}

static bool seq_times(zp_value vfrom, zp_value vto, zp_value vby, const char *tz, bool has_length, int64_t n,
                      zp_value *out, zp_error *err)
{
    origin from, to;

    if (!given(vfrom))
        return zp_fail(err, "invalid type for argument");
    if (!get_origin(vfrom, &from, err))
        return false;
    if (!given(vto) && !has_length)
        return zp_fail(err, "missing argument");
    if (given(vto)) {
        if (!get_origin(vto, &to, err))
            return false;
        if (to.type != from.type)
            return zp_fail(err, "invalid type for argument");
    }
    if (!given(vby) || vby.type == ZP_DUR)
        return seq_durations(&from, given(vto) ? &to : NULL, vby, has_length, n, out, err);
    if (vby.type == ZP_PER)
        return seq_periods(&from, given(vto) ? &to : NULL, vby, tz, has_length, n, out, err);
    return zp_fail(err, "invalid type for argument");
}

/* ---------------------------------------------------------------- the door */

bool zp_seq(zp_value from, zp_value to, zp_value by, zp_value length, const char *tz, zp_value *out,
            zp_error *err)
{
    int64_t n = 0;

    *out = zp_nil();
    if (given(from) && given(to) && given(by) && given(length))
        return zp_fail(err, "too many arguments");
    if (given(length) && !zp_get_int(length, true, &n, err))
        return false;
    if (given(from) && !given(to) && !given(by) && !given(length) && zp_len(from) != 1)
        return numbers(1, 1, (double)zp_len(from), NAN, out, err);
    if ((given(from) && from.type != ZP_DBL) || (given(to) && to.type != ZP_DBL))
        return seq_times(from, to, by, tz, given(length), n, out, err);
    return seq_numbers(from, to, by, given(length), n, out, err);
}

/* The types a:b knows, as the check of an argument says it. */
static bool colon_type(zp_value v, int arg, zp_error *err)
{
    if (v.type == ZP_DBL || v.type == ZP_TIM || v.type == ZP_IVL)
        return true;
    return zp_fail_arg(
        err, arg, "invalid argument type: '%s' should be any of 'double','datetime','interval' but is '%s'",
        arg == 1 ? "from" : "to", zp_type_arg_name((zp_type)v.type));
}

bool zp_colon(zp_value from, zp_value to, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (!colon_type(from, 1, err) || !colon_type(to, 2, err))
        return false;
    if (zp_len(from) != 1 || zp_len(to) != 1)
        return zp_fail(err, "expecting scalar value");
    return zp_seq(from, to, zp_nil(), zp_nil(), NULL, out, err);
}
