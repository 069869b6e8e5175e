/* Any bytes as JSON: what is read can be written and read again, and looks the same. */
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_json_doc *doc = zp_json_doc_new(NULL), *other = zp_json_doc_new(NULL);
    const zp_json *v = doc && other ? zp_json_read(doc, (const char *)data, size, NULL) : NULL;
    zp_buf once = ZP_BUF_INIT, twice = ZP_BUF_INIT;

    if (v) {
        zp_json_put(&once, v);
        v = zp_json_read(other, once.ptr, once.len, NULL);
        if (!v)
            abort();
        zp_json_put(&twice, v);
        if (strcmp(once.ptr, twice.ptr) != 0)
            abort();
    }
    zp_buf_fini(&once);
    zp_buf_fini(&twice);
    zp_json_doc_free(doc);
    zp_json_doc_free(other);
    return 0;
}
