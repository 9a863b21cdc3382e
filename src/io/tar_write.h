// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_TAR_WRITE_H
#define HARDEN_IO_TAR_WRITE_H

#include "base/err.h"
#include "model/entry.h"

/*
 * Writes a tar archive (POSIX.1-2001: ustar headers, pax records for what does not fit in them) to
 * a file descriptor: headers, content in pieces, the end. Times are written as they are given.
 */
struct tar_writer {
    int fd;            /* borrowed */
    uint64_t expected; /* bytes of content that are still to come */
    uint64_t size;     /* of the current entry's content, for padding */
};

/* A header. For ENTRY_FILE, entry->size bytes must follow by tar_write_content(). */
int tar_write_entry(struct tar_writer *writer, const struct entry *entry, struct err *err);
/* The next bytes; never more than are expected. */
int tar_write_content(struct tar_writer *writer, str piece, struct err *err);
/* Zero bytes for what did not come (a file that shrank while it was read). */
int tar_write_missing(struct tar_writer *writer, struct err *err);
int tar_write_end(struct tar_writer *writer, struct err *err);

#endif
