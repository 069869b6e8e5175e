/* server: the order in which things start and stop. */
#include "server/server.h"

int zp_server_run(const zp_config *cfg, zp_error *err)
{
    (void)cfg;
    zp_fail(err, "this program has no server");
    return 1;
}
