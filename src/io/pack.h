// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_PACK_H
#define HARDEN_IO_PACK_H

#include "base/err.h"

/* Writing packed data: one zstd frame with a checksum, to a file descriptor (borrowed). Reading
 * is io/codec.h's. */
struct pack;

struct pack *pack_open(int fd, int level);
int pack_write(struct pack *pack, const void *bytes, size_t len, struct err *err);
/* Writes what is left; frees it, also on failure. */
int pack_finish(struct pack *pack, struct err *err);
void pack_abandon(struct pack *pack);

/* One block in memory, for one's own use: packed to a block that free() frees, and back, to as many
 * bytes as there were. */
char *pack_block(const void *bytes, size_t len, size_t *ret_len);
void pack_unblock(const void *packed, size_t packed_len, void *to, size_t len);

#endif
