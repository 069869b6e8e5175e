/* convert: from one element type to another.
 *
 * A table says which conversions exist: those of the as.* functions, and the fewer that joining and replacement do
 * silently.  Texts are parsed by the rooms that know them. */
#include "ops/ops_priv.h"
#include "base/breath.h"

#include <math.h>

/* What one conversion needs to know. */
typedef struct job {
    zp_value in; /* dense */
    void *out;
    int64_t n;
    zp_error *err;
} job;

typedef bool (*convert_fn)(const job *j);

#define EACH(name, FROM, TO, body)           \
    static bool name(const job *j)           \
    {                                        \
        const FROM *in = zp_data(&j->in);    \
        TO *out = j->out;                    \
        for (int64_t i = 0; i < j->n; i++) { \
            const FROM x = in[i];            \
            TO y = { 0 };                    \
            body;                            \
            out[i] = y;                      \
        }                                    \
        return true;                         \
    }

typedef zp_str *str;

static bool lgl_of_dbl(double x, int8_t *out, zp_error *err)
{
    *out = x != 0;
    return !isnan(x) || zp_fail(err, "NaN has no truth value: use is.nan()");
}

static bool lgl_of_str(const zp_str *s, int8_t *out, zp_error *err)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = { { "TRUE", true },   { "true", true },   { "T", true },  { "True", true },
                  { "FALSE", false }, { "false", false }, { "F", false }, { "False", false } };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (zp_str_is(s, words[i].text)) {
            *out = words[i].value;
            return true;
        }
    return zp_fail(err, "cannot convert \"%s\" to a logical", s->text);
}

static bool dbl_of_str(const zp_str *s, double *out, zp_error *err)
{
    return zp_number_parse(s->text, s->len, out) ||
           zp_fail(err, "cannot convert \"%s\" to a number", s->text);
}

static bool dur_of_dbl(double x, int64_t *out, zp_error *err)
{
    if (isnan(x))
        return zp_fail(err, "cannot convert NaN to duration");
    if (!(x >= -0x1p63 && x < 0x1p63))
        return zp_fail(err, "duration out of range");
    *out = (int64_t)x;
    return true;
}

static zp_slice slice_of(const zp_str *s)
{
    return (zp_slice){ s->text, s->len };
}

static bool per_of_str(const zp_str *s, zp_period *p, zp_error *err)
{
    return zp_period_parse(slice_of(s), &p->months, &p->days, &p->ns, err);
}

static bool ivl_of_str(const zp_str *s, zp_interval *i, zp_error *err)
{
    bool sopen, eopen;

    if (!zp_interval_parse(slice_of(s), &i->start, &i->end, &sopen, &eopen, err))
        return false;
    i->sopen = sopen;
    i->eopen = eopen;
    return true;
}

EACH(dbl_to_lgl, double, int8_t, if (!lgl_of_dbl(x, &y, j->err)) return false)
EACH(str_to_lgl, str, int8_t, if (!lgl_of_str(x, &y, j->err)) return false)
EACH(lgl_to_dbl, int8_t, double, y = x)
EACH(str_to_dbl, str, double, if (!dbl_of_str(x, &y, j->err)) return false)
EACH(dur_to_dbl, int64_t, double, y = (double)x)
EACH(dbl_to_dur, double, int64_t, if (!dur_of_dbl(x, &y, j->err)) return false)
EACH(str_to_dur, str, int64_t, if (!zp_duration_parse(slice_of(x), &y, j->err)) return false)
EACH(str_to_tim, str, int64_t, if (!zp_instant_parse(slice_of(x), NULL, NULL, &y, j->err)) return false)
EACH(str_to_per, str, zp_period, if (!per_of_str(x, &y, j->err)) return false)
EACH(str_to_ivl, str, zp_interval, if (!ivl_of_str(x, &y, j->err)) return false)

static bool any_to_str(const job *j)
{
    zp_buf buf = ZP_BUF_INIT;
    str *out = j->out;
    bool ok = true;

    for (int64_t i = 0; i < j->n && ok; i++) {
        zp_str *s;

        zp_breathe(300);
        zp_buf_clear(&buf);
        zp_elem_text(&buf, j->in, i, 15, NULL);
        s = zp_str_from_buf(&buf, j->err);
        ok = s != NULL;
        if (ok) {
            zp_str_unref(out[i]);
            out[i] = s;
        }
    }
    zp_buf_fini(&buf);
    return ok;
}

/* ORDER TYPES.  `silent`: c, binds and replacement do it too. */
typedef struct conversion {
    convert_fn run;
    bool silent;
} conversion;

static const conversion conversions[ZP_STR + 1][ZP_STR + 1] = {
    /* from       to */
    [ZP_DBL] = { [ZP_LGL] = { dbl_to_lgl, false },
                 [ZP_DUR] = { dbl_to_dur, true },
                 [ZP_STR] = { any_to_str, true } },
    [ZP_LGL] = { [ZP_DBL] = { lgl_to_dbl, true }, [ZP_STR] = { any_to_str, true } },
    [ZP_TIM] = { [ZP_STR] = { any_to_str, true } },
    [ZP_DUR] = { [ZP_DBL] = { dur_to_dbl, true }, [ZP_STR] = { any_to_str, true } },
    [ZP_IVL] = { [ZP_STR] = { any_to_str, true } },
    [ZP_PER] = { [ZP_STR] = { any_to_str, true } },
    [ZP_STR] = { [ZP_LGL] = { str_to_lgl, false },
                 [ZP_DBL] = { str_to_dbl, false },
                 [ZP_TIM] = { str_to_tim, true },
                 [ZP_DUR] = { str_to_dur, true },
                 [ZP_IVL] = { str_to_ivl, true },
                 [ZP_PER] = { str_to_per, true } },
};

static bool run(convert_fn fn, zp_value v, zp_type to, zp_value *out, zp_error *err)
{
    job j = { .in = v, .n = zp_len(v), .err = err };
    zp_value r;

    if (!zp_value_dense(&j.in, err)) {
        zp_value_unref(v);
        return false;
    }
    v = j.in;
    if (!v.boxed && zp_type_size(to) <= 8 && to != ZP_STR)
        r = (zp_value){ .type = (uint8_t)to, .u.i64 = 0 };
    else
        r = zp_arr_like(to, v, true, err);
    if (!zp_bad(r)) {
        j.out = r.boxed ? r.u.arr->data : (void *)&r.u;
        if (!fn(&j))
            zp_value_clear(&r);
    }
    zp_value_unref(v);
    zp_value_unbox(&r);
    *out = r;
    return !zp_bad(r);
}

/* A list whose elements all have one element, as an array of type `to` with the names of the list. */
static bool convert_list(zp_value list, zp_type to, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(list);
    zp_part *parts = zp_alloc((size_t)(n ? n : 1) * sizeof *parts, err);
    zp_value all = zp_nil();
    bool ok = parts != NULL;
    int64_t done = 0;

    for (; ok && done < n; done++) {
        zp_value x = zp_list_at(list, done), one;

        parts[done] = (zp_part){ 0 };
        if (!zp_is_array(x) || zp_len(x) != 1) {
            ok = zp_fail(err, "cannot convert to %s", zp_type_conv_name(to));
            break;
        }
        ok = zp_convert_take(zp_value_ref(x), to, &one, err);
        if (!ok)
            break;
        parts[done].value = one;
    }
    if (ok && n == 0) {
        all = zp_vec(to, 0, err);
        ok = !zp_bad(all);
    } else if (ok) {
        ok = zp_concat(parts, n, &all, err);
        if (ok) {
            zp_drop_names(&all);
            ok = zp_copy_names(&all, list, err);
        }
    }
    while (parts && done-- > 0)
        zp_value_unref(parts[done].value);
    zp_free(parts);
    zp_value_unref(list);
    if (!ok)
        zp_value_clear(&all);
    *out = all;
    return ok;
}

bool zp_convert_take(zp_value v, zp_type to, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (v.type == to) {
        *out = v;
        return true;
    }
    if (v.type == ZP_NIL) {
        *out = zp_vec(to, 0, err);
        return !zp_bad(*out);
    }
    if (ZP_UNLIKELY(!zp_value_read(v, err))) {
        zp_value_unref(v);
        return false;
    }
    if (v.type == ZP_LIST)
        return convert_list(v, to, out, err);
    if (zp_is_array(v) && conversions[v.type][to].run)
        return run(conversions[v.type][to].run, v, to, out, err);
    if (v.type == ZP_ERR && to == ZP_STR)
        *out = zp_chr(zp_error_value_text(v), err);
    zp_value_unref(v);
    if (v.type == ZP_ERR && to == ZP_STR)
        return !zp_bad(*out);
    return zp_is_array(v) ? zp_fail(err, "conversion not defined for array of %s to array of %s",
                                    zp_type_conv_name((zp_type)v.type), zp_type_conv_name(to))
                          : zp_fail(err, "cannot convert to %s", zp_type_conv_name(to));
}

bool zp_coerce_take(zp_value v, zp_type to, zp_value *out, zp_error *err)
{
    *out = zp_nil();
    if (v.type == to) {
        *out = v;
        return true;
    }
    if (zp_is_array(v) && zp_type_is_array(to) && conversions[v.type][to].silent && zp_value_read(v, err))
        return run(conversions[v.type][to].run, v, to, out, err);
    zp_value_unref(v);
    return zp_fail(err, "conversion not defined for %s to %s", zp_type_conv_name((zp_type)v.type),
                   zp_type_conv_name(to));
}

bool zp_truth(zp_value v, bool *out, zp_error *err)
{
    if (v.type != ZP_LGL && v.type != ZP_DBL) {
        if (v.type == ZP_NIL)
            return zp_fail(err, "expecting scalar value");
        return zp_is_array(v) ? zp_fail(err, "conversion not defined for array of %s to array of logical",
                                        zp_type_conv_name((zp_type)v.type))
                              : zp_fail(err, "cannot convert to logical");
    }
    if (zp_len(v) != 1)
        return zp_fail(err, "expecting scalar value");
    if (v.type == ZP_LGL) {
        *out = *zp_lgls(&v);
        return true;
    }
    *out = *zp_dbls(&v) != 0;
    return !isnan(*zp_dbls(&v)) || zp_fail(err, "NaN has no truth value: use is.nan()");
}
