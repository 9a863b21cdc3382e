// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_TAR_HEADER_H
#define HARDEN_IO_TAR_HEADER_H

#include "base/vec.h"
#include "io/stream.h"

/* Blocks and extended headers of tar, as text in and values out; inside io/tar*.c only. */

enum { TAR_BLOCK = 512, TAR_SPARSE_IN_HEADER = 4, TAR_SPARSE_IN_BLOCK = 21 };

/* A run of data of a sparse file; what lies between runs is a hole. */
struct tar_part {
    uint64_t offset, length;
};
struct tar_map VEC_BODY(struct tar_part);

/* One header block (POSIX.1-1988 ustar, with GNU's and star's deviations). Strings point into the
 * block or the arena. */
struct tar_header {
    char type;
    str name, link;
    uint64_t mode, uid, gid, size;
    int64_t mtime;
    uint64_t device_major, device_minor;
    bool is_gnu, is_ustar;
};

bool tar_is_zero(const unsigned char block[TAR_BLOCK]);
/* Both sums that were ever in use: of unsigned and of signed bytes. */
bool tar_checksum_holds(const unsigned char block[TAR_BLOCK]);
int tar_parse_header(struct arena *arena, const unsigned char block[TAR_BLOCK],
                     struct tar_header *ret, struct err *err);

/* Numbers of GNU's old sparse format: header block (is_extension false) or extension block.
 * *ret_more: another extension block follows. */
int tar_parse_old_sparse(struct arena *arena, const unsigned char block[TAR_BLOCK],
                         bool is_extension, struct tar_map *map, bool *ret_more, struct err *err);
uint64_t tar_old_sparse_real_size(const unsigned char block[TAR_BLOCK], struct err *err);

/* What a pax extended header says (POSIX.1-2001); `has` tells which fields are set. */
enum {
    PAX_PATH = 1 << 0,
    PAX_LINK = 1 << 1,
    PAX_SIZE = 1 << 2,
    PAX_UID = 1 << 3,
    PAX_GID = 1 << 4,
    PAX_MTIME = 1 << 5,
    PAX_REAL_SIZE = 1 << 6, /* GNU.sparse.size or .realsize */
    PAX_MAP = 1 << 7,       /* GNU sparse 0.0 or 0.1: the map is in the header */
};
struct tar_pax {
    unsigned has;
    str path, link, sparse_name, capability;
    uint64_t size, uid, gid, real_size;
    int64_t mtime;
    uint64_t sparse_major, sparse_minor;
    struct tar_map map;
};
int tar_parse_pax(struct arena *arena, str records, struct tar_pax *pax, struct err *err);

/* In order, not overlapping, within real_size, and its lengths sum up to stored_size. */
int tar_check_map(const struct tar_map *map, uint64_t real_size, uint64_t stored_size,
                  struct err *err);

#endif
