/* print_matrix: two dimensions and more, and series.
 *
 * Columns are measured one by one; as many as fit beside the row heads make a block, the next block follows below.
 * Arrays are slices of two dimensions, one after the other.  A series is its data with instants for row heads. */
#include "base/mem.h"
#include "lang/print_priv.h"

/* A matrix inside an array: `cols` columns of `rows` elements each, `stride` elements apart. */
typedef struct grid {
    zp_type type;
    const char *data;
    size_t step;               /* bytes from column to column */
    int64_t rows, cols, shown; /* shown: rows displayed */
    const zp_array *row_names, *col_names;
    const int64_t *instants; /* row heads of a series, or NULL */
    int fraction;
    bool rows_only; /* no cells, as there is no slice: heads alone */
    /* computed */
    zp__cells *cells; /* one per column */
    int64_t head;     /* columns of the row heads */
} grid;

/* R reserves room for the label of one row more. */
static int64_t label_width(int64_t rows)
{
    return zp__digits_of(rows + 1) + 3;
}

static int64_t instant_width(zp__printer *p, int64_t ns, int64_t *cursor)
{
    zp_buf_clear(&p->scratch);
    zp_instant_format(&p->scratch, ns, p->zone, ZP_FRACTION_AUTO, cursor);
    return (int64_t)p->scratch.len;
}

static int64_t head_width(zp__printer *p, const grid *g)
{
    int64_t widest = 0, w, cursor = 0;

    if (g->instants && g->rows > 0) {
        for (int64_t i = 0; i < g->shown; i++) {
            w = instant_width(p, g->instants[i], &cursor);
            widest = w > widest ? w : widest;
        }
        return widest;
    }
    if (!g->row_names)
        return label_width(g->rows);
    for (int64_t i = 0; i < g->rows; i++) {
        w = zp__name_width(g->row_names, i);
        widest = w > widest ? w : widest;
    }
    return widest;
}

static bool measure(zp__printer *p, grid *g, zp_error *err)
{
    /* R measures whole columns, shown or not */
    int64_t measured = g->type == ZP_DBL || g->type == ZP_LGL || g->type == ZP_STR ? g->rows : g->shown;

    measured = g->rows_only ? 0 : measured;
    g->cells = NULL;
    g->head = head_width(p, g);
    if (g->cols == 0)
        return true;
    g->cells = zp_alloc((size_t)g->cols * sizeof *g->cells, err);
    if (!g->cells)
        return false;
    for (int64_t j = 0; j < g->cols; j++) {
        zp__cells *c = &g->cells[j];
        int64_t name = g->col_names ? zp__name_width(g->col_names, j) : zp__digits_of(j + 1) + 3;

        zp__cells_measure(p, c, g->type, g->rows_only ? NULL : g->data + (size_t)j * g->step, measured,
                          g->fraction);
        c->width = name > c->width ? name : c->width;
    }
    return true;
}

static void put_row_head(zp__printer *p, const grid *g, int64_t i, int64_t *cursor)
{
    if (g->instants) {
        int64_t w = instant_width(p, g->instants[i], cursor);

        zp_buf_put(p->out, p->scratch.ptr, p->scratch.len);
        zp_buf_fill(p->out, ' ', g->head - w);
    } else if (g->row_names) {
        zp__name_put(p, g->row_names, i, g->head, true);
    } else {
        zp_buf_fill(p->out, ' ', g->head - 3 - zp__digits_of(i + 1));
        zp_buf_printf(p->out, "[%lld,]", (long long)i + 1);
    }
}

static void put_col_head(zp__printer *p, const grid *g, int64_t j, bool left)
{
    int64_t width = g->cells[j].width;

    zp_buf_putc(p->out, ' ');
    if (g->col_names) {
        zp__name_put(p, g->col_names, j, width, left);
        return;
    }
    left = left || (g->type == ZP_STR); /* as R has it, also with right = TRUE */
    width -= zp__digits_of(j + 1) + 3;
    zp_buf_fill(p->out, ' ', left ? 0 : width);
    zp_buf_printf(p->out, "[,%lld]", (long long)j + 1);
    zp_buf_fill(p->out, ' ', left ? width : 0);
}

static bool print_grid(zp__printer *p, grid *g, zp_error *err)
{
    bool left = g->type == ZP_STR && !p->opts->right;
    int64_t from = 0;

    if (!measure(p, g, err))
        return false;
    do {
        int64_t to = from, used = g->head, cursor = 0;

        while (to < g->cols && (to == from || used + g->cells[to].width + 1 < p->opts->width))
            used += g->cells[to++].width + 1;
        zp_buf_fill(p->out, ' ', g->head);
        for (int64_t j = from; j < to; j++)
            put_col_head(p, g, j, left);
        zp_buf_putc(p->out, '\n');
        for (int64_t i = 0; i < g->shown; i++) {
            put_row_head(p, g, i, &cursor);
            for (int64_t j = from; j < to; j++) {
                zp_buf_putc(p->out, ' ');
                zp__cells_put(p, &g->cells[j], i, g->cells[j].width, left);
            }
            zp_buf_putc(p->out, '\n');
        }
        for (int64_t i = 0; g->rows_only && i < g->rows; i++) {
            put_row_head(p, g, i, &cursor);
            zp_buf_putc(p->out, '\n');
        }
        from = to;
    } while (from < g->cols);
    zp_free(g->cells);
    return true;
}

/* The fraction choice of all shown columns. */
static int common_fraction(const grid *g)
{
    for (int64_t j = 0; j < g->cols; j++)
        if (zp__fraction(g->type, g->data + (size_t)j * g->step, g->shown) == ZP_FRACTION_ALWAYS)
            return ZP_FRACTION_ALWAYS;
    return ZP_FRACTION_NEVER;
}

static bool print_flat(zp__printer *p, grid *g, zp_error *err)
{
    int64_t max = p->opts->max_print;

    if (g->rows == 0 && g->cols == 0) {
        zp_buf_puts(p->out, "<0 x 0 matrix>\n");
        return true;
    }
    g->shown = g->cols > 0 && max / g->cols < g->rows ? max / g->cols : g->rows;
    g->fraction = common_fraction(g);
    if (!print_grid(p, g, err))
        return false;
    if (g->shown < g->rows)
        zp_buf_printf(p->out, " [ reached getOption(\"max.print\") -- omitted %lld row%s ]\n",
                      (long long)(g->rows - g->shown), g->rows - g->shown == 1 ? "" : "s");
    return true;
}

static void put_slice_head(zp__printer *p, zp_value v, int64_t slice)
{
    zp_buf_puts(p->out, ", , ");
    for (int32_t k = 2; k < zp_ndim(v); k++) {
        int64_t at = slice % zp_dim(v, k);
        const zp_array *names = zp_names(v, k);

        slice /= zp_dim(v, k);
        if (k > 2)
            zp_buf_puts(p->out, ", ");
        if (names)
            zp__name_raw(p, names, at, 0);
        else
            zp_buf_printf(p->out, "%lld", (long long)at + 1);
    }
    zp_buf_puts(p->out, "\n\n");
}

/* `<2 x 2 x 0 array of double>` and the heads of a slice. */
static bool print_empty(zp__printer *p, zp_value v, grid *g, zp_error *err)
{
    zp_buf_putc(p->out, '<');
    for (int32_t k = 0; k < zp_ndim(v); k++)
        zp_buf_printf(p->out, "%s%lld", k ? " x " : "", (long long)zp_dim(v, k));
    zp_buf_printf(p->out, " array of %s>\n", zp_type_name(v.type));
    g->shown = 0;
    g->rows_only = true;
    return print_grid(p, g, err);
}

static bool print_slices(zp__printer *p, zp_value v, grid *g, zp_error *err)
{
    int64_t cells = g->rows * g->cols, max = p->opts->max_print, slices = 1, shown, last = g->rows;
    const char *base = g->data;

    for (int32_t k = 2; k < zp_ndim(v); k++)
        slices *= zp_dim(v, k);
    if (slices == 0)
        return print_empty(p, v, g, err);
    shown = slices;
    if (cells > 0 && max / cells < slices) {
        shown = max / cells;
        last = (max - cells * shown) / g->cols;
        if (last > 0)
            shown++;
        else
            last = g->rows;
    }
    g->shown = g->rows;
    g->fraction = ZP_FRACTION_NEVER;
    for (int64_t s = 0; s < shown && g->fraction == ZP_FRACTION_NEVER; s++) {
        g->data = base + (size_t)(s * g->cols) * g->step;
        g->fraction = common_fraction(g);
    }
    for (int64_t s = 0; s < shown; s++) {
        g->data = base + (size_t)(s * g->cols) * g->step;
        g->shown = s == shown - 1 ? last : g->rows;
        put_slice_head(p, v, s);
        if (!print_grid(p, g, err))
            return false;
        zp_buf_putc(p->out, '\n');
    }
    if (shown < slices) {
        zp_buf_puts(p->out, " [ reached getOption(\"max.print\") -- omitted");
        if (last < g->rows)
            zp_buf_printf(p->out, " %lld row(s) and", (long long)(g->rows - last));
        zp_buf_printf(p->out, " %lld matrix slice(s) ]\n", (long long)(slices - shown));
    }
    return true;
}

static grid grid_of(zp_value v)
{
    return (grid){ .type = v.type,
                   .data = zp_column(&v, 0),
                   .step = v.boxed ? (size_t)v.u.arr->stride * zp_type_size(v.type) : 0,
                   .rows = zp_dim(v, 0),
                   .cols = zp_dim(v, 1),
                   .row_names = zp_dim(v, 0) > 0 ? zp_names(v, 0) : NULL,
                   .col_names = zp_ndim(v) > 1 ? zp_names(v, 1) : NULL };
}

bool zp__print_array(zp__printer *p, zp_value v, zp_error *err)
{
    grid g = grid_of(v);

    if (!zp_value_read(v, err)) /* whole columns are measured */
        return false;
    return zp_ndim(v) == 2 ? print_flat(p, &g, err) : print_slices(p, v, &g, err);
}

bool zp__print_zts(zp__printer *p, zp_value v, zp_error *err)
{
    zp_value data = zp_zts_data(v), idx = zp_zts_idx(v);
    grid g = grid_of(data);

    g.instants = zp_column(&idx, 0);
    g.row_names = NULL;
    return zp_ndim(data) <= 2 ? print_flat(p, &g, err) : print_slices(p, data, &g, err);
}
