/* paste: text put together from elements. */
#include "builtin/format_priv.h"
#include "builtin/tables.h"

/* The parts of element i, with sep between them. */
static void paste_one(zp_call *c, zp_buf *out, int64_t i, const zp_str *sep)
{
    const zp_config *cfg = zp_ctx_config(c->ctx);

    for (int k = 0; k < c->ndots; k++) {
        zp_value v = c->dots[k];
        int64_t n = v.type == ZP_ERR ? 1 : zp_len(v);

        if (k > 0)
            zp_buf_put(out, sep->text, sep->len);
        if (n > 0)
            zp__text_any(out, v, i % n, cfg);
    }
}

static bool paste_length(zp_call *c, int64_t *n)
{
    *n = 0;
    for (int k = 0; k < c->ndots; k++) {
        int64_t len = c->dots[k].type == ZP_ERR ? 1 : zp_len(c->dots[k]);

        if (!zp__text_check(c->dots[k], c->err))
            return false;
        *n = len > *n ? len : *n;
    }
    return true;
}

static bool paste_collapsed(zp_call *c, int64_t n, const zp_str *sep, const zp_str *collapse)
{
    zp_buf text = ZP_BUF_INIT;
    zp_str *s;

    for (int64_t i = 0; i < n; i++) {
        if (i > 0)
            zp_buf_put(&text, collapse->text, collapse->len);
        paste_one(c, &text, i, sep);
        if (zp__stopped(c, i) || text.failed)
            break;
    }
    s = c->err->code ? NULL : zp_str_from_buf(&text, c->err);
    zp_buf_fini(&text);
    if (!s)
        return false;
    c->out = zp_chr_take(s, c->err);
    return !zp_bad(c->out);
}

static bool paste_each(zp_call *c, int64_t n, const zp_str *sep)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok = true;

    c->out = zp_vec(ZP_STR, n, c->err);
    if (zp_bad(c->out))
        return false;
    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf_clear(&text);
        paste_one(c, &text, i, sep);
        ok = zp__put_text(c->out, i, &text, c->err) && !zp__stopped(c, i);
    }
    zp_buf_fini(&text);
    return ok;
}

static zp_status bi_paste(zp_call *c)
{
    zp_str *sep, *collapse;
    bool no_recycling;
    int64_t n;

    if (!zp_arg_str(c, 0, &sep) || !zp_arg_lgl(c, 2, &no_recycling) || !paste_length(c, &n))
        return ZP_FAILED;
    for (int k = 0; no_recycling && k < c->ndots; k++)
        if (zp_len(c->dots[k]) == 0)
            n = 0;
    if (c->argv[1].type == ZP_NIL)
        return zp_done(paste_each(c, n, sep));
    return zp_done(zp_arg_str(c, 1, &collapse) && paste_collapsed(c, n, sep, collapse));
}

static zp_status bi_to_string(zp_call *c)
{
    zp_value x = c->argv[0];
    int ndots = c->ndots;
    zp_value *dots = c->dots;
    zp_str *sep;
    bool ok = zp_arg_str(c, 1, &sep) && zp__text_check(x, c->err);

    c->dots = &x; /* paste of the one argument */
    c->ndots = 1;
    ok = ok && paste_collapsed(c, x.type == ZP_ERR ? 1 : zp_len(x), sep, sep);
    c->dots = dots;
    c->ndots = ndots;
    return zp_done(ok);
}

const zp_builtin zp_builtins_paste[] = {
    { "paste", "..., sep = \" \", collapse = NULL, recycle0 = FALSE", "sep=S collapse=S0 recycle0=L", 0,
      bi_paste,
      "Joins its arguments element by element, with sep between them; shorter ones are repeated. With collapse the "
      "results become one string. `recycle0`: nothing comes of an argument without elements.",
      "paste(\"a\", 1:3, sep = \"_\", collapse = \"+\")", NULL },
    { "paste0", "..., sep = \"\", collapse = NULL, recycle0 = FALSE", "sep=S collapse=S0 recycle0=L", 0,
      bi_paste, "Joins its arguments element by element with nothing between them.", "paste0(\"x\", 1:3)",
      NULL },
    { "toString", "x, sep = \", \", ...", "sep=S", 0, bi_to_string,
      "The elements of x in one string, separated by commas.", "toString(1:5)", NULL },
    { 0 },
};
