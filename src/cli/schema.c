/* schema: `zplane schema ...`: files of schemas, and their way through the phases.
 *
 * A "set" is named in three ways: a file of zql-schema/1, DATABASE (its newest versions), DATABASE:ENV (what is published
 * there). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/vault.h"
#include "backend/backend.h"
#include "backend/govern.h"
#include "backend/schema.h"
#include "cli/vault.h"
#include "cli/words.h"

enum { FILE_MAX = 16 << 20 };

static int finish(zp_vault *vault, bool ok, zp_error *err)
{
    zp_vault_close(vault);
    return ok ? ZP_EXIT_OK : zp__words_fail(err);
}

/* ---------------------------------------------------------------- sets */

/* The text of a set; its name in errors is `what` itself. */
static bool read_text(zp_cli *cli, const char *what, zp_buf *text, zp_error *err)
{
    const char *colon = strrchr(what, ':');
    char database[128];
    zp_env env = ZP_ENV_NONE;
    zp_vault *vault;
    bool ok;

    if (access(what, F_OK) == 0 || strchr(what, '/'))
        return zp_vault_read_file(what, FILE_MAX, text, err);
    if (colon && !zp_env_parse(colon + 1, &env, err))
        return false;
    snprintf(database, sizeof database, "%.*s", colon ? (int)(colon - what) : (int)strlen(what), what);
    vault = zp__cli_vault(cli, err);
    ok = vault && zp_govern_export(vault, database, env, text, err);
    zp_vault_close(vault);
    return ok;
}

static zp_schemas *read_set(zp_cli *cli, const char *what, bool strict, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_error why = ZP_ERROR_INIT;
    zp_schemas *set = zp_schemas_new(&why);
    bool ok = set && read_text(cli, what, &text, &why) &&
              zp_schemas_add_file(set, zp_buf_text(&text), text.len, NULL, &why) &&
              zp_schemas_link(set, strict, &why);

    zp_buf_fini(&text);
    if (ok)
        return set;
    zp_fail(err, "%s: %s", what, zp_error_text(&why));
    zp_error_clear(&why);
    zp_schemas_free(set);
    return NULL;
}

/* ---------------------------------------------------------------- check */

static void print_warning(void *arg, const char *sentence)
{
    int *count = arg;

    printf("warning: %s\n", sentence);
    ++*count;
}

static int run_check(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    int status = ZP_EXIT_OK;

    for (int i = 0; i < w->count; i++) {
        zp_schemas *set = read_set(w->cli, w->operand[i], true, &err);
        int warnings = 0;

        if (!set) {
            status = zp__words_fail(&err);
            continue;
        }
        for (int s = 0; s < zp_schemas_count(set); s++)
            zp_schema_warnings(zp_schemas_at(set, s), print_warning, &warnings);
        printf("%s: %d schemas, %d warnings\n", w->operand[i], zp_schemas_count(set), warnings);
        zp_schemas_free(set);
    }
    return status;
}

/* ---------------------------------------------------------------- diff */

typedef struct difference {
    const zp_schema *of;
    int count;
} difference;

static void print_change(void *arg, const char *sentence, bool narrows)
{
    difference *d = arg;

    d->count++;
    printf("%c %.*s: %s\n", narrows ? '!' : ' ', (int)d->of->name.len, d->of->name.ptr, sentence);
}

static int print_missing(const zp_schemas *from, const zp_schemas *in)
{
    int count = 0;

    for (int i = 0; i < zp_schemas_count(from); i++) {
        const zp_schema *s = zp_schemas_at(from, i);

        if (!zp_schemas_find(in, s->name.ptr, s->name.len)) {
            printf("! %.*s: is gone\n", (int)s->name.len, s->name.ptr);
            count++;
        }
    }
    return count;
}

static int run_diff(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    zp_schemas *old = read_set(w->cli, w->operand[0], false, &err);
    zp_schemas *now = old ? read_set(w->cli, w->operand[1], false, &err) : NULL;
    difference d = { NULL, 0 };

    if (now)
        d.count = print_missing(old, now);
    for (int i = 0; now && i < zp_schemas_count(now); i++) {
        d.of = zp_schemas_at(now, i);
        zp_schema_diff(zp_schemas_find(old, d.of->name.ptr, d.of->name.len), d.of, print_change, &d);
    }
    if (now && !d.count)
        puts("no difference");
    zp_schemas_free(old);
    zp_schemas_free(now);
    return finish(NULL, now != NULL, &err);
}

/* ---------------------------------------------------------------- introspection */

/* Standard output, or the file of --output, which must not exist. */
static bool write_out(const char *path, const zp_buf *text, zp_error *err)
{
    FILE *f = path ? fopen(path, "wx") : stdout;
    bool ok;

    if (!f)
        return zp_fail(err, "cannot make %s: is it there already?", path);
    ok = fwrite(zp_buf_text(text), 1, text->len, f) == text->len;
    ok = (path ? fclose(f) : fflush(f)) == 0 && ok;
    return ok || zp_fail(err, "cannot write %s", path ? path : "to standard output");
}

static bool find_url(zp__words *w, zp_vault *vault, zp_buf *url, zp_error *err)
{
    zp_env env = ZP_ENV_DEV;

    return (w->count < 2 || zp_env_parse(w->operand[1], &env, err)) &&
           zp_vault_url(vault, w->operand[0], env, url, err);
}

static int run_import(zp__words *w)
{
    const char *table = zp__words_flag(w, "table");
    zp_error err = ZP_ERROR_INIT;
    zp_vault *vault = zp__cli_vault(w->cli, &err);
    zp_buf url = ZP_BUF_INIT, json = ZP_BUF_INIT;
    int changes = 0;
    bool ok = vault && find_url(w, vault, &url, &err) &&
              zp_backend_introspect(zp_buf_text(&url), w->operand[0], table, &json, &err);

    if (ok && zp__words_flag(w, "draft")) {
        ok = zp_govern_import(vault, w->operand[0], zp_buf_text(&json), json.len, 0, &changes, &err);
        if (ok)
            printf("%d new version%s\n", changes, changes == 1 ? "" : "s");
    } else if (ok) {
        ok = write_out(zp__words_flag(w, "output"), &json, &err);
    }
    zp_buf_fini(&url);
    zp_buf_fini(&json);
    return finish(vault, ok, &err);
}

/* ---------------------------------------------------------------- drafts and publication */

static int run_create(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    zp_vault *vault = zp__cli_vault(w->cli, &err);
    zp_buf text = ZP_BUF_INIT;
    int changes = 0;
    bool ok = vault && zp_vault_read_file(w->operand[1], FILE_MAX, &text, &err) &&
              zp_govern_import(vault, w->operand[0], zp_buf_text(&text), text.len, 0, &changes, &err);

    if (ok)
        printf("%d new version%s\n", changes, changes == 1 ? "" : "s");
    zp_buf_fini(&text);
    return finish(vault, ok, &err);
}

/* What one publication does, for NAME or NAME=VERSION. */
typedef struct publisher {
    zp_vault *vault;
    const char *database;
    zp_env env;
    bool confirm;
} publisher;

static bool publish_one(const publisher *p, const char *name, int64_t version, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    bool ok = zp_govern_publish(p->vault, ZP_GRANT_SCHEMA | ZP_GRANT_PUBLISH_PROD, p->database, p->env, name,
                                &version, p->confirm, &why) == ZP_GOVERN_DONE;

    if (ok)
        printf("%s version %lld in %s\n", name, (long long)version, zp_env_name(p->env));
    else
        zp_fail(err, "%s: %s", name, zp_error_text(&why));
    zp_error_clear(&why);
    return ok;
}

static bool publish_word(const publisher *p, const char *word, zp_error *err)
{
    const char *equals = strchr(word, '=');
    char name[128], *end = NULL;
    int64_t version = equals ? strtoll(equals + 1, &end, 10) : 0;

    if (equals && (*end || version < 1))
        return zp_fail(err, "'%s' should be NAME or NAME=VERSION", word);
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word) : (int)strlen(word), word);
    return publish_one(p, name, version, err);
}

/* Every schema of the database: the newest version, or what is seen in the environment given by --from. */
static bool publish_each(void *arg, const char *name, int64_t version, const char *text, size_t len,
                         zp_error *err)
{
    return publish_one(arg, name, version, err);
}

static bool publish_words(zp__words *w, publisher *p, zp_error *err)
{
    const char *from = zp__words_flag(w, "from");
    zp_env source = ZP_ENV_NONE;
    bool ok = zp_env_parse(w->operand[1], &p->env, err) && (!from || zp_env_parse(from, &source, err));

    if (ok && w->count == 2)
        return zp_vault_schema_each(p->vault, p->database, source, publish_each, p, err);
    for (int i = 2; ok && i < w->count; i++)
        ok = publish_word(p, w->operand[i], err);
    return ok;
}

static int run_publish(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    publisher p = { .vault = zp__cli_vault(w->cli, &err),
                    .database = w->operand[0],
                    .confirm = zp__words_flag(w, "confirm") != NULL };
    bool ok = p.vault && zp_vault_begin(p.vault, &err);

    if (ok) {
        ok = publish_words(w, &p, &err);
        ok = zp_vault_end(p.vault, ok, &err);
    }
    return finish(p.vault, ok, &err);
}

static int run_show(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    bool ok =
        read_text(w->cli, w->operand[0], &text, &err) && write_out(zp__words_flag(w, "output"), &text, &err);

    zp_buf_fini(&text);
    return finish(NULL, ok, &err);
}

static int run_list(zp__words *w)
{
    zp_error err = ZP_ERROR_INIT;
    zp_vault *vault = zp__cli_vault(w->cli, &err);
    zp__columns table = { 0 };
    bool ok = vault && zp__columns_init(&table, &err) &&
              zp_vault_list(vault, ZP_REPORT_SCHEMAS, 0, zp__columns_row, &table, &err);

    if (ok)
        zp__columns_print(&table);
    zp__columns_fini(&table);
    return finish(vault, ok, &err);
}

static const zp__sub subs[] = {
    { "check", "SET...", "", 1, ZP__WORDS_MAX, "read a file, DATABASE or DATABASE:ENV; errors and warnings",
      run_check },
    { "diff", "OLD NEW", "", 2, 2, "what changes from one set to another; ! marks what drops or narrows",
      run_diff },
    { "import", "DATABASE [ENV] [--table=TABLE] [--draft | --output=FILE]", "table= draft output=", 1, 2,
      "write a schema file from the tables of the bound database; --draft: as new drafts", run_import },
    { "create", "DATABASE FILE", "", 2, 2, "new drafts from a schema file", run_create },
    { "publish", "DATABASE ENV [NAME[=VERSION]]... [--from=ENV] [--confirm]", "from= confirm", 2,
      ZP__WORDS_MAX, "make versions what queries see; without names all newest ones, or those of --from",
      run_publish },
    { "list", "", "", 0, 0, "all versions and where they are published", run_list },
    { "show", "DATABASE[:ENV] [--output=FILE]", "output=", 1, 1, "print schemas as a schema file", run_show },
};

int zp__cmd_schema(zp_cli *cli)
{
    return zp__words_run(cli, "schema", subs, ZP_COUNTOF(subs));
}
