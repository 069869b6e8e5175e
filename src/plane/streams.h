/* streams: rows that come and rows that go.  Inside the room.
 *
 *     APPEND --> stream --check--> feed [rows of this turn of all streams into one object] --end of turn--> object
 *     ACK    <-- stream <-----------------------------------------------durable by its policy-- ticket
 *     ROWS   <-- subscription <-- rows that are committed, as far as the credit goes
 *
 * A stream is what one peer appends to one object; its batches are numbered.  A feed gathers the checked rows of one object in
 * columns, so that a turn of the loop costs one append of the store and one commit however many messages it brought.
 * What was refused stops its stream until the sender says that it knows.
 *
 * Which batches of which producer an object holds is written in its commit record (zp_store_set_note), so that a
 * producer that comes back after a crash of either side learns exactly what is there. */
#ifndef ZP_PLANE_STREAMS_H
#define ZP_PLANE_STREAMS_H

#include "net/net.h"
#include "plane/plane_priv.h"
#include "plane/target.h"

enum {
    ZP_STREAM_WINDOW = 8 << 20,       /* bytes that a sender may have unanswered */
    ZP_FEED_BYTES = 4 << 20,          /* rows gathered at most before they are applied */
    ZP_PRODUCERS = ZP_STORE_NOTE / 24 /* remembered by an object */
};

typedef struct zp__streams zp__streams;
typedef struct zp__feed zp__feed;
typedef struct zp__stream zp__stream;
typedef struct zp__sub zp__sub;

/* What an object knows of its producers, most recent first. */
typedef struct zp__producers {
    struct {
        uint64_t id[2], sequence;
    } at[ZP_PRODUCERS];
    uint32_t count;
} zp__producers;

struct zp__stream {
    zp__stream *next_hash, *next_dirty;
    uint32_t refs; /* the table, tickets */
    zp_peer *peer; /* NULL: gone */
    uint64_t peer_id;
    uint32_t request;
    zp__feed *feed;
    uint64_t producer[2];
    uint64_t applied, pending;          /* last batch in the object; last one gathered */
    uint64_t first;                     /* gathered and not yet in the object */
    uint64_t answered;                  /* told to the sender */
    uint64_t unanswered;                /* bytes */
    bool stopped, dirty, again, paused; /* again: something known came and wants an answer */
};

struct zp__feed {
    zp__feed *next;
    uint32_t refs;      /* streams */
    bool orphan;        /* the plane is gone: freed with the last stream */
    zp_str *path_bytes; /* as it travels */
    zp_stream_path path;
    uint8_t cls, elem;
    int64_t columns;
    uint64_t turn;  /* of the loop in which rows and last were looked up */
    int64_t last;   /* instant of the last row, gathered ones included */
    int64_t n, cap; /* rows gathered */
    char *times, *values;
    const void **column; /* pointers for the store */
    uint64_t batches, bytes, once;
    zp__stream *dirty;
    zp__producers producers; /* of an object in memory */
};

/* A commit that is under way: who is answered when it is safe. */
typedef struct zp__ticket {
    struct zp__ticket *next;
    zp_task task;
    zp__streams *streams;
    char *error; /* why it is not safe; NULL: it is */
    int64_t rows;
    uint64_t sub; /* of a subscription that may send up to `rows`, or 0 */
    uint32_t count, cap;
    struct {
        zp__stream *stream;
        uint64_t sequence;
        bool opening;
        char *refusal; /* why that batch was refused; NULL: it was not */
    } * waits;
} zp__ticket;

enum { ZP_STREAM_BUCKETS = 256 };

struct zp__streams {
    uint32_t refs; /* the plane, tickets */
    zp_plane *plane;
    zp_task task;
    bool posted, closed;
    uint64_t turn;
    zp__stream *buckets[ZP_STREAM_BUCKETS];
    zp__stream *last_used;
    zp__feed *feeds;
    zp__feed *last_fed;
    zp__ticket *spare;
    zp__sub *subs;
    uint64_t sub_ids;
    zp_buf scratch;
};

void zp__streams_unref(zp__streams *s);
/* At the end of this turn gathered rows are applied and subscriptions served. */
void zp__streams_post(zp__streams *s);
/* The answer to something that cannot be opened. */
void zp__stream_refuse_open(zp_peer *peer, uint32_t request, int kind, zp_error *err);
bool zp__stream_send(zp_peer *peer, uint8_t type, uint32_t request, const zp_buf *head);

/* feed.c */
zp__feed *zp__feed_for(zp__streams *s, const zp_stream_path *path, const zp_target *t,
                       zp_error *err) ZP_MUST_CHECK;
/* Rows and last instant of the object as of this turn; `incorrect type` when it is another one by now. */
bool zp__feed_look(zp__streams *s, zp__feed *f, zp_error *err) ZP_MUST_CHECK;
/* Checks and gathers a batch. */
bool zp__feed_add(zp__streams *s, zp__feed *f, const char *times, const char *values, int64_t n,
                  zp_error *err) ZP_MUST_CHECK;
/* Puts what is gathered into the object and answers. */
void zp__feed_apply(zp__streams *s, zp__feed *f);
void zp__feeds_idle(zp__streams *s); /* lets go of those that nobody uses */
void zp__feed_free(zp__feed *f);
/* The last batch of a producer that the object holds. */
uint64_t zp__producer_last(zp__feed *f, const zp_target *t, const uint64_t id[2]);

/* ticket.c */
zp__ticket *zp__ticket_new(zp__streams *s, zp_error *err) ZP_MUST_CHECK;
bool zp__ticket_add(zp__ticket *t, zp__stream *stream, uint64_t sequence, zp_error *err) ZP_MUST_CHECK;
bool zp__ticket_opening(zp__ticket *t, zp__stream *stream, zp_error *err) ZP_MUST_CHECK;
/* Tells the refusal when what came before it is safe: at once for an object in memory (store NULL). */
void zp__ticket_refuse(zp__streams *s, zp__stream *stream, zp_store *store, uint64_t sequence, int64_t rows,
                       const char *why);
/* Calls zp__ticket_done() on the engine's thread when everything published so far is safe. */
void zp__ticket_commit(zp__ticket *take, zp_store *store);
void zp__ticket_done(zp__ticket *t);

/* append.c */
void zp__stream_ack(zp__stream *stream, uint64_t sequence, int64_t rows);
/* A batch is refused: what follows is dropped until the sender knows. */
void zp__stream_stop(zp__stream *stream, uint64_t sequence);
void zp__stream_tell_refusal(zp__stream *stream, uint64_t sequence, int64_t rows, const char *why);
void zp__stream_opened(zp__streams *s, zp__stream *stream);
void zp__stream_unref(zp__stream *stream);
void zp__appends_init(zp__streams *s);
/* Counts a failure (of `once` appends without answer) and logs the reason. */
void zp__append_failed(zp__streams *s, const char *why, double once);

/* subscribe.c */
void zp__subs_init(zp__streams *s);
void zp__subs_serve(zp__streams *s);
void zp__sub_safe(zp__streams *s, uint64_t id, int64_t rows, const char *error);
void zp__subs_free(zp__streams *s);
void zp__subs_gone(zp__streams *s, const zp_peer *peer);
/* CANCEL of a subscription or a stream; false: there is none. */
bool zp__sub_cancel(zp__streams *s, const zp_peer *peer, uint32_t request);

#endif
