/* metrics: what the net loop, the engine's loop and the handshakes have counted. */
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/server_priv.h"

static void put_loops(zp_metrics_out *out, const zp_server *s)
{
    zp_net_stats net, engine;
    static const char *const names[] = { "net", "engine" };
    const zp_net_stats *each[] = { &net, &engine };
    static const struct {
        const char *name, *type, *help;
        size_t offset;
    } rows[] = {
        { "zplane_connections", "gauge", "Connections of a loop.", offsetof(zp_net_stats, connections) },
        { "zplane_connections_opened_total", "counter", "Connections that came to a loop.",
          offsetof(zp_net_stats, opened) },
        { "zplane_received_bytes_total", "counter", "Bytes read from sockets.",
          offsetof(zp_net_stats, bytes_in) },
        { "zplane_sent_bytes_total", "counter", "Bytes written to sockets.",
          offsetof(zp_net_stats, bytes_out) },
        { "zplane_reads_total", "counter", "System calls that read.", offsetof(zp_net_stats, reads) },
        { "zplane_writes_total", "counter", "System calls that wrote.", offsetof(zp_net_stats, writes) },
        { "zplane_turns_total", "counter", "Turns of a loop.", offsetof(zp_net_stats, turns) },
    };

    double bounds[ZP_TURN_BOUNDS];

    zp_loop_stats(s->loop, &net);
    zp_loop_stats(s->engine.loop, &engine);
    for (size_t k = 0; k < ZP_TURN_BOUNDS; k++)
        bounds[k] = (double)zp_turn_bounds_us[k] / 1e6;
    zp_metrics_family(out, "zplane_turn_seconds", "histogram",
                      "How long the turns of a loop took: who comes meanwhile waits.");
    for (size_t i = 0; i < ZP_COUNTOF(each); i++) {
        const char *const labels[] = { "loop", names[i], NULL };

        zp_metrics_histogram(out, labels, bounds, each[i]->lasted, ZP_TURN_BOUNDS,
                             (double)each[i]->turn_ns / 1e9);
    }
    for (size_t r = 0; r < ZP_COUNTOF(rows); r++) {
        zp_metrics_family(out, rows[r].name, rows[r].type, rows[r].help);
        for (size_t i = 0; i < ZP_COUNTOF(each); i++) {
            const char *const labels[] = { "loop", names[i], NULL };

            zp_metrics_value(out, labels,
                             (double)*(const uint64_t *)((const char *)each[i] + rows[r].offset));
        }
    }
}

static void put_auth(zp_metrics_out *out, const zp_server *s)
{
    zp_auth_stats auth;

    zp_auth_stats_get(s->auth, &auth);
    zp_metrics_one(out, "zplane_logins_total", "counter", "Handshakes that proved a client.",
                   (double)auth.accepted);
    zp_metrics_one(out, "zplane_logins_refused_total", "counter", "Handshakes that were refused.",
                   (double)auth.refused);
    zp_metrics_one(out, "zplane_logins_replayed_total", "counter", "Handshakes refused as repeated.",
                   (double)auth.replayed);
    zp_metrics_one(out, "zplane_sessions", "gauge", "Sessions that are logged in.", (double)auth.sessions);
    zp_metrics_one(out, "zplane_tokens", "gauge", "Tokens of the HTTP login that are valid.",
                   (double)auth.tokens);
    zp_metrics_one(out, "zplane_vault_reloads_total", "counter", "Times that the vault was read again.",
                   (double)auth.reloads);
}

/* Pages of the process that are in memory. */
static double resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long size, resident = 0;

    if (f && fscanf(f, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void put_process(zp_metrics_out *out, const zp_server *s)
{
    static const char *const version[] = { "version", ZP_VERSION, NULL };
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    zp_metrics_family(out, "zplane_info", "gauge", "The version that runs.");
    zp_metrics_value(out, version, 1);
    zp_metrics_one(out, "zplane_uptime_seconds", "gauge", "Time since the start.",
                   (double)(zp_clock_ms() - s->started_ms) / 1000);
    zp_metrics_one(out, "process_resident_memory_bytes", "gauge", "Memory of the process.", resident_bytes());
    zp_metrics_one(out, "process_cpu_seconds_total", "counter", "Processor time of the process.",
                   (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
}

static void collect(void *arg, zp_metrics_out *out)
{
    const zp_server *s = arg;

    put_process(out, s);
    put_loops(out, s);
    put_auth(out, s);
    zp_metrics_one(out, "zplane_accepted_total", "counter", "Connections accepted.",
                   (double)zp_counted(&s->count.accepted));
    zp_metrics_one(out, "zplane_refused_total", "counter", "Connections refused before a login.",
                   (double)zp_counted(&s->count.refused));
    zp_metrics_one(out, "zplane_strangers", "gauge", "Connections that have not logged in.",
                   (double)s->nstrangers);
    zp_metrics_one(out, "zplane_http_requests_total", "counter", "Requests over HTTP.",
                   (double)zp_counted(&s->count.http_requests));
}

bool zp__server_metrics(zp_server *s, zp_error *err)
{
    return zp_metrics_add(s->metrics, collect, s, err) &&
           zp_metrics_add(s->metrics, zp_plane_collect, s->engine.plane, err);
}
