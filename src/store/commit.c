/* commit: publishing.
 *
 * A commit is published by its live record: from then on it is what everybody sees, in this process and in others, and
 * what is found after this process has died.  It is durable when the durable record says the same, which flush.c
 * writes after the columns are on the disk; only that one counts after the machine has died. */
#include "store/store_priv.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>

/* Live records are copied into the mapped file when there are many; each was written by a call before, so that it has
 * its block.  Rows are in their place before the record that tells of them. */
static int put_live(zp_store *s, const uint8_t *record, size_t len, int slot)
{
    enum { AT = ZP_FMT_SLOTS / 2 * ZP_FMT_SLOT, LEN = ZP_FMT_SLOTS / 2 * ZP_FMT_SLOT, FEW = 16 };
    const int64_t at = AT + (int64_t)slot * ZP_FMT_SLOT;

    if (!s->live && s->lives[0] >= FEW && s->lives[1] >= FEW) {
        s->live = zp__window_open(s, s->commitfd, AT, LEN);
        s->lives[0] = s->lives[1] = 0;
    }
    if (s->live) {
        __sync_synchronize();
        zp_io_get()->store(s->commitfd, s->live + (at - AT), record, len, at);
        return 0;
    }
    s->lives[slot]++;
    return zp_io_write_all(s->commitfd, record, len, at);
}

void zp__live_release(zp_store *s)
{
    zp__window_close(&s->live, ZP_FMT_SLOTS / 2 * ZP_FMT_SLOT);
}

bool zp__write_live(zp_store *s, zp_fmt_commit *c, zp_error *err)
{
    uint8_t record[ZP_FMT_RECORD];
    const int slot = s->slot[1] ^ 1;
    size_t len;
    int r;

    c->seq = s->c.seq + 1;
    memcpy(c->boot, s->boot, sizeof(c->boot));
    len = zp_fmt_commit_put(record, c);
    r = put_live(s, record, len, slot);
    if (r < 0)
        return zp__fail_io(s, err, -r, "write");
    s->slot[1] = slot;
    return true;
}

static void tell(zp_store *s, int64_t from, int64_t to)
{
    /* a watcher may stop watching while it is told */
    for (int64_t i = s->nwatches; i-- > 0;)
        if (i < s->nwatches)
            s->watches[i].fn(s->watches[i].arg, s, from, to);
}

void zp__announce(zp_store *s, int64_t from, int64_t to)
{
    zp__follow(s, false);
    tell(s, from, to);
}

bool zp__publish(zp_store *s, zp_fmt_commit *c, int64_t from, int64_t to, zp_error *err)
{
    if (!zp__write_live(s, c, err))
        return false;
    s->c = *c;
    zp__flush_published(s);
    zp__announce(s, from, to);
    return true;
}

/* The names of new files are on the disk before a commit refers to them. */
static bool sync_names(zp_store *s, zp_error *err)
{
    const int r = s->files || s->h.options.sync != ZP_SYNC_NONE ? zp_io_get()->sync(s->dirfd) : 0;

    return r >= 0 || zp__fail_io(s, err, -r, "write");
}

bool zp__write_header(zp_store *s, const zp_fmt_header *h, zp_fmt_commit *c, zp_error *err)
{
    char name[ZP_FMT_NAME];
    zp_buf text = ZP_BUF_INIT;
    bool ok;

    c->header = s->c.header + 1;
    ok = zp_fmt_header_write(&text, h, err);
    if (ok) {
        c->header_sum = XXH3_64bits(text.ptr, text.len);
        ok = zp__write_file(s, zp_fmt_name(name, "header.", c->header), text.ptr, text.len, err) &&
             sync_names(s, err);
    }
    zp_buf_fini(&text);
    return ok;
}

uint64_t zp_store_watch(zp_store *s, zp_store_watch_fn fn, void *arg, zp_error *err)
{
    static uint64_t last; /* the engine's */
    zp__watch *more = zp_realloc(s->watches, (size_t)(s->nwatches + 1) * sizeof *more, err);

    if (!more)
        return 0;
    s->watches = more;
    s->watches[s->nwatches++] = (zp__watch){ ++last, fn, arg };
    return last;
}

void zp_store_unwatch(zp_store *s, uint64_t watch)
{
    for (int64_t i = 0; i < s->nwatches; i++)
        if (s->watches[i].number == watch) {
            memmove(s->watches + i, s->watches + i + 1, (size_t)(--s->nwatches - i) * sizeof *s->watches);
            return;
        }
}
