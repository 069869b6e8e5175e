/* decode: values out of bytes that come in pieces of any size.
 *
 * A stack of levels, one per value that has begun: a list and what is in it, a series and its two parts.  Each level is in
 * a state that waits for a field of fixed size (gathered in `small`), for elements (which go straight to where they will
 * stay), or for strings (their lengths first, then the bytes).
 *
 *     HEAD -> DIMS -> DATA | LENGTHS -> TEXTS -> (NAMED -> LENGTHS -> TEXTS)* -> value
 *     HEAD -> COUNT -> (LENGTHS -> TEXTS) -> ITEMS -> value          HEAD -> ITEMS (2) -> series
 *
 * What a peer declares is compared with the budget before memory is asked for; strings and lists grow as they come. */
#include "wire/wire_priv.h"

static bool bad(zp_error *err, const char *what)
{
    return zp_fail_code(err, ZP_EFORMAT, "malformed message: %s", what);
}

static zp_dec_level *top(zp_dec *d)
{
    return &d->levels[d->depth - 1];
}

static void want(zp_dec *d, zp_dec_state state, uint32_t bytes)
{
    top(d)->state = (uint8_t)state;
    d->have = 0;
    d->need = bytes;
}

static bool spend(zp_dec *d, uint64_t count, uint64_t size, zp_error *err)
{
    if (size && count > d->budget / size)
        return zp_fail_code(err, ZP_EFORMAT, "message too large");
    d->budget -= count * size;
    return true;
}

static bool push(zp_dec *d, zp_error *err)
{
    if (d->depth > d->most_depth)
        return bad(err, "lists nested too deeply");
    if (d->depth == d->cap) {
        uint32_t cap = d->cap ? 2 * d->cap : 2;
        zp_dec_level *more = zp_realloc(d->levels, cap * sizeof(*more), err);
        if (!more)
            return false;
        d->levels = more;
        d->cap = cap;
    }
    memset(&d->levels[d->depth], 0, offsetof(zp_dec_level, dims));
    d->depth++;
    want(d, ZP_DEC_HEAD, ZP_VALUE_HEAD);
    return true;
}

void zp__dec_begin(zp_dec *d)
{
    d->complete = false;
    d->depth = 0;
}

void zp__dec_fini(zp_dec *d)
{
    for (uint32_t i = 0; i < d->depth; i++) {
        zp_value_unref(d->levels[i].v);
        zp_value_unref(d->levels[i].names);
    }
    zp_value_clear(&d->out);
    zp_free(d->levels);
    zp_buf_fini(&d->lengths);
    zp_buf_fini(&d->text);
    *d = (zp_dec){ 0 };
}

/* ---------------------------------------------------------------- values that are complete */

static bool two_sides(zp_value v, zp_error *err)
{
    const zp_interval *ivl = zp_ivls(&v);

    for (int64_t i = 0; i < zp_len(v); i++)
        if (ivl[i].sopen > 1 || ivl[i].eopen > 1 || ivl[i].start > ivl[i].end)
            return bad(err, "an interval that is none");
    return true;
}

static bool true_or_false(zp_value v, zp_error *err)
{
    const uint8_t *lgl = (const uint8_t *)zp_lgls(&v);
    uint8_t any = 0;

    for (int64_t i = 0; i < zp_len(v); i++)
        any |= lgl[i];
    return any <= 1 ? true : bad(err, "a logical that is neither");
}

static bool series_of(zp_dec_level *l, zp_error *err)
{
    zp_value idx = zp_list_at(l->v, 0), data = zp_list_at(l->v, 1), z;

    if (idx.type != ZP_TIM || data.type != ZP_DBL || zp_ndim(idx) != 1 || zp_has_names(idx) ||
        zp_dim(data, 0) != zp_len(idx))
        return bad(err, "a series whose parts do not fit");
    if (!zp_value_box(&l->v.u.list->items[0], err) || !zp_value_box(&l->v.u.list->items[1], err))
        return false;
    if (!zp_value_ordered(zp_list_at(l->v, 0)))
        return bad(err, "a series whose index does not increase");
    z = zp_zts_take(zp_value_move(&l->v.u.list->items[0]), zp_value_move(&l->v.u.list->items[1]), err);
    zp_value_set(&l->v, z);
    return !zp_bad(z);
}

static bool finish(zp_dec *d, zp_error *err);

/* The value of a level goes to where it belongs. */
static bool deliver(zp_dec *d, zp_error *err)
{
    zp_value v = zp_value_move(&top(d)->v);
    zp_dec_level *up;

    d->depth--;
    if (!d->depth) {
        d->complete = true;
        d->out = v;
        return true;
    }
    up = top(d);
    if (up->done < (uint64_t)zp_len(up->v)) {
        zp_list_set(up->v, (int64_t)up->done, v);
    } else if (!zp_list_push(&up->v, v, NULL, err)) {
        return false;
    }
    up->done++;
    return up->done < up->n ? push(d, err) : finish(d, err);
}

static bool finish(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);
    bool ok = true;

    if (l->tag == ZP_TAG_ZTS)
        ok = series_of(l, err);
    else if (l->tag == ZP_TAG_LIST && l->named)
        ok = zp_set_names(&l->v, 0, l->names.u.arr, err);
    else if (l->tag == ZP_TAG_LGL)
        ok = true_or_false(l->v, err);
    else if (l->tag == ZP_TAG_IVL)
        ok = two_sides(l->v, err);
    if (l->tag == ZP_TAG_LIST)
        zp_value_clear(&l->names);
    if (zp_is_array(l->v))
        zp_value_unbox(&l->v);
    return ok && deliver(d, err);
}

/* ---------------------------------------------------------------- strings */

static bool start_names(zp_dec *d, zp_error *err);

static void start_strings(zp_dec *d, uint64_t n)
{
    zp_dec_level *l = top(d);

    l->state = ZP_DEC_LENGTHS;
    l->done = 0;
    l->n = n;
    zp_buf_clear(&d->lengths);
    zp_buf_clear(&d->text);
}

/* All strings of the array or of the names are there. */
static bool strings_done(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);

    zp_buf_fini(&d->lengths);
    zp_buf_fini(&d->text);
    if (l->tag == ZP_TAG_LIST) {
        l->n = (uint64_t)l->dims[0];
        l->done = 0;
        l->state = ZP_DEC_ITEMS;
        return l->n ? push(d, err) : finish(d, err);
    }
    if (zp_bad(l->names)) /* they were the elements */
        return start_names(d, err);
    if (!zp_set_names(&l->v, l->dim, l->names.u.arr, err))
        return false;
    zp_value_clear(&l->names);
    l->dim++;
    return start_names(d, err);
}

/* The lengths are there: the strings follow. */
static bool start_texts(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);
    bool names = l->tag == ZP_TAG_LIST || !zp_bad(l->v);
    zp_value *to = names ? &l->names : &l->v;

    *to = names || !l->ndim ? zp_vec(ZP_STR, (int64_t)l->n, err) : zp_arr(ZP_STR, l->ndim, l->dims, err);
    if (zp_bad(*to))
        return false;
    l->state = ZP_DEC_TEXTS;
    l->done = 0;
    return l->n ? true : strings_done(d, err);
}

static bool put_string(zp_dec *d, const char *text, size_t len, zp_error *err)
{
    zp_dec_level *l = top(d);
    zp_str *s;

    if (memchr(text, 0, len))
        return bad(err, "a string with a zero byte");
    s = zp_str_new(text, len, err);
    if (!s)
        return false;
    zp_buf_clear(&d->text);
    zp_str_put(zp_bad(l->names) ? l->v : l->names, (int64_t)l->done++, s);
    return l->done < l->n ? true : strings_done(d, err);
}

static size_t next_length(const zp_dec *d)
{
    return zp_get_le32((const uint8_t *)d->lengths.ptr + 4 * d->levels[d->depth - 1].done);
}

static int64_t feed_lengths(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    zp_dec_level *l = top(d);
    uint64_t missing = 4 * l->n - d->lengths.len;
    size_t take = len < missing ? len : (size_t)missing;

    zp_buf_put(&d->lengths, bytes, take);
    if (!zp_buf_ok(&d->lengths, err))
        return -1;
    return take < missing || start_texts(d, err) ? (int64_t)take : -1;
}

/* Strings that are in these bytes as a whole are made from them; what is cut waits in `text`. */
static int64_t feed_texts(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    size_t size = next_length(d), take = size - d->text.len < len ? size - d->text.len : len;

    if (!d->text.len && !spend(d, size, 1, err))
        return -1;
    if (take == size)
        return put_string(d, (const char *)bytes, size, err) ? (int64_t)take : -1;
    zp_buf_put(&d->text, bytes, take);
    if (!zp_buf_ok(&d->text, err))
        return -1;
    if (d->text.len < size)
        return (int64_t)take;
    return put_string(d, zp_buf_text(&d->text), size, err) ? (int64_t)take : -1;
}

/* An empty string, or an error without a text. */
static bool needs_no_byte(const zp_dec *d)
{
    const zp_dec_level *l = &d->levels[d->depth - 1];

    return (l->state == ZP_DEC_TEXTS && next_length(d) == 0) || (l->state == ZP_DEC_ERRTEXT && l->n == 0);
}

static bool start_names(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);

    if (!l->named || l->dim == l->ndim)
        return finish(d, err);
    want(d, ZP_DEC_NAMED, 1);
    return true;
}

/* ---------------------------------------------------------------- fields */

static const uint8_t types[] = {
    [ZP_TAG_NIL] = ZP_NIL, [ZP_TAG_DBL] = ZP_DBL, [ZP_TAG_LGL] = ZP_LGL, [ZP_TAG_TIM] = ZP_TIM,
    [ZP_TAG_DUR] = ZP_DUR, [ZP_TAG_IVL] = ZP_IVL, [ZP_TAG_PER] = ZP_PER, [ZP_TAG_STR] = ZP_STR
};

static bool start_elements(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);
    size_t size = zp_tag_size(l->tag);
    uint64_t n = 1;

    for (uint16_t k = 0; k < l->ndim; k++) {
        l->dims[k] = (int64_t)zp_get_le64(d->small + 8 * k);
        if (l->dims[k] < 0 || l->dims[k] > (int64_t)1 << 48 ||
            (l->dims[k] && n > (UINT64_C(1) << 56) / (uint64_t)l->dims[k]))
            return bad(err, "extents that are too large");
        n *= (uint64_t)l->dims[k];
    }
    if (!spend(d, n, l->tag == ZP_TAG_STR ? 12 : size, err))
        return false;
    if (l->tag == ZP_TAG_STR) {
        start_strings(d, n);
        return n ? true : start_texts(d, err);
    }
    l->v = l->ndim ? zp_arr((zp_type)types[l->tag], l->ndim, l->dims, err)
                   : zp_vec((zp_type)types[l->tag], 1, err);
    if (zp_bad(l->v) || !zp_value_box(&l->v, err))
        return false;
    l->state = ZP_DEC_DATA;
    d->direct = l->v.u.arr->data;
    d->missing = n * size;
    return n ? true : start_names(d, err);
}

static bool start_value(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);

    l->tag = d->small[0];
    l->named = d->small[1];
    l->ndim = zp_get_le16(d->small + 2);
    if (d->small[1] & ~ZP_VALUE_NAMED || l->ndim > ZP_VALUE_DIMS || l->tag > ZP_TAG_ERROR ||
        (l->named && !l->ndim && l->tag != ZP_TAG_LIST))
        return bad(err, "an unknown value");
    if (l->tag <= ZP_TAG_STR && l->tag != ZP_TAG_NIL) {
        want(d, ZP_DEC_DIMS, 8u * l->ndim);
        return l->ndim ? true : start_elements(d, err);
    }
    if (l->ndim)
        return bad(err, "an unknown value");
    if (l->tag == ZP_TAG_LIST) {
        want(d, ZP_DEC_COUNT, 8);
    } else if (l->tag == ZP_TAG_ERROR) {
        want(d, ZP_DEC_ERRLEN, 4);
    } else if (l->tag == ZP_TAG_ZTS) {
        l->v = zp_list_new(0, err);
        l->n = 2;
        l->state = ZP_DEC_ITEMS;
        return !zp_bad(l->v) && push(d, err);
    }
    return l->tag == ZP_TAG_NIL ? deliver(d, err) : true;
}

static bool start_list(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);
    uint64_t n = zp_get_le64(d->small);

    if (n > INT32_MAX || !spend(d, n, sizeof(zp_value), err))
        return n > INT32_MAX ? bad(err, "a list that is too long") : false;
    l->v = zp_list_new(0, err);
    if (zp_bad(l->v))
        return false;
    l->dims[0] = (int64_t)n;
    l->n = n;
    if (l->named) {
        if (!spend(d, n, 12, err))
            return false;
        start_strings(d, n);
        return n ? true : start_texts(d, err);
    }
    l->state = ZP_DEC_ITEMS;
    return n ? push(d, err) : finish(d, err);
}

static bool start_error(zp_dec *d, zp_error *err)
{
    top(d)->n = zp_get_le32(d->small);
    top(d)->state = ZP_DEC_ERRTEXT;
    zp_buf_clear(&d->text);
    return spend(d, top(d)->n, 1, err);
}

static bool field(zp_dec *d, zp_error *err)
{
    zp_dec_level *l = top(d);

    switch ((zp_dec_state)l->state) {
    case ZP_DEC_HEAD: return start_value(d, err);
    case ZP_DEC_DIMS: return start_elements(d, err);
    case ZP_DEC_COUNT: return start_list(d, err);
    case ZP_DEC_ERRLEN: return start_error(d, err);
    default: break;
    }
    if (d->small[0] > 1)
        return bad(err, "names that are none");
    if (!d->small[0]) {
        l->dim++;
        return start_names(d, err);
    }
    if (!spend(d, (uint64_t)l->dims[l->dim], 12, err))
        return false;
    start_strings(d, (uint64_t)l->dims[l->dim]);
    return l->n ? true : start_texts(d, err);
}

static int64_t feed_field(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    size_t take = d->need - d->have < len ? d->need - d->have : len;

    memcpy(d->small + d->have, bytes, take);
    d->have += (uint32_t)take;
    return d->have < d->need || field(d, err) ? (int64_t)take : -1;
}

static int64_t feed_data(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    size_t take = len < d->missing ? len : (size_t)d->missing;

    memcpy(d->direct, bytes, take);
    return zp__dec_direct_done(d, take, err) ? (int64_t)take : -1;
}

bool zp__dec_direct_done(zp_dec *d, size_t len, zp_error *err)
{
    d->direct += len;
    d->missing -= len;
    return d->missing || start_names(d, err);
}

static int64_t feed_error(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    zp_dec_level *l = top(d);
    size_t missing = (size_t)l->n - d->text.len, take = len < missing ? len : missing;

    zp_buf_put(&d->text, bytes, take);
    if (!zp_buf_ok(&d->text, err))
        return -1;
    if (take < missing)
        return (int64_t)take;
    if (d->text.len && memchr(d->text.ptr, 0, d->text.len))
        return bad(err, "a string with a zero byte") ? 0 : -1;
    l->v = zp_error_value(zp_buf_text(&d->text), err);
    zp_buf_fini(&d->text);
    return !zp_bad(l->v) && deliver(d, err) ? (int64_t)take : -1;
}

int64_t zp__dec_feed(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err)
{
    size_t at = 0;

    if (!d->depth && !push(d, err))
        return -1;
    while (!d->complete && (at < len || needs_no_byte(d))) {
        int64_t took;
        switch ((zp_dec_state)top(d)->state) {
        case ZP_DEC_DATA: took = feed_data(d, bytes + at, len - at, err); break;
        case ZP_DEC_LENGTHS: took = feed_lengths(d, bytes + at, len - at, err); break;
        case ZP_DEC_TEXTS: took = feed_texts(d, bytes + at, len - at, err); break;
        case ZP_DEC_ERRTEXT: took = feed_error(d, bytes + at, len - at, err); break;
        default: took = feed_field(d, bytes + at, len - at, err);
        }
        if (took < 0)
            return -1;
        at += (size_t)took;
    }
    return (int64_t)at;
}
