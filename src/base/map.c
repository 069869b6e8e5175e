/* map: linear probing over a power of two, at most 3/4 full, tombstones for removed keys. */
#include "base/map.h"

static zp_str tombstone;

static size_t probe(const zp_map *map, const char *key, size_t len, uint32_t hash)
{
    size_t mask = map->cap - 1, i = hash & mask;

    for (;; i = (i + 1) & mask) {
        zp_str *k = map->entries[i].key;
        if (!k)
            return i;
        if (k != &tombstone && k->hash == hash && k->len == len && memcmp(k->text, key, len) == 0)
            return i;
    }
}

zp_map_entry *zp_map_get_bytes(const zp_map *map, const char *key, size_t len)
{
    size_t i;

    if (!map->used)
        return NULL;
    i = probe(map, key, len, zp_hash_bytes(key, len));
    return map->entries[i].key ? &map->entries[i] : NULL;
}

zp_map_entry *zp_map_get(const zp_map *map, const zp_str *key)
{
    size_t i;

    if (!map->used)
        return NULL;
    i = probe(map, key->text, key->len, key->hash ? key->hash : zp_hash_bytes(key->text, key->len));
    return map->entries[i].key ? &map->entries[i] : NULL;
}

static bool grow(zp_map *map, zp_error *err)
{
    size_t cap = map->cap ? map->cap : 8;
    zp_map old = *map;

    while (4 * (map->used + 1) > 2 * cap)
        cap *= 2;
    map->entries = zp_alloc_zero(cap * sizeof(zp_map_entry), err);
    if (!map->entries) {
        *map = old;
        return false;
    }
    map->cap = cap;
    map->filled = map->used;
    for (size_t i = 0; i < old.cap; i++) {
        zp_str *k = old.entries[i].key;
        if (k && k != &tombstone)
            map->entries[probe(map, k->text, k->len, k->hash)] = old.entries[i];
    }
    zp_free(old.entries);
    return true;
}

zp_map_entry *zp_map_add(zp_map *map, zp_str *key, bool *made, zp_error *err)
{
    uint32_t hash = zp_str_hash(key);
    size_t i;

    *made = false;
    if (4 * (map->filled + 1) > 3 * map->cap && !grow(map, err))
        return NULL;
    i = probe(map, key->text, key->len, hash);
    if (!map->entries[i].key) {
        map->entries[i].key = key;
        map->entries[i].val.num = 0;
        map->used++;
        map->filled++;
        *made = true;
    }
    return &map->entries[i];
}

bool zp_map_remove(zp_map *map, const zp_str *key)
{
    zp_map_entry *e = zp_map_get(map, key);

    if (!e)
        return false;
    e->key = &tombstone;
    map->used--;
    return true;
}

zp_map_entry *zp_map_next(const zp_map *map, size_t *at)
{
    while (*at < map->cap) {
        zp_map_entry *e = &map->entries[(*at)++];
        if (e->key && e->key != &tombstone)
            return e;
    }
    return NULL;
}

void zp_map_fini(zp_map *map)
{
    zp_free(map->entries);
    *map = ZP_MAP_INIT;
}
