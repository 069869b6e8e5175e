/* value: literals as their field wants them.
 *
 * Comparing.  A literal takes the class of the field.  What a column of that class can never hold (a fraction against whole numbers, a
 * number beyond 64 bits, a time of day against dates) is turned into a comparison that means the same with a value that it can
 * hold, or into no comparison at all: so every backend gets values of exactly one type, and indexes stay usable.
 *
 * Storing is strict: what would be changed on the way is refused. */
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "gateway/build.h"

zp_class zp_class_of(zp_zql_type type)
{
    static const uint8_t classes[ZP_ZQL_TYPE_COUNT] = {
        [ZP_ZQL_INT] = ZP_CLS_INT,           [ZP_ZQL_SMALLINT] = ZP_CLS_INT,
        [ZP_ZQL_BIGINT] = ZP_CLS_INT,        [ZP_ZQL_DECIMAL] = ZP_CLS_DECIMAL,
        [ZP_ZQL_DOUBLE] = ZP_CLS_DOUBLE,     [ZP_ZQL_BOOLEAN] = ZP_CLS_BOOL,
        [ZP_ZQL_VARCHAR] = ZP_CLS_TEXT,      [ZP_ZQL_TEXT] = ZP_CLS_TEXT,
        [ZP_ZQL_DATETIME] = ZP_CLS_DATETIME, [ZP_ZQL_DATE] = ZP_CLS_DATE,
        [ZP_ZQL_JSON] = ZP_CLS_JSON,         [ZP_ZQL_ZTID] = ZP_CLS_TEXT,
        [ZP_ZQL_BINARY] = ZP_CLS_BINARY,
    };

    return (zp_class)classes[type];
}

zp_param_kind zp__q_param_kind_of(zp_zql_type type)
{
    static const uint8_t kinds[] = {
        [ZP_CLS_BOOL] = ZP_PARAM_BOOL,       [ZP_CLS_INT] = ZP_PARAM_INT,
        [ZP_CLS_DECIMAL] = ZP_PARAM_DECIMAL, [ZP_CLS_DOUBLE] = ZP_PARAM_DOUBLE,
        [ZP_CLS_TEXT] = ZP_PARAM_TEXT,       [ZP_CLS_DATETIME] = ZP_PARAM_DATETIME,
        [ZP_CLS_DATE] = ZP_PARAM_DATE,       [ZP_CLS_BINARY] = ZP_PARAM_BINARY,
        [ZP_CLS_JSON] = ZP_PARAM_JSON,
    };

    return (zp_param_kind)kinds[zp_class_of(type)];
}

bool zp__q_number_of(const zp_json *v, zp_dec *d, bool *huge)
{
    zp_dec_read_result r = ZP_DEC_NO;

    if (v->kind == ZP_JSON_NUMBER || v->kind == ZP_JSON_STRING)
        r = zp_dec_read(v->text.ptr, v->text.len, d);
    *huge = r == ZP_DEC_HUGE;
    return r != ZP_DEC_NO;
}

bool zp__q_decimal_text(zp__q_build *b, const zp_dec *d, zp_slice *out)
{
    char text[ZP_DEC_TEXT];
    size_t len = zp_dec_write(d, text);
    char *copy = zp__q_get(b, len + 1);

    if (copy)
        memcpy(copy, text, len);
    *out = (zp_slice){ copy, len };
    return copy != NULL;
}

/* ---------------------------------------------------------------- comparing */

/* Every value is below (or above) the literal. */
static zp__q_fit beyond(zp_expr_op op, bool below)
{
    switch (op) {
    case ZP_EXPR_NE: return ZP__FIT_ALWAYS;
    case ZP_EXPR_LT:
    case ZP_EXPR_LE: return below ? ZP__FIT_ALWAYS : ZP__FIT_NEVER;
    case ZP_EXPR_GT:
    case ZP_EXPR_GE: return below ? ZP__FIT_NEVER : ZP__FIT_ALWAYS;
    default: return ZP__FIT_NEVER;
    }
}

/* The literal lies above a value that the column can hold and below the next: `op` for that lower value. */
static zp__q_fit between(zp_expr_op *op)
{
    switch (*op) {
    case ZP_EXPR_EQ: return ZP__FIT_NEVER;
    case ZP_EXPR_NE: return ZP__FIT_ALWAYS;
    case ZP_EXPR_LT:
    case ZP_EXPR_LE: *op = ZP_EXPR_LE; return ZP__FIT_PARAM;
    default: *op = ZP_EXPR_GT; return ZP__FIT_PARAM;
    }
}

static zp__q_fit fit_int(zp_expr_op *op, const zp_json *v, zp_param *out)
{
    zp__q_fit fit = ZP__FIT_PARAM;
    bool huge, minus;
    zp_dec d;

    out->kind = ZP_PARAM_INT;
    if (zp_json_int(v, &out->num))
        return ZP__FIT_PARAM;
    if (!zp__q_number_of(v, &d, &huge))
        return ZP__FIT_BAD;
    minus = d.minus;
    if (!huge && d.scale > 0) {
        fit = between(op);
        if (!zp_dec_floor(&d, 0))
            huge = true;
    }
    if (huge || !zp_dec_to_int(&d, &out->num))
        return beyond(*op, !minus);
    return fit;
}

static zp__q_fit fit_decimal(zp__q_build *b, int scale, zp_expr_op *op, const zp_json *v, zp_param *out)
{
    zp__q_fit fit = ZP__FIT_PARAM;
    bool huge;
    zp_dec d;

    out->kind = ZP_PARAM_DECIMAL;
    if (!zp__q_number_of(v, &d, &huge))
        return ZP__FIT_BAD;
    if (huge || zp_dec_whole(&d) > 65 - scale)
        return beyond(*op, !d.minus);
    if (d.scale > scale) {
        fit = between(op);
        if (!zp_dec_floor(&d, scale))
            return ZP__FIT_NEVER;
    }
    return zp__q_decimal_text(b, &d, &out->text) ? fit : ZP__FIT_BAD;
}

static zp__q_fit fit_double(zp_expr_op op, const zp_json *v, zp_param *out)
{
    bool huge;
    zp_dec d;

    out->kind = ZP_PARAM_DOUBLE;
    if (!zp__q_number_of(v, &d, &huge))
        return ZP__FIT_BAD;
    if (!zp_number_from(v->text.ptr, v->text.len, &out->dbl))
        return ZP__FIT_BAD;
    if (out->dbl - out->dbl != 0)
        return beyond(op, out->dbl > 0);
    return ZP__FIT_PARAM;
}

static zp__q_fit fit_bool(const zp_json *v, zp_param *out)
{
    bool huge, text = v->kind == ZP_JSON_STRING;
    zp_dec d;

    out->kind = ZP_PARAM_BOOL;
    out->num = v->kind == ZP_JSON_TRUE || zp_json_is(v, "true");
    if (v->kind == ZP_JSON_TRUE || v->kind == ZP_JSON_FALSE || zp_json_is(v, "true") ||
        zp_json_is(v, "false"))
        return ZP__FIT_PARAM;
    if (text && !zp_json_is(v, "0") && !zp_json_is(v, "1"))
        return ZP__FIT_BAD;
    if (!zp__q_number_of(v, &d, &huge) || huge || !zp_dec_to_int(&d, &out->num) ||
        (out->num != 0 && out->num != 1))
        return ZP__FIT_BAD;
    return ZP__FIT_PARAM;
}

/* The text of a number: its digits, without exponent. */
static bool number_text(zp__q_build *b, const zp_json *v, zp_slice *out)
{
    bool huge;
    zp_dec d;

    *out = v->text;
    if (!memchr(v->text.ptr, 'e', v->text.len) && !memchr(v->text.ptr, 'E', v->text.len))
        return true;
    if (!zp__q_number_of(v, &d, &huge) || huge)
        return true;
    return zp__q_decimal_text(b, &d, out);
}

static zp__q_fit fit_text(zp__q_build *b, zp_expr_op *op, const zp_json *v, zp_param *out)
{
    out->kind = ZP_PARAM_TEXT;
    if (v->kind == ZP_JSON_NUMBER)
        return number_text(b, v, &out->text) ? ZP__FIT_PARAM : ZP__FIT_BAD;
    if (v->kind != ZP_JSON_STRING)
        return ZP__FIT_BAD;
    out->text = v->text;
    if (!v->nul)
        return ZP__FIT_PARAM;
    out->text.len =
        strnlen(v->text.ptr, v->text.len); /* no text of a backend has a NUL: it lies behind this one */
    return between(op);
}

static zp__q_fit fit_when(bool date, zp_expr_op *op, const zp_json *v, zp_param *out)
{
    int64_t rest;

    out->kind = date ? ZP_PARAM_DATE : ZP_PARAM_DATETIME;
    if (v->kind != ZP_JSON_STRING || !zp__q_when_read(v->text.ptr, v->text.len, &out->num))
        return ZP__FIT_BAD;
    if (!date)
        return ZP__FIT_PARAM;
    rest = out->num % INT64_C(86400000000);
    rest += rest < 0 ? INT64_C(86400000000) : 0;
    out->num = (out->num - rest) / INT64_C(86400000000);
    return rest ? between(op) : ZP__FIT_PARAM;
}

zp__q_fit zp__q_fit_value(zp__q_build *b, zp_class cls, int scale, zp_expr_op *op, const zp_json *v,
                          zp_param *out)
{
    *out = (zp_param){ 0 };
    switch (cls) {
    case ZP_CLS_INT: return fit_int(op, v, out);
    case ZP_CLS_DECIMAL: return fit_decimal(b, scale, op, v, out);
    case ZP_CLS_DOUBLE: return fit_double(*op, v, out);
    case ZP_CLS_BOOL: return fit_bool(v, out);
    case ZP_CLS_TEXT: return fit_text(b, op, v, out);
    case ZP_CLS_DATETIME: return fit_when(false, op, v, out);
    case ZP_CLS_DATE: return fit_when(true, op, v, out);
    case ZP_CLS_BINARY:
        out->kind = ZP_PARAM_BINARY;
        return v->kind == ZP_JSON_STRING && zp__q_base64_read(b, v->text, &out->text) ? ZP__FIT_PARAM
                                                                                      : ZP__FIT_BAD;
    case ZP_CLS_JSON: break;
    }
    return ZP__FIT_BAD;
}

/* ---------------------------------------------------------------- storing */

static const char *store_int(const zp_field *f, const zp_json *v, zp_param *out)
{
    int64_t most = f->type == ZP_ZQL_SMALLINT ? INT16_MAX : f->type == ZP_ZQL_INT ? INT32_MAX : INT64_MAX;
    bool huge;
    zp_dec d;

    if (!zp_json_int(v, &out->num)) {
        if (!zp__q_number_of(v, &d, &huge))
            return "must be a whole number";
        if (!huge && d.scale > 0)
            return "must be a whole number without fraction";
        if (huge || !zp_dec_to_int(&d, &out->num))
            return "is out of range";
    }
    return out->num > most || out->num < -most - 1 ? "is out of range" : NULL;
}

static const char *store_decimal(zp__q_build *b, const zp_field *f, const zp_json *v, zp_param *out)
{
    bool huge;
    zp_dec d;

    if (!zp__q_number_of(v, &d, &huge))
        return "must be a number";
    if (huge || zp_dec_whole(&d) > f->precision - f->scale)
        return "is out of range";
    if (d.scale > f->scale)
        return "has more digits behind the point than the field keeps";
    return zp__q_decimal_text(b, &d, &out->text) ? NULL : "does not fit";
}

static const char *store_text(zp__q_build *b, const zp_field *f, const zp_json *v, zp_param *out)
{
    if (v->kind == ZP_JSON_STRING)
        out->text = v->text;
    else if (v->kind != ZP_JSON_NUMBER || !number_text(b, v, &out->text))
        return "must be a text";
    if (v->kind == ZP_JSON_STRING && v->nul)
        return "must not contain the character NUL";
    if (f->type == ZP_ZQL_ZTID && (out->text.len == 0 || zp_utf8_count(out->text.ptr, out->text.len) > 26))
        return "must be a text of 1 to 26 characters";
    if (f->length && zp_utf8_count(out->text.ptr, out->text.len) > f->length)
        return "is too long";
    return NULL;
}

static bool has_nul(const zp_json *v)
{
    if (v->kind == ZP_JSON_STRING && v->nul)
        return true;
    if (v->kind != ZP_JSON_ARRAY && v->kind != ZP_JSON_OBJECT)
        return false;
    for (const zp_json *m = v->first; m; m = m->next)
        if (memchr(m->key.ptr ? m->key.ptr : "-", 0, m->key.ptr ? m->key.len : 1) || has_nul(m))
            return true;
    return false;
}

static const char *store_json(zp__q_build *b, const zp_json *v, zp_param *out)
{
    zp_buf text = ZP_BUF_INIT;
    char *copy;

    if (has_nul(v))
        return "must not contain the character NUL";
    zp_json_put(&text, v);
    copy = text.failed ? NULL : zp__q_get(b, text.len + 1);
    if (copy)
        memcpy(copy, text.ptr, text.len);
    out->text = (zp_slice){ copy, text.len };
    zp_buf_fini(&text);
    return copy ? NULL : "does not fit";
}

static const char *store_other(zp__q_build *b, const zp_field *f, const zp_json *v, zp_param *out)
{
    zp_expr_op op = ZP_EXPR_EQ;
    zp__q_fit fit = zp__q_fit_value(b, zp_class_of(f->type), 0, &op, v, out);

    if (fit == ZP__FIT_PARAM) {
        if (f->type == ZP_ZQL_BINARY && f->length && out->text.len > (size_t)f->length)
            return "is too long";
        return NULL;
    }
    switch (f->type) {
    case ZP_ZQL_DOUBLE: return fit == ZP__FIT_BAD ? "must be a number" : "is out of range";
    case ZP_ZQL_BOOLEAN: return "must be true or false";
    case ZP_ZQL_DATETIME: return "must be a time like 2025-02-23T01:05:48Z";
    case ZP_ZQL_DATE:
        return fit == ZP__FIT_BAD ? "must be a date like 2025-02-23" : "must be a date without a time of day";
    default: return "must be a text in base64";
    }
}

bool zp__q_store(zp__q_build *b, const zp_schema *s, const zp_field *f, const zp_json *v, zp_param *out)
{
    const char *why;

    *out = (zp_param){ .kind = zp__q_param_kind_of(f->type) };
    if (v->kind == ZP_JSON_NULL) {
        out->null = true;
        return f->nullable || zp__q_bad_field(b, s, f->name, "must not be null");
    }
    if (f->type == ZP_ZQL_JSON)
        why = store_json(b, v, out);
    else if (v->kind == ZP_JSON_ARRAY || v->kind == ZP_JSON_OBJECT)
        why = "cannot take a list or an object";
    else if (zp_class_of(f->type) == ZP_CLS_INT)
        why = store_int(f, v, out);
    else if (f->type == ZP_ZQL_DECIMAL)
        why = store_decimal(b, f, v, out);
    else if (zp_class_of(f->type) == ZP_CLS_TEXT)
        why = store_text(b, f, v, out);
    else
        why = store_other(b, f, v, out);
    return !why || zp__q_bad_field(b, s, f->name, why);
}
