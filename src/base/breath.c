/* breath: how much work a thread has done since somebody looked at the clock. */
#include "base/breath.h"

enum { BREATH_NS = 50000 };

_Thread_local zp__breath zp__breath_of_thread = { .left = INT64_MAX };

/* NULL: nobody, or it has been left. */
static _Thread_local const zp_long_guard *watcher;

void zp__breath_out(void)
{
    zp__breath *b = &zp__breath_of_thread;

    b->left = b->pause ? BREATH_NS : INT64_MAX;
    if (b->pause && watcher)
        b->pause(b->arg);
}

void zp_breath_watch(void (*pause)(void *arg), void *arg)
{
    zp__breath_of_thread = (zp__breath){ pause ? BREATH_NS : INT64_MAX, pause, arg };
}

/* ---------------------------------------------------------------- long loops */

void zp_long_watch(const zp_long_guard *guard)
{
    watcher = guard;
}

const zp_long_guard *zp_long_begin(int64_t ns)
{
    const zp_long_guard *guard = watcher;

    if (ZP_LIKELY(!guard) || ns < ZP_LONG_NS || !guard->leave(guard->arg))
        return NULL;
    watcher = NULL; /* loops inside of this one are part of it */
    return guard;
}

void zp_long_end(const zp_long_guard *left)
{
    if (ZP_LIKELY(!left))
        return;
    left->enter(left->arg);
    watcher = left;
}

bool zp_long_watched(void)
{
    return watcher != NULL;
}
