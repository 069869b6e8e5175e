/* nearest: the word that somebody probably meant.
 *
 * Candidates are offered one by one; the nearest by Damerau-Levenshtein distance (insert, delete, replace, swap two
 * neighbours) wins, the first of equals; the word itself is no suggestion.  A difference of case alone counts almost nothing.  A word is only
 * near when at most a third of it has to change, so that unrelated names are never suggested. */
#ifndef ZP_BASE_NEAREST_H
#define ZP_BASE_NEAREST_H

#include "base/base.h"

typedef struct zp_nearest {
    const char *word;  /* what was written; borrowed */
    const char *found; /* the best candidate so far, borrowed from whoever offered it; NULL: none is near */
    int cost;          /* of `found` */
} zp_nearest;

void zp_nearest_init(zp_nearest *near, const char *word);
void zp_nearest_offer(zp_nearest *near, const char *candidate);

#endif
