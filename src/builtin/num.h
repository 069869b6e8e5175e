/* num: the numeric argument that a built-in transforms, and where its result goes.
 *
 *     argument          --x                  nobody else holds it      anything else
 *     result goes to    the caller's own     the argument's memory     a new array (series: the same index)
 *
 * Dims, names and index of the argument stay.  Logicals become numbers.  Elements are reached by column, so that
 * arrays whose columns lie apart (persistent ones) need no copy. */
#ifndef ZP_BUILTIN_NUM_H
#define ZP_BUILTIN_NUM_H

#include "lang/lang.h"

typedef struct zp_num {
    const double *in; /* column j at in + j * in_stride */
    double *to;       /* may be `in`; column j at to + j * to_stride */
    int64_t rows, cols, in_stride, to_stride;
    zp_value *ref; /* the caller's object, or NULL */
    zp_value out;  /* the result, unless it was made in the caller's object */
    double scalar;
} zp_num;

/* Prepares argument k.  With `apart`, `to` never overlaps `in`. */
bool zp_num_begin(zp_call *c, int k, bool apart, zp_num *w) ZP_MUST_CHECK;
/* Makes the result of the call out of it. */
zp_status zp_num_end(zp_call *c, zp_num *w);
/* Gives the work up. */
zp_status zp_num_fail(zp_num *w);

/* Applies a kernel to all elements, column by column where they are not one stretch. */
typedef void (*zp_num_fn)(double *to, const double *in, int64_t n);
void zp_num_map(zp_num *w, zp_num_fn fn);

/* The numbers of a double, logical or zts value as one dense borrowed stretch: converts in place in `*v` if it has
 * to (logical to double, columns apart to dense). */
bool zp_numbers(zp_value *v, const double **x, int64_t *n, zp_error *err) ZP_MUST_CHECK;
/* The data part of a series, anything else itself: borrowed. */
static inline zp_value zp_num_data(zp_value v)
{
    return v.type == ZP_ZTS ? zp_zts_data(v) : v;
}
/* Argument k is a time or names a type that is not among D, L, Z: the error of argument checks. */
bool zp_fail_type(zp_call *c, const char *formal, const char *types, zp_value v);
/* Does the call write to the caller's object? */
static inline bool zp_in_place(const zp_call *c)
{
    return c->ref && c->ref[0];
}
/* The first argument, or the caller's object when it was written --x (then argv[0] is NULL). */
static inline zp_value *zp_operand(zp_call *c)
{
    return zp_in_place(c) ? c->ref[0] : &c->argv[0];
}
/* The first argument to read it alone, dense: an ordinary call from here on, also when it was written --x. */
bool zp_operand_read(zp_call *c, zp_error *err) ZP_MUST_CHECK;
/* A double array, scalar inline: n doubles without names. */
zp_value zp_dbl_vec(const double *x, int64_t n, zp_error *err);

#endif
