/* Any bytes are a number or not; a number that was read is written and read again without change. */
#include "ops/ops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_buf text = ZP_BUF_INIT;
    double x, again;

    if (zp_number_parse((const char *)data, size, &x)) {
        zp_number_text(&text, x, 17);
        if (!text.failed && x == x && (!zp_number_parse(text.ptr, text.len, &again) || again != x))
            __builtin_trap();
        for (int digits = 1; digits < 16; digits++) {
            zp_buf_clear(&text);
            zp_number_text(&text, x, digits);
        }
    }
    zp_buf_fini(&text);
    return 0;
}
