/* tail: bytes behind the end of a column.
 *
 *     | rows ............. | zeros, written ahead ............ |
 *                     [ window, mapped and shared ]
 *
 * What is appended bit by bit shall lie together, on the disk and in memory: zeros are written ahead in pieces.  The
 * system keeps such a piece as one and maps it as one, and what is appended bit by bit is then scanned nearly as fast as
 * what was written at once.  Later flushes find the blocks and the length in place.  What lies behind the committed
 * rows means nothing, zeros or not; where there is no room for them, the rows themselves may still fit.
 *
 * A small append is a copy into the window: no system call.  It goes only where this process has written zeros: there
 * the blocks are the file's already, so that a full disk is an error of the write ahead and never that of a touched page.
 * What cannot be mapped, the first appends, and large ones are written by calls.
 *
 * A page that is touched in the window makes the system write its whole piece with the next flush.  Where flushes come
 * often, pieces are therefore smaller, and the window is used only while many appends share a flush. */
#include "store/store_priv.h"

#include <sys/mman.h>

enum {
    HUGE_PAGE = 2 << 20,
    PIECE = 256 << 10, /* larger ones: scans gain an eighth, small writes by calls cost ten times as much */
    FINE_PIECE = 64 << 10, /* where flushes come often */
    WINDOW = 256 << 10,
    SMALL = 1024,       /* bytes: the first touch of a page costs as much as a call or two ... */
    FEW = 32,           /* ... and after so many small appends more are expected */
    WINDOWS_MOST = 4096 /* mapped at a time; the system has 65,530 mappings for a process */
};

static int64_t windows; /* mapped now: the engine's */

/* ---------------------------------------------------------------- zeros ahead */

static bool flushed_often(const zp_store *s)
{
    enum { OFTEN_NS = 50000000 };
    const zp_store_options *o = &s->h.options;

    return o->sync == ZP_SYNC_COMMIT || (o->sync == ZP_SYNC_INTERVAL && o->interval_ns < OFTEN_NS);
}

static uint64_t round_up(uint64_t x, uint64_t to)
{
    return (x + to - 1) / to * to;
}

/* Zeros from `at`, or from where they end, to behind `end`. */
static bool fill_ahead(zp__file *f, uint64_t at, uint64_t end, bool fine)
{
    static uint8_t zeros[PIECE]; /* never written: no memory */
    const size_t piece = fine ? FINE_PIECE : PIECE;
    const uint64_t to = round_up(end, end < HUGE_PAGE / 2 ? FINE_PIECE : HUGE_PAGE);

    if (at < f->solid || at > f->ready)
        f->solid = f->ready = at;
    while (f->ready < to) {
        const size_t len = piece - (size_t)(f->ready % piece);

        if (zp_io_write_all(f->fd, zeros, len, (int64_t)f->ready) < 0)
            return false;
        f->ready += len;
        f->room = f->ready > f->room ? f->ready : f->room;
    }
    f->fine = fine;
    return true;
}

/* ---------------------------------------------------------------- windows */

void zp__window_close(char **window, size_t len)
{
    if (!*window)
        return;
    munmap(*window, len);
    *window = NULL;
    windows--;
}

char *zp__window_open(zp_store *s, int fd, uint64_t at, size_t len)
{
    void *got;

    if (s->nfiles > WINDOWS_MOST / 4) /* it would take them all, again and again */
        return NULL;
    if (windows >= WINDOWS_MOST)
        zp__windows_release(s);
    if (windows >= WINDOWS_MOST || zp_io_get()->window(fd, (int64_t)at, len, &got) < 0)
        return NULL;
    windows++;
    return got;
}

void zp__tail_release(zp__file *f)
{
    zp__window_close(&f->window, WINDOW);
    f->small = 0;
}

static bool move_window(zp_store *s, zp__file *f, uint64_t at, size_t len)
{
    const uint64_t base = at / WINDOW * WINDOW;

    if (f->window && f->window_at == base && at + len <= base + WINDOW)
        return true;
    zp__window_close(&f->window, WINDOW);
    if (at + len > base + WINDOW)
        return false;
    f->window = zp__window_open(s, f->fd, base, WINDOW);
    f->window_at = base;
    return f->window != NULL;
}

/* Are more small appends to be expected, before the next flush where flushes come often? */
static bool expects_more(const zp_store *s, zp__file *f)
{
    if (flushed_often(s) && f->round != s->round) {
        f->round = s->round;
        f->small = 0;
    }
    f->small += f->small < FEW;
    return f->small == FEW;
}

static bool copy_in(zp_store *s, zp__file *f, const void *bytes, size_t len, uint64_t at)
{
    const bool often = flushed_often(s);

    if (!move_window(s, f, at, len) ||
        ((at < f->solid || at + len > f->ready) && !fill_ahead(f, at, at + len, often))) {
        f->small = 0; /* not again at once */
        return false;
    }
    if (often && !f->fine)
        return false;
    zp_io_get()->store(f->fd, f->window + (at - f->window_at), bytes, len, (int64_t)at);
    return true;
}

/* ---------------------------------------------------------------- the door */

bool zp__file_write(zp_store *s, zp__file *f, const void *bytes, size_t len, uint64_t at, zp_error *err)
{
    const uint64_t end = at + len;
    int r;

    f->written = true;
    if (len <= SMALL && expects_more(s, f) && copy_in(s, f, bytes, len, at))
        return true;
    if (len < HUGE_PAGE && end > f->room && end >= HUGE_PAGE / 2 &&
        !fill_ahead(f, at, end, len <= SMALL && flushed_often(s)))
        f->room = end;
    r = zp_io_write_all(f->fd, bytes, len, (int64_t)at);
    if (r == 0 && f->room < end)
        f->room = end;
    return r == 0 || zp__fail_io(s, err, -r, "write");
}
