/* stream_probe: a producer and a reader for tests of streams.
 *
 *     append WHERE PATH PRODUCER FIRST LAST ROWS [PAUSE_US]   batches FIRST..LAST of ROWS rows each, as this producer (0: any);
 *                  with FIRST 0 it goes on where the server says; lines: open N, acked N ROWS, refused N TEXT, done
 *     follow WHERE PATH FROM COUNT [PAUSE_US]   lines: rows FIRST COUNT FIRST-TIME LAST-TIME SUM; done, or over TEXT
 *
 * Row i of batch b has the time (b * ROWS + i) microseconds since 1970 and the values b * ROWS + i + column. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zplane.h"

static zplane_path split(char *text)
{
    static const char *names[64];
    size_t n = 0;

    for (char *name; n < 64 && (name = strsep(&text, "$")) != NULL;)
        names[n++] = name;
    return (zplane_path){ names, n };
}

static int fail(zplane *con, const zplane_error *err)
{
    printf("error %d %s\n", err->code, err->text);
    zplane_close(con);
    return 1;
}

static void on_ack(void *arg, uint64_t sequence, int64_t rows, const zplane_error *error)
{
    (void)arg;
    if (error)
        printf("refused %" PRIu64 " %s\n", sequence, error->text);
    else
        printf("acked %" PRIu64 " %" PRId64 "\n", sequence, rows);
    fflush(stdout);
}

static bool add(zplane_appender *app, uint64_t batch, int64_t rows, zplane_error *err)
{
    const zplane_shape *shape = zplane_append_shape(app);
    int64_t columns = shape->columns, n = rows * columns;
    int64_t *times = malloc((size_t)rows * sizeof(*times));
    double *values = malloc((size_t)(n ? n : 1) * sizeof(*values));
    bool ok;

    for (int64_t i = 0; i < rows; i++) {
        int64_t row = (int64_t)batch * rows + i;

        times[i] = row * 1000;
        for (int64_t j = 0; j < columns; j++)
            values[i + j * rows] = (double)(row + j);
    }
    ok = zplane_append(app, rows, shape->series ? times : NULL, values, 0, err) != 0;
    free(times);
    free(values);
    return ok;
}

static int append(int argc, char **argv)
{
    zplane_append_options o = ZPLANE_APPEND_OPTIONS_INIT;
    uint64_t first = strtoull(argv[5], NULL, 10), last = strtoull(argv[6], NULL, 10);
    int64_t rows = atoll(argv[7]);
    zplane_appender *app;
    zplane_error err;
    zplane *con = zplane_connect(argv[2], NULL, &err);

    o.producer[0] = strtoull(argv[4], NULL, 10);
    o.ack = on_ack;
    o.buffer = getenv("PROBE_BUFFER") ? strtoull(getenv("PROBE_BUFFER"), NULL, 10) : 0;
    app = con ? zplane_append_open(con, split(argv[3]), &o, 10000, &err) : NULL;
    if (!app)
        return fail(con, &err);
    printf("open %" PRIu64 " %s\n", zplane_append_resumed(app), zplane_append_shape(app)->policy);
    fflush(stdout);
    for (uint64_t b = first ? first : zplane_append_resumed(app) + 1; b <= last; b++) {
        if (!add(app, b, rows, &err))
            return fail(con, &err);
        if (argc > 8) {
            usleep((useconds_t)atoi(argv[8]));
            zplane_process(con, NULL);
        }
    }
    if (!zplane_append_flush(app, 60000, &err) && err.code != ZPLANE_EREFUSED)
        return fail(con, &err);
    puts("done");
    zplane_close(con);
    return 0;
}

typedef struct reader {
    int64_t left;
    useconds_t pause;
    bool over;
} reader;

static void on_rows(void *arg, zplane_sub *sub, const zplane_rowset *rows, const zplane_error *error)
{
    reader *r = arg;
    double sum = 0;

    (void)sub;
    if (!rows) {
        printf("over %s\n", error->text);
        r->over = true;
        return;
    }
    for (int64_t i = 0; rows->shape->type == ZPLANE_DOUBLE && i < rows->count * rows->shape->columns; i++)
        sum += ((const double *)rows->values)[i];
    printf("rows %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %.0f\n", rows->first, rows->count,
           rows->times ? rows->times[0] : 0, rows->times ? rows->times[rows->count - 1] : 0, sum);
    fflush(stdout);
    r->left -= rows->count;
    if (r->pause)
        usleep(r->pause);
}

static int follow(int argc, char **argv)
{
    zplane_sub_options o = ZPLANE_SUB_OPTIONS_INIT;
    reader r = { .left = atoll(argv[5]), .pause = argc > 6 ? (useconds_t)atoi(argv[6]) : 0 };
    zplane_error err;
    zplane *con = zplane_connect(argv[2], NULL, &err);

    o.from = atoll(argv[4]);
    o.from_time = getenv("PROBE_FROM_TIME") ? atoll(getenv("PROBE_FROM_TIME")) : 0;
    o.window = getenv("PROBE_WINDOW") ? strtoull(getenv("PROBE_WINDOW"), NULL, 10) : 0;
    if (!con || !zplane_subscribe(con, split(argv[3]), &o, on_rows, &r, &err))
        return fail(con, &err);
    puts("subscribed");
    fflush(stdout);
    while (!r.over && r.left > 0 && zplane_wait(con, 1000, &err)) {}
    if (!r.over)
        puts("done");
    zplane_close(con);
    return r.over;
}

int prepared_probe(int argc, char **argv);

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "prepared") == 0)
        return prepared_probe(argc, argv);
    if (argc >= 8 && strcmp(argv[1], "append") == 0)
        return append(argc, argv);
    if (argc >= 6 && strcmp(argv[1], "follow") == 0)
        return follow(argc, argv);
    fprintf(
        stderr,
        "stream_probe {append WHERE PATH PRODUCER FIRST LAST ROWS | follow WHERE PATH FROM COUNT | prepared WHERE}\n");
    return 2;
}
