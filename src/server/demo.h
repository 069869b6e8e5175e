/* demo: `zplane serve --demo`, the shop of examples/shop, complete in the program.
 *
 * A private folder gets three SQLite databases, a vault with the shop's clients and a configuration that binds them; the series comes
 * from the start program.  The keys are public, so the server listens on loopback and nowhere else. */
#ifndef ZP_SERVER_DEMO_H
#define ZP_SERVER_DEMO_H

#include "base/config.h"
#include "base/buf.h"

/* Makes the folder (its path in `dir`) and changes `cfg` to serve it.  What the user has set otherwise stays, but an
 * address beyond loopback is an error. */
bool zp_demo_open(zp_config *cfg, zp_buf *dir, zp_error *err) ZP_MUST_CHECK;
/* What a visitor needs to know, on standard output. */
void zp_demo_show(const char *dir);
/* Removes the folder and what is in it. */
void zp_demo_close(const char *dir);

#endif
