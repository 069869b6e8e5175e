/* encode: values into frames.
 *
 * A message that is being sent is a stack of levels, as in decode.c, and remembers where it stopped.  Each turn builds one
 * frame: small things are written to the stage, elements of large arrays and long strings become pieces that refer to them
 * where they are; then the frame's head, whose length is known now, goes out before them.
 *
 *     frame = head | stage[0..20) | column, 256 KiB of it | stage[20..31) | ...
 *
 * Messages stand in a ring.  After a frame the next one has its turn. */
#include "wire/wire_priv.h"

typedef enum level_state { AT_ELEMENTS, AT_LENGTHS, AT_TEXTS, AT_NAMES, AT_ITEMS, AT_END } level_state;

typedef struct level {
    zp_value v;     /* borrowed: the message holds the whole */
    zp_value texts; /* whose strings are being written: the elements, or names */
    uint8_t state;
    int32_t dim;   /* whose names come next */
    int64_t at;    /* column, string, item */
    uint64_t done; /* bytes of it */
} level;

typedef struct message {
    struct message *next, *prev; /* ring */
    uint8_t type;
    uint32_t request;
    zp_buf head; /* with the eight bytes before it */
    size_t head_done;
    zp_value *values;
    uint32_t nvalues, value;
    level *levels;
    uint32_t depth, cap;
    uint64_t size; /* about */
} message;

struct zp_sender {
    message *ring; /* whose turn it is */
    uint64_t waiting;
    zp_buf stage; /* empty between frames */
};

typedef struct frame {
    zp_buf *stage;
    zp_piece pieces[ZP_PIECES];
    uint32_t n;
    size_t bytes;
    zp_error *err;
} frame;

/* ---------------------------------------------------------------- what can travel */

int zp_wire_tag_of(zp_value v)
{
    static const int8_t tags[ZP_NTYPES] = {
        [ZP_DBL] = ZP_TAG_DBL,   [ZP_LGL] = ZP_TAG_LGL,   [ZP_TIM] = ZP_TAG_TIM, [ZP_DUR] = ZP_TAG_DUR,
        [ZP_IVL] = ZP_TAG_IVL,   [ZP_PER] = ZP_TAG_PER,   [ZP_STR] = ZP_TAG_STR, [ZP_ZTS] = ZP_TAG_ZTS,
        [ZP_LIST] = ZP_TAG_LIST, [ZP_ERR] = ZP_TAG_ERROR,
    };

    return v.type == ZP_NIL ? ZP_TAG_NIL : v.type < ZP_NTYPES && tags[v.type] ? tags[v.type] : -1;
}

static bool check(zp_value v, uint32_t depth, zp_error *err)
{
    if (zp_wire_tag_of(v) < 0)
        return zp_fail(err, "untransmissible type (%s)", zp_type_name((zp_type)v.type));
    if (depth > zp_wire_defaults.depth)
        return zp_fail(err, "untransmissible type (lists nested too deeply)");
    if (zp_is_array(v) && zp_ndim(v) > ZP_VALUE_DIMS)
        return zp_fail(err, "untransmissible type (an array of more than %d dimensions)", ZP_VALUE_DIMS);
    for (int64_t i = 0; v.type == ZP_LIST && i < zp_len(v); i++)
        if (!check(zp_list_at(v, i), depth + 1, err))
            return false;
    return true;
}

bool zp_wire_check(zp_value v, zp_error *err)
{
    return check(v, 0, err);
}

/* ---------------------------------------------------------------- pieces of a frame */

static bool full(const frame *f)
{
    return f->bytes >= ZP_FRAME_MOST || f->n >= ZP_PIECES - 1 || f->stage->len >= ZP_STAGE;
}

static void put(frame *f, const void *bytes, size_t len)
{
    zp_piece *last = f->n ? &f->pieces[f->n - 1] : NULL;

    if (!len)
        return;
    if (!last || last->ptr)
        f->pieces[f->n++] = (zp_piece){ .len = len };
    else
        last->len += len;
    zp_buf_put(f->stage, bytes, len);
    f->bytes += len;
}

/* Bytes from *done on, as many as fit; they stay where they are when there are many. */
static bool put_long(frame *f, const void *bytes, uint64_t len, uint64_t *done, zp_value hold)
{
    uint64_t left = len - *done, room = ZP_FRAME_MOST - f->bytes;
    const char *from = (const char *)bytes + *done;

    if (left > room)
        left = room;
    if (left < ZP_COPY_BELOW)
        put(f, from, (size_t)left);
    else
        f->pieces[f->n++] = (zp_piece){ .ptr = from, .len = (size_t)left, .hold = hold };
    if (left >= ZP_COPY_BELOW)
        f->bytes += (size_t)left;
    *done += left;
    return *done == len;
}

static void put_u32(frame *f, uint32_t v)
{
    uint8_t bytes[4];

    zp_le32(bytes, v);
    put(f, bytes, 4);
}

static void put_u64(frame *f, uint64_t v)
{
    uint8_t bytes[8];

    zp_le64(bytes, v);
    put(f, bytes, 8);
}

/* ---------------------------------------------------------------- levels */

static bool push(message *m, zp_value v, zp_error *err)
{
    if (m->depth == m->cap) {
        uint32_t cap = m->cap ? 2 * m->cap : 2;
        level *more = zp_realloc(m->levels, cap * sizeof(*more), err);
        if (!more)
            return false;
        m->levels = more;
        m->cap = cap;
    }
    m->levels[m->depth++] = (level){ .v = v, .texts = v };
    return true;
}

static void put_error(frame *f, zp_value v)
{
    const char *text = zp_error_value_text(v);
    size_t len = strlen(text);

    put_u32(f, (uint32_t)len);
    put(f, text, len);
}

/* Head of a value, and what follows it without pause; the state tells what comes then. */
static bool begin(message *m, frame *f, zp_value v, zp_error *err)
{
    bool array = zp_is_array(v), list = v.type == ZP_LIST;
    bool named = (array || list) && zp_has_names(v);
    bool scalar = array && !named && zp_len(v) == 1 && zp_ndim(v) == 1;
    int32_t ndim = array && !scalar ? zp_ndim(v) : 0;
    uint8_t head[ZP_VALUE_HEAD] = { (uint8_t)zp_wire_tag_of(v), named };
    level *l;

    zp_le16(head + 2, (uint16_t)ndim);
    put(f, head, sizeof(head));
    for (int32_t k = 0; k < ndim; k++)
        put_u64(f, (uint64_t)zp_dim(v, k));
    if (v.type == ZP_ERR)
        put_error(f, v);
    if (v.type == ZP_NIL || v.type == ZP_ERR)
        return true;
    if (array && !v.boxed) {
        put(f, zp_data(&v), zp_type_size((zp_type)v.type));
        return true;
    }
    if (!push(m, v, err))
        return false;
    l = &m->levels[m->depth - 1];
    if (list) {
        put_u64(f, (uint64_t)zp_len(v));
        l->texts = named ? zp_box(v.u.list->names) : zp_nil();
    }
    l->state = v.type == ZP_STR || (list && named) ? AT_LENGTHS : array ? AT_ELEMENTS : AT_ITEMS;
    return true;
}

static void elements(level *l, frame *f)
{
    bool dense = zp_is_dense(l->v);
    int64_t columns = dense ? 1 : zp_ncols(l->v), rows = dense ? zp_len(l->v) : zp_dim(l->v, 0);
    uint64_t bytes = (uint64_t)rows * zp_type_size((zp_type)l->v.type);

    while (l->at < columns && !full(f))
        if (put_long(f, zp_column(&l->v, l->at), bytes, &l->done, l->v)) {
            l->at++;
            l->done = 0;
        }
    if (l->at >= columns || !bytes)
        l->state = AT_NAMES;
}

/* Strings of an array that may be strided. */
static zp_str *string_at(zp_value v, int64_t i)
{
    int64_t rows = v.u.arr->dim[0];

    return zp_is_dense(v) ? zp_strs(&v)[i] : ((zp_str *const *)zp_column(&v, i / rows))[i % rows];
}

static void lengths(level *l, frame *f)
{
    int64_t n = zp_len(l->texts);

    for (; l->at < n && !full(f); l->at++)
        put_u32(f, (uint32_t)string_at(l->texts, l->at)->len);
    if (l->at < n)
        return;
    l->at = 0;
    l->state = AT_TEXTS;
}

static void texts(level *l, frame *f)
{
    int64_t n = zp_len(l->texts);

    while (l->at < n && !full(f)) {
        const zp_str *s = string_at(l->texts, l->at);
        if (put_long(f, s->text, s->len, &l->done, l->texts)) {
            l->at++;
            l->done = 0;
        }
    }
    if (l->at < n)
        return;
    l->at = 0;
    l->state = l->v.type == ZP_LIST ? AT_ITEMS : AT_NAMES;
}

static void names(level *l, frame *f)
{
    zp_array *of;

    if (!zp_has_names(l->v) || l->dim == zp_ndim(l->v)) {
        l->state = AT_END;
        return;
    }
    of = zp_names(l->v, l->dim++);
    put(f, of ? "\1" : "\0", 1);
    if (!of)
        return;
    l->texts = zp_box(of);
    l->at = 0;
    l->state = AT_LENGTHS;
}

static bool items(message *m, level *l, frame *f, zp_error *err)
{
    int64_t n = l->v.type == ZP_ZTS ? 2 : zp_len(l->v), i = l->at++;

    if (i >= n) {
        l->state = AT_END;
        return true;
    }
    if (l->v.type == ZP_ZTS)
        return begin(m, f, i ? zp_zts_data(l->v) : zp_zts_idx(l->v), err);
    return begin(m, f, zp_list_at(l->v, i), err);
}

/* Goes on where it stopped, until the frame is full or the message ends. */
static bool fill(message *m, frame *f)
{
    if (m->head_done < m->head.len) {
        size_t left = m->head.len - m->head_done, n = left < ZP_FRAME_MOST ? left : ZP_FRAME_MOST;
        put(f, m->head.ptr + m->head_done, n);
        m->head_done += n;
    }
    while (!full(f) && (m->depth || m->value < m->nvalues)) {
        level *l = m->depth ? &m->levels[m->depth - 1] : NULL;
        bool ok = true;
        if (!l) {
            ok = begin(m, f, m->values[m->value++], f->err);
        } else {
            switch ((level_state)l->state) {
            case AT_ELEMENTS: elements(l, f); break;
            case AT_LENGTHS: lengths(l, f); break;
            case AT_TEXTS: texts(l, f); break;
            case AT_NAMES: names(l, f); break;
            case AT_ITEMS: ok = items(m, l, f, f->err); break;
            case AT_END: m->depth--; break;
            }
        }
        if (!ok)
            return false;
    }
    return zp_buf_ok(f->stage, f->err);
}

/* ---------------------------------------------------------------- messages */

zp_sender *zp_sender_new(zp_error *err)
{
    return zp_new(zp_sender, err);
}

static void message_free(message *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; i < m->nvalues; i++)
        zp_value_unref(m->values[i]);
    zp_free(m->values);
    zp_free(m->levels);
    zp_buf_fini(&m->head);
    zp_free(m);
}

static void unlink_message(zp_sender *s, message *m)
{
    m->prev->next = m->next;
    m->next->prev = m->prev;
    if (s->ring == m)
        s->ring = m->next == m ? NULL : m->next;
    s->waiting -= m->size;
    message_free(m);
}

void zp_sender_free(zp_sender *s)
{
    if (!s)
        return;
    while (s->ring)
        unlink_message(s, s->ring);
    zp_buf_fini(&s->stage);
    zp_free(s);
}

static uint64_t size_of(zp_value v)
{
    uint64_t sum = 16;

    if (zp_is_array(v))
        return sum + (uint64_t)zp_len(v) * zp_type_size((zp_type)v.type);
    if (v.type == ZP_ZTS)
        return sum + size_of(zp_zts_idx(v)) + size_of(zp_zts_data(v));
    for (int64_t i = 0; v.type == ZP_LIST && i < zp_len(v); i++)
        sum += size_of(zp_list_at(v, i));
    return sum;
}

/* What a message holds of a value.  A locked object that somebody else holds cannot be changed in place, so small ones are
 * copied: whoever changes them does not have to wait for a reader.  Large ones are sent from where they are. */
static zp_value hold(zp_value v, zp_error *err)
{
    enum { SMALL = 16 << 20 };
    zp_value data = v.type == ZP_ZTS ? zp_zts_data(v) : v;

    if (!data.boxed || !zp_is_array(data) || !(data.u.obj->flags & ZP_LOCKED) || size_of(v) > SMALL)
        return zp_value_ref(v);
    return zp_value_copy(v, err);
}

bool zp_sender_put(zp_sender *s, uint8_t type, uint32_t request, const void *head, size_t head_len,
                   const zp_value *values, uint32_t nvalues, zp_error *err)
{
    uint8_t start[ZP_MSG_HEAD];
    bool ok = true;
    message *m;

    if (head_len > ZP_MSG_HEAD_LIMIT)
        return zp_fail(err, "message too large");
    for (uint32_t i = 0; i < nvalues; i++)
        if (!check(values[i], 0, err) || !zp_value_read(values[i], err))
            return false;
    m = zp_new(message, err);
    if (m && nvalues)
        m->values = zp_alloc(nvalues * sizeof(zp_value), err);
    if (!m || (nvalues && !m->values)) {
        zp_free(m);
        return false;
    }
    m->type = type;
    m->request = request;
    zp_le32(start, (uint32_t)head_len);
    zp_le32(start + 4, nvalues);
    zp_buf_put(&m->head, start, sizeof(start));
    zp_buf_put(&m->head, head, head_len);
    m->size = ZP_FRAME_HEAD + m->head.len;
    for (; ok && m->nvalues < nvalues; m->nvalues++) {
        zp_value v = values[m->nvalues];
        m->values[m->nvalues] = hold(v, err);
        m->size += size_of(v);
        ok = zp_bad(v) || !zp_bad(m->values[m->nvalues]);
    }
    if (!ok || !zp_buf_ok(&m->head, err)) {
        message_free(m);
        return false;
    }
    m->next = s->ring ? s->ring : m; /* at the end of the ring */
    m->prev = s->ring ? s->ring->prev : m;
    m->prev->next = m->next->prev = m;
    s->ring = s->ring ? s->ring : m;
    s->waiting += m->size;
    return true;
}

bool zp_sender_idle(const zp_sender *s)
{
    return !s->ring;
}

uint64_t zp_sender_waiting(const zp_sender *s)
{
    return s->waiting;
}

/* ---------------------------------------------------------------- frames */

/* The head of the frame stands in front of the stage: one copy for small messages. */
static bool emit(const frame *f, const zp_wire_sink *sink)
{
    const char *stage = f->stage->ptr;
    size_t at = 0, run = ZP_FRAME_HEAD;

    for (uint32_t i = 0; i < f->n; i++) {
        if (!f->pieces[i].ptr) {
            run += f->pieces[i].len;
            continue;
        }
        if (run && !sink->copy(sink->arg, stage + at, run))
            return false;
        at += run;
        run = 0;
        if (!sink->refer(sink->arg, f->pieces[i].ptr, f->pieces[i].len, f->pieces[i].hold))
            return false;
    }
    return !run || sink->copy(sink->arg, stage + at, run);
}

bool zp_sender_frame(zp_sender *s, const zp_wire_sink *sink, bool *done)
{
    message *m = s->ring;
    zp_error err = ZP_ERROR_INIT;
    frame f = { .stage = &s->stage, .err = &err };
    static const uint8_t blank[ZP_FRAME_HEAD];
    uint8_t *head;
    bool ok, last;

    *done = !m;
    if (!m)
        return true;
    zp_buf_clear(f.stage);
    zp_buf_put(f.stage, blank, sizeof(blank));
    ok = fill(m, &f);
    zp_error_clear(&err);
    last = m->head_done == m->head.len && m->value == m->nvalues && !m->depth;
    if (ok) {
        head = (uint8_t *)f.stage->ptr;
        zp_be32(head, (uint32_t)(f.bytes + ZP_FRAME_HEAD - 4));
        head[4] = m->type;
        head[5] = last ? 0 : ZP_FRAME_MORE;
        zp_le32(head + 8, m->request);
        ok = emit(&f, sink);
    }
    s->ring = m->next;
    if (last || !ok)
        unlink_message(s, m);
    if (!s->ring)
        zp_buf_fini(f.stage);
    return ok;
}
