/* prepared: expressions that a peer sends once and evaluates many times with different values.
 *
 *     PREPARE 7 "z[z[, 1] > level, ]" (level: double)   -->  function(level) ..., kept as number 7
 *     REQUEST 8 "number 7", 0.5                         -->  a request that calls it
 *     CANCEL 7                                          -->  forgotten; who still runs it holds it
 *
 * The number is one of the peer's requests, so that it may use what it prepares without waiting for an answer.  How many a peer
 * keeps, and how much memory they hold, is limited: they live as long as the connection. */
#include <string.h>

#include "base/utf8.h"
#include "plane/plane_priv.h"

typedef struct zp__prepared {
    struct zp__prepared *next;
    uint32_t number;
    uint16_t nparams;
    zp_value fn;
    size_t bytes;
    uint8_t params[]; /* as they came */
} zp__prepared;

/* ---------------------------------------------------------------- finding */

/* The one with that number comes to the front. */
static zp__prepared *find(zp_peer *p, uint32_t number)
{
    for (zp__prepared **at = &p->prepared, *it; (it = *at); at = &it->next) {
        if (it->number != number)
            continue;
        *at = it->next;
        it->next = p->prepared;
        p->prepared = it;
        return it;
    }
    return NULL;
}

static void drop_first(zp_peer *p)
{
    zp__prepared *it = p->prepared;

    p->prepared = it->next;
    p->nprepared--;
    p->prepared_bytes -= it->bytes;
    zp_value_unref(it->fn);
    zp_free(it);
}

void zp__prepared_drop(zp_peer *p, uint32_t number)
{
    if (find(p, number))
        drop_first(p);
}

void zp__prepared_free(zp_peer *p)
{
    while (p->prepared)
        drop_first(p);
}

/* ---------------------------------------------------------------- making */

static bool within_limits(const zp_peer *p, size_t text, zp_error *err)
{
    if (p->nprepared >= ZP_PREPARED_MOST)
        return zp_fail(err, "this connection keeps %d prepared expressions already", ZP_PREPARED_MOST);
    if (text > ZP_PREPARED_TEXT)
        return zp_fail(err, "an expression of more than %d bytes cannot be prepared", ZP_PREPARED_TEXT);
    return true;
}

static bool fits(const zp_peer *p, const zp__prepared *it, zp_error *err)
{
    if (p->prepared_bytes + it->bytes <= ZP_PREPARED_BYTES)
        return true;
    return zp_fail(err,
                   "the prepared expressions of this connection hold too much memory (more than %d bytes)",
                   ZP_PREPARED_BYTES);
}

static bool read_names(const zp_wire_prepare *w, zp_slice *names, zp_error *err)
{
    const uint8_t *at = w->params;
    zp_wire_param param;

    for (uint16_t i = 0; i < w->nparams; i++) {
        at = zp_wire_param_read(at, &param);
        names[i] = (zp_slice){ param.name, param.len };
        if (!zp_utf8_valid(param.name, param.len))
            return zp_fail(err, "the name of parameter %d is not UTF-8", i + 1);
    }
    return true;
}

/* The function; NIL: *err. */
static zp_value compile(zp_peer *p, const zp_wire_prepare *w, const zp_msg *msg, zp_error *err)
{
    zp_expression e = { w->kind == ZP_REQ_TREE, (const char *)w->body, w->len, msg->values, msg->nvalues };
    zp_slice *names = zp_alloc((w->nparams + 1u) * sizeof(*names), err);
    zp_ctx *ctx = names ? zp__desk_context(&p->desk, err) : NULL;
    zp_value fn = zp_nil();

    if (ctx && read_names(w, names, err))
        fn = zp_ctx_prepare(ctx, &e, names, w->nparams, err);
    zp_free(names);
    return fn;
}

static zp__prepared *make(zp_peer *p, const zp_wire_prepare *w, const zp_msg *msg, zp_error *err)
{
    size_t params = (size_t)(w->body - w->params);
    zp__prepared *it = within_limits(p, w->len, err) ? zp_alloc_zero(sizeof(*it) + params, err) : NULL;

    if (!it)
        return NULL;
    memcpy(it->params, w->params, params);
    it->number = msg->request;
    it->nparams = w->nparams;
    it->fn = compile(p, w, msg, err);
    if (it->fn.type == ZP_CLO) {
        it->bytes = sizeof(*it) + params + zp_function_bytes(it->fn);
        for (uint32_t i = 0; i < msg->nvalues; i++) /* of the escapes: as large as they came */
            it->bytes += (size_t)(msg->bytes / msg->nvalues);
        if (fits(p, it, err))
            return it;
    }
    zp_value_unref(it->fn);
    zp_free(it);
    return NULL;
}

bool zp__peer_prepare(zp_peer *p, zp_msg *msg, zp_error *err)
{
    static const uint8_t ok[ZP_RSP_HEAD] = { ZP_RSP_OK };
    zp_error why = ZP_ERROR_INIT;
    zp_wire_prepare w;
    zp__prepared *it = NULL;
    zp_value nothing = zp_nil();
    int kind = ZP_ERRKIND_RUN;

    if (!zp_wire_prepare_read((const uint8_t *)msg->head.ptr, msg->head.len, &w) ||
        (w.kind == ZP_REQ_TEXT && msg->nvalues))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: an expression to be kept that is none");
    if (zp__desk_find(&p->desk, msg->request) || find(p, msg->request))
        return zp_fail_code(err, ZP_EFORMAT, "malformed message: a number that is in use");
    if (p->desk.rights & ZP_MAY_EVALUATE) {
        it = make(p, &w, msg, &why);
        kind = why.code == ZP_ESYNTAX || why.code == ZP_EFORMAT ? ZP_ERRKIND_SYNTAX : ZP_ERRKIND_RUN;
    } else {
        zp_fail(&why, "not allowed: this key has no right to evaluate");
        kind = ZP_ERRKIND_RIGHTS;
    }
    if (!it) {
        zp__peer_answer_error(p, msg->request, kind, zp_error_text(&why),
                              w.kind == ZP_REQ_TEXT && why.place.line ? &why.place : NULL);
        zp_error_clear(&why);
        return true;
    }
    it->next = p->prepared;
    p->prepared = it;
    p->nprepared++;
    p->prepared_bytes += it->bytes;
    return zp_peer_send(p, ZP_MSG_RESPONSE, msg->request, ok, sizeof(ok), &nothing, 1, err);
}

/* ---------------------------------------------------------------- using */

/* ORDER ZP_TAG_* */
static const zp_type types[] = { ZP_NIL, ZP_DBL, ZP_LGL, ZP_TIM, ZP_DUR,
                                 ZP_IVL, ZP_PER, ZP_STR, ZP_ZTS, ZP_LIST };

static bool check_values(const zp__prepared *it, const zp__request *r, zp_error *err)
{
    const uint8_t *at = it->params;
    zp_wire_param param;

    if (r->nholes != it->nparams)
        return zp_fail(err, "wrong number of values for the prepared expression: %u instead of %d", r->nholes,
                       it->nparams);
    for (uint32_t i = 0; i < r->nholes; i++) {
        at = zp_wire_param_read(at, &param);
        if (param.type != ZP_PARAM_ANY && param.type != zp_wire_tag_of(r->holes[i]))
            return zp_fail(err, "invalid argument type: '%.*s' should be '%s' but is '%s'", param.len,
                           param.name, zp_type_name(types[param.type]),
                           zp_type_name((zp_type)r->holes[i].type));
    }
    return true;
}

bool zp__prepared_bind(zp_peer *p, zp__request *r, uint32_t number, zp_error *err)
{
    const zp__prepared *it = find(p, number);

    if (!it)
        return zp_fail(err, "no prepared expression has the number %u", number);
    if (!check_values(it, r, err))
        return false;
    r->code = zp_value_ref(it->fn);
    return true;
}
