/* mathfn: scalar functions of doubles that libm lacks, with R's conventions. */
#ifndef ZP_KERNEL_MATHFN_H
#define ZP_KERNEL_MATHFN_H

double zp_round(double x, double digits);  /* R 4: the nearer of the two candidates, ties to the even digit */
double zp_signif(double x, double digits); /* digits >= 1 significant */
double zp_sign(double x);
double zp_sinpi(double x);
double zp_cospi(double x);
double zp_tanpi(double x);
double zp_gamma(double x);
double zp_lgamma(double x);
double zp_digamma(double x);
double zp_trigamma(double x);
double zp_beta(double a, double b);
double zp_lbeta(double a, double b);
double zp_choose(double n, double k);
double zp_lchoose(double n, double k);
double zp_factorial(double x);
double zp_lfactorial(double x);
double zp_log_base(double x, double base);

#endif
