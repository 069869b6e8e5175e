/* tls: OpenSSL directly on the socket, so that we decide what one record holds.
 *
 *     zp_conn_send --chunk <= 16 KiB--> SSL_write --one record--> our BIO --send()--> socket
 *
 * The BIO is ours for two reasons: it never raises SIGPIPE, and it gives OpenSSL the bytes that were read before anybody knew
 * that they are TLS (the port is shared with plain frames). */
#include "net/net_priv.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

struct zp_tls {
    SSL_CTX *ctx;
    BIO_METHOD *bio;
    _Atomic int refs;
    bool verify;
};

/* ---------------------------------------------------------------- our BIO */

static int bio_write(BIO *bio, const char *bytes, int len)
{
    zp_conn *conn = BIO_get_data(bio);
    ssize_t put;

    BIO_clear_retry_flags(bio);
    do
        put = send(conn->fd, bytes, (size_t)len, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        BIO_set_retry_write(bio);
    return (int)put;
}

static int bio_read(BIO *bio, char *to, int len)
{
    zp_conn *conn = BIO_get_data(bio);
    zp__session *s = conn->session;
    ssize_t got;

    BIO_clear_retry_flags(bio);
    if (s && s->raw) {
        size_t part = s->raw_len - s->raw_at < (size_t)len ? s->raw_len - s->raw_at : (size_t)len;

        memcpy(to, s->raw + s->raw_at, part);
        s->raw_at += part;
        if (s->raw_at == s->raw_len) {
            zp_free(s->raw);
            s->raw = NULL;
        }
        return (int)part;
    }
    do
        got = recv(conn->fd, to, (size_t)len, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        BIO_set_retry_read(bio);
    return (int)got;
}

static long bio_ctrl(BIO *bio, int command, long number, void *arg)
{
    (void)bio;
    (void)number;
    (void)arg;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *new_bio_method(void)
{
    BIO_METHOD *bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "zplane");

    if (bio) {
        BIO_meth_set_write(bio, bio_write);
        BIO_meth_set_read(bio, bio_read);
        BIO_meth_set_ctrl(bio, bio_ctrl);
    }
    return bio;
}

/* ---------------------------------------------------------------- errors */

static const char *last_error(char *text, size_t size)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    if (reason)
        return reason;
    ERR_error_string_n(code, text, size);
    return code ? text : "unexpected end";
}

static void fail_tls(zp_conn *conn, const char *doing)
{
    zp_error err = ZP_ERROR_INIT;
    char text[256];
    long verdict = SSL_get_verify_result(conn->session->ssl);

    if (verdict != X509_V_OK)
        zp_fail_code(&err, ZP_EIO, "TLS: the certificate is not trusted: %s",
                     X509_verify_cert_error_string(verdict));
    else
        zp_fail_code(&err, ZP_EIO, "TLS: %s failed: %s", doing, last_error(text, sizeof text));
    ERR_clear_error();
    conn->session->no_more = true;
    zp__conn_fail(conn, &err);
}

/* ---------------------------------------------------------------- contexts */

static bool fail_file(const char *what, const char *path, zp_error *err)
{
    char text[256];

    zp_fail_code(err, ZP_EIO, "TLS: cannot use the %s '%s': %s", what, path, last_error(text, sizeof text));
    ERR_clear_error();
    return false;
}

static bool load_files(zp_tls *tls, const zp_tls_spec *spec, zp_error *err)
{
    if (spec->cert && SSL_CTX_use_certificate_chain_file(tls->ctx, spec->cert) != 1)
        return fail_file("certificate", spec->cert, err);
    if (spec->key && SSL_CTX_use_PrivateKey_file(tls->ctx, spec->key, SSL_FILETYPE_PEM) != 1)
        return fail_file("key", spec->key, err);
    if (spec->cert && spec->key && SSL_CTX_check_private_key(tls->ctx) != 1)
        return fail_file("key (it does not belong to the certificate)", spec->key, err);
    if (spec->ca && SSL_CTX_load_verify_locations(tls->ctx, spec->ca, NULL) != 1)
        return fail_file("file of trusted certificates", spec->ca, err);
    return true;
}

static zp_tls *new_tls(const SSL_METHOD *method, const zp_tls_spec *spec, zp_error *err)
{
    zp_tls *tls = zp_new(zp_tls, err);

    if (!tls)
        return NULL;
    atomic_init(&tls->refs, 1);
    tls->verify = spec->verify;
    tls->ctx = SSL_CTX_new(method);
    tls->bio = new_bio_method();
    if (!tls->ctx || !tls->bio) {
        zp_fail_nomem(err, 0);
        zp_tls_unref(tls);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(tls->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    ERR_clear_error();
    if (load_files(tls, spec, err))
        return tls;
    zp_tls_unref(tls);
    return NULL;
}

zp_tls *zp_tls_server(const zp_tls_spec *spec, zp_error *err)
{
    static const unsigned char context[] = "zplane";
    zp_tls *tls;

    if (!spec->cert || !spec->key || (spec->verify && !spec->ca)) {
        zp_fail(err, "TLS: a server needs a certificate and its key%s",
                spec->verify ? ", and the certificates that it trusts" : "");
        return NULL;
    }
    tls = new_tls(TLS_server_method(), spec, err);
    if (!tls)
        return NULL;
    SSL_CTX_set_session_id_context(tls->ctx, context, sizeof context - 1);
    if (spec->verify)
        SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return tls;
}

zp_tls *zp_tls_client(const zp_tls_spec *spec, zp_error *err)
{
    zp_tls *tls = new_tls(TLS_client_method(), spec, err);

    if (!tls)
        return NULL;
    if (spec->verify && !spec->ca)
        SSL_CTX_set_default_verify_paths(tls->ctx);
    SSL_CTX_set_verify(tls->ctx, spec->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    return tls;
}

zp_tls *zp_tls_ref(zp_tls *tls)
{
    atomic_fetch_add(&tls->refs, 1);
    return tls;
}

void zp_tls_unref(zp_tls *tls)
{
    if (!tls || atomic_fetch_sub(&tls->refs, 1) != 1)
        return;
    SSL_CTX_free(tls->ctx);
    if (tls->bio)
        BIO_meth_free(tls->bio);
    zp_free(tls);
}

/* ---------------------------------------------------------------- sessions */

static bool expect_name(zp__session *s, const char *name)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(s->ssl);

    if (!name)
        return true;
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
        return true;
    ERR_clear_error();
    return SSL_set_tlsext_host_name(s->ssl, name) == 1 && SSL_set1_host(s->ssl, name) == 1;
}

bool zp__session_new(zp_conn *conn, zp_tls *tls, bool client, const char *name, zp_error *err)
{
    zp__session *s = zp_new(zp__session, err);
    BIO *bio;

    if (!s)
        return false;
    s->ssl = SSL_new(tls->ctx);
    bio = s->ssl ? BIO_new(tls->bio) : NULL;
    if (!bio || (client && tls->verify && !expect_name(s, name))) {
        SSL_free(s->ssl);
        BIO_free(bio);
        zp_free(s);
        ERR_clear_error();
        return zp_fail_nomem(err, 0);
    }
    BIO_set_data(bio, conn);
    BIO_set_init(bio, 1);
    SSL_set_bio(s->ssl, bio, bio);
    if (client)
        SSL_set_connect_state(s->ssl);
    else
        SSL_set_accept_state(s->ssl);
    s->tls = zp_tls_ref(tls);
    s->write_wants_read = true; /* a server waits for the hello */
    conn->session = s;
    return true;
}

void zp__session_free(zp_conn *conn)
{
    zp__session *s = conn->session;

    if (!s)
        return;
    SSL_free(s->ssl);
    zp_tls_unref(s->tls);
    zp_free(s->raw);
    zp_free(s);
    conn->session = NULL;
}

bool zp_conn_tls_accept(zp_conn *conn, zp_tls *tls, zp_error *err)
{
    if (!zp__session_new(conn, tls, false, NULL, err))
        return false;
    /* What lies in a scratch buffer is kept by the reader when this call is over: then `raw` gets it. */
    zp__conn_todo(conn, ZP_DO_TLS);
    return true;
}

void zp__session_begin(zp_conn *conn)
{
    zp__session *s = conn->session;

    if (conn->in_len) {
        s->raw = conn->in;
        s->raw_at = conn->in_at;
        s->raw_len = conn->in_at + conn->in_len;
        conn->in = NULL;
        conn->in_at = conn->in_len = conn->in_cap = 0;
    }
    conn->want = 0;
    if (zp__session_shake(conn))
        zp__conn_todo(conn, ZP_DO_SHOW | ZP_DO_FLUSH);
}

bool zp__session_shake(zp_conn *conn)
{
    zp__session *s = conn->session;
    int status, reason;

    ERR_clear_error();
    status = SSL_do_handshake(s->ssl);
    if (status == 1) {
        s->ready = true;
        s->write_wants_read = false;
        return true;
    }
    reason = SSL_get_error(s->ssl, status);
    s->write_wants_read = reason == SSL_ERROR_WANT_READ;
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
        fail_tls(conn, "the handshake");
    return false;
}

/* ---------------------------------------------------------------- bytes */

static ssize_t read_failed(zp_conn *conn, int status)
{
    zp__session *s = conn->session;
    int reason = SSL_get_error(s->ssl, status), errnum = errno;

    if (reason == SSL_ERROR_WANT_READ)
        return -1;
    if (reason == SSL_ERROR_WANT_WRITE) {
        s->read_wants_write = true;
        return -1;
    }
    if (reason == SSL_ERROR_ZERO_RETURN)
        return 0;
    s->no_more = true;
    if (reason == SSL_ERROR_SYSCALL && (errnum == 0 || errnum == ECONNRESET)) {
        zp__conn_fail(conn, NULL);
        return -2;
    }
    fail_tls(conn, "receiving");
    return -2;
}

ssize_t zp__session_read(zp_conn *conn, struct iovec *iov, int n)
{
    zp__session *s = conn->session;
    ssize_t total = 0;

    s->read_wants_write = false;
    for (int i = 0; i < n; i++) {
        size_t at = 0, got;

        while (at < iov[i].iov_len) {
            int status;

            ERR_clear_error();
            errno = 0;
            status = SSL_read_ex(s->ssl, (char *)iov[i].iov_base + at, iov[i].iov_len - at, &got);
            if (status != 1)
                return total ? total : read_failed(conn, status);
            at += got;
            total += (ssize_t)got;
        }
    }
    return total;
}

ssize_t zp__session_write(zp_conn *conn, const char *bytes, size_t len)
{
    zp__session *s = conn->session;
    size_t put;
    int status, reason, errnum;

    ERR_clear_error();
    errno = 0;
    s->write_wants_read = false;
    status = SSL_write_ex(s->ssl, bytes, len, &put);
    if (status == 1)
        return (ssize_t)put;
    errnum = errno;
    reason = SSL_get_error(s->ssl, status);
    if (reason == SSL_ERROR_WANT_WRITE)
        return -1;
    if (reason == SSL_ERROR_WANT_READ) {
        s->write_wants_read = true;
        return -1;
    }
    s->no_more = true;
    if (reason == SSL_ERROR_SYSCALL && (errnum == EPIPE || errnum == ECONNRESET))
        zp__conn_fail(conn, NULL);
    else
        fail_tls(conn, "sending");
    return -2;
}

void zp__session_goodbye(zp_conn *conn)
{
    if (!conn->session->no_more) {
        ERR_clear_error();
        SSL_shutdown(conn->session->ssl);
        ERR_clear_error();
    }
}
