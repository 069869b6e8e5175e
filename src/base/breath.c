/* breath: how much work a thread has done since somebody looked at the clock. */
#include "base/breath.h"

enum { BREATH_NS = 50000 };

_Thread_local zp__breath zp__breath_of_thread = { .left = INT64_MAX };

void zp__breath_out(void)
{
    zp__breath *b = &zp__breath_of_thread;

    b->left = b->pause ? BREATH_NS : INT64_MAX;
    if (b->pause)
        b->pause(b->arg);
}

void zp_breath_watch(void (*pause)(void *arg), void *arg)
{
    zp__breath_of_thread = (zp__breath){ pause ? BREATH_NS : INT64_MAX, pause, arg };
}
