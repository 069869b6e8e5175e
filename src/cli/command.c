/* command: the table of commands, and what `zplane help` says about each. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/gateway_tools.h"
#include "cli/remote.h"
#include "cli/store_tools.h"

static const char *const query_options[] = { ZP_REMOTE_OPTIONS, "format=", NULL };
static const char *const append_options[] = { ZP_REMOTE_OPTIONS, "sep=",   "batch-rows=", "tz=",
                                              "time-format=",    "resume", "no-header",   NULL };
static const char *const serve_options[] = { "demo", "console", NULL };
static const char *const connect_options[] = { ZP_REMOTE_OPTIONS, NULL };

static const zp_command commands[] = {
    { .name = "console",
      .synopsis = "zplane [OPTION]...",
      .summary = "read, evaluate and show, line after line (also without any command)",
      .help =
          "Reads programs from standard input.  On a terminal: line editing, history, completion with TAB of names\n"
          "and of the arguments of the function that is being called; an unfinished program goes on after '+'.\n"
          "Ctrl-C stops what is running and keeps the session, Ctrl-D or q() ends it.  help(name) explains a\n"
          "built-in.  Input that is no terminal is evaluated without prompts until its first error.",
      .run = zp__cmd_console },
    { .name = "eval",
      .synopsis = "zplane eval [OPTION]... {-e EXPR | FILE | -}...\n       zplane eval --batch [--reports]",
      .summary = "evaluate texts or files, each as one unit, and show its last value",
      .help =
          "Each EXPR or FILE ('-': standard input) is parsed as a whole and evaluated in turn, in one environment;\n"
          "the value of its last expression is shown unless it is invisible.  The first error ends the command.\n"
          "EXPR may begin with '-'.\n"
          "\n"
          "--batch reads one JSON object per line, {\"id\": STRING, \"expr\": STRING}, evaluates each in a fresh\n"
          "environment and answers with one line {\"id\": STRING, \"out\": STRING, \"err\": BOOL}; with --reports\n"
          "the answer also holds \"report\": what the unit wrote to standard error.",
      .run = zp__cmd_eval },
    { .name = "run",
      .synopsis = "zplane run [OPTION]... FILE [ARGUMENT]...",
      .summary = "run a script, showing every top-level expression in turn",
      .help =
          "Evaluates the top-level expressions of FILE ('-': standard input) one after the other and shows the value\n"
          "of each unless it is invisible, until the first error.  commandArgs(trailingOnly = TRUE) holds the\n"
          "ARGUMENTs.",
      .run = zp__cmd_run,
      .operands = true },
    { .name = "serve",
      .synopsis =
          "zplane serve [--demo] [--console] [--data=DIR] [--port=N] [--address=IP] [--trust] [OPTION]...",
      .summary = "serve: the language over its own protocol, databases to drivers, HTTP",
      .help =
          "Listens on a port (7777; --port=0: a free one, which is printed) and, with --unix-socket=PATH, on a Unix\n"
          "socket.  Drivers and zplane's own protocol share the port; so do TLS (--tls=optional or required, with\n"
          "--tls-cert and --tls-key) and HTTP (--http-listen=shared; --http-listen=PORT: its own).  Prints where it\n"
          "listens and \"ready\".  The vault (--vault=FILE, 'zplane help vault') says who may come; with --trust native peers of\n"
          "this machine may everything without login.\n"
          "\n"
          "SIGTERM and SIGINT stop in order, SIGHUP reads the configuration, the certificate and the vault again\n"
          "and opens the log anew.  -p, -a, -i, -l are --port, --address, --init-code, --log-level.\n"
          "'zplane help options' lists every setting.\n"
          "\n"
          "--console evaluates what is typed here in a context of the running server, with all rights; the log appears\n"
          "above the prompt.  Ctrl-C stops an evaluation, q() or Ctrl-D stop the server.  Input that is no terminal is\n"
          "evaluated without prompts, and at its end the server goes on.\n"
          "\n"
          "--demo serves the demo shop on loopback: clients whose keys it prints, the databases 'shop' and 'other' on SQLite,\n"
          "and the series 'visits'; in a folder of its own, which goes when the server stops.",
      .run = zp__cmd_serve,
      .options = serve_options },
    { .name = "explain",
      .synopsis = "zplane explain {-e EXPR | FILE}...",
      .summary = "show how a program is understood: tree, A-normal form, code",
      .help = "Parses and compiles, and evaluates nothing.",
      .run = zp__cmd_explain },
    { .name = "ls",
      .synopsis = "zplane ls DIR...",
      .summary = "list the persistent objects of a database",
      .help =
          "One line for each object at or below DIR: what it is, rows, columns, bytes, when changes reach the disk, and\n"
          "for a series its first and last time.  Without DIR: the directory of --data.",
      .run = zp__cmd_ls },
    { .name = "du",
      .synopsis = "zplane du DIR...",
      .summary = "show how much disk each persistent object takes",
      .help = "Counts blocks of the file system, room that was taken ahead included.",
      .run = zp__cmd_du },
    { .name = "check",
      .synopsis = "zplane check [--repair] DIR...",
      .summary = "verify the files of persistent objects: checksums, lengths, order",
      .help =
          "Reads every object at or below DIR, says what is wrong and how many rows can be kept.  May run while others\n"
          "write.  --repair keeps the longest valid prefix of a damaged object; nobody may be writing to it.\n"
          "Exit status: 0 when all is well, 1 when there were problems (repaired ones too), 2 after a wrong command line.",
      .run = zp__cmd_check },
    { .name = "backup",
      .synopsis = "zplane backup [--since EARLIER] DIR FILE",
      .summary = "save persistent objects into one file, while others write to them",
      .help =
          "Saves every object at or below DIR, each as of one commit, packed with zstd; what it reads is compared with its\n"
          "checksums, and an object that is damaged is left out with a word (exit status 1).  FILE must not exist; it\n"
          "appears when it is whole.\n"
          "--since EARLIER saves only what has changed since that backup, which restore will need too.",
      .run = zp__cmd_backup },
    { .name = "restore",
      .synopsis = "zplane restore FILE... DIR",
      .summary = "make a database directory from backup files",
      .help =
          "The first FILE is a whole backup, the others build upon it (--since), each upon the one in front of it.  DIR must\n"
          "not exist; it appears when everything in it has been compared with the backup.",
      .run = zp__cmd_restore },
    { .name = "connect",
      .synopsis = "zplane connect HOST [OPTION]...",
      .summary = "a console of a server somewhere else",
      .help =
          "Programs are edited here and evaluated there, in a working environment of this connection.  TAB completes the\n"
          "names of the server too; :help lists what the console can do.  Ctrl-C stops what is running there, q(),\n"
          "q(STATUS) or Ctrl-D ends the session.  A lost connection is made again.  Input that is no terminal is\n"
          "evaluated without prompts until its first error.\n"
          "Exit status: 0, that of q(STATUS), 1 after an error of such input or without a connection, 2 wrong usage.\n"
          "\n" ZP_REMOTE_HELP,
      .run = zp__cmd_connect,
      .options = connect_options },
    { .name = "query",
      .synopsis = "zplane query HOST {-e EXPR | FILE}... [--format table|csv|json|ndjson] [OPTION]...",
      .summary = "evaluate on a server and print the value",
      .help =
          "Each EXPR or FILE ('-': standard input) is evaluated there as one unit.  What cat and print write over\n"
          "there is written here.\n"
          "  --format table       as the console shows it (the default)\n"
          "  --format csv         what has rows: a series, an array, a list of vectors of one length with names\n"
          "  --format json        one value: an object per row of a series or of columns with names\n"
          "  --format ndjson      one JSON value per row and line\n"
          "Times are ISO 8601 in UTC, durations nanoseconds, NaN is null in JSON.  What shows nothing has no rows.\n"
          "\n" ZP_REMOTE_HELP,
      .run = zp__cmd_query,
      .options = query_options },
    { .name = "append",
      .synopsis = "zplane append HOST NAME [OPTION]... < rows.csv",
      .summary = "append rows of CSV text to a series or array of a server",
      .help =
          "NAME is a global variable, or element names below it: book$eu$fx.  The first field of a series is its time:\n"
          "as read.csv takes it, or ISO 8601 (2024-03-31T01:30:00.5Z, 2024-03-31 03:30:00+02:00).  The others are columns:\n"
          "where the header says if it names those of the object, else in their order.  An empty field is NaN.  A batch is\n"
          "applied as a whole; the command ends when all rows are as safe as the object's policy promises.  A lost\n"
          "connection is made again, nothing is lost or doubled.  What 'zplane query --format csv' writes can be appended.\n"
          "  --resume             skip rows up to the last instant that the series holds\n"
          "  --no-header          the first line holds a row, not names\n"
          "  --sep C              between fields: one character, or \\t (,)\n"
          "  --tz ZONE            of times that name none\n"
          "  --time-format FORMAT   as that of read.csv: %Y-%m-%d %H:%M:%S\n"
          "  --batch-rows N       rows of a batch (1000)\n"
          "\n" ZP_REMOTE_HELP,
      .run = zp__cmd_append,
      .options = append_options },
    { .name = "vault",
      .synopsis = "zplane vault COMMAND ...",
      .summary = "clients, their keys, databases, bindings and grants",
      .help =
          "The vault is one file (--vault=FILE, default vault.db in state.dir) whose secrets are sealed under a master key.\n"
          "'zplane vault' lists its commands; docs/vault.md explains them.  Running servers follow a change within a second.\n"
          "Secrets are printed when they are made and never again.",
      .run = zp__cmd_vault,
      .operands = true },
    { .name = "schema",
      .synopsis = "zplane schema COMMAND ...",
      .summary = "schemas of databases: check, compare, import, publish",
      .help =
          "What applications may name is a schema file; a version of it goes from a draft to dev, qa, staging and prod.\n"
          "'zplane schema' lists its commands; docs/schemas.md explains them.",
      .run = zp__cmd_schema,
      .operands = true },
    { .name = "gateway",
      .synopsis = "zplane gateway COMMAND ...",
      .summary = "pools, sessions and queries of a running server",
      .help =
          "Asks the server of a state directory (--state-dir=DIR, or --data=DIR) over the socket in it, which is for its user alone.\n"
          "'zplane gateway' lists its commands; docs/pools.md explains what they show.",
      .run = zp__cmd_gateway,
      .operands = true },
    { .name = "help",
      .synopsis = "zplane help [COMMAND | options | NAME]",
      .summary = "explain a command, the options, or a built-in function",
      .help = "Without a word: the commands.  'zplane help options' lists every setting with its default;\n"
              "'zplane help sum' explains the built-in sum as help(sum) does at the console.",
      .run = zp__cmd_help },
    { .name = "version",
      .synopsis = "zplane version | --version",
      .summary = "print the version",
      .help = "",
      .run = zp__cmd_version },
    { .name = "reference",
      .synopsis = "zplane reference",
      .summary = "print the reference manual of the built-ins (docs/reference.md)",
      .help = "",
      .run = zp__cmd_reference,
      .hidden = true },
};

const zp_command *zp__command_find(const char *name)
{
    for (size_t i = 0; i < ZP_COUNTOF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const zp_command *zp__command_nearest(const char *name)
{
    zp_nearest near;

    zp_nearest_init(&near, name);
    for (size_t i = 0; i < ZP_COUNTOF(commands); i++)
        zp_nearest_offer(&near, commands[i].name);
    return near.found ? zp__command_find(near.found) : NULL;
}

/* ---------------------------------------------------------------- help */

static void show_overview(void)
{
    puts(
        "zplane: a subset of R with nanosecond time series.\n\nUsage: zplane [COMMAND] [OPTION]... [OPERAND]...\n");
    for (size_t i = 0; i < ZP_COUNTOF(commands); i++) {
        if (!commands[i].hidden)
            printf("  %-9s %s\n", commands[i].name, commands[i].summary);
    }
    puts(
        "\n"
        "  -e EXPR, --expression=EXPR   a text to evaluate\n"
        "  -O KEY=VALUE, --KEY=VALUE    a setting, for instance --digits=10 ('zplane help options' lists them)\n"
        "  -C DIR                       read DIR/zplane.conf; else ./zplane.conf or ~/.config/zplane/zplane.conf\n"
        "  -q, --quiet                  no greeting at the console\n"
        "  -h, --help                   this, or the help of the command\n"
        "  -V, --version                the version\n"
        "\n"
        "Exit status: 0; 1 after an error of the program; 2 after a wrong command line; n after q(n).\n"
        "Start with:  zplane             then  help()");
}

static void show_command(const zp_command *c)
{
    printf("Usage: %s\n\n%s\n", c->synopsis, c->summary);
    if (*c->help)
        printf("\n%s\n", c->help);
}

static void show_default(const zp_option *row)
{
    if (row->kind == ZP_OPT_STR)
        printf(" (\"%s\")", row->str);
    else
        printf(" (%.15g)", row->num);
}

static void show_options(void)
{
    size_t count;
    const zp_option *rows = zp_option_rows(&count);

    puts(
        "Every setting can be given as --key=value or -O key=value, in the environment as ZPLANE_KEY (capital\n"
        "letters, _ for the dots), or in zplane.conf as 'key = value', in this order of precedence.  Those with a\n"
        "star can be changed while running, with options(key = value).  Defaults are in brackets.\n");
    for (size_t i = 0; i < count; i++) {
        printf("%c %-18s %s", rows[i].run_time ? '*' : ' ', rows[i].key, rows[i].help);
        show_default(&rows[i]);
        putchar('\n');
    }
}

int zp__cmd_help(zp_cli *cli)
{
    const char *word = cli->noperands ? cli->operands[0].text : NULL;
    const zp_command *c = word ? zp__command_find(word) : NULL;

    if (!word) {
        show_overview();
        return ZP_EXIT_OK;
    }
    if (c)
        show_command(c);
    else if (strcmp(word, "options") == 0)
        show_options();
    else
        return zp__help_builtin(cli, word);
    return ZP_EXIT_OK;
}

int zp__cmd_version(zp_cli *cli)
{
    puts("zplane " ZP_VERSION);
    return ZP_EXIT_OK;
}

int zp_cli_run(zp_cli *cli)
{
    if (cli->version)
        return zp__cmd_version(cli);
    if (cli->help) {
        show_command(cli->command);
        return ZP_EXIT_OK;
    }
    return cli->command->run(cli);
}
