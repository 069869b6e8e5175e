/* isa: the table of one instruction set.  This file and all others of isa_sources are compiled once per set. */
#include "kernel/isa.h"

#define ZP_ISA_TEXT2(isa) #isa
#define ZP_ISA_TEXT(isa)  ZP_ISA_TEXT2(isa)

const zp_kernels ZP_ISA_FN(kernels) = { .isa = ZP_ISA_TEXT(ZP_ISA),
#define X(result, name, params) .name = ZP_ISA_FN(name),
                                        ZP_ISA_KERNELS(X)
#undef X
};
