/* list: a vector of values with optional names.  Copying copies the spine; elements are shared. */
#include "value/alloc.h"
#include "value/value_priv.h"

static zp_list *new_list(int64_t n, int64_t cap, zp_error *err)
{
    zp_list *l;
    size_t bytes;

    if (!zp_mul((size_t)cap, sizeof(zp_value), &bytes)) {
        zp_fail_nomem(err, SIZE_MAX);
        return NULL;
    }
    l = zp__data_alloc(sizeof(zp_list), err);
    if (!l)
        return NULL;
    *l = (zp_list){ .head = { .refs = 1, .type = ZP_LIST }, .n = n, .cap = cap };
    if (cap) {
        l->items = zp__data_alloc(bytes, err);
        if (!l->items) {
            zp__data_free(l, sizeof(zp_list));
            return NULL;
        }
    }
    for (int64_t i = 0; i < n; i++)
        l->items[i] = zp_nil();
    return l;
}

zp_value zp_list_new(int64_t n, zp_error *err)
{
    zp_list *l = new_list(n, n, err);

    return l ? zp_box(l) : zp_nil();
}

static void unref_item(void *v)
{
    zp_value_unref(*(zp_value *)v);
}

void zp__list_free(zp_list *l)
{
    zp__data_drop(l->items, (size_t)l->cap * sizeof(zp_value), l->items, l->n, sizeof(zp_value), unref_item);
    if (l->names)
        zp_obj_unref(&l->names->head);
    zp__data_free(l, sizeof(zp_list));
}

static bool push_name(zp_list *l, zp_str *name, zp_error *err)
{
    zp_value names;

    if (!l->names && (!name || !name->len))
        return true;
    if (l->names) {
        names = zp_box(l->names);
        if (!zp_value_grow_rows(&names, l->n + 1, err)) {
            l->names = names.u.arr;
            return false;
        }
    } else {
        names = zp_vec(ZP_STR, l->n + 1, err);
        if (zp_bad(names))
            return false;
    }
    if (name)
        zp_str_put(names, l->n, zp_str_ref(name));
    l->names = names.u.arr;
    return true;
}

bool zp_list_push(zp_value *list, zp_value v, zp_str *name, zp_error *err)
{
    zp_list *l;

    if (!zp_value_own(list, err))
        goto failed;
    l = list->u.list;
    if (l->n == l->cap) {
        int64_t cap = l->cap < 4 ? 4 : 2 * l->cap;
        zp_value *items = zp__data_realloc(l->items, (size_t)l->cap * sizeof(zp_value),
                                           (size_t)cap * sizeof(zp_value), err);
        if (!items)
            goto failed;
        l->items = items;
        l->cap = cap;
    }
    if (!push_name(l, name, err))
        goto failed;
    l->items[l->n++] = v;
    return true;

failed:
    zp_value_unref(v);
    return false;
}

bool zp_list_add(zp_value *list, const char *name, zp_value v, zp_error *err)
{
    zp_str *s = zp_str_from(name, err);
    bool ok;

    if (!s) {
        zp_value_unref(v);
        return false;
    }
    ok = zp_list_push(list, v, s, err);
    zp_str_unref(s);
    return ok;
}

void zp_list_remove(zp_value list, int64_t i)
{
    zp_list *l = list.u.list;
    zp_value gone = l->items[i];

    for (int64_t k = i + 1; k < l->n; k++)
        l->items[k - 1] = l->items[k];
    if (l->names) {
        zp_value names = zp_box(l->names);
        if (zp_value_mut(&names, NULL)) {
            zp_str **s = names.u.arr->data;
            zp_str *old = s[i];
            for (int64_t k = i + 1; k < l->n; k++)
                s[k - 1] = s[k];
            s[l->n - 1] = zp_str_empty();
            zp_str_unref(old);
            names.u.arr->n = names.u.arr->dim[0] = l->n - 1;
            l->names = names.u.arr;
        } else {
            zp_value_unref(names);
            l->names = NULL;
        }
    }
    l->n--;
    zp_value_unref(gone);
}

int64_t zp_list_find(zp_value list, const char *name, size_t len)
{
    const zp_list *l = list.u.list;
    zp_str *const *s;

    if (!l->names || !len)
        return -1;
    s = l->names->data;
    for (int64_t i = 0; i < l->n; i++)
        if (s[i]->len == len && memcmp(s[i]->text, name, len) == 0)
            return i;
    return -1;
}
