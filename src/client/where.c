/* where: "zplanes://host:port" and its kin, and the addresses that a name stands for. */
#include "client/client_priv.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define DEFAULT_PORT "7777"

static char *copy(const char *text, size_t len)
{
    char *to = zp_alloc(len + 1, NULL);

    if (to) {
        memcpy(to, text, len);
        to[len] = '\0';
    }
    return to;
}

static bool skip(const char **text, const char *prefix)
{
    size_t len = strlen(prefix);

    if (strncmp(*text, prefix, len) != 0)
        return false;
    *text += len;
    return true;
}

static bool valid_port(const char *text)
{
    size_t len = strspn(text, "0123456789");
    unsigned number = 0;

    return len >= 1 && len <= 5 && text[len] == '\0' && sscanf(text, "%5u", &number) == 1 && number >= 1 &&
           number <= 65535;
}

/* host, host:port, [v6], [v6]:port; more than one colon without brackets: a v6 address. */
static bool split_host(zp_where *w, const char *text, zplane_error *err)
{
    const char *end, *port = NULL, *colon = strrchr(text, ':');

    if (*text == '[') {
        end = strchr(++text, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return zp__cl_fail(err, ZPLANE_EUSAGE, "'%s' is no address: ']' is missing", text - 1);
        port = end[1] == ':' ? end + 2 : NULL;
    } else if (colon && strchr(text, ':') == colon) {
        end = colon;
        port = colon + 1;
    } else {
        end = text + strlen(text);
    }
    if (end == text)
        return zp__cl_fail(err, ZPLANE_EUSAGE,
                           "an address without host; write for instance \"localhost:7777\"");
    if (port && !valid_port(port))
        return zp__cl_fail(err, ZPLANE_EUSAGE, "'%s' is no port: 1 to 65535", port);
    w->host = copy(text, (size_t)(end - text));
    w->port = copy(port ? port : DEFAULT_PORT, strlen(port ? port : DEFAULT_PORT));
    return w->host && w->port ? true : zp__cl_nomem(err);
}

bool zp__cl_where_parse(zp_where *w, const char *text, zplane_error *err)
{
    struct sockaddr_un un;

    *w = (zp_where){ 0 };
    if (skip(&text, "zplanes://"))
        w->tls = true;
    else if (!skip(&text, "zplane://") && skip(&text, "unix:"))
        skip(&text, "//");
    if (*text != '/')
        return split_host(w, text, err);
    if (strlen(text) >= sizeof(un.sun_path))
        return zp__cl_fail(err, ZPLANE_EUSAGE, "the path of a socket has at most %zu bytes",
                           sizeof(un.sun_path) - 1);
    w->socket_path = copy(text, strlen(text));
    return w->socket_path ? true : zp__cl_nomem(err);
}

static bool room(zp_where *w, size_t count, zplane_error *err)
{
    zp_free(w->addresses);
    zp_free(w->lengths);
    w->count = w->next = 0;
    w->addresses = zp_alloc_zero(count * sizeof(*w->addresses), NULL);
    w->lengths = zp_alloc_zero(count * sizeof(*w->lengths), NULL);
    return w->addresses && w->lengths ? true : zp__cl_nomem(err);
}

bool zp__cl_where_resolve(zp_where *w, zplane_error *err)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *found, *a;
    size_t count = 0;
    int status;

    if (w->socket_path) {
        if (!room(w, 1, err))
            return false;
        w->addresses[0].ss_family = AF_UNIX;
        memcpy(((struct sockaddr_un *)&w->addresses[0])->sun_path, w->socket_path,
               strlen(w->socket_path) + 1);
        w->lengths[0] = sizeof(struct sockaddr_un);
        w->count = 1;
        return true;
    }
    status = getaddrinfo(w->host, w->port, &hints, &found);
    if (status == EAI_NONAME || status == EAI_ADDRFAMILY) { /* loopback counts for no configured address */
        hints.ai_flags = 0;
        status = getaddrinfo(w->host, w->port, &hints, &found);
    }
    if (status)
        return zp__cl_fail(err, ZPLANE_ECONNECT, "cannot find host '%s': %s", w->host, gai_strerror(status));
    for (a = found; a; a = a->ai_next)
        count++;
    if (!room(w, count, err)) {
        freeaddrinfo(found);
        return false;
    }
    for (a = found; a; a = a->ai_next) {
        memcpy(&w->addresses[w->count], a->ai_addr, a->ai_addrlen);
        w->lengths[w->count++] = a->ai_addrlen;
    }
    freeaddrinfo(found);
    return true;
}

void zp__cl_where_fini(zp_where *w)
{
    zp_free(w->host);
    zp_free(w->port);
    zp_free(w->socket_path);
    zp_free(w->addresses);
    zp_free(w->lengths);
    *w = (zp_where){ 0 };
}
