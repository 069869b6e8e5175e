/* json_check: whether the text of a json column can stand in an answer as it is.
 *
 * One pass with an explicit stack of bits; strict JSON, UTF-8, at most 64 deep, surrogates in pairs: what any driver's parser reads. */
#include <string.h>

#include "backend/encode.h"
#include "wire/json.h"

enum { DEPTH = 64 };

typedef struct scan {
    const uint8_t *at, *end;
} scan;

static void blanks(scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static int hex4(scan *s)
{
    int v = 0;

    for (int i = 0; i < 4; i++, s->at++) {
        int c = s->at < s->end ? *s->at : 0;
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;

        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

static bool escape(scan *s)
{
    int c = s->at < s->end ? *s->at++ : 0, u;

    if (c != 'u')
        return c && strchr("\"\\/bfnrt", c);
    u = hex4(s);
    if (u >= 0xd800 && u < 0xdc00) {
        if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
            return false;
        s->at += 2;
        u = hex4(s);
        return u >= 0xdc00 && u < 0xe000;
    }
    return u >= 0 && (u < 0xdc00 || u >= 0xe000);
}

static bool string(scan *s)
{
    s->at++;
    while (s->at < s->end && *s->at != '"') {
        int n;

        if (*s->at < 0x20)
            return false;
        if (*s->at == '\\') {
            s->at++;
            if (!escape(s))
                return false;
            continue;
        }
        n = zp_json_utf8_step(s->at, s->end);
        if (n < 0)
            return false;
        s->at += n;
    }
    return s->at++ < s->end;
}

static bool digits(scan *s)
{
    const uint8_t *from = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > from;
}

static bool number(scan *s)
{
    const uint8_t *from;

    if (*s->at == '-')
        s->at++;
    from = s->at;
    if (!digits(s) || (*from == '0' && s->at > from + 1))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at | 32) == 'e') {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        return digits(s);
    }
    return true;
}

static bool word(scan *s, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
        return false;
    s->at += len;
    return true;
}

static bool scalar(scan *s)
{
    switch (*s->at) {
    case '"': return string(s);
    case 't': return word(s, "true");
    case 'f': return word(s, "false");
    case 'n': return word(s, "null");
    default: return number(s);
    }
}

/* `"name" :` of a member. */
static bool name(scan *s)
{
    blanks(s);
    if (s->at == s->end || *s->at != '"' || !string(s))
        return false;
    blanks(s);
    return s->at < s->end && *s->at++ == ':';
}

/* After a value: closes what ends here, passes a comma.  *more: another value follows. */
static bool after(scan *s, uint64_t *objects, int *depth, bool *more)
{
    *more = false;
    for (;;) {
        bool object = *objects & 1;

        blanks(s);
        if (!*depth)
            return s->at == s->end;
        if (s->at == s->end)
            return false;
        if (*s->at == ',') {
            s->at++;
            *more = true;
            return !object || name(s);
        }
        if (*s->at++ != (object ? '}' : ']'))
            return false;
        *objects >>= 1;
        --*depth;
    }
}

bool zp__json_valid(const char *text, size_t len)
{
    scan s = { (const uint8_t *)text, (const uint8_t *)text + len };
    uint64_t objects = 0; /* one bit per level: an object or an array */
    int depth = 0;
    bool more = true;

    while (more) {
        blanks(&s);
        if (s.at == s.end)
            return false;
        if (*s.at == '{' || *s.at == '[') {
            bool object = *s.at++ == '{';

            if (++depth > DEPTH)
                return false;
            objects = objects << 1 | object;
            blanks(&s);
            if (s.at < s.end && *s.at == (object ? '}' : ']')) {
                if (!after(&s, &objects, &depth, &more))
                    return false;
            } else if (object && !name(&s)) {
                return false;
            }
            continue;
        }
        if (!scalar(&s) || !after(&s, &objects, &depth, &more))
            return false;
    }
    return true;
}
