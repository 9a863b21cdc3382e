// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <stdio.h>
#include <string.h>

str str_from(const char *cstr)
{
    return cstr ? (str){cstr, strlen(cstr)} : (str){NULL, 0};
}

str str_make(const void *ptr, size_t len)
{
    return (str){ptr, len};
}

bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool str_eq_nocase(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_from_index(s, s.len - suffix.len), suffix);
}

bool str_contains(str s, str needle)
{
    return str_find(s, needle) != STR_NONE;
}

size_t str_find(str s, str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return STR_NONE;
    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit ? (size_t)(hit - s.ptr) : STR_NONE;
}

size_t str_find_char(str s, char c)
{
    const char *hit = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : STR_NONE;
}

size_t str_rfind_char(str s, char c)
{
    const char *hit = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : STR_NONE;
}

str str_sub(str s, size_t from, size_t len)
{
    if (from >= s.len)
        return (str){s.ptr ? s.ptr + s.len : NULL, 0};
    return (str){s.ptr + from, len < s.len - from ? len : s.len - from};
}

str str_from_index(str s, size_t from)
{
    return str_sub(s, from, SIZE_MAX);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim_end(str s)
{
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

str str_trim(str s)
{
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return str_trim_end(s);
}

bool str_skip(str *s, str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_from_index(*s, prefix.len);
    return true;
}

bool str_next(str *rest, char separator, str *ret_piece)
{
    *ret_piece = (str){0};
    if (rest->len == 0)
        return false;
    size_t at = str_find_char(*rest, separator);
    *ret_piece = str_sub(*rest, 0, at);
    *rest = at == STR_NONE ? str_from_index(*rest, rest->len) : str_from_index(*rest, at + 1);
    return true;
}

bool str_next_line(str *rest, str *ret_line)
{
    if (!str_next(rest, '\n', ret_line))
        return false;
    if (ret_line->len && ret_line->ptr[ret_line->len - 1] == '\r')
        ret_line->len--;
    return true;
}

bool str_next_word(str *rest, str *ret_word)
{
    size_t from = 0;
    while (from < rest->len && is_space(rest->ptr[from]))
        from++;
    size_t to = from;
    while (to < rest->len && !is_space(rest->ptr[to]))
        to++;
    *ret_word = str_sub(*rest, from, to - from);
    *rest = str_from_index(*rest, to);
    return ret_word->len > 0;
}

int str_base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool str_has_word(str s, str wanted)
{
    str word;
    while (str_next_word(&s, &word))
        if (str_eq(word, wanted))
            return true;
    return false;
}

bool str_cut(str s, char separator, str *ret_head, str *ret_tail)
{
    size_t at = str_find_char(s, separator);
    *ret_head = str_sub(s, 0, at);
    *ret_tail = at == STR_NONE ? str_from_index(s, s.len) : str_from_index(s, at + 1);
    return at != STR_NONE;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

static bool to_number(str s, unsigned base, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)digit_value(s.ptr[i]);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    if (value > max)
        return false;
    *ret_value = value;
    return true;
}

bool str_to_u64(str s, uint64_t max, uint64_t *ret_value)
{
    return to_number(s, 10, max, ret_value);
}

bool str_to_hex(str s, uint64_t max, uint64_t *ret_value)
{
    return to_number(s, 16, max, ret_value);
}

/* Digits off the front of *s, into *value while they fit 18; those that do not are counted. */
static size_t take_digits(str *s, uint64_t *value, int *left_out)
{
    size_t count = 0;
    for (; count < s->len && s->ptr[count] >= '0' && s->ptr[count] <= '9'; count++) {
        if (*value < 100000000000000000u)
            *value = *value * 10 + (uint64_t)(s->ptr[count] - '0');
        else
            ++*left_out;
    }
    *s = str_from_index(*s, count);
    return count;
}

bool str_to_double(str s, double *ret_value)
{
    uint64_t digits = 0, exponent = 0;
    int scale = 0, ignored = 0;
    size_t count = take_digits(&s, &digits, &scale);
    if (str_skip(&s, STR("."))) {
        size_t fraction = take_digits(&s, &digits, &ignored);
        scale -= (int)fraction - ignored;
        count += fraction;
    }
    if (!count || count > 1000)
        return false;
    if (str_skip(&s, STR("e")) || str_skip(&s, STR("E"))) {
        bool negative = str_skip(&s, STR("-"));
        if (!negative)
            str_skip(&s, STR("+"));
        if (!str_to_u64(s, 400, &exponent))
            return false;
        scale += negative ? -(int)exponent : (int)exponent;
        s.len = 0;
    }
    double value = (double)digits;
    /* Dividing by a power of ten rounds once; "7.5" and 7.5 are then the same number. */
    double power = 1;
    for (int i = scale < 0 ? -scale : scale; i > 0 && value != 0; i--)
        power *= 10;
    *ret_value = scale < 0 ? value / power : value * power;
    return s.len == 0;
}

/* Length of the UTF-8 sequence at s, or 0 where it is not a valid one. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = s[0] < 0x80             ? 1
                  : (s[0] & 0xe0) == 0xc0 ? 2
                  : (s[0] & 0xf0) == 0xe0 ? 3
                  : (s[0] & 0xf8) == 0xf0 ? 4
                                          : 0;
    if (need <= 1 || need > len)
        return need == 1 ? 1 : 0;
    uint32_t code = s[0] & (0xffu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    if (code < smallest[need] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return need;
}

bool str_is_utf8(str s)
{
    for (size_t i = 0; i < s.len;) {
        size_t step = utf8_sequence((const unsigned char *)s.ptr + i, s.len - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

uint64_t str_hash(str s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

const char *str_size(uint64_t bytes, char out[16])
{
    static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t power = 0;
    while (value >= 1024 && power + 1 < sizeof(unit) / sizeof(unit[0])) {
        value /= 1024;
        power++;
    }
    snprintf(out, 16, power ? "%.1f %s" : "%.0f %s", value, unit[power]);
    return out;
}
