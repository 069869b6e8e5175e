/* keys: values as 64-bit numbers that sort, or at least compare, alike.
 *
 *     numbers, logicals, instants, durations   their own bits, rearranged
 *     strings, intervals, periods              the rank among the different ones (sorted), or a serial number
 *
 * One radix sort and one hash table (kernel/sort.h) then serve every type. */
#ifndef ZP_BUILTIN_KEYS_H
#define ZP_BUILTIN_KEYS_H

#include "kernel/sort.h"
#include "value/value.h"

/* Keys of all elements of `a` and, unless NIL, of `b` (the same type), in vectors held by *ka, *kb.  With `order`
 * they sort like the values (NaN last), else they only are equal when the values are. */
bool zp_keys(zp_value a, zp_value b, bool order, zp_value *ka, zp_value *kb, zp_error *err) ZP_MUST_CHECK;
static inline uint64_t *zp_key_data(zp_value keys)
{
    return keys.u.arr->data; /* zp_words() never makes an inline scalar */
}
/* Positions (0-based) that sort `x`, stable; NaN last or, if !nan_last, first.  `pos` has room for all. */
bool zp_order_of(zp_value x, bool descending, bool nan_last, int64_t *pos, zp_error *err) ZP_MUST_CHECK;
/* The same by several keys of one length, the first the most important. */
bool zp_order_by(const zp_value *x, int count, const bool *descending, bool nan_last, int64_t *pos,
                 zp_error *err) ZP_MUST_CHECK;
/* first[i] = 1 where element i occurs for the first time. */
bool zp_first(zp_value x, uint8_t *first, zp_error *err) ZP_MUST_CHECK;
/* pos[i] = 1-based position of x[i] in `table` as a double, or `none`. */
bool zp_match_keys(zp_value x, zp_value table, double none, double *pos, zp_error *err) ZP_MUST_CHECK;
/* Scratch memory of n 64-bit words that recycles vector memory. */
zp_value zp_words(int64_t n, zp_error *err);
/* Elements of x at 0-based positions, as a plain vector without names. */
bool zp_pick(zp_value x, const int64_t *pos, int64_t n, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
