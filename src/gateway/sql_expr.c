/* sql_expr: names, parameters and conditions in the words of each dialect.
 *
 * Names come from schemas, are quoted, and their quotes doubled.  Values are parameters, always.  What differs between the backends and
 * must not (case, padding, collation) is said explicitly here. */
#include <string.h>

#include "base/mem.h"
#include "gateway/build.h"

enum { SQLITE_EXACT_DIGITS = 15, WIDE_LIST = 200, WIDE_INNER = 16 };

#define LITE(t) ((t)->dialect == ZP_DIALECT_SQLITE)
#define PG(t)   ((t)->dialect == ZP_DIALECT_POSTGRESQL)
#define MY(t)   ((t)->dialect == ZP_DIALECT_MARIADB)

static void put(zp__q_text *t, const char *text)
{
    zp_buf_puts(&t->sql, text);
}

/* ---------------------------------------------------------------- names */

static void quoted(zp__q_text *t, const char *ptr, size_t len)
{
    char quote = MY(t) ? '`' : '"';

    zp_buf_putc(&t->sql, quote);
    for (size_t i = 0; i < len; i++) {
        if (ptr[i] == quote)
            zp_buf_putc(&t->sql, quote);
        zp_buf_putc(&t->sql, ptr[i]);
    }
    zp_buf_putc(&t->sql, quote);
}

void zp__q_sql_name(zp__q_text *t, zp_slice name)
{
    const char *dot = memchr(name.ptr, '.', name.len);

    if (dot && dot > name.ptr &&
        dot + 1 < name.ptr + name.len) { /* a table of another schema of the backend */
        quoted(t, name.ptr, (size_t)(dot - name.ptr));
        zp_buf_putc(&t->sql, '.');
        name.len -= (size_t)(dot + 1 - name.ptr);
        name.ptr = dot + 1;
    }
    quoted(t, name.ptr, name.len);
}

void zp__q_sql_column(zp__q_text *t, uint16_t source, uint16_t field)
{
    const zp_schema *s = t->query->sources[source].schema;
    bool alone = t->query->source_count == 1 || (source == 0 && t->query->kind == ZP_QUERY_INSERT);

    if (!alone)
        zp_buf_printf(&t->sql, "t%d.", source);
    quoted(t, s->fields[field].column.ptr, s->fields[field].column.len);
}

static const zp_field *field_of(const zp__q_text *t, const zp_expr *e)
{
    return &t->query->sources[e->source].schema->fields[e->field];
}

/* A decimal that SQLite keeps as text. */
static bool long_decimal(const zp__q_text *t, const zp_expr *e)
{
    return LITE(t) && e->op == ZP_EXPR_FIELD && e->cls == ZP_CLS_DECIMAL &&
           field_of(t, e)->precision > SQLITE_EXACT_DIGITS;
}

/* A text column so that it compares by code points. */
static void exact_text(zp__q_text *t, uint16_t source, uint16_t field)
{
    if (MY(t))
        put(t, "CONVERT(");
    zp__q_sql_column(t, source, field);
    put(t, MY(t)   ? " USING utf8mb4) COLLATE utf8mb4_nopad_bin"
           : PG(t) ? " COLLATE \"C\""
                   : " COLLATE BINARY");
}

void zp__q_sql_ordered(zp__q_text *t, uint16_t source, uint16_t field)
{
    const zp_field *f = &t->query->sources[source].schema->fields[field];

    if (zp_class_of(f->type) == ZP_CLS_TEXT) {
        exact_text(t, source, field);
        return;
    }
    zp__q_sql_column(t, source, field);
    if (LITE(t) && f->type == ZP_ZQL_DECIMAL && f->precision > SQLITE_EXACT_DIGITS)
        put(t, " COLLATE zp_decimal");
}

/* ---------------------------------------------------------------- parameters */

static const char *const pg_types[] = {
    [ZP_CLS_BOOL] = "bool",     [ZP_CLS_INT] = "int8",     [ZP_CLS_DECIMAL] = "numeric",
    [ZP_CLS_DOUBLE] = "float8", [ZP_CLS_TEXT] = "text",    [ZP_CLS_DATETIME] = "timestamptz",
    [ZP_CLS_DATE] = "date",     [ZP_CLS_BINARY] = "bytea", [ZP_CLS_JSON] = "jsonb",
};

static void note_order(zp__q_text *t, uint32_t param)
{
    if (t->order_count == t->order_cap) {
        uint32_t cap = t->order_cap ? 2 * t->order_cap : 16;
        uint32_t *order = zp_realloc(t->order, cap * sizeof(*order), NULL);

        if (!order) {
            t->failed = true;
            return;
        }
        t->order = order;
        t->order_cap = cap;
    }
    t->order[t->order_count++] = param;
}

static void bare_param(zp__q_text *t, uint32_t param)
{
    if (!PG(t)) { /* SQLite takes long over many numbered ones */
        zp_buf_putc(&t->sql, '?');
        note_order(t, param);
        return;
    }
    zp_buf_printf(&t->sql, "$%u", param + 1);
}

void zp__q_sql_param(zp__q_text *t, uint32_t param, zp_class cls, int scale)
{
    bool cast = MY(t) && cls == ZP_CLS_DECIMAL && scale >= 0;

    if (cast)
        put(t, "CAST(");
    bare_param(t, param);
    if (cast)
        zp_buf_printf(&t->sql, " AS DECIMAL(65,%d))", scale);
    if (PG(t))
        zp_buf_printf(&t->sql, "::%s", pg_types[cls]);
}

/* ---------------------------------------------------------------- comparisons */

static const char *const signs[] = {
    [ZP_EXPR_EQ] = " = ",  [ZP_EXPR_NE] = " <> ", [ZP_EXPR_LT] = " < ",
    [ZP_EXPR_LE] = " <= ", [ZP_EXPR_GT] = " > ",  [ZP_EXPR_GE] = " >= ",
};

/* A text against a text or a parameter. */
static void compare_text(zp__q_text *t, const zp_expr *e)
{
    const zp_expr *l = e->args, *r = l->next;
    bool plain = e->op == ZP_EXPR_EQ && r->op == ZP_EXPR_PARAM;

    if (MY(t) && plain) { /* the first half finds it by index, the second makes it exact */
        zp_buf_putc(&t->sql, '(');
        zp__q_sql_column(t, l->source, l->field);
        put(t, " = ");
        bare_param(t, r->param);
        put(t, " AND ");
    }
    if (PG(t) && plain)
        zp__q_sql_column(t, l->source, l->field);
    else
        exact_text(t, l->source, l->field);
    put(t, signs[e->op]);
    if (r->op == ZP_EXPR_PARAM)
        zp__q_sql_param(t, r->param, ZP_CLS_TEXT, 0);
    else
        exact_text(t, r->source, r->field);
    if (MY(t) && plain)
        zp_buf_putc(&t->sql, ')');
}

/* Exact comparison of decimals that SQLite has no operator for. */
static bool by_function(const zp__q_text *t, const zp_expr *e)
{
    const zp_expr *l = e->args, *r = l->next;
    bool simple = l->op == ZP_EXPR_FIELD && (r->op == ZP_EXPR_PARAM || r->op == ZP_EXPR_FIELD);

    if (!LITE(t) || e->cls != ZP_CLS_DECIMAL)
        return false;
    return !simple || (r->op == ZP_EXPR_FIELD && (long_decimal(t, l) || long_decimal(t, r)));
}

static void side(zp__q_text *t, const zp_expr *e, const zp_expr *v)
{
    bool cast = LITE(t) && e->cls == ZP_CLS_DOUBLE && v->op != ZP_EXPR_PARAM &&
                (long_decimal(t, v) || (v->op != ZP_EXPR_FIELD && v->cls == ZP_CLS_DECIMAL));
    bool midnight = LITE(t) && e->cls == ZP_CLS_DATETIME && v->cls == ZP_CLS_DATE;

    put(t, cast ? "CAST(" : midnight ? "(" : "");
    zp__q_sql_value(t, v);
    put(t, cast ? " AS REAL)" : midnight ? " || ' 00:00:00.000000')" : "");
}

static void day_bound(zp__q_text *t, const zp_expr *l, uint32_t param, const char *sign, const char *days,
                      const char *otherwise)
{
    zp__q_sql_column(t, l->source, l->field);
    zp_buf_printf(&t->sql, " %s ifnull(date(", sign);
    bare_param(t, param);
    zp_buf_printf(&t->sql, ", '%s days'), '%s') AND ", days, otherwise);
}

/* SQLite keeps times as texts, and not only the gateway writes them: with or without decimals, a T, a zone.  The collation knows; the days
 * around let an index help. */
static void compare_time(zp__q_text *t, const zp_expr *e)
{
    const zp_expr *l = e->args, *r = l->next;
    bool param = r->op == ZP_EXPR_PARAM;

    put(t, "(");
    if (param && (e->op == ZP_EXPR_GT || e->op == ZP_EXPR_GE || e->op == ZP_EXPR_EQ))
        day_bound(t, l, r->param, ">=", "-1", "");
    if (param && (e->op == ZP_EXPR_LT || e->op == ZP_EXPR_LE || e->op == ZP_EXPR_EQ))
        day_bound(t, l, r->param, "<", "+2", "~");
    side(t, e, l);
    put(t, " COLLATE zp_time");
    put(t, signs[e->op]);
    side(t, e, r);
    put(t, ")");
}

static void compare(zp__q_text *t, const zp_expr *e)
{
    const zp_expr *l = e->args, *r = l->next;

    if (LITE(t) && e->cls == ZP_CLS_DATETIME) {
        compare_time(t, e);
        return;
    }

    if (e->cls == ZP_CLS_TEXT) {
        compare_text(t, e);
        return;
    }
    if (by_function(t, e)) {
        put(t, "zp_cmp(");
        zp__q_sql_value(t, l);
        put(t, ", ");
        zp__q_sql_value(t, r);
        zp_buf_printf(&t->sql, ")%s0", signs[e->op]);
        return;
    }
    side(t, e, l);
    if (long_decimal(t, l) && r->op == ZP_EXPR_PARAM)
        put(t, " COLLATE zp_decimal");
    put(t, signs[e->op]);
    side(t, e, r);
}

/* ---------------------------------------------------------------- IN and text operators */

static void list_of(zp__q_text *t, const zp_expr *e)
{
    put(t, " IN (");
    for (uint32_t i = 0; i < e->count; i++) {
        put(t, i ? ", " : "");
        zp__q_sql_param(t, e->param + i, (zp_class)e->cls, e->scale);
    }
    zp_buf_putc(&t->sql, ')');
}

static void in(zp__q_text *t, const zp_expr *e)
{
    const zp_expr *f = e->args;

    if (PG(t)) {
        zp__q_sql_column(t, f->source, f->field);
        put(t, " = ANY(");
        bare_param(t, e->param);
        zp_buf_printf(&t->sql, "::%s[])", pg_types[e->cls]);
        return;
    }
    if (e->cls != ZP_CLS_TEXT) {
        zp__q_sql_column(t, f->source, f->field);
        put(t, long_decimal(t, f)                     ? " COLLATE zp_decimal"
               : LITE(t) && e->cls == ZP_CLS_DATETIME ? " COLLATE zp_time"
                                                      : "");
        list_of(t, e);
        return;
    }
    if (MY(t)) {
        zp_buf_putc(&t->sql, '(');
        zp__q_sql_column(t, f->source, f->field);
        list_of(t, e);
        put(t, " AND ");
    }
    exact_text(t, f->source, f->field);
    list_of(t, e);
    put(t, MY(t) ? ")" : "");
}

static void search(zp__q_text *t, const zp_expr *e)
{
    static const char *const names[] = { "zp_has(", "zp_starts(", "zp_ends(" };
    const zp_expr *f = e->args;

    if (LITE(t)) {
        put(t, names[e->op - ZP_EXPR_CONTAINS]);
        put(t, e->fold ? "zp_fold(" : "");
        zp__q_sql_column(t, f->source, f->field);
        put(t, e->fold ? "), " : ", ");
        bare_param(t, f->next->param);
        zp_buf_putc(&t->sql, ')');
        return;
    }
    exact_text(t, f->source, f->field);
    put(t, !e->fold ? " LIKE " : PG(t) ? " ~ " : " REGEXP ");
    zp__q_sql_param(t, f->next->param, ZP_CLS_TEXT, 0);
    put(t, e->fold ? "" : " ESCAPE '|'");
}

/* ---------------------------------------------------------------- AND and OR */

int zp__q_expr_depth(const zp_expr *e)
{
    int most = 0;

    for (const zp_expr *a = e->args; a; a = a->next) {
        int d = zp__q_expr_depth(a);

        most = d > most ? d : most;
    }
    return most + 1;
}

/* SQLite counts `a AND b AND c …` as ever deeper; a CASE is flat. */
static void wide_list(zp__q_text *t, const zp_expr *e, int depth)
{
    bool all = e->op == ZP_EXPR_AND;

    put(t, "CASE");
    for (const zp_expr *a = e->args; a; a = a->next) {
        put(t, " WHEN (");
        zp__q_sql_condition(t, a, depth + 1);
        put(t, all ? ") IS NOT TRUE THEN 0" : ") THEN 1");
    }
    put(t, all ? " ELSE 1 END" : " ELSE 0 END");
}

/* The deepest first: SQLite's parser then has the fewest brackets open at a time. */
static void logic(zp__q_text *t, const zp_expr *e, int depth)
{
    const zp_expr *first = e->args;
    int most = 0;

    if (LITE(t) && e->count > (depth ? WIDE_INNER : WIDE_LIST)) {
        wide_list(t, e, depth);
        return;
    }
    for (const zp_expr *a = e->args; a && LITE(t); a = a->next) {
        int d = zp__q_expr_depth(a);

        if (d > most) {
            most = d;
            first = a;
        }
    }
    put(t, depth ? "(" : "");
    zp__q_sql_condition(t, first, depth + 1);
    for (const zp_expr *a = e->args; a; a = a->next) {
        if (a == first)
            continue;
        put(t, e->op == ZP_EXPR_AND ? " AND " : " OR ");
        zp__q_sql_condition(t, a, depth + 1);
    }
    put(t, depth ? ")" : "");
}

void zp__q_sql_condition(zp__q_text *t, const zp_expr *e, int depth)
{
    switch ((zp_expr_op)e->op) {
    case ZP_EXPR_TRUE: put(t, LITE(t) ? "1" : "TRUE"); break;
    case ZP_EXPR_FALSE: put(t, LITE(t) ? "0" : "FALSE"); break;
    case ZP_EXPR_AND:
    case ZP_EXPR_OR: logic(t, e, depth); break;
    case ZP_EXPR_IS_NULL:
    case ZP_EXPR_NOT_NULL:
        zp__q_sql_value(t, e->args);
        put(t, e->op == ZP_EXPR_IS_NULL ? " IS NULL" : " IS NOT NULL");
        break;
    case ZP_EXPR_IN: in(t, e); break;
    case ZP_EXPR_CONTAINS:
    case ZP_EXPR_STARTS:
    case ZP_EXPR_ENDS: search(t, e); break;
    default: compare(t, e); break;
    }
}
