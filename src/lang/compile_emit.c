/* compile_emit: growing code, and how names are reached. */
#include "lang/compile.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- emitting */

bool zp__comp_grow(zp_fn *f, void **array, uint32_t n, uint32_t *cap, size_t size)
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

    if (!zp__comp_grow(f, (void **)&code->places, code->ninstrs, &places_cap, sizeof(zp_place)) ||
        !zp__comp_grow(f, (void **)&code->instrs, code->ninstrs, &f->instrs_cap, sizeof(zp_instr)))
        return 0;
    code->instrs[code->ninstrs] = (zp_instr){ (uint16_t)op, (uint16_t)n, a, b, c };
    code->places[code->ninstrs] = f->place;
    return code->ninstrs++;
}

uint32_t zp__const(zp_fn *f, zp_value take)
{
    zp_code *code = f->code;

    if (f->c->err->code != ZP_ENONE) /* the constant could not be made */
        f->c->failed = true;
    if (!zp__comp_grow(f, (void **)&code->consts, code->nconsts, &f->consts_cap, sizeof(zp_value))) {
        zp_value_unref(take);
        return 0;
    }
    code->consts[code->nconsts] = take;
    return code->nconsts++;
}

uint32_t zp__name_ref(zp_fn *f, zp_str *name, uint32_t slot)
{
    zp_code *code = f->code;

    if (!zp__comp_grow(f, (void **)&code->names, code->nnames, &f->names_cap, sizeof(zp_name_ref)))
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

    if (!args || !zp__comp_grow(f, (void **)&code->sites, code->nsites, &f->sites_cap, sizeof(zp_site)))
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

bool zp__is_temp(const zp_fn *f, uint32_t reg)
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
    case ZP_I_JKIND: i->a = target; break;
    case ZP_I_JFALSE:
    case ZP_I_JTRUE:
    case ZP_I_FORPREP:
    case ZP_I_DEFAULT: i->b = target; break;
    default: i->c = target;
    }
}

void zp__jumps_add(zp_fn *f, zp_jumps *jumps, uint32_t at)
{
    if (zp__comp_grow(f, (void **)&jumps->at, jumps->n, &jumps->cap, sizeof(uint32_t)))
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

    if (!zp__comp_grow(f, (void **)&code->vars, code->nvars, &f->vars_cap, sizeof(zp_str *)))
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
