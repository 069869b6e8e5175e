/* Bytes from a peer: messages of the native protocol, whole and in pieces, and read as they lie in memory. */
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool receive(void *arg, zp_msg *msg, zp_error *err)
{
    zp_sender *s = arg;

    return zp_sender_put(s, msg->type, msg->request, msg->head.ptr, msg->head.len, msg->values, msg->nvalues,
                         err);
}

static bool sink_copy(void *arg, const void *bytes, size_t len)
{
    zp_buf_put(arg, bytes, len);
    return true;
}

static bool sink_refer(void *arg, const void *bytes, size_t len, zp_value hold)
{
    (void)hold;
    zp_buf_put(arg, bytes, len);
    return true;
}

static void feed(const uint8_t *data, size_t size, size_t cut)
{
    zp_wire_limits limits = {
        .message_bytes = 1 << 22, .open_bytes = 1 << 22, .open_messages = 8, .depth = 20
    };
    zp_sender *s = zp_sender_new(NULL);
    zp_receiver *r = zp_receiver_new(&limits, receive, s, NULL);
    zp_buf out = ZP_BUF_INIT;
    zp_wire_sink sink = { sink_copy, sink_refer, &out };
    bool done = !s || !r, ok = !done;

    for (size_t at = 0; at < size && ok; at += cut)
        ok = zp_receiver_feed(r, data + at, cut < size - at ? cut : size - at, NULL);
    while (!done && zp_sender_frame(s, &sink, &done))
        ;
    zp_buf_fini(&out);
    zp_receiver_free(r);
    zp_sender_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_frame frame;
    zp_wire_value v;

    if (zp_frame_read(data, size, &frame) > 0 && frame.len > ZP_MSG_HEAD) {
        (void)zp_wire_read(frame.body + ZP_MSG_HEAD, frame.body + frame.len, &v);
        (void)zp_wire_skip(frame.body + ZP_MSG_HEAD, frame.body + frame.len);
    }
    feed(data, size, size ? size : 1);
    feed(data, size, 3);
    return 0;
}
