/* Small appends go through mapped windows: which ones, where, how many, and what is in the files then. */
#include "kit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/check.h"

static zp_io counted;
static long opened, copies, written; /* windows, copies into them, writes by calls */

static int count_window(int fd, int64_t place, size_t len, void **out)
{
    const int r = zp_io_system.window(fd, place, len, out);

    opened += r >= 0;
    return r;
}

static void count_store(int fd, void *to, const void *from, size_t len, int64_t place)
{
    copies++;
    zp_io_system.store(fd, to, from, len, place);
}

static ssize_t count_pwrite(int fd, const void *from, size_t len, int64_t place)
{
    written++;
    return zp_io_system.pwrite(fd, from, len, place);
}

static int no_window(int fd, int64_t place, size_t len, void **out)
{
    return -EOPNOTSUPP;
}

static void count(int (*window)(int fd, int64_t place, size_t len, void **out))
{
    counted = zp_io_system;
    counted.window = window;
    counted.store = count_store;
    counted.pwrite = count_pwrite;
    opened = copies = written = 0;
    zp_io_set(&counted);
}

/* A series of `cols` columns to which n rows are appended one by one. */
static zp_value grown(const char *name, zp_store_options options, int64_t cols, int64_t n)
{
    zp_value z = create_take(name, series(0, cols, 0), options);

    for (int64_t i = 0; i < n; i++)
        assert_true(append_series(&z, 1, i, NULL));
    return z;
}

/* Row i holds i, i + 1, ... */
static void check_rows(const char *name, int64_t cols, int64_t n)
{
    zp_value z = open_it(name, true);
    zp_error err = ZP_ERROR_INIT;

    assert_int_equal(zp_dim(z, 0), n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < cols; j++)
            if (cell(z, i, j) != (double)(i + j))
                fail_msg("row %lld of column %lld is %g", (long long)i, (long long)j, cell(z, i, j));
    if (!zp_check_quiet(at(name), &err))
        fail_msg("%s", zp_error_text(&err));
    zp_value_unref(z);
}

static void test_no_calls(void **state)
{
    enum { N = 400000 }; /* more than the first stretch of zeros, and several windows */
    zp_value z;

    (void)state;
    count(count_window);
    z = grown("calls", (zp_store_options){ .sync = ZP_SYNC_NONE }, 2, N);
    if (opened) { /* a file system that writes in place */
        assert_true(copies > 4 * N - 1000);
        assert_true(written < N / 100);
    }
    zp_value_unref(z);
    zp_io_set(NULL);
    check_rows("calls", 2, N);
}

static void test_nothing_can_be_mapped(void **state)
{
    zp_value z;

    (void)state;
    count(no_window);
    z = grown("unmapped", (zp_store_options){ .sync = ZP_SYNC_NONE }, 2, 3000);
    assert_int_equal(copies, 0);
    zp_value_unref(z);
    zp_io_set(NULL);
    check_rows("unmapped", 2, 3000);
}

/* A flush writes whole pieces of what was touched through a window: who waits for each row does not use it. */
static void test_alone_with_flushes(void **state)
{
    zp_value z = create_take("alone", series(0, 1, 0), ZP_STORE_OPTIONS);

    (void)state;
    count(count_window);
    for (int64_t i = 0; i < 100; i++) {
        assert_true(append_series(&z, 1, i, NULL));
        assert_true(zp_store_wait(zp_store_of(z), NULL));
    }
    assert_true(copies < 100); /* the commit records */
    zp_value_unref(z);
    zp_io_set(NULL);
    check_rows("alone", 1, 100);
}

/* Rows cut off at the end, then others: they are written where there are blocks. */
static void test_back_and_on(void **state)
{
    zp_value z = grown("back", (zp_store_options){ .sync = ZP_SYNC_NONE }, 2, 20000);

    (void)state;
    zp_value_unref(z);
    z = open_it("back", true);
    assert_true(zp_store_resize(&z, 0, 5, NULL));
    for (int64_t i = 5; i < 9000; i++)
        assert_true(append_series(&z, 1, i, NULL));
    zp_value_unref(z);
    check_rows("back", 2, 9000);
}

static int lines_of(const char *path, const char *word)
{
    FILE *f = fopen(path, "r");
    char text[1000];
    int n = 0;

    while (f && fgets(text, sizeof text, f))
        n += strstr(text, word) && strstr(text, "rw-s");
    if (f)
        fclose(f);
    return n;
}

/* Windows are few: who needs one when there are too many takes those of others. */
static void test_many_objects(void **state)
{
    enum { OBJECTS = 11, COLS = 400, N = 40 };
    const zp_store_options options = { .sync = ZP_SYNC_NONE };
    struct rlimit files;
    zp_value z[OBJECTS];
    char name[20];

    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < 8192)
        skip();
    for (int i = 0; i < OBJECTS; i++) {
        snprintf(name, sizeof name, "many%d", i);
        z[i] = grown(name, options, COLS, N);
        assert_true(lines_of("/proc/self/maps", "/many") <= 4096);
    }
    for (int i = 0; i < OBJECTS; i++)
        zp_value_unref(z[i]);
    assert_int_equal(lines_of("/proc/self/maps", "/many"), 0);
    for (int i = 0; i < OBJECTS; i++) {
        snprintf(name, sizeof name, "many%d", i);
        check_rows(name, COLS, N);
    }
}

static void write_for_ever(void)
{
    zp_value z = open_it("fast", true);
    const double x = 1;
    const void *column = &x;

    alarm(60);
    for (int64_t t = 1;; t++)
        if (!zp_store_append(&z, &t, &column, 1, NULL))
            _exit(1);
}

/* Commits take each other's place faster than the records can be read: nobody is shown an older one than before. */
static void test_commits_in_order(void **state)
{
    enum { LOOKS = 20000 };
    uint64_t last = 0, seen = 0, before = 0;
    bool opened_all = true;
    pid_t writer;

    (void)state;
    zp_value_unref(create_take("fast", series(0, 1, 0), (zp_store_options){ .sync = ZP_SYNC_NONE }));
    writer = fork();
    if (writer == 0)
        write_for_ever();
    for (int i = 0; (i < LOOKS || seen < 10) && opened_all && before <= last; i++) {
        zp_fmt_object o;

        before = last;
        opened_all = zp_fmt_object_open(&o, at("fast"), NULL);
        if (!opened_all)
            break;
        last = o.commit.seq;
        seen += last > before;
        zp_fmt_object_close(&o);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_true(opened_all);
    assert_true(before <= last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_calls),           cmocka_unit_test(test_nothing_can_be_mapped),
        cmocka_unit_test(test_alone_with_flushes), cmocka_unit_test(test_back_and_on),
        cmocka_unit_test(test_many_objects),       cmocka_unit_test(test_commits_in_order),
    };

    return cmocka_run_group_tests(tests, kit_setup, kit_teardown);
}
