// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_BLOBS_H
#define HARDEN_READ_IMAGE_BLOBS_H

#include "base/vec.h"
#include "io/stream.h"

#include <sys/stat.h>

/*
 * Named pieces of an image: the entries of an archive, or the files of a layout folder. Names
 * are relative and clean: no leading '/', "." or ".."; symbolic links are followed inside only.
 */
struct blobs;

/* Where a blob's bytes are. */
struct blob {
    int fd;
    bool owned; /* close fd when done: blob_close() */
    uint64_t offset, length;
    struct stat file; /* of the file that fd is */
};

struct blobs_ops {
    /* ERR_NOT_FOUND where there is none of that name. Thread-safe. NULL for a stream. */
    int (*open)(struct blobs *blobs, str name, struct blob *ret, struct err *err);
    /* The whole of a small blob; ERR_LIMIT above LIMIT_DOCUMENT. */
    int (*document)(struct blobs *blobs, struct arena *arena, str name, str *ret, struct err *err);
    bool (*has)(struct blobs *blobs, str name);
};

/* Embed as the first member. */
struct blobs {
    const struct blobs_ops *ops;
    uint64_t documents; /* bytes read as documents so far: LIMIT_DOCUMENTS in all */
};

void blob_close(struct blob *blob);
#define BLOB_SCOPED __attribute__((cleanup(blob_close))) struct blob

/* The same for what can be opened. */
int blobs_read_document(struct blobs *blobs, struct arena *arena, str name, str *ret,
                        struct err *err);
/* Counts a document's bytes; ERR_LIMIT past what one image may have. */
int blobs_count_document(struct blobs *blobs, uint64_t bytes, struct err *err);

/* The entries of a plain tar file, indexed by its headers. `fd` is borrowed. Lives in the arena.
 * An archive that ends early is indexed as far as it goes: *ret_damage then says why, else "". */
struct blobs *blobs_of_archive(struct arena *arena, int fd, str *ret_damage, struct err *err);
/* The files of a folder. `fd` is borrowed. Nothing outside of it is reached. */
struct blobs *blobs_of_folder(struct arena *arena, int fd);

/* "blobs/sha256/<hex>", or "" if the digest is not well-formed. */
str blobs_name_of_digest(struct arena *arena, str digest);
/* "sha256:<hex>" if that is how the blob is named ("blobs/sha256/<hex>", "<hex>.json",
 * "<hex>"), else "". */
str blobs_digest_of_name(struct arena *arena, str name);
/* A name as a manifest gives it, made clean; false if it leads outside ("..", absolute, NUL). */
bool blobs_clean_name(struct arena *arena, str name, str *ret);

#endif
