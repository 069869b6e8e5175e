/* powercut: the power fails at every write of a long history of changes.
 *
 * A program changes three persistent objects (steps.R) while disk.c writes down every call of the store.  Then, for each
 * number of calls, the files are made as they may be when the power fails just there, opened, and compared: they must hold
 * the state after the last acknowledged step or a later one that had begun; without acknowledgements (sync = "none") any
 * earlier state, but one that was.
 *
 *     powercut STEPS.R SYNC STEPS SEED EVERY ROUNDS
 *
 * EVERY: only each so many-th call; ROUNDS: how often sectors are lost at random for each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "history.h"
#include "store/catalog.h"

static char work[256];

/* Runs `steps` steps; states[0] is before anything was made, states[1] after the objects were. */
static state *record(const char *script, const char *sync, int steps, unsigned seed)
{
    state *states = calloc((size_t)steps + 2, sizeof(state));
    char root[300], why[300];
    history h;

    snprintf(root, sizeof root, "%s/run", work);
    history_begin(&h, script, root, sync, seed);
    disk_begin(root);
    for (int k = 0; k <= steps; k++) {
        if (!(k ? history_step(&h, k, why, sizeof why) : history_create(&h, why, sizeof why)))
            die("a step failed", why);
        states[k + 1] = history_state(&h);
        states[k + 1].calls = disk_count();
    }
    history_end(&h);
    disk_end();
    return states;
}

/* ---------------------------------------------------------------- after a cut */

static int other_boot(uint8_t id[16])
{
    memset(id, 0x5a, 16);
    return 0;
}

/* Is it one of the states from `least` to `most`? */
static bool is_among(const state *states, int least, int most, int i, uint64_t sum)
{
    for (int k = least; k <= most; k++)
        if (states[k].digest[i] == sum)
            return true;
    return false;
}

static int which(const state *states, int count, int i, uint64_t sum)
{
    for (int k = 0; k < count; k++)
        if (states[k].digest[i] == sum)
            return k;
    return -1;
}

/* One cut after n calls; the number of objects that are wrong. */
static int check_cut(const state *states, int count, long n, disk_loss loss, unsigned seed, bool acknowledged)
{
    static const char *const losses[] = { "all lost", "nothing lost", "some lost" };
    int most = 1, least = 0, wrong = 0;
    char dir[300], why[300];

    while (most < count && states[most].calls <= n)
        most++; /* the step that was under way */
    least = acknowledged ? most - 1 : 0;
    most = most < count ? most : count - 1;
    snprintf(dir, sizeof dir, "%s/cut", work);
    disk_cut(n, loss, seed, dir);
    for (int i = 0; i < OBJECTS; i++) {
        uint64_t sum = history_found(dir, i, why, sizeof why);

        if (is_among(states, least, most, i, sum))
            continue;
        wrong++;
        fprintf(stderr, "# cut after call %ld (%s), %s, seed %u: object %s is state %d, not %d to %d %s\n", n,
                disk_describe(n), losses[loss], seed, object_names[i], which(states, count, i, sum), least,
                most, why);
    }
    zp_catalog_delete(dir);
    return wrong;
}

int main(int argc, char **argv)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    bool acknowledged = argc > 2 && strcmp(argv[2], "commit") == 0;
    int steps = argc > 6 ? atoi(argv[3]) : 0, every = steps ? atoi(argv[5]) : 1,
        rounds = steps ? atoi(argv[6]) : 1;
    unsigned seed = steps ? (unsigned)atoi(argv[4]) : 0;
    long cuts = 0, wrong = 0, calls;
    zp_io after = zp_io_system;
    state *states;

    if (!steps) {
        fputs("usage: powercut STEPS.R SYNC STEPS SEED EVERY ROUNDS\n", stderr);
        return 2;
    }
    snprintf(work, sizeof work, "%s/zplane-powercut-XXXXXX", base);
    if (!mkdtemp(work))
        die(work, strerror(errno));
    states = record(argv[1], argv[2], steps, seed);
    calls = disk_count();
    for (long n = 1; n <= calls && getenv("POWERCUT_TRACE"); n++)
        printf("# %ld: %s\n", n, disk_describe(n));
    after.boot = other_boot;
    zp_io_set(&after);
    for (long n = 0; n <= calls && wrong < 20; n += every) {
        wrong += check_cut(states, steps + 2, n, DISK_LOSE_ALL, 0, acknowledged);
        wrong += check_cut(states, steps + 2, n, DISK_LOSE_NONE, 0, acknowledged);
        for (int r = 0; r < rounds; r++)
            wrong +=
                check_cut(states, steps + 2, n, DISK_LOSE_SOME, seed + (unsigned)(n * 31 + r), acknowledged);
        cuts += 2 + rounds;
    }
    printf("%d steps, %ld calls, %ld cuts, %ld wrong\n", steps, calls, cuts, wrong);
    disk_free();
    free(states);
    zp_catalog_delete(work);
    return wrong != 0;
}
