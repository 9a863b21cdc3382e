// SPDX-License-Identifier: Apache-2.0
#include "read/image/layer_entries.h"

#include <string.h>

/* Beside the type, what else there is of an entry. */
enum { TYPE_BITS = 3, HAS_LINK = 1 << 3, HAS_CAPABILITY = 1 << 4, HAS_DEVICE = 1 << 5 };

static size_t shared(const struct entries_writer *writer, str path)
{
    size_t len = 0;
    while (len < path.len && len < writer->last_len && path.ptr[len] == writer->last[len])
        len++;
    return len;
}

bool entries_put(struct entries_writer *writer, const struct entry *entry)
{
    struct buf *to = &writer->bytes;
    if (entry->path.len > sizeof(writer->last))
        return false;
    if (to->max == 0)
        *to = buf_make(LIMIT_LAYER_LIST);
    size_t same = shared(writer, entry->path);
    bool device = entry->device_major || entry->device_minor;
    packed_put_number(to, entry->type | (entry->link.len ? HAS_LINK : 0u) |
                              (entry->capability.len ? HAS_CAPABILITY : 0u) |
                              (device ? HAS_DEVICE : 0u));
    packed_put_number(to, same);
    packed_put_text(to, str_from_index(entry->path, same));
    packed_put_number(to, entry->mode);
    packed_put_number(to, entry->uid);
    packed_put_number(to, entry->gid);
    packed_put_number(to, entry->size);
    packed_put_signed(to, (int64_t)((uint64_t)entry->mtime - (uint64_t)writer->mtime));
    if (entry->link.len)
        packed_put_text(to, entry->link);
    if (entry->capability.len)
        packed_put_text(to, entry->capability);
    if (device) {
        packed_put_number(to, entry->device_major);
        packed_put_number(to, entry->device_minor);
    }
    if (entry->path.len > same)
        memcpy(writer->last + same, entry->path.ptr + same, entry->path.len - same);
    writer->last_len = entry->path.len;
    writer->mtime = entry->mtime;
    return !to->overflow;
}

static bool read_path(struct entries_reader *reader)
{
    uint64_t same = packed_number(&reader->from);
    str rest = packed_text(&reader->from);
    if (reader->from.bad || same > reader->path_len || rest.len > sizeof(reader->path) - same)
        return false;
    if (rest.len)
        memcpy(reader->path + same, rest.ptr, rest.len);
    reader->path_len = (size_t)same + rest.len;
    return true;
}

bool entries_next(struct entries_reader *reader, struct entry *ret)
{
    struct packed *from = &reader->from;
    if (from->bad || from->rest.len == 0)
        return false;
    uint64_t bits = packed_number(from);
    if (!read_path(reader)) {
        from->bad = true;
        return false;
    }
    *ret = (struct entry){
        .path = str_make(reader->path, reader->path_len),
        .type = (enum entry_type)(bits & ((1u << TYPE_BITS) - 1)),
        .mode = (uint32_t)packed_number(from) & 07777,
    };
    ret->uid = packed_number(from);
    ret->gid = packed_number(from);
    ret->size = packed_number(from);
    reader->mtime = (int64_t)((uint64_t)reader->mtime + (uint64_t)packed_signed(from));
    ret->mtime = reader->mtime;
    if (bits & HAS_LINK)
        ret->link = packed_text(from);
    if (bits & HAS_CAPABILITY)
        ret->capability = packed_text(from);
    if (bits & HAS_DEVICE) {
        ret->device_major = (uint32_t)packed_number(from);
        ret->device_minor = (uint32_t)packed_number(from);
    }
    return !from->bad;
}
