/* convert: as.* and is.*. */
#include "builtin/format_priv.h"
#include "lang/lang.h"
#include "ops/ops.h"
#include "time/time.h"

#include <math.h>

/* ---------------------------------------------------------------- as.* */

/* Converts; `plain`: the names of vectors go, as in R. */
static zp_status convert(zp_call *c, zp_type to, bool plain)
{
    zp_value v;

    if (!zp_convert_take(zp_value_move(&c->argv[0]), to, &v, c->err))
        return ZP_FAILED;
    if (plain && zp_is_vector(v) && zp_has_names(v)) {
        if (v.u.obj->refs > 1 || v.u.obj->flags) {
            zp_value copy = zp_value_copy(v, c->err);

            zp_value_set(&v, copy);
            if (zp_bad(v))
                return ZP_FAILED;
        }
        zp_drop_names(&v);
        zp_value_unbox(&v);
    }
    c->out = v;
    return ZP_OK;
}

static zp_status bi_as_logical(zp_call *c)
{
    return convert(c, ZP_LGL, true);
}
static zp_status bi_as_numeric(zp_call *c)
{
    return convert(c, ZP_DBL, true);
}

/* Instants and intervals are written in the zone in which they are shown, numbers by `scipen`; elements of a list that
 * are no scalars as the code that makes them. */
static bool shown_as_text(zp_call *c, zp_value x, zp_value *text)
{
    const zp_config *cfg = zp_ctx_config(c->ctx);
    zp_buf buf = ZP_BUF_INIT;
    zp_str **out;

    *text = x.type == ZP_LIST ? zp_vec(ZP_STR, zp_len(x), c->err) : zp_arr_like(ZP_STR, x, true, c->err);
    if (zp_bad(*text))
        return false;
    out = text->u.arr->data;
    for (int64_t i = 0; i < zp_len(x); i++) {
        zp_str *s;

        zp_buf_clear(&buf);
        zp__text_any(&buf, x, i, cfg);
        s = zp_str_from_buf(&buf, c->err);
        if (!s)
            break;
        zp_str_unref(out[i]);
        out[i] = s;
    }
    zp_buf_fini(&buf);
    return !c->err->code;
}

static zp_status bi_as_character(zp_call *c)
{
    zp_type type = c->argv[0].type;
    zp_value text = zp_nil();

    if (type == ZP_TIM || type == ZP_IVL || type == ZP_LIST ||
        (type == ZP_DBL && zp_ctx_config(c->ctx)->scipen != 0)) {
        if (!shown_as_text(c, c->argv[0], &text)) {
            zp_value_unref(text);
            return ZP_FAILED;
        }
        zp_value_set(&c->argv[0], text);
    }
    return convert(c, ZP_STR, true);
}

static zp_status bi_as_duration(zp_call *c)
{
    return convert(c, ZP_DUR, false);
}
static zp_status bi_as_period(zp_call *c)
{
    return convert(c, ZP_PER, false);
}
static zp_status bi_as_interval(zp_call *c)
{
    return convert(c, ZP_IVL, false);
}

static zp_status bi_as_integer(zp_call *c)
{
    double *x;
    int64_t n;

    if (convert(c, ZP_DBL, true) != ZP_OK)
        return ZP_FAILED;
    if (c->out.boxed && (c->out.u.obj->refs > 1 || c->out.u.obj->flags)) {
        zp_value_set(&c->out, zp_value_copy(c->out, c->err));
        if (zp_bad(c->out))
            return ZP_FAILED;
    }
    x = zp_value_mut(&c->out, c->err);
    if (!x)
        return ZP_FAILED;
    n = zp_len(c->out);
    for (int64_t i = 0; i < n; i++)
        x[i] = isfinite(x[i]) ? trunc(x[i]) + 0.0 : NAN;
    return ZP_OK;
}

/* as.time with a format or a default zone: text by text. */
static zp_status parse_times(zp_call *c, const char *format, const zp_zone *zone)
{
    zp_value x = c->argv[0], v;
    int64_t n = zp_len(x), *out;

    v = zp_arr_like(ZP_TIM, x, true, c->err);
    if (zp_bad(v))
        return ZP_FAILED;
    out = v.u.arr->data;
    for (int64_t i = 0; i < n; i++) {
        const zp_str *s = zp_strs(&x)[i];

        if (!zp_instant_parse((zp_slice){ s->text, s->len }, format, zone, &out[i], c->err)) {
            zp_value_unref(v);
            return ZP_FAILED;
        }
    }
    zp_value_unbox(&v);
    c->out = v;
    return ZP_OK;
}

static zp_status bi_as_time(zp_call *c)
{
    zp_str *format = NULL, *tz;
    const zp_zone *zone = NULL;

    if ((c->argv[1].type != ZP_NIL && !zp_arg_str(c, 1, &format)) || !zp_arg_str(c, 2, &tz))
        return ZP_FAILED;
    if (tz->len && !(zone = zp_zone_find(tz->text, c->err)))
        return ZP_FAILED;
    if (c->argv[0].type == ZP_STR && (format || zone))
        return parse_times(c, format ? format->text : NULL, zone);
    return convert(c, ZP_TIM, false);
}

/* ---------------------------------------------------------------- type tests */

#define IS(name, test)                \
    static zp_status name(zp_call *c) \
    {                                 \
        zp_value x = c->argv[0];      \
                                      \
        c->out = zp_lgl(test);        \
        return ZP_OK;                 \
    }

IS(bi_is_numeric, x.type == ZP_DBL)
IS(bi_is_character, x.type == ZP_STR)
IS(bi_is_logical, x.type == ZP_LGL)
IS(bi_is_list, x.type == ZP_LIST)
IS(bi_is_time, x.type == ZP_TIM)
IS(bi_is_duration, x.type == ZP_DUR)
IS(bi_is_period, x.type == ZP_PER)
IS(bi_is_interval, x.type == ZP_IVL)
IS(bi_is_zts, x.type == ZP_ZTS)
IS(bi_is_matrix, zp_is_array(x) && zp_ndim(x) == 2)
IS(bi_is_array, zp_is_array(x) && zp_ndim(x) >= 2)

/* ---------------------------------------------------------------- is.na and kin */

typedef bool (*number_test)(double x);

static bool test_nan(double x)
{
    return isnan(x);
}
static bool test_finite(double x)
{
    return isfinite(x);
}
static bool test_infinite(double x)
{
    return isinf(x);
}

/* The elements of a list: those that are one number are tested. */
static zp_value test_list(zp_value x, number_test test, zp_error *err)
{
    int64_t n = zp_len(x);
    zp_value v = zp_vec(ZP_LGL, n, err);

    if (zp_bad(v))
        return v;
    for (int64_t i = 0; i < n; i++) {
        zp_value e = zp_list_at(x, i);

        ((int8_t *)v.u.arr->data)[i] = e.type == ZP_DBL && zp_len(e) == 1 && test(*zp_dbls(&e));
    }
    if (!zp_copy_names(&v, x, err))
        zp_value_clear(&v);
    return v;
}

static zp_value test_array(zp_value x, number_test test, bool other, zp_error *err)
{
    zp_value v = zp_arr_like(ZP_LGL, x, true, err);
    int64_t n = zp_len(x);
    int8_t *out;

    if (zp_bad(v))
        return v;
    out = v.u.arr->data;
    for (int64_t i = 0; i < n; i++)
        out[i] = x.type == ZP_DBL ? test(zp_dbls(&x)[i]) : other;
    return v;
}

/* `other`: the answer for elements that are no doubles. */
static zp_status test_numbers(zp_call *c, number_test test, bool other)
{
    zp_value x = c->argv[0];

    if (x.type == ZP_ZTS)
        x = zp_zts_data(x);
    if (x.type == ZP_LIST)
        c->out = test_list(x, test, c->err);
    else if (x.type == ZP_NIL)
        c->out = zp_vec(ZP_LGL, 0, c->err);
    else if (zp_is_array(x))
        c->out = test_array(x, test, other && x.type != ZP_STR, c->err);
    else
        c->out = zp_lgl(false);
    zp_value_unbox(&c->out);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_is_na(zp_call *c)
{
    return test_numbers(c, test_nan, false);
}
static zp_status bi_is_finite(zp_call *c)
{
    return test_numbers(c, test_finite, true);
}
static zp_status bi_is_infinite(zp_call *c)
{
    return test_numbers(c, test_infinite, false);
}

#define ATOMS "x=DZ+LTUIPS"

static zp_status bi_is_vector(zp_call *c)
{
    zp_value x = c->argv[0];
    bool yes = zp_is_vector(x) || x.type == ZP_LIST;
    zp_str *mode;

    if (!zp_arg_str(c, 1, &mode))
        return ZP_FAILED;
    if (!zp_str_is(mode, "any"))
        yes = yes &&
              (zp_str_is(mode, zp_type_name(x.type)) || (x.type == ZP_DBL && zp_str_is(mode, "numeric")));
    c->out = zp_lgl(yes);
    return ZP_OK;
}

const zp_builtin zp_builtins_convert[] = {
    { "as.logical", "x", "", 0, bi_as_logical, "Numbers, texts such as \"TRUE\" and logicals as logicals.",
      "as.logical(c(0, 1))", NULL },
    { "as.numeric", "x", "", 0, bi_as_numeric,
      "Numbers from logicals, texts and durations (nanoseconds). Names of vectors are dropped.",
      "as.numeric(\"1e3\")", NULL },
    { "as.double", "x", "", 0, bi_as_numeric, "The same as as.numeric.", "as.double(TRUE)", NULL },
    { "as.integer", "x", "", 0, bi_as_integer, "Numbers without their fraction: there is one type of number.",
      "as.integer(2.7)", NULL },
    { "as.character", "x", "", 0, bi_as_character,
      "Everything as text, numbers with up to 15 significant digits.", "as.character(c(1, 0.1))", NULL },
    { "as.duration", "x", "", 0, bi_as_duration,
      "Durations from numbers of nanoseconds or from texts: seconds, or hours:minutes:seconds.",
      "as.duration(\"01:30:00\")", NULL },
    { "as.nanoduration", "x", "", 0, bi_as_duration, "The same as as.duration.", "as.nanoduration(1)", NULL },
    { "as.period", "x", "", 0, bi_as_period, "Periods from texts such as \"1y2m3d/04:00:00\".",
      "as.period(\"1m2d\")", NULL },
    { "as.nanoperiod", "x", "", 0, bi_as_period, "The same as as.period.", "as.nanoperiod(\"1d\")", NULL },
    { "as.time", "x, format = NULL, tz = \"\"", "format=S0 tz=S", 0, bi_as_time,
      "Times from texts: year-month-day hour:minute:second and a zone, or as `format` says; `tz` is the zone of texts without one.",
      "as.time(\"2021-07-01 09:30:00 UTC\")", NULL },
    { "as.nanotime", "x, format = NULL, tz = \"\"", "format=S0 tz=S", 0, bi_as_time, "The same as as.time.",
      "as.nanotime(\"2021-07-01 09:30:00 UTC\")", NULL },
    { "as.interval", "x", "", 0, bi_as_interval,
      "Intervals from texts: sign, time, ->, time, sign; + is a closed end.",
      "as.interval(\"+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-\")", NULL },
    { "as.nanoival", "x", "", 0, bi_as_interval, "The same as as.interval.",
      "as.nanoival(\"+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-\")", NULL },
    { "is.numeric", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_numeric, "Is it an array of numbers?",
      "is.numeric(1)", NULL },
    { "is.double", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_numeric, "The same as is.numeric.",
      "is.double(1)", NULL },
    { "is.character", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_character, "Is it an array of texts?",
      "is.character(\"a\")", NULL },
    { "is.logical", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_logical, "Is it an array of logicals?",
      "is.logical(TRUE)", NULL },
    { "is.list", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_list, "Is it a list?", "is.list(list(1))",
      NULL },
    { "is.time", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_time, "Is it an array of times?",
      "is.time(Sys.time())", NULL },
    { "is.duration", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_duration, "Is it an array of durations?",
      "is.duration(as.duration(1))", NULL },
    { "is.period", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_period, "Is it an array of periods?",
      "is.period(as.period(\"1d\"))", NULL },
    { "is.interval", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_interval, "Is it an array of intervals?",
      "is.interval(1)", NULL },
    { "is.zts", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_zts, "Is it a time series?", "is.zts(1)", NULL },
    { "is.vector", "x, mode = \"any\"", "mode=S", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_vector,
      "Is it an array of one dimension or a list, and of that `mode` (\"numeric\", \"character\", \"list\" ...)?",
      "is.vector(1:3)", NULL },
    { "is.matrix", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_matrix, "Is it an array of two dimensions?",
      "is.matrix(matrix(1, 2, 2))", NULL },
    { "is.array", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_is_array,
      "Is it an array of two or more dimensions?", "is.array(1:3)", NULL },
    { "is.na", "x", "", 0, bi_is_na,
      "Which numbers are NaN, the missing value? Nothing but a number is ever missing.", "is.na(c(1, NaN))",
      NULL },
    { "is.nan", "x", ATOMS, 0, bi_is_na, "Which numbers are NaN?", "is.nan(c(1, NaN))", NULL },
    { "is.finite", "x", ATOMS, 0, bi_is_finite, "Which elements are neither NaN nor infinite?",
      "is.finite(c(1, Inf))", NULL },
    { "is.infinite", "x", ATOMS, 0, bi_is_infinite, "Which numbers are Inf or -Inf?",
      "is.infinite(c(1, Inf))", NULL },
    { 0 },
};
