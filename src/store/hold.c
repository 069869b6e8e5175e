/* hold: values and the store they look into.
 *
 * A value that was opened or created follows its store: after every commit its header gets the new extents.  What shares
 * its object by `y <- z` must not: when rows come, the value that is changed gets a header of its own and leaves the old
 * one behind, as a snapshot that still looks at the same elements.  As long as somebody holds a snapshot, elements cannot be
 * changed in place: that would need the copy that is never made silently.
 *
 * The index and the data of a series are arrays of their own, which others may share (z + 1 has the index of z).  To
 * those they are ordinary values: a change makes a copy in memory. */
#include "store/store_priv.h"

#include <string.h>

/* ---------------------------------------------------------------- life of a hold */

static zp_hold *hold_new(zp_store *s, bool index, zp_error *err)
{
    zp_hold *h = zp_new(zp_hold, err);

    if (!h)
        return NULL;
    *h = (zp_hold){ .kind = ZP__FOLLOWS, .map = s->map, .store = s, .index = index, .next = s->holds };
    s->map->refs++;
    if (s->holds)
        s->holds->prev = h;
    s->holds = h;
    return h;
}

static void stop_following(zp_hold *h)
{
    if (h->prev)
        h->prev->next = h->next;
    else
        h->store->holds = h->next;
    if (h->next)
        h->next->prev = h->prev;
    h->prev = h->next = NULL;
    h->store = NULL;
    h->series = NULL;
}

/* It keeps what it looks at from here on. */
static void become(zp_hold *h, zp__kind kind)
{
    stop_following(h);
    h->kind = kind;
    if (h->index)
        h->map->indexed++;
    else
        h->map->watched++;
}

static void close_if_idle(zp_store *s)
{
    if (s && !zp__in_use(s))
        zp__store_close(s);
}

static void drop(zp_array *a)
{
    zp_hold *h = a->store;
    zp_store *s = h->store;

    if (h->kind == ZP__FOLLOWS)
        stop_following(h);
    else if (h->index)
        h->map->indexed--;
    else
        h->map->watched--;
    zp__map_unref(h->map);
    zp_free(h);
    close_if_idle(s);
}

/* A series dies; whoever shares its parts keeps them. */
static void leave(zp_zts *z)
{
    const zp_value part[2] = { z->idx, z->data };
    zp_store *s = NULL;

    for (int i = 0; i < 2; i++) {
        zp_hold *h = part[i].u.arr->store;

        if (h && h->series == z) {
            s = h->store;
            if (part[i].u.obj->refs > 1)
                become(h, ZP__VIEW);
        }
    }
    close_if_idle(s);
}

/* ---------------------------------------------------------------- headers */

static int64_t first_column(const zp_store *s, bool index)
{
    return s->h.series && !index ? 1 : 0;
}

static int64_t stride_of(const zp_store *s)
{
    return s->map->text ? s->map->cap : (int64_t)(s->map->stride / zp__width(s));
}

/* Points a header to the committed state; it fails only for want of memory for extents, and then stays as it was. */
static bool aim(zp_store *s, zp_array *a, zp_error *err)
{
    zp_hold *h = a->store;
    const int64_t one = (int64_t)s->c.rows;
    int64_t *dim = s->h.dim;

    dim[0] = one;
    if (!zp_arr_aim(a, h->index ? 1 : s->h.ndim, h->index ? &one : dim, stride_of(s),
                    zp__map_at(s->map, s, first_column(s, h->index), s->c.first), err))
        return false;
    if (h->map != s->map) {
        zp__map_unref(h->map);
        h->map = s->map;
        h->map->refs++;
    }
    a->order = h->index ? ZP_ORDER_YES : (int8_t)s->c.order;
    if (s->map->text)
        a->head.flags |= ZP_UNREAD;
    return true;
}

static bool same_names(const zp_store *s, const zp_array *a)
{
    for (int32_t k = 0; k < s->h.ndim; k++)
        if ((a->names ? a->names[k] : NULL) != s->names[k])
            return false;
    return true;
}

static bool aim_names(zp_store *s, zp_array *a, zp_error *err)
{
    zp_value v = zp_box(a);
    bool ok = true;

    if (a->store->index || same_names(s, a))
        return true;
    s->following = true; /* that is no change */
    for (int32_t k = 0; k < s->h.ndim && ok; k++)
        ok = zp_set_names(&v, k, s->names[k], err);
    s->following = false;
    return ok;
}

static bool header_new(zp_store *s, bool index, zp_value *out, zp_error *err)
{
    zp_hold *h = hold_new(s, index, err);
    const int64_t none = 0;
    zp_type t = index ? ZP_TIM : s->h.type;

    *out = h ? zp_arr_view(t, 1, &none, 0, NULL, h, err) : zp_nil();
    if (zp_bad(*out)) {
        if (h) {
            stop_following(h);
            zp__map_unref(h->map);
            zp_free(h);
        }
        return false;
    }
    h->array = out->u.arr;
    if (aim(s, h->array, err) && aim_names(s, h->array, err))
        return true;
    zp_value_clear(out);
    return false;
}

bool zp__value_new(zp_store *s, zp_value *out, zp_error *err)
{
    zp_value idx = zp_nil(), data = zp_nil();

    *out = zp_nil();
    zp_store_pin(s); /* while it is made */
    if (!header_new(s, false, &data, err) || (s->h.series && !header_new(s, true, &idx, err)))
        goto done;
    if (s->h.series) {
        *out = zp_zts_take(zp_value_move(&idx), zp_value_move(&data), err);
        if (zp_bad(*out))
            goto done;
        out->u.zts->idx.u.arr->store->series = out->u.zts;
        out->u.zts->data.u.arr->store->series = out->u.zts;
    } else {
        *out = zp_value_move(&data);
    }
    out->u.obj->flags |= ZP_LOCKED;
done:
    zp_value_unref(idx);
    zp_value_unref(data);
    zp_store_unpin(s);
    return !zp_bad(*out);
}

/* ---------------------------------------------------------------- following */

static bool is_shared(const zp_hold *h)
{
    return h->series ? h->series->head.refs > 1 : h->array->head.refs > 1;
}

/* The value already has the extents that were committed: it is the one that was changed. */
static bool is_current(const zp_store *s, const zp_hold *h)
{
    const zp_array *a = h->array;

    if (h->map != s->map || a->dim[0] != (int64_t)s->c.rows || a->ndim != (h->index ? 1 : s->h.ndim) ||
        a->data != zp__map_at(s->map, s, first_column(s, h->index), s->c.first))
        return false;
    for (int32_t k = 1; k < a->ndim; k++)
        if (a->dim[k] != s->h.dim[k])
            return false;
    return true;
}

/* The owner of a part that others share gets a header of its own. */
static bool part_apart(zp_value *v, zp_error *err)
{
    zp_hold *h = v->u.arr->store;
    zp_zts *series = h->series;
    zp_value fresh;

    if (!header_new(h->store, h->index, &fresh, err))
        return false;
    fresh.u.arr->store->series = series;
    become(h, ZP__VIEW);
    zp_value_set(v, fresh);
    return true;
}

static void follow_one(zp_store *s, zp_hold *h, bool rolled_back)
{
    const bool current = is_current(s, h);

    if (!rolled_back && current && (h->index || same_names(s, h->array)))
        return;
    if (!rolled_back && !current && is_shared(h)) {
        become(h, ZP__SNAPSHOT);
        return;
    }
    if (h->series && h->array->head.refs > 1 && !current) {
        if (!part_apart(h->index ? &h->series->idx : &h->series->data, NULL))
            become(h, ZP__SNAPSHOT);
        return;
    }
    if (!aim(s, h->array, NULL) || !aim_names(s, h->array, NULL))
        become(h, ZP__SNAPSHOT); /* no memory to follow */
}

void zp__follow(zp_store *s, bool rolled_back)
{
    zp_hold *next;

    for (zp_hold *h = s->holds; h; h = next) {
        next = h->next;
        follow_one(s, h, rolled_back);
    }
}

/* ---------------------------------------------------------------- what the value room asks */

static bool copy_to_memory(zp_value *v, zp_error *err)
{
    zp_value copy = zp_value_copy(*v, err);

    if (zp_bad(copy))
        return false;
    zp_value_set(v, copy);
    return true;
}

static bool own(zp_value *v, zp_error *err)
{
    zp_hold *h = v->u.arr->store;
    const bool alone = v->u.obj->refs == 1;

    if (h->kind == ZP__VIEW)
        return copy_to_memory(v, err);
    if (h->kind == ZP__SNAPSHOT)
        return zp_fail(err, ZP__LOCKED_TEXT);
    if (h->series && v != &h->series->idx && v != &h->series->data)
        return copy_to_memory(v, err);
    if (h->series && h->series->head.refs > 1)
        return zp_fail(err, ZP__LOCKED_TEXT);
    if (!zp__may_write(h->store, err))
        return false;
    if (h->series) {
        const int64_t rows = v->u.arr->dim[0]; /* it may have grown in this instruction */

        if (alone || !part_apart(v, err))
            return alone;
        v->u.arr->dim[0] = v->u.arr->cap = rows;
        v->u.arr->n = rows * zp_ncols(*v);
        return true;
    }
    return alone || zp_fail(err, ZP__LOCKED_TEXT);
}

static bool snapshots(const zp_store *s)
{
    for (const zp__map *m = s->maps; m; m = m->next)
        if (m->watched)
            return true;
    return false;
}

bool zp__looked_at(const zp_store *s)
{
    for (const zp__map *m = s->maps; m; m = m->next)
        if (m->watched || m->indexed)
            return true;
    for (const zp_hold *h = s->holds; h; h = h->next)
        if (is_shared(h) || h->array->head.refs > 1)
            return true;
    return false;
}

/* Strings of rows and columns are made.  The header may follow an append meanwhile: then there are more. */
static bool read_elements(zp_array *a, const zp_span *where, zp_error *err)
{
    zp__map *m;
    int64_t rows, cols, first;

    do {
        m = a->store->map;
        rows = a->dim[0];
        cols = zp_ncols(zp_box(a));
        first = (zp_str **)a->data - m->text;
        for (int64_t j = where->col; j < where->col_end && j < cols; j++) {
            const int64_t to = where->row_end < rows ? where->row_end : rows;

            if (!zp__text_need(m, j, first + where->row, first + to, first + rows, err))
                return false;
        }
    } while (a->store->map != m || (a->dim[0] != rows && where->row_end > rows));
    if (!where->row && !where->col && where->row_end >= rows && where->col_end >= cols)
        a->head.flags &= (uint8_t)~ZP_UNREAD;
    return true;
}

/* Strings that will be overwritten are kept until the change is committed. */
static bool keep_strings(zp_store *s, zp_array *a, const zp_span *span, zp_error *err)
{
    const int64_t cols = zp_ncols(zp_box(a));

    if (!zp_value_read_span(zp_box(a), *span, err))
        return false;
    for (int64_t j = span->col; j < span->col_end && j < cols; j++) {
        const int64_t count = span->row_end - span->row;
        zp__undo *u = zp_new(zp__undo, err);

        if (!u)
            return false;
        u->old = zp_alloc((size_t)(count + 1) * sizeof *u->old, err);
        if (!u->old) {
            zp_free(u);
            return false;
        }
        u->column = j;
        u->row = span->row;
        u->count = count;
        zp_copy_elems(ZP_STR, u->old, (zp_str **)a->data + j * a->stride + span->row, count);
        u->next = s->undo;
        s->undo = u;
    }
    return true;
}

static bool write_elements(zp_array *a, const zp_span *where, zp_error *err)
{
    zp_store *s = a->store->store;
    zp_span span = *where;
    int64_t i;

    if (snapshots(s))
        return zp_fail(err, ZP__LOCKED_TEXT);
    span.row_end = span.row_end > a->dim[0] ? a->dim[0] : span.row_end;
    if (s->rows_now < 0 && span.row >= span.row_end)
        return true;
    if (zp__is_text(s) && !keep_strings(s, a, &span, err))
        return false;
    for (i = 0; i < s->nspans; i++)
        if (span.row <= s->spans[i].row_end && s->spans[i].row <= span.row_end)
            break;
    if (i == ZP__SPANS)
        i--;
    if (i == s->nspans) {
        s->spans[s->nspans++] = span;
    } else {
        s->spans[i].row = span.row < s->spans[i].row ? span.row : s->spans[i].row;
        s->spans[i].row_end = span.row_end > s->spans[i].row_end ? span.row_end : s->spans[i].row_end;
    }
    for (zp_hold *h = s->holds; h; h = h->next)
        if (!h->index)
            h->array->order = ZP_ORDER_UNKNOWN;
    zp__touch(s);
    return true;
}

static void named(zp_array *a)
{
    if (a->store->kind == ZP__FOLLOWS && !a->store->store->following) {
        a->store->store->named = true;
        zp__touch(a->store->store);
    }
}

/* The files reach to the last row, so that memory behind the committed ones can be written. */
static bool lengthen(zp_store *s, uint64_t rows, zp_error *err)
{
    for (int64_t k = 0; k < s->nfiles && !zp__is_text(s); k++) {
        struct stat st;
        const int64_t len = (int64_t)(rows * zp__width(s));
        int r = zp_io_get()->stat(s->files[k].fd, &st);

        if (r >= 0 && st.st_size < len)
            r = zp_io_get()->truncate(s->files[k].fd, len);
        if (r < 0)
            return zp__fail_io(s, err, -r, "write");
    }
    return true;
}

static bool grow_names(zp_array *a, int64_t rows, zp_error *err)
{
    zp_value names;
    bool ok;

    if (!a->names || !a->names[0])
        return true;
    names = zp_box(a->names[0]);
    ok = zp_value_grow_rows(&names, rows, err);
    a->names[0] = names.u.arr;
    return ok;
}

static bool set_rows(zp_array *a, int64_t rows, zp_error *err)
{
    zp_hold *h = a->store;
    zp_store *s = h->store;
    const int64_t old = a->dim[0];
    zp__map *m;

    if (rows < old && snapshots(s)) /* later rows would take the place of those they look at */
        return zp_fail(err, ZP__LOCKED_TEXT);
    if (rows > old && (!zp__map_reserve(s, s->c.first + (uint64_t)rows, err) ||
                       !lengthen(s, s->c.first + (uint64_t)rows, err)))
        return false;
    zp__touch(s);
    if (!grow_names(a, rows, err))
        return false;
    m = s->map;
    if (h->map != m) { /* it moved to a larger range */
        zp__map_unref(h->map);
        h->map = m;
        m->refs++;
        a->data = zp__map_at(m, s, first_column(s, h->index), s->c.first);
        a->stride = stride_of(s);
    }
    if (m->text && rows > old) {
        const int64_t at = (int64_t)s->c.first - m->text_first;

        for (int64_t j = 0; j < m->columns; j++)
            for (int64_t i = at + old; i < at + rows; i++)
                zp__text_put(m, j, i, zp_str_empty());
    }
    a->dim[0] = rows;
    a->cap = rows;
    a->n = rows * zp_ncols(zp_box(a));
    a->order = ZP_ORDER_UNKNOWN;
    s->rows_now = rows;
    return true;
}

const zp_keeper *zp__store_keeper(void)
{
    static const zp_keeper keeper = { own,      read_elements, zp__texts_open, write_elements, named,
                                      set_rows, zp__append,    drop,           leave };

    return &keeper;
}
