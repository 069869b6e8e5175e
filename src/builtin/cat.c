/* cat: elements of all arguments as plain text, separated, to the output or a file.
 *
 * The separators are used in turn.  With `fill` a line is broken before an element that would pass the width (in
 * bytes, as R counts), and each line may begin with a label. */
#include "base/number.h"
#include "builtin/format_priv.h"
#include "builtin/tables.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

typedef struct cat_job {
    zp_call *c;
    zp_buf out, text; /* text: one element */
    zp_value sep, labels;
    int64_t seps, lines;  /* separators written, labels used */
    int64_t width, limit; /* bytes in this line; limit 0: no filling */
    bool newline;         /* some separator breaks lines */
    FILE *file;           /* NULL: the output of the program */
} cat_job;

static bool flush_out(cat_job *j)
{
    bool ok = zp_buf_ok(&j->out, j->c->err);

    if (ok && !j->file)
        zp_ctx_write(j->c->ctx, zp_buf_text(&j->out), j->out.len);
    else if (ok && fwrite(zp_buf_text(&j->out), 1, j->out.len, j->file) != j->out.len)
        ok = zp_fail_sys(j->c->err, errno, "cannot write");
    zp_buf_clear(&j->out);
    return ok;
}

static const zp_str *separator(const cat_job *j)
{
    int64_t n = zp_len(j->sep);

    return n > 0 ? zp_strs(&j->sep)[j->seps % n] : zp_str_empty();
}

static void put_separator(cat_job *j)
{
    const zp_str *s = separator(j);

    zp_buf_put(&j->out, s->text, s->len);
    j->seps++;
}

static void put_label(cat_job *j)
{
    int64_t n = zp_len(j->labels);
    const zp_str *s;

    if (n == 0 || !j->limit)
        return;
    s = zp_strs(&j->labels)[j->lines++ % n];
    zp_buf_put(&j->out, s->text, s->len);
    zp_buf_putc(&j->out, ' ');
    j->width += (int64_t)s->len + 1;
}

/* Writes the element in j->text, on a new line when it does not fit. */
static void put_element(cat_job *j, bool may_break)
{
    int64_t need = (int64_t)(j->text.len + separator(j)->len);

    if (j->limit && may_break && j->width + need > j->limit) {
        zp_buf_putc(&j->out, '\n');
        j->width = 0;
        put_label(j);
    }
    zp_buf_put(&j->out, j->text.ptr, j->text.len);
    j->width += need;
}

static bool put_object(cat_job *j, int k)
{
    zp_value v = j->c->dots[k];
    int64_t n = v.type == ZP_ERR ? 1 : zp_len(v);
    const zp_config *cfg = zp_ctx_config(j->c->ctx);

    if (v.type == ZP_NIL)
        return true;
    if ((!zp_is_array(v) && v.type != ZP_ERR && n > 0) || zp_is_fun(v))
        return zp_fail(j->c->err, "argument %d (type '%s') cannot be handled by 'cat'", k + 1,
                       zp__kind_name(v));
    if (k > 0)
        put_separator(j);
    else if (n > 0)
        put_label(j);
    for (int64_t i = 0; i < n; i++) {
        zp_buf_clear(&j->text);
        if (v.type == ZP_ERR)
            zp_buf_puts(&j->text, zp_error_value_text(v));
        else
            zp__text_elem(&j->text, v, i, (int)cfg->digits, cfg);
        put_element(j, k > 0 || i > 0);
        if (i < n - 1)
            put_separator(j);
        if ((j->out.len > 1 << 20 && !flush_out(j)) || zp__stopped(j->c, i))
            return false;
    }
    return true;
}

static bool cat_width(cat_job *j, zp_value fill)
{
    bool on;
    double width;

    if (fill.type == ZP_LGL) {
        if (!zp_get_lgl(fill, &on, j->c->err))
            return false;
        j->limit = on ? zp_ctx_config(j->c->ctx)->width : 0;
        return true;
    }
    if (fill.type != ZP_DBL || zp_len(fill) != 1 || !zp_get_dbl(fill, &width, j->c->err) || isnan(width))
        return zp_fail_arg(j->c->err, 3, "invalid 'fill' argument");
    j->limit = width < 1 ? 0 : width < 1e15 ? (int64_t)width : (int64_t)1e15;
    return true;
}

static bool cat_open(cat_job *j)
{
    zp_str *name;
    bool append;

    if (!zp_arg_str(j->c, 0, &name) || !zp_arg_lgl(j->c, 4, &append))
        return false;
    if (!name->len)
        return true;
    if (name->text[0] == '|')
        return zp_fail_arg(j->c->err, 1, "there are no pipes: use system()");
    j->file = fopen(name->text, append ? "ae" : "we");
    return j->file || zp_fail_sys(j->c->err, errno, "cannot open file '%s'", name->text);
}

static zp_status bi_cat(zp_call *c)
{
    cat_job j = { .c = c, .sep = c->argv[1], .labels = c->argv[3] };
    bool ok = cat_width(&j, c->argv[2]) && cat_open(&j);

    for (int64_t i = 0; ok && i < zp_len(j.sep); i++)
        j.newline |= strchr(zp_strs(&j.sep)[i]->text, '\n') != NULL;
    for (int k = 0; ok && k < c->ndots; k++)
        ok = put_object(&j, k);
    if (ok && (j.limit || j.newline))
        zp_buf_putc(&j.out, '\n');
    ok = flush_out(&j) && zp_buf_ok(&j.text, c->err) && ok;
    if (j.file && fclose(j.file) != 0 && ok)
        ok = zp_fail_sys(c->err, errno, "cannot write");
    zp_buf_fini(&j.out);
    zp_buf_fini(&j.text);
    return zp_done(ok);
}

const zp_builtin zp_builtins_cat[] = {
    { "cat", "..., file = \"\", sep = \" \", fill = FALSE, labels = NULL, append = FALSE",
      "file=S sep=S labels=S0", ZP_BI_INVISIBLE, bi_cat,
      "Writes the elements of its arguments as plain text with sep between them, to the output or to a file "
      "(after what it holds, with append). fill: breaks lines at the option width, or at a width; labels begin them.",
      "cat(\"x =\", 1 / 3, \"\\n\")", NULL },
    { 0 },
};
