/* ema: a plugin that adds two built-ins to zplane.
 *
 *     cc -O2 -shared -fPIC -I../../include ema.c -o ema.so
 *     zplane eval -e 'dyn.load("./ema.so"); ema(c(1, 2, 3), 0.5)'                                      */
#include <zplane_plugin.h>

#include <string.h>

/* Exponential moving average, column by column: out[i] = alpha x[i] + (1 - alpha) out[i - 1]. */
static void smooth(double *out, const double *x, int64_t rows, double alpha)
{
    for (int64_t i = 0; i < rows; i++)
        out[i] = i ? alpha * x[i] + (1 - alpha) * out[i - 1] : x[i];
}

/* A series stays one; anything else keeps its extents. */
static double *result_like(zplane_call *call, const zplane_plugin_api *api, int64_t rows, int64_t columns)
{
    int64_t dim[2] = { rows, columns }, *times;
    double *out;

    if (api->type(call, 0) != ZPLANE_ARG_SERIES)
        return api->result_doubles(call, api->ndim(call, 0) == 1 ? 1 : 2, dim);
    out = api->result_series(call, rows, columns, &times);
    if (out)
        memcpy(times, api->times(call, 0), (size_t)rows * sizeof(*times));
    return out;
}

static int run_ema(zplane_call *call, const zplane_plugin_api *api)
{
    int64_t rows = api->dim(call, 0, 0), columns = rows ? api->length(call, 0) / rows : 0;
    const double *x = api->doubles(call, 0), *alpha = api->doubles(call, 1);
    double *out;

    if (api->length(call, 1) != 1 || !(*alpha > 0 && *alpha <= 1))
        return api->fail(call, 1, "must be one number, above 0 and at most 1");
    out = result_like(call, api, rows, columns);
    for (int64_t j = 0; out && j < columns; j++) {
        if (api->interrupted(call))
            return 0;
        smooth(out + j * rows, x + j * rows, rows, *alpha);
    }
    return out != 0;
}

static const zplane_plugin_row rows[] = {
    { "ema", "x, alpha = 0.1", "x=DZ alpha=D", run_ema,
      "Exponential moving average of every column; the newest value has the weight `alpha`.",
      "ema(c(1, 2, 3), 0.5)", NULL },
    { "ema.span", "x, span", "x=DZ span=D", NULL, "The same, with the weight 2 / (span + 1).",
      "ema.span(1:3, 3)", "ema(x, 2 / (span + 1))" },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL }
};

const zplane_plugin zplane_plugin_entry = { ZPLANE_PLUGIN_ABI, "ema", "1.0", rows };
