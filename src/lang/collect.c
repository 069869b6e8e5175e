/* collect: frees frames and functions that only refer to each other.
 *
 * Trial deletion over the frames that outlived their call: for every object reachable from them (frames, functions,
 * lists, variable arguments, references) the references that come from inside are counted; an object with more
 * references than that is held from outside, and so is all it leads to.  What is left is garbage: the slots of its
 * frames are cleared, and counting does the rest. */
#include <stdlib.h>

#include "lang/machine.h"

typedef struct node {
    zp_obj *obj;
    uint32_t inside; /* references found from other nodes */
    bool alive;
} node;

typedef struct graph {
    node *nodes;
    size_t n, cap;
    uint32_t *index; /* open addressing: position + 1 of an object */
    size_t mask;
    uint32_t *work; /* nodes found alive whose edges have not been followed */
    size_t nwork;
    bool failed;
} graph;

static size_t hash_of(const zp_obj *obj)
{
    return (size_t)((uintptr_t)obj >> 4) * 0x9E3779B97F4A7C15u >> 16;
}

static node *find(graph *g, const zp_obj *obj)
{
    for (size_t i = hash_of(obj) & g->mask; g->index[i]; i = (i + 1) & g->mask)
        if (g->nodes[g->index[i] - 1].obj == obj)
            return &g->nodes[g->index[i] - 1];
    return NULL;
}

static void put_index(graph *g, size_t k)
{
    size_t i = hash_of(g->nodes[k].obj) & g->mask;

    while (g->index[i])
        i = (i + 1) & g->mask;
    g->index[i] = (uint32_t)k + 1;
}

static bool grow(graph *g)
{
    size_t cap = g->cap ? 2 * g->cap : 1024;
    node *nodes = realloc(g->nodes, cap * sizeof(node));
    uint32_t *index;

    if (!nodes)
        return false;
    g->nodes = nodes;
    index = calloc(2 * cap, sizeof(uint32_t));
    if (!index)
        return false;
    free(g->index);
    g->index = index;
    g->mask = 2 * cap - 1;
    g->cap = cap;
    for (size_t k = 0; k < g->n; k++)
        put_index(g, k);
    return true;
}

static void add(graph *g, zp_obj *obj)
{
    if (g->failed || (g->cap && find(g, obj)))
        return;
    if (g->n == g->cap && !grow(g)) {
        g->failed = true;
        return;
    }
    g->nodes[g->n] = (node){ .obj = obj };
    put_index(g, g->n++);
}

typedef void (*edge_fn)(graph *g, zp_obj *to);

static void value_edge(graph *g, const zp_value *v, edge_fn edge)
{
    if (v->boxed && (v->type == ZP_CLO || v->type == ZP_LIST || v->type == ZP_DOTS || v->type == ZP_REF))
        edge(g, v->u.obj);
}

/* Frames, and working environments whose context is gone; other tables live as long as somebody says so. */
static bool counted(const zp_env *env)
{
    return env->code || env->escaped;
}

static void edges(graph *g, zp_obj *obj, edge_fn edge)
{
    zp_env *env = (zp_env *)obj;
    size_t at = 0;
    zp_map_entry *e;

    switch (obj->type) {
    case ZP_ENV:
        for (uint32_t i = 0; i < env->nslots; i++)
            value_edge(g, &env->slots[i], edge);
        while (env->table && (e = zp_map_next(env->table, &at)))
            value_edge(g, &((zp_cell *)e->val.ptr)->value, edge);
        if (env->parent && counted(env->parent))
            edge(g, &env->parent->head);
        break;
    case ZP_CLO:
        if (counted(((zp_closure *)obj)->env))
            edge(g, &((zp_closure *)obj)->env->head);
        break;
    case ZP_LIST:
        for (int64_t i = 0; i < ((zp_list *)obj)->n; i++)
            value_edge(g, &((zp_list *)obj)->items[i], edge);
        break;
    case ZP_DOTS:
        for (int64_t i = 0; i < ((zp_dots *)obj)->n; i++)
            value_edge(g, &((zp_dots *)obj)->items[i], edge);
        break;
    case ZP_REF:
        if (counted(((zp_reference *)obj)->env))
            edge(g, &((zp_reference *)obj)->env->head);
        break;
    default: break;
    }
}

static void count_edge(graph *g, zp_obj *to)
{
    node *n = find(g, to);

    if (n)
        n->inside++;
}

static void mark_edge(graph *g, zp_obj *to)
{
    node *n = find(g, to);

    if (n && !n->alive) {
        n->alive = true;
        g->work[g->nwork++] = (uint32_t)(n - g->nodes);
    }
}

/* Everything an outside object leads to is alive. */
static bool mark(graph *g)
{
    g->work = malloc(g->n * sizeof(*g->work));
    if (!g->work)
        return false;
    for (size_t k = 0; k < g->n; k++)
        if (g->nodes[k].obj->refs > g->nodes[k].inside) {
            g->nodes[k].alive = true;
            g->work[g->nwork++] = (uint32_t)k;
        }
    while (g->nwork)
        edges(g, g->nodes[g->work[--g->nwork]].obj, mark_edge);
    return true;
}

void zp__env_collect(zp_engine *engine)
{
    graph g = { 0 };
    size_t kept = 0;

    for (zp_env *env = engine->escaped; env; env = env->next)
        add(&g, &env->head);
    for (size_t k = 0; k < g.n && !g.failed; k++)
        edges(&g, g.nodes[k].obj, add);
    if (g.failed || !g.n)
        goto done;
    for (size_t k = 0; k < g.n; k++)
        edges(&g, g.nodes[k].obj, count_edge);
    if (!mark(&g))
        goto done;
    for (size_t k = 0; k < g.n; k++)
        if (!g.nodes[k].alive && g.nodes[k].obj->type == ZP_ENV) {
            g.nodes[k].obj->refs++; /* lives until all are cleared */
            g.nodes[kept++] = g.nodes[k];
        }
    for (size_t k = 0; k < kept; k++)
        zp__env_clear((zp_env *)g.nodes[k].obj);
    for (size_t k = 0; k < kept; k++)
        zp_obj_unref(g.nodes[k].obj);
done:
    free(g.work);
    free(g.nodes);
    free(g.index);
}
