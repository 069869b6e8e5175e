/* Making times, intervals and periods, and taking them apart.
 *
 * Every constructor reads several columns side by side: a missing one counts as zeros, one of a single element
 * stands for all. */
#include "builtin/tables.h"

#include <limits.h>
#include <math.h>
#include <time.h>

#include "time/time.h"

/* ---------------------------------------------------------------- time() */

static bool whole(double x, int64_t *out, zp_error *err)
{
    if (!isfinite(x))
        return zp_fail(err, "argument cannot be 'NaN' or 'Inf'");
    *out = fabs(x) < 1e15 ? (int64_t)x : x < 0 ? -INT64_C(1000000000000000) : INT64_C(1000000000000000);
    return true;
}

static int32_t narrow(int64_t x)
{
    return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* The instant of element i; argv 0..6 are the fields. */
static bool civil_element(zp_call *c, int64_t i, const zp_zone *zone, int64_t *out)
{
    int64_t field[7] = { 0 };
    zp_civil civil;

    for (int k = 0; k < 7; k++)
        if (zp_is_array(c->argv[k]) && !whole(zp_dbls(&c->argv[k])[i], &field[k], c->err))
            return false;
    civil = (zp_civil){ field[0],         narrow(field[1]), narrow(field[2]), narrow(field[3]),
                        narrow(field[4]), narrow(field[5]), narrow(field[6]) };
    return zp_civil_to_instant(zone, &civil, out, c->err);
}

static zp_status bi_time(zp_call *c)
{
    zp_value year = c->argv[0], tz = c->argv[7];
    int64_t n = zp_len(year), zones = zp_len(tz), *to;

    for (int k = 1; k < 7; k++)
        if (zp_is_array(c->argv[k]) && !zp_same_dims(year, c->argv[k]))
            return zp_fail_call(c, "array size mismatch");
    if (zones != 1 && !zp_same_dims(year, tz))
        return zp_fail_call(c, "array size mismatch");
    c->out = zp_arr_like(ZP_TIM, year, true, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!to)
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++) {
        const zp_zone *zone = zp_zone_find(zp_strs(&tz)[zones == 1 ? 0 : i]->text, c->err);

        if (!zone || !civil_element(c, i, zone, &to[i]))
            return ZP_FAILED;
    }
    return ZP_OK;
}

static zp_status bi_sys_time(zp_call *c)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    c->out = zp_tim((int64_t)now.tv_sec * ZP_NS_SEC + now.tv_nsec);
    return ZP_OK;
}

/* "Sat Nov 21 10:55:39 2026" */
static zp_status bi_date(zp_call *c)
{
    static const char days[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const zp_zone *zone = zp_zone_find(zp_ctx_config(c->ctx)->timezone, c->err);
    zp_buf text = ZP_BUF_INIT;
    struct timespec now;
    int64_t day;
    zp_civil t;

    if (!zone)
        return ZP_FAILED;
    clock_gettime(CLOCK_REALTIME, &now);
    zp_civil_at(zone, (int64_t)now.tv_sec * ZP_NS_SEC, NULL, &t);
    day = zp_days_from_civil(t.year, t.month, t.day);
    zp_buf_printf(&text, "%.3s %.3s %2d %02d:%02d:%02d %d", days + 3 * (day % 7), months + 3 * (t.month - 1),
                  t.day, t.hour, t.min, t.sec, (int)t.year);
    c->out = zp_buf_ok(&text, c->err) ? zp_chr(zp_buf_text(&text), c->err) : zp_nil();
    zp_buf_fini(&text);
    return zp_done(!zp_bad(c->out));
}

/* ---------------------------------------------------------------- interval() */

static bool recycles(zp_value v, int64_t n)
{
    return zp_len(v) == 1 || zp_len(v) == n;
}

static bool interval_element(zp_call *c, int64_t i, zp_interval *out)
{
    zp_value end = c->argv[1], dur = c->argv[2], sopen = c->argv[3], eopen = c->argv[4];

    out->start = zp_i64s(&c->argv[0])[i];
    out->sopen = (uint32_t)zp_lgls(&sopen)[zp_len(sopen) == 1 ? 0 : i];
    out->eopen = (uint32_t)zp_lgls(&eopen)[zp_len(eopen) == 1 ? 0 : i];
    if (zp_is_array(end))
        out->end = zp_i64s(&end)[i];
    else if (__builtin_add_overflow(out->start, zp_i64s(&dur)[zp_len(dur) == 1 ? 0 : i], &out->end))
        return zp_fail(c->err, "time out of range");
    return out->start <= out->end || zp_fail(c->err, "interval end smaller than interval start");
}

static zp_status bi_interval(zp_call *c)
{
    zp_value start = c->argv[0], end = c->argv[1], dur = c->argv[2];
    int64_t n = zp_len(start);
    zp_interval *to;

    if (zp_is_array(end) && zp_is_array(dur))
        return zp_fail_call(c, "'end' and 'duration' cannot be specified together");
    if (!zp_is_array(end) && !zp_is_array(dur))
        return zp_fail_call(c, "'end' or 'duration' must be specified");
    if (zp_is_array(end) && zp_len(end) != n)
        return zp_fail_call(c, "'start' and 'end' must have the same size");
    if (zp_is_array(dur) && !recycles(dur, n))
        return zp_fail_call(c, "'duration' size must be 1 or the same as 'start'");
    if (!recycles(c->argv[3], n))
        return zp_fail_call(c, "'sopen' size must be 1 or the same as 'start'");
    if (!recycles(c->argv[4], n))
        return zp_fail_call(c, "'eopen' size must be 1 or the same as 'start'");
    c->out = zp_arr_like(ZP_IVL, start, true, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!to)
        return ZP_FAILED;
    for (int64_t i = 0; i < n; i++)
        if (!interval_element(c, i, &to[i]))
            return ZP_FAILED;
    return ZP_OK;
}

/* ---------------------------------------------------------------- period() */

static bool component(double x, int32_t *out, zp_error *err)
{
    if (!isfinite(x))
        return zp_fail(err, "argument cannot be 'NaN' or 'Inf'");
    if (x <= INT32_MIN - 1.0 || x >= INT32_MAX + 1.0)
        return zp_fail(err, "period out of range");
    *out = (int32_t)x;
    return true;
}

/* The part that lends dims and names: the first that is no scalar, and of its size one that has names. */
static zp_value period_shape(const zp_value part[3])
{
    zp_value shape = part[0];

    for (int k = 1; k < 3; k++)
        if ((zp_len(shape) == 1 && zp_len(part[k]) != 1) ||
            (zp_len(shape) == zp_len(part[k]) && !zp_has_names(shape) && zp_ndim(shape) <= zp_ndim(part[k])))
            shape = part[k];
    return shape;
}

static zp_status bi_period(zp_call *c)
{
    zp_value dur = zp_arg_missing(c, 2) ? zp_dur(0) : c->argv[2];
    zp_value part[3] = { c->argv[0], c->argv[1], dur }, shape = period_shape(part);
    int64_t at[3] = { 0 };
    zp_period *to;

    for (int k = 0; k < 3; k++)
        if (zp_len(part[k]) != 1 && !zp_same_dims(part[k], shape))
            return zp_fail_call(c, "size mismatch");
    c->out = zp_arr_like(ZP_PER, shape, true, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!to)
        return ZP_FAILED;
    for (int64_t i = 0, n = zp_len(shape); i < n; i++) {
        for (int k = 0; k < 3; k++)
            at[k] = zp_len(part[k]) == 1 ? 0 : i;
        if (!component(zp_dbls(&part[0])[at[0]], &to[i].months, c->err) ||
            !component(zp_dbls(&part[1])[at[1]], &to[i].days, c->err))
            return ZP_FAILED;
        to[i].ns = zp_i64s(&part[2])[at[2]];
    }
    return ZP_OK;
}

/* ---------------------------------------------------------------- parts */

/* An element-wise function of argv[0] from one array type to another. */
#define ZP_PART(fn, FROM, from_fn, TO, ctype, expr)                 \
    static zp_status fn(zp_call *c)                                 \
    {                                                               \
        zp_value x = c->argv[0];                                    \
        ctype *to;                                                  \
        c->out = zp_arr_like(TO, x, true, c->err);                  \
        to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err); \
        if (!to)                                                    \
            return ZP_FAILED;                                       \
        for (int64_t i = 0, n = zp_len(x); i < n; i++) {            \
            const FROM e = from_fn(&x)[i];                          \
            to[i] = (ctype)(expr);                                  \
        }                                                           \
        return ZP_OK;                                               \
    }
ZP_PART(bi_interval_start, zp_interval, zp_ivls, ZP_TIM, int64_t, e.start)
ZP_PART(bi_interval_end, zp_interval, zp_ivls, ZP_TIM, int64_t, e.end)
ZP_PART(bi_interval_sopen, zp_interval, zp_ivls, ZP_LGL, int8_t, e.sopen != 0)
ZP_PART(bi_interval_eopen, zp_interval, zp_ivls, ZP_LGL, int8_t, e.eopen != 0)
ZP_PART(bi_period_month, zp_period, zp_pers, ZP_DBL, double, e.months)
ZP_PART(bi_period_day, zp_period, zp_pers, ZP_DBL, double, e.days)
ZP_PART(bi_period_duration, zp_period, zp_pers, ZP_DUR, int64_t, e.ns)

#define INTERVAL_EXAMPLE "(|+2021-07-01 09:30:00 UTC -> 2021-07-01 16:00:00 UTC-|)"
#define INTERVAL_FORMALS "start, end = NULL, duration = NULL, sopen = FALSE, eopen = TRUE"
#define INTERVAL_TYPES   "start=T end=T0 duration=U0 sopen=L eopen=L"
#define TIME_FORMALS     "year, month, day, hour = NULL, min = NULL, sec = NULL, nsec = NULL, tz"
#define TIME_TYPES       "year=D month=D day=D hour=D0 min=D0 sec=D0 nsec=D0 tz=S"
#define PERIOD_FORMALS   "months = 0, days = 0, duration = as.duration(0)"
#define PERIOD_TYPES     "months=D days=D duration=U"

const zp_builtin zp_builtins_time[] = {
    { "time", TIME_FORMALS, TIME_TYPES, 0, bi_time,
      "The instants of calendar fields in a time zone. The fields are numbers, all of the same dimensions; those that "
      "are not given count as 0. Local times that a clock change skips or repeats are errors.",
      "time(2021, 7, 1, 9, 30, tz = \"Europe/Paris\")", NULL },
    { "nanotime", TIME_FORMALS, TIME_TYPES, 0, bi_time, "Another name of time().",
      "nanotime(2021, 7, 1, tz = \"UTC\")", NULL },
    { "Sys.time", "", "", 0, bi_sys_time, "The time now, in nanoseconds.",
      "Sys.time() > |.2021-01-01 00:00:00 UTC.|", NULL },
    { "date", "", "", 0, bi_date, "The time now as text, in the zone of option 'timezone'.", "nchar(date())",
      NULL },
    { "interval", INTERVAL_FORMALS, INTERVAL_TYPES, 0, bi_interval,
      "Intervals from 'start' to 'end', or of a 'duration'. 'sopen' and 'eopen' say which ends do not belong to them; "
      "by default the end does not. The result has the dimensions and names of 'start'.",
      "interval(|.2021-07-01 09:30:00 UTC.|, duration = as.duration(\"06:30:00\"))", NULL },
    { "nanoival", INTERVAL_FORMALS, INTERVAL_TYPES, 0, bi_interval, "Another name of interval().",
      "nanoival(|.2021-07-01 09:30:00 UTC.|, |.2021-07-01 16:00:00 UTC.|)", NULL },
    { "interval.start", "i", "i=I", 0, bi_interval_start, "Where intervals begin.",
      "interval.start" INTERVAL_EXAMPLE, NULL },
    { "interval.end", "i", "i=I", 0, bi_interval_end, "Where intervals end.", "interval.end" INTERVAL_EXAMPLE,
      NULL },
    { "interval.sopen", "i", "i=I", 0, bi_interval_sopen, "TRUE where the start is no part of the interval.",
      "interval.sopen" INTERVAL_EXAMPLE, NULL },
    { "interval.eopen", "i", "i=I", 0, bi_interval_eopen, "TRUE where the end is no part of the interval.",
      "interval.eopen" INTERVAL_EXAMPLE, NULL },
    { "nanoival.start", "i", "i=I", 0, bi_interval_start, "Another name of interval.start().",
      "nanoival.start" INTERVAL_EXAMPLE, NULL },
    { "nanoival.end", "i", "i=I", 0, bi_interval_end, "Another name of interval.end().",
      "nanoival.end" INTERVAL_EXAMPLE, NULL },
    { "nanoival.sopen", "i", "i=I", 0, bi_interval_sopen, "Another name of interval.sopen().",
      "nanoival.sopen" INTERVAL_EXAMPLE, NULL },
    { "nanoival.eopen", "i", "i=I", 0, bi_interval_eopen, "Another name of interval.eopen().",
      "nanoival.eopen" INTERVAL_EXAMPLE, NULL },
    { "period", PERIOD_FORMALS, PERIOD_TYPES, 0, bi_period,
      "Calendar lengths of months, days and a duration, kept apart. Numbers lose their fractions.",
      "period(1, 2, as.duration(\"00:00:30\"))", NULL },
    { "nanoperiod", PERIOD_FORMALS, PERIOD_TYPES, 0, bi_period, "Another name of period().",
      "nanoperiod(1, 2)", NULL },
    { "period.month", "x", "x=P", 0, bi_period_month, "The months of periods, years included.",
      "period.month(as.period(\"1y2m\"))", NULL },
    { "period.day", "x", "x=P", 0, bi_period_day, "The days of periods, weeks included.",
      "period.day(as.period(\"1w2d\"))", NULL },
    { "period.duration", "x", "x=P", 0, bi_period_duration, "The durations of periods.",
      "period.duration(as.period(\"1d/01:00:00\"))", NULL },
    { "nanoperiod.month", "x", "x=P", 0, bi_period_month, "Another name of period.month().",
      "nanoperiod.month(as.period(\"1y2m\"))", NULL },
    { "nanoperiod.day", "x", "x=P", 0, bi_period_day, "Another name of period.day().",
      "nanoperiod.day(as.period(\"1w2d\"))", NULL },
    { "nanoperiod.nanoduration", "x", "x=P", 0, bi_period_duration, "Another name of period.duration().",
      "nanoperiod.nanoduration(as.period(\"1d/01:00:00\"))", NULL },
    { 0 },
};
