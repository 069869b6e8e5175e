/* Any bytes are a program or a syntax error, and the tree of a program can be shown. */
#include "lang/ast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_error err = ZP_ERROR_INIT;
    zp_buf dump = ZP_BUF_INIT;
    zp_source *src = zp_parse((const char *)data, size, NULL, NULL, &err);

    if (src)
        zp_ast_dump(&dump, src);
    zp_buf_fini(&dump);
    zp_source_unref(src);
    zp_error_clear(&err);
    return 0;
}
