/* The zones of this process: a hash table from names to zones, filled on first use.
 *
 * Zones never change and never die, so readers walk the chains without a lock; only the loading of a new zone and
 * the change of the directory take the mutex.  A zone remembers the directory it was read from: when that changes,
 * names are read anew, and pointers already handed out stay good. */
#include "time/time_priv.h"

#include "base/mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUCKETS  1024
#define MAX_NAME 128
#define MAX_FILE (1 << 20)

typedef struct entry {
    struct entry *next;
    zp_zone *zone;
    int directory; /* which setting of the directory it belongs to */
} entry;

static struct {
    pthread_mutex_t lock; /* guards path and insertion */
    atomic_int directory;
    char path[4096];
    _Atomic(entry *) bucket[BUCKETS];
} zones = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const int64_t utc_at[] = { INT64_MIN };
static const uint16_t utc_type[] = { 0 };
static const zp__zone_type utc_types[] = { { 0, "UTC" } };
static const zp_zone utc = { "UTC", 1, utc_at, utc_type, utc_types };

const zp_zone *zp_zone_utc(void)
{
    return &utc;
}

const char *zp_zone_name(const zp_zone *zone)
{
    return zone->name;
}

void zp_zone_directory(const char *path)
{
    const char *to = path ? path : "";

    pthread_mutex_lock(&zones.lock);
    if (strncmp(zones.path, to, sizeof zones.path - 1) != 0) {
        snprintf(zones.path, sizeof zones.path, "%s", to);
        atomic_fetch_add(&zones.directory, 1);
    }
    pthread_mutex_unlock(&zones.lock);
}

/* A relative path of zone characters, without empty parts, outside the trees that repeat the others. */
static bool valid_name(const char *name)
{
    size_t len = strnlen(name, MAX_NAME);

    if (len == 0 || len == MAX_NAME || name[0] == '/' || name[len - 1] == '/' || strstr(name, "//"))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!zp__zone_char(name[i]))
            return false;
    return strncmp(name, "posix/", 6) != 0 && strncmp(name, "right/", 6) != 0;
}

static uint32_t bucket_of(const char *name)
{
    uint32_t h = 2166136261u;

    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 16777619u;
    return (h ^ h >> 15) % BUCKETS;
}

static const zp_zone *find_loaded(uint32_t bucket, const char *name, int directory)
{
    entry *e = atomic_load_explicit(&zones.bucket[bucket], memory_order_acquire);

    for (; e; e = e->next)
        if (e->directory == directory && strcmp(e->zone->name, name) == 0)
            return e->zone;
    return NULL;
}

static const char *directory_path(void)
{
    const char *env;

    if (zones.path[0])
        return zones.path;
    env = getenv("ZONEINFO");
    return env && *env ? env : "/usr/share/zoneinfo";
}

static uint8_t *read_file(const char *path, size_t *len, zp_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    uint8_t *bytes = NULL;
    ssize_t got = 0;

    if (fd < 0)
        return NULL;
    *len = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= MAX_FILE)
        bytes = zp_alloc((size_t)st.st_size, err);
    while (bytes && *len < (size_t)st.st_size &&
           (got = read(fd, bytes + *len, (size_t)st.st_size - *len)) > 0)
        *len += (size_t)got;
    close(fd);
    return bytes;
}

static zp_zone *load(const char *name, zp_error *err)
{
    char path[sizeof zones.path + MAX_NAME + 1];
    size_t len;
    uint8_t *bytes;
    zp_zone *zone;

    snprintf(path, sizeof path, "%s/%s", directory_path(), name);
    bytes = read_file(path, &len, err);
    if (!bytes)
        return NULL;
    zone = zp__tzif_parse(name, bytes, len, NULL);
    zp_free(bytes);
    return zone;
}

static const zp_zone *insert(uint32_t bucket, zp_zone *zone, int directory, zp_error *err)
{
    entry *e = zp_new(entry, err);

    if (!e) {
        zp__zone_free(zone);
        return NULL;
    }
    e->zone = zone;
    e->directory = directory;
    e->next = atomic_load_explicit(&zones.bucket[bucket], memory_order_relaxed);
    atomic_store_explicit(&zones.bucket[bucket], e, memory_order_release);
    return zone;
}

const zp_zone *zp_zone_find(const char *name, zp_error *err)
{
    const zp_zone *found;
    zp_zone *fresh;
    uint32_t bucket;
    int directory;

    if (strcmp(name, "UTC") == 0)
        return &utc;
    if (!valid_name(name)) {
        zp_fail(err, "can't find timezone %s", name);
        return NULL;
    }
    bucket = bucket_of(name);
    found = find_loaded(bucket, name, atomic_load(&zones.directory));
    if (found)
        return found;
    pthread_mutex_lock(&zones.lock);
    directory = atomic_load(&zones.directory);
    found = find_loaded(bucket, name, directory); /* somebody may have been faster */
    if (!found && (fresh = load(name, err)))
        found = insert(bucket, fresh, directory, err);
    pthread_mutex_unlock(&zones.lock);
    if (!found)
        zp_fail(err, "can't find timezone %s", name);
    return found;
}
