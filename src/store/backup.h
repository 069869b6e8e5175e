/* backup: one file that holds what a database held at a time, and the way back.
 *
 *     zp_backup   DIR --> FILE          while others write; every object as of one commit
 *     zp_backup   DIR --> FILE2         since FILE: only blocks that differ from it
 *     zp_restore  FILE FILE2 --> DIR    a new directory
 *
 * A backup file is a head, pieces of files (packed with zstd), a manifest and a foot that says where the manifest is:
 *
 *     head      "ZPBACKUP", version, time, its id, the id of the backup that it builds upon (zeros: none), xxh3
 *     piece     object, kind and number of the file, offset, bytes, packed bytes, xxh3 of the packed; the packed bytes
 *     ...
 *     manifest  packed: per object its name, header, commit record and files, with the xxh3 of each block of 64 KiB
 *     foot      where the manifest begins, packed and unpacked length, xxh3 of the packed, "ZPBKFOOT"
 *
 * A later piece replaces an earlier one of the same place.  A file that lacks its foot was not finished.
 *
 * Thread: any; works on files alone. */
#ifndef ZP_STORE_BACKUP_H
#define ZP_STORE_BACKUP_H

#include "base/buf.h"
#include "base/progress.h"

typedef struct zp_backup_report {
    int64_t objects, failed;
    uint64_t bytes;  /* of all objects */
    uint64_t read;   /* of which were read and packed */
    uint64_t packed; /* length of the file */
} zp_backup_report;

/* Told of every object that could not be saved, while the others are. */
typedef void (*zp_backup_note_fn)(void *arg, const char *name, const zp_error *why);

/* `since` NULL: everything.  `file` must not exist; it appears when it is whole.  False: there is no file. */
bool zp_backup(const char *dir, const char *file, const char *since, zp_progress *progress,
               zp_backup_note_fn note, void *arg, zp_backup_report *report, zp_error *err) ZP_MUST_CHECK;
/* `files`: a whole backup, then those that build upon it, in order.  `dir` must not exist; it appears when it is whole. */
bool zp_restore(const char *const *files, int count, const char *dir, zp_progress *progress,
                zp_backup_report *report, zp_error *err) ZP_MUST_CHECK;

#endif
