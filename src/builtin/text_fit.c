/* text_fit: text made to fit: cut to a width (strtrim), with its escapes (encodeString), line by line (writeLines).
 *
 * Widths are columns of a terminal, as print counts them. */
#include "base/utf8.h"
#include "builtin/format_priv.h"
#include "builtin/tables.h"
#include "builtin/text.h"

/* The longest beginning of a text that has at most `width` columns. */
static size_t fitting(const zp_str *s, int64_t width)
{
    const char *at = s->text, *end = s->text + s->len, *next = at;

    while (next < end) {
        int32_t cp = zp_utf8_next(&next, end);
        int columns = cp < 0 ? 4 : zp_utf8_width(cp);

        if (columns > 0 && (width -= columns) < 0)
            break;
        at = next;
    }
    return (size_t)(at - s->text);
}

static zp_status bi_strtrim(zp_call *c)
{
    zp_value x = zp_nil(), width = c->argv[1];
    int64_t n;
    bool ok = zp__text_arg(c, 0, true, &x);

    n = ok ? zp_len(x) : 0;
    if (ok && n > 0 && (zp_len(width) == 0 || zp_len(width) > n || n % zp_len(width) != 0))
        ok = zp_fail_arg(c->err, 2, "invalid 'width' argument");
    for (int64_t i = 0; ok && i < zp_len(width); i++)
        if (!(zp_dbls(&width)[i] >= 0))
            ok = zp_fail_arg(c->err, 2, "invalid 'width' argument");
    c->out = ok ? zp_vec(ZP_STR, n, c->err) : zp_nil();
    ok = ok && !zp_bad(c->out);
    for (int64_t i = 0; ok && i < n; i++) {
        const zp_str *s = zp_strs(&x)[i];
        double w = zp_dbls(&width)[i % zp_len(width)];
        zp_str *cut = zp_str_new(s->text, fitting(s, w < 1e9 ? (int64_t)w : 1000000000), c->err);

        ok = cut != NULL;
        if (ok)
            zp_str_put(c->out, i, cut);
    }
    ok = ok && (n == 0 || zp__copy_shape(&c->out, x, c->err));
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

/* The columns of texts, of which print shows escapes. */
static zp_status bi_encode(zp_call *c)
{
    zp_value x = zp_nil();
    zp_str *quote, *how;
    zp_buf text = ZP_BUF_INIT;
    int64_t width;
    bool ok = zp__text_arg(c, 0, true, &x) && zp_arg_count(c, 1, &width) && zp_arg_str(c, 2, &quote) &&
              zp_arg_str(c, 3, &how);

    if (ok && (quote->len > 1 || width > 100000))
        ok = zp_fail(c->err,
                     quote->len > 1 ? "'quote' must be one character or none" : "invalid 'width' argument");
    c->out = ok ? zp_vec(ZP_STR, zp_len(x), c->err) : zp_nil();
    ok = ok && !zp_bad(c->out);
    for (int64_t i = 0; ok && i < zp_len(x); i++) {
        const zp_str *s = zp_strs(&x)[i];
        int64_t pad, before;

        zp_buf_clear(&text);
        pad = width - zp_utf8_escape_columns(s->text, s->len, quote->text[0]);
        pad = pad > 0 && how->text[0] != 'n' ? pad : 0;
        before = how->text[0] == 'r' ? pad : how->text[0] == 'c' ? pad / 2 : 0;
        zp_buf_fill(&text, ' ', before);
        zp_utf8_escape(&text, s->text, s->len, quote->text[0]);
        zp_buf_fill(&text, ' ', pad - before);
        ok = zp__put_text(c->out, i, &text, c->err);
    }
    ok = ok && (zp_len(x) == 0 || zp__copy_shape(&c->out, x, c->err));
    zp_buf_fini(&text);
    zp_value_unref(x);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_text_fit[] = {
    { "strtrim", "x, width", "width=D", 0, bi_strtrim, "Texts cut to so many columns.",
      "strtrim(\"abcdef\", 3)", NULL },
    { "encodeString", "x, width = 0, quote = \"\", justify = \"left\"", "width=D quote=S justify=S", 0,
      bi_encode, "Texts as print shows them, with their escapes, padded to `width` columns.",
      "encodeString(\"a\\nb\")", NULL },
    { "writeLines", "text, con = \"\", sep = \"\\n\"", "text=S con=S sep=S", ZP_BI_INVISIBLE, NULL,
      "Writes the elements of `text` with `sep` after each, to the output or into the file `con`.",
      "writeLines(c(\"a\", \"b\"))",
      "{ if (!is.character(text)) stop(\"can only write character objects\");"
      " cat(paste0(text, sep, recycle0 = TRUE), sep = \"\", file = con); invisible(NULL) }" },
    { 0 },
};
