/* backend_probe: the room of databases, driven by lines of JSON, so that tests reach pools, limits and streams without a gateway.
 *
 *     in   {"op":"pools","specs":[{"database":"d","env":"dev","url":"sqlite:x.db","max":2}]}
 *          {"op":"run","id":1,"database":"d","env":"dev","sql":"…","columns":[["id","int"]],"params":[["int",5]],"hold":4096}
 *          {"op":"resume"|"cancel"|"abandon","id":1}   {"op":"report","what":"pools"}   {"op":"kill","query":7}
 *     out  {"id":1,"frames":["…"]}   {"id":1,"bytes":n,"rows":m} (quiet)   {"id":1,"done":"unique","text":"…","constraint":"…"} */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "net/net.h"

enum { RUNS = 4096 };

typedef struct probe_run {
    long id;
    zp_query_run *run;
    bool quiet, full;
    size_t hold, got; /* the sink is full at `hold` bytes */
    long frames;
    int thread;
} probe_run;

typedef struct probe_statement {
    zp_statement st;
    zp_out outs[70];
    char leads[64][80];
    uint8_t kinds[64];
    char *sql;
} probe_statement;

static zp_backend *backend;
static probe_run runs[RUNS]; /* by id; touched on the thread of the run */
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;

static void say(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);

    pthread_mutex_lock(&out_lock);
    puts(text);
    fflush(stdout);
    pthread_mutex_unlock(&out_lock);
    free(text);
    json_decref(line);
}

static uint32_t frame_len(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool on_frames(void *arg, const uint8_t *bytes, size_t len)
{
    probe_run *r = arg;
    json_t *list = json_array();
    size_t at = 0;

    while (at + 4 <= len) {
        uint32_t n = frame_len(bytes + at);

        if (!r->quiet)
            json_array_append_new(list, json_stringn((const char *)bytes + at + 4, n));
        r->frames++;
        at += 4 + n;
    }
    r->got += len;
    if (r->quiet)
        json_decref(list);
    else
        say(json_pack("{s:i,s:o,s:i}", "id", (int)r->id, "frames", list, "block", (int)len));
    if (at != len)
        say(json_pack("{s:i,s:s}", "id", (int)r->id, "broken", "a block ends inside a frame"));
    if (r->hold && r->got >= r->hold && !r->full) {
        r->full = true;
        say(json_pack("{s:i,s:b}", "id", (int)r->id, "full", 1));
    }
    return !r->full;
}

static void on_done(void *arg, const zp_run_result *result)
{
    probe_run *r = arg;

    r->run = NULL;
    say(json_pack("{s:i,s:s,s:s,s:s,s:I,s:I,s:I}", "id", (int)r->id, "done",
                  result->error ? result->kind : "ok", "text", result->text, "constraint", result->constraint,
                  "rows", (json_int_t)result->rows, "bytes", (json_int_t)r->got, "frames",
                  (json_int_t)r->frames));
}

static const zp_sink sink = { on_frames, on_done };

/* ---------------------------------------------------------------- statements */

static void release(zp_statement *st)
{
    probe_statement *p = (probe_statement *)st;

    free(p->sql);
    free(p);
}

static int type_of(const char *name)
{
    for (int i = 0; i < ZP_ZQL_TYPE_COUNT; i++)
        if (strcmp(zp_zql_type_name((zp_zql_type)i), name) == 0)
            return i;
    return ZP_ZQL_TEXT;
}

static zp_statement *statement_of(json_t *cmd)
{
    probe_statement *p = calloc(1, sizeof *p);
    json_t *columns = json_object_get(cmd, "columns");
    const char *kind = json_string_value(json_object_get(cmd, "kind"));
    int n = (int)json_array_size(columns), at = 0;

    p->sql = strdup(json_string_value(json_object_get(cmd, "sql")));
    p->st.refs = 1;
    p->st.release = release;
    p->st.sql = (zp_slice){ p->sql, strlen(p->sql) };
    p->st.shape = (uint64_t)json_integer_value(json_object_get(cmd, "shape"));
    p->st.quick = json_is_true(json_object_get(cmd, "quick"));
    p->st.write = json_is_true(json_object_get(cmd, "write"));
    p->st.key_param = -1;
    p->st.schema = "probe";
    p->st.kind = !kind          ? ZP_STMT_ROWS
                 : *kind == 'i' ? ZP_STMT_INSERT
                 : *kind == 'u' ? ZP_STMT_UPDATE
                                : ZP_STMT_DELETE;
    p->st.columns = n;
    p->st.out = p->outs;
    p->outs[at++] = (zp_out){ .op = ZP_OUT_OPEN, .column = -1 };
    for (int i = 0; i < n && i < 64; i++) {
        json_t *c = json_array_get(columns, (size_t)i);

        snprintf(p->leads[i], sizeof p->leads[i], "%s\"%s\":", i ? "," : "",
                 json_string_value(json_array_get(c, 0)));
        p->outs[at++] = (zp_out){ .op = ZP_OUT_VALUE,
                                  .column = (int16_t)i,
                                  .type = type_of(json_string_value(json_array_get(c, 1))),
                                  .scale = (uint16_t)json_integer_value(json_array_get(c, 2)),
                                  .lead = { p->leads[i], strlen(p->leads[i]) } };
    }
    p->outs[at++] = (zp_out){ .op = ZP_OUT_CLOSE };
    p->st.out_count = at;
    p->st.kinds = p->kinds;
    return &p->st;
}

static void params_of(json_t *cmd, probe_statement *p, zp_param *params)
{
    static const char *const names[ZP_PARAM_KIND_COUNT] = { "null", "bool",   "int",      "double", "decimal",
                                                            "text", "binary", "datetime", "date",   "json" };
    json_t *list = json_object_get(cmd, "params");

    p->st.param_count = (int)json_array_size(list);
    for (int i = 0; i < p->st.param_count; i++) {
        json_t *kind = json_array_get(json_array_get(list, (size_t)i), 0),
               *v = json_array_get(json_array_get(list, (size_t)i), 1);
        zp_param *to = &params[i];

        *to = (zp_param){ .null = json_is_null(v),
                          .num = json_is_boolean(v) ? json_is_true(v) : json_integer_value(v),
                          .dbl = json_number_value(v) };
        for (int k = 0; k < ZP_PARAM_KIND_COUNT; k++)
            if (strcmp(names[k], json_string_value(kind)) == 0)
                to->kind = (zp_param_kind)k;
        if (json_is_string(v))
            to->text = (zp_slice){ json_string_value(v), json_string_length(v) };
        p->kinds[i] = (uint8_t)to->kind;
    }
}

/* ---------------------------------------------------------------- commands, each on the thread of its run */

static void do_run(json_t *cmd, int thread)
{
    zp_pool *pool =
        zp_pools_find(zp_backend_pools(backend, thread), json_string_value(json_object_get(cmd, "database")),
                      json_string_value(json_object_get(cmd, "env")));
    long id = (long)json_integer_value(json_object_get(cmd, "id"));
    probe_run *r = &runs[id % RUNS];
    zp_statement *st;
    zp_param params[64];

    *r = (probe_run){ .id = id,
                      .quiet = json_is_true(json_object_get(cmd, "quiet")),
                      .thread = thread,
                      .hold = (size_t)json_integer_value(json_object_get(cmd, "hold")) };
    if (!pool) {
        say(json_pack("{s:i,s:s}", "id", (int)id, "done", "unbound"));
        return;
    }
    st = statement_of(cmd);
    params_of(cmd, (probe_statement *)st, params);
    r->run = zp_pool_run(pool,
                         &(zp_run_request){
                             .statement = st,
                             .params = params,
                             .sink = &sink,
                             .arg = r,
                             .client = "probe",
                             .max_frame = (uint32_t)json_integer_value(json_object_get(cmd, "max_frame")) },
                         NULL);
    zp_statement_unref(st);
}

static void do_resume(json_t *cmd, int thread)
{
    probe_run *r = &runs[json_integer_value(json_object_get(cmd, "id")) % RUNS];

    r->full = false;
    r->hold = (size_t)json_integer_value(json_object_get(cmd, "hold"));
    r->hold = r->hold ? r->got + r->hold : 0;
    if (r->run)
        zp_run_resume(r->run);
}

static void do_cancel(json_t *cmd, int thread)
{
    probe_run *r = &runs[json_integer_value(json_object_get(cmd, "id")) % RUNS];

    if (r->run)
        zp_run_cancel(r->run);
}

static void do_abandon(json_t *cmd, int thread)
{
    probe_run *r = &runs[json_integer_value(json_object_get(cmd, "id")) % RUNS];

    if (r->run)
        zp_run_abandon(r->run);
    r->run = NULL;
    say(json_pack("{s:i,s:s}", "id", (int)r->id, "done", "abandoned"));
}

static void on_report(void *arg, const char *json, size_t len)
{
    say(json_loadb(json, len, 0, NULL));
}

static void on_kill(void *arg, bool found)
{
    say(json_pack("{s:b}", "killed", found));
}

static void do_report(json_t *cmd, int thread)
{
    if (!zp_backend_report(backend, json_string_value(json_object_get(cmd, "what")), on_report, NULL, NULL))
        say(json_pack("{s:s}", "error", "no report"));
}

static void do_kill(json_t *cmd, int thread)
{
    if (!zp_backend_kill(backend, (uint64_t)json_integer_value(json_object_get(cmd, "query")), on_kill, NULL,
                         NULL))
        say(json_pack("{s:s}", "error", "no kill"));
}

static void do_pools(json_t *cmd, int thread)
{
    json_t *list = json_object_get(cmd, "specs");
    size_t n = json_array_size(list);
    zp_pool_spec *specs = calloc(n + 1, sizeof *specs);
    zp_error err = ZP_ERROR_INIT;

    for (size_t i = 0; i < n; i++) {
        json_t *s = json_array_get(list, i);
#define TEXT(key)   .key = json_string_value(json_object_get(s, #key))
#define NUMBER(key) .key = json_integer_value(json_object_get(s, #key))
        specs[i] = (zp_pool_spec){ TEXT(database),
                                   TEXT(env),
                                   TEXT(url),
                                   NUMBER(idle_ms),
                                   NUMBER(life_ms),
                                   NUMBER(check_ms),
                                   NUMBER(wait_ms),
                                   NUMBER(query_ms),
                                   NUMBER(connect_ms),
                                   NUMBER(max_waiting),
                                   .max = (int)json_integer_value(json_object_get(s, "max")),
                                   .min = (int)json_integer_value(json_object_get(s, "min")) };
    }
    if (zp_backend_configure(backend, specs, n, &err))
        say(json_pack("{s:b}", "configured", 1));
    else
        say(json_pack("{s:s}", "error", zp_error_text(&err)));
    zp_error_clear(&err);
    free(specs);
}

static void do_introspect(json_t *cmd, int thread)
{
    zp_buf out = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;

    if (zp_backend_introspect(json_string_value(json_object_get(cmd, "url")), "shop",
                              json_string_value(json_object_get(cmd, "table")), &out, &err))
        say(json_loadb(out.ptr, out.len, 0, NULL));
    else
        say(json_pack("{s:s}", "error", zp_error_text(&err)));
    zp_error_clear(&err);
    zp_buf_fini(&out);
}

typedef struct posted {
    json_t *cmd;
    int thread;
    void (*fn)(json_t *cmd, int thread);
} posted;

static void run_posted(void *arg)
{
    posted *p = arg;

    p->fn(p->cmd, p->thread);
    json_decref(p->cmd);
    free(p);
}

static const struct {
    const char *name;
    void (*fn)(json_t *cmd, int thread);
    bool here;
} ops[] = {
    { "pools", do_pools, true },      { "run", do_run, false },
    { "resume", do_resume, false },   { "cancel", do_cancel, false },
    { "abandon", do_abandon, false }, { "report", do_report, true },
    { "kill", do_kill, true },        { "introspect", do_introspect, true },
};

/* Takes it: it goes to another thread. */
static void command(json_t *cmd)
{
    const char *name = json_string_value(json_object_get(cmd, "op"));
    int thread = (int)json_integer_value(json_object_get(cmd, "thread"));

    for (size_t i = 0; i < ZP_COUNTOF(ops); i++)
        if (strcmp(ops[i].name, name) == 0) {
            if (ops[i].here) {
                ops[i].fn(cmd, thread);
                json_decref(cmd);
            } else {
                posted *p = calloc(1, sizeof *p);

                *p = (posted){ cmd, thread, ops[i].fn };
                if (!zp_loop_post(zp_backend_loop(backend, thread), run_posted, p))
                    abort();
            }
            return;
        }
    json_decref(cmd);
    say(json_pack("{s:s}", "error", "unknown op"));
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t cap = 0;

    backend = zp_backend_new(argc > 1 ? atoi(argv[1]) : 1, NULL);
    if (!backend)
        return 1;
    while (getline(&line, &cap, stdin) > 0) {
        json_t *cmd = json_loads(line, 0, NULL);

        if (cmd)
            command(cmd);
    }
    free(line);
    zp_backend_free(backend);
    puts("{\"end\":true}");
    return 0;
}
