/* store: objects that live in files.
 *
 * A persistent object is a directory: a readable header, one file per column, and a small file of commit records.
 * Its columns are mapped into memory, so that a value of the language looks into the files:
 *
 *     zp_value { DBL | boxed | * } --> zp_array --data--> one reserved range of addresses
 *                                        |                [ column 0 ....... | column 1 ....... | ... ]
 *                                        hold                  |                  |
 *                                        v                  file c1            file c2
 *                                     zp_store
 *
 * Appending writes behind the committed rows of every column and then publishes a commit record: nothing moves, and
 * nobody sees half a row.  Changes of elements (x[i] <- v) land in private copies of pages; when the instruction is over
 * zp_store_flush() puts them into a redo record, applies them to the files and drops the copies; or, if the instruction
 * failed, zp_store_rollback() just drops them.  Everything that changes the shape (columns, names, types) writes new
 * files beside the old ones and publishes a header that lists them.
 *
 * Who holds a store: its values.  The last one that dies closes it.  Several values may look at one store: those that
 * were opened or created follow its changes; what shares the object of such a value by `y <- z` keeps what it had.
 *
 * Threads: the engine's.  One flush thread per process, started by the first commit that has to wait, makes commits
 * durable; it touches file descriptors only.  All system calls go through the table in store/io.h.
 * Every byte: docs/format.md.  For users: docs/store.md. */
#ifndef ZP_STORE_STORE_H
#define ZP_STORE_STORE_H

#include "base/buf.h"
#include "value/value.h"

typedef struct zp_store zp_store;

/* ---------------------------------------------------------------- creating and opening */

typedef enum zp_sync {
    ZP_SYNC_COMMIT,   /* a commit is acknowledged when it is on the disk */
    ZP_SYNC_INTERVAL, /* ... at once; on the disk after an interval at the latest */
    ZP_SYNC_NONE      /* ... at once; on the disk when the system likes, and when the object is closed */
} zp_sync;

typedef struct zp_store_options {
    zp_sync sync;
    int64_t interval_ns; /* of ZP_SYNC_INTERVAL */
    int64_t retain_ns;   /* > 0: rows of a series older than this before its last row are dropped */
} zp_store_options;

#define ZP_STORE_OPTIONS ((zp_store_options){ .sync = ZP_SYNC_COMMIT })

/* The texts of `sync =` ("commit", "none", or a length such as "100ms", "2s") and of `retain =` ("" or "90d", "12h"). */
bool zp_store_sync_parse(const char *text, zp_store_options *options, zp_error *err) ZP_MUST_CHECK;
bool zp_store_retain_parse(const char *text, zp_store_options *options, zp_error *err) ZP_MUST_CHECK;

/* Creates directory `dir` with the content of `v`, an array or a series; *out: the value that lives there, locked.
 * `DIR already exists`, `cannot create DIR: ...`. */
bool zp_store_create(const char *dir, zp_value v, const zp_store_options *options, zp_value *out,
                     zp_error *err) ZP_MUST_CHECK;
/* Opens what is there.  `writable`: takes the writer's lock (an error names who has it).  Recovery is done here.
 * `no data in directory DIR`. */
bool zp_store_open(const char *dir, bool writable, zp_value *out, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- asking */

/* The store of a persistent array or series (or of its index or data), borrowed; NULL: it is in memory. */
zp_store *zp_store_of(zp_value v);
const char *zp_store_dir(const zp_store *s); /* as it was given */
bool zp_store_writable(const zp_store *s);
/* Another value of the current state, as load() gives. */
bool zp_store_value(zp_store *s, zp_value *out, zp_error *err) ZP_MUST_CHECK;
const zp_store_options *zp_store_get_options(const zp_store *s);

typedef struct zp_store_state {
    uint64_t seq;          /* number of the last published commit */
    uint64_t durable_seq;  /* ... and of the last one that is on the disk */
    int64_t rows, columns; /* columns without the index of a series */
    uint64_t bytes;        /* committed bytes of all columns */
} zp_store_state;
void zp_store_get_state(const zp_store *s, zp_store_state *out);

/* A counted claim that keeps a store open without a value. */
void zp_store_pin(zp_store *s);
void zp_store_unpin(zp_store *s);

/* ---------------------------------------------------------------- changing */

/* Appends n rows behind those of *v (a persistent array or series that is current) and publishes them.  `index`: the
 * times of a series, ascending and behind its last; NULL for arrays.  columns[j]: n elements of column j (zp_str * for
 * character).  Other values that share the object keep their rows.  Failure: nothing has changed.
 * Returns before the rows are durable: see zp_store_commit(). */
bool zp_store_append(zp_value *v, const int64_t *index, const void *const *columns, int64_t n,
                     zp_error *err) ZP_MUST_CHECK;
/* Keeps rows [from, to) (0-based).  The blocks of dropped rows are given back to the system. */
bool zp_store_resize(zp_value *v, int64_t from, int64_t to, zp_error *err) ZP_MUST_CHECK;
/* The object becomes what `with` is (same type): columns, names and extents.  Columns that are in place stay. */
bool zp_store_replace(zp_value *v, zp_value with, zp_error *err) ZP_MUST_CHECK;

/* After an instruction that changed *v, which looked into `s` before: if *v is something in memory now, that becomes the
 * content of the store, and *v looks into it again.  On failure *v looks into what is committed. */
bool zp_store_settle(zp_store *s, zp_value *v, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- notes */

enum { ZP_STORE_NOTE = 1024 };
/* Bytes of whoever appends (at most ZP_STORE_NOTE), kept in the commit record: the next zp_store_append() publishes them
 * together with its rows, and every commit after it keeps them until they are set again.  So after a crash the note is
 * exactly as old as the rows: plane writes into it which batches of which producer the object holds. */
bool zp_store_set_note(zp_store *s, const void *bytes, size_t len, zp_error *err) ZP_MUST_CHECK;
/* The note of the newest commit (or what was set since), borrowed until it is set again; len 0: none. */
zp_slice zp_store_note(const zp_store *s);

/* ---------------------------------------------------------------- durability */

/* `done` is called once, when everything published so far is as durable as the store's policy promises: at once for
 * "none" and intervals, else by the flush thread.  error: NULL, or why it could not be written (borrowed). */
typedef void (*zp_store_done_fn)(void *arg, const char *error);
void zp_store_commit(zp_store *s, zp_store_done_fn done, void *arg);
/* Waits for that. */
bool zp_store_wait(zp_store *s, zp_error *err) ZP_MUST_CHECK;
/* Makes everything durable now, whatever the policy (msync); `wait` false: only asks for it. */
bool zp_store_sync(zp_store *s, bool wait, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- what the machine does after an instruction */

/* Asked for when zp_value_changed (value.h) is set.  Writes the changes of elements, rows and names that were made in
 * memory to the files: atomic, and durable by each store's policy.  On failure they are undone. */
bool zp_store_flush(zp_error *err) ZP_MUST_CHECK;
/* The same for whoever must not block: wait(arg, s) is asked for each store whose policy wants its commit on the disk; true:
 * somebody waits for that (zp_store_commit()), false: it is waited for here. */
typedef bool (*zp_store_wait_fn)(void *arg, zp_store *s);
/* Changes of elements for which somebody waits go to the files by the flush thread: `done` of zp_store_commit() says that
 * they are there, or why not, and whoever asked completes them and asks again.  Who wants to change the object meanwhile
 * completes them first. */
bool zp_store_is_changing(const zp_store *s);
bool zp_store_complete(zp_store *s, zp_error *err) ZP_MUST_CHECK;
bool zp_store_flush_with(zp_store_wait_fn wait, void *arg, zp_error *err) ZP_MUST_CHECK;
/* Undoes them. */
void zp_store_rollback(void);

/* ---------------------------------------------------------------- readers in other processes */

/* A value opened for reading takes over what was committed since.  *changed: whether there was anything. */
bool zp_store_refresh(zp_value *v, bool *changed, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- watching */

/* `fn` is called on the engine thread after rows were published: rows [from, to) are new.  from == to: something else
 * changed (elements, names, columns, rows dropped).  Returns a number for zp_store_unwatch; 0: no memory. */
typedef void (*zp_store_watch_fn)(void *arg, zp_store *s, int64_t from, int64_t to);
uint64_t zp_store_watch(zp_store *s, zp_store_watch_fn fn, void *arg, zp_error *err) ZP_MUST_CHECK;
void zp_store_unwatch(zp_store *s, uint64_t watch);

/* ---------------------------------------------------------------- directories (catalogue, tools) */

/* Is `dir` the directory of a persistent object? */
bool zp_store_is_object(const char *dir);
/* Removes the files of an object and its directory.  Refused while somebody writes or this process has it open. */
bool zp_store_drop(const char *dir, zp_error *err) ZP_MUST_CHECK;
/* Renames a directory; values that are open follow. */
bool zp_store_rename(const char *from, const char *to, zp_error *err) ZP_MUST_CHECK;

#endif
