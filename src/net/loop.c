/* loop: one thread that waits for sockets, timers and tasks.
 *
 *     turn:  wait --> events --> tasks --> settle (input that waits, writes, closed) --> free the dead
 *
 * Tasks come from any thread through a list under a mutex.  Who posts wakes the loop only if it sleeps and nobody else has: so
 * a burst of tasks costs one write to an eventfd, and tasks of the loop for itself none. */
#include "net/net_priv.h"

#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

void zp__loop_begin(zp_loop *loop)
{
    if (loop->in_turn)
        return;
    loop->in_turn = true;
    if (loop->enter)
        loop->enter(loop->around_arg);
    loop->began_ns = zp_clock_ns();
    loop->now_ms = loop->began_ns / 1000000;
}

const int64_t zp_turn_bounds_us[ZP_TURN_BOUNDS] = { 50, 100, 250, 500, 1000, 2000, 5000, 20000, 100000 };

void zp_loop_part(zp_loop *loop)
{
    int64_t now = zp_clock_ns(), ns = now - loop->began_ns;
    int k = 0;

    if (!loop->in_turn)
        return;
    while (k < ZP_TURN_BOUNDS && ns > zp_turn_bounds_us[k] * 1000)
        k++;
    zp__stat(&loop->stats.lasted[k], 1);
    zp__stat(&loop->stats.turn_ns, ns);
    loop->began_ns = now;
}

static void end_turn(zp_loop *loop)
{
    if (!loop->in_turn)
        return;
    zp_loop_part(loop);
    loop->in_turn = false;
    if (loop->leave)
        loop->leave(loop->around_arg);
}

char *zp__loop_scratch(zp_loop *loop)
{
    if (!loop->scratch)
        loop->scratch = zp_alloc(SCRATCH, NULL);
    return loop->scratch;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);

    (void)what;
    (void)arg;
    (void)got;
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg; /* the turn ends, that is all */
}

static struct event_base *new_base(unsigned flags)
{
    struct event_config *cfg = event_config_new();
    struct event_base *base;

    if (!cfg)
        return NULL;
    /* Without libevent's list of changes: it would still talk about a descriptor that another thread has by then. */
    event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK |
                                   (flags & ZP_LOOP_PRECISE ? EVENT_BASE_FLAG_PRECISE_TIMER : 0));
    base = event_base_new_with_config(cfg);
    event_config_free(cfg);
    return base;
}

static bool start(zp_loop *loop, unsigned flags)
{
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop->wake_fd < 0)
        return false;
    loop->base = new_base(flags);
    if (!loop->base)
        return false;
    if (event_assign(&loop->wake, loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop) != 0 ||
        event_add(&loop->wake, NULL) != 0 ||
        event_assign(&loop->limit, loop->base, -1, 0, on_limit, loop) != 0)
        return false;
    return zp__wheel_init(loop);
}

zp_loop *zp_loop_new(unsigned flags, zp_error *err)
{
    zp_loop *loop = zp_new(zp_loop, err);

    if (!loop)
        return NULL;
    atomic_init(&loop->refs, 1);
    pthread_mutex_init(&loop->lock, NULL);
    loop->last = &loop->first;
    loop->taken_last = &loop->taken;
    loop->pending_last = &loop->pending;
    loop->now_ms = zp_clock_ms();
    if (!start(loop, flags)) {
        zp_fail_sys(err, errno ? errno : ENOMEM, "cannot make an event loop");
        zp_loop_free(loop);
        return NULL;
    }
    return loop;
}

zp_loop *zp__loop_ref(zp_loop *loop)
{
    atomic_fetch_add(&loop->refs, 1);
    return loop;
}

void zp__loop_unref(zp_loop *loop)
{
    if (atomic_fetch_sub(&loop->refs, 1) != 1)
        return;
    pthread_mutex_destroy(&loop->lock);
    zp_free(loop);
}

void zp_loop_free(zp_loop *loop)
{
    if (!loop)
        return;
    if (loop->base)
        zp_loop_once(loop, 0);
    while (loop->closing)
        zp_conn_close(loop->closing);
    pthread_mutex_lock(&loop->lock);
    loop->closed = true;
    pthread_mutex_unlock(&loop->lock);
    if (loop->base)
        zp_loop_once(loop, 0);
    zp__wheel_fini(loop);
    if (loop->base) {
        event_del(&loop->wake);
        event_del(&loop->limit);
        event_base_free(loop->base);
    }
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    zp_free(loop->scratch);
    zp__loop_drop_spares(loop);
    zp__loop_unref(loop);
}

/* ---------------------------------------------------------------- tasks */

bool zp__loop_post(zp_loop *loop, zp_task *task)
{
    bool wake, open;

    task->next = NULL;
    pthread_mutex_lock(&loop->lock);
    open = !loop->closed;
    wake = open && loop->asleep;
    if (open) {
        loop->asleep = false;
        *loop->last = task;
        loop->last = &task->next;
    }
    /* Inside the lock: afterwards the loop may run the task and be freed by it. */
    if (wake) {
        ssize_t put = write(loop->wake_fd, &(uint64_t){ 1 }, 8);

        (void)put;
    }
    pthread_mutex_unlock(&loop->lock);
    return open;
}

bool zp_loop_post(zp_loop *loop, void (*fn)(void *arg), void *arg)
{
    zp_task *task = zp_new(zp_task, NULL);

    if (!task)
        return false;
    *task = (zp_task){ .fn = fn, .arg = arg, .owned = true };
    if (zp__loop_post(loop, task))
        return true;
    zp_free(task);
    return false;
}

void zp_loop_post_task(zp_loop *loop, zp_task *task)
{
    task->owned = false;
    zp__loop_post(loop, task);
}

static void take_tasks(zp_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->asleep = false;
    *loop->taken_last = loop->first;
    if (loop->first)
        loop->taken_last = loop->last;
    loop->first = NULL;
    loop->last = &loop->first;
    pthread_mutex_unlock(&loop->lock);
}

/* False: a task took so long that another thread drives the loop by now. */
static bool run_tasks(zp_loop *loop)
{
    uint64_t drive = loop->drive;
    zp_task *task;

    take_tasks(loop);
    while ((task = loop->taken)) {
        void (*fn)(void *) = task->fn;
        void *arg = task->arg;

        loop->taken = task->next;
        if (!loop->taken)
            loop->taken_last = &loop->taken;
        if (task->owned)
            zp_free(task);
        zp__loop_begin(loop);
        fn(arg);
        if (loop->drive != drive)
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- turns */

/* Every connection at most once: what is queued again waits until the loop has looked at its sockets. */
static void settle(zp_loop *loop)
{
    if (loop->pending)
        zp__loop_begin(loop);
    while (loop->pending && loop->pending->settled != loop->turn) {
        zp_conn *conn = loop->pending;

        zp__conn_unqueue(conn);
        conn->settled = loop->turn;
        zp__conn_settle(conn);
    }
}

void zp_loop_flush(zp_loop *loop)
{
    settle(loop);
}

static void free_dead(zp_loop *loop)
{
    while (loop->dead) {
        zp_conn *conn = loop->dead;

        loop->dead = conn->next_dead;
        zp__conn_free(conn);
    }
}

/* Is there something to do without waiting?  If not the loop counts as asleep: who posts now wakes it. */
static bool busy(zp_loop *loop, bool may_sleep)
{
    bool busy;

    pthread_mutex_lock(&loop->lock);
    busy = loop->first || loop->taken || loop->pending;
    loop->asleep = !busy && may_sleep;
    pthread_mutex_unlock(&loop->lock);
    return busy;
}

void zp_loop_once(zp_loop *loop, int64_t timeout_us)
{
    bool wait = !busy(loop, timeout_us != 0) && timeout_us != 0;

    if (wait && timeout_us > 0) {
        struct timeval tv = { timeout_us / 1000000, timeout_us % 1000000 };

        event_add(&loop->limit, &tv);
    }
    loop->turn++;
    loop->in_turn = false; /* also when another thread left in the middle of its own */
    event_base_loop(loop->base, wait ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
    if (wait && timeout_us > 0)
        event_del(&loop->limit);
    if (!run_tasks(loop))
        return;
    settle(loop);
    free_dead(loop);
    zp__stat(&loop->stats.turns, 1);
    end_turn(loop);
}

bool zp_loop_run(zp_loop *loop)
{
    uint64_t drive = ++loop->drive;

    while (loop->drive == drive) {
        if (atomic_load_explicit(&loop->stop, memory_order_relaxed)) {
            atomic_store(&loop->stop, false);
            return true;
        }
        zp_loop_once(loop, -1);
    }
    return false;
}

static void nothing(void *arg)
{
    (void)arg;
}

void zp_loop_stop(zp_loop *loop)
{
    atomic_store(&loop->stop, true);
    if (!zp_loop_post(loop, nothing, NULL)) {
        ssize_t put = write(loop->wake_fd, &(uint64_t){ 1 }, 8);

        (void)put;
    }
}

int64_t zp_loop_now_ms(const zp_loop *loop)
{
    return loop->in_turn ? loop->now_ms : zp_clock_ms();
}

void zp_loop_around(zp_loop *loop, void (*enter)(void *arg), void (*leave)(void *arg), void *arg)
{
    loop->enter = enter;
    loop->leave = leave;
    loop->around_arg = arg;
}

void zp_loop_stats(const zp_loop *loop, zp_net_stats *out)
{
#define READ(name) out->name = atomic_load_explicit(&loop->stats.name, memory_order_relaxed)
    READ(connections);
    READ(opened);
    READ(bytes_in);
    READ(bytes_out);
    READ(turns);
    READ(reads);
    READ(writes);
    READ(turn_ns);
    for (int k = 0; k <= ZP_TURN_BOUNDS; k++)
        READ(lasted[k]);
#undef READ
}

/* What the kernel grants a process with the privilege to ask for more than it was given. */
static rlim_t most_files(void)
{
    FILE *f = fopen("/proc/sys/fs/nr_open", "re");
    unsigned long most = 0;

    if (f && fscanf(f, "%lu", &most) != 1)
        most = 0;
    if (f)
        fclose(f);
    return most;
}

int64_t zp_net_raise_files(void)
{
    struct rlimit files, more;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return -1;
    more.rlim_cur = more.rlim_max = most_files();
    if (files.rlim_max != RLIM_INFINITY && more.rlim_max > files.rlim_max &&
        setrlimit(RLIMIT_NOFILE, &more) == 0)
        files = more;
    if (files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0)
            getrlimit(RLIMIT_NOFILE, &files);
    }
    return files.rlim_cur == RLIM_INFINITY ? INT64_MAX : (int64_t)files.rlim_cur;
}
