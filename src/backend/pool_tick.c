/* pool_tick: what happens by the clock: time limits, waiting, checks, closing what is idle or old, keeping the minimum. */
#include "backend/pool_priv.h"

static void expire_waiting(zp_pool *p, int64_t now)
{
    zp_failure why = p->breaker.failures ? p->breaker.why : (zp_failure){ .error = ZP_RUN_WAIT };

    while (p->first && now - p->first->asked_ms >= p->spec.wait_ms) {
        p->timeouts++;
        zp_count(&p->owner->counters.timeouts, 1);
        zp__run_stop(p->first, &why);
    }
}

/* The runs of a link that are over their time; and the link when its backend does not stop. */
static void expire_running(zp_link *link, int64_t now)
{
    const zp_failure timeout = { .error = ZP_RUN_TIMEOUT }, lost = { .error = ZP_RUN_TIMEOUT };
    int64_t limit = link->pool->spec.query_ms;
    zp_query_run *next;

    for (zp_query_run *run = link->first; run; run = next) {
        next = run->next;
        if (!run->finished && now - run->started_ms >= limit) {
            link->pool->timeouts++;
            zp_count(&link->pool->owner->counters.timeouts, 1);
            zp__run_stop(run, &timeout);
        }
    }
    if (!link->first)
        return;
    if (link->first->finished && !link->first->stopping && link->runs == 1) {
        link->first->stopping = true; /* the others of its pipeline have gone meanwhile */
        link->ops->cancel(link, link->first);
    } else if (link->first->finished && now - link->first->stop_ms > GRACE_MS) {
        zp__link_broken(link, &lost);
    }
}

static void check_idle(zp_pool *p, int64_t now)
{
    const zp_failure lost = { .error = ZP_RUN_LOST };
    zp_link *next;

    for (zp_link *l = p->idle.first; l; l = next) {
        next = l->next;
        if (l->ops->check && now - l->checked_ms > p->spec.check_ms) {
            zp__link_remove(&p->idle, l);
            l->state = ZP_LINK_CHECKING;
            zp__link_insert(&p->busy, l, true);
            l->checked_ms = now;
            l->ops->check(l);
        }
    }
    for (zp_link *l = p->busy.first; l; l = next) {
        next = l->next;
        if (l->state == ZP_LINK_CHECKING && now - l->checked_ms > p->spec.connect_ms)
            zp__link_broken(l, &lost);
    }
}

void zp__pool_sweep(zp_pool *p)
{
    int64_t now = zp_loop_now_ms(p->owner->loop);
    zp_link *prev;

    for (zp_link *l = p->idle.last; l; l = prev) {
        bool gone =
            p->going || p->owner->stopping || l->target != p->target || now - l->opened_ms > p->spec.life_ms;

        prev = l->prev;
        if (gone || p->idle.count + p->busy.count > p->spec.max ||
            (now - l->used_ms > p->spec.idle_ms && p->idle.count + p->busy.count > p->spec.min))
            zp__link_close(l);
    }
}

static bool tick_pool(zp_pool *p, int64_t now)
{
    zp_link *next;

    expire_waiting(p, now);
    for (zp_link *l = p->busy.first; l; l = next) {
        next = l->next;
        if (l->state == ZP_LINK_BUSY)
            expire_running(l, now);
    }
    check_idle(p, now);
    zp__pool_sweep(p);
    if (p->first)
        zp__pool_pump(p);
    while (p->idle.count + p->busy.count + p->opening < p->spec.min && p->opening < OPEN_AT_ONCE) {
        int before = p->opening;

        zp__pool_open(p);
        if (p->opening == before)
            break;
    }
    return p->first || p->busy.count;
}

void zp__pool_tick(zp_pools *pools)
{
    int64_t now = zp_loop_now_ms(pools->loop);
    bool active = false;

    for (zp_pool *p = pools->all; p; p = p->next)
        active |= tick_pool(p, now);
    pools->ticking = active;
    if (!pools->stopping)
        zp_timer_set(pools->tick, active ? TICK_MS * 1000 : 10 * TICK_MS * 1000);
}

/* Something waits or runs: the clock ticks quickly. */
void zp__pools_wake(zp_pools *pools)
{
    if (pools->ticking || pools->stopping)
        return;
    pools->ticking = true;
    zp_timer_set(pools->tick, TICK_MS * 1000);
}
