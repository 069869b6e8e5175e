/* json: the reader.
 *
 * Recursive descent, at most ZP_JSON_DEPTH deep.  Nodes come from blocks that are kept for the next document; unescaped texts go to
 * an area that is as long as the input at most, so that it never moves.  Keys of an object are compared pairwise while they are
 * few, then through a seeded hash table (nobody outside can choose keys that collide). */
#include "wire/json.h"

#include <string.h>
#include <sys/random.h>

#include <xxhash.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { BLOCK = 128, FEW_KEYS = 12, KEEP_TEXT = 65536 };

typedef struct block {
    struct block *next;
    zp_json nodes[BLOCK];
} block;

struct zp_json_doc {
    block *first, *at; /* blocks are kept; `at` is being filled */
    size_t used;       /* nodes of `at` */
    char *area;        /* unescaped texts */
    size_t area_len, area_cap;
    const zp_json **table; /* of duplicate keys */
    size_t table_cap;
    uint64_t seed;
    const char *begin, *pos, *end;
    int depth;
    zp_error *err;
};

zp_json_doc *zp_json_doc_new(zp_error *err)
{
    zp_json_doc *doc = zp_new(zp_json_doc, err);

    if (!doc)
        return NULL;
    doc->first = zp_new(block, err);
    if (!doc->first) {
        zp_free(doc);
        return NULL;
    }
    if (getrandom(&doc->seed, sizeof(doc->seed), GRND_NONBLOCK) < 0)
        doc->seed = (uint64_t)(uintptr_t)doc;
    return doc;
}

static void free_blocks(block *b)
{
    for (block *next; b; b = next) {
        next = b->next;
        zp_free(b);
    }
}

void zp_json_doc_free(zp_json_doc *doc)
{
    if (!doc)
        return;
    free_blocks(doc->first);
    zp_free(doc->area);
    zp_free(doc->table);
    zp_free(doc);
}

/* Back to empty.  What a very large document needed is given back. */
static void reset(zp_json_doc *doc)
{
    if (doc->first->next) {
        free_blocks(doc->first->next->next);
        doc->first->next->next = NULL;
    }
    if (doc->area_cap > KEEP_TEXT) {
        zp_free(doc->area);
        doc->area = NULL;
        doc->area_cap = 0;
    }
    doc->at = doc->first;
    doc->used = doc->area_len = 0;
    doc->depth = 0;
}

static bool fail(zp_json_doc *doc, const char *what)
{
    return zp_fail_code(doc->err, ZP_EFORMAT, "invalid JSON: %s at byte %zu", what,
                        (size_t)(doc->pos - doc->begin) + 1);
}

static zp_json *new_node(zp_json_doc *doc)
{
    zp_json *v;

    if (doc->used == BLOCK) {
        if (!doc->at->next && !(doc->at->next = zp_new(block, doc->err)))
            return NULL;
        doc->at = doc->at->next;
        doc->used = 0;
    }
    v = &doc->at->nodes[doc->used++];
    memset(v, 0, sizeof(*v));
    return v;
}

static void blanks(zp_json_doc *doc)
{
    while (doc->pos < doc->end &&
           (*doc->pos == ' ' || *doc->pos == '\n' || *doc->pos == '\t' || *doc->pos == '\r'))
        doc->pos++;
}

static bool take(zp_json_doc *doc, char c)
{
    blanks(doc);
    if (doc->pos == doc->end || *doc->pos != c)
        return false;
    doc->pos++;
    return true;
}

/* ---------------------------------------------------------------- texts */

static int hex_digit(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static int32_t hex4(zp_json_doc *doc)
{
    int32_t v = 0;

    for (int i = 0; i < 4; i++, doc->pos++) {
        int d = doc->pos < doc->end ? hex_digit((unsigned char)*doc->pos) : -1;

        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* Behind `\u`: one code point, of two escapes when the first is a high surrogate. */
static bool unicode_escape(zp_json_doc *doc, int32_t *cp)
{
    int32_t low;

    *cp = hex4(doc);
    if (*cp < 0)
        return fail(doc, "four hexadecimal digits must follow \\u");
    if (*cp < 0xD800 || *cp > 0xDFFF)
        return true;
    if (*cp > 0xDBFF || doc->end - doc->pos < 2 || doc->pos[0] != '\\' || doc->pos[1] != 'u')
        return fail(doc, "lone surrogate");
    doc->pos += 2;
    low = hex4(doc);
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(doc, "lone surrogate");
    *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static bool escape(zp_json_doc *doc, char **to, bool *nul)
{
    static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *hit;
    int32_t cp;

    if (doc->pos == doc->end)
        return fail(doc, "unfinished text");
    if (*doc->pos == 'u') {
        doc->pos++;
        if (!unicode_escape(doc, &cp))
            return false;
        *nul |= cp == 0;
        *to += zp_utf8_put(*to, cp);
        return true;
    }
    hit = *doc->pos ? strchr(from, *doc->pos) : NULL;
    if (!hit)
        return fail(doc, "unknown escape");
    *(*to)++ = means[hit - from];
    doc->pos++;
    return true;
}

/* A text with escapes; `from` is behind the opening quote, the part before doc->pos is plain. */
static bool escaped_text(zp_json_doc *doc, const char *from, zp_slice *out, bool *nul)
{
    size_t all = (size_t)(doc->end - doc->begin) + 4;
    char *to, *start;

    if (!doc->area) {
        doc->area = zp_alloc(all > 4096 ? all : 4096, doc->err);
        if (!doc->area)
            return false;
        doc->area_cap = all > 4096 ? all : 4096;
    }
    to = start = doc->area + doc->area_len;
    memcpy(to, from, (size_t)(doc->pos - from));
    to += doc->pos - from;
    while (doc->pos < doc->end && *doc->pos != '"') {
        unsigned char c = (unsigned char)*doc->pos++;

        if (c < 0x20)
            return fail(doc, "control character in a text");
        if (c != '\\')
            *to++ = (char)c;
        else if (!escape(doc, &to, nul))
            return false;
    }
    *out = (zp_slice){ start, (size_t)(to - start) };
    doc->area_len = (size_t)(to - doc->area);
    return true;
}

/* Behind the opening quote. */
static bool text(zp_json_doc *doc, zp_slice *out, bool *nul)
{
    const char *from = doc->pos;
    unsigned char all = 0;

    while (doc->pos < doc->end && *doc->pos != '"' && *doc->pos != '\\' && (unsigned char)*doc->pos >= 0x20)
        all |= (unsigned char)*doc->pos++;
    if (doc->pos < doc->end && (unsigned char)*doc->pos < 0x20)
        return fail(doc, "control character in a text");
    *out = (zp_slice){ from, (size_t)(doc->pos - from) };
    if (doc->pos < doc->end && *doc->pos == '\\') {
        if (!escaped_text(doc, from, out, nul))
            return false;
        all = 0xFF;
    }
    if (doc->pos == doc->end)
        return fail(doc, "unfinished text");
    if (all >= 0x80 && !zp_utf8_valid(out->ptr, out->len))
        return fail(doc, "bytes that are not UTF-8");
    doc->pos++;
    return true;
}

/* ---------------------------------------------------------------- numbers and words */

static bool digits(zp_json_doc *doc)
{
    const char *from = doc->pos;

    while (doc->pos < doc->end && *doc->pos >= '0' && *doc->pos <= '9')
        doc->pos++;
    return doc->pos > from;
}

static bool number(zp_json_doc *doc, zp_json *v)
{
    const char *from = doc->pos, *lead;

    v->kind = ZP_JSON_NUMBER;
    v->whole = true;
    if (*doc->pos == '-')
        doc->pos++;
    lead = doc->pos;
    if (!digits(doc))
        return fail(doc, "unexpected character");
    if (*lead == '0' && doc->pos > lead + 1)
        return fail(doc, "number with a leading zero");
    if (doc->pos < doc->end && *doc->pos == '.') {
        doc->pos++;
        v->whole = false;
        if (!digits(doc))
            return fail(doc, "digits must follow the point");
    }
    if (doc->pos < doc->end && (*doc->pos | 32) == 'e') {
        doc->pos++;
        v->whole = false;
        if (doc->pos < doc->end && (*doc->pos == '+' || *doc->pos == '-'))
            doc->pos++;
        if (!digits(doc))
            return fail(doc, "digits must follow the exponent");
    }
    v->text = (zp_slice){ from, (size_t)(doc->pos - from) };
    return true;
}

static bool word(zp_json_doc *doc, zp_json *v)
{
    static const struct {
        const char *text;
        zp_json_kind kind;
    } words[] = { { "true", ZP_JSON_TRUE }, { "false", ZP_JSON_FALSE }, { "null", ZP_JSON_NULL } };

    for (size_t i = 0; i < ZP_COUNTOF(words); i++) {
        size_t len = strlen(words[i].text);

        if ((size_t)(doc->end - doc->pos) >= len && memcmp(doc->pos, words[i].text, len) == 0) {
            doc->pos += len;
            v->kind = words[i].kind;
            return true;
        }
    }
    return fail(doc, doc->pos == doc->end ? "unfinished value" : "unexpected character");
}

/* ---------------------------------------------------------------- lists and objects */

static bool repeated_of_many(zp_json_doc *doc, const zp_json *object, bool *found)
{
    size_t cap = 64;

    while (cap < (size_t)object->count * 2)
        cap *= 2;
    if (cap > doc->table_cap) {
        zp_free(doc->table);
        doc->table_cap = 0;
        doc->table = zp_alloc(cap * sizeof(*doc->table), doc->err);
        if (!doc->table)
            return false;
        doc->table_cap = cap;
    }
    memset(doc->table, 0, cap * sizeof(*doc->table));
    for (const zp_json *m = object->first; m && !*found; m = m->next) {
        size_t at = (size_t)XXH3_64bits_withSeed(m->key.ptr, m->key.len, doc->seed) & (cap - 1);

        for (; doc->table[at] && !*found; at = (at + 1) & (cap - 1))
            *found = zp_slice_same(doc->table[at]->key, m->key);
        doc->table[at] = m;
    }
    return true;
}

static bool keys_differ(zp_json_doc *doc, const zp_json *object)
{
    bool found = false;

    if (object->count > FEW_KEYS) {
        if (!repeated_of_many(doc, object, &found))
            return false;
    } else {
        for (const zp_json *a = object->first; a && !found; a = a->next)
            for (const zp_json *b = a->next; b && !found; b = b->next)
                found = zp_slice_same(a->key, b->key);
    }
    return !found || fail(doc, "a key twice in an object that ends");
}

static bool value(zp_json_doc *doc, zp_json *v);

static bool member(zp_json_doc *doc, zp_json *m)
{
    bool nul = false;

    if (!take(doc, '"'))
        return fail(doc, "a key must follow");
    if (!text(doc, &m->key, &nul))
        return false;
    return take(doc, ':') || fail(doc, "':' must follow a key");
}

/* Behind the opening bracket. */
static bool children(zp_json_doc *doc, zp_json *v)
{
    char close = v->kind == ZP_JSON_OBJECT ? '}' : ']';
    const zp_json **link = &v->first;

    if (doc->depth == ZP_JSON_DEPTH)
        return fail(doc, "nested too deep");
    if (take(doc, close))
        return true;
    doc->depth++;
    do {
        zp_json *child = new_node(doc);

        if (!child || (v->kind == ZP_JSON_OBJECT && !member(doc, child)) || !value(doc, child))
            return false;
        *link = child;
        link = &child->next;
        v->count++;
    } while (take(doc, ','));
    if (!take(doc, close))
        return fail(doc, v->kind == ZP_JSON_OBJECT ? "',' or '}' must follow" : "',' or ']' must follow");
    doc->depth--;
    return v->kind == ZP_JSON_ARRAY || keys_differ(doc, v);
}

static bool value(zp_json_doc *doc, zp_json *v)
{
    blanks(doc);
    if (doc->pos == doc->end)
        return fail(doc, "unfinished value");
    switch (*doc->pos) {
    case '{':
    case '[': v->kind = *doc->pos++ == '{' ? ZP_JSON_OBJECT : ZP_JSON_ARRAY; return children(doc, v);
    case '"':
        doc->pos++;
        v->kind = ZP_JSON_STRING;
        return text(doc, &v->text, &v->nul);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return number(doc, v);
    default: return word(doc, v);
    }
}

const zp_json *zp_json_read(zp_json_doc *doc, const char *text_, size_t len, zp_error *err)
{
    zp_json *root;

    reset(doc);
    doc->begin = doc->pos = text_;
    doc->end = text_ + len;
    doc->err = err;
    if (doc->area && doc->area_cap < len + 4) {
        zp_free(doc->area);
        doc->area = NULL;
        doc->area_cap = 0;
    }
    root = new_node(doc);
    if (!root || !value(doc, root))
        return NULL;
    blanks(doc);
    if (doc->pos < doc->end) {
        (void)fail(doc, "more than one value");
        return NULL;
    }
    return root;
}
