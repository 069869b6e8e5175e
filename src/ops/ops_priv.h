/* What the files of the room share: the table of operand types and how a pair of operands is walked. */
#ifndef ZP_OPS_OPS_PRIV_H
#define ZP_OPS_OPS_PRIV_H

#include "kernel/kernel.h"
#include "ops/ops.h"
#include "time/time.h"

/* One run over n elements (dense pieces). */
typedef struct zp__job {
    zp_op op;
    zp_shape shape;
    void *out;
    const void *a, *b;
    int64_t n;
    const zp_zone *zone; /* of operators with periods */
    zp_error *err;
} zp__job;

typedef bool (*zp__elem_fn)(const zp__job *job);

/* What an operator does to two element types. */
typedef struct zp__pair {
    zp__elem_fn run; /* NULL: not defined */
    uint8_t out;     /* zp_type of the result */
    bool zone;       /* needs a time zone */
    bool fails;      /* an element may have no result: check before changing anything in place */
} zp__pair;

/* NULL: the operator is not defined for these types.  Only element-wise operators. */
const zp__pair *zp__pair_find(zp_op op, zp_type a, zp_type b);

static inline bool zp__is_compare(zp_op op)
{
    return op >= ZP_OP_EQ && op <= ZP_OP_GE;
}
static inline bool zp__is_equality(zp_op op)
{
    return op == ZP_OP_EQ || op == ZP_OP_NE;
}

/* How two arrays fit: which is the vector, and whose extents the result has. */
typedef struct zp__fit {
    zp_shape shape;
    const zp_value *like;
} zp__fit;
bool zp__fit_pair(const zp_value *a, const zp_value *b, zp__fit *fit, zp_error *err) ZP_MUST_CHECK;

/* Where a run reads and writes; strides count elements from column to column. */
typedef struct zp__target {
    void *data;
    int64_t stride;
} zp__target;
bool zp__run_pair(const zp__pair *p, zp__job *job, zp__target out, zp_value a, zp_value b, int64_t rows,
                  int64_t cols) ZP_MUST_CHECK;

bool zp__bad_pair(zp_op op, zp_value a, zp_value b, zp_error *err); /* fills the error, false */
/* Are the indices of two series the same? */
bool zp__same_index(zp_value a, zp_value b);

/* x * f and x / f of a length in ns, truncated; f is finite (and not 0).  False: out of range. */
bool zp__scale_ns(int64_t ns, double factor, int64_t *out);
bool zp__divide_ns(int64_t ns, double divisor, int64_t *out);

/* Operators that are not element by element. */
bool zp__in(zp_value a, zp_value b, zp_value *out, zp_error *err) ZP_MUST_CHECK;
bool zp__matmul(zp_value a, zp_value b, zp_value *out, zp_error *err) ZP_MUST_CHECK;
bool zp__outer(zp_value a, zp_value b, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
