/* follow: prints the rows of a series as they are committed.
 *
 *     ./follow localhost:7777 ticks 0        from the first row on; without a number: new rows alone
 *
 * With a fourth argument it ends after so many rows. */
#include <stdio.h>
#include <stdlib.h>
#include <zplane.h>

typedef struct state {
    int64_t left;
    int over;
} state;

static void on_rows(void *arg, zplane_sub *sub, const zplane_rowset *rows, const zplane_error *error)
{
    state *s = arg;
    const double *values;

    (void)sub;
    if (!rows) {
        fprintf(stderr, "%s\n", error->text);
        s->over = 1;
        return;
    }
    values = rows->values;
    for (int64_t i = 0; i < rows->count && s->left > 0; i++, s->left--) {
        printf("%lld:", (long long)(rows->first + i));
        if (rows->times)
            printf(" %lld", (long long)rows->times[i]);
        for (int64_t j = 0; j < rows->shape->columns; j++)
            printf(" %g", values[i + j * rows->count]);
        putchar('\n');
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *name = argc > 2 ? argv[2] : "ticks";
    state s = { argc > 4 ? atoll(argv[4]) : INT64_MAX, 0 };
    zplane_sub_options options = ZPLANE_SUB_OPTIONS_INIT;
    zplane_error err;
    zplane *con = zplane_connect(argc > 1 ? argv[1] : "localhost", NULL, &err);

    options.from = argc > 3 ? atoll(argv[3]) : ZPLANE_FROM_NOW;
    if (!con || !zplane_subscribe(con, (zplane_path){ &name, 1 }, &options, on_rows, &s, &err)) {
        fprintf(stderr, "%s\n", err.text);
        zplane_close(con);
        return 1;
    }
    while (!s.over && s.left > 0 && zplane_wait(con, 0, &err)) {}
    zplane_close(con);
    return s.over;
}
