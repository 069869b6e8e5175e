/* Lists and vectors: as.list, and unlist, which flattens any depth of lists.
 *
 * unlist walks the tree with a stack of its own and collects the leaves, which are then joined as c() joins them.
 * Names are built on the way.  A named element opens a scope: its leaves are called scope.name, or scope1, scope2, ...
 * counting all leaves of the scope; where only one leaf is the scope's own, it gets its bare name.  Since the name of a scope
 * begins with that of the one around it, all of them live in one buffer that grows and is cut back. */
#include "builtin/array_priv.h"
#include "builtin/tables.h"

bool zp__as_list(zp_value x, zp_value *out, zp_error *err)
{
    const int64_t n = zp_len(x);
    zp_value l;

    if (x.type == ZP_LIST) {
        *out = zp_value_ref(x);
        return true;
    }
    if (x.type != ZP_NIL && !zp_is_array(x))
        return zp_fail(err, "cannot make a list of a %s", zp_type_name(x.type));
    l = zp_list_new(n, err);
    if (zp_bad(l))
        return false;
    for (int64_t i = 0; i < n; i++) {
        const zp_value e = zp_elem(x, i, err);

        if (zp_bad(e))
            goto failed;
        zp_list_set(l, i, e);
    }
    if (zp_is_vector(x) && zp_names(x, 0) && !zp_set_names(&l, 0, zp_names(x, 0), err))
        goto failed;
    *out = l;
    return true;

failed:
    zp_value_unref(l);
    return false;
}

static zp_status bi_as_list(zp_call *c)
{
    return zp_done(zp__as_list(c->argv[0], &c->out, c->err));
}

/* ---------------------------------------------------------------- unlist */

typedef struct level {
    zp_value list; /* borrowed */
    int64_t at;
    bool scoped; /* opened a scope */
    /* the scope around, to return to */
    size_t base;
    int64_t seq, own, lone;
} level;

typedef struct flat {
    level *stack;
    int64_t depth, stack_cap;
    zp_part *parts;
    int64_t nparts, parts_cap;
    zp_str **names; /* one per leaf element */
    int64_t nnames, names_cap;
    bool named;   /* is anything named? */
    zp_buf base;  /* the name of the scope */
    int64_t seq;  /* leaves of the scope so far */
    int64_t own;  /* of these, in no scope within */
    int64_t lone; /* the first own leaf without a name, should it stay alone; or -1 */
} flat;

static bool room(void **items, int64_t *cap, int64_t need, size_t size, zp_error *err)
{
    int64_t more = *cap + *cap / 2 + 16;
    size_t bytes;
    void *p;

    if (need <= *cap)
        return true;
    more = more < need ? need : more;
    if (!zp_mul((size_t)more, size, &bytes))
        return zp_fail_nomem(err, SIZE_MAX);
    p = zp_realloc(*items, bytes, err);
    if (!p)
        return false;
    *items = p;
    *cap = more;
    return true;
}

static zp_str *leaf_name(flat *f, const zp_str *own, zp_error *err)
{
    const size_t len = f->base.len;
    zp_str *s;

    f->seq++;
    if (!len)
        return zp_str_ref((zp_str *)own);
    if (own->len) {
        zp_buf_putc(&f->base, '.');
        zp_buf_put(&f->base, own->text, own->len);
    } else {
        zp_buf_printf(&f->base, "%lld", (long long)f->seq);
        if (f->own == 1)
            f->lone = f->nnames;
    }
    s = zp_str_from_buf(&f->base, err);
    f->base.len = len;
    return s;
}

static bool add_leaf(flat *f, zp_value v, zp_error *err)
{
    const bool array = zp_is_array(v);
    const int64_t n = array ? zp_len(v) : 1;
    const zp_array *own = zp_is_vector(v) ? zp_names(v, 0) : NULL;

    if (!room((void **)&f->parts, &f->parts_cap, f->nparts + 1, sizeof *f->parts, err) ||
        !room((void **)&f->names, &f->names_cap, f->nnames + n, sizeof *f->names, err))
        return false;
    f->parts[f->nparts++] = (zp_part){ .value = v };
    f->named = f->named || own;
    f->own += n;
    for (int64_t i = 0; i < n; i++) {
        zp_str *name = leaf_name(f, zp_name_at(own, i), err);

        if (!name)
            return false;
        f->names[f->nnames++] = name;
    }
    return true;
}

/* Opens a scope called `tag`, remembering the one around in *l. */
static void open_scope(flat *f, level *l, const zp_str *tag)
{
    l->scoped = tag->len > 0;
    l->base = f->base.len;
    l->seq = f->seq;
    l->own = f->own;
    l->lone = f->lone;
    if (!l->scoped)
        return;
    f->named = true;
    if (f->base.len)
        zp_buf_putc(&f->base, '.');
    zp_buf_put(&f->base, tag->text, tag->len);
    f->seq = 0;
    f->own = 0;
    f->lone = -1;
}

static bool close_scope(flat *f, const level *l, zp_error *err)
{
    if (!l->scoped)
        return true;
    if (f->own == 1 && f->lone >= 0) {
        zp_str *bare = zp_str_from_buf(&f->base, err);

        if (!bare)
            return false;
        zp_str_unref(f->names[f->lone]);
        f->names[f->lone] = bare;
    }
    f->base.len = l->base;
    f->seq += l->seq;
    f->own = l->own;
    f->lone = l->lone;
    return true;
}

static bool walk(flat *f, zp_value list, zp_error *err)
{
    if (!room((void **)&f->stack, &f->stack_cap, 1, sizeof *f->stack, err))
        return false;
    f->stack[f->depth++] = (level){ .list = list };
    while (f->depth) {
        level *l = &f->stack[f->depth - 1], in = { 0 };
        zp_value v;

        if (l->at == zp_len(l->list)) {
            if (!close_scope(f, l, err))
                return false;
            f->depth--;
            continue;
        }
        v = zp_list_at(l->list, l->at);
        if (v.type == ZP_NIL) {
            l->at++;
            continue;
        }
        open_scope(f, &in, zp_name_at(zp_names(l->list, 0), l->at));
        l->at++;
        if (v.type == ZP_LIST) {
            in.list = v;
            if (!room((void **)&f->stack, &f->stack_cap, f->depth + 1, sizeof *f->stack, err))
                return false;
            f->stack[f->depth++] = in;
        } else if (!add_leaf(f, v, err) || !close_scope(f, &in, err)) {
            return false;
        }
    }
    return true;
}

static bool name_result(flat *f, zp_value *out, bool use, zp_error *err)
{
    zp_value names;
    bool ok;

    if (zp_bad(*out))
        return true;
    if (!zp_value_fresh(out, err))
        return false;
    zp_drop_names(out);
    if (!use || !f->named || f->nnames == 0 || zp_len(*out) != f->nnames) {
        zp_value_unbox(out);
        return true;
    }
    names = zp_vec(ZP_STR, f->nnames, err);
    if (zp_bad(names))
        return false;
    for (int64_t i = 0; i < f->nnames; i++)
        zp_str_put(names, i, zp_str_ref(f->names[i]));
    ok = zp_set_names(out, 0, names.u.arr, err);
    zp_value_unref(names);
    return ok;
}

/* recursive = FALSE. */
static bool one_level(zp_value list, bool use, zp_value *out, zp_error *err)
{
    if (!zp_concat_list(list, out, err))
        return false;
    if (use || !zp_has_names(*out))
        return true;
    if (!zp_value_fresh(out, err))
        return false;
    zp_drop_names(out);
    return true;
}

static zp_status bi_unlist(zp_call *c)
{
    flat f = { .lone = -1 };
    bool use, recursive, ok;

    if (!zp_arg_lgl(c, 1, &recursive) || !zp_arg_lgl(c, 2, &use))
        return ZP_FAILED;
    if (c->argv[0].type != ZP_LIST) {
        c->out = zp_value_move(&c->argv[0]);
        return ZP_OK;
    }
    if (!recursive)
        return zp_done(one_level(c->argv[0], use, &c->out, c->err));
    ok = walk(&f, c->argv[0], c->err) && zp_buf_ok(&f.base, c->err) &&
         zp_concat(f.parts, f.nparts, &c->out, c->err) && name_result(&f, &c->out, use, c->err);
    for (int64_t i = 0; i < f.nnames; i++)
        zp_str_unref(f.names[i]);
    zp_free(f.names);
    zp_free(f.parts);
    zp_free(f.stack);
    zp_buf_fini(&f.base);
    if (!ok)
        zp_value_clear(&c->out);
    return zp_done(ok);
}

const zp_builtin zp_builtins_listing[] = {
    { "as.list", "x", "", 0, bi_as_list, "A list of the elements of a vector, with its names.",
      "as.list(1:2)", NULL },
    { "unlist", "x, recursive = TRUE, use.names = TRUE", "recursive=L use.names=L", 0, bi_unlist,
      "All leaves of a list as one vector, named after the elements on the way.",
      "unlist(list(a = 1, b = list(c = 2, 3)))", NULL },
    { 0 },
};
