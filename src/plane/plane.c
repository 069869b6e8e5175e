/* plane: the engine's side of the server; for the time being its doors alone. */
#include "plane/plane.h"

#include "base/mem.h"

struct zp_plane {
    zp_engine *engine;
    struct zp_loop *loop;
};

const zp_builtin *const zp_plane_tables[] = { NULL };

zp_plane *zp_plane_new(zp_engine *engine, struct zp_loop *loop, zp_error *err)
{
    zp_plane *plane = zp_new(zp_plane, err);

    if (plane)
        *plane = (zp_plane){ engine, loop };
    return plane;
}

void zp_plane_free(zp_plane *plane)
{
    zp_free(plane);
}

struct zp_loop *zp_plane_loop(zp_plane *plane)
{
    return plane->loop;
}

zp_engine *zp_plane_engine(zp_plane *plane)
{
    return plane->engine;
}

void zp_plane_adopt(zp_plane *plane, struct zp_conn *detached, struct zp_login *take)
{
    (void)plane;
    (void)detached;
    (void)take;
}

bool zp_plane_post(zp_plane *plane, void (*fn)(void *arg, zp_plane *plane), void *arg)
{
    (void)plane;
    (void)fn;
    (void)arg;
    return false;
}

uint64_t zp_plane_query(zp_plane *plane, const char *text, size_t len, unsigned rights, uint32_t limit_ms,
                        zp_plane_done_fn done, void *arg)
{
    (void)plane;
    (void)text;
    (void)len;
    (void)rights;
    (void)limit_ms;
    (void)done;
    (void)arg;
    return 0;
}

void zp_plane_cancel(zp_plane *plane, uint64_t query)
{
    (void)plane;
    (void)query;
}
