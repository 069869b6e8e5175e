/* words: finds the row of a table that the words begin with, and sorts the rest into flags and operands. */
#include "cli/words.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"

int zp__words_fail(zp_error *err)
{
    fprintf(stderr, "zplane: %s\n", zp_error_text(err));
    zp_error_clear(err);
    return ZP_EXIT_ERROR;
}

static int usage(const char *command, const zp__sub *subs, size_t count)
{
    fprintf(stderr, "Usage:\n");
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "  zplane %s %s%s%s\n      %s\n", command, subs[i].name, *subs[i].after ? " " : "",
                subs[i].after, subs[i].summary);
    return ZP_EXIT_USAGE;
}

static int usage_of(const char *command, const zp__sub *sub, const char *fmt, const char *word)
{
    fputs("zplane: ", stderr);
    fprintf(stderr, fmt, word);
    fprintf(stderr, "\nUsage: zplane %s %s%s%s\n", command, sub->name, *sub->after ? " " : "", sub->after);
    return ZP_EXIT_USAGE;
}

/* ---------------------------------------------------------------- which command */

/* How many words of the name the operands begin with; 0: they do not. */
static int matches(const char *name, const zp__words *w)
{
    int n = 0;

    while (*name) {
        size_t len = strcspn(name, " ");

        if (n >= w->count || strlen(w->operand[n]) != len || strncmp(w->operand[n], name, len) != 0)
            return 0;
        n++;
        name += len + (name[len] == ' ');
    }
    return n;
}

static int unknown(const char *command, const zp__words *w, const zp__sub *subs, size_t count)
{
    char words[160];
    zp_nearest near;

    if (w->count == 0)
        return usage(command, subs, count);
    snprintf(words, sizeof words, "%s%s%s", w->operand[0], w->count > 1 ? " " : "",
             w->count > 1 ? w->operand[1] : "");
    zp_nearest_init(&near, words);
    for (size_t i = 0; i < count; i++)
        zp_nearest_offer(&near, subs[i].name);
    fprintf(stderr, "zplane: unknown command '%s %s'", command, words);
    if (near.found)
        fprintf(stderr, "; did you mean '%s %s'?", command, near.found);
    fputc('\n', stderr);
    return ZP_EXIT_USAGE;
}

/* ---------------------------------------------------------------- flags */

/* Is `name` (of `len` bytes) among the flags of the row?  *valued: it takes a value. */
static bool is_flag(const char *flags, const char *name, size_t len, bool *valued)
{
    while (*flags) {
        size_t n = strcspn(flags, " =");

        *valued = flags[n] == '=';
        if (n == len && strncmp(flags, name, len) == 0)
            return true;
        flags += n + *valued;
        flags += strspn(flags, " ");
    }
    return false;
}

/* A setting of the program: --vault=FILE. */
static bool is_setting(zp_cli *cli, const char *word, size_t len, zp_error *err, bool *ok)
{
    char key[64];
    bool known;

    snprintf(key, sizeof key, "%.*s", (int)(len < 60 ? len : 60), word);
    for (char *at = key; *at; at++)
        *at = *at == '-' ? '.' : *at;
    known = zp_option_find(key) != NULL && word[len] == '=';
    if (known)
        *ok = zp_config_parse(&cli->cfg, key, word + len + 1, err);
    return known;
}

/* Takes one word after the name of the command; `at` is moved when the value is the next word. */
static int take_flag(zp__words *w, const char *command, const zp__sub *sub, char **argv, int argc, int *at)
{
    const char *word = argv[*at] + 2, *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    zp_error err = ZP_ERROR_INIT;
    bool valued = false, ok = true;

    if (!is_flag(sub->flags, word, len, &valued)) {
        if (!is_setting(w->cli, word, len, &err, &ok))
            return usage_of(command, sub, "unknown option %s", argv[*at]);
        if (!ok) {
            zp__words_fail(&err);
            return ZP_EXIT_USAGE;
        }
        return ZP_EXIT_OK;
    }
    if (w->flags == ZP__WORDS_MAX)
        return usage_of(command, sub, "too many options: %s", argv[*at]);
    if (valued && !equals && *at + 1 >= argc)
        return usage_of(command, sub, "option %s needs a value", argv[*at]);
    w->value[w->flags] = !valued ? "" : equals ? equals + 1 : argv[++*at];
    w->flag[w->flags++] = word;
    return ZP_EXIT_OK;
}

const char *zp__words_flag(const zp__words *w, const char *name)
{
    size_t len = strlen(name);

    for (int i = 0; i < w->flags; i++) {
        if (strncmp(w->flag[i], name, len) == 0 && (w->flag[i][len] == '\0' || w->flag[i][len] == '='))
            return w->value[i];
    }
    return NULL;
}

/* The words without their flags, to find the row by. */
static void plain_words(zp__words *w)
{
    zp_cli *cli = w->cli;

    for (int i = 0; i < cli->noperands && w->count < ZP__WORDS_MAX; i++)
        w->operand[w->count++] = cli->operands[i].text;
    for (int i = cli->first_arg; i < cli->argc && w->count < ZP__WORDS_MAX; i++) {
        if (strncmp(cli->argv[i], "--", 2) != 0)
            w->operand[w->count++] = cli->argv[i];
    }
}

/* The row whose name is the longest beginning of the words. */
static const zp__sub *find(const zp__words *w, const zp__sub *subs, size_t count, int *words)
{
    const zp__sub *best = NULL;

    *words = 0;
    for (size_t i = 0; i < count; i++) {
        int n = matches(subs[i].name, w);

        if (n > *words) {
            *words = n;
            best = &subs[i];
        }
    }
    return best;
}

int zp__words_run(zp_cli *cli, const char *command, const zp__sub *subs, size_t count)
{
    zp__words w = { .cli = cli };
    int skip = 0, status = ZP_EXIT_OK;

    plain_words(&w);
    w.sub = find(&w, subs, count, &skip);
    if (!w.sub)
        return unknown(command, &w, subs, count);
    w.count = 0;
    skip -= cli->noperands;
    for (int i = cli->first_arg; i < cli->argc && status == ZP_EXIT_OK; i++) {
        if (strncmp(cli->argv[i], "--", 2) == 0 && cli->argv[i][2])
            status = take_flag(&w, command, w.sub, cli->argv, cli->argc, &i);
        else if (skip > 0)
            skip--;
        else if (w.count < ZP__WORDS_MAX)
            w.operand[w.count++] = cli->argv[i];
    }
    if (status != ZP_EXIT_OK)
        return status;
    if (w.count < w.sub->least || w.count > w.sub->most)
        return usage_of(command, w.sub, w.count < w.sub->least ? "too few words%s" : "too many words%s", "");
    return w.sub->run(&w);
}

/* ---------------------------------------------------------------- tables */

bool zp__columns_init(zp__columns *t, zp_error *err)
{
    *t = (zp__columns){ .err = ZP_ERROR_INIT };
    t->cells = zp_new(zp_buf, err);
    return t->cells != NULL;
}

void zp__columns_row(void *columns, const char *const *texts, int count)
{
    zp__columns *t = columns;

    t->columns = count;
    t->rows++;
    for (int i = 0; i < count; i++)
        zp_buf_put(t->cells, texts[i], strlen(texts[i]) + 1);
}

void zp__columns_print(const zp__columns *t)
{
    int64_t widths[32] = { 0 };
    const char *at = zp_buf_text(t->cells);

    if (t->cells->failed)
        return;
    for (int i = 0; i < t->rows * t->columns; i++, at += strlen(at) + 1) {
        int64_t width = zp_utf8_columns(at, strlen(at));

        if (width > widths[i % t->columns])
            widths[i % t->columns] = width;
    }
    at = zp_buf_text(t->cells);
    for (int i = 0; i < t->rows * t->columns; i++, at += strlen(at) + 1) {
        int column = i % t->columns;
        bool last = column == t->columns - 1;

        printf("%s%*s%s", at, last ? 0 : (int)(widths[column] - zp_utf8_columns(at, strlen(at)) + 2), "",
               last ? "\n" : "");
    }
}

void zp__columns_fini(zp__columns *t)
{
    if (t->cells)
        zp_buf_fini(t->cells);
    zp_free(t->cells);
}
