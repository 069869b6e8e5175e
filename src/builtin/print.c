/* print: values shown as at the prompt, and their structure. */
#include "lang/lang.h"
#include "builtin/tables.h"

/* The second argument without a name: digits if it is a number, a zone if it is a string. */
static bool print_extra(zp_call *c, zp_print_opts *opts)
{
    for (int i = 0; i < c->ndots; i++) {
        zp_value v = c->dots[i];
        double digits;

        if (c->dot_tags[i])
            return zp_fail(c->err, "unused argument (%s)", c->dot_tags[i]->text);
        if (v.type == ZP_STR && zp_len(v) == 1)
            opts->tz = zp_strs(&v)[0]->text;
        else if (zp_get_dbl(v, &digits, c->err) && digits >= 0 && digits <= 22)
            opts->digits = (int)digits;
        else
            return zp_fail(c->err, "invalid digits argument");
    }
    return true;
}

static bool print_opts_of(zp_call *c, zp_print_opts *opts)
{
    double digits, max;
    zp_str *tz;

    *opts = zp_print_options(zp_ctx_config(c->ctx));
    if (!print_extra(c, opts) || !zp_arg_lgl(c, 2, &opts->quote) || !zp_arg_lgl(c, 3, &opts->right) ||
        !zp_arg_str(c, 5, &tz))
        return false;
    if (c->argv[1].type != ZP_NIL) {
        if (!zp_arg_dbl(c, 1, &digits))
            return false;
        if (!(digits >= 0 && digits <= 22))
            return zp_fail_arg(c->err, 2, "invalid digits argument");
        opts->digits = (int)digits;
    }
    if (c->argv[4].type != ZP_NIL) {
        if (!zp_arg_dbl(c, 4, &max))
            return false;
        if (!(max >= 0))
            return zp_fail_arg(c->err, 5, "invalid max argument");
        opts->max_print = max < 1e15 ? (int64_t)max : (int64_t)1e15;
    }
    if (tz->len)
        opts->tz = tz->text;
    return true;
}

static zp_status bi_print(zp_call *c)
{
    zp_print_opts opts;
    zp_buf out = ZP_BUF_INIT;
    bool ok = print_opts_of(c, &opts) && zp_print(&out, c->argv[0], &opts, c->err);

    if (ok) {
        zp_ctx_write(c->ctx, zp_buf_text(&out), out.len);
        c->out = zp_value_move(&c->argv[0]);
    }
    zp_buf_fini(&out);
    return zp_done(ok);
}

static zp_status bi_str(zp_call *c)
{
    zp_print_opts opts = zp_print_options(zp_ctx_config(c->ctx));
    zp_buf out = ZP_BUF_INIT;
    bool ok = zp_str_display(&out, c->argv[0], &opts, c->err);

    if (ok)
        zp_ctx_write(c->ctx, zp_buf_text(&out), out.len);
    zp_buf_fini(&out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_print[] = {
    { "print", "x, ..., digits = NULL, quote = TRUE, right = FALSE, max = NULL, tz = \"\"",
      "digits=D0 max=D0 tz=S", ZP_BI_INVISIBLE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_print,
      "Shows a value as the prompt does and gives it back, invisibly. digits: significant digits of numbers; "
      "quote: strings in quotes; right: strings to the right; max: elements shown; tz: the zone of times.",
      "print(pi, digits = 3)", NULL },
    { "str", "object", "", ZP_BI_INVISIBLE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_str,
      "Shows the structure of a value in short: type, extents and first elements, a tree for lists.",
      "str(list(a = 1:3, b = \"x\"))", NULL },
    { 0 },
};
