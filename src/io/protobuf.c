// SPDX-License-Identifier: Apache-2.0
#include "io/protobuf.h"

enum { VARINT, FIXED64, BYTES, FIXED32 = 5 };

bool protobuf_next(struct packed *from, struct protobuf_field *ret)
{
    if (!from->rest.len)
        return false;
    uint64_t key = packed_number(from);
    *ret = (struct protobuf_field){.number = key >> 3};
    switch (key & 7) {
    case VARINT: packed_number(from); break;
    case FIXED64: packed_bytes(from, 8); break;
    case BYTES: ret->bytes = packed_text(from); break;
    case FIXED32: packed_bytes(from, 4); break;
    default: from->bad = true;
    }
    return !from->bad;
}

str protobuf_text(str message, uint64_t number)
{
    struct packed from = {.rest = message};
    struct protobuf_field field;
    str text = {0};
    while (protobuf_next(&from, &field))
        if (field.number == number)
            text = field.bytes;
    return from.bad ? (str){0} : text;
}

void protobuf_put_text(struct buf *to, uint64_t number, str text)
{
    packed_put_number(to, number << 3 | BYTES);
    packed_put_text(to, text);
}

void protobuf_put_number(struct buf *to, uint64_t number, uint64_t value)
{
    packed_put_number(to, number << 3 | VARINT);
    packed_put_number(to, value);
}
