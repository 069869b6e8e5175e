/* complete: the word before the cursor is completed with
 *
 *     keywords, and the names of the working, the global and the base environment,
 *     where an argument of a call may begin, with the names of its arguments first:
 *         round(x, di|   ->   round(x, digits = |
 *
 * The call is the innermost one that is still open; the text is scanned once from its beginning, so that brackets in
 * strings and comments do not count. */
#include "cli/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin/help.h"

/* ---------------------------------------------------------------- choices */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

typedef struct finder {
    zp_choices *out;
    const char *word;  /* typed so far */
    const char *after; /* appended to what is found */
    bool failed;
} finder;

static bool known(const zp_choices *c, const char *word)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->words[i], word) == 0)
            return true;
    }
    return false;
}

static bool add(zp_choices *c, const char *word, const char *after)
{
    size_t len = strlen(word), more = strlen(after);
    char *copy = zp_alloc(len + more + 1, NULL);

    if (!copy)
        return false;
    memcpy(copy, word, len);
    memcpy(copy + len, after, more + 1);
    if (known(c, copy)) {
        zp_free(copy);
        return true;
    }
    if (c->count == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        char **words = zp_realloc(c->words, cap * sizeof *words, NULL);

        if (!words) {
            zp_free(copy);
            return false;
        }
        c->words = words;
        c->cap = cap;
    }
    c->words[c->count++] = copy;
    return true;
}

static void found(void *arg, const char *name)
{
    finder *f = arg;

    if (strncmp(name, f->word, f->out->typed) != 0)
        return;
    for (const char *p = name; *p; p++) {
        if (!is_word(*p))
            return; /* needs backquotes */
    }
    if (f->out->typed == 0 && name[0] == '.')
        return;
    f->failed |= !add(f->out, name, f->after);
}

/* ---------------------------------------------------------------- the open call */

enum { DEEPEST = 64 };

/* Skips a string, backquoted name or comment that begins at `i`; the position after it. */
static size_t skip_quoted(const char *text, size_t len, size_t i)
{
    char quote = text[i++];

    if (quote == '#') {
        while (i < len && text[i] != '\n')
            i++;
        return i;
    }
    while (i < len && text[i] != quote)
        i += text[i] == '\\' ? 2 : 1;
    return i < len ? i + 1 : len;
}

/* The name of the function whose argument list is open at the end of `text`, as a new string, or NULL.
 * *in_string: the end lies in a string or comment. */
static char *open_call(const char *text, size_t len, bool *in_string)
{
    size_t opened[DEEPEST], depth = 0, start, end;
    char *name;

    *in_string = false;
    for (size_t i = 0; i < len;) {
        char c = text[i];

        if (strchr("\"'`#", c) && c) {
            i = skip_quoted(text, len, i);
            *in_string = i == len && (c == '#' || text[len - 1] != c);
            continue;
        }
        if (c == '(' || c == '[' || c == '{') {
            if (depth < DEEPEST)
                opened[depth] = i;
            depth++;
        } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
            depth--;
        }
        i++;
    }
    if (depth == 0 || depth > DEEPEST || text[opened[depth - 1]] != '(')
        return NULL;
    end = opened[depth - 1];
    for (start = end; start > 0 && is_word(text[start - 1]); start--)
        continue;
    if (start == end)
        return NULL;
    name = zp_alloc(end - start + 1, NULL);
    if (name) {
        memcpy(name, text + start, end - start);
        name[end - start] = '\0';
    }
    return name;
}

/* The formals of the function bound to `name`; those of a closure are read from its text. */
static void offer_formals(zp_ctx *ctx, const char *name, finder *f)
{
    bool bound;
    zp_value fun = zp_ctx_lookup(ctx, name, &bound);
    zp_buf formals = ZP_BUF_INIT;
    zp_formal formal;
    const char *at;

    if (!bound || !zp_function_formals(fun, &formals)) {
        zp_buf_fini(&formals);
        return;
    }
    for (at = zp_buf_text(&formals); zp_formal_next(&at, &formal);) {
        char word[128];

        snprintf(word, sizeof word, "%.*s", (int)formal.name.len, formal.name.ptr);
        if (formal.name.len < sizeof word && strcmp(word, "...") != 0)
            found(f, word);
    }
    zp_buf_fini(&formals);
}

/* ---------------------------------------------------------------- the door */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void measure(zp_choices *c)
{
    if (c->count == 0)
        return;
    qsort(c->words, c->count, sizeof *c->words, by_name);
    c->common = strlen(c->words[0]);
    for (size_t i = 1; i < c->count; i++) {
        size_t k = 0;

        while (k < c->common && c->words[i][k] == c->words[0][k])
            k++;
        c->common = k;
    }
}

static bool only_argument_names(const char *text, size_t word_at)
{
    while (word_at > 0 && (text[word_at - 1] == ' ' || text[word_at - 1] == '\n'))
        word_at--;
    return word_at > 0 && (text[word_at - 1] == '(' || text[word_at - 1] == ',');
}

bool zp__complete(zp_ctx *ctx, const zp_more_names *more, const char *text, size_t len, zp_choices *out,
                  zp_error *err)
{
    static const char *const keywords[] = { "break", "else", "FALSE", "for",  "function", "if",   "in",
                                            "Inf",   "NaN",  "next",  "NULL", "repeat",   "TRUE", "while" };
    finder f = { .out = out, .after = "" };
    bool in_string;
    size_t at = len;
    char *fun;

    *out = (zp_choices){ 0 };
    while (at > 0 && is_word(text[at - 1]))
        at--;
    out->typed = len - at;
    f.word = text + at;
    fun = open_call(text, len, &in_string);
    if (!in_string && fun && only_argument_names(text, at)) {
        f.after = " = ";
        if (more)
            more->function(more->arg, fun);
        offer_formals(ctx, fun, &f);
        f.after = "";
    }
    zp_free(fun);
    if (!in_string && out->typed > 0 && out->count == 0) {
        for (size_t i = 0; i < ZP_COUNTOF(keywords); i++)
            found(&f, keywords[i]);
        zp_ctx_names(ctx, "", found, &f);
        if (more)
            more->names(more->arg, found, &f);
    }
    measure(out);
    return !f.failed || zp_fail(err, "out of memory");
}

void zp__choices_fini(zp_choices *c)
{
    for (size_t i = 0; i < c->count; i++)
        zp_free(c->words[i]);
    zp_free(c->words);
    *c = (zp_choices){ 0 };
}

void zp__choices_show(const zp_choices *c, int width, zp_buf *out)
{
    size_t widest = 0, columns, rows;

    for (size_t i = 0; i < c->count; i++) {
        size_t len = strlen(c->words[i]);

        widest = len > widest ? len : widest;
    }
    columns = (size_t)width / (widest + 2);
    columns = columns ? columns : 1;
    rows = (c->count + columns - 1) / columns;
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = r; i < c->count; i += rows)
            zp_buf_printf(out, "%-*s", i + rows < c->count ? (int)widest + 2 : 0, c->words[i]);
        zp_buf_putc(out, '\n');
    }
}
