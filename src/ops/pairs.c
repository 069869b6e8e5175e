/* pairs: which operator goes with which types, and the loop that does it.
 *
 * The table at the end is the specification's table.  A pair without an entry is a type error.  Loops over doubles,
 * logicals and 64-bit integers are the kernels'; calendar arithmetic is here, element by element. */
#include "ops/ops_priv.h"

#include <math.h>

_Static_assert((int)ZP_OP_ADD == (int)ZP_K_ADD && (int)ZP_OP_POW == (int)ZP_K_POW &&
                   (int)ZP_OP_EQ == (int)ZP_K_EQ && (int)ZP_OP_OR == (int)ZP_K_OR,
               "ORDER OPS");

static bool map(const zp__job *j, zp_loop2 loop, size_t out_size, size_t in_size)
{
    return zp_map2(loop, (int)j->op, j->shape, j->out, out_size, j->a, j->b, in_size, j->n);
}

/* ---------------------------------------------------------------- numbers, logicals, strings */

static bool dbl_arith(const zp__job *j)
{
    return map(j, zp_kernels_get()->arith_dbl, 8, 8);
}

static bool dbl_libm(const zp__job *j)
{
    if (j->op == ZP_OP_POW && j->shape != ZP_SV && *(const double *)j->b == 2 &&
        (j->shape == ZP_VS || j->n == 1))
        return zp_map2(zp_kernels_get()->arith_dbl, ZP_K_MUL, ZP_VV, j->out, 8, j->a, j->a, 8, j->n);
    return map(j, zp_libm_dbl, 8, 8);
}

static bool dbl_compare(const zp__job *j)
{
    return map(j, zp_kernels_get()->compare_dbl, 1, 8);
}

static bool dbl_logic(const zp__job *j)
{
    return map(j, zp_kernels_get()->logic_dbl, 1, 8) ||
           zp_fail(j->err, "NaN has no truth value: use is.nan()");
}

static bool lgl_compare(const zp__job *j)
{
    return map(j, zp_kernels_get()->compare_lgl, 1, 1);
}

static bool lgl_logic(const zp__job *j)
{
    return map(j, zp_kernels_get()->logic_lgl, 1, 1);
}

static bool i64_compare(const zp__job *j)
{
    return map(j, zp_kernels_get()->compare_i64, 1, 8);
}

/* The answer of a comparison from the sign of a three-way one. */
static inline int8_t holds(zp_op op, int c)
{
    switch (op) {
    case ZP_OP_EQ: return c == 0;
    case ZP_OP_NE: return c != 0;
    case ZP_OP_LT: return c < 0;
    case ZP_OP_LE: return c <= 0;
    case ZP_OP_GT: return c > 0;
    default: return c >= 0;
    }
}

/* Stamps a function over elements x of type L and y of type R. */
#define EACH(name, L, R, OUT, body)                      \
    static bool name(const zp__job *j)                   \
    {                                                    \
        const L *pa = j->a;                              \
        const R *pb = j->b;                              \
        OUT *po = j->out;                                \
        for (int64_t i = 0; i < j->n; i++) {             \
            const L x = j->shape == ZP_SV ? *pa : pa[i]; \
            const R y = j->shape == ZP_VS ? *pb : pb[i]; \
            OUT z = { 0 };                               \
            body;                                        \
            po[i] = z;                                   \
        }                                                \
        return true;                                     \
    }

typedef zp_str *str;

static bool str_compare(const zp__job *j)
{
    const str *pa = j->a, *pb = j->b;
    int8_t *po = j->out;
    bool equality = zp__is_equality(j->op);

    for (int64_t i = 0; i < j->n; i++) {
        const zp_str *x = j->shape == ZP_SV ? *pa : pa[i], *y = j->shape == ZP_VS ? *pb : pb[i];

        po[i] = holds(j->op, equality ? !zp_str_eq(x, y) : zp_str_cmp(x, y));
    }
    return true;
}

/* ---------------------------------------------------------------- instants and durations */

static bool i64_to_time(const zp__job *j)
{
    return map(j, zp_kernels_get()->addsub_i64, 8, 8) || zp_fail(j->err, "time out of range");
}

static bool i64_to_duration(const zp__job *j)
{
    return map(j, zp_kernels_get()->addsub_i64, 8, 8) || zp_fail(j->err, "duration out of range");
}

__extension__ typedef __int128 wide;

static bool fits_i64(wide x)
{
    return x >= INT64_MIN && x <= INT64_MAX;
}

/* As long as the product fits the 53 bits of a double, it is the double's; beyond, it is formed exactly in 128 bits
 * and truncated: factor = mantissa * 2^exponent. */
bool zp__scale_ns(int64_t ns, double factor, int64_t *out)
{
    int exponent;
    double fraction, product = (double)ns * factor;
    wide exact;

    if (fabs(product) < 0x1p53 && (ns < 0 ? ns > -(INT64_C(1) << 53) : ns < INT64_C(1) << 53)) {
        *out = (int64_t)product;
        return true;
    }
    if (fabs(product) > 0x1p64)
        return false;
    fraction = frexp(factor, &exponent);
    exponent -= 53;
    exact = (wide)ns * (int64_t)ldexp(fraction, 53);
    if (exponent >= 0)
        exact *= (wide)1 << exponent; /* |product| <= 2^64: it fits */
    else if (exponent > -127)
        exact /= (wide)1 << -exponent;
    else
        exact = 0;
    *out = (int64_t)exact;
    return fits_i64(exact);
}

bool zp__divide_ns(int64_t ns, double divisor, int64_t *out)
{
    long double q;

    if (ns > -(INT64_C(1) << 53) && ns < INT64_C(1) << 53) {
        q = (double)ns / divisor;
    } else if (divisor == trunc(divisor) && fabs(divisor) < 0x1p62) {
        wide exact = (wide)ns / (int64_t)divisor;

        *out = (int64_t)exact;
        return fits_i64(exact);
    } else {
        q = (long double)ns / divisor;
    }
    if (!(q > -0x1p63L - 1 && q < 0x1p63L))
        return false;
    *out = (int64_t)q;
    return true;
}

/* Factors and divisors that have no result, by name. */
static bool good_factor(double f, const char *what, zp_error *err)
{
    if (isnan(f))
        return zp_fail(err, "%s multiply by NaN", what);
    if (isinf(f))
        return zp_fail(err, "%s multiply by Inf", what);
    return true;
}

static bool good_divisor(double d, const char *what, zp_error *err)
{
    if (isnan(d))
        return zp_fail(err, "%s divide by NaN", what);
    if (isinf(d))
        return zp_fail(err, "%s divide by Inf", what);
    return true;
}

static bool scale_duration(int64_t ns, double f, int64_t *out, zp_error *err)
{
    return good_factor(f, "duration", err) &&
           (zp__scale_ns(ns, f, out) || zp_fail(err, "duration out of range"));
}

static bool divide_duration(int64_t ns, double d, int64_t *out, zp_error *err)
{
    if (d == 0)
        return zp_fail(err, "duration divide by 0");
    return good_divisor(d, "duration", err) &&
           (zp__divide_ns(ns, d, out) || zp_fail(err, "duration out of range"));
}

EACH(dur_mul_dbl, int64_t, double, int64_t, if (!scale_duration(x, y, &z, j->err)) return false)
EACH(dbl_mul_dur, double, int64_t, int64_t, if (!scale_duration(y, x, &z, j->err)) return false)
EACH(dur_div_dbl, int64_t, double, int64_t, if (!divide_duration(x, y, &z, j->err)) return false)

/* ---------------------------------------------------------------- intervals */

static int cmp_intervals(const zp_interval *x, const zp_interval *y)
{
    return zp_interval_cmp(x->start, x->end, x->sopen, x->eopen, y->start, y->end, y->sopen, y->eopen);
}

EACH(ivl_compare, zp_interval, zp_interval, int8_t, z = holds(j->op, cmp_intervals(&x, &y)))

static bool shift(zp_interval i, int64_t by, bool minus, zp_interval *out, zp_error *err)
{
    bool over = minus ? __builtin_sub_overflow(i.start, by, &out->start) ||
                            __builtin_sub_overflow(i.end, by, &out->end)
                      : __builtin_add_overflow(i.start, by, &out->start) ||
                            __builtin_add_overflow(i.end, by, &out->end);

    out->sopen = i.sopen;
    out->eopen = i.eopen;
    return !over || zp_fail(err, "time out of range");
}

EACH(ivl_dur, zp_interval, int64_t, zp_interval,
     if (!shift(x, y, j->op == ZP_OP_SUB, &z, j->err)) return false)
EACH(dur_ivl, int64_t, zp_interval, zp_interval, if (!shift(y, x, false, &z, j->err)) return false)

/* ---------------------------------------------------------------- periods */

static bool period_of(double months, double days, zp_period *out, zp_error *err)
{
    months = trunc(months);
    days = trunc(days);
    if (!(fabs(months) <= INT32_MAX && fabs(days) <= INT32_MAX))
        return zp_fail(err, "period out of range");
    out->months = (int32_t)months;
    out->days = (int32_t)days;
    return true;
}

static bool add_periods(zp_period x, zp_period y, bool minus, zp_period *out, zp_error *err)
{
    bool over = minus ? __builtin_sub_overflow(x.months, y.months, &out->months) ||
                            __builtin_sub_overflow(x.days, y.days, &out->days) ||
                            __builtin_sub_overflow(x.ns, y.ns, &out->ns)
                      : __builtin_add_overflow(x.months, y.months, &out->months) ||
                            __builtin_add_overflow(x.days, y.days, &out->days) ||
                            __builtin_add_overflow(x.ns, y.ns, &out->ns);

    return !over || zp_fail(err, "period out of range");
}

static bool scale_period(zp_period p, double f, zp_period *out, zp_error *err)
{
    return good_factor(f, "period", err) && period_of(p.months * f, p.days * f, out, err) &&
           (zp__scale_ns(p.ns, f, &out->ns) || zp_fail(err, "period out of range"));
}

static bool divide_period(zp_period p, double d, zp_period *out, zp_error *err)
{
    if (d == 0)
        return zp_fail(err, "divide by zero");
    return good_divisor(d, "period", err) && period_of(p.months / d, p.days / d, out, err) &&
           (zp__divide_ns(p.ns, d, &out->ns) || zp_fail(err, "period out of range"));
}

static bool same_period(zp_period x, zp_period y)
{
    return x.months == y.months && x.days == y.days && x.ns == y.ns;
}

EACH(per_equal, zp_period, zp_period, int8_t, z = same_period(x, y) == (j->op == ZP_OP_EQ))
EACH(per_per, zp_period, zp_period, zp_period,
     if (!add_periods(x, y, j->op == ZP_OP_SUB, &z, j->err)) return false)
EACH(per_mul_dbl, zp_period, double, zp_period, if (!scale_period(x, y, &z, j->err)) return false)
EACH(dbl_mul_per, double, zp_period, zp_period, if (!scale_period(y, x, &z, j->err)) return false)
EACH(per_div_dbl, zp_period, double, zp_period, if (!divide_period(x, y, &z, j->err)) return false)

/* t + p or t - p in the zone of the job; `cursor` remembers the transition from element to element. */
static bool move(const zp__job *j, int64_t t, zp_period p, int64_t *cursor, int64_t *out)
{
    if (j->op == ZP_OP_SUB) {
        if (p.months == INT32_MIN || p.days == INT32_MIN || p.ns == INT64_MIN)
            return zp_fail(j->err, "period out of range");
        p = (zp_period){ -p.months, -p.days, -p.ns };
    }
    return zp_instant_add_period(t, p.months, p.days, p.ns, j->zone, cursor, out, j->err);
}

static bool move_both(const zp__job *j, zp_interval i, zp_period p, int64_t cursor[2], zp_interval *out)
{
    *out = i;
    if (!move(j, i.start, p, &cursor[0], &out->start) || !move(j, i.end, p, &cursor[1], &out->end))
        return false;
    return out->start <= out->end || zp_fail(j->err, "interval end smaller than interval start");
}

#define EACH_MOVED(name, L, R, OUT, call)                \
    static bool name(const zp__job *j)                   \
    {                                                    \
        const L *pa = j->a;                              \
        const R *pb = j->b;                              \
        OUT *po = j->out;                                \
        int64_t cursor[2] = { 0, 0 };                    \
        for (int64_t i = 0; i < j->n; i++) {             \
            const L x = j->shape == ZP_SV ? *pa : pa[i]; \
            const R y = j->shape == ZP_VS ? *pb : pb[i]; \
            OUT z = { 0 };                               \
            if (!call)                                   \
                return false;                            \
            po[i] = z;                                   \
        }                                                \
        return true;                                     \
    }

EACH_MOVED(tim_per, int64_t, zp_period, int64_t, move(j, x, y, cursor, &z))
EACH_MOVED(per_tim, zp_period, int64_t, int64_t, move(j, y, x, cursor, &z))
EACH_MOVED(ivl_per, zp_interval, zp_period, zp_interval, move_both(j, x, y, cursor, &z))
EACH_MOVED(per_ivl, zp_period, zp_interval, zp_interval, move_both(j, y, x, cursor, &z))

/* ---------------------------------------------------------------- the table */

#define TYPES (ZP_STR + 1)
#define OPS   (ZP_OP_OR + 1)

#define COMPARISONS(f)                                                                                    \
    [ZP_OP_EQ] = { f, ZP_LGL, 0, 0 }, [ZP_OP_NE] = { f, ZP_LGL, 0, 0 }, [ZP_OP_LT] = { f, ZP_LGL, 0, 0 }, \
    [ZP_OP_LE] = { f, ZP_LGL, 0, 0 }, [ZP_OP_GT] = { f, ZP_LGL, 0, 0 }, [ZP_OP_GE] = { f, ZP_LGL, 0, 0 }
#define SURE(out, f)         \
    {                        \
        f, out, false, false \
    }
#define MAY_FAIL(out, f)    \
    {                       \
        f, out, false, true \
    }
#define ZONED(out, f)      \
    {                      \
        f, out, true, true \
    }

static const zp__pair pairs[TYPES][TYPES][OPS] = {
    [ZP_DBL] = { [ZP_DBL] = { [ZP_OP_ADD] = SURE(ZP_DBL, dbl_arith),
                              [ZP_OP_SUB] = SURE(ZP_DBL, dbl_arith),
                              [ZP_OP_MUL] = SURE(ZP_DBL, dbl_arith),
                              [ZP_OP_DIV] = SURE(ZP_DBL, dbl_arith),
                              [ZP_OP_MOD] = SURE(ZP_DBL, dbl_libm),
                              [ZP_OP_IDIV] = SURE(ZP_DBL, dbl_libm),
                              [ZP_OP_POW] = SURE(ZP_DBL, dbl_libm),
                              COMPARISONS(dbl_compare),
                              [ZP_OP_AND] = MAY_FAIL(ZP_LGL, dbl_logic),
                              [ZP_OP_OR] = MAY_FAIL(ZP_LGL, dbl_logic) },
                 [ZP_DUR] = { [ZP_OP_MUL] = MAY_FAIL(ZP_DUR, dbl_mul_dur) },
                 [ZP_PER] = { [ZP_OP_MUL] = MAY_FAIL(ZP_PER, dbl_mul_per) } },
    [ZP_LGL] = { [ZP_LGL] = { COMPARISONS(lgl_compare), [ZP_OP_AND] = SURE(ZP_LGL, lgl_logic),
                              [ZP_OP_OR] = SURE(ZP_LGL, lgl_logic) } },
    [ZP_TIM] = { [ZP_TIM] = { [ZP_OP_SUB] = MAY_FAIL(ZP_DUR, i64_to_duration), COMPARISONS(i64_compare) },
                 [ZP_DUR] = { [ZP_OP_ADD] = MAY_FAIL(ZP_TIM, i64_to_time),
                              [ZP_OP_SUB] = MAY_FAIL(ZP_TIM, i64_to_time) },
                 [ZP_PER] = { [ZP_OP_ADD] = ZONED(ZP_TIM, tim_per), [ZP_OP_SUB] = ZONED(ZP_TIM, tim_per) } },
    [ZP_DUR] = { [ZP_TIM] = { [ZP_OP_ADD] = MAY_FAIL(ZP_TIM, i64_to_time) },
                 [ZP_IVL] = { [ZP_OP_ADD] = MAY_FAIL(ZP_IVL, dur_ivl) },
                 [ZP_DUR] = { [ZP_OP_ADD] = MAY_FAIL(ZP_DUR, i64_to_duration),
                              [ZP_OP_SUB] = MAY_FAIL(ZP_DUR, i64_to_duration),
                              COMPARISONS(i64_compare) },
                 [ZP_DBL] = { [ZP_OP_MUL] = MAY_FAIL(ZP_DUR, dur_mul_dbl),
                              [ZP_OP_DIV] = MAY_FAIL(ZP_DUR, dur_div_dbl) } },
    [ZP_IVL] = { [ZP_IVL] = { COMPARISONS(ivl_compare) },
                 [ZP_DUR] = { [ZP_OP_ADD] = MAY_FAIL(ZP_IVL, ivl_dur),
                              [ZP_OP_SUB] = MAY_FAIL(ZP_IVL, ivl_dur) },
                 [ZP_PER] = { [ZP_OP_ADD] = ZONED(ZP_IVL, ivl_per), [ZP_OP_SUB] = ZONED(ZP_IVL, ivl_per) } },
    [ZP_PER] = { [ZP_PER] = { [ZP_OP_ADD] = MAY_FAIL(ZP_PER, per_per),
                              [ZP_OP_SUB] = MAY_FAIL(ZP_PER, per_per),
                              [ZP_OP_EQ] = SURE(ZP_LGL, per_equal),
                              [ZP_OP_NE] = SURE(ZP_LGL, per_equal) },
                 [ZP_DBL] = { [ZP_OP_MUL] = MAY_FAIL(ZP_PER, per_mul_dbl),
                              [ZP_OP_DIV] = MAY_FAIL(ZP_PER, per_div_dbl) },
                 [ZP_TIM] = { [ZP_OP_ADD] = ZONED(ZP_TIM, per_tim) },
                 [ZP_IVL] = { [ZP_OP_ADD] = ZONED(ZP_IVL, per_ivl) } },
    [ZP_STR] = { [ZP_STR] = { COMPARISONS(str_compare) } },
};

const zp__pair *zp__pair_find(zp_op op, zp_type a, zp_type b)
{
    const zp__pair *p;

    if ((int)op >= OPS || (int)a >= TYPES || (int)b >= TYPES)
        return NULL;
    p = &pairs[a][b][op];
    return p->run ? p : NULL;
}
