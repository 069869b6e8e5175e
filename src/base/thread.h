/* thread: how soon a thread wants the processor when it has something to do.  Hints: what the kernel does not know it ignores. */
#ifndef ZP_BASE_THREAD_H
#define ZP_BASE_THREAD_H

typedef enum zp_thread_kind {
    ZP_THREAD_QUICK,   /* answers: short stretches, at once */
    ZP_THREAD_PATIENT, /* computes for others: long stretches, behind those that answer */
} zp_thread_kind;

/* The calling thread is one of these from now on. */
void zp_thread_kind_set(zp_thread_kind kind);

#endif
