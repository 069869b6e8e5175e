/* text_path: names of files. */
#include "builtin/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path with a leading ~ replaced by the home directory. */
static bool put_path(zp_buf *buf, const zp_str *path)
{
    const char *home =
        path->text[0] == '~' && (path->len == 1 || path->text[1] == '/') ? getenv("HOME") : NULL;

    if (home && *home) {
        zp_buf_puts(buf, home);
        zp_buf_put(buf, path->text + 1, path->len - 1);
    } else {
        zp_buf_put(buf, path->text, path->len);
    }
    return !buf->failed;
}

/* Length without trailing slashes, down to `least`. */
static size_t without_slashes(const char *text, size_t len, size_t least)
{
    while (len > least && text[len - 1] == '/')
        len--;
    return len;
}

static zp_str *base_name(void *ctx, zp_str *path, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *out = NULL;
    size_t len, start;

    if (put_path(&buf, path)) {
        const char *text = zp_buf_text(&buf);

        len = start = without_slashes(text, buf.len, 0);
        while (start > 0 && text[start - 1] != '/')
            start--;
        out = zp_str_new(text + start, len - start, err);
    } else if (!zp_buf_ok(&buf, err)) {
        out = NULL;
    }
    zp_buf_fini(&buf);
    return out;
}

static zp_str *dir_name(void *ctx, zp_str *path, zp_error *err)
{
    zp_buf buf = ZP_BUF_INIT;
    zp_str *out = NULL;

    if (put_path(&buf, path)) {
        const char *text = zp_buf_text(&buf);
        size_t len =
            buf.len > 1 && text[buf.len - 1] == '/' ? buf.len - 1 : buf.len; /* one only, as R does */

        while (len > 0 && text[len - 1] != '/')
            len--;
        len = without_slashes(text, len, 1);
        out = len ? zp_str_new(text, len, err) : zp_str_from(buf.len ? "." : "", err);
    } else if (!zp_buf_ok(&buf, err)) {
        out = NULL;
    }
    zp_buf_fini(&buf);
    return out;
}

/* A vector without names. */
static zp_status map_paths(zp_call *c, zp__text_fn fn)
{
    zp_status status = zp__text_map(c, fn, NULL);
    int64_t n = zp_len(c->out);

    if (status != ZP_OK)
        return status;
    zp_drop_names(&c->out);
    return zp_done(zp_ndim(c->out) == 1 || zp_value_reshape(&c->out, 1, &n, c->err));
}

static zp_status bi_basename(zp_call *c)
{
    return map_paths(c, base_name);
}

static zp_status bi_dirname(zp_call *c)
{
    return map_paths(c, dir_name);
}

/* ---------------------------------------------------------------- file.path, file.exists */

/* The parts become character vectors in place; *n is the length of the result. */
static bool path_parts(zp_call *c, int64_t *n)
{
    *n = 0;
    for (int k = 0; k < c->ndots; k++) {
        if (!zp_convert_take(zp_value_move(&c->dots[k]), ZP_STR, &c->dots[k], c->err))
            return false;
        *n = zp_len(c->dots[k]) > *n ? zp_len(c->dots[k]) : *n;
    }
    for (int k = 0; k < c->ndots; k++)
        if (zp_len(c->dots[k]) == 0)
            *n = 0;
    return true;
}

static zp_status bi_file_path(zp_call *c)
{
    zp__strings paths = { 0 };
    zp_str *sep;
    int64_t n;
    bool ok = zp_arg_str(c, 0, &sep) && path_parts(c, &n);

    for (int64_t i = 0; ok && i < n; i++) {
        zp_buf buf = ZP_BUF_INIT;

        for (int k = 0; k < c->ndots; k++) {
            const zp_str *part = zp_strs(&c->dots[k])[i % zp_len(c->dots[k])];

            zp_buf_put(&buf, sep->text, k ? sep->len : 0);
            zp_buf_put(&buf, part->text, part->len);
        }
        ok = !zp__text_stop(c, i) && zp__strings_add_take(&paths, zp_str_from_buf(&buf, c->err), c->err);
        zp_buf_fini(&buf);
    }
    if (ok)
        c->out = zp__strings_finish(&paths, c->err);
    zp__strings_fini(&paths);
    return zp_done(ok && !zp_bad(c->out));
}

static bool file_exists(const zp_str *path)
{
    zp_buf buf = ZP_BUF_INIT;
    bool yes = put_path(&buf, path) && access(zp_buf_text(&buf), F_OK) == 0;

    zp_buf_fini(&buf);
    return yes;
}

static zp_status bi_file_exists(zp_call *c)
{
    int64_t n = 0;
    int8_t *to;

    for (int k = 0; k < c->ndots; k++) {
        if (c->dots[k].type != ZP_STR)
            return zp_fail_call(c, "invalid 'file' argument");
        n += zp_len(c->dots[k]);
    }
    if (c->ndots == 0)
        return zp_fail_call(c, "invalid 'file' argument");
    c->out = zp_vec(ZP_LGL, n, c->err);
    to = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    for (int k = 0; to && k < c->ndots; k++)
        for (int64_t i = 0; i < zp_len(c->dots[k]); i++)
            *to++ = file_exists(zp_strs(&c->dots[k])[i]);
    return zp_done(to != NULL);
}

const zp_builtin zp_builtins_text_path[] = {
    { "basename", "path", "path=S", 0, bi_basename, "The last part of every path.", "basename(\"/a/b.txt\")",
      NULL },
    { "dirname", "path", "path=S", 0, bi_dirname, "Every path without its last part.",
      "dirname(\"/a/b.txt\")", NULL },
    { "file.path", "..., fsep = \"/\"", "fsep=S", 0, bi_file_path, "Paths made of their parts.",
      "file.path(\"a\", \"b.txt\")", NULL },
    { "file.exists", "...", "", ZP_BI_SYSTEM, bi_file_exists, "Whether there are such files or directories.",
      "file.exists(\"/\")", NULL },
    { 0 }
};
