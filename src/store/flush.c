/* flush: what makes commits durable.
 *
 *     engine:  publish, publish, publish ...  commit(done)      publish, commit(done) ...
 *     flush thread:        columns to the disk, durable record, its disk write, done, done, ...      again
 *
 * One round serves everything that was published when it began: commits that come while the disk is busy wait together
 * for the next round.  The thread is started by the first commit that somebody waits for in the background, and serves all
 * stores of the process.  A round belongs to whoever set `busy`; meanwhile nobody may close or replace the files.
 *
 * A failed flush is final: the system may have dropped what it could not write, so the object refuses further changes
 * until it is opened anew, which finds the last durable commit. */
#include "store/store_priv.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

/* The process's queue of stores that want to be flushed. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    zp_store *queue;
    bool running;
} flush = { .lock = PTHREAD_MUTEX_INITIALIZER,
            .work = PTHREAD_COND_INITIALIZER,
            .idle = PTHREAD_COND_INITIALIZER };

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t); /* what pthread_cond_timedwait counts in */
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---------------------------------------------------------------- a round */

/* The files that the commits to come have changed; how many.  Under the lock. */
static int64_t take_unsynced(zp_store *s, int *fds)
{
    int64_t n = 0;

    for (int64_t k = 0; k <= s->nfiles; k++) {
        zp__file *f = k < s->nfiles ? &s->files[k] : &s->rownames;

        if (f->unsynced && f->text_fd >= 0)
            fds[n++] = f->text_fd;
        if (f->unsynced && f->fd >= 0)
            fds[n++] = f->fd;
        f->unsynced = false;
    }
    if (s->flush.sums)
        fds[n++] = s->sumsfd;
    s->flush.sums = false;
    return n;
}

static int write_durable(zp_store *s, const zp_fmt_commit *c)
{
    uint8_t record[ZP_FMT_RECORD];
    zp_fmt_commit durable = *c;
    const int slot = s->slot[0] ^ 1;
    size_t len;
    int r;

    memset(durable.boot, 0, sizeof(durable.boot));
    len = zp_fmt_commit_put(record, &durable);
    r = zp_io_write_all(s->commitfd, record, len, (int64_t)slot * ZP_FMT_SLOT);
    if (r >= 0)
        r = zp_io_get()->datasync(s->commitfd);
    if (r >= 0)
        s->slot[0] = slot;
    return r;
}

static void take_waiters(zp_store *s, uint64_t upto, zp__waiter **list, int64_t *count)
{
    int64_t kept = 0;

    *list = NULL;
    *count = 0;
    for (int64_t i = 0; i < s->flush.nwaiters; i++)
        *count += s->flush.waiters[i].seq <= upto;
    if (*count == s->flush.nwaiters) { /* the usual case: the list as it is */
        *list = s->flush.waiters;
        s->flush.waiters = NULL;
        s->flush.nwaiters = s->flush.capwaiters = 0;
        return;
    }
    *list = zp_alloc((size_t)(*count + 1) * sizeof **list, NULL);
    if (!*list) {
        *count = 0; /* they are told after the next round */
        return;
    }
    *count = 0;
    for (int64_t i = 0; i < s->flush.nwaiters; i++)
        if (s->flush.waiters[i].seq <= upto)
            (*list)[(*count)++] = s->flush.waiters[i];
        else
            s->flush.waiters[kept++] = s->flush.waiters[i];
    s->flush.nwaiters = kept;
}

static void tell_waiters(zp__waiter *list, int64_t count, int errnum)
{
    for (int64_t i = 0; i < count; i++)
        list[i].done(list[i].arg, errnum ? strerror(errnum) : NULL);
    zp_free(list);
}

/* One round; called and left with the lock held, which is free meanwhile.  0 or a negated errno. */
static int round_locked(zp_store *s)
{
    zp_fmt_commit c = s->flush.latest;
    const int64_t most = 2 * (s->nfiles + 1) + 1;
    int few[64], *fds = most <= (int64_t)ZP_COUNTOF(few) ? few : zp_alloc((size_t)most * sizeof *fds, NULL);
    const int64_t n = fds ? take_unsynced(s, fds) : 0;
    zp__waiter *told;
    int64_t ntold;
    int r = fds ? s->flush.error : -ENOMEM;

    s->flush.busy = true;
    s->flush.due_ns = 0;
    s->flush.round++;
    pthread_mutex_unlock(&flush.lock);
    if (r >= 0)
        r = zp__sync_files(fds, n);
    if (r >= 0)
        r = write_durable(s, &c);
    if (fds != few)
        zp_free(fds);
    pthread_mutex_lock(&flush.lock);
    s->flush.busy = false;
    if (r >= 0) {
        s->flush.durable_seq = c.seq;
        s->flush.durable_first = c.first;
    } else {
        s->flush.error = r;
    }
    take_waiters(s, r >= 0 ? c.seq : UINT64_MAX, &told, &ntold);
    pthread_cond_broadcast(&flush.idle);
    if (s->flush.queued) /* a thread that came meanwhile has passed it over */
        pthread_cond_signal(&flush.work);
    if (ntold) {
        pthread_mutex_unlock(&flush.lock);
        tell_waiters(told, ntold, -r);
        pthread_mutex_lock(&flush.lock);
    } else {
        zp_free(told);
    }
    return r;
}

/* The engine's: does a durable record of s exist, and if not, may it be written now? */
static int prepare(zp_store *s)
{
    bool first;

    pthread_mutex_lock(&flush.lock);
    first = s->flush.durable_seq == 0 && s->flush.latest.seq > 0;
    pthread_mutex_unlock(&flush.lock);
    return first ? zp__sync_created(s) : 0;
}

int zp__flush_now(zp_store *s)
{
    int r = prepare(s);
    uint64_t want;

    pthread_mutex_lock(&flush.lock);
    want = s->flush.latest.seq;
    while (r >= 0 && s->flush.durable_seq < want) {
        if (s->flush.busy)
            pthread_cond_wait(&flush.idle, &flush.lock);
        else
            r = round_locked(s);
    }
    pthread_mutex_unlock(&flush.lock);
    return r;
}

/* ---------------------------------------------------------------- the thread */

static void enqueue(zp_store *s, int64_t due_ns)
{
    s->flush.due_ns = due_ns;
    if (s->flush.queued)
        return;
    s->flush.queued = true;
    s->flush.next = flush.queue;
    flush.queue = s;
}

static void dequeue(zp_store *s)
{
    for (zp_store **at = &flush.queue; *at; at = &(*at)->flush.next)
        if (*at == s) {
            *at = s->flush.next;
            break;
        }
    s->flush.queued = false;
}

/* The store whose time has come, or NULL and when the next one's comes (0: never). */
static zp_store *next_due(int64_t *when)
{
    const int64_t now = now_ns();

    *when = 0;
    for (zp_store *s = flush.queue; s; s = s->flush.next) {
        if (s->flush.busy)
            continue;
        if (s->flush.due_ns <= now)
            return s;
        if (!*when || s->flush.due_ns < *when)
            *when = s->flush.due_ns;
    }
    return NULL;
}

/* What is published is made durable first: the redo record that is there has then done its duty.  Called and left with the
 * lock held. */
static void carry_out(zp_store *s)
{
    zp__pending *job = s->flush.job;
    zp_store_done_fn done;
    void *arg;
    int r = 0;

    if (s->flush.durable_seq < s->flush.latest.seq)
        r = round_locked(s);
    s->flush.busy = true;
    pthread_mutex_unlock(&flush.lock);
    r = zp__pending_run(s, job, r);
    pthread_mutex_lock(&flush.lock);
    s->flush.busy = false;
    s->flush.job = NULL;
    done = s->flush.job_done;
    arg = s->flush.job_arg;
    s->flush.job_done = NULL;
    pthread_cond_broadcast(&flush.idle);
    if (!done)
        return;
    pthread_mutex_unlock(&flush.lock);
    done(arg, r < 0 ? strerror(-r) : NULL);
    pthread_mutex_lock(&flush.lock);
}

static void *flush_thread(void *unused)
{
    pthread_mutex_lock(&flush.lock);
    for (;;) {
        int64_t when;
        zp_store *s = next_due(&when);

        if (s) {
            dequeue(s);
            if (s->flush.job)
                carry_out(s);
            else if (s->flush.durable_seq < s->flush.latest.seq)
                round_locked(s);
        } else if (when) {
            const struct timespec until = { when / 1000000000, when % 1000000000 };

            pthread_cond_timedwait(&flush.work, &flush.lock, &until);
        } else {
            pthread_cond_wait(&flush.work, &flush.lock);
        }
    }
    return NULL;
}

/* With the lock held. */
static bool started(void)
{
    if (flush.running)
        return true;
    flush.running = zp__thread_start(flush_thread);
    return flush.running;
}

/* ---------------------------------------------------------------- the engine's side */

void zp__flush_published(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    s->flush.latest = s->c;
    s->flush_failed = -s->flush.error;
    s->round = s->flush.round;
    for (int64_t k = 0; k <= s->nfiles; k++) {
        zp__file *f = k < s->nfiles ? &s->files[k] : &s->rownames;

        f->unsynced |= f->written;
        f->written = false;
    }
    if (s->h.options.sync == ZP_SYNC_INTERVAL && !s->flush.queued && started()) {
        enqueue(s, now_ns() + s->h.options.interval_ns);
        pthread_cond_signal(&flush.work);
    }
    pthread_mutex_unlock(&flush.lock);
}

bool zp__flush_job(zp_store *s, zp__pending *p)
{
    bool ok;

    if (prepare(s) < 0)
        return false;
    pthread_mutex_lock(&flush.lock);
    ok = started();
    if (ok) {
        s->flush.job = p;
        enqueue(s, 0);
        pthread_cond_signal(&flush.work);
    }
    pthread_mutex_unlock(&flush.lock);
    return ok;
}

void zp__flush_job_wait(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    while (s->flush.job)
        pthread_cond_wait(&flush.idle, &flush.lock);
    pthread_mutex_unlock(&flush.lock);
}

void zp__flush_sums(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    s->flush.sums = s->sumsfd >= 0;
    pthread_mutex_unlock(&flush.lock);
}

void zp__flush_pause(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    while (s->flush.busy)
        pthread_cond_wait(&flush.idle, &flush.lock);
    s->flush.busy = true;
    pthread_mutex_unlock(&flush.lock);
}

void zp__flush_go(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    s->flush.busy = false;
    pthread_cond_broadcast(&flush.idle);
    if (s->flush.queued)
        pthread_cond_signal(&flush.work);
    pthread_mutex_unlock(&flush.lock);
}

void zp__flush_leave(zp_store *s)
{
    pthread_mutex_lock(&flush.lock);
    while (s->flush.busy)
        pthread_cond_wait(&flush.idle, &flush.lock);
    if (s->flush.queued)
        dequeue(s);
    pthread_mutex_unlock(&flush.lock);
}

uint64_t zp__durable_first(zp_store *s)
{
    uint64_t first;

    pthread_mutex_lock(&flush.lock);
    first = s->flush.durable_first;
    pthread_mutex_unlock(&flush.lock);
    return first;
}

static bool add_waiter(zp_store *s, zp_store_done_fn done, void *arg)
{
    if (s->flush.nwaiters == s->flush.capwaiters) {
        const int64_t cap = s->flush.capwaiters ? 2 * s->flush.capwaiters : 16;
        zp__waiter *more = zp_realloc(s->flush.waiters, (size_t)cap * sizeof *more, NULL);

        if (!more)
            return false;
        s->flush.waiters = more;
        s->flush.capwaiters = cap;
    }
    s->flush.waiters[s->flush.nwaiters++] = (zp__waiter){ s->flush.latest.seq, done, arg };
    return true;
}

void zp_store_commit(zp_store *s, zp_store_done_fn done, void *arg)
{
    bool waits = false;
    int r;

    pthread_mutex_lock(&flush.lock);
    if (s->flush.job && !s->flush.job_done) {
        s->flush.job_done = done;
        s->flush.job_arg = arg;
        pthread_mutex_unlock(&flush.lock);
        return;
    }
    r = s->flush.error;
    if (!r && s->writable && s->h.options.sync == ZP_SYNC_COMMIT &&
        s->flush.durable_seq < s->flush.latest.seq) {
        waits = started() && add_waiter(s, done, arg);
        if (waits) {
            enqueue(s, 0);
            pthread_cond_signal(&flush.work);
        }
    }
    pthread_mutex_unlock(&flush.lock);
    if (waits)
        return;
    if (!r && s->writable && s->h.options.sync == ZP_SYNC_COMMIT)
        r = zp__flush_now(s);
    done(arg, r < 0 ? strerror(-r) : NULL);
}

bool zp_store_sync(zp_store *s, bool wait, zp_error *err)
{
    int r = 0;

    if (!s->writable)
        return true;
    if (!zp_store_complete(s, err))
        return false;
    if (wait) {
        r = zp__flush_now(s);
    } else if ((r = prepare(s)) >= 0) {
        pthread_mutex_lock(&flush.lock);
        if (started()) {
            enqueue(s, 0);
            pthread_cond_signal(&flush.work);
        }
        pthread_mutex_unlock(&flush.lock);
    }
    return r >= 0 || zp__fail_io(s, err, -r, "write");
}

bool zp_store_wait(zp_store *s, zp_error *err)
{
    return s->h.options.sync != ZP_SYNC_COMMIT || zp_store_sync(s, true, err);
}

void zp_store_get_state(const zp_store *s, zp_store_state *out)
{
    *out = (zp_store_state){ .seq = s->c.seq,
                             .rows = (int64_t)s->c.rows,
                             .columns = s->h.ncolumns,
                             .bytes = s->c.rows * zp__width(s) * (uint64_t)s->nfiles };
    pthread_mutex_lock(&flush.lock);
    out->durable_seq = s->flush.durable_seq;
    pthread_mutex_unlock(&flush.lock);
}
