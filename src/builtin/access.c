/* Indexing as functions: subset, subassign and the back-quoted operators. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"

static bool object_given(zp_call *c)
{
    return (c->ndots > 0 && c->dots[0].type != ZP_MISSING) || zp_fail(c->err, "argument missing: x");
}

static zp_status bi_subset(zp_call *c)
{
    bool drop;

    if (!object_given(c) || !zp_arg_lgl(c, 0, &drop))
        return ZP_FAILED;
    if (c->ndots == 1) {
        const zp_value all = { .type = ZP_MISSING };

        return zp_done(zp_subset(c->dots[0], &all, 1, drop, &c->out, c->err));
    }
    return zp_done(zp_subset(c->dots[0], c->dots + 1, c->ndots - 1, drop, &c->out, c->err));
}

static zp_status bi_dblsubset(zp_call *c)
{
    if (!object_given(c))
        return ZP_FAILED;
    if (c->ndots == 1)
        return zp_fail_call(c, "invalid subscript");
    return zp_done(zp_dblsubset(c->dots[0], c->dots + 1, c->ndots - 1, &c->out, c->err));
}

typedef bool (*assign_fn)(zp_value *x, const zp_value *index, int32_t count, zp_value v, zp_error *err);

/* The object is dots[0], or the caller's. */
static zp_status assign(zp_call *c, assign_fn fn, const zp_value *index, int32_t count, zp_value v)
{
    zp_value *x = c->ref ? c->ref[0] : NULL;

    if (x)
        zp_value_clear(&c->dots[0]);
    else
        x = &c->dots[0];
    if (!fn(x, index, count, v, c->err))
        return ZP_FAILED;
    c->out = x == &c->dots[0] ? zp_value_move(x) : zp_value_ref(*x);
    return ZP_OK;
}

/* subassign(--x, value, i, ...) */
static zp_status by_position(zp_call *c, assign_fn fn)
{
    const zp_value all = { .type = ZP_MISSING };

    if (!object_given(c))
        return ZP_FAILED;
    if (c->ndots < 2 || c->dots[1].type == ZP_MISSING)
        return zp_fail_call(c, "argument missing: value");
    return c->ndots == 2 ? assign(c, fn, &all, 1, c->dots[1])
                         : assign(c, fn, c->dots + 2, c->ndots - 2, c->dots[1]);
}

/* `[<-`(x, i, ..., value) */
static zp_status by_value(zp_call *c, assign_fn fn)
{
    const zp_value all = { .type = ZP_MISSING };
    int count = c->ndots - 1;
    zp_value v = c->argv[0];

    if (!object_given(c))
        return ZP_FAILED;
    if (zp_arg_missing(c, 0)) {
        if (c->ndots < 2 || c->dots[c->ndots - 1].type == ZP_MISSING)
            return zp_fail_call(c, "argument missing: value");
        v = c->dots[c->ndots - 1];
        count--;
    }
    return count ? assign(c, fn, c->dots + 1, count, v) : assign(c, fn, &all, 1, v);
}

static zp_status bi_subassign(zp_call *c)
{
    return by_position(c, zp_subassign);
}

static zp_status bi_dblsubassign(zp_call *c)
{
    return by_position(c, zp_dblsubassign);
}

static zp_status bi_set_subset(zp_call *c)
{
    return by_value(c, zp_subassign);
}

static zp_status bi_set_dblsubset(zp_call *c)
{
    return by_value(c, zp_dblsubassign);
}

const zp_builtin zp_builtins_access[] = {
    { "subset", "..., drop = TRUE", "drop=L", ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_HOLES, bi_subset,
      "`subset(x, i, j)` is x[i, j].", "subset(1:5, 2:3)", NULL },
    { "dblsubset", "...", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_dblsubset, "`dblsubset(x, i)` is x[[i]].",
      "dblsubset(list(1, 2), 2)", NULL },
    { "subassign", "...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_HOLES, bi_subassign,
      "`subassign(--x, value, i, j)` is x[i, j] <- value; gives the changed object.",
      "{ x <- 1:3; subassign(--x, 9, 2); x }", NULL },
    { "dblsubassign", "...", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_dblsubassign,
      "`dblsubassign(--x, value, i)` is x[[i]] <- value; gives the changed object.",
      "{ x <- list(1, 2); dblsubassign(--x, 9, 2); x }", NULL },
    { "[<-", "..., [value]", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD | ZP_BI_HOLES, bi_set_subset,
      "x[i, j] <- value as a function: gives the changed object.", "`[<-`(1:3, 2, value = 9)", NULL },
    { "[[<-", "..., [value]", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_dblsubset,
      "x[[i]] <- value as a function: gives the changed object.", "`[[<-`(list(1, 2), 2, value = 9)", NULL },
    { "$<-", "..., [value]", "", ZP_BI_INPLACE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_set_dblsubset,
      "x$name <- value as a function: gives the changed object.", "`$<-`(list(a = 1), \"a\", value = 9)",
      NULL },
    { 0 },
};
