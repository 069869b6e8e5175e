/* compile_form: the functions whose arguments are code.
 *
 * A special form is a plain call of one of the names in `forms`, unless the program gives that name another meaning
 * where the call stands.  Its arguments are compiled where they are used. */
#include "lang/compile.h"

/* ---------------------------------------------------------------- special forms */

typedef struct form_call {
    const zp_ast *n;
    uint32_t dst;
    bool vis;
} form_call;

typedef uint32_t (*form_fn)(zp_fn *f, const form_call *call);

/* The argument called `tag`, else the next untagged one (positions count untagged arguments); NULL. */
static const zp_ast_arg *arg_of(const zp_ast *n, const char *tag, int position)
{
    int k = 0;

    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (tag && a->tag && zp_str_is(a->tag, tag))
            return a;
    for (const zp_ast_arg *a = n->items; a && position >= 0; a = a->next)
        if (!a->tag && k++ == position)
            return a;
    return NULL;
}

/* The argument into the next temporary, or the constant that stands for it. */
static void given_or(zp_fn *f, const zp_ast_arg *a, zp_value otherwise)
{
    if (a && a->value)
        zp__into_temp(f, a->value);
    else
        zp__emit(f, ZP_I_CONST, 0, zp__temp(f), zp__const(f, otherwise), 0);
}

static bool has_dots(const zp_ast *n)
{
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (a->dots)
            return true;
    return false;
}

static void load_hidden_null(zp_fn *f, uint32_t dst, bool vis)
{
    zp__load_null(f, dst);
    zp__set_visible(f, vis, false);
}

static void fail_missing(zp_fn *f, const zp_ast *n, const char *what)
{
    char text[80];

    strcpy(text, "argument missing: ");
    strncat(text, what, 40);
    zp__comp_fail(f, n, text);
}

static bool inside_function(const zp_fn *f)
{
    return f->scope == ZP_SCOPE_FUNCTION;
}

static uint32_t form_return(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    uint32_t mark = f->temp, reg;

    if (!inside_function(f)) {
        zp__comp_fail(f, n, "no function to return from");
        return call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    }
    if (!f->tries && n->items && n->items->value) {
        zp__tail(f, n->items->value);
    } else {
        reg = zp__temp(f);
        if (n->items && n->items->value)
            zp__expr(f, n->items->value, reg, true);
        else
            zp__load_null(f, reg);
        if (f->tries) { /* code that runs on the way out has no say in what is shown */
            uint32_t shown = zp__temp(f);
            zp__emit(f, ZP_I_VISIBLE, 2, shown, 0, 0);
            zp__leave_tries(f, NULL);
            zp__emit(f, ZP_I_VISIBLE, 3, shown, 0, 0);
        }
        f->place = n->place;
        zp__emit(f, ZP_I_RETURN, n->items ? 0 : 1, reg, 0, 0);
    }
    f->temp = mark;
    return call->dst == ZP_ANY ? zp__temp(f) : call->dst;
}

static uint32_t form_missing(zp_fn *f, const form_call *call)
{
    const zp_ast_arg *a = call->n->items;
    uint32_t slot, dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    const zp_str *name = NULL;

    if (a && call->n->count == 1)
        name = a->dots ? f->c->engine->s_dots
                       : (a->value && a->value->kind == ZP_AST_NAME ? a->value->name : NULL);
    if (!name || !inside_function(f) || !zp__find_var(f, name, &slot) || slot >= f->code->nformals) {
        zp__comp_fail(f, call->n, "'missing' can only be used for arguments");
        return dst;
    }
    zp__emit(f, ZP_I_MISSING, 0, dst, slot, 0);
    return dst;
}

/* switch(x, a = , b = ...): a jump chosen by R[x]. */
static uint32_t form_switch(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    const zp_ast_arg *x = arg_of(n, "EXPR", -1);
    uint32_t mark, reg, site, count = 0, i = 0, dst;
    zp_jumps ends = { 0 };
    zp_str **labels;
    uint32_t *targets;

    x = x ? x : n->items;
    if (!x || !x->value) {
        zp__comp_fail(f, n, "'EXPR' is missing");
        return 0;
    }
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    mark = f->temp;
    reg = zp__expr(f, x->value, ZP_ANY, false);
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        count += a != x;
    site = zp__site(f, 0);
    labels = zp__comp_alloc(f, (count + 1) * sizeof(*labels));
    targets = zp__comp_alloc(f, (count + 1) * sizeof(*targets));
    if (f->c->failed)
        return dst;
    f->place = x->value->place;
    zp__emit(f, ZP_I_SWITCH, 0, reg, site, 0);
    f->temp = mark;
    for (const zp_ast_arg *a = n->items; a; a = a->next) {
        if (a == x)
            continue;
        labels[i] = a->tag ? zp__sym(f, a->tag) : NULL;
        targets[i++] = zp__here(f);
        if (!a->value)
            continue; /* falls through to the next */
        zp__expr(f, a->value, dst, call->vis);
        f->temp = mark;
        zp__jumps_add(f, &ends, zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0));
    }
    targets[count] = zp__here(f);
    load_hidden_null(f, dst, call->vis);
    zp__jumps_land(f, &ends, zp__here(f));
    if (!f->c->failed) {
        f->code->sites[site].count = count;
        f->code->sites[site].labels = labels;
        f->code->sites[site].targets = targets;
    }
    return dst;
}

/* A function without formals around the expression, called at once: a frame of its own. */
static uint32_t thunk(zp_fn *f, const zp_ast *n, const zp_ast *body, uint32_t dst)
{
    static const zp_ast no_formals = { .kind = ZP_AST_FUNCTION };
    zp_ast *fn = zp__comp_alloc(f, sizeof(zp_ast));

    if (!fn)
        return 0;
    *fn = no_formals;
    fn->place = n->place;
    fn->offset = n->offset;
    fn->len = n->len;
    return zp__closure(f, fn, body, dst);
}

static uint32_t form_local(zp_fn *f, const form_call *call)
{
    const zp_ast_arg *a = arg_of(call->n, "expr", 0);
    uint32_t mark = f->temp, base = zp__temp(f), site, dst;

    if (!a || !a->value) {
        fail_missing(f, call->n, "expr");
        return 0;
    }
    thunk(f, call->n, a->value, base);
    site = zp__site(f, 0);
    if (f->c->failed)
        return 0;
    f->code->sites[site].plain = true;
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__emit(f, ZP_I_CALL1, 0, dst, base, site);
    return dst;
}

/* replicate(n, expr, simplify) -> .replicate(n, function() expr, simplify) */
static uint32_t form_replicate(zp_fn *f, const form_call *call)
{
    const zp_ast_arg *n = arg_of(call->n, "n", 0), *expr = arg_of(call->n, "expr", 1),
                     *simplify = arg_of(call->n, "simplify", 2);
    uint32_t mark = f->temp, base = zp__temp(f), dst;

    if (!n || !n->value || !expr || !expr->value) {
        fail_missing(f, call->n, n && n->value ? "expr" : "n");
        return 0;
    }
    zp__into_temp(f, n->value);
    f->temp = base + 2;
    thunk(f, call->n, expr->value, zp__temp(f));
    f->temp = base + 3;
    given_or(f, simplify, zp_lgl(true));
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__call_builtin(f, ".replicate", dst, base, 3);
    return dst;
}

/* system.time(expr): the clock before, the expression, the difference */
static uint32_t form_system_time(zp_fn *f, const form_call *call)
{
    const zp_ast_arg *a = arg_of(call->n, "expr", 0);
    uint32_t mark = f->temp, base = zp__temp(f), dst, t;

    if (!a || !a->value) {
        fail_missing(f, call->n, "expr");
        return 0;
    }
    t = zp__temp(f);
    zp__call_builtin(f, ".clock", t, t, 0);
    f->temp = t + 1;
    zp__expr(f, a->value, zp__temp(f), false); /* an answer is awaited */
    zp__emit(f, ZP_I_DROP, 0, t + 1, 0, 0);
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__call_builtin(f, ".clock.since", dst, base, 1);
    return dst;
}

/* ---- conditions */

static void push_try(zp_fn *f, zp_try *t, zp_ast *finally)
{
    *t = (zp_try){ .up = f->tries, .finally = finally };
    f->tries = t;
}

static uint32_t start_try(zp_fn *f, uint32_t kinds, uint32_t temps)
{
    return zp__emit(f, ZP_I_TRY, kinds, 0, 0, temps);
}

static void end_try(zp_fn *f)
{
    zp__emit(f, ZP_I_ENDTRY, 0, 0, 0, 0);
    f->tries = f->tries->up;
}

static uint32_t handler_kind(const zp_str *tag)
{
    if (!tag)
        return 0;
    if (zp_str_is(tag, "error"))
        return ZP_COND_ERROR;
    if (zp_str_is(tag, "warning"))
        return ZP_COND_WARNING;
    if (zp_str_is(tag, "message"))
        return ZP_COND_MESSAGE;
    if (zp_str_is(tag, "condition"))
        return ZP_COND_ERROR | ZP_COND_WARNING | ZP_COND_MESSAGE;
    return 0;
}

/* handler(condition) */
static void run_handler(zp_fn *f, const zp_ast *handler, uint32_t dst)
{
    uint32_t mark = f->temp, base = zp__temp(f), site, t;

    zp__expr(f, handler, base, false);
    f->temp = base + 1;
    t = zp__temp(f);
    zp__emit(f, ZP_I_CONDITION, 0, t, 0, 0);
    site = zp__site(f, 1);
    if (f->c->failed)
        return;
    f->code->sites[site].plain = true;
    f->code->sites[site].args[0].place = handler->place;
    f->temp = mark;
    f->place = handler->place;
    zp__emit(f, ZP_I_CALL1, 0, dst, base, site);
}

static void try_handlers(zp_fn *f, const zp_ast *n, const zp_ast *expr, const zp_ast_arg *catch, uint32_t dst,
                         bool vis)
{
    uint32_t kinds = catch ? ZP_COND_ERROR : 0, start, mark = f->temp, skip;
    zp_jumps ends = { 0 };
    zp_try guard;

    for (const zp_ast_arg *a = n->items; a; a = a->next)
        kinds |= handler_kind(a->tag);
    if (!kinds) {
        zp__expr(f, expr, dst, vis);
        return;
    }
    push_try(f, &guard, NULL);
    start = start_try(f, kinds, dst >= mark ? dst : mark);
    zp__expr(f, expr, dst, vis);
    f->temp = mark;
    end_try(f);
    zp__jumps_add(f, &ends, zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0));
    zp__patch(f, start, zp__here(f));
    for (const zp_ast_arg *a = n->items; a; a = a->next) {
        uint32_t kind = handler_kind(a->tag);
        if (!kind || !a->value)
            continue;
        skip = zp__emit(f, ZP_I_JKIND, kind, 0, 0, 0);
        run_handler(f, a->value, dst);
        f->temp = mark;
        zp__jumps_add(f, &ends, zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0));
        zp__patch(f, skip, zp__here(f));
    }
    if (catch && catch->value) {
        zp__expr(f, catch->value, dst, vis);
        f->temp = mark;
    } else {
        load_hidden_null(f, dst, vis);
    }
    zp__jumps_land(f, &ends, zp__here(f));
}

static uint32_t form_trycatch(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    const zp_ast_arg *expr = arg_of(n, "expr", 0), *finally = arg_of(n, "finally", -1);
    const zp_ast_arg *catch = arg_of(n, "catch", expr && expr->tag ? 0 : 1);
    uint32_t dst = call->dst == ZP_ANY || !zp__is_temp(f, call->dst) ? zp__temp(f) : call->dst, start, skip,
             mark = f->temp, saved;
    zp_try guard;

    if (!expr || !expr->value) {
        load_hidden_null(f, dst, call->vis);
        return dst;
    }
    if (!finally || !finally->value) {
        try_handlers(f, n, expr->value, catch, dst, call->vis);
        return dst;
    }
    push_try(f, &guard, finally->value);
    start = start_try(f, ZP_COND_FINALLY, dst >= mark ? dst : mark);
    try_handlers(f, n, expr->value, catch, dst, call->vis);
    f->temp = mark;
    end_try(f);
    saved = zp__temp(f);
    zp__emit(f, ZP_I_VISIBLE, 2, saved, 0, 0); /* keeps the visibility over the code that follows */
    zp__effect(f, finally->value);
    zp__emit(f, ZP_I_VISIBLE, 3, saved, 0, 0);
    skip = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
    zp__patch(f, start, zp__here(f));
    zp__emit(f, ZP_I_CONDITION, 0, saved, 0, 0);
    zp__effect(f, finally->value);
    zp__emit(f, ZP_I_RETHROW, 0, saved, 0, 0);
    zp__patch(f, skip, zp__here(f));
    f->temp = mark;
    return dst;
}

static uint32_t form_try(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    const zp_ast_arg *expr = arg_of(n, "expr", 0), *silent = arg_of(n, "silent", expr && expr->tag ? 0 : 1);
    uint32_t dst = call->dst == ZP_ANY || !zp__is_temp(f, call->dst) ? zp__temp(f) : call->dst, start, skip,
             mark = f->temp, base, t;
    zp_try guard;

    if (!expr || !expr->value) {
        fail_missing(f, n, "expr");
        return 0;
    }
    push_try(f, &guard, NULL);
    start = start_try(f, ZP_COND_ERROR, dst >= mark ? dst : mark);
    zp__expr(f, expr->value, dst, call->vis);
    f->temp = mark;
    end_try(f);
    skip = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
    zp__patch(f, start, zp__here(f));
    base = zp__temp(f);
    t = zp__temp(f);
    zp__emit(f, ZP_I_CONDITION, 0, t, 0, 0);
    given_or(f, silent, zp_lgl(false));
    f->place = n->place;
    zp__call_builtin(f, ".try.failed", dst, base, 2);
    f->temp = mark;
    zp__patch(f, skip, zp__here(f));
    return dst;
}

static uint32_t muted(zp_fn *f, const form_call *call, uint32_t kinds)
{
    const zp_ast_arg *expr = arg_of(call->n, "expr", 0);
    uint32_t dst = call->dst == ZP_ANY || !zp__is_temp(f, call->dst) ? zp__temp(f) : call->dst, start,
             mark = f->temp;
    zp_try guard;

    if (!expr || !expr->value) {
        fail_missing(f, call->n, "expr");
        return 0;
    }
    push_try(f, &guard, NULL);
    start = start_try(f, kinds, mark);
    zp__expr(f, expr->value, dst, call->vis);
    f->temp = mark;
    end_try(f);
    zp__patch(f, start, zp__here(f));
    return dst;
}

static uint32_t form_suppress_warnings(zp_fn *f, const form_call *call)
{
    return muted(f, call, ZP_COND_MUTE_WARNING);
}

static uint32_t form_suppress_messages(zp_fn *f, const form_call *call)
{
    return muted(f, call, ZP_COND_MUTE_MESSAGE);
}

/* stopifnot(a, b): .stopifnot(a, "a"); ... */
static uint32_t form_stopifnot(zp_fn *f, const form_call *call)
{
    uint32_t mark = f->temp, base = zp__temp(f), dst;

    for (const zp_ast_arg *a = call->n->items; a; a = a->next) {
        zp_slice text;
        if (!a->value)
            continue;
        text = a->tag ? (zp_slice){ a->tag->text, a->tag->len } : zp_ast_text(f->c->source, a->value);
        zp__into_temp(f, a->value);
        f->temp = base + 2;
        zp__emit(f, ZP_I_CONST, 0, zp__temp(f),
                 zp__const(f, zp_chr_take(zp_str_new(text.ptr, text.len, f->c->err), f->c->err)), 0);
        zp__emit(f, ZP_I_CONST, 0, zp__temp(f), zp__const(f, zp_lgl(a->tag != NULL)), 0);
        f->place = a->place;
        zp__call_builtin(f, ".stopifnot", base, base, 3);
        f->temp = base + 1;
    }
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    load_hidden_null(f, dst, call->vis);
    return dst;
}

/* rm(a, "b", list = , envir = , inherits = ): .rm(c("a", "b"), list, envir, inherits) */
static uint32_t form_rm(zp_fn *f, const form_call *call)
{
    static const char *const tags[] = { "list", "envir", "inherits" };
    uint32_t mark = f->temp, base = zp__temp(f), dst;
    int64_t count = 0;
    zp_value names;

    for (const zp_ast_arg *a = call->n->items; a; a = a->next)
        count += !a->tag;
    names = zp_vec(ZP_STR, count, f->c->err);
    if (zp_bad(names)) {
        f->c->failed = true;
        return 0;
    }
    count = 0;
    for (const zp_ast_arg *a = call->n->items; a; a = a->next) {
        bool name = a->value && a->value->kind == ZP_AST_NAME && !a->ref;
        bool text = a->value && a->value->kind == ZP_AST_CONST && a->value->value.type == ZP_STR;
        if (a->tag)
            continue;
        if (!name && !text) {
            zp_value_unref(names);
            zp__comp_fail(f, a->value ? a->value : call->n, "... must contain names or character strings");
            return 0;
        }
        zp_str_put(names, count++, zp_str_ref(name ? a->value->name : zp_strs(&a->value->value)[0]));
    }
    zp__emit(f, ZP_I_CONST, 0, zp__temp(f), zp__const(f, names), 0);
    for (size_t i = 0; i < ZP_COUNTOF(tags); i++) {
        const zp_ast_arg *a = arg_of(call->n, tags[i], -1);
        f->temp = base + 2 + (uint32_t)i;
        given_or(f, a, (zp_value){ .type = ZP_MISSING });
    }
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__call_builtin(f, ".rm", dst, base, 4);
    return dst;
}

/* match.arg(x): the choices are the default of the formal x */
static uint32_t form_match_arg(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    const zp_ast_arg *arg = arg_of(n, "arg", 0), *choices = arg_of(n, "choices", arg && arg->tag ? 0 : 1),
                     *several = arg_of(n, "several.ok", arg && arg->tag ? 1 : 2);
    const zp_ast *from = choices ? choices->value : NULL;
    uint32_t mark = f->temp, base = zp__temp(f), dst;

    if (!arg || !arg->value) {
        fail_missing(f, n, "arg");
        return 0;
    }
    if (!from && arg->value->kind == ZP_AST_NAME && f->ast && inside_function(f))
        for (const zp_ast_arg *a = f->ast->items; a; a = a->next)
            if (a->tag && zp_str_eq(a->tag, arg->value->name))
                from = a->value;
    if (!from) {
        zp__comp_fail(f, n, "argument missing: choices");
        return 0;
    }
    zp__temp(f);
    if (arg->value->kind == ZP_AST_NAME)
        zp__load_name(f, arg->value->name, base + 1, true);
    else
        zp__expr(f, arg->value, base + 1, false);
    f->temp = base + 2;
    zp__into_temp(f, from);
    f->temp = base + 3;
    given_or(f, several, zp_lgl(false));
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = n->place;
    zp__call_builtin(f, ".match.arg", dst, base, 3);
    return dst;
}

/* regmatches(x, regexpr(pattern, text, ...), invert):
 * .regmatches(x, "regexpr", pattern, text, ignore.case, perl, fixed, invert) */
static uint32_t form_regmatches(zp_fn *f, const form_call *call)
{
    static const char *const tags[] = { "pattern", "text", "ignore.case", "perl", "fixed" };
    const zp_ast_arg *x = arg_of(call->n, "x", 0), *m = arg_of(call->n, "m", 1);
    uint32_t mark = f->temp, base = zp__temp(f), dst;
    const zp_ast *fn = m ? m->value : NULL;

    if (!x || !x->value || !fn || fn->kind != ZP_AST_CALL || fn->a->kind != ZP_AST_NAME ||
        (!zp_str_is(fn->a->name, "regexpr") && !zp_str_is(fn->a->name, "gregexpr") &&
         !zp_str_is(fn->a->name, "regexec"))) {
        zp__comp_fail(f, call->n,
                      "the second argument of regmatches must be a call of regexpr, gregexpr or regexec");
        return 0;
    }
    zp__into_temp(f, x->value);
    f->temp = base + 2;
    zp__emit(f, ZP_I_CONST, 0, zp__temp(f), zp__const(f, zp_chr_take(zp_str_ref(fn->a->name), f->c->err)), 0);
    for (size_t i = 0; i < ZP_COUNTOF(tags); i++) {
        const zp_ast_arg *a = arg_of(fn, tags[i], (int)i);
        f->temp = base + 3 + (uint32_t)i;
        given_or(f, a, zp_lgl(false));
    }
    f->temp = base + 3 + (uint32_t)ZP_COUNTOF(tags);
    given_or(f, arg_of(call->n, "invert", 2), zp_lgl(false));
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__call_builtin(f, ".regmatches", dst, base, 8);
    return dst;
}

/* `&&`(a, b) and `||`(a, b), written as calls: as the operators. */
static uint32_t form_andor(zp_fn *f, const form_call *call)
{
    const zp_ast *n = call->n;
    const zp_ast_arg *a = n->items;
    zp_ast op = { .kind = zp_str_is(n->a->name, "&&") ? ZP_AST_ANDAND : ZP_AST_OROR, .place = n->place };

    if (n->count != 2 || !a->value || !a->next->value) {
        zp__comp_fail(f, n, "a logical operator takes two arguments");
        return 0;
    }
    op.a = a->value;
    op.b = a->next->value;
    return zp__expr(f, &op, call->dst, call->vis);
}

/* timer(duration, loop, once = NULL, loop_max = 0) -> .timer(duration, loop, once, loop_max), two of them code */
static uint32_t form_timer(zp_fn *f, const form_call *call)
{
    static const char *const tags[] = { "duration", "loop", "once", "loop_max" };
    uint32_t mark = f->temp, base = zp__temp(f), dst;
    int untagged = 0;

    for (size_t i = 0; i < ZP_COUNTOF(tags); i++) {
        const zp_ast_arg *a = arg_of(call->n, tags[i], -1);
        a = a ? a : arg_of(call->n, NULL, untagged++);
        f->temp = base + 1 + (uint32_t)i;
        if ((i == 1 || i == 2) && a && a->value)
            zp__emit(f, ZP_I_CONST, 0, zp__temp(f),
                     zp__const(f, zp__code_value(f->c->source, a->value, f->c->err)), 0);
        else if (i < 2 && (!a || !a->value))
            fail_missing(f, call->n, tags[i]);
        else
            given_or(f, a, i == 3 ? zp_dbl(0) : zp_nil());
    }
    f->temp = mark;
    dst = call->dst == ZP_ANY ? zp__temp(f) : call->dst;
    f->place = call->n->place;
    zp__call_builtin(f, ".timer", dst, base, 4);
    return dst;
}

static const struct {
    const char *name;
    form_fn fn;
    uint32_t leaves; /* how it leaves the visibility: 0 as its code did, 1 visible, 2 invisible */
} forms[] = {
    { "return", form_return, 0 },
    { "&&", form_andor, 1 },
    { "||", form_andor, 1 },
    { "missing", form_missing, 1 },
    { "switch", form_switch, 0 },
    { "local", form_local, 0 },
    { "tryCatch", form_trycatch, 0 },
    { "try", form_try, 0 },
    { "suppressWarnings", form_suppress_warnings, 0 },
    { "suppressMessages", form_suppress_messages, 0 },
    { "replicate", form_replicate, 1 },
    { "system.time", form_system_time, 1 },
    { "stopifnot", form_stopifnot, 2 },
    { "rm", form_rm, 2 },
    { "remove", form_rm, 2 },
    { "match.arg", form_match_arg, 1 },
    { "regmatches", form_regmatches, 1 },
    { "timer", form_timer, 1 },
};

uint32_t zp__call_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    form_call call = { n, dst, vis };
    uint32_t reg;

    if (n->a->kind == ZP_AST_NAME)
        for (size_t i = 0; i < ZP_COUNTOF(forms); i++) {
            if (!zp_str_is(n->a->name, forms[i].name) || zp__shadowed(f, n->a->name) ||
                (has_dots(n) && forms[i].fn != form_missing))
                continue;
            reg = forms[i].fn(f, &call);
            if (vis && forms[i].leaves)
                zp__emit(f, ZP_I_VISIBLE, forms[i].leaves == 1, 0, 0, 0);
            if (dst != ZP_ANY && reg != dst && !f->c->failed) {
                zp__emit(f, ZP_I_MOVE, 0, dst, reg, 0);
                reg = dst;
            }
            return reg;
        }
    return zp__plain_call(f, n, dst);
}
