/* names: names of rows grow with the rows; all others are written anew when they change. */
#include "store/store_priv.h"

#include <string.h>

static zp_array *names_of(const zp_array *a, int32_t k)
{
    return a->names ? a->names[k] : NULL;
}

/* The old names are how the new ones begin: the same strings. */
static bool continues(const zp_array *old, const zp_array *now)
{
    return old && now &&
           memcmp(old->data, now->data, (size_t)(old->n < now->n ? old->n : now->n) * sizeof(zp_str *)) == 0;
}

static bool write_names(zp_store *s, zp__file *f, const zp_array *names, uint64_t row, zp_error *err)
{
    zp__file_init(f, s->h.next);
    if (!zp__file_open(s, f, true, true, err))
        return false;
    if (!zp__file_write_text(s, f, names->data, names->n, row, err) ||
        zp_io_get()->datasync(f->text_fd) < 0 || zp_io_get()->datasync(f->fd) < 0) {
        zp__file_close(f);
        return zp__fail_io(s, err, 5, "write");
    }
    s->h.next++;
    return true;
}

/* Names of rows: those of new rows are appended where that is possible. */
static bool row_names(zp_store *s, zp_array *now, bool *header, zp_error *err)
{
    zp_array *old = s->names[0];
    zp__file f;

    if (!now && !old)
        return true;
    if (continues(old, now) && s->h.names[0])
        return now->n <= old->n || zp__file_write_text(s, &s->rownames, (zp_str **)now->data + old->n,
                                                       now->n - old->n, s->c.first + (uint64_t)old->n, err);
    *header = true;
    s->h.names[0] = 0;
    zp__file_init(&f, 0);
    if (now) {
        s->h.names[0] = s->h.next;
        if (!write_names(s, &f, now, s->c.first, err))
            return false;
    }
    zp__flush_pause(s);
    zp__file_close(&s->rownames);
    s->rownames = f;
    zp__flush_go(s);
    return true;
}

static bool other_names(zp_store *s, int32_t k, zp_array *now, bool *header, zp_error *err)
{
    zp__file f;

    if (now == s->names[k])
        return true;
    *header = true;
    s->h.names[k] = 0;
    if (!now)
        return true;
    s->h.names[k] = s->h.next;
    if (!write_names(s, &f, now, 0, err))
        return false;
    zp__file_close(&f);
    return true;
}

/* What zp__names_done() may have to take back. */
static bool remember(zp_store *s, zp_error *err)
{
    const size_t n = (size_t)s->h.ndim;

    s->old_names = zp_alloc(n * sizeof *s->old_names, err);
    s->old_numbers = zp_alloc(n * sizeof *s->old_numbers, err);
    if (!s->old_names || !s->old_numbers) {
        zp_free(s->old_names);
        zp_free(s->old_numbers);
        s->old_names = NULL;
        s->old_numbers = NULL;
        return false;
    }
    memcpy(s->old_names, s->names, n * sizeof *s->old_names);
    memcpy(s->old_numbers, s->h.names, n * sizeof *s->old_numbers);
    return true;
}

bool zp__names_changed(zp_store *s, zp_array *a, zp_fmt_commit *c, zp_error *err)
{
    bool ok = true, header = false, same = true;

    for (int32_t k = 0; k < s->h.ndim; k++)
        same = same && names_of(a, k) == s->names[k];
    if (same)
        return true;
    if (!remember(s, err))
        return false;
    for (int32_t k = 0; k < s->h.ndim; k++)
        if (s->names[k])
            s->names[k]->head.refs++; /* those in old_names */
    for (int32_t k = 0; k < s->h.ndim && ok; k++) {
        zp_array *now = names_of(a, k), *old = s->names[k];

        ok = k == 0 ? row_names(s, now, &header, err) : other_names(s, k, now, &header, err);
        if (now)
            now->head.refs++;
        s->names[k] = now;
        if (old)
            zp_obj_unref(&old->head);
    }
    s->new_header = header;
    if (ok && header)
        ok = zp__write_header(s, &s->h, c, err);
    if (!ok)
        zp__names_done(s, false);
    return ok;
}

static void remove_files(zp_store *s, uint64_t header)
{
    char name[ZP_FMT_NAME];
    const zp_io *io = zp_io_get();

    io->unlink(s->dirfd, zp_fmt_name(name, "header.", header), false);
    for (int32_t k = 0; k < s->h.ndim; k++)
        if (s->old_numbers[k] && s->old_numbers[k] != s->h.names[k]) {
            io->unlink(s->dirfd, zp_fmt_name(name, "c", s->old_numbers[k]), false);
            io->unlink(s->dirfd, zp_fmt_name(name, "t", s->old_numbers[k]), false);
        }
}

void zp__names_done(zp_store *s, bool published)
{
    if (!s->old_names)
        return;
    for (int32_t k = 0; k < s->h.ndim; k++) {
        zp_array *gone = published ? s->old_names[k] : s->names[k];

        if (gone)
            zp_obj_unref(&gone->head);
        if (published)
            continue;
        s->names[k] = s->old_names[k];
        s->h.names[k] = s->old_numbers[k];
    }
    if (published && s->new_header && zp__flush_now(s) >= 0)
        remove_files(s, s->c.header - 1);
    if (!published && s->rownames.number != s->h.names[0]) { /* opened again by the next change */
        zp__flush_pause(s);
        zp__file_close(&s->rownames);
        zp__file_init(&s->rownames, s->h.names[0]);
        if (s->h.names[0] && !zp__file_open(s, &s->rownames, true, false, NULL))
            s->rownames.fd = -1;
        zp__flush_go(s);
    }
    zp_free(s->old_names);
    zp_free(s->old_numbers);
    s->old_names = NULL;
    s->old_numbers = NULL;
}
