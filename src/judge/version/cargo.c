// SPDX-License-Identifier: Apache-2.0
/* Cargo: Semantic Versioning 2.0.0 to the letter, its three numbers below 2^64. */
#include "base/limits.h"
#include "judge/version/part/semver.h"
#include "judge/version/version.h"

static bool split(str version, struct semver *ret)
{
    return semver_take_numbers(&version, 3, ret) && ret->numbers == 3 &&
           semver_take_tail(version, ret);
}

static bool valid(str version)
{
    struct semver parts;
    uint64_t value;
    if (version.len > LIMIT_VERSION || !split(version, &parts))
        return false;
    for (size_t i = 0; i < parts.numbers; i++)
        if (!str_to_u64(parts.number[i], UINT64_MAX, &value))
            return false;
    return semver_is_strict(&parts);
}

static int compare(str a, str b)
{
    struct semver left, right;
    split(a, &left);
    split(b, &right);
    return semver_compare(&left, &right, semver_compare_identifiers);
}

const struct version_scheme version_cargo = {
    .name = "cargo",
    .package_type = "cargo",
    .valid = valid,
    .compare = compare,
};
