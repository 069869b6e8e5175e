/* compile_loop: while, repeat, for, and the jumps out of them.
 *
 * A jump leaves handlers and temporaries of the statements it abandons in order. */
#include "lang/compile.h"

static void loop_body(zp_fn *f, zp_loop *loop, const zp_ast *body)
{
    loop->up = f->loop;
    loop->temps = f->temp;
    loop->tries = f->tries;
    f->loop = loop;
    zp__effect(f, body);
    f->loop = loop->up;
}

void zp__while_loop(zp_fn *f, const zp_ast *n)
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

void zp__for_loop(zp_fn *f, const zp_ast *n)
{
    zp_loop loop = { 0 };
    uint32_t mark = f->temp, seq = zp__temp(f), pos = zp__temp(f), slot, var, top, out = ZP_ANY;
    const zp_ast *s = zp__strip(n->a);
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

void zp__leave_loop(zp_fn *f, const zp_ast *n)
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
