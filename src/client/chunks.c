/* chunks: frames on their way out.
 *
 *     first --> [ sent and kept | sent ] --> [ sent | not yet sent ] --> [ not yet sent ] <-- last
 *                                             ^ send
 *
 * A chunk that is not kept goes to the spare ones when it is sent; appenders keep theirs until the rows are
 * acknowledged (append.c).  A few spare chunks stay, so that a stream in its stride allocates nothing. */
#include "client/client_priv.h"

#include "base/mem.h"

static zp_chunk *fresh(zp_chunks *c, size_t len)
{
    size_t cap = len > c->chunk_size ? len : c->chunk_size;
    zp_chunk *k = c->spare;

    if (k && k->cap >= cap) {
        c->spare = k->next;
    } else {
        k = zp_alloc(sizeof(*k) + cap, NULL);
        if (!k)
            return NULL;
        k->cap = cap;
    }
    k->next = NULL;
    k->len = k->sent = 0;
    if (c->last)
        c->last->next = k;
    else
        c->first = k;
    c->last = k;
    return k;
}

char *zp__cl_chunks_add(zp_chunks *c, size_t len)
{
    zp_chunk *k = c->last;

    if (!k || len > k->cap - k->len) {
        k = fresh(c, len);
        if (!k)
            return NULL;
    }
    if (!c->send)
        c->send = k;
    k->len += len;
    c->unsent += len;
    c->held += len;
    return k->bytes + k->len - len;
}

zp_slice zp__cl_chunks_next(const zp_chunks *c)
{
    const zp_chunk *k = c->send;

    return k ? (zp_slice){ k->bytes + k->sent, k->len - k->sent } : (zp_slice){ NULL, 0 };
}

static void release(zp_chunks *c, zp_chunk *k)
{
    if (k->cap == c->chunk_size) {
        k->next = c->spare;
        c->spare = k;
    } else {
        zp_free(k);
    }
}

void zp__cl_chunks_drop_first(zp_chunks *c)
{
    zp_chunk *k = c->first;

    c->first = k->next;
    if (!c->first)
        c->last = NULL;
    if (c->send == k)
        c->send = c->first;
    release(c, k);
}

void zp__cl_chunks_sent(zp_chunks *c, size_t len)
{
    zp_chunk *k = c->send;

    k->sent += len;
    c->unsent -= len;
    if (!c->keep)
        c->held -= len;
    if (k->sent < k->len)
        return;
    if (c->keep) {
        c->send = k->next; /* NULL: more may come into this chunk, see zp__cl_chunks_add */
        return;
    }
    zp__cl_chunks_drop_first(c);
}

void zp__cl_chunks_fini(zp_chunks *c)
{
    while (c->first)
        zp__cl_chunks_drop_first(c);
    while (c->spare) {
        zp_chunk *next = c->spare->next;

        zp_free(c->spare);
        c->spare = next;
    }
    *c = (zp_chunks){ .chunk_size = c->chunk_size, .keep = c->keep };
}
