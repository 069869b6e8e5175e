/* append: a collector that streams rows into a series, and knows when they are safe.
 *
 *     ./append localhost:7777 ticks 100000
 *
 * It may be killed and started again at any time: the producer has a number of its own, so the server knows which
 * of its batches it holds, and the collector goes on with the next one. */
#include <stdio.h>
#include <stdlib.h>
#include <zplane.h>

enum { COLUMNS = 2 };

static void on_ack(void *arg, uint64_t sequence, int64_t rows, const zplane_error *error)
{
    if (error)
        fprintf(stderr, "batch %llu was refused: %s\n", (unsigned long long)sequence, error->text);
    else
        *(int64_t *)arg = rows;
}

/* Batch number `sequence` of this producer: here one row per second since the epoch. */
static int64_t make_row(uint64_t sequence, double *values)
{
    for (int j = 0; j < COLUMNS; j++)
        values[j] = (double)sequence + j;
    return (int64_t)sequence * 1000000000;
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 3 ? strtoull(argv[3], NULL, 10) : 1000, sequence;
    const char *name = argc > 2 ? argv[2] : "ticks";
    int64_t stored = 0;
    zplane_append_options options = ZPLANE_APPEND_OPTIONS_INIT;
    zplane_appender *app = NULL;
    zplane_error err;
    zplane *con = zplane_connect(argc > 1 ? argv[1] : "localhost", NULL, &err);

    options.producer[0] = 0x636f6c6c; /* who we are; any number that no other producer of this series uses */
    options.ack = on_ack;
    options.arg = &stored;
    if (con)
        app = zplane_append_open(con, (zplane_path){ &name, 1 }, &options, 10000, &err);
    if (!app)
        goto failed;
    printf("going on after batch %llu\n", (unsigned long long)zplane_append_resumed(app));
    for (sequence = zplane_append_resumed(app) + 1; sequence <= wanted; sequence++) {
        double values[COLUMNS];
        int64_t time = make_row(sequence, values);

        if (!zplane_append(app, 1, &time, values, 0, &err))
            goto failed;
    }
    if (!zplane_append_flush(app, 30000, &err))
        goto failed;
    printf("%lld rows are safe\n", (long long)(stored ? stored : zplane_append_shape(app)->rows));
    zplane_close(con);
    return 0;

failed:
    fprintf(stderr, "%s\n", err.text);
    zplane_close(con);
    return 1;
}
