/* feed: the rows of one turn for one object, checked, in columns.
 *
 * A batch is checked against the object and against what was gathered before it, so that what is applied at the end of the
 * turn fits, unless somebody changed the object in between: then all of it is refused, and the senders send again what
 * came after their first refused batch. */
#include "plane/streams.h"

#include <string.h>

#include "base/mem.h"

/* ---------------------------------------------------------------- finding and making */

static bool same_path(const zp__feed *f, const zp_stream_path *path)
{
    return f->path.count == path->count && f->path.bytes.len == path->bytes.len &&
           memcmp(f->path.bytes.ptr, path->bytes.ptr, path->bytes.len) == 0;
}

static bool same_kind(const zp__feed *f, const zp_target *t)
{
    return f->cls == t->cls && f->elem == t->elem && f->columns == t->columns;
}

static zp__feed *feed_new(const zp_stream_path *path, zp_error *err)
{
    zp__feed *f = zp_new(zp__feed, err);

    if (!f)
        return NULL;
    f->path_bytes = zp_str_new(path->bytes.ptr, path->bytes.len, err);
    if (!f->path_bytes) {
        zp_free(f);
        return NULL;
    }
    f->path = (zp_stream_path){ path->count, { f->path_bytes->text, f->path_bytes->len } };
    return f;
}

/* The object has another shape than when the feed was made: possible while nothing is gathered. */
static bool reshape(zp__feed *f, const zp_target *t, zp_error *err)
{
    const void **column = zp_alloc(((size_t)t->columns + 1) * sizeof(*column), err);

    if (!column)
        return false;
    zp_free(f->column);
    zp_free(f->times);
    zp_free(f->values);
    f->column = column;
    f->times = f->values = NULL;
    f->cap = 0;
    f->cls = t->cls;
    f->elem = t->elem;
    f->columns = t->columns;
    return true;
}

static void looked(zp__streams *s, zp__feed *f, const zp_target *t)
{
    f->turn = s->turn;
    f->last = t->last;
}

zp__feed *zp__feed_for(zp__streams *s, const zp_stream_path *path, const zp_target *t, zp_error *err)
{
    zp__feed *f = s->feeds;

    while (f && !same_path(f, path))
        f = f->next;
    if (!f) {
        f = feed_new(path, err);
        if (!f || !reshape(f, t, err)) {
            zp__feed_free(f);
            return NULL;
        }
        f->next = s->feeds;
        s->feeds = f;
    } else if (!same_kind(f, t)) {
        zp__feed_apply(s, f);
        if (!reshape(f, t, err))
            return NULL;
    }
    if (f->n == 0)
        looked(s, f, t);
    return f;
}

void zp__feed_free(zp__feed *f)
{
    if (!f)
        return;
    zp_str_unref(f->path_bytes);
    zp_free(f->times);
    zp_free(f->values);
    zp_free(f->column);
    zp_free(f);
}

static bool keeps_producers(const zp__feed *f)
{
    return f->producers.count > 0; /* an object in memory: what it holds would be forgotten */
}

void zp__feeds_idle(zp__streams *s)
{
    s->last_fed = NULL;
    for (zp__feed **at = &s->feeds; *at;) {
        zp__feed *f = *at;

        if (f->refs || f->n || keeps_producers(f)) {
            at = &f->next;
            continue;
        }
        *at = f->next;
        zp__feed_free(f);
    }
}

bool zp__feed_look(zp__streams *s, zp__feed *f, zp_error *err)
{
    zp_target t;

    if (f->turn == s->turn || f->n)
        return true;
    if (!zp__target_find(zp_plane_engine(s->plane), &f->path, false, &t, err))
        return false;
    if (!same_kind(f, &t))
        return zp_fail(err, "incorrect dimensions for append: the object has changed");
    looked(s, f, &t);
    return true;
}

/* ---------------------------------------------------------------- gathering */

static bool room(zp__feed *f, int64_t rows, zp_error *err)
{
    size_t row = (size_t)f->columns * zp_tag_size(f->elem), bytes;
    int64_t cap = f->cap ? f->cap : 256;
    char *times, *values;

    if (rows <= f->cap)
        return true;
    while (cap < rows)
        cap *= 2;
    if (!zp_mul(row, (size_t)cap, &bytes))
        return zp_fail_nomem(err, SIZE_MAX);
    times = zp_alloc(f->cls == ZP_STREAM_SERIES ? 8 * (size_t)cap : 1, err);
    values = zp_alloc(bytes ? bytes : 1, err);
    if (!times || !values) {
        zp_free(times);
        zp_free(values);
        return false;
    }
    if (f->n) {
        size_t size = zp_tag_size(f->elem);

        if (f->cls == ZP_STREAM_SERIES)
            memcpy(times, f->times, 8 * (size_t)f->n);
        for (int64_t j = 0; j < f->columns; j++)
            memcpy(values + (size_t)(j * cap) * size, f->values + (size_t)(j * f->cap) * size,
                   (size_t)f->n * size);
    }
    zp_free(f->times);
    zp_free(f->values);
    f->times = times;
    f->values = values;
    f->cap = cap;
    return true;
}

static bool full(const zp__feed *f, int64_t n)
{
    size_t row = (size_t)f->columns * zp_tag_size(f->elem) + 8;

    return f->n && (size_t)(f->n + n) * row > ZP_FEED_BYTES;
}

static void gather(zp__feed *f, const char *times, const char *values, int64_t n)
{
    size_t size = zp_tag_size(f->elem), len = (size_t)n * size;

    if (times) {
        memcpy(f->times + 8 * (size_t)f->n, times, 8 * (size_t)n);
        memcpy(&f->last, times + 8 * (size_t)(n - 1), 8);
    }
    for (int64_t j = 0; j < f->columns; j++)
        memcpy(f->values + (size_t)(j * f->cap + f->n) * size, values + (size_t)j * len, len);
    f->n += n;
    f->batches++;
}

bool zp__feed_add(zp__streams *s, zp__feed *f, const char *times, const char *values, int64_t n,
                  zp_error *err)
{
    static const char *const orders[] = { NULL, "index not ascending", "append index not ascending" };
    int order = times ? zp_stream_check_times(times, n, f->last) : 0;

    if (order)
        return zp_fail(err, "%s", orders[order]);
    if (!zp__values_valid(f->elem, values, n * f->columns))
        return zp_fail(err, "incorrect type");
    if (full(f, n)) {
        zp__feed_apply(s, f);
        if (!zp__feed_look(s, f, err)) /* and if it was refused, the instants are those of the object */
            return false;
        if (times && zp_stream_check_times(times, n, f->last))
            return zp_fail(err, "append index not ascending");
    }
    if (!room(f, f->n + n, err))
        return false;
    gather(f, times, values, n);
    return true;
}

/* ---------------------------------------------------------------- producers */

static void read_note(zp__producers *p, zp_slice note)
{
    p->count = (uint32_t)(note.len / sizeof(p->at[0]));
    if (p->count > ZP_PRODUCERS)
        p->count = ZP_PRODUCERS;
    memcpy(p->at, note.ptr, p->count * sizeof(p->at[0]));
}

uint64_t zp__producer_last(zp__feed *f, const zp_target *t, const uint64_t id[2])
{
    zp__producers p = f->producers;

    if (!id[0] && !id[1])
        return 0;
    if (t->store) {
        zp_slice note = zp_store_note(t->store);

        p.count = 0;
        if (note.len)
            read_note(&p, note);
    }
    for (uint32_t i = 0; i < p.count; i++) {
        if (p.at[i].id[0] == id[0] && p.at[i].id[1] == id[1])
            return p.at[i].sequence;
    }
    return 0;
}

/* Moves a producer to the front, with its new number; the one that was silent for longest goes. */
static void remember(zp__producers *p, const uint64_t id[2], uint64_t sequence)
{
    uint32_t i = 0;

    while (i < p->count && (p->at[i].id[0] != id[0] || p->at[i].id[1] != id[1]))
        i++;
    if (i == p->count) {
        if (p->count < ZP_PRODUCERS)
            p->count++;
        else
            i--;
    }
    memmove(&p->at[1], &p->at[0], i * sizeof(p->at[0]));
    p->at[0].id[0] = id[0];
    p->at[0].id[1] = id[1];
    p->at[0].sequence = sequence;
}

static void remember_all(const zp__feed *f, zp__producers *p)
{
    for (const zp__stream *st = f->dirty; st; st = st->next_dirty) {
        if (st->producer[0] || st->producer[1])
            remember(p, st->producer, st->pending);
    }
}

/* ---------------------------------------------------------------- applying */

static bool still_fits(const zp__feed *f, const zp_target *t, zp_error *err)
{
    if (!same_kind(f, t))
        return zp_fail(err, "incorrect dimensions for append: the object has changed");
    if (f->cls == ZP_STREAM_SERIES && zp_stream_check_times(f->times, 1, t->last))
        return zp_fail(err, "append index not ascending");
    return true;
}

static void point_columns(zp__feed *f)
{
    size_t size = zp_tag_size(f->elem);

    for (int64_t j = 0; j < f->columns; j++)
        f->column[j] = f->values + (size_t)(j * f->cap) * size;
}

/* The note of a store is set before the rows, which publish it; a failed append takes it back. */
static bool put_rows(zp__feed *f, zp_target *t, zp_error *err)
{
    zp__producers p = f->producers, before = p;
    const int64_t *times = f->cls == ZP_STREAM_SERIES ? (const int64_t *)(const void *)f->times : NULL;
    zp_error ignored = ZP_ERROR_INIT;

    if (!t->store) {
        if (!zp__target_append(t, times, f->column, f->n, err))
            return false;
        remember_all(f, &f->producers);
        return true;
    }
    p.count = 0;
    if (zp_store_note(t->store).len)
        read_note(&p, zp_store_note(t->store));
    before = p;
    remember_all(f, &p);
    if (p.count && !zp_store_set_note(t->store, p.at, p.count * sizeof(p.at[0]), err))
        return false;
    if (zp__target_append(t, times, f->column, f->n, err))
        return true;
    if (p.count && !zp_store_set_note(t->store, before.at, before.count * sizeof(before.at[0]), &ignored))
        zp_error_clear(&ignored);
    return false;
}

static bool apply(zp__streams *s, zp__feed *f, zp_target *t, zp_error *err)
{
    if (!zp__target_find(zp_plane_engine(s->plane), &f->path, true, t, err) || !still_fits(f, t, err))
        return false;
    point_columns(f);
    return put_rows(f, t, err);
}

/* Everybody who waits for this feed is answered now (memory) or with a ticket (files). */
static void answer(zp__streams *s, zp__feed *f, const zp_target *t, int64_t rows)
{
    zp_error err = ZP_ERROR_INIT;
    zp__ticket *ticket = t->store ? zp__ticket_new(s, &err) : NULL;
    zp__stream *next;

    for (zp__stream *st = f->dirty; st; st = next) {
        next = st->next_dirty;
        st->dirty = false;
        st->next_dirty = NULL;
        st->applied = st->pending;
        if (!ticket)
            zp__stream_ack(st, st->applied, rows);
        else if (!zp__ticket_add(ticket, st, st->applied, &err))
            st->again = true; /* no memory for its answer: it comes with a later one */
    }
    f->dirty = NULL;
    zp_error_clear(&err);
    if (ticket) {
        ticket->rows = rows;
        zp__ticket_commit(ticket, t->store);
    }
}

static void refuse_all(zp__streams *s, zp__feed *f, const zp_error *err)
{
    zp__stream *next;
    zp_target t;
    zp_error ignored = ZP_ERROR_INIT;
    bool found = zp__target_find(zp_plane_engine(s->plane), &f->path, false, &t, &ignored);
    int64_t rows = found ? t.rows : 0;

    zp_error_clear(&ignored);
    for (zp__stream *st = f->dirty; st; st = next) {
        next = st->next_dirty;
        st->dirty = false;
        st->next_dirty = NULL;
        if (st->pending == st->applied) /* it only wanted to hear something again */
            continue;
        zp__stream_stop(st, st->first);
        zp__ticket_refuse(s, st, found ? t.store : NULL, st->first, rows, zp_error_text(err));
    }
    f->dirty = NULL;
    zp__append_failed(s, zp_error_text(err), (double)f->once);
}

void zp__feed_apply(zp__streams *s, zp__feed *f)
{
    zp_error err = ZP_ERROR_INIT;
    zp_target t;
    int64_t n = f->n;

    if (n == 0)
        return;
    if (apply(s, f, &t, &err)) {
        answer(s, f, &t, t.rows + n);
        f->last = f->cls == ZP_STREAM_SERIES ? f->last : INT64_MIN;
    } else {
        refuse_all(s, f, &err);
        f->turn = 0; /* look again */
    }
    zp_error_clear(&err);
    f->n = 0;
    f->batches = f->once = f->bytes = 0;
    if ((size_t)f->cap * ((size_t)f->columns * zp_tag_size(f->elem) + 8) > 2 * (size_t)ZP_FEED_BYTES) {
        zp_free(f->times); /* a large batch: its buffer is not kept */
        zp_free(f->values);
        f->times = f->values = NULL;
        f->cap = 0;
    }
}
