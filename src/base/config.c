/* config: the rows of ZP_OPTIONS as data, and the one way in for every value.
 *
 * Whatever the source of a value (program, command line, environment, file), it ends in set_num() or
 * set_str(), which check kind and bounds; the texts of their errors are those of options(). */
#include "base/config.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ROW_INT(field, key, def, least, most, run, help) \
    { key, help, ZP_OPT_INT, offsetof(zp_config, field), def, least, most, NULL, run },
#define ROW_DBL(field, key, def, least, most, run, help) \
    { key, help, ZP_OPT_DBL, offsetof(zp_config, field), def, least, most, NULL, run },
#define ROW_STR(field, key, def, least, most, run, help) \
    { key, help, ZP_OPT_STR, offsetof(zp_config, field), 0, 0, 0, def, run },

static const zp_option rows[] = {
#define X(field, key, kind, def, least, most, run, help) ROW_##kind(field, key, def, least, most, run, help)
    ZP_OPTIONS(X)
#undef X
};

static const char *const log_levels[] = { "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL" };

const zp_option *zp_option_rows(size_t *count)
{
    *count = ZP_COUNTOF(rows);
    return rows;
}

const zp_option *zp_option_find(const char *key)
{
    for (size_t i = 0; i < ZP_COUNTOF(rows); i++) {
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    }
    return NULL;
}

static void *field_of(const zp_config *cfg, const zp_option *row)
{
    return (char *)cfg + row->offset;
}

static char *copy_text(const char *text, zp_error *err)
{
    size_t len = strlen(text);
    char *copy = zp_alloc(len + 1, err);

    if (copy)
        memcpy(copy, text, len + 1);
    return copy;
}

/* ---------------------------------------------------------------- setting */

static bool wrong_type(const zp_option *row, zp_error *err)
{
    return zp_fail(err, "invalid type for config variable '%s':", row->key);
}

static bool set_num(zp_config *cfg, const zp_option *row, double value, zp_error *err)
{
    if (row->kind == ZP_OPT_STR || isnan(value))
        return wrong_type(row, err);
    if (row->kind == ZP_OPT_INT)
        value = trunc(value);
    if (value < row->least || value > row->most)
        return zp_fail(err, "config variable '%s' must be between %.15g and %.15g:", row->key, row->least,
                       row->most);
    if (row->kind == ZP_OPT_INT)
        *(int64_t *)field_of(cfg, row) = (int64_t)value;
    else
        *(double *)field_of(cfg, row) = value;
    return true;
}

static bool known_log_level(const char *text)
{
    for (size_t i = 0; i < ZP_COUNTOF(log_levels); i++) {
        if (strcmp(log_levels[i], text) == 0)
            return true;
    }
    return false;
}

static bool set_str(zp_config *cfg, const zp_option *row, const char *value, zp_error *err)
{
    char **field = field_of(cfg, row), *copy;

    if (row->kind != ZP_OPT_STR)
        return wrong_type(row, err);
    if (field == &cfg->log_level && !known_log_level(value))
        return zp_fail(err, "unknown log level '%s': use TRACE, DEBUG, INFO, WARN, ERROR or FATAL", value);
    copy = copy_text(value, err);
    if (!copy)
        return false;
    zp_free(*field);
    *field = copy;
    return true;
}

static const zp_option *find(const char *key, zp_error *err)
{
    const zp_option *row = zp_option_find(key);

    if (!row)
        zp_fail(err, "unknown config variable '%s':", key);
    return row;
}

bool zp_config_set_num(zp_config *cfg, const char *key, double value, zp_error *err)
{
    const zp_option *row = find(key, err);

    return row && set_num(cfg, row, value, err);
}

bool zp_config_set_str(zp_config *cfg, const char *key, const char *value, zp_error *err)
{
    const zp_option *row = find(key, err);

    return row && set_str(cfg, row, value, err);
}

/* Decimal, 0x hexadecimal, and octal after a leading 0, as configuration files write whole numbers; or any number. */
static bool number_of(const char *text, double *out)
{
    char *end;

    if (isspace((unsigned char)*text) || !*text)
        return false;
    *out = (double)strtoll(text, &end, 0);
    if (*end)
        *out = strtod(text, &end);
    return !*end;
}

bool zp_config_parse(zp_config *cfg, const char *key, const char *text, zp_error *err)
{
    const zp_option *row = find(key, err);
    double value;

    if (!row)
        return false;
    if (row->kind == ZP_OPT_STR)
        return set_str(cfg, row, text, err);
    if (!number_of(text, &value))
        return wrong_type(row, err);
    return set_num(cfg, row, value, err);
}

/* ---------------------------------------------------------------- life */

bool zp_config_init(zp_config *cfg, zp_error *err)
{
    memset(cfg, 0, sizeof *cfg);
    for (size_t i = 0; i < ZP_COUNTOF(rows); i++) {
        bool ok = rows[i].kind == ZP_OPT_STR ? set_str(cfg, &rows[i], rows[i].str, err)
                                             : set_num(cfg, &rows[i], rows[i].num, err);

        if (!ok) {
            zp_config_fini(cfg);
            return false;
        }
    }
    return true;
}

bool zp_config_add_extra(zp_config *cfg, const char *key, const char *value, zp_error *err)
{
    zp_config_extra **last = &cfg->extra, *extra;

    while (*last && strcmp((*last)->key, key) != 0)
        last = &(*last)->next;
    extra = zp_new(zp_config_extra, err);
    if (!extra)
        return false;
    extra->key = copy_text(key, err);
    extra->value = copy_text(value, err);
    if (!extra->key || !extra->value) {
        zp_free(extra->key);
        zp_free(extra->value);
        zp_free(extra);
        return false;
    }
    if (*last) { /* a later line wins */
        char *old = (*last)->value;

        (*last)->value = extra->value;
        zp_free(old);
        zp_free(extra->key);
        zp_free(extra);
        return true;
    }
    *last = extra;
    return true;
}

bool zp_config_copy(zp_config *to, const zp_config *from, zp_error *err)
{
    memset(to, 0, sizeof *to);
    to->args = from->args;
    to->nargs = from->nargs;
    to->first_arg = from->first_arg;
    for (size_t i = 0; i < ZP_COUNTOF(rows); i++) {
        const zp_option *row = &rows[i];

        switch (row->kind) {
        case ZP_OPT_INT: *(int64_t *)field_of(to, row) = *(int64_t *)field_of(from, row); break;
        case ZP_OPT_DBL: *(double *)field_of(to, row) = *(double *)field_of(from, row); break;
        case ZP_OPT_STR:
            if (!set_str(to, row, *(char **)field_of(from, row), err))
                goto fini;
        }
    }
    for (const zp_config_extra *e = from->extra; e; e = e->next) {
        if (!zp_config_add_extra(to, e->key, e->value, err))
            goto fini;
    }
    return true;

fini:
    zp_config_fini(to);
    return false;
}

void zp_config_fini(zp_config *cfg)
{
    for (size_t i = 0; i < ZP_COUNTOF(rows); i++) {
        if (rows[i].kind == ZP_OPT_STR) {
            char **field = field_of(cfg, &rows[i]);

            zp_free(*field);
            *field = NULL;
        }
    }
    while (cfg->extra) {
        zp_config_extra *extra = cfg->extra;

        cfg->extra = extra->next;
        zp_free(extra->key);
        zp_free(extra->value);
        zp_free(extra);
    }
}
