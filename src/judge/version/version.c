// SPDX-License-Identifier: Apache-2.0
#include "judge/version/version.h"

#define X(member) extern const struct version_scheme version_##member;
#include "version.list"
#undef X

static const struct version_scheme *const schemes[] = {
#define X(member) &version_##member,
#include "version.list"
#undef X
    NULL,
};

const struct version_scheme *version_of_type(str package_type)
{
    for (size_t i = 0; schemes[i]; i++)
        if (str_eq(str_from(schemes[i]->package_type), package_type))
            return schemes[i];
    return NULL;
}

const struct version_scheme *version_by_name(str name)
{
    for (size_t i = 0; schemes[i]; i++)
        if (str_eq(str_from(schemes[i]->name), name))
            return schemes[i];
    return NULL;
}
