/* parallel: cuts a range among threads.
 *
 *     caller --job--> |0|1|2|3|4|...|   each thread takes the next piece until none is left
 *     helpers ------->|
 *
 * Helpers sleep between jobs: a thread that spins while it waits for work, as those of OpenMP do, takes the processor
 * from everybody else.  The caller works too and waits only for helpers that have begun: on a busy machine, where a
 * helper comes late or never, it simply does the whole job.  Helpers start with the first job that is long enough,
 * one per further core; they are the threads of the process, not of a caller, hence the one object here.  A job that
 * comes while another is running (or from inside of one) is done by its caller alone.
 *
 * Below the grain a second thread costs more than it brings.  Pieces begin at multiples of 64 elements, so that no
 * two threads write to one cache line and vector loops start aligned. */
#include "kernel/kernel.h"

#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

enum {
    PIECES = 4 /* per thread: the slower one gets fewer */,
    GRAIN_NS = 16384 /* of work that a grain is at least */
};

static struct {
    pthread_mutex_t owner; /* held by the caller while its job runs */
    pthread_mutex_t lock;  /* guards all that follows but `next` and `wanted` */
    pthread_cond_t wake, idle;
    int helpers;     /* started */
    int seats, busy; /* helpers that may still join; those at work */
    void (*run)(void *arg, int64_t task);
    void *arg;
    int64_t tasks;
    _Atomic int64_t next; /* task nobody has taken yet */
    _Atomic int wanted;
} pool = { .owner = PTHREAD_MUTEX_INITIALIZER,
           .lock = PTHREAD_MUTEX_INITIALIZER,
           .wake = PTHREAD_COND_INITIALIZER,
           .idle = PTHREAD_COND_INITIALIZER };

/* ---------------------------------------------------------------- tasks */

void zp_parallel_threads(int count)
{
    atomic_store(&pool.wanted, count);
}

static int cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return n < ZP_THREADS_MAX ? n : ZP_THREADS_MAX;
}

int zp_parallel_count(void)
{
    int wanted = atomic_load_explicit(&pool.wanted, memory_order_relaxed);

    if (wanted <= 0)
        wanted = cores();
    return wanted < ZP_THREADS_MAX ? wanted : ZP_THREADS_MAX;
}

static void work(void (*run)(void *arg, int64_t task), void *arg, int64_t tasks)
{
    for (;;) {
        int64_t task = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);

        if (task >= tasks)
            return;
        run(arg, task);
    }
}

static void *help(void *unused)
{
    (void)unused;
    zp_thread_kind_set(ZP_THREAD_PATIENT);
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        while (!pool.seats)
            pthread_cond_wait(&pool.wake, &pool.lock);
        pool.seats--;
        pool.busy++;
        pthread_mutex_unlock(&pool.lock);
        work(pool.run, pool.arg, pool.tasks); /* they stay as long as anybody is busy */
        pthread_mutex_lock(&pool.lock);
        if (--pool.busy == 0)
            pthread_cond_signal(&pool.idle);
    }
    return NULL;
}

/* Under the lock.  Signals are for the threads that wait for them: helpers take none. */
static void start_helpers(int count)
{
    sigset_t all, old;

    if (pool.helpers >= count)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (; pool.helpers < count; pool.helpers++) {
        pthread_t id;

        if (pthread_create(&id, NULL, help, NULL) != 0)
            break; /* then with fewer */
        pthread_detach(id);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void share(int threads, int64_t tasks, void (*run)(void *arg, int64_t task), void *arg)
{
    pthread_mutex_lock(&pool.lock);
    start_helpers(threads - 1);
    pool.run = run;
    pool.arg = arg;
    pool.tasks = tasks;
    atomic_store_explicit(&pool.next, 0, memory_order_relaxed);
    pool.seats = threads - 1 < pool.helpers ? threads - 1 : pool.helpers;
    for (int i = 0; i < pool.seats; i++)
        pthread_cond_signal(&pool.wake);
    pthread_mutex_unlock(&pool.lock);

    work(run, arg, tasks);

    pthread_mutex_lock(&pool.lock);
    pool.seats = 0; /* too late to join */
    while (pool.busy)
        pthread_cond_wait(&pool.idle, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

/* Short work is done alone where others wait for the thread: helpers that have begun may be long in coming back. */
static void run_tasks(int64_t tasks, bool alone, void (*run)(void *arg, int64_t task), void *arg)
{
    int64_t threads = tasks > 1 && !alone ? zp_parallel_count() : 1;

    if (threads > tasks)
        threads = tasks;
    if (threads < 2 || pthread_mutex_trylock(&pool.owner) != 0) {
        for (int64_t task = 0; task < tasks; task++)
            run(arg, task);
        return;
    }
    share((int)threads, tasks, run, arg);
    pthread_mutex_unlock(&pool.owner);
}

void zp_parallel_tasks(int64_t tasks, void (*run)(void *arg, int64_t task), void *arg)
{
    const zp_long_guard *left = zp_long_begin(tasks * GRAIN_NS);

    run_tasks(tasks, zp_long_watched() && tasks * GRAIN_NS < ZP_LONG_NS, run, arg);
    zp_long_end(left);
}

/* ---------------------------------------------------------------- ranges */

typedef struct range {
    int64_t n, piece;
    void (*run)(void *arg, int64_t from, int64_t to);
    void *arg;
} range;

static void run_piece(void *arg, int64_t task)
{
    const range *r = arg;
    int64_t from = task * r->piece, to = from + r->piece;

    r->run(r->arg, from, to < r->n ? to : r->n);
}

static void run_range(int64_t n, int64_t grain, bool alone, void (*run)(void *arg, int64_t from, int64_t to),
                      void *arg)
{
    int64_t threads;

    if (alone || n / grain < 2 || (threads = zp_parallel_count()) < 2) {
        run(arg, 0, n);
        return;
    }
    int64_t piece = n / (threads * PIECES);
    range r = { n, ((piece > grain ? piece : grain) + 63) & ~INT64_C(63), run, arg };

    run_tasks((n + r.piece - 1) / r.piece, false, run_piece, &r);
}

void zp_parallel(int64_t n, int64_t grain, void (*run)(void *arg, int64_t from, int64_t to), void *arg)
{
    const zp_long_guard *left;
    int64_t ns;

    if (n <= 0)
        return;
    grain = grain > 0 ? grain : 1;
    ns = n / grain > n / GRAIN_NS ? n / grain * GRAIN_NS : n;
    left = zp_long_begin(ns);
    run_range(n, grain, zp_long_watched() && ns < ZP_LONG_NS, run, arg);
    zp_long_end(left);
}
