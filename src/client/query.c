/* query: texts with bound values, and their answers. */
#include "client/client_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---------------------------------------------------------------- sending */

uint32_t zp__cl_next_request(zplane *con)
{
    do {
        con->last_request++;
    } while (con->last_request == 0 || zp__cl_prepared_has(con, con->last_request));
    return con->last_request;
}

bool zp__cl_send_message(zplane *con, uint8_t type, uint32_t request, const void *head, size_t head_len,
                         uint32_t nvalues, const void *values, size_t values_len, zplane_error *err)
{
    zp_wire_out o = { 0 };
    char *to = NULL;

    zp_wire_message(&o, type, request, head, head_len, nvalues, values, values_len);
    if (!o.failed)
        to = zp__cl_chunks_add(&con->out, o.len);
    if (to)
        memcpy(to, o.ptr, o.len);
    zp_wire_fini(&o);
    return to ? true : zp__cl_nomem(err);
}

/* The bound values: a list with their names. */
static bool put_binds(zp_wire_out *o, size_t nbinds, const zplane_bind *binds, zplane_error *err)
{
    const char **names = zp_alloc((nbinds + 1) * sizeof(*names), NULL);

    if (!names)
        return zp__cl_nomem(err);
    for (size_t i = 0; i < nbinds; i++) {
        if (!binds[i].name || !*binds[i].name || !binds[i].value) {
            zp_free(names);
            return zp__cl_fail(err, ZPLANE_EUSAGE, "bound value %zu has no name or no value", i + 1);
        }
        names[i] = binds[i].name;
    }
    zp_wire_list(o, nbinds, names);
    zp_free(names);
    for (size_t i = 0; i < nbinds; i++)
        zp__cl_value_encode(o, binds[i].value);
    return o->failed ? zp__cl_nomem(err) : true;
}

static uint8_t options_of(const zplane *con, const zp_question *q, bool forget)
{
    return (uint8_t)((q->flags & ZPLANE_DISPLAY ? ZP_REQ_DISPLAY : 0) | (con->output ? ZP_REQ_OUTPUT : 0) |
                     (forget ? ZP_REQ_FORGET : 0));
}

static bool send_text(zplane *con, uint32_t number, const zp_question *q, bool forget, zplane_error *err)
{
    zp_wire_out values = { 0 };
    zp_buf head = ZP_BUF_INIT;
    uint8_t fixed[ZP_REQ_HEAD] = { ZP_REQ_TEXT, options_of(con, q, forget) };
    bool ok = q->nbinds == 0 || put_binds(&values, q->nbinds, q->binds, err);

    zp_buf_put(&head, fixed, sizeof(fixed));
    zp_buf_puts(&head, q->text);
    if (ok && head.failed)
        ok = zp__cl_nomem(err);
    ok = ok && zp__cl_send_message(con, ZP_MSG_REQUEST, number, head.ptr, head.len, q->nbinds > 0, values.ptr,
                                   values.len, err);
    zp_wire_fini(&values);
    zp_buf_fini(&head);
    return ok;
}

static bool send_prepared(zplane *con, uint32_t number, const zp_question *q, bool forget, zplane_error *err)
{
    uint8_t head[ZP_REQ_HEAD + 4] = { ZP_REQ_PREPARED, options_of(con, q, forget) };
    zp_wire_out values = { 0 };
    bool ok = zp__cl_prepared_values(q->prepared, q, &values, err) && zp__cl_prepared_send(q->prepared, err);

    zp_le32(head + ZP_REQ_HEAD, zp__cl_prepared_number(q->prepared));
    ok = ok && zp__cl_send_message(con, ZP_MSG_REQUEST, number, head, sizeof(head), (uint32_t)q->nbinds,
                                   values.ptr, values.len, err);
    zp_wire_fini(&values);
    return ok;
}

static bool open_for_requests(zplane *con, zplane_error *err)
{
    if (con->phase != ZP_PH_CLOSED)
        return true;
    if (err)
        *err = con->why;
    return false;
}

uint32_t zp__cl_start(zplane *con, const zp_question *q, zplane_answer_fn answer, void *arg,
                      zplane_error *err)
{
    zp_request *r;
    uint32_t number;

    if (!open_for_requests(con, err))
        return 0;
    if (!q->prepared && !q->text) {
        zp__cl_fail(err, ZPLANE_EUSAGE, "no text to evaluate");
        return 0;
    }
    r = zp_new(zp_request, NULL);
    if (!r) {
        zp__cl_nomem(err);
        return 0;
    }
    number = zp__cl_next_request(con);
    *r = (zp_request){ .number = number, .answer = answer, .arg = arg };
    if (!(q->prepared ? send_prepared : send_text)(con, number, q, !answer, err)) {
        zp_free(r);
        return 0;
    }
    if (!answer) {
        zp_free(r);
        return number;
    }
    r->prepared = q->prepared ? zp__cl_prepared_number(q->prepared) : 0;
    *con->requests_end = r;
    con->requests_end = &r->next;
    return number;
}

/* Sends now what was started. */
static uint32_t started(zplane *con, uint32_t number)
{
    if (number) {
        zp__cl_write_some(con);
        zp__cl_wake(con);
    }
    pthread_mutex_unlock(&con->lock);
    return number;
}

uint32_t zplane_query_start(zplane *con, const char *text, size_t nbinds, const zplane_bind *binds,
                            unsigned flags, zplane_answer_fn answer, void *arg, zplane_error *err)
{
    zp_question q = { .text = text, .nbinds = nbinds, .binds = binds, .flags = flags };

    pthread_mutex_lock(&con->lock);
    return started(con, zp__cl_start(con, &q, answer, arg, err));
}

uint32_t zplane_execute_start(zplane_prepared *prepared, size_t nbinds, const zplane_bind *binds,
                              unsigned flags, zplane_answer_fn answer, void *arg, zplane_error *err)
{
    zp_question q = { .prepared = prepared, .nbinds = nbinds, .binds = binds, .flags = flags };
    zplane *con = prepared ? zp__cl_prepared_con(prepared) : NULL;

    if (!con) {
        zp__cl_fail(err, ZPLANE_EUSAGE, "no prepared expression");
        return 0;
    }
    pthread_mutex_lock(&con->lock);
    return started(con, zp__cl_start(con, &q, answer, arg, err));
}

/* ---------------------------------------------------------------- answers */

typedef struct waiting { /* somebody in zplane_query() */
    bool done;
    zplane_value *value;
    zplane_error error;
} waiting;

static void on_answer(void *arg, zplane_value *value, const zplane_error *error)
{
    waiting *w = arg;

    w->value = value;
    if (error)
        w->error = *error;
    w->done = true;
}

/* on_answer() is ours: it is called with the lock held, so that who waits cannot give up in between. */
static void call_back(zplane *con, const zp_request *r, zplane_value *v, const zplane_error *err)
{
    if (r->answer == on_answer)
        on_answer(r->arg, v, err);
    else
        ZP_CALLBACK(con, r->answer(r->arg, v, err));
}

static zp_request *take_request(zplane *con, uint32_t number)
{
    for (zp_request **at = &con->requests; *at; at = &(*at)->next) {
        zp_request *r = *at;

        if (r->number != number)
            continue;
        *at = r->next;
        if (!r->next)
            con->requests_end = at;
        return r;
    }
    return NULL;
}

static zplane_code code_of(uint16_t kind)
{
    static const zplane_code codes[] = { [ZP_ERRKIND_RUN] = ZPLANE_EREMOTE,
                                         [ZP_ERRKIND_SYNTAX] = ZPLANE_EREMOTE,
                                         [ZP_ERRKIND_CANCELLED] = ZPLANE_ECANCELLED,
                                         [ZP_ERRKIND_LIMIT] = ZPLANE_EREMOTE,
                                         [ZP_ERRKIND_RIGHTS] = ZPLANE_EAUTH };

    return kind < ZP_COUNTOF(codes) ? codes[kind] : ZPLANE_EREMOTE;
}

/* Line and column, if the server knows them. */
static void read_place(const zp_incoming *m, zplane_error *err)
{
    const uint8_t *at = (const uint8_t *)m->values.ptr;
    zplane_value *v = err && m->nvalues ? zp__cl_value_decode(&at, at + m->values.len, NULL) : NULL;
    const double *place = v && zplane_length(v) >= 2 ? zplane_doubles(v, 0) : NULL;

    if (place && place[0] >= 1 && place[0] <= INT32_MAX && place[1] >= 1 && place[1] <= INT32_MAX) {
        err->line = (int32_t)place[0];
        err->col = (int32_t)place[1];
    }
    zplane_value_free(v);
}

bool zp__cl_response_error(const zp_incoming *m, zplane_error *err)
{
    const uint8_t *h = (const uint8_t *)m->head.ptr;

    if (m->head.len < ZP_RSP_HEAD) {
        zp__cl_fail(err, ZPLANE_EPROTO, "the server sent an answer that is too short");
        return true;
    }
    if (h[0] == ZP_RSP_OK)
        return false;
    zp__cl_fail(err, code_of(zp_get_le16(h + 2)), "%.*s", (int)(m->head.len - ZP_RSP_HEAD),
                m->head.ptr + ZP_RSP_HEAD);
    read_place(m, err);
    if (err && !*err->text)
        strcpy(err->text, "the server gives no reason");
    return true;
}

void zp__cl_on_response(zplane *con, const zp_incoming *m)
{
    zp_request *r = take_request(con, m->request);
    const uint8_t *at = (const uint8_t *)m->values.ptr;
    zplane_error err = { 0 };
    zplane_value *v = NULL;

    if (!r)
        return; /* given up meanwhile */
    if (!zp__cl_response_error(m, &err))
        v = m->nvalues ? zp__cl_value_decode(&at, at + m->values.len, &err) : zplane_new_null();
    else if (zp__cl_prepared_error(con, r->prepared))
        err = *zp__cl_prepared_error(con, r->prepared); /* it was never kept */
    if (!v && !err.code)
        zp__cl_nomem(&err);
    if (v)
        v->hidden = !m->head.ptr[1];
    call_back(con, r, v, v ? NULL : &err);
    zp_free(r);
}

void zp__cl_on_output(zplane *con, const zp_incoming *m)
{
    zplane_output_fn fn = con->output;

    if (fn && m->head.len > 1)
        ZP_CALLBACK(con, fn(con->output_arg, m->head.ptr[0], m->head.ptr + 1, m->head.len - 1));
}

void zp__cl_fail_requests(zplane *con, const zplane_error *why)
{
    zp_request **end = &con->failed;

    while (*end)
        end = &(*end)->next;
    for (zp_request *r = con->requests; r; r = r->next)
        r->error = *why;
    *end = con->requests;
    con->requests = NULL;
    con->requests_end = &con->requests;
}

void zp__cl_call_failed(zplane *con)
{
    while (con->failed) {
        zp_request *r = con->failed;

        con->failed = r->next;
        call_back(con, r, NULL, &r->error);
        zp_free(r);
    }
}

bool zplane_cancel(zplane *con, uint32_t request)
{
    zplane_error err;
    bool ok;

    pthread_mutex_lock(&con->lock);
    ok = con->phase == ZP_PH_READY &&
         zp__cl_send_message(con, ZP_MSG_CANCEL, request, NULL, 0, 0, NULL, 0, &err);
    if (ok)
        zp__cl_write_some(con);
    pthread_mutex_unlock(&con->lock);
    return ok;
}

/* ---------------------------------------------------------------- waiting */

static bool is_done(void *arg)
{
    return ((waiting *)arg)->done;
}

/* Nobody waits any more: the request is forgotten, its answer will be dropped. */
static void forget(zplane *con, uint32_t number)
{
    zp_request *r = take_request(con, number);
    zplane_error err;

    for (zp_request **at = &con->failed; !r && *at; at = &(*at)->next) {
        if ((*at)->number != number)
            continue;
        r = *at;
        *at = r->next;
        break;
    }
    zp_free(r);
    if (con->phase == ZP_PH_READY &&
        zp__cl_send_message(con, ZP_MSG_CANCEL, number, NULL, 0, 0, NULL, 0, &err))
        zp__cl_write_some(con);
}

static zplane_value *ask(zplane *con, const zp_question *q, int timeout_ms, zplane_error *err)
{
    waiting w = { 0 };
    uint32_t number;

    pthread_mutex_lock(&con->lock);
    number = zp__cl_start(con, q, on_answer, &w, err);
    if (number) {
        zp__cl_write_some(con);
        if (!zp__cl_wait_until(con, is_done, &w, zp__cl_deadline(timeout_ms), &w.error) && !w.done)
            forget(con, number);
    }
    pthread_mutex_unlock(&con->lock);
    if (number && !w.value && err)
        *err = w.error;
    return w.value;
}

zplane_value *zplane_query(zplane *con, const char *text, size_t nbinds, const zplane_bind *binds,
                           int timeout_ms, zplane_error *err)
{
    return ask(con, &(zp_question){ .text = text, .nbinds = nbinds, .binds = binds }, timeout_ms, err);
}

zplane_value *zplane_execute(zplane_prepared *prepared, size_t nbinds, const zplane_bind *binds,
                             int timeout_ms, zplane_error *err)
{
    if (!prepared) {
        zp__cl_fail(err, ZPLANE_EUSAGE, "no prepared expression");
        return NULL;
    }
    return ask(zp__cl_prepared_con(prepared),
               &(zp_question){ .prepared = prepared, .nbinds = nbinds, .binds = binds }, timeout_ms, err);
}
