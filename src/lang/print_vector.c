/* print_vector: one dimension.
 *
 *     [1] 1.5 2.0 3.0              without names: labels of the first element of each line
 *       a   b   c                  with names: lines of names above lines of values
 *     1.5 2.0 3.0                                                                                             */
#include "lang/print_priv.h"
#include "base/breath.h"

static void omitted(zp__printer *p, int64_t count)
{
    zp_buf_printf(p->out, " [ reached getOption(\"max.print\") -- omitted %lld entries ]\n",
                  (long long)count);
}

static void print_plain(zp__printer *p, zp__cells *c, int64_t n)
{
    int64_t label = 2 + zp__digits_of(n), per = (p->opts->width - label) / (c->width + 1);
    bool left = c->type == ZP_STR && !p->opts->right;

    if (per < 1)
        per = 1;
    for (int64_t i = 0; i < n; i++) {
        zp_breathe(100);
        if (i % per == 0) {
            if (i > 0)
                zp_buf_putc(p->out, '\n');
            zp_buf_fill(p->out, ' ', label - 2 - zp__digits_of(i + 1));
            zp_buf_printf(p->out, "[%lld]", (long long)i + 1);
        }
        zp_buf_putc(p->out, ' ');
        zp__cells_put(p, c, i, c->width, left);
    }
    zp_buf_puts(p->out, n > 0 ? "\n" : " [1]\n");
}

static void print_named(zp__printer *p, zp__cells *c, const zp_array *names, int64_t n)
{
    int64_t w = c->width, per;

    for (int64_t i = 0; i < n; i++) {
        int64_t name = zp__name_width(names, i);

        w = name > w ? name : w;
    }
    per = p->opts->width / (w + 1);
    if (per < 1)
        per = 1;
    for (int64_t from = 0; from < n; from += per) {
        int64_t to = from + per < n ? from + per : n;

        for (int64_t i = from; i < to; i++) {
            zp__name_put(p, names, i, w, false);
            zp_buf_putc(p->out, ' ');
        }
        zp_buf_putc(p->out, '\n');
        for (int64_t i = from; i < to; i++) {
            zp__cells_put(p, c, i, w, false);
            zp_buf_putc(p->out, ' ');
        }
        zp_buf_putc(p->out, '\n');
    }
}

bool zp__print_vector(zp__printer *p, zp_value v, zp_error *err)
{
    int64_t n = zp_len(v), max = p->opts->max_print, shown = n <= max + 1 ? n : max;
    const zp_array *names = zp_names(v, 0);
    const void *data = zp_column(&v, 0);
    zp__cells c;

    if (!zp_value_read_elems(v, 0, shown, err))
        return false;
    if (n == 0) {
        zp_buf_printf(p->out, "%s%s(0)\n", names ? "named " : "", zp__print_type(v.type));
        return true;
    }
    zp__cells_measure(p, &c, v.type, data, shown, zp__fraction(v.type, data, shown));
    if (names)
        print_named(p, &c, names, shown);
    else
        print_plain(p, &c, shown);
    if (shown < n)
        omitted(p, n - shown);
    return true;
}
