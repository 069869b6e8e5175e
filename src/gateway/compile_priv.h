/* compile_priv: from plan.c to the files that build. */
#ifndef ZP_GATEWAY_COMPILE_PRIV_H
#define ZP_GATEWAY_COMPILE_PRIV_H

#include "gateway/build.h"

/* `b` has arena, set, dialect, fault and now_us. */
bool zp__q_build_query(zp__q_build *b, const zp_wish *wish);
/* Keys, sh and qt of a related query that has to be for `target`. */
bool zp__q_subquery_head(zp__q_build *b, const zp_json *query, const zp_schema *target);

#endif
