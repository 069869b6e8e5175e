/* sync: several files to the disk at once.
 *
 * A disk takes many requests at a time, and a file system makes one of the journal of all who wait for it; one file after
 * the other costs the sum.  So whoever has several files to flush offers them to a few helpers, and takes from the same
 * list until it is empty:
 *
 *     batch:  fd fd fd fd fd        the caller, and helpers that have nothing to do, take the next one
 *                   ^ next
 *
 * Helpers are started when there is something for them, and sleep between two batches. */
#include "store/store_priv.h"

#include <pthread.h>
#include <signal.h>

enum { HELPERS = 7 };

typedef struct batch { /* on the stack of its caller, who waits until nothing is left */
    const int *fds;
    int64_t n, next, left;
    int error;
    struct batch *after;
} batch;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    batch *first; /* batches from which files can be taken */
    int helpers, idle;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
           .work = PTHREAD_COND_INITIALIZER,
           .done = PTHREAD_COND_INITIALIZER };

bool zp__thread_start(void *(*run)(void *))
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    bool ok;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the others */
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    ok = pthread_create(&thread, &attr, run, NULL) == 0;
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

static void leave_list(batch *b)
{
    for (batch **at = &pool.first; *at; at = &(*at)->after)
        if (*at == b) {
            *at = b->after;
            return;
        }
}

/* The next file of b; called and left with the lock held. */
static void take_one(batch *b)
{
    const int fd = b->fds[b->next++];
    int r;

    if (b->next == b->n)
        leave_list(b);
    pthread_mutex_unlock(&pool.lock);
    r = zp_io_get()->datasync(fd);
    pthread_mutex_lock(&pool.lock);
    if (r < 0 && !b->error)
        b->error = r;
    if (--b->left == 0)
        pthread_cond_broadcast(&pool.done);
}

static void *helper(void *unused)
{
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        while (!pool.first) {
            pool.idle++;
            pthread_cond_wait(&pool.work, &pool.lock);
            pool.idle--;
        }
        take_one(pool.first);
    }
    return NULL;
}

int zp__sync_files(const int *fds, int64_t n)
{
    batch b = { .fds = fds, .n = n, .left = n };

    if (n < 2)
        return n ? zp_io_get()->datasync(*fds) : 0;
    pthread_mutex_lock(&pool.lock);
    b.after = pool.first;
    pool.first = &b;
    for (int64_t wanted = n - 1; wanted > 0; wanted--) {
        if (wanted > pool.idle && pool.helpers < HELPERS && zp__thread_start(helper))
            pool.helpers++;
        else
            pthread_cond_signal(&pool.work);
    }
    while (b.next < b.n)
        take_one(&b);
    while (b.left)
        pthread_cond_wait(&pool.done, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
    return b.error;
}
