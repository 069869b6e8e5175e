/* query: POST /v1/query.
 *
 *     net:    request --> zp_plane_query            piece --> chunk --> socket
 *     engine:                  evaluate, answer_open, piece ----^          |
 *                                               ^---- the peer has read ---+
 *
 * The value stays with the engine; text travels.  There is one piece under way at most, so a slow reader holds a value and
 * 64 KiB, and nothing more.  A query belongs to the net loop's thread, but for what `engine` says; the threads take turns by
 * posting its task to each other. */
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "server/answer.h"
#include "server/http.h"
#include "wire/layout.h"

enum { PIECE = 64 * 1024 };

typedef enum turn { EVALUATES, PIECE_UNDER_WAY, WAITS_FOR_READER } turn;

struct zp__query {
    zp_server *server;
    zp__http *h; /* NULL: the peer has gone */
    uint64_t id;
    turn turn;
    bool begun;
    zp__answer_form form;
    zp_task task;
    /* filled by the engine, read by the net loop when the task comes */
    zp__answer *answer;
    zp_buf piece;
    int status; /* of a refusal; 0: none */
    bool last;
    char text[]; /* that is evaluated */
};

static void deliver(void *arg);
static void produce(void *arg);

static void post(zp__query *q, zp_loop *loop, void (*fn)(void *arg))
{
    q->task = (zp_task){ .fn = fn, .arg = q };
    zp_loop_post_task(loop, &q->task);
}

/* ---------------------------------------------------------------- on the engine's thread */

static const int statuses[] = { [ZP_ERRKIND_RUN] = 422,
                                [ZP_ERRKIND_SYNTAX] = 400,
                                [ZP_ERRKIND_CANCELLED] = 503,
                                [ZP_ERRKIND_LIMIT] = 503,
                                [ZP_ERRKIND_RIGHTS] = 403 };

static void produce(void *arg)
{
    zp__query *q = arg;

    zp_buf_clear(&q->piece);
    q->last = zp__answer_piece(q->answer, &q->piece, PIECE);
    if (q->last) {
        zp__answer_close(q->answer);
        q->answer = NULL;
    }
    post(q, q->server->loop, deliver);
}

static void refuse(zp__query *q, int status, const char *text)
{
    q->status = status;
    zp_buf_puts(&q->piece, text);
    post(q, q->server->loop, deliver);
}

static void evaluated(void *arg, const zp_plane_answer *answer)
{
    zp__query *q = arg;
    zp_error err = ZP_ERROR_INIT;

    if (!answer->ok) {
        refuse(q, statuses[(size_t)answer->error_kind < ZP_COUNTOF(statuses) ? answer->error_kind : 0],
               answer->error);
        return;
    }
    q->answer = zp__answer_open(answer->value, q->form, &err);
    if (q->answer)
        produce(q);
    else
        refuse(q, 406, zp_error_text(&err));
    zp_error_clear(&err);
}

/* Nobody wants the rest: the value goes where it came from. */
static void drop(void *arg)
{
    zp__query *q = arg;

    zp__answer_close(q->answer);
    q->answer = NULL;
    q->last = true;
    post(q, q->server->loop, deliver);
}

/* ---------------------------------------------------------------- on the net loop's thread */

static void query_free(zp__query *q)
{
    q->server->nqueries--;
    zp_buf_fini(&q->piece);
    zp_free(q);
}

static void next_piece(zp__query *q)
{
    q->turn = PIECE_UNDER_WAY;
    post(q, q->server->engine.loop, produce);
}

static void deliver_piece(zp__query *q)
{
    zp__http *h = q->h;

    if (!q->begun)
        zp__http_begin(h, 200, q->form == ZP_ANSWER_CSV ? "text/csv; charset=utf-8" : "application/json");
    q->begun = true;
    if (q->piece.failed) {
        q->h = NULL;
        h->query = NULL;
        zp__http_abort(h);
        post(q, q->server->engine.loop, drop);
        return;
    }
    zp__http_more(h, zp_buf_text(&q->piece), q->piece.len);
    if (q->last) {
        h->query = NULL;
        zp__http_end(h);
        query_free(q);
        return;
    }
    if (zp_conn_unsent(h->conn) > 4 * PIECE)
        q->turn = WAITS_FOR_READER;
    else
        next_piece(q);
}

static void deliver(void *arg)
{
    zp__query *q = arg;
    zp__http *h = q->h;

    if (!h) {
        if (q->answer)
            post(q, q->server->engine.loop, drop);
        else
            query_free(q);
    } else if (q->status) {
        h->query = NULL;
        zp__http_fail(h, q->status, zp_buf_text(&q->piece));
        query_free(q);
    } else {
        deliver_piece(q);
    }
}

void zp__http_query_drained(zp__http *h)
{
    if (h->query->turn == WAITS_FOR_READER)
        next_piece(h->query);
}

void zp__http_query_gone(zp__http *h)
{
    zp__query *q = h->query;

    q->h = NULL;
    h->query = NULL;
    if (q->turn == EVALUATES)
        zp_plane_cancel(q->server->engine.plane, q->id);
    else if (q->turn == WAITS_FOR_READER)
        post(q, q->server->engine.loop, drop);
}

/* ---------------------------------------------------------------- the request */

/* ZP_MAY_* of who asks; 0: refused (answered). */
static unsigned rights_of(zp__http *h, const zp__request *r)
{
    zp_login *login = zp__http_bearer(h, r);
    unsigned rights = login ? login->rights : 0;

    if (login && !(rights & ZP_RIGHT_EVALUATE)) {
        zp_login_free(login);
        zp__http_fail(h, 403, "this client may not evaluate");
        return 0;
    }
    zp_login_free(login);
    if (login)
        return rights;
    if (!r->authorization.ptr && h->server->cfg.trust && zp_conn_is_loopback(h->conn))
        return ZP_MAY_ALL;
    zp__http_fail(h, 401, "a token of POST /auth/login is needed: Authorization: Bearer TOKEN");
    return 0;
}

/* The type without its parameters. */
static bool type_is(zp_slice type, const char *name)
{
    const char *semi = type.ptr ? memchr(type.ptr, ';', type.len) : NULL;

    if (semi)
        type.len = (size_t)(semi - type.ptr);
    while (type.len && type.ptr[type.len - 1] == ' ')
        type.len--;
    return zp__slice_is_nocase(type, name);
}

static bool form_of(zp__http *h, const zp__request *r, zp__answer_form *form)
{
    *form = ZP_ANSWER_JSON;
    if (!r->accept.ptr || zp__slice_has(r->accept, "application/json") || zp__slice_has(r->accept, "*/*") ||
        zp__slice_has(r->accept, "application/*"))
        return true;
    *form = ZP_ANSWER_CSV;
    if (zp__slice_has(r->accept, "text/csv") || zp__slice_has(r->accept, "text/*"))
        return true;
    zp__http_fail(h, 406, "answers are application/json or text/csv");
    return false;
}

/* {"query": "...", "timeout_ms": 1000} or the text itself. */
static bool read_body(zp__http *h, const zp__request *r, json_t **doc, zp_slice *text, uint32_t *limit_ms)
{
    json_t *query, *limit;

    *text = (zp_slice){ r->content, r->body };
    if (!r->content_type.ptr || type_is(r->content_type, "text/plain"))
        return true;
    if (!type_is(r->content_type, "application/json")) {
        zp__http_fail(h, 415, "the query is text/plain or application/json");
        return false;
    }
    *doc = json_loadb(r->content, r->body, JSON_REJECT_DUPLICATES, NULL);
    query = json_object_get(*doc, "query");
    limit = json_object_get(*doc, "timeout_ms");
    if (!json_is_string(query) || (limit && (!json_is_integer(limit) || json_integer_value(limit) <= 0 ||
                                             json_integer_value(limit) > UINT32_MAX))) {
        zp__http_fail(h, 400,
                      "the body is {\"query\": TEXT, \"timeout_ms\": NUMBER}, the number may be missing");
        return false;
    }
    *text = (zp_slice){ json_string_value(query), json_string_length(query) };
    *limit_ms = limit ? (uint32_t)json_integer_value(limit) : 0;
    return true;
}

static void start(zp__http *h, zp_slice text, zp__answer_form form, unsigned rights, uint32_t limit_ms)
{
    zp_server *s = h->server;
    zp__query *q = zp_alloc_zero(sizeof *q + text.len, NULL);

    if (!q || s->stopping) {
        zp_free(q);
        zp__http_fail(h, 503, s->stopping ? "the server is stopping" : "out of memory");
        return;
    }
    q->server = s;
    q->h = h;
    q->form = form;
    memcpy(q->text, text.ptr, text.len);
    s->nqueries++;
    h->query = q;
    q->id = zp_plane_query(s->engine.plane, q->text, text.len, rights, limit_ms, evaluated, q);
    if (q->id)
        return;
    h->query = NULL;
    query_free(q);
    zp__http_fail(h, 503, "the engine takes no queries");
}

void zp__http_query(zp__http *h, const zp__request *r)
{
    zp__answer_form form;
    unsigned rights = rights_of(h, r);
    json_t *doc = NULL;
    zp_slice text;
    uint32_t limit_ms = 0;

    if (!rights || !form_of(h, r, &form))
        return;
    if (read_body(h, r, &doc, &text, &limit_ms))
        start(h, text, form, rights, limit_ms);
    json_decref(doc);
}
