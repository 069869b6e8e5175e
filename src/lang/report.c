/* report: an error with its place, the source lines and carets; and what `zplane explain` shows. */
#include <stdio.h>

#include "lang/machine.h"

static zp_slice line_of(const char *text, size_t len, int32_t number)
{
    const char *p = text, *end = text + len, *stop;

    for (; number > 1; number--) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p)
            return (zp_slice){ NULL, 0 };
        p++;
    }
    stop = memchr(p, '\n', (size_t)(end - p));
    return (zp_slice){ p, (size_t)((stop ? stop : end) - p) };
}

enum { LONGEST_LINE = 4000 };

static void put_line(zp_buf *out, const char *text, size_t len, int32_t number, int width)
{
    zp_slice line = line_of(text, len, number);

    if (!line.ptr)
        return;
    zp_buf_printf(out, "%*d: ", width, number);
    zp_buf_put(out, line.ptr, line.len > LONGEST_LINE ? LONGEST_LINE : line.len);
    zp_buf_putc(out, '\n');
}

static void put_excerpt(zp_buf *out, const char *text, size_t len, const zp_place *place)
{
    char number[16];
    int width = snprintf(number, sizeof(number), "%d", place->line);
    int32_t end = place->end_line == place->line ? place->end_col : place->col;

    if (!line_of(text, len, place->line).ptr || place->col > LONGEST_LINE)
        return;
    if (place->line > 1)
        put_line(out, text, len, place->line - 1, width);
    put_line(out, text, len, place->line, width);
    zp_buf_fill(out, ' ', width + 2 + place->col - 1);
    zp_buf_fill(out, '^', end > LONGEST_LINE ? 1 : end >= place->col ? end - place->col + 1 : 1);
    zp_buf_putc(out, '\n');
}

void zp__put_place(zp_buf *out, const char *file, const zp_place *p)
{
    if (file)
        zp_buf_printf(out, "%s:", file);
    zp_buf_printf(out, "%d.%d", p->line, p->col);
    if (p->end_line > p->line)
        zp_buf_printf(out, "-%d.%d", p->end_line, p->end_col);
    else if (p->end_col > p->col)
        zp_buf_printf(out, "-%d", p->end_col);
}

void zp__report(zp_buf *out, const zp_error *err, const char *text, size_t len, const char *file)
{
    if (err->code == ZP_ESYNTAX) {
        zp_buf_printf(out, "%s\n", zp_error_text(err));
        if (text && err->place.line)
            put_excerpt(out, text, len, &err->place);
    } else {
        zp_buf_puts(out, "Error: ");
        if (err->place.line) {
            zp__put_place(out, file, &err->place);
            zp_buf_puts(out, ": ");
        }
        zp_buf_printf(out, "%s\n", zp_error_text(err));
        if (err->place.line && text)
            put_excerpt(out, text, len, &err->place);
    }
    if (err->hint)
        zp_buf_printf(out, "%s\n", err->hint);
}

void zp_ctx_report(zp_ctx *ctx, zp_buf *out)
{
    const zp_source *src = ctx->error_source;

    zp__report(out, &ctx->error, src ? src->text : ctx->bad_text, src ? src->len : ctx->bad_len,
               src ? src->file : NULL);
}

bool zp_ctx_explain(zp_ctx *ctx, const char *text, size_t len, zp_buf *out, zp_error *err)
{
    zp_source *source = zp_parse(text, len, NULL, NULL, err);
    zp_code *code;

    if (!source)
        return false;
    zp_buf_puts(out, "tree\n----\n");
    zp_ast_dump(out, source);
    code = zp__compile_unit(ctx->engine, source, source->program, ctx->working, err);
    if (code) {
        zp_buf_puts(out, "\nA-normal form\n-------------\n");
        zp__code_normal(out, code);
        zp_buf_puts(out, "\ncode\n----\n");
        zp__code_dump(out, code);
        zp__code_unref(code);
    }
    zp_source_unref(source);
    return code != NULL;
}
