/* stats: what the plane counts, and what it is doing, as values. */
#include <stdio.h>
#include <string.h>

#include "plane/plane_priv.h"

static const char *const net_rows[ZP_NET_STATS] = {
    "nb incoming connections",
    "nb outgoing connections",
    "nb close incoming connections",
    "nb close outgoing connections",
    "nb outgoing buffers",
    "nb send fail",
    "nb incoming buffers",
    "nb incoming buffers dropped",
    "nb bytes timedout",
    "nb context not found",
    "nb read fail",
    "nb incoming segments malformed",
    "max nb of queued buffers",
};
static const char *const msg_rows[ZP_MSGS_STATS] = {
    "bytes outgoing req", "bytes outgoing rsp",  "bytes incoming req",      "bytes incoming rsp",
    "bytes append",       "bytes vector append", "nb incoming req buffers", "nb incoming rsp buffers",
    "nb append",          "nb vector append",    "nb append failed",        "nb vector append failed",
};
static const char *const ctx_rows[ZP_CTX_STATS] = {
    "nb outgoing req",    "nb outgoing rsp",    "nb incoming req",    "nb incoming rsp",
    "nb append",          "nb vector append",   "bytes outgoing req", "bytes outgoing rsp",
    "bytes incoming req", "bytes incoming rsp", "bytes append",       "bytes vector append",
};

static bool set_names(zp_value *v, int32_t k, const char *const *texts, int64_t n, zp_error *err)
{
    zp_value names = zp_vec(ZP_STR, n, err);
    bool ok = !zp_bad(names);

    for (int64_t i = 0; i < n && ok; i++) {
        zp_str *s = zp_str_from(texts[i], err);
        ok = s != NULL;
        if (s)
            zp_str_put(names, i, s);
    }
    ok = ok && zp_set_names(v, k, zp_as_names(names), err);
    zp_value_unref(names);
    return ok;
}

/* n x 1, the column called `value`. */
static bool table(zp_value *out, const double *n, const char *const *rows, int64_t count, zp_error *err)
{
    static const char *const column[] = { "value" };
    int64_t dim[] = { count, 1 };

    *out = zp_arr(ZP_DBL, 2, dim, err);
    if (zp_bad(*out))
        return false;
    memcpy(out->u.arr->data, n, (size_t)count * sizeof(double));
    return set_names(out, 0, rows, count, err) && set_names(out, 1, column, 1, err);
}

static zp_status counters(zp_call *c, double *n, const char *const *rows, int64_t count)
{
    bool reset, ok;

    if (!zp_arg_lgl(c, 0, &reset))
        return ZP_FAILED;
    ok = table(&c->out, n, rows, count, c->err);
    if (ok && reset)
        memset(n, 0, (size_t)count * sizeof(double));
    return zp_done(ok);
}

static zp_status bi_stats_net(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);

    return plane ? counters(c, plane->net, net_rows, ZP_NET_STATS) : ZP_FAILED;
}

static zp_status bi_stats_msg(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);

    return plane ? counters(c, plane->msg, msg_rows, ZP_MSGS_STATS) : ZP_FAILED;
}

static zp_status bi_stats_ctx(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    zp__request *r = plane ? zp__request_of(c->ctx) : NULL;

    if (!plane)
        return ZP_FAILED;
    return counters(c, r ? r->desk->stats.n : plane->embedded_stats.n, ctx_rows, ZP_CTX_STATS);
}

/* ---------------------------------------------------------------- what is there */

typedef struct cells { /* the rows of a character matrix, before their number is known */
    zp_buf text;       /* cell after cell, each ended by a zero byte */
    int64_t rows;
} cells;

static void put_row(cells *m, uint64_t id, const char *address, uint16_t port, const char *direction)
{
    const char *end = strrchr(address, ':');
    bool numeric = end && !port && strspn(end + 1, "0123456789") == strlen(end + 1);
    char number[32];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)id);
    zp_buf_put(&m->text, number, strlen(number) + 1);
    zp_buf_put(&m->text, address, numeric ? (size_t)(end - address) : strlen(address));
    zp_buf_putc(&m->text, 0);
    snprintf(number, sizeof(number), "%u", port);
    if (numeric)
        zp_buf_put(&m->text, end + 1, strlen(end + 1) + 1);
    else
        zp_buf_put(&m->text, number, strlen(number) + 1);
    zp_buf_put(&m->text, direction, strlen(direction) + 1);
    m->rows++;
}

static bool to_matrix(cells *m, zp_value *out, zp_error *err)
{
    static const char *const columns[] = { "connection_id", "address", "port", "direction" };
    int64_t dim[] = { m->rows, 4 };
    const char *at = m->text.ptr;

    if (!zp_buf_ok(&m->text, err))
        return false;
    *out = zp_arr(ZP_STR, 2, dim, err);
    for (int64_t i = 0; i < m->rows * 4 && !zp_bad(*out); i++) {
        zp_str *s = zp_str_from(at, err);
        if (!s)
            return false;
        zp_str_put(*out, i / 4 + i % 4 * m->rows, s);
        at += strlen(at) + 1;
    }
    return !zp_bad(*out) && set_names(out, 1, columns, 4, err);
}

static zp_status bi_info_net(zp_call *c)
{
    static const char *const queues[] = { "data queue size", "signaling queue size" };
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    cells m = { 0 };
    double sizes[2] = { 0, 0 };
    zp_value connections = zp_nil(), buffering = zp_nil();
    bool ok;

    if (!plane)
        return ZP_FAILED;
    for (zp_peer *p = plane->peers; p; p = p->next) {
        if (p->channel.conn)
            put_row(&m, p->id, p->channel.name, 0, "incoming");
        sizes[0] += p->desk.queue.n;
    }
    for (zp__link *l = plane->links; l; l = l->next)
        if (l->state == ZP_LINK_OPEN)
            put_row(&m, l->id, l->spec.path ? l->spec.path : l->spec.host, l->spec.port, "outgoing");
    c->out = zp_list_new(0, c->err);
    ok =
        !zp_bad(c->out) && to_matrix(&m, &connections, c->err) && table(&buffering, sizes, queues, 2, c->err);
    zp_buf_fini(&m.text);
    ok = zp_list_add(&c->out, "connections", connections, c->err) && ok;
    return zp_done(zp_list_add(&c->out, "buffering", buffering, c->err) && ok);
}

static bool numbers(zp_value *out, const double *n, int64_t count, zp_error *err)
{
    int64_t dim[] = { count, 1 };

    *out = zp_arr(ZP_DBL, 2, dim, err);
    if (zp_bad(*out))
        return false;
    if (count)
        memcpy(out->u.arr->data, n, (size_t)count * sizeof(double));
    return true;
}

static zp_status bi_info_msg(zp_call *c)
{
    enum { MOST = 4096 };
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    double req[MOST], rsp[MOST];
    int64_t nreq = 0, nrsp = 0;
    zp_value a = zp_nil(), b = zp_nil();
    bool ok;

    if (!plane)
        return ZP_FAILED;
    for (zp_peer *p = plane->peers; p; p = p->next)
        for (zp__request *r = p->desk.live.first; r && nreq < MOST; r = r->next)
            req[nreq++] = r->number;
    for (zp__link *l = plane->links; l; l = l->next)
        for (zp__pending *q = l->first; q && nrsp < MOST; q = q->next)
            rsp[nrsp++] = q->number;
    c->out = zp_list_new(0, c->err);
    ok = !zp_bad(c->out) && numbers(&a, req, nreq, c->err) && numbers(&b, rsp, nrsp, c->err);
    ok = zp_list_add(&c->out, "req contexts", a, c->err) && ok;
    return zp_done(zp_list_add(&c->out, "rsp contexts", b, c->err) && ok);
}

static zp_status bi_info_ctx(zp_call *c)
{
    static const char *const rows[] = { "request id", "source id", "peer id" };
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    zp__request *r = plane ? zp__request_of(c->ctx) : NULL;
    double n[3] = { 0, 0, 0 };

    if (!plane)
        return ZP_FAILED;
    if (r) {
        n[0] = r->number;
        n[1] = (double)r->desk->source;
        n[2] = (double)r->desk->peer_id;
    }
    return zp_done(table(&c->out, n, rows, 3, c->err));
}

const zp_builtin zp__builtins_stats[] = {
    { "stats.net", "reset = FALSE", "reset=L", 0, bi_stats_net,
      "Counters of the network: connections, messages, failures. With `reset` they are zero afterwards.",
      "rownames(stats.net())[1]", NULL },
    { "stats.msg", "reset = FALSE", "reset=L", 0, bi_stats_msg,
      "Counters of messages: requests, answers, appends, and their bytes.", "rownames(stats.msg())[1]",
      NULL },
    { "stats.ctx", "reset = FALSE", "reset=L", 0, bi_stats_ctx,
      "Counters of this context: what it asked and was asked.", "rownames(stats.ctx())[1]", NULL },
    { "info.net", "", "", 0, bi_info_net, "The connections of this process and what is queued.",
      "names(info.net())", NULL },
    { "info.msg", "", "", 0, bi_info_msg,
      "The numbers of requests that run here and of those that wait for answers.", "names(info.msg())",
      NULL },
    { "info.ctx", "", "", 0, bi_info_ctx, "The numbers of the request that runs: 0 where there is none.",
      "info.ctx()[\"peer id\", 1]", NULL },
    { 0 },
};
