/* breath: long work lets others have a turn.
 *
 * A loop that may run for milliseconds while others wait for its thread says now and then how much it has done.  Who owns
 * the thread's values decides what that means: the server hands them to another thread for a moment (plane/offload.c);
 * elsewhere it costs a subtraction.  Where it is called, nothing may be half made that others can see.
 *
 * A loop that touches no values at all does better: it leaves them to others as long as it takes (zp_long_begin). */
#ifndef ZP_BASE_BREATH_H
#define ZP_BASE_BREATH_H

#include "base/base.h"

typedef struct zp__breath {
    int64_t left; /* nanoseconds of work until `pause` is asked */
    void (*pause)(void *arg);
    void *arg;
} zp__breath;
extern _Thread_local zp__breath zp__breath_of_thread;

void zp__breath_out(void);

/* About so many nanoseconds of work were done since the last call. */
static inline void zp_breathe(int64_t ns)
{
    if (ZP_UNLIKELY((zp__breath_of_thread.left -= ns) < 0))
        zp__breath_out();
}

/* From now on `pause` is called in loops of this thread, about every 50 microseconds; NULL: nothing is. */
void zp_breath_watch(void (*pause)(void *arg), void *arg);

/* While a long loop over columns runs, somebody else may use the thread's values: the server lets another thread go on with its
 * event loop.  `leave` says whether it wants that now, `enter` comes before the loop's caller goes on.  Of the calling
 * thread; NULL: nobody.  Between the two, only columns may be touched that the caller holds, and memory of its own. */
typedef struct zp_long_guard {
    bool (*leave)(void *arg);
    void (*enter)(void *arg);
    void *arg;
} zp_long_guard;
void zp_long_watch(const zp_long_guard *guard);
/* Around a loop that takes about `ns` nanoseconds; zp_parallel (kernel) does it by itself.  Give the result of the first to the second. */
const zp_long_guard *zp_long_begin(int64_t ns);
void zp_long_end(const zp_long_guard *left);
/* Is somebody watching, who would not like to wait for other threads? */
bool zp_long_watched(void);
enum { ZP_LONG_NS = 1 << 19 /* what is shorter is not worth leaving */ };

#endif
