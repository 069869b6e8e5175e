/* gateway_tools: the command `zplane gateway`. */
#ifndef ZP_CLI_GATEWAY_TOOLS_H
#define ZP_CLI_GATEWAY_TOOLS_H

#include "cli/cli.h"

int zp__cmd_gateway(zp_cli *cli);

#endif
