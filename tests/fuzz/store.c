/* Headers, commit records and redo records of objects in files. */
#include <string.h>

#include "store/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void header(const char *text, size_t len)
{
    zp_error err = ZP_ERROR_INIT;
    zp_fmt_header h;

    if (zp_fmt_header_read(&h, text, len, "header", &err)) {
        zp_buf out = ZP_BUF_INIT;

        /* what was read is written as it was */
        if (!zp_fmt_header_write(&out, &h, &err) || out.len != len || memcmp(out.ptr, text, len) != 0)
            __builtin_trap();
        zp_buf_fini(&out);
        zp_fmt_header_fini(&h);
    }
    zp_error_clear(&err);
}

static void commits(const uint8_t *data, size_t len)
{
    static const uint8_t boot[16];
    zp_fmt_commit c;
    int slot;

    if (zp_fmt_commit_newest(data, len, boot, &c, &slot) && (slot < 0 || slot >= ZP_FMT_SLOTS))
        __builtin_trap();
}

static void redo(const uint8_t *data, size_t len)
{
    zp_fmt_redo r;
    zp_fmt_change c;
    uint64_t sum = 0;

    if (zp_fmt_redo_open(&r, data, len))
        while (zp_fmt_redo_next(&r, &c))
            for (uint64_t i = 0; i < c.len; i++)
                sum += c.bytes[i];
    if (sum == 1)
        header((const char *)data, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    header((const char *)data, len);
    commits(data, len);
    redo(data, len);
    return 0;
}
