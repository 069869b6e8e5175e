/* Inside of the series backend: a query over one series, walked as a tree. */
#ifndef ZP_BACKEND_SERIES_PRIV_H
#define ZP_BACKEND_SERIES_PRIV_H

#include <stdatomic.h>

#include "backend/engine.h"
#include "backend/query.h"
#include "backend/series_source.h"

enum { ZP_SERIES_KEY = -2, ZP_SERIES_NONE = -1 }; /* of zp__series_scan.column */

/* A value of a row or a parameter. */
typedef struct zp__series_value {
    enum { ZP_SV_NULL, ZP_SV_INT, ZP_SV_DOUBLE } kind;
    int64_t num;
    double dbl;
} zp__series_value;

/* What a query is evaluated over; engine thread, within one slice. */
typedef struct zp__series_scan {
    const zp_schema *schema;
    const zp_param *params;
    zp__series_view view;
    int32_t *column; /* of each field: column of the series, ZP_SERIES_KEY, ZP_SERIES_NONE */
    bool key_ns;     /* the key is a bigint of nanoseconds, not a datetime */
    zp_failure *failure;
} zp__series_scan;

/* Fills scan->column from the names of the series' columns. */
bool zp__series_map(zp__series_scan *s) ZP_MUST_CHECK;
zp__series_value zp__series_field(const zp__series_scan *s, int field, int64_t row);
/* Does the condition hold for that row?  Arithmetic that overflows sets s->failure. */
bool zp__series_holds(const zp__series_scan *s, const zp_expr *where, int64_t row);
/* Rows outside [*low, *high) cannot hold: found by halving, from comparisons of the key that all must hold. */
void zp__series_bounds(const zp__series_scan *s, const zp_expr *where, int64_t *low, int64_t *high);
void zp__series_cell(zp__series_value v, zp_zql_type type, bool key_time, zp_result_cell *cell);
zp__series_value zp__series_param(const zp_param *p);

#endif
