/* answer: a stack of things that are half written.
 *
 *     list of (vector, series)      [list: item 1] [series: column 2] [cells: 48000 of 1000000]
 *
 * Each step of the top one appends a little, pushes something or is done.  So an answer of any size goes out in pieces, and
 * nothing of it is made before somebody has read what came before. */
#include "server/answer.h"

#include "base/json_text.h"
#include "base/mem.h"
#include "builtin/csv_text.h"
#include "builtin/json_cell.h"

enum { DEPTH = 64, STEP = 256 /* cells between two looks at the size */ };

typedef enum kind { OBJECT, CELLS, TABLE } kind;

typedef struct frame {
    kind kind;
    zp_value v;        /* borrowed from the one that is held */
    zp_type type;      /* CELLS */
    const void *cells; /* CELLS */
    int64_t at, n;     /* the next one */
} frame;

struct zp__answer {
    zp_value held;
    zp__answer_form form;
    int depth;
    frame stack[DEPTH * 2 + 2];
};

static void push(zp__answer *a, frame f)
{
    a->stack[a->depth++] = f;
}

static void push_cells(zp__answer *a, zp_type type, const void *cells, int64_t n)
{
    push(a, (frame){ .kind = CELLS, .type = type, .cells = cells, .n = n });
}

/* ---------------------------------------------------------------- JSON: {"type":"double","value":[1,2]} */

static void put_texts(zp_buf *out, const zp_array *texts, int64_t n)
{
    zp_buf_putc(out, '[');
    for (int64_t i = 0; i < n; i++) {
        const zp_str *s = zp_name_at(texts, i);

        zp_buf_puts(out, i ? "," : "");
        zp_json_put_string(out, s->text, s->len);
    }
    zp_buf_putc(out, ']');
}

static void put_dims(zp_buf *out, zp_value v)
{
    int32_t ndim = zp_ndim(v);
    bool named = false;

    zp_buf_puts(out, ",\"dim\":[");
    for (int32_t k = 0; k < ndim; k++) {
        zp_buf_printf(out, "%s%lld", k ? "," : "", (long long)zp_dim(v, k));
        named |= zp_names(v, k) != NULL;
    }
    zp_buf_putc(out, ']');
    if (!named)
        return;
    zp_buf_puts(out, ",\"dimnames\":[");
    for (int32_t k = 0; k < ndim; k++) {
        zp_buf_puts(out, k ? "," : "");
        if (zp_names(v, k))
            put_texts(out, zp_names(v, k), zp_dim(v, k));
        else
            zp_buf_puts(out, "null");
    }
    zp_buf_putc(out, ']');
}

/* Steps of an array: the head with the first column, the other columns in the same flat list, the end. */
static bool array_step(zp__answer *a, frame *f, zp_buf *out)
{
    int64_t rows = zp_dim(f->v, 0), columns = rows ? zp_ncols(f->v) : 0, j = f->at++;

    if (j == 0 && zp_ndim(f->v) > 1) {
        put_dims(out, f->v);
    } else if (j == 0 && zp_names(f->v, 0)) {
        zp_buf_puts(out, ",\"names\":");
        put_texts(out, zp_names(f->v, 0), zp_len(f->v));
    }
    if (j == 0)
        zp_buf_puts(out, ",\"value\":[");
    if (j < columns) {
        zp_buf_puts(out, j ? "," : "");
        push_cells(a, f->v.type, zp_column(&f->v, j), rows);
        return false;
    }
    zp_buf_puts(out, "]}");
    return true;
}

static bool list_step(zp__answer *a, frame *f, zp_buf *out)
{
    const zp_list *list = f->v.u.list;

    if (f->at == 0) {
        if (list->names) {
            zp_buf_puts(out, ",\"names\":");
            put_texts(out, list->names, list->n);
        }
        zp_buf_puts(out, ",\"value\":[");
    }
    if (f->at < list->n) {
        zp_buf_puts(out, f->at ? "," : "");
        push(a, (frame){ .kind = OBJECT, .v = list->items[f->at++], .at = -1 });
        return false;
    }
    zp_buf_puts(out, "]}");
    return true;
}

/* {"type":"zts","columns":[...],"time":[...],"value":[[...],[...]]} */
static bool series_step(zp__answer *a, frame *f, zp_buf *out)
{
    const zp_zts *z = f->v.u.zts;
    int64_t columns = zp_ncols(z->data), rows = zp_len(z->idx), j = f->at++;

    if (j == 0) {
        if (zp_names(z->data, 1)) {
            zp_buf_puts(out, ",\"columns\":");
            put_texts(out, zp_names(z->data, 1), columns);
        }
        zp_buf_puts(out, ",\"time\":[");
        push_cells(a, ZP_TIM, zp_column(&z->idx, 0), rows);
        return false;
    }
    zp_buf_puts(out, j == 1 ? "],\"value\":[" : "]");
    if (j <= columns) {
        zp_buf_puts(out, j > 1 ? ",[" : "[");
        push_cells(a, ZP_DBL, zp_column(&z->data, j - 1), rows);
        return false;
    }
    zp_buf_puts(out, "]}");
    return true;
}

static bool object_step(zp__answer *a, frame *f, zp_buf *out)
{
    if (f->at < 0) {
        zp_buf_printf(out, "{\"type\":\"%s\"", zp_type_name(f->v.type));
        f->at = 0;
    }
    if (zp_is_array(f->v))
        return array_step(a, f, out);
    if (f->v.type == ZP_LIST)
        return list_step(a, f, out);
    if (f->v.type == ZP_ZTS)
        return series_step(a, f, out);
    zp_buf_puts(out, ",\"value\":null}"); /* NULL, functions, connections */
    return true;
}

static bool cells_step(frame *f, zp_buf *out)
{
    int64_t to = f->n - f->at < STEP ? f->n : f->at + STEP;

    for (; f->at < to; f->at++) {
        if (f->at)
            zp_buf_putc(out, ',');
        zp_json_cell(out, f->type, f->cells, f->at);
    }
    return f->at == f->n;
}

/* ---------------------------------------------------------------- CSV */

static void csv_cell(zp_buf *out, zp_type type, const void *cells, int64_t i)
{
    zp_buf text = ZP_BUF_INIT;
    const zp_str *s;

    if (type == ZP_STR) {
        s = ((zp_str *const *)cells)[i];
        zp_csv_text(out, s->text, s->len, ',', true);
    } else if (type == ZP_DBL || type == ZP_LGL) {
        size_t before = out->len;

        zp_json_cell(out, type, cells, i);
        if (!out->failed && out->len - before == 4 && out->ptr[before] == 'n')
            out->len = before; /* NaN: an empty cell */
    } else {
        zp_json_cell(&text, type, cells, i); /* between quotes, which are not needed */
        if (text.failed)
            out->failed = true;
        else
            zp_buf_put(out, text.ptr + 1, text.len - 2);
        zp_buf_fini(&text);
    }
}

static void csv_name(zp_buf *out, const zp_array *names, int64_t j, bool alone)
{
    const zp_str *s = names ? zp_name_at(names, j) : NULL;

    if (s && s->len)
        zp_csv_text(out, s->text, s->len, ',', true);
    else if (alone)
        zp_buf_puts(out, "value");
    else
        zp_buf_printf(out, "V%lld", (long long)(j + 1));
}

/* The columns of a table: those of a series behind its times, of an array behind its row names. */
static void csv_row(const frame *f, zp_buf *out, int64_t row)
{
    bool series = f->v.type == ZP_ZTS;
    zp_value data = series ? f->v.u.zts->data : f->v;
    const zp_array *rows = series ? NULL : zp_names(f->v, 0);
    int64_t columns = zp_ncols(data);

    if (series && row < 0)
        zp_buf_puts(out, "time,");
    else if (series)
        csv_cell(out, ZP_TIM, zp_column(&f->v.u.zts->idx, 0), row);
    if (series && row >= 0)
        zp_buf_putc(out, ',');
    if (rows && row < 0)
        zp_buf_puts(out, "name,");
    else if (rows) {
        zp_csv_text(out, zp_name_at(rows, row)->text, zp_name_at(rows, row)->len, ',', true);
        zp_buf_putc(out, ',');
    }
    for (int64_t j = 0; j < columns; j++) {
        zp_buf_puts(out, j ? "," : "");
        if (row < 0)
            csv_name(out, zp_ndim(data) > 1 ? zp_names(data, 1) : NULL, j, zp_ndim(data) == 1);
        else
            csv_cell(out, data.type, zp_column(&data, j), row);
    }
    zp_buf_puts(out, "\r\n");
}

static bool table_step(frame *f, zp_buf *out)
{
    csv_row(f, out, f->at - 1);
    return f->at++ == f->n;
}

/* ---------------------------------------------------------------- from outside */

static bool too_deep(zp_value v, int depth)
{
    if (v.type != ZP_LIST)
        return false;
    if (depth == DEPTH)
        return true;
    for (int64_t i = 0; i < v.u.list->n; i++) {
        if (too_deep(v.u.list->items[i], depth + 1))
            return true;
    }
    return false;
}

zp__answer *zp__answer_open(zp_value v, zp__answer_form form, zp_error *err)
{
    zp__answer *a;
    bool table = zp_is_array(v) || v.type == ZP_ZTS;

    if (form == ZP_ANSWER_CSV && !table) {
        zp_fail(err, "a value of type '%s' is no table: ask for application/json", zp_type_name(v.type));
        return NULL;
    }
    if (too_deep(v, 0)) {
        zp_fail(err, "lists are nested deeper than %d", DEPTH);
        return NULL;
    }
    a = zp_value_read(v, err) ? zp_new(zp__answer, err) : NULL;
    if (!a)
        return NULL;
    a->held = zp_value_ref(v);
    a->form = form;
    if (form == ZP_ANSWER_CSV)
        push(a,
             (frame){ .kind = TABLE, .v = v, .n = v.type == ZP_ZTS ? zp_len(v.u.zts->idx) : zp_dim(v, 0) });
    else
        push(a, (frame){ .kind = OBJECT, .v = v, .at = -1 });
    return a;
}

bool zp__answer_piece(zp__answer *a, zp_buf *out, size_t most)
{
    while (a->depth && out->len < most && !out->failed) {
        int top = a->depth - 1;
        frame *f = &a->stack[top];
        bool done = f->kind == OBJECT  ? object_step(a, f, out)
                    : f->kind == CELLS ? cells_step(f, out)
                                       : table_step(f, out);

        if (done)
            a->depth--;
    }
    if (!a->depth && a->form == ZP_ANSWER_JSON)
        zp_buf_putc(out, '\n');
    return !a->depth;
}

void zp__answer_close(zp__answer *a)
{
    if (!a)
        return;
    zp_value_unref(a->held);
    zp_free(a);
}
