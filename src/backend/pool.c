/* pool: who gets which connection.
 *
 * The queue is strict: nobody overtakes the head, so a run that needs a connection of its own is not starved by short ones.
 * The head gets an idle link; a quick one may also join a link on which only quick ones are under way, and quick
 * ones gather there on purpose: their requests leave in one write and their answers come in one read.
 * When no link fits and fewer than max exist, helpers open more. */
#include <stdio.h>
#include <string.h>

#include "backend/pool_priv.h"
#include "base/log.h"
#include "base/mem.h"

/* ---------------------------------------------------------------- lists */

void zp__link_insert(zp_links *list, zp_link *link, bool front)
{
    link->prev = front ? NULL : list->last;
    link->next = front ? list->first : NULL;
    if (link->prev)
        link->prev->next = link;
    else
        list->first = link;
    if (link->next)
        link->next->prev = link;
    else
        list->last = link;
    list->count++;
}

void zp__link_remove(zp_links *list, zp_link *link)
{
    if (link->prev)
        link->prev->next = link->next;
    else
        list->first = link->next;
    if (link->next)
        link->next->prev = link->prev;
    else
        list->last = link->prev;
    link->prev = link->next = NULL;
    list->count--;
}

static zp_links *list_of(zp_link *link)
{
    return link->state == ZP_LINK_IDLE ? &link->pool->idle : &link->pool->busy;
}

static void move(zp_link *link, zp_link_state state)
{
    zp__link_remove(list_of(link), link);
    link->state = state;
    zp__link_insert(list_of(link), link, true);
}

static int links_of(const zp_pool *p)
{
    return p->idle.count + p->busy.count + p->opening;
}

/* ---------------------------------------------------------------- choosing a link */

static zp_link *shared_link(zp_pool *p, int *sharing)
{
    zp_link *best = NULL;

    for (zp_link *l = p->busy.first; l; l = l->next)
        if (l->quick && !l->hold && !l->settling && l->state == ZP_LINK_BUSY && l->runs) {
            ++*sharing;
            if (l->runs < SHARE_DEPTH && (!best || l->runs < best->runs))
                best = l;
        }
    return best;
}

static zp_link *link_for(zp_pool *p, const zp_query_run *run)
{
    zp_link *shared = NULL;
    int sharing = 0;

    if (run->statement->quick && p->target->ops->share)
        shared = shared_link(p, &sharing);
    if (shared && (sharing >= SHARE_LINKS || !p->idle.first))
        return shared;
    return p->idle.first;
}

void zp__pool_fail_waiting(zp_pool *p, const zp_failure *why)
{
    p->owner->inside++;
    while (p->first)
        zp__run_stop(p->first, why);
    p->owner->inside--;
}

/* Connections that the queue would use, as far as the limits go. */
static void open_more(zp_pool *p)
{
    int64_t want = p->waiting;
    int at_once = p->connects ? OPEN_AT_ONCE : 1; /* the first one finds out whether it can be done */

    if (p->first && p->first->statement->quick && p->target->ops->share && want > SHARE_LINKS)
        want = SHARE_LINKS;
    while (p->opening < want && p->opening < at_once && links_of(p) < p->spec.max) {
        int before = p->opening;

        zp__pool_open(p);
        if (p->opening == before)
            return;
    }
}

void zp__pool_pump(zp_pool *p)
{
    zp_link *link;

    while (p->first && (link = link_for(p, p->first)) != NULL) {
        zp_query_run *run = p->first;

        zp__run_unqueue(run);
        if (link->state == ZP_LINK_IDLE)
            move(link, ZP_LINK_BUSY);
        zp__run_place(link, run);
    }
    if (!p->first)
        return;
    if (p->breaker.open && zp_loop_now_ms(p->owner->loop) < p->breaker.retry_at_ms && !p->busy.count) {
        zp__pool_fail_waiting(p, &p->breaker.why);
        return;
    }
    open_more(p);
}

/* ---------------------------------------------------------------- opening */

typedef struct opening {
    zp_errand errand;
    zp_task task;
    zp_pool *pool;
    zp_backend_target *target;
    zp_link *link;
    zp_failure why;
    int64_t began_ms;
} opening;

/* An attempt that began before the last failure was known tells nothing new. */
static void trip(zp_pool *p, const zp_failure *why, int64_t began_ms)
{
    zp_breaker *b = &p->breaker;
    int64_t delay = INT64_C(100) << (b->failures < 6 ? b->failures : 6);

    if (why->log[0])
        ZP_LOG_RATE(ZP_LOG_WARN, "cannot connect to a database", zp_log_str("database", p->database),
                    zp_log_str("env", p->env), zp_log_str("backend", p->target->ops->name),
                    zp_log_str("reason", why->log), zp_log_int("attempt", b->failures + 1));
    zp_count(&p->owner->counters.refused, 1);
    if (b->failures && began_ms <= b->failed_ms)
        return;
    b->failures++;
    b->failed_ms = zp_loop_now_ms(p->owner->loop);
    b->retry_at_ms = zp_loop_now_ms(p->owner->loop) + (delay < RETRY_MOST_MS ? delay : RETRY_MOST_MS);
    b->why = *why;
    if (b->failures >= TRIP_AFTER || why->error == ZP_RUN_BACKEND)
        b->open = true;
    if (b->open && !p->busy.count && !p->idle.count)
        zp__pool_fail_waiting(p, why);
    zp__pools_wake(p->owner);
}

static void adopt(zp_pool *p, zp_link *link)
{
    zp_error err = ZP_ERROR_INIT;
    int64_t now = zp_loop_now_ms(p->owner->loop);
    zp_failure why = { .error = ZP_RUN_CONNECT };

    link->pool = p;
    link->loop = p->owner->loop;
    link->opened_ms = link->used_ms = link->checked_ms = now;
    if (!link->ops->attach(link, &err)) {
        zp_error_clear(&err);
        zp_encoder_fini(&link->encoder);
        link->ops->close(link);
        trip(p, &why, now);
        return;
    }
    if (p->breaker.open)
        ZP_LOG(ZP_LOG_INFO, "a database can be reached again", zp_log_str("database", p->database),
               zp_log_str("env", p->env));
    p->breaker.failures = 0;
    p->breaker.open = false;
    link->number = ++p->connects;
    zp_count(&p->owner->counters.connects, 1);
    zp_count(&p->owner->counters.links, 1);
    link->state = ZP_LINK_IDLE;
    zp__link_insert(&p->idle, link, true);
}

/* On the gateway thread. */
static void opened(void *arg)
{
    opening *o = arg;
    zp_pool *p = o->pool;

    p->opening--;
    p->owner->openings--;
    if (!o->link) {
        trip(p, &o->why, o->began_ms);
    } else if (p->going || p->owner->stopping || o->target != p->target) {
        zp__backend_target_unref(o->link->target);
        o->link->ops->close(o->link);
    } else {
        adopt(p, o->link);
    }
    zp__backend_target_unref(o->target);
    zp_free(o);
    zp__pool_pump(p);
}

/* On a helper thread. */
static void open_now(void *arg)
{
    opening *o = arg;

    o->link = o->target->ops->open(o->target, &o->why);
    if (o->link) {
        o->link->ops = o->target->ops;
        o->link->target = zp__backend_target_ref(o->target);
    }
    zp_loop_post_task(o->pool->owner->loop, &o->task);
}

void zp__pool_open(zp_pool *p)
{
    opening *o;

    if (p->going || p->owner->stopping || zp_loop_now_ms(p->owner->loop) < p->breaker.retry_at_ms ||
        (p->breaker.failures && p->opening))
        return;
    o = zp_new(opening, NULL);
    if (!o)
        return;
    o->pool = p;
    o->began_ms = zp_loop_now_ms(p->owner->loop);
    o->target = zp__backend_target_ref(p->target);
    o->task = (zp_task){ .fn = opened, .arg = o };
    o->errand = (zp_errand){ .fn = open_now, .arg = o };
    p->opening++;
    p->owner->openings++;
    zp__helpers_send(p->owner->backend->helpers, &o->errand);
}

zp_helpers *zp__helpers(zp_pool *p)
{
    return p->owner->backend->helpers;
}

/* ---------------------------------------------------------------- links coming back, and going */

static void free_link(void *arg)
{
    zp_link *link = arg;
    zp_backend_target *target = link->target;

    if (link->hold) {
        link->free_due = true;
        return;
    }
    zp_encoder_fini(&link->encoder);
    link->pool->owner->closing--;
    link->ops->close(link);
    zp__backend_target_unref(target);
}

void zp__link_close(zp_link *link)
{
    zp_pools *pools = link->pool->owner;

    if (link->closed)
        return;
    zp__link_remove(list_of(link), link);
    for (zp_link **at = &pools->dirty; *at; at = &(*at)->next_dirty)
        if (*at == link) {
            *at = link->next_dirty;
            break;
        }
    link->closed = true;
    zp_count(&pools->counters.links, (uint64_t)-1);
    pools->closing++;
    link->task = (zp_task){ .fn = free_link, .arg = link };
    zp_loop_post_task(pools->loop, &link->task);
}

static bool outlived(const zp_link *link)
{
    const zp_pool *p = link->pool;
    int64_t now = zp_loop_now_ms(link->loop);
    int64_t life =
        p->spec.life_ms + (int64_t)(link->number % 16) * p->spec.life_ms / 160; /* not all at once */

    return p->going || p->owner->stopping || link->target != p->target || now - link->opened_ms > life ||
           p->idle.count + p->busy.count > p->spec.max;
}

static void freed(zp_link *link)
{
    zp_pool *p = link->pool;

    link->used_ms = link->checked_ms = zp_loop_now_ms(link->loop);
    if (outlived(link))
        zp__link_close(link);
    else
        move(link, ZP_LINK_IDLE);
    zp__pool_pump(p);
}

void zp__link_freed(zp_link *link)
{
    if (link->broken || link->closed)
        return;
    if (!link->runs && !link->hold && !link->settling)
        freed(link);
    else if (link->pool->first)
        zp__pool_pump(link->pool);
}

void zp__link_released(zp_link *link)
{
    link->hold = false;
    if (link->free_due)
        free_link(link);
    else if (!link->closed && link->state == ZP_LINK_BUSY)
        zp__link_freed(link);
}

void zp__link_checked(zp_link *link)
{
    zp_pool *p = link->pool;

    link->checked_ms = zp_loop_now_ms(link->loop);
    move(link, ZP_LINK_IDLE);
    zp__pool_pump(p);
}

/* A run that only reads and of which nothing was sent begins again elsewhere, once. */
static bool again(zp_query_run *run)
{
    zp_link *link = run->link;

    if (!zp__run_live(run) || run->statement->write || run->bytes || run->retried ||
        link->pool->owner->stopping)
        return false;
    run->retried = true;
    run->rows = 0;
    run->asked_ms = zp_loop_now_ms(link->loop);
    link->last = run->prev;
    if (run->prev)
        run->prev->next = NULL;
    else
        link->first = NULL;
    link->runs--;
    run->link = NULL;
    run->pool->retries++;
    zp_count(&run->pool->owner->counters.retries, 1);
    zp_count(&run->pool->owner->counters.running, (uint64_t)-1);
    zp__run_queue(run, true);
    return true;
}

void zp__link_broken(zp_link *link, const zp_failure *failure)
{
    zp_pool *p = link->pool;

    if (link->broken)
        return;
    link->broken = true;
    zp_encoder_clear(&link->encoder);
    while (link->last)
        if (failure->error != ZP_RUN_LOST || !again(link->last))
            zp__run_fail(link->last, failure);
    zp__link_close(link);
    zp__pool_pump(p);
}

void zp__link_dirty(zp_link *link)
{
    zp_pools *pools = link->pool->owner;

    if (link->dirty)
        return;
    link->dirty = true;
    link->next_dirty = pools->dirty;
    pools->dirty = link;
}

void zp__pools_leave(void *arg)
{
    zp_pools *pools = arg;

    while (pools->dirty) {
        zp_link *link = pools->dirty;

        pools->dirty = link->next_dirty;
        link->dirty = false;
        link->ops->flush(link);
    }
}
