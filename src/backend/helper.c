/* helper: threads for what may block: opening connections, SQLite, requests to cancel.
 *
 * Errands wait in one queue; a thread is started when an errand finds none free, and ends when it has had nothing to do for a
 * while.  So an idle server has no helper, and a host that does not answer holds its own thread only. */
#include <pthread.h>
#include <time.h>

#include "backend/engine.h"
#include "base/mem.h"

enum { IDLE_S = 10 };

typedef struct helper {
    struct helper *next;
    zp_helpers *owner;
    pthread_t id;
} helper;

struct zp_helpers {
    pthread_mutex_t lock;
    pthread_cond_t work, gone;
    helper *ended; /* to be joined */
    zp_errand *first, *last;
    int threads, free, waiting, most; /* waiting: errands in the queue */
    bool stop;
};

zp_helpers *zp__helpers_new(int most, zp_error *err)
{
    zp_helpers *h = zp_new(zp_helpers, err);

    if (!h)
        return NULL;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->work, NULL);
    pthread_cond_init(&h->gone, NULL);
    h->most = most;
    return h;
}

/* With the lock: the next errand, or NULL when this thread shall end. */
static zp_errand *next_errand(zp_helpers *h)
{
    zp_errand *e;
    struct timespec until;

    while (!h->first) {
        int late;

        if (h->stop)
            return NULL;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += IDLE_S;
        h->free++;
        late = pthread_cond_timedwait(&h->work, &h->lock, &until);
        h->free--;
        if (late && !h->first)
            return NULL;
    }
    e = h->first;
    h->first = e->next;
    h->waiting--;
    return e;
}

static void *work(void *arg)
{
    helper *self = arg;
    zp_helpers *h = self->owner;
    zp_errand *e;

    pthread_mutex_lock(&h->lock);
    while ((e = next_errand(h)) != NULL) {
        pthread_mutex_unlock(&h->lock);
        e->fn(e->arg);
        pthread_mutex_lock(&h->lock);
    }
    h->threads--;
    self->next = h->ended;
    h->ended = self;
    pthread_cond_signal(&h->gone);
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* With the lock: threads that have ended leave nothing behind. */
static void join_ended(zp_helpers *h)
{
    while (h->ended) {
        helper *one = h->ended;

        h->ended = one->next;
        pthread_mutex_unlock(&h->lock);
        pthread_join(one->id, NULL);
        zp_free(one);
        pthread_mutex_lock(&h->lock);
    }
}

/* With the lock.  When the system refuses, the errand waits for a thread that is there. */
static void start_thread(zp_helpers *h)
{
    helper *one = zp_new(helper, NULL);
    pthread_attr_t attr;

    if (!one)
        return;
    one->owner = h;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1 << 20);
    if (pthread_create(&one->id, &attr, work, one) == 0)
        h->threads++;
    else
        zp_free(one);
    pthread_attr_destroy(&attr);
}

void zp__helpers_send(zp_helpers *h, zp_errand *errand)
{
    pthread_mutex_lock(&h->lock);
    if (h->ended)
        join_ended(h);
    errand->next = NULL;
    if (h->first)
        h->last->next = errand;
    else
        h->first = errand;
    h->last = errand;
    if (++h->waiting > h->free && h->threads < h->most)
        start_thread(h);
    else
        pthread_cond_signal(&h->work);
    if (!h->threads) { /* no thread at all: here and now, rather than never */
        h->first = NULL;
        h->waiting = 0;
        pthread_mutex_unlock(&h->lock);
        errand->fn(errand->arg);
        return;
    }
    pthread_mutex_unlock(&h->lock);
}

void zp__helpers_free(zp_helpers *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_broadcast(&h->work);
    while (h->threads)
        pthread_cond_wait(&h->gone, &h->lock);
    join_ended(h);
    pthread_mutex_unlock(&h->lock);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->work);
    pthread_cond_destroy(&h->gone);
    zp_free(h);
}
