/* my_connect: sessions of MariaDB, opened by blocking calls of helper threads.
 *
 *     mariadb://user:password@host:port/database?unix_socket=PATH&tls=off|on|verify&ca=FILE */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "backend/library.h"
#include "backend/my_priv.h"

static pthread_once_t first = PTHREAD_ONCE_INIT; /* the library's own first steps are for one thread */

static void first_steps(void)
{
    static const zp_library_name name = { "mysql_server_init", 0 };
    int (*init)(int argc, char **argv, char **groups);

    if (zp__library_open("libmariadb.so.3", "MariaDB", &name, 1, &init, NULL))
        init(0, NULL, NULL);
}

bool zp__my_lib_open(zp_my_lib *lib, zp_error *err)
{
    static const zp_library_name names[] = {
#define X(name) { #name, offsetof(zp_my_lib, name) },
        ZP_MY_FUNCTIONS(X)
#undef X
    };

    pthread_once(&first, first_steps);
    return zp__library_open("libmariadb.so.3", "MariaDB", names, ZP_COUNTOF(names), lib, err);
}

static bool parse(const char *url, zp_url *parts, zp_error *err)
{
    static const char *const keys[] = { "unix_socket", "tls", "ca", NULL };
    char tls[16] = "off";

    if (!zp__url_parse(url, parts, err))
        return false;
    if (!zp__url_options_known(parts, keys, err))
        goto fail;
    zp__url_option(parts, "tls", tls, sizeof tls);
    if (parts->path && *parts->path && (!strcmp(tls, "off") || !strcmp(tls, "on") || !strcmp(tls, "verify")))
        return true;
    zp_fail(
        err,
        "the URL of a MariaDB database is mariadb://user:password@host:port/database, with unix_socket=PATH, "
        "tls=off, on or verify, ca=FILE if wished");
fail:
    zp__url_fini(parts);
    return false;
}

bool zp__my_url_check(const char *url, zp_error *err)
{
    zp_url parts;

    if (!parse(url, &parts, err))
        return false;
    zp__url_fini(&parts);
    return true;
}

static void set_tls(const zp_my_lib *lib, MYSQL *my, const zp_url *parts)
{
    char tls[16] = "off", ca[1024];
    my_bool yes = 1, verify;

    zp__url_option(parts, "tls", tls, sizeof tls);
    if (strcmp(tls, "off") == 0)
        return;
    verify = strcmp(tls, "verify") == 0;
    lib->mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &yes);
    lib->mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (zp__url_option(parts, "ca", ca, sizeof ca))
        lib->mysql_options(my, MYSQL_OPT_SSL_CA, ca);
}

static void set_options(const zp_my_lib *lib, MYSQL *my, const zp_url *parts, int64_t connect_ms, bool plain)
{
    unsigned seconds = (unsigned)((connect_ms + 999) / 1000), no = 0;

    lib->mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    lib->mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &no);
    lib->mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!plain)
        lib->mysql_options(my, MYSQL_OPT_NONBLOCK, 0);
    set_tls(lib, my, parts);
}

static bool settings(const zp_my_lib *lib, MYSQL *my, int64_t query_ms)
{
    char sql[400];
    int len = snprintf(
        sql, sizeof sql,
        "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone='+00:00', autocommit=1, sql_auto_is_null=0, "
        "sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION', "
        "foreign_key_checks=1, wait_timeout=28800, max_statement_time=%lld.%03d",
        (long long)((query_ms + 1000) / 1000), (int)(query_ms % 1000)); /* the pool's own clock comes first */

    return lib->mysql_real_query(my, sql, (unsigned long)len) == 0;
}

MYSQL *zp__my_connect(const zp_my_lib *lib, const char *url, int64_t connect_ms, int64_t query_ms, bool plain,
                      zp_failure *failure)
{
    MYSQL *my = lib->mysql_init(NULL);
    char path[256];
    zp_url parts;
    bool ok;

    *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
    if (!my)
        return NULL;
    if (!parse(url, &parts, NULL)) {
        lib->mysql_close(my);
        return NULL;
    }
    set_options(lib, my, &parts, connect_ms, plain);
    ok = lib->mysql_real_connect(my, parts.host, parts.user, parts.password, parts.path, (unsigned)parts.port,
                                 zp__url_option(&parts, "unix_socket", path, sizeof path) ? path : NULL,
                                 CLIENT_FOUND_ROWS) != NULL;
    zp__url_fini(&parts);
    if (ok && settings(lib, my, query_ms))
        return my;
    zp__failure_log(failure, lib->mysql_error(my));
    lib->mysql_close(my);
    return NULL;
}
