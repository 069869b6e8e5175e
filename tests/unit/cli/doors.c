/* The doors of all rooms fit into one file: no two of them give one name to two things. */
#include "cli/cli.h"
#include "server/server.h"
#include "gateway/gateway.h"
#include "backend/backend.h"
#include "backend/engine.h"
#include "backend/query.h"
#include "backend/schema.h"
#include "plane/plane.h"
#include "plane/target.h"
#include "auth/auth.h"
#include "auth/codes.h"
#include "auth/vault.h"
#include "wire/json.h"
#include "wire/stream.h"
#include "wire/wire.h"
#include "net/net.h"
#include "builtin/help.h"
#include "builtin/tables.h"
#include "lang/ast.h"
#include "lang/lang.h"
#include "store/store.h"
#include "ops/ops.h"
#include "kernel/kernel.h"
#include "value/value.h"
#include "time/time.h"
#include "zplane.h"

#include "../unit.h"

static void one_meaning_for_each_name(void **state)
{
    zp_query_order by = { .down = true };
    zp_order order = ZP_ORDER_YES;
    zp_target target = { .rows = 1 };
    zp_backend_target database = { 0 };
    zp_run run = ZP_RUN_DONE;

    (void)state;
    assert_true(by.down && order == ZP_ORDER_YES && target.rows == 1 && run == ZP_RUN_DONE);
    assert_null(database.ops);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_meaning_for_each_name) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
