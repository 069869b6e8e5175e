/* Schemas: reading, names, relations, differences, warnings. */
#include "../unit.h"

#include <string.h>

#include "backend/schema.h"

static const char shop[] =
    "{\"format\":\"zql-schema/1\",\"database\":\"shop\",\"schemas\":{"
    "\"user\":{\"table\":\"users\",\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"int\",\"auto\":\"increment\"},"
    "\"count\":{\"type\":\"varchar\",\"length\":10,\"default\":\"a\"}}},"
    "\"order\":{\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"ztid\",\"auto\":\"ztid\"},\"price\":{\"type\":\"decimal\",\"precision\":10,"
    "\"scale\":2,\"nullable\":false}},\"relations\":{\"user\":{\"schema\":\"user\",\"column\":\"user_id\",\"references\":\"id\"}}}}}";

static zp_schemas *set_of(const char *json)
{
    zp_schemas *set = zp_schemas_new(NULL);
    zp_error err = ZP_ERROR_INIT;

    if (!zp_schemas_add_file(set, json, strlen(json), NULL, &err) || !zp_schemas_link(set, true, &err))
        fail_msg("%s", zp_error_text(&err));
    return set;
}

static void test_names(void **state)
{
    zp_schemas *set = set_of(shop);
    const zp_schema *order = zp_schemas_find(set, "order", 5);

    assert_int_equal(zp_schemas_count(set), 2);
    assert_null(zp_schemas_find(set, "Order", 5));
    assert_int_equal(zp_schema_field(order, "price", 5), 1);
    assert_int_equal(zp_schema_field(order, "user", 4), 2);
    assert_int_equal(zp_schema_field(order, "user_id", 7), 2);
    assert_int_equal(zp_schema_field(order, "User", 4), -1);
    assert_int_equal(order->fields[2].type, ZP_ZQL_INT);
    assert_ptr_equal(order->fields[2].target, zp_schemas_find(set, "user", 4));
    assert_string_equal(order->table.ptr, "order");
    zp_schemas_free(set);
}

/* Each is refused, and the message names what it is about. */
static void test_mistakes(void **state)
{
    static const char *const bad[][2] = {
        { "{}", "fields" },
        { "[]", "object" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"}}}", "primary_key" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"}},\"primary_key\":\"nope\"}", "primary_key" },
        { "{\"fields\":{\"id\":{\"type\":\"number\"}},\"primary_key\":\"id\"}", "unknown type" },
        { "{\"fields\":{\"id\":{}},\"primary_key\":\"id\"}", "type" },
        { "{\"fields\":{\"a b\":{\"type\":\"int\"}},\"primary_key\":\"a b\"}", "letters" },
        { "{\"fields\":{\"1a\":{\"type\":\"int\"}},\"primary_key\":\"1a\"}", "letters" },
        { "{\"fields\":{\"id\":{\"type\":\"varchar\"}},\"primary_key\":\"id\"}", "length" },
        { "{\"fields\":{\"id\":{\"type\":\"decimal\"}},\"primary_key\":\"id\"}", "precision" },
        { "{\"fields\":{\"id\":{\"type\":\"int\",\"length\":5}},\"primary_key\":\"id\"}", "length" },
        { "{\"fields\":{\"id\":{\"type\":\"text\",\"auto\":\"increment\"}},\"primary_key\":\"id\"}", "auto" },
        { "{\"fields\":{\"id\":{\"type\":\"int\",\"nullabel\":true}},\"primary_key\":\"id\"}",
          "unknown key" },
        { "{\"fields\":{\"id\":{\"type\":\"int\",\"nullable\":1}},\"primary_key\":\"id\"}", "true or false" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"},\"b\":{\"type\":\"int\",\"column\":\"id\"}},\"primary_key\":\"id\"}",
          "same column" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"}},\"relations\":{\"r\":{\"column\":\"x\"}},\"primary_key\":\"id\"}",
          "schema" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"}},\"relations\":{\"id\":{\"schema\":\"x\",\"column\":\"y\"}},\"primary_key\":\"id\"}",
          "twice" },
        { "{\"fields\":{\"id\":{\"type\":\"int\"}},\"primary_key\":\"id\",\"keys\":1}", "unknown key" },
    };

    for (size_t i = 0; i < ZP_COUNTOF(bad); i++) {
        zp_schemas *set = zp_schemas_new(NULL);
        zp_error err = ZP_ERROR_INIT;

        if (zp_schemas_add(set, "s", 1, bad[i][0], strlen(bad[i][0]), &err) ||
            !strstr(zp_error_text(&err), bad[i][1]))
            fail_msg("%s: %s", bad[i][0], zp_error_text(&err));
        zp_error_clear(&err);
        zp_schemas_free(set);
    }
}

static void test_broken_relations(void **state)
{
    static const char lonely[] =
        "{\"fields\":{\"id\":{\"type\":\"int\"}},\"primary_key\":\"id\",\"relations\":{\"r\":{\"schema\":\"x\",\"column\":\"x_id\"}}}";
    static const char circle[] =
        "{\"fields\":{\"id\":{\"type\":\"int\"}},\"primary_key\":\"id\",\"relations\":{\"r\":{\"schema\":\"s\",\"column\":\"x_id\",\"references\":\"r\"}}}";
    zp_schemas *set = zp_schemas_new(NULL);
    zp_error err = ZP_ERROR_INIT;

    if (!zp_schemas_add(set, "s", 1, lonely, strlen(lonely), &err))
        fail_msg("%s", zp_error_text(&err));
    assert_false(zp_schemas_link(set, true, NULL));
    assert_true(zp_schemas_link(set, false, NULL));
    assert_non_null(zp_schemas_at(set, 0)->broken);
    zp_schemas_free(set);
    set = zp_schemas_new(NULL);
    assert_true(zp_schemas_add(set, "s", 1, circle, strlen(circle), NULL));
    assert_false(zp_schemas_link(set, true, NULL));
    zp_schemas_free(set);
}

static void test_text_is_stable(void **state)
{
    zp_schemas *set = set_of(shop), *again = zp_schemas_new(NULL);
    zp_buf a = ZP_BUF_INIT, b = ZP_BUF_INIT;

    for (int i = 0; i < 2; i++) {
        zp_buf_clear(&a);
        zp_buf_clear(&b);
        zp_schema_put(&a, zp_schemas_at(set, i));
        assert_true(zp_schemas_add(again, zp_schemas_at(set, i)->name.ptr, 1, a.ptr, a.len, NULL));
        zp_schema_put(&b, zp_schemas_at(again, i));
        assert_string_equal(a.ptr, b.ptr);
    }
    zp_buf_fini(&a);
    zp_buf_fini(&b);
    zp_schemas_free(set);
    zp_schemas_free(again);
}

static void collect(void *arg, const char *sentence, bool narrows)
{
    zp_buf_printf(arg, "%s%s\n", narrows ? "! " : "", sentence);
}

static void test_differences(void **state)
{
    static const char old[] =
        "{\"table\":\"x\",\"fields\":{\"id\":{\"type\":\"int\"},\"a\":{\"type\":\"varchar\",\"length\":10},\"gone\":{\"type\":\"int\"},\"w\":{\"type\":\"int\"}},\"primary_key\":\"id\"}";
    static const char now[] =
        "{\"table\":\"x\",\"fields\":{\"id\":{\"type\":\"int\"},\"a\":{\"type\":\"varchar\",\"length\":5},\"b\":{\"type\":\"int\"},\"w\":{\"type\":\"bigint\"}},\"primary_key\":\"id\"}";
    zp_schemas *set = zp_schemas_new(NULL);
    zp_buf text = ZP_BUF_INIT;

    assert_true(zp_schemas_add(set, "o", 1, old, strlen(old), NULL) &&
                zp_schemas_add(set, "n", 2, now, strlen(now), NULL));
    assert_int_equal(zp_schema_diff(zp_schemas_at(set, 0), zp_schemas_at(set, 1), collect, &text), 2);
    assert_string_equal(
        text.ptr,
        "! field 'a' has length 5 instead of 10\nfield 'b' is new\nfield 'w' is bigint instead of int\n"
        "! field 'gone' is gone\n");
    assert_int_equal(zp_schema_diff(zp_schemas_at(set, 0), zp_schemas_at(set, 0), NULL, NULL), 0);
    assert_int_equal(zp_schema_diff(NULL, zp_schemas_at(set, 0), NULL, NULL), 0);
    zp_buf_fini(&text);
    zp_schemas_free(set);
}

static void warn(void *arg, const char *sentence)
{
    ++*(int *)arg;
}

static void test_warnings(void **state)
{
    zp_schemas *set = set_of(shop);
    int n = 0;

    zp_schema_warnings(zp_schemas_find(set, "user", 4), warn, &n);
    assert_int_equal(n, 2); /* count: both drivers */
    zp_schemas_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_broken_relations),
        cmocka_unit_test(test_text_is_stable),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_warnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
