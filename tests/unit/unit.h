/* What every unit test includes: cmocka and the headers it wants first. */
#ifndef ZP_TESTS_UNIT_H
#define ZP_TESTS_UNIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
