/* socket: a non-blocking descriptor, plain or under TLS.
 *
 * TLS may want to read in order to write and the other way round; want_read and want_write say so to whoever polls. */
#include "client/client_priv.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool sys_fail(zplane_error *err, int number, const char *what)
{
    return zp__cl_fail(err, ZPLANE_ECONNECT, "%s: %s", what, strerror(number));
}

bool zp__cl_socket_open(zp_socket *s, zp_where *w, zplane_error *err)
{
    int on = 1;

    for (; w->next < w->count; w->next++) {
        const struct sockaddr *to = (const struct sockaddr *)&w->addresses[w->next];

        s->fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (s->fd < 0) {
            sys_fail(err, errno, "socket");
            continue;
        }
        if (to->sa_family != AF_UNIX) {
            setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
            setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        }
        if (connect(s->fd, to, w->lengths[w->next]) == 0 || errno == EINPROGRESS || errno == EAGAIN) {
            w->next++;
            return true;
        }
        sys_fail(err, errno, "cannot connect");
        close(s->fd);
        s->fd = -1;
    }
    return false;
}

zp_io zp__cl_socket_opened(zp_socket *s, zplane_error *err)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(int), peer_len = sizeof(peer);
    int number = 0;

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &number, &len) < 0)
        number = errno;
    if (number) {
        sys_fail(err, number, "cannot connect");
        return ZP_IO_FAILED;
    }
    return getpeername(s->fd, (struct sockaddr *)&peer, &peer_len) == 0 ? ZP_IO_DONE : ZP_IO_WAIT;
}

/* ---------------------------------------------------------------- TLS */

/* TLS writes with write(2): a peer that went away must not end the process by SIGPIPE.  The signal is blocked while
 * writing, and one that came is taken away, so that nobody else sees it. */
typedef struct quiet {
    sigset_t old;
    bool was_pending;
} quiet;

static void quiet_begin(quiet *q)
{
    sigset_t pipe_only;

    sigemptyset(&pipe_only);
    sigpending(&q->old);
    q->was_pending = sigismember(&q->old, SIGPIPE) == 1;
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &q->old);
}

static void quiet_end(const quiet *q)
{
    static const struct timespec now = { 0, 0 };
    sigset_t pipe_only;
    int saved = errno;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    if (!q->was_pending) {
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &q->old, NULL);
    errno = saved;
}

static bool tls_fail(zplane_error *err, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *text = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER)
        text = "the server does not speak TLS here";
    return zp__cl_fail(err, ZPLANE_ECONNECT, "%s: %s", what, text ? text : "unknown reason");
}

static bool tls_files(SSL_CTX *ctx, const zplane_options *o, zplane_error *err)
{
    if (o->tls_ca && SSL_CTX_load_verify_locations(ctx, o->tls_ca, NULL) != 1)
        return tls_fail(err, "cannot read the trusted certificates");
    if (!o->tls_ca)
        SSL_CTX_set_default_verify_paths(ctx);
    if (o->tls_cert && SSL_CTX_use_certificate_chain_file(ctx, o->tls_cert) != 1)
        return tls_fail(err, "cannot read the certificate");
    if (o->tls_cert &&
        SSL_CTX_use_PrivateKey_file(ctx, o->tls_key ? o->tls_key : o->tls_cert, SSL_FILETYPE_PEM) != 1)
        return tls_fail(err, "cannot read the key of the certificate");
    return true;
}

SSL_CTX *zp__cl_tls_new(const zplane_options *o, zplane_error *err)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    if (!ctx) {
        tls_fail(err, "TLS");
        return NULL;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(ctx, o->tls_no_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (tls_files(ctx, o, err))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

void zp__cl_tls_free(SSL_CTX *ctx)
{
    SSL_CTX_free(ctx);
}

static bool is_address(const char *name)
{
    return name[strspn(name, "0123456789.")] == '\0' || strchr(name, ':');
}

bool zp__cl_tls_start(zp_socket *s, SSL_CTX *ctx, const char *name, bool verify, zplane_error *err)
{
    bool ok = true;

    s->ssl = SSL_new(ctx);
    if (!s->ssl || SSL_set_fd(s->ssl, s->fd) != 1)
        return tls_fail(err, "TLS");
    if (name && !is_address(name)) {
        ok = SSL_set_tlsext_host_name(s->ssl, name) == 1;
        ok = ok && (!verify || SSL_set1_host(s->ssl, name) == 1);
    } else if (name && verify) {
        ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), name) == 1;
    }
    SSL_set_connect_state(s->ssl);
    return ok ? true : tls_fail(err, "TLS");
}

static zp_io tls_outcome(zp_socket *s, int status, const char *what, zplane_error *err)
{
    int why = SSL_get_error(s->ssl, status);
    long verify = SSL_get_verify_result(s->ssl);

    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        s->want_read = why == SSL_ERROR_WANT_READ;
        s->want_write = why == SSL_ERROR_WANT_WRITE;
        return ZP_IO_WAIT;
    }
    if (why == SSL_ERROR_ZERO_RETURN || (why == SSL_ERROR_SYSCALL && ERR_peek_error() == 0))
        return ZP_IO_END;
    if (verify != X509_V_OK) {
        zp__cl_fail(err, ZPLANE_EAUTH, "the server's certificate is not trusted: %s",
                    X509_verify_cert_error_string(verify));
        ERR_clear_error();
        return ZP_IO_FAILED;
    }
    tls_fail(err, what);
    return ZP_IO_FAILED;
}

zp_io zp__cl_tls_step(zp_socket *s, zplane_error *err)
{
    quiet q;
    int status;

    s->want_read = s->want_write = false;
    ERR_clear_error();
    quiet_begin(&q);
    status = SSL_do_handshake(s->ssl);
    quiet_end(&q);
    return status == 1 ? ZP_IO_DONE : tls_outcome(s, status, "TLS handshake", err);
}

/* ---------------------------------------------------------------- bytes */

static zp_io plain_outcome(ssize_t status, const char *what, zplane_error *err)
{
    if (status > 0)
        return ZP_IO_DONE;
    if (status == 0)
        return ZP_IO_END;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return ZP_IO_WAIT;
    sys_fail(err, errno, what);
    return ZP_IO_FAILED;
}

zp_io zp__cl_socket_read(zp_socket *s, void *to, size_t len, size_t *got, zplane_error *err)
{
    ssize_t status;

    *got = 0;
    if (s->ssl) {
        int done;

        s->want_write = false;
        ERR_clear_error();
        done = SSL_read(s->ssl, to, len > INT32_MAX ? INT32_MAX : (int)len);
        *got = done > 0 ? (size_t)done : 0;
        return done > 0 ? ZP_IO_DONE : tls_outcome(s, done, "reading", err);
    }
    status = recv(s->fd, to, len, 0);
    *got = status > 0 ? (size_t)status : 0;
    return plain_outcome(status, "reading", err);
}

zp_io zp__cl_socket_write(zp_socket *s, const void *from, size_t len, size_t *put, zplane_error *err)
{
    ssize_t status;

    *put = 0;
    if (s->ssl) {
        quiet q;
        int done;

        s->want_read = false;
        ERR_clear_error();
        quiet_begin(&q);
        done = SSL_write(s->ssl, from, len > INT32_MAX ? INT32_MAX : (int)len);
        quiet_end(&q);
        *put = done > 0 ? (size_t)done : 0;
        return done > 0 ? ZP_IO_DONE : tls_outcome(s, done, "writing", err);
    }
    status = send(s->fd, from, len, MSG_NOSIGNAL);
    *put = status > 0 ? (size_t)status : 0;
    return plain_outcome(status, "writing", err);
}

void zp__cl_socket_close(zp_socket *s)
{
    if (s->ssl) {
        quiet q;

        quiet_begin(&q);
        SSL_shutdown(s->ssl); /* says good-bye if the socket takes it */
        quiet_end(&q);
        ERR_clear_error();
        SSL_free(s->ssl);
    }
    if (s->fd >= 0)
        close(s->fd);
    *s = (zp_socket){ .fd = -1 };
}
