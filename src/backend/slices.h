/* slices: for engines whose work another thread does, a slice at a time: SQLite on helpers, series on the engine's thread.
 *
 *     gateway thread                         the other
 *     zp__slices_start ──── send ──────────▶ rows into `encoder` … enough for now, or `over`
 *     frames to the sink ◀─ zp__slices_back
 *     the sink is full: nothing, until resume; else the next send
 *
 * The link is the other thread's from send() until zp__slices_back(), then the gateway thread's; only `stop` is shared. */
#ifndef ZP_BACKEND_SLICES_H
#define ZP_BACKEND_SLICES_H

#include <stdatomic.h>

#include "backend/engine.h"

typedef struct zp_slices zp_slices;

typedef struct zp_slices_how {
    void (*send)(zp_slices *s); /* gateway thread: let the other work on; zp__slices_back() must follow */
    void (*forget)(
        zp_slices *s); /* gateway thread: the run is over, or its link is; what was kept for it goes */
} zp_slices_how;

/* The first thing in the link of such an engine. */
struct zp_slices {
    zp_link link;
    zp_query_run *run;
    zp_encoder encoder;
    int64_t rows; /* encoded in this slice */
    bool over;
    zp_failure failure;
    _Atomic bool stop; /* cancelled: the other thread looks now and then */
    const zp_slices_how *how;
    zp_task task;
};

/* Begins a run, by a first send(). */
void zp__slices_start(zp_slices *s, zp_query_run *run, const zp_slices_how *how);
/* The other thread: the slice is done. */
void zp__slices_back(zp_slices *s);
/* The other thread: one row.  False: `failure` says why it is the last. */
bool zp__slices_row(zp_slices *s, const zp_result_cell *cells);

/* Rows of the table of an engine. */
void zp__slices_resume(zp_link *link, zp_query_run *run);
void zp__slices_cancel(zp_link *link, zp_query_run *run);

#endif
