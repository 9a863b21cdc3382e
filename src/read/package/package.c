// SPDX-License-Identifier: Apache-2.0
#include "read/package/package.h"

#define X(member) extern const struct collector package_##member;
#include "package.list"
#undef X

static const struct collector *const collectors[] = {
#define X(member) &package_##member,
#include "package.list"
#undef X
    NULL,
};

const struct collector *const *package_collectors(void)
{
    return collectors;
}
