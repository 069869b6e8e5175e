/* vault: `zplane vault ...`, the administrator's hand in the vault.
 *
 * Each command is a row: its words, what it does, and a function that opens the vault, makes one change and says what it has done.
 * Secrets are shown when they are made, on standard output, and never again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/vault.h"
#include "backend/backend.h"
#include "backend/govern.h"
#include "base/mem.h"
#include "cli/vault.h"
#include "cli/words.h"

bool zp__vault_path(zp_cli *cli, zp_buf *path, zp_error *err)
{
    zp_buf state = ZP_BUF_INIT;
    bool ok = zp_vault_places(&cli->cfg, path, &state, err);

    zp_buf_fini(&state);
    if (ok && !path->len)
        ok = zp_fail(err,
                     "where is the vault?  Give --vault=FILE, or vault, state.dir or data in zplane.conf");
    return ok;
}

zp_vault *zp__cli_vault(zp_cli *cli, zp_error *err)
{
    const char *user = getenv("SUDO_USER") ? getenv("SUDO_USER") : getenv("USER");
    zp_buf path = ZP_BUF_INIT, actor = ZP_BUF_INIT;
    zp_vault *vault = NULL;

    zp_buf_printf(&actor, "admin%s%s", user ? ":" : "", user ? user : "");
    if (zp__vault_path(cli, &path, err) && zp_buf_ok(&actor, err))
        vault = zp_vault_open(zp_buf_text(&path), cli->cfg.vault_key, zp_buf_text(&actor), err);
    if (!vault && path.len && access(zp_buf_text(&path), F_OK) != 0)
        zp_error_hint(err, "'zplane vault init' makes one");
    zp_buf_fini(&path);
    zp_buf_fini(&actor);
    return vault;
}

static int finish(zp_vault *vault, bool ok, zp_error *err)
{
    zp_vault_close(vault);
    if (ok)
        return ZP_EXIT_OK;
    fprintf(stderr, "zplane: %s%s%s\n", zp_error_text(err), err->hint ? ": " : "",
            err->hint ? err->hint : "");
    zp_error_clear(err);
    return ZP_EXIT_ERROR;
}

/* Opens the vault, does one thing, says `done` (with the first operand) when it went well. */
static int change(zp__words *w, bool (*act)(zp__words *w, zp_vault *vault, zp_error *err))
{
    zp_error err = ZP_ERROR_INIT;
    zp_vault *vault = zp__cli_vault(w->cli, &err);

    return finish(vault, vault && act(w, vault, &err), &err);
}

static void show_keys(const zp_new_keys *keys)
{
    if (keys->client_key[0])
        printf("client_key=%s\n", keys->client_key);
    printf("access_key=%s\nsecret_key=%s\n", keys->access_key, keys->secret_key);
    fflush(stdout);
    fputs("The secret key is shown this once; the vault keeps it sealed.\n", stderr);
}

/* ---------------------------------------------------------------- init */

/* The folder of a file, made when it is not there: it holds secrets, so it is ours alone. */
static bool make_folder(const char *path, zp_error *err)
{
    const char *slash = strrchr(path, '/');
    zp_buf folder = ZP_BUF_INIT;
    bool ok = true;

    if (!slash || slash == path)
        return true;
    zp_buf_put(&folder, path, (size_t)(slash - path));
    if (zp_buf_ok(&folder, err) && mkdir(zp_buf_text(&folder), 0700) < 0 && errno != EEXIST)
        ok = zp_fail_sys(err, errno, "cannot make the directory %s", zp_buf_text(&folder));
    ok = ok && !folder.failed;
    zp_buf_fini(&folder);
    return ok;
}

static int run_init(zp__words *w)
{
    const char *key = w->cli->cfg.vault_key;
    zp_buf path = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    bool made_key = false;
    bool ok = zp__vault_path(w->cli, &path, &err) && make_folder(zp_buf_text(&path), &err) &&
              zp_vault_init(zp_buf_text(&path), key, &made_key, &err);

    if (ok)
        printf("vault %s\n", zp_buf_text(&path));
    if (ok && made_key) {
        printf("master key %s%s\n", *key ? key : zp_buf_text(&path), *key ? "" : ".key");
        fflush(stdout);
        fputs("Keep a copy of the master key apart from the vault: without it the vault cannot be opened.\n",
              stderr);
    }
    zp_buf_fini(&path);
    return finish(NULL, ok, &err);
}

static bool rekey(zp__words *w, zp_vault *vault, zp_error *err)
{
    if (!zp_vault_rekey(vault, w->operand[0], err))
        return false;
    printf("new master key %s\n", w->operand[0]);
    fflush(stdout);
    fputs("Put it where the old one was; running servers follow when they find it there.\n", stderr);
    return true;
}

/* ---------------------------------------------------------------- clients */

static bool add_client(zp__words *w, zp_vault *vault, zp_error *err)
{
    zp_client_spec spec = { .name = w->operand[0],
                            .client_key = zp__words_flag(w, "client-key"),
                            .allow_v1 = zp__words_flag(w, "allow-v1") != NULL };
    const char *rights = zp__words_flag(w, "rights");
    zp_new_keys keys;
    bool ok = (!rights || zp_rights_parse(rights, &spec.rights, err)) &&
              zp_vault_client_add(vault, &spec, &keys, err);

    if (ok)
        show_keys(&keys);
    return ok;
}

static bool rotate_client(zp__words *w, zp_vault *vault, zp_error *err)
{
    bool now = zp__words_flag(w, "now") != NULL;
    zp_new_keys keys;
    bool ok = zp_vault_client_rotate(vault, w->operand[0], now, &keys, err);

    if (ok)
        show_keys(&keys);
    if (ok && !now)
        fputs("The former pairs stay active: 'zplane vault client retire ACCESS_KEY' ends them.\n", stderr);
    return ok;
}

static bool retire(zp__words *w, zp_vault *vault, zp_error *err)
{
    return zp_vault_credential_retire(vault, w->operand[0], err);
}

static bool enable_client(zp__words *w, zp_vault *vault, zp_error *err)
{
    return zp_vault_client_enable(vault, w->operand[0], true, err);
}

static bool disable_client(zp__words *w, zp_vault *vault, zp_error *err)
{
    return zp_vault_client_enable(vault, w->operand[0], false, err);
}

static bool remove_client(zp__words *w, zp_vault *vault, zp_error *err)
{
    return zp_vault_client_remove(vault, w->operand[0], err);
}

static bool set_rights(zp__words *w, zp_vault *vault, zp_error *err)
{
    uint32_t rights;

    return zp_rights_parse(w->operand[1], &rights, err) &&
           zp_vault_client_rights(vault, w->operand[0], rights, err);
}

static bool set_v1(zp__words *w, zp_vault *vault, zp_error *err)
{
    bool yes = strcmp(w->operand[1], "yes") == 0;

    if (!yes && strcmp(w->operand[1], "no") != 0)
        return zp_fail(err, "say yes or no, not '%s'", w->operand[1]);
    return zp_vault_client_allow_v1(vault, w->operand[0], yes, err);
}

/* ---------------------------------------------------------------- databases */

static bool add_database(zp__words *w, zp_vault *vault, zp_error *err)
{
    char id[65];
    bool ok = zp_vault_database_add(vault, zp__words_flag(w, "id"), w->operand[0], id, err);

    if (ok)
        printf("database_id=%s\n", id);
    return ok;
}

static bool remove_database(zp__words *w, zp_vault *vault, zp_error *err)
{
    return zp_vault_database_remove(vault, w->operand[0], err);
}

/* The URL of the command line, or one line of standard input for "-". */
static bool read_url(const char *word, zp_buf *url, zp_error *err)
{
    char line[4096];
    size_t len;

    if (strcmp(word, "-") != 0) {
        zp_buf_puts(url, word);
        return zp_buf_ok(url, err);
    }
    if (!fgets(line, sizeof line, stdin))
        return zp_fail(err, "standard input has no URL");
    len = strcspn(line, "\r\n");
    zp_buf_put(url, line, len);
    return zp_buf_ok(url, err);
}

static bool bind_database(zp__words *w, zp_vault *vault, zp_error *err)
{
    zp_buf url = ZP_BUF_INIT, limits = ZP_BUF_INIT;
    zp_dialect dialect;
    zp_env env;
    bool ok;

    for (int i = 3; i < w->count; i++)
        zp_buf_printf(&limits, "%s%s", i > 3 ? " " : "", w->operand[i]);
    ok = zp_buf_ok(&limits, err) && zp_env_parse(w->operand[1], &env, err) &&
         read_url(w->operand[2], &url, err) && zp_backend_url_check(zp_buf_text(&url), &dialect, err) &&
         zp_vault_bind(vault, w->operand[0], env, zp_buf_text(&url), zp_buf_text(&limits), NULL, err);
    zp_buf_fini(&url);
    zp_buf_fini(&limits);
    return ok;
}

static bool unbind_database(zp__words *w, zp_vault *vault, zp_error *err)
{
    zp_env env;

    return zp_env_parse(w->operand[1], &env, err) && zp_vault_unbind(vault, w->operand[0], env, err);
}

static bool grant(zp__words *w, zp_vault *vault, zp_error *err)
{
    uint32_t access;
    zp_env env;

    return zp_env_parse(w->operand[2], &env, err) && zp_access_parse(w->operand[3], &access, err) &&
           zp_vault_grant(vault, w->operand[0], w->operand[1], env, access, NULL, err);
}

static bool take_back(zp__words *w, zp_vault *vault, zp_error *err)
{
    bool changed = false;
    zp_env env;

    return zp_env_parse(w->operand[2], &env, err) &&
           zp_vault_grant(vault, w->operand[0], w->operand[1], env, 0, &changed, err) &&
           (changed ||
            zp_fail(err, "%s has no grant on %s in %s", w->operand[0], w->operand[1], zp_env_name(env)));
}

/* ---------------------------------------------------------------- listing */

static int show(zp__words *w, zp_vault_report report, int64_t limit)
{
    zp_error err = ZP_ERROR_INIT;
    zp_vault *vault = zp__cli_vault(w->cli, &err);
    zp__columns table = { 0 };
    bool ok = vault && zp__columns_init(&table, &err) &&
              zp_vault_list(vault, report, limit, zp__columns_row, &table, &err);

    if (ok)
        zp__columns_print(&table);
    zp__columns_fini(&table);
    return finish(vault, ok, &err);
}

static int run_audit(zp__words *w)
{
    const char *limit = zp__words_flag(w, "limit");

    return show(w, ZP_REPORT_AUDIT, limit ? strtoll(limit, NULL, 10) : 100);
}

#define SHOW(name, report)         \
    static int name(zp__words *w)  \
    {                              \
        return show(w, report, 0); \
    }
SHOW(run_clients, ZP_REPORT_CLIENTS)
SHOW(run_credentials, ZP_REPORT_CREDENTIALS)
SHOW(run_databases, ZP_REPORT_DATABASES)
SHOW(run_bindings, ZP_REPORT_BINDINGS)
SHOW(run_grants, ZP_REPORT_GRANTS)

#define CHANGE(name, act)         \
    static int name(zp__words *w) \
    {                             \
        return change(w, act);    \
    }
CHANGE(run_rekey, rekey)
CHANGE(run_client_add, add_client)
CHANGE(run_client_rotate, rotate_client)
CHANGE(run_client_retire, retire)
CHANGE(run_client_enable, enable_client)
CHANGE(run_client_disable, disable_client)
CHANGE(run_client_remove, remove_client)
CHANGE(run_client_rights, set_rights)
CHANGE(run_client_v1, set_v1)
CHANGE(run_database_add, add_database)
CHANGE(run_database_remove, remove_database)
CHANGE(run_bind, bind_database)
CHANGE(run_unbind, unbind_database)
CHANGE(run_grant, grant)
CHANGE(run_revoke, take_back)

/* ---------------------------------------------------------------- apply */

static bool url_known(void *arg, const char *url, zp_error *err)
{
    zp_dialect dialect;

    return zp_backend_url_check(url, &dialect, err);
}

static void keys_made(void *arg, const char *client, const zp_new_keys *keys)
{
    printf("client %s\n", client);
    show_keys(keys);
}

static bool apply(zp__words *w, zp_vault *vault, zp_error *err)
{
    const zp_apply_hooks hooks = { .schema = zp_govern_apply, .url = url_known, .keys = keys_made };
    int changes = 0;

    for (int i = 0; i < w->count; i++) {
        if (!zp_vault_apply(vault, w->operand[i], &hooks, &changes, err))
            return false;
        printf("%s: %d change%s\n", w->operand[i], changes, changes == 1 ? "" : "s");
    }
    return true;
}

CHANGE(run_apply, apply)

static const zp__sub subs[] = {
    { "init", "", "", 0, 0, "make an empty vault, and a master key unless one is given", run_init },
    { "apply", "FILE...", "", 1, ZP__WORDS_MAX, "bring the vault to what declarative files say", run_apply },
    { "client add", "NAME [--rights=LIST] [--allow-v1] [--client-key=KEY]", "rights= allow-v1 client-key=", 1,
      1, "a new client; prints its keys", run_client_add },
    { "client list", "", "", 0, 0, "all clients", run_clients },
    { "client disable", "NAME", "", 1, 1, "refuse the client and end its sessions", run_client_disable },
    { "client enable", "NAME", "", 1, 1, "let it in again", run_client_enable },
    { "client rotate", "NAME [--now]", "now", 1, 1, "a new pair of keys; --now ends all others at once",
      run_client_rotate },
    { "client retire", "ACCESS_KEY", "", 1, 1, "end a pair of keys", run_client_retire },
    { "client rights", "NAME LIST", "", 2, 2,
      "what it may do with the language: read, write, evaluate, administer, all, none", run_client_rights },
    { "client allow-v1", "NAME yes|no", "", 2, 2,
      "whether it may use the handshake of first-generation drivers", run_client_v1 },
    { "client remove", "NAME", "", 1, 1, "forget a client", run_client_remove },
    { "credential list", "", "", 0, 0, "all pairs of keys, without their secrets", run_credentials },
    { "database add", "NAME [--id=ID]", "id=", 1, 1, "a new database; prints its id", run_database_add },
    { "database list", "", "", 0, 0, "all databases", run_databases },
    { "database remove", "NAME", "", 1, 1, "forget a database, its bindings, grants and schemas",
      run_database_remove },
    { "bind", "DATABASE ENV URL [KEY=NUMBER]...", "", 3, ZP__WORDS_MAX,
      "where its rows are; URL '-' is read from standard input", run_bind },
    { "unbind", "DATABASE ENV", "", 2, 2, "nowhere any more", run_unbind },
    { "binding list", "", "", 0, 0, "all bindings, passwords masked", run_bindings },
    { "grant", "CLIENT DATABASE ENV ACCESS", "", 4, 4,
      "read | readwrite, and schema, publish_prod: a list with commas", run_grant },
    { "revoke", "CLIENT DATABASE ENV", "", 3, 3, "take it back", run_revoke },
    { "grant list", "", "", 0, 0, "all grants", run_grants },
    { "rekey", "NEW_KEY_FILE", "", 1, 1, "make another master key and seal everything under it", run_rekey },
    { "audit", "[--limit=N]", "limit=", 0, 0, "who changed what (the last 100 changes)", run_audit },
};

int zp__cmd_vault(zp_cli *cli)
{
    return zp__words_run(cli, "vault", subs, ZP_COUNTOF(subs));
}
