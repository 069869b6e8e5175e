/* series_source: global series as columns of plain C. */
#include "backend/series_source.h"

#include <string.h>

#include "plane/plane.h"
#include "plane/target.h"

static bool find(struct zp_plane *plane, const char *path, bool write, zp_target *t, zp_error *err)
{
    zp_slice parts[ZP_STREAM_NAMES_MAX];
    zp_stream_path where = { 0 };
    zp_buf bytes = ZP_BUF_INIT;
    bool ok;

    for (const char *at = path, *mark; at && where.count < ZP_STREAM_NAMES_MAX; at = mark ? mark + 1 : NULL) {
        mark = strchr(at, '$');
        parts[where.count++] = (zp_slice){ at, mark ? (size_t)(mark - at) : strlen(at) };
    }
    ok = zp_stream_put_path(&bytes, parts, where.count, err) && zp_buf_ok(&bytes, err);
    where.bytes = (zp_slice){ bytes.ptr, bytes.len };
    ok = ok && zp__target_find(zp_plane_engine(plane), &where, write, t, err);
    zp_buf_fini(&bytes);
    if (ok && t->cls != ZP_STREAM_SERIES)
        return zp_fail(err, "the object is no series");
    return ok;
}

bool zp__series_find(struct zp_plane *plane, const char *path, bool write, zp__series_view *view,
                     zp_error *err)
{
    zp_target t;

    if (!find(plane, path, write, &t, err))
        return false;
    *view = (zp__series_view){ .times = zp_i64s(&t.idx),
                               .data = zp_column(&t.data, 0),
                               .stride = t.data.boxed ? t.data.u.arr->stride : 1,
                               .rows = t.rows,
                               .columns = t.columns,
                               .names = zp_ndim(t.data) == 2 ? zp_names(t.data, 1) : NULL };
    view->named = view->names != NULL;
    return true;
}

int64_t zp__series_column(const zp__series_view *view, zp_slice name)
{
    for (int64_t j = 0; view->named && j < view->columns; j++) {
        const zp_str *s = zp_name_at(view->names, j);

        if (s->len == name.len && memcmp(s->text, name.ptr, name.len) == 0)
            return j;
    }
    return -1;
}

int64_t zp__series_row_at(const zp__series_view *view, int64_t ns)
{
    int64_t low = 0, high = view->rows;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (view->times[middle] < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool zp__series_append(struct zp_plane *plane, const char *path, int64_t ns, const double *values,
                       void (*done)(void *arg, const char *error), void *arg, bool *waits, zp_error *err)
{
    const void **columns;
    zp_target t;
    bool ok;

    if (!find(plane, path, true, &t, err))
        return false;
    columns = zp_alloc(((size_t)t.columns + 1) * sizeof(*columns), err);
    if (!columns)
        return false;
    for (int64_t j = 0; j < t.columns; j++)
        columns[j] = &values[j];
    ok = zp__target_append(&t, &ns, columns, 1, err);
    zp_free(columns);
    if (!ok)
        return false;
    zp_plane_changed(plane);
    *waits = t.store != NULL;
    if (t.store)
        zp_store_commit(t.store, done, arg);
    return true;
}

bool zp__series_post(struct zp_plane *plane, void (*fn)(void *arg, struct zp_plane *plane), void *arg)
{
    return zp_plane_post(plane, fn, arg);
}
