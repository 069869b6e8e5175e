/* options: the command line, read once from left to right.
 *
 *     zplane [OPTION]... [COMMAND] [OPTION]... [OPERAND]...
 *
 * The first word that is no option names the command; none: the console.  Every option of base/config.h can be
 * written --key=value or --key value (with dashes for dots, if one likes) or -O key=value.  An option of the letters below may
 * have its value in the same word.  `--` ends the options; so does the first operand of `run`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "cli/cli.h"

static bool usage(const char *fmt, const char *word, const char *more)
{
    fputs("zplane: ", stderr);
    fprintf(stderr, fmt, word);
    if (more)
        fprintf(stderr, "; did you mean '%s'?", more);
    fputs("\nTry 'zplane help'.\n", stderr);
    return false;
}

/* ---------------------------------------------------------------- settings */

/* The option that `--word[=...]` means; dashes stand for dots.  NULL: none. */
static const zp_option *option_of(const char *word, size_t len)
{
    size_t count;
    const zp_option *rows = zp_option_rows(&count);

    for (size_t i = 0; i < count; i++) {
        const char *key = rows[i].key;
        size_t k = 0;

        while (k < len && key[k] && (key[k] == word[k] || (key[k] == '.' && word[k] == '-')))
            k++;
        if (k == len && !key[k])
            return &rows[i];
    }
    return NULL;
}

static bool unknown_option(const char *word, size_t len)
{
    static const char *const flags[] = { "batch",  "reports",    "quiet",  "help", "version",
                                         "repair", "expression", "config", "since" };
    char name[64], shown[80];
    size_t count;
    const zp_option *rows = zp_option_rows(&count);
    zp_nearest near;

    snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), word);
    zp_nearest_init(&near, name);
    for (size_t i = 0; i < count; i++)
        zp_nearest_offer(&near, rows[i].key);
    for (size_t i = 0; i < ZP_COUNTOF(flags); i++)
        zp_nearest_offer(&near, flags[i]);
    snprintf(shown, sizeof shown, "--%s", near.found ? near.found : "");
    return usage("unknown option --%s", name, near.found ? shown : NULL);
}

/* `word`: key=value. */
static bool add_setting(zp_cli *cli, const char *word)
{
    const char *equals = strchr(word, '=');

    if (!equals)
        return usage("option '%s' needs a value: key=value", word, NULL);
    if (!option_of(word, (size_t)(equals - word)))
        return unknown_option(word, (size_t)(equals - word));
    cli->settings[cli->nsettings++] = word;
    return true;
}

/* `key` and `value` as the one word that they could have been. */
static bool add_pair(zp_cli *cli, const char *key, const char *value)
{
    size_t size = strlen(key) + strlen(value) + 2;
    char *word = zp_alloc(size, NULL);

    if (!word) {
        fputs("zplane: out of memory\n", stderr);
        return false;
    }
    snprintf(word, size, "%s=%s", key, value);
    cli->joined[cli->njoined++] = word;
    return add_setting(cli, word);
}

/* ---------------------------------------------------------------- words */

static void add_operand(zp_cli *cli, const char *text, bool is_expr)
{
    cli->operands[cli->noperands++] = (zp_operand){ text, is_expr };
}

/* The value of an option: the rest of its word, or the next word.  NULL: there is none (reported). */
static const char *value_of(zp_cli *cli, const char *rest, int *at, const char *option)
{
    if (*rest)
        return rest;
    if (*at + 1 < cli->argc)
        return cli->argv[++*at];
    usage("option %s needs a value", option, NULL);
    return NULL;
}

const char *zp__cli_own(const zp_cli *cli, const char *name)
{
    size_t len = strlen(name);

    for (int i = cli->nown; i > 0; i--) {
        const char *row = cli->own[i - 1].name;

        if (strncmp(row, name, len) == 0 && (row[len] == '\0' || row[len] == '='))
            return cli->own[i - 1].value;
    }
    return NULL;
}

/* The row of an option of the command's own, or NULL. */
static const char *own_option(const zp_cli *cli, const char *word, size_t len)
{
    const char *const *row = cli->command ? cli->command->options : NULL;

    for (; row && *row; row++) {
        if (strncmp(*row, word, len) == 0 && ((*row)[len] == '\0' || (*row)[len] == '='))
            return *row;
    }
    return NULL;
}

static bool add_own(zp_cli *cli, const char *row, const char *equals, int *at)
{
    bool wants = row[strlen(row) - 1] == '=';
    const char *value = "";

    if (!wants && equals)
        return usage("option --%s takes no value", row, NULL);
    if (wants)
        value = equals ? equals + 1 : value_of(cli, "", at, cli->argv[*at]);
    if (!value)
        return false;
    cli->own[cli->nown++] = (zp_own_option){ row, value };
    return true;
}

static bool long_option(zp_cli *cli, const char *word, int *at)
{
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const struct {
        const char *name;
        bool *flag;
    } flags[] = { { "batch", &cli->batch }, { "reports", &cli->reports }, { "repair", &cli->repair },
                  { "quiet", &cli->quiet }, { "help", &cli->help },       { "version", &cli->version } };

    if (own_option(cli, word, len))
        return add_own(cli, own_option(cli, word, len), equals, at);
    for (size_t i = 0; i < ZP_COUNTOF(flags); i++) {
        if (strcmp(word, flags[i].name) == 0) {
            *flags[i].flag = true;
            return true;
        }
    }
    if (len == 10 && strncmp(word, "expression", len) == 0) {
        const char *text = equals ? equals + 1 : value_of(cli, "", at, "--expression");

        if (text)
            add_operand(cli, text, true);
        return text != NULL;
    }
    if (len == 5 && strncmp(word, "since", len) == 0)
        return (cli->since = equals ? equals + 1 : value_of(cli, "", at, "--since")) != NULL;
    if (equals)
        return add_setting(cli, word);
    if (strcmp(word, "trust") == 0) /* a switch; --trust=0 is possible too */
        return add_setting(cli, "trust=1");
    if (option_of(word, len) && *at + 1 < cli->argc && cli->argv[*at + 1][0] != '-')
        return add_pair(cli, word, cli->argv[++*at]);
    if (option_of(word, len))
        return usage("option --%s needs a value: --key=value", word, NULL);
    return unknown_option(word, len);
}

/* Letters for settings of `serve`. */
static const char *setting_of(char letter)
{
    switch (letter) {
    case 'a': return "address";
    case 'i': return "init.code";
    case 'l': return "log.level";
    case 'p': return "port";
    default: return NULL;
    }
}

static bool short_option(zp_cli *cli, const char *word, int *at)
{
    const char *value, *key = setting_of(word[1]);

    if (key) {
        value = value_of(cli, word + 2, at, (const char[]){ '-', word[1], 0 });
        return value && add_pair(cli, key, value);
    }
    switch (word[1]) {
    case 'e':
    case 'O':
    case 'C':
        value = value_of(cli, word + 2, at, (const char[]){ '-', word[1], 0 });
        if (!value)
            return false;
        if (word[1] == 'O')
            return add_setting(cli, value);
        if (word[1] == 'C') {
            cli->config_dir = value;
            return true;
        }
        add_operand(cli, value, true);
        return true;
    case 'h': cli->help = true; break;
    case 'q': cli->quiet = true; break;
    case 'V': cli->version = true; break;
    default: return usage("unknown option %s", word, NULL);
    }
    return !word[2] || usage("unknown option %s", word, NULL);
}

static bool set_command(zp_cli *cli, const char *word)
{
    cli->command = zp__command_find(word);
    if (!cli->command) {
        const zp_command *near = zp__command_nearest(word);

        if (access(word, R_OK) == 0)
            return usage("unknown command '%s': to run a file write 'zplane run FILE'", word, NULL);
        return usage("unknown command '%s'", word, near ? near->name : NULL);
    }
    return true;
}

static bool allocate(zp_cli *cli, int argc)
{
    cli->operands = zp_alloc_zero((size_t)(argc + 1) * sizeof *cli->operands, NULL);
    cli->settings = zp_alloc_zero((size_t)(argc + 1) * sizeof *cli->settings, NULL);
    cli->joined = zp_alloc_zero((size_t)(argc + 1) * sizeof *cli->joined, NULL);
    cli->own = zp_alloc_zero((size_t)(argc + 1) * sizeof *cli->own, NULL);
    if (cli->operands && cli->settings && cli->joined && cli->own)
        return true;
    fputs("zplane: out of memory\n", stderr);
    return false;
}

bool zp_cli_parse(zp_cli *cli, int argc, char **argv)
{
    bool only_operands = false, ok;

    memset(cli, 0, sizeof *cli);
    cli->argc = cli->first_arg = argc;
    cli->argv = argv;
    ok = allocate(cli, argc);
    for (int i = 1; ok && i < argc; i++) {
        char *word = argv[i];

        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && word[0] == '-' && word[1] == '-') {
            ok = long_option(cli, word + 2, &i);
        } else if (!only_operands && word[0] == '-' && word[1]) {
            ok = short_option(cli, word, &i);
        } else if (!cli->command) {
            ok = set_command(cli, word);
        } else {
            add_operand(cli, word, false);
            if (cli->command->operands) { /* the rest is the script's */
                cli->first_arg = i + 1;
                break;
            }
        }
    }
    if (ok && !cli->command) {
        ok = set_command(cli, cli->help ? "help" : cli->noperands ? "eval" : "console");
        cli->help = false;
    }
    return ok;
}

/* ---------------------------------------------------------------- options from everywhere */

/* Reads DIR/zplane.conf.  A missing file is an error only where it was asked for. */
static bool read_file_in(zp_config *cfg, const char *dir, const char *below, bool must, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok;

    zp_buf_printf(&path, "%s%s/zplane.conf", dir, below);
    ok = zp_buf_ok(&path, err);
    if (ok && access(zp_buf_text(&path), R_OK) == 0)
        ok = zp_config_file(cfg, zp_buf_text(&path), err) && zp_config_set_str(cfg, "config.path", dir, err);
    else if (ok && must)
        ok = zp_fail(err, "can't find config file: %s", zp_buf_text(&path));
    zp_buf_fini(&path);
    return ok;
}

/* The directory given, or the current one, or that of the user. */
static bool read_file(const zp_cli *cli, zp_config *cfg, zp_error *err)
{
    const char *dir = cli->config_dir ? cli->config_dir : getenv("ZPLANE_CONFIG_PATH");
    const char *home = getenv("XDG_CONFIG_HOME"), *below = "/zplane";

    for (int i = 0; !dir && i < cli->nsettings; i++) {
        if (strncmp(cli->settings[i], "config.path=", 12) == 0)
            dir = cli->settings[i] + 12;
    }
    if (dir && *dir)
        return read_file_in(cfg, dir, "", true, err);
    if (access("zplane.conf", R_OK) == 0)
        return read_file_in(cfg, ".", "", false, err);
    if (!home || !*home) {
        home = getenv("HOME");
        below = "/.config/zplane";
    }
    return !home || !*home || read_file_in(cfg, home, below, false, err);
}

static bool apply_settings(zp_cli *cli, zp_config *cfg, zp_error *err)
{
    for (int i = 0; i < cli->nsettings; i++) {
        const char *word = cli->settings[i], *equals = strchr(word, '=');
        const zp_option *row = option_of(word, (size_t)(equals - word));

        cli->width_given |= row->offset == offsetof(zp_config, width);
        if (!zp_config_parse(cfg, row->key, equals + 1, err))
            return false;
    }
    return true;
}

bool zp__cli_read_again(void *arg, zp_config *fresh, zp_error *err)
{
    zp_cli *cli = arg;

    return read_file(cli, fresh, err) && zp_config_environment(fresh, err) && apply_settings(cli, fresh, err);
}

int zp_cli_configure(zp_cli *cli)
{
    zp_error err = ZP_ERROR_INIT;
    int status = ZP_EXIT_OK;

    if (!zp_config_init(&cli->cfg, &err) || !read_file(cli, &cli->cfg, &err) ||
        !zp_config_environment(&cli->cfg, &err))
        status = ZP_EXIT_ERROR;
    cli->width_given = status == ZP_EXIT_OK && cli->cfg.width != 80;
    if (status == ZP_EXIT_OK && !apply_settings(cli, &cli->cfg, &err))
        status = ZP_EXIT_USAGE;
    if (status != ZP_EXIT_OK)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    cli->cfg.args = (const char *const *)cli->argv;
    cli->cfg.nargs = cli->argc;
    cli->cfg.first_arg = cli->first_arg;
    return status;
}

void zp_cli_fini(zp_cli *cli)
{
    zp_config_fini(&cli->cfg);
    zp_free(cli->operands);
    zp_free(cli->settings);
    for (int i = 0; i < cli->njoined; i++)
        zp_free(cli->joined[i]);
    zp_free(cli->joined);
    zp_free(cli->own);
}
