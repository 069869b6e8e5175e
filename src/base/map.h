/* map: open-addressing hash map from counted strings to pointers or numbers. Keys are borrowed: whoever
 * owns the map keeps them alive. */
#ifndef ZP_BASE_MAP_H
#define ZP_BASE_MAP_H

#include "base/str.h"

typedef struct zp_map_entry {
    zp_str *key; /* NULL: free; the address of a tombstone: removed */
    union {
        void *ptr;
        int64_t num;
    } val;
} zp_map_entry;

typedef struct zp_map {
    zp_map_entry *entries;
    size_t cap, used, filled; /* used: living keys; filled: with tombstones */
} zp_map;

#define ZP_MAP_INIT ((zp_map){ 0 })

/* The entry of `key`, or NULL. */
zp_map_entry *zp_map_get(const zp_map *map, const zp_str *key);
zp_map_entry *zp_map_get_bytes(const zp_map *map, const char *key, size_t len);
/* The entry of `key`, made (with val zero and *made true) when it is not there; NULL: no memory. */
zp_map_entry *zp_map_add(zp_map *map, zp_str *key, bool *made, zp_error *err) ZP_MUST_CHECK;
bool zp_map_remove(zp_map *map, const zp_str *key);
/* Iteration: start with *at = 0; NULL at the end.  The order is arbitrary. */
zp_map_entry *zp_map_next(const zp_map *map, size_t *at);
void zp_map_fini(zp_map *map);

#endif
