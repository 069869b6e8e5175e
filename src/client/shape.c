/* shape: what the server says of an object, as zplane.h shows it. */
#include "client/client_priv.h"

#include <string.h>

#include "base/mem.h"

static bool copy_names(zp_shape *to, const zp_stream_shape *from, zplane_error *err)
{
    size_t at = 0;

    to->names = zp_alloc_zero(((size_t)from->columns + 1) * sizeof(char *), NULL);
    if (!to->names)
        return zp__cl_nomem(err);
    for (int64_t i = 0; i < from->columns; i++) {
        zp_slice name = zp_stream_column_name(from, &at);

        to->names[i] = zp_alloc(name.len + 1, NULL);
        if (!to->names[i])
            return zp__cl_nomem(err);
        memcpy(to->names[i], name.ptr, name.len);
        to->names[i][name.len] = '\0';
    }
    to->pub.names = (const char *const *)to->names;
    return true;
}

bool zp__cl_shape_read(zp_shape *shape, zp_slice head, zplane_error *err)
{
    static const char *const policies[] = { "memory", "none", "interval", "commit" };
    zp_error wrong = ZP_ERROR_INIT;
    zp_stream_shape s;

    zp__cl_shape_fini(shape);
    if (!zp_stream_read_shape(head, &s, &wrong))
        return zp__cl_from(err, ZPLANE_EPROTO, &wrong);
    shape->cls = s.cls;
    shape->elem = s.elem;
    shape->next = s.next;
    shape->window = s.window;
    shape->pub = (zplane_shape){ .type = zp__cl_type_of(s.elem),
                                 .series = s.cls == ZP_STREAM_SERIES,
                                 .columns = s.columns,
                                 .rows = s.rows,
                                 .last_time = s.last,
                                 .policy = policies[s.policy] };
    return s.named ? copy_names(shape, &s, err) : true;
}

void zp__cl_shape_fini(zp_shape *shape)
{
    for (int64_t i = 0; shape->names && i < shape->pub.columns; i++)
        zp_free(shape->names[i]);
    zp_free(shape->names);
    *shape = (zp_shape){ 0 };
}

bool zp__cl_put_path(zp_buf *bytes, zplane_path path, zplane_error *err)
{
    zp_error wrong = ZP_ERROR_INIT;
    zp_slice names[ZP_STREAM_NAMES_MAX];

    for (size_t i = 0; i < path.count && i < ZP_STREAM_NAMES_MAX; i++)
        names[i] = (zp_slice){ path.names[i], path.names[i] ? strlen(path.names[i]) : 0 };
    if (!zp_stream_put_path(bytes, names, path.count, &wrong))
        return zp__cl_from(err, ZPLANE_EUSAGE, &wrong);
    return bytes->failed ? zp__cl_nomem(err) : true;
}
