// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_VERSION_PART_SEMVER_H
#define HARDEN_JUDGE_VERSION_PART_SEMVER_H

#include "base/str.h"

/* Semantic Versioning 2.0.0, and what its dialects (npm, Go, NuGet) make of it. */
enum { SEMVER_MOST_NUMBERS = 4 };

struct semver {
    str number[SEMVER_MOST_NUMBERS]; /* absent ones count as 0 */
    size_t numbers;
    str pre;        /* "rc.1" of 1.0.0-rc.1+build; absent in a release */
    str pre_number; /* one more identifier behind it: Go writes rc.1 as rc1 */
};

/* Takes 1 to `most` numbers with dots between them off *rest. */
bool semver_take_numbers(str *rest, size_t most, struct semver *ret);
/* All of `rest` as [-pre][+build]: identifiers of letters, digits and hyphens. */
bool semver_take_tail(str rest, struct semver *ret);
/* The same behind the hyphen: all of `rest` as pre[+build]. */
bool semver_take_identifiers(str rest, struct semver *ret);
/* No number, and no number within `pre`, starts with a 0 that it does not need (items 2 and 9). */
bool semver_is_strict(const struct semver *version);
/* The build metadata has no say (items 10 and 11). */
int semver_compare(const struct semver *a, const struct semver *b,
                   int (*compare_identifiers)(str, str));
/* Numbers by value and before words, words by their bytes (item 11.4). */
int semver_compare_identifiers(str a, str b);

#endif
