/* Sorting and grouping of keys against the C library, on keys of several kinds. */
#include "unit.h"

#include "kernel/sort.h"

#include <math.h>
#include <stdlib.h>

static uint64_t state = 1;

static uint64_t word(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state ^ (state >> 29);
}

static uint64_t key_of_kind(int kind, int64_t i, int64_t n)
{
    uint64_t w = word();
    double d = (double)(w >> 11) * 0x1p-53;

    switch (kind) {
    case 0: return w;
    case 1: return w % 10;
    case 2: return zp_key_dbl(d);
    case 3: return zp_key_dbl((d - 0.5) * pow(10, (double)(w % 300)));
    case 4: return (uint64_t)i;
    case 5: return (uint64_t)(n - i);
    case 6: return i % 3 ? w & 0xff : w;
    default: return (w % 2 ? UINT64_C(0xff00000000000000) : 0) | (w >> 50);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void check_sort(int kind, int64_t n)
{
    uint64_t *keys = malloc((size_t)(n + 1) * 3 * sizeof *keys), *want = keys + n, *spare = want + n, *got;
    zp_pair *pairs = malloc((size_t)(n + 1) * 2 * sizeof *pairs), *sorted;

    for (int64_t i = 0; i < n; i++) {
        keys[i] = want[i] = key_of_kind(kind, i, n);
        pairs[i] = (zp_pair){ keys[i], i };
    }
    qsort(want, (size_t)n, sizeof *want, compare);
    got = zp_k_sort(keys, spare, n);
    sorted = zp_k_sort_pairs(pairs, pairs + n, n);
    for (int64_t i = 0; i < n; i++) {
        assert_true(got[i] == want[i]);
        assert_true(sorted[i].key == want[i]);
        assert_true(i == 0 || sorted[i].key != sorted[i - 1].key || sorted[i].pos > sorted[i - 1].pos);
    }
    free(keys);
    free(pairs);
}

static void sorts(void **unused)
{
    static const int64_t sizes[] = { 0, 1, 2, 31, 33, 500, 5000, 40000, 300000 };
    for (int kind = 0; kind < 8; kind++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            check_sort(kind, sizes[k]);
}

/* first[i] must be set where a sorted stable list of pairs begins a new key. */
static void check_first(int kind, int64_t n)
{
    uint64_t *keys = malloc((size_t)(n + 1) * sizeof *keys);
    uint8_t *first = malloc((size_t)n + 1);
    zp_pair *pairs = malloc((size_t)(n + 1) * 4 * sizeof *pairs), *sorted;

    for (int64_t i = 0; i < n; i++) {
        keys[i] = key_of_kind(kind, i, n);
        pairs[2 * n + i] = (zp_pair){ keys[i], i };
    }
    zp_k_first(first, keys, n, pairs, (int64_t *)(void *)pairs);
    sorted = zp_k_sort_pairs(pairs + 2 * n, pairs, n);
    for (int64_t i = 0; i < n; i++)
        assert_true(first[sorted[i].pos] == (i == 0 || sorted[i].key != sorted[i - 1].key));
    free(keys);
    free(first);
    free(pairs);
}

static void firsts(void **unused)
{
    for (int kind = 0; kind < 8; kind++) {
        check_first(kind, 1000);
        check_first(kind, 200000);
    }
}

static void looks_up(void **unused)
{
    uint64_t keys[] = { 5, 7, 5, 9 };
    int64_t *table = malloc((size_t)zp_k_table_size(4) * sizeof *table);
    zp_lookup l;

    zp_k_lookup_init(&l, keys, 4, table);
    assert_true(zp_k_lookup(&l, 5) == 0);
    assert_true(zp_k_lookup(&l, 9) == 3);
    assert_true(zp_k_lookup(&l, 6) == -1);
    free(table);
}

static void keys_sort_like_doubles(void **unused)
{
    static const double order[] = { -INFINITY, -1e300, -1, -1e-300, 0, 1e-300, 1, 1e300, INFINITY };
    for (size_t i = 1; i < sizeof order / sizeof *order; i++) {
        assert_true(zp_key_dbl(order[i - 1]) < zp_key_dbl(order[i]));
        assert_true(zp_dbl_key(zp_key_dbl(order[i])) == order[i]);
    }
    assert_true(zp_key_dbl(-0.0) == zp_key_dbl(0.0));
    assert_true(zp_key_dbl(NAN) > zp_key_dbl(INFINITY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts),
        cmocka_unit_test(firsts),
        cmocka_unit_test(looks_up),
        cmocka_unit_test(keys_sort_like_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
