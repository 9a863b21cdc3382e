// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_TAR_H
#define HARDEN_IO_TAR_H

#include "io/stream.h"
#include "model/entry.h"

/*
 * A tar reader over a stream: ustar (POSIX.1-1988), pax (POSIX.1-2001: local and global headers,
 * GNU sparse 0.0, 0.1 and 1.0, SCHILY.xattr), GNU (long names and links, sparse, base-256).
 * It visits headers; content that is not asked for is skipped by the source (seek where it can).
 *
 * Readers differ in what they make of archives that contradict themselves. Docker, containerd and
 * podman unpack layers by Go's archive/tar, so what that accepts is read here as it does: an image
 * must not be able to show us other files than it shows the engine. That is why global pax headers
 * change nothing, why of two extended headers before an entry only the last counts, an empty value
 * counts for nothing and GNU's long names go before pax's.
 */
struct tar;

struct tar *tar_open(struct stream *source); /* borrowed */
void tar_close(struct tar *tar);
#define TAR_SCOPED __attribute__((cleanup(tar_close_scoped))) struct tar *
void tar_close_scoped(struct tar **tar);

/*
 * 1: *ret_entry is the next entry, its strings valid until the next call; 0: the end; -1: err,
 * and nothing more can be read (a header with a bad checksum, truncation, a limit). Paths come
 * out clean (see struct entry); `odd_path` marks those that had to be changed. An archive that
 * ends after a whole entry without the two zero blocks is accepted, as GNU tar does.
 */
int tar_next(struct tar *tar, struct entry *ret_entry, struct err *err);
/* Content of the current entry, holes expanded, `size` bytes; borrowed, valid until tar_next. */
struct stream *tar_content(struct tar *tar);
/* Offset in the source at which the current entry's content starts; for plain (not sparse)
 * entries of a seekable archive, to come back to it. False if it is sparse. */
bool tar_content_offset(const struct tar *tar, uint64_t *ret_offset);

/* Whether 512 bytes look like a tar header (checksum holds): for detection by content. */
bool tar_looks_like(str first_block);

#endif
