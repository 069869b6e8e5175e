/* equal: are two values the same?   identical(), all.equal(), and == of lists.
 *
 * Lists may be nested as deep as memory allows, so the pairs that are still to be compared wait on a stack of our own,
 * not on C's. */
#include "ops/ops_priv.h"

#include <math.h>

typedef struct pair {
    zp_value a, b; /* borrowed */
} pair;

typedef struct stack {
    pair *items;
    size_t n, cap;
} stack;

static bool push(stack *s, zp_value a, zp_value b)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 16;
        pair *items = zp_realloc(s->items, cap * sizeof *items, NULL);

        if (!items)
            return false;
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n++] = (pair){ a, b };
    return true;
}

/* Absent names are as good as empty ones. */
static bool same_names(const zp_array *a, const zp_array *b, int64_t n)
{
    if (a == b)
        return true;
    for (int64_t i = 0; i < n; i++)
        if (!zp_str_eq(a ? zp_name_at(a, i) : zp_str_empty(), b ? zp_name_at(b, i) : zp_str_empty()))
            return false;
    return true;
}

static bool same_double(double x, double y)
{
    return x == y || (x != x && y != y);
}

static bool same_doubles(const double *a, const double *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!same_double(a[i], b[i]))
            return false;
    return true;
}

static bool same_column(zp_type t, const void *a, const void *b, int64_t n)
{
    switch (t) {
    case ZP_DBL: return same_doubles(a, b, n);
    case ZP_STR:
        for (int64_t i = 0; i < n; i++)
            if (!zp_str_eq(((zp_str *const *)a)[i], ((zp_str *const *)b)[i]))
                return false;
        return true;
    case ZP_IVL:
        for (int64_t i = 0; i < n; i++) {
            const zp_interval *x = (const zp_interval *)a + i, *y = (const zp_interval *)b + i;

            if (x->start != y->start || x->end != y->end || !x->sopen != !y->sopen || !x->eopen != !y->eopen)
                return false;
        }
        return true;
    default: return n == 0 || memcmp(a, b, (size_t)n * zp_type_size(t)) == 0;
    }
}

/* Sums over the elements that differ; false: a NaN against a number. */
typedef struct difference {
    double difference, target;
    int64_t n;
} difference;

static bool add_differences(difference *d, const double *a, const double *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (same_double(a[i], b[i]))
            continue;
        if (a[i] != a[i] || b[i] != b[i])
            return false;
        d->difference += fabs(a[i] - b[i]);
        d->target += fabs(a[i]);
        d->n++;
    }
    return true;
}

/* The mean difference, relative to the mean of the left side where that is finite and not tiny. */
static bool near(zp_value a, zp_value b, double tolerance)
{
    difference d = { 0 };
    double mean, mean_target;
    int64_t cols = zp_ncols(a);

    for (int64_t j = 0; j < cols; j++)
        if (!add_differences(&d, zp_column(&a, j), zp_column(&b, j), zp_dim(a, 0)))
            return false;
    if (d.n == 0)
        return true;
    mean = d.difference / (double)d.n;
    mean_target = d.target / (double)d.n;
    if (isfinite(mean_target) && mean_target > tolerance)
        mean /= mean_target;
    return mean <= tolerance;
}

static bool same_arrays(zp_value a, zp_value b, double tolerance)
{
    int64_t rows = zp_dim(a, 0), cols = zp_ncols(a);

    if (!zp_same_dims(a, b))
        return false;
    for (int32_t k = 0; k < zp_ndim(a); k++)
        if (!same_names(zp_names(a, k), zp_names(b, k), zp_dim(a, k)))
            return false;
    if (a.type == ZP_DBL && tolerance > 0)
        return near(a, b, tolerance);
    for (int64_t j = 0; j < cols; j++)
        if (!same_column((zp_type)a.type, zp_column(&a, j), zp_column(&b, j), rows))
            return false;
    return true;
}

/* One pair; the elements of lists are put on the stack. */
static bool same(pair p, double tolerance, stack *todo)
{
    zp_value a = p.a, b = p.b;

    if (a.type != b.type)
        return false;
    if (a.boxed && b.boxed && a.u.obj == b.u.obj)
        return true;
    if (zp_is_array(a))
        return same_arrays(a, b, tolerance);
    switch (a.type) {
    case ZP_NIL: return true;
    case ZP_ZTS: return zp__same_index(a, b) && same_arrays(zp_zts_data(a), zp_zts_data(b), tolerance);
    case ZP_ERR: return strcmp(zp_error_value_text(a), zp_error_value_text(b)) == 0;
    case ZP_LIST:
        if (zp_len(a) != zp_len(b) || !same_names(zp_names(a, 0), zp_names(b, 0), zp_len(a)))
            return false;
        for (int64_t i = zp_len(a) - 1; i >= 0; i--)
            if (!push(todo, zp_list_at(a, i), zp_list_at(b, i)))
                return false;
        return true;
    default: /* functions, connections, timers: the same object */
        return !a.boxed && !b.boxed && a.u.ptr == b.u.ptr;
    }
}

bool zp_value_equal(zp_value a, zp_value b, double tolerance)
{
    stack todo = { 0 };
    bool equal = zp_value_read(a, NULL) && zp_value_read(b, NULL) && same((pair){ a, b }, tolerance, &todo);

    while (equal && todo.n)
        equal = same(todo.items[--todo.n], tolerance, &todo);
    zp_free(todo.items);
    return equal;
}
