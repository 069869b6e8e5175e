/* append: rows straight to the files.
 *
 * Elements are written behind the committed rows of every column; the mapping shows them at once.  Nothing is committed
 * before everything is written, and what was written for a commit that never came is overwritten by the next. */
#include "ops/ops.h"
#include "store/store_priv.h"

#include <errno.h>
#include <string.h>

static zp_hold *hold_of(zp_value v)
{
    if (v.type == ZP_ZTS)
        v = v.u.zts->data;
    return v.boxed && zp_is_array(v) ? v.u.arr->store : NULL;
}

zp_store *zp_store_of(zp_value v)
{
    const zp_hold *h = hold_of(v);

    return h && h->kind == ZP__FOLLOWS ? h->store : NULL;
}

static bool ascending(zp_store *s, const int64_t *index, int64_t n, zp_error *err)
{
    const uint64_t rows = s->c.rows;

    for (int64_t i = 1; i < n; i++)
        if (index[i - 1] >= index[i])
            return zp_fail(err, "index not ascending");
    return !rows || *(int64_t *)zp__map_at(s->map, s, 0, s->c.first + rows - 1) < index[0] ||
           zp_fail(err, "append index not ascending");
}

/* Does the order that the column is in hold with n elements more? */
static uint8_t order_with(zp_store *s, const void *const *columns, int64_t n)
{
    const int64_t *t = s->h.ncolumns == 1 ? columns[0] : NULL;
    const int64_t *last;

    if (s->c.order != ZP_ORDER_YES || !t || (s->h.type != ZP_TIM && s->h.type != ZP_DUR))
        return s->c.order == ZP_ORDER_NO ? ZP_ORDER_NO : ZP_ORDER_UNKNOWN;
    for (int64_t i = 1; i < n; i++)
        if (t[i - 1] >= t[i])
            return ZP_ORDER_NO;
    last = s->c.rows ? zp__map_at(s->map, s, 0, s->c.first + s->c.rows - 1) : NULL;
    return !last || *last < t[0] ? ZP_ORDER_YES : ZP_ORDER_NO;
}

static bool write_rows(zp_store *s, const int64_t *index, const void *const *columns, int64_t n,
                       zp_error *err)
{
    const uint64_t row = s->c.first + s->c.rows;
    const size_t width = zp__width(s);

    for (int64_t k = 0; k < s->nfiles; k++) {
        const void *from = s->h.series ? k == 0 ? index : columns[k - 1] : columns[k];

        if (!(zp__is_text(s) ? zp__file_write_text(s, &s->files[k], from, n, row, err)
                             : zp__file_write(s, &s->files[k], from, (size_t)n * width, row * width, err)))
            return false;
    }
    if (zp__is_text(s))
        zp__text_forget(s->map, (int64_t)row - s->map->text_first, (int64_t)row - s->map->text_first + n);
    return zp__sums_extend(s, row + (uint64_t)n, err);
}

/* Names of the rows that stay. */
static bool cut_names(zp_store *s, int64_t from, int64_t to, zp_error *err)
{
    zp_value names;

    if (!s->names[0])
        return true;
    names = zp_vec(ZP_STR, to - from, err);
    if (zp_bad(names))
        return false;
    zp_copy_elems(ZP_STR, names.u.arr->data, (zp_str **)s->names[0]->data + from, to - from);
    zp_obj_unref(&s->names[0]->head);
    s->names[0] = names.u.arr;
    return true;
}

/* Rows that were appended have the name "". */
static bool name_rows(zp_store *s, int64_t n, zp_error *err)
{
    zp_value names;

    if (!s->names[0])
        return true;
    names = zp_value_copy(zp_box(s->names[0]), err);
    if (zp_bad(names))
        return false;
    if (!zp_value_grow_rows(&names, (int64_t)s->c.rows + n, err) ||
        !zp__file_write_text(s, &s->rownames, (zp_str **)names.u.arr->data + s->c.rows, n,
                             s->c.first + s->c.rows, err)) {
        zp_value_unref(names);
        return false;
    }
    zp_obj_unref(&s->names[0]->head);
    s->names[0] = names.u.arr;
    return true;
}

/* The value that was changed goes on following; what shared its object stayed behind. */
static bool follow_again(zp_store *s, zp_value *v, zp_error *err)
{
    zp_value fresh;

    if (zp_store_of(*v) == s)
        return true;
    if (!zp__value_new(s, &fresh, err))
        return false;
    zp_value_set(v, fresh);
    return true;
}

static bool may_append(zp_store *s, zp_value v, zp_error *err)
{
    if (!s)
        return hold_of(v) ? zp_fail(err, ZP__LOCKED_TEXT) : zp_fail(err, "not an object in files");
    return zp__may_write(s, err) && (!s->changed || zp_store_flush(err));
}

bool zp_store_append(zp_value *v, const int64_t *index, const void *const *columns, int64_t n, zp_error *err)
{
    zp_store *s = zp_store_of(*v);
    zp_fmt_commit c;
    int64_t cut, from;
    bool ok;

    if (n == 0)
        return true;
    if (!may_append(s, *v, err) || (s->h.series && !ascending(s, index, n, err)))
        return false;
    if (n < 0 || (uint64_t)n > ZP__ROWS_MAX - s->c.first - s->c.rows)
        return zp_fail(err, "too many rows");
    zp_store_pin(s);
    c = s->c;
    c.order = order_with(s, columns, n);
    ok = zp__map_reserve(s, s->c.first + s->c.rows + (uint64_t)n, err) &&
         write_rows(s, index, columns, n, err) && name_rows(s, n, err);
    if (ok) {
        c.rows += (uint64_t)n;
        c.note_len = s->note_len;
        memcpy(c.note, s->note, s->note_len);
        from = (int64_t)s->c.rows;
        cut = zp__retain(s, &c);
        ok = zp__publish(s, &c, from > cut ? from - cut : 0, (int64_t)c.rows, err) && follow_again(s, v, err);
    }
    if (ok)
        zp__punch(s);
    else if (s->names[0] && s->names[0]->n != (int64_t)s->c.rows &&
             !cut_names(s, 0, (int64_t)s->c.rows, NULL))
        zp__break(s, ENOMEM);
    zp_store_unpin(s);
    return ok;
}

bool zp__append(zp_value *v, const int64_t *index, const void *const *columns, int64_t n, zp_error *err)
{
    if (!zp_store_append(v, index, columns, n, err))
        return false;
    if (n)
        zp__touch(zp_store_of(*v)); /* the instruction ends when the rows are durable */
    return true;
}

/* ---------------------------------------------------------------- notes */

bool zp_store_set_note(zp_store *s, const void *bytes, size_t len, zp_error *err)
{
    if (len > ZP_STORE_NOTE)
        return zp_fail(err, "a note has at most %d bytes", ZP_STORE_NOTE);
    memcpy(s->note, bytes, len);
    s->note_len = (uint16_t)len;
    return true;
}

zp_slice zp_store_note(const zp_store *s)
{
    return (zp_slice){ (const char *)s->note, s->note_len };
}

/* ---------------------------------------------------------------- rows cut off */

/* Somebody goes on looking at the rows that end here: later rows must not take their place. */
static bool rewrite(zp_store *s, zp_value v, int64_t from, int64_t to, zp_error *err)
{
    zp_value kept;
    bool ok = zp_take_range(v, from, to - from, &kept, err) && zp__store_replace(s, kept, err);

    zp_value_unref(kept);
    return ok;
}

static bool cut(zp_store *s, int64_t from, int64_t to, zp_error *err)
{
    zp_fmt_commit c = s->c;
    bool ok;

    c.first += (uint64_t)from;
    c.rows = (uint64_t)(to - from);
    ok = cut_names(s, from, to, err) &&
         (c.first + c.rows == s->c.first + s->c.rows || zp__sums_cut(s, c.first + c.rows, err));
    if (ok && !zp__publish(s, &c, 0, 0, err)) {
        if (s->names[0])
            zp__break(s, EIO);
        return false;
    }
    return ok;
}

bool zp_store_resize(zp_value *v, int64_t from, int64_t to, zp_error *err)
{
    zp_store *s = zp_store_of(*v);
    bool ok, shorter;

    if (!may_append(s, *v, err))
        return false;
    if (from < 0 || from > to || to > (int64_t)s->c.rows)
        return zp_fail(err, "subscript out of bounds");
    shorter = to < (int64_t)s->c.rows;
    zp_store_pin(s);
    ok = shorter && (zp__has_readers(s) || zp__looked_at(s)) ? rewrite(s, *v, from, to, err)
                                                             : cut(s, from, to, err);
    /* rows that come later take the place of those that go: only when these are gone for good */
    ok = ok && follow_again(s, v, err) && (shorter ? zp_store_sync(s, true, err) : zp_store_wait(s, err));
    if (ok)
        zp__punch(s);
    zp_store_unpin(s);
    return ok;
}

int64_t zp__retain(zp_store *s, zp_fmt_commit *c)
{
    const int64_t *t;
    int64_t oldest, step = 1, lo = 0, hi = (int64_t)c->rows;

    if (!s->h.series || s->h.options.retain_ns <= 0 || c->rows < 2)
        return 0;
    t = zp__map_at(s->map, s, 0, c->first);
    if (__builtin_sub_overflow(t[c->rows - 1], s->h.options.retain_ns, &oldest) || t[0] >= oldest)
        return 0;
    while (step < hi && t[step] < oldest) { /* usually few rows: steps that double */
        lo = step;
        step *= 2;
    }
    hi = step < hi ? step : hi;
    while (lo < hi) {
        const int64_t mid = lo + (hi - lo) / 2;

        if (t[mid] < oldest)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (s->names[0] && !cut_names(s, lo, (int64_t)c->rows, NULL))
        return 0;
    c->first += (uint64_t)lo;
    c->rows -= (uint64_t)lo;
    return lo;
}

void zp__punch(zp_store *s)
{
    enum { WORTH = 1 << 20 };
    const size_t width = zp__width(s);
    const uint64_t from = s->punched * width / ZP_FMT_BLOCK * ZP_FMT_BLOCK;
    uint64_t to = s->c.first * width / ZP_FMT_BLOCK * ZP_FMT_BLOCK;

    if (to < from + WORTH || zp__looked_at(s))
        return;
    to = zp__durable_first(s) * width / ZP_FMT_BLOCK * ZP_FMT_BLOCK;
    if (to < from + WORTH) {
        if (s->h.options.sync != ZP_SYNC_COMMIT && zp_store_sync(s, false, NULL))
            return; /* soon */
        return;
    }
    if (!zp__rows_unread(s, to / width))
        return;
    for (int64_t k = 0; k < s->nfiles; k++)
        if (zp_io_get()->allocate(s->files[k].fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (int64_t)from,
                                  (int64_t)(to - from)) < 0)
            return; /* a file system without holes keeps the blocks */
    s->punched = to / width;
}
