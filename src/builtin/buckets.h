/* Stretches of an ascending column that lie between two boundaries of a grid. */
#ifndef ZP_BUILTIN_BUCKETS_H
#define ZP_BUILTIN_BUCKETS_H

#include "builtin/time_floor.h"

/* Rows lo[k] .. hi[k] - 1 lie in the bucket that begins at label[k]; only buckets that have rows. */
typedef struct zp_buckets {
    int64_t *lo, *hi, *label;
    int64_t n, cap;
} zp_buckets;

bool zp_buckets_init(zp_buckets *b, const int64_t *times, int64_t n, zp_grid grid,
                     zp_error *err) ZP_MUST_CHECK;
/* Puts the buckets without rows in between as well (lo == hi); fails beyond ZP_BUCKETS_MAX. */
enum { ZP_BUCKETS_MAX = 100000000 };
bool zp_buckets_fill(zp_buckets *b, zp_grid grid, zp_error *err) ZP_MUST_CHECK;
void zp_buckets_fini(zp_buckets *b);

#endif
