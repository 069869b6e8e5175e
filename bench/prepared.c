/* prepared: the same expression as a text and prepared, over and over, by the C client, for bench/net.
 *
 *     prepared WHERE ROUNDS    prints {"text_us": median round trip, "prepared_us": ..., "text_rate": evaluations per second
 *                              when nobody waits for the one before, "prepared_rate": ...} */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "zplane.h"

static const char text[] = "w <- v[v > level]\n"
                           "spread <- if (length(w) > 2) max(w) - min(w) else 0\n"
                           "sums <- sapply(1:3, function(i) sum(w) / i)\n"
                           "if (spread > limit) c(mean(w), spread, sums[1]) else c(0, 0, sums[3])";

static zplane *con;
static zplane_prepared *prepared;
static zplane_bind binds[2];

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const zplane_error *err)
{
    fprintf(stderr, "prepared: %s\n", err->text);
    exit(1);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(int rounds, bool keep)
{
    double *took = calloc((size_t)rounds, sizeof(*took)), at;
    zplane_error err;

    for (int i = 0; took && i < rounds; i++) {
        double start = now();
        zplane_value *v =
            keep ? zplane_execute(prepared, 2, binds, 0, &err) : zplane_query(con, text, 2, binds, 0, &err);

        if (!v)
            die(&err);
        zplane_value_free(v);
        took[i] = now() - start;
    }
    if (!took)
        exit(1);
    qsort(took, (size_t)rounds, sizeof(*took), compare);
    at = took[rounds / 2];
    free(took);
    return at * 1e6;
}

static void count(void *arg, zplane_value *value, const zplane_error *error)
{
    if (error)
        die(error);
    zplane_value_free(value);
    ++*(int *)arg;
}

static double rate(int rounds, bool keep)
{
    double start = now();
    zplane_error err;
    int answered = 0;

    for (int sent = 0; answered < rounds;) {
        while (sent < rounds && sent - answered < 64) {
            if (!(keep ? zplane_execute_start(prepared, 2, binds, 0, count, &answered, &err)
                       : zplane_query_start(con, text, 2, binds, 0, count, &answered, &err)))
                die(&err);
            sent++;
        }
        if (!zplane_wait(con, 0, &err))
            die(&err);
    }
    return rounds / (now() - start);
}

int main(int argc, char **argv)
{
    const zplane_param params[] = { { "level", ZPLANE_DOUBLE }, { "limit", ZPLANE_DOUBLE } };
    int rounds = argc > 2 ? atoi(argv[2]) : 2000;
    zplane_error err;
    zplane_value *v;

    con = argc > 1 ? zplane_connect(argv[1], NULL, &err) : NULL;
    if (!con)
        return 1;
    v = zplane_query(con, "v <- sin(1:100)", 0, NULL, 0, &err);
    prepared = zplane_prepare(con, text, 2, params, 0, &err);
    if (!v || !prepared)
        die(&err);
    zplane_value_free(v);
    binds[0] = (zplane_bind){ "level", zplane_new_double(0.2) };
    binds[1] = (zplane_bind){ "limit", zplane_new_double(0.1) };
    printf("{\"text_us\": %.1f, \"prepared_us\": %.1f, \"text_rate\": %.0f, \"prepared_rate\": %.0f}\n",
           median(rounds, false), median(rounds, true), rate(rounds, false), rate(rounds, true));
    zplane_close(con);
    return 0;
}
