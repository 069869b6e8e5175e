/* isa: names of the functions that are compiled once per instruction set (ZP_ISA: base, avx2, avx512). */
#ifndef ZP_KERNEL_ISA_H
#define ZP_KERNEL_ISA_H

#include "kernel/kernel.h"

#ifndef ZP_ISA
#define ZP_ISA base
#endif

#define ZP_ISA_PASTE(name, isa)  zp__##name##_##isa
#define ZP_ISA_PASTE2(name, isa) ZP_ISA_PASTE(name, isa)
#define ZP_ISA_FN(name)          ZP_ISA_PASTE2(name, ZP_ISA)

#define X(result, name, params) result ZP_ISA_FN(name) params;
ZP_ISA_KERNELS(X)
#undef X

extern const zp_kernels ZP_ISA_FN(kernels);

/* Elements are independent: use vectors even where the operands may be the same memory. */
#define ZP_SIMD _Pragma("omp simd")

#endif
