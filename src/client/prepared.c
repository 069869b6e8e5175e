/* prepared: expressions that the server keeps.
 *
 *     zplane_prepare --PREPARE 7--> kept as 7;   zplane_execute --REQUEST "number 7", values--> answer
 *
 * What a server keeps ends with the connection.  So PREPARE is sent before the first evaluation on each connection:
 * `sent` is the value of con->out_lost at that time, and another one now means that it has to be sent again.  Numbers are
 * given out anew each time.  The answer to PREPARE comes before those of the evaluations that were sent behind it: when it is
 * an error, that is what they report. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

struct zplane_prepared {
    zplane *con;
    zplane_prepared *next;
    uint32_t number; /* 0: not sent */
    uint64_t sent;   /* con->out_lost then */
    bool answered;
    zplane_error error; /* code 0: the server keeps it */
    zp_buf head;        /* of PREPARE */
    size_t nparams;
    zplane_param *params; /* names are ours */
};

static void prepared_free(zplane_prepared *p)
{
    for (size_t i = 0; p->params && i < p->nparams; i++)
        zp_free((char *)p->params[i].name);
    zp_free(p->params);
    zp_buf_fini(&p->head);
    zp_free(p);
}

/* ---------------------------------------------------------------- making one */

static bool put_params(zplane_prepared *p, size_t n, const zplane_param *params, zplane_error *err)
{
    p->params = zp_alloc_zero((n + 1) * sizeof(*p->params), NULL);
    if (!p->params)
        return zp__cl_nomem(err);
    for (; p->nparams < n; p->nparams++) {
        const zplane_param *from = &params[p->nparams];
        size_t len = from->name ? strlen(from->name) : 0;
        char *name;

        if (len == 0 || len > 255)
            return zp__cl_fail(err, ZPLANE_EUSAGE, "parameter %zu needs a name of 1 to 255 bytes",
                               p->nparams + 1);
        if (from->type != ZPLANE_ANY && (from->type < ZPLANE_NULL || from->type > ZPLANE_LIST))
            return zp__cl_fail(err, ZPLANE_EUSAGE, "parameter '%s' has an unknown type", from->name);
        name = zp_alloc(len + 1, NULL);
        if (!name)
            return zp__cl_nomem(err);
        memcpy(name, from->name, len + 1);
        p->params[p->nparams] = (zplane_param){ name, from->type };
        zp_buf_putc(&p->head,
                    (char)(from->type == ZPLANE_ANY ? ZP_PARAM_ANY : zp__cl_tag_of((zplane_type)from->type)));
        zp_buf_putc(&p->head, (char)len);
        zp_buf_put(&p->head, name, len);
    }
    return true;
}

static zplane_prepared *prepared_new(zplane *con, const char *text, size_t n, const zplane_param *params,
                                     zplane_error *err)
{
    uint8_t fixed[ZP_PREPARE_HEAD] = { ZP_REQ_TEXT };
    zplane_prepared *p;

    if (!text || (n && !params) || n > ZP_PARAMS_MOST) {
        zp__cl_fail(err, ZPLANE_EUSAGE,
                    text ? "an expression has at most %d parameters" : "no text to prepare", ZP_PARAMS_MOST);
        return NULL;
    }
    p = zp_new(zplane_prepared, NULL);
    if (!p) {
        zp__cl_nomem(err);
        return NULL;
    }
    p->con = con;
    zp_le16(fixed + 2, (uint16_t)n);
    zp_buf_put(&p->head, fixed, sizeof(fixed));
    if (put_params(p, n, params, err)) {
        zp_buf_puts(&p->head, text);
        if (!p->head.failed)
            return p;
        zp__cl_nomem(err);
    }
    prepared_free(p);
    return NULL;
}

/* ---------------------------------------------------------------- on this connection */

static bool is_sent(const zplane_prepared *p)
{
    return p->number && p->sent == p->con->out_lost;
}

bool zp__cl_prepared_send(zplane_prepared *p, zplane_error *err)
{
    zplane *con = p->con;
    uint32_t number;

    if (is_sent(p))
        return true;
    p->number = 0;
    number = zp__cl_next_request(con);
    if (!zp__cl_send_message(con, ZP_MSG_PREPARE, number, p->head.ptr, p->head.len, 0, NULL, 0, err))
        return false;
    p->number = number;
    p->sent = con->out_lost;
    p->answered = false;
    p->error.code = ZPLANE_OK;
    return true;
}

bool zp__cl_prepared_message(zplane *con, const zp_incoming *m)
{
    for (zplane_prepared *p = con->prepared; p; p = p->next) {
        if (p->number != m->request || !is_sent(p) || p->answered)
            continue;
        p->answered = true;
        zp__cl_response_error(m, &p->error);
        return true;
    }
    return false;
}

static const zplane_prepared *find(const zplane *con, uint32_t number)
{
    const zplane_prepared *p = number ? con->prepared : NULL;

    while (p && p->number != number)
        p = p->next;
    return p;
}

bool zp__cl_prepared_has(const zplane *con, uint32_t number)
{
    return find(con, number) != NULL;
}

const zplane_error *zp__cl_prepared_error(const zplane *con, uint32_t number)
{
    const zplane_prepared *p = find(con, number);

    return p && p->answered && p->error.code ? &p->error : NULL;
}

uint32_t zp__cl_prepared_number(const zplane_prepared *p)
{
    return p->number;
}

zplane *zp__cl_prepared_con(const zplane_prepared *p)
{
    return p->con;
}

/* ---------------------------------------------------------------- its values */

/* Which parameter bind i is for; nparams: none, *err. */
static size_t param_of(const zplane_prepared *p, const zp_question *q, size_t i, zplane_error *err)
{
    const char *name = q->binds[i].name;
    size_t k = name ? 0 : i;

    while (name && k < p->nparams && strcmp(p->params[k].name, name) != 0)
        k++;
    if (k < p->nparams)
        return k;
    if (name)
        zp__cl_fail(err, ZPLANE_EUSAGE, "the prepared expression has no parameter '%s'", name);
    else
        zp__cl_fail(err, ZPLANE_EUSAGE, "the prepared expression has %zu parameters, not %zu", p->nparams,
                    q->nbinds);
    return p->nparams;
}

static bool check_type(const zplane_param *param, const zplane_value *v, zplane_error *err)
{
    if (!v)
        return zp__cl_fail(err, ZPLANE_EUSAGE, "parameter '%s' has no value", param->name);
    if (param->type == ZPLANE_ANY || param->type == (int)v->type)
        return true;
    return zp__cl_fail(err, ZPLANE_EUSAGE, "parameter '%s' should be '%s' but is '%s'", param->name,
                       zplane_type_name((zplane_type)param->type), zplane_type_name(v->type));
}

/* The values in the order of the parameters. */
static bool order_values(const zplane_prepared *p, const zp_question *q, const zplane_value **in_order,
                         zplane_error *err)
{
    for (size_t i = 0; i < q->nbinds; i++) {
        size_t k = param_of(p, q, i, err);

        if (k == p->nparams)
            return false;
        if (in_order[k])
            return zp__cl_fail(err, ZPLANE_EUSAGE, "parameter '%s' has two values", p->params[k].name);
        if (!check_type(&p->params[k], q->binds[i].value, err))
            return false;
        in_order[k] = q->binds[i].value;
    }
    for (size_t k = 0; k < p->nparams; k++)
        if (!in_order[k])
            return check_type(&p->params[k], NULL, err);
    return true;
}

bool zp__cl_prepared_values(const zplane_prepared *p, const zp_question *q, zp_wire_out *values,
                            zplane_error *err)
{
    enum { FEW = 16 };
    const zplane_value *few[FEW] = { NULL };
    const zplane_value **in_order =
        p->nparams <= FEW ? few : zp_alloc_zero(p->nparams * sizeof(*in_order), NULL);
    bool ok = in_order ? order_values(p, q, in_order, err) : zp__cl_nomem(err);

    for (size_t k = 0; ok && k < p->nparams; k++)
        zp__cl_value_encode(values, in_order[k]);
    if (in_order != few)
        zp_free((void *)in_order);
    return ok && values->failed ? zp__cl_nomem(err) : ok;
}

/* ---------------------------------------------------------------- for the caller */

/* Off the list; the server shall forget it. */
static void give_up(zplane_prepared *p)
{
    zplane_prepared **at = &p->con->prepared;
    zplane_error ignored;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (is_sent(p) && p->con->phase != ZP_PH_CLOSED && !(p->answered && p->error.code))
        (void)!zp__cl_send_message(p->con, ZP_MSG_CANCEL, p->number, NULL, 0, 0, NULL, 0, &ignored);
}

static bool is_judged(void *prepared)
{
    const zplane_prepared *p = prepared;

    return p->answered || !is_sent(p);
}

/* False: the server does not keep it. */
static bool judgement(zplane_prepared *p, int timeout_ms, zplane_error *err)
{
    zp__cl_write_some(p->con);
    if (!zp__cl_wait_until(p->con, is_judged, p, zp__cl_deadline(timeout_ms), err))
        return false;
    if (p->answered && !p->error.code)
        return true;
    if (err)
        *err = p->answered ? p->error : p->con->why;
    return false;
}

zplane_prepared *zplane_prepare(zplane *con, const char *text, size_t nparams, const zplane_param *params,
                                int timeout_ms, zplane_error *err)
{
    zplane_prepared *p = prepared_new(con, text, nparams, params, err);
    bool ok;

    if (!p)
        return NULL;
    pthread_mutex_lock(&con->lock);
    p->next = con->prepared;
    con->prepared = p;
    ok = con->phase != ZP_PH_CLOSED;
    if (!ok && err)
        *err = con->why;
    ok = ok && zp__cl_prepared_send(p, err) && (timeout_ms < 0 || judgement(p, timeout_ms, err));
    if (!ok)
        give_up(p);
    zp__cl_write_some(con);
    zp__cl_wake(con);
    pthread_mutex_unlock(&con->lock);
    if (ok)
        return p;
    prepared_free(p);
    return NULL;
}

void zplane_prepared_free(zplane_prepared *p)
{
    zplane *con = p ? p->con : NULL;

    if (!p)
        return;
    pthread_mutex_lock(&con->lock);
    give_up(p);
    zp__cl_write_some(con);
    zp__cl_wake(con);
    pthread_mutex_unlock(&con->lock);
    prepared_free(p);
}

void zp__cl_prepared_free_all(zplane *con)
{
    while (con->prepared) {
        zplane_prepared *next = con->prepared->next;

        prepared_free(con->prepared);
        con->prepared = next;
    }
}
