/* csv_parse: lines of a chunk into columns.
 *
 * A line of a series or of numbers is tried the fast way first (csv_fast.h), as long as enough bytes follow.  Other
 * lines go cell by cell.  Instants that name a zone need the zones of the engine's thread, as strings need its
 * counts: other threads leave such lines where they are. */
#include "builtin/csv_fast.h"
#include "ops/ops.h"

typedef enum why { FINE, LATER, BAD_COUNT, BAD_CELL, BAD_QUOTE, BAD_TIME } why;

static bool ends_line(const char *p)
{
    return *p == '\n' || (*p == '\r' && p[1] == '\n');
}

/* ---------------------------------------------------------------- the fast way */

#if ZP__CSV_FAST
/* Lines from *at on, as many as are easy; *row counts them. */
static void fast_lines(const zp__csv_job *job, const char **at, const char *to, int64_t *row, int64_t rows)
{
    const int64_t cols = job->cols, stride = job->rows;
    const char *p = *at, *last = job->end - ZP__CSV_PAD * (cols + job->series + 1); /* readers look ahead */
    const bool series = job->series;
    const char sep = job->sep;
    int64_t *index = job->index ? job->index + *row : NULL;
    double *numbers = (double *)job->data + *row;
    int64_t n = 0;
    zp__minute minute;

    if (job->end - p <= ZP__CSV_PAD * (cols + series + 1))
        return;
    last = last < to ? last : to;
    zp__read_minute("1970-01-01 00:00", &minute);
    for (; p < last && n < rows; n++) {
        const char *q = p;

        __builtin_prefetch(p + 1024);
        if (series && (!(q = zp__fast_instant(q, &minute, &index[n])) || *q++ != sep))
            break;
        q = zp__fast_numbers(q, sep, cols, numbers + n, stride);
        if (!q || !ends_line(q))
            break;
        p = q + 1 + (*q == '\r');
    }
    *row += n;
    *at = p;
}
#endif

/* ---------------------------------------------------------------- cell by cell */

static bool read_number(zp_slice cell, double *out)
{
    if (cell.len == 0 || (cell.len == 3 && memcmp(cell.ptr, "NaN", 3) == 0)) {
        *out = NAN;
        return true;
    }
    if ((cell.len == 3 && memcmp(cell.ptr, "Inf", 3) == 0) ||
        (cell.len == 4 && memcmp(cell.ptr, "+Inf", 4) == 0)) {
        *out = INFINITY;
        return true;
    }
    if (cell.len == 4 && memcmp(cell.ptr, "-Inf", 4) == 0) {
        *out = -INFINITY;
        return true;
    }
    return zp_number_read(cell.ptr, cell.ptr + cell.len, out) == cell.ptr + cell.len;
}

static bool read_logical(zp_slice cell, int8_t *out)
{
    static const struct {
        const char *text;
        int8_t value;
    } words[] = { { "0", 0 }, { "1", 1 }, { "TRUE", 1 }, { "FALSE", 0 }, { "T", 1 }, { "F", 0 } };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (cell.len == strlen(words[i].text) && memcmp(cell.ptr, words[i].text, cell.len) == 0) {
            *out = words[i].value;
            return true;
        }
    return false;
}

static bool read_instant(const zp__csv_job *job, zp_slice cell, int64_t *out, zp_error *err)
{
    return zp_instant_parse(cell, job->format, job->zone, out, err);
}

/* Reads a cell into element `at` of the result. */
static why read_cell(const zp__csv_job *job, zp_slice cell, int64_t at, bool slow, zp_error *err)
{
    bool ok, sopen, eopen;

    switch (job->type) {
    case ZP_DBL: return read_number(cell, (double *)job->data + at) ? FINE : BAD_CELL;
    case ZP_LGL: return read_logical(cell, (int8_t *)job->data + at) ? FINE : BAD_CELL;
    case ZP_DUR: return zp_duration_parse(cell, (int64_t *)job->data + at, NULL) ? FINE : BAD_CELL;
    case ZP_PER: {
        zp_period *p = (zp_period *)job->data + at;

        return zp_period_parse(cell, &p->months, &p->days, &p->ns, NULL) ? FINE : BAD_CELL;
    }
    case ZP_TIM:
        if (!slow)
            return LATER;
        return read_instant(job, cell, (int64_t *)job->data + at, err) ? FINE : BAD_TIME;
    case ZP_IVL: {
        zp_interval *v = (zp_interval *)job->data + at;

        if (!slow)
            return LATER;
        ok = zp_interval_parse(cell, &v->start, &v->end, &sopen, &eopen, err);
        v->sopen = ok && sopen;
        v->eopen = ok && eopen;
        return ok ? FINE : BAD_TIME;
    }
    default: {
        zp_str *s = slow ? zp_str_new(cell.ptr, cell.len, err) : NULL;

        if (!slow)
            return LATER;
        if (s)
            zp_str_put(job->strings, at, s);
        return s ? FINE : BAD_TIME;
    }
    }
}

typedef struct place {
    zp_slice cell; /* the one that fails */
    int64_t col;
} place;

static why read_line(const zp__csv_job *job, zp__csv_line *l, int64_t row, bool slow, place *bad,
                     zp_error *err)
{
    zp_slice cell;
    why w = FINE;

    l->done = false;
    if (job->series) {
        if (!zp__csv_cell(l, &cell))
            return BAD_QUOTE;
        if (!slow)
            return LATER;
        if (!read_instant(job, cell, &job->index[row], err))
            return BAD_TIME;
    }
    for (int64_t j = 0; j < job->cols; j++) {
        if (l->done)
            return BAD_COUNT;
        if (!zp__csv_cell(l, &cell))
            return BAD_QUOTE;
        w = read_cell(job, cell, j * job->rows + row, slow, err);
        if (w != FINE) {
            *bad = (place){ cell, j + 1 };
            return w;
        }
    }
    return l->done ? FINE : BAD_COUNT;
}

void zp__csv_parse(const zp__csv_job *job, zp__csv_chunk *chunk, bool slow)
{
    const char *at = chunk->stopped ? chunk->stopped : chunk->from;
    int64_t row = chunk->stopped ? chunk->stopped_row : chunk->first, end = chunk->first + chunk->rows;
    zp__csv_line l = { .end = job->end, .sep = job->sep };
    place bad;

    chunk->stopped = NULL;
    while (row < end) {
#if ZP__CSV_FAST
        if (job->type == ZP_DBL && (!job->series || job->fast_time))
            fast_lines(job, &at, chunk->to, &row, end - row);
        if (row == end)
            break;
#endif
        l.at = at;
        if (read_line(job, &l, row, slow, &bad, NULL) != FINE || l.scratch.failed) {
            chunk->stopped = at;
            chunk->stopped_row = row;
            break;
        }
        at = l.at;
        row++;
    }
    zp_buf_fini(&l.scratch);
}

/* ---------------------------------------------------------------- what is wrong */

/* The cells of the line come out even, or not? */
static bool even_line(const zp__csv_job *job, const char *at)
{
    zp__csv_line l = { .at = at, .end = job->end, .sep = job->sep };
    int64_t cells = 0;
    zp_slice cell;

    while (!l.done && zp__csv_cell(&l, &cell))
        cells++;
    zp_buf_fini(&l.scratch);
    return l.done && cells == job->cols + job->series;
}

bool zp__csv_explain(const zp__csv_job *job, const zp__csv_chunk *chunk, zp_error *err)
{
    zp__csv_line l = { .at = chunk->stopped, .end = job->end, .sep = job->sep };
    long long row = (long long)zp__csv_row(job->begin, chunk->stopped);
    zp_error inner = ZP_ERROR_INIT;
    place bad = { 0 };
    why w = read_line(job, &l, chunk->stopped_row, true, &bad, &inner);

    if (inner.code == ZP_ENOMEM)
        zp_error_move(err, &inner);
    else if (w == BAD_QUOTE)
        zp_fail(err, "quote does not terminate token on row %lld", row);
    else if (w == BAD_COUNT || (w == BAD_CELL && !even_line(job, chunk->stopped)))
        zp_fail(err, "incorrect number of elements on row %lld", row);
    else if (w == BAD_CELL)
        zp_fail(err, "can't parse '%.*s', col %lld on row %lld",
                (int)(bad.cell.len > 1000 ? 1000 : bad.cell.len), bad.cell.ptr, (long long)bad.col, row);
    else
        zp_fail(err, "%s on row %lld", zp_error_text(&inner), row);
    zp_error_clear(&inner);
    zp_buf_fini(&l.scratch);
    return false;
}
