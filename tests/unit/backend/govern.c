/* The phase matrix, row by row, and the two requests of sessions. */
#include "backend/govern.h"

#include "../auth/kit.h"

#define V1 \
    "{\"table\":\"t\",\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"int\"},\"a\":{\"type\":\"text\"}}}"
#define V2 "{\"table\":\"t\",\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"int\"}}}"

enum { ALL = ZP_GRANT_SCHEMA | ZP_GRANT_PUBLISH_PROD };

static int bind_phases(void **state)
{
    static const zp_env envs[] = { ZP_ENV_STAGING, ZP_ENV_PROD }; /* dev is bound already, qa is skipped */
    zp_error err = ZP_ERROR_INIT;

    if (kit_set_up(state) != 0)
        return 1;
    for (size_t i = 0; i < ZP_COUNTOF(envs); i++)
        must(&err, zp_vault_bind(((kit *)*state)->vault, "shop", envs[i], "sqlite:x", NULL, NULL, &err));
    return 0;
}

static zp_govern create(kit *k, uint32_t access, zp_env env, const char *json, int64_t *version,
                        zp_error *err)
{
    return zp_govern_create(k->vault, access, DATABASE, env, "thing", json, strlen(json), version, err);
}

static zp_govern publish(kit *k, uint32_t access, zp_env env, int64_t version, bool confirm, zp_error *err)
{
    return zp_govern_publish(k->vault, access, DATABASE, env, "thing", &version, confirm, err);
}

static void is(zp_govern got, zp_govern expected, zp_error *err, const char *text)
{
    if (got != expected || !strstr(zp_error_text(err), text))
        print_error("%s\n", zp_error_text(err));
    assert_int_equal(got, expected);
    assert_non_null(strstr(zp_error_text(err), text));
    zp_error_clear(err);
}

static void drafts_are_made_in_dev_by_who_may(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    int64_t version = 0;

    is(create(k, ZP_GRANT_READ | ZP_GRANT_WRITE, ZP_ENV_DEV, V1, &version, &err), ZP_GOVERN_NO_ACCESS, &err,
       "'schema'");
    is(create(k, ALL, ZP_ENV_QA, V1, &version, &err), ZP_GOVERN_NO_ACCESS, &err, "not bound");
    is(create(k, ALL, ZP_ENV_STAGING, V1, &version, &err), ZP_GOVERN_REFUSED, &err, "made in dev");
    is(create(k, ALL, ZP_ENV_DEV, "{\"table\":1}", &version, &err), ZP_GOVERN_REFUSED, &err, "");
    is(create(k, ALL, ZP_ENV_DEV, V1, &version, &err), ZP_GOVERN_DONE, &err, "");
    assert_int_equal(version, 1);
    is(create(k, ALL, ZP_ENV_DEV, " " V1, &version, &err), ZP_GOVERN_DONE, &err, "");
    assert_int_equal(version, 1); /* the same schema is the same version */
    is(create(k, ALL, ZP_ENV_DEV, V2, &version, &err), ZP_GOVERN_DONE, &err, "");
    assert_int_equal(version, 2);
}

static void versions_go_phase_by_phase(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    int64_t version = 0;

    is(create(k, ALL, ZP_ENV_DEV, V1, &version, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_DEV, 7, false, &err), ZP_GOVERN_REFUSED, &err, "no version 7");
    is(publish(k, ALL, ZP_ENV_STAGING, 1, false, &err), ZP_GOVERN_REFUSED, &err, "not published in dev");
    is(publish(k, ZP_GRANT_WRITE, ZP_ENV_DEV, 1, false, &err), ZP_GOVERN_NO_ACCESS, &err, "'schema'");
    is(publish(k, ALL, ZP_ENV_DEV, 1, false, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_PROD, 1, false, &err), ZP_GOVERN_REFUSED, &err, "not published in staging");
    is(publish(k, ALL, ZP_ENV_STAGING, 1, false, &err), ZP_GOVERN_DONE, &err, ""); /* qa is not bound */
    is(publish(k, ZP_GRANT_SCHEMA, ZP_ENV_PROD, 1, false, &err), ZP_GOVERN_NO_ACCESS, &err, "'publish_prod'");
    is(publish(k, ALL, ZP_ENV_PROD, 1, false, &err), ZP_GOVERN_DONE, &err, "");
}

static void what_takes_away_must_be_meant_from_staging_on(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    int64_t version = 0;

    is(create(k, ALL, ZP_ENV_DEV, V1, &version, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_DEV, 1, false, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_STAGING, 1, false, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_PROD, 1, false, &err), ZP_GOVERN_DONE, &err, "");
    is(create(k, ALL, ZP_ENV_DEV, V2, &version, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_DEV, 2, false, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_STAGING, 2, false, &err), ZP_GOVERN_REFUSED, &err, "\"confirm\":true");
    is(publish(k, ALL, ZP_ENV_STAGING, 2, true, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_PROD, 2, false, &err), ZP_GOVERN_REFUSED, &err, "takes something away");
    is(publish(k, ALL, ZP_ENV_PROD, 2, true, &err), ZP_GOVERN_DONE, &err, "");
    is(publish(k, ALL, ZP_ENV_PROD, 1, false, &err), ZP_GOVERN_DONE, &err, ""); /* back: nothing is lost */
}

/* ---------------------------------------------------------------- requests */

static void request(kit *k, const char *json, zp_zql_condition expected, const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    const zp_snapshot *snap = zp_auth_snapshot(k->auth);
    zp_login login = { .client = zp_snapshot_client(snap, CLIENT, strlen(CLIENT)),
                       .env = ZP_ENV_DEV,
                       .database_id = DATABASE };
    zp_json_doc *doc = zp_json_doc_new(&err);
    const zp_json *message = zp_json_read(doc, json, strlen(json), &err);
    zp_zql_condition got = ZP_ZQL_QUERY_ERROR;
    zp_buf data = ZP_BUF_INIT;
    bool ok;

    must(&err, message);
    ok = zp_govern_request(k->auth, &login, message, &data, &got, &err);
    if (!strstr(ok ? zp_buf_text(&data) : zp_error_text(&err), text))
        print_error("%s%s\n", zp_buf_text(&data), zp_error_text(&err));
    assert_int_equal(got, expected);
    assert_non_null(strstr(ok ? zp_buf_text(&data) : zp_error_text(&err), text));
    zp_error_clear(&err);
    zp_buf_fini(&data);
    zp_json_doc_free(doc);
    zp_snapshot_unref(snap);
}

static void sessions_create_and_publish(void **state)
{
    static const char create_text[] =
        "{\"request_type\":545,\"database_id\":\"" DATABASE "\",\"env\":\"dev\",\"schema\":"
        "{\"name\":\"thing\",\"table\":\"t\",\"primary_key\":\"id\",\"fields\":"
        "{\"id\":{\"type\":\"int\"}}}}",
                      publish_text[] = "{\"request_type\":9,\"schema\":\"thing\",\"version\":1}";
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    const zp_snapshot *snap;
    const zp_binding *dev;

    request(k, create_text, ZP_ZQL_NO_ACCESS, "'schema'");
    must(&err,
         zp_vault_grant(k->vault, "writer", "shop", ZP_ENV_DEV, ZP_GRANT_READ | ZP_GRANT_SCHEMA, NULL, &err));
    must(&err, zp_auth_poll(k->auth, false, &err));
    request(k, create_text, ZP_ZQL_CREATE_SCHEMA_SUCCESS,
            "{\"schema\":\"thing\",\"version\":1,\"state\":\"draft\"}");
    request(k, publish_text, ZP_ZQL_PUBLISH_SCHEMA_SUCCESS,
            "{\"schema\":\"thing\",\"version\":1,\"env\":\"dev\"}");
    snap = zp_auth_snapshot(k->auth);
    dev = &zp_snapshot_database(snap, DATABASE, strlen(DATABASE))->env[ZP_ENV_DEV];
    assert_int_equal(dev->nschemas, 1); /* at once */
    assert_string_equal(dev->schemas[0].name, "thing");
    zp_snapshot_unref(snap);
    request(k, "{\"request_type\":8,\"schema\":[]}", ZP_ZQL_CREATE_SCHEMA_ERROR,
            "'schema' should be an object");
    request(k, "{\"request_type\":8,\"schema\":{}}", ZP_ZQL_CREATE_SCHEMA_ERROR, "'name' should be a text");
    request(k, "{\"request_type\":9,\"schema\":\"thing\"}", ZP_ZQL_PUBLISH_SCHEMA_ERROR, "'version'");
    request(k, "{\"request_type\":9,\"schema\":\"thing\",\"version\":1,\"env\":\"x\"}",
            ZP_ZQL_PUBLISH_SCHEMA_ERROR, "'env'");
    request(k, "{\"request_type\":9,\"schema\":\"thing\",\"version\":1,\"database_id\":\"ELSE\"}",
            ZP_ZQL_NO_ACCESS, "no access");
}

static void files_come_in_whole_or_not_at_all(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    const char good[] = "{\"format\":\"zql-schema/1\",\"schemas\":{\"one\":" V1 ",\"two\":" V2 "}}";
    const char bad[] =
        "{\"format\":\"zql-schema/1\",\"schemas\":{\"three\":" V1 ",\"four\":{\"table\":\"t\"}}}";
    zp_schema_version v;
    int changes = 0;
    zp_buf text = ZP_BUF_INIT;

    assert_false(zp_govern_import(k->vault, "shop", bad, strlen(bad), 1, &changes, &err));
    zp_error_clear(&err);
    must(&err, zp_vault_schema_get(k->vault, "shop", "three", 0, &v, &err));
    assert_int_equal(v.version, 0);
    changes = 0;
    must(&err, zp_govern_import(k->vault, "shop", good, strlen(good), 1u << ZP_ENV_DEV | 1u << ZP_ENV_PROD,
                                &changes, &err));
    assert_int_equal(changes, 6);
    changes = 0;
    must(&err, zp_govern_import(k->vault, "shop", good, strlen(good), 1u << ZP_ENV_DEV, &changes, &err));
    assert_int_equal(changes, 0);
    must(&err, zp_govern_export(k->vault, "shop", ZP_ENV_PROD, &text, &err));
    must(&err, zp_govern_import(k->vault, "shop", zp_buf_text(&text), text.len, 0, &changes, &err));
    assert_int_equal(changes, 0); /* what was exported is the same again */
    zp_buf_fini(&text);
}

int main(void)
{
#define KIT(f) cmocka_unit_test_setup_teardown(f, bind_phases, kit_tear_down)
    const struct CMUnitTest tests[] = {
        KIT(drafts_are_made_in_dev_by_who_may),
        KIT(versions_go_phase_by_phase),
        KIT(what_takes_away_must_be_meant_from_staging_on),
        KIT(sessions_create_and_publish),
        KIT(files_come_in_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
