/* arith: binary operators.
 *
 *     a op b --types--> pair --extents--> fit --> result: a fresh array, or a temporary that nobody else holds
 *                                                 --columns--> loop --> names
 *
 * Everything that is no plain pair of arrays (series, lists, different types) is handled around that road. */
#include "ops/ops_priv.h"

const char *zp_op_text(zp_op op)
{
    static const char *const texts[] = {
#define X(tag, text) text,
        ZP_OPS(X)
#undef X
    };
    return texts[op];
}

bool zp__bad_pair(zp_op op, zp_value a, zp_value b, zp_error *err)
{
    return zp_fail(err, "invalid type for binary operator (%s %s %s)", zp_type_arg_name((zp_type)a.type),
                   zp_op_text(op), zp_type_arg_name((zp_type)b.type));
}

/* ---------------------------------------------------------------- extents */

bool zp__fit_pair(const zp_value *a, const zp_value *b, zp__fit *fit, zp_error *err)
{
    int64_t na = zp_len(*a), nb = zp_len(*b);

    if (zp_same_dims(*a, *b))
        *fit = (zp__fit){ ZP_VV, a };
    else if (na == 1 && nb == 1)
        *fit = (zp__fit){ ZP_VV, zp_ndim(*b) > zp_ndim(*a) ? b : a };
    else if (nb == 1)
        *fit = (zp__fit){ ZP_VS, a };
    else if (na == 1)
        *fit = (zp__fit){ ZP_SV, b };
    else
        return zp_fail(err, "incompatible array sizes");
    return true;
}

bool zp__run_pair(const zp__pair *p, zp__job *job, zp__target out, zp_value a, zp_value b, int64_t rows,
                  int64_t cols)
{
    size_t size_a = zp_type_size((zp_type)a.type), size_b = zp_type_size((zp_type)b.type),
           size_out = zp_type_size((zp_type)p->out);
    int64_t step_a = a.boxed && job->shape != ZP_SV ? a.u.arr->stride : 0;
    int64_t step_b = b.boxed && job->shape != ZP_VS ? b.u.arr->stride : 0;

    job->n = rows;
    if (zp_is_dense(a) && zp_is_dense(b) && (cols <= 1 || out.stride == rows)) {
        job->n = rows * cols;
        cols = cols > 1 ? 1 : cols;
    }
    for (int64_t j = 0; j < cols; j++) {
        job->out = (char *)out.data + (size_t)(j * out.stride) * size_out;
        job->a = (const char *)zp_data(&a) + (size_t)(j * step_a) * size_a;
        job->b = (const char *)zp_data(&b) + (size_t)(j * step_b) * size_b;
        if (!p->run(job))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- the result */

/* The operand whose names the result gets: the first that has names and the extents of the result.  Beside a matrix the
 * names of a vector do not count. */
static const zp_value *names_source(const zp_value *a, const zp_value *b, const zp_value *like)
{
    if (zp_ndim(*a) != zp_ndim(*b) && (zp_ndim(*a) == 1 || zp_ndim(*b) == 1) && zp_ndim(*like) == 1)
        return NULL;
    if (zp_has_names(*a) && (a == like || zp_same_dims(*a, *like)))
        return a;
    if (zp_has_names(*b) && (b == like || zp_same_dims(*b, *like)))
        return b;
    return NULL;
}

/* Can the elements of the result be written over those of v?  Only of a temporary. */
static bool reusable(const zp_value *v, zp_type out, const zp_value *like)
{
    const zp_array *x = v->u.arr;

    return v->boxed && v->type == out && x->head.refs == 1 && x->head.flags == 0 && !x->store &&
           zp_is_dense(*v) && (v == like || zp_same_dims(*v, *like));
}

static bool set_names(zp_value *v, const zp_value *from, const zp_value *self, zp_error *err)
{
    if (from == self)
        return true;
    if (self)
        zp_drop_names(v);
    return !from || zp_copy_names(v, *from, err);
}

/* a op b of a pair that is in the table. */
static bool apply(const zp__pair *p, zp__job *job, zp_value a, zp_value b, zp_value *out)
{
    zp__fit fit;
    const zp_value *names, *self = NULL;
    zp_value v;

    if (!zp__fit_pair(&a, &b, &fit, job->err))
        return false;
    job->shape = fit.shape;
    names = names_source(&a, &b, fit.like);
    if (reusable(&a, (zp_type)p->out, fit.like))
        self = &a;
    else if (reusable(&b, (zp_type)p->out, fit.like))
        self = &b;

    if (self) {
        v = zp_value_ref(*self);
        v.u.arr->order = ZP_ORDER_UNKNOWN;
    } else if (!names && zp_len(*fit.like) == 1 && zp_ndim(*fit.like) == 1 &&
               zp_type_size((zp_type)p->out) <= 8 && p->out != ZP_STR) {
        v = (zp_value){ .type = p->out, .u.i64 = 0 };
    } else {
        v = zp_arr_like((zp_type)p->out, *fit.like, false, job->err);
        if (zp_bad(v))
            return false;
    }
    zp__target to = { v.boxed ? v.u.arr->data : &v.u, zp_dim(*fit.like, 0) };
    if (!zp__run_pair(p, job, to, a, b, zp_dim(*fit.like, 0), zp_ncols(*fit.like)) ||
        !set_names(&v, names, self, job->err)) {
        zp_value_unref(v);
        return false;
    }
    *out = v;
    return true;
}

static bool find_zone(const zp__pair *p, const char *tz, zp__job *job)
{
    if (!p->zone)
        return true;
    if (!tz || !*tz)
        return zp_fail(job->err, "time zone must be specified");
    job->zone = zp_zone_find(tz, job->err);
    return job->zone != NULL;
}

/* ---------------------------------------------------------------- series */

bool zp__same_index(zp_value a, zp_value b)
{
    zp_value ia = zp_zts_idx(a), ib = zp_zts_idx(b);
    int64_t n = zp_len(ia);

    return ia.u.obj == ib.u.obj ||
           (n == zp_len(ib) && memcmp(zp_i64s(&ia), zp_i64s(&ib), (size_t)n * sizeof(int64_t)) == 0);
}

/* The data of a series (or the array itself), taken out of `v`: a temporary series gives its data away. */
static zp_value take_data(zp_value v)
{
    zp_value data;

    if (v.type != ZP_ZTS)
        return v;
    data = zp_value_ref(zp_zts_data(v));
    zp_value_unref(v);
    return data;
}

static bool series(zp_op op, zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    zp_type ta = (zp_type)(a.type == ZP_ZTS ? ZP_DBL : a.type),
            tb = (zp_type)(b.type == ZP_ZTS ? ZP_DBL : b.type);
    const zp__pair *p = ta == ZP_DBL && tb == ZP_DBL ? zp__pair_find(op, ta, tb) : NULL;
    zp__job job = { .op = op, .err = err };
    zp_value idx, data;
    bool ok;

    if (a.type == ZP_ZTS && b.type == ZP_ZTS && !zp__same_index(a, b)) {
        zp_fail(err, "time indices of times series are not identical");
        p = NULL;
    } else if (!p) {
        zp__bad_pair(op, a, b, err);
    } else if ((a.type == ZP_ZTS && zp_len(a) == 1 && zp_len(b) != 1) ||
               (b.type == ZP_ZTS && zp_len(b) == 1 && zp_len(a) != 1)) {
        zp_fail(err, "incompatible array sizes");
        p = NULL;
    }
    if (!p) {
        zp_value_unref(a);
        zp_value_unref(b);
        return false;
    }
    idx = zp_value_ref(zp_zts_idx(a.type == ZP_ZTS ? a : b));
    a = take_data(a);
    b = take_data(b);
    ok = apply(p, &job, a, b, &data);
    zp_value_unref(a);
    zp_value_unref(b);
    if (!ok) {
        zp_value_unref(idx);
        return false;
    }
    if (p->out != ZP_DBL) {
        zp_value_unref(idx);
        *out = data;
        return true;
    }
    *out = zp_zts_take(idx, data, err);
    return !zp_bad(*out);
}

/* ---------------------------------------------------------------- the rest */

/* list == x: is each element equal to x as a whole? */
static bool compare_list(zp_op op, zp_value list, zp_value other, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(list);
    zp_value v = zp_vec(ZP_LGL, n, err);
    int8_t *to;

    if (zp_bad(v))
        return false;
    to = v.u.arr->data;
    for (int64_t i = 0; i < n; i++)
        to[i] = zp_value_equal(zp_list_at(list, i), other, 0) == (op == ZP_OP_EQ);
    if (!zp_copy_names(&v, list, err)) {
        zp_value_unref(v);
        return false;
    }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

/* error == "text": the error counts as its text. */
static bool compare_error(zp_op op, zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    zp_value text = zp_chr(zp_error_value_text(a.type == ZP_ERR ? a : b), err);
    zp__job job = { .op = op, .err = err };
    bool ok;

    if (zp_bad(text))
        return false;
    ok = apply(zp__pair_find(op, ZP_STR, ZP_STR), &job, a.type == ZP_ERR ? text : a,
               b.type == ZP_ERR ? text : b, out);
    zp_value_unref(text);
    return ok;
}

static bool odd_pair(zp_op op, zp_value a, zp_value b, zp_value *out, zp_error *err)
{
    if (op == ZP_OP_IN)
        return zp__in(a, b, out, err);
    if (op == ZP_OP_MATMUL)
        return zp__matmul(a, b, out, err);
    if (op == ZP_OP_OUTER)
        return zp__outer(a, b, out, err);
    if (zp__is_compare(op) &&
        ((a.type == ZP_ERR && b.type == ZP_STR) || (a.type == ZP_STR && b.type == ZP_ERR)))
        return compare_error(op, a, b, out, err);
    if (!zp__is_equality(op) || a.type == b.type)
        return zp__bad_pair(op, a, b, err);
    if (a.type == ZP_LIST)
        return compare_list(op, a, b, out, err);
    if (b.type == ZP_LIST)
        return compare_list(op, b, a, out, err);
    *out = zp_lgl(op == ZP_OP_NE);
    return true;
}

bool zp_binary_take(zp_op op, zp_value a, zp_value b, const char *tz, zp_value *out, zp_error *err)
{
    const zp__pair *p = zp__pair_find(op, (zp_type)a.type, (zp_type)b.type);
    zp__job job = { .op = op, .err = err };
    bool ok;

    *out = zp_nil();
    if (ZP_UNLIKELY(!zp_value_read(a, err) || !zp_value_read(b, err))) {
        zp_value_unref(a);
        zp_value_unref(b);
        return false;
    }
    if (!p && op <= ZP_OP_OR && (a.type == ZP_ZTS || b.type == ZP_ZTS) &&
        (a.type == ZP_ZTS || a.type == ZP_DBL) && (b.type == ZP_ZTS || b.type == ZP_DBL))
        return series(op, a, b, out, err);
    ok = p ? find_zone(p, tz, &job) && apply(p, &job, a, b, out) : odd_pair(op, a, b, out, err);
    zp_value_unref(a);
    zp_value_unref(b);
    return ok;
}

/* ---------------------------------------------------------------- in place */

/* Does every element have a result?  Computes them into a small block that is thrown away, so that a failure leaves
 * the object of the caller as it was. */
static bool try_out(const zp__pair *p, const zp__job *job, zp_value a, zp_value b, int64_t rows, int64_t cols)
{
    enum { BLOCK = 128 };
    _Alignas(64) char scratch[BLOCK * sizeof(zp_interval)];
    zp__job piece = *job;

    piece.out = scratch;
    for (int64_t j = 0; j < cols; j++) {
        const char *ca = zp_column(&a, j), *cb = job->shape == ZP_VS ? zp_data(&b) : zp_column(&b, j);

        for (int64_t i = 0; i < rows; i += BLOCK) {
            piece.n = rows - i < BLOCK ? rows - i : BLOCK;
            piece.a = ca + (size_t)i * zp_type_size((zp_type)a.type);
            piece.b = job->shape == ZP_VS ? cb : cb + (size_t)i * zp_type_size((zp_type)b.type);
            if (!p->run(&piece))
                return false;
        }
    }
    return true;
}

/* *a op b into *a, an array of the same type.  A shared array is not copied first: the result is a new one. */
static bool apply_to(const zp__pair *p, zp__job *job, zp_value *a, zp_value b)
{
    int64_t rows = zp_dim(*a, 0), cols = zp_ncols(*a);
    bool shared = a->boxed && a->u.obj->refs > 1 && !(a->u.obj->flags & ZP_LOCKED);
    zp_value fresh = zp_nil();
    zp__target to;

    if (shared) {
        fresh = zp_arr_like((zp_type)a->type, *a, true, job->err);
        if (zp_bad(fresh))
            return false;
        to = (zp__target){ fresh.u.arr->data, rows };
    } else {
        if (p->fails && !try_out(p, job, *a, b, rows, cols))
            return false;
        to.data = zp_value_mut(a, job->err);
        if (!to.data)
            return false;
        to.stride = a->boxed ? a->u.arr->stride : rows;
    }
    if (!zp__run_pair(p, job, to, *a, b, rows, cols)) {
        zp_value_unref(fresh);
        return false;
    }
    if (shared)
        zp_value_set(a, fresh);
    return true;
}

bool zp_binary_inplace(zp_op op, zp_value *a, zp_value b, const char *tz, bool *done, zp_error *err)
{
    bool is_series = a->type == ZP_ZTS;
    zp_value left = is_series ? zp_zts_data(*a) : *a, right = b.type == ZP_ZTS ? zp_zts_data(b) : b;
    const zp__pair *p =
        b.type == ZP_ZTS && !is_series ? NULL : zp__pair_find(op, (zp_type)left.type, (zp_type)right.type);
    zp__job job = { .op = op, .err = err };

    *done = false;
    if (!p || p->out != left.type || (is_series && left.type != right.type))
        return true;
    if (!zp_value_read(left, err) || !zp_value_read(right, err))
        return false;
    if (zp_same_dims(left, right))
        job.shape = ZP_VV;
    else if (zp_len(right) == 1)
        job.shape = ZP_VS;
    else
        return true;
    if (zp_len(left) == 1 && zp_ndim(right) > zp_ndim(left))
        return true; /* the result would have other extents */
    if (b.type == ZP_ZTS && !zp__same_index(*a, b))
        return zp_fail(err, "time indices of times series are not identical");
    if (!find_zone(p, tz, &job))
        return false;
    *done = true;
    if (!is_series)
        return apply_to(p, &job, a, right);
    zp_value keep = zp_value_ref(right); /* the series may be both operands */
    bool ok = zp_value_own(a, err) && apply_to(p, &job, &a->u.zts->data, keep);
    zp_value_unref(keep);
    return ok;
}
