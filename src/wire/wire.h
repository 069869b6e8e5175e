/* wire: native messages, from values to bytes and back.
 *
 *     zp_value --zp_sender_put--> queue of messages --zp_sender_frame--> frames of <= 256 KiB --> connection
 *     connection --zp_receiver_feed--> head and values --> zp_receive_fn
 *
 * A sender takes its messages in turn, one frame each, so that a large answer delays nobody.  The elements of arrays are
 * never copied: a frame refers to them where they are, and holds the value until the bytes are written.  A receiver takes
 * bytes cut anywhere; zp_receiver_direct() says where the next ones belong, so that a large column is read straight into the
 * array it becomes.
 *
 * What arrives is hostile: lengths are checked against limits before memory is asked for, text and lists grow as their bytes
 * come, an index that is not increasing is refused.
 *
 * Thread: the engine's.  Bytes: layout.h, which programs without values can use alone, and docs/protocol.md.
 * (The tree of an expression is written and read by lang/tree.c: to wire it is the head of a request.) */
#ifndef ZP_WIRE_WIRE_H
#define ZP_WIRE_WIRE_H

#include <sys/uio.h>

#include "value/value.h"
#include "wire/layout.h"

/* ---------------------------------------------------------------- receiving */

typedef struct zp_wire_limits {
    uint64_t message_bytes; /* of one message, as declared; 0: none */
    uint64_t open_bytes;    /* of all messages that have begun; 0: none */
    uint32_t open_messages; /* that have begun and not ended */
    uint32_t depth;         /* of lists in lists */
} zp_wire_limits;

extern const zp_wire_limits zp_wire_defaults;

/* A message that is complete.  The receiver of it may take values (zp_value_move); the head is borrowed. */
typedef struct zp_msg {
    uint8_t type; /* zp_msg_type */
    uint32_t request;
    zp_slice head;
    zp_value *values;
    uint32_t nvalues;
    uint64_t bytes; /* of the whole message on the wire */
} zp_msg;

typedef struct zp_receiver zp_receiver;
/* False: the connection must end; err says why. */
typedef bool (*zp_receive_fn)(void *arg, zp_msg *msg, zp_error *err);

zp_receiver *zp_receiver_new(const zp_wire_limits *limits, zp_receive_fn each, void *arg,
                             zp_error *err) ZP_MUST_CHECK;
void zp_receiver_free(zp_receiver *r);
/* Takes all bytes and hands over what is complete.  False: these bytes are no messages of ours. */
bool zp_receiver_feed(zp_receiver *r, const void *bytes, size_t len, zp_error *err) ZP_MUST_CHECK;
/* Where the next bytes of the connection belong, if that is inside of a column: there, and the head of the frame behind it.
 * How many vectors (0: nowhere in particular); then zp_receiver_direct_done says how many bytes came. */
int zp_receiver_direct(zp_receiver *r, struct iovec iov[2]);
bool zp_receiver_direct_done(zp_receiver *r, size_t len, zp_error *err) ZP_MUST_CHECK;
/* Is a message begun and not complete? */
bool zp_receiver_open(const zp_receiver *r);

/* ---------------------------------------------------------------- sending */

/* Can the value travel?  False: `untransmissible type (function)`. */
bool zp_wire_check(zp_value v, zp_error *err) ZP_MUST_CHECK;

/* Its tag (ZP_TAG_*); -1: it has none. */
int zp_wire_tag_of(zp_value v);

typedef struct zp_sender zp_sender;
/* Where the bytes of a frame go: copied, or referred to (`hold` is the value they belong to: take a reference and drop
 * it when the bytes are written). */
typedef struct zp_wire_sink {
    bool (*copy)(void *arg, const void *bytes, size_t len);
    bool (*refer)(void *arg, const void *bytes, size_t len, zp_value hold);
    void *arg;
} zp_wire_sink;

zp_sender *zp_sender_new(zp_error *err) ZP_MUST_CHECK;
void zp_sender_free(zp_sender *s);
/* Queues a message; copies the head, refers to the values.  Fails (nothing is queued) when a value cannot travel. */
bool zp_sender_put(zp_sender *s, uint8_t type, uint32_t request, const void *head, size_t head_len,
                   const zp_value *values, uint32_t nvalues, zp_error *err) ZP_MUST_CHECK;
/* The next frame, in turn; *done: there is none.  False: the sink failed. */
bool zp_sender_frame(zp_sender *s, const zp_wire_sink *sink, bool *done);
bool zp_sender_idle(const zp_sender *s);
/* Bytes of messages that wait (of the last frame a little more or less). */
uint64_t zp_sender_waiting(const zp_sender *s);

#endif
