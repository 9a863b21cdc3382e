// SPDX-License-Identifier: Apache-2.0
/*
 * Semantic Versioning 2.0.0 as npm's own parser takes it in its "loose" mode, because that is what
 * an installation may hold: "v" or "=" in front, padded numbers, 1.2.3beta for 1.2.3-beta. Beyond
 * it, 1 and 1.2 are 1.0.0 and 1.2.0: bounds in advisories are written so.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/part/semver.h"
#include "judge/version/version.h"

static bool is_mark(char c)
{
    return c == 'v' || c == '=';
}

static bool split(str version, struct semver *ret)
{
    version_take(&version, is_mark);
    if (!semver_take_numbers(&version, 3, ret))
        return false;
    /* The hyphen may be missing in front of a letter. */
    if (version.len && version_is_letter(version.ptr[0]))
        return semver_take_identifiers(version, ret);
    return semver_take_tail(version, ret);
}

static bool valid(str version)
{
    struct semver parts;
    return version.len <= LIMIT_VERSION && split(version, &parts);
}

static int compare(str a, str b)
{
    struct semver left, right;
    split(a, &left);
    split(b, &right);
    return semver_compare(&left, &right, semver_compare_identifiers);
}

const struct version_scheme version_npm = {
    .name = "npm",
    .package_type = "npm",
    .valid = valid,
    .compare = compare,
};
