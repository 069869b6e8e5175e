/* group: the classes that a vector of keys falls into, in ascending order. */
#ifndef ZP_BUILTIN_GROUP_H
#define ZP_BUILTIN_GROUP_H

#include "ops/ops.h"

typedef struct zp_groups {
    int64_t n;       /* keys */
    int64_t count;   /* classes */
    int64_t *code;   /* class of each key, from 0; NaN is the last */
    int64_t *size;   /* keys in each class */
    int64_t *first;  /* the first key of each class */
    zp_value labels; /* the keys of the classes as text */
} zp_groups;

/* `keys`: numbers, logicals, strings, or times of any kind; else `incorrect argument type`.  A single key stands for
 * n equal ones. */
bool zp_groups_make(zp_groups *g, zp_value keys, int64_t n, zp_error *err) ZP_MUST_CHECK;
void zp_groups_fini(zp_groups *g);

#endif
