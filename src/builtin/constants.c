/* Constants of the base environment that are no functions. */
#include "builtin/tables.h"
#include "lang/lang.h"

#include <float.h>
#include <limits.h>
#include <math.h>

typedef bool (*bind_fn)(void *arg, const char *name, zp_value take, zp_error *err);

static bool bind_texts(void *arg, bind_fn bind, const char *name, const char *const *texts, int n,
                       zp_error *err)
{
    zp_value v = zp_vec(ZP_STR, n, err);

    for (int i = 0; !zp_bad(v) && i < n; i++) {
        zp_str *s = zp_str_from(texts[i], err);
        if (s)
            zp_str_put(v, i, s);
        else
            zp_value_clear(&v);
    }
    return !zp_bad(v) && bind(arg, name, v, err);
}

/* The alphabet from `first` on. */
static bool bind_alphabet(void *arg, bind_fn bind, const char *name, char first, zp_error *err)
{
    char texts[26][2];
    const char *list[26];

    for (int i = 0; i < 26; i++) {
        texts[i][0] = (char)(first + i);
        texts[i][1] = '\0';
        list[i] = texts[i];
    }
    return bind_texts(arg, bind, name, list, 26, err);
}

static bool bind_machine(void *arg, bind_fn bind, zp_error *err)
{
    zp_value v = zp_list_new(0, err);

    if (zp_bad(v))
        return false;
    if (!zp_list_add(&v, "double.eps", zp_dbl(DBL_EPSILON), err) ||
        !zp_list_add(&v, "double.xmin", zp_dbl(DBL_MIN), err) ||
        !zp_list_add(&v, "double.xmax", zp_dbl(DBL_MAX), err) ||
        !zp_list_add(&v, "integer.max", zp_dbl(INT_MAX), err)) {
        zp_value_unref(v);
        return false;
    }
    return bind(arg, ".Machine", v, err);
}

bool zp_base_constants(void *arg, bind_fn bind, zp_error *err)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    static const char *const abbreviated[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    return bind(arg, "pi", zp_dbl(M_PI), err) && bind_alphabet(arg, bind, "LETTERS", 'A', err) &&
           bind_alphabet(arg, bind, "letters", 'a', err) &&
           bind_texts(arg, bind, "month.name", months, 12, err) &&
           bind_texts(arg, bind, "month.abb", abbreviated, 12, err) && bind_machine(arg, bind, err);
}
