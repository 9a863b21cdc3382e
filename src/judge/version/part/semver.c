// SPDX-License-Identifier: Apache-2.0
#include "judge/version/part/semver.h"

#include "judge/version/part/number.h"

bool semver_take_numbers(str *rest, size_t most, struct semver *ret)
{
    *ret = (struct semver){0};
    do {
        str number = version_take(rest, version_is_digit);
        if (number.len == 0)
            return false;
        ret->number[ret->numbers++] = number;
    } while (ret->numbers < most && str_skip(rest, STR(".")));
    return true;
}

static bool is_identifier_char(char c)
{
    return version_is_alphanumeric(c) || c == '-';
}

static bool take_identifiers(str *rest, str *ret)
{
    str from = *rest;
    do {
        if (version_take(rest, is_identifier_char).len == 0)
            return false;
    } while (str_skip(rest, STR(".")));
    *ret = str_sub(from, 0, from.len - rest->len);
    return true;
}

static bool is_metadata(str rest)
{
    str build;
    return rest.len == 0 ||
           (str_skip(&rest, STR("+")) && take_identifiers(&rest, &build) && rest.len == 0);
}

bool semver_take_identifiers(str rest, struct semver *ret)
{
    return take_identifiers(&rest, &ret->pre) && is_metadata(rest);
}

bool semver_take_tail(str rest, struct semver *ret)
{
    return str_skip(&rest, STR("-")) ? semver_take_identifiers(rest, ret) : is_metadata(rest);
}

static bool is_number(str identifier)
{
    version_take(&identifier, version_is_digit);
    return identifier.len == 0;
}

static bool is_padded(str number)
{
    return number.len > 1 && number.ptr[0] == '0' && is_number(number);
}

bool semver_is_strict(const struct semver *version)
{
    str rest = version->pre, identifier;
    for (size_t i = 0; i < version->numbers; i++)
        if (is_padded(version->number[i]))
            return false;
    while (str_next(&rest, '.', &identifier))
        if (is_padded(identifier))
            return false;
    return true;
}

int semver_compare_identifiers(str a, str b)
{
    bool left = is_number(a), right = is_number(b);
    if (left != right)
        return left ? -1 : 1;
    return left ? version_compare_numbers(a, b) : str_cmp(a, b);
}

/* The next identifier of pre, then pre_number; absent behind the last. */
static str next_identifier(str *pre, str *pre_number)
{
    str identifier;
    if (str_next(pre, '.', &identifier))
        return identifier;
    identifier = *pre_number;
    *pre_number = (str){0};
    return identifier;
}

static int compare_pre(struct semver a, struct semver b, int (*compare_identifiers)(str, str))
{
    if (!a.pre.len || !b.pre.len)
        return (a.pre.len == 0) - (b.pre.len == 0);
    for (;;) {
        str left = next_identifier(&a.pre, &a.pre_number);
        str right = next_identifier(&b.pre, &b.pre_number);
        if (!left.len || !right.len)
            return (left.len > 0) - (right.len > 0);
        int order = compare_identifiers(left, right);
        if (order)
            return order;
    }
}

int semver_compare(const struct semver *a, const struct semver *b,
                   int (*compare_identifiers)(str, str))
{
    for (size_t i = 0; i < SEMVER_MOST_NUMBERS; i++) {
        int order = version_compare_numbers(a->number[i], b->number[i]);
        if (order)
            return order;
    }
    return compare_pre(*a, *b, compare_identifiers);
}
