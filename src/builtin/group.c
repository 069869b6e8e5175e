/* Classes of equal keys: the positions are sorted by key, equal neighbours are one class. */
#include "builtin/group.h"

#include <math.h>
#include <stdlib.h>

typedef struct keyed {
    union {
        double d;
        int64_t i;
        zp_str *s;
    } key;
    int64_t at;
} keyed;

static int later(const keyed *x, const keyed *y)
{
    return (x->at > y->at) - (x->at < y->at);
}

static int cmp_dbl(const void *a, const void *b)
{
    const keyed *x = a, *y = b;

    if (isnan(x->key.d) || isnan(y->key.d)) /* NaN is a class of its own, the last */
        return isnan(x->key.d) == isnan(y->key.d) ? later(x, y) : isnan(x->key.d) ? 1 : -1;
    return x->key.d < y->key.d ? -1 : x->key.d > y->key.d ? 1 : later(x, y);
}

static int cmp_i64(const void *a, const void *b)
{
    const keyed *x = a, *y = b;

    return x->key.i < y->key.i ? -1 : x->key.i > y->key.i ? 1 : later(x, y);
}

static int cmp_str(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    const int order = zp_str_cmp(x->key.s, y->key.s);

    return order ? order : later(x, y);
}

static bool equal(zp_type t, const keyed *x, const keyed *y)
{
    return t == ZP_DBL   ? x->key.d == y->key.d || (isnan(x->key.d) && isnan(y->key.d))
           : t == ZP_STR ? zp_str_eq(x->key.s, y->key.s)
                         : x->key.i == y->key.i;
}

static void sorted_keys(keyed *k, zp_value keys)
{
    const int64_t n = zp_len(keys);

    for (int64_t i = 0; i < n; i++) {
        keyed e = { .at = i };

        if (keys.type == ZP_DBL) {
            e.key.d = zp_dbls(&keys)[i] + 0.0; /* -0 is 0 */
        } else if (keys.type == ZP_STR) {
            e.key.s = zp_strs(&keys)[i];
        } else {
            e.key.i = keys.type == ZP_LGL ? zp_lgls(&keys)[i] : zp_i64s(&keys)[i];
        }
        k[i] = e;
    }
    qsort(k, (size_t)n, sizeof *k, keys.type == ZP_DBL ? cmp_dbl : keys.type == ZP_STR ? cmp_str : cmp_i64);
}

static bool label(zp_groups *g, zp_value keys, zp_error *err)
{
    g->labels = zp_vec(ZP_STR, g->count, err);
    if (zp_bad(g->labels))
        return false;
    for (int64_t k = 0; k < g->count; k++) {
        zp_buf text = ZP_BUF_INIT;
        zp_str *s;

        zp_elem_text(&text, keys, g->first[k], 15, NULL);
        s = zp_str_from_buf(&text, err);
        zp_buf_fini(&text);
        if (!s)
            return false;
        zp_str_put(g->labels, k, s);
    }
    return true;
}

static void *table(int64_t count, size_t size, zp_error *err)
{
    size_t bytes;

    if (!zp_mul((size_t)count, size, &bytes)) {
        zp_fail_nomem(err, SIZE_MAX);
        return NULL;
    }
    return zp_alloc(bytes ? bytes : 1, err);
}

static bool classify(zp_groups *g, zp_value keys, zp_error *err)
{
    const int64_t n = zp_len(keys);
    keyed *k = table(n, sizeof *k, err);

    g->code = table(g->n > n ? g->n : n, sizeof *g->code, err);
    g->size = table(n, sizeof *g->size, err);
    g->first = table(n, sizeof *g->first, err);
    if (!k || !g->code || !g->size || !g->first) {
        zp_free(k);
        return false;
    }
    sorted_keys(k, keys);
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || !equal(keys.type, &k[i - 1], &k[i])) {
            g->size[g->count] = 0;
            g->first[g->count++] = k[i].at;
        }
        g->size[g->count - 1]++;
        g->code[k[i].at] = g->count - 1;
    }
    zp_free(k);
    return true;
}

bool zp_groups_make(zp_groups *g, zp_value keys, int64_t n, zp_error *err)
{
    *g = (zp_groups){ .n = n };
    if (!zp_is_array(keys) || keys.type == ZP_IVL || keys.type == ZP_PER)
        return zp_fail(err, "incorrect argument type");
    if (zp_len(keys) != n && zp_len(keys) != 1)
        return zp_fail(err, "group length must match");
    if (!classify(g, keys, err) || !label(g, keys, err)) {
        zp_groups_fini(g);
        return false;
    }
    if (zp_len(keys) == 1 && n != 1) { /* one key for all */
        for (int64_t i = 1; i < n; i++)
            g->code[i] = g->code[0];
        if (g->count)
            g->size[0] = n;
    }
    return true;
}

void zp_groups_fini(zp_groups *g)
{
    zp_free(g->code);
    zp_free(g->size);
    zp_free(g->first);
    zp_value_clear(&g->labels);
    *g = (zp_groups){ 0 };
}
