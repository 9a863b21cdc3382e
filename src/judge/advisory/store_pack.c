// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/store_pack.h"

#include <string.h>

enum { FIRST_YEAR = 1998, LAST_YEAR = 2998, NUMBER_BYTES_MOST = 10 };

/* Part of the format: a new word changes the meaning of old files (io/kv.c's magic then too). */
static const str words[] = {
    STR_INIT(""),
    STR_INIT("not yet assigned"),
    STR_INIT("unimportant"),
    STR_INIT("low"),
    STR_INIT("medium"),
    STR_INIT("high"),
    STR_INIT("end-of-life"),
    STR_INIT("no-dsa: Minor issue"),
    STR_INIT("postponed: Minor issue"),
    STR_INIT("ignored: Minor issue"),
    STR_INIT("postponed: Minor issue, revisit when fixed upstream"),
    STR_INIT("no-dsa"),
    STR_INIT("postponed"),
    STR_INIT("ignored"),
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

bool store_key_make(struct store_key *key, char kind, str first, const str *second)
{
    size_t len = 1 + first.len + (second ? 1 + second->len : 0);
    if (len > sizeof(key->bytes))
        return false;
    key->bytes[0] = kind;
    if (first.len)
        memcpy(key->bytes + 1, first.ptr, first.len);
    if (second) {
        key->bytes[1 + first.len] = 0;
        if (second->len)
            memcpy(key->bytes + 2 + first.len, second->ptr, second->len);
    }
    key->len = len;
    return true;
}

str store_key_str(const struct store_key *key)
{
    return (str){key->bytes, key->len};
}

bool store_parse_cve(str id, uint64_t *ret_year, uint64_t *ret_number)
{
    str year, number;
    if (!str_skip(&id, STR("CVE-")) || !str_cut(id, '-', &year, &number))
        return false;
    /* Four digits at least, and no zero in front of more. */
    return year.len == 4 && str_to_u64(year, LAST_YEAR, ret_year) && *ret_year > FIRST_YEAR &&
           number.len >= 4 && (number.len == 4 || number.ptr[0] != '0') &&
           str_to_u64(number, UINT32_MAX, ret_number);
}

void pack_number(struct buf *to, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        buf_add_char(to, (char)(number | 0x80));
    buf_add_char(to, (char)number);
}

bool unpack_number(str *from, uint64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < from->len && i < NUMBER_BYTES_MOST; i++) {
        unsigned char byte = (unsigned char)from->ptr[i];
        *ret |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80)) {
            *from = str_from_index(*from, i + 1);
            return true;
        }
    }
    return false;
}

void pack_text(struct buf *to, str text)
{
    for (size_t i = 0; i < WORDS; i++)
        if (str_eq(words[i], text)) {
            pack_number(to, i);
            return;
        }
    pack_number(to, WORDS + text.len);
    buf_add_str(to, text);
}

bool unpack_text(str *from, str *ret)
{
    uint64_t number;
    if (!unpack_number(from, &number))
        return false;
    if (number < WORDS) {
        *ret = words[number];
        return true;
    }
    if (number - WORDS > from->len)
        return false;
    *ret = str_sub(*from, 0, (size_t)number - WORDS);
    *from = str_from_index(*from, ret->len);
    return true;
}

void pack_id(struct buf *to, str id)
{
    uint64_t year, number;
    if (store_parse_cve(id, &year, &number)) {
        pack_number(to, year - FIRST_YEAR);
        pack_number(to, number);
    } else {
        pack_number(to, 0);
        pack_text(to, id);
    }
}

static char *put_decimal(char *at, uint64_t number, size_t least)
{
    char digits[20];
    size_t count = 0;
    while (number || count < least) {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    }
    while (count)
        *at++ = digits[--count];
    return at;
}

/* Without printf: a scan unpacks every row of every package it has. */
static str print_cve(struct arena *arena, uint64_t year, uint64_t number)
{
    char text[48] = "CVE-", *at = put_decimal(text + 4, year, 4);
    *at++ = '-';
    at = put_decimal(at, number, 4);
    return arena_str(arena, str_make(text, (size_t)(at - text)));
}

bool unpack_id(str *from, struct arena *arena, str *ret)
{
    uint64_t year, number;
    if (!unpack_number(from, &year))
        return false;
    if (year == 0)
        return unpack_text(from, ret);
    if (!unpack_number(from, &number))
        return false;
    *ret = print_cve(arena, year + FIRST_YEAR, number);
    return true;
}

/* --- advisories: a byte of status and what follows, the id, the texts that are not absent ------
 */
enum {
    STATUS_MASK = 0x07,
    HAS_VERSION = 0x08,
    HAS_URGENCY = 0x10,
    HAS_REASON = 0x20,
    HAS_ALIASES = 0x40,
    HAS_AFFECTED = 0x80,
};

void pack_advisory(struct buf *to, const struct advisory *advisory)
{
    unsigned flags = advisory->status & STATUS_MASK;
    flags |= advisory->fixed_version.len ? HAS_VERSION : 0u;
    flags |= advisory->urgency.len ? HAS_URGENCY : 0u;
    flags |= advisory->reason.len ? HAS_REASON : 0u;
    flags |= advisory->aliases.len ? HAS_ALIASES : 0u;
    flags |= advisory->affected.len ? HAS_AFFECTED : 0u;
    buf_add_char(to, (char)flags);
    pack_id(to, advisory->id);
    if (flags & HAS_VERSION)
        pack_text(to, advisory->fixed_version);
    if (flags & HAS_URGENCY)
        pack_text(to, advisory->urgency);
    if (flags & HAS_REASON)
        pack_text(to, advisory->reason);
    if (flags & HAS_ALIASES)
        pack_text(to, advisory->aliases);
    if (flags & HAS_AFFECTED)
        pack_text(to, advisory->affected);
}

bool unpack_advisory(str *from, struct arena *arena, struct advisory *ret)
{
    if (!from->len)
        return false;
    unsigned flags = (unsigned char)from->ptr[0];
    *from = str_from_index(*from, 1);
    *ret = (struct advisory){.status = (enum advisory_status)(flags & STATUS_MASK)};
    return ret->status >= ADVISORY_FIXED && ret->status <= ADVISORY_RANGES &&
           unpack_id(from, arena, &ret->id) &&
           (!(flags & HAS_VERSION) || unpack_text(from, &ret->fixed_version)) &&
           (!(flags & HAS_URGENCY) || unpack_text(from, &ret->urgency)) &&
           (!(flags & HAS_REASON) || unpack_text(from, &ret->reason)) &&
           (!(flags & HAS_ALIASES) || unpack_text(from, &ret->aliases)) &&
           (!(flags & HAS_AFFECTED) || unpack_text(from, &ret->affected));
}

/* --- exploit scores --------------------------------------------------------------------------- */

static void pack_u32(struct buf *to, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        buf_add_char(to, (char)(number >> (8 * i)));
}

static uint32_t u32_at(str value, size_t at)
{
    uint32_t number = 0;
    for (size_t i = 0; i < 4; i++)
        number |= (uint32_t)(unsigned char)value.ptr[at + i] << (8 * i);
    return number;
}

void pack_exploit(struct buf *to, uint32_t number, double epss, double percentile)
{
    pack_u32(to, number);
    pack_u32(to, (uint32_t)(epss * 1e9 + 0.5));
    pack_u32(to, (uint32_t)(percentile * 1e9 + 0.5));
}

bool unpack_exploit(str value, uint32_t number, double *ret_epss, double *ret_percentile)
{
    size_t low = 0, high = value.len / EXPLOIT_ENTRY_SIZE;
    while (low < high) {
        size_t middle = low + (high - low) / 2, at = middle * EXPLOIT_ENTRY_SIZE;
        uint32_t here = u32_at(value, at);
        if (here == number) {
            *ret_epss = u32_at(value, at + 4) / 1e9;
            *ret_percentile = u32_at(value, at + 8) / 1e9;
            return true;
        }
        if (here < number)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* --- about the store -------------------------------------------------------------------------- */

void pack_about(struct buf *to, const struct store_about *about)
{
    pack_text(to, about->feed);
    pack_text(to, about->updated);
    pack_text(to, about->fetched);
    pack_number(to, about->rows);
    buf_add_str(to, about->namespaces);
}

bool unpack_about(str value, struct store_about *ret)
{
    if (!unpack_text(&value, &ret->feed) || !unpack_text(&value, &ret->updated) ||
        !unpack_text(&value, &ret->fetched) || !unpack_number(&value, &ret->rows))
        return false;
    ret->namespaces = value;
    return true;
}
