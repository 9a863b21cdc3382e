// SPDX-License-Identifier: Apache-2.0
#include "io/zip.h"

#include "io/codec.h"

enum { END_SIZE = 22, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, COMMENT_MOST = 65535 };
enum { FLAG_ENCRYPTED = 1, METHOD_STORED = 0, METHOD_DEFLATED = 8, EXTRA_ZIP64 = 1 };

static uint64_t number(str bytes, size_t at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;)
        value = value << 8 | (unsigned char)bytes.ptr[at + i];
    return value;
}

static bool is_mark(str bytes, size_t at, const char *mark)
{
    return str_starts(str_from_index(bytes, at), str_make(mark, 4));
}

bool zip_looks_like(str head)
{
    return is_mark(head, 0, "PK\3\4") || is_mark(head, 0, "PK\5\6");
}

/* Past 4 GiB or 65,535 members the directory is described by a record of its own, which a pointer
 * right before the usual one leads to. Returns where the directory must end. */
static size_t find_zip64(str bytes, size_t end, uint64_t *size, uint64_t *offset)
{
    enum { POINTER_SIZE = 20, RECORD_SIZE = 56 };
    if (end < POINTER_SIZE || !is_mark(bytes, end - POINTER_SIZE, "PK\6\7"))
        return end;
    uint64_t record = number(bytes, end - POINTER_SIZE + 8, 8);
    if (record > end - POINTER_SIZE || end - POINTER_SIZE - record < RECORD_SIZE ||
        !is_mark(bytes, (size_t)record, "PK\6\6"))
        return end;
    *size = number(bytes, (size_t)record + 40, 8);
    *offset = number(bytes, (size_t)record + 48, 8);
    return (size_t)record;
}

int zip_open(str bytes, struct zip *ret, struct err *err)
{
    size_t end = STR_NONE;
    for (size_t back = END_SIZE; back <= bytes.len && back <= END_SIZE + COMMENT_MOST; back++)
        if (is_mark(bytes, bytes.len - back, "PK\5\6")) {
            end = bytes.len - back;
            break;
        }
    if (end == STR_NONE)
        return err_set(err, ERR_FORMAT, "zip: no directory at the end");
    uint64_t size = number(bytes, end + 12, 4), offset = number(bytes, end + 16, 4);
    if (size == UINT32_MAX || offset == UINT32_MAX || number(bytes, end + 10, 2) == UINT16_MAX)
        end = find_zip64(bytes, end, &size, &offset);
    if (size > end || offset > end - size)
        return err_set(err, ERR_FORMAT, "zip: the directory lies outside the file");
    if (size == 0 && is_mark(bytes, 0, "PK\3\4"))
        return err_set(err, ERR_FORMAT, "zip: there are members, but the directory is empty");
    *ret = (struct zip){.bytes = bytes, .moved = (size_t)(end - size - offset)};
    ret->directory = str_sub(bytes, (size_t)(end - size), (size_t)size);
    return 0;
}

/* Sizes past 4 GiB stand in an extra field, those that are needed, in this order. */
static void read_zip64(str extra, struct zip_member *member)
{
    uint64_t *const wanted[] = {&member->size, &member->packed, &member->local};
    while (extra.len >= 4) {
        size_t len = (size_t)number(extra, 2, 2);
        str field = str_sub(extra, 4, len);
        if (number(extra, 0, 2) == EXTRA_ZIP64)
            for (size_t i = 0; i < 3; i++)
                if (*wanted[i] == UINT32_MAX && field.len >= 8) {
                    *wanted[i] = number(field, 0, 8);
                    field = str_from_index(field, 8);
                }
        extra = str_from_index(extra, 4 + len);
    }
}

int zip_next(struct zip *zip, struct zip_member *ret, struct err *err)
{
    str at = zip->directory;
    if (at.len == 0)
        return 0;
    if (at.len < CENTRAL_SIZE || !is_mark(at, 0, "PK\1\2"))
        return err_set(err, ERR_FORMAT, "zip: the directory is damaged");
    size_t name = (size_t)number(at, 28, 2), extra = (size_t)number(at, 30, 2),
           comment = (size_t)number(at, 32, 2);
    if (name + extra + comment > at.len - CENTRAL_SIZE)
        return err_set(err, ERR_FORMAT, "zip: the directory is damaged");
    *ret = (struct zip_member){
        .name = str_sub(at, CENTRAL_SIZE, name),
        .encrypted = number(at, 8, 2) & FLAG_ENCRYPTED,
        .method = (unsigned)number(at, 10, 2),
        .packed = number(at, 20, 4),
        .size = number(at, 24, 4),
        .local = number(at, 42, 4),
    };
    read_zip64(str_sub(at, CENTRAL_SIZE + name, extra), ret);
    zip->directory = str_from_index(at, CENTRAL_SIZE + name + extra + comment);
    return 1;
}

int zip_content(const struct zip *zip, const struct zip_member *member, struct stream **ret_source,
                struct stream **ret, struct err *err)
{
    *ret = *ret_source = NULL;
    if (member->encrypted)
        return err_set(err, ERR_UNSUPPORTED, "zip: encrypted");
    if (member->method != METHOD_STORED && member->method != METHOD_DEFLATED)
        return err_set(err, ERR_UNSUPPORTED, "zip: packed by method %u, which is not known",
                       member->method);
    if (member->local > zip->bytes.len)
        return err_set(err, ERR_FORMAT, "zip: a member lies outside the file");
    str at = str_from_index(zip->bytes, (size_t)member->local + zip->moved);
    if (at.len < LOCAL_SIZE || !is_mark(at, 0, "PK\3\4"))
        return err_set(err, ERR_FORMAT, "zip: a member is not where the directory says");
    size_t head = LOCAL_SIZE + (size_t)number(at, 26, 2) + (size_t)number(at, 28, 2);
    if (head > at.len || member->packed > at.len - head)
        return err_set(err, ERR_FORMAT, "zip: a member ends early");
    *ret_source = stream_memory(str_sub(at, head, (size_t)member->packed));
    *ret = member->method == METHOD_DEFLATED ? codec_open_deflate(*ret_source) : *ret_source;
    if (*ret == *ret_source)
        *ret_source = NULL;
    return 0;
}
