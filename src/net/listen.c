/* listen: sockets that wait for connections, which are accepted in batches. */
#include "net/net_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { BATCH = 64, BACKLOG = 4096, REST_US = 100000 };

struct zp_listener {
    zp_loop *loop;
    zp_watch *watch;
    zp_timer *rest; /* no descriptors are left: wait a moment */
    int fd;
    uint16_t port;
    char *path, *address;
    zp_accept_fn fn;
    void *arg;
};

/* ---------------------------------------------------------------- accepting */

static void on_rested(void *arg)
{
    zp_listener *l = arg;

    zp_watch_set(l->watch, ZP_READABLE);
}

static void out_of_descriptors(zp_listener *l, int errnum)
{
    ZP_LOG_RATE(ZP_LOG_ERROR, "cannot accept connections", zp_log_str("reason", strerror(errnum)));
    zp_watch_set(l->watch, 0);
    zp_timer_set(l->rest, REST_US);
}

static void on_readable(void *arg, unsigned ready)
{
    zp_listener *l = arg;

    (void)ready;
    for (int i = 0; i < BATCH; i++) {
        int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            l->fn(l->arg, l->loop, fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            out_of_descriptors(l, errno);
        if (errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

/* ---------------------------------------------------------------- binding */

static bool fail_listen(const zp_listen_spec *spec, int errnum, zp_error *err)
{
    if (spec->path)
        return zp_fail_sys(err, errnum, "cannot listen on '%s'", spec->path);
    return zp_fail_sys(err, errnum, "cannot listen on %s port %u",
                       *spec->address ? spec->address : "all addresses", spec->port);
}

static int bind_socket(const struct sockaddr *addr, socklen_t len, bool both, int *errnum)
{
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1, only = !both;

    if (fd < 0) {
        *errnum = errno;
        return -1;
    }
    if (addr->sa_family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (addr->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    if (bind(fd, addr, len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    *errnum = errno;
    close(fd);
    return -1;
}

/* All addresses: IPv6 and IPv4 by one socket; IPv4 alone where there is no IPv6. */
static int bind_all(uint16_t port, int *errnum)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_any };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = bind_socket((struct sockaddr *)&six, sizeof six, true, errnum);

    if (fd < 0 && (*errnum == EAFNOSUPPORT || *errnum == EADDRNOTAVAIL))
        fd = bind_socket((struct sockaddr *)&four, sizeof four, false, errnum);
    return fd;
}

static int bind_address(const zp_listen_spec *spec, zp_error *err)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found = NULL;
    char service[8];
    int fd = -1, errnum = 0, status;

    if (!*spec->address) {
        fd = bind_all(spec->port, &errnum);
        if (fd < 0)
            fail_listen(spec, errnum, err);
        return fd;
    }
    snprintf(service, sizeof service, "%u", spec->port);
    status = getaddrinfo(spec->address, service, &hints, &found);
    if (status != 0) {
        zp_fail_code(err, ZP_EIO, "cannot listen on '%s': %s", spec->address, gai_strerror(status));
        return -1;
    }
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
        fd = bind_socket(a->ai_addr, a->ai_addrlen, false, &errnum);
    freeaddrinfo(found);
    if (fd < 0)
        fail_listen(spec, errnum, err);
    return fd;
}

/* ---------------------------------------------------------------- Unix sockets */

/* A socket file that nobody answers at is left over from a process that was killed. */
static bool remove_dead(const struct sockaddr_un *addr, const zp_listen_spec *spec, zp_error *err)
{
    struct stat st;
    int fd, status;

    if (lstat(spec->path, &st) != 0)
        return true;
    if (!S_ISSOCK(st.st_mode))
        return zp_fail_code(err, ZP_EIO, "cannot listen on '%s': there is a file that is no socket",
                            spec->path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    status = fd < 0 ? 0 : connect(fd, (const struct sockaddr *)addr, sizeof *addr);
    if (fd >= 0 && status != 0 && errno != ECONNREFUSED)
        status = 0; /* busy: it lives */
    if (fd >= 0)
        close(fd);
    if (status == 0)
        return zp_fail_code(err, ZP_EIO, "cannot listen on '%s': another process does", spec->path);
    unlink(spec->path);
    return true;
}

static int bind_unix(const zp_listen_spec *spec, zp_error *err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    mode_t old;
    int fd, errnum = 0;

    if (strlen(spec->path) >= sizeof addr.sun_path) {
        zp_fail_code(err, ZP_EIO, "cannot listen on '%s': the path is longer than %zu bytes", spec->path,
                     sizeof addr.sun_path - 1);
        return -1;
    }
    memcpy(addr.sun_path, spec->path, strlen(spec->path) + 1);
    if (!remove_dead(&addr, spec, err))
        return -1;
    old = umask(0177); /* nobody gets in before the mode is set */
    fd = bind_socket((struct sockaddr *)&addr, sizeof addr, false, &errnum);
    umask(old);
    if (fd < 0)
        fail_listen(spec, errnum, err);
    else if (chmod(spec->path, spec->mode ? (mode_t)spec->mode : 0660) != 0)
        zp_fail_sys(err, errno, "cannot set the mode of '%s'", spec->path);
    else
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---------------------------------------------------------------- listeners */

static bool describe(zp_listener *l, const zp_listen_spec *spec, zp_error *err)
{
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;
    char host[INET6_ADDRSTRLEN] = "?";
    zp_buf text = ZP_BUF_INIT;

    getsockname(l->fd, (struct sockaddr *)&addr, &len);
    if (spec->path) {
        zp_buf_printf(&text, "unix:%s", spec->path);
        zp_buf path = ZP_BUF_INIT;

        zp_buf_puts(&path, spec->path);
        l->path = path.ptr;
        text.failed |= path.failed;
    } else if (addr.ss_family == AF_INET6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)&addr;

        l->port = ntohs(six->sin6_port);
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        zp_buf_printf(&text, "[%s]:%u", host, l->port);
    } else {
        struct sockaddr_in *four = (struct sockaddr_in *)&addr;

        l->port = ntohs(four->sin_port);
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        zp_buf_printf(&text, "%s:%u", host, l->port);
    }
    l->address = text.ptr;
    return zp_buf_ok(&text, err);
}

zp_listener *zp_listen(zp_loop *loop, const zp_listen_spec *spec, zp_accept_fn fn, void *arg, zp_error *err)
{
    zp_listener *l = zp_new(zp_listener, err);

    if (!l)
        return NULL;
    *l = (zp_listener){ .loop = loop, .fn = fn, .arg = arg };
    l->fd = spec->path ? bind_unix(spec, err) : bind_address(spec, err);
    if (l->fd < 0 || !describe(l, spec, err))
        goto fail;
    l->watch = zp_watch_new(loop, l->fd, on_readable, l, err);
    l->rest = zp_timer_new(loop, on_rested, l, err);
    if (!l->watch || !l->rest)
        goto fail;
    if (zp_watch_set(l->watch, ZP_READABLE))
        return l;
    fail_listen(spec, ENOMEM, err);
fail:
    zp_listener_free(l);
    return NULL;
}

void zp_listener_free(zp_listener *l)
{
    if (!l)
        return;
    zp_watch_free(l->watch);
    zp_timer_free(l->rest);
    if (l->fd >= 0)
        close(l->fd);
    if (l->path && l->fd >= 0)
        unlink(l->path);
    zp_free(l->path);
    zp_free(l->address);
    zp_free(l);
}

const char *zp_listener_address(const zp_listener *l)
{
    return l->address;
}

uint16_t zp_listener_port(const zp_listener *l)
{
    return l->port;
}
