/* http_read: the head of a request. */
#include <string.h>
#include <strings.h>

#include "server/http.h"

bool zp__slice_is(zp_slice s, const char *text)
{
    return s.ptr && s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

bool zp__slice_is_nocase(zp_slice s, const char *text)
{
    return s.ptr && s.len == strlen(text) && strncasecmp(s.ptr, text, s.len) == 0;
}

static zp_slice trim(zp_slice s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s.ptr++;
        s.len--;
    }
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

bool zp__slice_has(zp_slice list, const char *word)
{
    const char *at = list.ptr, *end = list.ptr ? list.ptr + list.len : NULL;

    while (at && at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at)), *stop = comma ? comma : end;
        const char *semi = memchr(at, ';', (size_t)(stop - at)); /* ;q=0.5 */
        zp_slice item = trim((zp_slice){ at, (size_t)((semi ? semi : stop) - at) });

        if (zp__slice_is_nocase(item, word))
            return true;
        at = stop + 1;
    }
    return false;
}

/* Letters of the names of methods and headers. */
static bool is_token(zp_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c <= ' ' || c >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", c))
            return false;
    }
    return s.len > 0;
}

static bool is_text(zp_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* METHOD /path?query HTTP/1.1 */
static bool read_start(zp_slice line, zp__request *r)
{
    const char *one = memchr(line.ptr, ' ', line.len);
    const char *end = line.ptr + line.len, *two = one ? memchr(one + 1, ' ', (size_t)(end - one - 1)) : NULL;
    const char *mark;
    zp_slice version;

    if (!two)
        return false;
    r->method = (zp_slice){ line.ptr, (size_t)(one - line.ptr) };
    r->path = (zp_slice){ one + 1, (size_t)(two - one - 1) };
    version = (zp_slice){ two + 1, (size_t)(end - two - 1) };
    r->old = zp__slice_is(version, "HTTP/1.0");
    if (!is_token(r->method) || !r->path.len || r->path.ptr[0] != '/' || !is_text(r->path) ||
        (!r->old && !zp__slice_is(version, "HTTP/1.1")))
        return false;
    mark = memchr(r->path.ptr, '?', r->path.len);
    if (mark) {
        r->query = (zp_slice){ mark + 1, (size_t)(r->path.ptr + r->path.len - mark - 1) };
        r->path.len = (size_t)(mark - r->path.ptr);
    }
    return true;
}

static const struct {
    const char *name;
    size_t offset;
} headers[] = {
#define X(field, name) { name, offsetof(zp__request, field) },
    ZP_HTTP_HEADERS(X)
#undef X
};

/* Name: value.  A header that we look at comes once. */
static bool read_header(zp_slice line, zp__request *r)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    zp_slice name, value;

    if (!colon)
        return false;
    name = (zp_slice){ line.ptr, (size_t)(colon - line.ptr) };
    value = trim((zp_slice){ colon + 1, (size_t)(line.ptr + line.len - colon - 1) });
    if (!is_token(name) || !is_text(value))
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(headers); i++) {
        zp_slice *field = (zp_slice *)((char *)r + headers[i].offset);

        if (!zp__slice_is_nocase(name, headers[i].name))
            continue;
        if (field->ptr)
            return zp__slice_is(*field, "") && value.len == 0;
        *field = value;
    }
    return true;
}

static int read_length(zp__request *r)
{
    if (r->transfer_encoding.ptr)
        return 411; /* the length in front, please */
    if (!r->content_length.ptr)
        return 0;
    if (!r->content_length.len || r->content_length.len > 15)
        return 400;
    for (size_t i = 0; i < r->content_length.len; i++) {
        char c = r->content_length.ptr[i];

        if (c < '0' || c > '9')
            return 400;
        r->body = r->body * 10 + (size_t)(c - '0');
    }
    return 0;
}

/* The next line, without its end; false: it is not there as a whole. */
static bool next_line(const char **at, const char *end, zp_slice *line)
{
    const char *nl = memchr(*at, '\n', (size_t)(end - *at));

    if (!nl)
        return false;
    *line = (zp_slice){ *at, (size_t)(nl - *at) };
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    *at = nl + 1;
    return true;
}

int zp__http_read(const char *bytes, size_t len, zp__request *r)
{
    const char *at = bytes, *end = bytes + (len < ZP_HTTP_HEAD ? len : ZP_HTTP_HEAD);
    int more = len < ZP_HTTP_HEAD ? -1 : 431;
    zp_slice line;

    memset(r, 0, sizeof *r);
    if (!next_line(&at, end, &line))
        return more;
    if (!read_start(line, r))
        return 400;
    for (;;) {
        if (!next_line(&at, end, &line))
            return more;
        if (!line.len)
            break;
        if (!read_header(line, r))
            return 400;
    }
    r->head = (size_t)(at - bytes);
    return read_length(r);
}
