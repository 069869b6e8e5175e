/* Joining: rbind, cbind, abind, list, append.
 *
 * When the first operand is written --x, the object of the caller grows; everything else makes a new value. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"

#include <string.h>

enum { MOST_DIMS = 1000000 }; /* abind(along =) */

/* The arguments as parts; parts[0] is the caller's object where it is a reference.  NULL: c->err is set. */
static zp_part *parts_of(zp_call *c, bool names)
{
    zp_part *parts = zp_alloc_zero((size_t)(c->ndots ? c->ndots : 1) * sizeof *parts, c->err);

    if (!parts)
        return NULL;
    if (c->ref && c->ref[0])
        zp_value_clear(&c->dots[0]);
    for (int i = 0; i < c->ndots; i++)
        parts[i] = (zp_part){ .value = c->dots[i],
                              .tag = c->dot_tags ? c->dot_tags[i] : NULL,
                              .name = names && c->dot_names ? c->dot_names[i] : NULL };
    if (c->ref && c->ref[0])
        parts[0].value = *c->ref[0];
    return parts;
}

static zp_status bind(zp_call *c, int32_t along, bool recycle)
{
    zp_value *a = c->ref ? c->ref[0] : NULL;
    zp_part *parts = parts_of(c, recycle);
    bool ok;

    if (!parts)
        return ZP_FAILED;
    ok = a ? zp_bind_inplace(along, recycle, a, parts, c->ndots, c->err)
           : zp_bind(along, recycle, parts, c->ndots, &c->out, c->err);
    zp_free(parts);
    if (ok && a)
        c->out = zp_value_ref(*a);
    return zp_done(ok);
}

static zp_status bi_rbind(zp_call *c)
{
    return bind(c, 0, true);
}

static zp_status bi_cbind(zp_call *c)
{
    return bind(c, 1, true);
}

static zp_status bi_abind(zp_call *c)
{
    int64_t along;

    if (!zp_arg_int(c, 0, &along))
        return ZP_FAILED;
    if (along < 1 || along > MOST_DIMS)
        return zp_fail_call(c, "'along' must be at least 1 and at most %d", MOST_DIMS);
    return bind(c, (int32_t)along - 1, false);
}

static zp_status bi_list(zp_call *c)
{
    zp_value l = zp_list_new(c->ndots, c->err), names = zp_nil();
    bool tagged = false, ok;

    if (zp_bad(l))
        return ZP_FAILED;
    for (int i = 0; i < c->ndots; i++) {
        if (c->dots[i].type == ZP_MISSING) {
            zp_value_unref(l);
            return zp_fail_call(c, "argument %d is empty", i + 1);
        }
        tagged = tagged || (c->dot_tags && c->dot_tags[i]);
    }
    if (tagged) {
        names = zp_vec(ZP_STR, c->ndots, c->err);
        ok = !zp_bad(names) && zp_set_names(&l, 0, names.u.arr, c->err);
        if (!ok) {
            zp_value_unref(names);
            zp_value_unref(l);
            return ZP_FAILED;
        }
    }
    for (int i = 0; i < c->ndots; i++) {
        zp_list_set(l, i, zp_value_move(&c->dots[i]));
        if (tagged && c->dot_tags[i])
            zp_str_put(names, i, zp_str_ref(c->dot_tags[i]));
    }
    zp_value_unref(names);
    c->out = l;
    return ZP_OK;
}

/* x[from:to], 1-based. */
static bool slice(zp_value x, int64_t from, int64_t to, zp_value *out, zp_error *err)
{
    zp_value index;
    bool ok;

    if (!zp_colon(zp_dbl((double)from), zp_dbl((double)to), &index, err))
        return false;
    ok = zp_subset(x, &index, 1, true, out, err);
    zp_value_unref(index);
    return ok;
}

static zp_status bi_append(zp_call *c)
{
    const zp_value x = c->argv[0], values = c->argv[1];
    zp_value head = zp_nil(), tail = zp_nil();
    const int64_t n = zp_len(x);
    int64_t after = n;
    bool ok = true;

    if (!zp_arg_missing(c, 2) && !zp_arg_int(c, 2, &after))
        return ZP_FAILED;
    if (after >= n)
        return zp_done(zp_concat((zp_part[]){ { .value = x }, { .value = values } }, 2, &c->out, c->err));
    if (after <= 0)
        return zp_done(zp_concat((zp_part[]){ { .value = values }, { .value = x } }, 2, &c->out, c->err));
    ok = slice(x, 1, after, &head, c->err) && slice(x, after + 1, n, &tail, c->err) &&
         zp_concat((zp_part[]){ { .value = head }, { .value = values }, { .value = tail } }, 3, &c->out,
                   c->err);
    zp_value_unref(head);
    zp_value_unref(tail);
    return zp_done(ok);
}

const zp_builtin zp_builtins_join[] = {
    { "rbind", "...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_rbind,
      "Binds vectors, arrays or series by rows; a vector is one row, a vector of one element is repeated. Argument names "
      "name the rows. `rbind(--x, ...)` appends to x.",
      "rbind(a = 1:2, b = 3:4)", NULL },
    { "cbind", "...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_cbind,
      "Binds vectors, arrays or series by columns; a vector is one column, a vector of one element is repeated. Argument "
      "names name the columns. `cbind(--x, ...)` extends x.",
      "cbind(a = 1:2, b = 3:4)", NULL },
    { "abind", "..., along", "along=D", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_abind,
      "Binds arrays along the dim `along`, which may be a new one.", "dim(abind(1:3, 4:6, along = 3))",
      NULL },
    { "list", "...", "", ZP_BI_STRIDED, bi_list, "A list of its arguments, named as they are.",
      "list(a = 1, \"b\")", NULL },
    { "append", "x, values, after = length(x)", "after=D", 0, bi_append,
      "`x` with `values` put in after position `after`.", "append(1:3, 9, after = 1)", NULL },
    { 0 },
};
