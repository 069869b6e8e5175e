/* wire_priv: what the files of the wire room share. */
#ifndef ZP_WIRE_WIRE_PRIV_H
#define ZP_WIRE_WIRE_PRIV_H

#include "wire/wire.h"

/* decode.c: a value that comes in pieces. */
typedef enum zp_dec_state {
    ZP_DEC_HEAD,
    ZP_DEC_DIMS,
    ZP_DEC_DATA,
    ZP_DEC_LENGTHS, /* of the strings of an array, or of names */
    ZP_DEC_TEXTS,
    ZP_DEC_NAMED, /* are there names for dimension k? */
    ZP_DEC_COUNT, /* of a list */
    ZP_DEC_ITEMS,
    ZP_DEC_ERRLEN,
    ZP_DEC_ERRTEXT,
    ZP_DEC_DONE
} zp_dec_state;

typedef struct zp_dec_level { /* a value that is being read, and those it is in */
    zp_value v;
    uint8_t state, tag;
    bool named;
    uint16_t ndim, dim; /* dim: whose names are being read */
    uint64_t n, done;   /* items of a list, elements of strings; how many are there */
    zp_value names;     /* being read */
    int64_t dims[ZP_VALUE_DIMS];
} zp_dec_level;

typedef struct zp_dec {
    zp_dec_level *levels; /* NULL: no value is begun */
    uint32_t depth, cap;
    uint32_t most_depth;
    uint64_t budget; /* bytes that may still be declared */
    uint8_t small[8 * ZP_VALUE_DIMS];
    uint32_t have, need; /* of a field of fixed size */
    char *direct;        /* where the elements go, and how many bytes are missing */
    uint64_t missing;
    zp_buf lengths, text;
    zp_value out; /* of the value that is complete */
    bool complete;
} zp_dec;

void zp__dec_begin(zp_dec *d); /* the next value */
void zp__dec_fini(zp_dec *d);
/* Takes bytes until they end or the value is complete (d->complete, d->out): how many, or -1. */
int64_t zp__dec_feed(zp_dec *d, const uint8_t *bytes, size_t len, zp_error *err);

/* `len` bytes were written to d->direct. */
bool zp__dec_direct_done(zp_dec *d, size_t len, zp_error *err) ZP_MUST_CHECK;

/* encode.c: a frame under construction. */
enum { ZP_PIECES = 48, ZP_STAGE = 48 * 1024, ZP_COPY_BELOW = 4096 };

typedef struct zp_piece {
    const void *ptr; /* NULL: bytes of the stage */
    size_t len;
    zp_value hold;
} zp_piece;

#endif
