/* store_tools: the commands that look at directories of persistent objects from outside: ls, du, check.
 *
 * Each takes directories: an object, a group of them, a whole database.  None disturbs a process that writes there. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/store_tools.h"
#include "store/catalog.h"
#include "store/check.h"
#include "store/format.h"
#include "store/io.h"
#include "time/time.h"

/* ---------------------------------------------------------------- every object of the operands */

int zp__complain(zp_error *err)
{
    fflush(stdout);
    fprintf(stderr, "zplane: %s\n", zp_error_text(err));
    if (err->hint)
        fprintf(stderr, "%s\n", err->hint);
    zp_error_clear(err);
    return ZP_EXIT_ERROR;
}

/* Calls `each` for every object at or below `dir`; the worst status of all. */
int zp__each_in(const char *dir, zp__object_fn each, void *arg)
{
    zp_catalog names = ZP_CATALOG_INIT;
    zp_error err = ZP_ERROR_INIT;
    int status = ZP_EXIT_OK;

    if (zp_catalog_kind(dir) == ZP_ENTRY_OBJECT)
        return each(arg, dir, dir);
    if (!zp_catalog_read(&names, dir, NULL, &err))
        status = zp__complain(&err);
    for (size_t i = 0; i < names.count; i++) {
        zp_buf path = ZP_BUF_INIT;
        int one = zp_catalog_path(&path, dir, names.names[i], &err)
                      ? each(arg, zp_buf_text(&path), names.names[i])
                      : zp__complain(&err);

        zp_buf_fini(&path);
        status = one > status ? one : status;
    }
    zp_catalog_fini(&names);
    return status;
}

int zp__each_object(zp_cli *cli, const char *usage, zp__object_fn each, void *arg)
{
    int status = ZP_EXIT_OK;

    if (cli->noperands == 0 && !*cli->cfg.data) {
        fprintf(stderr, "zplane: %s\nTry 'zplane help %s'.\n", usage, cli->command->name);
        return ZP_EXIT_USAGE;
    }
    if (cli->noperands == 0)
        return zp__each_in(cli->cfg.data, each, arg);
    for (int i = 0; i < cli->noperands; i++) {
        int one = zp__each_in(cli->operands[i].text, each, arg);

        status = one > status ? one : status;
    }
    return status;
}

void zp__bytes_text(char out[24], uint64_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
    double n = (double)bytes;
    size_t u = 0;

    for (; n >= 999.5 && u + 1 < ZP_COUNTOF(units); u++)
        n /= 1000;
    snprintf(out, 24, u && n < 9.95 ? "%.1f %s" : "%.0f %s", n, units[u]);
}

/* ---------------------------------------------------------------- ls */

/* The first or the last time of a series; "" for other objects. */
static void time_text(const zp_fmt_object *o, bool last, zp_buf *out)
{
    uint64_t row = o->commit.first + (last ? o->commit.rows - 1 : 0);
    char name[ZP_FMT_NAME];
    uint8_t bytes[8];
    int fd;

    if (!o->header.series || !o->commit.rows)
        return;
    fd = zp_io_get()->open(o->dir, zp_fmt_name(name, "c", o->header.index), 0, 0);
    if (fd >= 0 && zp_io_read_all(fd, bytes, sizeof bytes, (int64_t)(row * 8)) == 0) {
        int64_t ns = 0;

        memcpy(&ns, bytes, sizeof ns);
        zp_instant_format(out, ns, zp_zone_find("UTC", NULL), -1, NULL);
    }
    if (fd >= 0)
        zp_io_get()->close(fd);
}

static uint64_t object_bytes(const zp_fmt_object *o)
{
    uint64_t bytes = 0;

    for (int64_t k = 0; k < zp_fmt_object_files(o); k++) {
        uint64_t size = k == 0 && o->header.series ? 8
                        : o->header.type == ZP_STR ? 16
                                                   : zp_type_size(o->header.type);

        bytes += zp_fmt_object_bytes(o, k) - o->commit.first * size;
    }
    return bytes;
}

static int list_object(void *arg, const char *dir, const char *name)
{
    static const char *const policies[] = { "commit", "interval", "none" };
    zp_error err = ZP_ERROR_INIT;
    zp_buf from = ZP_BUF_INIT, to = ZP_BUF_INIT;
    zp_fmt_object o;
    char size[24];

    if (!zp_fmt_object_open(&o, dir, &err))
        return zp__complain(&err);
    time_text(&o, false, &from);
    time_text(&o, true, &to);
    zp__bytes_text(size, object_bytes(&o));
    printf("%-28s %-10s %12" PRIu64 " %8" PRId64 " %8s  %-8s %s%s%s\n", name,
           o.header.series ? "zts" : zp_type_name(o.header.type), o.commit.rows, o.header.ncolumns, size,
           policies[o.header.options.sync], zp_buf_text(&from), from.len ? " -> " : "", zp_buf_text(&to));
    zp_buf_fini(&from);
    zp_buf_fini(&to);
    zp_fmt_object_close(&o);
    return ZP_EXIT_OK;
}

int zp__cmd_ls(zp_cli *cli)
{
    printf("%-28s %-10s %12s %8s %8s  %-8s %s\n", "name", "type", "rows", "columns", "size", "sync",
           "from -> to");
    return zp__each_object(cli, "ls needs a directory", list_object, NULL);
}

/* ---------------------------------------------------------------- du */

static int measure_object(void *arg, const char *dir, const char *name)
{
    uint64_t *total = arg, disk = 0;
    zp_error err = ZP_ERROR_INIT;
    char text[24];

    if (!zp_catalog_disk(dir, &disk, &err))
        return zp__complain(&err);
    *total += disk;
    zp__bytes_text(text, disk);
    printf("%8s  %s\n", text, name);
    return ZP_EXIT_OK;
}

int zp__cmd_du(zp_cli *cli)
{
    uint64_t total = 0;
    int status = zp__each_object(cli, "du needs a directory", measure_object, &total);
    char text[24];

    if (status == ZP_EXIT_USAGE)
        return status;
    zp__bytes_text(text, total);
    printf("%8s  in all\n", text);
    return status;
}

/* ---------------------------------------------------------------- check */

typedef struct checking {
    bool repair;
    int64_t objects, damaged;
} checking;

/* What was found, line by line under the name of the object. */
static void show_findings(const zp_check *c)
{
    for (const char *line = zp_buf_text(&c->findings); *line; line += strcspn(line, "\n") + 1)
        printf("  %.*s\n", (int)strcspn(line, "\n"), line);
    if (c->problems > ZP_CHECK_LINES)
        printf("  ... and %" PRId64 " more\n", c->problems - ZP_CHECK_LINES);
}

static int repair(const char *dir, const zp_check *c)
{
    zp_error err = ZP_ERROR_INIT;

    if (!zp_check_repair(dir, c, &err))
        return zp__complain(&err);
    printf("  repaired: it has the first %" PRId64 " of %" PRId64 " rows now\n", c->valid, c->rows);
    return ZP_EXIT_ERROR;
}

static int damaged(const checking *all, const char *dir, const char *name, const zp_check *c)
{
    printf("%s: %" PRId64 " problem%s\n", name, c->problems, c->problems == 1 ? "" : "s");
    show_findings(c);
    if (all->repair)
        return repair(dir, c);
    if (c->savable && (c->valid || !c->rows))
        printf("  --repair would keep the first %" PRId64 " of %" PRId64 " rows\n", c->valid, c->rows);
    else
        printf("  it cannot be repaired: restore it from a backup\n");
    return ZP_EXIT_ERROR;
}

static int check_object(void *arg, const char *dir, const char *name)
{
    checking *all = arg;
    zp_error err = ZP_ERROR_INIT;
    zp_check c = ZP_CHECK_INIT;
    zp_progress progress;
    int status = ZP_EXIT_OK;
    char size[24];
    bool ok;

    all->objects++;
    zp_progress_begin(&progress, isatty(STDERR_FILENO) ? STDERR_FILENO : -1, name, zp_check_bytes(dir));
    ok = zp_check_object(dir, &progress, &c, &err);
    zp_progress_end(&progress);
    zp__bytes_text(size, c.bytes);
    if (!ok) {
        all->damaged++;
        printf("%s: cannot be opened\n", name);
        status = zp__complain(&err);
    } else if (c.problems) {
        all->damaged++;
        status = damaged(all, dir, name, &c);
    } else {
        printf("%s: ok, %" PRId64 " rows, %s\n", name, c.rows, size);
    }
    zp_check_fini(&c);
    return status;
}

int zp__cmd_check(zp_cli *cli)
{
    checking all = { .repair = cli->repair };
    int status = zp__each_object(cli, "check needs a directory", check_object, &all);

    if (status != ZP_EXIT_USAGE && all.objects != 1)
        printf("%" PRId64 " objects, %" PRId64 " of them damaged\n", all.objects, all.damaged);
    return status;
}
