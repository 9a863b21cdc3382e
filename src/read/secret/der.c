// SPDX-License-Identifier: Apache-2.0
#include "read/secret/der.h"

static unsigned byte_at(str text, size_t index)
{
    return (unsigned char)text.ptr[index];
}

bool der_next(str *rest, unsigned *ret_tag, str *ret_content)
{
    if (rest->len < 2)
        return false;
    unsigned tag = byte_at(*rest, 0), first = byte_at(*rest, 1);
    size_t head = 2, len = first;
    if ((tag & 0x1f) == 0x1f)
        return false; /* long tags are of no key */
    if (first & 0x80) {
        size_t count = first & 0x7f;
        if (count == 0 || count > 4 || rest->len < 2 + count)
            return false;
        len = 0;
        for (size_t i = 0; i < count; i++)
            len = len << 8 | byte_at(*rest, 2 + i);
        head += count;
    }
    if (len > rest->len - head)
        return false;
    *ret_tag = tag;
    *ret_content = str_sub(*rest, head, len);
    *rest = str_from_index(*rest, head + len);
    return true;
}

bool der_take(str *rest, unsigned tag, str *ret_content)
{
    unsigned got;
    str from = *rest;
    if (der_next(rest, &got, ret_content) && got == tag)
        return true;
    *rest = from;
    return false;
}

str der_unsigned(str integer)
{
    while (integer.len && integer.ptr[0] == 0)
        integer = str_from_index(integer, 1);
    return integer;
}

size_t der_bits(str integer)
{
    integer = der_unsigned(integer);
    if (integer.len == 0)
        return 0;
    size_t bits = integer.len * 8;
    for (unsigned top = byte_at(integer, 0); !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

uint64_t der_low(str integer)
{
    uint64_t low = 0;
    for (size_t i = integer.len > 8 ? integer.len - 8 : 0; i < integer.len; i++)
        low = low << 8 | byte_at(integer, i);
    return low;
}

bool ssh_take(str *rest, str *ret)
{
    if (rest->len < 4)
        return false;
    size_t len = (size_t)byte_at(*rest, 0) << 24 | (size_t)byte_at(*rest, 1) << 16 |
                 (size_t)byte_at(*rest, 2) << 8 | byte_at(*rest, 3);
    if (len > rest->len - 4)
        return false;
    *ret = str_sub(*rest, 4, len);
    *rest = str_from_index(*rest, 4 + len);
    return true;
}
