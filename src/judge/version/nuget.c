// SPDX-License-Identifier: Apache-2.0
/*
 * NuGet (learn.microsoft.com/nuget/concepts/package-versioning): one to four numbers below 2^31,
 * padded or not, then Semantic Versioning 2.0.0 in any case. What NuGet takes for a number within a
 * pre-release is what fits an int: 20240131123456 is a word to it.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/part/semver.h"
#include "judge/version/version.h"

static bool split(str version, struct semver *ret)
{
    return semver_take_numbers(&version, 4, ret) && semver_take_tail(version, ret);
}

static bool to_int(str identifier, int64_t *ret)
{
    bool negative = str_skip(&identifier, STR("-"));
    uint64_t value;
    while (identifier.len > 1 && identifier.ptr[0] == '0')
        identifier = str_from_index(identifier, 1);
    if (!str_to_u64(identifier, (uint64_t)INT32_MAX + negative, &value))
        return false;
    *ret = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool valid(str version)
{
    struct semver parts;
    int64_t value;
    if (version.len > LIMIT_VERSION || !split(version, &parts))
        return false;
    for (size_t i = 0; i < parts.numbers; i++)
        if (!to_int(parts.number[i], &value))
            return false;
    return true;
}

static int compare_identifiers(str a, str b)
{
    int64_t left, right;
    bool left_is_number = to_int(a, &left), right_is_number = to_int(b, &right);
    if (left_is_number && right_is_number)
        return (left > right) - (left < right);
    if (left_is_number != right_is_number)
        return left_is_number ? -1 : 1;
    return version_compare_nocase(a, b);
}

static int compare(str a, str b)
{
    struct semver left, right;
    split(a, &left);
    split(b, &right);
    return semver_compare(&left, &right, compare_identifiers);
}

const struct version_scheme version_nuget = {
    .name = "nuget",
    .package_type = "nuget",
    .valid = valid,
    .compare = compare,
};
