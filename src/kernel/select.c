/* Moving chosen elements.
 *
 * Compressing under a mask is bound by memory, so the work is to move few bytes and to keep the cores busy: the mask
 * is counted in blocks, a running sum tells where the output of each block begins, and then all threads pack blocks
 * at once.  A large result is packed into the first-level cache and written from there past the caches. */
#include "kernel/select.h"

#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "kernel/kernel.h"

typedef struct cell16 {
    int64_t a, b;
} cell16;
typedef struct cell24 {
    int64_t a, b, c;
} cell24;

enum {
    BLOCK = 1 << 18, /* elements that one thread counts and packs at a time */
    CHUNK = 2048,    /* elements packed into the first-level cache before they are written out */
    STREAM = 1 << 22 /* bytes from which results are written past the caches */
};

typedef struct count_job {
    const int8_t *mask;
    int64_t n;
    int64_t *start; /* start[b + 1]: elements of block b */
} count_job;

static void count_block(void *arg, int64_t b)
{
    const count_job *job = arg;
    const int64_t at = b * BLOCK, len = at + BLOCK < job->n ? BLOCK : job->n - at;

    job->start[b + 1] = zp_kernels_get()->count_lgl(job->mask + at, len);
}

typedef struct sum_job {
    const int8_t *mask;
    _Atomic int64_t total;
} sum_job;

static void sum_piece(void *arg, int64_t from, int64_t to)
{
    sum_job *job = arg;

    atomic_fetch_add(&job->total, zp_kernels_get()->count_lgl(job->mask + from, to - from));
}

int64_t zp_select_count(const int8_t *mask, int64_t n)
{
    sum_job job = { .mask = mask };

    zp_parallel(n, 8 * BLOCK, sum_piece, &job);
    return atomic_load(&job.total);
}

/* ---------------------------------------------------------------- compress */

typedef void (*compress_fn)(void *to, const void *from, const int8_t *mask, int64_t n, int64_t room);

/* Stores always and advances only where the mask is true: no branch to mispredict.  Stops when the room is used
 * up, so that nothing is written behind it. */
#define COMPRESS(name, T)                                                                     \
    static void name(void *to, const void *from, const int8_t *mask, int64_t n, int64_t room) \
    {                                                                                         \
        T *out = to;                                                                          \
        const T *in = from;                                                                   \
        int64_t k = 0;                                                                        \
                                                                                              \
        for (int64_t i = 0; i < n && k < room; i++) {                                         \
            out[k] = in[i];                                                                   \
            k += mask[i] != 0;                                                                \
        }                                                                                     \
    }

COMPRESS(compress1, int8_t)
COMPRESS(compress16, cell16)
COMPRESS(compress24, cell24)

static void put_out(int64_t *to, const int64_t *from, int64_t n, bool stream)
{
    if (stream)
        zp_kernels_get()->stream(to, from, (size_t)n * 8);
    else
        memcpy(to, from, (size_t)n * 8);
}

/* Packs chunk by chunk into a small buffer and writes it out in whole cache lines. */
static void pack8(int64_t *to, const int64_t *from, const int8_t *mask, int64_t n, bool stream)
{
    int64_t buf[2 * CHUNK + 8] __attribute__((aligned(64)));
    int64_t have = 0, lead = (int64_t)((64 - ((uintptr_t)to & 63)) & 63) / 8;

    for (int64_t at = 0; at < n; at += CHUNK) {
        const int64_t len = at + CHUNK < n ? CHUNK : n - at;
        int64_t whole;

        have += zp_kernels_get()->compress8(buf + have, from + at, mask + at, len);
        if (lead && have >= lead) { /* once: up to the first whole line */
            memcpy(to, buf, (size_t)lead * 8);
            to += lead;
            have -= lead;
            memmove(buf, buf + lead, (size_t)have * 8);
            lead = 0;
        }
        if (lead || have < CHUNK)
            continue;
        whole = have & ~INT64_C(7);
        put_out(to, buf, whole, stream);
        to += whole;
        have -= whole;
        memcpy(buf, buf + whole, (size_t)have * 8);
    }
    memcpy(to, buf, (size_t)have * 8);
}

typedef struct pack_job {
    size_t size;
    char *to;
    const char *from;
    const int8_t *mask;
    int64_t n;
    const int64_t *start;
    bool stream;
} pack_job;

static void pack_block(void *arg, int64_t b)
{
    const pack_job *job = arg;
    const size_t size = job->size;
    const int64_t at = b * BLOCK, len = at + BLOCK < job->n ? BLOCK : job->n - at;
    const int64_t room = job->start[b + 1] - job->start[b];
    char *out = job->to + (size_t)job->start[b] * size;
    const char *in = job->from + (size_t)at * size;

    if (size == 8)
        pack8((int64_t *)out, (const int64_t *)in, job->mask + at, len, job->stream);
    else
        (size == 1 ? compress1 : size == 16 ? compress16 : compress24)(out, in, job->mask + at, len, room);
}

void zp_select_compress(size_t size, void *to, const void *from, const int8_t *mask, int64_t n, int64_t count)
{
    const int64_t blocks = (n + BLOCK - 1) / BLOCK;
    const bool stream = (size_t)count * size >= STREAM;
    int64_t few[65], *start = few;
    pack_job job = { .size = size, .to = to, .from = from, .mask = mask, .n = n, .stream = stream };

    if (blocks > 64) {
        start = zp_alloc((size_t)(blocks + 1) * sizeof *start, NULL);
        if (!start) { /* one thread then, in pieces of 64 blocks */
            for (int64_t at = 0; at < n; at += 64 * BLOCK) {
                const int64_t len = at + 64 * BLOCK < n ? 64 * BLOCK : n - at,
                              got = zp_select_count(mask + at, len);

                zp_select_compress(size, to, (const char *)from + (size_t)at * size, mask + at, len, got);
                to = (char *)to + (size_t)got * size;
            }
            return;
        }
    }
    start[0] = 0;
    start[blocks] = count;
    if (blocks > 1)
        zp_parallel_tasks(blocks, count_block, &(count_job){ mask, n, start });
    else
        start[1] = count;
    for (int64_t b = 0; b < blocks && blocks > 1; b++)
        start[b + 1] += start[b];
    job.start = start;
    zp_parallel_tasks(blocks, pack_block, &job);
    if (start != few)
        zp_free(start);
}

void zp_select_positions(int64_t *to, const int8_t *mask, int64_t n, int64_t base)
{
    for (int64_t i = 0; i < n; i++)
        if (mask[i])
            *to++ = base + i;
}

/* ---------------------------------------------------------------- gather, scatter, expand, fill */

typedef struct move_job {
    void *to;
    const void *from;
    const int64_t *pos;
    const double *num;
    const int8_t *mask;
    int64_t n;
    bool one;
} move_job;

/* No branch depends on the mask: what is not chosen is written back as it was. */
#define MOVES(name, T)                                            \
    static void gather##name(void *arg, int64_t from, int64_t to) \
    {                                                             \
        const move_job *job = arg;                                \
        T *out = job->to;                                         \
        const T *in = job->from;                                  \
                                                                  \
        for (int64_t i = from; i < to; i++)                       \
            out[i] = in[job->pos[i]];                             \
    }                                                             \
    static void number##name(void *arg, int64_t from, int64_t to) \
    {                                                             \
        const move_job *job = arg;                                \
        T *out = job->to;                                         \
        const T *in = job->from;                                  \
                                                                  \
        for (int64_t i = from; i < to; i++)                       \
            out[i] = in[(int64_t)job->num[i] - 1];                \
    }                                                             \
    static void blend##name(void *arg, int64_t from, int64_t to)  \
    {                                                             \
        const move_job *job = arg;                                \
        T *out = job->to;                                         \
        const T what = *(const T *)job->from;                     \
                                                                  \
        for (int64_t i = from; i < to; i++)                       \
            out[i] = job->mask[i] ? what : out[i];                \
    }                                                             \
    static void expand##name(const move_job *job, int64_t count)  \
    {                                                             \
        T *out = job->to;                                         \
        const T *in = job->from;                                  \
        int64_t k = 0;                                            \
                                                                  \
        for (int64_t i = 0; k < count; i++) {                     \
            out[i] = job->mask[i] ? in[k] : out[i];               \
            k += job->mask[i] != 0;                               \
        }                                                         \
    }                                                             \
    static void scatter##name(const move_job *job)                \
    {                                                             \
        T *out = job->to;                                         \
        const T *in = job->from;                                  \
        const int64_t step = job->one ? 0 : 1;                    \
                                                                  \
        for (int64_t i = 0; i < job->n; i++)                      \
            out[job->pos[i]] = in[i * step];                      \
    }                                                             \
    static void fill##name(void *arg, int64_t from, int64_t to)   \
    {                                                             \
        const move_job *job = arg;                                \
        T *out = job->to;                                         \
        const T what = *(const T *)job->from;                     \
                                                                  \
        for (int64_t i = from; i < to; i++)                       \
            out[i] = what;                                        \
    }

MOVES(1, int8_t)
MOVES(8, int64_t)
MOVES(16, cell16)
MOVES(24, cell24)

#define OF_SIZE(fn, size) ((size) == 8 ? fn##8 : (size) == 1 ? fn##1 : (size) == 16 ? fn##16 : fn##24)

void zp_select_gather(size_t size, void *to, const void *from, const int64_t *pos, int64_t count)
{
    move_job job = { .to = to, .from = from, .pos = pos };

    zp_parallel(count, BLOCK, OF_SIZE(gather, size), &job);
}

void zp_select_gather_num(size_t size, void *to, const void *from, const double *num, int64_t count)
{
    move_job job = { .to = to, .from = from, .num = num };

    zp_parallel(count, BLOCK, OF_SIZE(number, size), &job);
}

void zp_select_scatter(size_t size, void *to, const void *from, bool one, const int64_t *pos, int64_t count)
{
    OF_SIZE(scatter, size)(&(move_job){ .to = to, .from = from, .one = one, .pos = pos, .n = count });
}

void zp_select_expand(size_t size, void *to, const void *from, bool one, const int8_t *mask, int64_t n,
                      int64_t count)
{
    move_job job = { .to = to, .from = from, .mask = mask };

    if (one)
        zp_parallel(n, BLOCK, OF_SIZE(blend, size), &job);
    else
        OF_SIZE(expand, size)(&job, count);
}

void zp_select_fill(size_t size, void *to, const void *from, int64_t n)
{
    move_job job = { .to = to, .from = from };

    zp_parallel(n, BLOCK, OF_SIZE(fill, size), &job);
}
