/* value: what the language computes with.
 *
 * A `zp_value` is a small tagged word, passed by value.  One double, logical, instant or duration without
 * names is held inline; everything else is a counted reference to an object:
 *
 *     { DBL | 3.14 }                         a scalar: no allocation
 *     { DBL | boxed | * }--> zp_array        vectors, matrices, arrays; names; 1-element arrays with names
 *     { LIST| boxed | * }--> zp_list         values with names
 *     { ZTS | boxed | * }--> zp_zts          an ordered instant vector and a double array
 *
 * Both forms of a scalar are equal for all readers: zp_dbls(&v) gives a pointer to the elements of either.
 *
 * Copy on write.  Assigning copies the word and counts (zp_value_ref).  Whoever wants to change elements asks
 * zp_value_mut() first, which copies when somebody else holds the object, and refuses when it is locked.
 *
 * Ownership.  A function that takes `zp_value v` borrows it, unless its name ends in _take.  A function that
 * returns a value or fills `zp_value *out` gives one reference to the caller.  On failure *out is NULL.
 *
 * Storage.  Arrays are stored by column: element (i, j) is data[i + j * stride].  An array is *dense* when it
 * has one column or stride == dim[0]: then all its elements are data[0 .. n).  Arrays that grow in place and
 * arrays in mapped files may have a larger stride; zp_value_dense() gives a dense view for code that does not
 * want to care.  Data is aligned to 64 bytes; large data lies on huge pages and is recycled (alloc.c).
 *
 * Thread: the engine's.  Counts are plain integers; kernels on other threads borrow columns, never values. */
#ifndef ZP_VALUE_VALUE_H
#define ZP_VALUE_VALUE_H

#include "base/str.h"

/* ---------------------------------------------------------------- types */

/* X(tag, size of an element, typeof, name in argument and operator errors, name in conversion errors)
 * The first seven after NIL are the array types.  ORDER TYPES: errors list types in this order. */
#define ZP_TYPES(X)                                                                         \
    X(NIL, 0, "NULL", "NULL", "unknown")                                                    \
    X(DBL, 8, "double", "double", "double")                                                 \
    X(LGL, 1, "logical", "logical", "logical")                                              \
    X(TIM, 8, "time", "datetime", "time")                                                   \
    X(DUR, 8, "duration", "duration", "duration")                                           \
    X(IVL, 24, "interval", "interval", "interval")                                          \
    X(PER, 16, "period", "period", "period")                                                \
    X(STR, 8, "character", "string", "character")                                           \
    X(ZTS, 0, "zts", "zts", "zts")                                                          \
    X(LIST, 0, "list", "list", "Value")                                                     \
    X(EXPR, 0, "expression", "expression", "expression")                                    \
    X(CLO, 0, "function", "closure", "function")                                            \
    X(BLT, 0, "builtin", "builtin", "builtin")                                              \
    X(FUT, 0, "future", "future", "future")                                                 \
    X(CON, 0, "connection", "connection", "connection")                                     \
    X(TMR, 0, "timer", "timer", "timer")                                                    \
    X(ERR, 0, "error", "error", "error")                                                    \
    X(MISSING, 0, "missing", "missing", "missing")   /* an argument that was not given */   \
    X(UNBOUND, 0, "unbound", "unbound", "unbound")   /* a slot without a value */           \
    X(DOTS, 0, "...", "...", "...")                  /* the variable arguments of a call */ \
    X(REF, 0, "reference", "reference", "reference") /* a parameter passed with -- */       \
    X(ENV, 0, "environment", "environment", "environment")                                  \
    X(LAZY, 0, "unopened", "unopened", "unopened") /* a variable made when first read: lang/lazy.c */

typedef enum zp_type {
#define X(tag, size, a, b, c) ZP_##tag,
    ZP_TYPES(X)
#undef X
        ZP_NTYPES
} zp_type;

const char *zp_type_name(zp_type t);      /* typeof: "double", "time" */
const char *zp_type_arg_name(zp_type t);  /* "double", "datetime", "string" */
const char *zp_type_conv_name(zp_type t); /* "double", "time", "Value" */
size_t zp_type_size(zp_type t);           /* bytes of an element; 0: not an array type */

static inline bool zp_type_is_array(zp_type t)
{
    return t >= ZP_DBL && t <= ZP_STR;
}

/* ---------------------------------------------------------------- elements */

typedef struct zp_period {
    int32_t months, days;
    int64_t ns;
} zp_period;

typedef struct zp_interval {
    int64_t start, end;    /* ns since 1970, UTC */
    uint32_t sopen, eopen; /* 1: that end is not part of it */
} zp_interval;

/* ---------------------------------------------------------------- objects */

/* zp_obj.flags.  UNREAD: a character array in files whose strings are made when somebody needs them: zp_value_read() */
enum { ZP_LOCKED = 1, ZP_UNREAD = 2 };

typedef struct zp_obj {
    uint32_t refs;
    uint8_t type;  /* zp_type */
    uint8_t flags; /* ZP_LOCKED, ZP_UNREAD */
    uint16_t spare;
} zp_obj;

typedef enum zp_order { ZP_ORDER_UNKNOWN, ZP_ORDER_NO, ZP_ORDER_YES } zp_order;

struct zp_hold; /* how an array hangs on the files behind it (store room) */

typedef struct zp_array {
    zp_obj head;
    int32_t ndim;   /* >= 1 */
    int8_t order;   /* zp_order: every column strictly increasing?  Cached; see zp_value_ordered */
    int64_t n;      /* elements: the product of the extents */
    int64_t stride; /* elements from one column to the next */
    int64_t cap;    /* elements that `data` has room for */
    void *data;
    int64_t *dim; /* ndim extents: dim_in or allocated */
    int64_t dim_in[3];
    struct zp_array **names; /* NULL, or ndim entries: NULL or a character vector as long as the extent */
    struct zp_hold
        *store;    /* NULL: memory.  Else `data` belongs to the store: mapped files, or strings it keeps */
    int64_t front; /* elements of `data`'s block before `data`: rows cut off at the front */
} zp_array;

typedef struct zp_value {
    uint8_t type;  /* zp_type */
    uint8_t boxed; /* 1: u.obj is counted; 0: inline scalar, NULL, or a word of the machine */
    uint16_t aux;  /* the machine's own use; 0 in values that travel */
    uint32_t zero; /* no hole: a word is always written as two whole halves */
    union {
        double dbl;
        int64_t i64;
        int8_t lgl;
        zp_obj *obj;
        zp_array *arr;
        struct zp_list *list;
        struct zp_zts *zts;
        void *ptr;
    } u;
} zp_value;

typedef struct zp_list {
    zp_obj head;
    int64_t n, cap;
    zp_value *items;
    zp_array *names; /* NULL or a character vector of n */
} zp_list;

typedef struct zp_zts {
    zp_obj head;
    zp_value idx;  /* ZP_TIM, one dimension, strictly increasing, no names; boxed */
    zp_value data; /* ZP_DBL, dim[0] == length of idx; boxed */
} zp_zts;

/* Objects of other rooms (closures, environments, connections) register how they die. */
typedef void (*zp_destroy_fn)(zp_obj *obj);
void zp_value_on_destroy(zp_type type, zp_destroy_fn fn);

/* ---------------------------------------------------------------- words */

static inline zp_value zp_nil(void)
{
    return (zp_value){ .type = ZP_NIL };
}
static inline zp_value zp_dbl(double d)
{
    return (zp_value){ .type = ZP_DBL, .u.dbl = d };
}
static inline zp_value zp_lgl(bool b)
{
    zp_value v = { .type = ZP_LGL, .u.i64 = 0 };
    v.u.lgl = b;
    return v;
}
static inline zp_value zp_tim(int64_t ns)
{
    return (zp_value){ .type = ZP_TIM, .u.i64 = ns };
}
static inline zp_value zp_dur(int64_t ns)
{
    return (zp_value){ .type = ZP_DUR, .u.i64 = ns };
}
static inline zp_value zp_box(void *obj) /* takes the reference */
{
    return (zp_value){ .type = ((zp_obj *)obj)->type, .boxed = 1, .u.obj = obj };
}
/* A character vector of one element.  The first takes its reference, also on failure. */
zp_value zp_chr_take(zp_str *s, zp_error *err);
zp_value zp_chr(const char *text, zp_error *err); /* NIL on failure */

void zp__obj_free(zp_obj *obj);

/* *v, read as the two halves in which words are written: a load of both at once would wait for the stores. */
static inline zp_value zp_value_load(const zp_value *v)
{
    uint64_t half[2];
    zp_value got;

    memcpy(half, v, sizeof(half));
#if defined(__GNUC__) && defined(__x86_64__)
    __asm__("" : "+r"(half[0]), "+r"(half[1]));
#endif
    memcpy(&got, half, sizeof(got));
    return got;
}

static inline zp_value zp_value_ref(zp_value v)
{
    if (v.boxed)
        v.u.obj->refs++;
    return v;
}
static inline void zp_obj_unref(zp_obj *obj)
{
    if (obj && --obj->refs == 0)
        zp__obj_free(obj);
}
static inline void zp_value_unref(zp_value v)
{
    if (v.boxed && --v.u.obj->refs == 0)
        zp__obj_free(v.u.obj);
}
/* Releases and becomes NULL. */
static inline void zp_value_clear(zp_value *v)
{
    zp_value old = *v;
    *v = zp_nil();
    zp_value_unref(old);
}
/* Takes the content; NULL is left. */
static inline zp_value zp_value_move(zp_value *v)
{
    zp_value got = zp_value_load(v);
    *v = zp_nil();
    return got;
}
/* Replaces the content, taking the reference of `with`. */
static inline void zp_value_set(zp_value *v, zp_value with)
{
    zp_value old = *v;
    *v = with;
    zp_value_unref(old);
}

/* ---------------------------------------------------------------- asking */

static inline bool zp_is_array(zp_value v)
{
    return zp_type_is_array(v.type);
}
static inline bool zp_is_fun(zp_value v)
{
    return v.type == ZP_CLO || v.type == ZP_BLT;
}
/* `length(v)`: elements of arrays, series, lists; NULL 0; anything else 1. */
int64_t zp_len(zp_value v);
/* Dimensions of an array type (a vector has one) or of a series' data; other values: 0. */
int32_t zp_ndim(zp_value v);
int64_t zp_dim(zp_value v, int32_t k);     /* extent k (0-based); 1 beyond the last */
const int64_t *zp_dims(const zp_value *v); /* borrowed; lives as long as *v and its object */
int64_t zp_ncols(zp_value v);              /* product of the extents from the second on */
/* One dimension (of any extent)? */
static inline bool zp_is_vector(zp_value v)
{
    return zp_is_array(v) && (!v.boxed || v.u.arr->ndim == 1);
}
bool zp_same_dims(zp_value a, zp_value b);

/* Elements of an array type, borrowed.  Only for dense arrays (see above): every array a built-in gets is
 * dense unless its row says ZP_BI_STRIDED. */
static inline const void *zp_data(const zp_value *v)
{
    return v->boxed ? v->u.arr->data : (const void *)&v->u;
}
static inline const double *zp_dbls(const zp_value *v)
{
    return zp_data(v);
}
static inline const int8_t *zp_lgls(const zp_value *v)
{
    return zp_data(v);
}
static inline const int64_t *zp_i64s(const zp_value *v) /* TIM, DUR */
{
    return zp_data(v);
}
static inline zp_str *const *zp_strs(const zp_value *v) /* never NULL inside */
{
    return zp_data(v);
}
static inline const zp_period *zp_pers(const zp_value *v)
{
    return zp_data(v);
}
static inline const zp_interval *zp_ivls(const zp_value *v)
{
    return zp_data(v);
}
static inline bool zp_is_dense(zp_value v)
{
    return !v.boxed || v.u.arr->ndim == 1 || v.u.arr->stride == v.u.arr->dim[0];
}
/* Column j (0-based), also of strided arrays. */
static inline const void *zp_column(const zp_value *v, int64_t j)
{
    return v->boxed ? (const char *)v->u.arr->data + (size_t)(j * v->u.arr->stride) * zp_type_size(v->type)
                    : (const void *)&v->u;
}
/* Every column strictly increasing (bytewise for strings, the total order for intervals; FALSE for
 * periods and anything else)?  Computed when asked, then remembered until the elements change. */
bool zp_value_ordered(zp_value v);

/* ---------------------------------------------------------------- making arrays */

/* A vector of n elements.  Elements are uninitialised, except strings (all ""). */
zp_value zp_vec(zp_type t, int64_t n, zp_error *err);
/* An array of the given extents (ndim >= 1), no names.  Checks the product. */
zp_value zp_arr(zp_type t, int32_t ndim, const int64_t *dim, zp_error *err);
/* Extents (and with `names` also dimnames) of `shape` (an array value), elements of type t. */
zp_value zp_arr_like(zp_type t, zp_value shape, bool names, zp_error *err);
/* Zero elements: FALSE, 0, "", the epoch... (what vector() gives). */
zp_value zp_vec_zero(zp_type t, int64_t n, zp_error *err);
/* Fills the elements [from, to) of a fresh array with its zero. */
void zp_fill_zero(zp_value v, int64_t from, int64_t to);

/* All of these give a NIL value on failure: check `err->code` or, where NULL is impossible as a result,
 * the type:   zp_value v = zp_vec(ZP_DBL, n, err); if (zp_bad(v)) return false;  */
static inline bool zp_bad(zp_value v)
{
    return v.type == ZP_NIL;
}

/* Elements for writing, ours alone: an inline scalar stays inline; a shared object is copied (with dims and
 * names; made dense); a locked shared one fails with `cannot copy locked object: ...`.  The cached order is
 * forgotten.  NULL: *v is untouched. */
void *zp_value_mut(zp_value *v, zp_error *err) ZP_MUST_CHECK;
/* The same without forgetting the order, for changes of names or dims only. */
bool zp_value_own(zp_value *v, zp_error *err) ZP_MUST_CHECK;
/* *v as an ordinary value of its own, for functions that make their result of an argument: one that is shared, locked or in
 * files is copied. */
bool zp_value_fresh(zp_value *v, zp_error *err) ZP_MUST_CHECK;
/* An inline scalar becomes an array object of one element. */
bool zp_value_box(zp_value *v, zp_error *err) ZP_MUST_CHECK;
/* A boxed vector of one element without names becomes inline where its type allows. */
void zp_value_unbox(zp_value *v);
/* An unlocked copy in memory of an array, series or list (spine). */
zp_value zp_value_copy(zp_value v, zp_error *err);
/* Makes *v (array) dense, replacing it by a copy if need be. */
bool zp_value_dense(zp_value *v, zp_error *err) ZP_MUST_CHECK;
/* Changes extents of an owned array in place (same product), dropping names. */
bool zp_value_reshape(zp_value *v, int32_t ndim, const int64_t *dim, zp_error *err) ZP_MUST_CHECK;
/* Makes room for `rows` rows in every column of an owned array without moving more than once in a while
 * (capacity grows geometrically; the array may become strided), and sets dim[0] = rows.  New elements are
 * uninitialised (strings: ""). */
bool zp_value_grow_rows(zp_value *v, int64_t rows, zp_error *err) ZP_MUST_CHECK;
/* Makes room for so many rows in an array that is ours alone, for one that will go on growing: of a large one only addresses
 * are taken, its pages come as they are written.  Others stay as they are. */
bool zp_value_reserve_rows(zp_value *v, int64_t rows, zp_error *err) ZP_MUST_CHECK;

/* Writes element i of a fresh (or owned) character array: takes the reference of s, drops the old one. */
static inline void zp_str_put(zp_value v, int64_t i, zp_str *s)
{
    zp_str **at = (zp_str **)v.u.arr->data + i;
    zp_str *old = *at;
    *at = s;
    zp_str_unref(old);
}
/* Copies count elements of type t (counting strings). */
void zp_copy_elems(zp_type t, void *to, const void *from, int64_t count);
/* Element i of an array as a value of one element, without names. */
zp_value zp_elem(zp_value v, int64_t i, zp_error *err);

/* ---------------------------------------------------------------- names */

/* Names of dimension k (0-based) of an array or of a series' data, or of a list (k = 0): borrowed, or NULL. */
zp_array *zp_names(zp_value v, int32_t k);
/* The name at i: never NULL, "" where there is none. */
zp_str *zp_name_at(const zp_array *names, int64_t i);
/* Sets (or with NULL drops) names of dimension k of an owned array or list.  Borrows `names`, a character
 * vector of the right length; boxes an inline scalar. */
bool zp_set_names(zp_value *v, int32_t k, zp_array *names, zp_error *err) ZP_MUST_CHECK;
void zp_drop_names(zp_value *v); /* of an owned array or list */
bool zp_has_names(zp_value v);   /* any dimension */
/* Copies all dimnames of `from` (same ndim) to an owned array. */
bool zp_copy_names(zp_value *to, zp_value from, zp_error *err) ZP_MUST_CHECK;
/* A character vector as the object used for names. */
static inline zp_array *zp_as_names(zp_value v)
{
    return v.type == ZP_STR && v.boxed ? v.u.arr : NULL;
}

/* ---------------------------------------------------------------- lists */

zp_value zp_list_new(int64_t n, zp_error *err);             /* n NULLs */
static inline zp_value zp_list_at(zp_value list, int64_t i) /* borrowed */
{
    return list.u.list->items[i];
}
/* Sets element i of an owned list; takes `v`. */
static inline void zp_list_set(zp_value list, int64_t i, zp_value v)
{
    zp_value_set(&list.u.list->items[i], v);
}
/* Appends to an owned list; takes `v` also on failure.  `name` may be NULL (no name). */
bool zp_list_push(zp_value *list, zp_value v, zp_str *name, zp_error *err) ZP_MUST_CHECK;
void zp_list_remove(zp_value list, int64_t i);
/* Position of the first element called `name` (not ""), or -1. */
int64_t zp_list_find(zp_value list, const char *name, size_t len);
/* Appends a value under a C name: for results such as list(x=, y=).  Takes v also on failure. */
bool zp_list_add(zp_value *list, const char *name, zp_value v, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- series and errors */

/* Takes both also on failure; checks nothing. */
zp_value zp_zts_take(zp_value idx, zp_value data, zp_error *err);
static inline zp_value zp_zts_idx(zp_value z) /* borrowed */
{
    return z.u.zts->idx;
}
static inline zp_value zp_zts_data(zp_value z) /* borrowed */
{
    return z.u.zts->data;
}
/* An error value (typeof "error") that holds a text. */
zp_value zp_error_value(const char *text, zp_error *err);
const char *zp_error_value_text(zp_value v);
zp_place *zp_error_value_place(zp_value v); /* where it was raised; line 0: unknown */

/* ---------------------------------------------------------------- values in files */

/* Rows [row, row_end) of columns [col, col_end) of an array. */
typedef struct zp_span {
    int64_t row, row_end, col, col_end;
} zp_span;

/* How the store takes part in what is done to its values.  Registered when the first object in files is opened; all
 * are called for arrays with `store` only. */
typedef struct zp_keeper {
    /* *v shall be its slot's alone, to be changed: leaves it, replaces it by a header or a copy of its own, or refuses. */
    bool (*own)(zp_value *v, zp_error *err);
    /* Elements of a ZP_UNREAD array are about to be read: they are strings from here on. */
    bool (*read)(zp_array *a, const zp_span *where, zp_error *err);
    /* Is there text in files that is open? */
    bool (*texts)(void);
    /* Elements are about to be written. */
    bool (*write)(zp_array *a, const zp_span *where, zp_error *err);
    /* Names were replaced. */
    void (*named)(zp_array *a);
    /* dim[0] becomes `rows`; the elements of new rows can be written. */
    bool (*rows)(zp_array *a, int64_t rows, zp_error *err);
    /* Appends n rows to an array, or with their times to a series; what shares the object of *v keeps what it has.
     * columns[j]: the elements of column j. */
    bool (*append)(zp_value *v, const int64_t *index, const void *const *columns, int64_t n, zp_error *err);
    /* The header dies; the series that owns it dies. */
    void (*drop)(zp_array *a);
    void (*leave)(zp_zts *z);
} zp_keeper;
void zp_value_set_keeper(const zp_keeper *keeper);
/* A value in files was changed in memory: whoever runs instructions calls zp_store_flush() when the instruction is over. */
extern bool zp_value_changed;

static inline bool zp_value_in_files(zp_value v)
{
    if (v.type == ZP_ZTS)
        v = v.u.zts->data;
    return v.boxed && zp_is_array(v) && v.u.arr->store;
}
/* Text in files is read when it is first looked at.  Whoever looks at elements of a character array by their address (zp_strs,
 * zp_data, zp_column, zp_copy_elems) has asked for them before: operators and built-ins find their operands read, unless the
 * built-in's row says ZP_BI_UNREAD.  What is used as names has been read.  Fails when the files are damaged or the memory
 * does not suffice. */
bool zp__value_read(zp_array *a, const zp_span *where, zp_error *err) ZP_MUST_CHECK;
static inline bool zp_value_is_unread(zp_value v)
{
    return v.type == ZP_STR && v.boxed && (v.u.obj->flags & ZP_UNREAD);
}
static inline bool zp_value_read_span(zp_value v, zp_span where, zp_error *err)
{
    return ZP_LIKELY(!zp_value_is_unread(v)) || zp__value_read(v.u.arr, &where, err);
}
/* All of it; of a list, of all that is in it. */
bool zp__list_read(zp_list *l, zp_error *err) ZP_MUST_CHECK;
static inline bool zp_value_read(zp_value v, zp_error *err)
{
    return v.type == ZP_LIST ? zp__list_read(v.u.list, err)
                             : zp_value_read_span(v, (zp_span){ 0, INT64_MAX, 0, INT64_MAX }, err);
}
/* The elements [from, to) of its storage order (0-based, column after column), each column whole where it needs several. */
bool zp_value_read_elems(zp_value v, int64_t from, int64_t to, zp_error *err) ZP_MUST_CHECK;
/* Appends the rows of `rows` (an array with as many columns, or a series) to *v, which is in files. */
bool zp_value_append(zp_value *v, zp_value rows, zp_error *err) ZP_MUST_CHECK;
/* Elements of *v for writing, as zp_value_mut(), when only those of `where` will be written. */
void *zp_value_mut_span(zp_value *v, const zp_span *where, zp_error *err) ZP_MUST_CHECK;
/* The header of an array whose elements lie elsewhere (dense or strided), without names: for the store. */
zp_value zp_arr_view(zp_type t, int32_t ndim, const int64_t *dim, int64_t stride, void *data,
                     struct zp_hold *store, zp_error *err);
/* Points such a header to other elements and extents. */
bool zp_arr_aim(zp_array *a, int32_t ndim, const int64_t *dim, int64_t stride, void *data,
                zp_error *err) ZP_MUST_CHECK;
/* Cuts `rows` rows off the front of an owned array in memory, in place: the rest does not move. */
bool zp_value_cut_front(zp_value *v, int64_t rows, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- C vectors */

/* Exactly one element of a numeric or logical array as a C value, as built-ins want their parameters.
 * Errors: `expecting scalar value` (wrong length), type errors. */
bool zp_get_dbl(zp_value v, double *out, zp_error *err) ZP_MUST_CHECK;
bool zp_get_lgl(zp_value v, bool *out, zp_error *err) ZP_MUST_CHECK;    /* numbers: != 0; NaN is an error */
bool zp_get_str(zp_value v, zp_str **out, zp_error *err) ZP_MUST_CHECK; /* borrowed */
/* A whole number: NaN, Inf: `argument cannot be converted to an integer`; 2.5: `argument is not an
 * integer`; negative (also -Inf) with `min0`: `argument cannot be negative`. */
bool zp_get_int(zp_value v, bool min0, int64_t *out, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- the heap (alloc.c) */

/* Bytes held by vector data now, and the largest ever; the limit (0: none) above which vectors are refused. */
size_t zp_heap_bytes(void);
size_t zp_heap_peak(void);
void zp_heap_limit(size_t bytes);
size_t zp_heap_limited(void); /* the limit in force */
/* Counts bytes that lie elsewhere as held, where the limit allows, and takes them off again. */
bool zp_heap_charge(size_t bytes, zp_error *err) ZP_MUST_CHECK;
void zp_heap_discharge(size_t bytes);
/* The heap of a thread, on its way to another that goes on with the same values: one is left with an empty heap, the other,
 * whose heap must be empty, has it all. */
typedef struct zp_heap_state {
    uint64_t bytes[128];
} zp_heap_state;
void zp_heap_leave(zp_heap_state *to);
void zp_heap_enter(const zp_heap_state *from);
/* What large vectors of texts and lists held is let go in zp_heap_sweep() from now on, in portions of so many elements, by whom
 * others wait for; it says whether there is more. */
void zp_heap_defer(bool on);
bool zp_heap_sweep(int64_t most);
void zp_heap_trim(void); /* gives recycled buffers back to the system */

#endif
