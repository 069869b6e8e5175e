/* parser: what the scanner, the token filter, the grammar and the tree share.  Private to the parser.
 *
 *     bytes --lexer.l--> raw tokens --tokens.c--> tokens --parser.y--> zp_ast (ast.c)
 *
 * The filter in the middle decides which newlines are separators, so the grammar never sees any other.
 * Nothing a token or a node holds needs releasing: nodes live in the arena of the source, strings and constants in
 * its list `held`. */
#ifndef ZP_LANG_PARSER_PRIV_H
#define ZP_LANG_PARSER_PRIV_H

#include "base/map.h"
#include "lang/ast.h"

/* Where a token or a rule stands; `start` and `end` are byte offsets, `end` exclusive. */
typedef struct zp__loc {
    zp_place place;
    size_t start, end;
} zp__loc;

/* A value of the grammar's stack. */
typedef union zp__val {
    zp_ast *node;
    zp_str *str;
    zp_ast_arg *arg;
    zp_ast_args args;
    zp_op op;
    bool flag;
} zp__val;

typedef struct zp__token {
    int kind;
    zp__val val;
    zp__loc loc;
} zp__token;

typedef struct zp__parser {
    zp_source *src;
    zp_error err;
    zp_map names; /* every name once; the keys are held by the source */
    void *scanner;
    _Alignas(16) char pool[1024]; /* what the scanner allocates */
    size_t pool_used;
    size_t line_start; /* offset of the first byte of the line the scanner is in */
    int32_t line;
    size_t raw_start; /* where a raw string began: the scanner reads it in pieces */
    int32_t raw_line;
    size_t raw_line_start;
    size_t raw_dashes;
    char raw_close, raw_quote;
    char *brackets; /* the open ones */
    size_t depth, brackets_cap;
    bool in_head;  /* after if, while, for, function: the next ( belongs to it */
    bool open_end; /* the last token cannot end an expression: newlines do not count */
    bool ended;    /* the error is at the end of the text */
    bool has_pending;
    zp__token pending;    /* read while looking past a newline */
    int64_t placeholders; /* `_` arguments that no pipe has filled */
    zp_place placeholder;
} zp__parser;

/* ---- scanner (lexer.l) */
bool zp__scan_open(zp__parser *p);
void zp__scan_close(zp__parser *p);
int zp__scan(zp__val *val, zp__loc *loc, void *scanner);

/* ---- tokens (tokens.c) */
int zp__lex(zp__val *val, zp__loc *loc, zp__parser *p);
/* Fill `*node` or `*str` from the bytes of a token; false: p->err is set. */
bool zp__read_string(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node);
bool zp__read_raw(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node);
bool zp__read_number(zp__parser *p, const char *text, const zp__loc *loc, zp_ast **node);
bool zp__read_time(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node);
bool zp__read_interval(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_ast **node);
bool zp__read_backquoted(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc, zp_str **name);
bool zp__read_name(zp__parser *p, const char *bytes, size_t len, zp_str **name);
/* Sets the error; always false. */
bool zp__syntax(zp__parser *p, const zp__loc *loc, const char *fmt, ...) ZP_PRINTF(3, 4);
bool zp__bad_byte(zp__parser *p, const char *bytes, size_t len, const zp__loc *loc);

/* ---- grammar (parser.y): 0 when the text is a program; src->program is set. */
int zp__yyparse(zp__parser *p);

/* ---- nodes (ast.c).  NULL: p->err is set. */
zp_ast *zp__node(zp__parser *p, zp_ast_kind kind, const zp__loc *loc, const zp__loc *at, zp_ast *a, zp_ast *b,
                 zp_ast *c);
zp_ast *zp__node_const_take(zp__parser *p, const zp__loc *loc, zp_value v);
zp_ast *zp__node_name(zp__parser *p, const zp__loc *loc, zp_str *name);
zp_ast *zp__node_op(zp__parser *p, zp_ast_kind kind, zp_op op, const zp__loc *loc, const zp__loc *at,
                    zp_ast *a, zp_ast *b);
/* `a %name% b`: an operator of the language or a call of the user's. */
zp_ast *zp__node_special(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_str *name, zp_ast *a,
                         zp_ast *b);
/* A call.  In `$`(l, a) the name is a string, as in l$a. */
zp_ast *zp__node_call(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *fn, zp_ast_args items);
zp_ast *zp__node_items(zp__parser *p, zp_ast_kind kind, const zp__loc *loc, const zp__loc *at, zp_ast *a,
                       zp_ast_args items);
zp_ast *zp__node_assign(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *target, zp_ast *value,
                        bool super);
zp_ast *zp__node_pipe(zp__parser *p, const zp__loc *loc, const zp__loc *at, zp_ast *left, zp_ast *call);
zp_ast_arg *zp__arg(zp__parser *p, const zp__loc *loc, zp_str *tag, zp_ast *value);
void zp__args_add(zp_ast_args *list, zp_ast_arg *arg);

#endif
