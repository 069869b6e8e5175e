/* select: moving chosen elements between columns.
 *
 *     gather    to[i] = from[pos[i]]            compress   to[k++] = from[i] where mask[i]
 *     scatter   to[pos[i]] = from[i]            count      how many mask[i]
 *
 * `size` is the size of an element: 1, 8, 16 or 24 bytes; strings go by as plain words, their counts are the
 * caller's.  Long columns are split among threads.  Positions are trusted. */
#ifndef ZP_KERNEL_SELECT_H
#define ZP_KERNEL_SELECT_H

#include "base/base.h"

int64_t zp_select_count(const int8_t *mask, int64_t n);
void zp_select_gather(size_t size, void *to, const void *from, const int64_t *pos, int64_t count);
/* The same from positions that are doubles from 1 on. */
void zp_select_gather_num(size_t size, void *to, const void *from, const double *num, int64_t count);
/* `count` is zp_select_count(mask, n). */
void zp_select_compress(size_t size, void *to, const void *from, const int8_t *mask, int64_t n,
                        int64_t count);
/* The positions where mask is true, plus `base`. */
void zp_select_positions(int64_t *to, const int8_t *mask, int64_t n, int64_t base);
/* `one`: from[0] goes everywhere.  Later positions win. */
void zp_select_scatter(size_t size, void *to, const void *from, bool one, const int64_t *pos, int64_t count);
/* Writes from[0] (one) or from[0], from[1], ... where mask is true, `count` times. */
void zp_select_expand(size_t size, void *to, const void *from, bool one, const int8_t *mask, int64_t n,
                      int64_t count);
/* The same element n times. */
void zp_select_fill(size_t size, void *to, const void *from, int64_t n);

#endif
