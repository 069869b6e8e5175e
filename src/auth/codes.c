/* codes: the table of reply codes, and the few frames that several rooms write.
 *
 * A frame is written behind four bytes that are filled when its length is known, so header and payload are always
 * neighbours in one buffer and leave in one write. */
#include "auth/codes.h"

#include <string.h>

#include "auth/auth_priv.h"

int zp_zql_code(zp_zql_class cls, zp_zql_condition condition)
{
    static const struct {
        int n, other;
    } codes[] = {
#define X(name, n, other) { n, other },
        ZP_ZQL_CODES(X)
#undef X
    };
    bool node = cls == ZP_CLASS_N || cls == ZP_CLASS_NATIVE;

    return node ? codes[condition].n : codes[condition].other;
}

const char *zp_zql_class_name(zp_zql_class cls)
{
    static const char *const names[] = { "N", "P", "P0", "V", "native" };

    return names[cls];
}

zp_zql_request zp_zql_request_of(int64_t request_type)
{
    static const struct {
        int n, other;
    } codes[] = {
#define X(name, n, other) { n, other },
        ZP_ZQL_REQUESTS(X)
#undef X
    };

    for (size_t i = 0; i < ZP_COUNTOF(codes); i++) {
        if (codes[i].n == request_type || codes[i].other == request_type)
            return (zp_zql_request)(i + 1);
    }
    return ZP_REQ_UNKNOWN;
}

/* ---------------------------------------------------------------- frames */

size_t zp_zql_frame_begin(zp_buf *out)
{
    size_t mark = out->len;

    zp_buf_put(out, "\0\0\0\0", 4);
    return mark;
}

void zp_zql_frame_end(zp_buf *out, size_t mark)
{
    size_t len;

    if (out->failed)
        return;
    len = out->len - mark - 4;
    for (int i = 0; i < 4; i++)
        out->ptr[mark + (size_t)i] = (char)(len >> (24 - 8 * i) & 0xff);
}

static void put_error(zp_buf *out, int code, const char *text, const char *more, const char *behind)
{
    size_t mark = zp_zql_frame_begin(out);

    zp_buf_printf(out, "{\"error\":true,\"response_code\":%d,\"data\":{\"zteradb_error\":", code);
    zp_json_put_string(out, text, strlen(text));
    zp_buf_puts(out, more);
    zp_buf_putc(out, '}');
    zp_buf_puts(out, behind);
    zp_buf_putc(out, '}');
    zp_zql_frame_end(out, mark);
}

void zp_zql_put_error(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *text)
{
    put_error(out, zp_zql_code(cls, condition), text, "", "");
}

void zp__put_refusal(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *text,
                     const char *more)
{
    put_error(out, zp_zql_code(cls, condition), text, more, cls == ZP_CLASS_P0 ? ",\"client_auth\":{}" : "");
}

void zp_zql_put_reply(zp_buf *out, zp_zql_class cls, zp_zql_condition condition, const char *data)
{
    size_t mark = zp_zql_frame_begin(out);

    zp_buf_printf(out, "{\"error\":false,\"response_code\":%d,\"data\":", zp_zql_code(cls, condition));
    zp_buf_puts(out, data);
    zp_buf_putc(out, '}');
    zp_zql_frame_end(out, mark);
}
