// SPDX-License-Identifier: Apache-2.0
/* Three versions, one a line: whatever is valid has a total order. */
#include "base/die.h"
#include "judge/version/version.h"

static int sign(int order)
{
    return order < 0 ? -1 : order > 0;
}

static void check(const struct version_scheme *scheme, const str version[3])
{
    for (int i = 0; i < 3; i++) {
        if (!scheme->valid(version[i]))
            return;
        INVARIANT(scheme->compare(version[i], version[i]) == 0);
    }
    int ab = sign(scheme->compare(version[0], version[1]));
    int bc = sign(scheme->compare(version[1], version[2]));
    int ac = sign(scheme->compare(version[0], version[2]));
    INVARIANT(ab == -sign(scheme->compare(version[1], version[0])));
    INVARIANT(bc == -sign(scheme->compare(version[2], version[1])));
    if (ab == bc || bc == 0)
        INVARIANT(ac == ab);
    if (ab == 0)
        INVARIANT(ac == bc);
}

static const str schemes[] = {
    STR_INIT("dpkg"),   STR_INIT("apk"), STR_INIT("pypi"),     STR_INIT("npm"),   STR_INIT("cargo"),
    STR_INIT("golang"), STR_INIT("gem"), STR_INIT("composer"), STR_INIT("maven"), STR_INIT("nuget"),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = str_make(data, size), version[3] = {{0}};
    for (int i = 0; i < 3; i++)
        str_next(&rest, '\n', &version[i]);
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        const struct version_scheme *scheme = version_by_name(schemes[i]);
        check(scheme, version);
        /* Whatever is not valid must still be safe to look at. */
        scheme->compare(version[0], version[1]);
    }
    return 0;
}
