/* address: who is at the other end, in words. */
#include "net/net_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* An IPv4 address that comes in through an IPv6 socket is shown, and judged, as IPv4. */
static bool peer_of(const zp_conn *conn, struct sockaddr_storage *addr)
{
    socklen_t len = sizeof *addr;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)addr;
    struct sockaddr_in four = { .sin_family = AF_INET };

    if (getpeername(conn->fd, (struct sockaddr *)addr, &len) != 0)
        return false;
    if (addr->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        memcpy(&four.sin_addr, six->sin6_addr.s6_addr + 12, 4);
        four.sin_port = six->sin6_port;
        memcpy(addr, &four, sizeof four);
    }
    return true;
}

bool zp_conn_is_loopback(const zp_conn *conn)
{
    struct sockaddr_storage addr;

    if (conn->is_unix)
        return true;
    if (!peer_of(conn, &addr))
        return false;
    if (addr.ss_family == AF_INET)
        return ntohl(((struct sockaddr_in *)&addr)->sin_addr.s_addr) >> 24 == 127;
    return addr.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&addr)->sin6_addr);
}

static const char *unix_peer(const zp_conn *conn, char text[ZP_PEER_TEXT])
{
    struct ucred who;
    socklen_t len = sizeof who;

    if (getsockopt(conn->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.pid > 0)
        snprintf(text, ZP_PEER_TEXT, "unix:pid %ld", (long)who.pid);
    else
        snprintf(text, ZP_PEER_TEXT, "unix:");
    return text;
}

static const char *describe(const zp_conn *conn, bool port, char text[ZP_PEER_TEXT])
{
    struct sockaddr_storage addr;
    char host[INET6_ADDRSTRLEN] = "?";
    bool six;
    const void *bytes;

    if (conn->is_unix)
        return unix_peer(conn, text);
    if (!peer_of(conn, &addr)) {
        snprintf(text, ZP_PEER_TEXT, "?");
        return text;
    }
    six = addr.ss_family == AF_INET6;
    bytes = six ? (const void *)&((struct sockaddr_in6 *)&addr)->sin6_addr
                : (const void *)&((struct sockaddr_in *)&addr)->sin_addr;
    inet_ntop(addr.ss_family, bytes, host, sizeof host);
    if (!port)
        snprintf(text, ZP_PEER_TEXT, "%s", host);
    else
        snprintf(text, ZP_PEER_TEXT, six ? "[%s]:%u" : "%s:%u", host,
                 ntohs(six ? ((struct sockaddr_in6 *)&addr)->sin6_port
                           : ((struct sockaddr_in *)&addr)->sin_port));
    return text;
}

const char *zp_conn_peer(const zp_conn *conn, char text[ZP_PEER_TEXT])
{
    return describe(conn, true, text);
}

const char *zp_conn_address(const zp_conn *conn, char text[ZP_PEER_TEXT])
{
    return describe(conn, false, text);
}
