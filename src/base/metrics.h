/* metrics: numbers about a running program, as Prometheus reads them.
 *
 *     zp_metrics --asks--> collector of each room --zp_metrics_value--> text
 *
 * Nobody keeps a global counter: who has something to tell registers a collector, which reads the counters of its own object
 * when somebody asks.  Counters that several threads read are zp_counter, changed by one relaxed instruction.
 *
 * Threads: registering and asking are locked; a collector runs on the thread that asks (the net loop's). */
#ifndef ZP_BASE_METRICS_H
#define ZP_BASE_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"

typedef _Atomic uint64_t zp_counter;

static inline void zp_count(zp_counter *c, uint64_t by)
{
    atomic_fetch_add_explicit(c, by, memory_order_relaxed);
}
static inline uint64_t zp_counted(const zp_counter *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

typedef struct zp_metrics zp_metrics;
typedef struct zp_metrics_out zp_metrics_out;
typedef void (*zp_metrics_fn)(void *arg, zp_metrics_out *out);

zp_metrics *zp_metrics_new(zp_error *err) ZP_MUST_CHECK;
void zp_metrics_free(zp_metrics *m);
/* `arg` must live as long as `m`. */
bool zp_metrics_add(zp_metrics *m, zp_metrics_fn collect, void *arg, zp_error *err) ZP_MUST_CHECK;
/* All of them, in the text format 0.0.4. */
void zp_metrics_text(zp_metrics *m, zp_buf *out);

/* For collectors.  A family first, then its values: "zplane_peers", "counter" or "gauge", "Peers that are connected." */
void zp_metrics_family(zp_metrics_out *out, const char *name, const char *type, const char *help);
/* `labels`: pairs of name and value, ended by NULL; values are escaped.  NULL: none. */
void zp_metrics_value(zp_metrics_out *out, const char *const *labels, double value);
/* One histogram of a family of the type "histogram": counts[i] values up to bounds[i], counts[n] above; their sum. */
void zp_metrics_histogram(zp_metrics_out *out, const char *const *labels, const double *bounds,
                          const uint64_t *counts, size_t n, double sum);
/* A family of one value. */
void zp_metrics_one(zp_metrics_out *out, const char *name, const char *type, const char *help, double value);

#endif
