/* format: the files of a persistent object, byte by byte: what recovery and the tools read.
 *
 *     DIR/header.N     text: what the object is, and the numbers of its files
 *     DIR/commit       four records of 128 bytes and a note, 4096 apart: two durable ones, two live ones, each pair alternating
 *     DIR/redo         a change of elements on its way
 *     DIR/cN           a column: elements; of text: 16 bytes each, where the text is
 *     DIR/tN           the bytes of a text column
 *     DIR/sums         xxh3 of each 64 KiB of each column
 *     DIR/lock         held by the process that writes; says who it is
 *
 * A file's number is never used again, so a rewritten column is a new file and the old one stays valid until a commit
 * record refers to a header without it.  Nothing read here is trusted: lengths, counts, numbers, names. */
#ifndef ZP_STORE_FORMAT_H
#define ZP_STORE_FORMAT_H

#include "store/store.h"

enum {
    ZP_FMT_VERSION = 1,
    ZP_FMT_RECORD = 128 + ZP_STORE_NOTE, /* bytes of a commit record with the longest note */
    ZP_FMT_SLOT = 4096,                  /* from one to the next */
    ZP_FMT_SLOTS = 4,                    /* 0, 1: durable; 2, 3: live */
    ZP_FMT_BLOCK = 65536,                /* bytes under one checksum */
    ZP_FMT_COLUMNS = 10000               /* at most */
};

/* A commit record. */
typedef struct zp_fmt_commit {
    uint64_t seq;
    uint64_t header;     /* number of the header file */
    uint64_t header_sum; /* its xxh3 */
    uint64_t first;      /* rows of the files before the first row of the object */
    uint64_t rows;
    uint64_t redo; /* number of the last redo record that is applied */
    uint8_t order; /* zp_order of the data */
    uint8_t boot[16];
    uint16_t note_len;
    uint8_t note[ZP_STORE_NOTE];
} zp_fmt_commit;

/* The bytes used. */
size_t zp_fmt_commit_put(uint8_t out[ZP_FMT_RECORD], const zp_fmt_commit *c);
/* False: not a record (empty, torn, of another version). */
bool zp_fmt_commit_get(const uint8_t in[ZP_FMT_RECORD], zp_fmt_commit *c);
/* The newest valid record of the whole file `bytes`.  Live records count only if they were written since the machine
 * started (`boot`; NULL: they do not count).  *slot: which one.  False: there is none. */
bool zp_fmt_commit_newest(const uint8_t *bytes, size_t len, const uint8_t boot[16], zp_fmt_commit *c,
                          int *slot);

/* What a header says. */
typedef struct zp_fmt_header {
    bool series;
    zp_type type;
    int32_t ndim;
    int64_t *dim; /* dim[0] is 0: the commit record says it */
    zp_store_options options;
    uint64_t index;    /* number of the index column of a series; 0: none */
    uint64_t *columns; /* numbers of the columns, first dimension's extent apart */
    int64_t ncolumns;
    uint64_t *names; /* per dimension: number of a text column; 0: no names.  names[0] has as many as rows */
    uint64_t next;   /* the next free number */
    uint64_t sums;   /* number of the checksum file */
} zp_fmt_header;

void zp_fmt_header_fini(zp_fmt_header *h);
bool zp_fmt_header_write(zp_buf *out, const zp_fmt_header *h, zp_error *err) ZP_MUST_CHECK;
/* `what` names the file in errors. */
bool zp_fmt_header_read(zp_fmt_header *h, const char *text, size_t len, const char *what,
                        zp_error *err) ZP_MUST_CHECK;

/* File names: "c17", "t17", "header.3", "sums.2". */
enum { ZP_FMT_NAME = 32 };
const char *zp_fmt_name(char out[ZP_FMT_NAME], const char *prefix, uint64_t number);

/* An entry of a text column: bytes [offset, offset + len) of its text file, and the low half of their xxh3. */
typedef struct zp_fmt_text {
    uint64_t offset;
    uint32_t len, sum;
} zp_fmt_text;
uint32_t zp_fmt_text_sum(const void *bytes, size_t len);

/* A checksum of a block: of its first `bytes` bytes (0: not computed yet).  The records of block b lie together: index
 * first, then the columns. */
typedef struct zp_fmt_sum {
    uint64_t bytes, sum;
} zp_fmt_sum;

/* A redo record: the commit that it leads to, and bytes for places in files. */
typedef struct zp_fmt_change {
    uint64_t file; /* number of the column; bit 63: the checksum file */
    uint64_t offset, len;
    const uint8_t *bytes;
} zp_fmt_change;
typedef struct zp_fmt_redo {
    zp_fmt_commit commit;
    uint64_t count;
    size_t at; /* of the next change */
    const uint8_t *bytes;
    size_t len;
} zp_fmt_redo;
/* False: no complete record. */
bool zp_fmt_redo_open(zp_fmt_redo *r, const uint8_t *bytes, size_t len);
/* The next change; false at the end. */
bool zp_fmt_redo_next(zp_fmt_redo *r, zp_fmt_change *c);

/* ---------------------------------------------------------------- an object looked at from outside */

/* The files of an object as they are, without opening it for use: for check, backup, ls, du. */
typedef struct zp_fmt_object {
    int dir; /* file descriptor */
    zp_fmt_commit commit;
    zp_fmt_header header;
    char *header_text;
    size_t header_len;
    bool redo_pending; /* a complete redo record waits to be applied */
} zp_fmt_object;
/* Reads commit records and header: O(1) in the number of rows.  Errors as zp_store_open(). */
bool zp_fmt_object_open(zp_fmt_object *o, const char *dir, zp_error *err) ZP_MUST_CHECK;
void zp_fmt_object_close(zp_fmt_object *o);
/* Number of the object's column files (index, columns), the k-th one's number, and its committed bytes: the rows
 * before the first included. */
int64_t zp_fmt_object_files(const zp_fmt_object *o);
uint64_t zp_fmt_object_file(const zp_fmt_object *o, int64_t k);
uint64_t zp_fmt_object_bytes(const zp_fmt_object *o, int64_t k);

#endif
