// SPDX-License-Identifier: Apache-2.0
#include "io/tar_header.h"

#include "base/limits.h"

/* Where GNU's old format keeps its map: pairs of an offset and a length, of 12 bytes each. */
enum {
    PAIR = 24,
    IN_HEADER_AT = 386,
    IN_HEADER = 4,
    IN_BLOCK = 21,
    HEADER_MORE_AT = 482,
    BLOCK_MORE_AT = 504,
    REAL_SIZE_AT = 483,
};

int tar_add_part(struct arena *arena, struct tar_map *map, uint64_t offset, uint64_t length,
                 struct err *err)
{
    if (map->count >= LIMIT_SPARSE_PARTS)
        return err_set(err, ERR_LIMIT, "sparse file with more than %d parts", LIMIT_SPARSE_PARTS);
    *vec_push(arena, map) = (struct tar_part){offset, length};
    return 0;
}

static int parse_pairs(struct arena *arena, const unsigned char *at, size_t count,
                       struct tar_map *map, struct err *err)
{
    for (const unsigned char *end = at + count * PAIR; at < end && *at; at += PAIR) {
        uint64_t offset = 0, length = 0;
        if (tar_parse_number(at, 0, 12, "sparse map", &offset, err) < 0 ||
            tar_parse_number(at, 12, 12, "sparse map", &length, err) < 0 ||
            tar_add_part(arena, map, offset, length, err) < 0)
            return -1;
    }
    return 0;
}

static int must_read_block(struct stream *source, unsigned char block[TAR_BLOCK], struct err *err)
{
    int got = tar_read_block(source, block, err);
    return got == 0 ? err_set(err, ERR_FORMAT, "tar: ends early, before a header's end") : got;
}

int tar_read_old_map(struct arena *arena, struct stream *source,
                     const unsigned char header[TAR_BLOCK], struct tar_map *map,
                     uint64_t *ret_real_size, struct err *err)
{
    unsigned char block[TAR_BLOCK];
    if (tar_parse_number(header, REAL_SIZE_AT, 12, "size", ret_real_size, err) < 0 ||
        parse_pairs(arena, header + IN_HEADER_AT, IN_HEADER, map, err) < 0)
        return -1;
    for (bool more = header[HEADER_MORE_AT]; more; more = block[BLOCK_MORE_AT])
        if (must_read_block(source, block, err) < 0 ||
            parse_pairs(arena, block, IN_BLOCK, map, err) < 0)
            return -1;
    return 0;
}

/* Numbers of format 1.0: decimal lines in blocks of their own before the data. */
struct number_reader {
    struct stream *source;
    uint64_t *stored;
    unsigned char block[TAR_BLOCK];
    size_t at;
};

static int next_number(struct number_reader *reader, uint64_t *ret, struct err *err)
{
    char digits[24];
    size_t len = 0;
    for (;;) {
        if (reader->at == TAR_BLOCK) {
            if (*reader->stored < TAR_BLOCK)
                return err_set(err, ERR_FORMAT, "tar: sparse map longer than its file");
            if (must_read_block(reader->source, reader->block, err) < 0)
                return -1;
            *reader->stored -= TAR_BLOCK;
            reader->at = 0;
        }
        char c = (char)reader->block[reader->at++];
        if (c == '\n')
            break;
        if (len == sizeof(digits))
            return err_set(err, ERR_FORMAT, "tar: bad sparse map");
        digits[len++] = c;
    }
    if (!str_to_u64(str_make(digits, len), INT64_MAX, ret))
        return err_set(err, ERR_FORMAT, "tar: bad sparse map");
    return 0;
}

int tar_read_new_map(struct arena *arena, struct stream *source, uint64_t *stored,
                     struct tar_map *map, struct err *err)
{
    struct number_reader reader = {.source = source, .stored = stored, .at = TAR_BLOCK};
    uint64_t count, offset, length;
    if (next_number(&reader, &count, err) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++)
        if (next_number(&reader, &offset, err) < 0 || next_number(&reader, &length, err) < 0 ||
            tar_add_part(arena, map, offset, length, err) < 0)
            return -1;
    return 0;
}

int tar_check_map(const struct tar_map *map, uint64_t real_size, uint64_t stored_size,
                  struct err *err)
{
    uint64_t end = 0, sum = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct tar_part *part = &map->items[i];
        if (part->offset < end || part->length > real_size ||
            part->offset > real_size - part->length)
            return err_set(err, ERR_FORMAT, "sparse file: parts overlap or pass its end");
        end = part->offset + part->length;
        sum += part->length;
    }
    if (sum != stored_size)
        return err_set(err, ERR_FORMAT, "sparse file: parts and stored size differ");
    return 0;
}
