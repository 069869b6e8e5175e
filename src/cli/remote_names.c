/* remote_names: names of a server, for completion here.
 *
 * TAB asks for them and does not wait long: a server that computes has other things to do.  The formals of a function are read from its
 * text: it is defined here, where nothing is evaluated but its definition. */
#include <string.h>

#include "cli/remote_console.h"

void zp__remote_names(void *console, void (*found)(void *to, const char *name), void *to)
{
    zplane_error err;
    zp_remote_console *c = console;
    zplane_value *names = zplane_state(c->con, NULL) == ZPLANE_READY
                              ? zplane_query(c->con, "c(ls(), ls(\"global\"))", 0, NULL, 500, &err)
                              : NULL;

    for (int64_t i = 0; names && zplane_value_type(names) == ZPLANE_STRING && i < zplane_length(names); i++)
        found(to, zplane_string(names, i, NULL));
    zplane_value_free(names);
}

static bool is_identifier(const char *name)
{
    return *name && !strpbrk(name, "`\"'\\(){}[];,+-*/ \n") && !strchr("0123456789", *name);
}

static void define(zp_ctx *ctx, const char *name, const char *text)
{
    enum { STEPS = 1000 };
    zp_buf program = ZP_BUF_INIT;
    zp_error err = ZP_ERROR_INIT;

    zp_buf_printf(&program, "%s <- %s", name, text);
    if (!program.failed && zp_ctx_load(ctx, program.ptr, program.len, NULL, &err) &&
        zp_ctx_run(ctx, STEPS) != ZP_RUN_DONE)
        zp_ctx_cancel(ctx);
    zp_error_clear(&err);
    zp_buf_fini(&program);
}

void zp__remote_function(zp_remote_console *c, zp_ctx *ctx, const char *name)
{
    zp_buf text = ZP_BUF_INIT;
    zplane_value *shown;
    bool bound;

    if (zp_ctx_lookup(ctx, name, &bound).type == ZP_BLT || !is_identifier(name))
        return;
    zp_buf_printf(&text, "if (is.function(%s)) %s", name, name);
    shown = text.failed ? NULL : zp__remote_console_ask(c, text.ptr);
    if (shown && strncmp(zplane_string(shown, 0, NULL), "function", 8) == 0)
        define(ctx, name, zplane_string(shown, 0, NULL));
    zplane_value_free(shown);
    zp_buf_fini(&text);
}
