/* timer: precise timers, coarse deadlines, foreign descriptors.
 *
 * Deadlines lie in the slots of a wheel, a tenth of a second each.  Moving one further away only writes a number: when its
 * slot comes up, it is put where it belongs by then.  So a deadline that is moved with every byte of a peer costs a store. */
#include "net/net_priv.h"

#include "base/clock.h"

/* ---------------------------------------------------------------- timers */

struct zp_timer {
    struct event event;
    zp_loop *loop;
    void (*fn)(void *arg);
    void *arg;
};

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    zp_timer *timer = arg;

    (void)fd;
    (void)what;
    zp__loop_begin(timer->loop);
    timer->fn(timer->arg);
}

zp_timer *zp_timer_new(zp_loop *loop, void (*fn)(void *arg), void *arg, zp_error *err)
{
    zp_timer *timer = zp_new(zp_timer, err);

    if (!timer)
        return NULL;
    timer->loop = loop;
    timer->fn = fn;
    timer->arg = arg;
    event_assign(&timer->event, loop->base, -1, 0, on_timer, timer);
    return timer;
}

void zp_timer_free(zp_timer *timer)
{
    if (!timer)
        return;
    event_del(&timer->event);
    zp_free(timer);
}

void zp_timer_set(zp_timer *timer, int64_t delay_us)
{
    struct timeval tv;

    if (delay_us < 0)
        delay_us = 0;
    tv = (struct timeval){ delay_us / 1000000, delay_us % 1000000 };
    event_add(&timer->event, &tv);
}

void zp_timer_stop(zp_timer *timer)
{
    event_del(&timer->event);
}

/* ---------------------------------------------------------------- deadlines */

static void link_deadline(zp__wheel *w, zp_deadline *d)
{
    int64_t last = w->done_ms + (int64_t)(WHEEL_SLOTS - 1) * WHEEL_MS, at = d->at_ms;
    zp_deadline **slot;

    if (at > last)
        at = last; /* looked at again then */
    if (at <= w->done_ms)
        at = w->done_ms + 1;
    at = (at + WHEEL_MS - 1) / WHEEL_MS * WHEEL_MS;
    d->slot_ms = at;
    slot = &w->slot[at / WHEEL_MS % WHEEL_SLOTS];
    d->next = *slot;
    if (d->next)
        d->next->link = &d->next;
    d->link = slot;
    *slot = d;
}

static void unlink_deadline(zp_deadline *d)
{
    *d->link = d->next;
    if (d->next)
        d->next->link = d->link;
    d->link = NULL;
    d->next = NULL;
}

static void arm_tick(zp_loop *loop, int64_t slot_ms, int64_t now)
{
    int64_t wait = slot_ms > now ? slot_ms - now : 0;
    struct timeval tv = { wait / 1000, wait % 1000 * 1000 };

    loop->wheel.tick_ms = slot_ms;
    event_add(&loop->wheel.tick, &tv);
}

static void arm_next(zp_loop *loop, int64_t now)
{
    zp__wheel *w = &loop->wheel;

    w->tick_ms = 0;
    for (int64_t at = w->done_ms + WHEEL_MS, n = 0; n < WHEEL_SLOTS; at += WHEEL_MS, n++) {
        if (w->slot[at / WHEEL_MS % WHEEL_SLOTS]) {
            arm_tick(loop, at, now);
            return;
        }
    }
}

static void fire_slot(zp_loop *loop, int64_t at_ms)
{
    zp__wheel *w = &loop->wheel;
    zp_deadline *head = w->slot[at_ms / WHEEL_MS % WHEEL_SLOTS];

    /* Onto a list of our own first, so that a call may stop or set any of them. */
    w->slot[at_ms / WHEEL_MS % WHEEL_SLOTS] = NULL;
    if (head)
        head->link = &head;
    while (head) {
        zp_deadline *d = head;

        unlink_deadline(d);
        if (d->at_ms > w->done_ms)
            link_deadline(w, d);
        else
            d->fn(d);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    zp_loop *loop = arg;
    zp__wheel *w = &loop->wheel;

    (void)fd;
    (void)what;
    zp__loop_begin(loop);
    loop->now_ms = zp_clock_ms();
    for (int n = 0; n < WHEEL_SLOTS && w->done_ms + WHEEL_MS <= loop->now_ms; n++) {
        w->done_ms += WHEEL_MS;
        fire_slot(loop, w->done_ms);
    }
    while (w->done_ms + WHEEL_MS <= loop->now_ms) /* slept for longer than a round */
        w->done_ms += WHEEL_MS;
    arm_next(loop, loop->now_ms);
}

bool zp__wheel_init(zp_loop *loop)
{
    loop->wheel.done_ms = zp_clock_ms() / WHEEL_MS * WHEEL_MS;
    return event_assign(&loop->wheel.tick, loop->base, -1, 0, on_tick, loop) == 0;
}

void zp__wheel_fini(zp_loop *loop)
{
    if (loop->base)
        event_del(&loop->wheel.tick);
}

void zp_deadline_set(zp_loop *loop, zp_deadline *d, int64_t delay_ms, void (*fn)(zp_deadline *d))
{
    zp__wheel *w = &loop->wheel;
    int64_t now = zp_loop_now_ms(loop);

    d->fn = fn;
    d->at_ms = now + (delay_ms > 0 ? delay_ms : 0);
    if (d->link && d->slot_ms <= d->at_ms)
        return;
    if (d->link)
        unlink_deadline(d);
    if (!w->tick_ms && w->done_ms + WHEEL_MS < now)
        w->done_ms = now / WHEEL_MS * WHEEL_MS; /* nothing was in the wheel meanwhile */
    link_deadline(w, d);
    if (!w->tick_ms || d->slot_ms < w->tick_ms)
        arm_tick(loop, d->slot_ms, now);
}

void zp_deadline_stop(zp_deadline *d)
{
    if (d->link)
        unlink_deadline(d);
}

/* ---------------------------------------------------------------- foreign descriptors */

struct zp_watch {
    struct event event;
    zp_loop *loop;
    int fd;
    unsigned ready;
    void (*fn)(void *arg, unsigned ready);
    void *arg;
};

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    zp_watch *watch = arg;

    (void)fd;
    zp__loop_begin(watch->loop);
    watch->fn(watch->arg, (what & EV_READ ? ZP_READABLE : 0u) | (what & EV_WRITE ? ZP_WRITABLE : 0u));
}

zp_watch *zp_watch_new(zp_loop *loop, int fd, void (*fn)(void *arg, unsigned ready), void *arg, zp_error *err)
{
    zp_watch *watch = zp_new(zp_watch, err);

    if (!watch)
        return NULL;
    *watch = (zp_watch){ .loop = loop, .fd = fd, .fn = fn, .arg = arg };
    event_assign(&watch->event, loop->base, fd, EV_PERSIST, on_watch, watch);
    return watch;
}

void zp_watch_free(zp_watch *watch)
{
    if (!watch)
        return;
    event_del(&watch->event);
    zp_free(watch);
}

bool zp_watch_set(zp_watch *watch, unsigned ready)
{
    short what = EV_PERSIST;

    if (ready == watch->ready)
        return true;
    event_del(&watch->event);
    watch->ready = ready;
    what |= ready & ZP_READABLE ? EV_READ : 0;
    what |= ready & ZP_WRITABLE ? EV_WRITE : 0;
    return event_assign(&watch->event, watch->loop->base, watch->fd, what, on_watch, watch) == 0 &&
           (!ready || event_add(&watch->event, NULL) == 0);
}
