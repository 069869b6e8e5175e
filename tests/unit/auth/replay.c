/* Used nonces: exactly one of racing copies, epochs, restarts, and when the files cannot be trusted. */
#include <fcntl.h>
#include <pthread.h>

#include "kit.h"

static zp_slice slice(const char *text)
{
    return (zp_slice){ text, strlen(text) };
}

typedef struct dirs {
    char dir[64];
} dirs;

static int set_up(void **state)
{
    dirs *d = calloc(1, sizeof *d);

    strcpy(d->dir, "/tmp/zplane-replay-XXXXXX");
    *state = d;
    return mkdtemp(d->dir) ? 0 : 1;
}

static int tear_down(void **state)
{
    dirs *d = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf %s", d->dir);
    free(d);
    return system(command);
}

static zp__replay *open_at(const char *dir, int64_t now)
{
    zp_error err = ZP_ERROR_INIT;
    zp__replay *r = zp__replay_new(dir, 300, now, &err);

    must(&err, r);
    return r;
}

static void a_pair_is_fresh_once(void **state)
{
    zp__replay *r = open_at(NULL, NOW);

    assert_int_equal(zp__replay_use(r, slice("a"), slice("bc"), NOW + 300, NOW), ZP__REPLAY_FRESH);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("bc"), NOW + 300, NOW), ZP__REPLAY_SEEN);
    /* with another timestamp it falls into another epoch, and is the same pair all the same */
    assert_int_equal(zp__replay_use(r, slice("a"), slice("bc"), NOW + 599, NOW + 1), ZP__REPLAY_SEEN);
    assert_int_equal(zp__replay_use(r, slice("ab"), slice("c"), NOW + 300, NOW), ZP__REPLAY_FRESH);
    assert_int_equal(zp__replay_use(r, slice("b"), slice("bc"), NOW + 300, NOW), ZP__REPLAY_FRESH);
    zp__replay_free(r);
}

static void a_clock_that_goes_back_opens_nothing(void **state)
{
    zp__replay *r = open_at(NULL, NOW);

    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 10, NOW), ZP__REPLAY_FRESH);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("y"), NOW + 5000, NOW + 5000), ZP__REPLAY_FRESH);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 10, NOW), ZP__REPLAY_STALE);
    zp__replay_free(r);
}

static void many_entries_are_all_kept(void **state)
{
    zp__replay *r = open_at(NULL, NOW);
    char nonce[16];

    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 20000; i++) {
            snprintf(nonce, sizeof nonce, "n%d", i);
            assert_int_equal(zp__replay_use(r, slice("c"), slice(nonce), NOW + i % 600, NOW),
                             pass ? ZP__REPLAY_SEEN : ZP__REPLAY_FRESH);
        }
    }
    zp__replay_free(r);
}

static void a_restart_remembers(void **state)
{
    const dirs *d = *state;
    zp__replay *r = open_at(d->dir, NOW);
    zp_error err = ZP_ERROR_INIT;

    assert_int_equal(zp__replay_not_before(r), 0);
    assert_null(zp__replay_notice(r));
    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 300, NOW), ZP__REPLAY_FRESH);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("old"), NOW + 20, NOW), ZP__REPLAY_FRESH);
    assert_null(zp__replay_new(d->dir, 300, NOW, &err)); /* one server per directory */
    assert_non_null(strstr(zp_error_text(&err), "used by another server"));
    zp_error_clear(&err);
    zp__replay_free(r);
    r = open_at(d->dir, NOW + 100);
    assert_int_equal(zp__replay_not_before(r), 0);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 300, NOW + 100), ZP__REPLAY_SEEN);
    zp__replay_free(r);
}

static void write_text(const char *dir, const char *name, const char *text, size_t len, int flags)
{
    char path[128];
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_WRONLY | flags, 0600);
    assert_true(fd >= 0 && write(fd, text, len) == (ssize_t)len);
    close(fd);
}

static void torn_and_foreign_records_do_no_harm(void **state)
{
    const dirs *d = *state;
    zp__replay *r = open_at(d->dir, NOW);
    char name[64], noise[100];

    memset(noise, 0xee, sizeof noise);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 300, NOW), ZP__REPLAY_FRESH);
    zp__replay_free(r);
    snprintf(name, sizeof name, "replay-%d", (NOW + 300) / 300);
    write_text(d->dir, name, noise, 11, O_APPEND); /* torn */
    write_text(d->dir, "replay-77", noise, sizeof noise, O_CREAT);
    r = open_at(d->dir, NOW + 1);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("x"), NOW + 300, NOW + 1), ZP__REPLAY_SEEN);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("y"), NOW + 300, NOW + 1), ZP__REPLAY_FRESH);
    zp__replay_free(r);
    r = open_at(d->dir, NOW + 2);
    assert_int_equal(zp__replay_use(r, slice("a"), slice("y"), NOW + 300, NOW + 2), ZP__REPLAY_SEEN);
    zp__replay_free(r);
}

static void another_boot_without_an_orderly_end_is_not_trusted(void **state)
{
    const dirs *d = *state;

    zp__replay_free(open_at(d->dir, NOW));
    write_text(d->dir, "replay.boot", "another-boot", 12, O_TRUNC);
    for (int i = 0; i < 2; i++) {
        zp__replay *r = open_at(d->dir, NOW + i);

        assert_int_equal(zp__replay_not_before(r), i ? 0 : NOW);
        assert_true((zp__replay_notice(r) != NULL) == !i);
        zp__replay_free(r); /* this one ends in order */
    }
    write_text(d->dir, "replay.boot", "another-boot clean", 18, O_TRUNC);
    zp__replay *r = open_at(d->dir, NOW);
    assert_int_equal(zp__replay_not_before(r), 0);
    zp__replay_free(r);
}

/* ---------------------------------------------------------------- races */

enum { RACERS = 4, ROUNDS = 300 };

typedef struct race {
    zp__replay *replay;
    pthread_barrier_t *start;
    int won;
} race;

static void *run_race(void *arg)
{
    race *r = arg;
    char nonce[16];

    pthread_barrier_wait(r->start);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(nonce, sizeof nonce, "r%d", i);
        r->won += zp__replay_use(r->replay, slice("c"), slice(nonce), NOW + 300, NOW) == ZP__REPLAY_FRESH;
    }
    return NULL;
}

static void one_of_racing_copies_wins(void **state)
{
    const dirs *d = *state;
    zp__replay *replay = open_at(d->dir, NOW);
    pthread_barrier_t start;
    pthread_t threads[RACERS];
    race races[RACERS];
    int won = 0;

    pthread_barrier_init(&start, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) {
        races[i] = (race){ replay, &start, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, run_race, &races[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        won += races[i].won;
    }
    assert_int_equal(won, ROUNDS);
    pthread_barrier_destroy(&start);
    zp__replay_free(replay);
}

int main(void)
{
#define DIRS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_fresh_once),
        cmocka_unit_test(a_clock_that_goes_back_opens_nothing),
        cmocka_unit_test(many_entries_are_all_kept),
        DIRS(a_restart_remembers),
        DIRS(torn_and_foreign_records_do_no_harm),
        DIRS(another_boot_without_an_orderly_end_is_not_trusted),
        DIRS(one_of_racing_copies_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
