/* Tasks and ranges are done once each, whoever does them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "kernel/kernel.h"

enum { TASKS = 1000, ELEMENTS = 100000 };

static void mark(void *arg, int64_t task)
{
    atomic_fetch_add(&((_Atomic int *)arg)[task], 1);
}

static void mark_range(void *arg, int64_t from, int64_t to)
{
    assert_int_equal(from % 64, 0);
    for (int64_t i = from; i < to; i++)
        mark(arg, i);
}

static void *all_tasks(void *unused)
{
    _Atomic int seen[TASKS] = { 0 };

    for (int round = 0; round < 50; round++)
        zp_parallel_tasks(TASKS, mark, seen);
    for (int i = 0; i < TASKS; i++)
        assert_int_equal(seen[i], 50);
    return NULL;
}

static void each_task_once(void **unused)
{
    zp_parallel_threads(4);
    all_tasks(NULL);
    zp_parallel_threads(0);
}

static void several_callers(void **unused)
{
    pthread_t ids[3];

    zp_parallel_threads(3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, all_tasks, NULL), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
    zp_parallel_threads(0);
}

static void inner(void *arg, int64_t task)
{
    (void)task;
    zp_parallel_tasks(TASKS, mark, arg);
}

static void jobs_within_jobs(void **unused)
{
    _Atomic int seen[TASKS] = { 0 };

    zp_parallel_threads(4);
    zp_parallel_tasks(8, inner, seen);
    for (int i = 0; i < TASKS; i++)
        assert_int_equal(seen[i], 8);
    zp_parallel_threads(0);
}

static void ranges_cover(void **unused)
{
    static _Atomic int seen[ELEMENTS];

    zp_parallel_threads(4);
    zp_parallel(ELEMENTS, 100, mark_range, seen);
    zp_parallel(0, 100, mark_range, seen);
    for (int i = 0; i < ELEMENTS; i++)
        assert_int_equal(seen[i], 1);
    zp_parallel_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_once),
        cmocka_unit_test(several_callers),
        cmocka_unit_test(jobs_within_jobs),
        cmocka_unit_test(ranges_cover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
