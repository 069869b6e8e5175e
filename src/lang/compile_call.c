/* compile_call: calls of functions.
 *
 * Arguments are evaluated into the temporaries behind the callee, from left to right; where tags and more than one
 * argument that does something meet, in the order of the callee's formals. */
#include "lang/compile.h"

bool zp__shadowed(const zp_fn *f, const zp_str *name)
{
    uint32_t slot;

    for (const zp_fn *g = f; g; g = g->up)
        if (g->scope == ZP_SCOPE_FUNCTION && zp__find_var(g, name, &slot))
            return true;
    if (f->c->internal)
        return false;
    const zp_value *v = zp__env_find(f->c->engine->base, name);
    if (!v || v->type != ZP_BLT)
        return true;
    for (zp_env *e = f->c->env; e && e != f->c->engine->base; e = e->parent) {
        v = zp__env_find(e, name);
        if (v && zp_is_fun(*v))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- plain calls */

static void argument(zp_fn *f, const zp_ast_arg *a, zp_site_arg *site, uint32_t t)
{
    site->tag = a->tag ? zp__sym(f, a->tag) : NULL;
    site->place = a->place;
    site->offset = a->offset;
    site->len = a->len;
    if (a->dots) {
        site->flags = ZP_ARG_DOTS;
        f->place = a->place;
        zp__emit(f, ZP_I_DOTS, 0, t, 0, 0);
    } else if (!a->value) {
        site->flags = ZP_ARG_EMPTY;
        zp__emit(f, ZP_I_CONST, 0, t, zp__const(f, (zp_value){ .type = ZP_MISSING }), 0);
    } else if (a->ref) {
        site->flags = ZP_ARG_REF;
        zp__reference(f, a->value, t, false, false);
    } else if (a->value->kind == ZP_AST_NAME) {
        site->name = zp__sym(f, a->value->name);
        f->place = a->value->place;
        zp__load_name(f, a->value->name, t, true);
    } else {
        zp__lazy(f, a->value, t);
    }
}

void zp__call_args(zp_fn *f, const zp_ast_arg *first, uint32_t site, uint32_t from)
{
    uint32_t i = from;

    for (const zp_ast_arg *a = first; a && !f->c->failed; a = a->next, i++) {
        uint32_t t = zp__temp(f);
        zp_site_arg got = { 0 };
        argument(f, a, &got, t);
        if (f->c->failed)
            return;
        f->code->sites[site].args[i] = got;
        f->temp = t + 1;
    }
}

/* More than one argument that does something, and tags: the order of the formals decides which runs first. */
static bool order_matters(const zp_ast *n)
{
    int tags = 0, busy = 0;

    for (const zp_ast_arg *a = n->items; a; a = a->next) {
        tags += a->tag != NULL;
        busy += a->value && !a->ref && !zp__pure(a->value) && a->value->kind != ZP_AST_FUNCTION;
        if (a->dots)
            return false;
    }
    return tags && busy > 1 && n->count < 1000;
}

/* Every argument is a block; after the callee is known ORDER decides the way through them. */
static void ordered_args(zp_fn *f, const zp_ast *n, uint32_t base, uint32_t site)
{
    uint32_t count = (uint32_t)n->count, i = 0, order = base + 1 + count;
    uint32_t *targets = zp__comp_alloc(f, (count + 1) * sizeof(*targets));

    if (f->c->failed)
        return;
    f->temp = order;
    for (uint32_t k = 0; k <= count; k++)
        zp__temp(f);
    f->code->sites[site].targets = targets;
    zp__emit(f, ZP_I_ORDER, 0, base, order, site);
    for (const zp_ast_arg *a = n->items; a && !f->c->failed; a = a->next, i++) {
        zp_site_arg got = { 0 };
        targets[i] = zp__here(f);
        f->temp = order + count + 1;
        argument(f, a, &got, base + 1 + i);
        if (f->c->failed)
            return;
        f->code->sites[site].args[i] = got;
        zp__emit(f, ZP_I_NEXTARG, 0, order, site, 0);
    }
    targets[count] = zp__here(f);
}

static bool plain_site(const zp_site *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->args[i].tag || s->args[i].flags)
            return false;
    return true;
}

uint32_t zp__plain_call(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, since = f->npending, base = zp__temp(f), site;

    if (n->a->kind == ZP_AST_NAME) {
        f->place = n->a->place;
        zp__callee(f, n->a->name, base);
    } else {
        zp__expr(f, n->a, base, false);
    }
    site = zp__site(f, (uint32_t)n->count);
    f->temp = base + 1;
    if (order_matters(n)) {
        for (uint32_t k = 0; k < (uint32_t)n->count && !f->c->failed; k++)
            zp__emit(f, ZP_I_CONST, 0, base + 1 + k, zp__const(f, zp_nil()), 0);
        uint32_t tag = 0;
        for (const zp_ast_arg *a = n->items; a && !f->c->failed; a = a->next, tag++)
            f->code->sites[site].args[tag].tag = a->tag ? zp__sym(f, a->tag) : NULL;
        ordered_args(f, n, base, site);
    } else {
        zp__call_args(f, n->items, site, 0);
    }
    zp__force(f, since);
    if (f->c->failed)
        return 0;
    f->code->sites[site].plain = plain_site(&f->code->sites[site]);
    f->temp = mark;
    dst = dst == ZP_ANY ? zp__temp(f) : dst;
    f->place = n->place;
    zp__emit(f, f->code->sites[site].plain ? ZP_I_CALL1 : ZP_I_CALL, 0, dst, base, site);
    return dst;
}

void zp__call_builtin(zp_fn *f, const char *name, uint32_t dst, uint32_t base, uint32_t count)
{
    uint32_t site = zp__site(f, count), call;
    zp_str *s = zp__intern(f->c->engine, name, strlen(name), f->c->err);

    if (!s || f->c->failed) {
        f->c->failed = true;
        return;
    }
    f->code->sites[site].plain = true;
    for (uint32_t i = 0; i < count; i++)
        f->code->sites[site].args[i].place = f->place;
    const zp_value *fn = zp__env_find(f->c->engine->base, s);
    call = fn ? zp__const(f, zp_value_ref(*fn)) : 0;
    if (!fn) {
        zp_fail_code(f->c->err, ZP_EVALUE, "object '%s' not found", name);
        f->c->failed = true;
        return;
    }
    zp__emit(f, ZP_I_CONST, 0, base, call, 0);
    zp__emit(f, ZP_I_CALL1, 0, dst, base, site);
}
