// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_ENTRY_H
#define HARDEN_MODEL_ENTRY_H

#include "base/str.h"

/* One name in a layer or a root file system, as a tar header or lstat() gives it. */
enum entry_type {
    ENTRY_FILE,
    ENTRY_DIRECTORY,
    ENTRY_SYMLINK,
    ENTRY_HARDLINK, /* another name of `link`; mode, owner and size are those of the header */
    ENTRY_CHARACTER,
    ENTRY_BLOCK,
    ENTRY_FIFO,
    ENTRY_SOCKET,
};

struct entry {
    /* Relative to the root, without leading '/', "." or ".."; "" is the root itself. Any byte but
     * NUL may occur; not necessarily UTF-8. */
    str path;
    enum entry_type type;
    uint32_t mode; /* the low 12 bits: permissions, setuid, setgid, sticky */
    uint64_t uid, gid;
    uint64_t size; /* bytes of content, holes included */
    int64_t mtime; /* seconds since 1970 */
    str link;      /* symlink: the target as stored; hard link: a path like `path` */
    uint32_t device_major, device_minor;
    str capability; /* the raw value of security.capability, where the source has it */
    bool odd_path; /* the stored name (or hard link) had ".." or an embedded NUL; `path` is clean */
};

#endif
