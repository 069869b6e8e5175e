/* csv_read: read.csv. */
#include "base/mem.h"
#include "builtin/csv_priv.h"
#include "builtin/persist.h"
#include "builtin/tables.h"
#include "kernel/kernel.h"

#define DEFAULT_FORMAT "%Y-%m-%d %H:%M:%S[.%s] %Z"

typedef struct reading {
    zp_call *c;
    zp__csv_source source;
    zp__csv_body body;
    zp__csv_job job;
    zp_value names; /* of the columns, or NULL */
    zp_value index, data;
    const char *body_at;
    zp__csv_watch watch;
} reading;

bool zp__csv_sep(zp_call *c, int k, char *sep)
{
    zp_str *s;

    if (!zp_arg_str(c, k, &s))
        return false;
    if (s->len != 1)
        return zp_fail_arg(c->err, k + 1, "separator must be exactly one character long");
    if (s->text[0] == '"' || s->text[0] == '\n' || s->text[0] == '\r')
        return zp_fail_arg(c->err, k + 1, "separator must not be a quote or the end of a line");
    *sep = s->text[0];
    return true;
}

static bool read_type(reading *r)
{
    static const struct {
        const char *name;
        zp_type type;
    } types[] = { { "zts", ZP_DBL },    { "double", ZP_DBL },    { "logical", ZP_LGL },
                  { "time", ZP_TIM },   { "character", ZP_STR }, { "interval", ZP_IVL },
                  { "period", ZP_PER }, { "duration", ZP_DUR } };
    zp_str *s;

    if (!zp_arg_str(r->c, 1, &s))
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(types); i++)
        if (zp_str_is(s, types[i].name)) {
            r->job.type = types[i].type;
            r->job.series = i == 0;
            return true;
        }
    return zp_fail_arg(r->c->err, 2, "unknown type %s", s->text);
}

static bool read_time_args(reading *r)
{
    zp_str *format, *tz;

    if (!zp_arg_str(r->c, 5, &format) || !zp_arg_str(r->c, 6, &tz))
        return false;
    r->job.format = zp_str_is(format, DEFAULT_FORMAT) ? NULL : format->text;
    r->job.fast_time = !r->job.format;
    if (!tz->len)
        return true;
    r->job.zone = zp_zone_find(tz->text, r->c->err);
    return r->job.zone != NULL;
}

static bool read_args(reading *r)
{
    zp_str *file;

    if (!zp_arg_str(r->c, 0, &file) || !read_type(r) || !zp__csv_sep(r->c, 4, &r->job.sep) ||
        !read_time_args(r))
        return false;
    if (!zp__csv_open(&r->source, file->text, r->c->ctx, r->c->err))
        return false;
    r->job.begin = r->source.ptr;
    r->job.end = r->source.ptr + r->source.len;
    return true;
}

/* The cells of the first line: their number, and with `names` what they say. */
static bool read_header(reading *r, bool header)
{
    zp__csv_line l = { .at = r->job.begin, .end = r->job.end, .sep = r->job.sep };
    zp_value names = zp_list_new(0, r->c->err);
    int64_t cells = 0;
    bool ok = !zp_bad(names), some = false;
    zp_slice cell;

    for (; ok && !l.done; cells++) {
        zp_str *s;

        if (!zp__csv_cell(&l, &cell)) {
            ok = zp_fail(r->c->err, "quote does not terminate token on row 1");
            break;
        }
        if (!header || (cells == 0 && r->job.series))
            continue;
        some |= cell.len > 0;
        s = zp_str_new(cell.ptr, cell.len, r->c->err);
        ok = s && zp_list_push(&names, zp_chr_take(s, r->c->err), NULL, r->c->err);
    }
    r->body_at = header ? l.at : r->job.begin;
    r->job.cols = cells - r->job.series;
    if (ok && some) {
        r->names = zp_vec(ZP_STR, r->job.cols, r->c->err);
        ok = !zp_bad(r->names);
        for (int64_t j = 0; ok && j < r->job.cols; j++) {
            zp_value one = zp_list_at(names, j);

            zp_str_put(r->names, j, zp_str_ref(zp_strs(&one)[0]));
        }
    }
    ok = zp_buf_ok(&l.scratch, r->c->err) && ok;
    zp_buf_fini(&l.scratch);
    zp_value_clear(&names);
    return ok;
}

static bool make_result(reading *r)
{
    int64_t dim[2] = { r->body.rows, r->job.cols };

    r->job.rows = r->body.rows;
    r->data = zp_arr(r->job.type, 2, dim, r->c->err);
    if (zp_bad(r->data) || !zp_value_box(&r->data, r->c->err))
        return false;
    r->job.data = r->data.u.arr->data;
    r->job.strings = r->data;
    if (r->job.series) {
        r->index = zp_vec(ZP_TIM, r->body.rows, r->c->err);
        if (zp_bad(r->index) || !zp_value_box(&r->index, r->c->err))
            return false;
        r->job.index = r->index.u.arr->data;
    }
    return zp_bad(r->names) || zp_set_names(&r->data, 1, zp_as_names(r->names), r->c->err);
}

/* The chunk went on from `from`. */
static bool count_bytes(reading *r, const zp__csv_chunk *k, const char *from, zp_error *err)
{
    int64_t bytes = (k->stopped ? k->stopped : k->to) - from;

    return zp__csv_watch_step(&r->watch, bytes, bytes, err);
}

static void parse_chunks(void *arg, int64_t from, int64_t to)
{
    reading *r = arg;

    for (int64_t i = from / 64; i * 64 < to && !zp_ctx_interrupted(r->c->ctx); i++) {
        zp__csv_chunk *k = &r->body.chunks[i];

        zp__csv_parse(&r->job, k, false);
        count_bytes(r, k, k->from, NULL);
    }
}

/* All chunks by all threads; then, in order, what these had to leave. */
static bool parse_all(reading *r)
{
    zp_parallel(r->body.count * 64, 64, parse_chunks, r);
    for (int64_t i = 0; i < r->body.count; i++) {
        zp__csv_chunk *k = &r->body.chunks[i];
        const char *from = k->stopped;

        if (zp_ctx_interrupted(r->c->ctx))
            return zp_fail_code(r->c->err, ZP_ECANCELLED, "interrupted");
        if (!from)
            continue;
        zp__csv_parse(&r->job, k, true);
        if (k->stopped)
            return zp__csv_explain(&r->job, k, r->c->err);
        if (!count_bytes(r, k, from, r->c->err))
            return false;
    }
    return true;
}

static bool parse_watched(reading *r)
{
    bool ok;

    zp__csv_watch_begin(&r->watch, r->c->ctx, "read.csv", r->job.end - r->body_at);
    ok = parse_all(r);
    zp_progress_end(&r->watch.progress);
    return ok;
}

static bool check_index(reading *r)
{
    const int64_t *t = r->job.index;
    bool ascending = true;

    for (int64_t i = 1; i < r->job.rows; i++)
        ascending &= t[i - 1] < t[i];
    return ascending || zp_fail(r->c->err, "index is not in ascending order");
}

static bool finish(reading *r)
{
    if (!r->job.series) {
        r->c->out = zp_value_move(&r->data);
        return true;
    }
    if (!check_index(r))
        return false;
    r->c->out = zp_zts_take(zp_value_move(&r->index), zp_value_move(&r->data), r->c->err);
    return !zp_bad(r->c->out);
}

/* A file without a byte: an empty vector, or a series without rows and columns. */
static bool empty_file(reading *r)
{
    if (!r->job.series) {
        r->c->out = zp_vec(r->job.type, 0, r->c->err);
        return !zp_bad(r->c->out);
    }
    r->job.cols = 0;
    return make_result(r) && finish(r);
}

static zp_status bi_read_csv(zp_call *c)
{
    reading r = { .c = c };
    zp__persist place;
    bool header, ok = zp__persist_args(c, 2, 7, 8, &place) && zp_arg_lgl(c, 3, &header) && read_args(&r);

    if (ok && r.source.len == 0)
        ok = empty_file(&r);
    else
        ok = ok && read_header(&r, header) &&
             zp__csv_scan(&r.body, r.job.begin, r.body_at, &r.job.end, r.job.sep, c->ctx, c->err) &&
             make_result(&r) && parse_watched(&r) && finish(&r);
    ok = ok && zp__persist_out(c, &place);
    zp__persist_fini(&place);
    zp__csv_scan_fini(&r.body);
    zp__csv_close(&r.source);
    zp_value_clear(&r.names);
    zp_value_clear(&r.index);
    zp_value_clear(&r.data);
    return zp_done(ok);
}

const zp_builtin zp_builtins_csv_read[] = {
    { "read.csv",
      "csvfile, type = \"zts\", arrayfile = \"\", header = TRUE, sep = \",\", format = \"" DEFAULT_FORMAT
      "\", tz = \"\", sync = \"commit\", retain = \"\"",
      "csvfile=S type=S arrayfile=S header=L sep=S format=S tz=S sync=S retain=S", 0, bi_read_csv,
      "Reads a file of lines of cells with a one-byte separator. type: \"zts\" (the first column is the time), or the "
      "type of all cells of a matrix: double, logical, time, character, interval, period, duration. header: the first "
      "line names the columns. arrayfile: a new directory in which the result lives; sync and retain are as in zts(). format and tz say how times are written. Files packed with gzip or zstd are unpacked.",
      "{ write.csv(matrix(1:4, 2), \"example.csv\"); read.csv(\"example.csv\", \"double\") }", NULL },
    { 0 },
};
