/* catalog: a database is a directory of object directories.
 *
 *     data/                    the database
 *     +-- ticks/               object "ticks"
 *     `-- fx/                  a group: a directory that holds no object itself
 *         +-- EURUSD/          object "fx/EURUSD"
 *         `-- GBPUSD/          object "fx/GBPUSD"
 *
 * The directory is the catalogue: nothing is written down beside it that could disagree with it.  A name is a list of
 * parts with '/' between them; a part is what a variable may be called, [A-Za-z.][A-Za-z0-9._]*, but not "." and "..", so
 * that no name leads out of the database.  Entries of other names are not looked at; symbolic links are not followed.
 * Entries that begin with '#' are on their way in or out (a drop renames first, then deletes).
 *
 * Thread: any; nothing is kept between calls. */
#ifndef ZP_STORE_CATALOG_H
#define ZP_STORE_CATALOG_H

#include "base/buf.h"

enum { ZP_CATALOG_PART = 200, ZP_CATALOG_NAME = 1000, ZP_CATALOG_DEPTH = 16 };

typedef enum zp_entry_kind { ZP_ENTRY_NONE, ZP_ENTRY_OBJECT, ZP_ENTRY_GROUP } zp_entry_kind;

typedef struct zp_catalog {
    char **names; /* of objects, with their groups; sorted by parts */
    size_t count, cap;
} zp_catalog;

#define ZP_CATALOG_INIT ((zp_catalog){ 0 })

/* May an object be called so?  False: err says why not. */
bool zp_catalog_name_ok(const char *name, zp_error *err) ZP_MUST_CHECK;
/* dir/name. */
bool zp_catalog_path(zp_buf *out, const char *dir, const char *name, zp_error *err) ZP_MUST_CHECK;
/* What stands at a path. */
zp_entry_kind zp_catalog_kind(const char *path);
/* All objects below `dir`; of one group when `group` is not "" nor NULL. */
bool zp_catalog_read(zp_catalog *c, const char *dir, const char *group, zp_error *err) ZP_MUST_CHECK;
/* The first parts of all names, of which some may turn out to hold no object: one look at one directory. */
bool zp_catalog_top(zp_catalog *c, const char *dir, zp_error *err) ZP_MUST_CHECK;
bool zp_catalog_add(zp_catalog *c, const char *name, zp_error *err) ZP_MUST_CHECK;
void zp_catalog_fini(zp_catalog *c);

/* Bytes of disk that the files of an object take. */
bool zp_catalog_disk(const char *dir, uint64_t *bytes, zp_error *err) ZP_MUST_CHECK;

/* Makes the database directory itself (mode 0700) where there is none; its parent must exist. */
bool zp_catalog_make(const char *dir, zp_error *err) ZP_MUST_CHECK;
/* Makes the groups of `name`, so that the object's directory can be made; refuses a name that is taken, or one of whose
 * groups is an object. */
bool zp_catalog_prepare(const char *dir, const char *name, zp_error *err) ZP_MUST_CHECK;
/* The name of an object or a group changes; the new one must be free. */
bool zp_catalog_rename(const char *dir, const char *from, const char *to, zp_error *err) ZP_MUST_CHECK;
/* Removes an object that nobody has open: first its name, then its files. */
bool zp_catalog_drop(const char *dir, const char *name, zp_error *err) ZP_MUST_CHECK;
/* Deletes a directory with all that is in it. */
void zp_catalog_delete(const char *path);
/* Deletes what an interrupted drop, or an interrupted making of an object, has left. */
void zp_catalog_sweep(const char *dir);

#endif
