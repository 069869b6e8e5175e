/* timer: code that runs again and again, and evaluations that sleep.
 *
 * A timer is a desk that asks itself: `once` at the beginning, `loop` at every tick, in one working environment of their own.
 * A tick that comes while the run before it goes on is merged with it.  The handle keeps it alive; when the last copy goes,
 * a run that has begun ends, and no other follows. */
#include <stdio.h>

#include "base/log.h"
#include "plane/plane_priv.h"

struct zp__timer {
    zp_plane *plane;
    zp__timer *next, *prev;
    zp__desk desk;
    zp_timer *tick;
    zp_value loop, once;
    int64_t period_us, due_us;
    int64_t period_ns;
    uint64_t id;
    double left;         /* runs; < 0: without end */
    zp_future *starting; /* who waits until `once` has run */
    bool handle, burying;
};

static void destroy(void *thing);
static void display(void *thing, zp_buf *out);
static const zp_handle_ops timer_handle = { destroy, display, NULL };

static void stop_and_free(zp__timer *t)
{
    if (t->plane) {
        zp_timer_free(t->tick);
        zp__desk_fini(&t->desk);
        if (t->prev)
            t->prev->next = t->next;
        else
            t->plane->timers = t->next;
        if (t->next)
            t->next->prev = t->prev;
    }
    t->plane = NULL;
    t->tick = NULL;
    if (t->handle)
        return;
    zp_value_unref(t->loop);
    zp_value_unref(t->once);
    zp_free(t);
}

static void bury(void *timer)
{
    zp__timer *t = timer;

    t->burying = false;
    if (!t->handle && zp__desk_idle(&t->desk))
        stop_and_free(t);
}

static void bury_later(zp__timer *t)
{
    if (!t->burying && zp_loop_post(t->plane->loop, bury, t))
        t->burying = true;
}

static void on_idle(zp__desk *d)
{
    zp__timer *t = (zp__timer *)((char *)d - offsetof(zp__timer, desk));

    if (!t->handle)
        bury_later(t);
}

/* ---------------------------------------------------------------- runs */

static void set_tick(zp__timer *t)
{
    int64_t now = zp__now_us();

    t->due_us += t->period_us;
    if (t->due_us <= now) /* what was missed is merged */
        t->due_us += (now - t->due_us) / t->period_us * t->period_us + t->period_us;
    zp_timer_set(t->tick, t->due_us - now);
}

static bool run(zp__timer *t, zp_value code, void (*done)(zp__request *r, const zp__outcome *o),
                zp_error *err)
{
    zp__request *r = zp__request_new(&t->desk, err);

    if (!r)
        return false;
    r->code = zp_value_ref(code);
    r->done = done;
    r->arg = t;
    zp__desk_add(&t->desk, r);
    return true;
}

static void loop_done(zp__request *r, const zp__outcome *o)
{
    const zp__timer *t = r->arg;

    if (!o->ok)
        ZP_LOG_RATE(ZP_LOG_WARN, "a timer's run failed", zp_log_int("timer", (int64_t)t->id),
                    zp_log_str("error", o->error));
}

static void on_tick(void *arg)
{
    zp__timer *t = arg;

    if (!t->handle || t->left == 0 || t->plane->closing)
        return;
    set_tick(t);
    if (!zp__desk_idle(&t->desk))
        return;
    if (t->left > 0)
        t->left--;
    (void)!run(t, t->loop, loop_done, NULL);
}

static void started(zp__timer *t)
{
    zp_future *f = t->starting;
    zp_error err = ZP_ERROR_INIT;
    zp_value v;

    t->starting = NULL;
    v = zp_handle_new(ZP_TMR, &timer_handle, t, &err);
    t->handle = !zp_bad(v);
    t->due_us = zp__now_us();
    if (t->handle)
        set_tick(t);
    zp_future_settle(f, v, zp_bad(v) ? zp_error_text(&err) : NULL);
    zp_error_clear(&err);
}

static void once_done(zp__request *r, const zp__outcome *o)
{
    loop_done(r, o);
    started(r->arg);
}

/* ---------------------------------------------------------------- the handle */

static void destroy(void *thing)
{
    zp__timer *t = thing;

    t->handle = false;
    if (!t->plane) {
        stop_and_free(t);
        return;
    }
    zp_timer_stop(t->tick);
    if (zp__desk_idle(&t->desk))
        bury_later(t);
}

static void put_code(zp_buf *out, const char *what, zp_value code)
{
    zp_slice text = code.type == ZP_EXPR ? zp_code_text(code) : (zp_slice){ "NULL", 4 };

    zp_buf_printf(out, "\n%s: ", what);
    zp_buf_put(out, text.ptr, text.len);
}

static void display(void *thing, zp_buf *out)
{
    const zp__timer *t = thing;

    zp_buf_printf(out, "%llu %lld", (unsigned long long)t->id, (long long)t->period_ns);
    put_code(out, "loop", t->loop);
    put_code(out, "once", t->once);
}

static zp_status bi_timer(zp_call *c)
{
    zp_error *err = c->err;
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), err);
    zp__request *asker = plane ? zp__request_of(c->ctx) : NULL;
    bool remote = zp_ctx_is_remote(c->ctx);
    zp_future *mine, *theirs;
    zp__timer *t;
    double most;

    if (!plane || !zp_arg_dbl(c, 3, &most))
        return ZP_FAILED;
    if (c->argv[0].type != ZP_DUR || zp_len(c->argv[0]) != 1)
        return zp_fail_call(c, "timer: 'duration' should be one duration");
    if (zp_i64s(&c->argv[0])[0] < 1000)
        return zp_fail_call(c, "timer: 'duration' should be a microsecond or longer");
    t = zp_new(zp__timer, err);
    if (!t || !(t->tick = zp_timer_new(plane->loop, on_tick, t, err)) || !(mine = zp_future_new(err))) {
        if (t)
            zp_timer_free(t->tick);
        zp_free(t);
        return ZP_FAILED;
    }
    t->plane = plane;
    t->id = ++plane->timer_ids;
    t->period_ns = zp_i64s(&c->argv[0])[0];
    t->period_us = t->period_ns / 1000;
    t->left = most > 0 ? most : -1;
    t->loop = zp_value_move(&c->argv[1]);
    t->once = zp_value_move(&c->argv[2]);
    zp__desk_init(&t->desk, plane, remote, asker && remote ? asker->desk->rights : ZP_MAY_ALL);
    t->desk.idle = on_idle;
    t->desk.timer = true;
    t->next = plane->timers;
    if (t->next)
        t->next->prev = t;
    plane->timers = t;
    t->starting = mine;
    theirs = zp_future_ref(mine);
    zp_future_waiting(mine, asker ? NULL : zp_plane_wait, NULL, plane);
    if (t->once.type != ZP_EXPR || !run(t, t->once, once_done, NULL))
        started(t);
    return zp_future_await_take(c->ctx, theirs, &c->out, err);
}

void zp__timers_free(zp_plane *plane)
{
    while (plane->timers)
        stop_and_free(plane->timers);
}

/* ---------------------------------------------------------------- sleep */

typedef struct sleeper {
    zp_ctx *ctx;
    zp_timer *timer;
    zp_plane *plane;
} sleeper;

static void sleep_over(void *arg)
{
    zp_ctx_resume(((sleeper *)arg)->ctx, zp_nil(), NULL);
}

static void drop_sleeper(void *arg)
{
    sleeper *s = arg;

    zp_timer_free(s->timer);
    zp_free(s);
}

static void drive_sleeper(void *arg, zp_ctx *ctx)
{
    zp_plane_wait(((sleeper *)arg)->plane, ctx);
}

bool zp__plane_sleep(zp_ctx *ctx, double seconds, zp_error *err)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(ctx), err);
    sleeper *s = plane ? zp_new(sleeper, err) : NULL;

    if (!s)
        return false;
    s->ctx = ctx;
    s->plane = plane;
    s->timer = zp_timer_new(plane->loop, sleep_over, s, err);
    if (!s->timer) {
        zp_free(s);
        return false;
    }
    zp_timer_set(s->timer, seconds < 1e9 ? (int64_t)(seconds * 1e6) : (int64_t)1e15);
    zp_ctx_park(ctx, zp__request_of(ctx) ? NULL : drive_sleeper, s, drop_sleeper);
    return true;
}

const zp_builtin zp__builtins_timer[] = {
    { "timer", "duration, loop, once = NULL, loop_max = 0", "", ZP_BI_CODE, bi_timer,
      "Runs the code `once` now and then the code `loop` every `duration`, at most `loop_max` times if that is positive. "
      "Both run in an environment of their own whose parent is the global one. The timer lives as long as some "
      "variable holds the result.",
      "", NULL },
    { ".timer", "duration, loop, once = NULL, loop_max = 0", "", ZP_BI_HIDDEN, bi_timer, "", "", NULL },
    { 0 },
};
