/* failing: the store's calls, of which the n-th fails. */
#ifndef ZP_TESTS_FAULT_FAILING_H
#define ZP_TESTS_FAULT_FAILING_H

#include "store/io.h"

/* From now on the store uses the table; call n (0: none) fails with `reason`, and if `lasting` all after it that take
 * room.  A write that fails may have written something. */
void failing_begin(long n, int reason, bool lasting);
/* Nothing fails any more. */
void failing_stop(void);
/* The system's table again. */
void failing_end(void);
/* How many calls there were; what the one was that failed. */
long failing_calls(void);
const char *failing_call(void);

#endif
