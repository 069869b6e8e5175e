/* compile: expressions, control flow and functions. */
#include "lang/compile.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- emitting */

static bool grow(zp_fn *f, void **array, uint32_t n, uint32_t *cap, size_t size)
{
    uint32_t more = *cap ? 2 * *cap : 16;
    void *fresh;

    if (n < *cap)
        return true;
    if (f->c->failed || more > UINT32_MAX / 4) {
        f->c->failed = true;
        return false;
    }
    fresh = zp_realloc(*array, more * size, f->c->err);
    if (!fresh) {
        f->c->failed = true;
        return false;
    }
    *array = fresh;
    *cap = more;
    return true;
}

uint32_t zp__emit(zp_fn *f, zp_opcode op, uint32_t n, uint32_t a, uint32_t b, uint32_t c)
{
    zp_code *code = f->code;
    uint32_t places_cap = f->instrs_cap;

    if (!grow(f, (void **)&code->places, code->ninstrs, &places_cap, sizeof(zp_place)) ||
        !grow(f, (void **)&code->instrs, code->ninstrs, &f->instrs_cap, sizeof(zp_instr)))
        return 0;
    code->instrs[code->ninstrs] = (zp_instr){ (uint16_t)op, (uint16_t)n, a, b, c };
    code->places[code->ninstrs] = f->place;
    return code->ninstrs++;
}

uint32_t zp__const(zp_fn *f, zp_value take)
{
    zp_code *code = f->code;

    if (!grow(f, (void **)&code->consts, code->nconsts, &f->consts_cap, sizeof(zp_value))) {
        zp_value_unref(take);
        return 0;
    }
    code->consts[code->nconsts] = take;
    return code->nconsts++;
}

uint32_t zp__name_ref(zp_fn *f, zp_str *name, uint32_t slot)
{
    zp_code *code = f->code;

    if (!grow(f, (void **)&code->names, code->nnames, &f->names_cap, sizeof(zp_name_ref)))
        return 0;
    code->names[code->nnames] = (zp_name_ref){ .name = name, .slot = slot };
    return code->nnames++;
}

void *zp__comp_alloc(zp_fn *f, size_t bytes)
{
    void *ptr = f->c->failed ? NULL : zp_arena_alloc(f->c->source->arena, bytes ? bytes : 1, f->c->err);

    if (!ptr)
        f->c->failed = true;
    return ptr;
}

uint32_t zp__site(zp_fn *f, uint32_t count)
{
    zp_code *code = f->code;
    zp_site_arg *args = zp__comp_alloc(f, count * sizeof(zp_site_arg));

    if (!args || !grow(f, (void **)&code->sites, code->nsites, &f->sites_cap, sizeof(zp_site)))
        return 0;
    code->sites[code->nsites] = (zp_site){ .count = count, .args = args, .result = ZP_ANY };
    return code->nsites++;
}

zp_str *zp__sym(zp_fn *f, const zp_str *name)
{
    zp_str *s = zp__intern(f->c->engine, name->text, name->len, f->c->err);

    if (!s)
        f->c->failed = true;
    return s ? s : zp_str_empty();
}

uint32_t zp__temp(zp_fn *f)
{
    uint32_t reg = f->temp++;

    if (f->temp > f->code->nregs)
        f->code->nregs = f->temp;
    return reg;
}

uint32_t zp__is_temp(const zp_fn *f, uint32_t reg)
{
    return reg >= f->code->nvars;
}

uint32_t zp__here(const zp_fn *f)
{
    return f->code->ninstrs;
}

void zp__patch(zp_fn *f, uint32_t at, uint32_t target)
{
    zp_instr *i;

    if (f->c->failed)
        return;
    i = &f->code->instrs[at];
    switch (i->op) {
    case ZP_I_JUMP:
    case ZP_I_LOOP:
    case ZP_I_TRY:
    case ZP_I_JKIND:
        i->a = target;
        break;
    case ZP_I_JFALSE:
    case ZP_I_JTRUE:
    case ZP_I_FORPREP:
    case ZP_I_DEFAULT:
        i->b = target;
        break;
    default:
        i->c = target;
    }
}

void zp__jumps_add(zp_fn *f, zp_jumps *jumps, uint32_t at)
{
    if (grow(f, (void **)&jumps->at, jumps->n, &jumps->cap, sizeof(uint32_t)))
        jumps->at[jumps->n++] = at;
}

void zp__jumps_land(zp_fn *f, zp_jumps *jumps, uint32_t target)
{
    for (uint32_t i = 0; i < jumps->n; i++)
        zp__patch(f, jumps->at[i], target);
    zp_free(jumps->at);
    *jumps = (zp_jumps){ 0 };
}

/* What is wrong about the code is an error where it runs, so that programs can catch it. */
void zp__comp_fail(zp_fn *f, const zp_ast *n, const char *text)
{
    f->place = n->place;
    zp__emit(f, ZP_I_RAISE, 0, zp__const(f, zp_chr(text, f->c->err)), 0, 0);
}

/* ---------------------------------------------------------------- names */

bool zp__find_var(const zp_fn *f, const zp_str *name, uint32_t *slot)
{
    for (uint32_t i = 0; i < f->code->nvars; i++)
        if (zp_str_eq(f->code->vars[i], name)) {
            *slot = i;
            return true;
        }
    return false;
}

uint32_t zp__add_var(zp_fn *f, zp_str *name)
{
    zp_code *code = f->code;

    if (!grow(f, (void **)&code->vars, code->nvars, &f->vars_cap, sizeof(zp_str *)))
        return 0;
    code->vars[code->nvars] = name;
    return code->nvars++;
}

/* The frame outwards that has a slot for the name: its distance, or 0. */
static uint32_t find_up(const zp_fn *f, const zp_str *name, uint32_t *slot)
{
    uint32_t distance = 1;

    for (const zp_fn *up = f->up; up && up->scope == ZP_SCOPE_FUNCTION; up = up->up, distance++)
        if (zp__find_var(up, name, slot))
            return distance;
    return 0;
}

/* `..1` */
static bool dot_number(const zp_str *name, uint32_t *k)
{
    char *end;
    long n;

    if (name->len < 3 || name->text[0] != '.' || name->text[1] != '.')
        return false;
    n = strtol(name->text + 2, &end, 10);
    if (*end || n < 1 || n > 60000)
        return false;
    *k = (uint32_t)n;
    return true;
}

void zp__load_name(zp_fn *f, zp_str *name, uint32_t dst, bool argument)
{
    uint32_t slot, distance, k;

    if (dot_number(name, &k)) {
        zp__emit(f, ZP_I_DOTELEM, k, dst, 0, 0);
        return;
    }
    if (f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, name, &slot)) {
        zp__emit(f, argument ? ZP_I_ARGLOCAL : ZP_I_LOCAL, 0, dst, slot, 0);
        return;
    }
    if (f->scope == ZP_SCOPE_FUNCTION && (distance = find_up(f, name, &slot)) && distance < 65535) {
        zp__emit(f, ZP_I_UPVAL, distance, dst, zp__name_ref(f, zp__sym(f, name), slot), 0);
        return;
    }
    zp__emit(f, f->root_scope == ZP_SCOPE_DYNAMIC ? ZP_I_DYNAMIC : ZP_I_GLOBAL, 0, dst,
             zp__name_ref(f, zp__sym(f, name), 0), 0);
}

void zp__callee(zp_fn *f, zp_str *name, uint32_t base)
{
    uint32_t slot, distance = 0;
    uint32_t ref;

    if (f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, name, &slot)) {
        ref = zp__name_ref(f, zp__sym(f, name), 0);
        zp__emit(f, ZP_I_FUNLOCAL, 0, base, slot, ref);
        return;
    }
    if (f->scope == ZP_SCOPE_FUNCTION)
        distance = find_up(f, name, &slot);
    ref = zp__name_ref(f, zp__sym(f, name), distance ? slot : 0);
    /* n: distance + 1, or 0 to search by name from the frame */
    zp__emit(f, ZP_I_FUN, f->root_scope == ZP_SCOPE_DYNAMIC && !distance ? 0 : distance + 1, base, ref, 0);
}

/* ---------------------------------------------------------------- expressions */

bool zp__pure(const zp_ast *n)
{
    if (!n)
        return true;
    switch (n->kind) {
    case ZP_AST_CONST:
    case ZP_AST_NAME:
        return true;
    case ZP_AST_PAREN:
    case ZP_AST_UNOP:
    case ZP_AST_MEMBER:
        return zp__pure(n->a);
    case ZP_AST_BINOP:
    case ZP_AST_COLON:
        return zp__pure(n->a) && zp__pure(n->b);
    case ZP_AST_INDEX:
    case ZP_AST_INDEX2:
        for (const zp_ast_arg *a = n->items; a; a = a->next)
            if (a->dots || !zp__pure(a->value))
                return false;
        return zp__pure(n->a);
    default:
        return false;
    }
}

static const zp_ast *strip(const zp_ast *n)
{
    while (n && n->kind == ZP_AST_PAREN)
        n = n->a;
    return n;
}

uint32_t zp__into_temp(zp_fn *f, const zp_ast *n)
{
    uint32_t t = zp__temp(f);

    return zp__expr(f, n, t, false);
}

static uint32_t want(zp_fn *f, uint32_t dst)
{
    return dst == ZP_ANY ? zp__temp(f) : dst;
}

/* An operand: a variable's own register where nothing can change it before it is read. */
static uint32_t operand(zp_fn *f, const zp_ast *n, const zp_ast *later)
{
    uint32_t reg = zp__expr(f, n, ZP_ANY, false), t;

    if (!zp__is_temp(f, reg) && !zp__pure(later)) {
        t = zp__temp(f);
        zp__emit(f, ZP_I_LOCAL, 0, t, reg, 0);
        return t;
    }
    return reg;
}

static bool const_dbl(const zp_ast *n)
{
    n = strip(n);
    return n->kind == ZP_AST_CONST && n->value.type == ZP_DBL && !n->value.boxed;
}

static uint32_t binop(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    static const uint8_t plain[] = { [ZP_OP_ADD] = ZP_I_ADD, [ZP_OP_SUB] = ZP_I_SUB, [ZP_OP_MUL] = ZP_I_MUL,
                                     [ZP_OP_DIV] = ZP_I_DIV };
    static const uint8_t with_k[] = { [ZP_OP_ADD] = ZP_I_ADDK, [ZP_OP_SUB] = ZP_I_SUBK,
                                      [ZP_OP_MUL] = ZP_I_MULK, [ZP_OP_DIV] = ZP_I_DIVK };
    uint32_t mark = f->temp, a, b;
    bool arith = n->op == ZP_OP_ADD || n->op == ZP_OP_SUB || n->op == ZP_OP_MUL || n->op == ZP_OP_DIV;

    a = operand(f, n->a, n->b);
    if (arith && const_dbl(n->b)) {
        b = zp__const(f, strip(n->b)->value);
        f->temp = mark;
        dst = want(f, dst);
        f->place = n->place;
        zp__emit(f, with_k[n->op], 0, dst, a, b);
        return dst;
    }
    b = zp__expr(f, n->b, ZP_ANY, false);
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    if (arith)
        zp__emit(f, plain[n->op], 0, dst, a, b);
    else if (n->op == ZP_OP_MOD || n->op == ZP_OP_IDIV)
        zp__emit(f, n->op == ZP_OP_MOD ? ZP_I_MOD : ZP_I_IDIV, 0, dst, a, b);
    else
        zp__emit(f, ZP_I_BINARY, n->op, dst, a, b);
    return dst;
}

static uint32_t colon(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, a = operand(f, n->a, n->b), b = zp__expr(f, n->b, ZP_ANY, false);

    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_COLON, 0, dst, a, b);
    return dst;
}

static uint32_t unop(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, a;
    const zp_ast *x = strip(n->a);

    if (const_dbl(x) && n->op == ZP_OP_NEG) {
        dst = want(f, dst);
        zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_dbl(-x->value.u.dbl)), 0);
        return dst;
    }
    a = zp__expr(f, n->a, ZP_ANY, false);
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_UNARY, n->op, dst, a, 0);
    return dst;
}

/* a && b, a || b: the destination is written before b is evaluated, so it has to be a temporary. */
static uint32_t andor(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, t = zp__temp(f), r, skip;

    r = zp__expr(f, n->a, t, false);
    f->place = n->a->place;
    zp__emit(f, ZP_I_TRUTH, 0, t, r, 0);
    skip = zp__emit(f, n->kind == ZP_AST_ANDAND ? ZP_I_JFALSE : ZP_I_JTRUE, 1, t, 0, 0);
    f->temp = t + 1;
    zp__expr(f, n->b, t, false);
    f->place = n->b->place;
    zp__emit(f, ZP_I_TRUTH, 0, t, t, 0);
    zp__patch(f, skip, zp__here(f));
    f->temp = t + 1;
    if (dst == ZP_ANY || dst == t)
        return t;
    zp__emit(f, ZP_I_MOVE, 0, dst, t, 0);
    f->temp = mark;
    return dst;
}

static const zp_opcode jump_op[] = { [ZP_OP_LT] = ZP_I_JLT, [ZP_OP_LE] = ZP_I_JLE, [ZP_OP_GT] = ZP_I_JGT,
                                     [ZP_OP_GE] = ZP_I_JGE, [ZP_OP_EQ] = ZP_I_JEQ, [ZP_OP_NE] = ZP_I_JNE };

void zp__jump_unless(zp_fn *f, const zp_ast *cond, zp_jumps *jumps)
{
    uint32_t mark = f->temp, a, b;
    const zp_ast *n = strip(cond);

    if (n->kind == ZP_AST_ANDAND) {
        zp__jump_unless(f, n->a, jumps);
        zp__jump_unless(f, n->b, jumps);
        return;
    }
    if (n->kind == ZP_AST_BINOP && n->op >= ZP_OP_EQ && n->op <= ZP_OP_GE) {
        zp_opcode op = jump_op[n->op];
        a = operand(f, n->a, n->b);
        if (const_dbl(n->b)) {
            b = zp__const(f, strip(n->b)->value);
            op = (zp_opcode)(op - ZP_I_JLT + ZP_I_JLTK);
        } else {
            b = zp__expr(f, n->b, ZP_ANY, false);
        }
        f->place = n->place;
        zp__jumps_add(f, jumps, zp__emit(f, op, 0, a, b, 0));
        f->temp = mark;
        return;
    }
    a = zp__expr(f, n, ZP_ANY, false);
    f->place = n->place;
    zp__jumps_add(f, jumps, zp__emit(f, ZP_I_JFALSE, 0, a, 0, 0));
    f->temp = mark;
}

static void set_visible(zp_fn *f, bool vis, bool visible)
{
    if (vis)
        zp__emit(f, ZP_I_VISIBLE, visible, 0, 0, 0);
}

static void load_null(zp_fn *f, uint32_t dst)
{
    zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_nil()), 0);
}

static uint32_t if_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    zp_jumps no = { 0 };
    uint32_t end, mark;

    dst = want(f, dst);
    mark = f->temp;
    zp__jump_unless(f, n->a, &no);
    f->temp = mark;
    zp__expr(f, n->b, dst, vis);
    f->temp = mark;
    end = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
    zp__jumps_land(f, &no, zp__here(f));
    if (n->c) {
        zp__expr(f, n->c, dst, vis);
    } else {
        load_null(f, dst);
        set_visible(f, vis, false);
    }
    f->temp = mark;
    zp__patch(f, end, zp__here(f));
    return dst;
}

static uint32_t block_expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    const zp_ast_arg *s = n->items;

    if (!s) {
        dst = want(f, dst);
        load_null(f, dst);
        set_visible(f, vis, true);
        return dst;
    }
    for (; s->next; s = s->next)
        zp__effect(f, s->value);
    return zp__expr(f, s->value, dst, vis);
}

/* ---------------------------------------------------------------- loops */

static void loop_body(zp_fn *f, zp_loop *loop, const zp_ast *body)
{
    loop->up = f->loop;
    loop->temps = f->temp;
    loop->tries = f->tries;
    f->loop = loop;
    zp__effect(f, body);
    f->loop = loop->up;
}

static void while_loop(zp_fn *f, const zp_ast *n)
{
    zp_loop loop = { 0 };
    zp_jumps out = { 0 };
    uint32_t top = zp__here(f);

    if (n->a)
        zp__jump_unless(f, n->a, &out);
    loop_body(f, &loop, n->b);
    zp__jumps_land(f, &loop.nexts, zp__here(f));
    f->place = n->place;
    zp__emit(f, ZP_I_LOOP, 0, top, 0, 0);
    zp__jumps_land(f, &out, zp__here(f));
    zp__jumps_land(f, &loop.breaks, zp__here(f));
}

static void store_name(zp_fn *f, zp_str *name, uint32_t reg)
{
    uint32_t slot;

    if (f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, name, &slot)) {
        if (slot != reg)
            zp__emit(f, ZP_I_MOVE, 0, slot, reg, 0);
        return;
    }
    zp__emit(f, f->scope == ZP_SCOPE_TABLE ? ZP_I_SETGLOBAL : ZP_I_SETDYNAMIC, 0,
             zp__name_ref(f, zp__sym(f, name), 0), reg, 0);
}

static void for_loop(zp_fn *f, const zp_ast *n)
{
    zp_loop loop = { 0 };
    uint32_t mark = f->temp, seq = zp__temp(f), pos = zp__temp(f), slot, var, top, out = ZP_ANY;
    const zp_ast *s = strip(n->a);
    bool local = f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, n->name, &slot);

    if (s->kind == ZP_AST_COLON) {
        zp__expr(f, s->a, seq, false);
        f->temp = pos + 1;
        zp__expr(f, s->b, pos, false);
        f->place = s->place;
        out = zp__emit(f, ZP_I_FORRANGE, 0, seq, pos, 0);
    } else {
        zp__expr(f, n->a, seq, false);
        f->place = n->a->place;
        out = zp__emit(f, ZP_I_FORPREP, 0, seq, 0, 0);
    }
    f->temp = pos + 1;
    var = local ? slot : zp__temp(f);
    top = zp__here(f);
    f->place = n->place;
    uint32_t next = zp__emit(f, ZP_I_FORNEXT, 0, var, seq, 0);
    if (!local)
        store_name(f, n->name, var);
    f->temp = pos + 1;
    loop_body(f, &loop, n->b);
    zp__jumps_land(f, &loop.nexts, zp__here(f));
    f->place = n->place;
    zp__emit(f, ZP_I_LOOP, 0, top, 0, 0);
    zp__patch(f, out, zp__here(f));
    zp__patch(f, next, zp__here(f));
    zp__jumps_land(f, &loop.breaks, zp__here(f));
    zp__emit(f, ZP_I_DROP, 0, seq, 0, 0);
    f->temp = mark;
}

/* Leaves protected regions up to `until`: handlers go, `finally` code runs. */
void zp__leave_tries(zp_fn *f, zp_try *until)
{
    zp_try *saved = f->tries;

    for (zp_try *t = saved; t != until; t = t->up) {
        zp__emit(f, ZP_I_ENDTRY, 0, 0, 0, 0);
        f->tries = t->up;
        if (t->finally)
            zp__effect(f, t->finally);
    }
    f->tries = saved;
}

static void leave_loop(zp_fn *f, const zp_ast *n)
{
    zp_loop *loop = f->loop;

    if (!loop) {
        zp__comp_fail(f, n, n->kind == ZP_AST_BREAK ? "no loop to break from" : "no loop for next");
        return;
    }
    zp__leave_tries(f, loop->tries);
    for (uint32_t t = loop->temps; t < f->temp; t++)
        zp__emit(f, ZP_I_DROP, 0, t, 0, 0);
    zp__jumps_add(f, n->kind == ZP_AST_BREAK ? &loop->breaks : &loop->nexts,
                  zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0));
}

/* ---------------------------------------------------------------- all kinds */

static uint32_t constant(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    dst = want(f, dst);
    zp__emit(f, ZP_I_CONST, 0, dst, zp__const(f, zp_value_ref(n->value)), 0);
    return dst;
}

static uint32_t name(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t slot;

    if (dst == ZP_ANY && f->scope == ZP_SCOPE_FUNCTION && zp__find_var(f, n->name, &slot))
        return slot;
    dst = want(f, dst);
    zp__load_name(f, n->name, dst, false);
    return dst;
}

static uint32_t user_op(zp_fn *f, const zp_ast *n, uint32_t dst)
{
    uint32_t mark = f->temp, base = zp__temp(f), site;

    zp__callee(f, n->name, base);
    zp__into_temp(f, n->a);
    f->temp = base + 2;
    zp__into_temp(f, n->b);
    site = zp__site(f, 2);
    if (!f->c->failed) {
        zp_site *s = &f->code->sites[site];
        s->plain = true;
        s->args[0].place = n->a->place;
        s->args[1].place = n->b->place;
    }
    f->temp = mark;
    dst = want(f, dst);
    f->place = n->place;
    zp__emit(f, ZP_I_CALL1, 0, dst, base, site);
    return dst;
}

static uint32_t statement_value(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    zp__effect(f, n);
    dst = want(f, dst);
    load_null(f, dst);
    set_visible(f, vis, false);
    return dst;
}

static uint32_t expr_of(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_CONST:
        return constant(f, n, dst);
    case ZP_AST_NAME:
        return name(f, n, dst);
    case ZP_AST_UNOP:
        return unop(f, n, dst);
    case ZP_AST_BINOP:
        return binop(f, n, dst);
    case ZP_AST_USEROP:
        return user_op(f, n, dst);
    case ZP_AST_COLON:
        return colon(f, n, dst);
    case ZP_AST_ANDAND:
    case ZP_AST_OROR:
        return andor(f, n, dst);
    case ZP_AST_PAREN:
        return zp__expr(f, n->a, dst, false);
    case ZP_AST_FUNCTION:
        return zp__closure(f, n, n->a, dst);
    case ZP_AST_INDEX:
    case ZP_AST_INDEX2:
    case ZP_AST_MEMBER:
        return zp__index(f, n, dst);
    case ZP_AST_ESCAPE:
        return zp__expr(f, n->a, dst, false);
    default:
        return statement_value(f, n, dst, vis);
    }
}

uint32_t zp__expr(zp_fn *f, const zp_ast *n, uint32_t dst, bool vis)
{
    uint32_t reg;

    if (f->c->failed)
        return 0;
    f->place = n->place;
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_BLOCK:
        return block_expr(f, n, dst, vis);
    case ZP_AST_IF:
        return if_expr(f, n, dst, vis);
    case ZP_AST_CALL:
        return zp__call_expr(f, n, dst, vis, false);
    case ZP_AST_ASSIGN:
        reg = zp__assign(f, n, dst, true);
        set_visible(f, vis, false);
        return reg;
    case ZP_AST_WHILE:
    case ZP_AST_FOR:
    case ZP_AST_NEXT:
    case ZP_AST_BREAK:
        return statement_value(f, n, dst, vis);
    case ZP_AST_QUERY:
        zp__comp_fail(f, n, "remote queries need a connection: '?' works on the server");
        return 0;
    default:
        reg = expr_of(f, n, dst, vis);
        set_visible(f, vis, true);
        return reg;
    }
}

void zp__effect(zp_fn *f, const zp_ast *n)
{
    uint32_t mark = f->temp, reg;
    zp_jumps no = { 0 };
    uint32_t end;

    if (f->c->failed)
        return;
    f->place = n->place;
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_BLOCK:
        for (const zp_ast_arg *s = n->items; s; s = s->next)
            zp__effect(f, s->value);
        break;
    case ZP_AST_IF:
        zp__jump_unless(f, n->a, &no);
        zp__effect(f, n->b);
        if (n->c) {
            end = zp__emit(f, ZP_I_JUMP, 0, 0, 0, 0);
            zp__jumps_land(f, &no, zp__here(f));
            zp__effect(f, n->c);
            zp__patch(f, end, zp__here(f));
        } else {
            zp__jumps_land(f, &no, zp__here(f));
        }
        break;
    case ZP_AST_WHILE:
        while_loop(f, n);
        break;
    case ZP_AST_FOR:
        for_loop(f, n);
        break;
    case ZP_AST_NEXT:
    case ZP_AST_BREAK:
        leave_loop(f, n);
        break;
    case ZP_AST_ASSIGN:
        zp__assign(f, n, ZP_ANY, false);
        break;
    default:
        reg = zp__expr(f, n, ZP_ANY, false);
        if (zp__is_temp(f, reg)) {
            zp__emit(f, ZP_I_DROP, 0, reg, 0, 0);
        } else if (n->kind == ZP_AST_NAME) { /* reading it may be an error */
            uint32_t t = zp__temp(f);
            zp__emit(f, ZP_I_LOCAL, 0, t, reg, 0);
            zp__emit(f, ZP_I_DROP, 0, t, 0, 0);
        }
    }
    f->temp = mark;
}

/* 0: as the last call left it, 1: visible, 2: not */
static uint32_t return_visibility(const zp_ast *n)
{
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_CALL:
        return 0;
    case ZP_AST_ASSIGN:
    case ZP_AST_WHILE:
    case ZP_AST_FOR:
        return 2;
    default:
        return 1;
    }
}

void zp__tail(zp_fn *f, const zp_ast *n)
{
    uint32_t mark = f->temp, reg;
    zp_jumps no = { 0 };
    const zp_ast_arg *s;

    if (f->c->failed)
        return;
    f->place = n->place;
    if (n->kind == ZP_AST_BLOCK && n->items) {
        for (s = n->items; s->next; s = s->next)
            zp__effect(f, s->value);
        zp__tail(f, s->value);
        return;
    }
    if (n->kind == ZP_AST_IF) {
        zp__jump_unless(f, n->a, &no);
        zp__tail(f, n->b);
        zp__jumps_land(f, &no, zp__here(f));
        f->temp = mark;
        if (n->c) {
            zp__tail(f, n->c);
        } else {
            reg = zp__temp(f);
            load_null(f, reg);
            zp__emit(f, ZP_I_RETURN, 2, reg, 0, 0);
        }
        f->temp = mark;
        return;
    }
    if (n->kind == ZP_AST_CALL)
        reg = zp__call_expr(f, n, ZP_ANY, true, true);
    else
        reg = zp__expr(f, n, ZP_ANY, false);
    f->place = n->place;
    zp__emit(f, ZP_I_RETURN, return_visibility(n), reg, 0, 0);
    f->temp = mark;
}

/* ---------------------------------------------------------------- functions */

/* Formals named in a default that are evaluated with it: those it reads outside of inner functions. */
static bool reads(const zp_ast *n, const zp_str *formal)
{
    if (!n || n->kind == ZP_AST_FUNCTION)
        return false;
    if (n->kind == ZP_AST_NAME)
        return zp_str_eq(n->name, formal);
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (a->value && reads(a->value, formal))
            return true;
    return reads(n->a, formal) || reads(n->b, formal) || reads(n->c, formal);
}

typedef struct formals {
    const zp_ast_arg **list;
    uint8_t *busy;
    uint32_t n;
} formals;

static void default_of(zp_fn *f, formals *all, uint32_t k)
{
    uint32_t given, mark = f->temp;

    f->place = all->list[k]->value->place;
    given = zp__emit(f, ZP_I_DEFAULT, 0, k, 0, 0);
    if (all->busy[k]) {
        zp__emit(f, ZP_I_CYCLE, 0, k, 0, 0);
    } else {
        all->busy[k] = 1;
        for (uint32_t j = k; j < all->n; j++)
            if (all->list[j]->value && reads(all->list[k]->value, all->list[j]->tag))
                default_of(f, all, j);
        zp__expr(f, all->list[k]->value, k, false);
        all->busy[k] = 0;
    }
    f->temp = mark;
    zp__patch(f, given, zp__here(f));
}

static void prologue(zp_fn *f, const zp_ast *fn)
{
    formals all = { .n = (uint32_t)fn->count };
    uint32_t k = 0;

    all.list = zp__comp_alloc(f, all.n * sizeof(*all.list));
    all.busy = zp__comp_alloc(f, all.n);
    if (f->c->failed)
        return;
    for (const zp_ast_arg *a = fn->items; a; a = a->next)
        all.list[k++] = a;
    for (k = 0; k < all.n; k++)
        if (all.list[k]->value && !all.list[k]->dots)
            default_of(f, &all, k);
}

static bool add_formals(zp_fn *f, const zp_ast *fn)
{
    zp_code *code = f->code;
    uint32_t slot;

    code->dots = -1;
    for (const zp_ast_arg *a = fn->items; a; a = a->next) {
        zp_str *tag = a->dots ? f->c->engine->s_dots : zp__sym(f, a->tag);
        if (zp__find_var(f, tag, &slot)) {
            zp_fail_code(f->c->err, ZP_EVALUE, "repeated formal argument '%s'", tag->text);
            if (f->c->err)
                f->c->err->place = a->place;
            f->c->failed = true;
            return false;
        }
        if (a->dots)
            code->dots = (int32_t)code->nvars;
        zp__add_var(f, tag);
    }
    code->nformals = code->nvars;
    return !f->c->failed;
}

static zp_code *new_code(zp_comp *c)
{
    zp_code *code = zp_new(zp_code, c->err);

    if (!code) {
        c->failed = true;
        return NULL;
    }
    code->refs = 1;
    code->source = zp_source_ref(c->source);
    code->internal = c->internal;
    code->dots = -1;
    return code;
}

zp_code *zp__function(zp_fn *up, zp_comp *c, const zp_ast *fn, const zp_ast *body)
{
    zp_fn f = { .up = up, .c = c, .scope = ZP_SCOPE_FUNCTION, .ast = fn };

    f.root_scope = up ? up->root_scope : ZP_SCOPE_FUNCTION;
    f.code = new_code(c);
    if (!f.code)
        return NULL;
    f.code->is_function = true;
    f.code->ast = fn;
    if (add_formals(&f, fn) && zp__collect_vars(&f, body)) {
        for (const zp_ast_arg *a = fn->items; a; a = a->next)
            if (a->value && !zp__collect_vars(&f, a->value))
                break;
        f.temp = f.code->nregs = f.code->nvars;
        prologue(&f, fn);
        zp__tail(&f, body);
    }
    if (c->failed) {
        zp__code_unref(f.code);
        return NULL;
    }
    return f.code;
}

uint32_t zp__closure(zp_fn *f, const zp_ast *fn, const zp_ast *body, uint32_t dst)
{
    zp_code *code = zp__function(f, f->c, fn, body);
    zp_code *outer = f->code;

    if (!code)
        return 0;
    if (!grow(f, (void **)&outer->codes, outer->ncodes, &f->codes_cap, sizeof(zp_code *))) {
        zp__code_unref(code);
        return 0;
    }
    outer->codes[outer->ncodes] = code;
    dst = want(f, dst);
    f->place = fn->place;
    zp__emit(f, ZP_I_CLOSURE, 0, dst, outer->ncodes++, 0);
    return dst;
}

/* ---------------------------------------------------------------- units */

zp_code *zp__compile_unit(zp_engine *engine, zp_source *source, const zp_ast *body, zp_env *env, zp_error *err)
{
    zp_comp c = { .engine = engine, .source = source, .env = env, .err = err };
    zp_fn f = { .c = &c, .ast = body };

    f.code = new_code(&c);
    if (!f.code)
        return NULL;
    f.scope = f.root_scope = env->code ? ZP_SCOPE_DYNAMIC : ZP_SCOPE_TABLE;
    zp__tail(&f, body);
    if (c.failed) {
        zp__code_unref(f.code);
        return NULL;
    }
    return f.code;
}

zp_code *zp__compile_builtin(zp_engine *engine, const zp_builtin *row, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_comp c = { .engine = engine, .err = err, .internal = true };
    const zp_ast *fn;
    zp_code *code;

    zp_buf_puts(&text, "function(");
    for (const char *p = row->formals; *p; p++)
        if (*p != '[' && *p != ']')
            zp_buf_putc(&text, *p);
    zp_buf_printf(&text, ")\n%s", row->source);
    if (zp_buf_ok(&text, err))
        c.source = zp_parse(zp_buf_text(&text), text.len, NULL, NULL, err);
    zp_buf_fini(&text);
    if (!c.source)
        return NULL;
    fn = c.source->program->items->value;
    code = zp__function(NULL, &c, fn, fn->a);
    zp_source_unref(c.source);
    return code;
}
