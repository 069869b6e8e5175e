/* series: series of this server as a database of the drivers.
 *
 *     gateway thread                         engine thread
 *     start ────────zp_plane_post────────▶  look the series up, walk rows, encode … until 64 KiB are there or a ms has passed
 *     frames to the sink ◀──────task──────  slice
 *     sink full: nothing; else the next slice
 *
 * A schema's table is the path of a global series ("ticks", "book$eu$fx"), below the group that the URL may name (series:book).  Its key is the
 * time.  Select filters, sorts, and cuts a window; comparisons of the key with values are found by halving.  Insert appends,
 * and is answered when the row is as safe as the series promises.  Rows are never changed or deleted here.
 *
 * Between slices nothing of the engine is held: each looks the series up again, so that appends go on at their full speed. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/pool_priv.h"
#include "backend/series_priv.h"
#include "backend/slices.h"
#include "base/clock.h"
#include "base/mem.h"

enum { SLICE_BYTES = 65536, SLICE_US = 1000, CHECK_ROWS = 256 };

typedef struct series_link {
    zp_slices s;
    struct zp_plane *plane;
    bool begun;
    /* the walk */
    int32_t *column;
    zp_result_cell *cells;
    int64_t low, high, at, total;
    int64_t skip, limit; /* of the window; limit < 0: none */
    int64_t counted;
    bool down, sorted; /* by the key downwards; rows are picked and in order */
    int64_t *picked, npicked, cap;
    int64_t key; /* of an insert, as it is shown */
} series_link;

/* ---------------------------------------------------------------- finding (engine thread) */

static const zp_query *query_of(const series_link *l)
{
    return l->s.run->statement->tree;
}

/* The path of the schema's table, below the group of the URL. */
static void path_of(const series_link *l, zp_buf *path)
{
    const char *group = strchr(l->s.link.target->url, ':') + 1;
    const zp_slice table = query_of(l)->sources[0].schema->table;

    if (*group)
        zp_buf_printf(path, "%s$", group);
    zp_buf_put(path, table.ptr, table.len);
}

static bool find(series_link *l, zp__series_scan *s, bool write)
{
    zp_buf path = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    bool ok;

    *s = (zp__series_scan){ .schema = query_of(l)->sources[0].schema,
                            .params = l->s.run->params,
                            .column = l->column,
                            .failure = &l->s.failure };
    path_of(l, &path);
    ok = zp_buf_ok(&path, &err) && zp__series_find(l->plane, path.ptr, write, &s->view, &err);
    if (!ok)
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "the server has no series that the schema names");
    zp_error_clear(&err);
    zp_buf_fini(&path);
    return ok && zp__series_map(s);
}

/* ---------------------------------------------------------------- the walk (engine thread) */

static bool by_key_alone(const zp_query *q)
{
    return q->order_count == 0 ||
           (q->orders[0].source == 0 && q->orders[0].field == q->sources[0].schema->key);
}

static bool begin(series_link *l, const zp__series_scan *s)
{
    const zp_query *q = query_of(l);

    l->begun = true;
    l->total = s->view.rows;
    l->low = 0;
    l->high = l->total;
    zp__series_bounds(s, q->where, &l->low, &l->high);
    l->high = l->high < l->low ? l->low : l->high;
    l->sorted = q->kind == ZP_QUERY_COUNT || by_key_alone(q);
    l->down = q->kind != ZP_QUERY_COUNT && q->order_count && by_key_alone(q) && q->orders[0].down;
    l->at = l->down ? l->high : l->low;
    l->skip = 0;
    l->limit = -1;
    if (q->window) {
        l->limit = s->params[q->window_param].num;
        l->skip = s->params[q->window_param + 1].null ? 0 : s->params[q->window_param + 1].num;
    }
    return true;
}

static bool put_row(series_link *l, const zp__series_scan *s, int64_t row)
{
    const zp_query_source *from = &query_of(l)->sources[0];

    for (uint16_t i = 0; i < from->pick_count; i++) {
        int field = from->picks[i].field;
        zp__series_cell(zp__series_field(s, field, row), s->schema->fields[field].type,
                        field == s->schema->key && !s->key_ns, &l->cells[i]);
    }
    return zp__slices_row(&l->s, l->cells);
}

/* A row that the condition holds for.  False: that is enough. */
static bool take(series_link *l, const zp__series_scan *s, int64_t row)
{
    if (query_of(l)->kind == ZP_QUERY_COUNT) {
        l->counted++;
        return true;
    }
    if (l->limit == 0)
        return false;
    if (l->skip > 0) {
        l->skip--;
        return true;
    }
    if (!put_row(l, s, row))
        return false;
    l->limit -= l->limit > 0;
    return l->limit != 0;
}

static bool keep(series_link *l, int64_t row)
{
    if (l->npicked == l->cap) {
        int64_t cap = l->cap ? 2 * l->cap : 1024;
        int64_t *more = zp_realloc(l->picked, (size_t)cap * sizeof(*more), NULL);

        if (!more) {
            zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "not enough memory for the answer");
            return false;
        }
        l->picked = more;
        l->cap = cap;
    }
    l->picked[l->npicked++] = row;
    return true;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

typedef struct sorting {
    const zp__series_scan *scan;
    const zp_query *query;
} sorting;

static int by_order(const void *a, const void *b, void *arg)
{
    const sorting *o = arg;
    int64_t ra = *(const int64_t *)a, rb = *(const int64_t *)b;

    for (uint16_t i = 0; i < o->query->order_count; i++) {
        zp__series_value x = zp__series_field(o->scan, o->query->orders[i].field, ra);
        zp__series_value y = zp__series_field(o->scan, o->query->orders[i].field, rb);
        int c;

        if (x.kind == ZP_SV_NULL || y.kind == ZP_SV_NULL)
            c = (y.kind == ZP_SV_NULL) - (x.kind == ZP_SV_NULL);
        else if (x.kind == ZP_SV_INT && y.kind == ZP_SV_INT)
            c = (x.num > y.num) - (x.num < y.num);
        else
            c = (x.dbl > y.dbl) - (x.dbl < y.dbl);
        if (c)
            return o->query->orders[i].down ? -c : c;
    }
    return ra < rb ? -1 : ra > rb;
}

static bool enough_for_now(const series_link *l, int64_t steps, int64_t until)
{
    return l->s.encoder.buf.len >= SLICE_BYTES || (steps % CHECK_ROWS == 0 && now_us() >= until);
}

/* Rows of the range in the order of time.  True: all of them were looked at, or it is enough. */
static bool walk(series_link *l, const zp__series_scan *s, int64_t until)
{
    const zp_expr *where = query_of(l)->where;

    for (int64_t steps = 1; l->down ? l->at > l->low : l->at < l->high; steps++) {
        int64_t row = l->down ? --l->at : l->at++;

        if (zp__series_holds(s, where, row) && !(l->sorted ? take(l, s, row) : keep(l, row)))
            return true;
        if (l->s.failure.error)
            return true;
        if (enough_for_now(l, steps, until))
            return false;
    }
    if (l->sorted)
        return true;
    qsort_r(l->picked, (size_t)l->npicked, sizeof(*l->picked), by_order, &(sorting){ s, query_of(l) });
    l->sorted = true;
    l->at = 0;
    return false;
}

/* The picked rows in their order. */
static bool hand_picked(series_link *l, const zp__series_scan *s, int64_t until)
{
    for (int64_t steps = 1; l->at < l->npicked; steps++) {
        if (!take(l, s, l->picked[l->at++]))
            return true;
        if (enough_for_now(l, steps, until))
            return false;
    }
    return true;
}

static bool select_slice(series_link *l, zp__series_scan *s)
{
    int64_t until = now_us() + SLICE_US;
    bool done;

    if (!l->begun && !begin(l, s))
        return true;
    if (s->view.rows < l->total) {
        zp__failure_set(&l->s.failure, ZP_RUN_CONFLICT, "rows were dropped while the query ran");
        return true;
    }
    done = l->picked && l->sorted ? hand_picked(l, s, until) : walk(l, s, until);
    if (!done || l->s.failure.error)
        return done;
    if (query_of(l)->kind == ZP_QUERY_COUNT) {
        const zp_statement *st = l->s.run->statement;

        l->cells[0] = (zp_result_cell){ .kind = ZP_CELL_INT, .num = l->counted };
        zp_encoder_row(&l->s.encoder, st->out, st->out_count, l->cells);
        l->s.rows++;
    }
    zp__put_end(&l->s.encoder, l->s.run, 0, NULL);
    return true;
}

/* ---------------------------------------------------------------- insert (engine thread) */

static int64_t last_of(const zp__series_scan *s)
{
    return s->view.rows ? s->view.times[s->view.rows - 1] : INT64_MIN;
}

static bool key_of(series_link *l, const zp__series_scan *s, int64_t *ns)
{
    const zp_query *q = query_of(l);
    struct timespec now;

    if (q->key_param < 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        *ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec / 1000 * 1000;
        if (*ns <= last_of(s)) /* two of one microsecond */
            *ns = (last_of(s) / 1000 + 1) * 1000;
        return true;
    }
    *ns = s->params[q->key_param].num;
    if (s->params[q->key_param].null || (!s->key_ns && __builtin_mul_overflow(*ns, 1000, ns))) {
        zp__failure_set(&l->s.failure, ZP_RUN_VALUE, "the time of the row is outside of what a series holds");
        return false;
    }
    return true;
}

static bool in_order(series_link *l, const zp__series_scan *s, int64_t ns)
{
    int64_t row;

    if (ns > last_of(s))
        return true;
    row = zp__series_row_at(&s->view, ns);
    if (row < s->view.rows && s->view.times[row] == ns)
        l->s.failure = (zp_failure){ .error = ZP_RUN_UNIQUE, .constraint = "PRIMARY" };
    else
        zp__failure_set(&l->s.failure, ZP_RUN_CHECK, "a series takes rows in the order of their time");
    return false;
}

static void back(void *arg, const char *error)
{
    series_link *l = arg;

    if (error)
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "the row could not be made durable");
    zp__slices_back(&l->s);
}

static void fill(const series_link *l, const zp__series_scan *s, double *values)
{
    const zp_query *q = query_of(l);

    for (int64_t j = 0; j < s->view.columns; j++)
        values[j] = __builtin_nan("");
    for (uint16_t i = 0; i < q->assign_count; i++) {
        int32_t j = s->column[q->assigns[i].field];
        zp__series_value v = zp__series_param(&s->params[q->assigns[i].param]);

        if (j >= 0 && v.kind != ZP_SV_NULL)
            values[j] = v.dbl;
    }
}

/* True: the commit will post the slice back. */
static bool insert(series_link *l, zp__series_scan *s)
{
    double *values = zp_alloc(((size_t)s->view.columns + 1) * sizeof(*values), NULL);
    zp_buf path = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;
    bool ok = values && key_of(l, s, &l->key) && in_order(l, s, l->key), waits = false;

    l->s.over = true; /* now: the commit may be over at once, on another thread */
    path_of(l, &path);
    if (ok) {
        fill(l, s, values);
        zp_encoder_key(&l->s.encoder,
                       &(zp_result_cell){ .kind = s->key_ns ? ZP_CELL_INT : ZP_CELL_MICROS,
                                          .num = s->key_ns ? l->key : l->key / 1000 },
                       s->key_ns ? ZP_ZQL_BIGINT : ZP_ZQL_DATETIME);
        zp_encoder_complete(&l->s.encoder);
        l->s.rows = 1;
        ok = zp_buf_ok(&path, &err) &&
             zp__series_append(l->plane, path.ptr, l->key, values, back, l, &waits, &err);
    }
    if (!ok && !l->s.failure.error)
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "the series takes no rows now");
    zp_error_clear(&err);
    zp_buf_fini(&path);
    zp_free(values);
    return waits;
}

/* ---------------------------------------------------------------- slices */

static bool slice_of(series_link *l)
{
    const zp_query *q = query_of(l);
    zp__series_scan s;

    if (atomic_load(&l->s.stop)) {
        l->s.failure.error = ZP_RUN_CANCELLED;
    } else if (q->source_count != 1) {
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "a series has no relations");
    } else if (q->kind == ZP_QUERY_UPDATE || q->kind == ZP_QUERY_DELETE) {
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND,
                        "rows of a series are not changed or deleted: they are only added");
    } else if (find(l, &s, q->kind == ZP_QUERY_INSERT)) {
        if (q->kind == ZP_QUERY_INSERT)
            return insert(l, &s);
        l->s.over = select_slice(l, &s);
    }
    l->s.over = l->s.over || l->s.failure.error != ZP_RUN_NONE;
    return false;
}

static void slice(void *arg, struct zp_plane *plane)
{
    series_link *l = arg;

    (void)plane;
    if (!slice_of(l))
        zp__slices_back(&l->s);
}

/* Once per run. */
static bool make_room(series_link *l)
{
    if (l->column)
        return true;
    l->column = zp_alloc_zero(((size_t)query_of(l)->sources[0].schema->count + 1) * sizeof(*l->column), NULL);
    l->cells = zp_alloc_zero(((size_t)l->s.run->statement->columns + 1) * sizeof(*l->cells), NULL);
    return l->column && l->cells;
}

static void send_slice(zp_slices *base)
{
    series_link *l = (series_link *)base;
    bool room = make_room(l);

    if (room && l->plane && zp__series_post(l->plane, slice, l))
        return;
    if (room)
        zp__failure_set(&l->s.failure, ZP_RUN_SHUTDOWN, "the server shuts down");
    else
        zp__failure_set(&l->s.failure, ZP_RUN_BACKEND, "not enough memory for the query");
    l->s.over = true;
    zp__slices_back(base);
}

static void forget_walk(series_link *l)
{
    zp_free(l->picked);
    zp_free(l->column);
    zp_free(l->cells);
    l->picked = NULL;
    l->column = NULL;
    l->cells = NULL;
    l->npicked = l->cap = 0;
}

static void forget(zp_slices *base)
{
    forget_walk((series_link *)base);
}

/* ---------------------------------------------------------------- the table */

static bool check_url(const char *url, zp_error *err)
{
    const char *group = strchr(url, ':') + 1;

    if (strchr(group, '/') || strchr(group, '?') || strlen(group) > 250)
        return zp_fail(
            err, "the URL of the series of this server is series: or series:GROUP, a list that holds them");
    return true;
}

static zp_link *open_link(const zp_backend_target *target, zp_failure *failure)
{
    series_link *l = zp_new(series_link, NULL);

    (void)target;
    if (!l) {
        *failure = (zp_failure){ .error = ZP_RUN_CONNECT };
        return NULL;
    }
    return &l->s.link;
}

static bool attach(zp_link *link, zp_error *err)
{
    series_link *l = (series_link *)link;

    l->plane = link->pool->owner->backend->plane;
    return l->plane ? true : zp_fail(err, "this process serves no series");
}

static void start(zp_link *link, zp_query_run *run)
{
    static const zp_slices_how how = { .send = send_slice, .forget = forget };
    series_link *l = (series_link *)link;

    l->counted = 0;
    l->begun = false;
    zp__slices_start(&l->s, run, &how);
}

static void close_link(zp_link *link)
{
    series_link *l = (series_link *)link;

    forget_walk(l);
    zp_encoder_fini(&l->s.encoder);
    zp_free(l);
}

static const char *const schemes[] = { "series", NULL };

const zp_backend_ops zp__series_ops = {
    .name = "series",
    .dialect = ZP_DIALECT_SERIES,
    .schemes = schemes,
    .wants_tree = true,
    .check_url = check_url,
    .open = open_link,
    .attach = attach,
    .start = start,
    .resume = zp__slices_resume,
    .cancel = zp__slices_cancel,
    .close = close_link,
};
