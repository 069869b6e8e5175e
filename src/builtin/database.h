/* database: directories of objects that are variables of the global environment.
 *
 *     database("data")     data/ticks/      -->  ticks
 *                          data/fx/EURUSD/  -->  fx$EURUSD      (fx: a list)
 *
 * Opening one looks at a single directory and binds names; an object is opened by whoever first reads its variable.  The
 * database that was opened last is the current one: what file= and load() call by a relative path is a name in it.
 *
 * Thread: the engine's. */
#ifndef ZP_BUILTIN_DATABASE_H
#define ZP_BUILTIN_DATABASE_H

#include "lang/lang.h"

typedef enum zp_open_mode {
    ZP_OPEN_AUTO,  /* for changing where nobody else does, else for reading */
    ZP_OPEN_WRITE, /* an error where somebody else writes */
    ZP_OPEN_READ
} zp_open_mode;

/* "auto", "write", "read". */
bool zp_open_mode_parse(const char *text, zp_open_mode *mode, zp_error *err) ZP_MUST_CHECK;

/* Opens the database directory `dir` (made if it is not there and `make`), binds its names, makes it the current one.
 * What a server does at its start, and `--data DIR` everywhere. */
bool zp_database_open(zp_engine *engine, const char *dir, zp_open_mode mode, bool make,
                      zp_error *err) ZP_MUST_CHECK;
/* The same for an object or a database that does not become current. */
bool zp_database_attach(zp_engine *engine, const char *dir, zp_open_mode mode, zp_error *err) ZP_MUST_CHECK;
/* Forgets the variables of a database or of an attached object; their objects are closed unless other values hold them. */
bool zp_database_detach(zp_engine *engine, const char *dir, zp_error *err) ZP_MUST_CHECK;
/* The current one's directory, or NULL. */
const char *zp_database_current(zp_engine *engine);

/* What a path of file= or load() means: dir = the directory; *database and *name (borrowed) when it is a name in the
 * current database, else NULL. */
bool zp_database_path(zp_engine *engine, const char *text, zp_buf *dir, const char **database,
                      const char **name, zp_error *err) ZP_MUST_CHECK;
/* A new object of the current database becomes visible. */
bool zp_database_announce(zp_engine *engine, const char *name, zp_error *err) ZP_MUST_CHECK;

/* After a drop or a rename: the variable of `name`'s first part is forgotten, and all names are bound again. */
bool zp_database_rescan(zp_engine *engine, const char *name, zp_error *err) ZP_MUST_CHECK;

/* Opens an object by its directory. */
bool zp_database_load(const char *dir, zp_open_mode mode, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
