/* http: the little of HTTP/1.1 that our few endpoints need, strictly.
 *
 *     bytes --zp__http_read--> request --route--> endpoint --zp__http_reply | begin, more, end--> chunks
 *
 * A request with a body says how long it is; everything doubtful (two lengths, folded lines, control characters) is refused, so
 * that nobody in front of us reads a request otherwise than we do.  One request at a time per connection. */
#ifndef ZP_SERVER_HTTP_H
#define ZP_SERVER_HTTP_H

#include "server/server_priv.h"

enum { ZP_HTTP_HEAD = 8192 };

/* X(field, name): the headers that somebody here looks at; lower case. */
#define ZP_HTTP_HEADERS(X)                    \
    X(content_length, "content-length")       \
    X(transfer_encoding, "transfer-encoding") \
    X(content_type, "content-type")           \
    X(connection, "connection")               \
    X(expect, "expect")                       \
    X(accept, "accept")                       \
    X(authorization, "authorization")         \
    X(client_key, "x-client-key")             \
    X(nonce, "x-nonce")                       \
    X(timestamp, "x-timestamp")               \
    X(signature, "x-signature")

/* Everything points into the bytes that were read. */
typedef struct zp__request {
    zp_slice method, path, query;
    bool old;          /* HTTP/1.0 */
    size_t head, body; /* bytes of each */
    const char *content;
#define X(field, name) zp_slice field; /* ptr NULL: not sent */
    ZP_HTTP_HEADERS(X)
#undef X
} zp__request;

/* Reads the head of a request.  0: it is one; -1: more bytes are needed; else the status to refuse it with. */
int zp__http_read(const char *bytes, size_t len, zp__request *out);
bool zp__slice_is(zp_slice s, const char *text);        /* the same bytes */
bool zp__slice_is_nocase(zp_slice s, const char *text); /* letters of any case */
/* Is `word` in a list with commas, such as Accept or Connection? */
bool zp__slice_has(zp_slice list, const char *word);

typedef struct zp__query zp__query;

struct zp__http {
    zp_server *server;
    zp_conn *conn;
    zp__http *next, **link;
    bool busy;  /* an answer is on its way: the next request waits */
    bool close; /* after it */
    bool head;  /* HEAD: no body */
    bool chunked;
    bool told; /* 100 Continue */
    bool paused;
    zp__query *query; /* that the engine works at */
};

/* The whole answer; headers: further lines, each ended by CRLF, or "". */
void zp__http_reply(zp__http *h, int status, const char *type, const char *headers, const char *body,
                    size_t len);
/* {"error":true,"message":...} */
void zp__http_fail(zp__http *h, int status, const char *message);
/* An answer in pieces. */
void zp__http_begin(zp__http *h, int status, const char *type);
void zp__http_more(zp__http *h, const char *bytes, size_t len);
void zp__http_end(zp__http *h);
/* The answer cannot be finished: the connection ends in the middle of it. */
void zp__http_abort(zp__http *h);

/* endpoints.c: what a request means.  Answers now, or sets h->busy and answers later. */
void zp__http_route(zp__http *h, const zp__request *r);

/* A login for the token of the request; NULL: none, or not valid. */
zp_login *zp__http_bearer(const zp__http *h, const zp__request *r);

/* query.c */
void zp__http_query(zp__http *h, const zp__request *r);
void zp__http_query_drained(zp__http *h);
void zp__http_query_gone(zp__http *h);

#endif
