// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_TAR_HEADER_H
#define HARDEN_IO_TAR_HEADER_H

#include "base/vec.h"
#include "io/stream.h"

/* Blocks and extended headers of tar, as text in and values out; inside io/tar*.c only. */

#define TAR_NO_SIZE UINT64_MAX
enum { TAR_BLOCK = 512 };

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
    uint64_t mode, uid, gid;
    uint64_t size; /* TAR_NO_SIZE: negative, which only matters where there is content */
    int64_t mtime;
    uint64_t device_major, device_minor;
    bool is_gnu, is_ustar;
};

/* 1: a block; 0: the source ends here, between blocks. */
int tar_read_block(struct stream *source, unsigned char block[TAR_BLOCK], struct err *err);
bool tar_is_zero(const unsigned char block[TAR_BLOCK]);
/* Both sums that were ever in use: of unsigned and of signed bytes. */
bool tar_checksum_holds(const unsigned char block[TAR_BLOCK]);
int tar_parse_header(struct arena *arena, const unsigned char block[TAR_BLOCK],
                     struct tar_header *ret, struct err *err);

/* A number of a header or of a map: octal, or base 256, not negative. */
int tar_parse_number(const unsigned char *block, size_t offset, size_t length, const char *what,
                     uint64_t *ret, struct err *err);

/* What a pax extended header says (POSIX.1-2001), as it is written: numbers are only looked at
 * when they come to count. A value that is absent and one that is empty are the same. */
struct tar_pax {
    str path, link, size, uid, gid, mtime, capability;
    str sparse_major, sparse_minor, sparse_name, sparse_size, sparse_realsize, sparse_map;
    struct tar_numbers VEC_BODY(str) sparse_numbers; /* 0.0: offset, length, offset ... */
};
int tar_parse_pax(struct arena *arena, str records, struct tar_pax *ret, struct err *err);
/* Puts names, owner, time and size in the place of the header's own. */
int tar_apply_pax(const struct tar_pax *pax, struct tar_header *header, struct err *err);

enum tar_sparse {
    TAR_NOT_SPARSE,
    TAR_MAP_IN_HEADER, /* GNU's formats 0.0 and 0.1 */
    TAR_MAP_IN_DATA,   /* 1.0 */
};
enum tar_sparse tar_pax_sparse(const struct tar_pax *pax);
/* The size with holes; `stored` where none is said. */
int tar_pax_real_size(const struct tar_pax *pax, uint64_t stored, uint64_t *ret, struct err *err);
int tar_pax_map(struct arena *arena, const struct tar_pax *pax, struct tar_map *map,
                struct err *err);

/* Maps of sparse files, in the arena. In the old GNU format (type 'S') the map begins in the
 * header block and goes on in blocks behind it; in format 1.0 it stands before the data. */
int tar_read_old_map(struct arena *arena, struct stream *source,
                     const unsigned char header[TAR_BLOCK], struct tar_map *map,
                     uint64_t *ret_real_size, struct err *err);
int tar_read_new_map(struct arena *arena, struct stream *source, uint64_t *stored,
                     struct tar_map *map, struct err *err);
int tar_add_part(struct arena *arena, struct tar_map *map, uint64_t offset, uint64_t length,
                 struct err *err);
/* In order, not overlapping, within real_size, and its lengths sum up to stored_size. */
int tar_check_map(const struct tar_map *map, uint64_t real_size, uint64_t stored_size,
                  struct err *err);

#endif
