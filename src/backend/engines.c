/* engines: the list of backends.  A new one is a row here and a file of its own. */
#include <string.h>

#include "backend/engine.h"

static const zp_backend_ops *const engines[] = {
    &zp__sqlite_ops,
    &zp__postgres_ops,
    &zp__mariadb_ops,
    &zp__series_ops,
};

const zp_backend_ops *zp__engine_of(const char *url, zp_error *err)
{
    size_t len = strcspn(url, ":");

    for (size_t i = 0; i < ZP_COUNTOF(engines); i++)
        for (const char *const *scheme = engines[i]->schemes; *scheme; scheme++)
            if (strlen(*scheme) == len && url[len] == ':' && memcmp(*scheme, url, len) == 0)
                return engines[i];
    zp_fail(err, "the URL of a database begins with sqlite:, postgresql://, mariadb:// or series:");
    return NULL;
}

bool zp_backend_url_check(const char *url, zp_dialect *dialect, zp_error *err)
{
    const zp_backend_ops *ops = zp__engine_of(url, err);

    if (!ops)
        return false;
    *dialect = ops->dialect;
    return !ops->check_url || ops->check_url(url, err);
}

bool zp_backend_introspect(const char *url, const char *database, const char *table, zp_buf *json,
                           zp_error *err)
{
    const zp_backend_ops *ops = zp__engine_of(url, err);

    if (!ops)
        return false;
    if (!ops->introspect)
        return zp_fail(err, "a schema of a %s backend is written by hand: there is nothing to read it from",
                       ops->name);
    return ops->introspect(url, database, table, json, err);
}
