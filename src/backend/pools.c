/* pools: the pools of one gateway thread, and how they follow the configuration.
 *
 * A pool that is no longer named is `going`: it takes no run, finishes those it has and stays as an empty shell that is found again
 * when the name comes back. */
#include <string.h>

#include "backend/pool_priv.h"
#include "base/mem.h"

enum { KEY_MOST = 400 };

static size_t key_of(char key[KEY_MOST], const char *database, const char *env)
{
    size_t a = strlen(database), b = strlen(env);

    if (a + b + 1 > KEY_MOST)
        return 0;
    memcpy(key, database, a);
    key[a] = '\n';
    memcpy(key + a + 1, env, b);
    return a + 1 + b;
}

static zp_pool *find(zp_pools *pools, const char *database, const char *env)
{
    char key[KEY_MOST];
    size_t len = key_of(key, database, env);
    zp_map_entry *e = len ? zp_map_get_bytes(&pools->map, key, len) : NULL;

    return e ? e->val.ptr : NULL;
}

zp_pool *zp_pools_find(zp_pools *pools, const char *database, const char *env)
{
    zp_pool *p = find(pools, database, env);

    return p && !p->going ? p : NULL;
}

zp_dialect zp_pool_dialect(const zp_pool *pool)
{
    return pool->target->ops->dialect;
}

static void tick(void *arg)
{
    zp__pool_tick(arg);
}

bool zp__pools_init(zp_pools *pools, zp_backend *backend, int thread, zp_loop *loop, zp_error *err)
{
    *pools = (zp_pools){ .backend = backend, .thread = thread, .loop = loop, .next_number = 1 };
    pools->tick = zp_timer_new(loop, tick, pools, err);
    if (!pools->tick)
        return false;
    zp_loop_around(loop, NULL, zp__pools_leave, pools);
    return true;
}

static void pool_free(zp_pool *p)
{
    zp__backend_target_unref(p->target);
    zp_str_unref(p->key);
    zp_free(p->name);
    zp_free(p);
}

static zp_pool *make(zp_pools *pools, const char *database, const char *env)
{
    char key[KEY_MOST];
    size_t len = key_of(key, database, env);
    zp_pool *p = len ? zp_new(zp_pool, NULL) : NULL;
    zp_map_entry *e = NULL;
    bool made;
    char *newline;

    if (!p)
        return NULL;
    p->key = zp_str_new(key, len, NULL);
    if (p->key)
        e = zp_map_add(&pools->map, p->key, &made, NULL);
    if (!e) {
        pool_free(p);
        return NULL;
    }
    e->val.ptr = p;
    /* two strings in one key: the database up to the line end, made a NUL in a copy of its own */
    p->name = zp_alloc_zero(len + 1, NULL);
    if (p->name) {
        memcpy(p->name, key, len);
        newline = strchr(p->name, '\n');
        *newline = '\0';
        p->database = p->name;
        p->env = newline + 1;
    } else {
        p->database = p->env = "";
    }
    p->owner = pools;
    p->next = pools->all;
    pools->all = p;
    return p;
}

static int64_t or_else(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

/* This thread's share of a number of connections. */
static int share(const zp_pools *pools, int total)
{
    int n = pools->backend->count;

    return total / n + (pools->thread < total % n);
}

static void set_limits(zp_pool *p, const zp_pool_spec *spec)
{
    int most = share(p->owner, spec->max > 0 ? spec->max : 10);

    p->spec = (zp_pool_spec){ .max = most > 0 ? most : 1,
                              .min = spec->min > 0 ? share(p->owner, spec->min) : 0,
                              .idle_ms = or_else(spec->idle_ms, 600000),
                              .life_ms = or_else(spec->life_ms, 3600000),
                              .check_ms = or_else(spec->check_ms, 30000),
                              .wait_ms = or_else(spec->wait_ms, 10000),
                              .query_ms = or_else(spec->query_ms, 30000),
                              .connect_ms = or_else(spec->connect_ms, 5000),
                              .max_waiting = or_else(spec->max_waiting, 10000) };
    if (p->spec.min > p->spec.max)
        p->spec.min = p->spec.max;
}

static void set_target(zp_pool *p, zp_backend_target *target)
{
    zp_backend_target *old = p->target;

    if (old && strcmp(old->url, target->url) == 0 && old->connect_ms == target->connect_ms &&
        old->query_ms == target->query_ms)
        return;
    p->target = zp__backend_target_ref(target);
    p->breaker = (zp_breaker){ 0 };
    zp__backend_target_unref(old);
}

void zp__pools_configure(zp_pools *pools, const zp_pool_spec *specs, zp_backend_target *const *targets,
                         size_t count)
{
    const zp_failure gone = { .error = ZP_RUN_CONNECT,
                              .text = "the database is not bound to this environment any more" };

    for (zp_pool *p = pools->all; p; p = p->next)
        p->going = true;
    for (size_t i = 0; i < count; i++) {
        zp_pool *p = find(pools, specs[i].database, specs[i].env);

        if (!p)
            p = make(pools, specs[i].database, specs[i].env);
        if (!p)
            continue;
        p->going = false;
        set_target(p, targets[i]);
        set_limits(p, &specs[i]);
    }
    for (zp_pool *p = pools->all; p; p = p->next) {
        if (p->going)
            zp__pool_fail_waiting(p, &gone);
        zp__pool_sweep(p);
        zp__pool_pump(p);
    }
    zp__pool_tick(pools);
}

/* ---------------------------------------------------------------- the end */

void zp__pools_stop(zp_pools *pools)
{
    const zp_failure why = { .error = ZP_RUN_SHUTDOWN };

    pools->stopping = true;
    zp_timer_stop(pools->tick);
    for (zp_pool *p = pools->all; p; p = p->next) {
        zp_link *next;

        zp__pool_fail_waiting(p, &why);
        for (zp_link *l = p->busy.first; l; l = next) {
            next = l->next;
            for (zp_query_run *run = l->first, *after; run; run = after) {
                after = run->next;
                zp__run_stop(run, &why);
            }
        }
        zp__pool_sweep(p);
    }
}

bool zp__pools_stopped(const zp_pools *pools)
{
    for (const zp_pool *p = pools->all; p; p = p->next)
        if (p->busy.count || p->idle.count)
            return false;
    return !pools->openings && !pools->closing;
}

void zp__pools_fini(zp_pools *pools)
{
    while (pools->all) {
        zp_pool *p = pools->all;

        pools->all = p->next;
        pool_free(p);
    }
    zp_map_fini(&pools->map);
    zp__run_spare_free(pools);
    zp_timer_free(pools->tick);
}
