/* Hidden helper of tapply and ave: groups of equal elements.
 *
 * Positions are sorted by the value they hold, so groups come in the order of values; a group is known by its text, and
 * values with the same text (0.1 + 0.2 and 0.3) are one group, as in R. */
#include "builtin/tables.h"
#include "lang/lang.h"
#include "ops/ops.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_elements(zp_value v, int64_t a, int64_t b)
{
    switch (v.type) {
    case ZP_DBL: {
        double x = zp_dbls(&v)[a], y = zp_dbls(&v)[b];
        if (isnan(x) || isnan(y))
            return isnan(x) - isnan(y);
        return (x > y) - (x < y);
    }
    case ZP_LGL: return zp_lgls(&v)[a] - zp_lgls(&v)[b];
    case ZP_STR: return strcmp(zp_strs(&v)[a]->text, zp_strs(&v)[b]->text);
    default: {
        int64_t x = zp_i64s(&v)[a], y = zp_i64s(&v)[b];
        return (x > y) - (x < y);
    }
    }
}

static int by_value(const void *a, const void *b, void *arg)
{
    int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;
    int order = compare_elements(*(zp_value *)arg, i, j);

    return order ? order : (i > j) - (i < j);
}

static int by_position(const void *a, const void *b)
{
    int64_t i = *(const int64_t *)a, j = *(const int64_t *)b;

    return (i > j) - (i < j);
}

/* Appends one group to the list. */
static bool push_group(zp_value *list, int64_t *pos, int64_t n, zp_str *name, zp_error *err)
{
    zp_value v = zp_vec(ZP_DBL, n, err);

    if (zp_bad(v))
        return false;
    qsort(pos, (size_t)n, sizeof *pos, by_position);
    for (int64_t i = 0; i < n; i++)
        ((double *)v.u.arr->data)[i] = (double)(pos[i] + 1);
    zp_value_unbox(&v);
    return zp_list_push(list, v, name, err);
}

static zp_str *element_text(zp_value v, int64_t i, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *s;

    zp_elem_text(&buf, v, i, 15, NULL);
    s = zp_str_from_buf(&buf, err);
    zp_buf_fini(&buf);
    return s;
}

/* Cuts sorted positions where the text of the elements changes. */
static bool cut_groups(zp_value v, int64_t *pos, int64_t n, zp_value *list, zp_error *err)
{
    zp_str *name = NULL;
    int64_t from = 0;
    bool ok = true;

    for (int64_t i = 0; ok && i < n; i++) {
        zp_str *text;
        if (i > 0 && compare_elements(v, pos[i - 1], pos[i]) == 0)
            continue;
        text = element_text(v, pos[i], err);
        if (!text) {
            ok = false;
        } else if (name && strcmp(name->text, text->text) == 0) {
            zp_str_unref(text);
        } else {
            ok = !name || push_group(list, pos + from, i - from, name, err);
            zp_str_unref(name);
            name = text;
            from = i;
        }
    }
    ok = ok && (!name || push_group(list, pos + from, n - from, name, err));
    zp_str_unref(name);
    return ok;
}

/* .groups(g, n): a list of positions, one element for each group, named by its text. */
static zp_status bi_groups(zp_call *c)
{
    zp_value g = c->argv[0];
    int64_t n, *pos;

    if (!zp_arg_count(c, 1, &n))
        return ZP_FAILED;
    if (g.type != ZP_DBL && g.type != ZP_LGL && g.type != ZP_STR && g.type != ZP_TIM && g.type != ZP_DUR)
        return zp_fail_call(c, "groups must be numbers, logicals or strings");
    if (zp_len(g) != n)
        return zp_fail_call(c, "arguments must have same length");
    c->out = zp_list_new(0, c->err);
    pos = zp_alloc((size_t)(n ? n : 1) * sizeof *pos, c->err);
    if (zp_bad(c->out) || !pos) {
        zp_free(pos);
        return ZP_FAILED;
    }
    for (int64_t i = 0; i < n; i++)
        pos[i] = i;
    qsort_r(pos, (size_t)n, sizeof *pos, by_value, &g);
    if (!cut_groups(g, pos, n, &c->out, c->err))
        zp_value_clear(&c->out);
    zp_free(pos);
    return zp_done(!zp_bad(c->out));
}

const zp_builtin zp_builtins_functional_group[] = {
    { ".groups", "g, n", "", ZP_BI_HIDDEN, bi_groups, "Positions of the groups of equal elements.", "",
      NULL },
    { 0 },
};
