/* csv_scan: where lines and cells begin.
 *
 * Without quotes a line ends at a newline: they are counted sixteen bytes at a time, by all threads.  With quotes
 * somewhere, newlines may be inside cells, and the lines are walked one by one. */
#include "base/mem.h"
#include "builtin/csv_priv.h"
#include "kernel/kernel.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { CHUNK = 2 << 20 };

/* ---------------------------------------------------------------- cells */

/* Passes the end of a line; the byte at l->at is '\n', '\r' of "\r\n", or there is none. */
static void end_line(zp__csv_line *l)
{
    if (l->at < l->end && *l->at == '\r')
        l->at++;
    if (l->at < l->end)
        l->at++;
    l->done = true;
}

static bool at_line_end(const zp__csv_line *l)
{
    return l->at >= l->end || *l->at == '\n' || (*l->at == '\r' && (l->at + 1 >= l->end || l->at[1] == '\n'));
}

static bool quoted_cell(zp__csv_line *l, zp_slice *cell)
{
    const char *from = ++l->at;
    bool plain = true;

    zp_buf_clear(&l->scratch);
    for (;;) {
        const char *quote = l->at < l->end ? memchr(l->at, '"', (size_t)(l->end - l->at)) : NULL;

        if (!quote)
            return false;
        l->at = quote + 1;
        if (l->at >= l->end || *l->at != '"') { /* the end */
            if (!plain)
                zp_buf_put(&l->scratch, from, (size_t)(quote - from));
            *cell = plain ? (zp_slice){ from, (size_t)(quote - from) }
                          : (zp_slice){ zp_buf_text(&l->scratch), l->scratch.len };
            break;
        }
        zp_buf_put(&l->scratch, from, (size_t)(quote + 1 - from));
        from = ++l->at;
        plain = false;
    }
    if (at_line_end(l)) {
        end_line(l);
        return true;
    }
    return *l->at++ == l->sep;
}

bool zp__csv_cell(zp__csv_line *l, zp_slice *cell)
{
    const char *from = l->at;

    if (l->at < l->end && *l->at == '"')
        return quoted_cell(l, cell);
    while (l->at < l->end && *l->at != l->sep && !(*l->at == '\n' || (*l->at == '\r' && at_line_end(l))))
        l->at++;
    *cell = (zp_slice){ from, (size_t)(l->at - from) };
    if (l->at < l->end && *l->at == l->sep)
        l->at++;
    else
        end_line(l);
    return true;
}

int64_t zp__csv_row(const char *begin, const char *at)
{
    int64_t row = 1;

    for (const char *p = begin; (p = memchr(p, '\n', (size_t)(at - p))) != NULL; p++)
        row++;
    return row;
}

/* ---------------------------------------------------------------- counting */

/* Newlines in [p, end); *quotes becomes true when there is a quote. */
static int64_t count_lines(const char *p, const char *end, bool *quotes)
{
    int64_t lines = 0;
    bool quote = false;

#if defined(__SSE2__)
    const __m128i newline = _mm_set1_epi8('\n'), mark = _mm_set1_epi8('"'), zero = _mm_setzero_si128();
    __m128i marks = zero, total = zero;

    while (end - p >= 64) {
        int64_t blocks = (end - p) / 64;
        __m128i sum = zero; /* per byte: at most 63 * 4 */

        for (int64_t b = blocks < 63 ? blocks : 63; b > 0; b--, p += 64)
            for (int k = 0; k < 64; k += 16) {
                __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + k));

                sum = _mm_sub_epi8(sum, _mm_cmpeq_epi8(v, newline));
                marks = _mm_or_si128(marks, _mm_cmpeq_epi8(v, mark));
            }
        total = _mm_add_epi64(total, _mm_sad_epu8(sum, zero));
    }
    lines = _mm_cvtsi128_si64(total) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total));
    quote = _mm_movemask_epi8(marks) != 0;
#endif
    for (; p < end; p++) {
        lines += *p == '\n';
        quote |= *p == '"';
    }
    *quotes |= quote;
    return lines;
}

typedef struct counting {
    zp__csv_body *body;
    bool *quotes; /* one per chunk */
} counting;

static void count_chunks(void *arg, int64_t from, int64_t to)
{
    counting *c = arg;

    for (int64_t i = from / 64; i * 64 < to; i++) {
        zp__csv_chunk *k = &c->body->chunks[i];

        k->rows = count_lines(k->from, k->to, &c->quotes[i]);
    }
}

static bool add_chunk(zp__csv_body *b, int64_t *cap, const char *from, const char *to, int64_t rows,
                      zp_error *err)
{
    if (b->count == *cap) {
        zp__csv_chunk *grown = zp_realloc(b->chunks, (size_t)(*cap ? 2 * *cap : 16) * sizeof *grown, err);

        if (!grown)
            return false;
        b->chunks = grown;
        *cap = *cap ? 2 * *cap : 16;
    }
    b->chunks[b->count++] = (zp__csv_chunk){ .from = from, .to = to, .rows = rows };
    return true;
}

/* Chunks that end with a newline, or with the data. */
static bool cut(zp__csv_body *b, const char *at, const char *end, zp_error *err)
{
    int64_t cap = 0;

    while (at < end) {
        const char *to = end - at > CHUNK ? memchr(at + CHUNK, '\n', (size_t)(end - at - CHUNK)) : NULL;

        to = to ? to + 1 : end;
        if (!add_chunk(b, &cap, at, to, 0, err))
            return false;
        at = to;
    }
    return true;
}

/* Cuts where cells may hold newlines. */
static bool cut_quoted(zp__csv_body *b, const char *begin, const char *at, const char *end, char sep,
                       zp__csv_watch *w, zp_error *err)
{
    zp__csv_line l = { .at = at, .end = end, .sep = sep };
    const char *from = at;
    int64_t cap = 0, rows = 0;
    bool ok = true;
    zp_slice cell;

    b->count = 0;
    while (ok && l.at < end) {
        const char *row = l.at;

        for (l.done = false; ok && !l.done;)
            ok = zp__csv_cell(&l, &cell) || zp_fail(err, "quote does not terminate token on row %lld",
                                                    (long long)zp__csv_row(begin, row));
        rows++;
        if (ok && (l.at >= end || l.at - from > CHUNK)) {
            ok = zp__csv_watch_step(w, l.at - from, l.at - from, err) &&
                 add_chunk(b, &cap, from, l.at, rows, err);
            from = l.at;
            rows = 0;
        }
    }
    ok = zp_buf_ok(&l.scratch, err) && ok;
    zp_buf_fini(&l.scratch);
    return ok;
}

static const char *trim_end(const char *at, const char *end)
{
    const char *last = end;

    while (last > at && (last[-1] == '\n' || last[-1] == '\r'))
        last--;
    if (last < end && *last == '\r')
        last++;
    return last < end && last > at ? last + 1 : last;
}

bool zp__csv_scan(zp__csv_body *b, const char *begin, const char *at, const char **end, char sep,
                  const zp_ctx *ctx, zp_error *err)
{
    counting c = { .body = b };
    zp__csv_watch watch;
    bool ok;

    *b = (zp__csv_body){ 0 };
    *end = trim_end(at, *end);
    if (!cut(b, at, *end, err))
        return false;
    c.quotes = zp_alloc_zero((size_t)b->count + 1, err);
    if (!c.quotes)
        return false;
    zp_parallel(b->count * 64, 64, count_chunks, &c);
    for (int64_t i = 0; i < b->count; i++)
        b->quotes |= c.quotes[i];
    zp_free(c.quotes);
    if (b->count > 0 && (*end)[-1] != '\n')
        b->chunks[b->count - 1].rows++;
    if (b->quotes) {
        zp_free(b->chunks);
        b->chunks = NULL;
        zp__csv_watch_begin(&watch, ctx, "counting rows", *end - at);
        ok = cut_quoted(b, begin, at, *end, sep, &watch, err);
        zp_progress_end(&watch.progress);
        if (!ok)
            return false;
    }
    for (int64_t i = 0; i < b->count; i++) {
        b->chunks[i].first = b->rows;
        b->rows += b->chunks[i].rows;
    }
    return true;
}

void zp__csv_scan_fini(zp__csv_body *b)
{
    zp_free(b->chunks);
    *b = (zp__csv_body){ 0 };
}
