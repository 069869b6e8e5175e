/* remote_append: `zplane append HOST NAME < rows.csv`: rows of a text become batches of a stream.
 *
 * Rows are read, gathered in columns, and appended batch by batch; a batch is applied as a whole or not at all.  A lost
 * connection is made again by the library, which sends again what was not acknowledged.  After a crash of this
 * program --resume goes on with the first row after the last instant that the series holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/progress.h"
#include "cli/program.h"
#include "cli/remote.h"
#include "cli/remote_fields.h"
#include "time/time.h"

enum { BATCH_ROWS = 1000, FIELD_MAX = 400 };

typedef struct feeder {
    zplane *con;
    zplane_appender *app;
    const zplane_shape *shape;
    char sep;
    const char *time_format;
    const zp_zone *zone;
    bool resume;
    int64_t columns, batch, n; /* rows gathered */
    int64_t *times;
    char *values; /* column after column, `batch` rows each */
    int64_t *to;  /* the column of each field */
    int64_t line, appended, skipped;
    zp_progress progress;
    char why[FIELD_MAX + 200];
} feeder;

/* ---------------------------------------------------------------- fields */

static bool bad_field(feeder *f, zp_slice field, int64_t column, const char *why)
{
    int len = field.len > FIELD_MAX ? FIELD_MAX : (int)field.len;

    snprintf(f->why, sizeof(f->why), "can't parse '%.*s', col %lld on row %lld%s%s", len, field.ptr,
             (long long)column, (long long)f->line, why ? ": " : "", why ? why : "");
    return false;
}

static bool take_time(feeder *f, zp_slice field, int64_t column, int64_t *out)
{
    zp_error err = ZP_ERROR_INIT;
    bool ok = zp__field_time(field, f->time_format, f->zone, out, &err);

    if (!ok)
        bad_field(f, field, column, zp_error_text(&err));
    zp_error_clear(&err);
    return ok;
}

/* Field `column` of the text into column j. */
static bool take_value(feeder *f, zp_slice field, int64_t column, int64_t j)
{
    int64_t at = j * f->batch + f->n;
    bool ok;

    switch (f->shape->type) {
    case ZPLANE_DOUBLE: ok = zp__field_double(field, (double *)(void *)f->values + at); break;
    case ZPLANE_LOGICAL: ok = zp__field_logical(field, (int8_t *)f->values + at); break;
    case ZPLANE_TIME: return take_time(f, field, column, (int64_t *)(void *)f->values + at);
    case ZPLANE_DURATION: ok = zp__field_duration(field, (int64_t *)(void *)f->values + at); break;
    default:
        snprintf(f->why, sizeof(f->why), "rows of type %s cannot be read from text",
                 zplane_type_name(f->shape->type));
        return false;
    }
    return ok || bad_field(f, field, column, NULL);
}

/* ---------------------------------------------------------------- the header */

static int64_t column_named(const feeder *f, zp_slice name)
{
    for (int64_t j = 0; f->shape->names && j < f->columns; j++)
        if (zp__field_is(name, f->shape->names[j]))
            return j;
    return -1;
}

static bool unknown_column(feeder *f, zp_slice name)
{
    snprintf(f->why, sizeof(f->why),
             "the header names a column '%.*s' twice or that the object does not have; "
             "without a header (--no-header) columns are taken in their order",
             name.len > FIELD_MAX / 2 ? FIELD_MAX / 2 : (int)name.len, name.ptr);
    return false;
}

/* Where the fields of a row go: where the header says, if it names a column of the object; else in their order. */
static bool take_header(feeder *f, const char *line, size_t len)
{
    const char *at = line, *end = line + len;
    int64_t known = 0, count = 0;
    zp_slice odd = { NULL, 0 };

    if (f->shape->series)
        zp__field_next(&at, end, f->sep);
    for (; at && count < f->columns; count++) {
        zp_slice name = zp__field_next(&at, end, f->sep);
        int64_t j = column_named(f, name);

        for (int64_t i = 0; i < count && j >= 0; i++)
            if (f->to[i] == j)
                j = -1;
        f->to[count] = j;
        known += j >= 0;
        odd = j < 0 && !odd.ptr ? name : odd;
    }
    if (known == f->columns)
        return true;
    if (known && odd.ptr)
        return unknown_column(f, odd);
    for (int64_t j = 0; j < f->columns; j++)
        f->to[j] = j;
    return true;
}

/* ---------------------------------------------------------------- rows */

static bool send_batch(feeder *f)
{
    const void **columns;
    size_t size = f->shape->type == ZPLANE_LOGICAL ? 1 : 8;
    zplane_error err = { 0 };
    uint64_t sequence;

    if (f->n == 0)
        return true;
    columns = zp_alloc(((size_t)f->columns + 1) * sizeof(*columns), NULL);
    if (!columns) {
        snprintf(f->why, sizeof(f->why), "out of memory");
        return false;
    }
    for (int64_t j = 0; j < f->columns; j++)
        columns[j] = f->values + (size_t)(j * f->batch) * size;
    sequence = zplane_append_columns(f->app, f->n, f->shape->series ? f->times : NULL, columns, 0, &err);
    zp_free(columns);
    if (!sequence) {
        snprintf(f->why, sizeof(f->why), "rows up to row %lld: %s", (long long)f->line, err.text);
        return false;
    }
    f->appended += f->n;
    f->n = 0;
    return true;
}

static bool wrong_count(feeder *f)
{
    snprintf(f->why, sizeof(f->why), "incorrect number of elements on row %lld", (long long)f->line);
    return false;
}

static bool take_row(feeder *f, const char *line, size_t len)
{
    const char *at = line, *end = line + len;
    int64_t last = f->n && f->shape->series ? f->times[f->n - 1] : INT64_MIN;

    if (f->shape->series) {
        zp_slice field = zp__field_next(&at, end, f->sep);

        if (!take_time(f, field, 0, &f->times[f->n]))
            return false;
        if (f->resume && f->times[f->n] <= f->shape->last_time) {
            f->skipped++;
            return true;
        }
        if (f->times[f->n] <= last) {
            snprintf(f->why, sizeof(f->why), "index is not in ascending order on row %lld",
                     (long long)f->line);
            return false;
        }
    }
    for (int64_t j = 0; j < f->columns; j++) {
        if (!at)
            return wrong_count(f);
        if (!take_value(f, zp__field_next(&at, end, f->sep), j + 1, f->to[j]))
            return false;
    }
    if (at)
        return wrong_count(f);
    return ++f->n < f->batch || send_batch(f);
}

static size_t without_end(const zp_buf *line)
{
    size_t len = line->len;

    while (len && (line->ptr[len - 1] == '\n' || line->ptr[len - 1] == '\r'))
        len--;
    return len;
}

/* Bytes of the mark that some programs begin UTF-8 with. */
static size_t byte_order_mark(const zp_buf *line, size_t len)
{
    return len >= 3 && memcmp(line->ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool feed(feeder *f, bool header)
{
    zp_lines in = ZP_LINES_INIT;
    zp_buf line = ZP_BUF_INIT;
    bool ok = true;

    while (ok && zp__lines_next(&in, &line)) {
        size_t len = without_end(&line), mark = f->line++ == 0 ? byte_order_mark(&line, len) : 0;

        if (len > mark)
            ok = (header && f->line == 1 ? take_header : take_row)(f, line.ptr + mark, len - mark);
        zp_progress_add(&f->progress, (int64_t)line.len, (int64_t)line.len);
        zp_buf_clear(&line);
    }
    zp_buf_fini(&line);
    zp__lines_fini(&in);
    return ok && send_batch(f);
}

/* ---------------------------------------------------------------- the command */

/* "book$eu$fx": a variable and elements of lists. */
static size_t split_path(char *text, const char **names, size_t most)
{
    size_t count = 0;

    for (char *rest = text, *name; (name = strsep(&rest, "$")) != NULL && count < most;)
        names[count++] = name;
    return count;
}

static bool set_up(feeder *f, const zp_cli *cli)
{
    const char *sep = zp__cli_own(cli, "sep"), *batch = zp__cli_own(cli, "batch-rows"),
               *tz = zp__cli_own(cli, "tz");
    zp_error err = ZP_ERROR_INIT;
    bool ok = true;

    f->sep = ',';
    f->batch = batch ? strtoll(batch, NULL, 10) : BATCH_ROWS;
    f->time_format = zp__cli_own(cli, "time-format");
    f->resume = zp__cli_own(cli, "resume") != NULL;
    if (sep && strcmp(sep, "\\t") == 0)
        f->sep = '\t';
    else if (sep && strlen(sep) == 1)
        f->sep = *sep;
    else if (sep)
        ok = zp_fail(&err, "separator must be exactly one character long");
    if (ok && (f->batch < 1 || f->batch > 1000000))
        ok = zp_fail(&err, "--batch-rows is 1 to 1000000");
    if (ok && tz)
        ok = (f->zone = zp_zone_find(tz, &err)) != NULL;
    if (!ok)
        fprintf(stderr, "zplane: %s\n", zp_error_text(&err));
    zp_error_clear(&err);
    return ok;
}

static bool make_room(feeder *f)
{
    size_t bytes;

    f->columns = f->shape->columns;
    if (!zp_mul((size_t)f->columns * 8, (size_t)f->batch, &bytes))
        return false;
    f->times = zp_alloc((size_t)f->batch * sizeof(*f->times), NULL);
    f->values = zp_alloc(bytes ? bytes : 1, NULL);
    f->to = zp_alloc(((size_t)f->columns + 1) * sizeof(*f->to), NULL);
    for (int64_t j = 0; f->to && j < f->columns; j++)
        f->to[j] = j;
    return f->times && f->values && f->to;
}

static int run(feeder *f, zp_cli *cli)
{
    const char *names[64];
    char *text = strdup(cli->operands[1].text);
    zplane_path path = { names, text ? split_path(text, names, ZP_COUNTOF(names)) : 0 };
    zplane_error err = { 0 };
    struct stat st;
    bool ok;

    f->app = text ? zplane_append_open(f->con, path, NULL, zp__remote_timeout(cli), &err) : NULL;
    free(text);
    if (!f->app)
        return zp__remote_complain(&err);
    f->shape = zplane_append_shape(f->app);
    if (!make_room(f)) {
        fprintf(stderr, "zplane: out of memory\n");
        return ZP_EXIT_ERROR;
    }
    zp_progress_begin(&f->progress, isatty(STDERR_FILENO) ? STDERR_FILENO : -1, "append",
                      fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0);
    ok = feed(f, !zp__cli_own(cli, "no-header"));
    zp_progress_end(&f->progress);
    if (!ok)
        fprintf(stderr, "zplane: %s\n", f->why);
    if (!zplane_append_flush(f->app, zp__remote_timeout(cli), &err)) {
        zp__remote_complain(&err);
        ok = false;
    }
    if (!cli->quiet)
        fprintf(stderr, "%lld rows appended%s", (long long)f->appended, ok ? "" : " at most");
    if (!cli->quiet && f->skipped)
        fprintf(stderr, ", %lld were there already", (long long)f->skipped);
    if (!cli->quiet)
        fputc('\n', stderr);
    return ok ? ZP_EXIT_OK : ZP_EXIT_ERROR;
}

int zp__cmd_append(zp_cli *cli)
{
    feeder f = { 0 };
    int status;

    if (cli->noperands != 2) {
        fprintf(stderr, "zplane: append wants HOST and NAME\nUsage: %s\n", cli->command->synopsis);
        return ZP_EXIT_USAGE;
    }
    if (!set_up(&f, cli))
        return ZP_EXIT_USAGE;
    f.con = zp__remote_connect(cli, true, &status);
    if (!f.con)
        return status;
    status = run(&f, cli);
    zplane_append_close(f.app);
    zplane_close(f.con);
    zp_free(f.times);
    zp_free(f.values);
    zp_free(f.to);
    return status;
}
