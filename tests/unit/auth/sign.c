#include "auth/sign.h"

#include <string.h>

#include "../unit.h"

static void vector_of_the_protocol(void **state)
{
    char signature[ZP_SIGNATURE_LEN + 1];

    assert_true(zp_sign_connect("4UDEMOSHOPACCESSWRITER0001",
                                "73c005f7035e02f986785dda57e796fe4b3bf14ad6639f3c511cee7d2977a37a",
                                1764547200, "3f2a9c1e-7b64-4d0f-9a57-0c8be1d24f60", signature));
    assert_string_equal(signature, "ebbb82dc431044882fddf2911ffaa9a1b94fa5a9fa6b80e86b007117595f0544");
}

static void long_texts_are_refused_not_cut(void **state)
{
    char signature[ZP_SIGNATURE_LEN + 1], nonce[800];

    memset(nonce, 'n', sizeof nonce - 1);
    nonce[sizeof nonce - 1] = '\0';
    assert_false(zp_sign_connect("a", "s", 1, nonce, signature));
}

static void nonces_are_uuids_and_differ(void **state)
{
    char a[ZP_NONCE_LEN + 1], b[ZP_NONCE_LEN + 1];

    assert_true(zp_sign_nonce(a) && zp_sign_nonce(b));
    assert_int_equal(strlen(a), ZP_NONCE_LEN);
    assert_int_equal(strspn(a, "0123456789abcdef-"), ZP_NONCE_LEN);
    assert_true(a[8] == '-' && a[13] == '-' && a[14] == '4' && a[18] == '-' && a[23] == '-');
    assert_non_null(strchr("89ab", a[19]));
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_of_the_protocol),
        cmocka_unit_test(long_texts_are_refused_not_cut),
        cmocka_unit_test(nonces_are_uuids_and_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
