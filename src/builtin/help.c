/* help: help() and apropos(), and the page that is made of one row.
 *
 *     head(x, n = 6)
 *
 *     The first n elements or rows.
 *
 *     x  double, logical, time, character, duration, interval, list or zts
 *     n  double
 *
 *     Example:  head(1:10, 3) */
#include "builtin/help.h"

#include <ctype.h>
#include <stdio.h>

#include "base/nearest.h"
#include "lang/machine.h"

/* ---------------------------------------------------------------- formals */

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\n' || *at == '\t')
        at++;
    return at;
}

/* The end of a default: the comma or bracket that closes it, outside of strings and parentheses. */
static const char *end_of_default(const char *at)
{
    int open = 0;
    char quote = 0;

    for (; *at; at++) {
        if (quote) {
            if (*at == '\\' && at[1])
                at++;
            else if (*at == quote)
                quote = 0;
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (strchr("([{", *at)) {
            open++;
        } else if (strchr(")]}", *at)) {
            if (open-- == 0)
                return at;
        } else if (*at == ',' && open == 0) {
            return at;
        }
    }
    return at;
}

static zp_slice trimmed(const char *from, const char *to)
{
    while (to > from && to[-1] == ' ')
        to--;
    return (zp_slice){ from, (size_t)(to - from) };
}

bool zp_formal_next(const char **at, zp_formal *out)
{
    const char *p = skip_blanks(*at), *from;

    while (*p == ',' || *p == ']')
        p = skip_blanks(p + 1);
    if (!*p || *p == ')')
        return false;
    *out = (zp_formal){ .optional = *p == '[' };
    if (out->optional)
        p = skip_blanks(p + 1);
    from = p;
    while (*p && !strchr(",= ])\n\t", *p))
        p++;
    out->name = (zp_slice){ from, (size_t)(p - from) };
    p = skip_blanks(p);
    if (*p == '=') {
        from = skip_blanks(p + 1);
        p = end_of_default(from);
        out->def = trimmed(from, p);
    }
    *at = p;
    return true;
}

static const zp_builtin *row_of(zp_value builtin)
{
    return ((const zp_builtin_obj *)(const void *)builtin.u.obj)->row;
}

bool zp_function_formals(zp_value fun, zp_buf *out)
{
    zp_slice source;
    const char *from, *end;
    zp_formal formal;

    if (fun.type == ZP_BLT) {
        zp_buf_puts(out, row_of(fun)->formals);
        return true;
    }
    if (fun.type != ZP_CLO)
        return false;
    source = zp_closure_source(fun);
    zp_buf_put(out, source.ptr, source.len);
    if (out->failed || !strchr(zp_buf_text(out), '('))
        return false;
    from = end = strchr(out->ptr, '(') + 1;
    while (*end && *end != ')' && zp_formal_next(&end, &formal))
        end = skip_blanks(end);
    out->len = (size_t)(end - from);
    memmove(out->ptr, from, out->len);
    out->ptr[out->len] = '\0';
    return true;
}

static const char *type_word(char letter)
{
    static const struct {
        char letter;
        const char *word;
    } words[] = { { 'D', "double" },   { 'L', "logical" },  { 'S', "character" }, { 'T', "time" },
                  { 'U', "duration" }, { 'I', "interval" }, { 'P', "period" },    { 'Z', "zts" },
                  { 'l', "list" },     { '0', "NULL" },     { 'f', "function" } };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        if (words[i].letter == letter)
            return words[i].word;
    }
    return NULL;
}

/* The letters of `formal` in "x=DZ n=D+L"; NULL: it is not listed. */
static const char *letters_of(const char *types, zp_slice formal)
{
    const char *at = types ? types : "";

    while (*at) {
        size_t len = strcspn(at, " ");

        if (len > formal.len && at[formal.len] == '=' && memcmp(at, formal.ptr, formal.len) == 0)
            return at + formal.len + 1;
        at += len;
        at = skip_blanks(at);
    }
    return NULL;
}

void zp_formal_types(zp_buf *out, const zp_builtin *row, zp_slice formal)
{
    const char *letters = letters_of(row->types, formal), *words[16];
    size_t count = 0;

    for (; letters && *letters && *letters != ' '; letters++) {
        const char *word = type_word(*letters);

        if (word && count < ZP_COUNTOF(words))
            words[count++] = word;
    }
    for (size_t i = 0; i < count; i++) {
        zp_buf_puts(out, i == 0 ? "" : i + 1 == count ? " or " : ", ");
        zp_buf_puts(out, words[i]);
    }
}

/* ---------------------------------------------------------------- pages */

static bool is_plain_name(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '.')
        return false;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && *name != '.' && *name != '_')
            return false;
    }
    return true;
}

void zp_help_usage(zp_buf *out, const zp_builtin *row)
{
    const char *at = row->formals;
    zp_formal formal;
    bool first = true;

    zp_buf_printf(out, is_plain_name(row->name) ? "%s(" : "`%s`(", row->name);
    while (zp_formal_next(&at, &formal)) {
        zp_buf_printf(out, "%s%.*s", first ? "" : ", ", (int)formal.name.len, formal.name.ptr);
        if (formal.def.ptr)
            zp_buf_printf(out, " = %.*s", (int)formal.def.len, formal.def.ptr);
        first = false;
    }
    zp_buf_putc(out, ')');
}

/* Text broken into lines of at most `width` columns. */
static void put_wrapped(zp_buf *out, const char *text, size_t width)
{
    size_t column = 0;

    while (*text) {
        size_t len = strcspn(text, " \n");

        if (column > 0 && column + 1 + len > width) {
            zp_buf_putc(out, '\n');
            column = 0;
        }
        if (column > 0) {
            zp_buf_putc(out, ' ');
            column++;
        }
        zp_buf_put(out, text, len);
        column += len;
        text += len;
        text += *text != '\0';
    }
    zp_buf_putc(out, '\n');
}

static void put_arguments(zp_buf *out, const zp_builtin *row)
{
    const char *at = row->formals;
    zp_buf types = ZP_BUF_INIT;
    zp_formal formal;
    int widest = 0, known = 0;

    while (zp_formal_next(&at, &formal)) {
        zp_buf_clear(&types);
        zp_formal_types(&types, row, formal.name);
        if (types.len) {
            known++;
            widest = (int)formal.name.len > widest ? (int)formal.name.len : widest;
        }
    }
    if (known)
        zp_buf_putc(out, '\n');
    for (at = row->formals; known && zp_formal_next(&at, &formal);) {
        zp_buf_clear(&types);
        zp_formal_types(&types, row, formal.name);
        if (types.len)
            zp_buf_printf(out, "%-*.*s  %s\n", widest, (int)formal.name.len, formal.name.ptr,
                          zp_buf_text(&types));
    }
    zp_buf_fini(&types);
}

void zp_help_page(zp_buf *out, const zp_builtin *row)
{
    zp_help_usage(out, row);
    zp_buf_puts(out, "\n\n");
    put_wrapped(out, row->help ? row->help : "", 80);
    put_arguments(out, row);
    if (row->example && *row->example)
        zp_buf_printf(out, "\nExample:  %s\n", row->example);
}

/* ---------------------------------------------------------------- help() */

static const char overview[] =
    "A subset of R with time: arrays, lists and functions as in R, and instants, durations,\n"
    "periods, intervals and time series with a resolution of one nanosecond.\n"
    "\n"
    "  help(name)       what a built-in does: help(sum), help(\"%in%\")\n"
    "  apropos(\"text\")  names of built-ins that contain a text\n"
    "  ls(\"base\")       all built-ins;  ls(): your own names\n"
    "  options()        the settings\n"
    "  q()              the end\n"
    "\n"
    "  x <- c(a=1, b=2); x * 10\n"
    "  z <- zts(|.2024-01-01 00:00:00 UTC.| + as.duration(\"01:00:00\") * 0:2, c(1, 5, 3)); cumsum(z)\n";

static zp_status write_out(zp_call *c, zp_buf *text)
{
    bool ok = zp_buf_ok(text, c->err);

    if (ok)
        zp_ctx_write(c->ctx, zp_buf_text(text), text->len);
    zp_buf_fini(text);
    c->out = zp_nil();
    return zp_done(ok);
}

/* The built-in whose name is nearest to `name`, or NULL. */
static const char *nearest_builtin(zp_engine *engine, const char *name)
{
    size_t count;
    const zp_builtin *const *rows = zp_engine_builtins(engine, &count);
    zp_nearest near;

    zp_nearest_init(&near, name);
    for (size_t i = 0; i < count; i++) {
        if (!(rows[i]->flags & ZP_BI_HIDDEN))
            zp_nearest_offer(&near, rows[i]->name);
    }
    return near.found;
}

static zp_status fail_unknown(zp_call *c, const char *name)
{
    const char *near = nearest_builtin(zp_ctx_engine(c->ctx), name);

    zp_fail_call(c, "there is no help for '%s'", name);
    if (near)
        zp_error_hint(c->err, "did you mean '%s'?", near);
    return ZP_FAILED;
}

static zp_status bi_help(zp_call *c)
{
    zp_buf text = ZP_BUF_INIT;
    const zp_builtin *row = NULL;
    zp_str *name;

    if (zp_arg_missing(c, 0)) {
        zp_buf_puts(&text, overview);
        return write_out(c, &text);
    }
    if (c->argv[0].type == ZP_BLT) {
        row = row_of(c->argv[0]);
    } else if (c->argv[0].type == ZP_CLO) {
        zp_slice source = zp_closure_source(c->argv[0]);

        zp_buf_puts(&text, "A function of your own:\n\n");
        zp_buf_put(&text, source.ptr, source.len);
        zp_buf_putc(&text, '\n');
        return write_out(c, &text);
    } else {
        if (c->argv[0].type != ZP_STR)
            return zp_done(zp_fail_arg(c->err, 1,
                                       "there is help for functions only, not for a value of type '%s'",
                                       zp_type_name(c->argv[0].type)));
        if (!zp_arg_str(c, 0, &name))
            return ZP_FAILED;
        row = zp_engine_builtin(zp_ctx_engine(c->ctx), name->text);
        if (!row)
            return fail_unknown(c, name->text);
    }
    zp_help_page(&text, row);
    return write_out(c, &text);
}

/* Does `text` hold `part`, whatever the case of its letters? */
static bool contains(const char *text, const char *part)
{
    size_t len = strlen(part);

    for (; *text; text++) {
        if (strncasecmp(text, part, len) == 0)
            return true;
    }
    return len == 0;
}

static zp_status bi_apropos(zp_call *c)
{
    size_t count, found = 0;
    const zp_builtin *const *rows = zp_engine_builtins(zp_ctx_engine(c->ctx), &count);
    zp_value names;
    zp_str *part;

    if (!zp_arg_str(c, 0, &part))
        return ZP_FAILED;
    for (size_t i = 0; i < count; i++)
        found += !(rows[i]->flags & ZP_BI_HIDDEN) && contains(rows[i]->name, part->text);
    names = zp_vec(ZP_STR, (int64_t)found, c->err);
    if (zp_bad(names))
        return ZP_FAILED;
    found = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(rows[i]->flags & ZP_BI_HIDDEN) && contains(rows[i]->name, part->text)) {
            zp_str *name = zp_str_from(rows[i]->name, c->err);

            if (!name) {
                zp_value_unref(names);
                return ZP_FAILED;
            }
            zp_str_put(names, (int64_t)found++, name);
        }
    }
    c->out = names;
    return ZP_OK;
}

static zp_status bi_command_args(zp_call *c)
{
    const zp_config *cfg = zp_ctx_config(c->ctx);
    zp_value out;
    bool trailing;
    int from;

    if (!zp_arg_lgl(c, 0, &trailing))
        return ZP_FAILED;
    from = trailing ? cfg->first_arg : 0;
    out = zp_vec(ZP_STR, cfg->nargs > from ? cfg->nargs - from : 0, c->err);
    for (int i = from; !zp_bad(out) && i < cfg->nargs; i++) {
        zp_str *word = zp_str_from(cfg->args[i], c->err);

        if (!word)
            zp_value_clear(&out);
        else
            zp_str_put(out, i - from, word);
    }
    c->out = out;
    return zp_done(!zp_bad(out));
}

const zp_builtin zp_builtins_help[] = {
    { "apropos", "what", "what=S", 0, bi_apropos,
      "The names of the built-ins that contain a text, whatever the case of its letters.",
      "apropos(\"mean\")", NULL },
    { "commandArgs", "trailingOnly = FALSE", "trailingOnly=L", ZP_BI_SYSTEM, bi_command_args,
      "The words of the command line as a character vector; with `trailingOnly` those that follow the script of "
      "`zplane run`.",
      "commandArgs(trailingOnly = TRUE)", NULL },
    { "help", "[topic]", NULL, ZP_BI_INVISIBLE, bi_help,
      "Shows what a built-in does, from its row in the tables: usage, description, the types of its arguments and an "
      "example.  `topic` is the function or its name in quotes; without it, an overview.",
      "help(\"round\")", NULL },
    { 0 },
};
