// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_VERSION_VERSION_H
#define HARDEN_JUDGE_VERSION_VERSION_H

#include "base/str.h"

/*
 * Version schemes, one file each; dpkg.c ends in `const struct version_scheme version_dpkg`.
 *
 * An OSV range that is "introduced" at "0" starts before every version. That is no version: in most
 * schemes there are some before it (0-alpha, 0.dev1), so whoever reads a range must not compare it.
 */
struct version_scheme {
    const char *name;         /* "dpkg" */
    const char *package_type; /* the purl type whose versions follow it: "deb" */
    bool (*valid)(str version);
    /* A total order: <0, 0 (also for spellings of the same), >0; only for valid versions. */
    int (*compare)(str a, str b);
};

/* The scheme of a package type ("deb", "apk"), or NULL. */
const struct version_scheme *version_of_type(str package_type);
const struct version_scheme *version_by_name(str name);

#endif
