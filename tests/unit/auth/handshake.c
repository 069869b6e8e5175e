/* Whole handshakes: the frames that each driver gets, and who is refused. */
#include "kit.h"

typedef struct outcome {
    zp_verdict verdict;
    zp_login *login;
    zp_buf reply;
} outcome;

static outcome ask_from(kit *k, const char *json, const char *address, int64_t now_s)
{
    zp_stranger peer = { .address = address, .loopback = true };
    outcome o = { 0 };

    o.reply = ZP_BUF_INIT;
    o.verdict = zp_auth_frame(k->auth, json, strlen(json), &peer, now_s * 1000, &o.login, &o.reply);
    assert_true((o.verdict == ZP_VERDICT_LOGIN) == (o.login != NULL));
    return o;
}

static outcome ask(kit *k, const char *json)
{
    return ask_from(k, json, "127.0.0.1", NOW);
}

static void outcome_fini(outcome *o)
{
    zp_login_free(o->login);
    zp_buf_fini(&o->reply);
}

/* Frame number `n` of the reply as text; the length in front is checked. */
static const char *frame(const outcome *o, int n)
{
    static char text[4][2048];
    size_t at = 0;

    for (int i = 0;; i++) {
        const uint8_t *p = (const uint8_t *)o->reply.ptr + at;
        size_t len = at + 4 <= o->reply.len ? (size_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3] : 0;

        if (!len)
            return NULL;
        assert_true(at + 4 + len <= o->reply.len && len < sizeof text[0]);
        if (i == n) {
            memcpy(text[n], p + 4, len);
            text[n][len] = '\0';
            return text[n];
        }
        at += 4 + len;
    }
}

/* A CONNECT with these parts between the signed fields and the end. */
static const char *connect_text(int64_t timestamp, const char *nonce, const char *more)
{
    static char text[4096];
    char signature[ZP_SIGNATURE_LEN + 1];

    assert_true(zp_sign_connect(ACCESS, SECRET, timestamp, nonce, signature));
    snprintf(text, sizeof text,
             "{\"client_key\":\"" CLIENT
             "\",\"nonce\":\"%s\",\"timestamp\":%lld,\"signature\":\"%s\",\"request_type\":1%s}",
             nonce, (long long)timestamp, signature, more);
    return text;
}

static int error_code(const outcome *o)
{
    const char *text = frame(o, 0);
    int code = -1;

    assert_int_equal(o->verdict, ZP_VERDICT_CLOSE);
    assert_non_null(text);
    assert_null(frame(o, 1));
    assert_int_equal(sscanf(text, "{\"error\":true,\"response_code\":%d,", &code), 1);
    return code;
}

static void refused(kit *k, const char *json, int code)
{
    outcome o = ask(k, json);

    assert_int_equal(error_code(&o), code);
    outcome_fini(&o);
}

/* ---------------------------------------------------------------- successes */

static const char vector[] =
    "{\"client_key\":\"" CLIENT
    "\",\"nonce\":\"3f2a9c1e-7b64-4d0f-9a57-0c8be1d24f60\",\"timestamp\":1764547200,"
    "\"database_id\":\"" DATABASE
    "\",\"signature\":\"ebbb82dc431044882fddf2911ffaa9a1b94fa5a9fa6b80e86b007117595f0544\","
    "\"request_type\":1,\"env\":\"dev\",\"response_data_type\":\"json\"}";

static void vector_of_node_is_let_in(void **state)
{
    outcome o = ask(*state, vector);
    char expected[1024], token[65] = "";

    assert_int_equal(o.verdict, ZP_VERDICT_LOGIN);
    assert_int_equal(o.login->cls, ZP_CLASS_N);
    assert_int_equal(o.login->env, ZP_ENV_DEV);
    assert_string_equal(o.login->database_id, DATABASE);
    assert_int_equal(sscanf(strstr(frame(&o, 0), "access_token\":\"") + 15, "%64[0-9a-f]", token), 1);
    assert_int_equal(strlen(token), 64);
    snprintf(expected, sizeof expected,
             "{\"error\":false,\"response_code\":2,\"data\":{\"client_key\":\"" CLIENT
             "\",\"access_token\":\"%s\","
             "\"access_token_expire\":\"2025-12-01T00:15:00Z\"},\"client_auth\":{\"client_key\":\"" CLIENT
             "\","
             "\"nonce\":\"3f2a9c1e-7b64-4d0f-9a57-0c8be1d24f60\",\"timestamp\":1764547200,\"signature\":"
             "\"ebbb82dc431044882fddf2911ffaa9a1b94fa5a9fa6b80e86b007117595f0544\"}}",
             token);
    assert_string_equal(frame(&o, 0), expected);
    assert_string_equal(frame(&o, 1), "{\"error\":false,\"response_code\":1544,\"data\":{}}");
    assert_null(frame(&o, 2));
    assert_true(zp_login_token_is(o.login, token, 64));
    assert_false(zp_login_token_is(o.login, token, 63));
    outcome_fini(&o);
}

static void classes_are_told_apart(void **state)
{
    outcome p = ask(*state, connect_text(NOW, "n-p", ",\"env\":\"DEV\""));
    outcome p0 = ask(*state, connect_text(NOW, "n-p0", ""));

    assert_int_equal(p.login->cls, ZP_CLASS_P);
    assert_int_equal(p.login->env, ZP_ENV_DEV);
    assert_null(strstr(frame(&p, 0), ACCESS));
    assert_int_equal(p0.login->cls, ZP_CLASS_P0);
    assert_non_null(strstr(frame(&p0, 0), "\"access_key\":\"" ACCESS "\"}}"));
    outcome_fini(&p);
    outcome_fini(&p0);
}

static const char first_generation[] =
    "{\"request_type\":1,\"access_key\":\"" ACCESS "\",\"client_key\":\"" CLIENT "\","
    "\"nonce\":\"8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92\","
    "\"request_token\":\"0d73dfdcb10605134388d4d11823b586ef3738e43f0b95b2a8fe55aeea4dc117\"}";

static void first_generation_is_let_in_where_allowed(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    outcome o = ask(k, first_generation), again = ask_from(k, first_generation, "127.0.0.1", NOW + 5);
    outcome elsewhere = ask_from(k, first_generation, "10.0.0.9", NOW + 20);
    outcome later = ask_from(k, first_generation, "10.0.0.9", NOW + 70);

    assert_int_equal(o.login->cls, ZP_CLASS_V);
    assert_null(strstr(frame(&o, 0), "client_auth"));
    assert_non_null(
        strstr(frame(&o, 0), "\"data\":{\"client_key\":\"" CLIENT "\",\"access_key\":\"" ACCESS "\","));
    assert_int_equal(again.verdict, ZP_VERDICT_LOGIN);
    assert_int_equal(error_code(&elsewhere), 6);
    assert_int_equal(later.verdict, ZP_VERDICT_LOGIN);
    must(&err, zp_vault_client_allow_v1(k->vault, "writer", false, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    refused(k, first_generation, 6);
    outcome_fini(&o);
    outcome_fini(&again);
    outcome_fini(&elsewhere);
    outcome_fini(&later);
}

static void native_peers_need_rights_or_trust(void **state)
{
    kit *k = *state;
    zp_stranger trusted = { .address = "", .loopback = true, .trusted = true };
    const char bare[] = "{\"request_type\":1,\"protocol\":\"zplane/1\"}";
    outcome o = ask(k, connect_text(NOW, "native", ",\"protocol\":\"zplane/1\"")), t = { 0 };

    assert_int_equal(o.login->cls, ZP_CLASS_NATIVE);
    assert_int_equal(o.login->rights, ZP_RIGHT_READ);
    assert_non_null(strstr(frame(&o, 0), "\"protocol\":\"zplane/1\",\"rights\":[\"read\"]}}"));
    assert_null(frame(&o, 1));
    outcome_fini(&o);
    refused(k, bare, 0x0502);
    refused(k, connect_text(NOW, "native-2", ",\"protocol\":\"zplane/2\""), 0x0500);
    t.reply = ZP_BUF_INIT;
    t.verdict = zp_auth_frame(k->auth, bare, strlen(bare), &trusted, NOW * 1000LL, &t.login, &t.reply);
    assert_int_equal(t.verdict, ZP_VERDICT_LOGIN);
    assert_int_equal(t.login->rights, ZP_RIGHT_ALL);
    outcome_fini(&t);
}

/* ---------------------------------------------------------------- refusals */

static void replays_are_refused(void **state)
{
    kit *k = *state;
    outcome o = ask(k, vector);

    refused(k, vector, 0x0502);
    zp_auth_free(k->auth);
    outcome_fini(&(outcome){ .reply = o.reply });
    k->auth = kit_auth(k);
    refused(k, vector, 0x0502); /* a restart forgets nothing */
    o.login->seat = NULL;       /* of the server that is gone */
    zp_login_free(o.login);
}

static void clock_is_checked_on_both_sides(void **state)
{
    const int64_t good[] = { NOW - 300, NOW + 300 },
                  bad[] = { NOW - 301, NOW + 301, 0, -5, INT64_MAX, INT64_MIN };
    char nonce[32];

    for (size_t i = 0; i < ZP_COUNTOF(good); i++) {
        outcome o;

        snprintf(nonce, sizeof nonce, "good-%zu", i);
        o = ask(*state, connect_text(good[i], nonce, ""));
        assert_int_equal(o.verdict, ZP_VERDICT_LOGIN);
        outcome_fini(&o);
    }
    for (size_t i = 0; i < ZP_COUNTOF(bad); i++) {
        outcome o;

        snprintf(nonce, sizeof nonce, "bad-%zu", i);
        o = ask(*state, connect_text(bad[i], nonce, ",\"env\":\"dev\""));
        assert_int_equal(error_code(&o), 6);
        assert_non_null(strstr(frame(&o, 0), "clock"));
        assert_non_null(strstr(frame(&o, 0), "\"server_time\":1764547200"));
        outcome_fini(&o);
    }
}

static void failures_look_alike(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    const char wrong[] =
        "{\"client_key\":\"%s\",\"nonce\":\"x\",\"timestamp\":1764547200,\"signature\":\"%s\","
        "\"request_type\":1,\"env\":\"dev\"}";
    const char expected[] =
        "{\"error\":true,\"response_code\":6,\"data\":{\"zteradb_error\":\"authentication failed\"}}";
    const char *who[] = { CLIENT, "NOBODY", "OTHER" }, *how[] = { "x", SECRET };

    must(&err, zp_vault_client_enable(k->vault, "other", false, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 2; j++) {
            char text[512];
            outcome o;

            snprintf(text, sizeof text, wrong, who[i], how[j]);
            o = ask(k, text);
            assert_int_equal(o.verdict, ZP_VERDICT_CLOSE);
            assert_string_equal(frame(&o, 0), expected);
            outcome_fini(&o);
        }
    }
    must(&err, zp_vault_client_enable(k->vault, "writer", false, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    refused(k, vector, 0x0502);
}

static void forms_are_checked(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "1",
        "{\"request_type\":1}",
        "{\"request_type\":1,\"request_type\":1}",
        "{\"request_type\":1}x",
        "{\"request_type\":\"1\"}",
        "{\"request_type\":99}",
        "{}",
        "{\"request_type\":1,\"client_key\":\"\\ud800\"}",
        "{\"request_type\":1,\"x\":NaN}",
        "\xff",
        "{\"request_type\":1,\"client_key\":\"\xff\"}",
        "{\"request_type\":1.0}",
        "{\"request_type\":1e0}",
    };
    char deep[200] = "{\"request_type\":1,\"x\":";

    for (size_t i = 0; i < ZP_COUNTOF(bad); i++)
        refused(*state, bad[i], 0x0500);
    memset(deep + strlen(deep), '[', 64);
    memset(deep + strlen(deep), ']', 64);
    strcat(deep, "}");
    refused(*state, deep, 0x0500);
    refused(*state, connect_text(NOW, "", ""), 0x0500);
    refused(*state, connect_text(NOW, "f1", ",\"env\":\"\""), 0x0500);
    refused(*state, connect_text(NOW, "f2", ",\"env\":null"), 0x0500);
    refused(*state, connect_text(NOW, "f3", ",\"env\":\"test\""), 0x0500);
    refused(*state, connect_text(NOW, "f4", ",\"env\":\"dev\",\"response_data_type\":\"xml\""), 0x0500);
    refused(*state, connect_text(NOW, "f5", ",\"database_id\":\"\""), 0x0500);
    refused(*state, connect_text(NOW, "f6", ",\"database_id\":7"), 0x0500);
}

static void oversized_fields_are_refused(void **state)
{
    char more[400] = ",\"env\":\"", nonce[300];

    memset(nonce, 'n', 257);
    nonce[257] = '\0';
    refused(*state, connect_text(NOW, nonce, ""), 0x0500);
    memset(more + 8, 'd', 300);
    strcpy(more + 308, "\"");
    refused(*state, connect_text(NOW, "o1", more), 0x0500);
}

static void scope_is_checked(void **state)
{
    refused(*state, connect_text(NOW, "s1", ",\"env\":\"prod\""), 0x0011);
    refused(*state, connect_text(NOW, "s2", ",\"env\":\"prod\",\"database_id\":\"" DATABASE "\""), 0x0400);
    refused(*state, connect_text(NOW, "s3", ",\"env\":\"dev\",\"database_id\":\"ELSE\""), 0x0400);
}

static void refusal_of_python_2_0_0_has_its_key(void **state)
{
    outcome o = ask(*state, "{\"client_key\":\"" CLIENT "\",\"nonce\":\"x\",\"timestamp\":\"1764547200\","
                            "\"signature\":\"y\",\"request_type\":1}");

    assert_string_equal(frame(&o, 0), "{\"error\":true,\"response_code\":6,\"data\":{\"zteradb_error\":"
                                      "\"authentication failed\"},\"client_auth\":{}}");
    outcome_fini(&o);
}

static void other_messages_before_login(void **state)
{
    outcome ping = ask(*state, "{\"request_type\":7}"), bye = ask(*state, "{\"request_type\":2}");
    outcome bye_p = ask(*state, "{\"request_type\":3}");

    assert_int_equal(ping.verdict, ZP_VERDICT_STAY);
    assert_string_equal(frame(&ping, 0), "{\"error\":false,\"response_code\":16,\"data\":{\"pong\":true}}");
    assert_int_equal(bye.verdict, ZP_VERDICT_CLOSE);
    assert_string_equal(frame(&bye, 0), "{\"error\":false,\"response_code\":1024,\"data\":{}}");
    assert_string_equal(frame(&bye_p, 0), "{\"error\":false,\"response_code\":4,\"data\":{}}");
    refused(*state, "{\"request_type\":5,\"query\":{}}", 0x0006);
    refused(*state, "{\"request_type\":5,\"query\":{},\"client_key\":\"x\",\"access_token\":\"y\"}", 0x0502);
    outcome_fini(&ping);
    outcome_fini(&bye);
    outcome_fini(&bye_p);
}

static void work_is_the_same_for_all_failures(void **state)
{
    kit *k = *state;
    const zp_snapshot *snap = zp_auth_snapshot(k->auth);
    const zp__client *known = (const zp__client *)zp_snapshot_client(snap, CLIENT, strlen(CLIENT));
    const zp__client *others[] = { known, NULL, (const zp__client *)zp_snapshot_client(snap, "OTHER", 5) };
    zp__proof proof = { .nonce = { "n", 1 }, .timestamp = { "1", 1 }, .given = { "short", 5 } };

    for (size_t i = 0; i < 3; i++) {
        for (int v1 = 0; v1 < 2; v1++) {
            unsigned work = 0;

            proof.v1 = v1;
            proof.access_key = (zp_slice){ "", 0 };
            assert_null(zp__proof_check(others[i], &k->auth->dummy, &proof, &work));
            assert_int_equal(work, ZP_ACTIVE_MAX);
        }
    }
    zp_snapshot_unref(snap);
}

static void sessions_are_limited(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_auth_config cfg = { .vault_path = k->path, .sessions_per_client = 2 };
    outcome o[3];
    int64_t now = zp__now();

    zp_auth_free(k->auth);
    k->auth = zp_auth_new(&cfg, &err);
    must(&err, k->auth);
    assert_non_null(zp_auth_notice(k->auth));
    for (int i = 0; i < 3; i++) {
        char nonce[8];

        snprintf(nonce, sizeof nonce, "l%d", i);
        o[i] = ask_from(k, connect_text(now, nonce, ",\"env\":\"dev\""), "::1", now);
    }
    assert_int_equal(o[1].verdict, ZP_VERDICT_LOGIN);
    assert_int_equal(error_code(&o[2]), 0x0500);
    zp_login_park(o[0].login); /* a parked session makes room */
    outcome_fini(&o[2]);
    o[2] = ask_from(k, connect_text(now, "l4", ",\"env\":\"dev\""), "::1", now);
    assert_int_equal(o[2].verdict, ZP_VERDICT_LOGIN);
    for (int i = 0; i < 3; i++)
        outcome_fini(&o[i]);
}

/* ---------------------------------------------------------------- sessions and changes */

static void shrinking_ends_a_session_and_widening_does_not(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    outcome o = ask(k, vector);
    const zp_snapshot *snap;

    must(&err, zp_vault_grant(k->vault, "writer", "shop", ZP_ENV_PROD, ZP_GRANT_READ, NULL, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    snap = zp_auth_snapshot(k->auth);
    assert_true(zp_login_check(o.login, snap));
    assert_int_equal(zp_client_access(o.login->client, DATABASE, strlen(DATABASE), ZP_ENV_PROD),
                     ZP_GRANT_READ);
    zp_snapshot_unref(snap);
    must(&err, zp_vault_grant(k->vault, "writer", "shop", ZP_ENV_DEV, ZP_GRANT_READ, NULL, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    snap = zp_auth_snapshot(k->auth);
    assert_false(zp_login_check(o.login, snap));
    zp_snapshot_unref(snap);
    outcome_fini(&o);
}

static void a_retired_credential_ends_a_session_after_rotation(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    outcome o = ask(k, vector);
    zp_new_keys keys;
    const zp_snapshot *snap;

    must(&err, zp_vault_client_rotate(k->vault, "writer", false, &keys, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    snap = zp_auth_snapshot(k->auth);
    assert_true(zp_login_check(o.login, snap)); /* both pairs are active */
    zp_snapshot_unref(snap);
    must(&err, zp_vault_credential_retire(k->vault, ACCESS, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    snap = zp_auth_snapshot(k->auth);
    assert_false(zp_login_check(o.login, snap));
    zp_snapshot_unref(snap);
    outcome_fini(&o);
}

/* ---------------------------------------------------------------- HTTP */

static void http_gives_tokens_that_expire(void **state)
{
    kit *k = *state;
    char signature[ZP_SIGNATURE_LEN + 1], token[65] = "";
    zp_http_login in = { CLIENT, "h1", "1764547200", signature, 0 };
    zp_buf body = ZP_BUF_INIT;
    zp_login *login;

    assert_true(zp_sign_connect(ACCESS, SECRET, NOW, "h1", signature));
    assert_int_equal(zp_auth_http_login(k->auth, &in, NOW * 1000LL, &body), 200);
    assert_int_equal(sscanf(strstr(zp_buf_text(&body), "access_token\":\"") + 15, "%64[0-9a-f]", token), 1);
    assert_non_null(strstr(zp_buf_text(&body), "\"expires_in\":900},\"client_auth\":{\"client_key\":"));
    login = zp_auth_token_login(k->auth, token, 64, (NOW + 899) * 1000LL);
    assert_non_null(login);
    assert_int_equal(login->rights, ZP_RIGHT_READ);
    zp_login_free(login);
    assert_null(zp_auth_token_login(k->auth, token, 64, (NOW + 900) * 1000LL));
    assert_null(zp_auth_token_login(k->auth, "00", 2, NOW * 1000LL));
    zp_buf_clear(&body);
    assert_int_equal(zp_auth_http_login(k->auth, &in, NOW * 1000LL, &body), 401); /* a replay */
    assert_string_equal(zp_buf_text(&body),
                        "{\"error\":true,\"response_code\":1282,\"data\":{\"zteradb_error\":"
                        "\"authentication failed\"}}");
    in.timestamp = "soon";
    assert_int_equal(zp_auth_http_login(k->auth, &in, NOW * 1000LL, &body), 400);
    in.timestamp = NULL;
    assert_int_equal(zp_auth_http_login(k->auth, &in, NOW * 1000LL, &body), 400);
    zp_buf_fini(&body);
}

int main(void)
{
#define KIT(f) cmocka_unit_test_setup_teardown(f, kit_set_up, kit_tear_down)
    const struct CMUnitTest tests[] = {
        KIT(vector_of_node_is_let_in),
        KIT(classes_are_told_apart),
        KIT(first_generation_is_let_in_where_allowed),
        KIT(native_peers_need_rights_or_trust),
        KIT(replays_are_refused),
        KIT(clock_is_checked_on_both_sides),
        KIT(failures_look_alike),
        KIT(forms_are_checked),
        KIT(oversized_fields_are_refused),
        KIT(scope_is_checked),
        KIT(refusal_of_python_2_0_0_has_its_key),
        KIT(other_messages_before_login),
        KIT(work_is_the_same_for_all_failures),
        KIT(sessions_are_limited),
        KIT(shrinking_ends_a_session_and_widening_does_not),
        KIT(a_retired_credential_ends_a_session_after_rotation),
        KIT(http_gives_tokens_that_expire),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
