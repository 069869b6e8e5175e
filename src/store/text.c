/* text: strings as they are read from the files of a column.
 *
 *     column file   entry entry entry ...     place, length and checksum of each string
 *     text file     .....abc.defghi..jkl...
 *                        [  window  ]         strings that lie near each other are read together
 *
 * Strings at the same place are one string.  Another process may write an entry anew while it is read here: an entry
 * whose string is not what its checksum says is read again before the file is called damaged. */
#include "store/store_priv.h"

#include <errno.h>
#include <string.h>

enum { PIECE = 1 << 15, FEW = 16, RECENT = 256, WINDOW = 1 << 20, NEAR = 4096, AGAIN = 3 };

typedef struct reader {
    const char *dir;
    const zp__file *f;
    zp_buf bytes;      /* the window */
    uint64_t from, to; /* the bytes of the text file that are in it */
    uint64_t end;      /* of the text file, as far as it is known */
    zp_error *err;
} reader;

static bool outside(const reader *r)
{
    return zp_fail_code(r->err, ZP_EFORMAT, "%s is damaged: column c%llu points outside of its text", r->dir,
                        (unsigned long long)r->f->number);
}

static bool mismatch(const reader *r)
{
    return zp_fail_code(r->err, ZP_EFORMAT,
                        "%s is damaged: a string of column c%llu does not match its checksum", r->dir,
                        (unsigned long long)r->f->number);
}

static bool inside(const zp_fmt_text *e, uint64_t end)
{
    return e->len <= INT32_MAX && e->offset <= end && e->len <= end - e->offset;
}

/* The text file may have grown since it was opened: another process writes it. */
static bool check_places(reader *r, const zp_fmt_text *e, int64_t n)
{
    struct stat st;

    for (int64_t i = 0; i < n; i++) {
        if (inside(&e[i], r->end) || e[i].len == 0)
            continue;
        if (zp_io_get()->stat(r->f->text_fd, &st) >= 0 && (uint64_t)st.st_size > r->end)
            r->end = (uint64_t)st.st_size;
        if (!inside(&e[i], r->end))
            return outside(r);
    }
    return true;
}

/* The bytes of the text file that the strings from i on have in common: where they begin and end. */
static void together(const zp_fmt_text *e, int64_t i, int64_t n, uint64_t *from, uint64_t *to)
{
    uint64_t used = e[i].len;

    *from = e[i].offset;
    *to = e[i].offset + e[i].len;
    for (int64_t j = i + 1; j < n; j++) {
        const uint64_t lo = e[j].offset < *from ? e[j].offset : *from;
        const uint64_t hi = e[j].offset + e[j].len > *to ? e[j].offset + e[j].len : *to;

        used += e[j].len;
        if (e[j].len && (hi - lo > WINDOW || hi - lo > 2 * used + NEAR))
            return;
        if (e[j].len) {
            *from = lo;
            *to = hi;
        }
    }
}

static bool fill_window(reader *r, uint64_t from, uint64_t to)
{
    int got;

    r->from = r->to = 0;
    zp_buf_clear(&r->bytes);
    if (!zp_buf_reserve(&r->bytes, (size_t)(to - from)))
        return zp_fail_nomem(r->err, (size_t)(to - from));
    got = zp_io_read_all(r->f->text_fd, r->bytes.ptr, (size_t)(to - from), (int64_t)from);
    if (got == -ENODATA)
        return outside(r);
    if (got < 0)
        return zp_fail_sys(r->err, -got, "cannot read %s", r->dir);
    r->from = from;
    r->to = to;
    return true;
}

static bool in_window(const reader *r, const zp_fmt_text *e)
{
    return e->offset >= r->from && e->offset + e->len <= r->to;
}

static bool agrees(const reader *r, const zp_fmt_text *e)
{
    const char *at = r->bytes.ptr + (e->offset - r->from);

    return zp_fmt_text_sum(at, e->len) == e->sum && !memchr(at, 0, e->len);
}

static int read_entries(const zp__file *f, zp_fmt_text *e, int64_t n, uint64_t row)
{
    return zp_io_read_all(f->fd, e, (size_t)n * sizeof *e, (int64_t)(row * sizeof *e));
}

/* Its entry and its bytes do not agree: is it on its way to another? */
static bool read_again(reader *r, zp_fmt_text *e, uint64_t row)
{
    for (int i = 0; i < AGAIN; i++) {
        if (read_entries(r->f, e, 1, row) < 0 || !check_places(r, e, 1) ||
            !fill_window(r, e->offset, e->offset + e->len))
            return false;
        if (agrees(r, e))
            return true;
    }
    return mismatch(r);
}

typedef struct recent {
    zp_str *text;
    zp_fmt_text entry;
} recent;

static zp_str *string_of(reader *r, zp_fmt_text *e, int64_t i, int64_t n, uint64_t row)
{
    uint64_t from, to;

    if (!in_window(r, &e[i])) {
        together(e, i, n, &from, &to);
        if (!fill_window(r, from, to))
            return NULL;
    }
    if (!agrees(r, &e[i]) && !read_again(r, &e[i], row + (uint64_t)i))
        return NULL;
    return zp_str_new(r->bytes.ptr + (e[i].offset - r->from), e[i].len, r->err);
}

/* The strings of n entries, the first of which is that of `row`. */
static bool strings_of(reader *r, zp_fmt_text *e, zp_str **out, int64_t n, uint64_t row)
{
    recent cache[RECENT] = { 0 };

    for (int64_t i = 0; i < n; i++) {
        recent *seen = &cache[(e[i].offset >> 2) % RECENT];

        if (e[i].len == 0)
            out[i] = zp_str_empty();
        else if (seen->text && seen->entry.offset == e[i].offset && seen->entry.len == e[i].len)
            out[i] = zp_str_ref(seen->text);
        else
            out[i] = string_of(r, e, i, n, row);
        if (!out[i]) {
            while (i-- > 0)
                zp_str_unref(out[i]);
            return false;
        }
        *seen = (recent){ out[i], e[i] };
    }
    return true;
}

static bool read_piece(reader *r, zp_fmt_text *e, zp_str **out, int64_t n, uint64_t row)
{
    const int got = read_entries(r->f, e, n, row);

    if (got == -ENODATA)
        return zp_fail_code(r->err, ZP_EFORMAT, "%s is damaged: column file c%llu is too short", r->dir,
                            (unsigned long long)r->f->number);
    if (got < 0)
        return zp_fail_sys(r->err, -got, "cannot read %s", r->dir);
    return check_places(r, e, n) && strings_of(r, e, out, n, row);
}

bool zp__text_read(const char *dir, const zp__file *f, zp_str **out, int64_t n, uint64_t row, zp_error *err)
{
    reader r = { .dir = dir, .f = f, .bytes = ZP_BUF_INIT, .end = f->text_end, .err = err };
    zp_fmt_text few[FEW];
    zp_fmt_text *e = n <= FEW ? few : zp_alloc((size_t)(n < PIECE ? n : PIECE) * sizeof *e, err);
    bool ok = e != NULL;
    int64_t i = 0;

    while (ok && i < n) {
        const int64_t count = n - i < PIECE ? n - i : PIECE;

        ok = read_piece(&r, e, out + i, count, row + (uint64_t)i);
        i += ok ? count : 0;
    }
    while (!ok && i-- > 0)
        zp_str_unref(out[i]);
    if (e != few)
        zp_free(e);
    zp_buf_fini(&r.bytes);
    return ok;
}
