/* csv_write: write.csv.
 *
 * Rows are written in batches: each batch is cut among the threads, every thread fills a buffer of its own, and the
 * buffers go to the file in order. */
#include "base/mem.h"
#include "builtin/csv_priv.h"
#include "builtin/csv_text.h"
#include "builtin/tables.h"
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

enum { PIECES = 16, PIECE_ROWS = 4096 };

typedef struct writing {
    zp_value data;        /* borrowed */
    const int64_t *index; /* of a series, or NULL */
    int64_t rows, cols;
    char sep;
    bool quote; /* cells that are no text may hold the separator */
    int fd;
    int64_t batch; /* its first row */
    zp_buf buffers[PIECES];
    zp__csv_watch watch; /* of rows */
} writing;

/* ---------------------------------------------------------------- cells */

/* Short decimals, which most numbers in files are: the digits of x * 10^6, when that is whole. */
static char *put_short(char *to, double x)
{
    double scaled = fabs(x) * 1e6;
    uint64_t w, whole, fraction;
    char digits[20];
    int n = 0;

    if (!(scaled < 1e15) || fabs(x) < 1e-2)
        return NULL;
    w = (uint64_t)(scaled + 0.5);
    whole = w / 1000000;
    fraction = w % 1000000;
    if ((double)w / 1e6 != fabs(x) || (fraction == 0 && whole % 1000 == 0)) /* 1e+3 is shorter */
        return NULL;
    if (x < 0)
        *to++ = '-';
    do
        digits[n++] = (char)('0' + whole % 10);
    while ((whole /= 10) != 0);
    while (n > 0)
        *to++ = digits[--n];
    if (fraction == 0)
        return to;
    *to++ = '.';
    for (uint64_t unit = 100000; fraction; fraction %= unit, unit /= 10)
        *to++ = (char)('0' + fraction / unit);
    return to;
}

static char *put_double(char *to, double x)
{
    char *end = put_short(to, x);

    return end ? end : to + zp_number_shortest(to, x);
}

static char *put_digits(char *to, uint64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--, v /= 10)
        to[i] = (char)('0' + v % 10);
    return to + n;
}

/* 2015-01-01 12:00:00[.123456789] UTC; `day` remembers the date text of the row before. */
typedef struct date {
    int64_t day;
    char text[16];
    size_t len;
} date;

static char *put_instant(char *to, int64_t ns, date *d)
{
    int64_t day = ns / ZP_NS_DAY - (ns % ZP_NS_DAY < 0), rest = ns - day * ZP_NS_DAY, sec = rest / ZP_NS_SEC;
    int64_t fraction = rest % ZP_NS_SEC;
    zp_civil c;

    if (day != d->day || !d->len) {
        zp_civil_from_days(day, &c);
        d->day = day;
        put_digits(d->text, (uint64_t)c.year, 4);
        d->text[4] = d->text[7] = '-';
        put_digits(d->text + 5, (uint64_t)c.month, 2);
        put_digits(d->text + 8, (uint64_t)c.day, 2);
        d->text[10] = ' ';
        d->len = 11;
    }
    memcpy(to, d->text, 11);
    to = put_digits(to + 11, (uint64_t)(sec / 3600), 2);
    *to++ = ':';
    to = put_digits(to, (uint64_t)(sec / 60 % 60), 2);
    *to++ = ':';
    to = put_digits(to, (uint64_t)(sec % 60), 2);
    if (fraction) {
        *to++ = '.';
        to = put_digits(to, (uint64_t)fraction, 9);
    }
    memcpy(to, " UTC", 4);
    return to + 4;
}

/* Any type; numbers and instants mostly go the way of put_numbers(). */
static void put_cell(const writing *w, zp_buf *b, const void *column, int64_t i, date *d)
{
    int64_t cursor = 0;
    char text[64];

    switch (w->data.type) {
    case ZP_DBL: zp_buf_put(b, text, (size_t)(put_double(text, ((const double *)column)[i]) - text)); break;
    case ZP_LGL: zp_buf_putc(b, ((const int8_t *)column)[i] ? '1' : '0'); break;
    case ZP_TIM:
        zp_buf_put(b, text, (size_t)(put_instant(text, ((const int64_t *)column)[i], d) - text));
        break;
    case ZP_DUR: zp_duration_format(b, ((const int64_t *)column)[i]); break;
    case ZP_PER: {
        const zp_period *p = (const zp_period *)column + i;

        zp_period_format(b, p->months, p->days, p->ns);
        break;
    }
    case ZP_IVL: {
        const zp_interval *v = (const zp_interval *)column + i;

        zp_interval_format(b, v->start, v->end, v->sopen, v->eopen, zp_zone_utc(), ZP_FRACTION_AUTO, &cursor);
        break;
    }
    default:
        zp_csv_text(b, ((zp_str *const *)column)[i]->text, ((zp_str *const *)column)[i]->len, w->sep,
                    w->cols == 1);
        break;
    }
}

/* ---------------------------------------------------------------- rows */

static void put_numbers(const writing *w, zp_buf *b, int64_t from, int64_t to)
{
    size_t most = 64 + (size_t)w->cols * (ZP_SHORTEST_MAX + 1);
    int64_t stride = w->data.boxed ? w->data.u.arr->stride : 1;
    const double *x = zp_column(&w->data, 0);
    date d = { 0 };

    for (int64_t i = from; i < to; i++) {
        char *start = zp_buf_reserve(b, most), *at = start;

        if (!start)
            return;
        if (w->index)
            at = put_instant(at, w->index[i], &d);
        for (int64_t j = 0; j < w->cols; j++) {
            if (j > 0 || w->index)
                *at++ = w->sep;
            at = put_double(at, x[j * stride + i]);
        }
        *at++ = '\n';
        b->len += (size_t)(at - start);
    }
}

/* The index and the cells of a row, between quotes where they hold the separator: "2015-01-01 12:00:00 UTC" 5 */
static void put_quoted(const writing *w, zp_buf *b, int64_t i, zp_buf *cell, date *d)
{
    char text[64];

    if (w->index)
        zp_csv_text(b, text, (size_t)(put_instant(text, w->index[i], d) - text), w->sep, false);
    for (int64_t j = 0; j < w->cols; j++) {
        if (j > 0 || w->index)
            zp_buf_putc(b, w->sep);
        zp_buf_clear(cell);
        put_cell(w, cell, zp_column(&w->data, j), i, d);
        zp_csv_text(b, zp_buf_text(cell), cell->len, w->sep, false);
    }
    zp_buf_putc(b, '\n');
}

static void put_quoted_rows(const writing *w, zp_buf *b, int64_t from, int64_t to)
{
    zp_buf cell = ZP_BUF_INIT;
    date d = { 0 };

    for (int64_t i = from; i < to && !b->failed; i++)
        put_quoted(w, b, i, &cell, &d);
    b->failed |= cell.failed;
    zp_buf_fini(&cell);
}

static void put_rows(const writing *w, zp_buf *b, int64_t from, int64_t to)
{
    date d = { 0 };

    if (w->quote) {
        put_quoted_rows(w, b, from, to);
        return;
    }
    if (w->data.type == ZP_DBL) {
        put_numbers(w, b, from, to);
        return;
    }
    for (int64_t i = from; i < to && !b->failed; i++) {
        for (int64_t j = 0; j < w->cols; j++) {
            if (j > 0)
                zp_buf_putc(b, w->sep);
            put_cell(w, b, zp_column(&w->data, j), i, &d);
        }
        zp_buf_putc(b, '\n');
    }
}

static void put_pieces(void *arg, int64_t from, int64_t to)
{
    writing *w = arg;

    for (int64_t k = from / 64; k * 64 < to; k++) {
        int64_t first = w->batch + k * PIECE_ROWS, last = first + PIECE_ROWS;

        zp_buf_clear(&w->buffers[k]);
        if (first < w->rows)
            put_rows(w, &w->buffers[k], first, last < w->rows ? last : w->rows);
    }
}

static bool write_bytes(int fd, const char *bytes, size_t len, zp_error *err)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return zp_fail_sys(err, errno, "cannot write");
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static bool write_body(zp_call *c, writing *w)
{
    bool ok = true;

    for (w->batch = 0; ok && w->batch < w->rows; w->batch += PIECES * PIECE_ROWS) {
        int64_t left = (w->rows - w->batch + PIECE_ROWS - 1) / PIECE_ROWS, bytes = 0;

        zp_parallel((left < PIECES ? left : PIECES) * 64, 64, put_pieces, w);
        for (int64_t k = 0; ok && k < PIECES && k < left; k++) {
            bytes += (int64_t)w->buffers[k].len;
            ok = zp_buf_ok(&w->buffers[k], c->err) &&
                 write_bytes(w->fd, zp_buf_text(&w->buffers[k]), w->buffers[k].len, c->err);
        }
        ok = ok && zp__csv_watch_step(&w->watch, PIECES * PIECE_ROWS, bytes, c->err);
    }
    for (int k = 0; k < PIECES; k++)
        zp_buf_fini(&w->buffers[k]);
    return ok;
}

/* ---------------------------------------------------------------- the call */

static bool write_header(zp_call *c, const writing *w)
{
    const zp_array *names = zp_ndim(w->data) == 2 ? zp_names(w->data, 1) : NULL;
    zp_buf b = ZP_BUF_INIT;
    bool ok;

    for (int64_t j = 0; j < w->cols; j++) {
        if (j > 0 || w->index)
            zp_buf_putc(&b, w->sep);
        if (zp_ndim(w->data) > 2)
            zp_buf_printf(&b, "%lld", (long long)j);
        else if (names)
            zp_csv_text(&b, zp_name_at(names, j)->text, zp_name_at(names, j)->len, w->sep, false);
    }
    zp_buf_putc(&b, '\n');
    ok = zp_buf_ok(&b, c->err) && write_bytes(w->fd, zp_buf_text(&b), b.len, c->err);
    zp_buf_fini(&b);
    return ok;
}

static bool prepare(zp_call *c, writing *w)
{
    zp_value x = c->argv[0], idx;

    if (x.type == ZP_ZTS) {
        idx = zp_zts_idx(x);
        w->index = zp_column(&idx, 0);
        w->data = zp_zts_data(x);
    } else if (zp_is_array(x)) {
        w->data = x;
    } else {
        return zp_fail_arg(c->err, 1, "can't write csv file for type %s", zp_type_name(x.type));
    }
    w->rows = zp_dim(w->data, 0);
    w->cols = zp_ncols(w->data);
    return true;
}

static zp_status bi_write_csv(zp_call *c)
{
    writing w = { 0 };
    zp_str *file;
    bool header, ok;

    if (!prepare(c, &w) || !zp_arg_str(c, 1, &file) || !zp_arg_lgl(c, 2, &header) ||
        !zp__csv_sep(c, 3, &w.sep))
        return ZP_FAILED;
    w.quote = w.data.type != ZP_STR && strchr("0123456789+-.:_/> aefmdnCINTU", w.sep);
    w.fd = open(file->text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w.fd < 0)
        return zp_done(zp_fail_sys(c->err, errno, "open %s", file->text));
    zp__csv_watch_begin(&w.watch, c->ctx, "write.csv", w.rows);
    ok = (!header || write_header(c, &w)) && write_body(c, &w);
    zp_progress_end(&w.watch.progress);
    if (!ok)
        zp__csv_discard(w.fd, file->text);
    if (close(w.fd) != 0 && ok)
        ok = zp_fail_sys(c->err, errno, "cannot write");
    return zp_done(ok);
}

const zp_builtin zp_builtins_csv_write[] = {
    { "write.csv", "object, file, header = TRUE, sep = \",\"", "file=S header=L sep=S",
      ZP_BI_INVISIBLE | ZP_BI_STRIDED, bi_write_csv,
      "Writes a series, a matrix or a vector as lines of cells: numbers in the shortest form that reads back exactly, "
      "instants in UTC. header: a first line of column names.",
      "write.csv(matrix(1:4, 2), \"example.csv\")", NULL },
    { 0 },
};
