/* clock: what time it is, for timers, logs and measurements.  Any thread. */
#ifndef ZP_BASE_CLOCK_H
#define ZP_BASE_CLOCK_H

#include <time.h>

#include "base/base.h"

static inline int64_t zp_clock_read(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The monotonic clock: for how long something took. */
static inline int64_t zp_clock_ns(void)
{
    return zp_clock_read(CLOCK_MONOTONIC);
}
static inline int64_t zp_clock_ms(void)
{
    return zp_clock_ns() / 1000000;
}

/* Since 1970, UTC. */
static inline int64_t zp_wall_ns(void)
{
    return zp_clock_read(CLOCK_REALTIME);
}
static inline int64_t zp_wall_ms(void)
{
    return zp_wall_ns() / 1000000;
}

#endif
