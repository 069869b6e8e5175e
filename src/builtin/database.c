/* database: names of directories become variables, and stay cheap until they are read.
 *
 * An engine holds a list of places: databases, and single objects that were attached.  Each top-level name of a place is
 * bound in the global environment to a lazy value (lang/lazy.c) whose text says how to open it:
 *
 *     mode directory // name            w/srv/data//fx
 *
 * A lazy object becomes its value, a lazy group the list of what is in it. */
#include "builtin/database.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/catalog.h"
#include "store/store.h"

typedef struct place {
    struct place *next;
    char *dir;          /* absolute, without links */
    const char *single; /* the one name of it that is attached, inside `dir`'s memory; NULL: all */
    zp_open_mode mode;
} place;

typedef struct places {
    place *first; /* the current database */
} places;

static const char places_key;

static const struct {
    const char *text;
    zp_open_mode mode;
    char letter;
} modes[] = { { "auto", ZP_OPEN_AUTO, 'a' }, { "write", ZP_OPEN_WRITE, 'w' }, { "read", ZP_OPEN_READ, 'r' } };

bool zp_open_mode_parse(const char *text, zp_open_mode *mode, zp_error *err)
{
    for (size_t i = 0; i < ZP_COUNTOF(modes); i++) {
        if (strcmp(text, modes[i].text) == 0) {
            *mode = modes[i].mode;
            return true;
        }
    }
    return zp_fail(err, "mode should be \"write\", \"read\" or \"auto\" but is \"%.40s\"", text);
}

bool zp_database_load(const char *dir, zp_open_mode mode, zp_value *out, zp_error *err)
{
    if (mode == ZP_OPEN_AUTO && zp_store_open(dir, true, out, NULL))
        return true;
    return zp_store_open(dir, mode == ZP_OPEN_WRITE, out, err);
}

/* ---------------------------------------------------------------- making a value */

typedef struct group {
    const zp_catalog *names;
    const char *dir;
    zp_open_mode mode;
} group;

/* An object as an element of its group: what cannot be opened is there as the error, so that it spoils nothing else. */
static bool push_object(const group *g, const char *name, zp_str *part, zp_value *list, zp_error *err)
{
    zp_error why = ZP_ERROR_INIT;
    zp_buf path = ZP_BUF_INIT;
    zp_value v = zp_nil();
    bool ok = zp_catalog_path(&path, g->dir, name, err);

    if (ok && !zp_database_load(zp_buf_text(&path), g->mode, &v, &why)) {
        v = zp_error_value(zp_error_text(&why), err);
        ok = !zp_bad(v);
    }
    zp_error_clear(&why);
    zp_buf_fini(&path);
    return ok && zp_list_push(list, v, part, err);
}

/* Fills `list` with names [from, to), which share their first `skip` bytes. */
static bool fill_group(const group *g, size_t from, size_t to, size_t skip, zp_value *list, zp_error *err)
{
    while (from < to) {
        const char *name = g->names->names[from], *part = name + skip;
        size_t len = strcspn(part, "/"), end = from + 1;
        zp_str *s = zp_str_new(part, len, err);
        zp_value below = zp_nil();
        bool ok = s != NULL;

        if (ok && part[len]) {
            while (end < to && strncmp(g->names->names[end], name, skip + len + 1) == 0)
                end++;
            below = zp_list_new(0, err);
            ok = !zp_bad(below) && fill_group(g, from, end, skip + len + 1, &below, err);
            ok = ok ? zp_list_push(list, below, s, err) : (zp_value_unref(below), false);
        } else if (ok) {
            ok = push_object(g, name, s, list, err);
        }
        zp_str_unref(s);
        if (!ok)
            return false;
        from = end;
    }
    return true;
}

static bool make_group(const char *dir, const char *name, zp_open_mode mode, zp_value *out, zp_error *err)
{
    zp_catalog names = ZP_CATALOG_INIT;
    group g = { &names, dir, mode };
    bool ok = zp_catalog_read(&names, dir, name, err);

    if (ok && !names.count)
        ok = zp_fail(err, "there is no object in '%s/%s'", dir, name);
    *out = ok ? zp_list_new(0, err) : zp_nil();
    if (!zp_bad(*out) && !fill_group(&g, 0, names.count, strlen(name) + 1, out, err))
        zp_value_clear(out);
    zp_catalog_fini(&names);
    return !zp_bad(*out);
}

static zp_open_mode mode_of(char letter)
{
    for (size_t i = 0; i < ZP_COUNTOF(modes); i++)
        if (modes[i].letter == letter)
            return modes[i].mode;
    return ZP_OPEN_READ;
}

/* `text`: as above. */
static bool make_value(zp_engine *engine, const char *text, zp_value *out, zp_error *err)
{
    const char *split = strstr(text, "//");
    zp_buf dir = ZP_BUF_INIT, path = ZP_BUF_INIT;
    zp_open_mode mode = mode_of(text[0]);
    bool ok;

    (void)engine;
    zp_buf_put(&dir, text + 1, (size_t)(split - text - 1));
    ok = zp_buf_ok(&dir, err) && zp_catalog_path(&path, zp_buf_text(&dir), split + 2, err);
    if (ok) {
        zp_entry_kind kind = zp_catalog_kind(zp_buf_text(&path));

        ok = kind == ZP_ENTRY_GROUP    ? make_group(zp_buf_text(&dir), split + 2, mode, out, err)
             : kind == ZP_ENTRY_OBJECT ? zp_database_load(zp_buf_text(&path), mode, out, err)
                                       : zp_fail(err, "there is no '%s' any more", zp_buf_text(&path));
    }
    zp_buf_fini(&dir);
    zp_buf_fini(&path);
    return ok;
}

/* ---------------------------------------------------------------- binding names */

static bool bind(zp_engine *engine, const place *p, const char *name, zp_error *err)
{
    zp_buf text = ZP_BUF_INIT;
    zp_value lazy = zp_nil();

    zp_buf_printf(&text, "%c%s//%s", modes[p->mode].letter, p->dir, name);
    if (zp_buf_ok(&text, err))
        lazy = zp_lazy_new(make_value, zp_buf_text(&text), err);
    zp_buf_fini(&text);
    return !zp_bad(lazy) && zp_engine_bind_global(engine, name, lazy, err);
}

/* Does a value come from the directory of `p`? */
static bool comes_from(const place *p, zp_value v)
{
    const char *dir = v.type == ZP_LAZY ? zp_lazy_text(v) + 1 : "";
    size_t len = strlen(p->dir);

    if (v.type == ZP_LIST) {
        for (int64_t i = 0; i < zp_len(v); i++)
            if (comes_from(p, zp_list_at(v, i)))
                return true;
        return false;
    }
    if ((zp_is_array(v) || v.type == ZP_ZTS) && zp_store_of(v))
        dir = zp_store_dir(zp_store_of(v));
    return strncmp(dir, p->dir, len) == 0 && dir[len] == '/';
}

/* A variable that the program has made itself is left alone. */
static bool bind_if_free(zp_engine *engine, const place *p, const char *name, zp_error *err)
{
    return zp_engine_global(engine, name) || bind(engine, p, name, err);
}

static bool bind_names(zp_engine *engine, const place *p, zp_error *err)
{
    zp_catalog names = ZP_CATALOG_INIT;
    bool ok;

    if (p->single)
        return bind_if_free(engine, p, p->single, err);
    ok = zp_catalog_top(&names, p->dir, err);
    for (size_t i = 0; ok && i < names.count; i++)
        ok = bind_if_free(engine, p, names.names[i], err);
    zp_catalog_fini(&names);
    return ok;
}

static bool forget(zp_engine *engine, const place *p, const char *name)
{
    const zp_value *at = zp_engine_global(engine, name);

    if (!at || !comes_from(p, *at))
        return false;
    zp_engine_unbind_global(engine, name);
    return true;
}

/* ---------------------------------------------------------------- places */

static void free_places(void *thing)
{
    places *all = thing;

    while (all->first) {
        place *p = all->first;

        all->first = p->next;
        zp_free(p->dir);
        zp_free(p);
    }
    zp_free(all);
}

static places *places_of(zp_engine *engine, zp_error *err)
{
    places *all = zp_engine_attached(engine, &places_key);

    if (all)
        return all;
    all = zp_new(places, err);
    if (all && !zp_engine_attach(engine, &places_key, all, free_places, err)) {
        zp_free(all);
        return NULL;
    }
    return all;
}

/* The absolute form of a path, as a heap string with `room` bytes more; NULL: there is no such place. */
static char *absolute(const char *path, zp_error *err)
{
    char real[PATH_MAX], *copy;
    size_t len;

    if (!realpath(path, real)) {
        zp_fail(err, "there is no directory '%s'", path);
        return NULL;
    }
    len = strlen(real);
    copy = zp_alloc(len + 1, err);
    if (copy)
        memcpy(copy, real, len + 1);
    return copy;
}

/* Splits the directory of a single object into where it is and what it is called. */
static bool split_single(place *p, zp_error *err)
{
    char *slash = strrchr(p->dir, '/');

    if (!slash || slash == p->dir || !zp_catalog_name_ok(slash + 1, err))
        return zp_fail(err, "'%s' cannot be a variable: use x <- load(\"%s\")", p->dir, p->dir);
    *slash = '\0';
    p->single = slash + 1;
    return true;
}

static bool same_place(const place *a, const place *b)
{
    return strcmp(a->dir, b->dir) == 0 && !a->single == !b->single &&
           (!a->single || strcmp(a->single, b->single) == 0);
}

static place *place_new(const char *dir, zp_open_mode mode, zp_error *err)
{
    place *p = zp_new(place, err);

    if (!p)
        return NULL;
    p->mode = mode;
    p->dir = absolute(dir, err);
    if (p->dir && (zp_catalog_kind(p->dir) != ZP_ENTRY_OBJECT || split_single(p, err)))
        return p;
    zp_free(p->dir);
    zp_free(p);
    return NULL;
}

/* Takes the place with the same directory out of the list. */
static place *take_out(places *all, const place *like)
{
    for (place **at = &all->first; *at; at = &(*at)->next) {
        place *p = *at;

        if (same_place(p, like)) {
            *at = p->next;
            return p;
        }
    }
    return NULL;
}

static void place_free(place *p)
{
    if (p)
        zp_free(p->dir);
    zp_free(p);
}

/* Binds the names of p and takes it into the list: in front, or behind the current database. */
static bool enter(zp_engine *engine, place *p, bool current, zp_error *err)
{
    places *all = places_of(engine, err);
    place **at;

    if (!all || !bind_names(engine, p, err)) {
        place_free(p);
        return false;
    }
    place_free(take_out(all, p));
    at = &all->first;
    while (!current && *at)
        at = &(*at)->next;
    p->next = *at;
    *at = p;
    return true;
}

bool zp_database_open(zp_engine *engine, const char *dir, zp_open_mode mode, bool make, zp_error *err)
{
    place *p;

    if (make && mode != ZP_OPEN_READ && !zp_catalog_make(dir, err))
        return false;
    p = place_new(dir, mode, err);
    if (p && p->single) {
        place_free(p);
        return zp_fail(err, "'%s' is one object, not a database: open it with load(\"%s\")", dir, dir);
    }
    if (p && mode != ZP_OPEN_READ)
        zp_catalog_sweep(p->dir);
    return p && enter(engine, p, true, err);
}

bool zp_database_attach(zp_engine *engine, const char *dir, zp_open_mode mode, zp_error *err)
{
    place *p = place_new(dir, mode, err);

    return p && enter(engine, p, false, err);
}

bool zp_database_detach(zp_engine *engine, const char *dir, zp_error *err)
{
    places *all = places_of(engine, err);
    place *like = all ? place_new(dir, ZP_OPEN_READ, err) : NULL, *p = like ? take_out(all, like) : NULL;
    zp_catalog names = ZP_CATALOG_INIT;
    bool ok = p != NULL;

    if (like && !p)
        zp_fail(err, "'%s' is not attached", dir);
    if (ok && p->single)
        forget(engine, p, p->single);
    else if (ok)
        ok = zp_catalog_top(&names, p->dir, err);
    for (size_t i = 0; i < names.count; i++)
        forget(engine, p, names.names[i]);
    zp_catalog_fini(&names);
    place_free(like);
    place_free(p);
    return ok;
}

static const place *current(zp_engine *engine)
{
    const places *all = zp_engine_attached(engine, &places_key);

    for (const place *p = all ? all->first : NULL; p; p = p->next)
        if (!p->single)
            return p;
    return NULL;
}

const char *zp_database_current(zp_engine *engine)
{
    const place *p = current(engine);

    return p ? p->dir : NULL;
}

/* ---------------------------------------------------------------- names in the current database */

/* An explicit path: /a, ./a, ../a, . or .. */
static bool is_path(const char *text)
{
    size_t dots = strspn(text, ".");

    return text[0] == '/' || (dots > 0 && dots <= 2 && (text[dots] == '/' || !text[dots]));
}

bool zp_database_path(zp_engine *engine, const char *text, zp_buf *dir, const char **database,
                      const char **name, zp_error *err)
{
    const place *p = is_path(text) ? NULL : current(engine);

    *database = *name = NULL;
    if (!p) {
        zp_buf_puts(dir, text);
        return zp_buf_ok(dir, err);
    }
    if (!zp_catalog_name_ok(text, err)) {
        zp_error_hint(err, "while a database is open, other places are written ./%s or with their whole path",
                      text);
        return false;
    }
    *database = p->dir;
    *name = text;
    return zp_catalog_path(dir, p->dir, text, err);
}

/* Puts the object `name`, whose parts from `part` on lead from the list `at`, into it. */
static bool add_element(const place *p, const char *name, const char *part, zp_value *at, zp_error *err)
{
    size_t len = strcspn(part, "/");
    zp_str *s;
    int64_t i;
    bool ok;

    if (at->type != ZP_LIST || !zp_value_own(at, err))
        return at->type != ZP_LIST;
    i = zp_list_find(*at, part, len);
    if (i < 0) {
        const group g = { NULL, p->dir, p->mode };

        s = zp_str_new(part, len, err);
        ok = s &&
             (part[len] ? zp_list_push(at, zp_list_new(0, err), s, err) : push_object(&g, name, s, at, err));
        zp_str_unref(s);
        i = ok ? zp_len(*at) - 1 : -1;
    }
    if (i < 0 || !part[len])
        return i >= 0;
    return add_element(p, name, part + len + 1, &at->u.list->items[i], err);
}

bool zp_database_announce(zp_engine *engine, const char *name, zp_error *err)
{
    const place *p = current(engine);
    size_t len = strcspn(name, "/");
    zp_buf top = ZP_BUF_INIT;
    zp_value *at;
    bool ok;

    zp_buf_put(&top, name, len);
    ok = p && zp_buf_ok(&top, err);
    at = ok ? zp_engine_global(engine, zp_buf_text(&top)) : NULL;
    if (ok && !at)
        ok = bind(engine, p, zp_buf_text(&top), err);
    else if (ok && name[len] && comes_from(p, *at))
        ok = add_element(p, name, name + len + 1, at, err);
    zp_buf_fini(&top);
    return ok;
}

bool zp_database_rescan(zp_engine *engine, const char *name, zp_error *err)
{
    const place *p = current(engine);
    zp_buf top = ZP_BUF_INIT;
    bool ok;

    zp_buf_put(&top, name, strcspn(name, "/"));
    ok = p && zp_buf_ok(&top, err);
    if (ok)
        forget(engine, p, zp_buf_text(&top));
    ok = ok && bind_names(engine, p, err);
    zp_buf_fini(&top);
    return ok;
}
