/* control: conditions, calls by value, and what the special forms of the compiler stand on. */
#include <math.h>
#include <stdlib.h>

#include "lang/machine.h"

/* ---------------------------------------------------------------- conditions */

/* All arguments pasted together, as stop, warning and message do. */
static bool paste_dots(zp_call *c, zp_buf *text)
{
    for (int i = 0; i < c->ndots; i++) {
        zp_value v = c->dots[i];
        if (v.type == ZP_ERR) {
            zp_buf_puts(text, zp_error_value_text(v));
            continue;
        }
        if (v.type == ZP_NIL)
            continue;
        if (!zp_is_array(v))
            return zp_fail(c->err, "an argument of type %s has no text", zp_type_name(v.type));
        for (int64_t k = 0; k < zp_len(v); k++)
            zp_elem_text(text, v, k, 15, NULL);
    }
    return zp_buf_ok(text, c->err);
}

static zp_status bi_stop(zp_call *c)
{
    zp_buf text = ZP_BUF_INIT;

    if (paste_dots(c, &text))
        zp_fail(c->err, "%s", zp_buf_text(&text));
    zp_buf_fini(&text);
    if (c->err && c->ndots)
        c->err->arg = 1; /* the report marks the text, as it is written */
    return ZP_FAILED;
}

/* Unwinds to a handler for the kind, or writes the text. */
static zp_status signal(zp_call *c, int kind, int mute, const char *lead, const char *end)
{
    zp_buf text = ZP_BUF_INIT;
    zp_handler *h;
    zp_status st = ZP_OK;

    if (!paste_dots(c, &text)) {
        zp_buf_fini(&text);
        return ZP_FAILED;
    }
    h = zp__handler_for(c->ctx, kind | mute);
    if (h && (h->kinds & (uint32_t)kind)) {
        c->ctx->condition_kind = kind;
        zp_fail(c->err, "%s%s", zp_buf_text(&text), kind == ZP_COND_MESSAGE ? end : "");
        st = ZP_FAILED;
    } else if (!h) {
        zp_ctx_warn(c->ctx, lead, strlen(lead));
        zp_ctx_warn(c->ctx, zp_buf_text(&text), text.len);
        zp_ctx_warn(c->ctx, "\n", end[0] || kind == ZP_COND_WARNING ? 1 : 0);
    }
    if (st == ZP_OK) {
        zp_str *s = zp_str_from_buf(&text, c->err);
        c->out = kind == ZP_COND_WARNING ? zp_chr_take(s, c->err) : zp_nil();
        if (kind != ZP_COND_WARNING)
            zp_str_unref(s);
    }
    zp_buf_fini(&text);
    return st;
}

static zp_status bi_warning(zp_call *c)
{
    return signal(c, ZP_COND_WARNING, ZP_COND_MUTE_WARNING, "Warning: ", "");
}

static zp_status bi_message(zp_call *c)
{
    bool newline = true;

    if (!zp_arg_lgl(c, 0, &newline))
        return ZP_FAILED;
    return signal(c, ZP_COND_MESSAGE, ZP_COND_MUTE_MESSAGE, "", newline ? "\n" : "");
}

static zp_status bi_condition_message(zp_call *c)
{
    if (c->argv[0].type != ZP_ERR)
        return zp_fail_call(c, "incorrect argument type");
    c->out = zp_chr(zp_error_value_text(c->argv[0]), c->err);
    return zp_done(!zp_bad(c->out));
}

/* .try.failed(condition, silent) */
static zp_status bi_try_failed(zp_call *c)
{
    bool silent;
    zp_buf text = ZP_BUF_INIT;

    if (!zp_arg_lgl(c, 1, &silent))
        return ZP_FAILED;
    if (!silent) {
        zp_buf_printf(&text, "Error: %s\n", zp_error_value_text(c->argv[0]));
        zp_ctx_warn(c->ctx, zp_buf_text(&text), text.len);
        zp_buf_fini(&text);
    }
    c->out = zp__condition_new(ZP_COND_TRIED, zp_error_value_text(c->argv[0]), c->err);
    return zp_done(!zp_bad(c->out));
}

/* .stopifnot(value, text, named) */
static zp_status bi_stopifnot(zp_call *c)
{
    zp_value v = c->argv[0];
    zp_str *text;
    bool named, all = true;

    if (!zp_arg_str(c, 1, &text) || !zp_arg_lgl(c, 2, &named))
        return ZP_FAILED;
    if (v.type == ZP_NIL)
        return ZP_OK;
    if (v.type == ZP_LGL)
        for (int64_t i = 0; i < zp_len(v) && all; i++)
            all = zp_lgls(&v)[i] != 0;
    if (v.type == ZP_LGL && all)
        return ZP_OK;
    if (named)
        return zp_fail_call(c, "%s", text->text);
    if (v.type == ZP_LGL && zp_len(v) > 1)
        return zp_fail_call(c, "%s are not all TRUE", text->text);
    return zp_fail_call(c, "%s is not TRUE", text->text);
}

static zp_status bi_stopifnot_values(zp_call *c)
{
    for (int i = 0; i < c->ndots; i++) {
        bool yes = c->dots[i].type == ZP_LGL;
        for (int64_t k = 0; yes && k < zp_len(c->dots[i]); k++)
            yes = zp_lgls(&c->dots[i])[k] != 0;
        if (!yes)
            return zp_fail_call(c, "argument %d is not TRUE", i + 1);
    }
    return ZP_OK;
}

/* ---------------------------------------------------------------- calls by value */

static bool function_of(zp_call *c, zp_value what, zp_value *out)
{
    zp_str *name;
    zp_value *v;

    if (zp_is_fun(what)) {
        *out = zp_value_ref(what);
        return true;
    }
    if (what.type != ZP_STR || !zp_get_str(what, &name, c->err))
        return zp_fail(c->err, "cannot apply non-function");
    v = zp__env_search(zp__caller(c->ctx), name, true, NULL);
    if (!v)
        return zp__report_unknown(c->ctx, zp__caller(c->ctx), name, c->err);
    *out = zp_value_ref(*v);
    return zp__deref(out, c->err);
}

/* The elements of a list (or array) as variable arguments. */
static bool spread(zp_call *c, zp_value args, zp_value *out)
{
    int64_t n = args.type == ZP_NIL ? 0 : zp_len(args);
    zp_array *names = zp_names(args, 0);
    zp_dots *d;

    if (args.type != ZP_LIST && args.type != ZP_NIL && !zp_is_array(args))
        return zp_fail(c->err, "second argument must be a list");
    *out = zp__dots_new(n, c->err);
    if (zp_bad(*out))
        return false;
    d = (zp_dots *)out->u.obj;
    for (int64_t i = 0; i < n; i++) {
        zp_str *name = zp_name_at(names, i);
        d->items[i] = args.type == ZP_LIST ? zp_value_ref(zp_list_at(args, i)) : zp_elem(args, i, c->err);
        if (name->len) {
            d->tags[i] = zp__intern(c->ctx->engine, name->text, name->len, c->err);
            if (!d->tags[i])
                return false;
        }
    }
    return true;
}

static zp_status bi_do_call(zp_call *c)
{
    if (!function_of(c, c->argv[0], &c->next_fn))
        return ZP_FAILED;
    if (!spread(c, c->argv[1], &c->next_args)) {
        zp_value_clear(&c->next_fn);
        zp_value_clear(&c->next_args);
        return ZP_FAILED;
    }
    return ZP_CALL;
}

/* The user's function that is running. */
static zp_act *running(zp_ctx *ctx)
{
    for (uint32_t d = ctx->depth; d > 0; d--)
        if (ctx->acts[d - 1].code->is_function && !ctx->acts[d - 1].code->internal)
            return &ctx->acts[d - 1];
    return NULL;
}

static zp_status bi_recall(zp_call *c)
{
    zp_act *act = running(c->ctx);
    zp_dots *d;

    if (!act)
        return zp_fail_call(c, "Recall called from outside a closure");
    c->next_args = zp__dots_new(c->ndots, c->err);
    if (zp_bad(c->next_args))
        return ZP_FAILED;
    d = (zp_dots *)c->next_args.u.obj;
    for (int i = 0; i < c->ndots; i++) {
        d->items[i] = zp_value_move(&c->dots[i]);
        d->tags[i] = c->dot_tags[i];
    }
    c->next_fn = zp__closure_new(act->code, act->env->parent, c->err);
    if (!zp_bad(c->next_fn))
        return ZP_CALL;
    zp_value_clear(&c->next_args);
    return ZP_FAILED;
}

static zp_status bi_fun(zp_call *c)
{
    return zp_done(function_of(c, c->argv[0], &c->out));
}

static zp_status bi_nargs(zp_call *c)
{
    zp_act *act = running(c->ctx);

    if (!act)
        return zp_fail_call(c, "nargs called from outside a function");
    c->out = zp_dbl(act->env->nargs);
    return ZP_OK;
}

/* The `...` of the running function in *dots, NULL when it is empty. */
static bool dots_of(zp_call *c, const zp_dots **dots)
{
    const zp_value *v = zp__env_search(zp__top(c->ctx)->env, c->ctx->engine->s_dots, false, NULL);

    if (!v)
        return zp_fail(c->err, "object '...' not found");
    *dots = v->type == ZP_DOTS ? (const zp_dots *)v->u.obj : NULL;
    return true;
}

static zp_status bi_dots_length(zp_call *c)
{
    const zp_dots *dots;

    if (!dots_of(c, &dots))
        return ZP_FAILED;
    c->out = zp_dbl(dots ? (double)dots->n : 0);
    return ZP_OK;
}

static zp_status bi_dots_elt(zp_call *c)
{
    const zp_dots *dots;
    int64_t n;

    if (!dots_of(c, &dots) || !zp_arg_int(c, 0, &n))
        return ZP_FAILED;
    if (n < 1)
        return zp_fail_call(c, "indexing '...' with non-positive index %lld", (long long)n);
    if (!dots || n > dots->n)
        return zp_fail_call(c, "the ... list contains fewer than %lld elements", (long long)n);
    c->out = zp_value_ref(dots->items[n - 1]);
    return zp_done(zp__deref(&c->out, c->err));
}

/* Without any name NULL. */
static zp_status bi_dots_names(zp_call *c)
{
    const zp_dots *dots;
    bool named = false;

    if (!dots_of(c, &dots))
        return ZP_FAILED;
    for (int64_t i = 0; dots && i < dots->n; i++)
        named = named || (dots->tags[i] && dots->tags[i]->len);
    if (!named)
        return ZP_OK;
    c->out = zp_vec(ZP_STR, dots->n, c->err);
    for (int64_t i = 0; !zp_bad(c->out) && i < dots->n; i++)
        if (dots->tags[i])
            zp_str_put(c->out, i, zp_str_ref(dots->tags[i]));
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_simpleError(zp_call *c)
{
    zp_str *text;

    if (!zp_arg_str(c, 0, &text))
        return ZP_FAILED;
    c->out = zp_error_value(text->text, c->err);
    return zp_done(!zp_bad(c->out));
}

static zp_status bi_invisible(zp_call *c)
{
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

static zp_status bi_paren(zp_call *c)
{
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

/* The choice that is `key` or the only one that begins with it, or -1. */
static int64_t choice_of(const zp_value *choices, const zp_str *key)
{
    int64_t found = -1;

    for (int64_t i = 0; i < zp_len(*choices); i++) {
        zp_str *s = zp_strs(choices)[i];
        if (zp_str_eq(s, key))
            return i;
        if (s->len > key->len && memcmp(s->text, key->text, key->len) == 0)
            found = found == -1 ? i : -2;
    }
    return found < 0 ? -1 : found;
}

static zp_status no_choice(zp_call *c, zp_value choices, bool several)
{
    zp_buf text = ZP_BUF_INIT;

    for (int64_t i = 0; i < zp_len(choices); i++)
        zp_buf_printf(&text, "%s\"%s\"", i ? ", " : "", zp_strs(&choices)[i]->text);
    zp_fail(c->err, "'arg' should be one %sof %s", several ? "or more " : "", zp_buf_text(&text));
    zp_buf_fini(&text);
    return ZP_FAILED;
}

/* .match.arg(arg, choices, several.ok): several allowed, those that are no choice are left out, if one is left. */
static zp_status bi_match_arg(zp_call *c)
{
    zp_value arg = c->argv[0], choices = c->argv[1];
    int64_t n = 0;
    bool several;

    if (!zp_arg_lgl(c, 2, &several))
        return ZP_FAILED;
    if (choices.type != ZP_STR || zp_len(choices) == 0)
        return zp_fail_call(c, "'choices' must be character");
    if (arg.type == ZP_NIL || arg.type == ZP_MISSING || (!several && zp_value_equal(arg, choices, 0))) {
        c->out = zp_elem(choices, 0, c->err);
        return zp_done(!zp_bad(c->out));
    }
    if (arg.type != ZP_STR)
        return zp_fail_call(c, "'arg' must be NULL or a character vector");
    if (several ? zp_len(arg) == 0 : zp_len(arg) != 1)
        return zp_fail_call(c, several ? "'arg' must be of length >= 1" : "'arg' must be of length 1");
    for (int64_t i = 0; i < zp_len(arg); i++)
        n += choice_of(&choices, zp_strs(&arg)[i]) >= 0;
    if (n == 0)
        return no_choice(c, choices, several);
    c->out = zp_vec(ZP_STR, n, c->err);
    for (int64_t i = 0, to = 0; !zp_bad(c->out) && i < zp_len(arg); i++) {
        int64_t at = choice_of(&choices, zp_strs(&arg)[i]);
        if (at >= 0)
            zp_str_put(c->out, to++, zp_str_ref(zp_strs(&choices)[at]));
    }
    return zp_done(!zp_bad(c->out));
}

/* ---------------------------------------------------------------- types */

static zp_status bi_typeof(zp_call *c)
{
    c->out = zp_chr(zp_type_name(c->argv[0].type), c->err);
    return zp_done(!zp_bad(c->out));
}

/* The classes of a condition, NULL after the last. */
static const char *const *condition_classes(zp_value x)
{
    static const char *const error[] = { "simpleError", "error", "condition", NULL },
                             *const warning[] = { "simpleWarning", "warning", "condition", NULL },
                             *const message[] = { "simpleMessage", "message", "condition", NULL },
                             *const tried[] = { "try-error", NULL };

    switch (zp__condition_kind(x)) {
    case ZP_COND_WARNING: return warning;
    case ZP_COND_MESSAGE: return message;
    case ZP_COND_TRIED: return tried;
    default: return error;
    }
}

static zp_status classes(zp_call *c, const char *const *names)
{
    int64_t n = 0;

    while (names[n])
        n++;
    c->out = zp_vec(ZP_STR, n, c->err);
    for (int64_t i = 0; i < n && !zp_bad(c->out); i++) {
        zp_str *s = zp_str_from(names[i], c->err);
        if (!s) {
            zp_value_clear(&c->out);
            return ZP_FAILED;
        }
        zp_str_put(c->out, i, s);
    }
    return zp_done(!zp_bad(c->out));
}

static zp_status class_of(zp_call *c, const char *a, const char *b)
{
    return classes(c, (const char *const[]){ a, b, NULL });
}

static zp_status bi_class(zp_call *c)
{
    zp_value x = c->argv[0];

    if (zp_is_array(x) && zp_ndim(x) == 2)
        return class_of(c, "matrix", "array");
    if (zp_is_array(x) && zp_ndim(x) > 2)
        return class_of(c, "array", NULL);
    if (x.type == ZP_DBL)
        return class_of(c, "numeric", NULL);
    if (zp_is_fun(x))
        return class_of(c, "function", NULL);
    if (x.type == ZP_ERR)
        return classes(c, condition_classes(x));
    return class_of(c, zp_type_name(x.type), NULL);
}

static zp_status bi_mode(zp_call *c)
{
    zp_value x = c->argv[0];

    return class_of(c, x.type == ZP_DBL ? "numeric" : zp_is_fun(x) ? "function" : zp_type_name(x.type), NULL);
}

static zp_status bi_inherits(zp_call *c)
{
    zp_value x = c->argv[0], what = c->argv[1];
    bool yes = false;

    for (int64_t i = 0; what.type == ZP_STR && i < zp_len(what); i++) {
        zp_str *s = zp_strs(&what)[i];
        if (x.type == ZP_ERR)
            for (const char *const *k = condition_classes(x); *k; k++)
                yes |= zp_str_is(s, *k);
        else if (zp_is_array(x) && zp_ndim(x) > 1)
            yes |= zp_str_is(s, "array") || (zp_ndim(x) == 2 && zp_str_is(s, "matrix"));
        else if (x.type == ZP_DBL)
            yes |= zp_str_is(s, "numeric");
        else
            yes |= zp_str_is(s, zp_is_fun(x) ? "function" : zp_type_name(x.type));
    }
    c->out = zp_lgl(yes);
    return ZP_OK;
}

static zp_status bi_is_function(zp_call *c)
{
    c->out = zp_lgl(zp_is_fun(c->argv[0]));
    return ZP_OK;
}

static zp_status bi_is_null(zp_call *c)
{
    c->out = zp_lgl(c->argv[0].type == ZP_NIL);
    return ZP_OK;
}

/* A special form that is called by value: its arguments have been evaluated already. */
static zp_status bi_by_value(zp_call *c)
{
    c->out = zp_value_move(&c->argv[0]);
    return ZP_OK;
}

static zp_status bi_switch_values(zp_call *c)
{
    zp_value x = c->argv[0];
    double d;
    int pick = -1;

    if (x.type == ZP_STR && zp_len(x) == 1) {
        for (int i = 0; i < c->ndots && pick < 0; i++)
            if (c->dot_tags[i] && zp_str_eq(c->dot_tags[i], zp_strs(&x)[0]))
                pick = i;
        for (int i = 0; i < c->ndots && pick < 0; i++)
            if (!c->dot_tags[i])
                pick = i;
        while (pick >= 0 && pick + 1 < c->ndots && c->dots[pick].type == ZP_MISSING)
            pick++;
    } else {
        if (!zp_arg_dbl(c, 0, &d))
            return ZP_FAILED;
        pick = d >= 1 && d < c->ndots + 1.0 ? (int)d - 1 : -1;
    }
    if (pick >= 0)
        c->out = zp_value_move(&c->dots[pick]);
    else
        c->ctx->visible = false;
    return ZP_OK;
}

static zp_status bi_missing_value(zp_call *c)
{
    return zp_fail_call(c, "'missing' can only be used for arguments");
}

const zp_builtin zp_builtins_control[] = {
    { "stop", "..., call. = TRUE", "", 0, bi_stop,
      "Raises an error whose text is the arguments pasted together.",
      "tryCatch(stop(\"no \", 3), \"caught\")", NULL },
    { "warning", "..., call. = TRUE", "", ZP_BI_INVISIBLE, bi_warning,
      "Writes a warning and goes on; inside tryCatch(warning = ) goes to that handler.",
      "tryCatch(warning(\"w\"), warning = function(w) conditionMessage(w))", NULL },
    { "message", "..., appendLF = TRUE", "appendLF=L", ZP_BI_INVISIBLE, bi_message,
      "Writes a text to standard error and goes on; inside tryCatch(message = ) goes to that handler.",
      "message(\"hello\")", NULL },
    { "conditionMessage", "c", "", 0, bi_condition_message, "The text of a caught error, warning or message.",
      "tryCatch(stop(\"no\"), error = function(e) conditionMessage(e))", NULL },
    { "tryCatch", "expr, [catch], ..., [finally]", "", ZP_BI_CODE, bi_by_value,
      "The value of expr; when it fails that of `catch`, or of the handler function error = , warning = , message = or "
      "condition = called with the condition. `finally` is evaluated in every case.",
      "tryCatch(stop(\"x\"), error = function(e) \"caught\", finally = cat(\"done\\n\"))", NULL },
    { "try", "expr, silent = FALSE", "silent=L", ZP_BI_CODE, bi_by_value,
      "The value of expr, or on failure the error itself, after writing its report unless `silent`.",
      "inherits(try(stop(\"x\"), silent = TRUE), \"try-error\")", NULL },
    { "suppressWarnings", "expr", "", ZP_BI_CODE, bi_by_value,
      "The value of expr, without the warnings it writes.", "suppressWarnings(3)", NULL },
    { "suppressMessages", "expr", "", ZP_BI_CODE, bi_by_value,
      "The value of expr, without the messages it writes.", "suppressMessages(3)", NULL },
    { "stopifnot", "...", "", ZP_BI_INVISIBLE | ZP_BI_CODE, bi_stopifnot_values,
      "An error unless every argument is all TRUE; its text is the expression as written.",
      "stopifnot(1 < 2)", NULL },
    { "switch", "EXPR, ...", "", ZP_BI_CODE, bi_switch_values,
      "The alternative chosen by a string (its name; an empty one falls through, an unnamed one is the default) or by a "
      "number (its position). Only that one is evaluated.",
      "switch(\"b\", a = 1, b = 2)", NULL },
    { "local", "expr", "", ZP_BI_CODE, bi_by_value, "Evaluates expr in a frame of its own.",
      "local({ a <- 2; a * 3 })", NULL },
    { "missing", "x", "", ZP_BI_CODE, bi_missing_value,
      "Was the formal x not given by the caller (also when it took its default)?",
      "(function(x) missing(x))()", NULL },
    { "match.arg", "arg, [choices], several.ok = FALSE", "", ZP_BI_CODE, bi_match_arg,
      "The one of `choices` that `arg` names or begins; by default the choices are the default of that formal.",
      "(function(type = c(\"one\", \"two\")) match.arg(type))(\"tw\")", NULL },
    { "return", "[value]", "", ZP_BI_CODE, bi_by_value, "Leaves the function with a value.",
      "(function(x) { if (x > 1) return(\"big\"); \"small\" })(3)", NULL },
    { "do.call", "what, args = NULL", "", 0, bi_do_call,
      "Calls a function (or the one named by a string) with the elements of a list, names as tags.",
      "do.call(\"sum\", list(1, 2, 3))", NULL },
    { "Recall", "...", "", 0, bi_recall, "Calls the function that is running.",
      "(function(n) if (n < 2) 1 else n * Recall(n - 1))(5)", NULL },
    { "replicate", "n, expr, simplify = TRUE", "n=D simplify=L", ZP_BI_CODE, bi_by_value,
      "Evaluates expr n times, each in a frame of its own, and simplifies the results as sapply does.",
      "replicate(3, 7)", NULL },
    { ".replicate", "n, FUN, simplify", "n=D", ZP_BI_HIDDEN, NULL, "", "",
      "sapply(seq_len(n), function(i) FUN(), simplify = simplify)" },
    { ".fun", "FUN", "", ZP_BI_HIDDEN, bi_fun, "", "", NULL },
    { "match.fun", "FUN", "", 0, bi_fun, "The function FUN, or the one it names.", "match.fun(\"sum\")(1, 2)",
      NULL },
    { "nargs", "", "", 0, bi_nargs, "How many arguments the running function was given.",
      "(function(...) nargs())(1, 2)", NULL },
    { "...length", "", "", 0, bi_dots_length, "How many arguments `...` holds.",
      "(function(...) ...length())(1, 2)", NULL },
    { "...elt", "n", "n=D", 0, bi_dots_elt, "Argument n of those in `...`.",
      "(function(...) ...elt(2))(1, 5)", NULL },
    { "...names", "", "", 0, bi_dots_names, "The names of the arguments in `...`; NULL when none has one.",
      "(function(...) ...names())(a = 1, 2)", NULL },
    { "simpleError", "message", "message=S", 0, bi_simpleError,
      "An error with that text as a value, for stop() to raise.",
      "tryCatch(stop(simpleError(\"no\")), error = function(e) e$message)", NULL },
    { "invisible", "x = NULL", "", ZP_BI_INVISIBLE | ZP_BI_STRIDED | ZP_BI_UNREAD, bi_invisible,
      "x, not displayed.", "invisible(3)", NULL },
    { "(", "x", "", 0, bi_paren, "x.", "`(`(3)", NULL },
    { "typeof", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_typeof,
      "The type of a value: \"double\", \"logical\", \"character\", \"time\", ...", "typeof(1:3)", NULL },
    { "class", "x", "", ZP_BI_STRIDED | ZP_BI_UNREAD, bi_class,
      "The class R gives values without a class attribute.", "class(matrix(1:4, 2, 2))", NULL },
    { "mode", "x", "", 0, bi_mode, "\"numeric\" for numbers, \"function\" for functions, else the type.",
      "mode(3)", NULL },
    { "inherits", "x, what", "what=S", 0, bi_inherits, "Is one of `what` a class of x?",
      "inherits(matrix(0, 1, 1), \"matrix\")", NULL },
    { "is.function", "x", "", ZP_BI_STRIDED, bi_is_function, "Is x a function?", "is.function(sum)", NULL },
    { "is.null", "x", "", ZP_BI_STRIDED, bi_is_null, "Is x NULL?", "is.null(NULL)", NULL },
    { ".try.failed", "condition, silent", "", ZP_BI_INVISIBLE | ZP_BI_HIDDEN, bi_try_failed, "", "", NULL },
    { ".stopifnot", "value, text, named", "", ZP_BI_INVISIBLE | ZP_BI_HIDDEN, bi_stopifnot, "", "", NULL },
    { ".match.arg", "[arg], choices, several.ok = FALSE", "", ZP_BI_HIDDEN, bi_match_arg, "", "", NULL },
    { 0 },
};
