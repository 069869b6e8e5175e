/* write: the values of insert and update; nothing goes out before all of them fit. */
#include <string.h>

#include "gateway/build.h"

typedef struct assigns {
    zp_assign *all;
    uint16_t count;
} assigns;

static bool has(const assigns *a, int field)
{
    for (uint16_t i = 0; i < a->count; i++)
        if (a->all[i].field == field)
            return true;
    return false;
}

static bool add(zp__q_build *b, assigns *a, int field, const zp_param *value)
{
    zp_param *place = zp__q_param(b);

    if (!place)
        return false;
    *place = *value;
    a->all[a->count++] = (zp_assign){ .field = (uint16_t)field, .param = b->param_count - 1 };
    return true;
}

/* The fields that the query names. */
static bool given(zp__q_build *b, const zp_json *query, assigns *a)
{
    const zp_schema *s = b->sources[0].schema;
    const zp_json *fl;
    zp_param value;

    a->all = zp__q_get(b, (size_t)s->count * sizeof(*a->all));
    a->count = 0;
    if (!a->all || !zp__q_object_of(b, query, "fl", &fl))
        return false;
    if (!fl)
        return zp__q_fault(b->fault, ZP_ZQL_FIELD_ERROR, "fl is empty: no fields to write in schema '%s'",
                           s->name.ptr);
    for (const zp_json *m = fl->first; m; m = m->next) {
        int field = zp_schema_field(s, m->key.ptr, m->key.len);

        if (field < 0)
            return zp__q_unknown_field(b, s, m->key);
        if (has(a, field))
            return zp__q_bad_field(b, s, m->key, "is named twice");
        if (!zp__q_store(b, s, &s->fields[field], m, &value) || !add(b, a, field, &value))
            return false;
    }
    return true;
}

static zp_param now_of(const zp__q_build *b, const zp_field *f)
{
    zp_param p = { .kind = zp__q_param_kind_of(f->type), .num = b->now_us };
    int64_t day = INT64_C(86400000000);

    if (f->type == ZP_ZQL_DATE)
        p.num = b->now_us / day - (b->now_us % day < 0);
    return p;
}

static bool default_of(zp__q_build *b, const zp_schema *s, const zp_field *f, zp_param *out)
{
    zp_error err = ZP_ERROR_INIT;
    zp_json_doc *doc = zp_json_doc_new(&err);
    const zp_json *v = doc ? zp_json_read(doc, f->initial.ptr, f->initial.len, &err) : NULL;
    bool ok = v && zp__q_store(b, s, f, v, out);
    char *copy;

    if (ok && out->text.ptr && (copy = zp__q_get(b, out->text.len + 1))) {
        memcpy(copy, out->text.ptr, out->text.len); /* the document goes */
        out->text.ptr = copy;
    }
    zp_json_doc_free(doc);
    zp_error_clear(&err);
    return ok || (!b->fault->text[0] && zp__q_bad_field(b, s, f->name, "has a default that cannot be read"));
}

/* What an insert adds to the fields given. */
static bool absent(zp__q_build *b, assigns *a, int field)
{
    const zp_schema *s = b->sources[0].schema;
    const zp_field *f = &s->fields[field];
    zp_param value = { .kind = ZP_PARAM_TEXT };

    /* A series gives the time when the row's turn has come, so that rows keep their order however many threads bring them. */
    if (f->fill == ZP_AUTO_INCREMENT || (b->dialect == ZP_DIALECT_SERIES && field == s->key))
        return true;
    if (f->fill == ZP_AUTO_NOW || f->fill == ZP_AUTO_NOW_ADD) {
        value = now_of(b, f);
        return add(b, a, field, &value);
    }
    if (f->fill == ZP_AUTO_ZTID) {
        value.text = (zp_slice){ zp__q_get(b, 27), 26 };
        if (!value.text.ptr)
            return false;
        zp__q_ztid_new(b->now_us, (char *)value.text.ptr);
        return add(b, a, field, &value);
    }
    if (f->initial.ptr)
        return default_of(b, s, f, &value) && add(b, a, field, &value);
    return f->nullable || zp__q_bad_field(b, s, f->name, "is required");
}

bool zp__q_insert(zp__q_build *b, const zp_json *query)
{
    const zp_schema *s = b->sources[0].schema;
    assigns a;

    if (!given(b, query, &a))
        return false;
    for (int i = 0; i < s->count; i++)
        if (!has(&a, i) && !absent(b, &a, i))
            return false;
    for (uint16_t i = 0; i < a.count; i++)
        if (a.all[i].field == s->key)
            b->query.key_param = (int)a.all[i].param;
    b->query.assigns = a.all;
    b->query.assign_count = a.count;
    return true;
}

bool zp__q_update(zp__q_build *b, const zp_json *query)
{
    const zp_schema *s = b->sources[0].schema;
    zp_param value;
    assigns a;

    if (!given(b, query, &a))
        return false;
    for (int i = 0; i < s->count; i++) {
        if (s->fields[i].fill != ZP_AUTO_NOW || has(&a, i))
            continue;
        value = now_of(b, &s->fields[i]);
        if (!add(b, &a, i, &value))
            return false;
    }
    b->query.assigns = a.all;
    b->query.assign_count = a.count;
    return true;
}
