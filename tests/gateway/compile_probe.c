/* compile_probe: a query of a driver as the statements of the dialects.
 *
 *     compile_probe SCHEMA-FILE DIALECT [REPEAT] < queries, one JSON object a line
 *
 * prints for each the text and the parameters, or the refusal.  With REPEAT each is compiled so often and the time is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/compile.h"

static const char *const dialects[] = { "sqlite", "postgresql", "mariadb", "series" };

static char *file_text(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(1 << 20);

    *len = f && text ? fread(text, 1, 1 << 20, f) : 0;
    if (f)
        fclose(f);
    return text;
}

static void put_param(const zp_param *p)
{
    static const char *const kinds[] = { "null", "bool",   "int",      "double", "decimal",
                                         "text", "binary", "datetime", "date",   "json" };

    printf(" %s", kinds[p->kind]);
    if (p->null)
        printf(" null");
    else if (p->kind == ZP_PARAM_DOUBLE)
        printf(" %.17g", p->dbl);
    else if (p->text.ptr)
        printf(" %.*s", (int)p->text.len, p->text.ptr);
    else
        printf(" %lld", (long long)p->num);
}

static void put_out(const zp_statement *s)
{
    static const char *const ops[] = { "open", "value", "close" };

    for (int i = 0; i < s->out_count; i++)
        printf("%s%s %.*s %d", i ? " | " : "  out: ", ops[s->out[i].op], (int)s->out[i].lead.len,
               s->out[i].lead.ptr, s->out[i].column);
    printf("%s", s->out_count ? "\n" : "");
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool one(zp_json_doc *doc, zp_compiler *c, zp_plans *plans, const char *line, size_t len, bool say)
{
    zp_error err = ZP_ERROR_INIT;
    const zp_json *q = zp_json_read(doc, line, len, &err);
    zp_compiled out = { 0 };
    zp_fault fault = { 0 };
    zp_wish wish;

    if (!q) {
        if (say)
            printf("  %s\n", zp_error_text(&err));
        zp_error_clear(&err);
        return false;
    }
    if (!zp_wish_read(q, &wish, &fault) || !zp_compile(c, plans, &wish, 1764547200000000, &out, &fault)) {
        if (say)
            printf("  %x %s\n", zp_zql_code(ZP_CLASS_N, fault.condition), fault.text);
        return false;
    }
    if (!say)
        return true;
    printf("  %s\n", out.statement->sql.ptr);
    for (int i = 0; i < out.statement->param_count; i++) {
        printf("%s", i ? "," : "  with");
        put_param(&out.params[i]);
    }
    printf("%s", out.statement->param_count ? "\n" : "");
    put_out(out.statement);
    return true;
}

int main(int argc, char **argv)
{
    zp_error err = ZP_ERROR_INIT;
    zp_json_doc *doc = zp_json_doc_new(&err);
    zp_schemas *set = zp_schemas_new(&err);
    zp_compiler *c = zp_compiler_new(&err);
    zp_plans *plans;
    char *line = NULL, *schema;
    size_t cap = 0, len;
    ssize_t got;
    int dialect = 0, repeat = argc > 3 ? atoi(argv[3]) : 0;

    schema = file_text(argc > 1 ? argv[1] : "", &len);
    if (argc < 3 || !doc || !set || !c || !zp_schemas_add_file(set, schema, len, NULL, &err) ||
        !zp_schemas_link(set, true, &err)) {
        fprintf(stderr, "compile_probe: %s\n", zp_error_text(&err));
        return 1;
    }
    while (dialect < 3 && strcmp(argv[2], dialects[dialect]))
        dialect++;
    plans = zp_plans_new(set, (zp_dialect)dialect, &err);
    while ((got = getline(&line, &cap, stdin)) > 0) {
        double from = now_us();

        printf("%.*s\n", (int)strcspn(line, "\n"), line);
        one(doc, c, plans, line, (size_t)got, true);
        for (int i = 0; i < repeat; i++)
            one(doc, c, plans, line, (size_t)got, false);
        if (repeat)
            printf("  %.2f us\n", (now_us() - from) / repeat);
    }
    free(line);
    free(schema);
    zp_plans_free(plans);
    zp_compiler_free(c);
    zp_json_doc_free(doc);
    zp_error_clear(&err);
    return 0;
}
