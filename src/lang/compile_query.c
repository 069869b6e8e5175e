/* compile_query: con ? e, and the answers that are awaited.
 *
 * A query is one instruction that sends the tree of e, written when the code is compiled, with the values of its escapes
 * from the temporaries behind the connection.  What it leaves in a temporary is a future.  An expression that stands where
 * a value is wanted is forced at once; operands and arguments are compiled with zp__lazy() and forced together, just
 * before the instruction that reads them: so all of them are sent before the first is awaited. */
#include "lang/compile.h"

uint32_t zp__lazy(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    const zp_ast *q = zp__strip(n);
    uint32_t reg;

    if (q->kind != ZP_AST_QUERY || f->c->failed)
        return zp__expr(f, n, dst, false);
    reg = zp__query(f, q, dst, false);
    if (!zp__comp_grow(f, (void **)&f->pending, f->npending, &f->pending_cap, sizeof(*f->pending)))
        return 0;
    f->pending[f->npending].reg = reg;
    f->pending[f->npending++].place = q->place;
    return reg;
}

void zp__force(zp_fn *f, uint32_t since)
{
    zp_place place = f->place;

    for (uint32_t i = since; i < f->npending; i++) {
        f->place = f->pending[i].place;
        zp__emit(f, ZP_I_FORCE, 0, f->pending[i].reg, 0, 0);
    }
    f->npending = since;
    f->place = place;
}

/* ---------------------------------------------------------------- the query */

typedef struct escapes {
    zp_fn *f;
    uint32_t count;
} escapes;

static bool compile_escape(void *arg, const zp_ast *escape)
{
    escapes *e = arg;
    uint32_t t = zp__temp(e->f);

    zp__lazy(e->f, escape->a, t);
    e->f->temp = t + 1;
    e->count++;
    return !e->f->c->failed;
}

static bool write_tree(zp_fn *f, const zp_ast *n, uint32_t site)
{
    zp_buf bytes = ZP_BUF_INIT;
    char *kept = NULL;

    if (zp__tree_write(&bytes, f->c->source, n, f->c->err))
        kept = zp__comp_alloc(f, bytes.len);
    if (kept) {
        memcpy(kept, bytes.ptr, bytes.len);
        f->code->sites[site].tree = kept;
        f->code->sites[site].tree_len = bytes.len;
    }
    zp_buf_fini(&bytes);
    f->c->failed = f->c->failed || !kept;
    return kept != NULL;
}

uint32_t zp__query(zp_fn *f, const zp_ast *n, uint32_t dst, bool forget)
{
    uint32_t mark = f->temp, base = zp__temp(f), since = f->npending, site;
    escapes e = { .f = f };

    zp__expr(f, n->a, base, false);
    f->temp = base + 1;
    if (!zp__each_escape(n->b, compile_escape, &e))
        return 0;
    zp__force(f, since);
    site = zp__site(f, e.count);
    if (f->c->failed || !write_tree(f, n->b, site))
        return 0;
    f->temp = mark;
    if (dst == ZP_ANY || !zp__is_temp(f, dst)) /* a future is never the value of a variable */
        dst = zp__temp(f);
    f->place = n->place;
    zp__emit(f, ZP_I_QUERY, forget, dst, base, site);
    return dst;
}

uint32_t zp__query_value(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, reg = zp__query(f, n, dst, false);

    f->place = n->place;
    zp__emit(f, ZP_I_FORCE, 0, reg, 0, 0);
    if (dst == ZP_ANY || dst == reg)
        return reg;
    zp__emit(f, ZP_I_MOVE, 0, dst, reg, 0);
    f->temp = mark;
    return dst;
}

/* ---------------------------------------------------------------- trees that are not ours */

static bool collect(void *arg, const zp_ast *escape)
{
    return zp__collect_vars(arg, escape->a);
}

bool zp__collect_query_vars(zp_fn *f, const zp_ast *n)
{
    return zp__collect_vars(f, n->a) && zp__each_escape(n->b, collect, f);
}
