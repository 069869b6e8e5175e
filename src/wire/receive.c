/* receive: frames into messages.
 *
 *     HEAD (12 bytes) -> BODY (of the message it names) -> HEAD ...
 *
 * Messages whose frames alternate are put together side by side; each has its own decoder.  A message that comes in one
 * frame lives no longer than the call. */
#include "wire/wire_priv.h"

const zp_wire_limits zp_wire_defaults = {
    .message_bytes = (uint64_t)1 << 36, .open_bytes = (uint64_t)1 << 36, .open_messages = 256, .depth = 500
};

typedef struct incoming {
    struct incoming *next;
    uint8_t type;
    uint32_t request;
    uint8_t start[ZP_MSG_HEAD];
    uint32_t have; /* of start */
    uint32_t head_len, nvalues, got, values_cap;
    zp_buf head;
    zp_value *values;
    zp_dec dec;
    uint64_t bytes;
    uint64_t counted; /* against the limit of all */
} incoming;

struct zp_receiver {
    zp_wire_limits limits;
    zp_receive_fn each;
    void *arg;
    incoming *open; /* begun and not complete */
    incoming *body; /* whose frame is being read; NULL: a frame head */
    uint32_t nopen;
    uint64_t open_bytes;
    uint64_t left; /* of the body */
    bool more;     /* the frame is not the last of its message */
    uint8_t head[ZP_FRAME_HEAD];
    uint32_t have;
};

static bool bad(zp_error *err, const char *what)
{
    return zp_fail_code(err, ZP_EFORMAT, "malformed message: %s", what);
}

zp_receiver *zp_receiver_new(const zp_wire_limits *limits, zp_receive_fn each, void *arg, zp_error *err)
{
    zp_receiver *r = zp_new(zp_receiver, err);

    if (!r)
        return NULL;
    r->limits = limits ? *limits : zp_wire_defaults;
    r->each = each;
    r->arg = arg;
    return r;
}

static void incoming_free(zp_receiver *r, incoming *m)
{
    for (incoming **at = &r->open; *at; at = &(*at)->next)
        if (*at == m) {
            *at = m->next;
            break;
        }
    r->nopen--;
    r->open_bytes -= m->counted;
    for (uint32_t i = 0; i < m->got; i++)
        zp_value_unref(m->values[i]);
    zp_free(m->values);
    zp__dec_fini(&m->dec);
    zp_buf_fini(&m->head);
    zp_free(m);
}

void zp_receiver_free(zp_receiver *r)
{
    if (!r)
        return;
    while (r->open)
        incoming_free(r, r->open);
    zp_free(r);
}

bool zp_receiver_open(const zp_receiver *r)
{
    return r->open != NULL || r->have;
}

/* ---------------------------------------------------------------- frames */

static incoming *begin_message(zp_receiver *r, uint8_t type, uint32_t request, zp_error *err)
{
    uint64_t budget = r->limits.message_bytes ? r->limits.message_bytes : UINT64_MAX;
    incoming *m;

    if (r->nopen >= r->limits.open_messages) {
        bad(err, "too many of them at once");
        return NULL;
    }
    if (r->limits.open_bytes && r->limits.open_bytes - r->open_bytes < budget)
        budget = r->limits.open_bytes - r->open_bytes;
    m = zp_new(incoming, err);
    if (!m)
        return NULL;
    m->type = type;
    m->request = request;
    m->dec.budget = budget;
    m->dec.most_depth = r->limits.depth;
    m->next = r->open;
    r->open = m;
    r->nopen++;
    return m;
}

static bool frame_begins(zp_receiver *r, zp_error *err)
{
    zp_frame f;
    incoming *m = r->open;

    r->have = 0;
    if (zp_frame_read(r->head, sizeof(r->head), &f) < 0)
        return bad(err, "no frame of this protocol");
    while (m && (m->type != f.type || m->request != f.request))
        m = m->next;
    m = m ? m : begin_message(r, f.type, f.request, err);
    if (!m)
        return false;
    r->body = m;
    r->left = f.len;
    r->more = f.flags & ZP_FRAME_MORE;
    return true;
}

static bool whole(const incoming *m)
{
    return m->have == ZP_MSG_HEAD && m->head.len == m->head_len && m->got == m->nvalues;
}

/* The frame is over: perhaps the message too. */
static bool frame_ends(zp_receiver *r, zp_error *err)
{
    incoming *m = r->body;
    zp_msg msg;
    bool ok;

    r->body = NULL;
    if (r->more) /* the last frame may be empty */
        return true;
    if (!whole(m))
        return bad(err, "it ends too early");
    msg = (zp_msg){ .type = m->type,
                    .request = m->request,
                    .head = { zp_buf_text(&m->head), m->head.len },
                    .values = m->values,
                    .nvalues = m->nvalues,
                    .bytes = m->bytes };
    ok = r->each(r->arg, &msg, err);
    incoming_free(r, m);
    return ok;
}

/* ---------------------------------------------------------------- bodies */

/* What was declared counts from the moment it is known. */
static void count(zp_receiver *r, incoming *m, uint64_t before)
{
    uint64_t spent = before - m->dec.budget;

    m->counted += spent;
    r->open_bytes += spent;
}

static bool take_start(zp_receiver *r, incoming *m, zp_error *err)
{
    m->head_len = zp_get_le32(m->start);
    m->nvalues = zp_get_le32(m->start + 4);
    if (m->head_len > ZP_MSG_HEAD_LIMIT || m->head_len > m->dec.budget || m->nvalues > 65536)
        return bad(err, "it is too large");
    m->dec.budget -= m->head_len;
    m->counted = m->head_len;
    r->open_bytes += m->head_len;
    return true;
}

static bool keep_value(incoming *m, zp_error *err)
{
    if (m->got == m->values_cap) {
        uint32_t cap = m->values_cap ? 2 * m->values_cap : 1;
        zp_value *more = zp_realloc(m->values, cap * sizeof(zp_value), err);
        if (!more)
            return false;
        m->values = more;
        m->values_cap = cap;
    }
    m->values[m->got++] = zp_value_move(&m->dec.out);
    zp__dec_begin(&m->dec);
    return true;
}

/* Bytes of the body of r->body: how many it took, -1: they are wrong. */
static int64_t take_body(zp_receiver *r, const uint8_t *bytes, size_t len, zp_error *err)
{
    incoming *m = r->body;
    size_t take;
    int64_t took;
    uint64_t before = m->dec.budget;

    if (m->have < ZP_MSG_HEAD) {
        take = ZP_MSG_HEAD - m->have < len ? ZP_MSG_HEAD - m->have : len;
        memcpy(m->start + m->have, bytes, take);
        m->have += (uint32_t)take;
        return m->have < ZP_MSG_HEAD || take_start(r, m, err) ? (int64_t)take : -1;
    }
    if (m->head.len < m->head_len) {
        take = m->head_len - m->head.len < len ? m->head_len - m->head.len : len;
        zp_buf_put(&m->head, bytes, take);
        return zp_buf_ok(&m->head, err) ? (int64_t)take : -1;
    }
    if (m->got == m->nvalues) {
        bad(err, "more bytes than values");
        return -1;
    }
    took = zp__dec_feed(&m->dec, bytes, len, err);
    count(r, m, before);
    if (took >= 0 && m->dec.complete && !keep_value(m, err))
        return -1;
    return took;
}

static bool after_body(zp_receiver *r, size_t len, zp_error *err)
{
    r->left -= len;
    r->body->bytes += len;
    return r->left || frame_ends(r, err);
}

/* A message without values that lies here as a whole, in one frame: handed over where it is.  So a stream of small
 * messages copies and allocates nothing.  Bytes taken; 0: it is none of these; -1: the receiver of it wants an end. */
static int64_t take_whole(zp_receiver *r, const uint8_t *at, size_t len, zp_error *err)
{
    zp_frame f;
    int64_t took;
    zp_msg msg;
    uint32_t head;

    if (r->body || r->have || r->open)
        return 0;
    took = zp_frame_read(at, len, &f);
    if (took <= 0 || (f.flags & ZP_FRAME_MORE) || f.len < ZP_MSG_HEAD)
        return 0;
    head = zp_get_le32(f.body);
    if (zp_get_le32(f.body + 4) || head != f.len - ZP_MSG_HEAD ||
        (r->limits.message_bytes && head > r->limits.message_bytes))
        return 0;
    msg = (zp_msg){ .type = f.type,
                    .request = f.request,
                    .head = { (const char *)f.body + ZP_MSG_HEAD, head },
                    .bytes = f.len };
    return r->each(r->arg, &msg, err) ? took : -1;
}

/* So many bytes more of the head of a frame. */
static bool head_grew(zp_receiver *r, size_t len, zp_error *err)
{
    r->have += (uint32_t)len;
    if (r->have >= 4 && zp_frame_length(r->head) < 0)
        return bad(err, "no frame of this protocol");
    if (r->have < sizeof(r->head))
        return true;
    return frame_begins(r, err) && (r->left || frame_ends(r, err));
}

bool zp_receiver_feed(zp_receiver *r, const void *bytes, size_t len, zp_error *err)
{
    const uint8_t *at = bytes, *end = at + len;

    while (at < end) {
        size_t n;
        int64_t took = take_whole(r, at, (size_t)(end - at), err);
        if (took < 0)
            return false;
        if (took > 0) {
            at += took;
            continue;
        }
        if (!r->body) {
            n = sizeof(r->head) - r->have < (size_t)(end - at) ? sizeof(r->head) - r->have
                                                               : (size_t)(end - at);
            memcpy(r->head + r->have, at, n);
            at += n;
            if (!head_grew(r, n, err))
                return false;
            continue;
        }
        n = r->left < (uint64_t)(end - at) ? (size_t)r->left : (size_t)(end - at);
        took = take_body(r, at, n, err);
        if (took < 0)
            return false;
        at += took;
        if (!after_body(r, (size_t)took, err))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- straight into columns */

int zp_receiver_direct(zp_receiver *r, struct iovec iov[2])
{
    const zp_dec *d = r->body ? &r->body->dec : NULL;

    if (!d || !d->depth || d->levels[d->depth - 1].state != ZP_DEC_DATA)
        return 0;
    iov[0].iov_base = d->direct;
    iov[0].iov_len = (size_t)(d->missing < r->left ? d->missing : r->left);
    iov[1].iov_base = r->head;
    iov[1].iov_len = sizeof(r->head);
    return iov[0].iov_len == r->left ? 2 : 1;
}

bool zp_receiver_direct_done(zp_receiver *r, size_t len, zp_error *err)
{
    incoming *m = r->body;
    uint64_t most = m->dec.missing < r->left ? m->dec.missing : r->left;
    size_t here = len < most ? len : (size_t)most;

    if (!zp__dec_direct_done(&m->dec, here, err) || (m->dec.complete && !keep_value(m, err)) ||
        !after_body(r, here, err))
        return false;
    return head_grew(r, len - here, err);
}
