/* progress: how far a long job is, as one line of a terminal that is written again and again.
 *
 *     read.csv  42%  380 MB/s  0:03 left
 *
 * Nothing is shown before ZP_PROGRESS_WAIT_MS have passed, and nothing stays.  Any thread counts; only the thread that
 * began the job draws. */
#ifndef ZP_BASE_PROGRESS_H
#define ZP_BASE_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"

enum { ZP_PROGRESS_WAIT_MS = 700, ZP_PROGRESS_STEP_MS = 100 };

typedef struct zp_progress {
    const char *what; /* borrowed */
    int fd;           /* a terminal; < 0: nothing is ever shown */
    pthread_t owner;
    _Atomic int64_t done, bytes;
    int64_t total;       /* the end of the job, in the unit of `done` */
    int64_t began, next; /* ms of the monotonic clock: of the job, of the next line */
    bool shown;
} zp_progress;

/* Begins a job of the calling thread.  `fd` < 0: nothing is shown.  total <= 0: its end is not known. */
void zp_progress_begin(zp_progress *p, int fd, const char *what, int64_t total);
/* So much more is done, with so many bytes read or written; draws when it is time to and the caller is the owner. */
void zp_progress_add(zp_progress *p, int64_t amount, int64_t bytes);
/* Erases the line. */
void zp_progress_end(zp_progress *p);

/* The text of the line, without what moves the cursor; its length, < size. */
size_t zp_progress_text(const zp_progress *p, int64_t elapsed_ms, char *to, size_t size);

#endif
