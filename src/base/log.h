/* log: what happened, one line each, to a file or to standard error.
 *
 *     2026-11-21T13:42:10.123456Z [WARN]: connection refused peer=10.0.0.7:5312 reason="too many sessions"
 *     {"time":"2026-11-21T13:42:10.123456Z","level":"WARN","message":"connection refused","peer":"10.0.0.7:5312", ...}
 *
 *     ZP_LOG(ZP_LOG_WARN, "connection refused", zp_log_str("peer", peer), zp_log_str("reason", why));
 *
 * The message is constant, what varies is a field: so lines can be counted and searched.  A line is written by one write(), so
 * that lines of several threads never mix.  Lines of one message that come in a flood are counted instead (ZP_LOG_RATE).
 *
 * Any thread.  The log is the one thing of its kind in the process; before zp_log_open() it goes to standard error from WARN
 * up. */
#ifndef ZP_BASE_LOG_H
#define ZP_BASE_LOG_H

#include <stdatomic.h>

#include "base/error.h"

#define ZP_LOG_LEVELS(X) X(TRACE) X(DEBUG) X(INFO) X(WARN) X(ERROR) X(FATAL)
typedef enum zp_log_level {
#define X(name) ZP_LOG_##name,
    ZP_LOG_LEVELS(X)
#undef X
        ZP_LOG_NONE
} zp_log_level;

typedef struct zp_log_field {
    const char *key;  /* NULL: no field */
    const char *text; /* NULL: the number */
    int64_t number;
} zp_log_field;

static inline zp_log_field zp_log_str(const char *key, const char *text)
{
    return (zp_log_field){ key, text ? text : "", 0 };
}
static inline zp_log_field zp_log_int(const char *key, int64_t number)
{
    return (zp_log_field){ key, NULL, number };
}

typedef struct zp_log_config {
    zp_log_level level; /* and above */
    bool json;
    const char *path; /* NULL: standard error */
    /* Writes the time of a line (ns since 1970), without quotes; NULL: UTC. */
    size_t (*stamp)(void *arg, int64_t ns, char *to, size_t size);
    void *stamp_arg; /* lives as long as the log */
} zp_log_config;

/* Opens, or opens again (after the file was rotated, or with other settings).  On failure the old log goes on. */
bool zp_log_open(const zp_log_config *cfg, zp_error *err) ZP_MUST_CHECK;
void zp_log_set_level(zp_log_level level);
zp_log_level zp_log_level_of(const char *name); /* any case; ZP_LOG_NONE: no such level */
bool zp_log_on(zp_log_level level);

/* Writes one line: message and fields. */
void zp_log_put(zp_log_level level, const char *message, const zp_log_field *fields, size_t count);
#define ZP_LOG(level, ...)                         \
    do {                                           \
        if (zp_log_on(level))                      \
            ZP_LOG_PUT(level, __VA_ARGS__, { 0 }); \
    } while (0)
#define ZP_LOG_PUT(level, message, ...)                               \
    zp_log_put(level, message, (const zp_log_field[]){ __VA_ARGS__ }, \
               sizeof((const zp_log_field[]){ __VA_ARGS__ }) / sizeof(zp_log_field))

/* At most ten lines of this place in ten seconds; how many were left out is a field of the next. */
typedef struct zp_log_rate {
    _Atomic int64_t since_ms;
    _Atomic int32_t lines, dropped;
} zp_log_rate;
bool zp_log_allow(zp_log_rate *rate, int32_t *dropped);
#define ZP_LOG_RATE(level, ...)                                                                  \
    do {                                                                                         \
        static zp_log_rate zp_rate_;                                                             \
        int32_t zp_dropped_ = 0;                                                                 \
        if (zp_log_on(level) && zp_log_allow(&zp_rate_, &zp_dropped_))                           \
            ZP_LOG_PUT(level, __VA_ARGS__,                                                       \
                       zp_dropped_ ? zp_log_int("left_out", zp_dropped_) : (zp_log_field){ 0 }); \
    } while (0)

#endif
