/* channel: a connection that speaks the native protocol, whoever began it.
 *
 *     socket --input, direct--> receiver --> ops->message
 *     zp__channel_send --> sender --pump: frames while less than HIGH bytes are unsent--> socket
 *
 * The sender holds the messages, the connection a few frames of them: so answers alternate frame by frame, and a reader that is
 * slow keeps memory where it is.  Owners are told that a channel is gone while its bytes are being read: they free it later
 * (zp_loop_post_task), when nobody is inside. */
#include "plane/plane_priv.h"

#include <stdio.h>
#include <string.h>

enum { HIGH = 1 << 20, LOW = 256 * 1024 };

/* ---------------------------------------------------------------- out */

static bool sink_copy(void *arg, const void *bytes, size_t len)
{
    zp_conn_send(arg, bytes, len);
    return true;
}

static void release(void *obj)
{
    zp_obj_unref(obj);
}

static bool sink_refer(void *arg, const void *bytes, size_t len, zp_value hold)
{
    zp_conn_send_ref(arg, bytes, len, release, zp_value_ref(hold).u.obj);
    return true;
}

static void pump(zp__channel *ch)
{
    zp_wire_sink sink = { sink_copy, sink_refer, ch->conn };
    bool done = false;

    while (!done && zp_conn_unsent(ch->conn) < HIGH)
        if (!zp_sender_frame(ch->out, &sink, &done))
            ch->plane->net[ZP_NET_SEND_FAILED]++;
}

bool zp__channel_send(zp__channel *ch, uint8_t type, uint32_t request, const void *head, size_t len,
                      const zp_value *values, uint32_t nvalues, zp_error *err)
{
    if (!ch->conn && !ch->opening)
        return zp_fail(err, "no connection to peer");
    if (!zp_sender_put(ch->out, type, request, head, len, values, nvalues, err))
        return false;
    ch->plane->net[ZP_NET_SENT]++;
    if (ch->conn)
        pump(ch);
    return true;
}

uint64_t zp__channel_waiting(const zp__channel *ch)
{
    return (ch->out ? zp_sender_waiting(ch->out) : 0) + (ch->conn ? zp_conn_unsent(ch->conn) : 0);
}

/* ---------------------------------------------------------------- in */

static void drop(zp__channel *ch, const char *why)
{
    ch->conn = NULL;
    ch->ops->gone(ch->owner, why);
}

/* These bytes are not the protocol: say so, and end it. */
static void malformed(zp__channel *ch, zp_error *err)
{
    char text[200];

    snprintf(text, sizeof(text), "%s", zp_error_text(err));
    ch->plane->net[ZP_NET_MALFORMED]++;
    zp__channel_close(ch, text);
    ch->ops->gone(ch->owner, text);
}

static void watch_partial(zp__channel *ch)
{
    bool open = zp_receiver_open(ch->in);

    if (!open && !ch->partial)
        return;
    ch->partial = open;
    zp_conn_set_deadline(ch->conn, open ? zp_engine_config(ch->plane->engine)->commbuf_ttl * 1000 : 0);
}

static void after_input(zp__channel *ch, bool ok, zp_error *err)
{
    if (ch->conn && !ok)
        malformed(ch, err);
    else if (ch->conn)
        watch_partial(ch);
    zp_error_clear(err);
}

static size_t on_input(zp_conn *conn, const char *bytes, size_t len)
{
    zp__channel *ch = zp_conn_arg(conn);
    zp_error err = ZP_ERROR_INIT;

    after_input(ch, zp_receiver_feed(ch->in, bytes, len, &err), &err);
    return len;
}

static int on_direct(zp_conn *conn, struct iovec *iov, int max)
{
    zp__channel *ch = zp_conn_arg(conn);

    return max >= 2 ? zp_receiver_direct(ch->in, iov) : 0;
}

static void on_direct_done(zp_conn *conn, size_t len)
{
    zp__channel *ch = zp_conn_arg(conn);
    zp_error err = ZP_ERROR_INIT;

    after_input(ch, zp_receiver_direct_done(ch->in, len, &err), &err);
}

static void on_closed(zp_conn *conn, const zp_error *why)
{
    zp__channel *ch = zp_conn_arg(conn);

    if (why)
        ch->plane->net[ZP_NET_READ_FAILED]++;
    drop(ch, why ? zp_error_text(why) : NULL);
}

static void on_drained(zp_conn *conn)
{
    zp__channel *ch = zp_conn_arg(conn);

    pump(ch);
    if (ch->ops->drained && zp__channel_waiting(ch) <= LOW)
        ch->ops->drained(ch->owner);
}

static bool on_ended(zp_conn *conn)
{
    zp__channel *ch = zp_conn_arg(conn);

    return ch->ops->ended && ch->ops->ended(ch->owner);
}

static void on_expired(zp_conn *conn)
{
    zp__channel *ch = zp_conn_arg(conn);
    zp_error err = ZP_ERROR_INIT;

    ch->plane->net[ZP_NET_BYTES_TIMEDOUT]++;
    zp_fail(&err, "the rest of a message did not arrive in time");
    malformed(ch, &err);
    zp_error_clear(&err);
}

static const zp_conn_ops serving = { .input = on_input,
                                     .closed = on_closed,
                                     .drained = on_drained,
                                     .direct = on_direct,
                                     .direct_done = on_direct_done,
                                     .ended = on_ended,
                                     .expired = on_expired };

/* ---------------------------------------------------------------- life */

static bool receive(void *arg, zp_msg *msg, zp_error *err)
{
    zp__channel *ch = arg;

    ch->plane->net[ZP_NET_RECEIVED]++;
    if (!ch->conn) /* what comes after the end */
        return true;
    return ch->ops->message(ch->owner, msg, err);
}

bool zp__channel_init(zp__channel *ch, zp_plane *plane, const zp__channel_ops *ops, void *owner,
                      zp_error *err)
{
    zp_wire_limits limits = zp_wire_defaults;

    *ch = (zp__channel){ .plane = plane, .ops = ops, .owner = owner };
    if (plane->limit_memory > 0)
        limits.message_bytes = limits.open_bytes = (uint64_t)plane->limit_memory;
    ch->in = zp_receiver_new(&limits, receive, ch, err);
    ch->out = ch->in ? zp_sender_new(err) : NULL;
    return ch->out != NULL;
}

void zp__channel_serve(zp__channel *ch, zp_conn *conn, const char *bytes, size_t len)
{
    ch->conn = conn;
    ch->opening = false;
    zp_conn_peer(conn, ch->name);
    zp_conn_set_low_water(conn, LOW);
    zp_conn_set_blocks(conn, 0);
    zp_conn_serve(conn, &serving, ch);
    pump(ch);
    if (len)
        on_input(conn, bytes, len);
}

bool zp__channel_attach(zp__channel *ch, zp_conn *take, zp_error *err)
{
    ch->conn = take;
    zp_conn_peer(take, ch->name);
    zp_conn_set_low_water(take, LOW);
    zp_conn_set_blocks(take, 0);
    zp_conn_set_deadline(take, 0);
    if (zp_conn_attach(take, ch->plane->loop, &serving, ch, err))
        return true;
    ch->conn = NULL;
    return false;
}

void zp__channel_close(zp__channel *ch, const char *notice)
{
    zp_conn *conn = ch->conn;

    if (!conn)
        return;
    if (notice)
        (void)!zp_sender_put(ch->out, ZP_MSG_NOTICE, 0, notice, strlen(notice), NULL, 0, NULL);
    for (bool done = false; !done;) { /* what fits, fits: it waits in the connection */
        zp_wire_sink sink = { sink_copy, sink_refer, conn };
        if (!zp_sender_frame(ch->out, &sink, &done))
            break;
    }
    ch->conn = NULL;
    zp_conn_close_gracefully(conn);
}

void zp__channel_fini(zp__channel *ch)
{
    if (ch->conn)
        zp_conn_close(ch->conn);
    ch->conn = NULL;
    zp_receiver_free(ch->in);
    zp_sender_free(ch->out);
    ch->in = NULL;
    ch->out = NULL;
}
