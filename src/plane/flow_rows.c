/* flow_rows: subscribe() and follow(): rows of an object of another server as they are committed.
 *
 *     subscribe   ROWS --> values --one at a time--> f(rows), on a desk of its own --> CREDIT
 *     follow      ROWS --> our own object -----------------------------------------> CREDIT
 *
 * Credit grows when rows have been dealt with, so that a slow function holds up its own subscription alone.  A replica knows
 * its position by what it holds: a series goes on after its last instant, an array after its last row, also in another
 * process on another day. */
#include "plane/flow.h"

#include <string.h>

#include "base/log.h"
#include "store/store.h"

enum { WINDOW = 4 << 20 };

typedef struct arrived {
    struct arrived *next;
    zp_value rows;
    size_t bytes;
} arrived;

typedef struct rows_flow {
    zp__flow flow;
    zp_value con;   /* keeps the connection */
    zp_value f;     /* subscribe: what is called */
    zp_value names; /* of the columns, or NULL */
    zp_str *as;     /* follow: the variable */
    char *dir;      /* follow: where the replica lives, NULL: in memory */
    zp_store_options options;
    zp__desk desk;
    arrived *first, *last;
    bool running, handle, burying, over, from_now, placed, known;
    zp_stream_subscribe wish;
    uint64_t limit, taken;
    zp_stream_shape shape;
    int64_t position, last_instant; /* of what was dealt with */
    zp_future *opening;
    uint64_t id;
} rows_flow;

/* ---------------------------------------------------------------- life */

static void drop_rows(rows_flow *r)
{
    while (r->first) {
        arrived *a = r->first;

        r->first = a->next;
        zp_value_unref(a->rows);
        zp_free(a);
    }
    r->last = NULL;
}

static void release(rows_flow *r)
{
    drop_rows(r);
    if (r->f.type != ZP_NIL && r->flow.plane)
        zp__desk_fini(&r->desk);
    zp__flow_fini(&r->flow);
    zp_value_unref(r->con);
    zp_value_unref(r->f);
    zp_value_unref(r->names);
    zp_str_unref(r->as);
    zp_free(r->dir);
    zp_free(r);
}

static void bury(void *arg)
{
    rows_flow *r = arg;

    r->burying = false;
    if (!r->handle && !r->opening && (r->f.type == ZP_NIL || zp__desk_idle(&r->desk)))
        release(r);
}

static void bury_later(rows_flow *r)
{
    if (!r->burying && zp_loop_post(r->flow.plane->loop, bury, r))
        r->burying = true;
}

static void end(zp__flow *f, const char *why)
{
    rows_flow *r = (rows_flow *)f;
    zp_future *opening = r->opening;

    zp_timer_stop(f->retry);
    r->over = true;
    r->opening = NULL;
    if (opening)
        zp_future_settle(opening, zp_nil(), why);
    else if (!f->plane->closing)
        ZP_LOG(ZP_LOG_WARN, "subscription has ended", zp_log_str("reason", why));
    drop_rows(r);
    if (f->plane->closing) {
        if (r->f.type != ZP_NIL)
            zp__desk_fini(&r->desk);
        zp__flow_leave(f);
        if (!r->handle)
            release(r);
        return;
    }
    if (!r->handle)
        bury_later(r);
}

/* ---------------------------------------------------------------- opening */

static bool begin(zp__flow *f, zp_error *err)
{
    rows_flow *r = (rows_flow *)f;
    zp_stream_subscribe wish = r->wish;
    zp_buf head = ZP_BUF_INIT;
    bool ok;

    drop_rows(r);
    r->taken = 0;
    r->limit = WINDOW;
    if (r->placed && r->last_instant != INT64_MIN) {
        wish.at_time = true;
        wish.from = (uint64_t)r->last_instant + 1;
    } else if (r->placed) {
        wish.at_time = false;
        wish.from = (uint64_t)r->position;
    }
    wish.limit = r->limit;
    wish.path = f->path;
    zp_stream_put_subscribe(&head, &wish);
    ok = zp__flow_send(f, ZP_MSG_SUBSCRIBE, &head, err);
    zp_buf_fini(&head);
    return ok;
}

static bool keep_names(rows_flow *r, const zp_stream_shape *shape, zp_error *err)
{
    size_t at = 0;

    if (!shape->named || shape->ndims != 1)
        return true;
    zp_value_clear(&r->names);
    r->names = zp_vec(ZP_STR, shape->columns, err);
    if (zp_bad(r->names))
        return false;
    for (int64_t i = 0; i < shape->columns; i++) {
        zp_slice name = zp_stream_column_name(shape, &at);
        zp_str *s = zp_str_new(name.ptr, name.len, err);

        if (!s)
            return false;
        zp_str_put(r->names, i, s);
    }
    return true;
}

static zp_type type_of(uint8_t elem)
{
    static const zp_type types[] = { [ZP_TAG_DBL] = ZP_DBL,
                                     [ZP_TAG_LGL] = ZP_LGL,
                                     [ZP_TAG_TIM] = ZP_TIM,
                                     [ZP_TAG_DUR] = ZP_DUR,
                                     [ZP_TAG_IVL] = ZP_IVL };

    return types[elem];
}

/* Rows (possibly none) of this shape as a value. */
static zp_value rows_value(rows_flow *r, const char *times, const char *values, int64_t n, zp_error *err)
{
    const zp_stream_shape *s = &r->shape;
    int64_t dim[ZP_STREAM_DIMS_MAX + 1] = { n };
    zp_value data, idx;
    size_t bytes = (size_t)(n * s->columns) * zp_tag_size(s->elem);

    memcpy(dim + 1, s->dims, s->ndims * sizeof(dim[0]));
    data = zp_arr(type_of(s->elem), s->ndims + 1, dim, err);
    if (zp_bad(data))
        return data;
    if (bytes)
        memcpy(data.u.arr->data, values, bytes);
    if (r->names.type == ZP_STR && !zp_set_names(&data, 1, zp_as_names(r->names), err)) {
        zp_value_unref(data);
        return zp_nil();
    }
    if (s->cls != ZP_STREAM_SERIES)
        return data;
    idx = zp_arr(ZP_TIM, 1, dim, err);
    if (zp_bad(idx)) {
        zp_value_unref(data);
        return idx;
    }
    if (n)
        memcpy(idx.u.arr->data, times, (size_t)n * 8);
    return zp_zts_take(idx, data, err);
}

/* ---------------------------------------------------------------- follow: the replica */

static bool bind_replica(rows_flow *r, zp_value take, zp_error *err)
{
    return zp_engine_bind_global(r->flow.plane->engine, r->as->text, take, err);
}

/* A fresh one, empty, of the shape that was announced. */
static bool make_replica(rows_flow *r, zp_error *err)
{
    zp_value empty = rows_value(r, NULL, NULL, 0, err), made = zp_nil();
    bool ok = !zp_bad(empty);

    if (ok && r->dir) {
        ok = zp_store_create(r->dir, empty, &r->options, &made, err);
        zp_value_unref(empty);
    } else {
        made = empty;
    }
    return ok && bind_replica(r, made, err);
}

static bool find_replica(rows_flow *r, zp_target *t, zp_error *err)
{
    zp_buf bytes = ZP_BUF_INIT;
    zp_stream_path path = { 1, { NULL, 0 } };
    zp_slice name = { r->as->text, r->as->len };
    bool ok = zp_stream_put_path(&bytes, &name, 1, err) && zp_buf_ok(&bytes, err);

    path.bytes = (zp_slice){ bytes.ptr, bytes.len };
    ok = ok && zp__target_find(r->flow.plane->engine, &path, true, t, err);
    zp_buf_fini(&bytes);
    return ok;
}

static bool same_shape(const rows_flow *r, const zp_target *t, zp_error *err)
{
    if (t->cls == r->shape.cls && t->elem == r->shape.elem && t->columns == r->shape.columns)
        return true;
    return zp_fail(err, "follow: the replica '%s' has another shape than what it follows", r->as->text);
}

static bool add_to_replica(rows_flow *r, const zp_stream_rows *rows, zp_value value, zp_error *err)
{
    zp_value data = value.type == ZP_ZTS ? zp_zts_data(value) : value;
    const void **columns = zp_alloc(((size_t)r->shape.columns + 1) * sizeof(*columns), err);
    zp_target t;
    bool ok;

    if (!columns)
        return false;
    for (int64_t j = 0; j < r->shape.columns; j++)
        columns[j] = zp_column(&data, j);
    ok = find_replica(r, &t, err) && same_shape(r, &t, err) &&
         zp__target_append(&t, value.type == ZP_ZTS ? zp_i64s(&value.u.zts->idx) : NULL, columns, rows->rows,
                           err);
    zp_free(columns);
    zp__streams_poke(r->flow.plane); /* others may follow the replica */
    return ok;
}

/* ---------------------------------------------------------------- subscribe: the function */

static void give_credit(rows_flow *r, size_t bytes)
{
    zp_buf head = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;

    r->taken += bytes;
    if (r->over || r->limit > r->taken + WINDOW / 2)
        return;
    r->limit = r->taken + WINDOW;
    zp_stream_put_credit(&head, r->limit);
    if (!zp__flow_send(&r->flow, ZP_MSG_CREDIT, &head, &err))
        zp_error_clear(&err); /* the link is lost: it begins anew */
    zp_buf_fini(&head);
}

static void call_next(rows_flow *r);

static void called(zp__request *q, const zp__outcome *o)
{
    rows_flow *r = q->arg;

    r->running = false;
    if (!o->ok && r->handle)
        ZP_LOG(ZP_LOG_WARN, "the function of a subscription failed", zp_log_str("error", o->error));
}

static void on_idle(zp__desk *d)
{
    rows_flow *r = (rows_flow *)((char *)d - offsetof(rows_flow, desk));

    if (!r->handle)
        bury_later(r);
    else if (r->first && !r->running)
        call_next(r);
}

/* .f(.rows), with both bound for this request. */
static bool call_with(rows_flow *r, zp_value rows, zp_error *err)
{
    zp_value list = zp_list_new(0, err);
    zp__request *q;

    if (zp_bad(list) || !zp_list_add(&list, ".f", zp_value_ref(r->f), err) ||
        !zp_list_add(&list, ".rows", zp_value_ref(rows), err) || !(q = zp__request_new(&r->desk, err))) {
        zp_value_unref(list);
        return false;
    }
    q->holes = zp_alloc(sizeof(*q->holes), err);
    if (q->holes) {
        q->holes[q->nholes++] = list;
    } else {
        zp_value_unref(list);
    }
    q->kind = ZP_REQ_TEXT;
    q->done = called;
    q->arg = r;
    zp_buf_puts(&q->body, ".f(.rows)");
    r->running = true;
    zp__desk_add(&r->desk, q);
    return true;
}

static void call_next(rows_flow *r)
{
    arrived *a = r->first;
    zp_error err = ZP_ERROR_INIT;

    r->first = a->next;
    if (!r->first)
        r->last = NULL;
    if (!call_with(r, a->rows, &err))
        ZP_LOG(ZP_LOG_WARN, "the function of a subscription failed",
               zp_log_str("error", zp_error_text(&err)));
    zp_error_clear(&err);
    give_credit(r, a->bytes);
    zp_value_unref(a->rows);
    zp_free(a);
}

static bool queue_rows(rows_flow *r, zp_value rows, size_t bytes, zp_error *err)
{
    arrived *a = zp_new(arrived, err);

    if (!a)
        return false;
    *a = (arrived){ NULL, zp_value_ref(rows), bytes };
    if (r->last)
        r->last->next = a;
    else
        r->first = a;
    r->last = a;
    if (!r->running)
        call_next(r);
    return true;
}

/* ---------------------------------------------------------------- messages */

static zp_value handle_of(rows_flow *r, zp_error *err);

static bool on_shape(rows_flow *r, zp_slice head, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_future *opening = r->opening;
    zp_target t;
    bool ok;

    if (!zp_stream_read_shape(head, &r->shape, err))
        return false;
    ok = keep_names(r, &r->shape, &why);
    if (ok && r->as)
        ok = r->known ? find_replica(r, &t, &why) && same_shape(r, &t, &why) : make_replica(r, &why);
    r->shape.names = (zp_slice){ NULL, 0 }; /* it was borrowed */
    if (!ok) {
        end(&r->flow, zp_error_text(&why));
        zp_error_clear(&why);
        return true;
    }
    r->known = r->placed = true;
    r->position = (int64_t)r->shape.next;
    if (opening) {
        zp_value v = handle_of(r, &why);

        r->opening = NULL;
        zp_future_settle(opening, v, zp_bad(v) ? zp_error_text(&why) : NULL);
        zp_error_clear(&why);
    }
    return true;
}

static bool on_rows(rows_flow *r, zp_slice head, zp_error *err)
{
    zp_stream_rows rows;
    zp_value v;
    bool ok;
    zp_error why = ZP_ERROR_INIT;

    if (!zp_stream_read_rows(head, r->shape.cls, r->shape.elem, r->shape.columns, &rows, err))
        return false;
    if (rows.times && zp_stream_check_times(rows.times, rows.rows, INT64_MIN))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: rows that are not ascending");
    if (!zp__values_valid(r->shape.elem, rows.values, rows.rows * r->shape.columns))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: rows that hold no values");
    v = rows_value(r, rows.times, rows.values, rows.rows, err);
    if (zp_bad(v))
        return false;
    r->position = (int64_t)rows.number + rows.rows;
    if (rows.times)
        r->last_instant = zp_i64s(&v.u.zts->idx)[rows.rows - 1];
    ok = r->as ? add_to_replica(r, &rows, v, &why) : queue_rows(r, v, head.len, &why);
    zp_value_unref(v);
    if (!ok)
        end(&r->flow, zp_error_text(&why));
    else if (r->as)
        give_credit(r, head.len);
    zp_error_clear(&why);
    return true;
}

static bool on_message(zp__flow *f, zp_msg *msg, zp_error *err)
{
    rows_flow *r = (rows_flow *)f;

    if (r->over)
        return true;
    if (msg->type == ZP_MSG_SHAPE)
        return on_shape(r, msg->head, err);
    return msg->type != ZP_MSG_ROWS || !r->placed || on_rows(r, msg->head, err);
}

static const zp__flow_ops ops = { begin, on_message, NULL, end };

/* ---------------------------------------------------------------- the handle */

/* The last variable that held it is gone. */
static void destroy(void *thing)
{
    rows_flow *r = thing;
    zp_buf none = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;

    r->handle = false;
    if (!r->flow.plane) {
        release(r);
        return;
    }
    if (!r->over && !zp__flow_send(&r->flow, ZP_MSG_CANCEL, &none, &err))
        zp_error_clear(&err);
    r->over = true;
    zp_timer_stop(r->flow.retry);
    drop_rows(r);
    bury_later(r);
}

static void display(void *thing, zp_buf *out)
{
    const rows_flow *r = thing;

    zp_buf_puts(out, r->as ? "replica of " : "subscription to ");
    zp__flow_name(&r->flow, out);
    if (r->over)
        zp_buf_puts(out, " (ended)");
}

static const zp_handle_ops handle_ops = { destroy, display, NULL };

static zp_value handle_of(rows_flow *r, zp_error *err)
{
    zp_value v = zp_handle_new(ZP_TMR, &handle_ops, r, err);

    r->handle = !zp_bad(v);
    return v;
}

/* ---------------------------------------------------------------- the built-ins */

static rows_flow *flow_new(zp_plane *plane, zp_call *c)
{
    rows_flow *r = zp_new(rows_flow, c->err);

    if (!r)
        return NULL;
    r->last_instant = INT64_MIN;
    r->wish.from = UINT64_MAX;
    if (!zp__flow_init(&r->flow, plane, c->argv[0], c->argv[1], &ops, c->err)) {
        zp_free(r);
        return NULL;
    }
    r->con = zp_value_ref(c->argv[0]);
    return r;
}

/* Sends and waits until the other side has said what the object is. */
static zp_status open_flow(rows_flow *r, zp_call *c)
{
    zp_future *mine = zp_future_new(c->err), *theirs;

    if (!mine || !zp__link_revive(r->flow.plane, r->flow.link, c->err) || !begin(&r->flow, c->err)) {
        if (mine)
            zp_future_unref(mine);
        release(r);
        return ZP_FAILED;
    }
    r->opening = mine;
    zp_future_waiting(mine, zp__request_of(c->ctx) ? NULL : zp_plane_wait, NULL, r->flow.plane);
    theirs = zp_future_ref(mine);
    return zp_future_await_take(c->ctx, theirs, &c->out, c->err);
}

/* from: NULL: new rows; a number: that row (1: the first); a time: rows from then on. */
static bool take_from(rows_flow *r, zp_value from, zp_error *err)
{
    int64_t row;

    if (from.type == ZP_NIL)
        return true;
    if (from.type == ZP_TIM && zp_len(from) == 1) {
        r->wish.at_time = true;
        r->wish.from = (uint64_t)zp_i64s(&from)[0];
        return true;
    }
    if (from.type != ZP_DBL || !zp_get_int(from, true, &row, err) || row < 1)
        return zp_fail_arg(err, 4, "subscribe: 'from' should be a row (1: the first), a time or NULL");
    r->wish.from = (uint64_t)row - 1;
    return true;
}

static zp_status bi_subscribe(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    bool remote = zp_ctx_is_remote(c->ctx);
    zp__request *asker = plane ? zp__request_of(c->ctx) : NULL;
    rows_flow *r = plane ? flow_new(plane, c) : NULL;

    if (!r)
        return ZP_FAILED;
    if (!take_from(r, c->argv[3], c->err)) {
        release(r);
        return ZP_FAILED;
    }
    zp__desk_init(&r->desk, plane, remote, asker && remote ? asker->desk->rights : ZP_MAY_ALL);
    r->desk.idle = on_idle;
    r->desk.timer = true;
    r->f = zp_value_ref(c->argv[2]);
    return open_flow(r, c);
}

/* What is there already is opened, and says where to go on. */
static bool open_replica(rows_flow *r, zp_error *err)
{
    zp_value v;
    zp_target t;

    r->wish.from = 0;
    if (!r->dir || !zp_store_is_object(r->dir))
        return true;
    if (!zp_store_open(r->dir, true, &v, err) || !bind_replica(r, v, err) || !find_replica(r, &t, err))
        return false;
    r->known = true;
    r->wish.at_time = t.last != INT64_MIN;
    r->wish.from = t.last != INT64_MIN ? (uint64_t)t.last + 1 : (uint64_t)t.rows;
    return true;
}

static bool replica_options(rows_flow *r, zp_call *c)
{
    zp_str *file, *as, *sync;
    zp_value last = c->argv[1];

    r->options = ZP_STORE_OPTIONS;
    if (!zp_arg_str(c, 2, &file) || !zp_arg_str(c, 3, &as) || !zp_arg_str(c, 4, &sync) ||
        !zp_store_sync_parse(sync->text, &r->options, c->err))
        return false;
    if (!as->len) { /* the last part of the path */
        const zp_str *whole = zp_strs(&last)[zp_len(last) - 1];
        const char *from = whole->text;

        for (const char *p = whole->text; *p; p++)
            from = *p == '$' || *p == '/' ? p + 1 : from;
        r->as = zp_str_from(from, c->err);
    } else {
        r->as = zp_str_ref(as);
    }
    if (file->len) {
        r->dir = zp_alloc(file->len + 1, c->err);
        if (r->dir)
            memcpy(r->dir, file->text, file->len + 1);
    }
    return r->as && (r->dir || !file->len);
}

static zp_status bi_follow(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    rows_flow *r = plane ? flow_new(plane, c) : NULL;

    if (!r)
        return ZP_FAILED;
    if (replica_options(r, c) && open_replica(r, c->err))
        return open_flow(r, c);
    release(r);
    return ZP_FAILED;
}

const zp_builtin zp__builtins_subscribe[] = {
    { "subscribe", "connection, name, f, from = NULL", "name=S f=f", 0, bi_subscribe,
      "Calls f(rows) with the rows that are committed to the object `name` of another server, as they come, one call at a time. "
      "`from`: NULL: new rows; a number: from that row on (1: all); a time: from that time on. It lasts as long as some "
      "variable holds the result.",
      "", NULL },
    { "follow", "connection, name, file = \"\", as = \"\", sync = \"commit\"", "name=S file=S as=S sync=S",
      ZP_BI_SYSTEM, bi_follow,
      "Keeps a replica of the object `name` of another server: all its rows, and new ones as they are committed, in the "
      "global variable `as` (its own name unless given), in the files of directory `file` or in memory. A replica in files goes "
      "on where it was. It follows as long as some variable holds the result.",
      "", NULL },
    { 0 },
};
