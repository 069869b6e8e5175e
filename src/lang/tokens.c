/* tokens: between the scanner and the grammar.
 *
 * First half, the filter: which newlines count.  It keeps the open brackets and whether the last token can end an
 * expression; a newline inside ( ) or [ ], or after such a token, is dropped; before any other it looks ahead for
 * `else`, which may stand on a line of its own.
 *
 *     bracket   (   [   D = [[   {   h = ( of if, while, for, function: newlines after its ) do not count
 *
 * Second half: what the bytes of a constant mean. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "lang/parser_priv.h"
#include "lang/parser.tab.h"
#include "time/time.h"

/* ---------------------------------------------------------------- errors */

bool zp__syntax(zp__parser *p, const zp__loc *loc, const char *fmt, ...)
{
    char text[512];
    va_list args;

    if (p->err.code != ZP_ENONE)
        return false;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    zp_fail_code(&p->err, ZP_ESYNTAX, "%s", text);
    p->err.place = loc->place;
    return false;
}

bool zp__bad_byte(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc)
{
    unsigned char c = (unsigned char)bytes[0];
    int shown = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    zp__loc at = *loc;

    at.place.end_line = at.place.line;
    at.place.end_col = at.place.col;
    if (c == '%')
        return zp__syntax(p, &at, "syntax error, unexpected %%");
    if (c < 0x20 || c == 0x7F || (size_t)shown > len)
        return zp__syntax(p, &at, "syntax error, unexpected byte 0x%02x", c);
    at.place.end_col += shown - 1;
    return zp__syntax(p, &at, "syntax error, unexpected '%.*s'", shown, bytes);
}

/* ---------------------------------------------------------------- newlines */

/* Can no expression end with this token? */
static bool is_open(int kind)
{
    switch (kind) {
    case TOK_CONSTANT:
    case TOK_STRING:
    case TOK_NAME:
    case TOK_TRUTH:
    case TOK_NEXT:
    case TOK_BREAK:
    case TOK_DOTS:
    case TOK_PLACEHOLDER:
    case TOK_RPAREN: /* see follow() */
    case TOK_RBRACKET:
    case TOK_RBRACE: return false;
    default: return true;
    }
}

static bool push_bracket(zp__parser *p, char bracket, const zp__loc *loc)
{
    if (p->depth >= ZP_AST_MAX_DEPTH)
        return zp__syntax(p, loc, "expression nested too deeply");
    if (p->depth == p->brackets_cap) {
        size_t cap = p->brackets_cap ? 2 * p->brackets_cap : 64;
        char *more = zp_realloc(p->brackets, cap, &p->err);

        if (!more)
            return false;
        p->brackets = more;
        p->brackets_cap = cap;
    }
    p->brackets[p->depth++] = bracket;
    return true;
}

/* The innermost bracket, 0 for none; a closing one that does not match is left to the grammar. */
static char pop_bracket(zp__parser *p)
{
    return p->depth ? p->brackets[--p->depth] : 0;
}

/* Follows brackets and heads; false: too deep. */
static bool follow(zp__parser *p, int kind, const zp__loc *loc)
{
    bool in_head = p->in_head;

    p->open_end = is_open(kind);
    p->in_head =
        kind == TOK_IF || kind == TOK_WHILE || kind == TOK_FOR || kind == TOK_FUNCTION || kind == TOK_LAMBDA;
    switch (kind) {
    case TOK_LPAREN: return push_bracket(p, in_head ? 'h' : '(', loc);
    case TOK_LBRACKET: return push_bracket(p, '[', loc);
    case TOK_LBRACKET2: /* closed by two tokens */
        return push_bracket(p, '[', loc) && push_bracket(p, '[', loc);
    case TOK_LBRACE: return push_bracket(p, '{', loc);
    case TOK_RPAREN: p->open_end = pop_bracket(p) == 'h'; return true;
    case TOK_RBRACKET:
    case TOK_RBRACE: pop_bracket(p); return true;
    default: return true;
    }
}

static int scan(zp__parser *p, zp__token *t)
{
    if (p->has_pending) {
        *t = p->pending;
        p->has_pending = false;
        return t->kind;
    }
    memset(&t->val, 0, sizeof(t->val));
    t->kind = zp__scan(&t->val, &t->loc, p->scanner);
    return t->kind;
}

static bool newline_counts(const zp__parser *p)
{
    return !p->open_end && (p->depth == 0 || p->brackets[p->depth - 1] == '{');
}

int zp__lex(zp__val *val, zp__loc *loc, zp__parser *p)
{
    zp__token t, newline = { .kind = 0 };

    while (scan(p, &t) == TOK_NEWLINE)
        if (!newline.kind && newline_counts(p))
            newline = t;
    if (newline.kind && t.kind != TOK_ELSE && t.kind != TOK_ZP__YYerror) {
        p->pending = t;
        p->has_pending = true;
        t = newline;
    }
    if (!follow(p, t.kind, &t.loc))
        t.kind = TOK_ZP__YYerror;
    *val = t.val;
    *loc = t.loc;
    return t.kind;
}

/* ---------------------------------------------------------------- strings */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Reads up to `most` hexadecimal digits; the position after them, or NULL when there is none. */
static const char *read_hex(const char *at, const char *end, int most, uint32_t *out)
{
    int n = 0;

    for (*out = 0; n < most && at < end && hex_digit(*at) >= 0; n++)
        *out = *out * 16 + (uint32_t)hex_digit(*at++);
    return n ? at : NULL;
}

/* \u and \U: `at` is behind the letter. */
static const char *read_code_point(const char *at, const char *end, int most, char *out, size_t *len)
{
    bool braced = at < end && *at == '{';
    uint32_t c;

    at = read_hex(at + braced, end, most, &c);
    if (!at || (braced && (at == end || *at++ != '}')))
        return NULL;
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return NULL;
    *len += zp_utf8_put(out + *len, (int32_t)c);
    return at;
}

/* An escape: `at` is behind the backslash.  Appends to out; NULL: it is none (*octal: it is too large a number).
 * What comes out is never longer than what stood there. */
static const char *read_escape(const char *at, const char *end, char *out, size_t *len, bool *octal)
{
    static const char letters[] = "ntrbfva\\\"'`\n", means[] = "\n\t\r\b\f\v\a\\\"'`\n";
    const char *letter = at < end && *at ? strchr(letters, *at) : NULL;
    uint32_t code = 0;
    int n = 0;

    if (at == end)
        return NULL;
    if (letter) {
        out[(*len)++] = means[letter - letters];
        return at + 1;
    }
    if (*at == 'u' || *at == 'U')
        return read_code_point(at + 1, end, *at == 'u' ? 4 : 8, out, len);
    if (*at == 'x') {
        at = read_hex(at + 1, end, 2, &code);
    } else {
        for (; n < 3 && at < end && *at >= '0' && *at <= '7'; n++)
            code = code * 8 + (uint32_t)(*at++ - '0');
        *octal = code > 0377;
        if (!n || *octal)
            return NULL;
    }
    if (!at || code == 0)
        return NULL;
    out[(*len)++] = (char)code;
    return at;
}

static bool bad_escape(zp__parser *p, const char *at, bool octal, const zp__loc *loc)
{
    int shown = 2;

    if (octal)
        return zp__syntax(p, loc, "octal constant out of bounds: %.4s", at);
    while ((at[shown] & 0xC0) == 0x80 && shown < 5)
        shown++;
    return zp__syntax(p, loc, "bad escape sequence: %.*s", shown, at);
}

/* Decodes the bytes between quotes into `out`, which has room for all of them; false: the error is set. */
static bool unescape(zp__parser *p, const char *at, const char *end, char *out, size_t *len,
                     const zp__loc *loc)
{
    *len = 0;
    while (at < end) {
        bool octal = false;
        const char *next;

        if (*at == 0)
            return zp__syntax(p, loc, "syntax error, unexpected byte 0x00");
        if (*at != '\\') {
            out[(*len)++] = *at++;
            continue;
        }
        next = read_escape(at + 1, end, out, len, &octal);
        if (!next)
            return bad_escape(p, at, octal, loc);
        at = next;
    }
    return true;
}

/* A string held by the source, from bytes that are decoded if they have escapes. */
static bool take_string(zp__parser *p, zp_str *s, const zp__loc *loc, zp_ast **node)
{
    zp_value v;

    if (!s)
        return false;
    v = zp_chr_take(s, &p->err);
    if (zp_bad(v))
        return false;
    *node = zp__node_const_take(p, loc, v);
    return *node != NULL;
}

bool zp__read_string(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node)
{
    char *text;
    size_t n = 0;
    bool ok = false;

    if (!memchr(bytes, '\\', len) && !memchr(bytes, 0, len))
        return take_string(p, zp_str_new(bytes + 1, len - 2, &p->err), loc, node);
    text = zp_alloc(len, &p->err);
    if (!text)
        return false;
    if (unescape(p, bytes + 1, bytes + len - 1, text, &n, loc))
        ok = take_string(p, zp_str_new(text, n, &p->err), loc, node);
    zp_free(text);
    return ok;
}

bool zp__read_raw(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node)
{
    size_t around = 3 + p->raw_dashes; /* r"--(   and on the right one less */

    if (memchr(bytes, 0, len))
        return zp__syntax(p, loc, "syntax error, unexpected byte 0x00");
    return take_string(p, zp_str_new(bytes + around, len - 2 * around + 1, &p->err), loc, node);
}

/* ---------------------------------------------------------------- names */

bool zp__read_name(zp__parser *p, const char *bytes, size_t len, zp_str **name)
{
    zp_map_entry *entry = zp_map_get_bytes(&p->names, bytes, len);
    zp_value held;
    bool made;

    if (entry) {
        *name = entry->key;
        return true;
    }
    *name = zp_str_new(bytes, len, &p->err);
    if (!*name)
        return false;
    held = zp_chr_take(*name, &p->err);
    if (zp_bad(held) || !zp_list_push(&p->src->held, held, NULL, &p->err))
        return false;
    return zp_map_add(&p->names, *name, &made, &p->err) != NULL;
}

bool zp__read_backquoted(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_str **name)
{
    char *text;
    size_t n = 0;
    bool ok;

    if (len == 2)
        return zp__syntax(p, loc, "syntax error, unexpected empty name");
    text = zp_alloc(len, &p->err);
    if (!text)
        return false;
    ok = unescape(p, bytes + 1, bytes + len - 1, text, &n, loc) && zp__read_name(p, text, n, name);
    zp_free(text);
    return ok;
}

/* ---------------------------------------------------------------- numbers and times */

bool zp__read_number(zp__parser *p, const char *text, const zp__loc *loc, zp_ast **node)
{
    *node = zp__node_const_take(p, loc, zp_dbl(strtod(text, NULL)));
    return *node != NULL;
}

/* Appends the bytes with runs of blanks made one, and none at either end: as times are written in strings. */
static void put_tidy(zp_buf *out, const char *bytes, size_t len)
{
    size_t first = out->len;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t')
            zp_buf_putc(out, bytes[i]);
        else if (out->len > first && out->ptr[out->len - 1] != ' ')
            zp_buf_putc(out, ' ');
    if (out->len > first && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = 0;
}

static bool bad_time(zp__parser *p, zp_error *why, const char *what, const zp__loc *loc)
{
    zp__syntax(p, loc, "Error parsing %s: %s", what, zp_error_text(why));
    zp_error_clear(why);
    return false;
}

bool zp__read_time(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node)
{
    zp_error why = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    int64_t ns;
    bool ok;

    put_tidy(&text, bytes + 2, len - 4);
    ok = zp_buf_ok(&text, &why) && zp_instant_parse((zp_slice){ text.ptr, text.len }, NULL, NULL, &ns, &why);
    zp_buf_fini(&text);
    if (!ok)
        return bad_time(p, &why, "dtime", loc);
    *node = zp__node_const_take(p, loc, zp_tim(ns));
    return *node != NULL;
}

/* The interval as text, "+start -> end-": '>' is in no zone, so the first one ends the arrow. */
static void put_interval(zp_buf *out, const char *bytes, size_t len)
{
    const char *arrow = memchr(bytes, '>', len), *last = bytes + len - 2;

    zp_buf_putc(out, bytes[1]);
    put_tidy(out, bytes + 2, (size_t)(arrow - 1 - (bytes + 2)));
    zp_buf_puts(out, " -> ");
    put_tidy(out, arrow + 1, (size_t)(last - (arrow + 1)));
    zp_buf_putc(out, *last);
}

bool zp__read_interval(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node)
{
    zp_error why = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    zp_interval ivl = { 0 }, *to;
    bool ok, sopen = false, eopen = false;
    zp_value v;

    put_interval(&text, bytes, len);
    ok = zp_buf_ok(&text, &why) &&
         zp_interval_parse((zp_slice){ text.ptr, text.len }, &ivl.start, &ivl.end, &sopen, &eopen, &why);
    zp_buf_fini(&text);
    if (!ok)
        return bad_time(p, &why, "interval", loc);
    v = zp_vec(ZP_IVL, 1, &p->err);
    if (zp_bad(v))
        return false;
    to = zp_value_mut(&v, &p->err);
    if (!to) {
        zp_value_unref(v);
        return false;
    }
    ivl.sopen = sopen;
    ivl.eopen = eopen;
    *to = ivl;
    *node = zp__node_const_take(p, loc, v);
    return *node != NULL;
}
