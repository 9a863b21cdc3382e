// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_ZIP_H
#define HARDEN_IO_ZIP_H

#include "io/stream.h"

/*
 * Zip archives in memory (APPNOTE.TXT 6.3): jar, war, whl, docx and all others. Members are those
 * that the directory at the end lists, as every reader of the format takes them; bytes in front of
 * the archive (self-extracting ones) are passed over. Stored and deflated members can be opened.
 */
struct zip {
    str bytes, directory; /* what is left of it */
    size_t moved;         /* how many bytes stand in front of the archive */
};

struct zip_member {
    str name; /* as stored; ends in '/' for a folder */
    bool encrypted;
    unsigned method; /* 0 stored, 8 deflated */
    uint64_t packed, size;
    uint64_t local; /* offset of its own header */
};

/* Whether the archive begins with a member, or is empty. */
bool zip_looks_like(str head);
int zip_open(str bytes, struct zip *ret, struct err *err);
/* 1: the next member; 0: the end; -1: the directory is damaged. */
int zip_next(struct zip *zip, struct zip_member *ret, struct err *err);
/* The member's content, in two streams: close *ret, then *ret_source. */
int zip_content(const struct zip *zip, const struct zip_member *member, struct stream **ret_source,
                struct stream **ret, struct err *err);

#endif
