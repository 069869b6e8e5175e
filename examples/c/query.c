/* query: asks a server and prints a series, row by row.
 *
 *     cc query.c $(pkg-config --cflags --libs zplane) -o query
 *     ./query localhost:7777 'z[z$x > level, ]' 0.5            */
#include <stdio.h>
#include <stdlib.h>
#include <zplane.h>

static void print_series(const zplane_value *v)
{
    const zplane_value *data = zplane_series_data(v);
    const int64_t *times = zplane_times(zplane_series_index(v), 0);

    for (int64_t i = 0; i < zplane_rows(v); i++) {
        printf("%lld", (long long)times[i]);
        for (int64_t j = 0; j < zplane_columns(v); j++)
            printf(" %g", zplane_doubles(data, j)[i]);
        putchar('\n');
    }
}

static void print_value(const zplane_value *v)
{
    if (zplane_value_type(v) == ZPLANE_SERIES)
        print_series(v);
    else if (zplane_value_type(v) == ZPLANE_DOUBLE)
        for (int64_t i = 0; i < zplane_length(v); i++)
            printf("%g\n", zplane_doubles(v, 0)[i]);
    else if (zplane_value_type(v) == ZPLANE_STRING)
        for (int64_t i = 0; i < zplane_length(v); i++)
            puts(zplane_string(v, i, NULL));
    else
        printf("a value of type %s\n", zplane_type_name(zplane_value_type(v)));
}

int main(int argc, char **argv)
{
    zplane_error err;
    zplane_value *level = zplane_new_double(argc > 3 ? atof(argv[3]) : 0);
    zplane_bind binds[] = { { "level",
                              level } }; /* a variable of this query alone: no text is pasted together */
    zplane *con = zplane_connect(argc > 1 ? argv[1] : "localhost", NULL, &err);
    zplane_value *v = con ? zplane_query(con, argc > 2 ? argv[2] : "1 + level", 1, binds, 10000, &err) : NULL;

    if (v)
        print_value(v);
    else
        fprintf(stderr, "%s\n", err.text);
    zplane_value_free(v);
    zplane_value_free(level);
    zplane_close(con);
    return v ? 0 : 1;
}
