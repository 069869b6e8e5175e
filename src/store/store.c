/* store: the door. */
#include "store/store_priv.h"

static bool none(zp_error *err)
{
    return zp_fail(err, "no persistent objects yet");
}
bool zp_store_sync_parse(const char *text, zp_store_options *options, zp_error *err)
{
    return none(err);
}
bool zp_store_retain_parse(const char *text, zp_store_options *options, zp_error *err)
{
    return none(err);
}
bool zp_store_create(const char *dir, zp_value v, const zp_store_options *options, zp_value *out,
                     zp_error *err)
{
    return none(err);
}
bool zp_store_open(const char *dir, bool writable, zp_value *out, zp_error *err)
{
    return none(err);
}
zp_store *zp_store_of(zp_value v)
{
    return NULL;
}
const char *zp_store_dir(const zp_store *s)
{
    return "";
}
bool zp_store_writable(const zp_store *s)
{
    return false;
}
bool zp_store_value(zp_store *s, zp_value *out, zp_error *err)
{
    return none(err);
}
const zp_store_options *zp_store_get_options(const zp_store *s)
{
    return NULL;
}
void zp_store_get_state(const zp_store *s, zp_store_state *out)
{
    *out = (zp_store_state){ 0 };
}
void zp_store_pin(zp_store *s)
{
}
void zp_store_unpin(zp_store *s)
{
}
bool zp_store_append(zp_value *v, const int64_t *index, const void *const *columns, int64_t n, zp_error *err)
{
    return none(err);
}
bool zp_store_resize(zp_value *v, int64_t from, int64_t to, zp_error *err)
{
    return none(err);
}
bool zp_store_replace(zp_value *v, zp_value with, zp_error *err)
{
    return none(err);
}
bool zp_store_set_note(zp_store *s, const void *bytes, size_t len, zp_error *err)
{
    return none(err);
}
zp_slice zp_store_note(const zp_store *s)
{
    return (zp_slice){ NULL, 0 };
}
void zp_store_commit(zp_store *s, zp_store_done_fn done, void *arg)
{
    done(arg, NULL);
}
bool zp_store_wait(zp_store *s, zp_error *err)
{
    return true;
}
bool zp_store_sync(zp_store *s, bool wait, zp_error *err)
{
    return none(err);
}
bool zp_store_flush(zp_error *err)
{
    return true;
}
void zp_store_rollback(void)
{
}
bool zp_store_refresh(zp_value *v, bool *changed, zp_error *err)
{
    return none(err);
}
uint64_t zp_store_watch(zp_store *s, zp_store_watch_fn fn, void *arg, zp_error *err)
{
    return none(err);
}
void zp_store_unwatch(zp_store *s, uint64_t watch)
{
}
bool zp_store_is_object(const char *dir)
{
    return false;
}
bool zp_store_drop(const char *dir, zp_error *err)
{
    return none(err);
}
bool zp_store_rename(const char *from, const char *to, zp_error *err)
{
    return none(err);
}
bool zp_fmt_object_open(zp_fmt_object *o, const char *dir, zp_error *err)
{
    return none(err);
}
void zp_fmt_object_close(zp_fmt_object *o)
{
}
int64_t zp_fmt_object_files(const zp_fmt_object *o)
{
    return 0;
}
uint64_t zp_fmt_object_file(const zp_fmt_object *o, int64_t k)
{
    return 0;
}
uint64_t zp_fmt_object_bytes(const zp_fmt_object *o, int64_t k)
{
    return 0;
}
