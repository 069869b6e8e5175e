/* Backup files: as a whole, and their manifests, which a checksum protects otherwise. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/backup_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void manifest(const uint8_t *data, size_t len)
{
    zp_error err = ZP_ERROR_INIT;
    zp__manifest m = { 0 };

    if (zp__manifest_read(&m, data, len, "backup", &err)) {
        zp_buf out = ZP_BUF_INIT;

        if (!zp__manifest_write(&out, &m, &err) || out.len != len)
            __builtin_trap();
        zp_buf_fini(&out);
    }
    zp__manifest_fini(&m);
    zp_error_clear(&err);
}

static void whole_file(const uint8_t *data, size_t len)
{
    zp_error err = ZP_ERROR_INIT;
    uint8_t *room = zp_alloc(ZP__BK_PIECE, NULL);
    int fd = memfd_create("backup", MFD_CLOEXEC);
    char path[40];
    zp__bk_file f = { .fd = -1 };
    zp__bk_piece piece;
    zp__manifest m = { 0 };
    bool more = true;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd >= 0 && room && write(fd, data, len) == (ssize_t)len && zp__bk_open(&f, path, &m, &err))
        while (more && zp__bk_next(&f, &piece, room, &more, &err))
            continue;
    zp__bk_close(&f);
    zp__manifest_fini(&m);
    zp_error_clear(&err);
    zp_free(room);
    if (fd >= 0)
        close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    manifest(data, len);
    whole_file(data, len);
    return 0;
}
