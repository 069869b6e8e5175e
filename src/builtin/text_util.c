/* text_util: arguments, results and collections of the text built-ins. */
#include "builtin/text.h"
#include "base/breath.h"

#include <string.h>

bool zp__text_arg(zp_call *c, int k, bool names, zp_value *out)
{
    bool was_text = c->argv[k].type == ZP_STR;

    if (!zp_convert_take(zp_value_move(&c->argv[k]), ZP_STR, out, c->err))
        return false;
    if (was_text || names || !out->boxed)
        return true;
    if (zp_value_fresh(out, c->err)) {
        int64_t n = out->u.arr->n;

        zp_drop_names(out);
        if (out->u.arr->ndim == 1 || zp_value_reshape(out, 1, &n, c->err))
            return true;
    }
    zp_value_clear(out);
    return false;
}

bool zp__text_first(zp_call *c, int k, const char *formal, zp_value *holder, zp_str **out)
{
    if (!zp__text_arg(c, k, true, holder))
        return false;
    if (zp_len(*holder) < 1) {
        zp_value_clear(holder);
        return zp_fail_arg(c->err, k + 1, "invalid '%s' argument", formal);
    }
    *out = zp_strs(holder)[0];
    return true;
}

zp_status zp__text_map(zp_call *c, zp__text_fn fn, void *ctx)
{
    zp_value x;

    if (!zp__text_arg(c, 0, false, &x))
        return ZP_FAILED;
    c->out = zp_arr_like(ZP_STR, x, true, c->err);
    if (zp_bad(c->out))
        goto fail;
    for (int64_t i = 0; i < zp_len(x); i++) {
        zp_str *s = zp__text_stop(c, i) ? NULL : fn(ctx, zp_strs(&x)[i], c->err);

        if (!s)
            goto fail;
        zp_str_put(c->out, i, s);
    }
    zp_value_unref(x);
    return ZP_OK;

fail:
    zp_value_clear(&c->out);
    zp_value_unref(x);
    return ZP_FAILED;
}

bool zp__text_stop(zp_call *c, int64_t i)
{
    enum { TURNS = 256 };

    zp_breathe(200);
    if (i % TURNS != 0 || !zp_ctx_interrupted(c->ctx))
        return false;
    zp_fail_code(c->err, ZP_ECANCELLED, "interrupted");
    return true;
}

bool zp__is_ascii(const char *text, size_t len)
{
    unsigned char any = 0;

    for (size_t i = 0; i < len; i++)
        any |= (unsigned char)text[i];
    return any < 0x80;
}

const char *zp__utf8_skip(const char *at, const char *end, int64_t n)
{
    while (n-- > 0 && at < end) {
        if ((unsigned char)*at < 0x80)
            at++;
        else
            zp_utf8_next(&at, end);
    }
    return at;
}

bool zp__strings_add_take(zp__strings *list, zp_str *s, zp_error *err)
{
    if (!s)
        return false;
    if (list->n == list->cap) {
        int64_t cap = list->cap ? 2 * list->cap : 8;
        zp_str **more = zp_realloc(list->at, (size_t)cap * sizeof(*more), err);

        if (!more) {
            zp_str_unref(s);
            return false;
        }
        list->at = more;
        list->cap = cap;
    }
    list->at[list->n++] = s;
    return true;
}

bool zp__strings_add(zp__strings *list, const char *bytes, size_t len, zp_error *err)
{
    return zp__strings_add_take(list, zp_str_new(bytes, len, err), err);
}

zp_value zp__strings_finish(zp__strings *list, zp_error *err)
{
    zp_value v = zp_vec(ZP_STR, list->n, err);

    if (!zp_bad(v)) {
        for (int64_t i = 0; i < list->n; i++)
            zp_str_put(v, i, list->at[i]);
        list->n = 0;
    }
    zp__strings_fini(list);
    return v;
}

void zp__strings_fini(zp__strings *list)
{
    for (int64_t i = 0; i < list->n; i++)
        zp_str_unref(list->at[i]);
    zp_free(list->at);
    *list = (zp__strings){ 0 };
}

locale_t zp__text_locale(void)
{
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void zp__text_locale_free(locale_t loc)
{
    if (loc)
        freelocale(loc);
}
