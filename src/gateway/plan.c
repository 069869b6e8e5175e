/* plan: statements by shape, and the way from a query to one.
 *
 *     build ──▶ tree ──shape──▶ bytes ──hash──▶ bucket ──equal──▶ statement
 *                                                  └──none──▶ SQL is written, once
 *
 * The statements of a plan table are limited in number; the one that was not used for the longest time goes first.  A statement is
 * counted: runs that still have it keep it alive. */
#include <string.h>

#include <xxhash.h>

#include "base/mem.h"
#include "gateway/build.h"
#include "gateway/compile_priv.h"

enum { BUCKETS = 256, PLANS_MAX = 1000 };

typedef struct plan {
    zp_statement statement; /* first: the backend gives it back */
    zp_arena *arena;        /* everything, the plan too */
    zp_schemas *set;        /* the tree points into it */
    struct plan *chain, *newer, *older;
    uint64_t hash;
    zp_slice shape;
    const uint32_t *order; /* parameters of the statement from those of the tree; NULL: as they are */
} plan;

struct zp_plans {
    zp_schemas *set;
    zp_dialect dialect;
    plan *buckets[BUCKETS];
    plan *newest, *oldest;
    int count;
};

struct zp_compiler {
    zp_buf shape;
    zp_param *params, *ordered;
    uint32_t cap, ordered_cap;
    zp_arena *arena; /* of the last query */
    zp__q_build *build;
    uint64_t shapes; /* numbers given to statements */
};

/* ---------------------------------------------------------------- tables */

zp_plans *zp_plans_new(zp_schemas *take_set, zp_dialect dialect, zp_error *err)
{
    zp_plans *plans = zp_new(zp_plans, err);

    if (!plans) {
        zp_schemas_free(take_set);
        return NULL;
    }
    plans->set = take_set;
    plans->dialect = dialect;
    return plans;
}

const zp_schemas *zp_plans_schemas(const zp_plans *plans)
{
    return plans->set;
}

static void unlink_plan(zp_plans *plans, plan *p)
{
    *(p->newer ? &p->newer->older : &plans->newest) = p->older;
    *(p->older ? &p->older->newer : &plans->oldest) = p->newer;
}

static void link_newest(zp_plans *plans, plan *p)
{
    p->newer = NULL;
    p->older = plans->newest;
    *(plans->newest ? &plans->newest->newer : &plans->oldest) = p;
    plans->newest = p;
}

static void drop(zp_plans *plans, plan *p)
{
    plan **at = &plans->buckets[p->hash % BUCKETS];

    while (*at != p)
        at = &(*at)->chain;
    *at = p->chain;
    unlink_plan(plans, p);
    plans->count--;
    zp_statement_unref(&p->statement);
}

void zp_plans_free(zp_plans *plans)
{
    if (!plans)
        return;
    while (plans->oldest)
        drop(plans, plans->oldest);
    zp_schemas_free(plans->set);
    zp_free(plans);
}

static plan *find(zp_plans *plans, uint64_t hash, const zp_buf *shape)
{
    plan *p = plans->buckets[hash % BUCKETS];

    while (p && !(p->hash == hash && p->shape.len == shape->len &&
                  memcmp(p->shape.ptr, shape->ptr, shape->len) == 0))
        p = p->chain;
    if (p && p != plans->newest) {
        unlink_plan(plans, p);
        link_newest(plans, p);
    }
    return p;
}

/* ---------------------------------------------------------------- a new statement */

static void release(zp_statement *s)
{
    plan *p = (plan *)(void *)s;

    zp_schemas_free(p->set);
    zp_arena_free(p->arena);
}

static void *keep(zp_arena *arena, const void *bytes, size_t len)
{
    return zp_arena_copy(arena, bytes ? bytes : "", len, NULL);
}

/* The steps of the answer with the addresses of their leads. */
static const zp_out *keep_out(zp_arena *arena, const zp__q_text *t)
{
    zp_out *out = keep(arena, t->out, (size_t)t->out_count * sizeof(*out));
    const char *leads = keep(arena, zp_buf_text(&t->leads), t->leads.len);

    for (int i = 0; out && leads && i < t->out_count; i++) {
        out[i].lead.ptr = leads;
        leads += out[i].lead.len;
    }
    return leads ? out : NULL;
}

/* The parameters stand in the text as they stand in the tree. */
static bool in_order(const zp__q_text *t)
{
    uint32_t i = 0;

    while (i < t->order_count && t->order[i] == i)
        i++;
    return i == t->order_count && i == t->query->param_count;
}

static bool keep_kinds(plan *p, const zp__q_text *t)
{
    zp_statement *s = &p->statement;
    uint32_t count = t->order ? t->order_count : t->query->param_count;
    uint8_t *kinds = zp_arena_alloc(p->arena, count + 1, NULL);

    if (t->order && !in_order(t) && !(p->order = keep(p->arena, t->order, count * sizeof(*t->order))))
        return false;
    for (uint32_t i = 0; kinds && i < count; i++)
        kinds[i] = (uint8_t)t->params[t->order ? t->order[i] : i].kind;
    s->kinds = kinds;
    s->param_count = (int)count;
    s->key_param = t->query->key_param;
    for (uint32_t i = 0; t->order && s->key_param >= 0 && i < count; i++)
        if ((int)t->order[i] == t->query->key_param) {
            s->key_param = (int)i;
            break;
        }
    return kinds != NULL;
}

static bool keep_text(plan *p, const zp__q_text *t, const zp_buf *shape)
{
    zp_statement *s = &p->statement;
    const char *sql = keep(p->arena, zp_buf_text(&t->sql), t->sql.len);

    s->kind = t->kind;
    s->quick = t->quick;
    s->write = t->query->kind != ZP_QUERY_SELECT && t->query->kind != ZP_QUERY_COUNT;
    s->sql = (zp_slice){ sql, t->sql.len };
    s->out = keep_out(p->arena, t);
    s->out_count = t->out_count;
    s->columns = t->columns;
    s->schema = keep(p->arena, t->query->sources[0].schema->name.ptr, t->query->sources[0].schema->name.len);
    p->shape = (zp_slice){ keep(p->arena, shape->ptr, shape->len), shape->len };
    s->release = release;
    s->refs = 1;
    return sql && s->out && s->schema && p->shape.ptr && keep_kinds(p, t);
}

static plan *plan_new(void)
{
    zp_arena *arena = zp_arena_new(NULL);
    plan *p = arena ? zp_arena_alloc(arena, sizeof(*p), NULL) : NULL;

    if (p)
        p->arena = arena;
    else
        zp_arena_free(arena);
    return p;
}

/* Backends that take the tree get one of their own: it lives as long as the statement. */
static bool keep_tree(zp_compiler *c, plan *p, const zp_schemas *set, const zp_wish *wish, int64_t now_us)
{
    zp__q_build *b = zp_arena_alloc(p->arena, sizeof(*b), NULL);
    zp_fault fault = { 0 };
    bool ok;

    if (!b)
        return false;
    b->arena = p->arena;
    b->set = set;
    b->dialect = ZP_DIALECT_SERIES;
    b->fault = &fault;
    b->now_us = now_us;
    ok = zp__q_build_query(b, wish);
    zp_free(b->params);
    b->params = NULL;
    b->fault = NULL;
    (void)c;
    p->statement.tree = &b->query;
    return ok;
}

static plan *make(zp_compiler *c, zp_plans *plans, const zp_wish *wish, uint64_t hash)
{
    zp__q_text t = { .dialect = plans->dialect, .query = &c->build->query, .params = c->params };
    plan *p = plan_new();
    bool ok = p != NULL;

    zp__q_sql_write(&t);
    if (plans->dialect ==
        ZP_DIALECT_SERIES) /* the writer has told the form of the answer; there is no text */
        zp_buf_clear(&t.sql);
    ok = ok && !t.failed && keep_text(p, &t, &c->shape) &&
         (plans->dialect != ZP_DIALECT_SERIES || keep_tree(c, p, plans->set, wish, c->build->now_us));
    zp_buf_fini(&t.sql);
    zp_buf_fini(&t.leads);
    zp_free(t.out);
    zp_free(t.order);
    if (!ok) {
        zp_arena_free(p ? p->arena : NULL);
        return NULL;
    }
    p->set = zp_schemas_ref(plans->set);
    p->statement.shape = ++c->shapes;
    p->hash = hash;
    p->chain = plans->buckets[hash % BUCKETS];
    plans->buckets[hash % BUCKETS] = p;
    link_newest(plans, p);
    if (++plans->count > PLANS_MAX)
        drop(plans, plans->oldest);
    return p;
}

/* ---------------------------------------------------------------- compiling */

zp_compiler *zp_compiler_new(zp_error *err)
{
    zp_compiler *c = zp_new(zp_compiler, err);

    if (!c)
        return NULL;
    c->build = zp_new(zp__q_build, err);
    if (!c->build) {
        zp_free(c);
        return NULL;
    }
    return c;
}

void zp_compiler_free(zp_compiler *c)
{
    if (!c)
        return;
    zp_arena_free(c->arena);
    zp_buf_fini(&c->shape);
    zp_free(c->params);
    zp_free(c->ordered);
    zp_free(c->build);
    zp_free(c);
}

static bool build(zp_compiler *c, const zp_schemas *set, zp_dialect dialect, const zp_wish *wish,
                  int64_t now_us, zp_fault *fault)
{
    zp__q_build *b = c->build;
    bool ok;

    *fault = (zp_fault){ 0 };
    zp_arena_free(c->arena);
    c->arena = zp_arena_new(NULL);
    if (!c->arena)
        return zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "the server is out of memory");
    *b = (zp__q_build){ .arena = c->arena, .set = set, .dialect = dialect, .fault = fault, .now_us = now_us };
    b->params = c->params;
    b->param_cap = c->cap;
    ok = zp__q_build_query(b, wish);
    c->params = b->params;
    c->cap = b->param_cap;
    return ok || zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "the server is out of memory");
}

const zp_query *zp_compile_tree(zp_compiler *c, const zp_schemas *set, zp_dialect dialect,
                                const zp_wish *wish, int64_t now_us, const zp_param **params, zp_fault *fault)
{
    if (!build(c, set, dialect, wish, now_us, fault))
        return NULL;
    *params = c->params;
    return &c->build->query;
}

/* The parameters in the order of the `?` of the text. */
static bool put_in_order(zp_compiler *c, const plan *p, zp_compiled *out)
{
    uint32_t count = (uint32_t)p->statement.param_count;

    out->params = c->params;
    if (!p->order)
        return true;
    if (count > c->ordered_cap) {
        zp_free(c->ordered);
        c->ordered_cap = 0;
        c->ordered = zp_alloc(count * sizeof(*c->ordered), NULL);
        if (!c->ordered)
            return false;
        c->ordered_cap = count;
    }
    for (uint32_t i = 0; i < count; i++)
        c->ordered[i] = c->params[p->order[i]];
    out->params = c->ordered;
    return true;
}

bool zp_compile(zp_compiler *c, zp_plans *plans, const zp_wish *wish, int64_t now_us, zp_compiled *out,
                zp_fault *fault)
{
    uint64_t hash;
    plan *p;

    *out = (zp_compiled){ .kind = wish->kind };
    if (!build(c, plans->set, plans->dialect, wish, now_us, fault))
        return false;
    zp_buf_clear(&c->shape);
    zp__q_shape(&c->shape, &c->build->query, c->params);
    hash = XXH3_64bits(c->shape.ptr, c->shape.len);
    p = c->shape.failed ? NULL : find(plans, hash, &c->shape);
    out->hit = p != NULL;
    if (!p && !c->shape.failed)
        p = make(c, plans, wish, hash);
    if (p && p->statement.param_count > ZP__BOUND_MAX)
        return zp__q_fault(fault, ZP_ZQL_PARSE_ERROR, "more values in one query than this database takes");
    if (!p || !put_in_order(c, p, out))
        return zp__q_fault(fault, ZP_ZQL_QUERY_ERROR, "the server is out of memory");
    out->statement = &p->statement;
    out->schema = c->build->query.sources[0].schema;
    out->unfiltered = c->build->query.where->op == ZP_EXPR_TRUE &&
                      (wish->kind == ZP_QUERY_UPDATE || wish->kind == ZP_QUERY_DELETE);
    return true;
}
