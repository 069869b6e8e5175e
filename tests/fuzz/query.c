/* Any bytes as the query of a driver, for every dialect: refused with a text, or a statement whose parameters are all there.
 *
 * No byte of the input may reach the text of a statement: what it is made of is checked against the few words and the names
 * that can stand in it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schemas[] =
    "{\"format\":\"zql-schema/1\",\"database\":\"d\",\"schemas\":{"
    "\"a\":{\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"int\",\"auto\":\"increment\"},\"s\":{\"type\":\"varchar\",\"length\":9,\"unique\":true},"
    "\"t\":{\"type\":\"text\"},\"d\":{\"type\":\"decimal\",\"precision\":20,\"scale\":6},\"p\":{\"type\":\"decimal\",\"precision\":10,\"scale\":2},"
    "\"f\":{\"type\":\"double\"},\"b\":{\"type\":\"boolean\"},\"w\":{\"type\":\"datetime\",\"auto\":\"now\"},\"e\":{\"type\":\"date\"},"
    "\"j\":{\"type\":\"json\"},\"x\":{\"type\":\"binary\"},\"n\":{\"type\":\"smallint\",\"default\":1}},"
    "\"relations\":{\"r\":{\"schema\":\"b\",\"column\":\"r_id\",\"references\":\"id\"}}},"
    "\"b\":{\"primary_key\":\"id\",\"fields\":{\"id\":{\"type\":\"ztid\",\"auto\":\"ztid\"},\"m\":{\"type\":\"bigint\",\"nullable\":false,\"default\":0}},"
    "\"relations\":{\"up\":{\"schema\":\"a\",\"column\":\"up_id\",\"references\":\"id\"}}}}}";

/* Only what the writer itself puts there. */
static void check_text(zp_slice sql)
{
    for (size_t i = 0; i < sql.len; i++)
        if (!isalnum((unsigned char)sql.ptr[i]) && !strchr(" \"`'.,()<>=?$:[]|+-*/%_~", sql.ptr[i]))
            abort();
}

static void compile_for(zp_json_doc *doc, zp_dialect dialect, const uint8_t *data, size_t size)
{
    zp_compiler *c = zp_compiler_new(NULL);
    zp_schemas *set = zp_schemas_new(NULL);
    zp_plans *plans = NULL;
    zp_compiled out = { 0 };
    zp_fault fault = { 0 };
    zp_wish wish;
    const zp_json *q;

    if (set && zp_schemas_add_file(set, schemas, strlen(schemas), NULL, NULL) &&
        zp_schemas_link(set, true, NULL))
        plans = zp_plans_new(set, dialect, NULL);
    q = plans ? zp_json_read(doc, (const char *)data, size, NULL) : NULL;
    for (int i = 0; q && i < 2; i++) {
        if (!zp_wish_read(q, &wish, &fault) || !zp_compile(c, plans, &wish, 0, &out, &fault)) {
            if (!fault.text[0])
                abort();
            break;
        }
        if (out.hit != (i == 1) || (dialect != ZP_DIALECT_SERIES) != (out.statement->sql.len > 0))
            abort();
        check_text(out.statement->sql);
        for (int k = 0; k < out.statement->param_count; k++)
            if (out.statement->kinds[k] != out.params[k].kind)
                abort();
    }
    zp_plans_free(plans);
    zp_compiler_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zp_json_doc *doc = zp_json_doc_new(NULL);

    for (int d = ZP_DIALECT_SQLITE; doc && d <= ZP_DIALECT_SERIES; d++)
        compile_for(doc, (zp_dialect)d, data, size);
    zp_json_doc_free(doc);
    return 0;
}
