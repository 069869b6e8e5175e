/* connection: the built-ins that open and describe connections. */
#include <string.h>

#include "plane/plane_priv.h"

enum { IP, PORT, KEY, ACCESS, SECRET, TLS, CA, VERIFY, NAME, TIMEOUT, RECONNECT };

/* A copy of a string argument; NULL stays NULL. */
static bool text_of(zp_call *c, int k, char **out)
{
    zp_str *s;

    if (zp_arg_missing(c, k) || c->argv[k].type == ZP_NIL)
        return true;
    if (!zp_arg_str(c, k, &s))
        return false;
    *out = zp_alloc(s->len + 1, c->err);
    if (*out)
        memcpy(*out, s->text, s->len + 1);
    return *out != NULL;
}

static bool where(zp_call *c, zp__link_spec *spec)
{
    int64_t port;
    char *ip = NULL;

    if (!text_of(c, IP, &ip))
        return false;
    if (ip && (ip[0] == '/' || strncmp(ip, "unix:", 5) == 0)) {
        spec->path = ip;
        if (ip[0] != '/')
            memmove(ip, ip + 5, strlen(ip + 5) + 1);
        return true;
    }
    spec->host = ip;
    if (zp_arg_missing(c, PORT))
        return zp_fail(c->err, "argument missing: port");
    if (!zp_arg_count(c, PORT, &port))
        return false;
    if (!ip || !*ip)
        return zp_fail_arg(c->err, IP + 1,
                           "connection: 'ip' should be an address, a host name or the path of a socket");
    if (port < 1 || port > 65535)
        return zp_fail_arg(c->err, PORT + 1, "connection: 'port' should be from 1 to 65535");
    spec->port = (uint16_t)port;
    return true;
}

static bool how(zp_call *c, zp__link_spec *spec)
{
    double timeout;
    int keys;

    if (!text_of(c, KEY, &spec->key) || !text_of(c, ACCESS, &spec->access) ||
        !text_of(c, SECRET, &spec->secret) || !text_of(c, CA, &spec->ca) ||
        !text_of(c, NAME, &spec->server_name) || !zp_arg_lgl(c, TLS, &spec->tls) ||
        !zp_arg_lgl(c, VERIFY, &spec->verify) || !zp_arg_lgl(c, RECONNECT, &spec->reconnect) ||
        !zp_arg_dbl(c, TIMEOUT, &timeout))
        return false;
    keys = (spec->key != NULL) + (spec->access != NULL) + (spec->secret != NULL);
    if (keys != 0 && keys != 3)
        return zp_fail(c->err, "connection: 'key', 'access' and 'secret' belong together");
    if (!(timeout > 0 && timeout <= 86400))
        return zp_fail_arg(c->err, TIMEOUT + 1, "connection: 'timeout' should be some seconds");
    spec->timeout_ms = (int64_t)(timeout * 1000) + 1;
    return true;
}

static zp_status bi_connection(zp_call *c)
{
    zp_plane *plane = zp_plane_of(zp_ctx_engine(c->ctx), c->err);
    zp__link_spec spec = { 0 };
    zp_future *theirs;
    zp__link *l;

    if (!plane)
        return ZP_FAILED;
    if (!where(c, &spec) || !how(c, &spec)) {
        zp__link_spec_fini(&spec);
        return ZP_FAILED;
    }
    l = zp__link_open(plane, &spec, c->ctx, &theirs, c->err);
    return l ? zp_future_await_take(c->ctx, theirs, &c->out, c->err) : ZP_FAILED;
}

static const zp__link *link_of(zp_call *c)
{
    if (c->argv[0].type == ZP_CON)
        return zp_handle_thing(c->argv[0]);
    zp_fail_arg(c->err, 1, "incorrect argument type");
    return NULL;
}

static zp_status bi_address(zp_call *c)
{
    const zp__link *l = link_of(c);

    if (!l)
        return ZP_FAILED;
    c->out = zp_chr(l->spec.path ? l->spec.path : l->spec.host, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_port(zp_call *c)
{
    const zp__link *l = link_of(c);

    if (!l)
        return ZP_FAILED;
    c->out = zp_dbl(l->spec.port);
    return ZP_OK;
}

const zp_builtin zp__builtins_connection[] = {
    { "connection",
      "ip = \"127.0.0.1\", [port], [key], [access], [secret], tls = FALSE, [ca], verify = TRUE, [server.name], "
      "timeout = 10, reconnect = FALSE",
      "ip=S port=D key=S access=S secret=S tls=L ca=S verify=L server.name=S timeout=D reconnect=L",
      ZP_BI_SYSTEM, bi_connection,
      "Opens a connection to another zplane, for `con ? expr`. `ip` is an address, a host name, or the path of a Unix "
      "socket. Without `key`, `access` and `secret` the other side must trust this machine (zplane serve --trust). With "
      "`reconnect` a query on a lost connection opens it again.",
      "", NULL },
    { "connection.address", "connection", "", 0, bi_address, "The address of a connection.", "", NULL },
    { "connection.port", "connection", "", 0, bi_port, "The port of a connection.", "", NULL },
    { 0 },
};
