/* zplane: time series and records side by side; here the command begins.
 *
 * The map.  One folder is one room with one door (its header of the same name); a room may use those to its right:
 *
 *     cli  server  gateway  backend  plane  auth  wire  net  builtin  lang  store  ops  kernel  value  time  base
 *
 *     cli/      the command line: console, eval, run, serve, vault, tools      cli.h
 *     server/   `zplane serve`: strangers, hand-over, HTTP, reload             server.h
 *     gateway/  sessions of drivers, their trees checked and compiled          gateway.h
 *     backend/  schemas, pools, SQLite, PostgreSQL, MariaDB, series            backend.h
 *     plane/    native peers, contexts, remote queries, streams                plane.h
 *     auth/     the vault, handshakes, tokens, rights                          auth.h
 *     wire/     native messages and their codec, strict JSON                   wire.h
 *     net/      loops, sockets, TLS, frames                                    net.h
 *     builtin/  what the language can call: one table of rows per file         tables.h
 *     lang/     text -> tree -> A-normal form -> code -> context               lang.h
 *     store/    objects in files: mapped columns, commits, recovery            store.h
 *     ops/      what the syntax does to values: + [ <- c                       ops.h
 *     kernel/   tight loops over columns, by instruction set                   kernel.h
 *     value/    values: inline scalars, counted copy-on-write arrays           value.h
 *     time/     instants, zones, durations, periods, intervals                 time.h
 *     base/     errors, memory, buffers, strings, options                      base.h
 *
 * The way of one expression: cli/eval.c takes the text, lang/ parses and compiles it (parser.y, anf.c, compile.c)
 * and runs it step by step in a context; a step is one operation of ops/ or one call of a row of builtin/,
 * whose loops are in kernel/.  The result comes back to cli/session.c, which prints it.
 * ARCHITECTURE.md tells the same with reasons. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    zp_cli cli;
    int status = ZP_EXIT_USAGE;

    if (zp_cli_parse(&cli, argc, argv)) {
        status = zp_cli_configure(&cli);
        if (status == ZP_EXIT_OK)
            status = zp_cli_run(&cli);
    }
    zp_cli_fini(&cli);
    return status;
}
