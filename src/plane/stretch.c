/* stretch: what held the engine's thread for longer than a millisecond, for those who look for the reason of a late answer.
 *
 * Names are constants (of built-ins, instructions, and of what the plane does itself).  Written by whoever has the engine,
 * read by the thread that collects metrics. */
#include "plane/plane_priv.h"

enum { LONG_US = 1000 };

int64_t zp__stretch_begin(zp_plane *plane)
{
    return plane->stretches.since_us = zp__now_us();
}

static void note(zp__stretches *s, int k, const char *what, int64_t us)
{
    atomic_store_explicit(&s->of[k].what, what, memory_order_release);
    zp_count(&s->of[k].n, 1);
    if ((uint64_t)us > zp_counted(&s->of[k].most_us))
        atomic_store_explicit(&s->of[k].most_us, (uint64_t)us, memory_order_relaxed);
}

/* The last place is for all that came when the others were taken. */
void zp__stretch_end(zp_plane *plane, const char *what)
{
    zp__stretches *s = &plane->stretches;
    int64_t us = zp__now_us() - s->since_us;
    int k = 0;

    if (ZP_LIKELY(us < LONG_US))
        return;
    while (k < ZP_STRETCHES - 1 && s->of[k].what && s->of[k].what != what)
        k++;
    note(s, k, k < ZP_STRETCHES - 1 ? what : "others", us);
}

static void collect(const zp__stretches *s, zp_metrics_out *out, bool longest)
{
    for (int k = 0; k < ZP_STRETCHES; k++) {
        const char *what = atomic_load_explicit(&s->of[k].what, memory_order_acquire);
        const char *const labels[] = { "what", what, NULL };

        if (what)
            zp_metrics_value(out, labels,
                             longest ? (double)zp_counted(&s->of[k].most_us) / 1e6
                                     : (double)zp_counted(&s->of[k].n));
    }
}

void zp__stretch_collect(const zp_plane *plane, zp_metrics_out *out)
{
    zp_metrics_family(
        out, "zplane_engine_long_total", "counter",
        "Times that the engine's thread was held for more than a millisecond, by what held it.");
    collect(&plane->stretches, out, false);
    zp_metrics_family(out, "zplane_engine_longest_seconds", "gauge", "The longest of these.");
    collect(&plane->stretches, out, true);
}
