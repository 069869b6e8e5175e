/* parser: the grammar.  Precedence is R's table; `?`, `++` and `--` are the only additions.
 *
 * Open forms (function, if, loops) extend to the right as far as they can: they have the lowest precedence, so
 * every conflict with an operator is decided for going on.  Separators are only those that count (tokens.c). */
%define api.pure full
%define api.prefix {zp__yy}
%define api.token.prefix {TOK_}
%define api.value.type {zp__val}
%define api.location.type {zp__loc}
%define parse.error custom
%define lr.default-reduction consistent
%locations
%param { zp__parser *p }
%expect 0

%code requires {
#include "lang/parser_priv.h"
}
%code {
/* One limit for every way to nest; the stack is on the heap. */
#define YYMAXDEPTH 100000
#define YYMALLOC(bytes) zp_alloc((bytes), NULL)
#define YYFREE zp_free
#define YYLLOC_DEFAULT(cur, rhs, n) (cur) = span(&YYRHSLOC(rhs, 0), &YYRHSLOC(rhs, 1), &YYRHSLOC(rhs, n), (n))
/* The result of a rule; stops when there is none. */
#define MAKE(to, expr) do { if (!((to) = (expr))) YYABORT; } while (0)
#define FIRST(to, expr) do { zp_ast_arg *new_arg_; MAKE(new_arg_, expr); (to) = (zp_ast_args){ 0 }; \
                             zp__args_add(&(to), new_arg_); } while (0)
#define ADD(to, list, expr) do { zp_ast_arg *new_arg_; MAKE(new_arg_, expr); (to) = (list); \
                                 zp__args_add(&(to), new_arg_); } while (0)

static zp__loc span(const zp__loc *before, const zp__loc *first, const zp__loc *last, int n);
static void zp__yyerror(const zp__loc *loc, zp__parser *p, const char *text);
static int zp__yylex(zp__val *val, zp__loc *loc, zp__parser *p);
}

%token YYEOF 0 "end of input"
%token <node> CONSTANT "constant" STRING "string"
%token <str> NAME "identifier" TRUTH "logical" SPECIAL "operator"
%token NEWLINE "end of line" SEMICOLON ";" COMMA ","
%token FUNCTION "function" LAMBDA "\\" IF "if" ELSE "else" FOR "for" IN "in" WHILE "while" REPEAT "repeat"
%token NEXT "next" BREAK "break" DOTS "..." PLACEHOLDER "_"
%token <op> EQ "==" NE "!=" LT "<" LE "<=" GT ">" GE ">="
%token <flag> LARROW "<-" LARROW2 "<<-" RARROW "->" RARROW2 "->>"
%token PLUS "+" MINUS "-" TIMES "*" DIVIDE "/" POWER "^" NOT "!" AND "&" ANDAND "&&" OR "|" OROR "||" PIPE "|>"
%token ASSIGN "=" COLON ":" DOLLAR "$" QUERY "?" ESCAPE "++" REF "--"
%token LPAREN "(" RPAREN ")" LBRACKET "[" LBRACKET2 "[[" RBRACKET "]" LBRACE "{" RBRACE "}"

%precedence OPEN
%precedence "else"
%precedence "="
%right "<-" "<<-"
%left "->" "->>"
%right "?"
%left "|" "||"
%left "&" "&&"
%precedence "!"
%nonassoc "==" "!=" "<" "<=" ">" ">="
%left "+" "-"
%left "*" "/"
%left SPECIAL "|>"
%left ":"
%precedence UNARY
%precedence "++"
%right "^"
%precedence "$"
%precedence "(" "[" "[["

%type <node> top expr primary
%type <str> member tag
%type <args> statements body formals formal_list arguments call_arguments
%type <arg> formal argument value
%type <op> compare
%type <flag> leftward rightward

%%

program:
    %empty                    { zp_ast_args none = { 0 };
                                MAKE(p->src->program, zp__node_items(p, ZP_AST_BLOCK, &@$, &@$, NULL, none)); }
  | statements                { MAKE(p->src->program, zp__node_items(p, ZP_AST_BLOCK, &@$, &@$, NULL, $1)); }
  ;

statements:
    top                       { FIRST($$, zp__arg(p, &@1, NULL, $1)); }
  | statements separator      { $$ = $1; @$ = @1; }
  | statements separator top  { ADD($$, $1, zp__arg(p, &@3, NULL, $3)); }
  ;

separator: ";" | "end of line";
separators: separator | separators separator;

body:
    %empty                    { $$ = (zp_ast_args){ 0 }; }
  | separators                { $$ = (zp_ast_args){ 0 }; }
  | statements                { $$ = $1; }
  | separators statements     { $$ = $2; }
  ;

top:
    expr %prec OPEN           { $$ = $1; }
  | expr "=" top              { MAKE($$, zp__node_assign(p, &@$, &@2, $1, $3, false)); }
  ;

expr:
    primary
  | expr leftward expr %prec "<-"   { MAKE($$, zp__node_assign(p, &@$, &@2, $1, $3, $2)); }
  | expr rightward expr %prec "->"  { MAKE($$, zp__node_assign(p, &@$, &@2, $3, $1, $2)); }
  | expr "?" expr             { MAKE($$, zp__node(p, ZP_AST_QUERY, &@$, &@2, $1, $3, NULL)); }
  | expr "|" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_OR, &@$, &@2, $1, $3)); }
  | expr "||" expr            { MAKE($$, zp__node(p, ZP_AST_OROR, &@$, &@2, $1, $3, NULL)); }
  | expr "&" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_AND, &@$, &@2, $1, $3)); }
  | expr "&&" expr            { MAKE($$, zp__node(p, ZP_AST_ANDAND, &@$, &@2, $1, $3, NULL)); }
  | "!" expr                  { MAKE($$, zp__node_op(p, ZP_AST_UNOP, ZP_OP_NOT, &@$, &@1, $2, NULL)); }
  | expr compare expr %prec "=="    { MAKE($$, zp__node_op(p, ZP_AST_BINOP, $2, &@$, &@2, $1, $3)); }
  | expr "+" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_ADD, &@$, &@2, $1, $3)); }
  | expr "-" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_SUB, &@$, &@2, $1, $3)); }
  | expr "*" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_MUL, &@$, &@2, $1, $3)); }
  | expr "/" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_DIV, &@$, &@2, $1, $3)); }
  | expr SPECIAL expr         { MAKE($$, zp__node_special(p, &@$, &@2, $2, $1, $3)); }
  | expr "|>" expr            { MAKE($$, zp__node_pipe(p, &@$, &@2, $1, $3)); }
  | expr ":" expr             { MAKE($$, zp__node(p, ZP_AST_COLON, &@$, &@2, $1, $3, NULL)); }
  | "-" expr %prec UNARY      { MAKE($$, zp__node_op(p, ZP_AST_UNOP, ZP_OP_NEG, &@$, &@1, $2, NULL)); }
  | "+" expr %prec UNARY      { MAKE($$, zp__node_op(p, ZP_AST_UNOP, ZP_OP_PLUS, &@$, &@1, $2, NULL)); }
  | "++" expr                 { MAKE($$, zp__node(p, ZP_AST_ESCAPE, &@$, &@1, $2, NULL, NULL)); }
  | expr "^" expr             { MAKE($$, zp__node_op(p, ZP_AST_BINOP, ZP_OP_POW, &@$, &@2, $1, $3)); }
  | expr "$" member           { MAKE($$, zp__node(p, ZP_AST_MEMBER, &@$, &@2, $1, NULL, NULL)); $$->name = $3; }
  | expr "(" call_arguments ")"     { MAKE($$, zp__node_call(p, &@$, &@2, $1, $3)); }
  | expr "[" arguments "]"          { MAKE($$, zp__node_items(p, ZP_AST_INDEX, &@$, &@2, $1, $3)); }
  | expr "[[" arguments "]" "]"     { MAKE($$, zp__node_items(p, ZP_AST_INDEX2, &@$, &@2, $1, $3)); }
  | function "(" formals ")" top %prec OPEN
        { MAKE($$, zp__node_items(p, ZP_AST_FUNCTION, &@$, &@1, $5, $3)); }
  | "if" "(" expr ")" top %prec OPEN
        { MAKE($$, zp__node(p, ZP_AST_IF, &@$, &@1, $3, $5, NULL)); }
  | "if" "(" expr ")" top "else" top %prec OPEN
        { MAKE($$, zp__node(p, ZP_AST_IF, &@$, &@1, $3, $5, $7)); }
  | "while" "(" expr ")" top %prec OPEN
        { MAKE($$, zp__node(p, ZP_AST_WHILE, &@$, &@1, $3, $5, NULL)); }
  | "repeat" top %prec OPEN
        { MAKE($$, zp__node(p, ZP_AST_WHILE, &@$, &@1, NULL, $2, NULL)); }
  | "for" "(" NAME "in" expr ")" top %prec OPEN
        { MAKE($$, zp__node(p, ZP_AST_FOR, &@$, &@1, $5, $7, NULL)); $$->name = $3; }
  ;

primary:
    CONSTANT
  | STRING
  | TRUTH                     { MAKE($$, zp__node_const_take(p, &@1, zp_lgl(zp_str_is($1, "T")))); }
  | NAME                      { MAKE($$, zp__node_name(p, &@1, $1)); }
  | "next"                    { MAKE($$, zp__node(p, ZP_AST_NEXT, &@$, &@1, NULL, NULL, NULL)); }
  | "break"                   { MAKE($$, zp__node(p, ZP_AST_BREAK, &@$, &@1, NULL, NULL, NULL)); }
  | "(" top ")"               { MAKE($$, zp__node(p, ZP_AST_PAREN, &@$, &@1, $2, NULL, NULL)); }
  | "{" body "}"              { MAKE($$, zp__node_items(p, ZP_AST_BLOCK, &@$, &@1, NULL, $2)); }
  ;

leftward: "<-" | "<<-";
rightward: "->" | "->>";
compare: "==" | "!=" | "<" | "<=" | ">" | ">=";
function: "function" | "\\";

member:
    NAME
  | TRUTH
  | STRING                    { $$ = zp_strs(&$1->value)[0]; }
  ;

formals: %empty { $$ = (zp_ast_args){ 0 }; } | formal_list;
formal_list:
    formal                    { $$ = (zp_ast_args){ 0 }; zp__args_add(&$$, $1); }
  | formal_list "," formal    { $$ = $1; zp__args_add(&$$, $3); }
  ;
formal:
    NAME                      { MAKE($$, zp__arg(p, &@$, $1, NULL)); }
  | NAME "=" expr             { MAKE($$, zp__arg(p, &@$, $1, $3)); }
  | "..."                     { MAKE($$, zp__arg(p, &@$, NULL, NULL)); $$->dots = true; }
  ;

/* One empty argument is what stands between the parentheses of f(). */
call_arguments:
    arguments                 { $$ = $1;
                                if ($1.count == 1 && !$1.first->tag && !$1.first->value && !$1.first->dots)
                                    $$ = (zp_ast_args){ 0 }; }
  ;
arguments:
    argument                  { $$ = (zp_ast_args){ 0 }; zp__args_add(&$$, $1); }
  | arguments "," argument    { $$ = $1; zp__args_add(&$$, $3); }
  ;
argument:
    %empty                    { MAKE($$, zp__arg(p, &@$, NULL, NULL)); }
  | value                     { $$ = $1; }
  | "..."                     { MAKE($$, zp__arg(p, &@$, NULL, NULL)); $$->dots = true; }
  | tag "="                   { MAKE($$, zp__arg(p, &@$, $1, NULL)); }
  | tag "=" "_"               { zp_ast *hole = zp__node_name(p, &@3, NULL); /* filled by a pipe */
                                if (!hole) YYABORT;
                                MAKE($$, zp__arg(p, &@$, $1, hole));
                                p->placeholders++; p->placeholder = @3.place; }
  | tag "=" value             { bool ref = $3->ref; MAKE($$, zp__arg(p, &@$, $1, $3->value)); $$->ref = ref; }
  ;
value:
    expr                      { MAKE($$, zp__arg(p, &@$, NULL, $1)); }
  | "--" expr                 { MAKE($$, zp__arg(p, &@$, NULL, $2)); $$->ref = true; }
  ;
tag:
    NAME
  | TRUTH
  | STRING                    { $$ = zp_strs(&$1->value)[0]; }
  ;

%%

/* From the first to the last of n symbols; of none, the empty place after what came before. */
static zp__loc span(const zp__loc *before, const zp__loc *first, const zp__loc *last, int n)
{
    zp__loc loc = n ? *first : *before;

    if (!n) {
        loc.start = loc.end;
        loc.place.line = loc.place.end_line;
        loc.place.col = loc.place.end_col;
        return loc;
    }
    loc.end = last->end;
    loc.place.end_line = last->place.end_line;
    loc.place.end_col = last->place.end_col;
    return loc;
}

static int zp__yylex(zp__val *val, zp__loc *loc, zp__parser *p)
{
    return zp__lex(val, loc, p);
}

/* The grammar calls it for one reason only: its stack is full. */
static void zp__yyerror(const zp__loc *loc, zp__parser *p, const char *text)
{
    zp__syntax(p, loc, "expression nested too deeply");
}

static int yyreport_syntax_error(const yypcontext_t *ctx, zp__parser *p)
{
    enum { MOST = 2 };
    yysymbol_kind_t expected[MOST + 1], got = yypcontext_token(ctx);
    int count = yypcontext_expected_tokens(ctx, expected, MOST + 1);
    const char *one = count >= 1 && count <= MOST ? yysymbol_name(expected[0]) : NULL;
    const char *two = count == MOST ? yysymbol_name(expected[1]) : NULL;

    p->ended = got == YYSYMBOL_YYEOF;
    zp__syntax(p, yypcontext_location(ctx), "syntax error, unexpected %s%s%s%s%s", yysymbol_name(got),
               one ? ", expecting " : "", one ? one : "", two ? " or " : "", two ? two : "");
    if (p->ended)
        p->err.place = (zp_place){ 0 };
    return 0;
}
