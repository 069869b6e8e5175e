/* admin: what people ask about pools and queries.
 *
 * The question travels from gateway thread to gateway thread, each adds what it has, the last one answers. */
#include <string.h>

#include "backend/pool_priv.h"
#include "base/mem.h"
#include "wire/json.h"

typedef struct question {
    zp_backend *backend;
    int thread;
    void (*look)(struct question *q, zp_pools *pools);
    zp_buf out;
    uint64_t number;
    bool found;
    void (*report)(void *arg, const char *json, size_t len);
    void (*killed)(void *arg, bool found);
    void *arg;
    zp_task task;
} question;

static void answer(question *q)
{
    if (q->report) {
        zp_buf_puts(&q->out, "]}");
        if (q->out.failed)
            q->report(q->arg, "{}", 2);
        else
            q->report(q->arg, q->out.ptr, q->out.len);
    } else {
        q->killed(q->arg, q->found);
    }
    zp_buf_fini(&q->out);
    zp_free(q);
}

static void ask(void *arg)
{
    question *q = arg;

    q->look(q, &q->backend->threads[q->thread].pools);
    if (++q->thread == q->backend->count)
        answer(q);
    else
        zp_loop_post_task(q->backend->threads[q->thread].loop, &q->task);
}

static void begin(question *q)
{
    q->task = (zp_task){ .fn = ask, .arg = q };
    zp_loop_post_task(q->backend->threads[0].loop, &q->task);
}

/* ---------------------------------------------------------------- JSON */

static void put_text(zp_buf *b, const char *key, const char *text)
{
    zp_buf_printf(b, ",\"%s\":", key);
    zp_json_put_string(b, text, strlen(text));
}

static void put_number(zp_buf *b, const char *key, int64_t v)
{
    zp_buf_printf(b, ",\"%s\":%lld", key, (long long)v);
}

static void open_row(question *q)
{
    if (q->out.len && q->out.ptr[q->out.len - 1] == '}')
        zp_buf_putc(&q->out, ',');
    zp_buf_printf(&q->out, "{\"thread\":%d", q->thread);
}

static void look_pools(question *q, zp_pools *pools)
{
    for (const zp_pool *p = pools->all; p; p = p->next) {
        if (p->going && !p->busy.count)
            continue;
        open_row(q);
        put_text(&q->out, "database", p->database);
        put_text(&q->out, "env", p->env);
        put_text(&q->out, "backend", p->target->ops->name);
        put_text(&q->out, "state", p->going ? "leaving" : p->breaker.open ? "unreachable" : "open");
        put_number(&q->out, "max", p->spec.max);
        put_number(&q->out, "min", p->spec.min);
        put_number(&q->out, "idle", p->idle.count);
        put_number(&q->out, "busy", p->busy.count);
        put_number(&q->out, "opening", p->opening);
        put_number(&q->out, "waiting", p->waiting);
        put_number(&q->out, "waiting_most", p->waited_most);
        put_number(&q->out, "queries", (int64_t)p->runs);
        put_number(&q->out, "failed", (int64_t)p->failed);
        put_number(&q->out, "timeouts", (int64_t)p->timeouts);
        put_number(&q->out, "retries", (int64_t)p->retries);
        put_number(&q->out, "connects", (int64_t)p->connects);
        put_number(&q->out, "rows", (int64_t)p->rows);
        put_number(&q->out, "bytes", (int64_t)p->bytes);
        put_number(&q->out, "wait_ms", (int64_t)p->wait_us / 1000);
        put_number(&q->out, "run_ms", (int64_t)p->run_us / 1000);
        zp_buf_putc(&q->out, '}');
    }
}

static const char *state_of(const zp_query_run *run)
{
    return run->finished ? "stopping" : !run->link ? "waiting" : run->paused ? "client is slow" : "running";
}

static void put_run(question *q, const zp_query_run *run)
{
    int64_t now = zp_loop_now_ms(run->pool->owner->loop);

    open_row(q);
    put_number(&q->out, "query", (int64_t)run->number);
    put_text(&q->out, "database", run->pool->database);
    put_text(&q->out, "env", run->pool->env);
    put_text(&q->out, "client", run->client);
    put_text(&q->out, "schema", run->statement && run->statement->schema ? run->statement->schema : "");
    put_text(&q->out, "state", state_of(run));
    put_number(&q->out, "waited_ms", (run->link ? run->started_ms : now) - run->asked_ms);
    put_number(&q->out, "running_ms", run->link ? now - run->started_ms : 0);
    put_number(&q->out, "rows", run->rows);
    put_number(&q->out, "bytes", run->bytes);
    zp_buf_putc(&q->out, '}');
}

static void look_queries(question *q, zp_pools *pools)
{
    for (const zp_pool *p = pools->all; p; p = p->next) {
        for (const zp_link *l = p->busy.first; l; l = l->next)
            for (const zp_query_run *run = l->first; run; run = run->next)
                put_run(q, run);
        for (const zp_query_run *run = p->first; run; run = run->next)
            put_run(q, run);
    }
}

static zp_query_run *run_of(const zp_pool *p, uint64_t number)
{
    for (const zp_link *l = p->busy.first; l; l = l->next)
        for (zp_query_run *run = l->first; run; run = run->next)
            if (run->number == number && !run->finished)
                return run;
    for (zp_query_run *run = p->first; run; run = run->next)
        if (run->number == number)
            return run;
    return NULL;
}

static void look_kill(question *q, zp_pools *pools)
{
    const zp_failure why = { .error = ZP_RUN_KILLED };

    for (const zp_pool *p = pools->all; p && !q->found; p = p->next) {
        zp_query_run *run = run_of(p, q->number);

        if (!run)
            continue;
        q->found = true;
        zp__run_stop(run, &why);
    }
}

static const struct {
    const char *what;
    void (*look)(question *q, zp_pools *pools);
} reports[] = {
    { "pools", look_pools },
    { "queries", look_queries },
};

bool zp_backend_report(zp_backend *b, const char *what, void (*done)(void *arg, const char *json, size_t len),
                       void *arg, zp_error *err)
{
    for (size_t i = 0; i < ZP_COUNTOF(reports); i++)
        if (strcmp(reports[i].what, what) == 0) {
            question *q = zp_new(question, err);

            if (!q)
                return false;
            *q = (question){ .backend = b, .look = reports[i].look, .report = done, .arg = arg };
            zp_buf_printf(&q->out, "{\"%s\":[", what);
            begin(q);
            return true;
        }
    return zp_fail(err, "there is no report '%s': pools, queries", what);
}

bool zp_backend_kill(zp_backend *b, uint64_t query, void (*done)(void *arg, bool found), void *arg,
                     zp_error *err)
{
    question *q = zp_new(question, err);

    if (!q)
        return false;
    *q = (question){ .backend = b, .look = look_kill, .number = query, .killed = done, .arg = arg };
    begin(q);
    return true;
}

/* ---------------------------------------------------------------- metrics */

static void collect(void *arg, zp_metrics_out *out)
{
    const zp_backend *b = arg;

#define X(field, name, type, unit, help)                                              \
    {                                                                                 \
        uint64_t sum = 0;                                                             \
        for (int i = 0; i < b->count; i++)                                            \
            sum += zp_counted(&b->threads[i].pools.counters.field);                   \
        zp_metrics_one(out, "zplane_backend_" name, type, help, (double)sum *(unit)); \
    }
    ZP_POOL_COUNTERS(X)
#undef X
}

bool zp_backend_metrics(zp_backend *b, struct zp_metrics *metrics, zp_error *err)
{
    return zp_metrics_add(metrics, collect, b, err);
}
