/* disk: see disk.h.  Numbers of files (inodes) are ours; a name is an entry (directory, name) -> inode. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, FDS = 4096, NAME = 96 };

typedef enum kind { WRITE, TRUNCATE, PUNCH, EXTEND, FLUSH, ENTER, LEAVE } kind;

typedef struct call {
    kind kind;
    int inode; /* the file; of ENTER and LEAVE the directory */
    int64_t at, len;
    char *bytes;     /* WRITE */
    long upto;       /* FLUSH: calls before this one are on the disk */
    char name[NAME]; /* ENTER, LEAVE */
    int target;      /* ENTER: what the name means */
} call;

typedef struct entry {
    int dir, inode;
    char name[NAME];
} entry;

static struct {
    pthread_mutex_t mutex;
    char root[512];
    call *calls;
    long count, cap;
    entry *entries; /* as they are now */
    int nentries, capentries;
    int ninodes;
    int fds[FDS]; /* inode of a descriptor; -1: not below root */
} d = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static void *grow(void *p, size_t size)
{
    p = realloc(p, size);
    if (!p)
        abort();
    return p;
}

static call *add(kind what, int inode)
{
    if (d.count == d.cap) {
        d.cap = d.cap ? 2 * d.cap : 1024;
        d.calls = grow(d.calls, (size_t)d.cap * sizeof(call));
    }
    d.calls[d.count] = (call){ .kind = what, .inode = inode };
    return &d.calls[d.count++];
}

/* ---------------------------------------------------------------- names */

static int find(int dir, const char *name)
{
    for (int i = 0; i < d.nentries; i++)
        if (d.entries[i].dir == dir && strcmp(d.entries[i].name, name) == 0)
            return i;
    return -1;
}

static void enter(int dir, const char *name, int inode)
{
    call *c = add(ENTER, dir);

    if (d.nentries == d.capentries) {
        d.capentries = d.capentries ? 2 * d.capentries : 64;
        d.entries = grow(d.entries, (size_t)d.capentries * sizeof(entry));
    }
    d.entries[d.nentries] = (entry){ .dir = dir, .inode = inode };
    snprintf(d.entries[d.nentries++].name, NAME, "%s", name);
    c->target = inode;
    snprintf(c->name, NAME, "%s", name);
}

static void leave(int dir, const char *name)
{
    int i = find(dir, name);
    call *c = add(LEAVE, dir);

    snprintf(c->name, NAME, "%s", name);
    if (i >= 0)
        d.entries[i] = d.entries[--d.nentries];
}

/* The directory and the last part of a name as the store gives it; -1: not below root. */
static int place(int dir, const char *name, const char **last)
{
    size_t len = strlen(d.root);
    int at = 0;

    *last = name;
    if (dir != AT_FDCWD)
        return dir >= 0 && dir < FDS ? d.fds[dir] : -1;
    if (strncmp(name, d.root, len) != 0 || name[len] != '/')
        return -1;
    name += len + 1;
    for (;;) {
        size_t part = strcspn(name, "/");
        char text[NAME];
        int i;

        *last = name;
        if (!name[part])
            return at;
        snprintf(text, sizeof text, "%.*s", (int)part, name);
        i = find(at, text);
        if (i < 0)
            return -1;
        at = d.entries[i].inode;
        name += part + 1;
    }
}

/* ---------------------------------------------------------------- the table */

/* The directory in which a directory has its name; -1: it is none of ours. */
static int above(int dir)
{
    const int inode = dir >= 0 && dir < FDS ? d.fds[dir] : -1;

    for (int i = 0; i < d.nentries; i++)
        if (d.entries[i].inode == inode)
            return d.entries[i].dir;
    return -1;
}

static int rec_open(int dir, const char *name, int flags, unsigned mode)
{
    int fd = zp_io_system.open(dir, name, flags, mode);
    const char *last;

    pthread_mutex_lock(&d.mutex);
    if (fd >= 0 && fd < FDS && strcmp(name, "..") == 0) {
        d.fds[fd] = above(dir);
    } else if (fd >= 0 && fd < FDS) {
        int parent = place(dir, name, &last), i = parent >= 0 ? find(parent, last) : -1;

        if (parent >= 0 && i < 0 && (flags & O_CREAT)) {
            enter(parent, last, ++d.ninodes);
            i = d.nentries - 1;
        }
        d.fds[fd] = i >= 0 ? d.entries[i].inode : strcmp(name, d.root) == 0 ? 0 : -1;
        if (i >= 0 && (flags & O_TRUNC))
            add(TRUNCATE, d.fds[fd])->len = 0;
    }
    pthread_mutex_unlock(&d.mutex);
    return fd;
}

static int rec_close(int fd)
{
    if (fd >= 0 && fd < FDS)
        d.fds[fd] = -1;
    return zp_io_system.close(fd);
}

static int inode_of(int fd)
{
    return fd >= 0 && fd < FDS ? d.fds[fd] : -1;
}

static void add_write(int inode, const void *from, size_t len, int64_t at)
{
    call *c = add(WRITE, inode);

    c->at = at;
    c->len = (int64_t)len;
    c->bytes = memcpy(grow(NULL, len), from, len);
}

static ssize_t rec_pwrite(int fd, const void *from, size_t len, int64_t at)
{
    ssize_t got;

    pthread_mutex_lock(&d.mutex);
    got = zp_io_system.pwrite(fd, from, len, at);
    if (got > 0 && inode_of(fd) >= 0)
        add_write(inode_of(fd), from, (size_t)got, at);
    pthread_mutex_unlock(&d.mutex);
    return got;
}

/* What is stored into a mapped file is a write like any other. */
static void rec_store(int fd, void *to, const void *from, size_t len, int64_t at)
{
    pthread_mutex_lock(&d.mutex);
    zp_io_system.store(fd, to, from, len, at);
    if (inode_of(fd) >= 0)
        add_write(inode_of(fd), from, len, at);
    pthread_mutex_unlock(&d.mutex);
}

static int flushed(int fd, int (*flush)(int fd))
{
    long upto;
    int r;

    pthread_mutex_lock(&d.mutex);
    upto = d.count;
    pthread_mutex_unlock(&d.mutex);
    r = flush(fd);
    pthread_mutex_lock(&d.mutex);
    if (r >= 0 && inode_of(fd) >= 0)
        add(FLUSH, inode_of(fd))->upto = upto;
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static int rec_datasync(int fd)
{
    return flushed(fd, zp_io_system.datasync);
}

static int rec_sync(int fd)
{
    return flushed(fd, zp_io_system.sync);
}

static int rec_truncate(int fd, int64_t len)
{
    int r;

    pthread_mutex_lock(&d.mutex);
    r = zp_io_system.truncate(fd, len);
    if (r >= 0 && inode_of(fd) >= 0)
        add(TRUNCATE, inode_of(fd))->len = len;
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static int rec_allocate(int fd, int mode, int64_t at, int64_t len)
{
    int r;

    pthread_mutex_lock(&d.mutex);
    r = zp_io_system.allocate(fd, mode, at, len);
    if (r >= 0 && inode_of(fd) >= 0 && ((mode & FALLOC_FL_PUNCH_HOLE) || !(mode & FALLOC_FL_KEEP_SIZE))) {
        call *c = add(mode & FALLOC_FL_PUNCH_HOLE ? PUNCH : EXTEND, inode_of(fd));

        c->at = at;
        c->len = len;
    }
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static int rec_mkdir(int dir, const char *name, unsigned mode)
{
    const char *last;
    int r, parent;

    pthread_mutex_lock(&d.mutex);
    r = zp_io_system.mkdir(dir, name, mode);
    parent = place(dir, name, &last);
    if (r >= 0 && parent >= 0)
        enter(parent, last, ++d.ninodes);
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static int rec_rename(int from_dir, const char *from, int to_dir, const char *to)
{
    const char *old, *new;
    int r, a, b, i;

    pthread_mutex_lock(&d.mutex);
    r = zp_io_system.rename(from_dir, from, to_dir, to);
    a = place(from_dir, from, &old);
    b = place(to_dir, to, &new);
    i = r >= 0 && a >= 0 ? find(a, old) : -1;
    if (i >= 0 && b >= 0) {
        int inode = d.entries[i].inode;

        leave(a, old);
        enter(b, new, inode);
    }
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static int rec_unlink(int dir, const char *name, bool directory)
{
    const char *last;
    int r, parent;

    pthread_mutex_lock(&d.mutex);
    r = zp_io_system.unlink(dir, name, directory);
    parent = place(dir, name, &last);
    if (r >= 0 && parent >= 0)
        leave(parent, last);
    pthread_mutex_unlock(&d.mutex);
    return r;
}

static zp_io recorder;

void disk_begin(const char *root)
{
    snprintf(d.root, sizeof d.root, "%s", root);
    for (int i = 0; i < FDS; i++)
        d.fds[i] = -1;
    recorder = zp_io_system;
    recorder.open = rec_open;
    recorder.close = rec_close;
    recorder.pwrite = rec_pwrite;
    recorder.store = rec_store;
    recorder.datasync = rec_datasync;
    recorder.sync = rec_sync;
    recorder.truncate = rec_truncate;
    recorder.allocate = rec_allocate;
    recorder.mkdir = rec_mkdir;
    recorder.rename = rec_rename;
    recorder.unlink = rec_unlink;
    zp_io_set(&recorder);
}

long disk_count(void)
{
    long n;

    pthread_mutex_lock(&d.mutex);
    n = d.count;
    pthread_mutex_unlock(&d.mutex);
    return n;
}

void disk_end(void)
{
    zp_io_set(NULL);
}

void disk_free(void)
{
    for (long i = 0; i < d.count; i++)
        free(d.calls[i].bytes);
    free(d.calls);
    free(d.entries);
    d.calls = NULL;
    d.entries = NULL;
    d.count = d.cap = 0;
    d.nentries = d.capentries = d.ninodes = 0;
}

const char *disk_describe(long n)
{
    static const char *const names[] = { "write", "truncate", "punch", "extend", "flush", "enter", "leave" };
    static char text[200];
    const call *c = n > 0 && n <= d.count ? &d.calls[n - 1] : NULL;
    const char *name = "";

    if (!c)
        return "the beginning";
    for (long i = 0; i < n && !*c->name; i++)
        if (d.calls[i].kind == ENTER && d.calls[i].target == c->inode)
            name = d.calls[i].name;
    snprintf(text, sizeof text, "%s of file %d '%s' at %lld, %lld bytes", names[c->kind], c->inode,
             *c->name ? c->name : name, (long long)c->at, (long long)c->len);
    return text;
}

/* ---------------------------------------------------------------- after the cut */

typedef struct content {
    char *bytes;
    int64_t len, cap;
} content;

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void resize(content *f, int64_t len)
{
    if (len > f->cap) {
        f->cap = len + 65536;
        f->bytes = grow(f->bytes, (size_t)f->cap);
    }
    if (len > f->len)
        memset(f->bytes + f->len, 0, (size_t)(len - f->len));
    f->len = len;
}

/* Bytes [at, at + len) become `bytes` (NULL: zeros), sector by sector; with `seed` each of them only perhaps. */
static void put_sectors(content *f, int64_t at, int64_t len, const char *bytes, unsigned *seed)
{
    while (len > 0) {
        int64_t part = SECTOR - at % SECTOR;

        part = part < len ? part : len;
        if (!seed || next(seed) & 1) {
            if (at + part > f->len)
                resize(f, at + part);
            if (bytes)
                memcpy(f->bytes + at, bytes, (size_t)part);
            else
                memset(f->bytes + at, 0, (size_t)part);
        }
        at += part;
        len -= part;
        bytes = bytes ? bytes + part : NULL;
    }
}

static void apply(content *files, const call *c, unsigned *seed)
{
    content *f = &files[c->inode];

    switch (c->kind) {
    case WRITE: put_sectors(f, c->at, c->len, c->bytes, seed); break;
    case PUNCH: put_sectors(f, c->at, c->at + c->len > f->len ? f->len - c->at : c->len, NULL, seed); break;
    case TRUNCATE:
        if (!seed || next(seed) & 1)
            resize(f, c->len);
        break;
    case EXTEND:
        if (c->at + c->len > f->len && (!seed || next(seed) & 1))
            resize(f, c->at + c->len);
        break;
    default: break;
    }
}

/* For each file: calls before this one are on the disk. */
static long *flushed_upto(long n)
{
    long *upto = grow(NULL, (size_t)(d.ninodes + 1) * sizeof(long));

    memset(upto, 0, (size_t)(d.ninodes + 1) * sizeof(long));
    for (long i = 0; i < n; i++)
        if (d.calls[i].kind == FLUSH)
            upto[d.calls[i].inode] = d.calls[i].upto;
    return upto;
}

typedef struct names {
    entry *of;
    int count;
} names;

static void change_names(names *all, const call *c)
{
    for (int i = 0; i < all->count; i++)
        if (all->of[i].dir == c->inode && strcmp(all->of[i].name, c->name) == 0) {
            all->of[i] = all->of[--all->count];
            break;
        }
    if (c->kind == ENTER) {
        entry *e = &all->of[all->count++];

        *e = (entry){ .dir = c->inode, .inode = c->target };
        memcpy(e->name, c->name, NAME);
    }
}

/* Which files are directories: those in which a name was ever made. */
static bool *directories(void)
{
    bool *is_dir = calloc((size_t)d.ninodes + 1, sizeof(bool));

    for (long k = 0; k < d.count; k++)
        if (d.calls[k].kind == ENTER)
            is_dir[d.calls[k].inode] = true;
    return is_dir;
}

static void make_tree(const names *all, const content *files, const bool *is_dir, int dir, const char *path)
{
    mkdir(path, 0700);
    for (int i = 0; i < all->count; i++) {
        const entry *e = &all->of[i];
        char below[1024];

        if (e->dir != dir)
            continue;
        snprintf(below, sizeof below, "%s/%s", path, e->name);
        if (is_dir[e->inode]) {
            make_tree(all, files, is_dir, e->inode, below);
        } else {
            int fd = open(below, O_RDWR | O_CREAT, 0600);

            if (fd < 0 || (files[e->inode].len &&
                           pwrite(fd, files[e->inode].bytes, (size_t)files[e->inode].len, 0) < 0))
                abort();
            close(fd);
        }
    }
}

void disk_cut(long n, disk_loss loss, unsigned seed, const char *to)
{
    content *files = calloc((size_t)d.ninodes + 1, sizeof(content));
    long *upto = flushed_upto(n), named = n;
    bool *is_dir;
    names all = { grow(NULL, (size_t)(d.count + 1) * sizeof(entry)), 0 };

    if (loss == DISK_LOSE_SOME && n)
        named = next(&seed) & 1 ? n : (long)(next(&seed) % (unsigned)n);
    for (long i = 0; i < n; i++) {
        const call *c = &d.calls[i];
        bool kept = loss == DISK_LOSE_NONE || i < upto[c->inode];

        if (c->kind == ENTER || c->kind == LEAVE) {
            if (kept || (loss == DISK_LOSE_SOME && i < named))
                change_names(&all, c);
        } else if (kept || loss == DISK_LOSE_SOME) {
            apply(files, c, kept ? NULL : &seed);
        }
    }
    is_dir = directories();
    make_tree(&all, files, is_dir, 0, to);
    free(is_dir);
    for (int i = 0; i <= d.ninodes; i++)
        free(files[i].bytes);
    free(files);
    free(upto);
    free(all.of);
}
