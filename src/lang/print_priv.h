/* print_priv: what the files of the display share. */
#ifndef ZP_LANG_PRINT_PRIV_H
#define ZP_LANG_PRINT_PRIV_H

#include "base/number.h"
#include "lang/lang.h"
#include "time/time.h"

/* A display in progress. */
typedef struct zp__printer {
    zp_buf *out;
    const zp_print_opts *opts;
    const zp_zone *zone;
    zp_buf scratch; /* one cell */
} zp__printer;

/* Elements that share a format: a vector, a column. */
typedef struct zp__cells {
    zp_type type;
    const void *data;
    zp_numform form; /* doubles */
    int fraction;    /* times: ZP_FRACTION_* */
    int64_t cursor;  /* of the zone */
    int64_t width;   /* of the widest */
} zp__cells;

/* Format and width of n elements; `fraction` is decided by zp__fraction for all columns of a value. */
void zp__cells_measure(zp__printer *p, zp__cells *c, zp_type type, const void *data, int64_t n, int fraction);
int zp__fraction(zp_type type, const void *data, int64_t n);
/* Element i padded to `width` columns, behind it (`left`) or before. */
void zp__cells_put(zp__printer *p, zp__cells *c, int64_t i, int64_t width, bool left);
/* A name as it is, padded. */
void zp__name_raw(zp__printer *p, const zp_array *names, int64_t i, int64_t width);
/* A name, escaped but not quoted, padded; and its columns. */
void zp__name_put(zp__printer *p, const zp_array *names, int64_t i, int64_t width, bool left);
int64_t zp__name_width(const zp_array *names, int64_t i);
int zp__digits_of(int64_t n); /* of the number n in decimal */
/* R's name for the empty vector of a type: "numeric", "character", "time". */
const char *zp__print_type(zp_type t);

bool zp__print_vector(zp__printer *p, zp_value v, zp_error *err) ZP_MUST_CHECK;
bool zp__print_array(zp__printer *p, zp_value v, zp_error *err) ZP_MUST_CHECK;
bool zp__print_zts(zp__printer *p, zp_value v, zp_error *err) ZP_MUST_CHECK;
bool zp__print_list(zp__printer *p, zp_value v, zp_error *err) ZP_MUST_CHECK;
/* Anything but a list. */
bool zp__print_leaf(zp__printer *p, zp_value v, zp_error *err) ZP_MUST_CHECK;

#endif
