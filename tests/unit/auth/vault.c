/* The vault: keys, sealed secrets, changes, declarative files. */
#include <sys/stat.h>

#include "kit.h"

static bool says(zp_error *err, bool failed, const char *what)
{
    bool ok = failed && strstr(zp_error_text(err), what);

    if (!ok)
        print_error("%s\n", zp_error_text(err));
    zp_error_clear(err);
    return ok;
}

static void seals_open_only_where_they_belong(void **state)
{
    zp_error err = ZP_ERROR_INIT;
    zp__key key = { { 1 } }, other = { { 2 } };
    zp_buf sealed = ZP_BUF_INIT, plain = ZP_BUF_INIT;

    must(&err, zp__seal(&key, "here", "secret", 6, &sealed, &err));
    must(&err, zp__unseal(&key, "here", sealed.ptr, sealed.len, &plain, &err));
    assert_string_equal(zp_buf_text(&plain), "secret");
    assert_true(
        says(&err, !zp__unseal(&key, "there", sealed.ptr, sealed.len, &plain, &err), "does not open"));
    assert_true(
        says(&err, !zp__unseal(&other, "here", sealed.ptr, sealed.len, &plain, &err), "does not open"));
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 1;
        assert_true(
            says(&err, !zp__unseal(&key, "here", sealed.ptr, sealed.len, &plain, &err), "does not open"));
        sealed.ptr[i] ^= 1;
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_true(says(&err, !zp__unseal(&key, "here", sealed.ptr, len, &plain, &err), "sealed secret"));
    zp_buf_fini(&sealed);
    zp__buf_wipe(&plain);
}

static void the_file_holds_no_secret(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_buf file = ZP_BUF_INIT;
    struct stat st;

    must(&err, zp_vault_bind(k->vault, "shop", ZP_ENV_QA,
                             "postgresql://joe:pa55word@db/x?sslpassword=pa55word", NULL, NULL, &err));
    must(&err, zp_vault_read_file(k->path, 1 << 24, &file, &err));
    assert_null(memmem(file.ptr, file.len, SECRET, 64));
    assert_null(memmem(file.ptr, file.len, "pa55word", 8));
    assert_int_equal(stat(k->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    zp_buf_clear(&file);
    must(&err, zp_vault_url(k->vault, "shop", ZP_ENV_QA, &file, &err));
    assert_string_equal(zp_buf_text(&file), "postgresql://joe:pa55word@db/x?sslpassword=pa55word");
    zp_buf_fini(&file);
}

static void urls_are_masked(void **state)
{
    static const char *const cases[][2] = {
        { "postgresql://u:p@h:5432/d?application_name=x", "postgresql://u:***@h:5432/d?application_name=x" },
        { "postgresql://u:p@ss@h/d", "postgresql://u:***@h/d" },
        { "mariadb://u@h/d?password=x&a=b", "mariadb://u@h/d?password=***&a=b" },
        { "sqlite:///var/x.db", "sqlite:///var/x.db" },
        { "series:visits", "series:visits" },
        { "postgresql:///d?host=/tmp&PASSWORD=s", "postgresql:///d?host=/tmp&PASSWORD=***" },
    };

    for (size_t i = 0; i < ZP_COUNTOF(cases); i++) {
        zp_buf out = ZP_BUF_INIT;

        zp__url_mask(cases[i][0], &out);
        assert_string_equal(zp_buf_text(&out), cases[i][1]);
        zp_buf_fini(&out);
    }
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    char key[120];
    zp_vault *v;

    snprintf(key, sizeof key, "%s.key", k->path);
    assert_int_equal(chmod(key, 0640), 0);
    v = zp_vault_open(k->path, NULL, "test", &err);
    assert_true(says(&err, !v, "chmod 600"));
    assert_int_equal(chmod(key, 0600), 0);
    v = zp_vault_open(k->path, NULL, "test", &err);
    must(&err, v);
    zp_vault_close(v);
}

static void the_key_may_come_by_the_environment_and_is_forgotten(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_buf text = ZP_BUF_INIT;
    char key[120];
    zp_vault *v;

    snprintf(key, sizeof key, "%s.key", k->path);
    must(&err, zp_vault_read_file(key, 100, &text, &err));
    assert_int_equal(unlink(key), 0);
    v = zp_vault_open(k->path, NULL, "test", &err);
    assert_true(says(&err, !v, "no master key"));
    setenv("ZPLANE_MASTER_KEY", zp_buf_text(&text), 1);
    v = zp_vault_open(k->path, NULL, "test", &err);
    must(&err, v);
    zp_vault_close(v);
    assert_string_equal(getenv("ZPLANE_MASTER_KEY"), "");
    text.ptr[3] = text.ptr[3] == '0' ? '1' : '0';
    setenv("ZPLANE_MASTER_KEY", zp_buf_text(&text), 1);
    v = zp_vault_open(k->path, NULL, "test", &err);
    assert_true(says(&err, !v, "not that of the vault"));
    setenv("ZPLANE_MASTER_KEY", "short", 1);
    v = zp_vault_open(k->path, NULL, "test", &err);
    assert_true(says(&err, !v, "64 hexadecimal digits"));
    zp_buf_fini(&text);
}

static void what_is_no_vault_is_not_opened(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    char path[120];
    bool made;
    FILE *f;

    snprintf(path, sizeof path, "%s/noise", k->dir);
    f = fopen(path, "w");
    fputs("this is no database at all, but long enough to look like one to a careless reader of files", f);
    fclose(f);
    assert_true(says(&err, !zp_vault_open(path, NULL, "t", &err), "vault"));
    assert_true(says(&err, !zp_vault_open("/nonexistent", NULL, "t", &err), "No such file"));
    assert_true(says(&err, !zp_vault_init(k->path, NULL, &made, &err), "already"));
    assert_true(says(&err, !zp_auth_new(&(zp_auth_config){ .vault_path = path }, &err), "vault"));
}

static void four_credentials_may_be_active(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_new_keys keys;

    for (int i = 0; i < 3; i++)
        must(&err, zp_vault_client_rotate(k->vault, "writer", false, &keys, &err));
    assert_true(says(&err, !zp_vault_client_rotate(k->vault, "writer", false, &keys, &err), "4 active"));
    must(&err, zp_vault_client_rotate(k->vault, "writer", true, &keys, &err));
    assert_true(says(&err, !zp_vault_credential_retire(k->vault, ACCESS, &err), "no active"));
    must(&err, zp_vault_client_rotate(k->vault, "writer", false, &keys, &err));
}

static void names_and_numbers_are_checked(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_client_spec spec = { .name = "bad name" };
    zp_new_keys keys;

    assert_true(says(&err, !zp_vault_client_add(k->vault, &spec, &keys, &err), "may hold letters"));
    spec.name = "writer";
    assert_true(says(&err, !zp_vault_client_add(k->vault, &spec, &keys, &err), "already"));
    assert_true(says(&err, !zp_vault_client_enable(k->vault, "nobody", true, &err), "no client 'nobody'"));
    assert_true(says(&err, !zp_vault_database_add(k->vault, NULL, "shop", NULL, &err), "already"));
    assert_true(
        says(&err, !zp_vault_bind(k->vault, "none", ZP_ENV_DEV, "sqlite:x", "", NULL, &err), "no database"));
    assert_true(says(&err, !zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:x", "pool-mix=1", NULL, &err),
                     "unknown"));
    assert_true(says(&err, !zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:x", "pool-max=0", NULL, &err),
                     "between"));
    assert_true(says(&err, !zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:x", "pool-max=x", NULL, &err),
                     "number"));
    assert_true(
        says(&err,
             !zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:x", "pool-min=9 pool-max=2", NULL, &err),
             "greater"));
    assert_true(
        says(&err, !zp_vault_bind(k->vault, "shop", ZP_ENV_DEV, "sqlite:\n", "", NULL, &err), "control"));
}

static void a_snapshot_holds_everything(void **state)
{
    const kit *k = *state;
    const zp_snapshot *snap = zp_auth_snapshot(k->auth);
    const zp_database *db = zp_snapshot_database(snap, DATABASE, strlen(DATABASE));
    const zp_client *client = zp_snapshot_client(snap, CLIENT, strlen(CLIENT));

    assert_non_null(db);
    assert_string_equal(db->name, "shop");
    assert_string_equal(db->env[ZP_ENV_DEV].url, "sqlite:///tmp/none.db");
    assert_int_equal(db->env[ZP_ENV_DEV].limits.pool_max, 3);
    assert_int_equal(db->env[ZP_ENV_DEV].limits.query_ms, 30000);
    assert_null(db->env[ZP_ENV_PROD].url);
    assert_int_equal(zp_client_access(client, DATABASE, strlen(DATABASE), ZP_ENV_DEV),
                     ZP_GRANT_READ | ZP_GRANT_WRITE);
    assert_int_equal(zp_client_access(client, DATABASE, strlen(DATABASE) - 1, ZP_ENV_DEV), 0);
    assert_int_equal(zp_client_access(client, DATABASE, strlen(DATABASE), ZP_ENV_PROD), 0);
    assert_null(zp_snapshot_client(snap, CLIENT "x", strlen(CLIENT) + 1));
    assert_null(zp_snapshot_client(snap, "", 0));
    zp_snapshot_unref(snap);
}

static void another_file_in_its_place_is_followed(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    uint64_t before = zp_auth_generation(k->auth);
    char command[500];

    must(&err, zp_auth_poll(k->auth, false, &err));
    assert_int_equal(zp_auth_generation(k->auth), before);
    snprintf(command, sizeof command, "cp -p %s %s.new && mv %s.new %s", k->path, k->path, k->path, k->path);
    assert_int_equal(system(command), 0);
    must(&err, zp_auth_poll(k->auth, false, &err));
    assert_int_equal(zp_auth_generation(k->auth), before + 1);
    must(&err, zp_auth_poll(k->auth, false, &err));
    assert_int_equal(zp_auth_generation(k->auth), before + 1);
}

static void a_long_change_delays_no_server(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    uint64_t before = zp_auth_generation(k->auth);
    sqlite3 *other;

    assert_int_equal(sqlite3_open(k->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE; UPDATE client SET allow_v1 = 0", NULL, NULL, NULL),
                     SQLITE_OK);
    must(&err, zp_auth_poll(k->auth, false, &err)); /* not now */
    assert_int_equal(zp_auth_generation(k->auth), before);
    assert_true(says(&err, !zp_auth_poll(k->auth, true, &err), "busy"));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    must(&err, zp_auth_poll(k->auth, false, &err));
    assert_int_equal(zp_auth_generation(k->auth), before + 1);
    sqlite3_close(other);
}

static void another_master_key(void **state)
{
    kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    uint64_t before = zp_auth_generation(k->auth);
    char key[120], fresh[120];
    zp_buf url = ZP_BUF_INIT;
    zp_vault *v;

    snprintf(key, sizeof key, "%s.key", k->path);
    snprintf(fresh, sizeof fresh, "%s.fresh", k->path);
    assert_true(says(&err, !zp_vault_rekey(k->vault, key, &err), "cannot make the master key"));
    must(&err, zp_vault_rekey(k->vault, fresh, &err));
    must(&err, zp_vault_url(k->vault, "shop", ZP_ENV_DEV, &url, &err));
    v = zp_vault_open(k->path, NULL, "test", &err);
    assert_true(says(&err, !v, "not that of the vault"));
    assert_true(says(&err, !zp_auth_poll(k->auth, false, &err), "does not open"));
    assert_int_equal(zp_auth_generation(k->auth), before); /* what was known stays */
    assert_int_equal(rename(fresh, key), 0);
    must(&err, zp_auth_poll(k->auth, false, &err));
    assert_int_equal(zp_auth_generation(k->auth), before + 1);
    must(&err, zp_auth_poll(k->auth, false, &err));
    v = zp_vault_open(k->path, NULL, "test", &err);
    must(&err, v);
    zp_vault_close(v);
    zp_buf_fini(&url);
}

/* ---------------------------------------------------------------- declarative files */

static bool apply(const kit *k, const char *text, int *changes, zp_error *err)
{
    const zp_apply_hooks hooks = { 0 };

    return zp_vault_apply_text(k->vault, "file", text, strlen(text), &hooks, changes, err);
}

static void applying_twice_changes_nothing(void **state)
{
    static const char text[] =
        "{\"format\":\"zplane-vault/1\",\"databases\":[{\"name\":\"stock\",\"database_id\":\"STOCK\",\"envs\":{\"dev\":"
        "{\"url\":\"sqlite:${NO_SUCH_THING:-a.db}\",\"pool-max\":2}}}],\"clients\":[{\"name\":\"robot\",\"client_key\":"
        "\"ROBOT\",\"rights\":\"read\",\"enabled\":false,\"credentials\":[{\"access_key\":\"ROBOTA\",\"secret_key\":"
        "\"${ROBOT_SECRET}\"}],\"grants\":[{\"database\":\"stock\",\"env\":\"dev\",\"access\":\"read\"}]}]}";
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    int changes = 0;
    bool found, enabled;

    unsetenv("ROBOT_SECRET");
    assert_true(says(&err, !apply(k, text, &changes, &err), "the environment has no ROBOT_SECRET"));
    must(&err, zp_vault_client_get(k->vault, "robot", &found, NULL, NULL, NULL, &err));
    assert_false(found); /* all or nothing */
    setenv("ROBOT_SECRET", "0123456789abcdef", 1);
    must(&err, apply(k, text, &changes, &err));
    assert_true(changes > 0);
    must(&err, apply(k, text, &changes, &err));
    assert_int_equal(changes, 0);
    must(&err, zp_vault_client_get(k->vault, "ROBOT", &found, &enabled, NULL, NULL, &err));
    assert_true(found && !enabled);
}

static void grants_of_a_file_are_all_grants(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    const zp_snapshot *snap;
    int changes = 0;

    must(&err, zp_vault_grant(k->vault, "writer", "shop", ZP_ENV_PROD, ZP_GRANT_READ, NULL, &err));
    must(&err,
         apply(k,
               "{\"format\":\"zplane-vault/1\",\"clients\":[{\"name\":\"writer\",\"client_key\":\"" CLIENT
               "\",\"allow_v1\":true,\"grants\":[{\"database_id\":\"" DATABASE
               "\",\"env\":\"dev\",\"access\":\"read\"}]}]}",
               &changes, &err));
    assert_int_equal(changes, 2);
    must(&err, zp_auth_poll(k->auth, false, &err));
    snap = zp_auth_snapshot(k->auth);
    assert_int_equal(zp_snapshot_client(snap, CLIENT, strlen(CLIENT))->ngrants, 1);
    zp_snapshot_unref(snap);
}

static void mistakes_in_files_are_placed(void **state)
{
    static const char *const cases[][2] = {
        { "{", "file: " },
        { "[]", "file: should be an object" },
        { "{\"format\":\"x\"}", "the format should be" },
        { "{\"format\":\"zplane-vault/1\",\"client\":[]}", "unknown key 'client'" },
        { "{\"format\":\"zplane-vault/1\",\"clients\":{}}", "clients: should be a list" },
        { "{\"format\":\"zplane-vault/1\",\"clients\":[{}]}", "clients[0]: 'name' is missing" },
        { "{\"format\":\"zplane-vault/1\",\"clients\":[{\"name\":\"a\",\"grants\":[{\"database\":\"shop\",\"env\":\"x\","
          "\"access\":\"read\"}]}]}",
          "clients[0].grants[0]: unknown environment 'x'" },
        { "{\"format\":\"zplane-vault/1\",\"clients\":[{\"name\":\"a\",\"allow_v1\":1}]}", "true or false" },
        { "{\"format\":\"zplane-vault/1\",\"databases\":[{\"name\":\"a\",\"envs\":{\"dev\":{\"url\":\"sqlite:x\","
          "\"pool-max\":\"2\"}}}]}",
          "databases[0].envs.dev: 'pool-max' should be a whole number" },
        { "{\"format\":\"zplane-vault/1\",\"databases\":[{\"name\":\"a\",\"envs\":{\"test\":{}}}]}",
          ".envs.test" },
        { "{\"format\":\"zplane-vault/1\",\"databases\":[{\"name\":\"a\",\"envs\":{\"dev\":{\"url\":\"sqlite:${X\"}}}]}",
          "without '}'" },
    };
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    int changes;

    for (size_t i = 0; i < ZP_COUNTOF(cases); i++)
        assert_true(says(&err, !apply(k, cases[i][0], &changes, &err), cases[i][1]));
}

static void note_row(void *arg, const char *const *texts, int count)
{
    zp_buf *all = arg;

    for (int i = 1; i < count; i++)
        zp_buf_printf(all, "%s|", texts[i]);
    zp_buf_putc(all, '\n');
}

static void the_audit_log_tells_all(void **state)
{
    const kit *k = *state;
    zp_error err = ZP_ERROR_INIT;
    zp_buf all = ZP_BUF_INIT;

    must(&err, zp_vault_client_enable(k->vault, "writer", false, &err));
    must(&err, zp_vault_list(k->vault, ZP_REPORT_AUDIT, 2, note_row, &all, &err));
    assert_string_equal(zp_buf_text(&all), "actor|action|object|detail|\n"
                                           "test|grant|writer|" DATABASE " dev readwrite|\n"
                                           "test|client-disable|writer||\n");
    zp_buf_fini(&all);
}

int main(void)
{
#define KIT(f) cmocka_unit_test_setup_teardown(f, kit_set_up, kit_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_open_only_where_they_belong),
        cmocka_unit_test(urls_are_masked),
        KIT(the_file_holds_no_secret),
        KIT(a_key_that_others_can_read_is_refused),
        KIT(the_key_may_come_by_the_environment_and_is_forgotten),
        KIT(what_is_no_vault_is_not_opened),
        KIT(four_credentials_may_be_active),
        KIT(names_and_numbers_are_checked),
        KIT(a_snapshot_holds_everything),
        KIT(another_file_in_its_place_is_followed),
        KIT(a_long_change_delays_no_server),
        KIT(another_master_key),
        KIT(applying_twice_changes_nothing),
        KIT(grants_of_a_file_are_all_grants),
        KIT(mistakes_in_files_are_placed),
        KIT(the_audit_log_tells_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
