/* format_util: elements as text, for paste, cat, sprintf and format. */
#include "base/utf8.h"
#include "base/breath.h"
#include "builtin/format_priv.h"
#include "ops/ops.h"

void zp__text_elem(zp_buf *out, zp_value v, int64_t i, int digits, const zp_config *cfg)
{
    if (v.type == ZP_DBL)
        zp_number_put1(out, zp_dbls(&v)[i], digits, (int)cfg->scipen);
    else
        zp_elem_text(out, v, i, digits, cfg->timezone);
}

static void deparse_elem(zp_buf *out, zp_value v, int64_t i, const zp_config *cfg)
{
    if (v.type == ZP_STR) {
        const zp_str *s = zp_strs(&v)[i];

        zp_utf8_escape(out, s->text, s->len, '"');
    } else {
        zp__text_elem(out, v, i, 15, cfg);
    }
}

static void deparse_name(zp_buf *out, const zp_array *names, int64_t i)
{
    const zp_str *s = zp_name_at(names, i);

    if (!s->len)
        return;
    zp_buf_put(out, s->text, s->len);
    zp_buf_puts(out, " = ");
}

static void deparse_dense(zp_buf *out, zp_value v, const zp_config *cfg, int depth)
{
    const zp_array *names = zp_names(v, 0);
    int64_t n = zp_len(v);
    bool list = v.type == ZP_LIST, bare = !list && n == 1 && !names;
    zp_slice source;

    if (v.type == ZP_CLO) {
        source = zp_closure_source(v);
        zp_buf_put(out, source.ptr, source.len);
    } else if (v.type == ZP_NIL || (!list && !zp_is_array(v))) {
        zp_buf_puts(out, v.type == ZP_NIL ? "NULL" : zp_type_name(v.type));
    } else if (!list && n == 0) {
        zp_buf_printf(out, "%s(0)", v.type == ZP_DBL ? "numeric" : zp_type_name(v.type));
    } else if (depth > 50) {
        zp_buf_puts(out, "list(...)");
    } else {
        zp_buf_puts(out, bare ? "" : list ? "list(" : "c(");
        for (int64_t i = 0; i < n && !out->failed; i++) {
            zp_buf_puts(out, i ? ", " : "");
            deparse_name(out, names, i);
            if (list)
                zp__deparse(out, zp_list_at(v, i), cfg, depth + 1);
            else
                deparse_elem(out, v, i, cfg);
        }
        zp_buf_puts(out, bare ? "" : ")");
    }
}

void zp__deparse(zp_buf *out, zp_value v, const zp_config *cfg, int depth)
{
    zp_error err = ZP_ERROR_INIT;
    zp_value x = zp_value_ref(v);

    if (!zp_is_array(x) || zp_value_dense(&x, &err))
        deparse_dense(out, x, cfg, depth);
    else
        out->failed = true; /* no memory */
    zp_error_clear(&err);
    zp_value_unref(x);
}

const char *zp__kind_name(zp_value v)
{
    return v.type == ZP_CLO ? "closure" : zp_type_name(v.type);
}

bool zp__text_check(zp_value v, zp_error *err)
{
    if (zp_is_array(v) || v.type == ZP_LIST || v.type == ZP_NIL || v.type == ZP_ERR)
        return true;
    return zp_fail(err, "cannot coerce type '%s' to vector of type 'character'", zp__kind_name(v));
}

void zp__text_any(zp_buf *out, zp_value v, int64_t i, const zp_config *cfg)
{
    if (v.type == ZP_ERR) {
        zp_buf_puts(out, zp_error_value_text(v));
    } else if (v.type == ZP_LIST) {
        zp_value x = zp_list_at(v, i);

        if (zp_is_array(x) && zp_len(x) == 1)
            zp__text_elem(out, x, 0, 15, cfg);
        else if (x.type == ZP_ERR)
            zp_buf_puts(out, zp_error_value_text(x));
        else
            zp__deparse(out, x, cfg, 0);
    } else {
        zp__text_elem(out, v, i, 15, cfg);
    }
}

bool zp__stopped(zp_call *c, int64_t i)
{
    zp_breathe(200);
    if ((i & 4095) != 4095 || !zp_ctx_interrupted(c->ctx))
        return false;
    zp_fail_code(c->err, ZP_ECANCELLED, "interrupted");
    return true;
}

bool zp__put_text(zp_value v, int64_t i, const zp_buf *text, zp_error *err)
{
    zp_str *s = zp_str_from_buf(text, err);

    if (!s)
        return false;
    zp_str_put(v, i, s);
    return true;
}

bool zp__copy_shape(zp_value *to, zp_value from, zp_error *err)
{
    zp_array *names = from.type == ZP_LIST ? zp_names(from, 0) : NULL;

    if (from.type == ZP_LIST)
        return !names || zp_set_names(to, 0, names, err);
    if (!zp_is_array(from))
        return true;
    if (zp_ndim(from) > 1 && !zp_value_reshape(to, zp_ndim(from), zp_dims(&from), err))
        return false;
    return zp_copy_names(to, from, err);
}

void zp__decimals(zp_buf *text, size_t from, bool drop0, const zp_str *mark)
{
    char *point = text->failed ? NULL : memchr(text->ptr + from, '.', text->len - from), *e;
    size_t at;

    if (!point)
        return;
    at = (size_t)(point - text->ptr);
    e = memchr(point, 'e', text->len - at);
    if (drop0 && e && strspn(e + 2, "0") == text->len - (size_t)(e + 2 - text->ptr))
        text->len = (size_t)(e - text->ptr);
    else if (drop0 && !e)
        while (text->len > at && (text->ptr[text->len - 1] == '0' || text->len == at + 1))
            text->len--;
    if (text->len > at && !(mark->len == 1 && mark->text[0] == '.')) {
        zp_buf tail = ZP_BUF_INIT;
        zp_buf_put(&tail, text->ptr + at + 1, text->len - at - 1);
        text->len = at;
        zp_buf_put(text, mark->text, mark->len);
        zp_buf_put(text, tail.ptr, tail.len);
        text->failed |= tail.failed;
        zp_buf_fini(&tail);
    }
}

void zp__big_mark(zp_buf *text, size_t from, const zp_str *mark)
{
    char digits[ZP_NUMBER_MAX], *at;
    size_t len = 0, tail_len;
    zp_buf tail = ZP_BUF_INIT;

    if (!mark->len || text->failed)
        return;
    at = text->ptr + from;
    while (at < text->ptr + text->len && (*at < '0' || *at > '9'))
        at++;
    while (at + len < text->ptr + text->len && at[len] >= '0' && at[len] <= '9' && len < sizeof digits)
        len++;
    if (len <= 3)
        return;
    memcpy(digits, at, len);
    tail_len = text->len - (size_t)(at - text->ptr) - len;
    zp_buf_put(&tail, at + len, tail_len);
    text->len = (size_t)(at - text->ptr);
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            zp_buf_put(text, mark->text, mark->len);
        zp_buf_putc(text, digits[i]);
    }
    zp_buf_put(text, tail.ptr, tail.len);
    text->failed |= tail.failed;
    zp_buf_fini(&tail);
}
