/* The head of a request: whatever the bytes are, what is read lies inside of them, and more bytes never change what was whole. */
#include <stdlib.h>
#include <string.h>

#include "server/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(zp_slice s, const char *bytes, size_t head)
{
    if (s.ptr && (s.ptr < bytes || s.ptr + s.len > bytes + head))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size ? size : 1); /* of this size, so that the sanitizer sees one byte too many */
    zp__request r, part;
    int status;

    if (!bytes)
        return 0;
    if (size)
        memcpy(bytes, data, size);
    status = zp__http_read(bytes, size, &r);
    if (status == 0) {
        inside(r.method, bytes, r.head);
        inside(r.path, bytes, r.head);
        inside(r.query, bytes, r.head);
#define X(field, name) inside(r.field, bytes, r.head);
        ZP_HTTP_HEADERS(X)
#undef X
        for (size_t cut = r.head > 64 ? r.head - 64 : 0; cut < r.head; cut++) {
            if (zp__http_read(bytes, cut, &part) != -1)
                abort(); /* the same request is not whole before its end */
        }
        zp__slice_has(r.accept, "text/csv");
        zp__slice_has(r.connection, "close");
    }
    free(bytes);
    return 0;
}
