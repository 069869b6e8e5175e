/* target: a global object that rows are appended to or read from, found by its path.  For this room and the series backend;
 * engine thread. */
#ifndef ZP_PLANE_TARGET_H
#define ZP_PLANE_TARGET_H

#include "lang/lang.h"
#include "store/store.h"
#include "wire/stream.h"

/* What a path stands for now.  Everything is borrowed and good until something evaluates or changes the object. */
typedef struct zp_target {
    zp_value *slot;    /* the variable or element */
    zp_value idx;      /* of a series */
    zp_value data;     /* the array, or the data of a series */
    zp_store *store;   /* NULL: in memory */
    uint8_t cls, elem; /* zp_stream_class, ZP_TAG_* */
    int64_t rows, columns;
    int64_t last; /* instant; INT64_MIN: no rows, or no series */
} zp_target;

/* Errors: `object 'z' not found`, `incorrect type`.  `write`: makes lists on the way our own, refuses what is locked. */
bool zp__target_find(zp_engine *engine, const zp_stream_path *path, bool write, zp_target *t,
                     zp_error *err) ZP_MUST_CHECK;
/* The shape as it travels; `names` holds the bytes of the column names and must outlive it. */
bool zp__target_shape(const zp_target *t, zp_stream_shape *shape, zp_buf *names, zp_error *err) ZP_MUST_CHECK;
/* Are these extents (from the second on) those of the target? */
bool zp__target_fits(const zp_target *t, uint8_t ndims, const int64_t *dims);
/* Appends n rows: `times` for a series, columns[j] of column j.  Atomic; published, not yet durable. */
bool zp__target_append(zp_target *t, const int64_t *times, const void *const *columns, int64_t n,
                       zp_error *err) ZP_MUST_CHECK;
/* Rows [from, from + n) as they travel: instants, then column after column. */
void zp__target_read(const zp_target *t, int64_t from, int64_t n, char *out);
/* The first row of a series at or after an instant. */
int64_t zp__target_row_at(const zp_target *t, int64_t instant);
/* Values from outside that no column may hold: logicals other than 0 and 1, intervals that end before they begin. */
bool zp__values_valid(uint8_t elem, const char *values, int64_t n);

#endif
