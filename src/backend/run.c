/* run: the life of one statement.
 *
 *     zp_pool_run ─▶ queue ─▶ link ─▶ rows ─▶ end
 *                      │        │
 *                      └─cancel─┴─▶ done at once; on the link it stays until the backend has answered
 *
 * Two hold a run: the session, until done() has been called, and the pool, until the backend has said its last word.  A session that gives up
 * never waits for a backend; a link is never free while its backend still works. */
#include <string.h>

#include "backend/pool_priv.h"
#include "base/mem.h"

enum { SPARE_BYTES = 2048, SPARE_MOST = 256 };

/* ---------------------------------------------------------------- memory */

static size_t size_of(const zp_run_request *rq)
{
    size_t size = sizeof(zp_query_run) + (size_t)rq->statement->param_count * sizeof(zp_param);

    for (int i = 0; i < rq->statement->param_count; i++)
        size += rq->params[i].text.len;
    return size;
}

static zp_query_run *take(zp_pools *pools, size_t size, zp_error *err)
{
    zp_query_run *run = pools->spare;

    if (size > SPARE_BYTES || !run)
        return zp_alloc(size > SPARE_BYTES ? size : SPARE_BYTES, err);
    pools->spare = run->next;
    pools->spare_count--;
    return run;
}

static void copy_params(zp_query_run *run, const zp_param *params)
{
    int n = run->statement->param_count;
    char *bytes;

    run->params = (zp_param *)(run + 1);
    bytes = (char *)(run->params + n);
    if (n)
        memcpy(run->params, params, (size_t)n * sizeof *params);
    for (int i = 0; i < n; i++) {
        zp_slice *text = &run->params[i].text;

        if (text->len)
            memcpy(bytes, text->ptr, text->len);
        text->ptr = bytes;
        bytes += text->len;
    }
}

static void drop(zp_query_run *run)
{
    zp_pools *pools = run->pool->owner;

    if (--run->holds)
        return;
    if (run->big || pools->spare_count >= SPARE_MOST) {
        zp_free(run);
        return;
    }
    run->next = pools->spare;
    pools->spare = run;
    pools->spare_count++;
}

void zp__run_spare_free(zp_pools *pools)
{
    while (pools->spare) {
        zp_query_run *run = pools->spare;

        pools->spare = run->next;
        zp_free(run);
    }
    pools->spare_count = 0;
}

/* The pool's hold ends. */
static void let_go(zp_query_run *run)
{
    zp_statement_unref(run->statement);
    run->statement = NULL;
    drop(run);
}

/* ---------------------------------------------------------------- the end */

static void tell(void *arg)
{
    zp_query_run *run = arg;
    zp_pool *pool = run->pool;
    const zp_failure *why = &run->why;
    const zp_run_result result = { .error = why->error,
                                   .kind = zp__failure_kind(why->error),
                                   .text = why->text[0] ? why->text : zp__failure_text(why->error),
                                   .constraint = why->constraint,
                                   .rows = run->rows,
                                   .bytes = run->bytes };

    if (run->sink) {
        pool->failed += why->error != ZP_RUN_NONE;
        zp_count(&pool->owner->counters.failed, why->error != ZP_RUN_NONE);
        zp_count(&pool->owner->counters.rows, (uint64_t)run->rows);
        zp_count(&pool->owner->counters.bytes, (uint64_t)run->bytes);
        pool->rows += (uint64_t)run->rows;
        pool->bytes += (uint64_t)run->bytes;
        if (run->started_ms) {
            uint64_t us = (uint64_t)(zp_loop_now_ms(pool->owner->loop) - run->started_ms) * 1000;

            pool->run_us += us;
            zp_count(&pool->owner->counters.run_us, us);
        }
        run->sink->done(run->arg, &result);
        run->sink = NULL;
    }
    drop(run);
}

/* Decides the end for the session; done() now, or in the next turn when the session itself is calling. */
static void decide(zp_query_run *run, const zp_failure *why)
{
    if (run->finished)
        return;
    run->finished = true;
    if (why)
        run->why = *why;
    if (run->pool->owner->inside) {
        run->task = (zp_task){ .fn = tell, .arg = run };
        zp_loop_post_task(run->pool->owner->loop, &run->task);
    } else {
        tell(run);
    }
}

static void off_link(zp_query_run *run)
{
    zp_link *link = run->link;

    if (run->prev)
        run->prev->next = run->next;
    else
        link->first = run->next;
    if (run->next)
        run->next->prev = run->prev;
    else
        link->last = run->prev;
    link->runs--;
    zp_count(&run->pool->owner->counters.running, (uint64_t)-1);
    run->link = NULL;
    run->prev = run->next = NULL;
}

static void end(zp_query_run *run, const zp_failure *why)
{
    zp_link *link = run->link;

    off_link(run);
    decide(run, why);
    let_go(run);
    zp__link_freed(link);
}

void zp__run_fail(zp_query_run *run, const zp_failure *failure)
{
    zp_encoder_clear(&run->link->encoder);
    end(run, failure);
}

void zp__run_over(zp_query_run *run)
{
    end(run, NULL);
}

void zp__put_end(zp_encoder *e, const zp_query_run *run, int64_t affected, const zp_result_cell *key)
{
    const zp_statement *s = run->statement;
    const zp_param *p =
        s->key_param >= 0 && s->key_param < s->param_count ? &run->params[s->key_param] : NULL;
    zp_result_cell cell = { .kind = ZP_CELL_NULL };

    switch (s->kind) {
    case ZP_STMT_ROWS: break;
    case ZP_STMT_INSERT:
        if (p && !p->null && p->kind == ZP_PARAM_INT)
            cell = (zp_result_cell){ .kind = ZP_CELL_INT, .num = p->num };
        else if (p && !p->null)
            cell =
                (zp_result_cell){ .kind = ZP_CELL_TEXT, .len = (uint32_t)p->text.len, .text = p->text.ptr };
        else if (key)
            cell = *key;
        zp_encoder_key(e, &cell, cell.kind == ZP_CELL_TEXT ? ZP_ZQL_TEXT : ZP_ZQL_BIGINT);
        break;
    case ZP_STMT_UPDATE: zp_encoder_affected(e, "is_updated", affected); break;
    case ZP_STMT_DELETE: zp_encoder_affected(e, "is_deleted", affected); break;
    }
    zp_encoder_complete(e);
}

static void fail_memory(zp_query_run *run)
{
    zp_failure f;

    zp__failure_set(&f, ZP_RUN_BACKEND, "not enough memory for the answer");
    zp__run_stop(run, &f);
}

void zp__run_end(zp_query_run *run, int64_t affected, const zp_result_cell *key)
{
    zp_encoder *e = &run->link->encoder;

    if (zp__run_live(run)) {
        if (run->statement->kind != ZP_STMT_ROWS)
            run->rows = affected;
        zp__put_end(e, run, affected, key);
        if (e->buf.failed)
            fail_memory(run);
        zp__run_flush(run);
    }
    if (e->buf.failed)
        zp_encoder_fini(e);
    end(run, NULL);
}

/* ---------------------------------------------------------------- frames */

bool zp__run_frames(zp_query_run *run, const uint8_t *bytes, size_t len, int64_t rows)
{
    if (!zp__run_live(run))
        return true;
    run->rows += rows;
    run->bytes += (int64_t)len;
    if (!run->sink->frames(run->arg, bytes, len))
        run->paused = true;
    return !run->paused;
}

static bool send_ready(zp_query_run *run, bool all)
{
    zp_encoder *e = &run->link->encoder;
    size_t n;

    while ((n = zp_encoder_ready(e, all)) != 0) {
        if (zp__run_live(run)) {
            run->bytes += (int64_t)n;
            if (!run->sink->frames(run->arg, zp_encoder_block(e), n))
                run->paused = true;
        }
        zp_encoder_taken(e, n);
    }
    return !run->paused;
}

void zp__run_flush(zp_query_run *run)
{
    send_ready(run, true);
}

bool zp__run_row(zp_query_run *run, const zp_result_cell *cells)
{
    zp_encoder *e = &run->link->encoder;
    zp_failure f;
    size_t size;

    if (!zp__run_live(run))
        return true;
    size = zp_encoder_row(e, run->statement->out, run->statement->out_count, cells);
    if (!size) {
        zp_encoder_fini(e);
        fail_memory(run);
        return true;
    }
    run->rows++;
    if (run->max_frame && size > run->max_frame) {
        zp_encoder_drop(e);
        zp__run_flush(run);
        zp__failure_set(
            &f, ZP_RUN_ROW_SIZE,
            "a row takes %zu bytes, and this driver reads at most %u at once: select fewer fields", size,
            run->max_frame);
        zp__run_stop(run, &f);
        return true;
    }
    return send_ready(run, false);
}

/* ---------------------------------------------------------------- starting and stopping */

void zp__run_queue(zp_query_run *run, bool front)
{
    zp_pool *p = run->pool;

    run->prev = front ? NULL : p->last;
    run->next = front ? p->first : NULL;
    if (run->prev)
        run->prev->next = run;
    else
        p->first = run;
    if (run->next)
        run->next->prev = run;
    else
        p->last = run;
    p->waiting++;
    zp_count(&p->owner->counters.waiting, 1);
    if (p->waiting > p->waited_most)
        p->waited_most = p->waiting;
    zp__pools_wake(p->owner);
}

void zp__run_unqueue(zp_query_run *run)
{
    zp_pool *p = run->pool;

    if (run->prev)
        run->prev->next = run->next;
    else
        p->first = run->next;
    if (run->next)
        run->next->prev = run->prev;
    else
        p->last = run->prev;
    run->prev = run->next = NULL;
    p->waiting--;
    zp_count(&p->owner->counters.waiting, (uint64_t)-1);
}

void zp__run_place(zp_link *link, zp_query_run *run)
{
    run->link = link;
    run->prev = link->last;
    run->next = NULL;
    if (link->last)
        link->last->next = run;
    else
        link->first = run;
    link->last = run;
    link->quick = link->runs ? link->quick && run->statement->quick : run->statement->quick;
    link->runs++;
    run->started_ms = zp_loop_now_ms(link->loop);
    run->pool->wait_us += (uint64_t)(run->started_ms - run->asked_ms) * 1000;
    zp_count(&run->pool->owner->counters.wait_us, (uint64_t)(run->started_ms - run->asked_ms) * 1000);
    zp_count(&run->pool->owner->counters.running, 1);
    link->ops->start(link, run);
}

zp_query_run *zp_pool_run(zp_pool *pool, const zp_run_request *rq, zp_error *err)
{
    zp_pools *pools = pool->owner;
    size_t size = size_of(rq);
    zp_query_run *run = take(pools, size, err);
    zp_failure f;

    if (!run)
        return NULL;
    *run = (zp_query_run){ .number = pools->next_number++ * (uint64_t)pools->backend->count +
                                     (uint64_t)pools->thread + 1,
                           .pool = pool,
                           .statement = zp_statement_ref(rq->statement),
                           .sink = rq->sink,
                           .arg = rq->arg,
                           .max_frame = rq->max_frame,
                           .holds = 2,
                           .big = size > SPARE_BYTES,
                           .asked_ms = zp_loop_now_ms(pools->loop) };
    copy_params(run, rq->params);
    if (rq->client) {
        size_t len = strnlen(rq->client, sizeof run->client - 1);

        memcpy(run->client, rq->client, len);
    }
    pool->runs++;
    zp_count(&pools->counters.queries, 1);
    pools->inside++;
    if (pools->stopping || pool->going || pool->waiting >= pool->spec.max_waiting) {
        zp__failure_set(&f, pools->stopping ? ZP_RUN_SHUTDOWN : ZP_RUN_WAIT, "%s",
                        zp__failure_text(pools->stopping ? ZP_RUN_SHUTDOWN : ZP_RUN_WAIT));
        decide(run, &f);
        let_go(run);
    } else {
        zp__run_queue(run, false);
        zp__pool_pump(pool);
    }
    pools->inside--;
    return run;
}

void zp_run_resume(zp_query_run *run)
{
    if (!run->paused || run->finished)
        return;
    run->paused = false;
    run->pool->owner->inside++;
    if (run->link)
        run->link->ops->resume(run->link, run);
    run->pool->owner->inside--;
}

/* On a link: the backend is asked to stop when nobody else's run is there; what it still sends is swallowed. */
static void stop_on_link(zp_query_run *run)
{
    zp_link *link = run->link;
    bool paused = run->paused;

    run->stop_ms = zp_loop_now_ms(link->loop);
    run->paused = false;
    if (link->runs == 1 && !run->stopping) {
        run->stopping = true;
        link->ops->cancel(link, run);
    }
    if (paused && run->link == link)
        link->ops->resume(link, run);
}

static void stop(zp_query_run *run, const zp_failure *why, bool silent)
{
    zp_pools *pools = run->pool->owner;

    if (run->finished) {
        if (silent)
            run->sink = NULL;
        return;
    }
    pools->inside++;
    run->holds++; /* until this returns */
    if (silent)
        run->sink = NULL;
    decide(run, why);
    if (run->link) {
        stop_on_link(run);
    } else {
        zp__run_unqueue(run);
        let_go(run);
    }
    pools->inside--;
    drop(run);
}

void zp__run_stop(zp_query_run *run, const zp_failure *why)
{
    stop(run, why, false);
}

void zp_run_cancel(zp_query_run *run)
{
    const zp_failure f = { .error = ZP_RUN_CANCELLED };

    stop(run, &f, false);
}

void zp_run_abandon(zp_query_run *run)
{
    const zp_failure f = { .error = ZP_RUN_CANCELLED };

    stop(run, &f, true);
}
