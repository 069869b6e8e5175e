/* content: a value becomes files: when an object is created, and when its shape changes.
 *
 * Files that are written here are new: nothing that a commit refers to is touched, and everything is on the disk before a
 * commit refers to it.  Of a changed shape only the columns that were not there before are written. */
#include "store/store_priv.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool sync_new(zp_store *s, zp__file *f, bool keep, zp_error *err)
{
    int r = 0;

    if (s->h.options.sync != ZP_SYNC_NONE || keep) {
        r = f->text_fd >= 0 ? zp_io_get()->datasync(f->text_fd) : 0;
        r = r < 0 ? r : zp_io_get()->datasync(f->fd);
    }
    zp__file_close(f);
    return r >= 0 || zp__fail_io(s, err, -r, "write");
}

/* One column of elements or strings, its first row at `row`. */
static bool write_column(zp_store *s, zp_type t, const void *data, int64_t n, uint64_t row, uint64_t number,
                         bool keep, zp_error *err)
{
    zp__file f;
    bool ok;

    zp__file_init(&f, number);
    if (!zp__file_open(s, &f, t == ZP_STR, true, err))
        return false;
    ok = t == ZP_STR ? zp__file_write_text(s, &f, data, n, row, err)
                     : zp__file_write(s, &f, data, (size_t)n * zp_type_size(t), row * zp_type_size(t), err);
    if (!ok) {
        zp__file_close(&f);
        return false;
    }
    return sync_new(s, &f, keep, err);
}

/* Is column `data` column k of the store already? */
static bool is_column(const zp_store *s, int64_t k, const void *data, int64_t n)
{
    const void *own = zp__map_at(s->map, s, k, s->c.first);

    return own == data || memcmp(own, data, (size_t)n * zp_type_size(s->h.type)) == 0;
}

static bool fill_header(zp_store *s, zp_value data, bool series, zp_fmt_header *h, zp_error *err)
{
    const int32_t ndim = zp_ndim(data);

    *h = (zp_fmt_header){ .series = series,
                          .type = (zp_type)data.type,
                          .ndim = ndim,
                          .options = s->h.options,
                          .next = s->h.next ? s->h.next : 1,
                          .ncolumns = zp_ncols(data) };
    if (h->ncolumns > ZP_FMT_COLUMNS)
        return zp_fail(err, "an object in files has at most %d columns", ZP_FMT_COLUMNS);
    h->dim = zp_alloc((size_t)ndim * sizeof *h->dim, err);
    h->names = zp_alloc_zero((size_t)ndim * sizeof *h->names, err);
    h->columns = zp_alloc_zero((size_t)(h->ncolumns + 1) * sizeof *h->columns, err);
    if (!h->dim || !h->names || !h->columns)
        return false;
    memcpy(h->dim, zp_dims(&data), (size_t)ndim * sizeof *h->dim);
    return true;
}

static bool write_names(zp_store *s, zp_value data, zp_fmt_header *h, uint64_t first, bool keep,
                        zp_error *err)
{
    for (int32_t k = 0; k < h->ndim; k++) {
        const zp_array *names = zp_names(data, k);

        if (!names)
            continue;
        h->names[k] = h->next++;
        if (!write_column(s, ZP_STR, names->data, names->n, k ? 0 : first, h->names[k], keep, err))
            return false;
    }
    return true;
}

static bool write_columns(zp_store *s, zp_value idx, zp_value data, bool reuse, uint64_t first,
                          zp_fmt_header *h, zp_error *err)
{
    const int64_t rows = zp_dim(data, 0);
    int64_t old = s->h.series;

    if (h->series && reuse && is_column(s, 0, zp_data(&idx), rows)) {
        h->index = s->h.index;
    } else if (h->series) {
        h->index = h->next++;
        if (!write_column(s, ZP_TIM, zp_data(&idx), rows, first, h->index, reuse, err))
            return false;
    }
    for (int64_t j = 0; j < h->ncolumns; j++) {
        const void *column = zp_column(&data, j);

        if (reuse && old < s->nfiles && is_column(s, old, column, rows)) {
            h->columns[j] = s->files[old++].number;
            continue;
        }
        h->columns[j] = h->next++;
        if (!write_column(s, h->type, column, rows, first, h->columns[j], reuse, err))
            return false;
    }
    return true;
}

bool zp__content_write(zp_store *s, zp_value v, bool reuse, zp_fmt_header *h, zp_fmt_commit *c, zp_error *err)
{
    const bool series = v.type == ZP_ZTS;
    const zp_value data = series ? zp_zts_data(v) : v, idx = series ? zp_zts_idx(v) : zp_nil();
    char name[ZP_FMT_NAME];
    const bool keep = reuse; /* an object that is there already is never left half durable */

    reuse = reuse && zp_dim(data, 0) == (int64_t)s->c.rows;
    c->first = reuse ? s->c.first : 0;
    c->rows = (uint64_t)zp_dim(data, 0);
    c->order = data.boxed ? (uint8_t)data.u.arr->order : ZP_ORDER_YES;
    if (!fill_header(s, data, series, h, err) || !write_columns(s, idx, data, reuse, c->first, h, err) ||
        !write_names(s, data, h, c->first, keep, err)) {
        zp_fmt_header_fini(h);
        return false;
    }
    h->sums = h->next++;
    return zp__write_file(s, zp_fmt_name(name, "sums.", h->sums), "", 0, err);
}

/* ---------------------------------------------------------------- files nobody refers to */

static bool listed(const zp_store *s, const char *name)
{
    char *end;
    const char *digits = name + strcspn(name, "0123456789");
    const uint64_t number = strtoull(digits, &end, 10);

    if (*end || digits == name)
        return true; /* not ours to judge */
    if (strncmp(name, "header.", 7) == 0)
        return number == s->c.header;
    if (strncmp(name, "sums.", 5) == 0)
        return number == s->h.sums;
    if (digits != name + 1 || (*name != 'c' && *name != 't'))
        return true;
    for (int64_t j = 0; j < s->h.ncolumns; j++)
        if (s->h.columns[j] == number)
            return true;
    for (int32_t k = 0; k < s->h.ndim; k++)
        if (s->h.names[k] == number)
            return true;
    return s->h.series && s->h.index == number;
}

void zp__sweep(zp_store *s)
{
    int fd = openat(s->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *e;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((e = readdir(dir)))
        if (e->d_name[0] != '.' && !listed(s, e->d_name))
            zp_io_get()->unlink(s->dirfd, e->d_name, false);
    closedir(dir);
}
