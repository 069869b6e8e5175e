/* log: lines of text or JSON.
 *
 * A line is built in a buffer on the stack and written by one write() to a descriptor opened with O_APPEND: no lock is held
 * and no line is torn.  Whatever a peer sent is escaped, so that nobody can forge a line or move a terminal's cursor. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { LINE = 4096, FIELD = 1024, RATE_LINES = 10, RATE_MS = 10000 };

static struct {
    pthread_mutex_t lock; /* of opening */
    _Atomic int level, fd;
    _Atomic bool json;
    size_t (*_Atomic stamp)(void *arg, int64_t ns, char *to, size_t size);
    void *_Atomic stamp_arg;
} the_log = { .lock = PTHREAD_MUTEX_INITIALIZER, .level = ZP_LOG_WARN, .fd = STDERR_FILENO };

static const char *const level_names[] = {
#define X(name) #name,
    ZP_LOG_LEVELS(X)
#undef X
};

zp_log_level zp_log_level_of(const char *name)
{
    for (size_t i = 0; i < ZP_COUNTOF(level_names); i++) {
        if (strcasecmp(name, level_names[i]) == 0)
            return (zp_log_level)i;
    }
    return ZP_LOG_NONE;
}

bool zp_log_on(zp_log_level level)
{
    return (int)level >= atomic_load_explicit(&the_log.level, memory_order_relaxed);
}

void zp_log_set_level(zp_log_level level)
{
    atomic_store(&the_log.level, (int)level);
}

/* A new file takes the place of the old one under the same descriptor, so that a thread that is writing never finds it
 * closed. */
static bool open_file(const char *path, zp_error *err)
{
    int old = atomic_load(&the_log.fd);
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640) : STDERR_FILENO;

    if (fd < 0)
        return zp_fail_sys(err, errno, "cannot open the log '%s'", path);
    if (fd != STDERR_FILENO && old != STDERR_FILENO) {
        int status = dup3(fd, old, O_CLOEXEC);

        close(fd);
        return status >= 0 || zp_fail_sys(err, errno, "cannot open the log '%s'", path);
    }
    atomic_store(&the_log.fd, fd); /* from a file back to standard error: the old one stays open */
    return true;
}

bool zp_log_open(const zp_log_config *cfg, zp_error *err)
{
    bool ok;

    pthread_mutex_lock(&the_log.lock);
    ok = open_file(cfg->path, err);
    if (ok) {
        atomic_store(&the_log.json, cfg->json);
        atomic_store(&the_log.stamp_arg, cfg->stamp_arg);
        atomic_store(&the_log.stamp, cfg->stamp);
        zp_log_set_level(cfg->level);
    }
    pthread_mutex_unlock(&the_log.lock);
    return ok;
}

/* ---------------------------------------------------------------- a line */

typedef struct line {
    char text[LINE];
    size_t len;
    bool full;
} line;

/* Keeps room for what ends a line. */
static void put(line *l, const char *bytes, size_t len)
{
    if (len > LINE - 8 - l->len) {
        l->full = true;
        return;
    }
    memcpy(l->text + l->len, bytes, len);
    l->len += len;
}

static void puts_to(line *l, const char *text)
{
    put(l, text, strlen(text));
}

/* Inside of quotes, as JSON wants it; bytes that are no UTF-8 become '?'.  Long texts are cut. */
static void put_escaped(line *l, const char *text)
{
    const char *at = text, *end = text + strnlen(text, FIELD);

    while (at < end) {
        unsigned char c = (unsigned char)*at;
        const char *from = at;
        char hex[8];

        if (c == '"' || c == '\\') {
            put(l, (char[]){ '\\', (char)c }, 2);
            at++;
        } else if (c < 0x20 || c == 0x7f) {
            put(l, hex, (size_t)snprintf(hex, sizeof hex, "\\u%04x", c));
            at++;
        } else if (c < 0x80) {
            put(l, at++, 1);
        } else {
            bool valid = zp_utf8_next(&at, end) >= 0;

            put(l, valid ? from : "?", valid ? (size_t)(at - from) : 1);
        }
    }
}

static bool plain(const char *text)
{
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text <= ' ' || *text >= 0x7f || *text == '"' || *text == '\\' || *text == '=')
            return false;
    }
    return true;
}

static void put_quoted(line *l, const char *text)
{
    put(l, "\"", 1);
    put_escaped(l, text);
    put(l, "\"", 1);
}

static void put_time(line *l)
{
    int64_t ns = zp_wall_ns();
    size_t (*stamp)(void *, int64_t, char *, size_t) = atomic_load(&the_log.stamp);
    char text[64];
    time_t s = (time_t)(ns / 1000000000);
    struct tm t;

    if (stamp) {
        put(l, text, stamp(atomic_load(&the_log.stamp_arg), ns, text, sizeof text));
        return;
    }
    gmtime_r(&s, &t);
    put(l, text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t));
    put(l, text, (size_t)snprintf(text, sizeof text, ".%06dZ", (int)(ns % 1000000000 / 1000)));
}

/* A field that does not fit is left out. */
static void put_field(line *l, const zp_log_field *f, bool json)
{
    char number[32];
    size_t before = l->len;

    put(l, json ? ",\"" : " ", json ? 2 : 1);
    puts_to(l, f->key);
    put(l, json ? "\":" : "=", json ? 2 : 1);
    if (!f->text)
        put(l, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)f->number));
    else if (json || !plain(f->text))
        put_quoted(l, f->text);
    else
        puts_to(l, f->text);
    if (l->full)
        l->len = before;
    l->full = false;
}

void zp_log_put(zp_log_level level, const char *message, const zp_log_field *fields, size_t count)
{
    bool json = atomic_load_explicit(&the_log.json, memory_order_relaxed);
    line l = { .len = 0 };
    ssize_t written;

    puts_to(&l, json ? "{\"time\":\"" : "");
    put_time(&l);
    puts_to(&l, json ? "\",\"level\":\"" : " [");
    puts_to(&l, level_names[level]);
    puts_to(&l, json ? "\",\"message\":" : "]: ");
    if (json)
        put_quoted(&l, message);
    else
        puts_to(&l, message);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].key)
            put_field(&l, &fields[i], json);
    }
    if (json)
        l.text[l.len++] = '}';
    l.text[l.len++] = '\n';
    written = write(atomic_load(&the_log.fd), l.text, l.len);
    (void)written; /* there is nobody to tell */
}

/* ---------------------------------------------------------------- floods */

bool zp_log_allow(zp_log_rate *rate, int32_t *dropped)
{
    int64_t now = zp_clock_ms(), since = atomic_load(&rate->since_ms);

    if ((since == 0 || now - since > RATE_MS) && atomic_compare_exchange_strong(&rate->since_ms, &since, now))
        atomic_store(&rate->lines, 0);
    if (atomic_fetch_add(&rate->lines, 1) >= RATE_LINES) {
        atomic_fetch_add(&rate->dropped, 1);
        return false;
    }
    *dropped = atomic_exchange(&rate->dropped, 0);
    return true;
}
