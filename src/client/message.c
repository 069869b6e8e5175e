/* message: the message of one append, for programs with sockets of their own. */
#include "client/client_priv.h"

#include <stdlib.h>
#include <string.h>

static bool bad_name(zplane_path path)
{
    for (size_t i = 0; i < path.count; i++) {
        if (!path.names[i] || !*path.names[i] || strlen(path.names[i]) > 255)
            return true;
    }
    return path.count == 0 || path.count > ZP_STREAM_NAMES_MAX;
}

int zplane_append_message(zplane_path path, int64_t n, const int64_t *times, int64_t nvalues,
                          const double *values, void **buf, size_t *len)
{
    zp_stream_once once = {
        .cls = ZP_STREAM_SERIES, .elem = ZP_TAG_DBL, .vector = true, .ntimes = n, .nvalues = nvalues
    };
    zp_buf names = ZP_BUF_INIT, head = ZP_BUF_INIT;
    zp_wire_out out = { 0 };
    bool failed;

    if (n < 1 || nvalues < n || nvalues % n)
        return -1;
    if (zp_stream_check_times((const char *)times, n, INT64_MIN))
        return -2;
    if (bad_name(path))
        return -3;
    failed = !zp__cl_put_path(&names, path, NULL);
    once.path = (zp_stream_path){ (uint32_t)path.count, { names.ptr, names.len } };
    zp_stream_put_once_head(&head, &once);
    zp_buf_put(&head, times, (size_t)n * sizeof(*times));
    zp_buf_put(&head, values, (size_t)nvalues * sizeof(*values));
    failed = failed || head.failed;
    if (!failed)
        zp_wire_message(&out, ZP_MSG_APPEND_ONCE, 0, head.ptr, head.len, 0, NULL, 0);
    failed = failed || out.failed;
    zp_buf_fini(&names);
    zp_buf_fini(&head);
    if (failed) {
        zp_wire_fini(&out);
        return -4;
    }
    *buf = out.ptr;
    *len = out.len;
    return 0;
}
