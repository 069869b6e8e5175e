/* code: what the compiler makes, and how `zplane explain` shows it. */
#include <stdio.h>

#include "lang/machine.h"

static const struct {
    const char *name, *operands;
} opcodes[] = {
#define X(name, operands) { #name, operands },
    ZP_OPCODES(X)
#undef X
};

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

/* ---------------------------------------------------------------- listings */

static void put_const(zp_buf *out, const zp_code *code, uint32_t k)
{
    zp_value v = code->consts[k];

    if (v.type == ZP_MISSING)
        zp_buf_puts(out, "<missing>");
    else if (v.type == ZP_BLT)
        zp_buf_puts(out, ((zp_builtin_obj *)v.u.obj)->row->name);
    else if (zp_is_array(v) && zp_len(v) == 1) {
        if (v.type == ZP_STR)
            zp_buf_putc(out, '"');
        zp_elem_text(out, v, 0, 15, NULL);
        if (v.type == ZP_STR)
            zp_buf_putc(out, '"');
    } else
        zp_buf_printf(out, "<%s>", zp_type_name(v.type));
}

static void put_reg(zp_buf *out, const zp_code *code, uint32_t r)
{
    if (r < code->nvars)
        zp_buf_puts(out, code->vars[r]->text);
    else
        zp_buf_printf(out, "?%u", r - code->nvars + 1);
}

static void put_operands(zp_buf *out, const zp_code *code, const zp_instr *i)
{
    const char *kinds = opcodes[i->op].operands;
    uint32_t at[3] = { i->a, i->b, i->c };

    for (int k = 0, field = 0; kinds[k]; k++) {
        zp_buf_puts(out, k ? ", " : " ");
        if (kinds[k] == 'n') {
            zp_buf_printf(out, "%u", i->n);
            continue;
        }
        switch (kinds[k]) {
        case 'k':
            if (i->op == ZP_I_CLOSURE || i->op == ZP_I_CYCLE)
                zp_buf_printf(out, "#%u", at[field]);
            else
                put_const(out, code, at[field]);
            break;
        case 'g':
            zp_buf_puts(out, code->names[at[field]].name->text);
            break;
        case 'j':
            zp_buf_printf(out, "-> %u", at[field]);
            break;
        case 's':
            zp_buf_printf(out, "site %u (%u)", at[field], code->sites[at[field]].count);
            break;
        default:
            put_reg(out, code, at[field]);
        }
        field++;
    }
}

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
        zp_buf_printf(out, "%5u  %-10s", pc, opcodes[i->op].name);
        put_operands(out, code, i);
        zp_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < code->ncodes; i++) {
        zp_buf_printf(out, "\n#%u ", i);
        zp__code_dump(out, code->codes[i]);
    }
}

/* ---------------------------------------------------------------- normal form */

static void put_call(zp_buf *out, const zp_code *code, const zp_instr *i)
{
    const zp_site *s = &code->sites[i->c];

    put_reg(out, code, i->b);
    zp_buf_putc(out, '(');
    for (uint32_t k = 0; k < s->count; k++) {
        zp_buf_puts(out, k ? ", " : "");
        if (s->args[k].tag)
            zp_buf_printf(out, "%s=", s->args[k].tag->text);
        put_reg(out, code, i->b + 1 + k);
    }
    zp_buf_putc(out, ')');
}

static const char *infix(const zp_instr *i)
{
    switch (i->op) {
    case ZP_I_ADD:
    case ZP_I_ADDK:
        return "+";
    case ZP_I_SUB:
    case ZP_I_SUBK:
        return "-";
    case ZP_I_MUL:
    case ZP_I_MULK:
        return "*";
    case ZP_I_DIV:
    case ZP_I_DIVK:
        return "/";
    case ZP_I_MOD:
        return "%%";
    case ZP_I_IDIV:
        return "%/%";
    case ZP_I_BINARY:
        return zp_op_text((zp_op)i->n);
    case ZP_I_COLON:
        return ":";
    case ZP_I_JLT:
    case ZP_I_JLTK:
        return "<";
    case ZP_I_JLE:
    case ZP_I_JLEK:
        return "<=";
    case ZP_I_JGT:
    case ZP_I_JGTK:
        return ">";
    case ZP_I_JGE:
    case ZP_I_JGEK:
        return ">=";
    case ZP_I_JEQ:
    case ZP_I_JEQK:
        return "==";
    case ZP_I_JNE:
    case ZP_I_JNEK:
        return "!=";
    default:
        return NULL;
    }
}

static void put_right(zp_buf *out, const zp_code *code, const zp_instr *i, char kind, uint32_t at)
{
    if (kind == 'k')
        put_const(out, code, at);
    else
        put_reg(out, code, at);
}

static void put_normal(zp_buf *out, const zp_code *code, const zp_instr *i)
{
    const char *kinds = opcodes[i->op].operands, *op = infix(i);

    if (kinds[0] == 'd') {
        put_reg(out, code, i->a);
        zp_buf_puts(out, " <- ");
    }
    if (i->op == ZP_I_CALL || i->op == ZP_I_CALL1) {
        put_call(out, code, i);
    } else if (op && kinds[0] == 'd') {
        put_reg(out, code, i->b);
        zp_buf_printf(out, " %s ", op);
        put_right(out, code, i, kinds[2], i->c);
    } else if (op) {
        zp_buf_puts(out, "unless (");
        put_reg(out, code, i->a);
        zp_buf_printf(out, " %s ", op);
        put_right(out, code, i, kinds[1], i->b);
        zp_buf_printf(out, ") goto %u", i->c);
    } else if (i->op == ZP_I_CONST) {
        put_const(out, code, i->b);
    } else if (i->op == ZP_I_MOVE || i->op == ZP_I_LOCAL || i->op == ZP_I_ARGLOCAL) {
        put_reg(out, code, i->b);
    } else if (i->op == ZP_I_GLOBAL || i->op == ZP_I_FUN || i->op == ZP_I_UPVAL || i->op == ZP_I_DYNAMIC) {
        zp_buf_puts(out, code->names[i->b].name->text);
    } else if (i->op == ZP_I_FUNLOCAL) {
        zp_buf_puts(out, code->names[i->c].name->text);
    } else if (i->op == ZP_I_SETGLOBAL || i->op == ZP_I_SETDYNAMIC || i->op == ZP_I_SETSUPER) {
        zp_buf_printf(out, "%s %s ", code->names[i->a].name->text, i->op == ZP_I_SETSUPER ? "<<-" : "<-");
        put_reg(out, code, i->b);
    } else if (i->op == ZP_I_UNARY) {
        zp_buf_puts(out, zp_op_text((zp_op)i->n));
        put_reg(out, code, i->b);
    } else if (i->op == ZP_I_INDEX || i->op == ZP_I_INDEX2) {
        put_reg(out, code, i->b);
        zp_buf_puts(out, i->op == ZP_I_INDEX ? "[" : "[[");
        put_reg(out, code, i->c);
        zp_buf_puts(out, i->op == ZP_I_INDEX ? "]" : "]]");
    } else if (i->op == ZP_I_JUMP || i->op == ZP_I_LOOP) {
        zp_buf_printf(out, "goto %u", i->a);
    } else if (i->op == ZP_I_RETURN) {
        zp_buf_puts(out, "return ");
        put_reg(out, code, i->a);
    } else {
        zp_buf_printf(out, "%s", opcodes[i->op].name);
        put_operands(out, code, i);
    }
}

void zp__code_normal(zp_buf *out, const zp_code *code)
{
    put_head(out, code);
    for (uint32_t pc = 0; pc < code->ninstrs; pc++) {
        if (code->instrs[pc].op == ZP_I_DROP || code->instrs[pc].op == ZP_I_VISIBLE)
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
