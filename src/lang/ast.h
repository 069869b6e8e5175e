/* ast: the tree of a program, as the parser makes it.  Private to the room.
 *
 * Every node lives in the arena of its zp_source and dies with it; no node has a free function.  A node remembers
 * where it stands (place) and which bytes of the source it covers (offset, length).  Constructors return NULL
 * when memory is out or nesting is too deep, and pass NULL children on as NULL, so the parser checks once.
 *
 * Children are linked lists (`next`) of arguments or statements: programs of 100,000 statements need no recursion. */
#ifndef ZP_LANG_AST_H
#define ZP_LANG_AST_H

#include "base/arena.h"
#include "ops/ops.h"

typedef enum zp_ast_kind {
    ZP_AST_CONST,  /* value: number, string, TRUE, FALSE, NULL, Inf, NaN, instant, interval */
    ZP_AST_NAME,   /* name */
    ZP_AST_UNOP,   /* op; a = operand.  NEG, PLUS, NOT */
    ZP_AST_BINOP,  /* op; a, b.  all of ZP_OPS that are binary */
    ZP_AST_USEROP, /* name "%any%"; a, b */
    ZP_AST_COLON,  /* a:b */
    ZP_AST_ANDAND, /* a && b */
    ZP_AST_OROR,   /* a || b */
    ZP_AST_BLOCK,  /* items: statements; { } without any is NULL.  The whole program is one too */
    ZP_AST_PAREN,  /* a: ( a ) */
    ZP_AST_IF,     /* a = condition, b = then, c = else or NULL */
    ZP_AST_WHILE,  /* a = condition (NULL: repeat), b = body */
    ZP_AST_FOR,    /* name; a = sequence, b = body */
    ZP_AST_NEXT,
    ZP_AST_BREAK,
    ZP_AST_ASSIGN,   /* a = target (any expression), b = value; superassign: <<- or ->> */
    ZP_AST_FUNCTION, /* items: formals (zp_ast_arg: tag, value = default or NULL; dots), a = body */
    ZP_AST_CALL,     /* a = callee, items: arguments */
    ZP_AST_INDEX,    /* a[items] */
    ZP_AST_INDEX2,   /* a[[items]] */
    ZP_AST_MEMBER,   /* a$name */
    ZP_AST_QUERY,    /* a ? b */
    ZP_AST_ESCAPE    /* ++a */
} zp_ast_kind;

typedef struct zp_ast zp_ast;

/* An argument, an index, a formal, or a statement. */
typedef struct zp_ast_arg {
    struct zp_ast_arg *next;
    zp_str *tag;   /* name given or NULL; of a formal its name */
    zp_ast *value; /* NULL: empty argument, or a formal without default */
    bool ref;      /* written with -- */
    bool dots;     /* `...` */
    zp_place place;
    size_t offset, len; /* source bytes of the whole argument (tag included) */
} zp_ast_arg;

typedef struct zp_ast_args { /* a list under construction */
    zp_ast_arg *first, *last;
    int64_t count;
} zp_ast_args;

struct zp_ast {
    uint8_t kind; /* zp_ast_kind */
    uint8_t op;   /* zp_op */
    bool superassign;
    int32_t depth; /* longest path to a leaf, limited by ZP_AST_MAX_DEPTH */
    zp_place place;
    zp_place op_place; /* of the operator, the opening bracket of a call, `$`: where run-time errors point
                         * when no operand is at fault */
    size_t offset, len;
    zp_str *name;   /* owned by the source */
    zp_value value; /* of a constant; owned by the source */
    zp_ast *a, *b, *c;
    zp_ast_arg *items;
    int64_t count; /* of items */
};

enum { ZP_AST_MAX_DEPTH = 6000 };

/* A text that was parsed: counted, because functions keep the source they are displayed from. */
typedef struct zp_source {
    uint32_t refs;
    char *text; /* NUL-terminated copy */
    size_t len;
    char *file; /* NULL for typed text */
    zp_arena *arena;
    zp_ast *program;   /* a ZP_AST_BLOCK (paren-less), possibly empty */
    uint32_t own_ops;  /* operators whose names it binds: bits by zp_op (own_ops.c) */
    uint32_t call_ops; /* operators that are calls in the tree */
    /* strings and values that the tree holds, released with it */
    zp_value held; /* a list */
} zp_source;

/* Parses a unit.  On a syntax error NULL: err->code ZP_ESYNTAX, err->text "syntax error, unexpected )" or the
 * lexer's message, err->place where.  `incomplete` (may be NULL) tells whether more text could make it a program
 * (the error is at the end of input): the console then asks for another line. */
zp_source *zp_parse(const char *text, size_t len, const char *file, bool *incomplete,
                    zp_error *err) ZP_MUST_CHECK;
/* A text without a tree, for reports about it. */
zp_source *zp_source_new(const char *text, size_t len, const char *file, zp_error *err) ZP_MUST_CHECK;
zp_source *zp_source_ref(zp_source *src);
void zp_source_unref(zp_source *src);
/* tree.c: an expression as bytes, in which the escapes that belong to it are holes; and the source it becomes over there.
 * Values are taken out of `holes`. */
bool zp__tree_write(zp_buf *out, const zp_source *src, const zp_ast *n, zp_error *err) ZP_MUST_CHECK;
zp_source *zp__tree_read(const void *bytes, size_t len, zp_value *holes, uint32_t nholes,
                         zp_error *err) ZP_MUST_CHECK;
/* Calls each(arg, node) for every escape that belongs to a query with the right side n, left to right; false: it did. */
bool zp__each_escape(const zp_ast *n, bool (*each)(void *arg, const zp_ast *escape), void *arg);
/* own_ops.c: the operators with this name, as bits. */
uint32_t zp__own_op_bits(const zp_str *name);
/* The tree as indented text, for `zplane explain`. */
void zp_ast_dump(zp_buf *out, const zp_source *src);
/* Statement i of a program as source text. */
zp_slice zp_ast_text(const zp_source *src, const zp_ast *node);

#endif
