/* What an index selects along one extent: shared by reading, replacing and binding.
 *
 *     range   from, from + 1, ... (count of them)     an empty index, 2:5, -1, a scalar
 *     list    pos[0], pos[1], ...                     any other positions
 *     mask    where mask[i] != 0                      a logical index, kept as it is
 *     num     num[0] - 1, num[1] - 1, ...             a long numeric index, checked and kept as it is
 *     runs    run[0].lo .. run[0].hi - 1, ...         the rows inside several intervals
 */
#ifndef ZP_OPS_SELECT_PRIV_H
#define ZP_OPS_SELECT_PRIV_H

#include "ops/ops.h"

/* Positions [lo, hi), selected from the `at`-th on. */
typedef struct zp__run {
    int64_t lo, hi, at;
} zp__run;

typedef struct zp__sel {
    int64_t n;          /* the extent */
    int64_t count;      /* selected */
    int64_t from;       /* range: the first */
    int64_t *pos;       /* list: owned */
    const int8_t *mask; /* mask: owned by `mask_own` or by `hold` */
    int8_t *mask_own;
    const double *num; /* num: owned by `hold` */
    zp_value hold;
    zp__run *run; /* runs: owned, none of them empty */
    int64_t runs;
} zp__sel;

/* `names`: of the extent, or NULL.  A failed selection needs no zp__sel_fini, but may have one. */
bool zp__sel_make(zp__sel *s, zp_value index, int64_t n, const zp_array *names, zp_error *err) ZP_MUST_CHECK;
/* A time or interval index into a time vector; `series`: into the rows of a series (absent times are skipped,
 * intervals are one set of points). */
bool zp__sel_times(zp__sel *s, zp_value index, zp_value times, bool series, zp_error *err) ZP_MUST_CHECK;
void zp__sel_all(zp__sel *s, int64_t n);
void zp__sel_range(zp__sel *s, int64_t n, int64_t from, int64_t count);
void zp__sel_fini(zp__sel *s);
/* A mask, numbers or runs become a list. */
bool zp__sel_list(zp__sel *s, zp_error *err) ZP_MUST_CHECK;
/* A range becomes a list too. */
bool zp__sel_spell(zp__sel *s, zp_error *err) ZP_MUST_CHECK;
static inline bool zp__sel_is_range(const zp__sel *s)
{
    return !s->pos && !s->mask && !s->num && !s->run;
}
static inline bool zp__sel_is_all(const zp__sel *s)
{
    return zp__sel_is_range(s) && s->count == s->n;
}
/* The i-th position of a range or list. */
static inline int64_t zp__sel_at(const zp__sel *s, int64_t i)
{
    return s->pos ? s->pos[i] : s->from + i;
}

/* What is selected of the elements of x from `at` on (in the order of storage) can be read: text in files. */
bool zp__sel_need(const zp__sel *s, zp_value x, int64_t at, zp_error *err) ZP_MUST_CHECK;
/* Copies what is selected of `from` to fresh elements (strings: all "" so far), counting strings. */
void zp__sel_read(const zp__sel *s, zp_type t, void *to, const void *from);
/* Writes from[0..] (or with `one` from[0]) to what is selected of `to`, counting strings. */
void zp__sel_write(const zp__sel *s, zp_type t, void *to, const void *from, bool one);

/* The selected names as names of dimension k of *out; nothing to do for NULL. */
bool zp__sel_names(const zp__sel *s, const zp_array *names, zp_value *out, int32_t k,
                   zp_error *err) ZP_MUST_CHECK;
/* Element `at` of type t as a value. */
zp_value zp__cell(zp_type t, const void *at, zp_error *err);

/* The selections of all indices of x, one per dimension of x (or one along all elements: `linear`). */
typedef struct zp__pick {
    zp__sel small[4];
    zp__sel *sel;
    int32_t count;
    bool linear;
} zp__pick;
/* Resolves the indices of an array or of a series; errors as x[...] has them.  `number` checked here. */
bool zp__pick_make(zp__pick *p, zp_value x, const zp_value *index, int32_t count,
                   zp_error *err) ZP_MUST_CHECK;
void zp__pick_fini(zp__pick *p);
/* The number of cells selected. */
int64_t zp__pick_count(const zp__pick *p);
/* Is x[index] one plain element?  Then its offset from the data. */
static inline bool zp__single_offset(zp_value x, const zp_value *index, int32_t count, int64_t *offset)
{
    int64_t column = 0, row = 0;

    if (!x.boxed || x.u.arr->ndim != count)
        return false;
    for (int32_t k = count; k-- > 0;) {
        const double at = index[k].u.dbl;
        const int64_t extent = x.u.arr->dim[k];

        if (index[k].type != ZP_DBL || index[k].boxed || !(at >= 1 && at < (double)extent + 1))
            return false;
        row = (int64_t)at - 1;
        if (k > 0)
            column = column * extent + row;
    }
    *offset = column * x.u.arr->stride + row;
    return true;
}

/* Exactly one?  Errors as x[[...]] has them. */
bool zp__pick_one(int64_t count, zp_error *err) ZP_MUST_CHECK;
/* The selected elements of a list as a list, with their names. */
bool zp__list_pick(zp_value l, zp__sel *s, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Does l[[index]] go down one level per element? */
bool zp__descends(zp_value index);
/* Linear positions along a strided array become offsets from its data. */
bool zp__sel_offsets(zp__sel *s, zp_value x, zp_error *err) ZP_MUST_CHECK;

/* Walks the columns of an array in the order of the selections of its dimensions from the second on. */
typedef struct zp__walk {
    int64_t small[4];
    int64_t *at; /* counters, one per dimension */
    int64_t left;
} zp__walk;
bool zp__walk_begin(zp__walk *w, const zp__pick *p, zp_error *err) ZP_MUST_CHECK;
/* The next column, or -1. */
int64_t zp__walk_next(zp__walk *w, const zp__pick *p);
void zp__walk_end(zp__walk *w);

#endif
