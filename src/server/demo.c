/* demo: the shop's files are texts in the program (made from examples/shop while building); here they become databases. */
#include "server/demo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "auth/vault.h"
#include "backend/govern.h"

static const char schema_json[] =
#include "demo_schema.inc"
    ;
static const char visits_json[] =
#include "demo_visits.inc"
    ;
static const char vault_json[] =
#include "demo_vault.inc"
    ;
static const char dev_sql[] =
#include "demo_dev.inc"
    ;
static const char staging_sql[] =
#include "demo_staging.inc"
    ;
static const char start_program[] =
#include "demo_start.inc"
    ;

static const struct {
    const char *file, *sql;
} databases[] = {
    { "shop_dev.db", dev_sql },
    { "shop_staging.db", staging_sql },
    { "other_dev.db", staging_sql },
};

/* ---------------------------------------------------------------- databases and vault */

static bool load_database(const char *dir, const char *file, const char *sql, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    sqlite3 *db = NULL;
    char *why = NULL;
    bool ok;

    zp_buf_printf(&path, "%s/%s", dir, file);
    ok = zp_buf_ok(&path, err);
    if (ok && (sqlite3_open(zp_buf_text(&path), &db) != SQLITE_OK ||
               sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK))
        ok = zp_fail(err, "cannot make %s: %s", zp_buf_text(&path), why ? why : sqlite3_errmsg(db));
    sqlite3_free(why);
    sqlite3_close(db);
    zp_buf_fini(&path);
    return ok;
}

/* The schema files that the declarative file names are in the program. */
static bool import_schema(void *arg, zp_vault *vault, const char *database_id, const char *path,
                          uint32_t envs, int *changes, zp_error *err)
{
    bool visits = strcmp(path, "visits.schema.json") == 0;

    return zp_govern_import(vault, database_id, visits ? visits_json : schema_json,
                            (visits ? sizeof visits_json : sizeof schema_json) - 1, envs, changes, err);
}

static bool make_vault(const char *dir, const char *path, zp_error *err)
{
    const zp_apply_hooks hooks = { .schema = import_schema };
    zp_vault *vault = NULL;
    zp_buf key = ZP_BUF_INIT;
    bool made_key;
    int changes;
    bool ok;

    /* Always a key of its own: a master key of the user's has no business here. */
    zp_buf_printf(&key, "%s.key", path);
    ok = zp_buf_ok(&key, err) && zp_vault_init(path, zp_buf_text(&key), &made_key, err);
    if (ok)
        vault = zp_vault_open(path, zp_buf_text(&key), "demo", err);
    zp_buf_fini(&key);
    ok = vault && setenv("SHOP_DIR", dir, 1) == 0 &&
         zp_vault_apply_text(vault, "demo", vault_json, sizeof vault_json - 1, &hooks, &changes, err);
    zp_vault_close(vault);
    return ok;
}

/* What `zplane query --credentials` reads: the writer's keys. */
static bool write_credentials(const char *dir, zp_error *err)
{
    static const char text[] =
        "client_key=4UDEMOSHOPCLIENTWRITER0001\n"
        "access_key=4UDEMOSHOPACCESSWRITER0001\n"
        "secret_key=73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a\n";
    zp_buf path = ZP_BUF_INIT;
    int fd;
    bool ok;

    zp_buf_printf(&path, "%s/shop-writer.credentials", dir);
    fd = zp_buf_ok(&path, err) ? open(zp_buf_text(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    ok = fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1;
    if (!ok)
        zp_fail_sys(err, errno, "cannot write %s", zp_buf_text(&path));
    if (fd >= 0)
        close(fd);
    zp_buf_fini(&path);
    return ok;
}

/* ---------------------------------------------------------------- configuration */

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
           strcmp(address, "localhost") == 0;
}

static bool check_addresses(const zp_config *cfg, zp_error *err)
{
    const char *http = cfg->http_listen, *colon = strrchr(http, ':');
    char host[64];

    if (*cfg->address && !is_loopback(cfg->address))
        return zp_fail(err, "the keys of the demo are public: it listens on loopback, not on %s",
                       cfg->address);
    snprintf(host, sizeof host, "%.*s", colon ? (int)(colon - http) : 0, http);
    if (colon && !is_loopback(host)) /* a port alone is on loopback, as for every server */
        return zp_fail(err, "the keys of the demo are public: HTTP listens on loopback, not on %s", http);
    return true;
}

static bool set_path(zp_config *cfg, const char *key, const char *dir, const char *name, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok;

    zp_buf_printf(&path, "%s%s", dir, name);
    ok = zp_buf_ok(&path, err) && zp_config_set_str(cfg, key, zp_buf_text(&path), err);
    zp_buf_fini(&path);
    return ok;
}

/* The program of the start is ours, then the user's. */
static bool set_program(zp_config *cfg, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    zp_buf_printf(&text, "%s\n%s", start_program, *cfg->init_code ? cfg->init_code : "invisible(0)\n");
    ok = zp_buf_ok(&text, err) && zp_config_set_str(cfg, "init.code", zp_buf_text(&text), err);
    zp_buf_fini(&text);
    return ok;
}

static bool configure(zp_config *cfg, const char *dir, zp_error *err)
{
    return check_addresses(cfg, err) &&
           (*cfg->address || zp_config_set_str(cfg, "address", "127.0.0.1", err)) &&
           (*cfg->http_listen || zp_config_set_str(cfg, "http.listen", "shared", err)) &&
           set_path(cfg, "vault", dir, "/vault.db", err) &&
           set_path(cfg, "vault.key", dir, "/vault.db.key", err) &&
           set_path(cfg, "state.dir", dir, "", err) && set_program(cfg, err);
}

bool zp_demo_open(zp_config *cfg, zp_buf *dir, zp_error *err)
{
    const char *tmp = getenv("TMPDIR");
    bool ok;

    zp_buf_printf(dir, "%s/zplane-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!zp_buf_ok(dir, err))
        return false;
    if (!mkdtemp(dir->ptr))
        return zp_fail_sys(err, errno, "cannot make the folder %s", dir->ptr);
    ok = configure(cfg, dir->ptr, err);
    for (size_t i = 0; ok && i < ZP_COUNTOF(databases); i++)
        ok = load_database(dir->ptr, databases[i].file, databases[i].sql, err);
    ok = ok && make_vault(dir->ptr, cfg->vault, err) && write_credentials(dir->ptr, err);
    if (!ok)
        zp_demo_close(dir->ptr);
    return ok;
}

/* ---------------------------------------------------------------- the end */

void zp_demo_close(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;

    while (d && (entry = readdir(d)))
        unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    rmdir(dir);
}

void zp_demo_show(const char *dir)
{
    printf(
        "demo shop (docs/drivers.md).  The keys are public: loopback only.  Its files are in %s and go when it stops.\n\n",
        dir);
    puts(
        "client        client_key                  access_key\n"
        "shop-writer   4UDEMOSHOPCLIENTWRITER0001  4UDEMOSHOPACCESSWRITER0001\n"
        "shop-reader   4UDEMOSHOPCLIENTREADER0002  4UDEMOSHOPACCESSREADER0002\n"
        "other-tenant  4UDEMOOTHERCLIENT000000003  4UDEMOOTHERACCESS000000003\n"
        "\n"
        "client        secret_key\n"
        "shop-writer   73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a\n"
        "shop-reader   94a81643343ffa7cb1d7845f232d7cf15a7ad6d009d5c5743873994145d750da\n"
        "other-tenant  101d16e89ded0e8dd7fa12db5e3fba470540fd3df1331c5019ade087202da5f2\n"
        "\n"
        "database  database_id                 environments  for\n"
        "shop      4UDEMOSHOPDATABASE00000001  dev, staging  shop-writer (dev, staging), shop-reader (dev, read only)\n"
        "other     4UDEMOOTHERDATABASE0000002  dev           other-tenant\n"
        "\n"
        "series    visits                                    in the language, shop-writer and shop-reader");
    printf(
        "          zplane query 127.0.0.1:PORT --credentials %s/shop-writer.credentials -e 'head(visits)'\n\n",
        dir);
    fflush(stdout);
}
