/* Prepared expressions as a program uses them: values by name, errors, callbacks, threads, a server that comes back.
 *
 *     stream_probe prepared WHERE       says "away" before the server may be killed and waits for a line: it is back */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zplane.h"

int prepared_probe(int argc, char **argv);

#define CHECK(what)                                                            \
    do {                                                                       \
        if (!(what)) {                                                         \
            printf("line %d: %s (%d: %s)\n", __LINE__, #what, e.code, e.text); \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static _Thread_local zplane_error e;
static zplane *con;

static bool is_double(zplane_value *take, double d)
{
    bool same = take && zplane_value_type(take) == ZPLANE_DOUBLE && zplane_doubles(take, 0)[0] == d;

    zplane_value_free(take);
    return same;
}

static zplane_value *with_double(zplane_prepared *p, const char *name, double d)
{
    zplane_value *v = zplane_new_double(d);
    zplane_bind bind = { name, v };
    zplane_value *got = zplane_execute(p, 1, &bind, 20000, &e);

    zplane_value_free(v);
    return got;
}

/* ---------------------------------------------------------------- values and errors */

static void values(void)
{
    zplane_param params[] = { { "x", ZPLANE_DOUBLE }, { "label", ZPLANE_STRING }, { "any", ZPLANE_ANY } };
    zplane_prepared *p = zplane_prepare(con, "paste0(label, sum(x), length(any))", 3, params, 10000, &e);
    double elements[] = { 1, 2, 3 };
    int64_t dim = 3;
    zplane_value *x = zplane_new_array(ZPLANE_DOUBLE, 1, &dim, elements), *s = zplane_new_string("n"),
                 *list = zplane_new_list();
    zplane_bind binds[] = { { "any", list }, { "x", x }, { "label", s } };
    zplane_bind in_order[] = { { NULL, x }, { NULL, s }, { NULL, list } };
    zplane_value *v;

    CHECK(p);
    v = zplane_execute(p, 3, binds, 10000, &e);
    CHECK(v && strcmp(zplane_string(v, 0, NULL), "n60") == 0);
    zplane_value_free(v);
    v = zplane_execute(p, 3, in_order, 10000, &e);
    CHECK(v && strcmp(zplane_string(v, 0, NULL), "n60") == 0);
    zplane_value_free(v);
    CHECK(!zplane_execute(p, 2, binds, 10000, &e) && e.code == ZPLANE_EUSAGE &&
          strcmp(e.text, "parameter 'label' has no value") == 0);
    binds[0].name = "other";
    CHECK(!zplane_execute(p, 3, binds, 10000, &e) &&
          strcmp(e.text, "the prepared expression has no parameter 'other'") == 0);
    binds[0].name = "x";
    CHECK(!zplane_execute(p, 3, binds, 10000, &e) && strstr(e.text, "should be 'double' but is"));
    binds[0] = binds[1];
    CHECK(!zplane_execute(p, 3, binds, 10000, &e) && strcmp(e.text, "parameter 'x' has two values") == 0);
    zplane_prepared_free(p);
    zplane_value_free(x);
    zplane_value_free(s);
    zplane_value_free(list);
}

static void on_failure(void *arg, zplane_value *value, const zplane_error *error)
{
    zplane_value_free(value);
    *(zplane_error *)arg = error ? *error : (zplane_error){ 0 };
}

static void errors(void)
{
    zplane_param twice[] = { { "x", ZPLANE_ANY }, { "x", ZPLANE_ANY } }, odd = { "x", 99 },
                 none = { "", ZPLANE_ANY };
    zplane_error got = { .code = -1 };
    zplane_prepared *p;

    CHECK(!zplane_prepare(con, "1 +* 2", 0, NULL, 10000, &e) && e.code == ZPLANE_EREMOTE &&
          strncmp(e.text, "syntax error", 12) == 0 && e.line == 1 && e.col == 4);
    CHECK(!zplane_query(con, "1\nnosuch", 0, NULL, 10000, &e) && e.line == 2 && e.col == 1);
    CHECK(!zplane_prepare(con, "x", 2, twice, 10000, &e) && e.code == ZPLANE_EREMOTE);
    CHECK(!zplane_prepare(con, "x", 1, &odd, 10000, &e) && e.code == ZPLANE_EUSAGE);
    CHECK(!zplane_prepare(con, "x", 1, &none, 10000, &e) && e.code == ZPLANE_EUSAGE);
    CHECK(!zplane_prepare(con, NULL, 0, NULL, 10000, &e) && e.code == ZPLANE_EUSAGE);
    CHECK(!zplane_execute(NULL, 0, NULL, 10000, &e) && e.code == ZPLANE_EUSAGE);
    p = zplane_prepare(con, "1 +", 0, NULL, -1, &e); /* nobody waits: its evaluations say what is wrong */
    CHECK(p && zplane_execute_start(p, 0, NULL, 0, on_failure, &got, &e));
    while (got.code == -1)
        CHECK(zplane_wait(con, 10000, &e));
    CHECK(got.code == ZPLANE_EREMOTE && strncmp(got.text, "syntax error", 12) == 0);
    CHECK(!zplane_execute(p, 0, NULL, 10000, &e) && strncmp(e.text, "syntax error", 12) == 0);
    zplane_prepared_free(p);
    p = zplane_prepare(con, "Sys.sleep(10)", 0, NULL, 10000, &e);
    CHECK(p && !zplane_execute(p, 0, NULL, 50, &e) && e.code == ZPLANE_ETIMEOUT);
    zplane_prepared_free(p);
}

/* ---------------------------------------------------------------- callbacks and threads */

static void add(void *arg, zplane_value *value, const zplane_error *error)
{
    double *sum = arg;

    if (value && !error)
        *sum += zplane_doubles(value, 0)[0];
    zplane_value_free(value);
}

static void callbacks(void)
{
    zplane_param param = { "i", ZPLANE_DOUBLE };
    zplane_prepared *p = zplane_prepare(con, "i * i", 1, &param, -1, &e);
    double sum = 0;

    CHECK(p);
    for (int i = 1; i <= 100; i++) {
        zplane_value *v = zplane_new_double(i);
        zplane_bind bind = { "i", v };

        CHECK(zplane_execute_start(p, 1, &bind, 0, add, &sum, &e));
        zplane_value_free(v);
    }
    zplane_prepared_free(p); /* what is under way is answered */
    for (int i = 0; i < 1000 && sum != 338350; i++)
        CHECK(zplane_wait(con, 10000, &e));
    CHECK(sum == 338350);
}

static zplane_prepared *shared;

static void *work(void *arg)
{
    long me = (long)(intptr_t)arg, wrong = 0;
    zplane_param param = { "x", ZPLANE_DOUBLE };

    for (int i = 0; i < 100; i++) {
        zplane_prepared *mine = zplane_prepare(con, "x + 0.5", 1, &param, 20000, NULL);

        wrong += !is_double(with_double(shared, "x", (double)(me * 1000 + i)), (double)(me * 1000 + i) * 2);
        wrong += !mine || !is_double(with_double(mine, "x", i), i + 0.5);
        zplane_prepared_free(mine);
    }
    return (void *)(intptr_t)wrong;
}

static void threads(void)
{
    zplane_param param = { "x", ZPLANE_ANY };
    pthread_t t[4];
    void *wrong;

    shared = zplane_prepare(con, "x * 2", 1, &param, 10000, &e);
    CHECK(shared);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, (void *)(intptr_t)i);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], &wrong);
        CHECK(wrong == NULL);
    }
}

/* ---------------------------------------------------------------- a server that comes back */

static void comes_back(void)
{
    char line[8];

    puts("away");
    fflush(stdout);
    CHECK(fgets(line, sizeof(line), stdin));
    for (int i = 0; i < 200; i++) { /* the loss may be seen by the first evaluation only */
        zplane_value *v = with_double(shared, "x", 21);

        if (v) {
            CHECK(is_double(v, 42));
            break;
        }
        CHECK(e.code == ZPLANE_ECONNECT);
    }
    CHECK(is_double(with_double(shared, "x", 4), 8));
}

int prepared_probe(int argc, char **argv)
{
    con = argc == 3 ? zplane_connect(argv[2], NULL, &e) : NULL;
    CHECK(con);
    values();
    errors();
    callbacks();
    threads();
    comes_back();
    zplane_close(con); /* with what was prepared */
    puts("done");
    return 0;
}
