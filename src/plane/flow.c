/* flow: which message belongs to which flow, and what happens when a link is lost. */
#include "plane/flow.h"

#include <string.h>

#include "base/log.h"

enum { RETRY_US = 300000 };

/* ---------------------------------------------------------------- messages */

static zp__flow *find(zp_plane *plane, uint64_t link, uint32_t number)
{
    zp__flow *f = plane->flows;

    while (f && (f->link != link || f->number != number))
        f = f->next;
    return f;
}

static bool on_message(void *arg, uint64_t link, zp_msg *msg, zp_error *err)
{
    zp__flow *f = find(arg, link, msg->request);

    if (!f)
        return true; /* of one that is over */
    if (msg->type == ZP_MSG_RESPONSE) {
        zp_buf why = ZP_BUF_INIT;

        if (msg->head.len > ZP_RSP_HEAD)
            zp_buf_put(&why, msg->head.ptr + ZP_RSP_HEAD, msg->head.len - ZP_RSP_HEAD);
        f->ops->end(f, zp_buf_text(&why));
        zp_buf_fini(&why);
        return true;
    }
    return f->ops->message(f, msg, err);
}

/* ---------------------------------------------------------------- lost links */

static void try_again(void *arg)
{
    zp__flow *f = arg;
    zp_error err = ZP_ERROR_INIT;

    if (!zp__link_revive(f->plane, f->link, &err) || !f->ops->begin(f, &err))
        f->ops->end(f, zp_error_text(&err));
    zp_error_clear(&err);
}

static void on_gone(void *arg, uint64_t link)
{
    zp_plane *plane = arg;
    bool again = zp__link_reconnects(plane, link) && !plane->closing;

    for (zp__flow *f = plane->flows, *next; f; f = next) {
        next = f->next;
        if (f->link != link)
            continue;
        if (again)
            zp_timer_set(f->retry, RETRY_US);
        else
            f->ops->end(f, "the connection was lost");
    }
}

/* ---------------------------------------------------------------- life */

static bool listen_once(zp_plane *plane, zp_error *err)
{
    static const uint8_t types[] = { ZP_MSG_RESPONSE, ZP_MSG_SHAPE, ZP_MSG_ACK, ZP_MSG_ROWS };

    if (plane->flows_known)
        return true;
    if (!zp_plane_on_link_gone(plane, on_gone, plane, err))
        return false;
    for (size_t i = 0; i < ZP_COUNTOF(types); i++)
        zp_plane_on_link_message(plane, types[i], on_message, plane);
    plane->flows_known = true;
    return true;
}

bool zp__flow_path(zp_value name, zp_buf *bytes, uint32_t *count, zp_error *err)
{
    zp_slice names[ZP_STREAM_NAMES_MAX];
    size_t n = 0;

    for (int64_t i = 0; i < zp_len(name); i++) {
        const zp_str *s = zp_strs(&name)[i];
        const char *at = s->text, *end = s->text + s->len, *mark;

        for (; n < ZP_STREAM_NAMES_MAX; at = mark + 1) {
            mark = zp_len(name) == 1 ? memchr(at, '$', (size_t)(end - at)) : NULL;
            names[n++] = (zp_slice){ at, (size_t)((mark ? mark : end) - at) };
            if (!mark)
                break;
        }
    }
    *count = (uint32_t)n;
    return zp_stream_put_path(bytes, names, n, err) && zp_buf_ok(bytes, err);
}

bool zp__flow_init(zp__flow *f, zp_plane *plane, zp_value con, zp_value name, const zp__flow_ops *ops,
                   zp_error *err)
{
    zp_buf bytes = ZP_BUF_INIT;
    bool ok;

    f->plane = plane;
    f->ops = ops;
    f->link = zp_link_of(con);
    f->number = zp_link_number(plane, f->link);
    if (!f->number)
        return zp_fail(err, "no connection to peer");
    ok = listen_once(plane, err) && zp__flow_path(name, &bytes, &f->path.count, err);
    f->path_bytes = ok ? zp_str_new(bytes.ptr, bytes.len, err) : NULL;
    f->retry = f->path_bytes ? zp_timer_new(plane->loop, try_again, f, err) : NULL;
    zp_buf_fini(&bytes);
    if (!f->retry) {
        zp_str_unref(f->path_bytes);
        f->path_bytes = NULL;
        return false;
    }
    f->path.bytes = (zp_slice){ f->path_bytes->text, f->path_bytes->len };
    f->next = plane->flows;
    plane->flows = f;
    return true;
}

void zp__flow_leave(zp__flow *f)
{
    zp__flow **at;

    if (!f->plane)
        return;
    for (at = &f->plane->flows; *at && *at != f;)
        at = &(*at)->next;
    if (*at)
        *at = f->next;
    zp_timer_free(f->retry);
    f->retry = NULL;
    f->plane = NULL;
}

void zp__flow_fini(zp__flow *f)
{
    zp__flow_leave(f);
    zp_str_unref(f->path_bytes);
}

bool zp__flow_send(zp__flow *f, uint8_t type, const zp_buf *head, zp_error *err)
{
    return zp_buf_ok(head, err) &&
           zp_link_send(f->plane, f->link, type, f->number, head->ptr, head->len, NULL, 0, err);
}

void zp__flow_name(const zp__flow *f, zp_buf *out)
{
    zp_stream_path_text(out, &f->path);
    zp_buf_puts(out, " at ");
    zp_buf_puts(out, f->plane ? zp__link_name(f->plane, f->link) : "no connection");
}

static bool busy(const zp__flow *f)
{
    return f->ops->idle && !f->ops->idle(f);
}

bool zp__flows_busy(const zp_plane *plane, uint64_t link)
{
    for (const zp__flow *f = plane->flows; f; f = f->next) {
        if ((!link || f->link == link) && busy(f))
            return true;
    }
    return false;
}

void zp__flows_drain(zp_plane *plane, int64_t most_us)
{
    int64_t until = zp__now_us() + most_us;

    while (zp__flows_busy(plane, 0) && zp__now_us() < until)
        zp_loop_once(plane->loop, 10000);
}

void zp__flows_free(zp_plane *plane)
{
    while (plane->flows)
        plane->flows->ops->end(plane->flows, "the connection was lost");
}
