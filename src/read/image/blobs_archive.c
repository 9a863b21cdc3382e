// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "io/tar.h"
#include "read/image/blobs.h"
#include "read/image/link.h"

#include <string.h>

struct part {
    str link; /* where it is a link to another name: that name, clean */
    bool is_link, is_file, is_sparse;
    uint64_t offset, length;
};

struct archive {
    struct blobs blobs;
    int fd;
    struct stat file;
    struct map by_name; /* -> struct part */
};

static const struct part *find(const struct archive *archive, str name)
{
    for (int depth = 0; depth < LIMIT_LINK_DEPTH; depth++) {
        uintptr_t *at = map_get(&archive->by_name, name);
        const struct part *part = at ? (const struct part *)*at : NULL;
        if (!part || !part->is_link)
            return part && part->is_file ? part : NULL;
        name = part->link;
    }
    return NULL;
}

static int open_part(struct blobs *blobs, str name, struct blob *ret, struct err *err)
{
    struct archive *archive = (struct archive *)blobs;
    const struct part *part = find(archive, name);
    if (!part)
        return err_set(err, ERR_NOT_FOUND, "%.*s is not in the archive", STR_ARG(name));
    if (part->is_sparse) /* no builder writes them, and its bytes are not in one place */
        return err_set(err, ERR_UNSUPPORTED,
                       "%.*s is stored as a sparse file, which is only read from a stream: '-'",
                       STR_ARG(name));
    if (part->offset + part->length > (uint64_t)archive->file.st_size)
        return err_set(err, ERR_FORMAT, "%.*s: the archive ends early", STR_ARG(name));
    *ret = (struct blob){
        .fd = archive->fd, .offset = part->offset, .length = part->length, .file = archive->file};
    return 0;
}

static bool has_part(struct blobs *blobs, str name)
{
    return find((struct archive *)blobs, name) != NULL;
}

static const struct blobs_ops archive_ops = {
    .open = open_part,
    .document = blobs_read_document,
    .has = has_part,
};

static void add_part(struct arena *arena, struct archive *archive, struct tar *tar,
                     const struct entry *entry)
{
    struct part *part = arena_new(arena, struct part);
    bool escapes = false;
    switch (entry->type) {
    case ENTRY_FILE:
        part->is_file = true;
        part->is_sparse = !tar_content_offset(tar, &part->offset);
        part->length = entry->size;
        break;
    case ENTRY_SYMLINK:
        part->link = link_resolve(arena, entry->path, entry->link, &escapes);
        part->is_link = !escapes && !str_starts(entry->link, STR("/"));
        break;
    case ENTRY_HARDLINK:
        part->link = arena_str(arena, entry->link);
        part->is_link = true;
        break;
    case ENTRY_DIRECTORY:
    case ENTRY_CHARACTER:
    case ENTRY_BLOCK:
    case ENTRY_FIFO:
    case ENTRY_SOCKET: break;
    }
    *map_put(arena, &archive->by_name, arena_str(arena, entry->path), NULL) = (uintptr_t)part;
}

struct blobs *blobs_of_archive(struct arena *arena, int fd, str *ret_damage, struct err *err)
{
    struct archive *archive = arena_new(arena, struct archive);
    archive->blobs.ops = &archive_ops;
    archive->fd = fd;
    *ret_damage = (str){0};
    if (fstat(fd, &archive->file) < 0) {
        err_sys(err, "cannot look at the archive");
        return NULL;
    }
    STREAM_SCOPED stream = stream_file(fd, 0, (uint64_t)archive->file.st_size);
    TAR_SCOPED tar = tar_open(stream);
    struct entry entry;
    struct err damage = {0};
    int more;
    while ((more = tar_next(tar, &entry, &damage)) > 0) {
        if (archive->by_name.count >= LIMIT_ARCHIVE_NAMES) {
            *ret_damage = arena_printf(arena, "more than %d names; the rest is not looked at",
                                       LIMIT_ARCHIVE_NAMES);
            break;
        }
        add_part(arena, archive, tar, &entry);
    }
    if (more < 0)
        *ret_damage = arena_str(arena, err_text(&damage));
    return &archive->blobs;
}
