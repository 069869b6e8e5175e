/* map: runs element-wise loops over any length.
 *
 * Short vectors go to the loop directly.  From 1 MB on the range is cut among threads; a large result that is not one
 * of the operands is computed in blocks that fit the first-level cache and streamed to memory from there. */
#include "kernel/kernel.h"

#include <stdatomic.h>

enum {
    GRAIN = 1 << 16,               /* elements per thread at least */
    BLOCK = 512,                   /* elements of a streamed block at most */
    BLOCK_BYTES = 2048,            /* and bytes of its result: small enough that loads and stores overlap */
    STREAM_BYTES = 4 * 1024 * 1024 /* results of this size leave the caches anyway */
};

typedef struct map2 {
    zp_loop2 loop;
    int op;
    zp_shape shape;
    char *out;
    const char *a, *b;
    size_t out_size, a_step, b_step; /* a step of 0: a single element */
    bool stream;
    _Atomic bool failed;
} map2;

static void run_streamed(map2 *m, int64_t from, int64_t to)
{
    _Alignas(64) char block[BLOCK_BYTES];
    const zp_kernels *k = zp_kernels_get();
    int64_t most = BLOCK_BYTES / (int64_t)m->out_size < BLOCK ? BLOCK_BYTES / (int64_t)m->out_size : BLOCK;
    bool ok = true;

    for (int64_t i = from; i < to; i += most) {
        int64_t n = to - i < most ? to - i : most;

        ok &= m->loop(m->op, m->shape, block, m->a + (size_t)i * m->a_step, m->b + (size_t)i * m->b_step, n);
        k->stream(m->out + (size_t)i * m->out_size, block, (size_t)n * m->out_size);
    }
    atomic_thread_fence(memory_order_seq_cst);
    if (!ok)
        atomic_store_explicit(&m->failed, true, memory_order_relaxed);
}

static void run_piece(void *arg, int64_t from, int64_t to)
{
    map2 *m = arg;

    if (m->stream) {
        run_streamed(m, from, to);
        return;
    }
    if (!m->loop(m->op, m->shape, m->out + (size_t)from * m->out_size, m->a + (size_t)from * m->a_step,
                 m->b + (size_t)from * m->b_step, to - from))
        atomic_store_explicit(&m->failed, true, memory_order_relaxed);
}

/* ---------------------------------------------------------------- one operand */

typedef struct map1 {
    zp_loop1 loop;
    double *out;
    const double *x;
    bool stream;
} map1;

static void run_piece1(void *arg, int64_t from, int64_t to)
{
    enum { DOUBLES = BLOCK_BYTES / sizeof(double) };
    _Alignas(64) double block[DOUBLES];
    const zp_kernels *k = zp_kernels_get();
    const map1 *m = arg;

    if (!m->stream) {
        m->loop(m->out + from, m->x + from, to - from);
        return;
    }
    for (int64_t i = from; i < to; i += DOUBLES) {
        int64_t n = to - i < DOUBLES ? to - i : DOUBLES;

        m->loop(block, m->x + i, n);
        k->stream(m->out + i, block, (size_t)n * sizeof(double));
    }
    atomic_thread_fence(memory_order_seq_cst);
}

void zp_map1(zp_loop1 loop, double *out, const double *x, int64_t n, int64_t grain)
{
    if (n < 2 * grain) {
        loop(out, x, n);
        return;
    }
    map1 m = { loop, out, x,
               (size_t)n * sizeof *out >= STREAM_BYTES && out != x && (uintptr_t)out % 64 == 0 };

    zp_parallel(n, grain, run_piece1, &m);
}

/* ---------------------------------------------------------------- two operands */

bool zp_map2(zp_loop2 loop, int op, zp_shape shape, void *out, size_t out_size, const void *a, const void *b,
             size_t in_size, int64_t n)
{
    if (n < 2 * GRAIN)
        return loop(op, shape, out, a, b, n);

    map2 m = { .loop = loop, .op = op, .shape = shape, .out = out, .a = a, .b = b, .out_size = out_size };
    m.a_step = shape == ZP_SV ? 0 : in_size;
    m.b_step = shape == ZP_VS ? 0 : in_size;
    m.stream = (size_t)n * out_size >= STREAM_BYTES && out != a && out != b && (uintptr_t)out % 64 == 0;
    zp_parallel(n, GRAIN, run_piece, &m);
    return !atomic_load_explicit(&m.failed, memory_order_relaxed);
}
