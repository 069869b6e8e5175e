/* key: where the master key comes from.
 *
 * The key is 32 bytes, written as 64 hexadecimal digits (a file may hold the bytes themselves).  It never lies in the
 * vault: who copies the vault file alone has nothing.  A key file must belong to us or to root and be closed to others; what
 * came by the environment is erased from it, so that no program we start and no script finds it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "auth/auth_priv.h"

static const char variable[] = "ZPLANE_MASTER_KEY", credential[] = "zplane-master-key";

void zp__key_wipe(zp__key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

/* 64 digits, blanks behind them allowed; or 32 bytes as they are. */
static bool read_key(const char *text, size_t len, zp__key *key)
{
    if (len == ZP__KEY_BYTES) {
        memcpy(key->bytes, text, len);
        return true;
    }
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r' || text[len - 1] == ' '))
        len--;
    if (len != 2 * ZP__KEY_BYTES)
        return false;
    for (size_t i = 0; i < ZP__KEY_BYTES; i++) {
        int high = OPENSSL_hexchar2int((unsigned char)text[2 * i]);
        int low = OPENSSL_hexchar2int((unsigned char)text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        key->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool check_mode(int fd, const char *path, zp_error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return zp_fail_sys(err, errno, "cannot look at the master key %s", path);
    if (!S_ISREG(st.st_mode))
        return zp_fail(err, "the master key %s is not a file", path);
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return zp_fail(err, "the master key %s belongs to another user", path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return zp_fail(err, "the master key %s is open to other users: chmod 600 %s", path, path);
    return true;
}

static bool key_from_file(const char *path, zp__key *key, zp_error *err)
{
    char text[256];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len;
    bool ok;

    if (fd < 0)
        return zp_fail_sys(err, errno, "cannot read the master key %s", path);
    ok = check_mode(fd, path, err);
    len = ok ? read(fd, text, sizeof text) : 0;
    if (ok && len < 0)
        ok = zp_fail_sys(err, errno, "cannot read the master key %s", path);
    else if (ok && !read_key(text, (size_t)len, key))
        ok = zp_fail(err, "the master key %s is damaged: it should hold 64 hexadecimal digits", path);
    OPENSSL_cleanse(text, sizeof text);
    close(fd);
    return ok;
}

static bool key_from_environment(zp__key *key, bool *found, zp_error *err)
{
    char *text = getenv(variable);
    bool ok = true;

    if (!text || !*text)
        return true;
    *found = true;
    if (!read_key(text, strlen(text), key))
        ok = zp_fail(err, "%s should be 64 hexadecimal digits", variable);
    /* The variable stays, without value: taking it out would move what other threads may be reading. */
    OPENSSL_cleanse(text, strlen(text));
    return ok;
}

/* The path of a systemd credential, or that beside the vault; `out` stays empty when there is none. */
static void find_file(const char *vault_path, zp_buf *out)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (folder && *folder) {
        zp_buf_printf(out, "%s/%s", folder, credential);
        if (access(zp_buf_text(out), F_OK) == 0)
            return;
        zp_buf_clear(out);
    }
    zp_buf_printf(out, "%s.key", vault_path);
    if (access(zp_buf_text(out), F_OK) != 0)
        zp_buf_clear(out);
}

bool zp__key_find(const char *vault_path, const char *key_path, zp__key *key, bool *found, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok;

    *found = false;
    if (key_path && *key_path) {
        *found = access(key_path, F_OK) == 0;
        return !*found || key_from_file(key_path, key, err);
    }
    if (!key_from_environment(key, found, err) || *found)
        return *found && err->code == ZP_ENONE;
    find_file(vault_path, &path);
    ok = zp_buf_ok(&path, err);
    *found = path.len > 0;
    if (ok && *found)
        ok = key_from_file(zp_buf_text(&path), key, err);
    zp_buf_fini(&path);
    return ok;
}

static bool write_key(int fd, const zp__key *key)
{
    char text[2 * ZP__KEY_BYTES + 2];
    bool ok;

    zp__hex(text, key->bytes, ZP__KEY_BYTES);
    text[2 * ZP__KEY_BYTES] = '\n';
    ok = write(fd, text, 2 * ZP__KEY_BYTES + 1) == 2 * ZP__KEY_BYTES + 1 && fsync(fd) == 0;
    OPENSSL_cleanse(text, sizeof text);
    return ok;
}

bool zp__key_create(const char *vault_path, const char *key_path, zp__key *key, zp_error *err)
{
    zp_buf path = ZP_BUF_INIT;
    bool ok;
    int fd;

    zp_buf_printf(&path, key_path && *key_path ? "%s" : "%s.key",
                  key_path && *key_path ? key_path : vault_path);
    if (!zp_buf_ok(&path, err))
        return false;
    ok = RAND_bytes(key->bytes, ZP__KEY_BYTES) == 1 || zp_fail(err, "the system has no random numbers");
    fd = ok ? open(zp_buf_text(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (ok && fd < 0)
        ok = zp_fail_sys(err, errno, "cannot make the master key %s", zp_buf_text(&path));
    if (ok && !write_key(fd, key))
        ok = zp_fail_sys(err, errno, "cannot write the master key %s", zp_buf_text(&path));
    if (fd >= 0)
        close(fd);
    zp_buf_fini(&path);
    return ok;
}
