/* progress: counting costs one atomic addition; the clock is asked by the owner alone. */
#include "base/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 79 }; /* narrower than a terminal, so that it never wraps on one of 80 columns */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void put(const zp_progress *p, const char *text, size_t len)
{
    ssize_t done = write(p->fd, text, len); /* a line that is lost does not matter */

    (void)done;
}

void zp_progress_begin(zp_progress *p, int fd, const char *what, int64_t total)
{
    p->what = what;
    p->fd = fd;
    p->owner = pthread_self();
    atomic_init(&p->done, 0);
    atomic_init(&p->bytes, 0);
    p->total = total;
    p->began = fd < 0 ? 0 : now_ms();
    p->next = p->began + ZP_PROGRESS_WAIT_MS;
    p->shown = false;
}

size_t zp_progress_text(const zp_progress *p, int64_t elapsed_ms, char *to, size_t size)
{
    double done = (double)atomic_load_explicit(&p->done, memory_order_relaxed), total = (double)p->total;
    double seconds = (double)(elapsed_ms > 0 ? elapsed_ms : 1) / 1e3;
    double speed = (double)atomic_load_explicit(&p->bytes, memory_order_relaxed) / seconds / 1e6;
    char percent[16] = "", rate[40] = "", left[40] = "";
    int len;

    if (done > total)
        done = total;
    if (total > 0) {
        double rest = done > 0 ? seconds * (total - done) / done + 0.5 : 1e9;

        snprintf(percent, sizeof percent, "  %3d%%", (int)(100 * done / total));
        if (rest < 360000) /* a hundred hours */
            snprintf(left, sizeof left, "  %d:%02d left", (int)rest / 60, (int)rest % 60);
    }
    if (speed > 0)
        snprintf(rate, sizeof rate, speed < 10 ? "  %.1f MB/s" : "  %.0f MB/s", speed);
    len = snprintf(to, size, "%.24s%s%s%s", p->what, percent, rate, left);
    return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

static void draw(zp_progress *p)
{
    int64_t now = now_ms();
    char line[LINE + 8] = "\r";
    size_t len;

    if (now < p->next)
        return;
    p->next = now + ZP_PROGRESS_STEP_MS;
    p->shown = true;
    len = 1 + zp_progress_text(p, now - p->began, line + 1, LINE);
    memcpy(line + len, "\x1b[K", 3);
    put(p, line, len + 3);
}

void zp_progress_add(zp_progress *p, int64_t amount, int64_t bytes)
{
    if (p->fd < 0)
        return;
    atomic_fetch_add_explicit(&p->done, amount, memory_order_relaxed);
    atomic_fetch_add_explicit(&p->bytes, bytes, memory_order_relaxed);
    if (pthread_equal(p->owner, pthread_self()))
        draw(p);
}

void zp_progress_end(zp_progress *p)
{
    if (p->shown)
        put(p, "\r\x1b[K", 4);
    p->shown = false;
}
