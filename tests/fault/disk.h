/* disk: a disk in memory that remembers everything the store does, and can lose power at any moment.
 *
 * The store runs on real files; every call is also written down.  disk_cut() makes, from the first n calls, the files as
 * they may be after a power cut: what was flushed is there; of the rest each sector of 512 bytes is there or not, in any
 * combination, and so are lengths; entries of directories are there in the order they were made, up to some point. */
#ifndef ZP_TESTS_FAULT_DISK_H
#define ZP_TESTS_FAULT_DISK_H

#include "store/io.h"

typedef enum disk_loss { DISK_LOSE_ALL, DISK_LOSE_NONE, DISK_LOSE_SOME } disk_loss;

/* Begins to record what happens below the existing directory `root`. */
void disk_begin(const char *root);
/* The number of calls so far that changed something. */
long disk_count(void);
/* Ends the recording. */
void disk_end(void);
/* Makes the new directory `to` what `root` may be when the power fails after the first n calls.  `seed`: which sectors are
 * lost, with DISK_LOSE_SOME. */
void disk_cut(long n, disk_loss loss, unsigned seed, const char *to);
/* What the n-th call was, for messages. */
const char *disk_describe(long n);
void disk_free(void);

#endif
