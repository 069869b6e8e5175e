/* related: relations as further sources, and which values of which source a row shows.
 *
 * Several subqueries for one relation lead to one source: all their conditions hold, what they show is united. */
#include <string.h>

#include "gateway/build.h"
#include "gateway/compile_priv.h"

/* The source behind a relation, made when it is not there. */
static bool reach(zp__q_build *b, uint16_t parent, int relation, int depth, uint16_t *out)
{
    if (depth > ZP__DEPTH_MAX)
        return zp__q_bad_shape(b, "related queries more than %d deep", ZP__DEPTH_MAX);
    for (uint16_t i = 1; i < b->source_count; i++)
        if (b->sources[i].parent == parent && b->sources[i].relation == relation) {
            *out = i;
            return true;
        }
    if (b->source_count == ZP__SOURCES_MAX)
        return zp__q_bad_shape(b, "more than %d related queries", ZP__SOURCES_MAX - 1);
    *out = b->source_count++;
    b->sources[*out] = (zp_query_source){ .schema = b->sources[parent].schema->fields[relation].target,
                                          .parent = parent,
                                          .relation = (uint16_t)relation };
    return true;
}

static bool subquery(zp__q_build *b, const zp_json *query, uint16_t source, int depth)
{
    if (query->kind != ZP_JSON_OBJECT)
        return zp__q_bad_shape(b, "a related query must be an object, not %s", zp_json_kind_name(query));
    return zp__q_subquery_head(b, query, b->sources[source].schema) && zp__q_projection(b, query, source) &&
           zp__q_sort(b, query, source) && zp__q_filters(b, query, source) &&
           zp__q_related(b, query, source, depth);
}

static bool relation(zp__q_build *b, const zp_json *m, uint16_t parent, int depth)
{
    const zp_schema *s = b->sources[parent].schema;
    int field = zp_schema_field(s, m->key.ptr, m->key.len);
    uint16_t source = 0;

    if (field < 0)
        return zp__q_unknown_field(b, s, m->key);
    if (!zp_field_is_relation(&s->fields[field]))
        return zp__q_bad_field(b, s, s->fields[field].name, "is no relation");
    if (!reach(b, parent, field, depth + 1, &source))
        return false;
    if (m->kind != ZP_JSON_ARRAY)
        return subquery(b, m, source, depth + 1);
    if (!m->count)
        return zp__q_bad_shape(b, "an empty list of related queries");
    for (const zp_json *q = m->first; q; q = q->next)
        if (!subquery(b, q, source, depth + 1))
            return false;
    return true;
}

bool zp__q_related(zp__q_build *b, const zp_json *query, uint16_t source, int depth)
{
    const zp_json *rf;

    if (!zp__q_object_of(b, query, "rf", &rf))
        return false;
    for (const zp_json *m = rf ? rf->first : NULL; m; m = m->next)
        if (!relation(b, m, source, depth))
            return false;
    return true;
}

/* ---------------------------------------------------------------- what a row shows */

static uint16_t source_of(const zp__q_build *b, uint16_t parent, uint16_t field)
{
    for (uint16_t i = 1; i < b->source_count; i++)
        if (b->sources[i].parent == parent && b->sources[i].relation == field)
            return i;
    return 0;
}

static bool picks_of(zp__q_build *b, uint16_t source)
{
    zp_query_source *src = &b->sources[source];
    const zp__q_shown *shown = &b->shown[source];
    uint16_t n = 0, fields = (uint16_t)src->schema->count;
    zp_query_pick *picks = zp__q_get(b, ((size_t)fields + ZP__SOURCES_MAX) * sizeof(*picks));

    if (!picks)
        return false;
    for (uint16_t i = 0; i < (shown->all ? fields : shown->count); i++) {
        uint16_t field = shown->all ? i : shown->fields[i];

        picks[n++] = (zp_query_pick){ field, source_of(b, source, field) };
    }
    for (uint16_t i = 1; i < b->source_count; i++) { /* relations are shown even when nobody named them */
        uint16_t at = 0;

        if (b->sources[i].parent != source)
            continue;
        while (at < n && picks[at].source != i)
            at++;
        if (at == n)
            picks[n++] = (zp_query_pick){ b->sources[i].relation, i };
    }
    src->picks = picks;
    src->pick_count = n;
    return true;
}

bool zp__q_picks(zp__q_build *b)
{
    for (uint16_t i = 0; i < b->source_count; i++)
        if (!picks_of(b, i))
            return false;
    return true;
}
