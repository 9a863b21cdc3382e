// SPDX-License-Identifier: Apache-2.0
#include "read/secret/checksum.h"

#include <string.h>

uint32_t checksum_crc32(str bytes)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

uint16_t checksum_crc16(str bytes)
{
    unsigned crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned)(unsigned char)bytes.ptr[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
    return (uint16_t)crc;
}

enum { CRC62 = 6 };

void checksum_crc62_of(str body, char out[CRC62])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint32_t crc = checksum_crc32(body);
    for (size_t i = CRC62; i-- > 0; crc /= 62)
        out[i] = digits[crc % 62];
}

bool checksum_crc62(str body)
{
    char want[CRC62];
    if (body.len <= CRC62)
        return false;
    checksum_crc62_of(str_sub(body, 0, body.len - CRC62), want);
    return memcmp(want, body.ptr + body.len - CRC62, CRC62) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

bool checksum_bech32(str text)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    size_t separator = str_rfind_char(text, '1');
    uint32_t sum = 1;
    if (separator == STR_NONE || separator == 0)
        return false;
    for (size_t i = 0; i < separator; i++)
        sum = bech32_step(sum, (unsigned char)lower(text.ptr[i]) >> 5);
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i < separator; i++)
        sum = bech32_step(sum, lower(text.ptr[i]) & 31);
    for (size_t i = separator + 1; i < text.len; i++) {
        const char *at = text.ptr[i] ? strchr(alphabet, lower(text.ptr[i])) : NULL;
        if (!at)
            return false;
        sum = bech32_step(sum, (uint32_t)(at - alphabet));
    }
    return sum == 1;
}

str checksum_base32(struct arena *arena, str text)
{
    unsigned char *out = arena_alloc(arena, text.len * 5 / 8 + 1);
    size_t len = 0;
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = c >= 'A' && c <= 'Z', digit = c >= '2' && c <= '7';
        if (!letter && !digit)
            return (str){0};
        bits = (bits << 5 | (uint32_t)(letter ? c - 'A' : c - '2' + 26)) & 0xffff;
        have += 5;
        if (have >= 8) {
            have -= 8;
            out[len++] = (unsigned char)(bits >> have);
        }
    }
    return str_make(out, len);
}

bool checksum_nkey(str text)
{
    ARENA_SCOPED arena = {0};
    str bytes = checksum_base32(&arena, text);
    if (bytes.len < 4)
        return false;
    uint16_t crc = checksum_crc16(str_sub(bytes, 0, bytes.len - 2));
    return (unsigned char)bytes.ptr[bytes.len - 2] == (crc & 0xff) &&
           (unsigned char)bytes.ptr[bytes.len - 1] == crc >> 8;
}

uint64_t checksum_aws_account(str id)
{
    enum { PREFIX = 4, ACCOUNT_BYTES = 6, BELOW = 7 };
    const uint64_t most = 999999999999;
    ARENA_SCOPED arena = {0};
    str bytes = checksum_base32(&arena, str_from_index(id, PREFIX));
    uint64_t value = 0;
    if (bytes.len < ACCOUNT_BYTES)
        return 0;
    for (size_t i = 0; i < ACCOUNT_BYTES; i++)
        value = value << 8 | (unsigned char)bytes.ptr[i];
    value = (value & 0x7fffffffff80) >> BELOW;
    return value <= most ? value : 0;
}
