// SPDX-License-Identifier: Apache-2.0
/* Debian Policy 5.6.12 (see also deb-version(7)): [epoch:]upstream[-revision]. */
#include "base/limits.h"
#include "judge/version/version.h"

struct parts {
    uint64_t epoch;
    str upstream, revision;
};

/* What a byte may be part of; a version of a feed is looked at some 100,000 times a scan. */
enum { DIGIT = 1, LETTER = 2, MARK = 4, UPSTREAM_MARK = 8 };
static const unsigned char classes[256] = {
    ['0' ... '9'] = DIGIT, ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['.'] = MARK,
    ['+'] = MARK,          ['~'] = MARK,           ['-'] = UPSTREAM_MARK,  [':'] = UPSTREAM_MARK,
};

static unsigned class_of(char c)
{
    return classes[(unsigned char)c];
}

static bool is_digit(char c)
{
    return class_of(c) == DIGIT;
}

/* The revision starts at the last hyphen: an upstream version may have hyphens itself. */
static bool split(str version, struct parts *ret)
{
    *ret = (struct parts){.upstream = version};
    size_t colon = str_find_char(version, ':');
    if (colon != STR_NONE) {
        if (!str_to_u64(str_sub(version, 0, colon), INT32_MAX, &ret->epoch))
            return false;
        ret->upstream = str_from_index(version, colon + 1);
    }
    size_t hyphen = str_rfind_char(ret->upstream, '-');
    if (hyphen != STR_NONE) {
        ret->revision = str_from_index(ret->upstream, hyphen + 1);
        ret->upstream = str_sub(ret->upstream, 0, hyphen);
        return ret->revision.len > 0;
    }
    return true;
}

static bool only(str text, unsigned allowed)
{
    for (size_t i = 0; i < text.len; i++)
        if (!(class_of(text.ptr[i]) & allowed))
            return false;
    return true;
}

static bool valid(str version)
{
    struct parts parts;
    return version.len <= LIMIT_VERSION && split(version, &parts) && parts.upstream.len > 0 &&
           is_digit(parts.upstream.ptr[0]) &&
           only(parts.upstream, DIGIT | LETTER | MARK | UPSTREAM_MARK) &&
           only(parts.revision, DIGIT | LETTER | MARK);
}

/* Where a byte of a non-digit run sorts: '~', then the run's end, letters, all others. */
static int weight(str text, size_t at)
{
    if (at >= text.len || is_digit(text.ptr[at]))
        return 0;
    char c = text.ptr[at];
    if (c == '~')
        return -1;
    return class_of(c) == LETTER ? (unsigned char)c : (unsigned char)c + 256;
}

/* Takes the run of digits off *rest, without its leading zeros. */
static str take_number(str *rest)
{
    size_t from = 0;
    while (from < rest->len && rest->ptr[from] == '0')
        from++;
    size_t to = from;
    while (to < rest->len && is_digit(rest->ptr[to]))
        to++;
    str number = str_sub(*rest, from, to - from);
    *rest = str_from_index(*rest, to);
    return number;
}

/* How far both are the same, without the start of a number in which they differ. */
static size_t common_length(str a, str b)
{
    size_t i = 0, shorter = a.len < b.len ? a.len : b.len;
    while (i < shorter && a.ptr[i] == b.ptr[i])
        i++;
    while (i > 0 && is_digit(a.ptr[i - 1]))
        i--;
    return i;
}

/* Alternating runs of non-digits and digits, from the left; an absent number counts as 0. */
static int compare_part(str a, str b)
{
    size_t common = common_length(a, b);
    a = str_from_index(a, common);
    b = str_from_index(b, common);
    while (a.len || b.len) {
        size_t i = 0;
        while ((i < a.len && !is_digit(a.ptr[i])) || (i < b.len && !is_digit(b.ptr[i]))) {
            int difference = weight(a, i) - weight(b, i);
            if (difference)
                return difference;
            i++;
        }
        a = str_from_index(a, i);
        b = str_from_index(b, i);
        str left = take_number(&a), right = take_number(&b);
        if (left.len != right.len)
            return left.len < right.len ? -1 : 1;
        int difference = str_cmp(left, right);
        if (difference)
            return difference;
    }
    return 0;
}

static int compare(str a, str b)
{
    struct parts left, right;
    split(a, &left);
    split(b, &right);
    if (left.epoch != right.epoch)
        return left.epoch < right.epoch ? -1 : 1;
    int difference = compare_part(left.upstream, right.upstream);
    return difference ? difference : compare_part(left.revision, right.revision);
}

const struct version_scheme version_dpkg = {
    .name = "dpkg",
    .package_type = "deb",
    .valid = valid,
    .compare = compare,
};
