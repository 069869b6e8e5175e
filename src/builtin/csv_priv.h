/* csv_priv: what the readers and writers of delimited text share.
 *
 *     file --csv_source--> bytes --csv_scan--> chunks of whole lines --csv_read--> columns
 *
 * Bytes are mapped, or unpacked when they are compressed.  Lines are counted first, so that columns have their final
 * size and every chunk knows its first row; then chunks are parsed by all threads. */
#ifndef ZP_BUILTIN_CSV_PRIV_H
#define ZP_BUILTIN_CSV_PRIV_H

#include "base/number.h"
#include "base/progress.h"
#include "lang/lang.h"
#include "time/time.h"

/* ---------------------------------------------------------------- progress */

/* A long job of the engine's thread: can be stopped, and shows how far it is.  Without a context (NULL) neither. */
typedef struct zp__csv_watch {
    const zp_ctx *ctx;
    zp_progress progress;
} zp__csv_watch;

void zp__csv_watch_begin(zp__csv_watch *w, const zp_ctx *ctx, const char *what, int64_t total);
/* So much more is done, with so many bytes.  Fails with `interrupted`; `err` is NULL in other threads. */
bool zp__csv_watch_step(zp__csv_watch *w, int64_t amount, int64_t bytes, zp_error *err);
/* Removes what a failed job has written so far to `path`, which `fd` is: regular files only. */
void zp__csv_discard(int fd, const char *path);

/* ---------------------------------------------------------------- source */

typedef struct zp__csv_source {
    const char *ptr;
    size_t len;
    void *map, *heap; /* one of them owns the bytes */
    size_t map_len;
} zp__csv_source;

/* Fails with `open F: <why>`, `interrupted` while it unpacks. */
bool zp__csv_open(zp__csv_source *s, const char *path, const zp_ctx *ctx, zp_error *err) ZP_MUST_CHECK;
void zp__csv_close(zp__csv_source *s);

/* ---------------------------------------------------------------- cells */

enum { ZP__CSV_PAD = 128 }; /* bytes that fast readers may look at beyond their cell */

/* One line after the other, cell by cell. */
typedef struct zp__csv_line {
    const char *at, *end; /* next byte, end of the data */
    char sep;
    bool done;      /* the last cell of the line was read */
    zp_buf scratch; /* quoted cells with doubled quotes inside */
} zp__csv_line;

/* The next cell, without quotes; false: `quote does not terminate token`. */
bool zp__csv_cell(zp__csv_line *l, zp_slice *cell);
/* Physical line, from 1, of the byte at `at`. */
int64_t zp__csv_row(const char *begin, const char *at);

/* ---------------------------------------------------------------- chunks */

typedef struct zp__csv_chunk {
    const char *from, *to; /* whole lines */
    int64_t first, rows;
    const char *stopped; /* NULL: done; else where the row that failed begins */
    int64_t stopped_row;
} zp__csv_chunk;

typedef struct zp__csv_body {
    zp__csv_chunk *chunks;
    int64_t count, rows;
    bool quotes; /* some cell is quoted */
} zp__csv_body;

/* Cuts [at, end) into chunks; empty lines at the end do not count.  The end moves before them. */
bool zp__csv_scan(zp__csv_body *b, const char *begin, const char *at, const char **end, char sep,
                  const zp_ctx *ctx, zp_error *err) ZP_MUST_CHECK;
void zp__csv_scan_fini(zp__csv_body *b);

/* ---------------------------------------------------------------- reading cells into columns */

typedef struct zp__csv_job {
    zp_type type; /* of the cells: DBL for the columns of a series */
    bool series;  /* the first column is the index */
    char sep;
    const char *begin, *end; /* of all data */
    int64_t cols, rows;      /* of the result */
    int64_t *index;          /* series */
    void *data;              /* columns of `rows` elements each */
    zp_value strings;        /* character cells */
    const char *format;      /* of instants; NULL: the default */
    const zp_zone *zone;     /* where texts name none, or NULL */
    bool fast_time;          /* the default format: 2015-01-01 12:00:00[.123456789] UTC */
} zp__csv_job;

/* Parses a chunk from its `stopped` row on (or from its beginning).  With `slow` everything is done; without it, what
 * belongs to the engine's thread is left: chunk->stopped says where.  A row that is wrong stops as well. */
void zp__csv_parse(const zp__csv_job *job, zp__csv_chunk *chunk, bool slow);
/* Why the row at chunk->stopped fails. */
bool zp__csv_explain(const zp__csv_job *job, const zp__csv_chunk *chunk, zp_error *err);

/* The one-byte separator of argument k. */
bool zp__csv_sep(zp_call *c, int k, char *sep) ZP_MUST_CHECK;

#endif
