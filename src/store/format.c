/* format: commit records, redo records, names of files.
 *
 * Numbers are little-endian.  A record ends in the xxh3 of what precedes it, so a torn one is not a record. */
#include "store/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "store/store_priv.h"

#define COMMIT_MAGIC UINT64_C(0x54494d4d4f43505a) /* "ZPCOMMIT" */
#define REDO_MAGIC   UINT64_C(0x31304f444552505a) /* "ZPREDO01" */

const char *zp_fmt_name(char out[ZP_FMT_NAME], const char *prefix, uint64_t number)
{
    snprintf(out, ZP_FMT_NAME, "%s%" PRIu64, prefix, number);
    return out;
}

void zp__put64(uint8_t *at, uint64_t x)
{
    memcpy(at, &x, sizeof(x)); /* little-endian: store.c sees to it */
}

uint64_t zp__get64(const uint8_t *at)
{
    uint64_t x;

    memcpy(&x, at, sizeof(x));
    return x;
}

/* ---------------------------------------------------------------- commit records */

enum {
    AT_MAGIC,
    AT_VERSION = 8,
    AT_SEQ = 16,
    AT_HEADER = 24,
    AT_HEADER_SUM = 32,
    AT_FIRST = 40,
    AT_ROWS = 48,
    AT_REDO = 56,
    AT_ORDER = 64,
    AT_BOOT = 72,
    AT_NOTE_LEN = 88,
    AT_SUM = 120,
    AT_NOTE = 128
};

/* Of the record without its sum, then of the note. */
static uint64_t commit_sum(const uint8_t *record, size_t note_len)
{
    const uint64_t parts[2] = { XXH3_64bits(record, AT_SUM), XXH3_64bits(record + AT_NOTE, note_len) };

    return parts[0] ^ (parts[1] * UINT64_C(0x9E3779B97F4A7C15));
}

size_t zp_fmt_commit_put(uint8_t out[ZP_FMT_RECORD], const zp_fmt_commit *c)
{
    memset(out, 0, AT_NOTE);
    zp__put64(out + AT_MAGIC, COMMIT_MAGIC);
    zp__put64(out + AT_VERSION, ZP_FMT_VERSION);
    zp__put64(out + AT_SEQ, c->seq);
    zp__put64(out + AT_HEADER, c->header);
    zp__put64(out + AT_HEADER_SUM, c->header_sum);
    zp__put64(out + AT_FIRST, c->first);
    zp__put64(out + AT_ROWS, c->rows);
    zp__put64(out + AT_REDO, c->redo);
    out[AT_ORDER] = c->order;
    memcpy(out + AT_BOOT, c->boot, sizeof(c->boot));
    zp__put64(out + AT_NOTE_LEN, c->note_len);
    memcpy(out + AT_NOTE, c->note, c->note_len);
    zp__put64(out + AT_SUM, commit_sum(out, c->note_len));
    return AT_NOTE + (size_t)c->note_len;
}

bool zp_fmt_commit_get(const uint8_t in[ZP_FMT_RECORD], zp_fmt_commit *c)
{
    const uint64_t note_len = zp__get64(in + AT_NOTE_LEN);

    if (zp__get64(in + AT_MAGIC) != COMMIT_MAGIC || zp__get64(in + AT_VERSION) != ZP_FMT_VERSION ||
        note_len > ZP_STORE_NOTE || zp__get64(in + AT_SUM) != commit_sum(in, (size_t)note_len))
        return false;
    c->seq = zp__get64(in + AT_SEQ);
    c->header = zp__get64(in + AT_HEADER);
    c->header_sum = zp__get64(in + AT_HEADER_SUM);
    c->first = zp__get64(in + AT_FIRST);
    c->rows = zp__get64(in + AT_ROWS);
    c->redo = zp__get64(in + AT_REDO);
    c->order = in[AT_ORDER] <= ZP_ORDER_YES ? in[AT_ORDER] : ZP_ORDER_UNKNOWN;
    memcpy(c->boot, in + AT_BOOT, sizeof(c->boot));
    c->note_len = (uint16_t)note_len;
    memcpy(c->note, in + AT_NOTE, (size_t)note_len);
    return c->rows <= ZP__ROWS_MAX && c->first <= ZP__ROWS_MAX && c->rows + c->first <= ZP__ROWS_MAX;
}

bool zp_fmt_commit_newest(const uint8_t *bytes, size_t len, const uint8_t boot[16], zp_fmt_commit *c,
                          int *slot)
{
    bool found = false;

    for (int k = 0; k < ZP_FMT_SLOTS; k++) {
        const size_t at = (size_t)k * ZP_FMT_SLOT;
        zp_fmt_commit got;

        if (at + ZP_FMT_RECORD > len || !zp_fmt_commit_get(bytes + at, &got))
            continue;
        if (k >= ZP_FMT_SLOTS / 2 && (!boot || memcmp(boot, got.boot, sizeof(got.boot)) != 0))
            continue;
        if (found && got.seq <= c->seq)
            continue;
        *c = got;
        *slot = k;
        found = true;
    }
    return found;
}

/* ---------------------------------------------------------------- redo records */

/* magic, bytes in all, the commit record, number of changes; the changes: file, offset, length, bytes padded to 8;
 * the checksum of all that. */
enum { REDO_LEN = 8, REDO_COMMIT = 16, REDO_COUNT = REDO_COMMIT + ZP_FMT_RECORD };

void zp__redo_head(uint8_t out[ZP__REDO_HEAD], const zp_fmt_commit *c, uint64_t count, uint64_t len)
{
    memset(out, 0, ZP__REDO_HEAD);
    zp__put64(out, REDO_MAGIC);
    zp__put64(out + REDO_LEN, len);
    zp_fmt_commit_put(out + REDO_COMMIT, c);
    zp__put64(out + REDO_COUNT, count);
}

bool zp_fmt_redo_open(zp_fmt_redo *r, const uint8_t *bytes, size_t len)
{
    uint64_t whole;

    if (len < ZP__REDO_HEAD + 8 || zp__get64(bytes) != REDO_MAGIC)
        return false;
    whole = zp__get64(bytes + REDO_LEN);
    if (whole < ZP__REDO_HEAD + 8 || whole > len ||
        zp__get64(bytes + whole - 8) != XXH3_64bits(bytes, (size_t)whole - 8) ||
        !zp_fmt_commit_get(bytes + REDO_COMMIT, &r->commit))
        return false;
    r->count = zp__get64(bytes + REDO_COUNT);
    r->bytes = bytes;
    r->len = (size_t)whole - 8;
    r->at = ZP__REDO_HEAD;
    return true;
}

bool zp_fmt_redo_next(zp_fmt_redo *r, zp_fmt_change *c)
{
    const uint8_t *head = r->bytes + r->at;
    uint64_t padded;

    if (r->len - r->at < ZP__REDO_CHANGE)
        return false;
    *c =
        (zp_fmt_change){ zp__get64(head), zp__get64(head + 8), zp__get64(head + 16), head + ZP__REDO_CHANGE };
    if (c->len > r->len - r->at - ZP__REDO_CHANGE)
        return false;
    padded = (c->len + 7) & ~UINT64_C(7);
    if (padded > r->len - r->at - ZP__REDO_CHANGE)
        return false;
    r->at += ZP__REDO_CHANGE + (size_t)padded;
    return true;
}
