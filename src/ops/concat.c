/* concat: c(...), with and without a reference.
 *
 * The result has the type of the highest rank among the arguments (the first of equals); all others are converted
 * before anything is written.  Arrays lose their extents; vectors keep names, a tag prefixes them. */
#include "ops/ops_priv.h"

/* NULL < logical < time types < double < character < everything that makes a list */
static int rank(zp_type t)
{
    switch (t) {
    case ZP_NIL: return 0;
    case ZP_LGL: return 1;
    case ZP_TIM:
    case ZP_DUR:
    case ZP_IVL:
    case ZP_PER: return 2;
    case ZP_DBL: return 3;
    case ZP_STR: return 4;
    default: return 5;
    }
}

static zp_type result_type(const zp_part *parts, int64_t count)
{
    zp_type best = ZP_NIL;

    for (int64_t i = 0; i < count; i++)
        if (rank((zp_type)parts[i].value.type) > rank(best))
            best = (zp_type)parts[i].value.type;
    return rank(best) == 5 ? ZP_LIST : best;
}

static bool tagged(const zp_part *p)
{
    return p->tag && p->tag->len;
}

/* The names of the elements of a part, before prefixing; NULL: none. */
static zp_array *part_names(const zp_part *p)
{
    return p->value.type == ZP_LIST || zp_is_vector(p->value) ? zp_names(p->value, 0) : NULL;
}

/* How many elements a part contributes to an array or to a list. */
static int64_t part_length(const zp_part *p)
{
    return p->value.type == ZP_NIL                             ? 0
           : p->value.type == ZP_LIST || zp_is_array(p->value) ? zp_len(p->value)
                                                               : 1;
}

/* Does the result have names?  A tag is enough, as in R, even one of an argument without elements, but not of a NULL after the
 * first argument. */
static bool any_names(const zp_part *parts, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if ((tagged(&parts[i]) && (i == 0 || parts[i].value.type != ZP_NIL)) || part_names(&parts[i]))
            return true;
    return false;
}

zp_str *zp_prefixed_name(const zp_str *prefix, zp_str *name, int64_t i, int64_t extent, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *s;

    if (!prefix || !prefix->len)
        return zp_str_ref(name);
    zp_buf_put(&buf, prefix->text, prefix->len);
    if (name->len) {
        zp_buf_putc(&buf, '.');
        zp_buf_put(&buf, name->text, name->len);
    } else if (extent != 1) {
        zp_buf_printf(&buf, "%lld", (long long)(i + 1));
    }
    s = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return s;
}

/* Writes the names of one part at `at` of a fresh character vector. */
static bool put_names(zp_value names, int64_t at, const zp_part *p, zp_error *err)
{
    zp_array *own = part_names(p);
    int64_t n = part_length(p);

    if (!own && !tagged(p))
        return true;
    for (int64_t i = 0; i < n; i++) {
        zp_str *s = zp_prefixed_name(p->tag, own ? zp_name_at(own, i) : zp_str_empty(), i, n, err);

        if (!s)
            return false;
        zp_str_put(names, at + i, s);
    }
    return true;
}

static zp_value all_names(const zp_part *parts, int64_t count, int64_t total, zp_error *err)
{
    zp_value names = zp_vec(ZP_STR, total, err);
    int64_t at = 0;

    for (int64_t i = 0; i < count && !zp_bad(names); i++) {
        if (!put_names(names, at, &parts[i], err))
            zp_value_clear(&names);
        at += part_length(&parts[i]);
    }
    return names;
}

static bool name_result(zp_value *v, const zp_part *parts, int64_t count, int64_t total, zp_error *err)
{
    zp_value names;
    bool ok;

    if (total == 0 || !any_names(parts, count))
        return true;
    names = all_names(parts, count, total, err);
    ok = !zp_bad(names) && zp_set_names(v, 0, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

/* The elements of a part, converted to `t`, into [at, ...) of an owned vector. */
static bool put_elements(zp_value v, zp_type t, int64_t at, zp_value from, zp_error *err)
{
    zp_value x;
    char *to = (char *)v.u.arr->data + (size_t)at * zp_type_size(t);
    int64_t rows, cols;

    if (from.type == ZP_NIL || zp_len(from) == 0)
        return true;
    if (!zp_coerce_take(zp_value_ref(from), t, &x, err))
        return false;
    rows = zp_dim(x, 0);
    cols = zp_ncols(x);
    for (int64_t j = 0; j < cols; j++, to += (size_t)rows * zp_type_size(t))
        zp_copy_elems(t, to, zp_column(&x, j), rows);
    zp_value_unref(x);
    return true;
}

static bool total_length(const zp_part *parts, int64_t count, int64_t *total, zp_error *err)
{
    int64_t n = 0;

    for (int64_t i = 0; i < count; i++)
        if (__builtin_add_overflow(n, part_length(&parts[i]), &n))
            return zp_fail_nomem(err, SIZE_MAX);
    *total = n;
    return true;
}

static bool concat_array(zp_type t, const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    int64_t total = 0, at = 0;
    zp_value v;
    bool ok = true;

    if (!total_length(parts, count, &total, err))
        return false;
    v = zp_vec(t, total, err);
    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < count && ok; i++) {
        ok = put_elements(v, t, at, parts[i].value, err);
        at += part_length(&parts[i]);
    }
    if (!ok || !name_result(&v, parts, count, total, err)) {
        zp_value_unref(v);
        return false;
    }
    zp_value_unbox(&v);
    *out = v;
    return true;
}

/* Appends what a part contributes to a list, without names. */
static bool push_part(zp_value *list, zp_value x, zp_error *err)
{
    int64_t n = zp_len(x);

    if (x.type == ZP_NIL)
        return true;
    if (x.type != ZP_LIST && !zp_is_array(x))
        return zp_list_push(list, zp_value_ref(x), NULL, err);
    for (int64_t i = 0; i < n; i++) {
        zp_value one = x.type == ZP_LIST ? zp_value_ref(zp_list_at(x, i)) : zp_elem(x, i, err);

        if (x.type != ZP_LIST && zp_bad(one))
            return false;
        if (!zp_list_push(list, one, NULL, err))
            return false;
    }
    return true;
}

static bool concat_list(const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    zp_value list = zp_list_new(0, err);
    bool ok = !zp_bad(list);

    for (int64_t i = 0; i < count && ok; i++)
        ok = push_part(&list, parts[i].value, err);
    if (!ok || !name_result(&list, parts, count, zp_len(list), err)) {
        zp_value_unref(list);
        return false;
    }
    *out = list;
    return true;
}

static bool read_parts(const zp_part *parts, int64_t count, zp_error *err)
{
    bool ok = true;

    for (int64_t i = 0; ok && i < count; i++)
        ok = zp_value_read_span(parts[i].value, (zp_span){ 0, INT64_MAX, 0, INT64_MAX }, err);
    return ok;
}

bool zp_concat(const zp_part *parts, int64_t count, zp_value *out, zp_error *err)
{
    zp_type t = result_type(parts, count);

    *out = zp_nil();
    if (t == ZP_NIL)
        return true;
    if (!read_parts(parts, count, err))
        return false;
    return t == ZP_LIST ? concat_list(parts, count, out, err) : concat_array(t, parts, count, out, err);
}

bool zp_concat_list(zp_value list, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(list);
    zp_array *names = zp_names(list, 0);
    zp_part *parts = zp_alloc_zero((size_t)(n ? n : 1) * sizeof *parts, err);
    bool ok;

    if (!parts)
        return false;
    for (int64_t i = 0; i < n; i++) {
        parts[i].value = zp_list_at(list, i);
        if (names && zp_name_at(names, i)->len)
            parts[i].tag = zp_name_at(names, i);
    }
    ok = zp_concat(parts, n, out, err);
    zp_free(parts);
    return ok;
}

/* ---------------------------------------------------------------- c(--a, ...) */

/* Names of the longer vector: those of a, prefixed by its tag, then those of the other parts. */
static bool inplace_names(zp_value *a, int64_t old, const zp_part *parts, int64_t count, zp_error *err)
{
    zp_part self = { .value = *a, .tag = parts[0].tag };
    zp_value names;
    int64_t at = old;
    bool ok;

    if (!zp_names(*a, 0) && !tagged(&self) && !any_names(parts + 1, count - 1))
        return true;
    if (zp_names(*a, 0) && !tagged(&self)) {
        names = zp_box(zp_names(*a, 0)); /* the vector's own, which grew with it and is ours to write */
        for (int64_t i = 1; i < count; at += part_length(&parts[i]), i++)
            if (!put_names(names, at, &parts[i], err))
                return false;
        return true;
    }
    names = zp_vec(ZP_STR, zp_len(*a), err);
    ok = !zp_bad(names);
    for (int64_t i = 0; ok && i < old; i++) {
        zp_array *own = zp_names(*a, 0);
        zp_str *s = zp_prefixed_name(self.tag, own ? zp_name_at(own, i) : zp_str_empty(), i, old, err);

        ok = s != NULL;
        if (ok)
            zp_str_put(names, i, s);
    }
    for (int64_t i = 1; ok && i < count; at += part_length(&parts[i]), i++)
        ok = put_names(names, at, &parts[i], err);
    ok = ok && zp_set_names(a, 0, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

static bool grow_array(zp_value *a, const zp_part *parts, int64_t count, zp_error *err)
{
    int64_t old = zp_len(*a), add = 0, at = old;
    zp_value tail;

    /* everything that may fail for its type is converted before *a changes */
    if (!total_length(parts + 1, count - 1, &add, err))
        return false;
    tail = zp_vec((zp_type)a->type, add, err);
    if (zp_bad(tail))
        return false;
    at = 0;
    for (int64_t i = 1; i < count; at += part_length(&parts[i]), i++)
        if (!put_elements(tail, (zp_type)a->type, at, parts[i].value, err))
            goto failed;
    if (zp_value_in_files(*a) && zp_ndim(*a) == 1 && !zp_names(*a, 0) && !any_names(parts + 1, count - 1) &&
        !tagged(&parts[0])) {
        const bool ok = zp_value_append(a, tail, err);

        zp_value_unref(tail);
        return ok;
    }
    if (zp_ndim(*a) != 1 && !zp_value_reshape(a, 1, &old, err))
        goto failed;
    if (!zp_value_grow_rows(a, old + add, err))
        goto failed;
    zp_copy_elems((zp_type)a->type, (char *)a->u.arr->data + (size_t)old * zp_type_size((zp_type)a->type),
                  zp_data(&tail), add);
    zp_value_unref(tail);
    return inplace_names(a, old, parts, count, err);

failed:
    zp_value_unref(tail);
    return false;
}

/* Appends to a list that nobody else holds. */
static bool push_all(zp_value *a, const zp_part *parts, int64_t count, zp_error *err)
{
    for (int64_t k = 1; k < count; k++) {
        zp_value x = parts[k].value;
        zp_array *own = part_names(&parts[k]);
        int64_t n = part_length(&parts[k]);

        for (int64_t i = 0; i < n; i++) {
            zp_value one = x.type == ZP_LIST ? zp_value_ref(zp_list_at(x, i))
                           : zp_is_array(x)  ? zp_elem(x, i, err)
                                             : zp_value_ref(x);
            zp_str *name =
                zp_prefixed_name(parts[k].tag, own ? zp_name_at(own, i) : zp_str_empty(), i, n, err);
            bool ok = name && zp_list_push(a, one, name->len ? name : NULL, err);

            if (!name)
                zp_value_unref(one);
            zp_str_unref(name);
            if (!ok)
                return false;
        }
    }
    return true;
}

static bool grow_list(zp_value *a, const zp_part *parts, int64_t count, zp_error *err)
{
    zp_value grown;

    if (a->u.obj->refs == 1 && !tagged(&parts[0]))
        return push_all(a, parts, count, err);
    if (!concat_list(parts, count, &grown, err))
        return false;
    zp_value_set(a, grown);
    return true;
}

bool zp_concat_inplace(zp_value *a, const zp_part *parts, int64_t count, zp_error *err)
{
    zp_type t = result_type(parts, count);

    if (t != (zp_type)a->type)
        return t == ZP_NIL && a->type == ZP_NIL ? true
                                                : zp_fail(err, "cannot convert the type of a reference");
    if (t == ZP_NIL)
        return true;
    if (!read_parts(parts + 1, count - 1, err)) /* rows are appended to files without reading them */
        return false;
    return t == ZP_LIST ? grow_list(a, parts, count, err) : grow_array(a, parts, count, err);
}
