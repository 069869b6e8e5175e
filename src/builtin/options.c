/* options: the settings of the process, read and changed.
 *
 * A change is made on a copy that replaces the settings when everything in it was right. */
#include "builtin/tables.h"
#include "kernel/kernel.h"
#include "lang/lang.h"
#include "time/time.h"

#include <math.h>
#include <string.h>

static zp_value option_value(const zp_config *cfg, const zp_option *row, zp_error *err)
{
    const char *field = (const char *)cfg + row->offset;

    switch (row->kind) {
    case ZP_OPT_INT: return zp_dbl((double)*(const int64_t *)field);
    case ZP_OPT_DBL: return zp_dbl(*(const double *)field);
    default: return zp_chr(*(char *const *)field, err);
    }
}

static const char *extra_value(const zp_config *cfg, const char *key)
{
    for (const zp_config_extra *e = cfg->extra; e; e = e->next)
        if (strcmp(e->key, key) == 0)
            return e->value;
    return NULL;
}

/* Appends the present value of `key`. */
static bool add_option(zp_value *list, const zp_config *cfg, const char *key, zp_error *err)
{
    const zp_option *row = zp_option_find(key);
    const char *extra = extra_value(cfg, key);
    zp_value v;

    if (!row && !extra)
        return zp_fail(err, "unknown config variable '%s':", key);
    v = row ? option_value(cfg, row, err) : zp_chr(extra, err);
    return !(zp_bad(v) && err->code) && zp_list_add(list, key, v, err);
}

/* All settings, sorted by name: the options are; what else the configuration holds goes between. */
static bool add_all(zp_value *list, const zp_config *cfg, zp_error *err)
{
    size_t count;
    const zp_option *rows = zp_option_rows(&count);
    const char *last = "";

    for (;;) {
        const char *next = NULL;

        for (size_t i = 0; i < count; i++)
            if (strcmp(rows[i].key, last) > 0 && (!next || strcmp(rows[i].key, next) < 0))
                next = rows[i].key;
        for (const zp_config_extra *e = cfg->extra; e; e = e->next)
            if (strcmp(e->key, last) > 0 && (!next || strcmp(e->key, next) < 0))
                next = e->key;
        if (!next)
            return true;
        if (!add_option(list, cfg, next, err))
            return false;
        last = next;
    }
}

/* Sets one option of a copy; `list` collects the old value. */
static bool set_option(zp_value *list, zp_config *cfg, const char *key, zp_value v, zp_error *err)
{
    const zp_option *row = zp_option_find(key);
    zp_str *text;
    double num;

    if (!add_option(list, cfg, key, err))
        return false;
    if (!row || (v.type != ZP_DBL && v.type != ZP_STR) || zp_len(v) != 1)
        return zp_fail(err, "invalid type for config variable '%s':", key);
    if (!row->run_time)
        return zp_fail(err, "config variable '%s' cannot be changed while the program runs:", key);
    if (v.type == ZP_STR)
        return zp_get_str(v, &text, err) && zp_config_set_str(cfg, key, text->text, err);
    return zp_get_dbl(v, &num, err) && zp_config_set_num(cfg, key, num, err);
}

static bool set_from_list(zp_value *old, zp_config *cfg, zp_value list, zp_error *err)
{
    for (int64_t i = 0; i < zp_len(list); i++) {
        const zp_str *key = zp_name_at(zp_names(list, 0), i);

        if (!key->len)
            return zp_fail(err, "list argument has no valid names");
        if (!set_option(old, cfg, key->text, zp_list_at(list, i), err))
            return false;
    }
    return true;
}

static bool one_argument(zp_call *c, int i, zp_value *list, zp_config *cfg)
{
    zp_value v = c->dots[i];

    if (((c->dot_tags[i] && c->dot_tags[i]->len) || v.type == ZP_LIST) &&
        !zp_ctx_may(c->ctx, ZP_ALLOW_SYSTEM, "changing options", c->err))
        return false;
    if (c->dot_tags[i] && c->dot_tags[i]->len)
        return set_option(list, cfg, c->dot_tags[i]->text, v, c->err);
    if (v.type == ZP_LIST)
        return set_from_list(list, cfg, v, c->err);
    if (v.type == ZP_STR) {
        for (int64_t k = 0; k < zp_len(v); k++)
            if (!add_option(list, cfg, zp_strs(&v)[k]->text, c->err))
                return false;
        return true;
    }
    return v.type == ZP_NIL || zp_fail(c->err, "invalid argument");
}

/* Puts the changed copy in place and tells those who must know. */
static bool commit(zp_config *cfg, zp_config *changed, zp_error *err)
{
    if (strcmp(cfg->timezone, changed->timezone) != 0 && !zp_zone_find(changed->timezone, err)) {
        zp_config_fini(changed);
        return false;
    }
    if (cfg->max_memory != changed->max_memory)
        zp_heap_limit((size_t)changed->max_memory);
    if (cfg->threads != changed->threads)
        zp_parallel_threads((int)changed->threads);
    zp_config_fini(cfg);
    *cfg = *changed;
    return true;
}

static zp_status bi_options(zp_call *c)
{
    zp_config *cfg = zp_ctx_config(c->ctx), changed;
    bool ok = true;

    c->out = zp_list_new(0, c->err);
    if (zp_bad(c->out))
        return ZP_FAILED;
    if (c->ndots == 0)
        return zp_done(add_all(&c->out, cfg, c->err));
    if (!zp_config_copy(&changed, cfg, c->err))
        return ZP_FAILED;
    for (int i = 0; ok && i < c->ndots; i++)
        ok = one_argument(c, i, &c->out, &changed);
    if (!ok) {
        zp_config_fini(&changed);
        return ZP_FAILED;
    }
    return zp_done(commit(cfg, &changed, c->err));
}

static zp_status bi_get_option(zp_call *c)
{
    const zp_config *cfg = zp_ctx_config(c->ctx);
    const zp_option *row;
    const char *extra;
    zp_str *key;

    if (!zp_arg_str(c, 0, &key))
        return ZP_FAILED;
    row = zp_option_find(key->text);
    extra = extra_value(cfg, key->text);
    if (row)
        c->out = option_value(cfg, row, c->err);
    else if (extra)
        c->out = zp_chr(extra, c->err);
    else
        c->out = zp_value_move(&c->argv[1]);
    return zp_done(!c->err->code);
}

const zp_builtin zp_builtins_options[] = {
    { "options", "...", "", 0, NULL,
      "All settings as a list; with names, options(\"digits\"), those; with values, options(digits = 3) or a list of "
      "them, sets them for the whole process and gives the old ones, invisibly.",
      "options(digits = 4)", "{ r <- .options(...); if (.options.ask(...)) r else invisible(r) }" },
    { ".options", "...", "", ZP_BI_HIDDEN, bi_options, "The work of options().", "", NULL },
    { ".options.ask", "...", "", ZP_BI_HIDDEN, NULL, "Were settings only asked for?", "",
      "{ l <- list(...); length(l) == 0 || (is.null(names(l)) && is.character(l[[1]])) }" },
    { "getOption", "x, default = NULL", "x=S", 0, bi_get_option,
      "The setting called x, or default when there is none.", "getOption(\"digits\")", NULL },
    { 0 },
};
