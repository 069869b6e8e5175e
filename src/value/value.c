/* value: words, questions and death.
 *
 * Objects may nest as deep as a program likes; freeing them must not use the C stack for it.  So frees recurse
 * only a little, and what is deeper waits in a list that the outermost free works off. */
#include "value/value.h"

#include <math.h>
#include <stdlib.h>

#include "value/alloc.h"
#include "value/value_priv.h"

static const struct {
    const char *name, *arg_name, *conv_name;
    size_t size;
} types[] = {
#define X(tag, size, a, b, c) { a, b, c, size },
    ZP_TYPES(X)
#undef X
};

const char *zp_type_name(zp_type t)
{
    return types[t].name;
}

const char *zp_type_arg_name(zp_type t)
{
    return types[t].arg_name;
}

const char *zp_type_conv_name(zp_type t)
{
    return types[t].conv_name;
}

size_t zp_type_size(zp_type t)
{
    return types[t].size;
}

/* ---------------------------------------------------------------- death */

enum { FREE_DEPTH = 100 };

static zp_destroy_fn destroyers[ZP_NTYPES]; /* set once when an engine starts, the same for all */

static _Thread_local struct {
    int depth;
    zp_obj **waiting;
    size_t n, cap;
} grave;

const zp_keeper *zp__keeper; /* set once, the same for all */
bool zp_value_changed;       /* the engine's: whoever evaluates has the values to itself */

void zp_value_set_keeper(const zp_keeper *keeper)
{
    zp__keeper = keeper;
}

void zp_value_on_destroy(zp_type type, zp_destroy_fn fn)
{
    destroyers[type] = fn;
}

static void bury_series(zp_zts *z)
{
    if (z->data.u.arr->store)
        zp__keeper->leave(z);
    zp_value_unref(z->idx);
    zp_value_unref(z->data);
    zp__data_free(z, sizeof(zp_zts));
}

static void bury(zp_obj *obj)
{
    switch (obj->type) {
    case ZP_LIST: zp__list_free((zp_list *)obj); break;
    case ZP_ZTS: bury_series((zp_zts *)obj); break;
    case ZP_ERR:
        zp_str_unref(((zp__error *)obj)->text);
        zp__data_free(obj, sizeof(zp__error));
        break;
    default:
        if (zp_type_is_array(obj->type))
            zp__array_free((zp_array *)obj);
        else if (destroyers[obj->type])
            destroyers[obj->type](obj);
    }
}

static bool wait(zp_obj *obj)
{
    if (grave.n == grave.cap) {
        size_t cap = grave.cap ? 2 * grave.cap : 256;
        zp_obj **more = realloc(grave.waiting, cap * sizeof(zp_obj *));
        if (!more)
            return false;
        grave.waiting = more;
        grave.cap = cap;
    }
    grave.waiting[grave.n++] = obj;
    return true;
}

void zp__obj_free(zp_obj *obj)
{
    if (grave.depth >= FREE_DEPTH && wait(obj))
        return;
    grave.depth++;
    bury(obj);
    grave.depth--;
    if (grave.depth || !grave.cap)
        return;
    while (grave.n) {
        grave.depth = 1;
        bury(grave.waiting[--grave.n]);
        grave.depth = 0;
    }
    free(grave.waiting);
    grave.waiting = NULL;
    grave.cap = 0;
}

/* ---------------------------------------------------------------- asking */

static zp_value array_part(zp_value v)
{
    return v.type == ZP_ZTS ? v.u.zts->data : v;
}

int64_t zp_len(zp_value v)
{
    v = array_part(v);
    if (zp_is_array(v))
        return v.boxed ? v.u.arr->n : 1;
    if (v.type == ZP_LIST || v.type == ZP_DOTS)
        return v.u.list->n;
    return v.type != ZP_NIL;
}

int32_t zp_ndim(zp_value v)
{
    v = array_part(v);
    if (!zp_is_array(v))
        return 0;
    return v.boxed ? v.u.arr->ndim : 1;
}

int64_t zp_dim(zp_value v, int32_t k)
{
    v = array_part(v);
    if (!v.boxed || !zp_is_array(v) || k >= v.u.arr->ndim)
        return 1;
    return v.u.arr->dim[k];
}

const int64_t *zp_dims(const zp_value *v)
{
    static const int64_t one = 1;

    if (v->type == ZP_ZTS)
        return zp_dims(&v->u.zts->data);
    return v->boxed && zp_is_array(*v) ? v->u.arr->dim : &one;
}

int64_t zp_ncols(zp_value v)
{
    int64_t cols = 1;

    v = array_part(v);
    if (v.boxed && zp_is_array(v))
        for (int32_t k = 1; k < v.u.arr->ndim; k++)
            cols *= v.u.arr->dim[k];
    return cols;
}

bool zp_same_dims(zp_value a, zp_value b)
{
    int32_t ndim = zp_ndim(a);

    if (ndim != zp_ndim(b))
        return false;
    for (int32_t k = 0; k < ndim; k++)
        if (zp_dim(a, k) != zp_dim(b, k))
            return false;
    return true;
}

/* ---------------------------------------------------------------- C values */

static bool scalar_only(zp_value v, zp_error *err)
{
    return zp_is_array(v) && zp_len(v) == 1 ? true : zp_fail(err, "expecting scalar value");
}

bool zp_get_dbl(zp_value v, double *out, zp_error *err)
{
    if (!scalar_only(v, err))
        return false;
    if (v.type == ZP_DBL)
        *out = zp_dbls(&v)[0];
    else if (v.type == ZP_LGL)
        *out = zp_lgls(&v)[0];
    else
        return zp_fail(err, "conversion not defined for %s to double", zp_type_conv_name(v.type));
    return true;
}

bool zp_get_lgl(zp_value v, bool *out, zp_error *err)
{
    double d;

    if (!scalar_only(v, err))
        return false;
    if (v.type == ZP_LGL) {
        *out = zp_lgls(&v)[0] != 0;
        return true;
    }
    if (v.type != ZP_DBL)
        return zp_fail(err, "conversion not defined for %s to logical", zp_type_conv_name(v.type));
    d = zp_dbls(&v)[0];
    if (isnan(d))
        return zp_fail(err, "NaN has no truth value: use is.nan()");
    *out = d != 0;
    return true;
}

bool zp_get_str(zp_value v, zp_str **out, zp_error *err)
{
    if (!scalar_only(v, err))
        return false;
    if (v.type != ZP_STR)
        return zp_fail(err, "conversion not defined for %s to character", zp_type_conv_name(v.type));
    if (!zp_value_read(v, err))
        return false;
    *out = zp_strs(&v)[0];
    return true;
}

bool zp_get_int(zp_value v, bool min0, int64_t *out, zp_error *err)
{
    double d;

    if (!zp_get_dbl(v, &d, err))
        return false;
    if (min0 && d < 0)
        return zp_fail(err, "argument cannot be negative");
    if (isnan(d) || isinf(d))
        return zp_fail(err, "argument cannot be converted to an integer");
    if (d != floor(d))
        return zp_fail(err, "argument is not an integer");
    if (fabs(d) > 9.0e18)
        return zp_fail(err, "argument cannot be converted to an integer");
    *out = (int64_t)d;
    return true;
}

/* ---------------------------------------------------------------- series and errors */

zp_value zp_zts_take(zp_value idx, zp_value data, zp_error *err)
{
    zp_zts *z = NULL;

    if (zp_value_box(&idx, err) && zp_value_box(&data, err))
        z = zp__data_alloc(sizeof(zp_zts), err);
    if (!z) {
        zp_value_unref(idx);
        zp_value_unref(data);
        return zp_nil();
    }
    z->head = (zp_obj){ .refs = 1, .type = ZP_ZTS };
    z->idx = idx;
    z->data = data;
    return zp_box(z);
}

zp_value zp_error_value(const char *text, zp_error *err)
{
    zp_str *s = zp_str_from(text, err);
    zp__error *e = s ? zp__data_alloc(sizeof(zp__error), err) : NULL;

    if (!e) {
        zp_str_unref(s);
        return zp_nil();
    }
    e->head = (zp_obj){ .refs = 1, .type = ZP_ERR };
    e->text = s;
    e->place = (zp_place){ 0 };
    return zp_box(e);
}

const char *zp_error_value_text(zp_value v)
{
    return ((zp__error *)v.u.obj)->text->text;
}

zp_place *zp_error_value_place(zp_value v)
{
    return &((zp__error *)v.u.obj)->place;
}

/* ---------------------------------------------------------------- one element */

zp_value zp_elem(zp_value v, int64_t i, zp_error *err)
{
    zp_value e = { .type = v.type };
    size_t size = zp_type_size(v.type);
    const char *at;
    int64_t rows = zp_dim(v, 0);

    at = zp_is_dense(v) ? (const char *)zp_data(&v) + (size_t)i * size
                        : (const char *)zp_column(&v, i / rows) + (size_t)(i % rows) * size;
    if (v.type == ZP_DBL || v.type == ZP_LGL || v.type == ZP_TIM || v.type == ZP_DUR) {
        e.u.i64 = 0;
        memcpy(&e.u, at, size);
        return e;
    }
    if (v.type == ZP_STR)
        return zp_value_read_elems(v, i, i + 1, err) ? zp_chr_take(zp_str_ref(*(zp_str *const *)at), err)
                                                     : zp_nil();
    e = zp_vec(v.type, 1, err);
    if (!zp_bad(e))
        memcpy(e.u.arr->data, at, size);
    return e;
}

/* ---------------------------------------------------------------- text that is read when it is needed */

bool zp__value_read(zp_array *a, const zp_span *where, zp_error *err)
{
    return zp__keeper->read(a, where, err);
}

/* Lists may be nested as deeply as somebody likes: those that wait are kept in a list of this loop. */
bool zp__list_read(zp_list *l, zp_error *err)
{
    zp_list **waiting = NULL;
    int64_t n = 0, cap = 0;
    bool ok = true;

    if (!zp__keeper || !zp__keeper->texts())
        return true;
    for (; ok && l; l = n ? waiting[--n] : NULL) {
        for (int64_t i = 0; ok && i < l->n; i++) {
            if (l->items[i].type != ZP_LIST) {
                ok = zp_value_read(l->items[i], err);
                continue;
            }
            if (n == cap) {
                zp_list **more = zp_realloc(waiting, (size_t)(cap = 2 * cap + 16) * sizeof *more, err);

                ok = more != NULL;
                waiting = ok ? more : waiting;
            }
            if (ok)
                waiting[n++] = l->items[i].u.list;
        }
    }
    zp_free(waiting);
    return ok;
}

bool zp_value_read_elems(zp_value v, int64_t from, int64_t to, zp_error *err)
{
    zp_span where;
    int64_t rows;

    if (!zp_value_is_unread(v) || from >= to)
        return true;
    rows = v.u.arr->dim[0];
    where = (zp_span){ 0, rows, from / rows, (to - 1) / rows + 1 };
    if (where.col_end == where.col + 1)
        where = (zp_span){ from % rows, (to - 1) % rows + 1, where.col, where.col_end };
    return zp__value_read(v.u.arr, &where, err);
}
