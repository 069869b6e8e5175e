/* Fourier transform, complex numbers as matrices, filters and convolutions.
 *
 * The language has no complex numbers: n of them are an n x 2 matrix with the columns Re and Im.  Short
 * convolutions are summed directly, which is exact for whole numbers; long ones go through the transform. */
#include "builtin/tables.h"
#include "kernel/fft.h"
#include "lang/lang.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* An n x 2 matrix of complex zeros. */
static zp_value complex_new(int64_t n, zp_error *err)
{
    zp_value v = zp_arr(ZP_DBL, 2, (int64_t[]){ n, 2 }, err), names = zp_vec(ZP_STR, 2, err);
    zp_str *re = zp_str_from("Re", err), *im = zp_str_from("Im", err);
    bool ok = !zp_bad(v) && !zp_bad(names) && re && im;

    if (ok) {
        zp_fill_zero(v, 0, 2 * n);
        zp_str_put(names, 0, re);
        zp_str_put(names, 1, im);
        ok = zp_set_names(&v, 1, names.u.arr, err);
    } else {
        zp_str_unref(re);
        zp_str_unref(im);
    }
    zp_value_unref(names);
    if (!ok)
        zp_value_clear(&v);
    return v;
}

static bool is_complex(zp_value v)
{
    return v.type == ZP_DBL && zp_ndim(v) == 2 && zp_dim(v, 1) == 2;
}

static zp_status bi_fft(zp_call *c)
{
    zp_value z = c->argv[0];
    int64_t n = is_complex(z) ? zp_dim(z, 0) : zp_len(z);
    bool inverse;
    double *x;

    if (!zp_arg_lgl(c, 1, &inverse))
        return ZP_FAILED;
    if (zp_ndim(z) > 1 && !is_complex(z))
        return zp_fail_call(c, "z must be a vector or a matrix with the columns Re and Im");
    c->out = complex_new(n, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    x = c->out.u.arr->data;
    if (zp_len(z) > 0)
        memcpy(x, zp_dbls(&z), (size_t)zp_len(z) * sizeof *x);
    if (!zp_fft(x, x + n, n, inverse, c->err))
        zp_value_clear(&c->out);
    return zp_done(!zp_bad(c->out));
}

/* Re, Im, Mod, Arg: told apart by the first letter of the row. */
static zp_status bi_complex_part(zp_call *c)
{
    zp_value z = c->argv[0];
    int64_t n = zp_dim(z, 0);
    const double *re = zp_dbls(&z), *im;
    double *out;

    if (!is_complex(z))
        return zp_fail_call(c, "z must be a matrix with the columns Re and Im");
    im = re + n;
    c->out = zp_vec(ZP_DBL, n, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    out = c->out.u.arr->data;
    for (int64_t i = 0; i < n; i++)
        switch (c->self->name[0]) {
        case 'R': out[i] = re[i]; break;
        case 'I': out[i] = im[i]; break;
        case 'M': out[i] = hypot(re[i], im[i]); break;
        default: out[i] = atan2(im[i], re[i]); break;
        }
    if (zp_names(z, 0) && n > 0 && !zp_set_names(&c->out, 0, zp_names(z, 0), c->err)) {
        zp_value_clear(&c->out);
        return ZP_FAILED;
    }
    zp_value_unbox(&c->out);
    return ZP_OK;
}

/* ---------------------------------------------------------------- filter */

typedef struct filter {
    const double *f;
    int64_t nf, shift; /* shift: how far the window reaches ahead */
    bool recursive, circular;
} filter;

/* out[i] = sum of f[j] x[i + shift - j].  False: interrupted. */
static bool filter_column(const filter *f, const double *x, double *out, int64_t n, const zp_ctx *ctx)
{
    for (int64_t i = 0; i < n; i++) {
        double s = f->recursive ? x[i] : 0;
        if ((i & 4095) == 4095 && zp_ctx_interrupted(ctx))
            return false;
        for (int64_t j = 0; j < f->nf; j++) {
            int64_t at = f->recursive ? i - j - 1 : i + f->shift - j;
            if (f->recursive) {
                s += at >= 0 ? out[at] * f->f[j] : 0;
            } else if (f->circular) {
                s += f->f[j] * x[(at % n + n) % n];
            } else if (at < 0 || at >= n) {
                s = NAN;
                break;
            } else {
                s += f->f[j] * x[at];
            }
        }
        out[i] = s;
    }
    return true;
}

/* Is `text` the beginning of `word`? */
static bool begins(const zp_str *text, const char *word)
{
    return text->len > 0 && strncmp(text->text, word, text->len) == 0;
}

static bool filter_args(zp_call *c, filter *f, int64_t rows)
{
    zp_str *method;
    int64_t sides;

    f->f = zp_dbls(&c->argv[1]);
    f->nf = zp_len(c->argv[1]);
    if (!zp_arg_str(c, 2, &method) || !zp_arg_int(c, 3, &sides) || !zp_arg_lgl(c, 4, &f->circular))
        return false;
    f->recursive = begins(method, "recursive");
    if (!f->recursive && !begins(method, "convolution"))
        return zp_fail(c->err, "'arg' should be one of \"convolution\", \"recursive\"");
    if (f->nf == 0)
        return zp_fail(c->err, "filter must not be empty");
    if (!f->recursive && sides != 1 && sides != 2)
        return zp_fail(c->err, "argument 'sides' must be 1 or 2");
    if (!f->recursive && f->nf > rows)
        return zp_fail(c->err, "filter is longer than time series");
    f->shift = sides == 2 ? f->nf / 2 : 0;
    return true;
}

static zp_status bi_filter(zp_call *c)
{
    bool series = c->argv[0].type == ZP_ZTS;
    zp_value x = series ? zp_zts_data(c->argv[0]) : c->argv[0];
    int64_t n = zp_dim(x, 0), cols = n ? zp_len(x) / n : 0;
    filter f;

    if (!filter_args(c, &f, n))
        return ZP_FAILED;
    c->out = zp_arr_like(ZP_DBL, x, series, c->err); /* a plain matrix loses its names, as in R */
    if (zp_bad(c->out) || (!c->out.boxed && !zp_value_box(&c->out, c->err)))
        return ZP_FAILED;
    for (int64_t j = 0; j < cols; j++) {
        if (!filter_column(&f, zp_column(&x, j), (double *)c->out.u.arr->data + j * n, n, c->ctx)) {
            zp_value_clear(&c->out);
            zp_fail_code(c->err, ZP_ECANCELLED, "interrupted");
            return ZP_FAILED;
        }
    }
    if (series)
        c->out = zp_zts_take(zp_value_ref(zp_zts_idx(c->argv[0])), c->out, c->err);
    else
        zp_value_unbox(&c->out);
    return zp_done(!zp_bad(c->out));
}

/* ---------------------------------------------------------------- convolve */

/* out[k] = sum of x[i] y[(i - k) mod n] (conj), or x[i] y[(k - i) mod n] */
static void circular_sums(const double *x, const double *y, double *out, int64_t n, bool conj)
{
    for (int64_t k = 0; k < n; k++) {
        double s = 0;
        for (int64_t i = 0; i < n; i++)
            if (x[i] != 0)
                s += x[i] * y[conj ? (i - k + n) % n : (k - i + n) % n];
        out[k] = s;
    }
}

/* The same through the transform; x and y are followed by n zeros each (their imaginary parts). */
static bool circular_fft(double *x, double *y, double *out, int64_t n, bool conj, zp_error *err)
{
    if (!zp_fft(x, x + n, n, false, err) || !zp_fft(y, y + n, n, false, err))
        return false;
    for (int64_t k = 0; k < n; k++) {
        double im = conj ? -y[n + k] : y[n + k], re = x[k] * y[k] - x[n + k] * im;
        x[n + k] = x[k] * im + x[n + k] * y[k];
        x[k] = re;
    }
    if (!zp_fft(x, x + n, n, true, err))
        return false;
    for (int64_t k = 0; k < n; k++)
        out[k] = x[k] / (double)n;
    return true;
}

/* x behind `lead` zeros and y before zeros, both of length n. */
static zp_status convolve(zp_call *c, int64_t lead, int64_t n, bool conj, bool inner)
{
    zp_value x = c->argv[0], y = c->argv[1];
    int64_t nx = zp_len(x), ny = zp_len(y), from = inner ? lead : 0, count = inner ? n - 2 * lead : n;
    double *work = zp_alloc_zero((size_t)(n ? n : 1) * 5 * sizeof *work, c->err), *xs = work, *ys, *out;
    bool ok = true;

    if (!work)
        return ZP_FAILED;
    ys = work + 2 * n;
    out = work + 4 * n;
    memcpy(xs + lead, zp_dbls(&x), (size_t)nx * sizeof *xs);
    memcpy(ys, zp_dbls(&y), (size_t)ny * sizeof *ys);
    if (n <= 2048)
        circular_sums(xs, ys, out, n, conj);
    else
        ok = circular_fft(xs, ys, out, n, conj, c->err);
    if (count < 0)
        count = 0;
    if (ok)
        c->out = zp_vec(ZP_DBL, count, c->err);
    if (ok && !zp_bad(c->out)) {
        memcpy(c->out.u.arr->data, out + from, (size_t)count * sizeof *out);
        zp_value_unbox(&c->out);
    }
    zp_free(work);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_convolve(zp_call *c)
{
    int64_t nx = zp_len(c->argv[0]), ny = zp_len(c->argv[1]);
    bool conj;
    zp_str *type;

    if (!zp_arg_lgl(c, 2, &conj) || !zp_arg_str(c, 3, &type))
        return ZP_FAILED;
    if (begins(type, "circular")) {
        if (nx != ny)
            return zp_fail_call(c, "length mismatch in convolution");
        return convolve(c, 0, nx, conj, false);
    }
    if (!begins(type, "open") && !begins(type, "filter"))
        return zp_fail_call(c, "'arg' should be one of \"circular\", \"open\", \"filter\"");
    if (nx == 0 || ny == 0)
        return zp_fail_call(c, "arguments must not be empty");
    return convolve(c, ny - 1, nx + ny - 1, conj, begins(type, "filter"));
}

const zp_builtin zp_builtins_fourier[] = {
    { "fft", "z, inverse = FALSE", "z=D", 0, bi_fft,
      "The discrete Fourier transform of a vector, or of complex numbers given as a matrix with the columns Re and Im; "
      "the result is such a matrix. The inverse is not divided by the length.",
      "fft(c(1, 0, 0, 0))", NULL },
    { "Re", "z", "z=D", 0, bi_complex_part,
      "Real parts of complex numbers (a matrix with the columns Re and Im).", "Re(fft(1:4))", NULL },
    { "Im", "z", "z=D", 0, bi_complex_part,
      "Imaginary parts of complex numbers (a matrix with the columns Re and Im).", "Im(fft(1:4))", NULL },
    { "Mod", "z", "z=D", 0, bi_complex_part,
      "Absolute values of complex numbers (a matrix with the columns Re and Im).", "Mod(fft(1:4))", NULL },
    { "Arg", "z", "z=D", 0, bi_complex_part,
      "Angles of complex numbers (a matrix with the columns Re and Im).", "Arg(fft(1:4))", NULL },
    { "filter", "x, filter, method = \"convolution\", sides = 2, circular = FALSE", "x=DZ filter=D", 0,
      bi_filter,
      "A linear filter along the columns of x. \"convolution\": weighted sums of neighbours, centred (sides = 2) or of "
      "past values alone (1), NaN where values are lacking unless circular; \"recursive\": an autoregression.",
      "filter(1:5, c(1, 1, 1) / 3)", NULL },
    { "convolve", "x, y, conj = TRUE, type = \"circular\"", "x=D y=D", 0, bi_convolve,
      "Convolution of two vectors, as R defines it: the usual one is convolve(x, rev(y), type = \"open\"). type: "
      "\"circular\", \"open\" or \"filter\" (only where both overlap fully).",
      "convolve(1:3, c(0, 1, 0.5), type = \"open\")", NULL },
    { 0 },
};
