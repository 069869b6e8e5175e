/* change: what an instruction did to elements, rows and names in memory reaches the files, whole or not at all.
 *
 *     memory                     files
 *     private pages  ----------> redo record -----> on the disk (policy "commit")
 *                    ----------> columns            the pages are dropped: the mapping shows the files again
 *     rows behind    ----------> columns
 *                                commit record
 *
 * The redo record holds the bytes and the commit they lead to, so that whoever finds it complete can finish the work.
 * When something fails before that, dropping the pages is the undoing. */
#include "store/store_priv.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>

static zp_store *changed; /* stores with changes in memory: the engine's, between two instructions none */

void zp__touch(zp_store *s)
{
    if (s->changed)
        return;
    s->changed = true;
    s->next_changed = changed;
    changed = s;
    zp_value_changed = true;
}

void zp__untouch(zp_store *s)
{
    for (zp_store **at = &changed; *at; at = &(*at)->next_changed)
        if (*at == s) {
            *at = s->next_changed;
            break;
        }
    zp__change_clear(s);
}

static void free_undo(zp_store *s)
{
    while (s->undo) {
        zp__undo *u = s->undo;

        s->undo = u->next;
        for (int64_t i = 0; i < u->count; i++)
            zp_str_unref(u->old[i]);
        zp_free(u->old);
        zp_free(u);
    }
}

void zp__change_clear(zp_store *s)
{
    free_undo(s);
    s->changed = s->named = s->applied = false;
    s->rows_now = -1;
    s->nspans = 0;
}

/* ---------------------------------------------------------------- the record */

typedef struct piece { /* a stretch of a file that changes */
    int64_t k;         /* column; -1: of the file of checksums */
    uint64_t offset;
    size_t len;
    const void *bytes; /* in private pages, or in `own` */
    void *own;
} piece;

typedef struct pieces {
    piece *list;
    size_t count, cap;
    uint64_t bytes;
} pieces;

static bool add_piece(pieces *p, piece x, zp_error *err)
{
    if (p->count == p->cap) {
        const size_t cap = p->cap ? 2 * p->cap : 64;
        piece *more = zp_realloc(p->list, cap * sizeof *more, err);

        if (!more) {
            zp_free(x.own);
            return false;
        }
        p->list = more;
        p->cap = cap;
    }
    p->list[p->count++] = x;
    p->bytes += x.len;
    return true;
}

static void free_pieces(pieces *p)
{
    for (size_t i = 0; i < p->count; i++)
        zp_free(p->list[i].own);
    zp_free(p->list);
}

static uint64_t file_number(const zp_store *s, const piece *x)
{
    return x->k < 0 ? UINT64_C(1) << 63 | s->h.sums : s->files[x->k].number;
}

/* Small pieces together, large ones straight from memory. */
enum { TOGETHER = 16 << 10 };

typedef struct writer {
    int fd;
    int64_t at;
    XXH3_state_t *hash;
    int error;
    size_t held;
    uint8_t bytes[TOGETHER];
} writer;

static void put_out(writer *w, const void *bytes, size_t len)
{
    if (!w->error && len)
        w->error = zp_io_write_all(w->fd, bytes, len, w->at);
    w->at += (int64_t)len;
}

static void put(writer *w, const void *bytes, size_t len)
{
    XXH3_64bits_update(w->hash, bytes, len);
    if (len > TOGETHER - w->held) {
        put_out(w, w->bytes, w->held);
        w->held = 0;
    }
    if (len > TOGETHER) {
        put_out(w, bytes, len);
        return;
    }
    memcpy(w->bytes + w->held, bytes, len);
    w->held += len;
}

static int write_redo(zp_store *s, const pieces *p, const zp_fmt_commit *c)
{
    static const uint8_t zeros[8];
    uint8_t head[ZP__REDO_HEAD], change[ZP__REDO_CHANGE], sum[8];
    uint64_t len = sizeof(head) + sizeof(sum);
    writer w;

    w.fd = s->redofd;
    w.at = 0;
    w.error = 0;
    w.held = 0;
    w.hash = XXH3_createState();
    if (!w.hash)
        return -ENOMEM;
    XXH3_64bits_reset(w.hash);
    for (size_t i = 0; i < p->count; i++)
        len += sizeof(change) + ((p->list[i].len + 7) & ~(size_t)7);
    zp__redo_head(head, c, p->count, len);
    put(&w, head, sizeof(head));
    for (size_t i = 0; i < p->count; i++) {
        zp__put64(change, file_number(s, &p->list[i]));
        zp__put64(change + 8, p->list[i].offset);
        zp__put64(change + 16, p->list[i].len);
        put(&w, change, sizeof(change));
        put(&w, p->list[i].bytes, p->list[i].len);
        put(&w, zeros, -p->list[i].len & 7);
    }
    zp__put64(sum, XXH3_64bits_digest(w.hash));
    put(&w, sum, sizeof(sum));
    put_out(&w, w.bytes, w.held);
    XXH3_freeState(w.hash);
    s->redo_bytes = w.at > s->redo_bytes ? w.at : s->redo_bytes;
    return w.error;
}

/* ---------------------------------------------------------------- what has changed */

/* Private pages of rows [span) of the committed ones. */
static bool collect_pages(zp_store *s, pieces *p, const zp_span *span, zp_error *err)
{
    const size_t width = zp__width(s);

    for (int64_t k = s->h.series; k < s->nfiles; k++) {
        const char *column = zp__map_at(s->map, s, k, 0), *begin, *end;
        const char *at = column + (s->c.first + (uint64_t)span->row) * width;
        const char *stop = column + (s->c.first + (uint64_t)span->row_end) * width;

        while (at < stop && zp__map_private(at, stop, &begin, &end)) {
            if (!add_piece(p, (piece){ k, (uint64_t)(begin - column), (size_t)(end - begin), begin, NULL },
                           err))
                return false;
            at = end;
        }
    }
    return true;
}

/* Entries of strings that are others than before; their bytes are appended to the text files. */
static bool collect_text(zp_store *s, pieces *p, int64_t rows, zp_error *err)
{
    for (const zp__undo *u = s->undo; u; u = u->next) {
        zp_str *const *now = zp__map_at(s->map, s, u->column, s->c.first + (uint64_t)u->row);

        for (int64_t i = 0; i < u->count && u->row + i < rows; i++) {
            zp_fmt_text *entry;
            piece x = { u->column, (s->c.first + (uint64_t)(u->row + i)) * sizeof *entry, sizeof *entry, NULL,
                        NULL };

            if (now[i] == u->old[i])
                continue;
            entry = x.own = zp_alloc(sizeof *entry, err);
            x.bytes = entry;
            if (!entry || !zp__file_put_text(s, &s->files[u->column], now + i, 1, entry, err)) {
                zp_free(entry);
                return false;
            }
            if (!add_piece(p, x, err))
                return false;
        }
    }
    return true;
}

/* Texts are on the disk before an entry that refers to them can be. */
static int sync_texts(const zp_store *s, const pieces *p)
{
    int64_t last = -1;
    int r = 0;

    for (size_t i = 0; i < p->count && r >= 0 && zp__is_text(s); i++) {
        if (p->list[i].k >= 0 && p->list[i].k != last)
            r = zp_io_get()->datasync(s->files[p->list[i].k].text_fd);
        last = p->list[i].k;
    }
    return r;
}

/* New checksums of the blocks that change; of the last block, which is not whole, and of texts: none until it is computed
 * anew. */
static bool collect_sums(zp_store *s, pieces *p, zp_error *err)
{
    const size_t n = p->count;
    uint64_t last = UINT64_MAX;
    int64_t last_k = -1;

    for (size_t i = 0; i < n; i++) {
        const piece x = p->list[i];
        const uint64_t to = (x.offset + x.len - 1) / ZP_FMT_BLOCK;

        for (uint64_t b = x.offset / ZP_FMT_BLOCK; b <= to; b++) {
            zp_fmt_sum *sum;
            const uint64_t at = (b * (uint64_t)s->nfiles + (uint64_t)x.k) * sizeof *sum;

            if (b == last && x.k == last_k)
                continue;
            sum = zp_alloc(sizeof *sum, err);
            if (!sum)
                return false;
            *sum = zp__is_text(s) || b >= s->sum_blocks ? (zp_fmt_sum){ 0 } : zp__sum_of(s, x.k, b);
            if (!add_piece(p, (piece){ -1, at, sizeof *sum, sum, sum }, err))
                return false;
            last = b;
            last_k = x.k;
        }
    }
    return true;
}

static bool collect(zp_store *s, pieces *p, int64_t rows, zp_error *err)
{
    bool ok = true;

    if (zp__is_text(s))
        ok = collect_text(s, p, rows, err);
    for (int i = 0; i < s->nspans && ok && !zp__is_text(s); i++) {
        zp_span span = s->spans[i];

        span.row_end = span.row_end < rows ? span.row_end : rows;
        ok = collect_pages(s, p, &span, err);
    }
    return ok && collect_sums(s, p, err);
}

/* ---------------------------------------------------------------- carrying it out */

static int apply(zp_store *s, const pieces *p)
{
    int r = 0;

    for (size_t i = 0; i < p->count && r >= 0; i++) {
        const piece *x = &p->list[i];

        r = zp_io_write_all(x->k < 0 ? s->sumsfd : s->files[x->k].fd, x->bytes, x->len, (int64_t)x->offset);
    }
    return r;
}

/* A large record is given up when it has done its duty: when the change is as durable as it will be.  Nobody waits for
 * that here: the next change comes by again, or the end of the object's use. */
void zp__redo_trim(zp_store *s)
{
    enum { KEEP = 1 << 20 };
    zp_store_state now;

    if (s->redo_bytes <= KEEP)
        return;
    zp_store_get_state(s, &now);
    if ((now.durable_seq >= now.seq || s->h.options.sync == ZP_SYNC_NONE) &&
        zp_io_get()->truncate(s->redofd, 0) >= 0)
        s->redo_bytes = 0;
}

/* The engine's: what apply() writes, or has written, has to be flushed. */
static void mark_written(zp_store *s, const pieces *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].k >= 0)
            s->files[p->list[i].k].written = true;
    zp__flush_sums(s);
}

static bool change_elements(zp_store *s, int64_t rows, zp_fmt_commit *c, zp_error *err)
{
    pieces p = { 0 };
    const bool safe = s->h.options.sync != ZP_SYNC_NONE; /* when the power fails while they are applied */
    bool ok = collect(s, &p, rows, err);
    int r = 0;

    if (ok && p.count) {
        c->redo = s->c.redo + 1;
        c->seq = s->c.seq + 1;
        c->order = ZP_ORDER_UNKNOWN;
        if (safe)
            r = zp__flush_now(s); /* the record that is there has done its duty */
        if (r >= 0)
            zp__redo_trim(s);
        if (r >= 0 && safe)
            r = sync_texts(s, &p);
        if (r >= 0)
            r = write_redo(s, &p, c);
        if (r >= 0 && safe)
            r = zp_io_get()->datasync(s->redofd);
        ok = r >= 0 || zp__fail_io(s, err, -r, "write");
        if (ok) {
            s->applied = true;
            r = apply(s, &p);
            mark_written(s, &p);
            ok = r >= 0 || zp__fail_io(s, err, -r, "write");
            if (r < 0) /* the record is complete: who opens it anew finishes the change */
                zp__break(s, -r);
        }
    }
    free_pieces(&p);
    return ok;
}

/* Rows that were written to memory behind the committed ones. */
static bool add_rows(zp_store *s, int64_t rows, zp_error *err)
{
    const uint64_t from = s->c.first + s->c.rows;
    const int64_t n = rows - (int64_t)s->c.rows;

    for (int64_t k = 0; k < s->nfiles; k++) {
        const void *at = zp__map_at(s->map, s, k, from);

        if (!(zp__is_text(s)
                  ? zp__file_write_text(s, &s->files[k], at, n, from, err)
                  : zp__file_write(s, &s->files[k], at, (size_t)n * zp__width(s), from * zp__width(s), err)))
            return false;
    }
    zp__map_drop(s, from, from + (uint64_t)n);
    return zp__sums_extend(s, from + (uint64_t)n, err);
}

static int64_t rows_in_memory(const zp_store *s)
{
    return s->rows_now < 0 ? (int64_t)s->c.rows : s->rows_now;
}

/* Some value that follows and has the rows and names as they are now: the one that was changed. */
static zp_hold *changed_value(const zp_store *s, bool index)
{
    const int64_t rows = rows_in_memory(s);
    zp_hold *best = NULL;

    for (zp_hold *h = s->holds; h; h = h->next) {
        if (h->index != index || h->array->dim[0] != rows)
            continue;
        best = best ? best : h;
        for (int32_t k = 0; s->named && k < h->array->ndim; k++)
            if ((h->array->names ? h->array->names[k] : NULL) != s->names[k])
                return h;
    }
    return best;
}

static bool flush_store(zp_store *s, zp_error *err)
{
    const int64_t rows = rows_in_memory(s), old = (int64_t)s->c.rows;
    zp_hold *data = changed_value(s, false);
    zp_fmt_commit c = s->c;
    int64_t from;
    bool ok;

    if (!s->nspans && !s->named && s->rows_now < 0)
        return true; /* only waited for */
    if (!zp__may_write(s, err))
        return false;
    if (!data || (s->h.series && !changed_value(s, true)))
        return zp_fail(err, "index and data of a series differ in length");
    c.rows = (uint64_t)rows;
    if (s->nspans && !change_elements(s, rows < old ? rows : old, &c, err))
        return false;
    if (s->nspans)
        for (int i = 0; i < s->nspans; i++)
            zp__map_drop(s, s->c.first + (uint64_t)s->spans[i].row,
                         s->c.first + (uint64_t)s->spans[i].row_end);
    if (rows > old && !add_rows(s, rows, err))
        return false;
    c.order = (uint8_t)data->array->order;
    if (!zp__names_changed(s, data->array, &c, err))
        return false;
    from = old - zp__retain(s, &c);
    ok = zp__publish(s, &c, from < 0 ? 0 : from, rows > old ? (int64_t)c.rows : from, err);
    zp__names_done(s, ok);
    return ok && (rows >= old ||
                  zp_store_sync(s, true, err)); /* rows that go are gone before others take their place */
}

static void roll_back(zp_store *s)
{
    const uint64_t rows =
        (uint64_t)(rows_in_memory(s) > (int64_t)s->c.rows ? rows_in_memory(s) : (int64_t)s->c.rows);

    if (s->applied) /* there is no way back: memory shows what the files will hold when they are opened again */
        zp__break(s, EIO);
    for (int i = 0; i < s->nspans && !s->applied; i++)
        zp__map_drop(s, s->c.first + (uint64_t)s->spans[i].row, s->c.first + (uint64_t)s->spans[i].row_end);
    if (s->rows_now >= 0)
        zp__map_drop(s, s->c.first + s->c.rows, s->c.first + rows);
    for (const zp__undo *u = s->applied ? NULL : s->undo; u; u = u->next) {
        zp_str **now = zp__map_at(s->map, s, u->column, s->c.first + (uint64_t)u->row);

        for (int64_t i = 0; i < u->count; i++) {
            zp_str_unref(now[i]);
            now[i] = zp_str_ref(u->old[i]);
        }
    }
    zp__follow(s, true);
    zp__change_clear(s);
}

/* ---------------------------------------------------------------- changes that the flush thread carries out */

struct zp__pending {
    pieces p;
    zp_fmt_commit c;
    zp_span spans[ZP__SPANS];
    int nspans;
    zp__undo *undo;
    int error;    /* 0 or a negated errno */
    bool applied; /* the redo record is on the disk */
};

static void pending_free(zp__pending *w)
{
    free_pieces(&w->p);
    zp_free(w);
}

int zp__pending_run(zp_store *s, zp__pending *w, int error)
{
    int r = error;

    if (r >= 0)
        r = sync_texts(s, &w->p);
    if (r >= 0)
        r = write_redo(s, &w->p, &w->c);
    if (r >= 0)
        r = zp_io_get()->datasync(s->redofd);
    if (r >= 0) {
        w->applied = true;
        r = apply(s, &w->p);
    }
    w->error = r < 0 ? r : 0;
    return w->error;
}

/* Nothing but elements was changed: that can go to the files while others run.  *started: it does. */
static bool start_pending(zp_store *s, bool *started, zp_error *err)
{
    zp__pending *w;

    *started = false;
    if (!s->nspans || s->named || s->rows_now >= 0 || s->h.options.sync != ZP_SYNC_COMMIT)
        return true;
    if (!zp__may_write(s, err))
        return false;
    w = zp_alloc_zero(sizeof *w, err);
    if (!w || !collect(s, &w->p, (int64_t)s->c.rows, err)) {
        if (w)
            pending_free(w);
        return false;
    }
    w->c = s->c;
    w->c.redo++;
    w->c.seq++;
    w->c.order = ZP_ORDER_UNKNOWN;
    zp__redo_trim(s);
    if (!w->p.count || !zp__flush_job(s, w)) { /* it is done here */
        pending_free(w);
        return true;
    }
    memcpy(w->spans, s->spans, sizeof w->spans);
    w->nspans = s->nspans;
    w->undo = s->undo;
    s->undo = NULL;
    zp__change_clear(s);
    s->c.order = ZP_ORDER_UNKNOWN;
    s->pending = w;
    zp_store_pin(s);
    *started = true;
    return true;
}

bool zp_store_is_changing(const zp_store *s)
{
    return s->pending != NULL;
}

static bool publish_pending(zp_store *s, zp__pending *w, zp_error *err)
{
    const int64_t rows = (int64_t)s->c.rows;

    mark_written(s, &w->p);
    for (int i = 0; i < w->nspans; i++)
        zp__map_drop(s, s->c.first + (uint64_t)w->spans[i].row, s->c.first + (uint64_t)w->spans[i].row_end);
    return zp__publish(s, &w->c, rows, rows, err);
}

bool zp_store_complete(zp_store *s, zp_error *err)
{
    zp__pending *w = s->pending;
    bool ok;

    if (!w)
        return true;
    zp__flush_job_wait(s);
    s->pending = NULL;
    memcpy(s->spans, w->spans, sizeof s->spans);
    s->nspans = w->nspans;
    s->undo = w->undo;
    s->applied = w->applied;
    ok = w->error ? zp__fail_io(s, err, -w->error, "write") : publish_pending(s, w, err);
    if (ok)
        zp__change_clear(s);
    else
        roll_back(s);
    pending_free(w);
    zp_store_unpin(s);
    return ok;
}

void zp__pending_end(zp_store *s)
{
    zp_error err = ZP_ERROR_INIT;

    if (s->pending && !zp_store_complete(s, &err))
        zp_error_clear(&err);
}

/* ---------------------------------------------------------------- the end of an instruction */

/* The instruction ends when its commit is as durable as the policy says. */
static bool await(zp_store *s, zp_store_wait_fn wait, void *arg, zp_error *err)
{
    zp_store_state now;

    if (s->h.options.sync != ZP_SYNC_COMMIT)
        return true;
    zp_store_get_state(s, &now);
    if (now.durable_seq < now.seq && wait && wait(arg, s))
        return true;
    return zp_store_wait(s, err);
}

bool zp_store_flush_with(zp_store_wait_fn wait, void *arg, zp_error *err)
{
    bool ok = true;

    while (changed) {
        zp_store *s = changed;
        bool started = false;

        changed = s->next_changed;
        zp_store_pin(s);
        ok = ok && (!wait || start_pending(s, &started, err));
        if (started) {
            if (!wait(arg, s))
                ok = zp_store_complete(s, err) && zp_store_wait(s, err);
        } else if (ok && flush_store(s, err)) {
            zp__change_clear(s);
            ok = await(s, wait, arg, err);
            zp__redo_trim(s);
            zp__punch(s);
        } else {
            ok = false;
            roll_back(s);
        }
        zp_store_unpin(s);
    }
    zp_value_changed = false;
    return ok;
}

bool zp_store_flush(zp_error *err)
{
    return zp_store_flush_with(NULL, NULL, err);
}

void zp_store_rollback(void)
{
    while (changed) {
        zp_store *s = changed;

        changed = s->next_changed;
        zp_store_pin(s);
        roll_back(s);
        zp_store_unpin(s);
    }
    zp_value_changed = false;
}

/* ---------------------------------------------------------------- recovery */

static int find_file(const zp_store *s, uint64_t number)
{
    if (number == (UINT64_C(1) << 63 | s->h.sums))
        return s->sumsfd;
    for (int64_t k = 0; k < s->nfiles; k++)
        if (s->files[k].number == number)
            return s->files[k].fd;
    return -1;
}

/* Every change is checked before the first is made. */
static bool replay(zp_store *s, zp_fmt_redo *r, bool check, zp_error *err)
{
    const uint64_t end = (s->c.first + s->c.rows) * zp__width(s);
    zp_fmt_change x;
    uint64_t n = 0;

    for (; zp_fmt_redo_next(r, &x); n++) {
        const int fd = find_file(s, x.file);
        int e;

        if (fd < 0 || (fd != s->sumsfd && (x.offset > end || x.len > end - x.offset)) ||
            x.offset > INT64_MAX / 2)
            return zp_fail_code(err, ZP_EFORMAT, "%s is damaged: its redo record changes what it has not",
                                s->dir);
        if (check)
            continue;
        e = zp_io_write_all(fd, x.bytes, (size_t)x.len, (int64_t)x.offset);
        if (e < 0)
            return zp__fail_io(s, err, -e, "write");
    }
    return n == r->count ||
           zp_fail_code(err, ZP_EFORMAT, "%s is damaged: its redo record is too short", s->dir);
}

bool zp__redo_replay(zp_store *s, zp_fmt_commit *c, bool *found, zp_error *err)
{
    zp_buf bytes = ZP_BUF_INIT;
    zp_fmt_redo r, again;
    bool ok = zp__read_file(s->dirfd, "redo", SIZE_MAX / 4, &bytes, s->dir, err);

    /* one that leads from the commit that is there to the next; an older one failed, or was not durable */
    *found = ok && zp_fmt_redo_open(&r, (uint8_t *)bytes.ptr, bytes.len) && r.commit.redo > s->c.redo &&
             r.commit.seq == s->c.seq + 1 && r.commit.header == s->c.header;
    if (*found) {
        *c = r.commit;
        again = r;
        if (s->c.rows < c->rows) /* rows that came with the change were not acknowledged */
            c->rows = s->c.rows;
        ok = replay(s, &again, true, err) && replay(s, &r, false, err);
        zp__flush_sums(s);
    }
    zp_buf_fini(&bytes);
    return ok;
}
