/* compile_assign: assignment, replacement, indexing and references.
 *
 * A target is a path over a root:   names(x$a)[2] <- v.   A stretch of [ ], [[ ]], $ steps over a variable is one
 * REPLACE instruction, which changes the object in place; a call in the path is `f<-`, compiled as
 * tmp <- `f<-`(f's argument, value = v) and assigned to what the argument denotes. */
#include "lang/compile.h"

/* ---------------------------------------------------------------- variables of a function */

static const zp_ast *root_of(const zp_ast *target)
{
    for (;;) {
        switch ((zp_ast_kind)target->kind) {
        case ZP_AST_INDEX:
        case ZP_AST_INDEX2:
        case ZP_AST_MEMBER:
        case ZP_AST_PAREN: target = target->a; break;
        case ZP_AST_CALL:
            if (!target->items || !target->items->value)
                return target;
            target = target->items->value;
            break;
        default: return target;
        }
    }
}

static bool note_var(zp_fn *f, zp_str *name)
{
    uint32_t slot;

    if (!zp__find_var(f, name, &slot))
        zp__add_var(f, zp__sym(f, name));
    return !f->c->failed;
}

static bool is_text(const zp_ast *n)
{
    return n->kind == ZP_AST_CONST && n->value.type == ZP_STR;
}

bool zp__collect_vars(zp_fn *f, const zp_ast *n)
{
    const zp_ast *root;

    if (!n || n->kind == ZP_AST_FUNCTION)
        return true;
    if (n->kind == ZP_AST_QUERY)
        return zp__collect_query_vars(f, n);
    if (n->kind == ZP_AST_ASSIGN && !n->superassign) {
        root = root_of(n->a);
        if (root->kind == ZP_AST_NAME && !note_var(f, root->name))
            return false;
        if (is_text(root) && !note_var(f, zp_strs(&root->value)[0]))
            return false;
    }
    if (n->kind == ZP_AST_FOR && !note_var(f, n->name))
        return false;
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (a->value && !zp__collect_vars(f, a->value))
            return false;
    return zp__collect_vars(f, n->a) && zp__collect_vars(f, n->b) && zp__collect_vars(f, n->c);
}

/* ---------------------------------------------------------------- plain assignment */

/* Expressions whose only write to their destination comes last: they may compute into the variable itself. */
static bool writes_late(const zp_ast *rhs)
{
    switch ((zp_ast_kind)rhs->kind) {
    case ZP_AST_CONST:
    case ZP_AST_UNOP:
    case ZP_AST_BINOP:
    case ZP_AST_COLON:
    case ZP_AST_INDEX:
    case ZP_AST_INDEX2:
    case ZP_AST_MEMBER:
    case ZP_AST_FUNCTION: return true;
    default: return false;
    }
}

static uint32_t assign_local(zp_fn *f, uint32_t slot, const zp_ast *value)
{
    uint32_t mark = f->temp, reg;
    const zp_ast *v = value;

    while (v->kind == ZP_AST_PAREN)
        v = v->a;
    if (writes_late(v)) {
        zp__expr(f, value, slot, false);
    } else {
        reg = zp__expr(f, value, ZP_ANY, false);
        if (reg != slot || v->kind == ZP_AST_NAME) /* x <- x reads an outer x */
            zp__emit(f, ZP_I_MOVE, 0, slot, reg, 0);
    }
    f->temp = mark;
    return slot;
}

/* Into a table, by name, or outwards: the register keeps the value when it is wanted. */
static uint32_t assign_named(zp_fn *f, zp_opcode op, zp_str *name, const zp_ast *value, uint32_t dst,
                             bool wanted)
{
    uint32_t mark = f->temp, reg = zp__expr(f, value, dst, false);

    zp__emit(f, op, wanted, zp__name_ref(f, zp__sym(f, name), 0), reg, 0);
    if (!wanted)
        f->temp = mark;
    return reg;
}

static uint32_t assign_name(zp_fn *f, const zp_ast *n, zp_str *name, uint32_t dst, bool wanted)
{
    uint32_t slot, reg;

    if (n->superassign)
        return assign_named(f, ZP_I_SETSUPER, name, n->b, dst, wanted);
    if (f->scope != ZP_SCOPE_FUNCTION)
        return assign_named(f, f->scope == ZP_SCOPE_TABLE ? ZP_I_SETGLOBAL : ZP_I_SETDYNAMIC, name, n->b, dst,
                            wanted);
    if (!zp__find_var(f, name, &slot)) {
        zp__comp_fail(f, n, "can't assign to non-symbol");
        return 0;
    }
    reg = assign_local(f, slot, n->b);
    if (dst == ZP_ANY || dst == reg || !wanted)
        return reg;
    zp__emit(f, ZP_I_LOCAL, 0, dst, reg, 0);
    return dst;
}

/* ---------------------------------------------------------------- indices */

/* Evaluates the indices of n into consecutive temporaries; the caller forces them. */
static uint32_t indices(zp_fn *f, const zp_ast *n, zp_site_arg *args)
{
    uint32_t first = f->temp, i = 0, t;

    if (n->kind == ZP_AST_MEMBER) {
        t = zp__temp(f);
        zp__emit(f, ZP_I_CONST, 0, t, zp__const(f, zp_chr_take(zp_str_ref(n->name), f->c->err)), 0);
        return first;
    }
    for (const zp_ast_arg *a = n->items; a; a = a->next, i++) {
        t = zp__temp(f);
        if (args) {
            args[i].tag = a->tag ? zp__sym(f, a->tag) : NULL;
            args[i].place = a->place;
            args[i].flags = (a->dots ? ZP_ARG_DOTS : 0) | (!a->value && !a->dots ? ZP_ARG_EMPTY : 0);
        }
        if (a->dots)
            zp__emit(f, ZP_I_DOTS, 0, t, 0, 0);
        else if (!a->value)
            zp__emit(f, ZP_I_CONST, 0, t, zp__const(f, (zp_value){ .type = ZP_MISSING }), 0);
        else if (a->value->kind == ZP_AST_NAME)
            zp__load_name(f, a->value->name, t, true);
        else
            zp__lazy(f, a->value, t);
        f->temp = t + 1;
    }
    return first;
}

static bool one_plain_index(const zp_ast *n)
{
    if (n->kind == ZP_AST_MEMBER)
        return true;
    return n->count == 1 && n->items->value && !n->items->tag && !n->items->dots;
}

uint32_t zp__index(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, since = f->npending, x = zp__lazy(f, n->a, ZP_ANY), i, site, t;
    bool pure = true;

    for (const zp_ast_arg *a = n->items; a; a = a->next)
        pure = pure && !a->dots && zp__pure(a->value);
    if (!zp__is_temp(f, x) && !pure) {
        t = zp__temp(f);
        zp__emit(f, ZP_I_LOCAL, 0, t, x, 0);
        x = t;
    }
    if (one_plain_index(n)) {
        i = n->kind == ZP_AST_MEMBER ? indices(f, n, NULL) : zp__lazy(f, n->items->value, ZP_ANY);
        zp__force(f, since);
        f->temp = mark;
        dst = dst == ZP_ANY ? zp__temp(f) : dst;
        f->place = n->place;
        zp__emit(f, n->kind == ZP_AST_INDEX ? ZP_I_INDEX : ZP_I_INDEX2, 0, dst, x, i);
        return dst;
    }
    site = zp__site(f, (uint32_t)n->count);
    i = indices(f, n, f->c->failed ? NULL : f->code->sites[site].args);
    if (f->c->failed)
        return 0;
    f->code->sites[site].root_index = i;
    zp__force(f, since);
    f->temp = mark;
    dst = dst == ZP_ANY ? zp__temp(f) : dst;
    f->place = n->place;
    zp__emit(f, ZP_I_INDEXN, n->kind == ZP_AST_INDEX ? 0 : 1, dst, x, site);
    return dst;
}

/* ---------------------------------------------------------------- paths */

/* The steps of a stretch of indexing over `base`, which is a name or a call. */
static const zp_ast *path_base(const zp_ast *target, uint32_t *count)
{
    *count = 0;
    while (target->kind == ZP_AST_INDEX || target->kind == ZP_AST_INDEX2 || target->kind == ZP_AST_MEMBER ||
           target->kind == ZP_AST_PAREN) {
        if (target->kind != ZP_AST_PAREN)
            ++*count;
        target = target->a;
    }
    return target;
}

static zp_step *path_steps(zp_fn *f, const zp_ast *target, uint32_t count)
{
    zp_step *steps = zp__comp_alloc(f, count * sizeof(zp_step));
    const zp_ast **nodes = zp__comp_alloc(f, count * sizeof(*nodes));
    uint32_t k = count, since = f->npending;

    if (f->c->failed)
        return NULL;
    for (const zp_ast *n = target; k; n = n->a)
        if (n->kind != ZP_AST_PAREN)
            nodes[--k] = n;
    for (k = 0; k < count; k++) { /* indices are evaluated from the root outwards */
        const zp_ast *n = nodes[k];
        for (const zp_ast_arg *a = n->items; a; a = a->next)
            if (a->dots || (a->tag && zp_str_is(a->tag, "drop"))) {
                zp__comp_fail(f, n, "invalid subscript in assignment");
                return NULL;
            }
        steps[k].kind = n->kind == ZP_AST_INDEX ? ZP_STEP_INDEX : ZP_STEP_INDEX2;
        steps[k].count = n->kind == ZP_AST_MEMBER ? 1 : (uint32_t)n->count;
        steps[k].reg = indices(f, n, NULL);
    }
    zp__force(f, since);
    return steps;
}

static void set_root(zp_fn *f, zp_site *s, const zp_ast *base, bool super)
{
    uint32_t slot;
    zp_str *name = is_text(base) ? zp_strs(&base->value)[0] : base->name;

    if (super) {
        s->root = ZP_ROOT_SUPER;
    } else if (f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, name, &slot)) {
        s->root = ZP_ROOT_SLOT;
        s->root_index = slot;
        return;
    } else {
        s->root = f->scope == ZP_SCOPE_TABLE ? ZP_ROOT_GLOBAL : ZP_ROOT_DYNAMIC;
    }
    s->root_index = zp__name_ref(f, zp__sym(f, name), 0);
}

static void assign_reg(zp_fn *f, const zp_ast *target, uint32_t value, uint32_t result, bool super);

/* The value a target denotes, for the functions of a nested replacement. */
static uint32_t target_value(zp_fn *f, const zp_ast *target)
{
    return zp__into_temp(f, target);
}

static void store_reg(zp_fn *f, const zp_ast *target, zp_str *name, uint32_t value, bool super)
{
    uint32_t slot;

    if (!super && f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, name, &slot)) {
        if (slot != value)
            zp__emit(f, ZP_I_MOVE, 0, slot, value, 0);
        return;
    }
    f->place = target->place;
    zp__emit(f,
             super                        ? ZP_I_SETSUPER
             : f->scope == ZP_SCOPE_TABLE ? ZP_I_SETGLOBAL
                                          : ZP_I_SETDYNAMIC,
             0, zp__name_ref(f, zp__sym(f, name), 0), value, 0);
}

/* tmp <- `f<-`(T, args, value = v);  T <- tmp */
static void assign_call(zp_fn *f, const zp_ast *call, uint32_t value, bool super)
{
    uint32_t mark = f->temp, base = zp__temp(f), site, count = (uint32_t)call->count, t, root;
    const zp_ast *target = call->items ? call->items->value : NULL;
    zp_str *setter;
    char room[300];

    if (call->a->kind != ZP_AST_NAME || !target || call->a->name->len > 256) {
        zp__comp_fail(f, call, "can't assign to non-symbol");
        return;
    }
    memcpy(room, call->a->name->text, call->a->name->len);
    memcpy(room + call->a->name->len, "<-", 3);
    setter = zp__intern(f->c->engine, room, call->a->name->len + 2, f->c->err);
    if (!setter) {
        f->c->failed = true;
        return;
    }
    f->place = call->place;
    zp__callee(f, setter, base);
    site = zp__site(f, count + 1);
    if (f->c->failed)
        return;
    t = zp__temp(f);
    if (target->kind == ZP_AST_NAME) { /* a built-in setter may work in place; <<- starts outside */
        zp__reference(f, target, t, true, super);
        f->code->sites[site].args[0].flags = ZP_ARG_REF | ZP_ARG_SOFTREF;
    } else {
        f->temp = t;
        target_value(f, target);
        f->temp = t + 1;
    }
    if (f->c->failed)
        return;
    f->code->sites[site].args[0].place = target->place;
    zp__call_args(f, call->items->next, site, 1);
    t = zp__temp(f);
    zp__emit(f, ZP_I_LOCAL, 0, t, value, 0);
    if (f->c->failed)
        return;
    f->code->sites[site].args[count].tag = f->c->engine->s_value;
    f->code->sites[site].args[count].place = call->place;
    f->temp = base;
    root = zp__temp(f);
    f->place = call->place;
    zp__emit(f, ZP_I_CALL, 0, root, base, site);
    assign_reg(f, target, root, ZP_ANY, super);
    f->temp = mark;
}

/* target <- R[value]; result: register for the value of the expression, or ZP_ANY. */
static void assign_reg(zp_fn *f, const zp_ast *target, uint32_t value, uint32_t result, bool super)
{
    uint32_t mark = f->temp, count, site, slot, reg;
    const zp_ast *base = path_base(target, &count);
    zp_step *steps;

    if (f->c->failed)
        return;
    if (!count && (base->kind == ZP_AST_NAME || is_text(base))) {
        store_reg(f, base, is_text(base) ? zp_strs(&base->value)[0] : base->name, value, super);
        return;
    }
    if (!count && base->kind == ZP_AST_CALL) {
        assign_call(f, base, value, super);
        return;
    }
    if (base->kind != ZP_AST_CALL && base->kind != ZP_AST_NAME && !is_text(base)) {
        zp__comp_fail(f, target, "can't assign to non-symbol");
        return;
    }
    if (base->kind != ZP_AST_CALL && target->kind == ZP_AST_INDEX && count == 1 && one_plain_index(target) &&
        !super && result == ZP_ANY && f->scope == ZP_SCOPE_FUNCTION && base->kind == ZP_AST_NAME &&
        zp__find_var(f, base->name, &slot)) {
        reg = zp__expr(f, target->items->value, ZP_ANY, false);
        f->place = target->place;
        zp__emit(f, ZP_I_ASSIGN1, 0, slot, reg, value);
        f->temp = mark;
        return;
    }
    reg = base->kind == ZP_AST_CALL ? target_value(f, base) : 0;
    steps = path_steps(f, target, count);
    site = zp__site(f, 0);
    if (f->c->failed)
        return;
    zp_site *s = &f->code->sites[site];
    s->count = count;
    s->steps = steps;
    s->value = value;
    s->result = result;
    if (base->kind == ZP_AST_CALL) {
        s->root = ZP_ROOT_TEMP;
        s->root_index = reg;
    } else {
        zp_site copy = *s; /* set_root may move the sites */
        set_root(f, &copy, base, super);
        if (f->c->failed)
            return;
        f->code->sites[site] = copy;
    }
    f->place = target->place;
    zp__emit(f, ZP_I_REPLACE, 0, 0, site, 0);
    if (base->kind == ZP_AST_CALL)
        assign_call(f, base, reg, super);
    f->temp = mark;
}

uint32_t zp__assign(zp_fn *f, const zp_ast *n, uint32_t dst, bool wanted)
{
    uint32_t mark = f->temp, value, result = ZP_ANY, count;
    const zp_ast *target = n->a, *root = root_of(target);

    f->place = n->a->place;
    if (target->kind == ZP_AST_NAME)
        return assign_name(f, n, target->name, dst, wanted);
    if (is_text(target))
        return assign_name(f, n, zp_strs(&target->value)[0], dst, wanted);
    if ((root->kind != ZP_AST_NAME && !is_text(root)) || path_base(target, &count)->kind == ZP_AST_PAREN ||
        target->kind == ZP_AST_PAREN ||
        (target->kind != ZP_AST_CALL && target->kind != ZP_AST_INDEX && target->kind != ZP_AST_INDEX2 &&
         target->kind != ZP_AST_MEMBER)) {
        zp__comp_fail(f, target, "can't assign to non-symbol");
        return 0;
    }
    if (wanted)
        result = dst == ZP_ANY ? zp__temp(f) : dst;
    value = zp__temp(f);
    zp__expr(f, n->b, value, false);
    f->temp = value + 1;
    if (wanted && target->kind != ZP_AST_INDEX) {
        zp__emit(f, ZP_I_LOCAL, 1, result, value, 0); /* keeps the value */
        assign_reg(f, target, value, ZP_ANY, n->superassign);
    } else {
        if (wanted && path_base(target, &count)->kind == ZP_AST_CALL) {
            zp__emit(f, ZP_I_LOCAL, 1, result, value, 0);
            assign_reg(f, target, value, ZP_ANY, n->superassign);
        } else {
            assign_reg(f, target, value, wanted ? result : ZP_ANY, n->superassign);
        }
    }
    zp__emit(f, ZP_I_DROP, 0, value, 0, 0);
    f->temp = wanted && dst == ZP_ANY ? result + 1 : mark;
    return wanted ? result : 0;
}

/* ---------------------------------------------------------------- references */

void zp__reference(zp_fn *f, const zp_ast *n, uint32_t dst, bool setter, bool super)
{
    uint32_t mark = f->temp, count, site;
    const zp_ast *base = path_base(n, &count);
    zp_step *steps;

    if (base->kind != ZP_AST_NAME || n->kind == ZP_AST_PAREN || n->kind == ZP_AST_INDEX) {
        zp__expr(f, n, dst, false);
        return;
    }
    steps = path_steps(f, n, count);
    site = zp__site(f, 0);
    if (f->c->failed)
        return;
    zp_site s = f->code->sites[site];
    s.count = count;
    s.steps = steps;
    s.setter = setter;
    set_root(f, &s, base, super);
    if (f->c->failed)
        return;
    f->code->sites[site] = s;
    f->place = n->place;
    zp__emit(f, ZP_I_REFERENCE, 0, dst, site, 0);
    f->temp = mark;
}
