/* cli: the `zplane` command.
 *
 *     argv --zp_cli_parse--> command, operands, settings --zp_cli_configure--> options --command->run--> status
 *
 * A command is a row of a table (command.c): name, synopsis, help, function.  Every command that evaluates does
 * so in a session (session.h): one engine, one context, results to standard output, reports to standard error.
 * Exit status: 0; 1 after an error of the program; 2 after a wrong command line; n after q(n).
 *
 * Thread: the only one; kernels may borrow others. */
#ifndef ZP_CLI_CLI_H
#define ZP_CLI_CLI_H

#include "base/config.h"

enum { ZP_EXIT_OK = 0, ZP_EXIT_ERROR = 1, ZP_EXIT_USAGE = 2 };

typedef struct zp_cli zp_cli;

typedef struct zp_command {
    const char *name, *synopsis, *summary;
    const char *help; /* paragraphs, each line as shown */
    int (*run)(zp_cli *cli);
    bool hidden;   /* not listed by `zplane help` */
    bool operands; /* the first operand ends the options: what follows belongs to the script */
    const char *const
        *options; /* of its own, NULL-terminated: "format=" takes a value, "tls" does not; may be NULL */
} zp_command;

/* Something to evaluate: the text of -e, or a file ("-": standard input). */
typedef struct zp_operand {
    const char *text;
    bool is_expr;
} zp_operand;

/* An option of the command's own. */
typedef struct zp_own_option {
    const char *name; /* as in the command's table */
    const char *value;
} zp_own_option;

struct zp_cli {
    const zp_command *command;
    zp_own_option *own; /* in the order given */
    int nown;
    zp_operand *operands; /* argv's strings */
    int noperands;
    const char **settings; /* "key=value" from the command line */
    int nsettings;
    char **joined; /* those of them that were written as two words: ours to free */
    int njoined;
    const char *config_dir; /* -C */
    char **argv;
    int argc, first_arg; /* argv[first_arg ..]: arguments of the script */
    const char *since;   /* --since: the backup before this one */
    bool repair;         /* --repair */
    bool batch, reports, quiet, help, version;
    bool width_given; /* by command line, environment or file: else a terminal decides */
    zp_config cfg;
};

/* Reads the command line; false: it is wrong, the reason is on standard error. */
bool zp_cli_parse(zp_cli *cli, int argc, char **argv) ZP_MUST_CHECK;
/* Fills cli->cfg from defaults, file, environment and command line.  The exit status; 0: go on. */
int zp_cli_configure(zp_cli *cli) ZP_MUST_CHECK;
int zp_cli_run(zp_cli *cli) ZP_MUST_CHECK;
void zp_cli_fini(zp_cli *cli);

/* ---------------------------------------------------------------- inside the room */

/* The last value of an option of the command's own; "" for one without value; NULL: not given. */
const char *zp__cli_own(const zp_cli *cli, const char *name);

const zp_command *zp__command_find(const char *name);
const zp_command *zp__command_nearest(const char *name); /* NULL: none is near */

int zp__cmd_console(zp_cli *cli);
int zp__cmd_eval(zp_cli *cli);
int zp__cmd_run(zp_cli *cli);
int zp__cmd_explain(zp_cli *cli);
int zp__cmd_help(zp_cli *cli);
int zp__cmd_reference(zp_cli *cli);
int zp__cmd_schema(zp_cli *cli);
int zp__cmd_serve(zp_cli *cli);
int zp__cmd_vault(zp_cli *cli);
int zp__cmd_version(zp_cli *cli);
/* The configuration as at start, read again from file, environment and command line (arg: the zp_cli). */
bool zp__cli_read_again(void *arg, zp_config *fresh, zp_error *err);
int zp__batch(zp_cli *cli);
/* Help of the built-in called `name`, or what is near. */
int zp__help_builtin(zp_cli *cli, const char *name);

#endif
