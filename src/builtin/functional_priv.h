/* Shared by the helpers of the apply family. */
#ifndef ZP_BUILTIN_FUNCTIONAL_PRIV_H
#define ZP_BUILTIN_FUNCTIONAL_PRIV_H

#include "lang/lang.h"

/* All elements of all elements of `list`, in order, as one vector without names.  NIL and true: they have no common
 * element type. */
bool zp__join_elements(zp_value list, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
