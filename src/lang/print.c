/* print: the display of values, as R's print.default lays it out.
 *
 * Everything is written to one buffer.  Elements that share a format are measured first (print_cells.c) and then
 * written cell by cell; only elements that will be shown are looked at, so that a vector of any length with a
 * small max.print appears at once.  Lists are walked with a stack of their own (print_list.c). */
#include "lang/machine.h"
#include "lang/print_priv.h"

zp_print_opts zp_print_options(const zp_config *cfg)
{
    return (zp_print_opts){ .digits = (int)cfg->digits,
                            .scipen = (int)cfg->scipen,
                            .width = (int)cfg->width,
                            .max_print = cfg->max_print,
                            .quote = true,
                            .right = false,
                            .tz = cfg->timezone };
}

const char *zp__print_type(zp_type t)
{
    return t == ZP_DBL ? "numeric" : zp_type_name(t);
}

static bool print_error(zp__printer *p, zp_value v)
{
    zp_buf_puts(p->out, zp_error_value_text(v));
    zp_buf_putc(p->out, '\n');
    return true;
}

static bool print_closure(zp__printer *p, zp_value v)
{
    zp_slice source = zp_closure_source(v);

    zp_buf_put(p->out, source.ptr, source.len);
    zp_buf_putc(p->out, '\n');
    return true;
}

static bool print_builtin(zp__printer *p, zp_value v)
{
    zp_buf_puts(p->out, "native: ");
    zp_builtin_signature(p->out, v);
    zp_buf_putc(p->out, '\n');
    return true;
}

static bool print_handle(zp__printer *p, zp_value v)
{
    const zp_handle *h = (const zp_handle *)v.u.obj;

    h->ops->display(h->thing, p->out);
    zp_buf_putc(p->out, '\n');
    return true;
}

static bool print_code(zp__printer *p, zp_value v)
{
    zp_slice text = zp_code_text(v);

    zp_buf_put(p->out, text.ptr, text.len);
    zp_buf_putc(p->out, '\n');
    return true;
}

bool zp__print_leaf(zp__printer *p, zp_value v, zp_error *err)
{
    switch (v.type) {
    case ZP_NIL: zp_buf_puts(p->out, "NULL\n"); return true;
    case ZP_DBL:
    case ZP_LGL:
    case ZP_TIM:
    case ZP_DUR:
    case ZP_IVL:
    case ZP_PER:
    case ZP_STR: return zp_is_vector(v) ? zp__print_vector(p, v, err) : zp__print_array(p, v, err);
    case ZP_ZTS: return zp__print_zts(p, v, err);
    case ZP_CLO: return print_closure(p, v);
    case ZP_BLT: return print_builtin(p, v);
    case ZP_ERR: return print_error(p, v);
    case ZP_CON:
    case ZP_TMR: return print_handle(p, v);
    case ZP_EXPR: return print_code(p, v);
    default: zp_buf_printf(p->out, "<%s>\n", zp_type_name(v.type)); return true;
    }
}

bool zp_print(zp_buf *out, zp_value v, const zp_print_opts *opts, zp_error *err)
{
    zp__printer p = { .out = out, .opts = opts, .zone = zp_zone_utc() };
    bool ok;

    if (opts->tz && *opts->tz && !(p.zone = zp_zone_find(opts->tz, err)))
        return false;
    ok = v.type == ZP_LIST ? zp__print_list(&p, v, err) : zp__print_leaf(&p, v, err);
    ok = ok && zp_buf_ok(&p.scratch, err) && zp_buf_ok(out, err);
    zp_buf_fini(&p.scratch);
    return ok;
}
