/* sql: statements around the conditions, and the program that turns rows into JSON.
 *
 * Source 0 is t0, a related one t1, t2 …; with one source there are no aliases.  An update or delete that is restricted by related rows
 * picks its keys by the same joins in a subquery. */
#include <string.h>

#include "base/mem.h"
#include "gateway/build.h"

static void put(zp__q_text *t, const char *text)
{
    zp_buf_puts(&t->sql, text);
}

static const zp_schema *root(const zp__q_text *t)
{
    return t->query->sources[0].schema;
}

/* ---------------------------------------------------------------- the form of the answer */

static zp_out *step(zp__q_text *t, zp_out_op op)
{
    if (t->out_count == t->out_cap) {
        int cap = t->out_cap ? 2 * t->out_cap : 16;
        zp_out *out = zp_realloc(t->out, (size_t)cap * sizeof(*out), NULL);

        if (!out) {
            t->failed = true;
            return NULL;
        }
        t->out = out;
        t->out_cap = cap;
    }
    t->out[t->out_count] = (zp_out){ .op = op, .column = -1 };
    return &t->out[t->out_count++];
}

/* The lead of the last step; it gets its address when all are there. */
static void lead(zp__q_text *t, const char *before, zp_slice name, const char *after)
{
    size_t from = t->leads.len;

    zp_buf_puts(&t->leads, before);
    if (name.len) {
        zp_json_put_string(&t->leads, name.ptr, name.len);
        zp_buf_putc(&t->leads, ':');
    }
    zp_buf_puts(&t->leads, after);
    if (t->out_count)
        t->out[t->out_count - 1].lead.len = t->leads.len - from;
}

static int column(zp__q_text *t, uint16_t source, uint16_t field)
{
    put(t, t->columns ? ", " : "");
    zp__q_sql_column(t, source, field);
    return t->columns++;
}

static void value_step(zp__q_text *t, const zp_field *f, int col, bool comma)
{
    zp_out *o = step(t, ZP_OUT_VALUE);

    if (!o)
        return;
    o->type = f->type;
    o->column = (int16_t)col;
    o->precision = (uint16_t)f->precision;
    o->scale = (uint16_t)f->scale;
    lead(t, comma ? "," : "", f->name, "");
}

static void picks(zp__q_text *t, uint16_t source, zp_slice name, bool comma)
{
    const zp_query_source *src = &t->query->sources[source];
    int open = t->out_count;
    zp_out *o = step(t, ZP_OUT_OPEN);

    if (!o)
        return;
    if (source && !src->inner) /* the referenced key says whether there is a row */
        o->column = (int16_t)column(
            t, source, (uint16_t)t->query->sources[src->parent].schema->fields[src->relation].references);
    lead(t, comma ? "," : "", name, "");
    for (uint16_t i = 0; i < src->pick_count; i++) {
        const zp_query_pick *p = &src->picks[i];

        if (p->source)
            picks(t, p->source, src->schema->fields[p->field].name, i > 0);
        else
            value_step(t, &src->schema->fields[p->field], column(t, source, p->field), i > 0);
    }
    step(t, ZP_OUT_CLOSE);
    if (!t->failed)
        t->out[open].skip = (uint16_t)t->out_count;
}

/* {"<name>": one value} */
static void single(zp__q_text *t, const char *name, zp_zql_type type)
{
    zp_out *o;

    step(t, ZP_OUT_OPEN);
    o = step(t, ZP_OUT_VALUE);
    if (o) {
        o->type = type;
        o->column = 0;
        lead(t, "", (zp_slice){ name, strlen(name) }, "");
    }
    step(t, ZP_OUT_CLOSE);
    t->columns = 1;
}

/* ---------------------------------------------------------------- FROM, WHERE, ORDER BY */

static void joins(zp__q_text *t, bool inner_only)
{
    const zp_query *q = t->query;

    zp__q_sql_name(t, root(t)->table);
    put(t, q->source_count > 1 ? " AS t0" : "");
    for (uint16_t i = 1; i < q->source_count; i++) {
        const zp_query_source *s = &q->sources[i];

        if (inner_only && !s->inner)
            continue;
        put(t, s->inner ? " JOIN " : " LEFT JOIN ");
        zp__q_sql_name(t, s->schema->table);
        zp_buf_printf(&t->sql, " AS t%d ON ", i);
        zp__q_sql_column(t, i, (uint16_t)q->sources[s->parent].schema->fields[s->relation].references);
        put(t, " = ");
        zp__q_sql_column(t, s->parent, s->relation);
    }
}

static void where(zp__q_text *t)
{
    if (t->query->where->op == ZP_EXPR_TRUE)
        return;
    put(t, " WHERE ");
    zp__q_sql_condition(t, t->query->where, 0);
}

static bool may_be_null(const zp_query *q, const zp_query_order *o)
{
    return !q->sources[o->source].inner || q->sources[o->source].schema->fields[o->field].nullable;
}

static void order_by(zp__q_text *t)
{
    const zp_query *q = t->query;

    for (uint16_t i = 0; i < q->order_count; i++) {
        const zp_query_order *o = &q->orders[i];
        bool page_key = q->window && i + 1 == q->order_count; /* any order does, as long as it is one */

        put(t, i ? ", " : " ORDER BY ");
        if (page_key)
            zp__q_sql_column(t, o->source, o->field);
        else
            zp__q_sql_ordered(t, o->source, o->field);
        put(t, o->down ? " DESC" : "");
        if (t->dialect == ZP_DIALECT_POSTGRESQL && may_be_null(q, o))
            put(t, o->down ? " NULLS LAST" : " NULLS FIRST");
    }
}

/* ---------------------------------------------------------------- statements */

static void select_rows(zp__q_text *t)
{
    const zp_query *q = t->query;

    t->kind = ZP_STMT_ROWS;
    put(t, "SELECT ");
    picks(t, 0, (zp_slice){ 0 }, false);
    put(t, " FROM ");
    joins(t, false);
    where(t);
    order_by(t);
    if (q->window) {
        put(t, " LIMIT ");
        zp__q_sql_param(t, q->window_param, ZP_CLS_INT, 0);
        put(t, " OFFSET ");
        zp__q_sql_param(t, q->window_param + 1, ZP_CLS_INT, 0);
    }
}

static void select_count(zp__q_text *t)
{
    t->kind = ZP_STMT_ROWS;
    put(t, "SELECT COUNT(*) FROM ");
    joins(t, true);
    where(t);
    single(t, "count", ZP_ZQL_BIGINT);
}

static void assigned(zp__q_text *t, const zp_assign *a)
{
    zp__q_sql_param(t, a->param, zp_class_of(root(t)->fields[a->field].type), -1);
}

static void quoted_column(zp__q_text *t, uint16_t field)
{
    zp__q_sql_name(t, (zp_slice){ root(t)->fields[field].column.ptr, root(t)->fields[field].column.len });
}

static void insert(zp__q_text *t)
{
    const zp_query *q = t->query;

    t->kind = ZP_STMT_INSERT;
    put(t, "INSERT INTO ");
    zp__q_sql_name(t, root(t)->table);
    put(t, " (");
    for (uint16_t i = 0; i < q->assign_count; i++) {
        put(t, i ? ", " : "");
        zp__q_sql_column(t, 0, q->assigns[i].field);
    }
    put(t, ") VALUES (");
    for (uint16_t i = 0; i < q->assign_count; i++) {
        put(t, i ? ", " : "");
        assigned(t, &q->assigns[i]);
    }
    put(t, ")");
    if (q->key_param >= 0 || t->dialect != ZP_DIALECT_POSTGRESQL)
        return;
    put(t, " RETURNING ");
    zp__q_sql_column(t, 0, (uint16_t)root(t)->key);
    t->kind = ZP_STMT_ROWS;
    single(t, "last_insert_id", root(t)->fields[root(t)->key].type);
}

/* Which rows an update or delete is for. */
static void target(zp__q_text *t)
{
    bool joined = false;

    for (uint16_t i = 1; i < t->query->source_count; i++)
        joined |= t->query->sources[i].inner;
    if (!joined && t->query->source_count == 1) {
        where(t);
        return;
    }
    put(t, " WHERE ");
    quoted_column(t, (uint16_t)root(t)->key);
    put(t, " IN (SELECT k FROM (SELECT ");
    zp__q_sql_column(t, 0, (uint16_t)root(t)->key);
    put(t, " AS k FROM ");
    joins(t, true);
    where(t);
    put(t, ") AS x)");
}

static void update(zp__q_text *t)
{
    const zp_query *q = t->query;

    t->kind = ZP_STMT_UPDATE;
    put(t, "UPDATE ");
    zp__q_sql_name(t, root(t)->table);
    put(t, " SET ");
    for (uint16_t i = 0; i < q->assign_count; i++) {
        put(t, i ? ", " : "");
        quoted_column(t, q->assigns[i].field);
        put(t, " = ");
        assigned(t, &q->assigns[i]);
    }
    target(t);
}

static void delete_rows(zp__q_text *t)
{
    t->kind = ZP_STMT_DELETE;
    put(t, "DELETE FROM ");
    zp__q_sql_name(t, root(t)->table);
    target(t);
}

/* One row at most: a key is asked for. */
static bool by_key(const zp_query *q, const zp_expr *e)
{
    const zp_field *f;

    if (e->op != ZP_EXPR_EQ || e->args->op != ZP_EXPR_FIELD || e->args->source != 0 ||
        e->args->next->op != ZP_EXPR_PARAM)
        return false;
    f = &q->sources[0].schema->fields[e->args->field];
    return f->unique || e->args->field == q->sources[0].schema->key;
}

static bool is_quick(const zp_query *q)
{
    if (q->kind != ZP_QUERY_SELECT && q->kind != ZP_QUERY_COUNT)
        return false;
    if (q->where->op != ZP_EXPR_AND)
        return by_key(q, q->where);
    for (const zp_expr *a = q->where->args; a; a = a->next)
        if (by_key(q, a))
            return true;
    return false;
}

void zp__q_sql_write(zp__q_text *t)
{
    static void (*const writers[])(zp__q_text *) = {
        [ZP_QUERY_INSERT] = insert, [ZP_QUERY_SELECT] = select_rows, [ZP_QUERY_COUNT] = select_count,
        [ZP_QUERY_UPDATE] = update, [ZP_QUERY_DELETE] = delete_rows,
    };

    writers[t->query->kind](t);
    t->quick = is_quick(t->query);
    t->failed |= t->sql.failed || t->leads.failed;
}
