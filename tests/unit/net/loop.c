/* Loops: tasks of many threads, timers, tens of thousands of deadlines. */
#include "kit.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, POSTS = 20000 };

typedef struct counter {
    zp_loop *loop;
    int64_t ran, last[THREADS];
} counter;

typedef struct poster {
    counter *c;
    int id;
} poster;

typedef struct note {
    counter *c;
    int id;
    int64_t number;
} note;

static void run_note(void *arg)
{
    note *n = arg;

    assert_int_equal(n->number, n->c->last[n->id] + 1); /* in the order posted */
    n->c->last[n->id] = n->number;
    if (++n->c->ran == THREADS * POSTS)
        zp_loop_stop(n->c->loop);
    free(n);
}

static void *post_many(void *arg)
{
    poster *p = arg;

    for (int64_t i = 1; i <= POSTS; i++) {
        note *n = malloc(sizeof *n);

        *n = (note){ p->c, p->id, i };
        assert_true(zp_loop_post(p->c->loop, run_note, n));
    }
    return NULL;
}

static void tasks_of_many_threads(void **state)
{
    counter c = { .loop = zp_loop_new(0, NULL) };
    pthread_t threads[THREADS];
    poster posters[THREADS];

    for (int i = 0; i < THREADS; i++) {
        posters[i] = (poster){ &c, i };
        pthread_create(&threads[i], NULL, post_many, &posters[i]);
    }
    zp_loop_run(c.loop);
    assert_int_equal(c.ran, THREADS * POSTS);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    zp_loop_free(c.loop);
    (void)state;
}

/* What a task posts waits for the next turn: nobody can lock the sockets out. */
typedef struct chain {
    zp_task task;
    zp_loop *loop;
    int left;
} chain;

static void next_of_chain(void *arg)
{
    chain *c = arg;

    if (--c->left)
        zp_loop_post_task(c->loop, &c->task);
}

static void one_task_per_turn(void **state)
{
    zp_loop *loop = zp_loop_new(0, NULL);
    chain c = { { .fn = next_of_chain }, loop, 5 };

    c.task.arg = &c;
    zp_loop_post_task(loop, &c.task);
    for (int left = 4; left >= 0; left--) {
        zp_loop_once(loop, -1);
        assert_int_equal(c.left, left);
    }
    zp_loop_free(loop);
    (void)state;
}

static void note_time(void *arg)
{
    *(int64_t *)arg = zp_clock_ns();
}

static void precise_timers(void **state)
{
    zp_loop *loop = zp_loop_new(ZP_LOOP_PRECISE, NULL);
    int64_t first = 0, second = 0, never = 0, began = zp_clock_ns();
    zp_timer *a = zp_timer_new(loop, note_time, &first, NULL);
    zp_timer *b = zp_timer_new(loop, note_time, &second, NULL);
    zp_timer *c = zp_timer_new(loop, note_time, &never, NULL);

    zp_timer_set(a, 30000);
    zp_timer_set(b, 10000);
    zp_timer_set(c, 20000);
    zp_timer_stop(c);
    TURN_UNTIL(loop, first && second);
    assert_true(second < first);
    assert_true(second - began >= 10 * 1000000 && first - began >= 30 * 1000000);
    assert_int_equal(never, 0);
    zp_timer_free(a);
    zp_timer_free(b);
    zp_timer_free(c);
    zp_loop_free(loop);
    (void)state;
}

typedef struct patient {
    zp_deadline d;
    int64_t wanted_ms, fired_ms;
} patient;

static int64_t patients_fired;

static void fired(zp_deadline *d)
{
    patient *p = (patient *)d;

    p->fired_ms = zp_clock_ms();
    patients_fired++;
}

static void many_deadlines(void **state)
{
    enum { MANY = 20000 };
    zp_loop *loop = zp_loop_new(0, NULL);
    patient *all = calloc(MANY, sizeof *all);
    int64_t now = zp_clock_ms(), stopped = 0;

    patients_fired = 0;
    for (int i = 0; i < MANY; i++) {
        all[i].wanted_ms = i % 700;
        zp_deadline_set(loop, &all[i].d, 100000, fired);  /* far away */
        zp_deadline_set(loop, &all[i].d, i % 700, fired); /* nearer */
        if (i % 10 == 0) {
            zp_deadline_stop(&all[i].d);
            stopped++;
        } else if (i % 10 == 1) {
            all[i].wanted_ms += 500;
            zp_deadline_set(loop, &all[i].d, i % 700 + 500, fired); /* further */
        }
    }
    TURN_UNTIL(loop, patients_fired == MANY - stopped);
    for (int i = 0; i < MANY; i++) {
        if (i % 10 == 0) {
            assert_int_equal(all[i].fired_ms, 0);
            continue;
        }
        assert_true(all[i].fired_ms - now >= all[i].wanted_ms);
        assert_true(all[i].fired_ms - now <= all[i].wanted_ms + 2000);
    }
    free(all);
    zp_loop_free(loop);
    (void)state;
}

static int entered, left;

static void enter(void *arg)
{
    (void)arg;
    entered++;
}

static void leave(void *arg)
{
    (void)arg;
    left++;
}

static void nothing(void *arg)
{
    (void)arg;
}

/* A turn in which nothing happens does not enter. */
static void around(void **state)
{
    zp_loop *loop = zp_loop_new(0, NULL);

    zp_loop_around(loop, enter, leave, NULL);
    zp_loop_once(loop, 1000);
    assert_int_equal(entered, 0);
    assert_true(zp_loop_post(loop, nothing, NULL));
    assert_true(zp_loop_post(loop, nothing, NULL));
    zp_loop_once(loop, -1);
    assert_int_equal(entered, 1);
    assert_int_equal(left, 1);
    zp_loop_around(loop, NULL, NULL, NULL);
    zp_loop_free(loop);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_of_many_threads),
        cmocka_unit_test(one_task_per_turn),
        cmocka_unit_test(precise_timers),
        cmocka_unit_test(many_deadlines),
        cmocka_unit_test(around),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
