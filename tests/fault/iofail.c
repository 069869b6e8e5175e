/* iofail: every system call of the store fails once.
 *
 * For n = 1, 2, 3, ... a program makes three persistent objects and changes them (steps.R) while the n-th call that can fail
 * does: with an I/O error, a full disk, a full quota, a read-only file system; once, or from then on.  The step must fail
 * with the system's reason, or succeed.  What the program sees then must be the state before the step or after it, so must
 * be what is found when the files are opened again; and where the trouble was a passing one, the step must succeed when it
 * is tried again, or the object must say that it takes no more changes.
 *
 *     iofail STEPS.R SYNC STEPS SEED EVERY [ONLY] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing.h"
#include "history.h"
#include "store/catalog.h"

static char work[256];
static int reason;
static bool lasting;

static bool do_step(history *h, int k, char *why, size_t size)
{
    return k ? history_step(h, k, why, size) : history_create(h, why, size);
}

/* Each object is as in one of two states. */
static bool is_either(const state *s, const state *a, const state *b)
{
    for (int i = 0; i < OBJECTS; i++)
        if (s->digest[i] != a->digest[i] && s->digest[i] != b->digest[i])
            return false;
    return true;
}

static bool is_same(const state *a, const state *b)
{
    return memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

static state found(const char *root, char *why, size_t size)
{
    state s = { { ABSENT }, 0 };

    for (int i = 0; i < OBJECTS; i++)
        s.digest[i] = history_found(root, i, why, size);
    return s;
}

static bool complain(long n, int k, const char *what, const char *why)
{
    fprintf(stderr, "# call %ld (%s) fails with '%s'%s, step %d: %s: %s\n", n, failing_call(),
            strerror(reason), lasting ? " from then on" : "", k, what, why);
    return false;
}

/* What has to hold after step k has failed; states[k] is before it, states[k + 1] after. */
static bool check_failure(history *h, long n, int k, const state *states, const char *why, bool *again)
{
    char other[300];
    const zp_io *io = zp_io_get();
    state now;

    zp_io_set(NULL); /* the look at it does not fail */
    now = history_state(h);
    zp_io_set(io);
    *again = false;
    if (!strstr(why, strerror(reason)))
        return complain(n, k, "the reason is not told", why);
    if (k && !is_either(&now, &states[k], &states[k + 1]))
        return complain(n, k, "the program sees another state", why);
    if (lasting || k == 0)
        return true;
    failing_stop();
    if (is_same(&now, &states[k]) && !history_step(h, k, other, sizeof other))
        return strstr(other, "cannot be changed any more") || strstr(other, strerror(reason)) ||
               complain(n, k, "it cannot be tried again", other);
    *again = true;
    return true;
}

/* One run in which call n fails; *more false: there were fewer calls. */
static bool run(const char *script, const char *sync, unsigned seed, int steps, const state *states, long n,
                bool *more)
{
    char root[300], why[300] = "", last[300];
    bool ok = true, again = false;
    history h;
    state after;
    int k = 0;

    snprintf(root, sizeof root, "%s/run", work);
    history_begin(&h, script, root, sync, seed);
    failing_begin(n, reason, lasting);
    while (k <= steps && do_step(&h, k, why, sizeof why))
        k++;
    *more = failing_calls() >= n;
    if (k <= steps)
        ok = check_failure(&h, n, k, states, why, &again);
    failing_stop();
    history_end(&h);
    failing_end();
    after = found(root, last, sizeof last);
    if (ok && k <= steps &&
        !(again ? is_same(&after, &states[k + 1]) : is_either(&after, &states[k], &states[k + 1])))
        ok = complain(n, k, "the files hold another state", last);
    if (ok && k > steps && !is_same(&after, &states[steps + 1]))
        ok = complain(n, k, "no step failed, but something is lost", last);
    zp_catalog_delete(root);
    return ok;
}

/* The states of a run in which nothing fails. */
static state *expected(const char *script, const char *sync, unsigned seed, int steps)
{
    state *states = calloc((size_t)steps + 2, sizeof(state));
    char root[300], why[300];
    history h;

    snprintf(root, sizeof root, "%s/plain", work);
    history_begin(&h, script, root, sync, seed);
    for (int k = 0; k <= steps; k++) {
        if (!do_step(&h, k, why, sizeof why))
            die("a step failed", why);
        states[k + 1] = history_state(&h);
    }
    history_end(&h);
    zp_catalog_delete(root);
    return states;
}

int main(int argc, char **argv)
{
    static const int reasons[] = { EIO, ENOSPC, EDQUOT, EROFS };
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    int steps = argc > 5 ? atoi(argv[3]) : 0, every = argc > 5 ? atoi(argv[5]) : 1;
    unsigned seed = argc > 5 ? (unsigned)atoi(argv[4]) : 0;
    long runs = argc > 6 ? atol(argv[6]) - 1 : 0, wrong = 0, first = runs + 1;
    state *states;
    bool more = true;

    if (!steps) {
        fputs("usage: iofail STEPS.R SYNC STEPS SEED EVERY\n", stderr);
        return 2;
    }
    snprintf(work, sizeof work, "%s/zplane-iofail-XXXXXX", base);
    if (!mkdtemp(work))
        die(work, strerror(errno));
    states = expected(argv[1], argv[2], seed, steps);
    for (long n = first; more && wrong < 20 && (argc < 7 || n == first); n += every) {
        reason = reasons[(size_t)runs / 2 % ZP_COUNTOF(reasons)];
        lasting = runs & 1;
        wrong += !run(argv[1], argv[2], seed, steps, states, n, &more);
        runs++;
    }
    printf("%ld runs, %ld wrong\n", runs, wrong);
    free(states);
    zp_catalog_delete(work);
    return wrong != 0;
}
