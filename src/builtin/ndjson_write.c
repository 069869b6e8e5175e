/* ndjson_write: columns as one JSON object per line. */
#include "builtin/csv_priv.h"
#include "builtin/json_cell.h"
#include "builtin/tables.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/json_text.h"

/* A column: its quoted key with ':' behind, and its elements. */
typedef struct column {
    zp_buf key;
    zp_type type;
    const void *cells;
} column;

typedef struct job {
    zp_call *c;
    column *columns;
    int64_t count, rows;
    FILE *file;
    zp_buf out;
    zp__csv_watch watch; /* of rows */
} job;

static bool add_column(job *j, const char *name, size_t len, zp_type type, const void *cells)
{
    column *col = &j->columns[j->count++];

    if (type != ZP_DBL && type != ZP_LGL && type != ZP_TIM && type != ZP_DUR && type != ZP_STR)
        return zp_fail_arg(j->c->err, 1, "can't write ndjson file for type %s", zp_type_name(type));
    zp_json_put_string(&col->key, name, len);
    zp_buf_putc(&col->key, ':');
    col->type = type;
    col->cells = cells;
    return zp_buf_ok(&col->key, j->c->err);
}

/* The columns of a matrix; without names V1, V2, ... */
static bool add_matrix(job *j, const zp_value *v)
{
    const zp_array *names = zp_ndim(*v) > 1 ? zp_names(*v, 1) : NULL;
    char text[32];

    for (int64_t k = 0; k < zp_ncols(*v); k++) {
        const zp_str *s = zp_name_at(names, k);

        snprintf(text, sizeof text, "V%lld", (long long)k + 1);
        if (!add_column(j, s->len ? s->text : text, s->len ? s->len : strlen(text), v->type, zp_column(v, k)))
            return false;
    }
    j->rows = zp_dim(*v, 0);
    return true;
}

static bool add_list(job *j, zp_value list)
{
    const zp_array *names = zp_names(list, 0);

    for (int64_t k = 0; k < zp_len(list); k++) {
        const zp_value *v = &list.u.list->items[k];
        const zp_str *s = zp_name_at(names, k);

        if (!s->len || !zp_is_array(*v) || !zp_is_vector(*v))
            return zp_fail_arg(j->c->err, 1, "the list must hold vectors with names");
        if (k > 0 && zp_len(*v) != j->rows)
            return zp_fail_arg(j->c->err, 1, "the vectors of the list have different lengths");
        j->rows = zp_len(*v);
        if (!add_column(j, s->text, s->len, v->type, zp_column(v, 0)))
            return false;
    }
    return true;
}

static bool add_columns(job *j, zp_value *x, zp_value *idx, zp_value *data)
{
    int64_t most = x->type == ZP_LIST ? zp_len(*x) : x->type == ZP_ZTS ? 1 + zp_ncols(zp_zts_data(*x)) : 0;

    if (zp_is_array(*x))
        most = zp_ncols(*x);
    else if (x->type != ZP_LIST && x->type != ZP_ZTS)
        return zp_fail_arg(j->c->err, 1, "can't write ndjson file for type %s", zp_type_name(x->type));
    j->columns = zp_alloc_zero((size_t)(most + 1) * sizeof *j->columns, j->c->err);
    if (!j->columns)
        return false;
    if (x->type == ZP_LIST)
        return add_list(j, *x);
    if (x->type != ZP_ZTS)
        return add_matrix(j, x);
    *idx = zp_zts_idx(*x);
    *data = zp_zts_data(*x);
    return add_column(j, "time", 4, ZP_TIM, zp_column(idx, 0)) && add_matrix(j, data);
}

static bool flush_out(job *j)
{
    bool ok = zp_buf_ok(&j->out, j->c->err) &&
              (fwrite(zp_buf_text(&j->out), 1, j->out.len, j->file) == j->out.len ||
               zp_fail_sys(j->c->err, errno, "cannot write"));

    zp_progress_add(&j->watch.progress, 0, (int64_t)j->out.len);
    zp_buf_clear(&j->out);
    return ok;
}

static bool write_rows(job *j)
{
    for (int64_t i = 0; i < j->rows; i++) {
        for (int64_t k = 0; k < j->count; k++) {
            zp_buf_putc(&j->out, k ? ',' : '{');
            zp_buf_put(&j->out, j->columns[k].key.ptr, j->columns[k].key.len);
            zp_json_cell(&j->out, j->columns[k].type, j->columns[k].cells, i);
        }
        zp_buf_puts(&j->out, j->count ? "}\n" : "{}\n");
        if (j->out.len > 1 << 18 && !flush_out(j))
            return false;
        if ((i & 4095) == 4095 && !zp__csv_watch_step(&j->watch, 4096, 0, j->c->err))
            return false;
    }
    return flush_out(j);
}

static zp_status bi_write_ndjson(zp_call *c)
{
    job j = { .c = c };
    zp_value x = c->argv[0], idx = zp_nil(), data = zp_nil(); /* borrowed */
    zp_str *file;
    bool ok = zp_arg_str(c, 1, &file) && add_columns(&j, &x, &idx, &data);

    if (ok) {
        j.file = fopen(file->text, "we");
        ok = j.file || zp_fail_sys(c->err, errno, "open %s", file->text);
    }
    if (ok) {
        zp__csv_watch_begin(&j.watch, c->ctx, "write.ndjson", j.rows);
        ok = write_rows(&j) && (fflush(j.file) == 0 || zp_fail_sys(c->err, errno, "cannot write"));
        zp_progress_end(&j.watch.progress);
    }
    if (j.file && !ok)
        zp__csv_discard(fileno(j.file), file->text);
    if (j.file && fclose(j.file) != 0 && ok)
        ok = zp_fail_sys(c->err, errno, "cannot write");
    for (int64_t k = 0; k < j.count; k++)
        zp_buf_fini(&j.columns[k].key);
    zp_free(j.columns);
    zp_buf_fini(&j.out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_ndjson_write[] = {
    { "write.ndjson", "object, file", "file=S", ZP_BI_INVISIBLE, bi_write_ndjson,
      "Writes a series, a matrix or a list of vectors as JSON objects, one per row and line; the instants of a series under "
      "the key time. NaN becomes null.",
      "write.ndjson(list(a = 1:2, b = c(\"x\", \"y\")), \"example.json\")", NULL },
    { 0 },
};
