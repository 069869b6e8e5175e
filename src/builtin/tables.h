/* tables: every row of built-ins, one table per file, each ended by a row without a name.
 *
 * To add a table: one line in ZP_BUILTIN_TABLES (sorted). */
#ifndef ZP_BUILTIN_TABLES_H
#define ZP_BUILTIN_TABLES_H

#include "lang/lang.h"

#define ZP_BUILTIN_TABLES(X) \
    X(access)                \
    X(align)                 \
    X(bars)                  \
    X(bits)                  \
    X(cat)                   \
    X(classes)               \
    X(compare)               \
    X(control)               \
    X(convert)               \
    X(covariance)            \
    X(csv_read)              \
    X(csv_write)             \
    X(cum)                   \
    X(database)              \
    X(distribution)          \
    X(env)                   \
    X(format)                \
    X(formatc)               \
    X(fourier)               \
    X(functional)            \
    X(functional_apply)      \
    X(functional_group)      \
    X(functional_join)       \
    X(help)                  \
    X(integrate)             \
    X(interpolate)           \
    X(join)                  \
    X(kin)                   \
    X(kin_numbers)           \
    X(linalg)                \
    X(linalg_factor)         \
    X(listing)               \
    X(lmfit)                 \
    X(lock)                  \
    X(make)                  \
    X(margin)                \
    X(math)                  \
    X(matrix)                \
    X(merge)                 \
    X(names)                 \
    X(ndjson_read)           \
    X(ndjson_write)          \
    X(operator)              \
    X(optim)                 \
    X(options)               \
    X(paste)                 \
    X(plugin)                \
    X(print)                 \
    X(random)                \
    X(reduce)                \
    X(roll)                  \
    X(rows)                  \
    X(seq)                   \
    X(series_alias)          \
    X(series_fun)            \
    X(series_join)           \
    X(set)                   \
    X(shape)                 \
    X(sort)                  \
    X(split)                 \
    X(sprintf)               \
    X(stats)                 \
    X(store)                 \
    X(summary)               \
    X(sys)                   \
    X(text)                  \
    X(text_case)             \
    X(text_code)             \
    X(text_fit)              \
    X(text_names)            \
    X(text_path)             \
    X(text_replace)          \
    X(text_search)           \
    X(text_split)            \
    X(text_substr)           \
    X(time)                  \
    X(time_fields)           \
    X(unique)                \
    X(which)                 \
    X(zts)

#define X(file) extern const zp_builtin zp_builtins_##file[];
ZP_BUILTIN_TABLES(X)
#undef X

/* All of them, ended by NULL: what zp_engine_new() takes. */
extern const zp_builtin *const zp_builtin_tables[];

/* An engine with all of them, those of `more` (NULL-terminated; NULL: none), the constants of the base environment and
 * `version`. */
zp_engine *zp_base_engine(const zp_config *cfg, const zp_builtin *const *more, zp_error *err) ZP_MUST_CHECK;

/* Binds the constants of the base environment (pi, letters, .Machine, ...): calls `bind`, which takes the value
 * also on failure, once for each. */
bool zp_base_constants(void *arg, bool (*bind)(void *arg, const char *name, zp_value take, zp_error *err),
                       zp_error *err) ZP_MUST_CHECK;

#endif
