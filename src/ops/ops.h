/* ops: what the syntax of the language does to values: operators, conversion, indexing, replacement, binding.
 *
 * Knows values, kernels and time; knows nothing of code, frames or built-ins.  Functions whose name ends in
 * _take consume their value arguments, also on failure: a temporary that nobody else holds becomes the result.
 * Errors carry the exact texts of the specification. */
#ifndef ZP_OPS_OPS_H
#define ZP_OPS_OPS_H

#include "value/value.h"

/* ---------------------------------------------------------------- operators (arith.c, compare.c) */

/* X(tag, text)   ORDER OPS: binary ones first */
#define ZP_OPS(X)                                                                                     \
    X(ADD, "+")                                                                                       \
    X(SUB, "-")                                                                                       \
    X(MUL, "*")                                                                                       \
    X(DIV, "/")                                                                                       \
    X(MOD, "%%") X(IDIV, "%/%") X(POW, "^") X(EQ, "==") X(NE, "!=") X(LT, "<") X(LE, "<=") X(GT, ">") \
        X(GE, ">=") X(AND, "&") X(OR, "|") X(IN, "%in%") X(MATMUL, "%*%") X(OUTER, "%o%") X(NEG, "-") \
            X(PLUS, "+") X(NOT, "!")

typedef enum zp_op {
#define X(tag, text) ZP_OP_##tag,
    ZP_OPS(X)
#undef X
        ZP_NOPS
} zp_op;

const char *zp_op_text(zp_op op);

/* a op b.  `tz` is the zone name of the function form, or NULL. */
bool zp_binary_take(zp_op op, zp_value a, zp_value b, const char *tz, zp_value *out,
                    zp_error *err) ZP_MUST_CHECK;
bool zp_unary_take(zp_op op, zp_value a, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* In place: *a becomes a op b when type and shape of the result are those of *a (else *done is false and nothing
 * has changed).  `b` is borrowed. */
bool zp_binary_inplace(zp_op op, zp_value *a, zp_value b, const char *tz, bool *done,
                       zp_error *err) ZP_MUST_CHECK;
bool zp_unary_inplace(zp_op op, zp_value *a, bool *done, zp_error *err) ZP_MUST_CHECK;

/* A condition of if, while, && and ||: `expecting scalar value`, `NaN has no truth value: use is.nan()`, ... */
bool zp_truth(zp_value v, bool *out, zp_error *err) ZP_MUST_CHECK;

/* identical(): exact equality of values (NaN equals NaN, 0 equals -0).  With tolerance > 0 all.equal(). */
bool zp_value_equal(zp_value a, zp_value b, double tolerance);

/* pos[i] = 0-based position of the first element of `table` that equals element i of `x`, or -1.  Arrays of one type
 * (NaN equals NaN); different types never match. */
bool zp_match(zp_value x, zp_value table, int64_t *pos, zp_error *err) ZP_MUST_CHECK;

/* seq(): what is not given is NULL.  `length`: a count or NULL. */
bool zp_seq(zp_value from, zp_value to, zp_value by, zp_value length, const char *tz, zp_value *out,
            zp_error *err) ZP_MUST_CHECK;
/* a:b */
bool zp_colon(zp_value from, zp_value to, zp_value *out, zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- conversion (convert.c) */

/* Converts an array (NIL: an empty vector) to an array type; dims and dimnames are kept (names of a vector too;
 * callers drop them where R does).  Errors: `conversion not defined for array of X to array of Y`,
 * `cannot convert to Y`, `cannot convert "abc" to a number`. */
bool zp_convert_take(zp_value v, zp_type to, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* The same with the scalar-level texts (`conversion not defined for X to Y`) used by c, binds and replacement. */
bool zp_coerce_take(zp_value v, zp_type to, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Numbers as text: as.character / paste use 15 significant digits, cat 7 (R's choice of notation). */
void zp_number_text(zp_buf *out, double x, int digits);
/* Element i of an array as text, unquoted (as.character, paste, cat): zone "UTC" unless `zone` is given. */
void zp_elem_text(zp_buf *out, zp_value v, int64_t i, int digits, const char *zone);
/* Text to number as R reads it (blanks around, hexadecimal, Inf, NaN, exponents); false: not a number. */
bool zp_number_parse(const char *text, size_t len, double *out);

/* ---------------------------------------------------------------- joining (concat.c, bind.c) */

/* One argument of c, rbind, cbind, abind. */
typedef struct zp_part {
    zp_value value;     /* borrowed */
    const zp_str *tag;  /* name given in the call, or NULL */
    const zp_str *name; /* the plain variable name it was written as, or NULL (deparse level 1 of binds) */
} zp_part;

/* The name of element i of `extent` elements under a tag: "p.n", or without a name "p" or "p<i+1>"; without a tag
 * (NULL, "") the name itself.  A new reference. */
zp_str *zp_prefixed_name(const zp_str *prefix, zp_str *name, int64_t i, int64_t extent,
                         zp_error *err) ZP_MUST_CHECK;
bool zp_concat(const zp_part *parts, int64_t count, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* Of the elements of a list, tagged with their names. */
bool zp_concat_list(zp_value list, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* c(--a, ...): parts[0] describes *a itself (its tag prefixes the names of a). */
bool zp_concat_inplace(zp_value *a, const zp_part *parts, int64_t count, zp_error *err) ZP_MUST_CHECK;
/* along: 0-based dimension.  rbind: 0, cbind: 1.  `recycle`: the rules of rbind and cbind for one-element vectors
 * (and for those of none); the names of plain variables count wherever a part has one. */
bool zp_bind(int32_t along, bool recycle, const zp_part *parts, int64_t count, zp_value *out,
             zp_error *err) ZP_MUST_CHECK;
bool zp_bind_inplace(int32_t along, bool recycle, zp_value *a, const zp_part *parts, int64_t count,
                     zp_error *err) ZP_MUST_CHECK;

/* ---------------------------------------------------------------- indexing (index.c, assign.c) */

/* x[i, j, ...]: an index of type ZP_MISSING stands for an empty one. */
bool zp_subset(zp_value x, const zp_value *index, int32_t count, bool drop, zp_value *out,
               zp_error *err) ZP_MUST_CHECK;
/* x[[i, ...]] and x$name (a character index) */
bool zp_dblsubset(zp_value x, const zp_value *index, int32_t count, zp_value *out,
                  zp_error *err) ZP_MUST_CHECK;
/* x[i, ...] <- v: changes *x (copy on write through zp_value_mut).  `v` is borrowed. */
bool zp_subassign(zp_value *x, const zp_value *index, int32_t count, zp_value v, zp_error *err) ZP_MUST_CHECK;
/* x[[i, ...]] <- v and x$name <- v; a new name extends a list, NULL deletes. */
bool zp_dblsubassign(zp_value *x, const zp_value *index, int32_t count, zp_value v,
                     zp_error *err) ZP_MUST_CHECK;

/* Positions (0-based) that one index selects along an extent of `n` with names `names` (NULL: none).  The caller
 * frees out->pos with zp_free.  A NULL pos with count == n means all, in order. */
typedef struct zp_positions {
    int64_t *pos;
    int64_t count;
} zp_positions;
bool zp_index_positions(zp_value index, int64_t n, const zp_array *names, zp_positions *out,
                        zp_error *err) ZP_MUST_CHECK;
/* The rows of `x` at 0-based positions (vectors: elements; arrays, lists, series: rows), names kept, nothing
 * dropped: what head, tail, rev, sort and order need. */
bool zp_take_rows(zp_value x, const int64_t *pos, int64_t count, zp_value *out, zp_error *err) ZP_MUST_CHECK;
/* The same for the rows [from, from + count). */
bool zp_take_range(zp_value x, int64_t from, int64_t count, zp_value *out, zp_error *err) ZP_MUST_CHECK;

#endif
