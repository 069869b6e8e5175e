/* What the files of the room share.
 *
 *     zp_store --> zp__file ...        one per column (the index of a series first), and one for names of rows
 *        |  \----> zp__map  ...        the addresses (or strings) that values look at; old ones live as long as those
 *        \-------> zp_hold  ...        one per array header that follows the store */
#ifndef ZP_STORE_STORE_PRIV_H
#define ZP_STORE_STORE_PRIV_H

#include <fcntl.h>

#include "base/buf.h"
#include "store/format.h"
#include "store/io.h"

#define ZP__ROWS_MAX    (UINT64_C(1) << 56)
#define ZP__READERS     (INT64_C(1) << 60) /* byte of the commit file that a reader of first row 0 locks */
#define ZP__LOCKED_TEXT "cannot copy locked object: use '<<-' or '--x'"

void zp__put64(uint8_t *at, uint64_t x);
uint64_t zp__get64(const uint8_t *at);

enum { ZP__REDO_HEAD = 24 + ZP_FMT_RECORD, ZP__REDO_CHANGE = 24 };
/* The head of a redo record of `len` bytes in all. */
void zp__redo_head(uint8_t out[ZP__REDO_HEAD], const zp_fmt_commit *c, uint64_t count, uint64_t len);

/* ---------------------------------------------------------------- the parts of an open object */

typedef struct zp__file {
    uint64_t number;
    int fd, text_fd;   /* -1: not open */
    uint64_t text_end; /* where the next text goes */
    uint64_t room;     /* length of the file, with what was written ahead */
    bool written;      /* since the last commit, or nobody knows */
    bool unsynced;     /* under the flush lock: written by a published commit */

    /* the tail: tail.c */
    uint64_t solid, ready; /* [solid, ready) was written by this process: it has blocks */
    bool fine;             /* ... the last of it in small pieces */
    char *window;          /* mapped; NULL: not */
    uint64_t window_at;    /* from this byte of the file on */
    uint32_t small;        /* small appends lately */
    uint64_t round;        /* of flushes: the one in which they came */
} zp__file;

/* Files of text columns that only values of a former state look into. */
typedef struct zp__texts {
    uint32_t refs;
    char *dir;
    int64_t n;
    zp__file files[];
} zp__texts;

enum { ZP__PART = 1 << 16 };

typedef struct zp__map {
    uint32_t refs;        /* the store and the holds */
    uint32_t watched;     /* holds that do not follow and look at the data */
    uint32_t indexed;     /* ... at the index */
    zp_store *store;      /* NULL: its files are not the store's any more */
    struct zp__map *next; /* of the store */
    size_t stride;        /* bytes from one column to the next */
    int64_t columns;      /* index included */
    char *base;           /* mapped columns */
    size_t bytes;
    zp_str **text; /* or strings, counted: `cap` addresses per column; NULL: not made yet (text_map.c) */
    int64_t cap, text_first; /* text[0] is row text_first of the files */
    uint8_t *parts;          /* what is known of each ZP__PART rows of each column */
    size_t text_held;        /* bytes counted as held */
    zp__texts
        *texts; /* the files, when they are not the store's any more; NULL: they are, or could not be kept */
    int reader; /* descriptor that locks the rows for readers; -1 */
} zp__map;

typedef enum zp__kind { ZP__FOLLOWS, ZP__SNAPSHOT, ZP__VIEW } zp__kind;

typedef struct zp_hold {
    zp__kind kind;
    zp__map *map;
    zp_store *store; /* FOLLOWS */
    zp_array *array;
    zp_zts *series; /* FOLLOWS: whose part it is; NULL: an array */
    bool index;
    struct zp_hold *prev, *next; /* FOLLOWS: of the store */
} zp_hold;

typedef struct zp__undo { /* strings that were there before a change: of one column, from a row on */
    int64_t column, row, count;
    zp_str **old;
    struct zp__undo *next;
} zp__undo;

typedef struct zp__waiter {
    uint64_t seq;
    zp_store_done_fn done;
    void *arg;
} zp__waiter;

typedef struct zp__watch {
    uint64_t number;
    zp_store_watch_fn fn;
    void *arg;
} zp__watch;

enum { ZP__SPANS = 8 };
typedef struct zp__pending zp__pending;

struct zp_store {
    zp_store *next; /* open stores of the process */
    dev_t dev;
    ino_t ino;
    bool writable;
    char *dir;
    char *broken;     /* why nothing can be written any more */
    int flush_failed; /* errno of a flush that failed, as far as the engine knows */
    int dirfd, lockfd, commitfd, redofd, sumsfd;
    int64_t redo_bytes; /* length of the redo file */
    uint8_t boot[16];
    bool has_boot;
    uint32_t pins;

    zp_fmt_header h;
    zp_fmt_commit c;   /* published */
    uint16_t note_len; /* what the next append publishes */
    uint8_t note[ZP_STORE_NOTE];
    int slot[2];       /* where the last durable and live records are: 0 or 1 */
    char *live;        /* the live records, mapped; NULL: not */
    uint32_t lives[2]; /* how often each was written by a call */
    uint64_t round;    /* rounds of flushes, as far as the engine knows */
    zp__file *files;
    int64_t nfiles; /* columns, index included */
    zp__file rownames;
    zp_array **names; /* committed, per dimension */
    zp__map *map, *maps;
    zp_hold *holds;
    uint64_t punched;    /* rows whose blocks were given back */
    uint64_t sum_blocks; /* blocks with checksums */

    zp_store *next_changed; /* changed in memory */
    bool changed, named, following;
    bool applied;     /* the redo record is complete, and the files may have changed */
    int64_t rows_now; /* -1: as committed */
    zp_span spans[ZP__SPANS];
    int nspans;
    zp__undo *undo;

    zp__pending *pending; /* a change of elements on its way to the files */
    zp_array **old_names; /* while a change of names is on its way */
    uint64_t *old_numbers, old_next;
    bool new_header;

    zp__watch *watches;
    int64_t nwatches;

    /* under the flush lock */
    struct {
        zp_store *next;
        bool queued, busy, sums; /* sums: checksums were changed in place */
        uint64_t round;          /* how many there were */
        uint64_t durable_seq, durable_first;
        int64_t due_ns;       /* of an interval; 0: none */
        zp_fmt_commit latest; /* what a flush makes durable */
        zp__waiter *waiters;
        int64_t nwaiters, capwaiters;
        int error;        /* errno of the last failed flush */
        zp__pending *job; /* what goes to the files before anything else is flushed */
        zp_store_done_fn job_done;
        void *job_arg;
    } flush;
};

/* Elements of a column file: bytes of each. */
static inline size_t zp__width(const zp_store *s)
{
    return s->h.type == ZP_STR ? sizeof(zp_fmt_text) : zp_type_size(s->h.type);
}
static inline bool zp__is_text(const zp_store *s)
{
    return s->h.type == ZP_STR;
}

/* "cannot write DIR: No space left on device" */
bool zp__fail_io(const zp_store *s, zp_error *err, int errnum, const char *what);
/* It cannot be changed any more; errnum: why. */
void zp__break(zp_store *s, int errnum);
/* May it be changed? */
bool zp__may_write(zp_store *s, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- lock.c */

bool zp__lock_writer(zp_store *s, zp_error *err) ZP_MUST_CHECK;
/* Readers of rows from `first` on keep them from being given back. */
bool zp__lock_reader(zp_store *s, uint64_t first, zp_error *err) ZP_MUST_CHECK;
/* Locks the byte of one first row and then releases that of another. */
bool zp__readers_move(zp_store *s, uint64_t from, uint64_t to, zp_error *err) ZP_MUST_CHECK;
bool zp__rows_unread(zp_store *s, uint64_t before);
bool zp__has_readers(zp_store *s);

/* ---------------------------------------------------------------- file.c */

void zp__file_init(zp__file *f, uint64_t number);
/* Opens (or with `create` makes) the files of a column. */
bool zp__file_open(zp_store *s, zp__file *f, bool text, bool create, zp_error *err) ZP_MUST_CHECK;
void zp__file_close(zp__file *f);
/* Writes the texts and then their entries: those of rows [row, row + n) of the file. */
bool zp__file_write_text(zp_store *s, zp__file *f, zp_str *const *text, int64_t n, uint64_t row,
                         zp_error *err) ZP_MUST_CHECK;
/* Appends the texts only; fills the entries. */
bool zp__file_put_text(zp_store *s, zp__file *f, zp_str *const *text, int64_t n, zp_fmt_text *entries,
                       zp_error *err) ZP_MUST_CHECK;
bool zp__read_file(int dir, const char *name, size_t most, zp_buf *out, const char *what,
                   zp_error *err) ZP_MUST_CHECK;
/* Writes a new file whole. */
bool zp__write_file(zp_store *s, const char *name, const void *bytes, size_t len,
                    zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- tail.c */

/* Writes elements from byte `at` on, behind the committed ones; allocates ahead. */
bool zp__file_write(zp_store *s, zp__file *f, const void *bytes, size_t len, uint64_t at,
                    zp_error *err) ZP_MUST_CHECK;
/* Maps a stretch of a file to copy into; NULL: it cannot be, write by calls.  Only what has blocks may be touched. */
char *zp__window_open(zp_store *s, int fd, uint64_t at, size_t len);
void zp__window_close(char **window, size_t len);
/* The window of a column goes; small appends bring it back. */
void zp__tail_release(zp__file *f);

/* ---------------------------------------------------------------- sums.c */

/* Checksums of the blocks that are whole now. */
bool zp__sums_extend(zp_store *s, uint64_t rows_end, zp_error *err) ZP_MUST_CHECK;
/* ... and of the last, partial one: when an object is closed. */
/* Rows from rows_end on are cut off: the block in which they begin has no checksum any more. */
bool zp__sums_cut(zp_store *s, uint64_t rows_end, zp_error *err) ZP_MUST_CHECK;
void zp__sums_finish(zp_store *s);
/* The record of block b of file k as it is in memory now. */
zp_fmt_sum zp__sum_of(zp_store *s, int64_t k, uint64_t block);

/* ---------------------------------------------------------------- map.c */

/* Room for `rows` rows of the files in the current map, else a larger one. */
bool zp__map_reserve(zp_store *s, uint64_t rows, zp_error *err) ZP_MUST_CHECK;
/* A map of the current files. */
bool zp__map_new(zp_store *s, uint64_t rows, zp_error *err) ZP_MUST_CHECK;
void zp__map_unref(zp__map *m);
/* Column k (index included) from row `row` of the files on. */
void *zp__map_at(const zp__map *m, const zp_store *s, int64_t k, uint64_t row);
/* Private copies of rows [from, to) of the files are dropped. */
void zp__map_drop(zp_store *s, uint64_t from, uint64_t to);
/* The next stretch of privately copied pages within [from, to); false: none. */
bool zp__map_private(const char *from, const char *to, const char **begin, const char **end);

/* ---------------------------------------------------------------- text.c, text_map.c */

/* Strings of rows [row, row + n), counted; `dir`: in errors. */
bool zp__text_read(const char *dir, const zp__file *f, zp_str **out, int64_t n, uint64_t row,
                   zp_error *err) ZP_MUST_CHECK;
/* Addresses for text columns: of `rows` rows and many more where there are as many. */
bool zp__text_new(zp__map *m, uint64_t rows, zp_error *err) ZP_MUST_CHECK;
void zp__text_free(zp__map *m);
/* Is there any? */
bool zp__texts_open(void);
/* Strings [from, to) of column k of the map are there; those before `end` may be read too. */
bool zp__text_need(zp__map *m, int64_t k, int64_t from, int64_t to, int64_t end, zp_error *err) ZP_MUST_CHECK;
/* String i of column k becomes s, whose reference it takes. */
void zp__text_put(zp__map *m, int64_t k, int64_t i, zp_str *s);
/* Strings [from, to) of all columns will be read from the files. */
void zp__text_forget(zp__map *m, int64_t from, int64_t to);
/* Strings from `skip` on, which begin another map. */
void zp__text_copy(zp__map *to, const zp__map *from, int64_t skip);
/* The files of s are about to be closed: maps but this one that look into them keep them. */
void zp__texts_keep(zp_store *s, const zp__map *but);

/* ---------------------------------------------------------------- hold.c */

/* A value that follows the store. */
bool zp__value_new(zp_store *s, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* All values that follow get the committed state; those that are shared stay what they are.  `rolled_back`: also what
 * an unfinished change did to them. */
void zp__follow(zp_store *s, bool rolled_back);
/* Does anything look at rows besides values that nobody shares? */
bool zp__looked_at(const zp_store *s);
const zp_keeper *zp__store_keeper(void);

/* ---------------------------------------------------------------- commit.c, flush.c */

/* Publishes c (its seq is set here): the live record, values, watchers.  from..to: new rows. */
bool zp__publish(zp_store *s, zp_fmt_commit *c, int64_t from, int64_t to, zp_error *err) ZP_MUST_CHECK;
/* Its parts: c becomes visible on disk; everybody in this process is told. */
bool zp__write_live(zp_store *s, zp_fmt_commit *c, zp_error *err) ZP_MUST_CHECK;
/* Unmaps the live records. */
void zp__live_release(zp_store *s);
void zp__announce(zp_store *s, int64_t from, int64_t to);
/* Writes a header and makes c refer to it. */
bool zp__write_header(zp_store *s, const zp_fmt_header *h, zp_fmt_commit *c, zp_error *err) ZP_MUST_CHECK;
/* An object that was made with "none" gets its first durable record: what else belongs to it goes to the disk before. */
int zp__sync_created(zp_store *s);
/* Makes what is published durable, on this thread: 0 or a negated errno. */
int zp__flush_now(zp_store *s);
/* Nothing of the store is in the hands of the flush thread from here ... */
void zp__flush_sums(zp_store *s); /* the next round flushes the checksums too */
void zp__flush_pause(zp_store *s);
/* ... to here. */
void zp__flush_go(zp_store *s);
void zp__flush_published(zp_store *s);
void zp__flush_leave(zp_store *s);
/* Gives a change to the flush thread; false: there is none. */
bool zp__flush_job(zp_store *s, zp__pending *p);
/* Waits until it is over. */
void zp__flush_job_wait(zp_store *s);
uint64_t zp__durable_first(zp_store *s);

/* ---------------------------------------------------------------- sync.c */

/* Flushes n files, as many at a time as the disk likes: 0, or a negated errno when all are done. */
int zp__sync_files(const int *fds, int64_t n);
/* A detached thread that gets no signals. */
bool zp__thread_start(void *(*run)(void *)) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- append.c, change.c */

/* zp_store_append() as a part of an instruction. */
bool zp__append(zp_value *v, const int64_t *index, const void *const *columns, int64_t n, zp_error *err);

void zp__touch(zp_store *s);
/* A store that goes has no changes any more. */
void zp__untouch(zp_store *s);
void zp__change_clear(zp_store *s);
/* Carries a pending change out, on the flush thread.  error: why it cannot be; 0 or a negated errno. */
/* Completes it, if there is one. */
void zp__pending_end(zp_store *s);
int zp__pending_run(zp_store *s, zp__pending *p, int error);
void zp__redo_trim(zp_store *s);
bool zp__redo_replay(zp_store *s, zp_fmt_commit *c, bool *found, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- names.c */

/* Names of a value that was changed become those of the store: new files, and a header for c where one is needed.
 * zp__names_done() finishes, or takes it back. */
bool zp__names_changed(zp_store *s, zp_array *a, zp_fmt_commit *c, zp_error *err) ZP_MUST_CHECK;
void zp__names_done(zp_store *s, bool published);

/* ---------------------------------------------------------------- shape.c */

/* Rows that are older than the series keeps leave c.  How many. */
int64_t zp__retain(zp_store *s, zp_fmt_commit *c);
/* Gives the blocks of rows that were cut off back to the system, when that is durable and nobody reads them. */
void zp__punch(zp_store *s);

/* ---------------------------------------------------------------- content.c */

/* Writes the columns and names of v as new files of s, and h, which lists them.  Columns that are those of the store
 * already are listed again. */
bool zp__content_write(zp_store *s, zp_value v, bool reuse, zp_fmt_header *h, zp_fmt_commit *c,
                       zp_error *err) ZP_MUST_CHECK;
/* The store becomes what `with` is. */
bool zp__store_replace(zp_store *s, zp_value with, zp_error *err) ZP_MUST_CHECK;
/* Removes files that the header does not list. */
void zp__sweep(zp_store *s);

/* ---------------------------------------------------------------- open.c */

zp_store *zp__store_new(const char *dir, bool writable, zp_error *err);
void zp__store_free(zp_store *s);
/* `fresh`: made here, it may be without columns. */
bool zp__store_open(const char *dir, bool writable, bool fresh, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* The descriptor of an object's directory; -1: err says why there is none. */
int zp__object_dir(const char *dir, zp_error *err) ZP_MUST_CHECK;
/* The open store of a directory, or NULL. */
zp_store *zp__store_find(const char *dir);
/* Commit record and header as they are on disk. */
bool zp__read_state(int dirfd, const char *dir, const uint8_t *boot, zp_fmt_commit *c, int *slot,
                    zp_fmt_header *h, zp_error *err) ZP_MUST_CHECK;
bool zp__open_files(zp_store *s, zp_error *err) ZP_MUST_CHECK;
/* The first half of that: everything but the mapping. */
bool zp__open_columns(zp_store *s, zp_error *err) ZP_MUST_CHECK;
bool zp__open_map(zp_store *s, zp_error *err) ZP_MUST_CHECK;
/* Takes over what is on disk now: after a new header, and for readers. */
bool zp__reload(zp_store *s, zp_error *err) ZP_MUST_CHECK;
void zp__close_files(zp_store *s);
void zp__store_close(zp_store *s);
/* Unmaps the windows of all stores but s. */
void zp__windows_release(const zp_store *s);
static inline bool zp__in_use(const zp_store *s)
{
    return s->holds || s->pins;
}

#endif
