/* failure: what clients are told.  Fixed sentences: no SQL, no host, no value ever gets into them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/engine.h"

typedef struct failure_row {
    const char *kind, *text;
} failure_row;

static const failure_row rows[] = {
    [ZP_RUN_NONE] = { "", "" },
    [ZP_RUN_UNIQUE] = { "unique", "a row with this value exists already (unique constraint)" },
    [ZP_RUN_FOREIGN_KEY] = { "foreign_key",
                             "the related row does not exist or is still referred to (foreign key constraint)" },
    [ZP_RUN_CHECK] = { "check", "a value does not satisfy a check constraint" },
    [ZP_RUN_NOT_NULL] = { "not_null", "a value that must not be null is missing" },
    [ZP_RUN_OVERFLOW] = { "overflow", "a number is out of range" },
    [ZP_RUN_VALUE] = { "value", "the backend does not accept a value" },
    [ZP_RUN_TIMEOUT] = { "timeout", "the query was stopped at its time limit" },
    [ZP_RUN_WAIT] = { "pool", "no connection to the database became free in time; try again" },
    [ZP_RUN_CONNECT] = { "unreachable", "the database cannot be reached at the moment; try again later" },
    [ZP_RUN_LOST] = { "connection_lost", "the connection to the database was lost" },
    [ZP_RUN_CONFLICT] = { "conflict", "another transaction was in the way; try again" },
    [ZP_RUN_ROW_SIZE] = { "row_size", "a row is too large" },
    [ZP_RUN_BACKEND] = { "backend", "the database failed" },
    [ZP_RUN_CANCELLED] = { "cancelled", "the query was cancelled" },
    [ZP_RUN_KILLED] = { "killed", "the query was ended by the administrator" },
    [ZP_RUN_SHUTDOWN] = { "shutdown", "the server shuts down" },
};

const char *zp__failure_kind(zp_run_error error)
{
    return rows[error].kind;
}

const char *zp__failure_text(zp_run_error error)
{
    return rows[error].text;
}

void zp__failure_set(zp_failure *f, zp_run_error error, const char *fmt, ...)
{
    va_list args;

    *f = (zp_failure){ .error = error };
    va_start(args, fmt);
    vsnprintf(f->text, sizeof f->text, fmt, args);
    va_end(args);
}

void zp__failure_log(zp_failure *f, const char *why)
{
    size_t n = strcspn(why, "\n");

    snprintf(f->log, sizeof f->log, "%.*s", (int)(n < sizeof f->log ? n : sizeof f->log - 1), why);
}

bool zp__failure_pass(const zp_failure *f, zp_error *err)
{
    return zp_fail(err, "%s", f->text[0] ? f->text : rows[f->error].text);
}
