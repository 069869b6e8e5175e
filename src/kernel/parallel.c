/* parallel: cuts a range among threads.
 *
 * Below the grain a second thread costs more than it brings.  Pieces begin at multiples of 64 elements, so that no
 * two threads write to one cache line and vector loops start aligned. */
#include "kernel/kernel.h"

#include <stdatomic.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static _Atomic int wanted_threads;

void zp_parallel_threads(int count)
{
    atomic_store(&wanted_threads, count);
}

static int64_t thread_count(int64_t n, int64_t grain)
{
    int64_t most = 1, pieces = grain > 0 ? n / grain : n;

#ifdef _OPENMP
    most = atomic_load(&wanted_threads);
    if (most <= 0)
        most = omp_get_max_threads();
    if (omp_in_parallel())
        most = 1;
#endif
    return pieces < most ? pieces : most;
}

void zp_parallel(int64_t n, int64_t grain, void (*run)(void *arg, int64_t from, int64_t to), void *arg)
{
    int64_t threads = thread_count(n, grain);

    if (threads < 2) {
        if (n > 0)
            run(arg, 0, n);
        return;
    }
#ifdef _OPENMP
    int64_t piece = ((n + threads - 1) / threads + 63) & ~INT64_C(63);

#pragma omp parallel for num_threads((int)threads) schedule(static, 1)
    for (int64_t t = 0; t < threads; t++) {
        int64_t from = t * piece, to = from + piece < n ? from + piece : n;

        if (from < to)
            run(arg, from, to);
    }
#endif
}
