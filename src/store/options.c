/* options: the texts of sync = and retain =. */
#include "store/store_priv.h"

#include <stdlib.h>
#include <string.h>

/* "100ms", "1.5 h": a number and a unit. */
static bool length_of(const char *text, int64_t *ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = { { "ms", 1e6 },       { "s", 1e9 },    { "sec", 1e9 },     { "min", 60e9 },
                  { "m", 60e9 },       { "h", 3600e9 }, { "d", 86400e9 },   { "w", 604800e9 },
                  { "y", 31556952e9 }, { "us", 1e3 },   { "day", 86400e9 }, { "days", 86400e9 } };
    char *end;
    double x = strtod(text, &end);

    if (end == text || !(x > 0))
        return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < ZP_COUNTOF(units); i++)
        if (strcmp(end, units[i].unit) == 0 && x * units[i].ns >= 1 && x * units[i].ns < 9.2e18) {
            *ns = (int64_t)(x * units[i].ns);
            return true;
        }
    return false;
}

bool zp_store_sync_parse(const char *text, zp_store_options *options, zp_error *err)
{
    if (strcmp(text, "commit") == 0) {
        options->sync = ZP_SYNC_COMMIT;
        return true;
    }
    if (strcmp(text, "none") == 0) {
        options->sync = ZP_SYNC_NONE;
        return true;
    }
    options->sync = ZP_SYNC_INTERVAL;
    return length_of(text, &options->interval_ns) ||
           zp_fail(err, "'sync' is \"commit\", \"none\" or a length of time such as \"100ms\", not \"%s\"",
                   text);
}

bool zp_store_retain_parse(const char *text, zp_store_options *options, zp_error *err)
{
    options->retain_ns = 0;
    return !*text || length_of(text, &options->retain_ns) ||
           zp_fail(err, "'retain' is a length of time such as \"90d\" or \"12h\", not \"%s\"", text);
}
