/* fft: the discrete Fourier transform of any length. */
#ifndef ZP_KERNEL_FFT_H
#define ZP_KERNEL_FFT_H

#include "base/error.h"

/* re, im (n each) become sum over k of x[k] exp(-+2 pi i j k / n), + with `inverse`; not scaled. */
bool zp_fft(double *re, double *im, int64_t n, bool inverse, zp_error *err) ZP_MUST_CHECK;

#endif
