/* remote: what the commands that talk to a server share: where it is, who we are. */
#ifndef ZP_CLI_REMOTE_H
#define ZP_CLI_REMOTE_H

#include <stdio.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "zplane.h"

/* The options of all of them, for the tables of commands; and their help. */
#define ZP_REMOTE_OPTIONS "credentials=", "tls", "ca=", "insecure", "environment=", "database=", "timeout="
#define ZP_REMOTE_HELP                                                                                          \
    "HOST is host, host:port (7777 unless given), [v6]:port, or /path/of/a/socket; zplanes://host means TLS.\n" \
    "  --credentials FILE   lines client_key=, access_key=, secret_key= (also: environment\n"                   \
    "                       ZPLANE_CREDENTIALS); without it the server must run with --trust\n"                 \
    "  --tls, --ca FILE, --insecure   TLS; certificates that are trusted; trust any\n"                          \
    "  --environment NAME, --database ID   of the grant, where the key needs them\n"                            \
    "  --timeout SECONDS    to connect, and for an answer (default 180)"

/* Connects to the first operand.  NULL: the reason is on standard error, *status is the exit status. */
zplane *zp__remote_connect(zp_cli *cli, bool reconnect, int *status);
/* Milliseconds of --timeout; 0: it is no number of seconds. */
int zp__remote_timeout(const zp_cli *cli);
/* The error of an evaluation, on standard error; on a terminal with the line of `text` it is in. */
void zp__remote_report(const zplane_error *err, const char *text);
/* "zplane: <text>" on standard error; ZP_EXIT_ERROR. */
int zp__remote_complain(const zplane_error *err);
/* Standard output may be full or closed: then the result did not arrive. */
int zp__remote_finish(int status);

int zp__cmd_query(zp_cli *cli);
int zp__cmd_append(zp_cli *cli);
int zp__cmd_connect(zp_cli *cli);

/* remote_show.c: a value as text for other programs, written as it is made.  True also when `to` does not take it (ferror). */
bool zp__show_csv(FILE *to, const zplane_value *v, zp_error *err) ZP_MUST_CHECK;
bool zp__show_json(FILE *to, const zplane_value *v, bool lines, zp_error *err) ZP_MUST_CHECK;

#endif
