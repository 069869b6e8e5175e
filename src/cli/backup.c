/* backup: the commands that save a database into a file and bring it back. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/store_tools.h"
#include "store/backup.h"
#include "store/check.h"

static int usage(const zp_cli *cli, const char *text)
{
    fprintf(stderr, "zplane: %s\nTry 'zplane help %s'.\n", text, cli->command->name);
    return ZP_EXIT_USAGE;
}

static void note(void *arg, const char *name, const zp_error *why)
{
    fprintf(stderr, "zplane: '%s' is not in the backup: %s\n", name, zp_error_text(why));
}

static int add_bytes(void *arg, const char *dir, const char *name)
{
    *(int64_t *)arg += zp_check_bytes(dir);
    return ZP_EXIT_OK;
}

int zp__cmd_backup(zp_cli *cli)
{
    zp_backup_report report;
    zp_error err = ZP_ERROR_INIT;
    zp_progress progress;
    char bytes[24], read[24], packed[24];
    int terminal = isatty(STDERR_FILENO) ? STDERR_FILENO : -1;
    int64_t total = 0;
    bool ok;

    if (cli->noperands != 2)
        return usage(cli, "backup needs a directory and a file to create");
    if (terminal >= 0)
        zp__each_in(cli->operands[0].text, add_bytes, &total);
    zp_progress_begin(&progress, terminal, "backup", cli->since ? 0 : total);
    ok = zp_backup(cli->operands[0].text, cli->operands[1].text, cli->since, &progress, note, NULL, &report,
                   &err);
    zp_progress_end(&progress);
    if (!ok)
        return zp__complain(&err);
    zp__bytes_text(bytes, report.bytes);
    zp__bytes_text(read, report.read);
    zp__bytes_text(packed, report.packed);
    printf("%" PRId64 " object%s, %s; %s read and packed into %s\n", report.objects,
           report.objects == 1 ? "" : "s", bytes, read, packed);
    return report.failed ? ZP_EXIT_ERROR : ZP_EXIT_OK;
}

int zp__cmd_restore(zp_cli *cli)
{
    int count = cli->noperands - 1;
    zp_backup_report report;
    zp_error err = ZP_ERROR_INIT;
    zp_progress progress;
    const char **files;
    char bytes[24];
    bool ok;

    if (count < 1)
        return usage(cli, "restore needs a backup file, those that build upon it, and a directory to create");
    files = zp_alloc((size_t)count * sizeof *files, &err);
    for (int i = 0; files && i < count; i++)
        files[i] = cli->operands[i].text;
    zp_progress_begin(&progress, isatty(STDERR_FILENO) ? STDERR_FILENO : -1, "restore", 0);
    ok = files && zp_restore(files, count, cli->operands[count].text, &progress, &report, &err);
    zp_progress_end(&progress);
    zp_free(files);
    if (!ok)
        return zp__complain(&err);
    zp__bytes_text(bytes, report.bytes);
    printf("%" PRId64 " object%s, %s\n", report.objects, report.objects == 1 ? "" : "s", bytes);
    return ZP_EXIT_OK;
}
