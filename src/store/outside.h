/* What check, backup and restore share: the files of an object, seen from outside.  Private to the room. */
#ifndef ZP_STORE_OUTSIDE_H
#define ZP_STORE_OUTSIDE_H

#include "store/format.h"
#include "store/store_priv.h"

/* The k-th file of an object: the index of a series first, then the columns. */
typedef struct zp__part {
    int64_t k;
    uint64_t number;
    uint64_t size; /* bytes of an element on disk */
    bool is_index, is_text;
    char name[ZP_FMT_NAME];
    char title[64]; /* for messages: "index", "column 3" */
    int fd;         /* < 0: not open */
} zp__part;

void zp__part_describe(const zp_fmt_object *o, int64_t k, zp__part *f);
int zp__part_open(const zp_fmt_object *o, zp__part *f); /* 0 or a negated errno */
void zp__part_close(zp__part *f);
uint64_t zp__fd_length(int fd);
/* Where the first block begins that holds a row of the object; what is before it may be a hole. */
uint64_t zp__part_begin(const zp_fmt_object *o, const zp__part *f);
/* Opens an object as zp_fmt_object_open() does and keeps its rows where they are: as long as *hold is open, no writer gives
 * their blocks back or puts others in their place.  *hold < 0: the file system has no locks. */
bool zp__object_hold(zp_fmt_object *o, const char *dir, int *hold, zp_error *err) ZP_MUST_CHECK;
/* The file of checksums; < 0: there is none. */
int zp__sums_open(const zp_fmt_object *o);
/* Can the names of extent d be read, and are there as many as needed? */
bool zp__names_whole(const zp_fmt_object *o, int32_t d, zp_error *err) ZP_MUST_CHECK;

/* What tells whether elements may have changed between two looks at an object (rows that were appended do not count). */
typedef struct zp__mark {
    uint64_t header, redo, first;
    bool pending; /* a change is on its way */
} zp__mark;
static inline zp__mark zp__mark_of(const zp_fmt_object *o)
{
    return (zp__mark){ o->commit.header, o->commit.redo, o->commit.first, o->redo_pending };
}
bool zp__mark_take(const char *dir, zp__mark *m) ZP_MUST_CHECK;
static inline bool zp__mark_same(const zp__mark *a, const zp__mark *b)
{
    return a->header == b->header && a->redo == b->redo && a->first == b->first && !a->pending && !b->pending;
}

#endif
