// SPDX-License-Identifier: Apache-2.0
#include "io/tar_write.h"

#include "base/fd.h"
#include "io/tar_header.h"

#include <stdio.h>
#include <string.h>

/* Fields of a ustar header: offset and length. */
enum {
    NAME = 0,
    NAME_LEN = 100,
    MODE = 100,
    UID = 108,
    GID = 116,
    SHORT_LEN = 8,
    SIZE = 124,
    MTIME = 136,
    LONG_LEN = 12,
    CHECKSUM = 148,
    TYPE = 156,
    LINK = 157,
    LINK_LEN = 100,
    MAGIC = 257,
    MAJOR = 329,
    MINOR = 337,
};
#define OCTAL_MAX(digits) ((1ull << (3 * (digits))) - 1)

static void put_octal(unsigned char *block, size_t at, size_t len, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%0*llo", (int)len - 1, (unsigned long long)value);
    memcpy(block + at, text, len - 1);
}

static void put_text(unsigned char *block, size_t at, size_t len, str text)
{
    memcpy(block + at, text.ptr, text.len < len ? text.len : len);
}

static int write_block(struct tar_writer *writer, unsigned char block[TAR_BLOCK], struct err *err)
{
    unsigned sum = 0;
    memset(block + CHECKSUM, ' ', SHORT_LEN);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += block[i];
    snprintf((char *)block + CHECKSUM, SHORT_LEN, "%06o", sum);
    return fd_write_all(writer->fd, block, TAR_BLOCK, err);
}

static int pad(struct tar_writer *writer, uint64_t size, struct err *err)
{
    static const char zeros[TAR_BLOCK];
    size_t rest = size % TAR_BLOCK;
    return rest ? fd_write_all(writer->fd, zeros, TAR_BLOCK - rest, err) : 0;
}

/* "LEN key=value\n", where LEN counts itself. */
static void add_record(struct arena *arena, str *records, const char *key, str value)
{
    size_t body = strlen(key) + value.len + 3, len = body + 1;
    while (len != body + (size_t)snprintf(NULL, 0, "%zu", len))
        len = body + (size_t)snprintf(NULL, 0, "%zu", len);
    str record = arena_printf(arena, "%zu %s=", len, key);
    record = arena_join(arena, record, value, STR("\n"));
    *records = arena_join(arena, *records, (str){0}, record);
}

static int write_pax(struct tar_writer *writer, str records, struct err *err)
{
    unsigned char block[TAR_BLOCK] = {0};
    put_text(block, NAME, NAME_LEN, STR("pax-header"));
    put_octal(block, MODE, SHORT_LEN, 0644);
    put_octal(block, SIZE, LONG_LEN, records.len);
    block[TYPE] = 'x';
    put_text(block, MAGIC, SHORT_LEN, str_make("ustar\00000", SHORT_LEN));
    if (write_block(writer, block, err) < 0 ||
        fd_write_all(writer->fd, records.ptr, records.len, err) < 0)
        return -1;
    return pad(writer, records.len, err);
}

static char type_of(enum entry_type type)
{
    switch (type) {
    case ENTRY_DIRECTORY: return '5';
    case ENTRY_SYMLINK: return '2';
    case ENTRY_HARDLINK: return '1';
    case ENTRY_CHARACTER: return '3';
    case ENTRY_BLOCK: return '4';
    case ENTRY_FIFO: return '6';
    case ENTRY_FILE:
    case ENTRY_SOCKET: break;
    }
    return '0';
}

int tar_write_entry(struct tar_writer *writer, const struct entry *entry, struct err *err)
{
    ARENA_SCOPED arena = {0};
    unsigned char block[TAR_BLOCK] = {0};
    str records = {0};
    str name = entry->path;
    if (entry->type == ENTRY_DIRECTORY)
        name = arena_join(&arena, name, (str){0}, STR("/"));
    uint64_t size = entry->type == ENTRY_FILE ? entry->size : 0;
    if (name.len > NAME_LEN)
        add_record(&arena, &records, "path", name);
    if (entry->link.len > LINK_LEN)
        add_record(&arena, &records, "linkpath", entry->link);
    if (size > OCTAL_MAX(LONG_LEN - 1))
        add_record(&arena, &records, "size",
                   arena_printf(&arena, "%llu", (unsigned long long)size));
    if (entry->uid > OCTAL_MAX(SHORT_LEN - 1))
        add_record(&arena, &records, "uid",
                   arena_printf(&arena, "%llu", (unsigned long long)entry->uid));
    if (entry->gid > OCTAL_MAX(SHORT_LEN - 1))
        add_record(&arena, &records, "gid",
                   arena_printf(&arena, "%llu", (unsigned long long)entry->gid));
    if (records.len && write_pax(writer, records, err) < 0)
        return -1;
    put_text(block, NAME, NAME_LEN, name);
    put_octal(block, MODE, SHORT_LEN, entry->mode & 07777);
    put_octal(block, UID, SHORT_LEN, entry->uid > OCTAL_MAX(SHORT_LEN - 1) ? 0 : entry->uid);
    put_octal(block, GID, SHORT_LEN, entry->gid > OCTAL_MAX(SHORT_LEN - 1) ? 0 : entry->gid);
    put_octal(block, SIZE, LONG_LEN, size > OCTAL_MAX(LONG_LEN - 1) ? 0 : size);
    put_octal(block, MTIME, LONG_LEN, entry->mtime < 0 ? 0 : (uint64_t)entry->mtime);
    block[TYPE] = (unsigned char)type_of(entry->type);
    put_text(block, LINK, LINK_LEN, entry->link);
    put_text(block, MAGIC, SHORT_LEN, str_make("ustar\00000", SHORT_LEN));
    put_octal(block, MAJOR, SHORT_LEN, entry->device_major);
    put_octal(block, MINOR, SHORT_LEN, entry->device_minor);
    writer->expected = writer->size = size;
    return write_block(writer, block, err);
}

int tar_write_content(struct tar_writer *writer, str piece, struct err *err)
{
    if (piece.len > writer->expected)
        piece.len = (size_t)writer->expected;
    if (fd_write_all(writer->fd, piece.ptr, piece.len, err) < 0)
        return -1;
    writer->expected -= piece.len;
    return writer->expected || piece.len == 0 ? 0 : pad(writer, writer->size, err);
}

int tar_write_missing(struct tar_writer *writer, struct err *err)
{
    static const char zeros[TAR_BLOCK];
    while (writer->expected)
        if (tar_write_content(writer, str_make(zeros, sizeof(zeros)), err) < 0)
            return -1;
    return 0;
}

int tar_write_end(struct tar_writer *writer, struct err *err)
{
    static const char zeros[2 * TAR_BLOCK];
    return fd_write_all(writer->fd, zeros, sizeof(zeros), err);
}
