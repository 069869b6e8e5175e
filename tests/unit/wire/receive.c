/* Messages there and back: every type, cut at every byte, straight into columns, side by side, and what is refused. */
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

#include "builtin/tables.h"
#include "ops/ops.h"
#include "unit.h"

typedef struct bench {
    zp_config cfg;
    zp_engine *engine;
    zp_ctx *ctx;
    zp_buf bytes;
    zp_value got;
    int messages;
    uint32_t last;
} bench;

static void begin(bench *b)
{
    *b = (bench){ 0 };
    assert_true(zp_config_init(&b->cfg, NULL));
    b->engine = zp_base_engine(&b->cfg, NULL, NULL);
    assert_non_null(b->engine);
    b->ctx = zp_ctx_new(b->engine, NULL);
    assert_non_null(b->ctx);
}

static void end(bench *b)
{
    zp_value_clear(&b->got);
    zp_buf_fini(&b->bytes);
    zp_ctx_free(b->ctx);
    zp_engine_free(b->engine);
    zp_config_fini(&b->cfg);
}

static zp_value eval(bench *b, const char *text)
{
    assert_true(zp_ctx_load(b->ctx, text, strlen(text), NULL, NULL));
    assert_int_equal(zp_ctx_run(b->ctx, 0), ZP_RUN_DONE);
    return zp_value_ref(zp_ctx_result(b->ctx, NULL));
}

static bool sink_copy(void *arg, const void *bytes, size_t len)
{
    zp_buf_put(arg, bytes, len);
    return true;
}

static bool sink_refer(void *arg, const void *bytes, size_t len, zp_value hold)
{
    (void)hold;
    zp_buf_put(arg, bytes, len);
    return true;
}

static void drain(bench *b, zp_sender *s)
{
    zp_wire_sink sink = { sink_copy, sink_refer, &b->bytes };
    bool done = false;

    while (!done)
        assert_true(zp_sender_frame(s, &sink, &done));
    assert_true(zp_sender_idle(s));
    assert_int_equal(zp_sender_waiting(s), 0);
}

static bool receive(void *arg, zp_msg *msg, zp_error *err)
{
    bench *b = arg;

    (void)err;
    b->messages++;
    b->last = msg->request;
    if (msg->nvalues)
        zp_value_set(&b->got, zp_value_move(&msg->values[0]));
    return true;
}

/* All bytes in pieces of `cut`, directly where that is offered. */
static bool feed(bench *b, size_t cut, bool direct, const zp_wire_limits *limits)
{
    zp_receiver *r = zp_receiver_new(limits, receive, b, NULL);
    const char *at = b->bytes.ptr, *stop = at + b->bytes.len;
    bool ok = true;

    while (ok && at < stop) {
        size_t len = cut < (size_t)(stop - at) ? cut : (size_t)(stop - at), done = 0;
        struct iovec iov[2];
        int n = direct ? zp_receiver_direct(r, iov) : 0;
        if (n) {
            for (int k = 0; k < n && done < len; k++) {
                size_t here = iov[k].iov_len < len - done ? iov[k].iov_len : len - done;
                memcpy(iov[k].iov_base, at + done, here);
                done += here;
            }
            len = done;
            ok = zp_receiver_direct_done(r, len, NULL);
        } else {
            ok = zp_receiver_feed(r, at, len, NULL);
        }
        at += len;
    }
    if (ok)
        assert_false(zp_receiver_open(r));
    zp_receiver_free(r);
    return ok;
}

static const char *const values[] = {
    "NULL",
    "3.5",
    "TRUE",
    "\"text\"",
    "1:10",
    "c(a = 1, b = 2)",
    "matrix(1:6, 2, 3)",
    "matrix(c(1, NaN, Inf, -Inf), 2, 2, dimnames = list(c(\"x\", \"y\"), NULL))",
    "array(1:24, c(2, 3, 4))",
    "c(TRUE, FALSE, TRUE)",
    "c(\"a\", \"\", \"\\u00e9\", \"long text\")",
    "character(0)",
    "numeric(0)",
    "matrix(0, 0, 3)",
    "matrix(c(\"a\", \"b\"), 1, 2, dimnames = list(\"r\", c(\"x\", \"y\")))",
    "|.2021-01-01 00:00:00 UTC.|",
    "as.duration(\"01:00:00\") * 1:3",
    "as.period(\"1m2d\")",
    "|+2021-01-01 00:00:00 UTC -> 2021-01-02 00:00:00 UTC-|",
    "list()",
    "list(1, \"a\", list(b = NULL, c = 1:3))",
    "list(a = 1, b = list(), list(list(list(4))))",
    "list(a = character(0), b = \"\")",
    "zts(|.2021-01-01 00:00:00 UTC.| + as.duration(1:3), cbind(a = 1:3, b = 4:6))",
    "zts(|.2021-01-01 00:00:00 UTC.| + as.duration(\"00:00:01\") * (1:3), 1:3)",
    "zts(|.2021-01-01 00:00:00 UTC.| + as.duration(\"00:00:01\") * 1, 5)",
    "1:2000 + 0.5",
    "sapply(1:300, function(i) paste(rep(\"x\", i), collapse = \"\"))",
    "c(a = \"x\")",
};

static void every_type_cut_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZP_COUNTOF(values); i++) {
        bench b;
        zp_sender *s = zp_sender_new(NULL);
        zp_value v;
        begin(&b);
        v = eval(&b, values[i]);
        assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 7, "head", 4, &v, 1, NULL));
        drain(&b, s);
        for (size_t cut = 1; cut < b.bytes.len + 1; cut = cut < 40 ? cut + 1 : cut * 2)
            for (int direct = 0; direct < 2; direct++) {
                zp_value_clear(&b.got);
                assert_true(feed(&b, cut, direct, NULL));
                assert_true(zp_value_equal(b.got, v, 0));
            }
        zp_value_unref(v);
        zp_sender_free(s);
        end(&b);
    }
}

static void large_ones_alternate(void **state)
{
    bench b;
    zp_sender *s = zp_sender_new(NULL);
    zp_value v, w;

    (void)state;
    begin(&b);
    v = eval(&b, "matrix(runif(300000), 100000, 3)");
    w = eval(&b, "1");
    assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 1, NULL, 0, &v, 1, NULL));
    assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 2, NULL, 0, &w, 1, NULL));
    drain(&b, s);
    assert_true(feed(&b, 100000, true, NULL));
    assert_int_equal(b.messages, 2);
    assert_int_equal(b.last, 1); /* the small one overtook it */
    assert_true(zp_value_equal(b.got, v, 0));
    zp_value_unref(v);
    zp_value_unref(w);
    zp_sender_free(s);
    end(&b);
}

static void what_grows_travels(void **state)
{
    bench b;
    zp_sender *s = zp_sender_new(NULL);
    zp_value v;

    (void)state;
    begin(&b);
    v = eval(&b, "m <- matrix(1:4, 2, 2); for (i in 1:20) rbind(--m, c(i, -i)); m");
    assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 1, NULL, 0, &v, 1, NULL));
    drain(&b, s);
    assert_true(feed(&b, 7, false, NULL));
    assert_true(zp_value_equal(b.got, v, 0));
    zp_value_unref(v);
    zp_sender_free(s);
    end(&b);
}

static void some_things_stay_at_home(void **state)
{
    static const char *const not [] = { "sin", "function(x) x", "list(1, list(sin))" };
    zp_sender *s = zp_sender_new(NULL);
    bench b;

    (void)state;
    begin(&b);
    for (size_t i = 0; i < ZP_COUNTOF(not ); i++) {
        zp_value v = eval(&b, not [i]);
        assert_false(zp_sender_put(s, ZP_MSG_RESPONSE, 1, NULL, 0, &v, 1, NULL));
        zp_value_unref(v);
    }
    assert_true(zp_sender_idle(s));
    zp_sender_free(s);
    end(&b);
}

static void limits_hold(void **state)
{
    zp_wire_limits tight = { .message_bytes = 1000, .open_bytes = 1000, .open_messages = 2, .depth = 2 };
    static const char *const large[] = { "1:200", "list(list(list(list(1))))",
                                         "paste(rep(\"x\", 2000), collapse = \"\")", "character(100)" };
    (void)state;
    for (size_t i = 0; i < ZP_COUNTOF(large); i++) {
        zp_sender *s = zp_sender_new(NULL);
        bench b;
        zp_value v;
        begin(&b);
        v = eval(&b, large[i]);
        assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 1, NULL, 0, &v, 1, NULL));
        drain(&b, s);
        assert_false(feed(&b, 64, false, &tight));
        zp_value_unref(v);
        zp_sender_free(s);
        end(&b);
    }
}

/* One byte of a message is another one: an error or another value, never a crash. */
static void spoilt_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZP_COUNTOF(values); i++) {
        zp_wire_limits limits = {
            .message_bytes = 1 << 20, .open_bytes = 1 << 20, .open_messages = 4, .depth = 20
        };
        zp_sender *s = zp_sender_new(NULL);
        bench b;
        zp_value v;
        begin(&b);
        v = eval(&b, values[i]);
        assert_true(zp_sender_put(s, ZP_MSG_RESPONSE, 7, NULL, 0, &v, 1, NULL));
        drain(&b, s);
        for (size_t at = 0; at < b.bytes.len && at < 200; at++) {
            char old = b.bytes.ptr[at];
            zp_receiver *r = zp_receiver_new(&limits, receive, &b, NULL);
            b.bytes.ptr[at] = (char)(old ^ (1 << at % 8));
            (void)!zp_receiver_feed(r, b.bytes.ptr, b.bytes.len, NULL);
            b.bytes.ptr[at] = old;
            zp_receiver_free(r);
        }
        zp_value_unref(v);
        zp_sender_free(s);
        end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_cut_everywhere),
        cmocka_unit_test(large_ones_alternate),
        cmocka_unit_test(what_grows_travels),
        cmocka_unit_test(some_things_stay_at_home),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(spoilt_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
