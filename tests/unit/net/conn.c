/* Connections: what is kept, what goes out in one write, who may close when. */
#include "kit.h"

#include <errno.h>

static zp_loop *new_loop(void)
{
    zp_loop *loop = zp_loop_new(0, NULL);

    assert_non_null(loop);
    return loop;
}

/* Frames cut at every byte arrive whole. */
static size_t frames_input(zp_conn *conn, const char *bytes, size_t len)
{
    side *s = zp_conn_arg(conn);
    zp_slice payload;
    zp_frame_state state = zp_frame_next(bytes, len, 1 << 24, &payload);

    s->calls++;
    if (state != ZP_FRAME_WHOLE) {
        zp_conn_want(conn, payload.len ? payload.len + ZP_FRAME_PREFIX : ZP_FRAME_PREFIX);
        return 0;
    }
    zp_buf_put(&s->got, payload.ptr, payload.len);
    return ZP_FRAME_PREFIX + payload.len;
}

static const zp_conn_ops frames_ops = { .input = frames_input, .closed = kit_closed };

static void every_fragmentation(void **state)
{
    char bytes[64];
    size_t len = 0;

    for (uint32_t n = 1; n <= 5; n++) {
        zp_frame_prefix(bytes + len, n);
        memset(bytes + len + 4, 'a' + (int)n, n);
        len += 4 + n;
    }
    for (size_t cut = 1; cut < len; cut++) {
        zp_loop *loop = new_loop();
        side s = { 0 };
        int fds[2];

        kit_pair(fds);
        s.conn = zp_conn_new(loop, fds[0], &frames_ops, &s, NULL);
        for (size_t at = 0; at < len; at += cut) {
            size_t part = len - at < cut ? len - at : cut;

            assert_int_equal(write(fds[1], bytes + at, part), (ssize_t)part);
            zp_loop_once(loop, 10000);
        }
        TURN_UNTIL(loop, s.got.len == 15);
        assert_string_equal(zp_buf_text(&s.got), "bccdddeeeefffff");
        close(fds[1]);
        TURN_UNTIL(loop, s.closed);
        zp_buf_fini(&s.got);
        zp_loop_free(loop);
    }
    (void)state;
}

/* A large frame in pieces is shown once it is whole, not at every piece. */
static void large_frame(void **state)
{
    enum { SIZE = 3000000 };
    zp_loop *loop = new_loop();
    side a = { 0 }, b = { 0 };
    char *big = malloc(SIZE + 4);
    int fds[2];

    kit_pair(fds);
    zp_frame_prefix(big, SIZE);
    for (int i = 0; i < SIZE; i++)
        big[4 + i] = (char)(i * 7 + i / 251);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    b.conn = zp_conn_new(loop, fds[1], &frames_ops, &b, NULL);
    zp_conn_send(a.conn, big, SIZE + 4);
    TURN_UNTIL(loop, b.got.len == SIZE);
    assert_memory_equal(b.got.ptr, big + 4, SIZE);
    assert_true(b.calls < 10);
    assert_int_equal(zp_conn_unsent(a.conn), 0);
    assert_int_equal(a.drained, 1);
    zp_conn_close(a.conn);
    TURN_UNTIL(loop, b.closed);
    free(big);
    zp_buf_fini(&b.got);
    zp_loop_free(loop);
    (void)state;
}

/* With blocks each write is made of whole sends: a SEQPACKET socket keeps the boundaries. */
static void blocks(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 };
    int fds[2];
    size_t most = 0, total = 0;
    char frame[1000], got[70000];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    zp_conn_set_blocks(a.conn, ZP_BLOCK_MOST);
    for (int i = 0; i < 100; i++) {
        memset(frame, 'A' + i % 26, sizeof frame);
        zp_conn_send(a.conn, frame, 1 + (size_t)(i * 37) % sizeof frame);
        total += 1 + (size_t)(i * 37) % sizeof frame;
    }
    memset(got, 'x', 20000);
    zp_conn_send(a.conn, got, 20000); /* longer than a block: a write of its own */
    zp_conn_send(a.conn, "y", 1);
    total += 20001;
    zp_loop_once(loop, 0);
    while (total) {
        ssize_t n = recv(fds[1], got, sizeof got, 0);

        assert_true(n > 0);
        assert_true(n <= ZP_BLOCK_MOST || n == 20000);
        most = (size_t)n > most ? (size_t)n : most;
        /* A block ends where a send ends: the letters of a send are all the same, and the next differ. */
        total -= (size_t)n;
    }
    assert_int_equal(most, 20000);
    zp_conn_close(a.conn);
    close(fds[1]);
    zp_loop_free(loop);
    (void)state;
}

static int released;

static void release(void *arg)
{
    released += *(int *)arg;
}

static void references(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 }, b = { 0 };
    int fds[2], one = 1;
    enum { SIZE = 1 << 20 };
    char *column = malloc(SIZE);

    kit_pair(fds);
    memset(column, 'c', SIZE);
    released = 0;
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    b.conn = zp_conn_new(loop, fds[1], &kit_ops, &b, NULL);
    for (int i = 0; i < 3; i++) {
        zp_conn_send(a.conn, "head", 4);
        zp_conn_send_ref(a.conn, column, SIZE, release, &one);
    }
    assert_int_equal(released, 0);
    TURN_UNTIL(loop, b.got.len == 3 * (SIZE + 4));
    assert_int_equal(released, 3);
    assert_memory_equal(b.got.ptr + SIZE + 4, "head", 4);
    /* What is never written is released too. */
    zp_conn_send_ref(a.conn, column, SIZE, release, &one);
    zp_conn_close(a.conn);
    TURN_UNTIL(loop, released == 4 && b.closed);
    free(column);
    zp_buf_fini(&b.got);
    zp_loop_free(loop);
    (void)state;
}

/* Straight to where it belongs, with what surrounds it. */
typedef struct direct_side {
    side s;
    char column[100000];
    size_t done;
} direct_side;

static int direct(zp_conn *conn, struct iovec *iov, int max)
{
    direct_side *d = zp_conn_arg(conn);

    assert_true(max >= 1);
    if (d->s.got.len < 10 || d->done == sizeof d->column)
        return 0;
    iov[0] = (struct iovec){ d->column + d->done, sizeof d->column - d->done };
    return 1;
}

static void direct_done(zp_conn *conn, size_t len)
{
    direct_side *d = zp_conn_arg(conn);

    d->done += len;
}

static const zp_conn_ops direct_ops = {
    .input = kit_input, .closed = kit_closed, .direct = direct, .direct_done = direct_done
};

static void direct_reads(void **state)
{
    zp_loop *loop = new_loop();
    direct_side d = { .s = { .eat = 0 } };
    side a = { 0 };
    int fds[2];
    char *bytes = malloc(100020);

    kit_pair(fds);
    memset(bytes, 'h', 10);
    for (int i = 0; i < 100000; i++)
        bytes[10 + i] = (char)(i % 253);
    memset(bytes + 100010, 't', 10);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    d.s.conn = zp_conn_new(loop, fds[1], &direct_ops, &d, NULL);
    zp_conn_send(a.conn, bytes, 10);
    TURN_UNTIL(loop, d.s.got.len == 10);
    zp_conn_send(a.conn, bytes + 10, 100010);
    TURN_UNTIL(loop, d.s.got.len == 20);
    assert_int_equal(d.done, 100000);
    assert_memory_equal(d.column, bytes + 10, 100000);
    assert_string_equal(zp_buf_text(&d.s.got), "hhhhhhhhhhtttttttttt");
    zp_conn_close(a.conn);
    zp_conn_close(d.s.conn);
    free(bytes);
    zp_buf_fini(&d.s.got);
    zp_loop_free(loop);
    (void)state;
}

/* The first line is read on one loop, the rest on another; nothing is lost in between. */
static zp_conn *given;

static void take(void *arg, zp_conn *conn)
{
    (void)arg;
    given = conn;
}

static size_t first_line(zp_conn *conn, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);

    if (!end)
        return 0;
    zp_conn_send(conn, "welcome\n", 8);
    zp_conn_give(conn, take, zp_conn_arg(conn));
    return (size_t)(end + 1 - bytes);
}

static const zp_conn_ops stranger_ops = { .input = first_line, .closed = kit_closed };

static void handed_over(void **state)
{
    zp_loop *one = new_loop(), *two = new_loop();
    side s = { 0 };
    int fds[2];
    char got[20] = "";

    kit_pair(fds);
    given = NULL;
    assert_non_null(zp_conn_new(one, fds[0], &stranger_ops, &s, NULL));
    assert_int_equal(write(fds[1], "hello\nand more", 14), 14);
    TURN_UNTIL(one, given);
    assert_int_equal(read(fds[1], got, sizeof got), 8);
    assert_int_equal(write(fds[1], ", later", 7), 7);
    assert_true(zp_conn_attach(given, two, &kit_ops, &s, NULL));
    TURN_UNTIL(two, s.got.len == 15);
    assert_string_equal(zp_buf_text(&s.got), "and more, later");
    zp_conn_close(given);
    close(fds[1]);
    zp_buf_fini(&s.got);
    zp_loop_free(one);
    zp_loop_free(two);
    (void)state;
}

static void give_away(zp_loop *loop, side *s, int fds[2])
{
    kit_pair(fds);
    given = NULL;
    assert_non_null(zp_conn_new(loop, fds[0], &stranger_ops, s, NULL));
    assert_int_equal(write(fds[1], "hello\n", 6), 6);
    TURN_UNTIL(loop, given);
}

/* What is sent on the way from loop to loop leaves on the new one; who is closed on the way takes it along. */
static void sent_between_loops(void **state)
{
    enum { SENT = 50000 };
    static char text[SENT];
    zp_loop *one = new_loop(), *two = new_loop();
    side s = { 0 };
    int fds[2], more[2];
    size_t got = 0;
    ssize_t n;

    give_away(one, &s, fds);
    for (int i = 0; i < SENT; i += 500)
        zp_conn_send(given, text + i, 500);
    assert_true(zp_conn_attach(given, two, &kit_ops, &s, NULL));
    while (got < 8 + SENT) {
        zp_loop_once(two, 1000);
        while ((n = recv(fds[1], text, sizeof text, MSG_DONTWAIT)) > 0)
            got += (size_t)n;
    }
    zp_conn_close(given);
    give_away(one, &s, more);
    for (int i = 0; i < SENT; i += 500)
        zp_conn_send(given, text + i, 500);
    zp_conn_close(given);
    close(fds[1]);
    close(more[1]);
    zp_buf_fini(&s.got);
    zp_loop_free(one);
    zp_loop_free(two);
    (void)state;
}

/* The last bytes arrive although the peer goes on sending and nobody reads that. */
static void graceful(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 };
    int fds[2], listener, status;
    struct sockaddr_in addr;
    socklen_t len = sizeof addr;
    char got[64];
    ssize_t n = 0, more;
    zp_net_stats stats;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&addr, len), 0);
    assert_int_equal(listen(listener, 1), 0);
    getsockname(listener, (struct sockaddr *)&addr, &len);
    fds[1] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fds[1], (struct sockaddr *)&addr, len), 0);
    fds[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    assert_true(zp_conn_is_loopback(a.conn));
    assert_int_equal(write(fds[1], "unread", 6), 6);
    zp_conn_send(a.conn, "last words", 10);
    zp_conn_close_gracefully(a.conn);
    zp_loop_once(loop, 0);
    assert_int_equal(write(fds[1], "and more", 8), 8);
    zp_loop_once(loop, 10000);
    while ((more = read(fds[1], got + n, sizeof got - (size_t)n)) > 0)
        n += more;
    assert_int_equal(more, 0); /* the end, and no reset */
    assert_int_equal(n, 10);
    close(fds[1]);
    close(listener);
    status = 0;
    for (int i = 0; i < 100 && !status; i++) {
        zp_loop_once(loop, 20000);
        zp_loop_stats(loop, &stats);
        status = stats.connections == 0;
    }
    assert_true(status);
    zp_loop_free(loop);
    (void)state;
}

/* A peer that reads nothing: the queue tells, the rest is told when it moves; then the time is up. */
static void slow_peer(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 };
    int fds[2];
    char *big = calloc(1, 4 << 20);
    int64_t began = zp_clock_ms();

    kit_pair(fds);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    zp_conn_set_send_timeout(a.conn, 300);
    zp_conn_send(a.conn, big, 4 << 20);
    zp_loop_once(loop, 0);
    assert_true(zp_conn_unsent(a.conn) > 0);
    assert_int_equal(a.drained, 0);
    TURN_UNTIL(loop, a.closed);
    assert_true(zp_clock_ms() - began >= 300);
    assert_non_null(strstr(a.why, "took nothing"));
    close(fds[1]);
    free(big);
    zp_loop_free(loop);
    (void)state;
}

static void deadline_of_input(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 };
    int fds[2];
    int64_t began = zp_clock_ms();

    kit_pair(fds);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    zp_conn_set_deadline(a.conn, 100);
    zp_conn_set_deadline(a.conn, 400); /* later: costs nothing */
    TURN_UNTIL(loop, a.closed);
    assert_true(zp_clock_ms() - began >= 400);
    assert_string_equal(a.why, "timed out");
    close(fds[1]);
    zp_loop_free(loop);
    (void)state;
}

static void paused(void **state)
{
    zp_loop *loop = new_loop();
    side a = { 0 };
    int fds[2];

    kit_pair(fds);
    a.conn = zp_conn_new(loop, fds[0], &kit_ops, &a, NULL);
    zp_conn_pause(a.conn);
    zp_conn_pause(a.conn);
    assert_int_equal(write(fds[1], "x", 1), 1);
    zp_loop_once(loop, 20000);
    zp_conn_resume(a.conn);
    zp_loop_once(loop, 20000);
    assert_int_equal(a.calls, 0);
    zp_conn_resume(a.conn);
    TURN_UNTIL(loop, a.got.len == 1);
    zp_conn_close(a.conn);
    close(fds[1]);
    zp_buf_fini(&a.got);
    zp_loop_free(loop);
    (void)state;
}

static zp_conn *accepted;
static side server_side;

static void on_accept(void *arg, zp_loop *loop, int fd)
{
    (void)arg;
    accepted = zp_conn_new(loop, fd, &kit_ops, &server_side, NULL);
}

/* A name is looked up elsewhere; nobody listens; the address is shown as it is. */
static void connects(void **state)
{
    zp_loop *loop = new_loop();
    zp_listener *l = zp_listen(loop, &(zp_listen_spec){ .address = "" }, on_accept, NULL, NULL);
    side a = { 0 }, refused = { 0 }, dropped = { 0 };
    char text[ZP_PEER_TEXT];
    uint16_t port;

    assert_non_null(l);
    port = zp_listener_port(l);
    a.conn = zp_connect(loop, &(zp_peer_spec){ .host = "localhost", .port = port }, &kit_ops, &a, NULL);
    dropped.conn =
        zp_connect(loop, &(zp_peer_spec){ .host = "localhost", .port = port }, &kit_ops, &dropped, NULL);
    zp_conn_close(dropped.conn); /* while its name is looked up */
    zp_conn_send(a.conn, "early", 5);
    TURN_UNTIL(loop, a.opened && accepted && server_side.got.len == 5);
    assert_non_null(strstr(zp_conn_peer(accepted, text), ":"));
    zp_conn_close(accepted);
    TURN_UNTIL(loop, a.closed);
    zp_listener_free(l);
    refused.conn =
        zp_connect(loop, &(zp_peer_spec){ .host = "127.0.0.1", .port = port }, &kit_ops, &refused, NULL);
    TURN_UNTIL(loop, refused.closed);
    assert_non_null(strstr(refused.why, "cannot connect to 127.0.0.1:"));
    assert_non_null(strstr(refused.why, "Connection refused"));
    zp_buf_fini(&server_side.got);
    zp_loop_free(loop);
    (void)state;
}

static void unix_socket(void **state)
{
    zp_loop *loop = new_loop();
    char path[] = "/tmp/zplane-unit-XXXXXX", sock[64];
    zp_listen_spec spec = { .path = sock, .mode = 0600 };
    zp_error err = ZP_ERROR_INIT;
    zp_listener *l;
    side a = { 0 };

    assert_non_null(mkdtemp(path));
    snprintf(sock, sizeof sock, "%s/s", path);
    l = zp_listen(loop, &spec, on_accept, NULL, NULL);
    assert_non_null(l);
    accepted = NULL;
    a.conn = zp_connect(loop, &(zp_peer_spec){ .path = sock }, &kit_ops, &a, NULL);
    TURN_UNTIL(loop, a.opened && accepted);
    assert_true(zp_conn_is_unix(accepted));
    assert_null(zp_listen(loop, &spec, on_accept, NULL, &err)); /* somebody is there */
    assert_non_null(strstr(zp_error_text(&err), "another process does"));
    zp_error_clear(&err);
    zp_conn_close(a.conn);
    zp_conn_close(accepted);
    zp_listener_free(l);
    assert_int_equal(access(sock, F_OK), -1);
    rmdir(path);
    zp_loop_free(loop);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fragmentation), cmocka_unit_test(large_frame),  cmocka_unit_test(blocks),
        cmocka_unit_test(references),          cmocka_unit_test(direct_reads), cmocka_unit_test(handed_over),
        cmocka_unit_test(sent_between_loops),  cmocka_unit_test(graceful),     cmocka_unit_test(slow_peer),
        cmocka_unit_test(deadline_of_input),   cmocka_unit_test(paused),       cmocka_unit_test(connects),
        cmocka_unit_test(unix_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
