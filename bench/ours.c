/* ours: expressions of the language, timed inside one process: what an expression costs, without start and parsing.
 *
 *     ours [OP]...     one JSON line per operation and number of threads */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "builtin/tables.h"
#include "lang/lang.h"

enum { REPS = 7 };

/* Series: times with random steps (up to `most`, in ns), and `cols` columns. */
#define TIMES(n, most) "|.2024-01-02 00:00:00 UTC.| + as.duration(cumsum(floor(runif(" n ") * " most ") + 1))"
#define SERIES(name, most, cols) \
    name " <- zts(" TIMES("n", most) ", matrix(runif(" cols " * n), n, " cols ")); "
#define STEPS(name)                                                                                   \
    name " <- zts(|.2024-01-02 00:00:00 UTC.| + as.duration(cumsum(floor(runif(n) * 2) + 1) * 1e6), " \
         "matrix(runif(n), n, 1)); "

static const struct {
    const char *op, *n, *setup, *expr;
    int threads; /* most; 1: only with one */
} rows[] = {
    { "while loop", "1e7",
      "f <- function(n) { s <- 0; i <- 0; while (i < n) { s <- s + 1.5; i <- i + 1 }; s }", "f(n)", 1 },
    { "for loop", "1e7", "f <- function(n) { s <- 0; for (i in 1:n) s <- s + 1.5; s }", "f(n)", 1 },
    { "fib", "25", "f <- function(n) if (n < 2) n else f(n - 1) + f(n - 2)", "f(n)", 1 },
    { "calls", "1e6", "g <- function(x) x + 1; f <- function(n) { s <- 0; for (i in 1:n) s <- g(s); s }",
      "f(n)", 1 },
    { "x+1 of 10", "1e6", "x <- 1:10; f <- function(n) { for (i in 1:n) y <- x + 1; y }", "f(n)", 1 },
    { "sum", "1e8", "x <- runif(n)", "sum(x)", 2 },
    { "mean", "1e8", "x <- runif(n)", "mean(x)", 2 },
    { "min", "1e8", "x <- runif(n)", "min(x)", 2 },
    { "max", "1e8", "x <- runif(n)", "max(x)", 2 },
    { "a+b*c", "2e7", "a <- runif(n); b <- runif(n); c <- runif(n)", "a + b * c", 2 },
    { "x[x>0.5]", "2e7", "x <- runif(n)", "x[x > 0.5]", 2 },
    { "x>0.5", "2e7", "x <- runif(n)", "x > 0.5", 2 },
    { "cumsum", "1e7", "x <- runif(n)", "cumsum(x)", 2 },
    { "diff", "1e7", "x <- runif(n)", "diff(x)", 2 },
    { "sort", "1e7", "x <- runif(n)", "sort(x)", 2 },
    { "order", "1e7", "x <- runif(n)", "order(x)", 2 },
    { "unique", "1e7", "x <- runif(n)", "unique(x)", 2 },
    { "asof", "1e7", SERIES("z", "19999999", "3") "t <- " TIMES("n", "19999999"), "asof(z, t)", 2 },
    { "bars", "2e7", SERIES("z", "19999999", "1"), "bars(z, as.duration(\"00:01:00\"))", 2 },
    { "inner add", "5e6", STEPS("x") STEPS("y"), "op.join(x, y, \"+\")", 2 },
    { "outer add", "5e6", STEPS("x") STEPS("y"), "op.join(x, y, \"+\", join = \"outer\")", 2 },
    { "merge", "5e6", STEPS("x") STEPS("y"), "merge(x, y)", 2 },
    { "window", "2e7",
      SERIES("z", "19999999", "3") "t <- zts.idx(z); i <- interval(t[n / 2], t[n / 2] + (t[n] - t[1]) / 100)",
      "z[i, ]", 1 },
    { "windows", "2e7",
      SERIES("z", "19999999",
             "3") "t <- zts.idx(z); b <- t[1] + (t[n] - t[1]) * 0.99 * runif(1000); "
                  "w <- lapply(1:1000, function(k) interval(b[k], b[k] + as.duration(1e10))); "
                  "f <- function() { s <- 0; for (i in w) s <- s + sum(z[i, ]); s }",
      "f()", 1 },
    { "hour", "1e7", "t <- " TIMES("n", "19999999"), "hour(t, \"America/New_York\")", 2 },
    { "floor day", "1e7", "t <- " TIMES("n", "19999999"), "floor(t, \"day\", \"America/New_York\")", 2 },
    { "append", "1e7",
      "z <- zts(|.2024-01-02 00:00:00 UTC.| + as.duration(0), matrix(0, 1, 3)); d <- as.duration(1:1000); "
      "t <- zts.idx(z)[1]; r <- matrix(runif(3000), 1000, 3); "
      "f <- function() { a <- z; for (k in 1:(n / 1000)) rbind(--a, zts(t + d + as.duration(1000 * k), r)); nrow(a) }",
      "f()", 1 },
    { "rollmean", "1e7", "x <- runif(n)", "rollmean(x, 1000)", 2 },
    { "rollmax", "1e7", "x <- runif(n)", "rollmax(x, 1000)", 2 },
    { "sqrt", "1e7", "x <- runif(n)", "sqrt(x)", 2 },
    { "exp", "1e7", "x <- runif(n)", "exp(x)", 2 },
    { "abs of 1", "1e6", "f <- function(n) { s <- -1; for (i in 1:n) s <- abs(s); s }", "f(n)", 1 },
    { "sum of 10", "1e6", "x <- 1:10; f <- function(n) { for (i in 1:n) y <- sum(x); y }", "f(n)", 1 },
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Processor time of all threads: what is left when other programs take their share. */
static double processor(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Seconds of the evaluation alone; negative: an error, which is shown. */
static double evaluate(zp_ctx *ctx, const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf report = ZP_BUF_INIT;
    double start = 0;
    bool ok = zp_ctx_load(ctx, text, strlen(text), NULL, &err);

    if (ok) {
        start = now();
        ok = zp_ctx_run(ctx, 0) == ZP_RUN_DONE;
        start = now() - start;
    }
    if (!ok) {
        zp_ctx_report(ctx, &report);
        fprintf(stderr, "%s\n%s", text, zp_buf_text(&report));
        zp_buf_fini(&report);
    }
    zp_error_clear(&err);
    return ok ? start : -1;
}

static bool measure(zp_ctx *ctx, size_t row, double n, int threads)
{
    double took[REPS], used[REPS];
    char text[200];

    snprintf(text, sizeof text, "options(threads = %d)", threads);
    if (evaluate(ctx, text) < 0 || evaluate(ctx, rows[row].expr) < 0)
        return false;
    for (int i = 0; i < REPS; i++) {
        if (evaluate(ctx, "NULL") < 0) /* the last result goes */
            return false;
        used[i] = processor();
        took[i] = evaluate(ctx, rows[row].expr);
        used[i] = processor() - used[i];
    }
    qsort(took, REPS, sizeof *took, by_size);
    qsort(used, REPS, sizeof *used, by_size);
    printf(
        "{\"peer\": \"zplane\", \"op\": \"%s\", \"n\": %.0f, \"threads\": %d, \"seconds\": %.6f, \"min\": %.6f, "
        "\"cpu_min\": %.6f, \"note\": \"\"}\n",
        rows[row].op, n, threads, took[REPS / 2], took[0], used[0]);
    fflush(stdout);
    return true;
}

static bool measure_row(zp_engine *engine, size_t row, double divisor)
{
    zp_ctx *ctx = zp_ctx_new(engine, NULL);
    double n = atof(rows[row].n);
    char text[1000];
    bool ok = ctx != NULL;

    if (n > 1000)
        n /= divisor;
    snprintf(text, sizeof text, "n <- %.0f; %s", n, rows[row].setup);
    ok = ok && evaluate(ctx, text) >= 0;
    for (int threads = 1; ok && threads <= rows[row].threads; threads++)
        ok = measure(ctx, row, n, threads);
    zp_ctx_free(ctx);
    return ok;
}

int main(int argc, char **argv)
{
    const char *divisor = getenv("BENCH_DIVISOR");
    zp_error err = ZP_ERROR_INIT;
    zp_config cfg;
    zp_engine *engine = zp_config_init(&cfg, &err) ? zp_engine_new(zp_builtin_tables, &cfg, &err) : NULL;
    bool ok = engine != NULL;

    for (size_t i = 0; ok && i < ZP_COUNTOF(rows); i++) {
        bool wanted = argc < 2;

        for (int k = 1; k < argc; k++)
            wanted |= strcmp(argv[k], rows[i].op) == 0;
        if (wanted && !measure_row(engine, i, divisor && atof(divisor) > 0 ? atof(divisor) : 1))
            ok = false;
    }
    if (engine)
        zp_engine_free(engine);
    zp_config_fini(&cfg);
    return !ok;
}
