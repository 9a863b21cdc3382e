// SPDX-License-Identifier: Apache-2.0
#include "io/tar_header.h"

#include <string.h>

/* Where fields stand in a header block: POSIX.1-1988, and GNU's for its own. */
struct field {
    size_t offset, length;
};
static const struct field name_field = {0, 100}, mode_field = {100, 8}, uid_field = {108, 8},
                          gid_field = {116, 8}, size_field = {124, 12}, mtime_field = {136, 12},
                          checksum_field = {148, 8}, link_field = {157, 100},
                          magic_field = {257, 8}, major_field = {329, 8}, minor_field = {337, 8},
                          prefix_field = {345, 155}, star_prefix_field = {345, 131},
                          star_trailer_field = {508, 4}, gnu_atime_field = {345, 12},
                          gnu_ctime_field = {357, 12};
enum { TYPE_AT = 156 };

static str text_of(const unsigned char *block, struct field field)
{
    const char *from = (const char *)block + field.offset;
    return str_make(from, strnlen(from, field.length));
}

int tar_read_block(struct stream *source, unsigned char block[TAR_BLOCK], struct err *err)
{
    size_t len;
    if (stream_read(source, block, TAR_BLOCK, &len, err) < 0)
        return -1;
    if (len == 0)
        return 0;
    if (len < TAR_BLOCK)
        return err_set(err, ERR_FORMAT, "tar: ends early, within a header");
    return 1;
}

bool tar_is_zero(const unsigned char block[TAR_BLOCK])
{
    return block[0] == 0 && memcmp(block, block + 1, TAR_BLOCK - 1) == 0;
}

/* Octal, padded with spaces and NULs on either side, as all writers ever did it. */
static int parse_octal(str digits, uint64_t *ret)
{
    *ret = 0;
    while (digits.len && (digits.ptr[0] == ' ' || digits.ptr[0] == 0))
        digits = str_from_index(digits, 1);
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (c == ' ' || c == 0)
            return 0;
        if (c < '0' || c > '7' || *ret >> 60)
            return -1;
        *ret = *ret << 3 | (uint64_t)(c - '0');
    }
    return 0;
}

/* GNU's base-256: a set high bit, then a big-endian two's complement number. */
static int parse_base256(const unsigned char *from, size_t length, int64_t *ret)
{
    unsigned char flip =
        from[0] & 0x40 ? 0xff : 0; /* a negative number is read as its complement */
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = from[i] ^ flip;
        if (i == 0)
            byte &= 0x7f;
        if (value >> 56)
            return -1;
        value = value << 8 | byte;
    }
    if (value > INT64_MAX)
        return -1;
    *ret = flip ? -(int64_t)value - 1 : (int64_t)value;
    return 0;
}

static int parse_number(const unsigned char *block, struct field field, const char *what,
                        int64_t *ret, struct err *err)
{
    const unsigned char *from = block + field.offset;
    uint64_t value = 0;
    if (from[0] & 0x80) {
        if (parse_base256(from, field.length, ret) == 0)
            return 0;
    } else if (parse_octal(str_make(from, field.length), &value) == 0 && value <= INT64_MAX) {
        *ret = (int64_t)value;
        return 0;
    }
    return err_set(err, ERR_FORMAT, "tar header: bad %s", what);
}

int tar_parse_number(const unsigned char *block, size_t offset, size_t length, const char *what,
                     uint64_t *ret, struct err *err)
{
    int64_t value = 0;
    if (parse_number(block, (struct field){offset, length}, what, &value, err) < 0)
        return -1;
    if (value < 0)
        return err_set(err, ERR_FORMAT, "tar header: negative %s", what);
    *ret = (uint64_t)value;
    return 0;
}

/* Owners, modes and devices may be negative in base 256: the kernel keeps their low 32 bits. */
static int parse_word(const unsigned char *block, struct field field, const char *what,
                      uint64_t *ret, struct err *err)
{
    int64_t value = 0;
    if (parse_number(block, field, what, &value, err) < 0)
        return -1;
    *ret = value < 0 ? (uint32_t)value : (uint64_t)value;
    return 0;
}

/* The sum of the bytes of a block, eight at a time: pairs of bytes are added up in the four 16-bit
 * lanes of a word, which 64 words of two bytes each cannot fill. Walking an archive by its headers
 * spends more time on this sum than on anything else. */
static uint64_t sum_of(const unsigned char block[TAR_BLOCK])
{
    const uint64_t lanes = 0x00ff00ff00ff00ffu;
    uint64_t sums = 0, word;
    for (size_t i = 0; i < TAR_BLOCK; i += sizeof(word)) {
        memcpy(&word, block + i, sizeof(word));
        sums += (word & lanes) + (word >> 8 & lanes);
    }
    return (sums & 0xffff) + (sums >> 16 & 0xffff) + (sums >> 32 & 0xffff) + (sums >> 48);
}

bool tar_checksum_holds(const unsigned char block[TAR_BLOCK])
{
    const unsigned char *own = block + checksum_field.offset;
    uint64_t stored = 0, sum = sum_of(block), high = 0;
    if (parse_octal(str_make(own, checksum_field.length), &stored) < 0)
        return false;
    for (size_t i = 0; i < checksum_field.length; i++)
        sum += (uint64_t)' ' - own[i]; /* the field itself counts as spaces */
    if (stored == sum)
        return true;
    /* The sum of signed bytes is smaller by 256 for each byte that has its high bit set. */
    for (size_t i = 0; i < TAR_BLOCK; i++)
        high += block[i] >> 7;
    for (size_t i = 0; i < checksum_field.length; i++)
        high -= own[i] >> 7;
    return sum >= 256 * high && stored == sum - 256 * high;
}

/* A number, and nothing but padding around it. */
static bool is_number(const unsigned char *block, struct field field)
{
    str digits = text_of(block, field);
    int64_t value = 0;
    if (digits.len && digits.ptr[0] & 0x80)
        return parse_base256(block + field.offset, field.length, &value) == 0;
    while (str_skip(&digits, STR(" ")))
        ;
    while (digits.len && digits.ptr[digits.len - 1] == ' ')
        digits.len--;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '7')
            return false;
    return true;
}

static bool is_ascii(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] & 0x80)
            return false;
    return true;
}

/*
 * GNU's format has times where ustar has the prefix. Go before 1.8, and with it the Docker of that
 * time, wrote prefixes into such headers nevertheless: what is no time is read as one.
 */
static str prefix_of(const unsigned char *block, const struct tar_header *header)
{
    str prefix = text_of(block, prefix_field);
    if (header->is_gnu) {
        bool times = is_number(block, gnu_atime_field) && is_number(block, gnu_ctime_field);
        return times || !is_ascii(prefix) ? STR("") : prefix;
    }
    if (!header->is_ustar)
        return STR("");
    bool star = memcmp(block + star_trailer_field.offset, "tar", 4) == 0;
    return star ? text_of(block, star_prefix_field) : prefix;
}

static str whole_name(struct arena *arena, const unsigned char *block,
                      const struct tar_header *header)
{
    str name = text_of(block, name_field), prefix = prefix_of(block, header);
    return prefix.len ? arena_join(arena, prefix, STR("/"), name) : name;
}

int tar_parse_header(struct arena *arena, const unsigned char block[TAR_BLOCK],
                     struct tar_header *ret, struct err *err)
{
    const unsigned char *magic = block + magic_field.offset;
    int64_t size = 0;
    *ret = (struct tar_header){.type = (char)block[TYPE_AT]};
    ret->is_gnu = memcmp(magic, "ustar  ", 8) == 0;
    ret->is_ustar = memcmp(magic, "ustar", 6) == 0;
    ret->name = whole_name(arena, block, ret);
    ret->link = text_of(block, link_field);
    if (parse_word(block, mode_field, "mode", &ret->mode, err) < 0 ||
        parse_word(block, uid_field, "uid", &ret->uid, err) < 0 ||
        parse_word(block, gid_field, "gid", &ret->gid, err) < 0 ||
        parse_number(block, size_field, "size", &size, err) < 0 ||
        parse_number(block, mtime_field, "time", &ret->mtime, err) < 0)
        return -1;
    ret->size = size < 0 ? TAR_NO_SIZE : (uint64_t)size;
    if ((!ret->is_ustar && !ret->is_gnu) || (ret->type != '3' && ret->type != '4'))
        return 0;
    if (parse_word(block, major_field, "device", &ret->device_major, err) < 0)
        return -1;
    return parse_word(block, minor_field, "device", &ret->device_minor, err);
}
