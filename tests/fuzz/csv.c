/* Any bytes are cut into lines and cells and read as numbers, logicals, series or spans: all of it, or with an error that
 * can be told; and never beyond the last byte.  The first byte chooses the type, the second the separator. */
#include "builtin/csv_priv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(zp__csv_job *job, zp__csv_body *body)
{
    zp_error err = ZP_ERROR_INIT;

    for (int64_t i = 0; i < body->count; i++) {
        zp__csv_parse(job, &body->chunks[i], false);
        if (body->chunks[i].stopped)
            zp__csv_parse(job, &body->chunks[i], true);
        if (body->chunks[i].stopped && (zp__csv_explain(job, &body->chunks[i], &err) || !err.text))
            __builtin_trap(); /* it failed, but nothing is wrong */
        zp_error_clear(&err);
    }
}

static int64_t first_line_cells(const zp__csv_job *job)
{
    zp__csv_line l = { .at = job->begin, .end = job->end, .sep = job->sep };
    int64_t cells = 0;
    zp_slice cell;

    while (!l.done && zp__csv_cell(&l, &cell))
        cells++;
    zp_buf_fini(&l.scratch);
    return l.done ? cells : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const zp_type types[] = { ZP_DBL, ZP_DBL, ZP_LGL, ZP_TIM, ZP_IVL, ZP_PER, ZP_DUR };
    zp__csv_job job = { .fast_time = true };
    zp__csv_body body = { 0 };
    char *text;

    if (size < 3 || size > 1 << 16 || !(text = malloc(size - 2))) /* exactly as long: what reads on is seen */
        return 0;
    memcpy(text, data + 2, size - 2);
    job.type = types[data[0] % ZP_COUNTOF(types)];
    job.series = data[0] % ZP_COUNTOF(types) == 1;
    job.sep = data[1] % 2 ? ',' : ';';
    job.begin = text;
    job.end = text + size - 2;
    job.cols = first_line_cells(&job) - job.series;
    if (job.cols > 0 && zp__csv_scan(&body, text, text, &job.end, job.sep, NULL, NULL)) {
        job.rows = body.rows;
        job.data = calloc((size_t)(job.rows * job.cols) + 1, 24);
        job.index = calloc((size_t)job.rows + 1, 8);
        if (job.data && job.index)
            parse(&job, &body);
        free(job.data);
        free(job.index);
    }
    zp__csv_scan_fini(&body);
    free(text);
    return 0;
}
