/* Rows: the first, the last, backwards, rotated.
 *
 * head and tail take ranges of rows, which are copied as blocks.  rev and rotate permute every column in place, on
 * the caller's object when it is written --x and on a copy otherwise. */
#include "builtin/array_priv.h"
#include "base/breath.h"
#include "builtin/tables.h"

#include <stdio.h>
#include <string.h>

static int64_t row_count(zp_value x)
{
    return x.type == ZP_LIST ? zp_len(x) : zp_dim(x, 0);
}

/* How many rows `n` means of `rows`: negative, all but so many. */
static int64_t wanted(int64_t n, int64_t rows)
{
    if (n >= 0)
        return n < rows ? n : rows;
    return n < -rows ? 0 : rows + n;
}

static zp_status bi_head(zp_call *c)
{
    const zp_value x = c->argv[0];
    int64_t n;

    if (!zp_arg_int(c, 1, &n))
        return ZP_FAILED;
    if (x.type == ZP_NIL)
        return ZP_OK;
    n = wanted(n, row_count(x));
    if (n < row_count(x))
        return zp_done(zp_take_range(x, 0, n, &c->out, c->err));
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

/* Rows without names get their number in the original as a name: [k,], all as wide as the last. */
static bool number_rows(zp_value *x, int64_t from, zp_error *err)
{
    const int width = snprintf(NULL, 0, "[%lld,]", (long long)(from + zp_dim(*x, 0)));
    zp_value names = zp_vec(ZP_STR, zp_dim(*x, 0), err);
    bool ok = !zp_bad(names) && zp_value_fresh(x, err);

    for (int64_t i = 0; ok && i < zp_len(names); i++) {
        char text[32], padded[64];
        zp_str *s;

        snprintf(text, sizeof text, "[%lld,]", (long long)(from + i + 1));
        snprintf(padded, sizeof padded, "%*s", width, text);
        s = zp_str_from(padded, err);
        ok = s != NULL;
        if (ok)
            zp_str_put(names, i, s);
    }
    ok = ok && zp_set_names(x, 0, names.u.arr, err);
    zp_value_unref(names);
    return ok;
}

/* A locked object becomes a copy that is not. */
static bool unlocked(zp_value *x, zp_error *err)
{
    zp_value copy;

    if (!x->boxed || !(x->u.obj->flags & ZP_LOCKED))
        return true;
    copy = zp_value_copy(*x, err);
    if (zp_bad(copy))
        return false;
    zp_value_set(x, copy);
    return true;
}

static zp_status bi_tail(zp_call *c)
{
    const zp_value x = c->argv[0];
    int64_t n, rows;
    bool keep;

    if (!zp_arg_int(c, 1, &n) || !zp_arg_lgl(c, zp_arg_missing(c, 3) ? 2 : 3, &keep))
        return ZP_FAILED;
    if (x.type == ZP_NIL)
        return ZP_OK;
    rows = row_count(x);
    n = wanted(n, rows);
    if (n < rows) {
        if (!zp_take_range(x, rows - n, n, &c->out, c->err))
            return ZP_FAILED;
    } else {
        c->out = zp_value_ref(x);
    }
    if (!keep || n == 0 || !zp__is_array2(x) || zp_names(x, 0))
        return ZP_OK;
    if (unlocked(&c->out, c->err) && number_rows(&c->out, rows - n, c->err))
        return ZP_OK;
    zp_value_clear(&c->out);
    return ZP_FAILED;
}

/* ---------------------------------------------------------------- permuting columns */

/* Reverses `count` elements of `size` bytes from element `from` on. */
static void reverse(char *column, int64_t from, int64_t count, size_t size)
{
    enum { PIECE = 1 << 16 };
    char tmp[sizeof(zp_interval)];
    char *a = column + (size_t)from * size;
    char *b = a + (size_t)(count ? count - 1 : 0) * size;

    if (size == 8) {
        for (int64_t *x = (int64_t *)a, *y = (int64_t *)b; x < y; x++, y--) {
            const int64_t t = *x;

            if ((y - x) % PIECE == 0)
                zp_breathe(PIECE);

            *x = *y;
            *y = t;
        }
        return;
    }
    for (; a < b; a += size, b -= size) {
        memcpy(tmp, a, size);
        memcpy(a, b, size);
        memcpy(b, tmp, size);
    }
}

/* Every column of an owned array: turned round, or rotated down by `by` (0 <= by < rows). */
static bool permute(zp_value *x, bool whole, int64_t by, zp_error *err)
{
    const size_t size = zp_type_size(x->type);
    const int64_t rows = zp_dim(*x, 0);

    if (rows < 2)
        return true;
    if (!zp_value_mut(x, err))
        return false;
    for (int64_t j = 0; j < zp_ncols(*x); j++) {
        char *column = (char *)zp_column(x, j);

        reverse(column, 0, rows, size); /* two reversals more make a rotation */
        if (!whole) {
            reverse(column, 0, by, size);
            reverse(column, by, rows - by, size);
        }
    }
    return true;
}

static zp_status permuted(zp_call *c, bool whole, int64_t by)
{
    zp_value *target = zp__target(c, 0), *x = target;

    if (target && target->type == ZP_ZTS) {
        x = &target->u.zts->data;
        if (!zp_value_own(x, c->err))
            return ZP_FAILED;
    }
    if (!target || !permute(x, whole, by, c->err))
        return ZP_FAILED;
    return zp__give(c, target);
}

static bool reversed_names(zp_value *x, zp_error *err)
{
    const zp_array *names = zp_names(*x, 0);
    zp_value v;
    bool ok;

    if (!names)
        return true;
    v = zp_value_copy(zp_box((void *)names), err);
    if (zp_bad(v))
        return false;
    ok = permute(&v, true, 0, err) && zp_set_names(x, 0, v.u.arr, err);
    zp_value_unref(v);
    return ok;
}

static zp_status bi_rev(zp_call *c)
{
    const zp_value x = zp__first(c);
    zp_value *target;

    if (x.type == ZP_NIL)
        return ZP_OK;
    if (x.type != ZP_LIST && x.type != ZP_ZTS && !zp_is_array(x))
        return zp_fail_call(c, "incorrect argument type");
    if (x.type == ZP_LIST) {
        target = zp__target(c, 0);
        if (!target || !reversed_names(target, c->err))
            return ZP_FAILED;
        reverse((char *)target->u.list->items, 0, target->u.list->n, sizeof(zp_value));
        return zp__give(c, target);
    }
    if (zp_is_vector(x) && zp_names(x, 0)) {
        target = zp__target(c, 0);
        if (!target || !reversed_names(target, c->err) || !permute(target, true, 0, c->err))
            return ZP_FAILED;
        return zp__give(c, target);
    }
    return permuted(c, true, 0);
}

static zp_status bi_rotate(zp_call *c)
{
    const zp_value x = zp__first(c);
    int64_t n, rows;

    if (x.type != ZP_ZTS && !zp_is_array(x))
        return zp_fail_call(c, "invalid argument type");
    if (!zp_arg_int(c, 1, &n))
        return ZP_FAILED;
    rows = zp_dim(x, 0);
    if (n > rows || n < -rows)
        return zp_fail_call(c, "subscript out of bounds");
    if (rows == 0)
        return permuted(c, false, 0);
    return permuted(c, false, (n + rows) % rows);
}

const zp_builtin zp_builtins_rows[] = {
    { "head", "x, n = 6, addrownums = TRUE", "x=DLTUISZl+P0 n=D addrownums=L", ZP_BI_STRIDED | ZP_BI_UNREAD,
      bi_head, "The first `n` rows (elements of a vector or list); for a negative n all but the last -n.",
      "head(1:10, 3)", NULL },
    { "tail", "x, n = 6, keepnums = TRUE, [addrownums]", "x=DLTUISZl+P0 n=D keepnums=L addrownums=L",
      ZP_BI_STRIDED | ZP_BI_UNREAD, bi_tail,
      "The last `n` rows; for a negative n all but the first -n. Rows of a matrix without row names are named by "
      "their number unless `keepnums` (or `addrownums`) is FALSE.",
      "tail(1:10, 3)", NULL },
    { "rev", "x", "", ZP_BI_INPLACE, bi_rev,
      "Reverses a vector or list with its names, each column of a matrix, or the data of a series. In place with --x.",
      "rev(1:3)", NULL },
    { "rotate", "x, n", "n=D", ZP_BI_INPLACE, bi_rotate,
      "Rotates each column down by `n` rows (up if negative); of a series, the data. In place with --x.",
      "rotate(1:4, 1)", NULL },
    { 0 },
};
