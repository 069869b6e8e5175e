/* Lines that `zplane append` reads: fields, and each field as every type. */
#include <stdlib.h>
#include <string.h>

#include "cli/remote_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = malloc(size ? size : 1); /* exactly as long, so that a read behind it is seen */
    const char *at = line;
    zp_error err = ZP_ERROR_INIT;

    if (!line)
        return 0;
    if (size)
        memcpy(line, data, size);
    while (at) {
        zp_slice field = zp__field_next(&at, line + size, ',');
        int64_t ns;
        double d;
        int8_t b;

        if (field.ptr < line || field.ptr + field.len > line + size)
            abort();
        (void)!zp__field_time(field, NULL, zp_zone_utc(), &ns, &err);
        zp_error_clear(&err);
        (void)!zp__field_double(field, &d);
        (void)!zp__field_logical(field, &b);
        (void)!zp__field_duration(field, &ns);
        (void)zp__field_is(field, "a \"b\"");
    }
    free(line);
    return 0;
}
