/* listen: where the server can be reached, and by which certificate. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/server_priv.h"

/* ---------------------------------------------------------------- TLS */

static bool tls_mode_of(const char *text, zp__tls_mode *mode, zp_error *err)
{
    static const char *const names[] = { "off", "optional", "required" };

    for (size_t i = 0; i < ZP_COUNTOF(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *mode = (zp__tls_mode)i;
            return true;
        }
    }
    return zp_fail(err, "tls: off, optional or required, not '%s'", text);
}

bool zp__server_load_tls(zp_server *s, const zp_config *cfg, zp_error *err)
{
    zp_tls_spec spec = { .cert = *cfg->tls_cert ? cfg->tls_cert : NULL,
                         .key = *cfg->tls_key ? cfg->tls_key : NULL,
                         .ca = *cfg->tls_ca ? cfg->tls_ca : NULL,
                         .verify = *cfg->tls_ca != 0 };
    zp__tls_mode mode = ZP_TLS_OFF;
    zp_tls *tls = NULL;

    if (!tls_mode_of(cfg->tls, &mode, err))
        return false;
    if (mode != ZP_TLS_OFF && (!spec.cert || !spec.key))
        return zp_fail(err, "tls=%s needs tls.cert and tls.key", cfg->tls);
    if (mode != ZP_TLS_OFF && !(tls = zp_tls_server(&spec, err)))
        return false;
    zp_tls_unref(s->tls); /* connections hold theirs */
    s->tls = tls;
    s->tls_mode = mode;
    return true;
}

/* ---------------------------------------------------------------- listeners */

static void on_stranger(void *arg, zp_loop *loop, int take_fd)
{
    (void)loop;
    zp__stranger_new(arg, take_fd);
}

static void on_http(void *arg, zp_loop *loop, int take_fd)
{
    (void)loop;
    zp__http_new(arg, take_fd);
}

static bool listen_on(zp_server *s, const zp_listen_spec *spec, zp_accept_fn fn, const char *what,
                      zp_error *err)
{
    zp_listener *l = zp_listen(s->loop, spec, fn, s, err);

    if (!l)
        return false;
    s->listeners[s->nlisteners++] = l;
    printf("%s %s\n", what, zp_listener_address(l));
    ZP_LOG(ZP_LOG_INFO, "listening", zp_log_str("what", what), zp_log_str("address", zp_listener_address(l)));
    return true;
}

static bool listen_tcp(zp_server *s, zp_error *err)
{
    zp_listen_spec spec = { .address = s->cfg.address, .port = (uint16_t)s->cfg.port };

    return strcmp(s->cfg.address, "none") == 0 || listen_on(s, &spec, on_stranger, "listening on", err);
}

static bool listen_unix(zp_server *s, zp_error *err)
{
    zp_listen_spec spec = { .path = s->cfg.unix_socket };
    char *end;
    unsigned long mode = strtoul(s->cfg.unix_mode, &end, 8);

    if (!*s->cfg.unix_socket)
        return true;
    if (*end || !*s->cfg.unix_mode || mode == 0 || mode > 0777)
        return zp_fail(err, "unix.mode: permissions in octal, such as 0660, not '%s'", s->cfg.unix_mode);
    spec.mode = (unsigned)mode;
    return listen_on(s, &spec, on_stranger, "listening on", err);
}

/* PORT, ADDRESS:PORT, [ADDRESS]:PORT. */
static bool split_address(const char *text, char *address, size_t size, uint16_t *port, zp_error *err)
{
    const char *colon = strrchr(text, ':'), *digits = colon ? colon + 1 : text, *from = text, *to = colon;
    char *end;
    long number;

    errno = 0;
    number = strtol(digits, &end, 10);
    if (errno || *end || end == digits || number < 0 || number > 65535)
        return zp_fail(err, "http.listen: PORT, ADDRESS:PORT or shared, not '%s'", text);
    *port = (uint16_t)number;
    *address = 0;
    if (!colon) {
        snprintf(address, size, "127.0.0.1");
        return true;
    }
    if (*from == '[' && to > from + 1 && to[-1] == ']') {
        from++;
        to--;
    }
    snprintf(address, size, "%.*s", (int)(to - from), from);
    return true;
}

static bool listen_http(zp_server *s, zp_error *err)
{
    char address[256];
    zp_listen_spec spec = { .address = address };

    s->http_shared = strcmp(s->cfg.http_listen, "shared") == 0;
    if (s->http_shared || !*s->cfg.http_listen)
        return true;
    return split_address(s->cfg.http_listen, address, sizeof address, &spec.port, err) &&
           listen_on(s, &spec, on_http, "http on", err);
}

bool zp__server_listen(zp_server *s, zp_error *err)
{
    if (!listen_tcp(s, err) || !listen_unix(s, err) || !listen_http(s, err))
        return false;
    return s->nlisteners ||
           zp_fail(err, "address=none and neither unix.socket nor http.listen: nobody could come");
}

void zp__server_unlisten(zp_server *s)
{
    while (s->nlisteners)
        zp_listener_free(s->listeners[--s->nlisteners]);
}
