/* match: tags first, then positions, the rest to `...`; and the formals of built-ins, read from their rows. */
#include "lang/match.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- actual arguments */

bool zp__actuals_take(zp_actuals *out, zp_value *args, const zp_site *site, uint32_t count, zp_error *err)
{
    size_t n = 0;

    out->n = 0;
    out->list = out->room;
    for (uint32_t i = 0; i < count; i++)
        n += args[i].type == ZP_DOTS ? (size_t)((zp_dots *)args[i].u.obj)->n : 1;
    if (n > ZP_COUNTOF(out->room)) {
        out->list = zp_alloc(n * sizeof(zp_actual), err);
        if (!out->list) {
            out->list = out->room;
            return false;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const zp_site_arg *arg = site && site->args ? &site->args[i] : NULL;
        if (args[i].type != ZP_DOTS) {
            out->list[out->n++] = (zp_actual){ zp_value_move(&args[i]), arg ? arg->tag : NULL,
                                               arg ? arg->name : NULL, arg, -1 };
            continue;
        }
        zp_dots *d = (zp_dots *)args[i].u.obj;
        for (int64_t k = 0; k < d->n; k++) { /* a reference goes no further than the call that marks it */
            zp_value *v = &out->list[out->n].value;
            out->list[out->n++] = (zp_actual){ zp_value_ref(d->items[k]), d->tags[k], d->names[k], NULL, -1 };
            if (!zp__deref(v, err))
                return false;
        }
        zp_value_clear(&args[i]);
    }
    return true;
}

void zp__actuals_fini(zp_actuals *a)
{
    for (uint32_t i = 0; i < a->n; i++)
        zp_value_unref(a->list[i].value);
    if (a->list != a->room)
        zp_free(a->list);
    a->list = a->room;
    a->n = 0;
}

static bool unused(const zp_actual *a, const zp_code *code, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;

    if (a->arg && a->arg->len && code && code->source) {
        zp_buf_put(&text, code->source->text + a->arg->offset, a->arg->len);
    } else {
        if (a->tag)
            zp_buf_printf(&text, "%s = ", a->tag->text);
        if (zp_is_array(a->value) && zp_len(a->value) == 1)
            zp_elem_text(&text, a->value, 0, 7, NULL);
        else
            zp_buf_printf(&text, "<%s>", zp_type_name(a->value.type));
    }
    zp_fail(err, "unused argument (%s)", zp_buf_text(&text));
    zp_buf_fini(&text);
    if (a->arg && err && !err->place.line)
        err->place = a->arg->place;
    return false;
}

bool zp__match(zp_actuals *a, zp_str *const *names, uint32_t n, int32_t dots, const zp_code *code,
               zp_error *err)
{
    uint64_t small = 0;
    bool *taken = n > 64 ? zp_alloc_zero(n, err) : NULL;
    uint32_t next = 0;
    bool ok = true;

    if (n > 64 && !taken)
        return false;
#define TAKEN(k) (taken ? taken[k] : (small >> (k)) & 1)
#define TAKE(k)  (taken ? (void)(taken[k] = true) : (void)(small |= (uint64_t)1 << (k)))
    for (uint32_t i = 0; i < a->n && ok; i++) {
        zp_str *tag = a->list[i].tag;
        if (!tag || !tag->len)
            continue;
        for (uint32_t k = 0; k < n; k++)
            if ((int32_t)k != dots && (names[k] == tag || zp_str_eq(names[k], tag))) {
                if (TAKEN(k)) {
                    zp_fail(err, "formal argument \"%s\" matched by multiple actual arguments", tag->text);
                    ok = false;
                    break;
                }
                TAKE(k);
                a->list[i].formal = (int32_t)k;
                break;
            }
    }
    for (uint32_t i = 0; i < a->n && ok; i++) {
        if (a->list[i].formal >= 0)
            continue;
        if (a->list[i].tag && a->list[i].tag->len) {
            if (dots < 0)
                ok = unused(&a->list[i], code, err);
            continue;
        }
        while (next < n && (int32_t)next != dots && TAKEN(next))
            next++;
        if (next < n && (int32_t)next != dots)
            a->list[i].formal = (int32_t)next++;
        else if (dots < 0)
            ok = unused(&a->list[i], code, err);
    }
    zp_free(taken);
    return ok;
}

bool zp__argument_order(zp_engine *engine, zp_value fn, const zp_site *site, zp_value *order, zp_error *err)
{
    zp_builtin_info *info = NULL;
    zp_code *code = NULL;
    zp_str **names;
    uint32_t n, at = 0, next = 0;
    int32_t dots;

    if (fn.type == ZP_CLO)
        code = ((zp_closure *)fn.u.obj)->code;
    else if (fn.type == ZP_BLT && !(info = zp__builtin_info(engine, (zp_builtin_obj *)fn.u.obj, err)))
        return false;
    names = code ? code->vars : info ? info->names : NULL;
    n = code ? code->nformals : info ? info->n : 0;
    dots = code ? code->dots : info ? info->dots : -1;
    for (uint32_t i = 0; i < site->count; i++)
        order[i] = (zp_value){ .type = ZP_NIL, .u.i64 = -1 };
    for (uint32_t k = 0; k < n; k++) { /* first tags; what is left goes by position up to `...` */
        uint32_t found = site->count;
        for (uint32_t i = 0; i < site->count && (int32_t)k != dots; i++)
            if (site->args[i].tag && zp_str_eq(site->args[i].tag, names[k])) {
                found = i;
                break;
            }
        if (found == site->count && (int32_t)k != dots && (dots < 0 || (int32_t)k < dots)) {
            while (next < site->count && site->args[next].tag)
                next++;
            if (next < site->count)
                found = next++;
        }
        if (found < site->count && at < site->count)
            order[at++].u.i64 = found;
    }
    for (uint32_t i = 0; i < site->count && at < site->count; i++) {
        bool there = false;
        for (uint32_t k = 0; k < at && !there; k++)
            there = order[k].u.i64 == (int64_t)i;
        if (!there)
            order[at++].u.i64 = i;
    }
    return true;
}

/* ---------------------------------------------------------------- rows of built-ins */

static const char *blanks(const char *p)
{
    while (*p == ' ' || *p == '\n')
        p++;
    return p;
}

/* The end of a default: a comma or the end of the text outside brackets and strings. */
static const char *default_end(const char *p)
{
    int depth = 0;

    for (; *p; p++) {
        if (*p == '"') {
            for (p++; *p && *p != '"'; p++)
                if (*p == '\\' && p[1])
                    p++;
            if (!*p)
                break;
        } else if (*p == '(' || *p == '{') {
            depth++;
        } else if (*p == ')' || *p == '}') {
            depth--;
        } else if (*p == ',' && !depth) {
            break;
        }
    }
    return p;
}

static bool string_default(const char *p, size_t len, zp_value *out, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_str *s;

    for (size_t i = 1; i + 1 < len; i++) {
        if (p[i] == '\\' && i + 2 < len) {
            i++;
            zp_buf_putc(&text, p[i] == 'n' ? '\n' : p[i] == 't' ? '\t' : p[i]);
        } else {
            zp_buf_putc(&text, p[i]);
        }
    }
    s = zp_str_from_buf(&text, err);
    zp_buf_fini(&text);
    *out = zp_chr_take(s, err);
    return !zp_bad(*out);
}

/* A constant, or ZP_MISSING for any other text. */
static bool constant_default(const char *p, size_t len, zp_value *out, zp_error *err)
{
    static const struct {
        const char *text;
        zp_type type;
        double value;
    } words[] = { { "TRUE", ZP_LGL, 1 },       { "FALSE", ZP_LGL, 0 },        { "NULL", ZP_NIL, 0 },
                  { "Inf", ZP_DBL, INFINITY }, { "-Inf", ZP_DBL, -INFINITY }, { "NaN", ZP_DBL, NAN } };
    char room[64], *end;
    double d;

    *out = (zp_value){ .type = ZP_MISSING };
    if (len >= 2 && p[0] == '"' && p[len - 1] == '"')
        return string_default(p, len, out, err);
    if (len == 11 && memcmp(p, "character()", 11) == 0) {
        *out = zp_vec(ZP_STR, 0, err);
        return !zp_bad(*out);
    }
    for (size_t i = 0; i < ZP_COUNTOF(words); i++)
        if (strlen(words[i].text) == len && memcmp(p, words[i].text, len) == 0) {
            *out = words[i].type == ZP_LGL   ? zp_lgl(words[i].value != 0)
                   : words[i].type == ZP_NIL ? zp_nil()
                                             : zp_dbl(words[i].value);
            return true;
        }
    if (len && len < sizeof(room) && (isdigit((unsigned char)p[0]) || p[0] == '-' || p[0] == '.')) {
        memcpy(room, p, len);
        room[len] = '\0';
        d = strtod(room, &end);
        if (end == room + len)
            *out = zp_dbl(d);
    }
    return true;
}

static bool parse_formals(zp_engine *engine, zp_builtin_info *info, const char *formals, zp_error *err)
{
    const char *p = blanks(formals), *start, *end;

    while (*p) {
        uint32_t k = info->n++;
        bool optional = *p == '[';
        p += optional;
        for (start = p; *p && *p != '=' && *p != ',' && *p != ' ' && *p != ']'; p++)
            ;
        info->names[k] = zp__intern(engine, start, (size_t)(p - start), err);
        if (!info->names[k])
            return false;
        info->defaults[k] = (zp_value){ .type = ZP_MISSING };
        if (p - start == 3 && memcmp(start, "...", 3) == 0)
            info->dots = (int32_t)k;
        info->required[k] = !optional && info->dots != (int32_t)k;
        p = blanks(p);
        if (*p == '=') {
            p = blanks(p + 1);
            end = default_end(p);
            start = end;
            while (start > p && (start[-1] == ' ' || (optional && start[-1] == ']')))
                start--;
            info->required[k] = false;
            if (!constant_default(p, (size_t)(start - p), &info->defaults[k], err))
                return false;
            p = end;
        }
        if (*p == ']')
            p = blanks(p + 1);
        if (*p == ',')
            p = blanks(p + 1);
        else
            break;
    }
    return true;
}

static uint32_t type_bit(char c)
{
    static const char letters[] = "DLSTUIPZl0f";
    static const zp_type types[] = { ZP_DBL, ZP_LGL, ZP_STR,  ZP_TIM, ZP_DUR, ZP_IVL,
                                     ZP_PER, ZP_ZTS, ZP_LIST, ZP_NIL, ZP_CLO };
    const char *at = strchr(letters, c);

    if (!at || !c)
        return 0;
    return 1u << types[at - letters] | (c == 'f' ? 1u << ZP_BLT : 0);
}

static void parse_types(zp_builtin_info *info, const char *types)
{
    const char *p = types ? blanks(types) : "";

    while (*p) {
        const char *start = p;
        uint32_t listed = 0, accept = 0;
        bool silent = false;
        size_t len;
        while (*p && *p != '=')
            p++;
        len = (size_t)(p - start);
        for (p += *p == '='; *p && *p != ' ' && *p != ','; p++) {
            if (*p == '+')
                silent = true;
            else if (silent)
                accept |= type_bit(*p);
            else
                listed |= type_bit(*p);
        }
        for (uint32_t k = 0; k < info->n; k++)
            if (info->names[k]->len == len && memcmp(info->names[k]->text, start, len) == 0) {
                info->listed[k] = listed;
                info->accept[k] = listed | accept;
            }
        while (*p == ' ' || *p == ',')
            p++;
    }
}

void zp__builtin_info_free(zp_builtin_info *info)
{
    if (!info)
        return;
    for (uint32_t k = 0; k < info->n; k++)
        zp_value_unref(info->defaults[k]);
    zp_free(info);
}

zp_builtin_info *zp__builtin_info(zp_engine *engine, zp_builtin_obj *b, zp_error *err)
{
    size_t most = 1;
    zp_builtin_info *info;
    char *at;

    if (b->info)
        return b->info;
    for (const char *p = b->row->formals; *p; p++)
        most += *p == ',';
    info =
        zp_alloc_zero(sizeof(*info) + most * (sizeof(zp_value) + sizeof(zp_str *) + 2 * sizeof(uint32_t) + 1),
                      err);
    if (!info)
        return NULL;
    at = (char *)(info + 1);
    info->defaults = (zp_value *)at;
    at += most * sizeof(zp_value);
    info->names = (zp_str **)at;
    at += most * sizeof(zp_str *);
    info->accept = (uint32_t *)at;
    at += most * sizeof(uint32_t);
    info->listed = (uint32_t *)at;
    at += most * sizeof(uint32_t);
    info->required = (bool *)at;
    info->dots = -1;
    if (!parse_formals(engine, info, b->row->formals, err)) {
        zp__builtin_info_free(info);
        return NULL;
    }
    parse_types(info, b->row->types);
    b->info = info;
    return info;
}

bool zp__check_type(const zp_builtin_info *info, uint32_t k, zp_value v, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    uint32_t listed = info->listed[k];

    if (ZP_LIKELY(!info->accept[k] || v.type == ZP_MISSING || (info->accept[k] >> v.type & 1)))
        return true;
    for (int t = 0; t < 32; t++) { /* NULL comes after the others */
        int type = t < ZP_LIST ? t + 1 : t == ZP_LIST ? ZP_NIL : t;
        if (type >= ZP_NTYPES || !(listed >> type & 1))
            continue;
        zp_buf_printf(&text, "%s'%s'", text.len ? "," : "", zp_type_arg_name((zp_type)type));
    }
    zp_fail_arg(err, (int)k + 1, "invalid argument type: '%s' should be any of %s but is '%s'",
                info->names[k]->text, zp_buf_text(&text), zp_type_arg_name(v.type));
    zp_buf_fini(&text);
    return false;
}
