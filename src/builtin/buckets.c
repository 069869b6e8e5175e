/* Cutting a column of times into buckets: from the first row of a bucket to its upper boundary, leap to the row
 * there, go on.  The cost is that of the buckets, not of the rows. */
#include "builtin/buckets.h"

#include "base/mem.h"
#include "kernel/align.h"

static bool make_room(zp_buckets *b, zp_error *err)
{
    int64_t cap = b->cap ? b->cap * 2 : 256;
    int64_t **arrays[] = { &b->lo, &b->hi, &b->label };

    if (b->n < b->cap)
        return true;
    for (int k = 0; k < 3; k++) {
        int64_t *grown = zp_realloc(*arrays[k], (size_t)cap * sizeof *grown, err);

        if (!grown)
            return false;
        *arrays[k] = grown;
    }
    b->cap = cap;
    return true;
}

/* The least boundary above `label`; the end of time if there is none. */
static void next_boundary(int64_t label, const zp_grid *grid, int64_t *next)
{
    zp_error out_of_range = ZP_ERROR_INIT;

    if (zp_instants_round(ZP_ROUND_UP, &label, 1, *grid, next, &out_of_range))
        return;
    *next = INT64_MAX;
    zp_error_clear(&out_of_range);
}

bool zp_buckets_init(zp_buckets *b, const int64_t *times, int64_t n, zp_grid grid, zp_error *err)
{
    *b = (zp_buckets){ 0 };
    for (int64_t i = 0; i < n;) {
        int64_t label, next, to;

        if (!make_room(b, err) || !zp_instants_round(ZP_ROUND_DOWN, &times[i], 1, grid, &label, err)) {
            zp_buckets_fini(b);
            return false;
        }
        next_boundary(label, &grid, &next);
        to = next == INT64_MAX ? n : zp_seek_ge(times, n, i, next);
        if (to == i) /* a clock that jumps back over the boundary: never an empty bucket */
            to = i + 1;
        if (b->n && b->label[b->n - 1] == label) {
            b->hi[b->n - 1] = to;
        } else {
            b->lo[b->n] = i;
            b->hi[b->n] = to;
            b->label[b->n++] = label;
        }
        i = to;
    }
    return true;
}

bool zp_buckets_fill(zp_buckets *b, zp_grid grid, zp_error *err)
{
    zp_buckets all = { 0 };

    for (int64_t k = 0; k < b->n; k++) {
        int64_t label = b->label[k], next = k + 1 < b->n ? b->label[k + 1] : label, lo = b->lo[k];

        do {
            if (all.n == ZP_BUCKETS_MAX)
                zp_fail(err, "more than %d buckets", ZP_BUCKETS_MAX);
            if (err->code || !make_room(&all, err)) {
                zp_buckets_fini(&all);
                return false;
            }
            all.lo[all.n] = lo;
            all.hi[all.n] = lo = b->hi[k];
            all.label[all.n++] = label;
            next_boundary(label, &grid, &label);
        } while (label < next);
    }
    zp_buckets_fini(b);
    *b = all;
    return true;
}

void zp_buckets_fini(zp_buckets *b)
{
    zp_free(b->lo);
    zp_free(b->hi);
    zp_free(b->label);
    *b = (zp_buckets){ 0 };
}
