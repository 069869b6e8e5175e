/* metrics: collectors in a list, and the text that they make together. */
#include "base/metrics.h"

#include <stdio.h>

#include <math.h>
#include <pthread.h>

#include "base/mem.h"

typedef struct collector {
    struct collector *next;
    zp_metrics_fn collect;
    void *arg;
} collector;

struct zp_metrics {
    pthread_mutex_t lock;
    collector *first, **last;
};

struct zp_metrics_out {
    zp_buf *text;
    const char *name; /* of the family that was begun */
};

zp_metrics *zp_metrics_new(zp_error *err)
{
    zp_metrics *m = zp_new(zp_metrics, err);

    if (m) {
        pthread_mutex_init(&m->lock, NULL);
        m->last = &m->first;
    }
    return m;
}

void zp_metrics_free(zp_metrics *m)
{
    if (!m)
        return;
    for (collector *c = m->first, *next; c; c = next) {
        next = c->next;
        zp_free(c);
    }
    pthread_mutex_destroy(&m->lock);
    zp_free(m);
}

bool zp_metrics_add(zp_metrics *m, zp_metrics_fn collect, void *arg, zp_error *err)
{
    collector *c = zp_new(collector, err);

    if (!c)
        return false;
    c->collect = collect;
    c->arg = arg;
    pthread_mutex_lock(&m->lock);
    *m->last = c;
    m->last = &c->next;
    pthread_mutex_unlock(&m->lock);
    return true;
}

void zp_metrics_text(zp_metrics *m, zp_buf *text)
{
    zp_metrics_out out = { text, "" };

    pthread_mutex_lock(&m->lock);
    for (collector *c = m->first; c; c = c->next)
        c->collect(c->arg, &out);
    pthread_mutex_unlock(&m->lock);
}

void zp_metrics_family(zp_metrics_out *out, const char *name, const char *type, const char *help)
{
    out->name = name;
    zp_buf_printf(out->text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_label(zp_buf *to, const char *value)
{
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            zp_buf_putc(to, '\\');
        if (*value == '\n')
            zp_buf_puts(to, "\\n");
        else
            zp_buf_putc(to, *value);
    }
}

static void put_number(zp_buf *to, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        zp_buf_printf(to, " %.0f\n", value);
    else
        zp_buf_printf(to, " %.9g\n", value);
}

/* `bound`: of a bucket; NULL: none. */
static void put_value(zp_metrics_out *out, const char *suffix, const char *const *labels, const char *bound,
                      double value)
{
    bool any = false;

    zp_buf_printf(out->text, "%s%s", out->name, suffix);
    for (size_t i = 0; labels && labels[i]; i += 2, any = true) {
        zp_buf_printf(out->text, "%s%s=\"", any ? "," : "{", labels[i]);
        put_label(out->text, labels[i + 1]);
        zp_buf_putc(out->text, '"');
    }
    if (bound)
        zp_buf_printf(out->text, "%sle=\"%s\"", any ? "," : "{", bound);
    zp_buf_puts(out->text, any || bound ? "}" : "");
    put_number(out->text, value);
}

void zp_metrics_value(zp_metrics_out *out, const char *const *labels, double value)
{
    put_value(out, "", labels, NULL, value);
}

void zp_metrics_histogram(zp_metrics_out *out, const char *const *labels, const double *bounds,
                          const uint64_t *counts, size_t n, double sum)
{
    uint64_t all = 0;
    char bound[32];

    for (size_t i = 0; i < n; i++) {
        all += counts[i];
        snprintf(bound, sizeof bound, "%g", bounds[i]);
        put_value(out, "_bucket", labels, bound, (double)all);
    }
    all += counts[n];
    put_value(out, "_bucket", labels, "+Inf", (double)all);
    put_value(out, "_sum", labels, NULL, sum);
    put_value(out, "_count", labels, NULL, (double)all);
}

void zp_metrics_one(zp_metrics_out *out, const char *name, const char *type, const char *help, double value)
{
    zp_metrics_family(out, name, type, help);
    zp_metrics_value(out, NULL, value);
}
