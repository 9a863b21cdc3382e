// SPDX-License-Identifier: Apache-2.0
/* Debian Policy 5.6.12 (see also deb-version(7)): [epoch:]upstream[-revision]. */
#include "base/limits.h"
#include "judge/version/version.h"

struct parts {
    uint64_t epoch;
    str upstream, revision;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

static bool only(str text, const char *marks)
{
    str allowed = str_from(marks);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_digit(c) && !is_letter(c) && str_find_char(allowed, c) == STR_NONE)
            return false;
    }
    return true;
}

static bool valid(str version)
{
    struct parts parts;
    return version.len <= LIMIT_VERSION && split(version, &parts) && parts.upstream.len > 0 &&
           is_digit(parts.upstream.ptr[0]) && only(parts.upstream, ".+-~:") &&
           only(parts.revision, ".+~");
}

/* Where a byte of a non-digit run sorts: '~', then the run's end, letters, all others. */
static int weight(str text, size_t at)
{
    if (at >= text.len || is_digit(text.ptr[at]))
        return 0;
    char c = text.ptr[at];
    if (c == '~')
        return -1;
    return is_letter(c) ? (unsigned char)c : (unsigned char)c + 256;
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

/* Alternating runs of non-digits and digits, from the left; an absent number counts as 0. */
static int compare_part(str a, str b)
{
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
