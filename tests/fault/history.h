/* history: three persistent objects and the steps that change them (steps.R), for tests that hurt the store. */
#ifndef ZP_TESTS_FAULT_HISTORY_H
#define ZP_TESTS_FAULT_HISTORY_H

#include "builtin/tables.h"
#include "lang/lang.h"
#include "store/store.h"

enum { OBJECTS = 3, ABSENT = 0 };
extern const char *const object_names[OBJECTS];

/* What the objects are after a step: something that is equal exactly for equal contents; ABSENT: no such object. */
typedef struct state {
    uint64_t digest[OBJECTS];
    long calls; /* how many calls of the store there were then (powercut) */
} state;

/* A program that changes the objects of a directory. */
typedef struct history {
    zp_config cfg;
    zp_engine *engine;
    zp_ctx *ctx;
    char root[300];
    const char *sync;
    unsigned seed;
} history;

void die(const char *what, const char *why);
/* `script`: steps.R.  `root` is made. */
void history_begin(history *h, const char *script, const char *root, const char *sync, unsigned seed);
void history_end(history *h);
/* Makes the objects; does step k.  False: it failed, `why` says how. */
bool history_create(history *h, char *why, size_t size);
bool history_step(history *h, int k, char *why, size_t size);
/* What the program sees. */
state history_state(history *h);
/* What object i of a directory is when it is opened now; ABSENT: it cannot be, `why` says why not. */
uint64_t history_found(const char *dir, int i, char *why, size_t size);

#endif
