/* json: the drivers' JSON, read strictly.
 *
 *     bytes --zp_json_read--> nodes (in a zp_json_doc) --> whoever asks
 *
 * One pass, no copies: a text without escapes is a slice of the input, others are unescaped into the document.  The order of keys
 * is kept, numbers keep their text (a decimal of 20 digits does not survive a double, which is why no library does this).
 * Refused: bytes that are not UTF-8, a key twice in an object, more nesting than allowed, lone surrogates, NaN and Infinity,
 * control characters in texts, anything after the value.
 *
 * A document is used again and again and keeps a little memory; it belongs to one thread. */
#ifndef ZP_WIRE_JSON_H
#define ZP_WIRE_JSON_H

#include "base/buf.h"
#include "base/json_text.h"

typedef enum zp_json_kind {
    ZP_JSON_NULL,
    ZP_JSON_FALSE,
    ZP_JSON_TRUE,
    ZP_JSON_NUMBER,
    ZP_JSON_STRING,
    ZP_JSON_ARRAY,
    ZP_JSON_OBJECT
} zp_json_kind;

typedef struct zp_json {
    zp_json_kind kind;
    uint32_t count; /* of elements or members */
    bool whole;     /* NUMBER without point and exponent */
    bool nul;       /* STRING with U+0000 in it */
    zp_slice key;   /* of a member; UTF-8 */
    union {
        zp_slice text;               /* STRING: its UTF-8, NUMBER: as written */
        const struct zp_json *first; /* ARRAY, OBJECT: elements in order; NULL: empty */
    };
    const struct zp_json *next;
} zp_json;

enum { ZP_JSON_DEPTH = 64 };

typedef struct zp_json_doc zp_json_doc;
zp_json_doc *zp_json_doc_new(zp_error *err) ZP_MUST_CHECK;
void zp_json_doc_free(zp_json_doc *doc);

/* Reads one value; nodes live until the next read and as long as `text`.  NULL: `err` says what and where. */
const zp_json *zp_json_read(zp_json_doc *doc, const char *text, size_t len, zp_error *err) ZP_MUST_CHECK;

/* The member of that name, or NULL; `object` may be NULL or another kind. */
const zp_json *zp_json_get(const zp_json *object, const char *key);
bool zp_json_is(const zp_json *v, const char *text); /* the STRING `text` */
bool zp_slice_is(zp_slice s, const char *text);
bool zp_slice_same(zp_slice a, zp_slice b);
/* A NUMBER without point and exponent that fits. */
bool zp_json_int(const zp_json *v, int64_t *out);
/* A NUMBER; beyond the range it becomes infinite. */
bool zp_json_double(const zp_json *v, double *out);
/* "a list", "a number"..., for messages. */
const char *zp_json_kind_name(const zp_json *v);

/* The value again, without blanks. */
void zp_json_put(zp_buf *out, const zp_json *v);

#endif
