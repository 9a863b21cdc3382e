// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_TAR_HEADER_H
#define HARDEN_IO_TAR_HEADER_H

#include "base/vec.h"
#include "io/stream.h"

/* Blocks and extended headers of tar, as text in and values out; inside io/tar*.c only. */

#define TAR_NO_SIZE UINT64_MAX
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
    uint64_t mode, uid, gid;
    uint64_t size; /* TAR_NO_SIZE: negative, which only matters where there is content */
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
int tar_add_part(struct arena *arena, struct tar_map *map, uint64_t offset, uint64_t length,
                 struct err *err);
int tar_parse_old_sparse(struct arena *arena, const unsigned char block[TAR_BLOCK],
                         bool is_extension, struct tar_map *map, bool *ret_more, struct err *err);
uint64_t tar_old_sparse_real_size(const unsigned char block[TAR_BLOCK], struct err *err);

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

/* In order, not overlapping, within real_size, and its lengths sum up to stored_size. */
int tar_check_map(const struct tar_map *map, uint64_t real_size, uint64_t stored_size,
                  struct err *err);

#endif
