/* The plan of a bind: which parts take part, as what shape, and the shape of the result. */
#ifndef ZP_OPS_BIND_PRIV_H
#define ZP_OPS_BIND_PRIV_H

#include "ops/ops.h"

typedef struct zp__side {
    zp_value v; /* dense or not, of the type of the result; counted */
    const zp_part *part;
    int64_t extent; /* along the bind */
    int64_t cols;   /* columns it has as an operand */
    bool row;       /* a vector that lies down */
    bool fill;      /* one element, repeated */
    bool left_out;  /* no elements: R ignores it */
} zp__side;

typedef struct zp__plan {
    int32_t along, ndim;
    bool recycle;
    int64_t *dim;
    zp__side *side;
    int64_t count; /* sides */
} zp__plan;

/* Types, shapes and the extents of the result; NULL parts are skipped (count may be 0).  Release with
 * zp__plan_fini, also on failure. */
bool zp__plan_make(zp__plan *p, int32_t along, bool recycle, const zp_part *parts, int64_t count,
                   zp_error *err) ZP_MUST_CHECK;
void zp__plan_fini(zp__plan *p);
/* Names along the bind as a character vector; NULL: there are none. */
bool zp__plan_names(const zp__plan *p, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* The names `own` (or NULL) of an extent n under a tag. */
bool zp__prefix_names(const zp_str *tag, const zp_array *own, int64_t n, zp_value *out,
                      zp_error *err) ZP_MUST_CHECK;
/* Copies a side to its place in the columns of `to`, from position `at` along the bind. */
void zp__plan_fill(const zp__plan *p, const zp__side *s, zp_value to, int64_t at);

/* The same for series: at least one part is one. */
bool zp__bind_series(int32_t along, const zp_part *parts, int64_t count, zp_value *out,
                     zp_error *err) ZP_MUST_CHECK;
bool zp__append_series(zp_value *z, const zp_part *parts, int64_t count, zp_error *err) ZP_MUST_CHECK;

#endif
