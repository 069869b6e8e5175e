/* breath: long work lets others have a turn.
 *
 * A loop that may run for milliseconds while others wait for its thread says now and then how much it has done.  Who owns
 * the thread's values decides what that means: the server hands them to another thread for a moment (plane/offload.c);
 * elsewhere it costs a subtraction.  Where it is called, nothing may be half made that others can see. */
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

#endif
