/* tree: the syntax tree of an expression as bytes, as it travels to another process.
 *
 *     tree    u8 1 | n text | node                     n: a number of 7 bits per byte, low bits first
 *     node    u8 kind | n offset | n length | fields   offset, length: its source in the text; 0, 0: none
 *     field   e node   s string: n length, bytes   o operator as a string   k constant   h n: number of a hole
 *             b byte   ? byte, then a node if it is 1   * arguments: n count, then each:
 *             u8 bits (1 tag, 2 node, 4 by reference, 8 `...`) | n offset | n length | s tag | e node
 *
 * The fields of each kind are a row of a table that both directions read.  `++e` of the query itself is a hole: its value
 * travels beside the tree.  In a query within the query it stays what it is, and is evaluated over there.
 *
 * Reading trusts nothing: what the grammar guarantees (no formal without a name, no statement without an expression) is
 * checked, and so are depth and every length. */
#include <string.h>

#include "lang/ast.h"

/* ORDER TREE: the number of a kind on the wire is its row; rows are never moved. */
static const struct {
    uint8_t kind;
    const char *fields;
} rows[] = {
    { ZP_AST_CONST, "k" },     { ZP_AST_NAME, "s" },   { ZP_AST_UNOP, "oe" },   { ZP_AST_BINOP, "oee" },
    { ZP_AST_USEROP, "see" },  { ZP_AST_COLON, "ee" }, { ZP_AST_ANDAND, "ee" }, { ZP_AST_OROR, "ee" },
    { ZP_AST_BLOCK, "*" },     { ZP_AST_PAREN, "e" },  { ZP_AST_IF, "ee?" },    { ZP_AST_WHILE, "?e" },
    { ZP_AST_FOR, "see" },     { ZP_AST_NEXT, "" },    { ZP_AST_BREAK, "" },    { ZP_AST_ASSIGN, "bee" },
    { ZP_AST_FUNCTION, "*e" }, { ZP_AST_CALL, "e*" },  { ZP_AST_INDEX, "e*" },  { ZP_AST_INDEX2, "e*" },
    { ZP_AST_MEMBER, "es" },   { ZP_AST_QUERY, "ee" }, { ZP_AST_ESCAPE, "e" },
};

enum { HOLE = 200, VERSION = 1 };
enum { BIT_TAG = 1, BIT_NODE = 2, BIT_REF = 4, BIT_DOTS = 8, BITS = 15 };

static int row_of(uint8_t kind)
{
    for (size_t i = 0; i < ZP_COUNTOF(rows); i++)
        if (rows[i].kind == kind)
            return (int)i;
    return -1;
}

/* ---------------------------------------------------------------- escapes */

bool zp__each_escape(const zp_ast *n, bool (*each)(void *arg, const zp_ast *escape), void *arg)
{
    if (!n)
        return true;
    if (n->kind == ZP_AST_ESCAPE)
        return each(arg, n);
    if (n->kind == ZP_AST_FUNCTION) { /* formals before the body, as written */
        for (const zp_ast_arg *a = n->items; a; a = a->next)
            if (!zp__each_escape(a->value, each, arg))
                return false;
        return zp__each_escape(n->a, each, arg);
    }
    if (!zp__each_escape(n->a, each, arg))
        return false;
    if (n->kind == ZP_AST_QUERY) /* what its right side escapes is its own */
        return true;
    for (const zp_ast_arg *a = n->items; a; a = a->next)
        if (!zp__each_escape(a->value, each, arg))
            return false;
    return zp__each_escape(n->b, each, arg) && zp__each_escape(n->c, each, arg);
}

/* ---------------------------------------------------------------- writing */

typedef struct writer {
    zp_buf *out;
    size_t from, len; /* of the text in the source */
    uint32_t holes;
    uint32_t inner; /* how many right sides of queries we are in */
} writer;

static void put_num(zp_buf *out, size_t n)
{
    for (; n >= 0x80; n >>= 7)
        zp_buf_putc(out, (char)(n | 0x80));
    zp_buf_putc(out, (char)n);
}

static void put_str(zp_buf *out, const char *text, size_t len)
{
    put_num(out, len);
    zp_buf_put(out, text, len);
}

static void put_where(writer *w, size_t offset, size_t len)
{
    bool inside = offset >= w->from && len <= w->len && offset - w->from <= w->len - len;

    put_num(w->out, inside ? offset - w->from : 0);
    put_num(w->out, inside ? len : 0);
}

/* Type and element: what a token can be. */
static void put_const(writer *w, zp_value v)
{
    zp_buf_putc(w->out, (char)v.type);
    switch (v.type) {
    case ZP_NIL: break;
    case ZP_STR: put_str(w->out, zp_strs(&v)[0]->text, zp_strs(&v)[0]->len); break;
    default: zp_buf_put(w->out, zp_data(&v), zp_type_size(v.type));
    }
}

static void put_node(writer *w, const zp_ast *n);

static void put_args(writer *w, const zp_ast *n)
{
    put_num(w->out, (size_t)n->count);
    for (const zp_ast_arg *a = n->items; a; a = a->next) {
        zp_buf_putc(w->out, (char)((a->tag ? BIT_TAG : 0) | (a->value ? BIT_NODE : 0) |
                                   (a->ref ? BIT_REF : 0) | (a->dots ? BIT_DOTS : 0)));
        put_where(w, a->offset, a->len);
        if (a->tag)
            put_str(w->out, a->tag->text, a->tag->len);
        if (a->value)
            put_node(w, a->value);
    }
}

static void put_node(writer *w, const zp_ast *n)
{
    const zp_ast *children[] = { n->a, n->b, n->c };
    bool hole = n->kind == ZP_AST_ESCAPE && !w->inner;
    int row = row_of(n->kind), child = 0;

    zp_buf_putc(w->out, (char)(hole ? HOLE : row));
    put_where(w, n->offset, n->len);
    if (hole) {
        put_num(w->out, w->holes++);
        return;
    }
    for (const char *p = rows[row].fields; *p; p++) {
        const zp_ast *c = *p == 'e' || *p == '?' ? children[child++] : NULL;
        bool right = n->kind == ZP_AST_QUERY && child == 2;
        switch (*p) {
        case 'k': put_const(w, n->value); break;
        case 's': put_str(w->out, n->name->text, n->name->len); break;
        case 'o': put_str(w->out, zp_op_text((zp_op)n->op), strlen(zp_op_text((zp_op)n->op))); break;
        case 'b': zp_buf_putc(w->out, (char)n->superassign); break;
        case '*': put_args(w, n); break;
        default:
            w->inner += right;
            if (*p == '?')
                zp_buf_putc(w->out, (char)(c != NULL));
            if (c)
                put_node(w, c);
            w->inner -= right;
        }
    }
}

bool zp__tree_write(zp_buf *out, const zp_source *src, const zp_ast *n, zp_error *err)
{
    writer w = { .out = out, .from = n->offset, .len = n->len };

    zp_buf_putc(out, VERSION);
    put_str(out, src->text + n->offset, n->len);
    put_node(&w, n);
    return zp_buf_ok(out, err);
}

/* ---------------------------------------------------------------- reading */

typedef struct reader {
    const unsigned char *at, *end;
    zp_source *src;
    zp_value *holes; /* taken as they are met */
    uint32_t nholes;
    int32_t depth;
    zp_error *err;
} reader;

static bool bad(reader *r, const char *what)
{
    return zp_fail_code(r->err, ZP_EFORMAT, "an expression that is not one: %s", what);
}

static bool get_byte(reader *r, uint8_t *out)
{
    *out = 0;
    if (r->at == r->end)
        return bad(r, "it ends too early");
    *out = *r->at++;
    return true;
}

static bool get_num(reader *r, size_t *out)
{
    uint8_t b;

    *out = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        if (!get_byte(r, &b))
            return false;
        *out |= (size_t)(b & 0x7F) << shift;
        if (!(b & 0x80))
            return true;
    }
    return bad(r, "a number is too long");
}

static bool get_bytes(reader *r, const char **text, size_t *len)
{
    *text = NULL;
    if (!get_num(r, len))
        return false;
    if (*len > (size_t)(r->end - r->at))
        return bad(r, "it ends too early");
    *text = (const char *)r->at;
    r->at += *len;
    return true;
}

static bool get_where(reader *r, size_t *offset, size_t *len)
{
    if (!get_num(r, offset) || !get_num(r, len))
        return false;
    return *len <= r->src->len && *offset <= r->src->len - *len ? true
                                                                : bad(r, "a place outside of its text");
}

/* A string that the source holds. */
static bool get_str(reader *r, zp_str **out)
{
    const char *text;
    size_t len;
    zp_value v;

    if (!get_bytes(r, &text, &len))
        return false;
    if (memchr(text, 0, len))
        return bad(r, "a string with a zero byte");
    *out = zp_str_new(text, len, r->err);
    v = *out ? zp_chr_take(*out, r->err) : zp_nil();
    return !zp_bad(v) && zp_list_push(&r->src->held, v, NULL, r->err);
}

static bool get_name(reader *r, zp_str **out)
{
    return get_str(r, out) && ((*out)->len ? true : bad(r, "an empty name"));
}

static bool get_op(reader *r, zp_ast *n)
{
    bool unary = n->kind == ZP_AST_UNOP;
    const char *text;
    size_t len;

    if (!get_bytes(r, &text, &len))
        return false;
    for (int op = unary ? ZP_OP_NEG : 0; op < (unary ? (int)ZP_NOPS : (int)ZP_OP_NEG); op++)
        if (strlen(zp_op_text((zp_op)op)) == len && memcmp(zp_op_text((zp_op)op), text, len) == 0) {
            n->op = (uint8_t)op;
            return true;
        }
    return bad(r, "an unknown operator");
}

static bool hold(reader *r, zp_ast *n, zp_value take)
{
    n->value = take;
    return !take.boxed || zp_list_push(&r->src->held, take, NULL, r->err);
}

static bool get_const(reader *r, zp_ast *n)
{
    size_t size;
    uint8_t type;
    zp_value v;
    zp_str *s;

    if (!get_byte(r, &type))
        return false;
    if (type == ZP_NIL)
        return true;
    if (type == ZP_STR) {
        if (!get_str(r, &s))
            return false;
        n->value = zp_list_at(r->src->held, zp_len(r->src->held) - 1);
        return true;
    }
    size = zp_type_size(type < ZP_NTYPES ? (zp_type)type : ZP_NIL);
    if (!zp_type_is_array((zp_type)type) || size > (size_t)(r->end - r->at))
        return bad(r, "a constant of an unknown type");
    v = zp_vec((zp_type)type, 1, r->err);
    if (zp_bad(v))
        return false;
    memcpy(zp_value_mut(&v, r->err), r->at, size);
    if (type == ZP_LGL && *r->at > 1) {
        zp_value_unref(v);
        return bad(r, "a logical that is neither");
    }
    r->at += size;
    zp_value_unbox(&v);
    return hold(r, n, v);
}

static bool get_hole(reader *r, zp_ast *n)
{
    size_t k;

    if (!get_num(r, &k))
        return false;
    if (k >= r->nholes || r->holes[k].type == ZP_MISSING)
        return bad(r, "an escape without a value");
    n->kind = ZP_AST_CONST;
    n->value = r->holes[k];
    r->holes[k] = (zp_value){ .type = ZP_MISSING };
    return hold(r, n, n->value);
}

static zp_ast *get_node(reader *r);

/* What the grammar promises about arguments, statements and formals. */
static bool sound(reader *r, const zp_ast *n, const zp_ast_arg *a)
{
    if (n->kind == ZP_AST_BLOCK && (!a->value || a->tag || a->ref || a->dots))
        return bad(r, "a statement that is none");
    if (n->kind == ZP_AST_FUNCTION && (a->dots ? a->value || a->tag : !a->tag))
        return bad(r, "a formal without a name");
    if (a->dots && (a->value || a->tag))
        return bad(r, "an argument that is two");
    return !a->ref || a->value ? true : bad(r, "a reference to nothing");
}

static bool get_arg(reader *r, zp_ast *n, zp_ast_arg ***last)
{
    zp_ast_arg *a = zp_arena_alloc(r->src->arena, sizeof(*a), r->err);
    uint8_t bits;

    if (!a || !get_byte(r, &bits))
        return false;
    if (bits & ~BITS)
        return bad(r, "an unknown argument");
    a->ref = bits & BIT_REF;
    a->dots = bits & BIT_DOTS;
    if (!get_where(r, &a->offset, &a->len) || ((bits & BIT_TAG) && !get_name(r, &a->tag)))
        return false;
    if ((bits & BIT_NODE) && !(a->value = get_node(r)))
        return false;
    if (a->value && a->value->depth >= n->depth)
        n->depth = a->value->depth + 1;
    **last = a;
    *last = &a->next;
    n->count++;
    return sound(r, n, a);
}

static bool get_args(reader *r, zp_ast *n)
{
    zp_ast_arg **last = &n->items;
    size_t count;

    if (!get_num(r, &count))
        return false;
    if ((n->kind == ZP_AST_INDEX || n->kind == ZP_AST_INDEX2) && !count)
        return bad(r, "an index without arguments");
    while (count--)
        if (!get_arg(r, n, &last))
            return false;
    return true;
}

static bool get_child(reader *r, zp_ast *n, zp_ast **child, bool optional)
{
    uint8_t there = 1;

    if (optional && !get_byte(r, &there))
        return false;
    if (!there)
        return true;
    *child = get_node(r);
    if (!*child)
        return false;
    if ((*child)->depth >= n->depth)
        n->depth = (*child)->depth + 1;
    return true;
}

static bool get_fields(reader *r, zp_ast *n, const char *fields)
{
    zp_ast **children[] = { &n->a, &n->b, &n->c };
    bool ok = true;
    int child = 0;
    uint8_t b;

    for (const char *p = fields; *p && ok; p++)
        switch (*p) {
        case 'k': ok = get_const(r, n); break;
        case 's': ok = get_name(r, &n->name); break;
        case 'o': ok = get_op(r, n); break;
        case '*': ok = get_args(r, n); break;
        case 'b':
            ok = get_byte(r, &b);
            n->superassign = ok && b;
            break;
        default: ok = get_child(r, n, children[child++], *p == '?');
        }
    return ok;
}

static zp_ast *get_node(reader *r)
{
    zp_ast *n = zp_arena_alloc(r->src->arena, sizeof(*n), r->err);
    uint8_t kind;
    bool ok;

    if (!n || !get_byte(r, &kind) || !get_where(r, &n->offset, &n->len))
        return NULL;
    n->depth = 1;
    if (++r->depth > ZP_AST_MAX_DEPTH) {
        bad(r, "it is nested too deeply");
        return NULL;
    }
    if (kind == HOLE) {
        ok = get_hole(r, n);
    } else if (kind < ZP_COUNTOF(rows)) {
        n->kind = rows[kind].kind;
        ok = get_fields(r, n, rows[kind].fields);
    } else {
        ok = bad(r, "an unknown kind of node");
    }
    r->depth--;
    return ok ? n : NULL;
}

/* The program of a source is a block of statements: here of one. */
static bool wrap(reader *r, zp_ast *n)
{
    zp_ast *block = zp_arena_alloc(r->src->arena, sizeof(*block), r->err);
    zp_ast_arg *item = zp_arena_alloc(r->src->arena, sizeof(*item), r->err);

    if (!block || !item)
        return false;
    item->value = n;
    *block = (zp_ast){ .kind = ZP_AST_BLOCK, .depth = n->depth + 1, .items = item, .count = 1 };
    r->src->program = block;
    return true;
}

zp_source *zp__tree_read(const void *bytes, size_t len, zp_value *holes, uint32_t nholes, zp_error *err)
{
    reader r = {
        .at = bytes, .end = (const unsigned char *)bytes + len, .holes = holes, .nholes = nholes, .err = err
    };
    const char *text;
    size_t text_len;
    uint8_t version;
    zp_ast *n;

    if (!get_byte(&r, &version))
        return NULL;
    if (version != VERSION) {
        bad(&r, "its version is unknown");
        return NULL;
    }
    if (!get_bytes(&r, &text, &text_len))
        return NULL;
    r.src = zp_source_new(text, text_len, NULL, err);
    if (!r.src)
        return NULL;
    n = get_node(&r);
    while (n && n->kind == ZP_AST_PAREN) /* (a <<- 5) as a whole shows nothing */
        n = n->a;
    if (n && r.at == r.end && wrap(&r, n))
        return r.src;
    if (n && r.at != r.end)
        bad(&r, "more bytes than expression");
    zp_source_unref(r.src);
    return NULL;
}
