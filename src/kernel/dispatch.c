/* dispatch: chooses the table of the widest instruction set, once.
 *
 * The choice depends on the processor and the environment alone, so two threads that make it at the same time make
 * the same one: an atomic pointer without a lock is enough. */
#include "kernel/kernel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const zp_kernels zp__kernels_base;
#ifdef ZP_ISA_X86
extern const zp_kernels zp__kernels_avx2, zp__kernels_avx512;
#endif

static const zp_kernels *choose(void)
{
    const char *wanted = getenv("ZPLANE_ISA");

    if (wanted && strcmp(wanted, "base") == 0)
        return &zp__kernels_base;
#ifdef ZP_ISA_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        !(wanted && strcmp(wanted, "avx2") == 0))
        return &zp__kernels_avx512;
    if (__builtin_cpu_supports("avx2"))
        return &zp__kernels_avx2;
#endif
    return &zp__kernels_base;
}

const zp_kernels *zp_kernels_get(void)
{
    static _Atomic(const zp_kernels *) chosen;
    const zp_kernels *k = atomic_load_explicit(&chosen, memory_order_relaxed);

    if (ZP_UNLIKELY(!k)) {
        k = choose();
        atomic_store_explicit(&chosen, k, memory_order_relaxed);
    }
    return k;
}
