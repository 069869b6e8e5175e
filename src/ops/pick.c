/* The indices of x[i, j, ...] together: how many there must be, which kinds may stand where, and the walk over the
 * columns they select. */
#include "ops/select_priv.h"

#include <string.h>

static bool time_index(zp_value x, zp__pick *p, const zp_value *index, int32_t count, int32_t k,
                       zp_error *err)
{
    const char *what = index[k].type == ZP_TIM ? "time point" : "interval";

    if (x.type == ZP_ZTS && k > 0)
        return zp_fail(err, "zts: can't use %s index into dimension > 1",
                       index[k].type == ZP_TIM ? "a time" : "an interval");
    if (x.type == ZP_ZTS)
        return zp__sel_times(&p->sel[0], index[0], zp_zts_idx(x), true, err);
    if (zp_ndim(x) != 1 || count != 1)
        return zp_fail(err, "%s index into non-vector", what);
    if (x.type != ZP_TIM)
        return zp_fail(err, "%s index into non time point vector", what);
    return zp__sel_times(&p->sel[0], index[0], x, false, err);
}

static bool each_dim(zp__pick *p, zp_value x, const zp_value *index, int32_t count, zp_error *err)
{
    for (int32_t k = 0; k < p->count; k++) {
        const zp_value i = count == p->count ? index[k] : (zp_value){ .type = ZP_MISSING };
        bool ok;

        if (i.type == ZP_TIM || i.type == ZP_IVL)
            ok = time_index(x, p, index, count, k, err);
        else if (x.type == ZP_ZTS && (i.type == ZP_DUR || i.type == ZP_PER))
            ok = zp_fail(err, "convertToIndex incorrect type");
        else
            ok = zp__sel_make(&p->sel[k], i, zp_dim(x, k), zp_names(x, k), err);
        if (!ok || ((k > 0 || (p->sel[k].num && p->count > 1)) && !zp__sel_list(&p->sel[k], err)))
            return false;
    }
    return true;
}

/* A numeric matrix with as many columns as x has dims: one element per row. */
static bool by_matrix(zp__sel *s, zp_value x, zp_value index, zp_error *err)
{
    const int64_t rows = zp_dim(index, 0);
    size_t bytes;

    zp__sel_range(s, zp_len(x), 0, 0);
    if (!zp_mul((size_t)rows, sizeof(int64_t), &bytes))
        return zp_fail_nomem(err, SIZE_MAX);
    s->pos = zp_alloc(bytes ? bytes : 1, err);
    if (!s->pos)
        return false;
    s->count = rows;
    memset(s->pos, 0, bytes);
    for (int32_t k = zp_ndim(x); k-- > 0;) {
        const double *at = zp_column(&index, k);
        const int64_t extent = zp_dim(x, k);

        for (int64_t i = 0; i < rows; i++) {
            if (!(at[i] >= 1 && at[i] < (double)extent + 1)) {
                zp__sel_fini(s);
                return zp_fail(err, "subscript out of bounds");
            }
            s->pos[i] = s->pos[i] * extent + (int64_t)at[i] - 1;
        }
    }
    return true;
}

static bool along_all(zp__pick *p, zp_value x, zp_value index, zp_error *err)
{
    p->linear = true;
    if (index.type == ZP_DBL && zp_ndim(index) == 2 && zp_dim(index, 1) == zp_ndim(x))
        return by_matrix(&p->sel[0], x, index, err);
    if (index.type == ZP_STR || index.type == ZP_TIM || index.type == ZP_IVL)
        return zp_fail(err, "can't do a vector subset with this index type");
    return zp__sel_make(&p->sel[0], index, zp_len(x), NULL, err);
}

bool zp__pick_make(zp__pick *p, zp_value x, const zp_value *index, int32_t count, zp_error *err)
{
    const int32_t ndim = zp_ndim(x);
    const bool all = count == 1 && index[0].type == ZP_MISSING;
    bool ok;

    memset(p->small, 0, sizeof p->small);
    p->sel = p->small;
    p->linear = false;
    p->count = ndim;
    if (!all && count != ndim && (count != 1 || x.type == ZP_ZTS))
        return zp_fail(err, "incorrect number of dimensions");
    if (!all && count != ndim)
        p->count = 1;
    if (p->count > (int32_t)ZP_COUNTOF(p->small)) {
        p->sel = zp_alloc_zero((size_t)p->count * sizeof *p->sel, err);
        if (!p->sel)
            return false;
    }
    ok = p->count == ndim ? each_dim(p, x, index, all && ndim > 1 ? 0 : count, err)
                          : along_all(p, x, index[0], err);
    if (!ok)
        zp__pick_fini(p);
    return ok;
}

void zp__pick_fini(zp__pick *p)
{
    for (int32_t k = 0; k < p->count; k++)
        zp__sel_fini(&p->sel[k]);
    if (p->sel != p->small)
        zp_free(p->sel);
    p->sel = p->small;
    p->count = 0;
}

int64_t zp__pick_count(const zp__pick *p)
{
    int64_t n = 1;

    for (int32_t k = 0; k < p->count; k++)
        if (__builtin_mul_overflow(n, p->sel[k].count, &n))
            return INT64_MAX;
    return n;
}

bool zp__sel_offsets(zp__sel *s, zp_value x, zp_error *err)
{
    const int64_t rows = zp_dim(x, 0);
    int64_t stride;

    if (zp_is_dense(x) || s->count == 0)
        return true;
    if (!zp__sel_spell(s, err))
        return false;
    stride = x.u.arr->stride;
    for (int64_t i = 0; i < s->count; i++)
        s->pos[i] = s->pos[i] / rows * stride + s->pos[i] % rows;
    return true;
}

/* ---------------------------------------------------------------- the walk */

bool zp__walk_begin(zp__walk *w, const zp__pick *p, zp_error *err)
{
    memset(w->small, 0, sizeof w->small);
    w->at = w->small;
    if (p->count > (int32_t)ZP_COUNTOF(w->small)) {
        w->at = zp_alloc_zero((size_t)p->count * sizeof *w->at, err);
        if (!w->at)
            return false;
    }
    w->left = 1;
    for (int32_t k = 1; k < p->count; k++)
        w->left *= p->sel[k].count;
    return true;
}

int64_t zp__walk_next(zp__walk *w, const zp__pick *p)
{
    int64_t column = 0;

    if (w->left == 0)
        return -1;
    w->left--;
    for (int32_t k = p->count - 1; k > 0; k--)
        column = column * p->sel[k].n + zp__sel_at(&p->sel[k], w->at[k]);
    for (int32_t k = 1; k < p->count; k++) { /* the next one, like a counter */
        if (++w->at[k] < p->sel[k].count)
            break;
        w->at[k] = 0;
    }
    return column;
}

void zp__walk_end(zp__walk *w)
{
    if (w->at != w->small)
        zp_free(w->at);
}
