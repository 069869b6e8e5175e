/* layout: the bytes of native messages, for programs that have no zp_value.
 *
 *     frame    u32 BE length of the rest | u8 type | u8 flags | u16 0 | u32 request | body
 *     message  the bodies of its frames joined; all frames but the last carry ZP_FRAME_MORE
 *              u32 bytes of the head | u32 number of values | head | values
 *     value    u8 tag | u8 flags | u16 dimensions | u64 extents ... | elements, column after column | names
 *
 * Everything after the length is little-endian and not aligned.  docs/protocol.md tells all of it.
 *
 * This file and layout.c use the C library alone, so that libzplane compiles them in.  Any thread. */
#ifndef ZP_WIRE_LAYOUT_H
#define ZP_WIRE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ZP_PROTOCOL "zplane/1" /* the field "protocol" of CONNECT */

enum {
    ZP_FRAME_HEAD = 12,         /* bytes before the body */
    ZP_FRAME_MORE = 1,          /* flag: the message goes on in a later frame of the same type and request */
    ZP_FRAME_MOST = 256 * 1024, /* largest body we send */
    ZP_FRAME_LIMIT = 1 << 20,   /* largest body we take */
    ZP_MSG_HEAD = 8,            /* bytes before the head of a message */
    ZP_MSG_HEAD_LIMIT = 64 << 20
};

/* X(name, number, who sends it) */
#define ZP_MESSAGES(X)                                                                         \
    X(HELLO, 1)        /* server: what it is; the first native frame after the handshake */    \
    X(REQUEST, 2)      /* client: evaluate */                                                  \
    X(RESPONSE, 3)     /* server: the value or the error of a request */                       \
    X(CANCEL, 4)       /* client: abandon that request or subscription */                      \
    X(PING, 5)         /* both: head up to 64 bytes */                                         \
    X(PONG, 6)         /* both: the same head */                                               \
    X(NOTICE, 7)       /* both: a text for the log; the last before a refusal or a stop */     \
    X(APPEND, 8)       /* client: rows for an object */                                        \
    X(ACK, 9)          /* server: rows that are safe, or why they are not */                   \
    X(SUBSCRIBE, 10)   /* client: send me the rows of an object */                             \
    X(ROWS, 11)        /* server: some of them */                                              \
    X(CREDIT, 12)      /* client: room for more rows of a subscription */                      \
    X(OUTPUT, 13)      /* server: what a request wrote with cat and print */                   \
    X(APPEND_OPEN, 14) /* client: I shall append to that object (wire/stream.h) */             \
    X(SHAPE, 15)       /* server: what that object is: the answer to APPEND_OPEN, SUBSCRIBE */ \
    X(APPEND_ONCE, 16) /* client: rows for an object, no answer wanted */                      \
    X(PREPARE, 17)     /* client: keep an expression; the answer is a RESPONSE */

typedef enum zp_msg_type {
#define X(name, number) ZP_MSG_##name = (number),
    ZP_MESSAGES(X)
#undef X
        ZP_MSG_END
} zp_msg_type;

/* Tags of values: numbers of the wire, they never change. */
typedef enum zp_wire_tag {
    ZP_TAG_NIL = 0,
    ZP_TAG_DBL = 1,   /* f64 */
    ZP_TAG_LGL = 2,   /* u8: 0, 1 */
    ZP_TAG_TIM = 3,   /* i64 ns since 1970, UTC */
    ZP_TAG_DUR = 4,   /* i64 ns */
    ZP_TAG_IVL = 5,   /* i64 start, i64 end, u32 open start, u32 open end */
    ZP_TAG_PER = 6,   /* i32 months, i32 days, i64 ns */
    ZP_TAG_STR = 7,   /* n x u32 lengths, then the bytes */
    ZP_TAG_ZTS = 8,   /* two values: the index (TIM, 1 dimension), the data (DBL) */
    ZP_TAG_LIST = 9,  /* u64 count | names if flagged | count values */
    ZP_TAG_ERROR = 10 /* u32 length | text */
} zp_wire_tag;

enum {
    ZP_VALUE_NAMED = 1, /* flag: names follow: for each dimension u8 present | if so n x u32 lengths, bytes */
    ZP_VALUE_HEAD = 4,  /* bytes before the extents; 0 dimensions: one element */
    ZP_VALUE_DIMS = 64
};

/* REQUEST head: u8 kind | u8 options | u16 0 | u32 time limit ms (0: the server's) | text, tree, or the u32 number of a PREPARE */
enum { ZP_REQ_TEXT = 0, ZP_REQ_TREE = 1, ZP_REQ_PREPARED = 2 };
enum {
    ZP_REQ_OUTPUT = 1,  /* option: send what the request writes as OUTPUT messages */
    ZP_REQ_DISPLAY = 2, /* option: the answer is its display, a string (empty when invisible) */
    ZP_REQ_FORGET = 4,  /* option: no answer wanted */
    ZP_REQ_HEAD = 8
};

/* PREPARE head: u8 kind | u8 0 | u16 parameters | for each u8 type (a tag, or any), u8 length, name | text or tree */
enum {
    ZP_PREPARE_HEAD = 4,
    ZP_PARAM_ANY = 255,
    ZP_PARAMS_MOST = 1000,       /* of one expression */
    ZP_PREPARED_MOST = 1000,     /* expressions of one connection */
    ZP_PREPARED_TEXT = 1 << 20,  /* bytes of one */
    ZP_PREPARED_BYTES = 32 << 20 /* memory of all of them */
};

/* RESPONSE head: u8 status | u8 visible | u16 kind of the error | text of the error */
enum { ZP_RSP_OK = 0, ZP_RSP_ERROR = 1, ZP_RSP_HEAD = 4 };
enum { ZP_ERRKIND_RUN, ZP_ERRKIND_SYNTAX, ZP_ERRKIND_CANCELLED, ZP_ERRKIND_LIMIT, ZP_ERRKIND_RIGHTS };

/* HELLO head: u16 version | u16 rights | u32 largest body it takes | text: version of the program */
enum { ZP_HELLO_HEAD = 8 };

/* OUTPUT head: u8 channel (1 output, 2 diagnostics) | bytes */

/* ---------------------------------------------------------------- numbers */

static inline void zp_le16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
static inline void zp_le32(uint8_t *p, uint32_t v)
{
    zp_le16(p, (uint16_t)v);
    zp_le16(p + 2, (uint16_t)(v >> 16));
}
static inline void zp_le64(uint8_t *p, uint64_t v)
{
    zp_le32(p, (uint32_t)v);
    zp_le32(p + 4, (uint32_t)(v >> 32));
}
static inline void zp_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}
static inline uint16_t zp_get_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t zp_get_le32(const uint8_t *p)
{
    return (uint32_t)zp_get_le16(p) | (uint32_t)zp_get_le16(p + 2) << 16;
}
static inline uint64_t zp_get_le64(const uint8_t *p)
{
    return (uint64_t)zp_get_le32(p) | (uint64_t)zp_get_le32(p + 4) << 32;
}
static inline uint32_t zp_get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Bytes of an element; 0: not an array of fixed elements. */
size_t zp_tag_size(uint8_t tag);

/* ---------------------------------------------------------------- writing */

/* A growing buffer; after a failed allocation writers do nothing and `failed` says so. */
typedef struct zp_wire_out {
    uint8_t *ptr;
    size_t len, cap;
    bool failed;
} zp_wire_out;

void zp_wire_put(zp_wire_out *o, const void *bytes, size_t len);
void zp_wire_u8(zp_wire_out *o, uint8_t v);
void zp_wire_u16(zp_wire_out *o, uint16_t v);
void zp_wire_u32(zp_wire_out *o, uint32_t v);
void zp_wire_u64(zp_wire_out *o, uint64_t v);
void zp_wire_fini(zp_wire_out *o);

/* An array of fixed elements: header, extents, and (data not NULL) the elements.  dims 0: one element.  With data NULL
 * the caller sends the elements himself, straight after. */
void zp_wire_array(zp_wire_out *o, uint8_t tag, uint16_t ndim, const uint64_t *dims, const void *data,
                   bool named);
/* Strings: header, extent, lengths, bytes. */
void zp_wire_strings(zp_wire_out *o, const char *const *texts, uint64_t n);
/* Names of a dimension after a value that was flagged `named`; texts NULL: none. */
void zp_wire_names(zp_wire_out *o, const char *const *texts, uint64_t n);
void zp_wire_zts(zp_wire_out *o); /* then the index and the data */
void zp_wire_list(zp_wire_out *o, uint64_t count, const char *const *names);

/* The joined bytes of one message as frames: cuts head and values (`body`, without the ZP_MSG_HEAD bytes) into frames
 * of at most ZP_FRAME_MOST and writes them to `o`. */
void zp_wire_message(zp_wire_out *o, uint8_t type, uint32_t request, const void *head, size_t head_len,
                     uint32_t nvalues, const void *values, size_t values_len);

/* ---------------------------------------------------------------- reading */

typedef struct zp_frame {
    uint8_t type, flags;
    uint32_t request;
    const uint8_t *body;
    size_t len;
} zp_frame;

/* The whole length of a frame from its first four bytes; -1: it cannot be one. */
int64_t zp_frame_length(const uint8_t *bytes);
/* The frame at the beginning of the bytes: its whole length, 0: more bytes are needed, -1: no frame of ours. */
int64_t zp_frame_read(const uint8_t *bytes, size_t len, zp_frame *out);

/* A value in a message that lies in memory as a whole. */
typedef struct zp_wire_value {
    uint8_t tag, flags;
    uint16_t ndim;
    uint64_t dims[ZP_VALUE_DIMS];
    uint64_t n;          /* elements, or count of a list */
    const uint8_t *data; /* elements, not aligned; STR: the lengths; ERROR: the text of `bytes` bytes */
    const uint8_t *text; /* STR: the bytes */
    uint64_t bytes;
    const uint8_t *names; /* names as they stand there (zp_wire_name); NULL: none */
    const uint8_t *end;   /* after the value; ZTS, LIST: where the first inner value begins */
} zp_wire_value;

/* Reads one value from at[0 .. end).  Returns where it ends (an element of a list, the index of a series come next), or
 * NULL: these bytes are no value.  Everything in *out points into the bytes. */
const uint8_t *zp_wire_read(const uint8_t *at, const uint8_t *end, zp_wire_value *out);
/* After the value and all values in it. */
const uint8_t *zp_wire_skip(const uint8_t *at, const uint8_t *end);
/* The head of a PREPARE, and its parameters one after the other.  Everything points into the bytes. */
typedef struct zp_wire_prepare {
    uint8_t kind;
    uint16_t nparams;
    const uint8_t *params; /* of the first */
    const uint8_t *body;   /* text or tree */
    size_t len;
} zp_wire_prepare;
typedef struct zp_wire_param {
    uint8_t type, len;
    const char *name;
} zp_wire_param;
bool zp_wire_prepare_read(const uint8_t *head, size_t len, zp_wire_prepare *out);
/* Where the next one is; for parameters of a head that was read. */
const uint8_t *zp_wire_param_read(const uint8_t *at, zp_wire_param *out);
/* Names of dimension k of a value: *lengths (n x u32) and *text; false: that dimension has none. */
bool zp_wire_names_of(const zp_wire_value *v, uint16_t k, const uint8_t **lengths, const uint8_t **text);

#endif
