/* thread: the kernel's scheduler gives who asks for short slices the processor sooner, and takes it away sooner (Linux 6.12 and
 * later; before, nothing happens).  No share of the processor changes, so no privilege is needed. */
#include "base/thread.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct attributes { /* of sched_setattr(2), its first version */
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period; /* nanoseconds */
} attributes;

void zp_thread_kind_set(zp_thread_kind kind)
{
    static const uint64_t slices[] = { [ZP_THREAD_QUICK] = 200000, [ZP_THREAD_PATIENT] = 4000000 };
    attributes a = { .size = sizeof a };

    if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0 || a.policy != 0)
        return; /* somebody has chosen another policy for us */
    a.runtime = slices[kind];
    (void)!syscall(SYS_sched_setattr, 0, &a, 0);
}
