/* Intervals as sets of instants.
 *
 * An end becomes a place between instants: just before t or just after it.  Then every interval is half-open and the
 * four kinds of brackets need no cases:
 *
 *     [3,5]  =  before 3 .. after 5        (3,5)  =  after 3 .. before 5
 *
 * [1,3) and [3,5] share the place "before 3" and so are contiguous; [1,3) and (3,5] do not and are not. */
#include "builtin/set.h"

#include <string.h>

#include "builtin/keys.h"

typedef struct place {
    int64_t t;
    int after;
} place;

typedef struct piece {
    place from, to;
} piece;

static int cmp(place a, place b)
{
    if (a.t != b.t)
        return a.t < b.t ? -1 : 1;
    return a.after - b.after;
}

static piece piece_of(const zp_interval *i)
{
    return (piece){ { i->start, i->sopen != 0 }, { i->end, i->eopen == 0 } };
}

static zp_interval interval_of(piece p)
{
    return (zp_interval){ p.from.t, p.to.t, (uint32_t)(p.from.after != 0), (uint32_t)(p.to.after == 0) };
}

/* Places of one instant have two sides: pieces go by the instant, those that begin before it first. */
static bool sort_pieces(piece *p, int64_t n, zp_error *err)
{
    zp_value held =
        zp_words(n * (int64_t)(sizeof(piece) + 2 * sizeof(zp_pair)) / (int64_t)sizeof(uint64_t), err);
    zp_pair *pairs, *sorted;
    int64_t k = 0;
    piece *copy;

    if (zp_bad(held))
        return false;
    copy = (piece *)(void *)zp_key_data(held);
    pairs = (zp_pair *)(void *)(copy + n);
    memcpy(copy, p, (size_t)n * sizeof *p);
    for (int after = 0; after < 2; after++)
        for (int64_t i = 0; i < n; i++)
            if (p[i].from.after == after)
                pairs[k++] = (zp_pair){ .key = (uint64_t)p[i].from.t ^ UINT64_C(1) << 63, .pos = i };
    sorted = zp_k_sort_pairs(pairs, pairs + n, n);
    for (int64_t i = 0; i < n; i++)
        p[i] = copy[sorted[i].pos];
    zp_value_unref(held);
    return true;
}

/* Overlapping neighbours become one, with `touching` also those that share a place; returns how many are left. */
static int64_t fuse(piece *p, int64_t n, bool touching)
{
    int64_t k = 0;

    for (int64_t i = 0; i < n; i++) {
        if (k && cmp(p[i].from, p[k - 1].to) < (touching ? 1 : 0)) {
            if (cmp(p[i].to, p[k - 1].to) > 0)
                p[k - 1].to = p[i].to;
        } else {
            p[k++] = p[i];
        }
    }
    return k;
}

/* Disjoint ascending pieces of the vector, in words to release; touching ones become one if `touching`. */
static bool normalise(zp_value v, bool touching, zp_value *held, piece **pieces, int64_t *count,
                      zp_error *err)
{
    int64_t n = zp_len(v), k = 0;
    bool ascends = true;
    piece *p;

    *held = zp_words(n * (int64_t)(sizeof(piece) / sizeof(uint64_t)), err);
    if (zp_bad(*held))
        return false;
    p = (piece *)(void *)zp_key_data(*held);
    for (int64_t i = 0; i < n; i++) {
        p[k] = piece_of(&zp_ivls(&v)[i]);
        if (cmp(p[k].from, p[k].to) >= 0)
            continue; /* empty */
        ascends &= k == 0 || cmp(p[k - 1].from, p[k].from) <= 0;
        k++;
    }
    if (!ascends && !sort_pieces(p, k, err)) {
        zp_value_clear(held);
        return false;
    }
    *pieces = p;
    *count = fuse(p, k, touching);
    return true;
}

static bool emit(zp_value *out, const piece *p, int64_t n, zp_error *err)
{
    zp_value v = zp_vec(ZP_IVL, n, err);

    if (zp_bad(v))
        return false;
    for (int64_t i = 0; i < n; i++)
        ((zp_interval *)v.u.arr->data)[i] = interval_of(p[i]);
    *out = v;
    return true;
}

static place later(place a, place b)
{
    return cmp(a, b) > 0 ? a : b;
}

static place earlier(place a, place b)
{
    return cmp(a, b) < 0 ? a : b;
}

/* What of x is in y: at most nx + ny pieces. */
static int64_t common(const piece *x, int64_t nx, const piece *y, int64_t ny, piece *out)
{
    int64_t n = 0;

    for (int64_t i = 0, j = 0; i < nx && j < ny;) {
        piece p = { later(x[i].from, y[j].from), earlier(x[i].to, y[j].to) };
        if (cmp(p.from, p.to) < 0)
            out[n++] = p;
        if (cmp(x[i].to, y[j].to) <= 0)
            i++;
        else
            j++;
    }
    return n;
}

/* What of x is not in y: at most nx + ny pieces. */
static int64_t rest(const piece *x, int64_t nx, const piece *y, int64_t ny, piece *out)
{
    int64_t n = 0, j = 0;

    for (int64_t i = 0; i < nx; i++) {
        place at = x[i].from;
        while (j < ny && cmp(y[j].to, at) <= 0)
            j++;
        for (int64_t k = j; k < ny && cmp(y[k].from, x[i].to) < 0; k++) {
            if (cmp(at, y[k].from) < 0)
                out[n++] = (piece){ at, y[k].from };
            at = later(at, y[k].to);
            j = k;
        }
        if (cmp(at, x[i].to) < 0)
            out[n++] = (piece){ at, x[i].to };
    }
    return n;
}

/* What is in x or in y: at most nx + ny pieces. */
static int64_t either(const piece *x, int64_t nx, const piece *y, int64_t ny, piece *out)
{
    int64_t i = 0, j = 0, n = 0;

    while (i < nx || j < ny)
        out[n++] = j == ny || (i < nx && cmp(x[i].from, y[j].from) <= 0) ? x[i++] : y[j++];
    return fuse(out, n, true);
}

bool zp__set_intervals(zp_value x, zp_value y, char op, zp_value *out, zp_error *err)
{
    zp_value hx, hy, ho;
    piece *px, *py, *po;
    int64_t nx, ny, n;
    bool ok = false;

    if (!normalise(x, op == '|', &hx, &px, &nx, err))
        return false;
    if (!normalise(y, true, &hy, &py, &ny, err)) {
        zp_value_unref(hx);
        return false;
    }
    ho = zp_words((nx + ny) * (int64_t)(sizeof(piece) / sizeof(uint64_t)), err);
    if (!zp_bad(ho)) {
        po = (piece *)(void *)zp_key_data(ho);
        n = (op == '|' ? either : op == '&' ? common : rest)(px, nx, py, ny, po);
        ok = emit(out, po, n, err);
    }
    zp_value_unref(hx);
    zp_value_unref(hy);
    zp_value_unref(ho);
    return ok;
}

/* ---------------------------------------------------------------- times in intervals */

static bool holds(const zp_interval *i, int64_t t)
{
    return (i->start < t || (i->start == t && !i->sopen)) && (t < i->end || (t == i->end && !i->eopen));
}

/* Positions in order: of a vector that ascends, their own. */
static bool order_of(zp_value v, int64_t *pos, zp_error *err)
{
    if (!zp_value_ordered(v))
        return zp_order_of(v, false, true, pos, err);
    for (int64_t i = 0, n = zp_len(v); i < n; i++)
        pos[i] = i;
    return true;
}

/* For the times of x in ascending order: at[k] = position (0-based) of an interval around it, or -1. */
static bool locate(zp_value x, zp_value y, int64_t *order, int64_t *at, zp_error *err)
{
    int64_t nx = zp_len(x), ny = zp_len(y), low = 0, *pos;
    zp_value held = zp_words(ny, err);
    const zp_interval *iv = zp_ivls(&y);

    if (zp_bad(held))
        return false;
    pos = (int64_t *)zp_key_data(held);
    if (!order_of(x, order, err) || !order_of(y, pos, err)) {
        zp_value_unref(held);
        return false;
    }
    for (int64_t k = 0; k < nx; k++) {
        int64_t t = zp_i64s(&x)[order[k]];
        at[k] = -1;
        while (low < ny && iv[pos[low]].end < t)
            low++;
        for (int64_t j = low; j < ny && iv[pos[j]].start <= t && at[k] < 0; j++)
            if (holds(&iv[pos[j]], t))
                at[k] = pos[j];
    }
    zp_value_unref(held);
    return true;
}

/* The k-th time in order is chosen: inside ones once, outside ones all. */
static bool chosen(zp_value x, const int64_t *order, const int64_t *at, int64_t k, bool inside)
{
    if ((at[k] >= 0) != inside)
        return false;
    return !inside || k == 0 || zp_i64s(&x)[order[k]] != zp_i64s(&x)[order[k - 1]];
}

bool zp__set_times(zp_value x, zp_value y, bool inside, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(x), kept = 0, *order, *at;
    zp_value held = zp_words(2 * n, err);
    bool ok;

    if (zp_bad(held))
        return false;
    order = (int64_t *)zp_key_data(held);
    at = order + n;
    ok = locate(x, y, order, at, err);
    for (int64_t k = 0; ok && k < n; k++)
        if (chosen(x, order, at, k, inside))
            at[kept++] = order[k]; /* at[] is read ahead of where it is written */
    ok = ok && zp_pick(x, at, kept, out, err);
    zp_value_unref(held);
    return ok;
}

bool zp__set_times_idx(zp_value x, zp_value y, bool inside, zp_value *out, zp_error *err)
{
    int64_t n = zp_len(x), kept = 0, *order, *at;
    zp_value held = zp_words(2 * n, err), a, b;
    bool ok;

    if (zp_bad(held))
        return false;
    order = (int64_t *)zp_key_data(held);
    at = order + n;
    ok = locate(x, y, order, at, err);
    for (int64_t k = 0; ok && k < n; k++)
        kept += chosen(x, order, at, k, inside);
    a = ok ? zp_vec(ZP_DBL, kept, err) : zp_nil();
    b = ok ? zp_vec(ZP_DBL, inside ? kept : 0, err) : zp_nil();
    kept = 0;
    for (int64_t k = 0; !zp_bad(a) && !zp_bad(b) && k < n; k++)
        if (chosen(x, order, at, k, inside)) {
            ((double *)a.u.arr->data)[kept] = (double)(order[k] + 1);
            if (inside)
                ((double *)b.u.arr->data)[kept] = (double)(at[k] + 1);
            kept++;
        }
    zp_value_unref(held);
    return zp__set_pair(a, b, out, err);
}
