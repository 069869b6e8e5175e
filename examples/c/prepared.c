/* prepared: one expression, compiled once by the server, evaluated with many values.
 *
 *     cc prepared.c $(pkg-config --cflags --libs zplane) -o prepared
 *     ./prepared localhost:7777 1 2 3                       */
#include <stdio.h>
#include <stdlib.h>
#include <zplane.h>

static int complain(const zplane_error *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 1;
}

int main(int argc, char **argv)
{
    const zplane_param params[] = { { "x", ZPLANE_DOUBLE }, { "label", ZPLANE_STRING } };
    zplane_error err;
    zplane *con = zplane_connect(argc > 1 ? argv[1] : "localhost", NULL, &err);
    zplane_prepared *root =
        con ? zplane_prepare(con, "paste(label, round(sqrt(x), 3))", 2, params, 10000, &err) : NULL;
    zplane_value *label = zplane_new_string("the root is");
    int status = root ? 0 : complain(&err);

    for (int i = 2; i < argc && !status; i++) {
        zplane_value *x = zplane_new_double(atof(argv[i]));
        zplane_bind binds[] = { { "label", label }, { "x", x } }; /* by name, in any order */
        zplane_value *v = zplane_execute(root, 2, binds, 10000, &err);

        if (v)
            puts(zplane_string(v, 0, NULL));
        else
            status = complain(&err);
        zplane_value_free(v);
        zplane_value_free(x);
    }
    zplane_value_free(label);
    zplane_prepared_free(root);
    zplane_close(con);
    return status;
}
