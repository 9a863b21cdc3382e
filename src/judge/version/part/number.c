// SPDX-License-Identifier: Apache-2.0
#include "judge/version/part/number.h"

bool version_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool version_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool version_is_alphanumeric(char c)
{
    return version_is_digit(c) || version_is_letter(c);
}

str version_take(str *rest, bool (*accept)(char))
{
    size_t len = 0;
    while (len < rest->len && accept(rest->ptr[len]))
        len++;
    str taken = str_sub(*rest, 0, len);
    *rest = str_from_index(*rest, len);
    return taken;
}

bool version_skip_one_of(str *rest, str these)
{
    if (rest->len == 0 || str_find_char(these, rest->ptr[0]) == STR_NONE)
        return false;
    *rest = str_from_index(*rest, 1);
    return true;
}

static bool is_nought(char c)
{
    return c == '0';
}

bool version_is_zero(str number)
{
    version_take(&number, is_nought);
    return number.len == 0;
}

int version_compare_numbers(str a, str b)
{
    version_take(&a, is_nought);
    version_take(&b, is_nought);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return str_cmp(a, b);
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int version_compare_nocase(str a, str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return lower(a.ptr[i]) < lower(b.ptr[i]) ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}
