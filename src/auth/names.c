/* names: environments, grants and rights as words.  A set of bits is a list of words, separated by commas, blanks or
 * '+'; a word may stand for several bits. */
#include <string.h>
#include <strings.h>

#include "auth/auth_priv.h"

static const char *const env_names[] = { "dev", "qa", "staging", "prod" };

zp_env zp_env_of(const char *text, size_t len)
{
    for (int e = 0; e < ZP_ENVS; e++) {
        if (strlen(env_names[e]) == len && strncasecmp(env_names[e], text, len) == 0)
            return (zp_env)e;
    }
    return ZP_ENV_NONE;
}

const char *zp_env_name(zp_env env)
{
    return env == ZP_ENV_NONE ? "" : env_names[env];
}

bool zp_env_parse(const char *text, zp_env *env, zp_error *err)
{
    *env = zp_env_of(text, strlen(text));
    return *env != ZP_ENV_NONE ||
           zp_fail(err, "unknown environment '%s': there are dev, qa, staging and prod", text);
}

/* ---------------------------------------------------------------- sets of bits */

typedef struct word {
    const char *text;
    uint32_t bits;
} word;

/* Written by the first rows that cover bits, so wider words come first. */
static const word access_words[] = { { "readwrite", ZP_GRANT_READ | ZP_GRANT_WRITE },
                                     { "read", ZP_GRANT_READ },
                                     { "schema", ZP_GRANT_SCHEMA },
                                     { "publish_prod", ZP_GRANT_PUBLISH_PROD },
                                     { "none", 0 },
                                     { NULL, 0 } };

static const word right_words[] = {
#define X(name, text, bit) { text, bit },
    ZP_RIGHTS(X)
#undef X
        { "all", ZP_RIGHT_ALL },
    { "none", 0 },
    { NULL, 0 }
};

static const word *word_of(const word *words, const char *text, size_t len)
{
    for (const word *w = words; w->text; w++) {
        if (strlen(w->text) == len && strncmp(w->text, text, len) == 0)
            return w;
    }
    return NULL;
}

static bool unknown_word(const word *words, const char *kind, const char *text, size_t len, zp_error *err)
{
    zp_buf all = ZP_BUF_INIT;

    for (const word *w = words; w->text; w++)
        zp_buf_printf(&all, "%s%s", all.len ? ", " : "", w->text);
    zp_fail(err, "unknown %s '%.*s': there are %s", kind, (int)(len < 60 ? len : 60), text,
            zp_buf_text(&all));
    zp_buf_fini(&all);
    return false;
}

static bool parse_words(const word *words, const char *kind, const char *text, uint32_t *bits, zp_error *err)
{
    static const char separators[] = ", +";

    *bits = 0;
    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t len = strcspn(text, separators);
        const word *w = word_of(words, text, len);

        if (!w)
            return unknown_word(words, kind, text, len, err);
        *bits |= w->bits;
        text += len;
    }
    return true;
}

static void put_words(zp_buf *out, const word *words, uint32_t bits)
{
    bool first = true;

    for (const word *w = words; w->text; w++) {
        if (!w->bits || (bits & w->bits) != w->bits)
            continue;
        zp_buf_printf(out, "%s%s", first ? "" : ",", w->text);
        bits &= ~w->bits;
        first = false;
    }
    if (first)
        zp_buf_puts(out, "none");
}

bool zp_access_parse(const char *text, uint32_t *access, zp_error *err)
{
    return parse_words(access_words, "access", text, access, err);
}

bool zp_rights_parse(const char *text, uint32_t *rights, zp_error *err)
{
    return parse_words(right_words, "right", text, rights, err);
}

void zp_access_put(zp_buf *out, uint32_t access)
{
    put_words(out, access_words, access);
}

void zp_rights_put(zp_buf *out, uint32_t rights)
{
    put_words(out, right_words, rights);
}
