/* config_file: values that come from outside the program: a file of `key = value` lines, and the environment.
 *
 *     # a comment
 *     digits   = 10
 *     timezone = Europe/Zurich          a bare word is a string
 *     prompt   = "zplane> "             a quoted one may hold escapes: \n \t \101 \x41 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/config.h"

/* ---------------------------------------------------------------- one line */

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r')
        at++;
    return at;
}

/* `digits` digits of the base at *at, at most; the number, or -1 when there is none. */
static int escape_number(const char **at, int base, int digits)
{
    int value = -1;

    for (; digits > 0; digits--, (*at)++) {
        char c = **at;
        int d = isdigit((unsigned char)c)    ? c - '0'
                : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                             : base;

        if (d >= base)
            break;
        value = (value < 0 ? 0 : value) * base + d;
    }
    return value;
}

/* The escape after a backslash; false: there is no such one. */
static bool escape(const char **at, zp_buf *out)
{
    static const char letters[] = "abfnrtv\"'\\", meanings[] = "\a\b\f\n\r\t\v\"'\\";
    const char *found = **at ? strchr(letters, **at) : NULL;
    int code;

    if (found) {
        (*at)++;
        zp_buf_putc(out, meanings[found - letters]);
        return true;
    }
    if (**at == 'x') {
        (*at)++;
        code = escape_number(at, 16, 2);
    } else {
        code = escape_number(at, 8, 3);
    }
    if (code <= 0 || code > 255)
        return false;
    zp_buf_putc(out, (char)code);
    return true;
}

/* The value that begins at `at`; false: malformed.  *quoted tells "7" from 7. */
static bool read_value(const char *at, zp_buf *out, bool *quoted)
{
    *quoted = *at == '"';
    if (!*quoted) {
        while (*at && *at != '#' && !isspace((unsigned char)*at))
            zp_buf_putc(out, *at++);
        if (out->len == 0)
            return false;
    } else {
        for (at++; *at != '"';) {
            if (!*at)
                return false;
            if (*at != '\\') {
                zp_buf_putc(out, *at++);
            } else {
                at++;
                if (!escape(&at, out))
                    return false;
            }
        }
        at++;
    }
    at = skip_blanks(at);
    return !*at || *at == '#';
}

static bool set_from_line(zp_config *cfg, const char *key, const char *value, bool quoted, zp_error *err)
{
    const zp_option *row = zp_option_find(key);
    zp_error inner = ZP_ERROR_INIT;

    if (!row)
        return zp_config_add_extra(cfg, key, value, err);
    if (quoted ? zp_config_set_str(cfg, key, value, &inner) : zp_config_parse(cfg, key, value, &inner))
        return true;
    if (strncmp(zp_error_text(&inner), "invalid type", 12) == 0)
        zp_fail(err, "config file error: type mismatch: '%s'", key);
    else
        zp_fail(err, "config file error: %s", zp_error_text(&inner));
    zp_error_clear(&inner);
    return false;
}

static bool read_line(zp_config *cfg, const char *line, int number, zp_buf *key, zp_buf *value, zp_error *err)
{
    const char *at = skip_blanks(line);
    bool quoted;

    zp_buf_clear(key);
    zp_buf_clear(value);
    if (!*at || *at == '#')
        return true;
    while (isalnum((unsigned char)*at) || *at == '.' || *at == '_' || *at == '-')
        zp_buf_putc(key, *at++);
    at = skip_blanks(at);
    if (key->len == 0 || *at != '=' || !read_value(skip_blanks(at + 1), value, &quoted))
        return zp_fail(err, "config file error: line %d is not 'key = value': %s", number, line);
    if (!zp_buf_ok(key, err) || !zp_buf_ok(value, err))
        return false;
    return set_from_line(cfg, zp_buf_text(key), zp_buf_text(value), quoted, err);
}

/* ---------------------------------------------------------------- a file */

bool zp_config_file(zp_config *cfg, const char *path, zp_error *err)
{
    zp_buf key = ZP_BUF_INIT, value = ZP_BUF_INIT;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    bool ok = true;
    FILE *file = fopen(path, "re");

    if (!file)
        return zp_fail_sys(err, errno, "cannot read config file '%s'", path);
    for (int number = 1; ok && (len = getline(&line, &cap, file)) >= 0; number++) {
        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        ok = read_line(cfg, line, number, &key, &value, err);
    }
    if (ok && ferror(file))
        ok = zp_fail_sys(err, errno, "cannot read config file '%s'", path);
    free(line);
    zp_buf_fini(&key);
    zp_buf_fini(&value);
    fclose(file);
    return ok;
}

/* ---------------------------------------------------------------- the environment */

static void variable_name(zp_buf *out, const char *key)
{
    zp_buf_puts(out, "ZPLANE_");
    for (; *key; key++)
        zp_buf_putc(out, *key == '.' || *key == '-' ? '_' : (char)toupper((unsigned char)*key));
}

bool zp_config_environment(zp_config *cfg, zp_error *err)
{
    size_t count;
    const zp_option *rows = zp_option_rows(&count);
    zp_buf name = ZP_BUF_INIT;
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        const char *value;

        zp_buf_clear(&name);
        variable_name(&name, rows[i].key);
        ok = zp_buf_ok(&name, err);
        value = ok ? getenv(zp_buf_text(&name)) : NULL;
        if (value && *value)
            ok = zp_config_parse(cfg, rows[i].key, value, err);
    }
    zp_buf_fini(&name);
    return ok;
}
