/* flow: streams on connections that the language made.  Inside the room.
 *
 *     append.rows(con, "z", rows)   batches kept until the other side has answered          flow_append.c
 *     subscribe(con, "z", f)        rows come, f is called with them                        flow_rows.c
 *     follow(con, "z", file = )     rows come and go into an object of our own              flow_rows.c
 *
 * A flow has a request number of its link.  When the link is lost and was opened with reconnect = TRUE the flow opens it again
 * and goes on where it was: batches by their numbers, rows by their position. */
#ifndef ZP_PLANE_FLOW_H
#define ZP_PLANE_FLOW_H

#include "plane/plane_priv.h"
#include "plane/target.h"

typedef struct zp__flow zp__flow;

typedef struct zp__flow_ops {
    bool (*begin)(zp__flow *f, zp_error *err); /* sends what opens it */
    bool (*message)(zp__flow *f, zp_msg *msg, zp_error *err);
    bool (*idle)(
        const zp__flow *f); /* nothing has to be sent before the process ends; NULL: never anything */
    void (*end)(zp__flow *f, const char *why); /* over, for good: the flow frees itself, now or later */
} zp__flow_ops;

struct zp__flow {
    zp__flow *next;
    zp_plane *plane; /* NULL: gone */
    const zp__flow_ops *ops;
    uint64_t link;
    uint32_t number;
    zp_str *path_bytes;
    zp_stream_path path;
    zp_timer *retry; /* set while the link is lost */
};

/* Takes its place among the flows of the plane; `name`: a character vector, "book$eu$fx" or its parts. */
bool zp__flow_init(zp__flow *f, zp_plane *plane, zp_value con, zp_value name, const zp__flow_ops *ops,
                   zp_error *err) ZP_MUST_CHECK;
void zp__flow_fini(zp__flow *f);
/* The plane goes before the flow does, because a value still refers to it: plane is NULL from now on. */
void zp__flow_leave(zp__flow *f);
bool zp__flow_send(zp__flow *f, uint8_t type, const zp_buf *head, zp_error *err) ZP_MUST_CHECK;
/* "z at 127.0.0.1:7777" */
void zp__flow_name(const zp__flow *f, zp_buf *out);
/* The path of a character vector as it travels, counted in *count. */
bool zp__flow_path(zp_value name, zp_buf *bytes, uint32_t *count, zp_error *err) ZP_MUST_CHECK;

#endif
