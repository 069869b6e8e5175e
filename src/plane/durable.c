/* durable: a request waits for the disk, the loop does not.
 *
 *     statement --publishes--> store           flush thread           loop
 *         parks -------------- commit ------------> done --message-----> the context goes on
 *
 * A change of elements takes this way twice: when it is in its redo record and in the files it is completed on the
 * loop, and then its commit is waited for.
 *
 * A wait outlives its context when that is cancelled: it then knows of none, and ends with its last message.  The plane
 * outlives them all. */
#include "plane/plane_priv.h"
#include "store/store.h"

#include <stdio.h>

typedef struct wait {
    zp_ctx *ctx; /* NULL: it does not wait any more */
    zp_plane *plane;
    int messages; /* that will come */
} wait;

typedef struct message {
    zp_task task;
    wait *w;
    zp_store *store; /* pinned */
    bool change;     /* of elements: not complete yet */
    bool failed;
    char why[200];
} message;

static void free_when_over(wait *w)
{
    if (!w->ctx && !w->messages)
        zp_free(w);
}

static void on_drop(void *arg)
{
    wait *w = arg;

    w->ctx = NULL;
    free_when_over(w);
}

static void on_done(void *arg, const char *error);

/* True: its commit is waited for. */
static bool complete(message *m)
{
    zp_error err = ZP_ERROR_INIT;
    const bool ok = zp_store_complete(m->store, &err);

    m->change = false;
    if (!ok && !m->failed) {
        m->failed = true;
        snprintf(m->why, sizeof(m->why), "%s", zp_error_text(&err));
    }
    zp_error_clear(&err);
    if (m->failed)
        return false;
    zp_store_commit(m->store, on_done, m);
    return true;
}

/* On the loop. */
static void arrived(void *arg)
{
    message *m = arg;
    wait *w = m->w;

    if (m->change && complete(m))
        return;
    zp_store_unpin(m->store);
    w->plane->commits--;
    w->messages--;
    if (w->ctx) {
        w->messages++; /* the wait may be dropped meanwhile */
        zp_ctx_settled(w->ctx, m->failed ? m->why : NULL);
        w->messages--;
    }
    free_when_over(w);
    zp_free(m);
}

/* On the flush thread, or at once. */
static void on_done(void *arg, const char *error)
{
    message *m = arg;

    m->failed = error != NULL;
    snprintf(m->why, sizeof(m->why), "the change is not on the disk: %s", error ? error : "");
    zp_loop_post_task(m->w->plane->loop, &m->task);
}

bool zp__plane_settle(void *arg, zp_ctx *ctx, struct zp_store *s)
{
    zp__request *r = arg;
    wait *w = zp_ctx_park_arg(ctx, on_drop);
    message *m = zp_new(message, NULL);

    if (!m)
        return false;
    if (!w) {
        w = zp_new(wait, NULL);
        if (!w) {
            zp_free(m);
            return false;
        }
        *w = (wait){ .ctx = ctx, .plane = r->desk->plane };
        zp_ctx_park(ctx, NULL, w, on_drop);
    }
    w->messages++;
    w->plane->commits++;
    m->w = w;
    m->store = s;
    m->change = zp_store_is_changing(s);
    zp_store_pin(s);
    m->task = (zp_task){ .fn = arrived, .arg = m };
    zp_store_commit(s, on_done, m);
    return true;
}
