/* format_header: the text that says what an object is.
 *
 *     zplane object
 *     format 1
 *     byte-order little
 *     kind series
 *     type double
 *     extents 3
 *     sync interval 100000000
 *     retain 0
 *     next 12
 *     sums 2
 *     index 1
 *     columns 3 4 5
 *     names 2 7
 *     end 0123456789abcdef
 *
 * Lines come in this order; `end` holds the xxh3 of everything before it. */
#include "store/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "store/store_priv.h"

#define NUMBER_MAX (UINT64_C(1) << 48)

static const char *const sync_names[] = { "commit", "interval", "none" };

void zp_fmt_header_fini(zp_fmt_header *h)
{
    zp_free(h->dim);
    zp_free(h->columns);
    zp_free(h->names);
    *h = (zp_fmt_header){ 0 };
}

/* ---------------------------------------------------------------- writing */

bool zp_fmt_header_write(zp_buf *out, const zp_fmt_header *h, zp_error *err)
{
    const size_t from = out->len;

    zp_buf_printf(out, "zplane object\nformat %d\nbyte-order little\nkind %s\ntype %s\nextents",
                  ZP_FMT_VERSION, h->series ? "series" : "array", zp_type_name(h->type));
    for (int32_t k = 1; k < h->ndim; k++)
        zp_buf_printf(out, " %" PRId64, h->dim[k]);
    zp_buf_printf(out, "\nsync %s", sync_names[h->options.sync]);
    if (h->options.sync == ZP_SYNC_INTERVAL)
        zp_buf_printf(out, " %" PRId64, h->options.interval_ns);
    zp_buf_printf(out, "\nretain %" PRId64 "\nnext %" PRIu64 "\nsums %" PRIu64 "\nindex %" PRIu64 "\ncolumns",
                  h->options.retain_ns, h->next, h->sums, h->index);
    for (int64_t j = 0; j < h->ncolumns; j++)
        zp_buf_printf(out, " %" PRIu64, h->columns[j]);
    zp_buf_putc(out, '\n');
    for (int32_t k = 0; k < h->ndim; k++)
        if (h->names[k])
            zp_buf_printf(out, "names %d %" PRIu64 "\n", k + 1, h->names[k]);
    if (!out->failed)
        zp_buf_printf(out, "end %016" PRIx64 "\n", (uint64_t)XXH3_64bits(out->ptr + from, out->len - from));
    return zp_buf_ok(out, err);
}

/* ---------------------------------------------------------------- reading */

typedef struct reader {
    const char *at, *end;
    const char *what;
    zp_error *err;
} reader;

static bool damaged(reader *r, const char *why)
{
    return zp_fail_code(r->err, ZP_EFORMAT, "%s is damaged: %s", r->what, why);
}

/* "key" and what follows it on the line; the line is consumed.  False: another line. */
static bool line(reader *r, const char *key, zp_slice *rest)
{
    const size_t len = strlen(key);
    const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));

    if (!nl || (size_t)(nl - r->at) < len || memcmp(r->at, key, len) != 0 ||
        (r->at + len != nl && r->at[len] != ' '))
        return false;
    *rest = (zp_slice){ r->at + len, (size_t)(nl - r->at) - len };
    r->at = nl + 1;
    return true;
}

/* The next decimal number of the slice, not above `max`. */
static bool number(zp_slice *s, uint64_t max, uint64_t *out)
{
    size_t i = 1;
    uint64_t x = 0;

    if (s->len < 2 || s->ptr[0] != ' ')
        return false;
    for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9'; i++) {
        if (x > (max - (uint64_t)(s->ptr[i] - '0')) / 10 && (x > 0 || (uint64_t)(s->ptr[i] - '0') > max))
            return false;
        x = x * 10 + (uint64_t)(s->ptr[i] - '0');
    }
    if (i == 1 || x > max)
        return false;
    *out = x;
    *s = (zp_slice){ s->ptr + i, s->len - i };
    return true;
}

static bool one_number(reader *r, const char *key, uint64_t max, uint64_t *out)
{
    zp_slice s;

    return (line(r, key, &s) && number(&s, max, out) && s.len == 0) || damaged(r, key);
}

static bool word(reader *r, const char *key, const char *const *words, size_t count, size_t *out,
                 zp_slice *rest)
{
    zp_slice s;

    if (!line(r, key, &s))
        return damaged(r, key);
    for (size_t i = 0; i < count; i++) {
        const size_t len = strlen(words[i]);

        if (s.len >= len + 1 && s.ptr[0] == ' ' && memcmp(s.ptr + 1, words[i], len) == 0 &&
            (s.len == len + 1 || s.ptr[len + 1] == ' ')) {
            *out = i;
            *rest = (zp_slice){ s.ptr + 1 + len, s.len - 1 - len };
            return true;
        }
    }
    return damaged(r, key);
}

static int64_t count_words(zp_slice s)
{
    int64_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

static bool read_identity(reader *r, zp_fmt_header *h)
{
    static const char *const kinds[] = { "array", "series" }, *const orders[] = { "little", "big" };
    const char *types[ZP_STR + 1];
    uint64_t version;
    size_t kind, order, type;
    zp_slice s;

    if (!line(r, "zplane object", &s) || s.len)
        return zp_fail_code(r->err, ZP_EFORMAT, "%s is not a header of a persistent object", r->what);
    if (!one_number(r, "format", UINT32_MAX, &version))
        return false;
    if (version != ZP_FMT_VERSION)
        return zp_fail_code(r->err, ZP_EFORMAT,
                            "%s has format version %" PRIu64
                            ", this program reads version %d: open it with a program "
                            "that reads that version",
                            r->what, version, ZP_FMT_VERSION);
    if (!word(r, "byte-order", orders, 2, &order, &s))
        return false;
    if (order != 0 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        return zp_fail_code(r->err, ZP_EFORMAT, "%s was written on a machine of another byte order", r->what);
    for (int t = 0; t <= ZP_STR; t++)
        types[t] = zp_type_name((zp_type)t);
    if (!word(r, "kind", kinds, 2, &kind, &s) || !word(r, "type", types, ZP_STR + 1, &type, &s))
        return false;
    h->series = kind == 1;
    h->type = (zp_type)type;
    return (type != ZP_NIL && (!h->series || type == ZP_DBL)) || damaged(r, "type");
}

static bool read_extents(reader *r, zp_fmt_header *h)
{
    uint64_t x, product = 1;
    bool empty = false;
    zp_slice s;

    if (!line(r, "extents", &s) || count_words(s) >= 1000)
        return damaged(r, "extents");
    h->ndim = (int32_t)count_words(s) + 1;
    h->dim = zp_alloc_zero((size_t)h->ndim * sizeof *h->dim, r->err);
    h->names = zp_alloc_zero((size_t)h->ndim * sizeof *h->names, r->err);
    if (!h->dim || !h->names)
        return false;
    for (int32_t k = 1; k < h->ndim; k++) {
        if (!number(&s, ZP__ROWS_MAX, &x))
            return damaged(r, "extents");
        h->dim[k] = (int64_t)x;
        empty |= x == 0;
        if (x > 0 && __builtin_mul_overflow(product, x, &product))
            return damaged(r, "extents");
    }
    product = empty ? 0 : product;
    if (s.len || product > ZP_FMT_COLUMNS)
        return damaged(r, "extents");
    h->ncolumns = (int64_t)product;
    return true;
}

static bool read_options(reader *r, zp_fmt_header *h)
{
    size_t sync;
    uint64_t ns = 0, retain;
    zp_slice s;

    if (!word(r, "sync", sync_names, ZP_COUNTOF(sync_names), &sync, &s))
        return false;
    if (sync == ZP_SYNC_INTERVAL && !number(&s, INT64_MAX, &ns))
        return damaged(r, "sync");
    if (s.len || !one_number(r, "retain", INT64_MAX, &retain))
        return s.len ? damaged(r, "sync") : false;
    h->options = (zp_store_options){ (zp_sync)sync, (int64_t)ns, (int64_t)retain };
    return true;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Every file has one use. */
static bool check_numbers(reader *r, const zp_fmt_header *h)
{
    const size_t n = (size_t)h->ncolumns + (size_t)h->ndim + 1;
    uint64_t *all = zp_alloc(n * sizeof *all, r->err);
    bool ok = true;

    if (!all)
        return false;
    for (int64_t j = 0; j < h->ncolumns; j++)
        all[j] = h->columns[j];
    memcpy(all + h->ncolumns, h->names, (size_t)h->ndim * sizeof *all);
    all[n - 1] = h->index;
    qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; i < n && ok; i++)
        ok = all[i] < h->next && (i == 0 || all[i] == 0 || all[i] != all[i - 1]);
    zp_free(all);
    return ok || damaged(r, "numbers of files");
}

static bool read_files(reader *r, zp_fmt_header *h)
{
    uint64_t dim, file;
    zp_slice s;

    if (!one_number(r, "next", NUMBER_MAX, &h->next) || !one_number(r, "sums", NUMBER_MAX, &h->sums) ||
        !one_number(r, "index", NUMBER_MAX, &h->index))
        return false;
    if (!line(r, "columns", &s) || count_words(s) != h->ncolumns || h->series != (h->index > 0))
        return damaged(r, "columns");
    h->columns = zp_alloc_zero(((size_t)h->ncolumns + 1) * sizeof *h->columns, r->err);
    if (!h->columns)
        return false;
    for (int64_t j = 0; j < h->ncolumns; j++)
        if (!number(&s, NUMBER_MAX, &h->columns[j]) || h->columns[j] == 0)
            return damaged(r, "columns");
    while (line(r, "names", &s)) {
        if (!number(&s, (uint64_t)h->ndim, &dim) || !number(&s, NUMBER_MAX, &file) || s.len || dim == 0 ||
            file == 0 || h->names[dim - 1])
            return damaged(r, "names");
        h->names[dim - 1] = file;
    }
    return check_numbers(r, h);
}

static bool read_end(reader *r, const char *text)
{
    const uint64_t want = XXH3_64bits(text, (size_t)(r->at - text));
    char hex[24];
    zp_slice s;

    snprintf(hex, sizeof(hex), " %016" PRIx64, want);
    if (!line(r, "end", &s) || r->at != r->end)
        return damaged(r, "its end is missing");
    return (s.len == 17 && memcmp(s.ptr, hex, 17) == 0) || damaged(r, "its checksum does not match");
}

bool zp_fmt_header_read(zp_fmt_header *h, const char *text, size_t len, const char *what, zp_error *err)
{
    reader r = { text, text + len, what, err };

    *h = (zp_fmt_header){ 0 };
    if (read_identity(&r, h) && read_extents(&r, h) && read_options(&r, h) && read_files(&r, h) &&
        read_end(&r, text))
        return true;
    zp_fmt_header_fini(h);
    return false;
}
