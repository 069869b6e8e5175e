/* check: is what lies in the files of an object what was written?
 *
 * Reads every committed byte: lengths of files, checksums of blocks, order of the index, places of texts.  May run while
 * another process writes: a block that looks wrong while it is being changed is looked at again.
 *
 * Thread: any; works on files alone, not on what the process has open. */
#ifndef ZP_STORE_CHECK_H
#define ZP_STORE_CHECK_H

#include "base/buf.h"
#include "base/progress.h"

typedef struct zp_check {
    zp_buf findings;     /* a line for each problem, the first ZP_CHECK_LINES of them */
    int64_t problems;    /* 0: all is well */
    int64_t rows, valid; /* committed rows; how many of them, from the first on, are whole */
    uint64_t bytes;      /* committed; */
    uint64_t covered;    /* of which had a checksum */
    bool savable;        /* repair can keep the valid rows */
} zp_check;

enum { ZP_CHECK_LINES = 20 };

#define ZP_CHECK_INIT ((zp_check){ 0 })

/* Checks the object in `dir`.  False: it cannot be opened at all, err says why.  `progress` (may be NULL) counts bytes. */
bool zp_check_object(const char *dir, zp_progress *progress, zp_check *out, zp_error *err) ZP_MUST_CHECK;
/* How many bytes that will be; 0: it cannot be opened. */
int64_t zp_check_bytes(const char *dir);
void zp_check_fini(zp_check *c);
/* The same as an error: the first problem. */
bool zp_check_quiet(const char *dir, zp_error *err) ZP_MUST_CHECK;
/* Commits the `valid` rows that a check has found.  Refused while somebody writes. */
bool zp_check_repair(const char *dir, const zp_check *found, zp_error *err) ZP_MUST_CHECK;

#endif
