/* engine: the thread that owns the engine.
 *
 * Values belong to the thread that made them, so everything is made here: the engine, its database, the plane.  The main thread
 * waits until that has succeeded or failed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "builtin/database.h"
#include "builtin/tables.h"
#include "server/server_priv.h"

static void tell(zp__engine_thread *t, bool up, zp_error *err)
{
    pthread_mutex_lock(&t->lock);
    t->up = up;
    t->failed = !up;
    if (err)
        zp_error_move(&t->err, err);
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
}

static bool open_data(zp_engine *engine, const zp_config *cfg, zp_error *err)
{
    zp_open_mode mode;

    if (!*cfg->data)
        return true;
    return zp_open_mode_parse(cfg->data_mode, &mode, err) &&
           zp_database_open(engine, cfg->data, mode, mode != ZP_OPEN_READ, err);
}

/* ---------------------------------------------------------------- the program of the start */

static void show_answer(void *arg, const zp_plane_answer *answer)
{
    zp_engine *engine = arg;
    zp_print_opts opts = zp_print_options(zp_engine_config(engine));
    zp_buf text = ZP_BUF_INIT;

    fwrite(answer->output.ptr, 1, answer->output.len, stdout);
    if (!answer->ok)
        ZP_LOG(ZP_LOG_ERROR, "init.code failed", zp_log_str("reason", answer->error));
    else if (answer->visible && zp_print(&text, answer->value, &opts, NULL))
        fwrite(zp_buf_text(&text), 1, text.len, stdout);
    fflush(stdout);
    zp_buf_fini(&text);
}

static void run_init_code(zp__engine_thread *t, zp_engine *engine)
{
    const char *code = t->cfg->init_code;

    if (*code && !zp_plane_query(t->plane, code, strlen(code), ZP_MAY_ALL, 0, show_answer, engine))
        ZP_LOG(ZP_LOG_ERROR, "init.code cannot be run");
}

/* ---------------------------------------------------------------- the thread */

static void *engine_main(void *arg)
{
    zp__engine_thread *t = arg;
    zp_error err = ZP_ERROR_INIT;
    zp_loop *loop = zp_loop_new(ZP_LOOP_PRECISE, &err);
    zp_engine *engine = loop ? zp_base_engine(t->cfg, zp_plane_tables, &err) : NULL;
    bool ok = engine && open_data(engine, t->cfg, &err);
    zp_plane *plane = ok ? zp_plane_new(engine, loop, &err) : NULL;

    if (plane) {
        t->loop = loop;
        t->plane = plane;
        run_init_code(t, engine);
        tell(t, true, NULL);
        zp_plane_run(plane);
    } else {
        tell(t, false, &err);
    }
    zp_plane_free(plane);
    zp_engine_free(engine);
    zp_loop_free(loop);
    zp_error_clear(&err);
    return NULL;
}

bool zp__engine_start(zp_server *s, zp_error *err)
{
    zp__engine_thread *t = &s->engine;
    int status;

    t->cfg = &s->cfg;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    status = pthread_create(&t->thread, NULL, engine_main, t);
    if (status != 0)
        return zp_fail_sys(err, status, "cannot start the engine's thread");
    t->started = true;
    pthread_mutex_lock(&t->lock);
    while (!t->up && !t->failed)
        pthread_cond_wait(&t->changed, &t->lock);
    if (t->failed)
        zp_error_move(err, &t->err);
    pthread_mutex_unlock(&t->lock);
    return t->up;
}

bool zp__engine_stop(zp_server *s, int64_t timeout_ms)
{
    zp__engine_thread *t = &s->engine;
    int64_t until = zp_wall_ns() + timeout_ms * 1000000;
    struct timespec at = { until / 1000000000, until % 1000000000 };

    if (!t->started)
        return true;
    if (t->up)
        zp_loop_stop(t->loop);
    if (pthread_timedjoin_np(t->thread, NULL, &at) != 0)
        return false;
    t->started = false;
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    return true;
}
