/* series_eval: conditions and values over the rows of a series.
 *
 * The key of the schema is the time: a datetime (microseconds; what lies below is cut off, as it is shown) or a bigint
 * (nanoseconds).  Every other field is a column of doubles, found by its name; NaN is null. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/series_priv.h"

/* ---------------------------------------------------------------- fields and columns */

static bool numeric(zp_zql_type type)
{
    return type == ZP_ZQL_INT || type == ZP_ZQL_SMALLINT || type == ZP_ZQL_BIGINT || type == ZP_ZQL_DECIMAL ||
           type == ZP_ZQL_DOUBLE || type == ZP_ZQL_BOOLEAN;
}

bool zp__series_map(zp__series_scan *s)
{
    const zp_zql_type key = s->schema->fields[s->schema->key].type;
    int32_t next = 0;

    if (key != ZP_ZQL_DATETIME && key != ZP_ZQL_BIGINT) {
        zp__failure_set(s->failure, ZP_RUN_BACKEND,
                        "the key of a series is its time: a datetime or a bigint");
        return false;
    }
    s->key_ns = key == ZP_ZQL_BIGINT;
    for (int i = 0; i < s->schema->count; i++) {
        const zp_field *f = &s->schema->fields[i];

        if (i == s->schema->key) {
            s->column[i] = ZP_SERIES_KEY;
            continue;
        }
        s->column[i] = s->view.named            ? (int32_t)zp__series_column(&s->view, f->column)
                       : next < s->view.columns ? next++
                                                : ZP_SERIES_NONE;
        if (s->column[i] < 0 || !numeric(f->type)) {
            zp__failure_set(s->failure, ZP_RUN_BACKEND,
                            "the series has no numeric column for the field '%.*s'", (int)f->name.len,
                            f->name.ptr);
            return false;
        }
    }
    return true;
}

/* ---------------------------------------------------------------- values */

static zp__series_value of_int(int64_t num)
{
    return (zp__series_value){ ZP_SV_INT, num, (double)num };
}

static zp__series_value of_double(double d)
{
    return isnan(d) ? (zp__series_value){ ZP_SV_NULL, 0, 0 } : (zp__series_value){ ZP_SV_DOUBLE, 0, d };
}

static int64_t micros(int64_t ns)
{
    return ns / 1000 - (ns % 1000 < 0);
}

zp__series_value zp__series_field(const zp__series_scan *s, int field, int64_t row)
{
    zp_zql_type type = s->schema->fields[field].type;
    int32_t j = s->column[field];
    double d;

    if (j == ZP_SERIES_KEY) {
        int64_t ns = s->view.times[row];
        return of_int(s->key_ns ? ns : micros(ns));
    }
    d = s->view.data[j * s->view.stride + row];
    if (isnan(d) || type == ZP_ZQL_DOUBLE || type == ZP_ZQL_DECIMAL || fabs(d) >= 9.2e18 || d != floor(d))
        return of_double(d);
    return of_int(type == ZP_ZQL_BOOLEAN ? d != 0 : (int64_t)d);
}

zp__series_value zp__series_param(const zp_param *p)
{
    char text[80];

    if (p->null || p->kind == ZP_PARAM_NULL)
        return (zp__series_value){ ZP_SV_NULL, 0, 0 };
    switch (p->kind) {
    case ZP_PARAM_BOOL:
    case ZP_PARAM_INT:
    case ZP_PARAM_DATETIME: return of_int(p->num);
    case ZP_PARAM_DOUBLE: return of_double(p->dbl);
    case ZP_PARAM_DECIMAL:
        if (p->text.len >= sizeof(text))
            return (zp__series_value){ ZP_SV_NULL, 0, 0 };
        memcpy(text, p->text.ptr, p->text.len);
        text[p->text.len] = '\0';
        return of_double(strtod(text, NULL));
    default: return (zp__series_value){ ZP_SV_NULL, 0, 0 };
    }
}

static bool overflow(const zp__series_scan *s)
{
    if (!s->failure->error)
        *s->failure = (zp_failure){ .error = ZP_RUN_OVERFLOW };
    return false;
}

/* Exact integers while both are; else doubles. */
static zp__series_value calculate(const zp__series_scan *s, const zp_expr *e, zp__series_value a,
                                  zp__series_value b)
{
    bool exact = a.kind == ZP_SV_INT && b.kind == ZP_SV_INT, bad = false;
    int64_t n = 0;

    if (a.kind == ZP_SV_NULL || b.kind == ZP_SV_NULL)
        return (zp__series_value){ ZP_SV_NULL, 0, 0 };
    switch (e->op) {
    case ZP_EXPR_ADD: bad = exact && __builtin_add_overflow(a.num, b.num, &n); break;
    case ZP_EXPR_SUB: bad = exact && __builtin_sub_overflow(a.num, b.num, &n); break;
    case ZP_EXPR_MUL: bad = exact && __builtin_mul_overflow(a.num, b.num, &n); break;
    case ZP_EXPR_DIV: return of_double(b.dbl == 0 ? NAN : a.dbl / b.dbl);
    default: /* MOD */
        if (b.dbl == 0)
            return of_double(NAN);
        if (!exact)
            return of_double(fmod(a.dbl, b.dbl));
        return of_int(b.num == -1 ? 0 : a.num % b.num);
    }
    if (bad) {
        overflow(s);
        return (zp__series_value){ ZP_SV_NULL, 0, 0 };
    }
    if (exact)
        return of_int(n);
    return of_double(e->op == ZP_EXPR_ADD   ? a.dbl + b.dbl
                     : e->op == ZP_EXPR_SUB ? a.dbl - b.dbl
                                            : a.dbl * b.dbl);
}

static zp__series_value value_of(const zp__series_scan *s, const zp_expr *e, int64_t row)
{
    zp__series_value v;

    if (e->op == ZP_EXPR_FIELD)
        return zp__series_field(s, e->field, row);
    if (e->op == ZP_EXPR_PARAM)
        return zp__series_param(&s->params[e->param]);
    v = value_of(s, e->args, row);
    for (const zp_expr *a = e->args->next; a; a = a->next)
        v = calculate(s, e, v, value_of(s, a, row));
    return v;
}

/* ---------------------------------------------------------------- conditions */

static int compare(zp__series_value a, zp__series_value b)
{
    if (a.kind == ZP_SV_INT && b.kind == ZP_SV_INT)
        return a.num < b.num ? -1 : a.num > b.num;
    return a.dbl < b.dbl ? -1 : a.dbl > b.dbl;
}

static bool compared(const zp__series_scan *s, const zp_expr *e, int64_t row)
{
    zp__series_value a = value_of(s, e->args, row), b = value_of(s, e->args->next, row);

    if (a.kind == ZP_SV_NULL || b.kind == ZP_SV_NULL)
        return false;
    return zp_expr_holds((zp_expr_op)e->op, compare(a, b));
}

static bool among(const zp__series_scan *s, const zp_expr *e, int64_t row)
{
    zp__series_value v = value_of(s, e->args, row);

    for (uint32_t i = 0; v.kind != ZP_SV_NULL && i < e->count; i++) {
        if (compare(v, zp__series_param(&s->params[e->param + i])) == 0)
            return true;
    }
    return false;
}

bool zp__series_holds(const zp__series_scan *s, const zp_expr *e, int64_t row)
{
    switch (e->op) {
    case ZP_EXPR_TRUE: return true;
    case ZP_EXPR_FALSE: return false;
    case ZP_EXPR_AND:
        for (const zp_expr *a = e->args; a; a = a->next) {
            if (!zp__series_holds(s, a, row))
                return false;
        }
        return true;
    case ZP_EXPR_OR:
        for (const zp_expr *a = e->args; a; a = a->next) {
            if (zp__series_holds(s, a, row))
                return true;
        }
        return false;
    case ZP_EXPR_IS_NULL: return value_of(s, e->args, row).kind == ZP_SV_NULL;
    case ZP_EXPR_NOT_NULL: return value_of(s, e->args, row).kind != ZP_SV_NULL;
    case ZP_EXPR_IN: return among(s, e, row);
    case ZP_EXPR_CONTAINS:
    case ZP_EXPR_STARTS:
    case ZP_EXPR_ENDS: return false; /* there is no text */
    default: return compared(s, e, row);
    }
}

/* ---------------------------------------------------------------- bounds */

/* The first row whose key is >= `at` (`above`: > `at`). */
static int64_t first_row(const zp__series_scan *s, int64_t at, bool above)
{
    int64_t ns = at;

    if (above && __builtin_add_overflow(at, 1, &at))
        return s->view.rows;
    ns = at;
    if (!s->key_ns && __builtin_mul_overflow(at, 1000, &ns))
        return at < 0 ? 0 : s->view.rows;
    return zp__series_row_at(&s->view, ns);
}

static void bound(const zp__series_scan *s, uint8_t op, int64_t at, int64_t *low, int64_t *high)
{
    int64_t row;

    if (op == ZP_EXPR_EQ || op == ZP_EXPR_GE || op == ZP_EXPR_GT) {
        row = first_row(s, at, op == ZP_EXPR_GT);
        *low = row > *low ? row : *low;
    }
    if (op == ZP_EXPR_EQ || op == ZP_EXPR_LE || op == ZP_EXPR_LT) {
        row = first_row(s, at, op != ZP_EXPR_LT);
        *high = row < *high ? row : *high;
    }
}

static uint8_t turned(uint8_t op)
{
    switch (op) {
    case ZP_EXPR_LT: return ZP_EXPR_GT;
    case ZP_EXPR_LE: return ZP_EXPR_GE;
    case ZP_EXPR_GT: return ZP_EXPR_LT;
    case ZP_EXPR_GE: return ZP_EXPR_LE;
    default: return op;
    }
}

void zp__series_bounds(const zp__series_scan *s, const zp_expr *e, int64_t *low, int64_t *high)
{
    const zp_expr *a = e->args, *b = a ? a->next : NULL;
    zp__series_value v;
    bool swap;

    if (e->op == ZP_EXPR_FALSE)
        *high = *low;
    if (e->op == ZP_EXPR_AND) {
        for (; a; a = a->next)
            zp__series_bounds(s, a, low, high);
        return;
    }
    if (e->op < ZP_EXPR_EQ || e->op > ZP_EXPR_GE || e->op == ZP_EXPR_NE)
        return;
    swap = a->op == ZP_EXPR_PARAM;
    if (swap) {
        const zp_expr *c = a;
        a = b;
        b = c;
    }
    if (a->op != ZP_EXPR_FIELD || b->op != ZP_EXPR_PARAM || s->column[a->field] != ZP_SERIES_KEY)
        return;
    v = zp__series_param(&s->params[b->param]);
    if (v.kind == ZP_SV_INT)
        bound(s, swap ? turned(e->op) : e->op, v.num, low, high);
}

void zp__series_cell(zp__series_value v, zp_zql_type type, bool key_time, zp_result_cell *cell)
{
    if (v.kind == ZP_SV_NULL) {
        *cell = (zp_result_cell){ .kind = ZP_CELL_NULL };
    } else if (key_time) {
        *cell = (zp_result_cell){ .kind = ZP_CELL_MICROS, .num = v.num };
    } else if (v.kind == ZP_SV_INT) {
        *cell = (zp_result_cell){ .kind = type == ZP_ZQL_BOOLEAN ? ZP_CELL_BOOL : ZP_CELL_INT, .num = v.num };
    } else {
        *cell = (zp_result_cell){ .kind = ZP_CELL_DOUBLE, .dbl = v.dbl };
    }
}
