/* Values as keys that sort alike, and back: see sort.h. */
#include "kernel/kernel.h"
#include "kernel/sort.h"

enum { GRAIN = 1 << 16 };

typedef struct keys_job {
    void *to;
    const void *from;
    uint64_t flip;
} keys_job;

#define KEYS(name, TO, FROM, expr)                                                                 \
    static void name##_piece(void *arg, int64_t begin, int64_t end)                                \
    {                                                                                              \
        const keys_job *job = arg;                                                                 \
        const uint64_t flip = job->flip;                                                           \
        const FROM *from = job->from;                                                              \
        TO *to = job->to;                                                                          \
                                                                                                   \
        for (int64_t i = begin; i < end; i++) {                                                    \
            const FROM v = from[i];                                                                \
            to[i] = (expr);                                                                        \
        }                                                                                          \
    }                                                                                              \
    void name(TO *to, const FROM *from, int64_t n, bool descending)                                \
    {                                                                                              \
        zp_parallel(n, GRAIN, name##_piece, &(keys_job){ to, from, descending ? UINT64_MAX : 0 }); \
    }

KEYS(zp_k_keys_dbl, uint64_t, double, zp_key_dbl(v) ^ flip)
KEYS(zp_k_keys_i64, uint64_t, int64_t, zp_key_i64(v) ^ flip)
KEYS(zp_k_dbls_of_keys, double, uint64_t, zp_dbl_key(v ^ flip))
KEYS(zp_k_i64s_of_keys, int64_t, uint64_t, zp_i64_key(v ^ flip))

bool zp_k_is_sorted(const uint64_t *keys, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (keys[i - 1] > keys[i])
            return false;
    return true;
}
