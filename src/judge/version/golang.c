// SPDX-License-Identifier: Apache-2.0
/*
 * Go modules (go.dev/ref/mod, "Versions"): Semantic Versioning 2.0.0 with a "v" in front, which
 * advisories leave out; v1 and v1.2 stand for v1.0.0 and v1.2.0. A pseudo-version is an ordinary
 * pre-release, and "+incompatible" is build metadata.
 * The standard library has the versions of the toolchain (go.dev/doc/toolchain): go1.22rc1, which
 * Go's advisories spell 1.22.0-rc.1.
 */
#include "base/limits.h"
#include "judge/version/part/number.h"
#include "judge/version/part/semver.h"
#include "judge/version/version.h"

/* "rc1" or "beta2", behind two or three numbers. */
static bool take_toolchain_tail(str rest, struct semver *ret)
{
    ret->pre = version_take(&rest, version_is_letter);
    ret->pre_number = version_take(&rest, version_is_digit);
    return ret->numbers >= 2 && ret->pre_number.len && rest.len == 0 &&
           (str_eq(ret->pre, STR("rc")) || str_eq(ret->pre, STR("beta")));
}

static bool split(str version, struct semver *ret)
{
    if (!str_skip(&version, STR("v")))
        str_skip(&version, STR("go"));
    if (!semver_take_numbers(&version, 3, ret))
        return false;
    if (version.len && version_is_letter(version.ptr[0]))
        return take_toolchain_tail(version, ret);
    return version.len == 0 || (ret->numbers == 3 && semver_take_tail(version, ret));
}

static bool valid(str version)
{
    struct semver parts;
    return version.len <= LIMIT_VERSION && split(version, &parts) && semver_is_strict(&parts);
}

static int compare(str a, str b)
{
    struct semver left, right;
    split(a, &left);
    split(b, &right);
    return semver_compare(&left, &right, semver_compare_identifiers);
}

const struct version_scheme version_golang = {
    .name = "golang",
    .package_type = "golang",
    .valid = valid,
    .compare = compare,
};
