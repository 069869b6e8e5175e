/* parse: shapes of trees, places, newlines, messages, limits. */
#include <stdlib.h>
#include <string.h>

#include "../unit.h"

#include "lang/ast.h"

/* The tree as a fully bracketed text. */
static void put(zp_buf *b, const zp_ast *n)
{
    static const char *const infix[] = { [ZP_AST_COLON] = ":",
                                         [ZP_AST_ANDAND] = "&&",
                                         [ZP_AST_OROR] = "||",
                                         [ZP_AST_QUERY] = "?",
                                         [ZP_AST_ASSIGN] = "<-" };
    static const char *const binary[] = { "+", "-",  "*", "/", "%%",   "%/%", "^",   "==", "!=", "<", "<=",
                                          ">", ">=", "&", "|", "%in%", "%*%", "%o%", "-",  "+",  "!" };

    if (!n) {
        zp_buf_puts(b, "~");
        return;
    }
    switch ((zp_ast_kind)n->kind) {
    case ZP_AST_CONST:
        if (n->value.type == ZP_DBL)
            zp_buf_printf(b, "%g", n->value.u.dbl);
        else if (n->value.type == ZP_STR)
            zp_buf_printf(b, "'%s'", zp_strs(&n->value)[0]->text);
        else if (n->value.type == ZP_LGL)
            zp_buf_puts(b, n->value.u.lgl ? "T" : "F");
        else
            zp_buf_puts(b, zp_type_name(n->value.type));
        return;
    case ZP_AST_NAME: zp_buf_puts(b, n->name->text); return;
    case ZP_AST_NEXT: zp_buf_puts(b, "next"); return;
    case ZP_AST_BREAK: zp_buf_puts(b, "break"); return;
    default: break;
    }
    zp_buf_putc(b, '(');
    if (n->kind == ZP_AST_MEMBER) {
        put(b, n->a);
        zp_buf_printf(b, "$%s", n->name->text);
    } else if (n->kind == ZP_AST_UNOP) {
        zp_buf_puts(b, binary[n->op]);
        put(b, n->a);
    } else if (n->kind == ZP_AST_BINOP || n->kind == ZP_AST_USEROP || n->kind <= ZP_AST_OROR ||
               n->kind == ZP_AST_QUERY || n->kind == ZP_AST_ASSIGN) {
        put(b, n->a);
        zp_buf_puts(b, n->kind == ZP_AST_BINOP    ? binary[n->op]
                       : n->kind == ZP_AST_USEROP ? n->name->text
                       : n->superassign           ? "<<-"
                                                  : infix[n->kind]);
        put(b, n->b);
    } else {
        static const char *const names[] = {
            [ZP_AST_BLOCK] = "block", [ZP_AST_PAREN] = "paren", [ZP_AST_IF] = "if",
            [ZP_AST_WHILE] = "while", [ZP_AST_FOR] = "for",     [ZP_AST_FUNCTION] = "function",
            [ZP_AST_CALL] = "call",   [ZP_AST_INDEX] = "[",     [ZP_AST_INDEX2] = "[[",
            [ZP_AST_ESCAPE] = "++"
        };
        zp_buf_puts(b, names[n->kind]);
        if (n->name)
            zp_buf_printf(b, " %s", n->name->text);
        for (int i = 0; i < 3; i++) {
            const zp_ast *child = i == 0 ? n->a : i == 1 ? n->b : n->c;
            if (child || (n->kind == ZP_AST_WHILE && i == 0)) {
                zp_buf_putc(b, ' ');
                put(b, child);
            }
        }
        for (const zp_ast_arg *a = n->items; a; a = a->next) {
            zp_buf_putc(b, ' ');
            if (a->tag)
                zp_buf_printf(b, "%s=", a->tag->text);
            zp_buf_puts(b, a->ref ? "--" : a->dots ? "..." : "");
            if (!a->dots)
                put(b, a->value);
        }
    }
    zp_buf_putc(b, ')');
}

static zp_source *parse_ok(const char *text)
{
    zp_error err = ZP_ERROR_INIT;
    zp_source *src = zp_parse(text, strlen(text), NULL, NULL, &err);

    if (!src)
        print_error("%s: %s\n", text, zp_error_text(&err));
    assert_non_null(src);
    assert_int_equal(src->len, strlen(text));
    assert_memory_equal(src->text, text, src->len);
    return src;
}

static void same(const char *text, const char *tree)
{
    zp_source *src = parse_ok(text);
    zp_buf b = ZP_BUF_INIT;

    for (const zp_ast_arg *s = src->program->items; s; s = s->next) {
        if (s != src->program->items)
            zp_buf_puts(&b, "; ");
        put(&b, s->value);
    }
    if (strcmp(zp_buf_text(&b), tree) != 0)
        print_error("%s\n", text);
    assert_string_equal(zp_buf_text(&b), tree);
    zp_buf_fini(&b);
    zp_source_unref(src);
}

static void fails_bytes(const char *text, size_t len, const char *message, bool incomplete)
{
    zp_error err = ZP_ERROR_INIT;
    bool inc;
    zp_source *src = zp_parse(text, len, NULL, &inc, &err);

    if (src)
        print_error("accepted: %.60s\n", text);
    assert_null(src);
    assert_int_equal(err.code, ZP_ESYNTAX);
    assert_string_equal(err.text, message);
    if (inc != incomplete)
        print_error("incomplete: %.60s\n", text);
    assert_int_equal(inc, incomplete);
    zp_error_clear(&err);
}

static void fails(const char *text, const char *message)
{
    fails_bytes(text, strlen(text), message, false);
}

static void incomplete(const char *text, const char *message)
{
    fails_bytes(text, strlen(text), message, true);
}

static void test_precedence(void **state)
{
    same("1 + 2 * 3", "(1+(2*3))");
    same("10 - 3 - 2", "((10-3)-2)");
    same("2^3^2", "(2^(3^2))");
    same("-2^2", "(-(2^2))");
    same("-1:3", "((-1):3)");
    same("2 ^ 1:3", "((2^1):3)");
    same("2^-1:3", "((2^(-1)):3)");
    same("-a %% b", "((-a)%%b)");
    same("1:n %% 2", "((1:n)%%2)");
    same("2 * 5 %% 3", "(2*(5%%3))");
    same("!a == b", "(!(a==b))");
    same("!x %in% y", "(!(x%in%y))");
    same("!a & b", "((!a)&b)");
    same("a == !b == c", "(a==(!(b==c)))");
    same("1 + !a & b", "((1+(!a))&b)");
    same("a | b & c || d && e", "((a|(b&c))||(d&&e))");
    same("a ? b ? c", "(a?(b?c))");
    same("x <- con ? e", "(x<-(con?e))");
    same("con ? 1 == 2", "(con?(1==2))");
    same("con ? a <- 1", "((con?a)<-1)");
    same("a <- b <- 3", "(a<-(b<-3))");
    same("a = b <<- 3", "(a<-(b<<-3))");
    same("1 -> a ->> b", "(b<<-(a<-1))");
    same("x <- y -> z", "(x<-(z<-y))");
    same("++a + ++b", "((++ a)+(++ b))");
    same("++a[1]; ++l$x; ++f(1); ++a^2; -++a",
         "(++ ([ a 1)); (++ (l$x)); (++ (call f 1)); (++ (a^2)); (-(++ a))");
    same("f(1)(2)", "(call (call f 1) 2)");
    same("l$g(3); a$b$c; a$'x y'; a$`x y`; a$T", "(call (l$g) 3); ((a$b)$c); (a$x y); (a$x y); (a$T)");
    same("x[y[1]]; x[[y[1]]]; x[[1]][2]", "([ x ([ y 1)); ([[ x ([ y 1)); ([ ([[ x 1) 2)");
    same("a + function(x) x + 1", "(a+(function (x+1) x=~))");
    same("1 + if (a) b else c + 1", "(1+(if a b (c+1)))");
    same("if (a) if (b) c else d", "(if a (if b c d))");
    same("a %foo% b %*% c", "((a%foo%b)%*%c)");
    same("x<-3; x<--3; x< -3; a - -b", "(x<-3); (x<-(-3)); (x<(-3)); (a-(-b))");
    same("a|.2; a|-1; a||b", "(a|0.2); (a|(-1)); (a||b)");
    fails("1 < 2 == TRUE", "syntax error, unexpected ==");
    fails("a--b", "syntax error, unexpected --");
    fails("a++b", "syntax error, unexpected ++");
}

static void test_forms(void **state)
{
    same("", "");
    same(" # nothing\n\n", "");
    same("f(); f(3,); f(,); x[,1]; x[]", "(call f); (call f 3 ~); (call f ~ ~); ([ x ~ 1); ([ x ~)");
    same("f(a=1, 'b'=--y, c=, --z, ...)", "(call f a=1 b=--y c=~ --z ...)");
    same("f(function(x) y = 2)", "(call f (function (y<-2) x=~))");
    same("function(a, b = 2, ...) NULL; \\(x) x", "(function NULL a=~ b=2 ...); (function x x=~)");
    same("while (a) b; repeat break; for (i in 1:3) { next }",
         "(while a b); (while ~ break); (for i (1:3) (block next))");
    same("{ }; {1; 2;}; (a = 3)", "(block); (block 1 2); (paren (a<-3))");
    same("x |> f(y); x |> f(k = _) |> g()", "(call f x y); (call g (call f k=x))");
    same("..1; ...length(); `a b` <- `+`", "..1; (call ...length); (a b<-+)");
    same("'x' <- 3; T; NULL; Inf; NaN", "('x'<-3); T; NULL; inf; nan");
    same("Tx; Infx; _a; .x", "Tx; Infx; _a; .x");
    fails("x |> f", "the pipe operator requires a function call as RHS");
    fails("x |> f(a = _, b = _)", "pipe placeholder may only appear once");
    fails("f(a = _)", "invalid use of pipe placeholder");
    fails("T <- 5; x <- c(1,2; 3)", "syntax error, unexpected ;");
    fails("for (i 1:3) i", "syntax error, unexpected constant, expecting in");
    fails(";1", "syntax error, unexpected ;");
    fails("f(3))", "syntax error, unexpected )");
    fails("a b", "syntax error, unexpected identifier");
    fails("]", "syntax error, unexpected ]");
    fails("[1]", "syntax error, unexpected [");
}

static void test_newlines(void **state)
{
    same("a\nb;c\n\n#x\nd;\n", "a; b; c; d");
    same("1 +\n\n2", "(1+2)");
    same("(1\n+ 2)", "(paren (1+2))");
    same("f(\n1\n,\n2\n)", "(call f 1 2)");
    same("f(function() {\n a\n b\n})\nc", "(call f (function (block a b))); c");
    same("if (a) b\n\n # c\nelse c", "(if a b c)");
    same("if (a)\nb\nelse\nc\nd", "(if a b c); d");
    same("if (a) {\n1\n} else {\n2\n}", "(if a (block 1) (block 2))");
    same("elsewhere\nelse_x", "elsewhere; else_x");
    same("function(x)\nx\n\\(y)\ny", "(function x x=~); (function y y=~)");
    same("while (a)\nb\nfor (i in x)\nc\nrepeat\nbreak", "(while a b); (for i x c); (while ~ break)");
    fails("x\n[1]", "syntax error, unexpected [");
}

static void test_constants(void **state)
{
    same("1L; 1e3L; 0x1F; .5; 5.; 5.e2; 007; 1e-3", "1; 1000; 31; 0.5; 5; 500; 7; 0.001");
    same("'a\\tb'; \"\\101\\x41\\u00e9\\u{e9}\\U0001F600\"; 'it\\'s'; '\\\n'",
         "'a\tb'; 'AA\xC3\xA9\xC3\xA9\xF0\x9F\x98\x80'; 'it's'; '\n'");
    same("r\"(raw \\n)\"; R'--[a]-]--'; r\"{a\"b}\"; r'(\n)'", "'raw \\n'; 'a]-'; 'a\"b'; '\n'");
    same("'a\nb'; '\xff'", "'a\nb'; '\xff'");
    same("|.2021-07-01 09:30:00 UTC.|; |. 2021-07-01  09:30:00.25\tEurope/Paris .|", "time; time");
    same("|+2021-07-01 09:30:00 UTC->2021-07-01 16:00:00 Etc/GMT+5-|", "interval");
    fails("'\\q'", "bad escape sequence: \\q");
    fails("'\\400'", "octal constant out of bounds: \\400");
    fails("'\\0'", "bad escape sequence: \\0");
    fails("2i", "complex numbers are not supported");
    fails("1.2.3", "syntax error, unexpected constant");
    fails("1e", "syntax error, unexpected identifier");
    fails("NA_real_", "there is no NA: the missing number is NaN");
    fails("y ~ x", "formulas are not supported");
    fails("a@b", "slots are not supported");
    fails("a::b", "packages are not supported");
    fails("a # \xc3\xa9\n\xc3\xa9", "syntax error, unexpected '\xc3\xa9'");
    fails("|.2021-02-30 09:30:00 UTC.|", "Error parsing dtime: day is not valid for month");
    fails("a %b", "syntax error, unexpected %");
    fails_bytes("a\0b", 3, "syntax error, unexpected byte 0x00", false);
    fails_bytes("'\0'", 3, "syntax error, unexpected byte 0x00", false);
}

static void test_incomplete(void **state)
{
    incomplete("f(", "syntax error, unexpected end of input");
    incomplete("x <-", "syntax error, unexpected end of input");
    incomplete("if (a)", "syntax error, unexpected end of input");
    incomplete("{ a\n", "syntax error, unexpected end of input");
    incomplete("'abc", "unterminated string constant: 'abc");
    incomplete("'abc\\", "unterminated string constant: 'abc\\");
    incomplete("r\"(abc)-\"", "unterminated string constant: r\"(abc)-\"");
    incomplete("`a", "unterminated string constant: `a");
    incomplete("if", "syntax error, unexpected end of input, expecting (");
}

static void check_place(const zp_place *at, int line, int col, int end_line, int end_col)
{
    assert_int_equal(at->line, line);
    assert_int_equal(at->col, col);
    assert_int_equal(at->end_line, end_line);
    assert_int_equal(at->end_col, end_col);
}

static void test_places(void **state)
{
    zp_source *src = parse_ok("x <- 1\n  f(a, b=2) + 'a\nb'");
    const zp_ast *sum = src->program->items->next->value;
    const zp_ast_arg *b = sum->a->items->next;
    zp_error err = ZP_ERROR_INIT;

    check_place(&src->program->items->value->place, 1, 1, 1, 6);
    check_place(&src->program->items->value->op_place, 1, 3, 1, 4);
    check_place(&sum->place, 2, 3, 3, 2);
    check_place(&sum->op_place, 2, 13, 2, 13);
    check_place(&sum->b->place, 2, 15, 3, 2);
    check_place(&b->place, 2, 8, 2, 10);
    assert_int_equal(b->len, 3);
    assert_memory_equal(src->text + b->offset, "b=2", 3);
    assert_int_equal(zp_ast_text(src, sum->a).len, 9);
    zp_source_unref(src);
    assert_null(zp_parse("a\nf(3))", 7, NULL, NULL, &err));
    check_place(&err.place, 2, 5, 2, 5);
    zp_error_clear(&err);
}

/* `times` copies of `unit` between two texts. */
static char *many(const char *before, const char *unit, size_t times, const char *after, size_t *len)
{
    size_t n = strlen(unit), b = strlen(before), a = strlen(after);
    char *text = malloc(b + n * times + a + 1);

    assert_non_null(text);
    memcpy(text, before, b);
    for (size_t i = 0; i < times; i++)
        memcpy(text + b + i * n, unit, n);
    memcpy(text + b + n * times, after, a + 1);
    *len = b + n * times + a;
    return text;
}

static void check_many(const char *before, const char *unit, size_t times, const char *after,
                       const char *message)
{
    size_t len;
    char *text = many(before, unit, times, after, &len);
    zp_error err = ZP_ERROR_INIT;
    zp_source *src = zp_parse(text, len, NULL, NULL, &err);

    if (message)
        assert_string_equal(zp_error_text(&err), message);
    else
        assert_string_equal(zp_error_text(&err), "");
    zp_source_unref(src);
    zp_error_clear(&err);
    free(text);
}

static void test_limits(void **state)
{
    static const char deep[] = "expression nested too deeply";

    check_many("1", "+1", 5000, "", NULL);
    check_many("", "a ? ", 5000, "b", NULL);
    check_many("", "a <- ", 5000, "b", NULL);
    check_many("1", "+1", 100000, "", deep);
    check_many("", "(", 100000, "", deep);
    check_many("", "x[[", 100000, "", deep);
    check_many("", "{", 100000, "", deep);
    check_many("", "!", 1000000, "a", deep);
    check_many("", "if (a) b else ", 100000, "c", deep);
    check_many("", "function() ", 200000, "a", deep);
    check_many("f(", "a, ", 200000, "b)", NULL);
    check_many("", "a\n", 200000, "", NULL);
    check_many("'", "abcdefgh\\n", 1000000, "'", NULL);
    check_many("r\"-(", ")--", 1000000, ")-\"", NULL);
    check_many("", "|. ", 1000000, "", "syntax error, unexpected |");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence), cmocka_unit_test(test_forms),      cmocka_unit_test(test_newlines),
        cmocka_unit_test(test_constants),  cmocka_unit_test(test_incomplete), cmocka_unit_test(test_places),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
