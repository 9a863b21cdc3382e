// SPDX-License-Identifier: Apache-2.0
/*
 * RubyGems (Gem::Version): segments are runs of digits or of letters, and a hyphen reads ".pre.".
 * The zeros at the end, and those in front of the first word, do not count; an absent segment is 0;
 * a word is older than any number.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/version.h"

static bool is_hyphenated(char c)
{
    return version_is_alphanumeric(c) || c == '-';
}

static bool valid(str version)
{
    if (version.len > LIMIT_VERSION || !version_take(&version, version_is_digit).len)
        return false;
    bool (*accept)(char) = version_is_alphanumeric;
    while (version.len) {
        if (accept == version_is_alphanumeric && str_skip(&version, STR("-")))
            accept = is_hyphenated;
        else if (!str_skip(&version, STR(".")))
            return false;
        if (!version_take(&version, accept).len)
            return false;
    }
    return true;
}

/* The next segment, absent behind the last. */
static str next(str *rest)
{
    while (str_skip(rest, STR(".")))
        ;
    if (str_skip(rest, STR("-")))
        return STR("pre");
    str number = version_take(rest, version_is_digit);
    return number.len ? number : version_take(rest, version_is_letter);
}

static bool is_word(str segment)
{
    return segment.len && version_is_letter(segment.ptr[0]);
}

/* The next segment that counts: of the zeros in front of the first word none does. */
static str next_significant(str *rest, bool *after_word)
{
    str segment = next(rest), ahead = *rest, later = segment;
    while (!*after_word && later.len && !is_word(later) && version_is_zero(later))
        later = next(&ahead);
    if (is_word(later) && !is_word(segment) && version_is_zero(segment)) {
        *rest = ahead;
        segment = later;
    }
    *after_word = *after_word || is_word(segment);
    return segment;
}

static int compare(str a, str b)
{
    bool a_after_word = false, b_after_word = false;
    for (;;) {
        str left = next_significant(&a, &a_after_word);
        str right = next_significant(&b, &b_after_word);
        if (!left.len && !right.len)
            return 0;
        if (is_word(left) != is_word(right))
            return is_word(left) ? -1 : 1;
        int order = is_word(left) ? str_cmp(left, right) : version_compare_numbers(left, right);
        if (order)
            return order;
    }
}

const struct version_scheme version_gem = {
    .name = "gem",
    .package_type = "gem",
    .valid = valid,
    .compare = compare,
};
