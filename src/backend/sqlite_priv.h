/* sqlite_priv: what sqlite.c and its neighbours share. */
#ifndef ZP_BACKEND_SQLITE_PRIV_H
#define ZP_BACKEND_SQLITE_PRIV_H

#include <sqlite3.h>

#include "base/buf.h"

/* The file of a sqlite: URL; NULL with an error that says why. */
sqlite3 *zp__sqlite_open(const char *url, zp_error *err) ZP_MUST_CHECK;
/* The functions of our own that the statements for SQLite may call (sqlite_functions.c). */
bool zp__sqlite_functions(sqlite3 *db, zp_error *err) ZP_MUST_CHECK;
bool zp__sqlite_calc(sqlite3 *db) ZP_MUST_CHECK; /* sqlite_calc.c */
bool zp__sqlite_introspect(const char *url, const char *database, const char *table, zp_buf *json,
                           zp_error *err);

#endif
