/* sqlite_calc: arithmetic and comparison as the other backends have them.
 *
 *     zp_calc('vv+iv*d', a, b, c)    (a + b) * c: `v` pushes the next argument, an operator is followed by how it computes:
 *                                    i whole numbers of 64 bits, d exact decimals, f doubles
 *     zp_cmp(a, b)                   -1, 0, 1: numbers of any kind compared exactly
 *     collation zp_decimal           decimals that are kept as text, by value
 *
 * SQLite's own operators leave 64 bits for doubles without a word, and know no decimals.  A null makes the result null, so does a
 * division by zero; leaving the range is the error "integer overflow". */
#include <math.h>
#include <string.h>

#include "backend/sqlite_priv.h"
#include "base/decimal.h"
#include "base/number.h"

enum { STACK = 127 };

typedef struct cell {
    enum { CELL_INT, CELL_DBL, CELL_DEC } kind;
    union {
        int64_t num;
        double dbl;
        struct {
            const char *text;
            int len;
        };
        zp_dec *dec;
    };
    bool is_text; /* DEC: still text */
} cell;

typedef struct calc {
    cell stack[STACK];
    zp_dec decs[STACK]; /* results; as deep as the stack */
    int depth;
    bool null;
} calc;

static cell cell_of(sqlite3_value *v)
{
    cell c = { .kind = CELL_INT };

    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER: c.num = sqlite3_value_int64(v); break;
    case SQLITE_FLOAT:
        c.kind = CELL_DBL;
        c.dbl = sqlite3_value_double(v);
        break;
    default:
        c.kind = CELL_DEC;
        c.is_text = true;
        c.text = (const char *)sqlite3_value_text(v);
        c.len = sqlite3_value_bytes(v);
    }
    return c;
}

/* ---------------------------------------------------------------- a cell as what an operator wants */

static bool as_dec(const cell *c, zp_dec *to)
{
    char text[ZP_SHORTEST_MAX];

    if (c->kind == CELL_INT) {
        zp_dec_of_int(c->num, to);
        return true;
    }
    if (c->kind == CELL_DBL)
        return zp_dec_read(text, zp_number_shortest(text, c->dbl), to) == ZP_DEC_OK;
    if (!c->is_text) {
        *to = *c->dec;
        return true;
    }
    return c->text && zp_dec_read(c->text, (size_t)c->len, to) == ZP_DEC_OK;
}

static bool as_dbl(const cell *c, double *to)
{
    char text[ZP_DEC_TEXT];

    if (c->kind == CELL_INT)
        *to = (double)c->num;
    else if (c->kind == CELL_DBL)
        *to = c->dbl;
    else if (c->is_text)
        return c->text && zp_number_from(c->text, (size_t)c->len, to);
    else
        return zp_number_from(text, zp_dec_write(c->dec, text), to);
    return true;
}

static bool as_int(const cell *c, int64_t *to)
{
    zp_dec d;

    if (c->kind == CELL_INT) {
        *to = c->num;
        return true;
    }
    return as_dec(c, &d) && zp_dec_floor(&d, 0) && zp_dec_to_int(&d, to);
}

/* ---------------------------------------------------------------- operators: false is an overflow */

static bool by_int(calc *k, char op, const cell *a, const cell *b, cell *out)
{
    int64_t x, y;

    if (!as_int(a, &x) || !as_int(b, &y))
        return false;
    out->kind = CELL_INT;
    switch (op) {
    case '+': return !__builtin_add_overflow(x, y, &out->num);
    case '-': return !__builtin_sub_overflow(x, y, &out->num);
    case '*': return !__builtin_mul_overflow(x, y, &out->num);
    default:
        k->null = y == 0;
        out->num = y == 0 || y == -1 ? 0 : x % y;
        return true;
    }
}

static bool by_dbl(calc *k, char op, const cell *a, const cell *b, cell *out)
{
    double x, y, r;

    if (!as_dbl(a, &x) || !as_dbl(b, &y))
        return false;
    k->null = (op == '/' || op == '%') && y == 0;
    r = op == '+'   ? x + y
        : op == '-' ? x - y
        : op == '*' ? x * y
        : k->null   ? 0
        : op == '/' ? x / y
                    : fmod(x, y);
    out->kind = CELL_DBL;
    out->dbl = r;
    return isfinite(r) || !isfinite(x) || !isfinite(y);
}

static bool by_dec(calc *k, char op, const cell *a, const cell *b, cell *out)
{
    zp_dec x, y, *to = &k->decs[k->depth];

    if (!as_dec(a, &x) || !as_dec(b, &y))
        return false;
    out->kind = CELL_DEC;
    out->is_text = false;
    out->dec = to;
    switch (op) {
    case '+': return zp_dec_add(&x, &y, to);
    case '-': return zp_dec_sub(&x, &y, to);
    case '*': return zp_dec_mul(&x, &y, to);
    default: k->null = y.len == 0; return k->null || zp_dec_mod(&x, &y, to);
    }
}

static bool operate(calc *k, char op, char way)
{
    cell a, b, out = { .kind = CELL_INT };
    bool ok;

    if (k->depth < 2)
        return false;
    b = k->stack[--k->depth];
    a = k->stack[--k->depth];
    ok = way == 'i'   ? by_int(k, op, &a, &b, &out)
         : way == 'd' ? by_dec(k, op, &a, &b, &out)
                      : by_dbl(k, op, &a, &b, &out);
    k->stack[k->depth++] = out;
    return ok;
}

static void give(sqlite3_context *ctx, const cell *c)
{
    char text[ZP_DEC_TEXT];

    if (c->kind == CELL_INT)
        sqlite3_result_int64(ctx, c->num);
    else if (c->kind == CELL_DBL)
        sqlite3_result_double(ctx, c->dbl);
    else if (c->is_text)
        sqlite3_result_text(ctx, c->text, c->len, SQLITE_TRANSIENT);
    else
        sqlite3_result_text(ctx, text, (int)zp_dec_write(c->dec, text), SQLITE_TRANSIENT);
}

static void calculate(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    const char *program = n ? (const char *)sqlite3_value_text(args[0]) : NULL;
    calc k;
    int next = 1;

    k.depth = 0;
    k.null = false;
    for (int i = 1; i < n; i++)
        if (sqlite3_value_type(args[i]) == SQLITE_NULL)
            return;
    while (program && *program && !k.null) {
        if (*program == 'v') {
            if (next == n || k.depth == STACK)
                return;
            k.stack[k.depth++] = cell_of(args[next++]);
            program++;
            continue;
        }
        if (!operate(&k, program[0], program[1])) {
            sqlite3_result_error(ctx, "integer overflow", -1);
            return;
        }
        program += 2;
    }
    if (!k.null && k.depth == 1)
        give(ctx, &k.stack[0]);
}

/* ---------------------------------------------------------------- order */

static void compare(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    cell a, b;
    zp_dec x, y;

    if (sqlite3_value_type(args[0]) == SQLITE_NULL || sqlite3_value_type(args[1]) == SQLITE_NULL)
        return;
    a = cell_of(args[0]);
    b = cell_of(args[1]);
    if (as_dec(&a, &x) && as_dec(&b, &y))
        sqlite3_result_int(ctx, zp_dec_cmp(&x, &y));
}

static int collate(void *arg, int a_len, const void *a, int b_len, const void *b)
{
    int shorter = a_len < b_len ? a_len : b_len, c;
    zp_dec x, y;

    if (zp_dec_read(a, (size_t)a_len, &x) == ZP_DEC_OK && zp_dec_read(b, (size_t)b_len, &y) == ZP_DEC_OK)
        return zp_dec_cmp(&x, &y);
    c = memcmp(a, b, (size_t)shorter);
    return c ? c : a_len - b_len;
}

bool zp__sqlite_calc(sqlite3 *db)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };

    return sqlite3_create_function_v2(db, "zp_calc", -1, FLAGS, NULL, calculate, NULL, NULL, NULL) ==
               SQLITE_OK &&
           sqlite3_create_function_v2(db, "zp_cmp", 2, FLAGS, NULL, compare, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_collation_v2(db, "zp_decimal", SQLITE_UTF8, NULL, collate, NULL) == SQLITE_OK;
}
