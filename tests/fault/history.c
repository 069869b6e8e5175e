/* history: see history.h. */
#include "history.h"

#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "store/check.h"

const char *const object_names[OBJECTS] = { "z", "m", "s" };

static const char create[] =
    "z <- zts(as.time(NULL), matrix(0, 0, 3, dimnames = list(NULL, c('id', 'step', 'half'))), file = '%s/z', sync = '%s')\n"
    "m <- matrix(0, 50, 1, file = '%s/m', sync = '%s')\n"
    "s <- vector('character', 1, file = '%s/s', sync = '%s')\n"
    "seed <- %u; serial <- 0; k <- 0; NULL\n";

void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* ---------------------------------------------------------------- digests */

static void digest_array(XXH3_state_t *h, zp_value v)
{
    const int64_t rows = zp_dim(v, 0), ncols = zp_ncols(v);

    XXH3_64bits_update(h, zp_dims(&v), sizeof(int64_t) * (size_t)zp_ndim(v));
    for (int64_t j = 0; j < ncols; j++) {
        if (v.type != ZP_STR) {
            XXH3_64bits_update(h, zp_column(&v, j), (size_t)rows * zp_type_size(v.type));
            continue;
        }
        for (int64_t i = 0; i < rows; i++) {
            const zp_str *s = ((zp_str *const *)zp_column(&v, j))[i];
            XXH3_64bits_update(h, s->text, s->len + 1);
        }
    }
    for (int32_t d = 0; d < zp_ndim(v); d++) {
        const zp_array *a = zp_names(v, d);
        for (int64_t i = 0; a && i < a->n; i++)
            XXH3_64bits_update(h, zp_name_at(a, i)->text, zp_name_at(a, i)->len + 1);
    }
}

static uint64_t digest(zp_value v)
{
    XXH3_state_t *h = XXH3_createState();
    uint64_t sum;

    XXH3_64bits_reset(h);
    if (v.type == ZP_ZTS) {
        digest_array(h, zp_zts_idx(v));
        v = zp_zts_data(v);
    }
    if (zp_value_read(v, NULL)) /* else: the state of something that cannot be read */
        digest_array(h, v);
    sum = XXH3_64bits_digest(h);
    XXH3_freeState(h);
    return sum ? sum : 1;
}

/* ---------------------------------------------------------------- the program */

static void swallow(void *to, const char *bytes, size_t len)
{
}

/* With HISTORY_PARKS in the environment statements wait as those of a server do: the flush thread writes, the context is parked. */
static struct {
    sem_t done;
    zp_store *store;
    bool failed;
    char why[200];
} parked;

static void on_done(void *arg, const char *error)
{
    parked.failed = error != NULL;
    snprintf(parked.why, sizeof parked.why, "%s", error ? error : "");
    sem_post(&parked.done);
}

static bool settle(void *arg, zp_ctx *ctx, zp_store *s)
{
    if (parked.store)
        return false;
    zp_ctx_park(ctx, NULL, NULL, NULL);
    zp_store_pin(s);
    parked.store = s;
    zp_store_commit(s, on_done, NULL);
    return true;
}

static void go_on(zp_ctx *ctx)
{
    zp_store *s = parked.store;
    zp_error err = ZP_ERROR_INIT;
    const bool change = zp_store_is_changing(s);

    sem_wait(&parked.done);
    if (change && !zp_store_complete(s, &err) && !parked.failed) {
        parked.failed = true;
        snprintf(parked.why, sizeof parked.why, "%s", zp_error_text(&err));
    }
    if (change && !parked.failed) {
        zp_store_commit(s, on_done, NULL);
        sem_wait(&parked.done);
    }
    zp_error_clear(&err);
    parked.store = NULL;
    zp_store_unpin(s);
    zp_ctx_settled(ctx, parked.failed ? parked.why : NULL);
}

static bool eval(zp_ctx *ctx, const char *text, char *why, size_t size)
{
    zp_run run;

    if (!zp_ctx_load(ctx, text, strlen(text), NULL, NULL))
        die(text, "a syntax error");
    while ((run = zp_ctx_run(ctx, 0)) == ZP_RUN_PARKED)
        if (parked.store)
            go_on(ctx);
        else
            zp_ctx_wait(ctx);
    if (run != ZP_RUN_DONE)
        snprintf(why, size, "%s", zp_error_text(zp_ctx_error(ctx)));
    return run == ZP_RUN_DONE;
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 65536);

    if (!f || !text || !fread(text, 1, 65535, f))
        die(path, "cannot be read");
    fclose(f);
    return text;
}

void history_begin(history *h, const char *script, const char *root, const char *sync, unsigned seed)
{
    char *functions = read_file(script), why[300];

    *h = (history){ .sync = sync, .seed = seed };
    snprintf(h->root, sizeof h->root, "%s", root);
    if ((mkdir(root, 0700) != 0 && errno != EEXIST) || !zp_config_init(&h->cfg, NULL))
        die(root, strerror(errno));
    h->engine = zp_base_engine(&h->cfg, NULL, NULL);
    h->ctx = h->engine ? zp_ctx_new(h->engine, NULL) : NULL;
    if (!h->ctx)
        die(root, "no engine");
    zp_ctx_output(h->ctx, swallow, swallow, NULL);
    if (getenv("HISTORY_PARKS")) {
        sem_init(&parked.done, 0, 0);
        zp_ctx_on_settle(h->ctx, settle, h);
    }
    if (!eval(h->ctx, functions, why, sizeof why))
        die(script, why);
    free(functions);
}

void history_end(history *h)
{
    zp_ctx_free(h->ctx);
    zp_engine_free(h->engine);
    zp_config_fini(&h->cfg);
}

bool history_create(history *h, char *why, size_t size)
{
    char text[2000];

    snprintf(text, sizeof text, create, h->root, h->sync, h->root, h->sync, h->root, h->sync, h->seed);
    return eval(h->ctx, text, why, size);
}

bool history_step(history *h, int k, char *why, size_t size)
{
    char text[40];

    snprintf(text, sizeof text, "step(%d)", k);
    return eval(h->ctx, text, why, size);
}

state history_state(history *h)
{
    state s = { { ABSENT }, 0 };

    for (int i = 0; i < OBJECTS; i++) {
        bool found;
        zp_value v = zp_ctx_lookup(h->ctx, object_names[i], &found);

        s.digest[i] = found ? digest(v) : ABSENT;
    }
    return s;
}

uint64_t history_found(const char *dir, int i, char *why, size_t size)
{
    zp_error err = ZP_ERROR_INIT;
    char path[400];
    zp_value v = zp_nil();
    uint64_t sum = ABSENT;

    snprintf(path, sizeof path, "%s/%s", dir, object_names[i]);
    *why = '\0';
    if (zp_store_open(path, true, &v, &err) && zp_check_quiet(path, &err))
        sum = digest(v);
    else
        snprintf(why, size, "%s", zp_error_text(&err));
    zp_error_clear(&err);
    zp_value_unref(v);
    return sum;
}
