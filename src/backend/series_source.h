/* series_source: the door between the series backend and the values of the engine, in plain C.  (The engine's headers and those of
 * this room use the same words for different things; no file includes both.)
 *
 * Everything happens on the engine's thread, but zp__series_post(). */
#ifndef ZP_BACKEND_SERIES_SOURCE_H
#define ZP_BACKEND_SERIES_SOURCE_H

#include "base/buf.h"

struct zp_plane;

/* A series as it is now: good until the function that asked for it returns to the loop. */
typedef struct zp__series_view {
    const int64_t *times;
    const double *data; /* column j: data + j * stride */
    int64_t stride, rows, columns;
    bool named;
    const void *names; /* inside */
} zp__series_view;

/* `path`: "ticks", "book$eu$fx".  `write`: it will be appended to. */
bool zp__series_find(struct zp_plane *plane, const char *path, bool write, zp__series_view *view,
                     zp_error *err) ZP_MUST_CHECK;
/* The column of that name; -1: none. */
int64_t zp__series_column(const zp__series_view *view, zp_slice name);
/* The first row at or after an instant. */
int64_t zp__series_row_at(const zp__series_view *view, int64_t ns);
/* Appends one row.  *waits: `done` comes when it is as safe as the series promises, on any thread; else it is already. */
bool zp__series_append(struct zp_plane *plane, const char *path, int64_t ns, const double *values,
                       void (*done)(void *arg, const char *error), void *arg, bool *waits,
                       zp_error *err) ZP_MUST_CHECK;
/* Runs fn(arg) on the engine's thread; false: it is going.  Any thread. */
bool zp__series_post(struct zp_plane *plane, void (*fn)(void *arg, struct zp_plane *plane),
                     void *arg) ZP_MUST_CHECK;

#endif
