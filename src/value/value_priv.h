/* What the files of the room share. */
#ifndef ZP_VALUE_VALUE_PRIV_H
#define ZP_VALUE_VALUE_PRIV_H

#include "value/value.h"

typedef struct zp__error {
    zp_obj head;
    zp_str *text;
    zp_place place;
} zp__error;

extern const zp_keeper *zp__keeper; /* NULL: nothing is in files */

void zp__array_free(zp_array *a);
void zp__list_free(zp_list *l);

#endif
