/* code: what the compiler makes, and how `zplane explain` shows it. */
#include <stdio.h>

#include "lang/machine.h"

static const struct {
    const char *name, *operands, *normal;
} opcodes[] = {
#define X(name, operands, normal) { #name, operands, normal },
    ZP_OPCODES(X)
#undef X
};

const char *zp__opcode_name(zp_opcode op)
{
    return opcodes[op].name;
}

const char *zp_ctx_doing(const zp_ctx *ctx)
{
    return ctx->doing ? ctx->doing : "evaluation";
}

void zp__code_unref(zp_code *code)
{
    if (!code || --code->refs)
        return;
    zp__env_spare_free(code);
    for (uint32_t i = 0; i < code->nconsts; i++)
        zp_value_unref(code->consts[i]);
    for (uint32_t i = 0; i < code->ncodes; i++)
        zp__code_unref(code->codes[i]);
    zp_free(code->instrs);
    zp_free(code->places);
    zp_free(code->consts);
    zp_free(code->names);
    zp_free(code->sites);
    zp_free(code->codes);
    zp_free(code->vars);
    zp_source_unref(code->source);
    zp_free(code);
}

/* ---------------------------------------------------------------- operands */

static void put_const(zp_buf *out, const zp_code *code, uint32_t k)
{
    zp_value v = code->consts[k];
    const char *quote = v.type == ZP_STR ? "\"" : "";

    if (v.type == ZP_MISSING) {
        zp_buf_puts(out, "<missing>");
    } else if (v.type == ZP_BLT) {
        zp_buf_puts(out, ((zp_builtin_obj *)v.u.obj)->row->name);
    } else if (zp_is_array(v) && zp_len(v) == 1) {
        zp_buf_puts(out, quote);
        zp_elem_text(out, v, 0, 15, NULL);
        zp_buf_puts(out, quote);
    } else {
        zp_buf_printf(out, v.type == ZP_NIL ? "NULL" : "<%s>", zp_type_name(v.type));
    }
}

static void put_reg(zp_buf *out, const zp_code *code, uint32_t r)
{
    if (r < code->nvars)
        zp_buf_puts(out, code->vars[r]->text);
    else
        zp_buf_printf(out, "?%u", r - code->nvars + 1);
}

/* The kind of operand field 0, 1 or 2; n is no field. */
static char kind_of(const zp_instr *i, int field)
{
    for (const char *k = opcodes[i->op].operands; *k; k++)
        if (*k != 'n' && field-- == 0)
            return *k;
    return '\0';
}

static void put_operand(zp_buf *out, const zp_code *code, const zp_instr *i, int field)
{
    uint32_t at = field == 0 ? i->a : field == 1 ? i->b : i->c;

    switch (kind_of(i, field)) {
    case 'k': put_const(out, code, at); break;
    case 'f': zp_buf_printf(out, "#%u", at); break;
    case 'g': zp_buf_puts(out, code->names[at].name->text); break;
    case 'j': zp_buf_printf(out, "%u", at); break;
    case 's': zp_buf_printf(out, "site %u", at); break;
    default: put_reg(out, code, at);
    }
}

static const zp_site *site_of(const zp_code *code, const zp_instr *i)
{
    for (int field = 0; field < 3; field++)
        if (kind_of(i, field) == 's')
            return &code->sites[field == 0 ? i->a : field == 1 ? i->b : i->c];
    return NULL;
}

/* ---------------------------------------------------------------- listings */

static void put_head(zp_buf *out, const zp_code *code)
{
    if (!code->is_function)
        return;
    zp_buf_puts(out, "function(");
    for (uint32_t i = 0; i < code->nformals; i++)
        zp_buf_printf(out, "%s%s", i ? ", " : "", code->vars[i]->text);
    zp_buf_puts(out, ")\n");
}

void zp__code_dump(zp_buf *out, const zp_code *code)
{
    put_head(out, code);
    for (uint32_t pc = 0; pc < code->ninstrs; pc++) {
        const zp_instr *i = &code->instrs[pc];
        int field = 0;
        zp_buf_printf(out, "%5u  %-10s", pc, opcodes[i->op].name);
        for (const char *k = opcodes[i->op].operands; *k; k++) {
            zp_buf_puts(out, k == opcodes[i->op].operands ? " " : ", ");
            if (*k == 'n')
                zp_buf_printf(out, "%u", i->n);
            else
                put_operand(out, code, i, field++);
        }
        zp_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < code->ncodes; i++) {
        zp_buf_printf(out, "\n#%u ", i);
        zp__code_dump(out, code->codes[i]);
    }
}

/* ---------------------------------------------------------------- normal form */

/* Registers from `reg` on, with the tags of the site. */
static void put_list(zp_buf *out, const zp_code *code, const zp_site *s, uint32_t reg, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        zp_buf_puts(out, k ? ", " : "");
        if (s->args && s->args[k].tag)
            zp_buf_printf(out, "%s=", s->args[k].tag->text);
        put_reg(out, code, reg + k);
    }
}

static void put_path(zp_buf *out, const zp_code *code, const zp_site *s)
{
    if (s->root == ZP_ROOT_SLOT || s->root == ZP_ROOT_TEMP)
        put_reg(out, code, s->root_index);
    else
        zp_buf_puts(out, code->names[s->root_index].name->text);
    for (uint32_t k = 0; k < s->count; k++) {
        bool twice = s->steps[k].kind == ZP_STEP_INDEX2;
        zp_buf_puts(out, twice ? "[[" : "[");
        put_list(out, code, s, s->steps[k].reg, s->steps[k].count);
        zp_buf_puts(out, twice ? "]]" : "]");
    }
}

/* The text that travels with a tree: after the version, its length in 7 bits per byte. */
static void put_tree_text(zp_buf *out, const zp_site *s)
{
    size_t len = 0, at = 1;

    for (int shift = 0;; shift += 7) {
        unsigned char b = (unsigned char)s->tree[at++];
        len |= (size_t)(b & 0x7F) << shift;
        if (!(b & 0x80))
            break;
    }
    zp_buf_put(out, s->tree + at, len);
}

static void put_normal(zp_buf *out, const zp_code *code, const zp_instr *i)
{
    const zp_site *s = site_of(code, i);

    for (const char *p = opcodes[i->op].normal; *p; p++) {
        if (*p != '$') {
            zp_buf_putc(out, *p);
            continue;
        }
        switch (*++p) {
        case 'N': zp_buf_printf(out, "%u", i->n); break;
        case 'O': zp_buf_puts(out, zp_op_text((zp_op)i->n)); break;
        case 'L': put_list(out, code, s, i->b + 1, s->count); break;
        case 'I': put_list(out, code, s, s->root_index, s->count); break;
        case 'P':
            put_path(out, code, s);
            zp_buf_puts(out, s->root == ZP_ROOT_SUPER ? " <<- " : " <- ");
            put_reg(out, code, s->value);
            break;
        case 'R': put_path(out, code, s); break;
        case 'Q': put_tree_text(out, s); break;
        case 'S': zp_buf_printf(out, "%u", s->count); break;
        default: put_operand(out, code, i, *p - 'A');
        }
    }
}

void zp__code_normal(zp_buf *out, const zp_code *code)
{
    put_head(out, code);
    for (uint32_t pc = 0; pc < code->ninstrs; pc++) {
        if (!opcodes[code->instrs[pc].op].normal[0])
            continue;
        zp_buf_printf(out, "%5u: ", pc);
        put_normal(out, code, &code->instrs[pc]);
        zp_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < code->ncodes; i++) {
        zp_buf_printf(out, "\n#%u ", i);
        zp__code_normal(out, code->codes[i]);
    }
}
