/* backup_manifest: what a backup holds, as a list of objects, their files, and the xxh3 of each block.
 *
 *     objects; each: name, number and text of the header, commit record, files;
 *                    each: kind, number, begin, length, sums
 *
 * Numbers have 8 bytes, texts a length in front. */
#include <string.h>

#include "base/mem.h"
#include "store/backup_file.h"
#include "store/catalog.h"

void zp__bk_object_fini(zp__bk_object *o)
{
    for (uint64_t k = 0; k < o->count; k++)
        zp_free(o->parts[k].sums);
    zp_free(o->parts);
    zp_free(o->name);
    zp_buf_fini(&o->header_text);
    *o = (zp__bk_object){ 0 };
}

void zp__manifest_fini(zp__manifest *m)
{
    for (uint64_t i = 0; i < m->count; i++)
        zp__bk_object_fini(&m->objects[i]);
    zp_free(m->objects);
    *m = (zp__manifest){ 0 };
}

zp__bk_object *zp__manifest_find(const zp__manifest *m, const char *name)
{
    for (uint64_t i = 0; i < m->count; i++)
        if (strcmp(m->objects[i].name, name) == 0)
            return &m->objects[i];
    return NULL;
}

zp__bk_part *zp__bk_part_find(const zp__bk_object *o, char kind, uint64_t number)
{
    for (uint64_t k = 0; o && k < o->count; k++)
        if (o->parts[k].kind == kind && o->parts[k].number == number)
            return &o->parts[k];
    return NULL;
}

/* ---------------------------------------------------------------- writing */

static void put64(zp_buf *out, uint64_t x)
{
    uint8_t bytes[8];

    zp__put64(bytes, x);
    zp_buf_put(out, bytes, sizeof bytes);
}

static void put_text(zp_buf *out, const char *text, size_t len)
{
    put64(out, len);
    zp_buf_put(out, text, len);
}

static void put_part(zp_buf *out, const zp__bk_part *p)
{
    put64(out, (uint8_t)p->kind);
    put64(out, p->number);
    put64(out, p->begin);
    put64(out, p->length);
    for (uint64_t i = 0; i < zp__bk_blocks(p); i++)
        put64(out, p->sums[i]);
}

bool zp__manifest_write(zp_buf *out, const zp__manifest *m, zp_error *err)
{
    put64(out, m->count);
    for (uint64_t i = 0; i < m->count; i++) {
        const zp__bk_object *o = &m->objects[i];
        uint8_t record[ZP_FMT_RECORD] = { 0 };

        put_text(out, o->name, strlen(o->name));
        put64(out, o->header);
        put_text(out, zp_buf_text(&o->header_text), o->header_text.len);
        zp_fmt_commit_put(record, &o->commit);
        zp_buf_put(out, record, sizeof record);
        put64(out, o->count);
        for (uint64_t k = 0; k < o->count; k++)
            put_part(out, &o->parts[k]);
    }
    return zp_buf_ok(out, err);
}

/* ---------------------------------------------------------------- reading */

typedef struct reader {
    const uint8_t *at, *end;
    bool bad;
} reader;

static uint64_t get64(reader *r)
{
    uint64_t x;

    if (r->end - r->at < 8) {
        r->bad = true;
        return 0;
    }
    x = zp__get64(r->at);
    r->at += 8;
    return x;
}

/* `len` bytes, or NULL. */
static const uint8_t *get_bytes(reader *r, uint64_t len)
{
    const uint8_t *bytes = r->at;

    if (r->bad || len > (uint64_t)(r->end - r->at)) {
        r->bad = true;
        return NULL;
    }
    r->at += len;
    return bytes;
}

/* A count of things that take at least `least` bytes each. */
static uint64_t get_count(reader *r, size_t least)
{
    uint64_t n = get64(r);

    if (n > (uint64_t)(r->end - r->at) / least)
        r->bad = true;
    return r->bad ? 0 : n;
}

static bool get_part(reader *r, zp__bk_part *p, zp_error *err)
{
    const uint8_t *sums;
    uint64_t kind = get64(r);

    p->kind = (char)kind;
    p->number = get64(r);
    p->begin = get64(r);
    p->length = get64(r);
    if ((kind != 'c' && kind != 't') || p->begin % ZP_FMT_BLOCK || p->begin > p->length ||
        p->length > UINT64_C(1) << 60)
        r->bad = true;
    sums = r->bad ? NULL : get_bytes(r, zp__bk_blocks(p) * 8);
    if (!sums)
        return true;
    p->sums = zp_alloc(zp__bk_blocks(p) * 8 + 8, err);
    for (uint64_t i = 0; p->sums && i < zp__bk_blocks(p); i++)
        p->sums[i] = zp__get64(sums + 8 * i);
    return p->sums != NULL;
}

static bool get_name(reader *r, zp__bk_object *o, zp_error *err)
{
    uint64_t len = get64(r);
    const uint8_t *name = get_bytes(r, len);

    if (!name)
        return true;
    o->name = zp_alloc((size_t)len + 1, err);
    if (!o->name)
        return false;
    memcpy(o->name, name, (size_t)len);
    o->name[len] = '\0';
    r->bad |= strlen(o->name) != len || !zp_catalog_name_ok(o->name, NULL);
    return true;
}

static bool get_object(reader *r, zp__bk_object *o, zp_error *err)
{
    const uint8_t *text, *record;
    uint64_t len, count;

    if (!get_name(r, o, err))
        return false;
    o->header = get64(r);
    len = get64(r);
    text = get_bytes(r, len);
    record = get_bytes(r, ZP_FMT_RECORD);
    if (r->bad || !zp_fmt_commit_get(record, &o->commit)) {
        r->bad = true;
        return true;
    }
    zp_buf_put(&o->header_text, text, (size_t)len);
    count = get_count(r, 32);
    o->parts = zp_alloc_zero((size_t)(count + 1) * sizeof(*o->parts), err);
    if (!o->parts || !zp_buf_ok(&o->header_text, err))
        return false;
    for (; o->count < count && !r->bad; o->count++)
        if (!get_part(r, &o->parts[o->count], err))
            return false;
    return true;
}

bool zp__manifest_read(zp__manifest *m, const uint8_t *bytes, size_t len, const char *what, zp_error *err)
{
    reader r = { bytes, bytes + len, false };
    uint64_t count = get_count(&r, 8 + 8 + 8 + ZP_FMT_RECORD + 8);

    m->objects = zp_alloc_zero((size_t)(count + 1) * sizeof(*m->objects), err);
    if (!m->objects)
        return false;
    for (; m->count < count && !r.bad; m->count++)
        if (!get_object(&r, &m->objects[m->count], err)) {
            m->count++;
            return false;
        }
    if (!r.bad && r.at == r.end)
        return true;
    return zp_fail_code(err, ZP_EFORMAT, "%s is no whole backup file: its manifest makes no sense", what);
}
