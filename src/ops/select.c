/* One index along one extent.
 *
 * Most indices are short or regular, so the answer is kept in the cheapest form that holds it: a range costs
 * nothing and is copied with memcpy, a logical index stays the mask it is and is compressed by a kernel, the rows in
 * intervals stay runs, and only the rest is spelt out as a list of positions. */
#include "ops/select_priv.h"

#include <string.h>

#include "base/map.h"
#include "kernel/kernel.h"
#include "kernel/select.h"

void zp__sel_range(zp__sel *s, int64_t n, int64_t from, int64_t count)
{
    *s = (zp__sel){ .n = n, .from = from, .count = count };
}

void zp__sel_all(zp__sel *s, int64_t n)
{
    zp__sel_range(s, n, 0, n);
}

void zp__sel_fini(zp__sel *s)
{
    zp_free(s->pos);
    zp_free(s->mask_own);
    zp_free(s->run);
    zp_value_clear(&s->hold);
    zp__sel_range(s, s->n, 0, 0);
}

static int64_t *new_positions(int64_t count, zp_error *err)
{
    size_t bytes;

    if (!zp_mul((size_t)count, sizeof(int64_t), &bytes)) {
        zp_fail_nomem(err, SIZE_MAX);
        return NULL;
    }
    return zp_alloc(bytes ? bytes : 1, err);
}

bool zp__sel_list(zp__sel *s, zp_error *err)
{
    int64_t *pos;

    if (!s->mask && !s->num && !s->run)
        return true;
    pos = new_positions(s->count, err);
    if (!pos)
        return false;
    if (s->mask)
        zp_select_positions(pos, s->mask, s->n, 0);
    for (int64_t i = 0; s->num && i < s->count; i++)
        pos[i] = (int64_t)s->num[i] - 1;
    for (int64_t r = 0; r < s->runs; r++)
        for (int64_t i = s->run[r].lo, at = s->run[r].at; i < s->run[r].hi; i++)
            pos[at++] = i;
    s->pos = pos;
    s->mask = NULL;
    s->num = NULL;
    s->runs = 0;
    zp_free(s->run);
    s->run = NULL;
    zp_free(s->mask_own);
    s->mask_own = NULL;
    zp_value_clear(&s->hold);
    return true;
}

bool zp__sel_spell(zp__sel *s, zp_error *err)
{
    if (!zp__sel_list(s, err))
        return false;
    if (s->pos)
        return true;
    s->pos = new_positions(s->count, err);
    if (!s->pos)
        return false;
    for (int64_t i = 0; i < s->count; i++)
        s->pos[i] = s->from + i;
    return true;
}

/* ---------------------------------------------------------------- numbers */

static bool out_of_bounds(zp_error *err)
{
    return zp_fail(err, "subscript out of bounds");
}

/* Truncated toward 0: is x one of 1..n? */
static bool in_extent(double x, int64_t n)
{
    return x >= 1 && x < (double)n + 1;
}

static bool bad_position(double x, zp_error *err)
{
    return x <= -1 ? zp_fail(err, "mixed positive and negative subscripts") : out_of_bounds(err);
}

enum { LONG = 4096 }; /* so many positions are not spelt out */

static bool positive(zp__sel *s, zp_value index, int64_t k, int64_t n, zp_error *err)
{
    const double *x = zp_dbls(&index);
    int64_t run = 0, first;
    int64_t *pos;

    if (!in_extent(x[0], n))
        return out_of_bounds(err);
    first = (int64_t)x[0];
    while (run < k && in_extent(x[run], n) && (int64_t)x[run] == first + run)
        run++;
    if (run == k) {
        zp__sel_range(s, n, first - 1, k);
        return true;
    }
    for (int64_t i = run; i < k; i++)
        if (!in_extent(x[i], n))
            return bad_position(x[i], err);
    if (k >= LONG) {
        *s = (zp__sel){ .n = n, .count = k, .num = x, .hold = zp_value_ref(index) };
        return true;
    }
    pos = new_positions(k, err);
    if (!pos)
        return false;
    for (int64_t i = 0; i < k; i++)
        pos[i] = (int64_t)x[i] - 1;
    *s = (zp__sel){ .n = n, .count = k, .pos = pos };
    return true;
}

/* Do the k positions run up or down to one end of the extent?  Then what is left is a range. */
static bool end_left_out(zp__sel *s, const double *x, int64_t k, int64_t n)
{
    const int64_t first = (int64_t)-x[0], last = (int64_t)-x[k - 1];
    const int64_t step = last < first ? -1 : 1, low = step < 0 ? last : first, high = step < 0 ? first : last;

    if (high - low != k - 1 || (low != 1 && high != n))
        return false;
    for (int64_t i = 1; i < k; i++)
        if ((int64_t)-x[i] != first + step * i)
            return false;
    zp__sel_range(s, n, low == 1 ? high : 0, n - k);
    return true;
}

/* All but the given ones.  What is left of x[-1], x[-(1:3)], x[-length(x)] is a range. */
static bool negative(zp__sel *s, const double *x, int64_t k, int64_t n, zp_error *err)
{
    int64_t gone = 0, head = 0, tail = n;
    int8_t *mask;

    for (int64_t i = 0; i < k; i++)
        if (!in_extent(-x[i], n))
            return x[i] >= 1 ? zp_fail(err, "mixed positive and negative subscripts") : out_of_bounds(err);
    if (end_left_out(s, x, k, n))
        return true;
    mask = zp_alloc((size_t)n, err);
    if (!mask)
        return false;
    memset(mask, 1, (size_t)n);
    for (int64_t i = 0; i < k; i++) {
        int8_t *at = &mask[(int64_t)-x[i] - 1];

        gone += *at;
        *at = 0;
    }
    while (head < n && !mask[head])
        head++;
    while (tail > head && !mask[tail - 1])
        tail--;
    if (tail - head == n - gone) {
        zp_free(mask);
        zp__sel_range(s, n, head, n - gone);
        return true;
    }
    *s = (zp__sel){ .n = n, .count = n - gone, .mask = mask, .mask_own = mask };
    return true;
}

static bool numbers(zp__sel *s, zp_value index, int64_t n, zp_error *err)
{
    const int64_t k = zp_len(index);
    const double *x;
    bool ok;

    if (k == 0) {
        zp__sel_range(s, n, 0, 0);
        return true;
    }
    zp_value_ref(index);
    if (!zp_value_dense(&index, err)) {
        zp_value_unref(index);
        return false;
    }
    x = zp_dbls(&index);
    ok = x[0] < 0 ? negative(s, x, k, n, err) : positive(s, index, k, n, err);
    zp_value_unref(index);
    return ok;
}

/* ---------------------------------------------------------------- logicals */

static bool logicals(zp__sel *s, zp_value index, int64_t n, zp_error *err)
{
    if (zp_len(index) != n)
        return zp_fail(err, "boolean index not equal to array extent");
    if (!index.boxed) {
        zp__sel_range(s, n, 0, index.u.lgl ? 1 : 0);
        return true;
    }
    zp_value_ref(index);
    if (!zp_value_dense(&index, err)) {
        zp_value_unref(index);
        return false;
    }
    *s = (zp__sel){ .n = n, .mask = zp_lgls(&index), .hold = index };
    s->count = zp_select_count(s->mask, n);
    return true;
}

/* ---------------------------------------------------------------- names */

enum { SCAN = 8 }; /* so few names are looked for one by one */

static int64_t scan_name(const zp_array *names, const zp_str *name)
{
    zp_str *const *have = names->data;

    if (name->len)
        for (int64_t i = 0; i < names->n; i++)
            if (zp_str_eq(have[i], name))
                return i;
    return -1;
}

static bool hash_names(const zp_array *names, zp_map *map, zp_error *err)
{
    zp_str *const *have = names->data;

    for (int64_t i = 0; i < names->n; i++) {
        bool made;
        zp_map_entry *entry = zp_map_add(map, have[i], &made, err);

        if (!entry)
            return false;
        if (made)
            entry->val.num = i; /* the first of equals */
    }
    return true;
}

static bool find_names(int64_t *pos, zp_str *const *want, int64_t k, const zp_array *names, zp_error *err)
{
    const bool hashed = k > SCAN && names->n > SCAN;
    zp_map map = ZP_MAP_INIT;
    bool ok = !hashed || hash_names(names, &map, err);

    for (int64_t i = 0; ok && i < k; i++) {
        if (hashed) {
            const zp_map_entry *entry = want[i]->len ? zp_map_get(&map, want[i]) : NULL;

            pos[i] = entry ? entry->val.num : -1;
        } else {
            pos[i] = scan_name(names, want[i]);
        }
        if (pos[i] < 0)
            ok = out_of_bounds(err);
    }
    zp_map_fini(&map);
    return ok;
}

static bool names_index(zp__sel *s, zp_value index, int64_t n, const zp_array *names, zp_error *err)
{
    const int64_t k = zp_len(index);
    int64_t *pos;

    if (k == 0) {
        zp__sel_range(s, n, 0, 0);
        return true;
    }
    if (!names)
        return out_of_bounds(err);
    zp_value_ref(index);
    pos = zp_value_read(index, err) && zp_value_dense(&index, err) ? new_positions(k, err) : NULL;
    if (!pos || !find_names(pos, zp_strs(&index), k, names, err)) {
        zp_free(pos);
        zp_value_unref(index);
        return false;
    }
    zp_value_unref(index);
    if (k == 1) {
        zp__sel_range(s, n, pos[0], 1);
        zp_free(pos);
        return true;
    }
    *s = (zp__sel){ .n = n, .count = k, .pos = pos };
    return true;
}

bool zp__sel_make(zp__sel *s, zp_value index, int64_t n, const zp_array *names, zp_error *err)
{
    zp__sel_range(s, n, 0, 0);
    switch (index.type) {
    case ZP_MISSING: zp__sel_all(s, n); return true;
    case ZP_DBL: return numbers(s, index, n, err);
    case ZP_LGL: return logicals(s, index, n, err);
    case ZP_STR: return names_index(s, index, n, names, err);
    default: return zp_fail(err, "incorrect index type");
    }
}

bool zp_index_positions(zp_value index, int64_t n, const zp_array *names, zp_positions *out, zp_error *err)
{
    zp__sel s;

    *out = (zp_positions){ 0 };
    if (!zp__sel_make(&s, index, n, names, err))
        return false;
    if (!zp__sel_is_all(&s) && !zp__sel_spell(&s, err)) {
        zp__sel_fini(&s);
        return false;
    }
    *out = (zp_positions){ .pos = s.pos, .count = s.count };
    s.pos = NULL;
    zp__sel_fini(&s);
    return true;
}

/* ---------------------------------------------------------------- moving elements */

/* Element at + i of x (in the order of storage) is about to be read for every selected i. */
bool zp__sel_need(const zp__sel *s, zp_value x, int64_t at, zp_error *err)
{
    enum { SCATTERED = 16 }; /* times as long as in a row */
    bool ok = true;

    if (ZP_LIKELY(!zp_value_is_unread(x)) || s->count == 0)
        return true;
    if (zp__sel_is_range(s))
        return zp_value_read_elems(x, at + s->from, at + s->from + s->count, err);
    if (s->count > s->n / SCATTERED)
        return zp_value_read_elems(x, at, at + s->n, err);
    for (int64_t i = 0; ok && s->pos && i < s->count; i++)
        ok = zp_value_read_elems(x, at + s->pos[i], at + s->pos[i] + 1, err);
    for (int64_t i = 0; ok && s->num && i < s->count; i++)
        ok = zp_value_read_elems(x, at + (int64_t)s->num[i] - 1, at + (int64_t)s->num[i], err);
    for (int64_t i = 0; ok && s->mask && i < s->n; i++)
        ok = !s->mask[i] || zp_value_read_elems(x, at + i, at + i + 1, err);
    return ok;
}

static void count_strings(zp_str *const *s, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        zp_str_ref(s[i]);
}

enum { PARALLEL = 8 << 20 }; /* bytes from which runs are read by all threads */

typedef struct run_job {
    const zp__run *run;
    char *to;
    const char *from;
    size_t size;
} run_job;

static void read_runs(void *arg, int64_t from, int64_t to)
{
    const run_job *j = arg;

    for (const zp__run *r = j->run + from; r < j->run + to; r++)
        memcpy(j->to + (size_t)r->at * j->size, j->from + (size_t)r->lo * j->size,
               (size_t)(r->hi - r->lo) * j->size);
}

static void write_runs(const zp__sel *s, size_t size, char *to, const char *from, bool one)
{
    for (const zp__run *r = s->run; r < s->run + s->runs; r++)
        if (one)
            zp_select_fill(size, to + (size_t)r->lo * size, from, r->hi - r->lo);
        else
            memcpy(to + (size_t)r->lo * size, from + (size_t)r->at * size, (size_t)(r->hi - r->lo) * size);
}

void zp__sel_read(const zp__sel *s, zp_type t, void *to, const void *from)
{
    const size_t size = zp_type_size(t);

    if (s->count == 0)
        return;
    if (s->pos)
        zp_select_gather(size, to, from, s->pos, s->count);
    else if (s->num)
        zp_select_gather_num(size, to, from, s->num, s->count);
    else if (s->mask)
        zp_select_compress(size, to, from, s->mask, s->n, s->count);
    else if (s->run)
        zp_parallel(s->runs, (size_t)s->count * size < PARALLEL ? s->runs : 32, read_runs,
                    &(run_job){ s->run, to, from, size });
    else
        memcpy(to, (const char *)from + (size_t)s->from * size, (size_t)s->count * size);
    if (t == ZP_STR)
        count_strings(to, s->count);
}

/* Strings one by one: the old ones are released. */
static void write_strings(const zp__sel *s, zp_str **to, zp_str *const *from, bool one)
{
    int64_t k = 0;

    for (int64_t i = 0; k < s->count; i++) {
        zp_str **at;
        zp_str *old;

        if (s->mask && !s->mask[i])
            continue;
        at = &to[s->mask ? i : zp__sel_at(s, k)];
        old = *at;
        *at = zp_str_ref(from[one ? 0 : k]);
        zp_str_unref(old);
        k++;
    }
}

void zp__sel_write(const zp__sel *s, zp_type t, void *to, const void *from, bool one)
{
    const size_t size = zp_type_size(t);

    if (s->count == 0)
        return;
    if (t == ZP_STR)
        write_strings(s, to, from, one);
    else if (s->pos)
        zp_select_scatter(size, to, from, one, s->pos, s->count);
    else if (s->mask)
        zp_select_expand(size, to, from, one, s->mask, s->n, s->count);
    else if (s->run)
        write_runs(s, size, to, from, one);
    else if (one)
        zp_select_fill(size, (char *)to + (size_t)s->from * size, from, s->count);
    else
        memcpy((char *)to + (size_t)s->from * size, from, (size_t)s->count * size);
}

bool zp__sel_names(const zp__sel *s, const zp_array *names, zp_value *out, int32_t k, zp_error *err)
{
    zp_value picked;
    bool ok;

    if (!names)
        return true;
    if (zp__sel_is_all(s))
        return zp_set_names(out, k, (zp_array *)names, err); /* shared: names are immutable */
    picked = zp_vec(ZP_STR, s->count, err);
    if (zp_bad(picked))
        return false;
    zp__sel_read(s, ZP_STR, picked.u.arr->data, names->data);
    ok = zp_set_names(out, k, picked.u.arr, err);
    zp_value_unref(picked);
    return ok;
}

zp_value zp__cell(zp_type t, const void *at, zp_error *err)
{
    zp_value v;

    switch (t) {
    case ZP_DBL: return zp_dbl(*(const double *)at);
    case ZP_LGL: return zp_lgl(*(const int8_t *)at);
    case ZP_TIM: return zp_tim(*(const int64_t *)at);
    case ZP_DUR: return zp_dur(*(const int64_t *)at);
    case ZP_STR: return zp_chr_take(zp_str_ref(*(zp_str *const *)at), err);
    default:
        v = zp_vec(t, 1, err);
        if (!zp_bad(v))
            memcpy(v.u.arr->data, at, zp_type_size(t));
        return v;
    }
}
