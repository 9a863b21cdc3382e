// SPDX-License-Identifier: Apache-2.0
#include "base/packed.h"

void packed_put_number(struct buf *to, uint64_t value)
{
    while (value >= 0x80) {
        buf_add_char(to, (char)(value | 0x80));
        value >>= 7;
    }
    buf_add_char(to, (char)value);
}

/* Small numbers of either sign stay short: the sign moves to the lowest bit. */
void packed_put_signed(struct buf *to, int64_t value)
{
    packed_put_number(to, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void packed_put_text(struct buf *to, str text)
{
    packed_put_number(to, text.len);
    buf_add_str(to, text);
}

uint64_t packed_number(struct packed *from)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && from->rest.len; shift += 7) {
        unsigned char byte = (unsigned char)*from->rest.ptr;
        from->rest = str_from_index(from->rest, 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    from->bad = true;
    return 0;
}

int64_t packed_signed(struct packed *from)
{
    uint64_t value = packed_number(from);
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

str packed_bytes(struct packed *from, uint64_t len)
{
    if (len > from->rest.len) {
        from->bad = true;
        return (str){0};
    }
    str bytes = str_sub(from->rest, 0, (size_t)len);
    from->rest = str_from_index(from->rest, (size_t)len);
    return bytes;
}

str packed_text(struct packed *from)
{
    return packed_bytes(from, packed_number(from));
}
