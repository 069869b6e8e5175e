/* fault: every allocation of a program fails once.
 *
 * For each program the n-th allocation is refused, for n = 1, 2, 3, ... until the program runs through without meeting
 * the refusal.  Every run has to end in a value or an error; the sanitizers see to leaks and to touching what is not
 * ours.  The programs are those below, then the example of every built-in; each has a process of its own, so that one
 * that crashes does not hide the others.  Only builds with -Dhostile=true can refuse.
 *
 *     fault [TEXT]...    those texts only, in this process */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "builtin/tables.h"
#include "lang/lang.h"
#include "store/catalog.h"

static const char *const programs[] = {
    "1 + 2",
    "x <- c(a = 1, b = 2); x['a'] <- 5; x * 2",
    "f <- function(n, ...) if (n < 2) n else Recall(n - 1) + Recall(n - 2); f(6)",
    "l <- list(a = 1, b = list(2, 'x')); l$b[[2]] <- 3; l$c <- 'new'; str(l); l",
    "m <- matrix(1:6, 2, dimnames = list(c('a', 'b'), NULL)); t(m) %*% m",
    "paste0('a', 1:3, collapse = '-')",
    "sapply(1:5, function(i) i^2)",
    "tryCatch(stop('no'), error = function(e) conditionMessage(e), finally = 1)",
    "x <- 1:20; x[x > 5 & x %% 2 == 0]",
    "sort(c(3, 1, 2)); order(c('b', 'a')); unique(c(1, 1, 2)); rev(1:3)",
    "z <- zts(|.2020-01-01 00:00:00 UTC.| + as.duration('01:00:00') * 0:3, 1:4); z * 2; z[1:2, ]",
    "as.period('1m2d'); |+2020-01-01 00:00:00 UTC -> 2021-01-01 00:00:00 UTC-|",
    "strsplit('a,b,c', ','); sub('a', 'b', 'aaa'); sprintf('%5.2f', pi)",
    "x <- 1; g <- function() x <<- x + 1; g(); x",
    "do.call('sum', list(1, 2, 3)); Reduce(`+`, 1:5, accumulate = TRUE)",
    "array(1:24, c(2, 3, 4))[1, , ]; rbind(1:2, 3:4); cbind(a = 1, b = 2)",
    "for (i in 1:3) { if (i == 2) next; cat(i, '\\n') }",
    "names(x <- c(1, 2))[2] <- 'b'; x",
    "sapply(c('a', 'b'), nchar); vapply(1:2, function(i) c(i, 1), numeric(2)); mapply(rep, 1:2, 2:1)",
    "apply(matrix(1:4, 2, dimnames = list(c('a', 'b'), NULL)), 1, range); outer(c(a = 1), 1:2, '+')",
    "tapply(1:3, c('x', 'y', 'x'), sum); sweep(matrix(1:4, 2), 1, 1:2); Filter(is.null, list(1, NULL))",
    "m <- matrix(c(2, 1, 1, 3), 2, dimnames = list(c('a', 'b'), c('c', 'd'))); solve(m); det(m); chol2inv(chol(m)); "
    "crossprod(m)",
    "m <- matrix(c(2, 1, 1, 3), 2, dimnames = list(c('a', 'b'), NULL)); q <- qr(m); qr.Q(q); qr.R(q); qr.solve(m, 1:2)",
    "m <- matrix(c(2, 1, 1, 3), 2); svd(m); eigen(m); lm.fit(m, c(a = 1, b = 2)); kronecker(m, 1:2); norm(m, '2')",
    "approx(1:3, c(1, 4, 9), n = 4); splinefun(1:4, c(1, 2, 0, 1), method = 'periodic')(2.5); fft(1:7); filter(1:4, 1:2)",
    "integrate(dnorm, -Inf, 0)$value; convolve(1:3, 1:2, type = 'open'); pt(c(a = 1), 3); qchisq(0.5, 2)",
    "system('rm -rf fault-store-1'); "
    "m <- matrix(1:6, 3, 2, dimnames=list(c('a','b','c'), NULL), file='fault-store-1'); m[1,1] <- 9; "
    "rbind(--m, d=1:2); colnames(m) <- c('x','y'); cbind(--m, z=1:4); y <- load('fault-store-1'); "
    "y[2,2] <- 3; sum(m)",
    "system('rm -rf fault-store-2'); "
    "z <- zts(|.2021-01-01 00:00:00 UTC.| + as.duration('00:00:01')*(1:4), matrix(1:8,4,2), file='fault-store-2'); "
    "y <- z; rbind(--z, zts(|.2022-01-01 00:00:00 UTC.|, matrix(1,1,2))); rm(y); r <- z + 1; "
    "zts.resize(--z, 2, 4); d <- zts.data(z); d[1] <- 2; z",
    "system('rm -rf fault-store-3'); s <- vector('character', 2, file='fault-store-3', sync='none'); "
    "s[1] <- 'hello'; c(--s, 'x', y='z'); s[3] <- 'longer'; x <- load('fault-store-3', mode='read'); "
    "refresh(x); x",
    "undefined_name",
    "f(",
    "switch('b', a = 1, b = 'two'); repeat break; while (FALSE) 1",
    "options(digits = 3); 22 / 7; assign('y', 1); get('y'); rm(y); ls()",
    "x <- vector('double', 3, file = 'fault.dir'); x[2] <- 5; c(--x, 1, 2); rm(x); load('fault.dir')",
    "x <- vector('character', 2, file = 'fault.dir'); x[1] <- 'one'; c(--x, 'more'); y <- load('fault.dir'); x; verify(y)",
    "m <- matrix(1:6, 3, 2, file = 'fault.dir'); colnames(m) <- c('a', 'b'); cbind(--m, c = 7:9); rbind(--m, 1:3); m[1, ] <- 0; m",
    "t <- |.2020-01-01 00:00:00 UTC.|; s <- as.duration('00:00:01'); z <- zts(t + s * 1:4, matrix(1:8, 4, 2), file = 'fault.dir'); "
    "rbind(--z, zts(t + s * 9, matrix(1, 1, 2))); zts.resize(--z, 2, 5); refresh(z); r <- load('fault.dir', 'read'); r",
    "database('fault.dir'); x <- vector('double', 2, file = 'g/a'); y <- vector('double', 1, file = 'b'); g$a[1] <<- 3; db.ls(); "
    "db.rename('b', 'g/c'); g; detach('fault.dir'); database('fault.dir'); names(g)",
    "x <- cumsum(1:100); head(x); tail(x, 2); summary <- mean(x); summary",
};

static void swallow(void *to, const char *bytes, size_t len)
{
    zp_buf_put(to, bytes, len);
}

/* One run, in which the n-th allocation of the evaluation (or with `from_start` of the whole run) is refused; 0: none.
 * False: it ended in an error. */
static bool run(const char *text, uint64_t n, bool from_start)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf out = ZP_BUF_INIT;
    zp_config cfg;
    zp_engine *engine = NULL;
    zp_ctx *ctx = NULL;
    bool visible, ok = false;

    if (strstr(text, "fault.dir"))
        zp_catalog_delete("fault.dir");
    zp_mem_fail_at(from_start ? n : 0);
    if (!zp_config_init(&cfg, &err))
        goto clear;
    engine = zp_engine_new(zp_builtin_tables, &cfg, &err);
    if (!engine)
        goto fini_config;
    ctx = zp_ctx_new(engine, &err);
    if (!ctx)
        goto free_engine;
    zp_ctx_output(ctx, swallow, swallow, &out);
    if (!from_start)
        zp_mem_fail_at(n);
    ok = zp_ctx_load(ctx, text, strlen(text), "fault.R", &err) && zp_ctx_run(ctx, 0) == ZP_RUN_DONE;
    if (ok) {
        zp_value v = zp_ctx_result(ctx, &visible);
        zp_print_opts opts = zp_print_options(zp_ctx_config(ctx));

        ok = zp_print(&out, v, &opts, &err) && !out.failed;
    } else {
        zp_ctx_report(ctx, &out);
    }
    zp_ctx_free(ctx);
free_engine:
    zp_engine_free(engine);
fini_config:
    zp_config_fini(&cfg);
clear:
    zp_buf_fini(&out);
    zp_error_clear(&err);
    return ok;
}

/* Refuses the n-th allocation for every n; the number of runs, or -1 when it never comes to an end or the last run,
 * without any refusal, ends otherwise than it should. */
static long try_every(const char *text, bool from_start, bool expected)
{
    enum { MOST = 100000 };

    for (long n = 1; n < MOST; n += from_start && n > 400 ? 7 : 1) {
        bool ok = run(text, (uint64_t)n, from_start);

        if (!zp_mem_refused())
            return ok == expected ? n : -1;
    }
    return -1;
}

static bool survives(const char *text, bool from_start)
{
    long runs = try_every(text, from_start, run(text, 0, false));

    if (runs < 0)
        fprintf(stderr, "not the same end without a refusal: %s\n", text);
    return runs > 0;
}

/* The same in a process of its own: it must end by itself, without leaks. */
static bool survives_apart(const char *text, bool from_start)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(300);
        exit(survives(text, from_start) ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int check(const char *text, int number, bool from_start)
{
    bool ok = survives_apart(text, from_start);

    printf("%sok %d - %.100s\n", ok ? "" : "not ", number, text);
    return !ok;
}

/* Examples that wait, or that reach for the system, say nothing more here. */
static bool is_quick(const char *example)
{
    static const char *const words[] = { "Sys.sleep", "system", "optim", "integrate" };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        if (strstr(example, words[i]))
            return false;
    }
    return *example != '\0';
}

int main(int argc, char **argv)
{
    int failed = 0, number = 0;

    for (int i = 1; i < argc; i++)
        failed += !survives(argv[i], false);
    if (argc > 1)
        return failed != 0;
    for (size_t i = 0; i < ZP_COUNTOF(programs); i++)
        failed += check(programs[i], ++number, i == 0);
    for (const zp_builtin *const *table = zp_builtin_tables; *table; table++) {
        for (const zp_builtin *row = *table; row->name; row++) {
            if (row->example && is_quick(row->example))
                failed += check(row->example, ++number, false);
        }
    }
    printf("1..%d\n", number);
    return failed != 0;
}
