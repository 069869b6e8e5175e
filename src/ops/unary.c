/* unary: - + and ! of one operand.  Extents and names stay. */
#include "ops/ops_priv.h"

/* What a loop does with n elements of type t: out may be the operand itself. */
static bool negate(zp_type t, void *out, const void *in, int64_t n, zp_error *err)
{
    if (t == ZP_DBL) {
        zp_kernels_get()->neg_dbl(out, in, n);
    } else if (t == ZP_DUR) {
        const int64_t zero = 0;

        if (n && !zp_map2(zp_kernels_get()->addsub_i64, ZP_K_SUB, ZP_SV, out, 8, &zero, in, 8, n))
            return zp_fail(err, "duration out of range");
    } else {
        const zp_period *from = in;
        zp_period *to = out;

        for (int64_t i = 0; i < n; i++) {
            if (from[i].months == INT32_MIN || from[i].days == INT32_MIN || from[i].ns == INT64_MIN)
                return zp_fail(err, "period out of range");
            to[i] = (zp_period){ -from[i].months, -from[i].days, -from[i].ns };
        }
    }
    return true;
}

static bool invert(zp_type t, void *out, const void *in, int64_t n, zp_error *err)
{
    if (t == ZP_LGL)
        zp_kernels_get()->not_lgl(out, in, n);
    else if (!zp_kernels_get()->not_dbl(out, in, n))
        return zp_fail(err, "NaN has no truth value: use is.nan()");
    return true;
}

/* The type of the result, or ZP_NIL. */
static zp_type result_type(zp_op op, zp_type t)
{
    if (op == ZP_OP_NOT)
        return t == ZP_LGL || t == ZP_DBL ? ZP_LGL : ZP_NIL;
    return t == ZP_DBL || t == ZP_DUR || t == ZP_PER ? t : ZP_NIL;
}

static bool run_columns(zp_op op, zp_type t, zp_type to_type, char *to, int64_t to_stride, zp_value v,
                        zp_error *err)
{
    int64_t rows = zp_dim(v, 0), cols = zp_ncols(v);

    for (int64_t j = 0; j < cols; j++) {
        char *out = to + (size_t)(j * to_stride) * zp_type_size(to_type);

        if (!(op == ZP_OP_NOT ? invert : negate)(t, out, zp_column(&v, j), rows, err))
            return false;
    }
    return true;
}

static bool fresh_result(zp_op op, zp_type to_type, zp_value v, zp_value *out, zp_error *err)
{
    zp_value r =
        v.boxed ? zp_arr_like(to_type, v, true, err) : (zp_value){ .type = (uint8_t)to_type, .u.i64 = 0 };

    if (zp_bad(r))
        return false;
    if (!run_columns(op, (zp_type)v.type, to_type, r.boxed ? r.u.arr->data : (void *)&r.u, zp_dim(v, 0), v,
                     err)) {
        zp_value_unref(r);
        return false;
    }
    *out = r;
    return true;
}

static bool array_take(zp_op op, zp_value a, zp_value *out, zp_error *err)
{
    zp_type to_type = result_type(op, (zp_type)a.type);
    bool ok;

    if (to_type == ZP_NIL) {
        zp_value_unref(a);
        return zp_fail(err, "invalid type for unary operator");
    }
    if (op == ZP_OP_PLUS) {
        *out = a;
        return true;
    }
    if (a.boxed && to_type == (zp_type)a.type && a.u.obj->refs == 1 && !a.u.obj->flags && !a.u.arr->store &&
        zp_is_dense(a)) {
        a.u.arr->order = ZP_ORDER_UNKNOWN;
        if (!run_columns(op, to_type, to_type, a.u.arr->data, a.u.arr->stride, a, err)) {
            zp_value_unref(a);
            return false;
        }
        *out = a;
        return true;
    }
    ok = fresh_result(op, to_type, a, out, err);
    zp_value_unref(a);
    return ok;
}

bool zp_unary_take(zp_op op, zp_value a, zp_value *out, zp_error *err)
{
    zp_value idx, data;

    *out = zp_nil();
    if (a.type != ZP_ZTS)
        return array_take(op, a, out, err);
    idx = zp_value_ref(zp_zts_idx(a));
    data = zp_value_ref(zp_zts_data(a));
    zp_value_unref(a);
    if (!array_take(op, data, &data, err)) {
        zp_value_unref(idx);
        return false;
    }
    if (op == ZP_OP_NOT) {
        zp_value_unref(idx);
        *out = data;
        return true;
    }
    *out = zp_zts_take(idx, data, err);
    return !zp_bad(*out);
}

/* Would negation fail somewhere?  Asked before anything is changed in place. */
static bool negatable(zp_value v, zp_error *err)
{
    int64_t rows = zp_dim(v, 0), cols = zp_ncols(v);

    if (v.type == ZP_DBL || v.type == ZP_LGL)
        return true;
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++) {
            zp_period p;

            if (v.type == ZP_PER ? !negate(ZP_PER, &p, (const zp_period *)zp_column(&v, j) + i, 1, err)
                                 : ((const int64_t *)zp_column(&v, j))[i] == INT64_MIN)
                return zp_fail(err, "duration out of range");
        }
    return true;
}

bool zp_unary_inplace(zp_op op, zp_value *a, bool *done, zp_error *err)
{
    bool is_series = a->type == ZP_ZTS;
    zp_value v = is_series ? zp_zts_data(*a) : *a;
    void *data;

    *done = false;
    if (!zp_is_array(v) || result_type(op, (zp_type)v.type) != (zp_type)v.type)
        return true;
    *done = true;
    if (op == ZP_OP_PLUS)
        return true;
    if (!negatable(v, err) || (is_series && !zp_value_own(a, err)))
        return false;
    zp_value *target = is_series ? &a->u.zts->data : a;
    data = zp_value_mut(target, err);
    if (!data)
        return false;
    return run_columns(op, (zp_type)v.type, (zp_type)v.type, data, target->boxed ? target->u.arr->stride : 1,
                       *target, err);
}
