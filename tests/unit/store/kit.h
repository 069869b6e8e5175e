/* What the tests of the store share: a directory of their own, small values, and a table of system calls that fails. */
#ifndef ZP_TESTS_UNIT_STORE_KIT_H
#define ZP_TESTS_UNIT_STORE_KIT_H

#include "../unit.h"

#include <stdatomic.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ops/ops.h"
#include "store/format.h"
#include "store/io.h"
#include "store/store.h"

static char base[64];

static const char *at(const char *name)
{
    static char path[8][128];
    static int turn;
    char *to = path[turn++ % 8];

    snprintf(to, 128, "%s/%s", base, name);
    return to;
}

static int kit_setup(void **state)
{
    const char *tmp = getenv("TMPDIR");

    (void)state;
    snprintf(base, sizeof(base), "%.40s/zp-store-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(base) ? 0 : -1;
}

static int kit_teardown(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", base);
    return system(command);
}

/* n x cols numbers from `from` on. */
static inline zp_value numbers(int64_t rows, int64_t cols, double from)
{
    zp_value v = zp_arr(ZP_DBL, 2, (int64_t[]){ rows, cols }, NULL);

    for (int64_t i = 0; i < rows * cols; i++)
        ((double *)v.u.arr->data)[i] = from + (double)i;
    return v;
}

static inline zp_value times(int64_t n, int64_t from)
{
    zp_value v = zp_vec(ZP_TIM, n, NULL);

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)v.u.arr->data)[i] = (from + i) * 1000000000;
    return v;
}

static inline zp_value series(int64_t rows, int64_t cols, int64_t from)
{
    return zp_zts_take(times(rows, from), numbers(rows, cols, (double)from), NULL);
}

/* Takes v. */
static inline zp_value create_take(const char *name, zp_value v, zp_store_options options)
{
    zp_value out;
    zp_error err = ZP_ERROR_INIT;

    if (!zp_store_create(at(name), v, &options, &out, &err))
        fail_msg("%s", zp_error_text(&err));
    zp_value_unref(v);
    return out;
}

static inline zp_value open_it(const char *name, bool writable)
{
    zp_value out;
    zp_error err = ZP_ERROR_INIT;

    if (!zp_store_open(at(name), writable, &out, &err))
        fail_msg("%s", zp_error_text(&err));
    return out;
}

static inline bool append_series(zp_value *z, int64_t n, int64_t from, zp_error *err)
{
    zp_value more = series(n, zp_ncols(*z), from);
    const bool ok = zp_value_append(z, more, err) && zp_store_flush(err);

    zp_value_unref(more);
    return ok;
}

static inline double cell(zp_value v, int64_t i, int64_t j)
{
    if (v.type == ZP_ZTS)
        v = zp_zts_data(v);
    return ((const double *)zp_column(&v, j))[i];
}

/* *v[i, j] <- x as the machine does it. */
static inline bool assign(zp_value *v, int64_t i, int64_t j, double x, zp_error *err)
{
    const zp_value index[2] = { zp_dbl((double)i + 1), zp_dbl((double)j + 1) };

    if (zp_subassign(v, index, 2, zp_dbl(x), err))
        return zp_store_flush(err);
    zp_store_rollback();
    return false;
}

/* ---------------------------------------------------------------- system calls that fail */

static _Atomic int calls;
static int fail_at,
    fail_errno; /* the fail_at-th call that writes fails, and all after it when `for_ever` */
static bool for_ever;

static bool refuse(void)
{
    const int n = atomic_fetch_add(&calls, 1) + 1; /* files are flushed by several threads */

    return fail_at && (for_ever ? n >= fail_at : n == fail_at);
}

static ssize_t failing_pwrite(int fd, const void *from, size_t len, int64_t where)
{
    return refuse() ? -fail_errno : zp_io_system.pwrite(fd, from, len, where);
}
static int failing_datasync(int fd)
{
    return refuse() ? -fail_errno : zp_io_system.datasync(fd);
}
static int failing_sync(int fd)
{
    return refuse() ? -fail_errno : zp_io_system.sync(fd);
}
static int failing_truncate(int fd, int64_t len)
{
    return refuse() ? -fail_errno : zp_io_system.truncate(fd, len);
}
static int failing_open(int dir, const char *name, int flags, unsigned mode)
{
    return (flags & O_CREAT) && refuse() ? -fail_errno : zp_io_system.open(dir, name, flags, mode);
}

static inline void start_failing(int n, int errnum, bool on)
{
    static zp_io table;

    table = zp_io_system;
    table.pwrite = failing_pwrite;
    table.datasync = failing_datasync;
    table.sync = failing_sync;
    table.truncate = failing_truncate;
    table.open = failing_open;
    calls = 0;
    fail_at = n;
    fail_errno = errnum;
    for_ever = on;
    zp_io_set(&table);
}

static inline void stop_failing(void)
{
    zp_io_set(NULL);
    fail_at = 0;
}

#endif
