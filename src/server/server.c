/* server: the order in which things start and stop.
 *
 *     start   signals, log, TLS, vault, engine (database, init.code), listeners, then "ready"
 *     stop    listeners, strangers and HTTP; the gateway; the engine with what it has begun; loop
 *
 * A stop has stop.timeout seconds.  Whoever still computes then is left: what was acknowledged is in the store. */
#include "server/server_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/vault.h"
#include "base/clock.h"

enum { POLL_US = 500000, LINGER_US = 100000, ENGINE_GRACE_MS = 2000 };

/* ---------------------------------------------------------------- the log */

static bool open_log(const zp_config *cfg, zp_error *err)
{
    zp_log_config log = { .level = zp_log_level_of(cfg->log_level),
                          .json = strcmp(cfg->log_format, "json") == 0 };
    zp_buf path = ZP_BUF_INIT;
    bool ok;

    if (!log.json && strcmp(cfg->log_format, "text") != 0)
        return zp_fail(err, "log.format: text or json, not '%s'", cfg->log_format);
    if (strcmp(cfg->log_to, "file") == 0) {
        zp_buf_printf(&path, "%s/", cfg->logfile_path);
        if (*cfg->logfile_name)
            zp_buf_puts(&path, cfg->logfile_name);
        else
            zp_buf_printf(&path, "zplane-%ld.log", (long)getpid());
        log.path = zp_buf_text(&path);
    } else if (strcmp(cfg->log_to, "stderr") != 0) {
        return zp_fail(err, "log.to: stderr or file, not '%s'", cfg->log_to);
    }
    ok = zp_buf_ok(&path, err) && zp_log_open(&log, err);
    zp_buf_fini(&path);
    return ok;
}

/* ---------------------------------------------------------------- the vault */

/* A state directory that is not there is made; a vault only by `zplane vault init`. */
static bool make_state_dir(const zp_buf *dir, zp_error *err)
{
    if (dir->len && mkdir(dir->ptr, 0700) != 0 && errno != EEXIST)
        return zp_fail_sys(err, errno, "cannot make the state directory '%s'", dir->ptr);
    return true;
}

static bool open_auth(zp_server *s, zp_error *err)
{
    const zp_config *cfg = &s->cfg;
    zp_buf state = ZP_BUF_INIT, vault = ZP_BUF_INIT;
    zp_auth_config auth = { .sessions_per_client = cfg->max_client_sessions,
                            .sessions_total = cfg->max_sessions,
                            .key_path = *cfg->vault_key ? cfg->vault_key : NULL };

    if (zp_vault_places(cfg, &vault, &state, err) && make_state_dir(&state, err)) {
        auth.state_dir = state.len ? state.ptr : NULL;
        auth.vault_path = vault.len && (*cfg->vault || access(vault.ptr, F_OK) == 0) ? vault.ptr : NULL;
        s->auth = zp_auth_new(&auth, err);
    }
    zp_buf_fini(&state);
    zp_buf_fini(&vault);
    if (!s->auth)
        return false;
    if (zp_auth_notice(s->auth))
        ZP_LOG(ZP_LOG_WARN, zp_auth_notice(s->auth));
    return true;
}

static void poll_auth(zp_server *s, bool force)
{
    zp_error err = ZP_ERROR_INIT;

    if (!zp_auth_poll(s->auth, force, &err)) {
        ZP_LOG_RATE(ZP_LOG_ERROR, "the vault cannot be read: what was known before stays",
                    zp_log_str("reason", zp_error_text(&err)));
        zp_error_clear(&err);
        return;
    }
    if (!zp_gateway_reload(s->gateway, &err)) {
        ZP_LOG_RATE(ZP_LOG_ERROR, "the pools of databases stay as they are",
                    zp_log_str("reason", zp_error_text(&err)));
        zp_error_clear(&err);
    }
}

static bool open_gateway(zp_server *s, zp_error *err)
{
    const zp_gateway_config cfg = { .threads = (int)s->cfg.gateway_threads,
                                    .max_payload = s->cfg.max_frame,
                                    .node_max_frame = s->cfg.node_max_frame ? s->cfg.node_max_frame : -1,
                                    .node_max_frame_tls =
                                        s->cfg.node_max_frame_tls ? s->cfg.node_max_frame_tls : -1,
                                    .frame_timeout_ms = s->cfg.frame_timeout * 1000,
                                    .used_idle_ms = s->cfg.used_idle * 1000,
                                    .keep_used_node_sessions = !s->cfg.node_close_used,
                                    .plane = s->engine.plane };

    s->gateway = zp_gateway_new(&cfg, s->auth, err);
    return s->gateway && zp_gateway_metrics(s->gateway, s->metrics, err);
}

static void on_poll(void *arg)
{
    zp_server *s = arg;

    poll_auth(s, false);
    zp_timer_set(s->poll, POLL_US);
}

/* ---------------------------------------------------------------- who has logged in */

void zp__server_adopt(zp_server *s, zp_conn *detached, zp_login *take)
{
    if (take->cls == ZP_CLASS_NATIVE) {
        zp_plane_adopt(s->engine.plane, detached, take);
        return;
    }
    zp_gateway_adopt(s->gateway, detached, take);
}

/* ---------------------------------------------------------------- reload */

static void log_reload(const zp_error *err)
{
    if (err)
        ZP_LOG(ZP_LOG_ERROR, "reload failed: what was set before stays",
               zp_log_str("reason", zp_error_text(err)));
    else
        ZP_LOG(ZP_LOG_INFO, "reloaded");
}

/* Log, TLS, limits and time-outs change at once, and the vault; the rest of the options needs a restart. */
static bool take_config(zp_server *s, zp_config *fresh, zp_error *err)
{
    if (!open_log(fresh, err) || !zp__server_load_tls(s, fresh, err))
        return false;
    s->cfg.login_frame = fresh->login_frame;
    s->cfg.login_timeout = fresh->login_timeout;
    s->cfg.frame_timeout = fresh->frame_timeout;
    s->cfg.send_timeout = fresh->send_timeout;
    s->cfg.stop_timeout = fresh->stop_timeout;
    s->cfg.max_strangers = fresh->max_strangers;
    return true;
}

void zp__server_reload(zp_server *s)
{
    zp_error err = ZP_ERROR_INIT;
    zp_config fresh;
    char state[80];
    bool ok = zp_config_init(&fresh, &err);

    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(zp_clock_ns() / 1000));
    zp__notify(state);
    if (ok) {
        ok = s->spec->reload ? s->spec->reload(s->spec->arg, &fresh, &err)
                             : zp_config_copy(&fresh, s->spec->cfg, &err);
        ok = ok && take_config(s, &fresh, &err);
        zp_config_fini(&fresh);
    }
    log_reload(ok ? NULL : &err);
    zp_error_clear(&err);
    poll_auth(s, true);
    zp__notify("READY=1");
}

/* ---------------------------------------------------------------- stop */

/* Answers over HTTP that are on their way may still arrive. */
static void on_finish(void *arg)
{
    zp_server *s = arg;

    if (s->https && zp_clock_ms() < s->stop_by_ms)
        zp_timer_set(s->finish, LINGER_US);
    else
        zp_loop_stop(s->loop);
}

void zp__server_stop(zp_server *s, const char *why)
{
    if (s->stopping) {
        zp_loop_stop(s->loop); /* asked twice: at once */
        return;
    }
    s->stopping = true;
    s->stop_by_ms = zp_clock_ms() + s->cfg.stop_timeout * 1000;
    ZP_LOG(ZP_LOG_INFO, "stopping", zp_log_str("reason", why));
    zp__notify("STOPPING=1");
    zp__server_unlisten(s);
    zp_listener_free(s->admin);
    s->admin = NULL;
    zp__strangers_close(s, "the server is stopping");
    zp__https_close(s, false);
    zp_gateway_close(s->gateway, NULL, NULL);
    zp_timer_set(s->finish, LINGER_US); /* the last words get out meanwhile */
}

/* ---------------------------------------------------------------- start */

static void alive(void *arg)
{
    (void)arg;
    zp__notify("WATCHDOG=1"); /* on the engine's thread: it turns */
}

static void on_watchdog(void *arg)
{
    zp_server *s = arg;

    if (!zp_loop_post(s->engine.loop, alive, s))
        ZP_LOG_RATE(ZP_LOG_ERROR, "out of memory for the watchdog");
    zp_timer_set(s->notify, zp__notify_watchdog_us());
}

static bool start_timers(zp_server *s, zp_error *err)
{
    s->poll = zp_timer_new(s->loop, on_poll, s, err);
    s->finish = zp_timer_new(s->loop, on_finish, s, err);
    s->notify = zp_timer_new(s->loop, on_watchdog, s, err);
    if (!s->poll || !s->finish || !s->notify)
        return false;
    zp_timer_set(s->poll, POLL_US);
    if (zp__notify_watchdog_us())
        zp_timer_set(s->notify, zp__notify_watchdog_us());
    return true;
}

/* A session needs a descriptor: better said at the start than by the session that finds none. */
static void tell_files(const zp_config *cfg, int64_t files)
{
    if (files > 0 && files < cfg->max_sessions + cfg->max_strangers)
        ZP_LOG(ZP_LOG_WARN, "fewer open files are allowed than sessions", zp_log_int("files", files),
               zp_log_int("sessions", cfg->max_sessions), zp_log_int("strangers", cfg->max_strangers),
               zp_log_str("raise", "LimitNOFILE of the unit, or the hard limit of the shell (ulimit -Hn)"));
}

static bool start(zp_server *s, zp_error *err)
{
    s->started_ms = zp_clock_ms();
    if (!zp_config_copy(&s->cfg, s->spec->cfg, err) || !open_log(&s->cfg, err))
        return false;
    zp__signals_block(s->spec->console);
    tell_files(&s->cfg, zp_net_raise_files());
    s->loop = zp_loop_new(0, err);
    s->metrics = s->loop ? zp_metrics_new(err) : NULL;
    return s->metrics && zp__server_load_tls(s, &s->cfg, err) && zp__signals_start(s, err) &&
           zp__engine_start(s, err) && open_auth(s, err) && open_gateway(s, err) &&
           zp__server_metrics(s, err) && start_timers(s, err) && zp__server_listen(s, err);
}

static void ready(zp_server *s)
{
    zp__server_admin_open(s);
    puts("ready");
    fflush(stdout);
    ZP_LOG(ZP_LOG_INFO, "ready", zp_log_str("version", ZP_VERSION), zp_log_int("pid", getpid()),
           zp_log_int("ms", zp_clock_ms() - s->started_ms));
    zp__notify("READY=1\nSTATUS=serving");
    if (s->spec->console)
        zp__stranger_own(s, s->spec->console_fd);
}

static bool finish(zp_server *s)
{
    zp__server_unlisten(s);
    zp__signals_stop(s);
    zp__strangers_close(s, "the server is stopping");
    zp__https_close(s, true); /* what they asked for is cancelled, their values go back to the engine */
    for (int64_t until = zp_clock_ms() + ENGINE_GRACE_MS; s->nqueries && zp_clock_ms() < until;)
        zp_loop_once(s->loop, LINGER_US);
    zp_gateway_free(s->gateway);
    if (!zp__engine_stop(s, s->cfg.stop_timeout * 1000 + ENGINE_GRACE_MS)) {
        ZP_LOG(ZP_LOG_WARN, "something was still running and is left");
        return false;
    }
    zp_timer_free(s->poll);
    zp_timer_free(s->finish);
    zp_timer_free(s->notify);
    zp_loop_free(s->loop);
    zp_auth_free(s->auth);
    zp_tls_unref(s->tls);
    zp_metrics_free(s->metrics);
    zp_config_fini(&s->cfg);
    return true;
}

int zp_server_run(const zp_server_spec *spec, zp_error *err)
{
    zp_server s = { .spec = spec };
    bool ok = start(&s, err);

    if (ok) {
        ready(&s);
        zp_loop_run(s.loop);
    } else if (spec->console) {
        close(spec->console_fd);
    }
    if (!finish(&s)) {
        fflush(stdout);
        _exit(ok ? 0 : 1); /* threads that still run hold what would be freed */
    }
    if (ok)
        ZP_LOG(ZP_LOG_INFO, "stopped");
    return ok ? 0 : 1;
}
