/* slices: handing a run to another thread and taking back what it has encoded.  The header has the picture. */
#include "backend/slices.h"

static void go_on(zp_slices *s)
{
    s->link.hold = true;
    s->how->send(s);
}

static void end_run(zp_slices *s)
{
    zp_query_run *run = s->run;
    const zp_failure failure = s->failure;

    s->run = NULL;
    s->how->forget(s);
    if (failure.error)
        zp__run_fail(run, &failure);
    else
        zp__run_over(run);
}

/* Hands out the slice; what the sink does not take now waits for resume(). */
static void hand_out(zp_slices *s)
{
    zp_encoder *e = &s->encoder;
    size_t n;

    if (s->failure.error && s->run->statement->kind != ZP_STMT_ROWS)
        zp_encoder_clear(e); /* what was said before it failed is not true */
    while (!s->run->paused && (n = zp_encoder_ready(e, true)) != 0) {
        zp__run_frames(s->run, zp_encoder_block(e), n, s->rows);
        s->rows = 0;
        zp_encoder_taken(e, n);
    }
    if (!zp__run_live(s->run))
        zp_encoder_clear(e);
    if (e->buf.len)
        return;
    if (s->over)
        end_run(s);
    else
        go_on(s);
}

static void slice_back(void *arg)
{
    zp_slices *s = arg;

    s->link.hold = false;
    if (s->link.closed) {
        s->how->forget(s);
        zp__link_released(&s->link);
        return;
    }
    if (s->encoder.buf.failed) {
        if (!s->failure.error)
            zp__failure_set(&s->failure, ZP_RUN_BACKEND, "not enough memory for the answer");
        zp_encoder_fini(&s->encoder);
    }
    hand_out(s);
}

void zp__slices_back(zp_slices *s)
{
    zp_loop_post_task(s->link.loop, &s->task);
}

void zp__slices_start(zp_slices *s, zp_query_run *run, const zp_slices_how *how)
{
    s->run = run;
    s->rows = 0;
    s->over = false;
    s->failure = (zp_failure){ 0 };
    s->how = how;
    s->task = (zp_task){ .fn = slice_back, .arg = s };
    atomic_store(&s->stop, false);
    go_on(s);
}

bool zp__slices_row(zp_slices *s, const zp_result_cell *cells)
{
    const zp_query_run *run = s->run;
    size_t size = zp_encoder_row(&s->encoder, run->statement->out, run->statement->out_count, cells);

    if (!size) {
        zp__failure_set(&s->failure, ZP_RUN_BACKEND, "not enough memory for the answer");
        return false;
    }
    if (run->max_frame && size > run->max_frame) {
        zp_encoder_drop(&s->encoder);
        zp__failure_set(
            &s->failure, ZP_RUN_ROW_SIZE,
            "a row takes %zu bytes, and this driver reads at most %u at once: select fewer fields", size,
            run->max_frame);
        return false;
    }
    s->rows++;
    return true;
}

void zp__slices_resume(zp_link *link, zp_query_run *run)
{
    zp_slices *s = (zp_slices *)link;

    if (!link->hold && s->run == run)
        hand_out(s);
}

void zp__slices_cancel(zp_link *link, zp_query_run *run)
{
    atomic_store(&((zp_slices *)link)->stop, true);
}
