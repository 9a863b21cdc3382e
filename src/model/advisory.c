// SPDX-License-Identifier: Apache-2.0
#include "model/advisory.h"

str advisory_apt_namespace(struct arena *arena, str uri, str suite, str component, str arch)
{
    while (str_ends(uri, STR("/")))
        uri.len--;
    str archive = arena_join(arena, uri, STR(" "), suite);
    str index = arena_join(arena, component, STR(" "), arch);
    return arena_join(arena, STR("apt:"), archive, arena_join(arena, STR(" "), index, (str){0}));
}

str advisory_language_namespace(struct arena *arena, str type)
{
    return arena_join(arena, STR("osv"), STR(":"), type);
}

str advisory_status_name(enum advisory_status status)
{
    switch (status) {
    case ADVISORY_FIXED: return STR("fixed");
    case ADVISORY_OPEN: return STR("vulnerable, no fix");
    case ADVISORY_NOT_AFFECTED: return STR("not affected");
    case ADVISORY_UNDETERMINED: return STR("not determined yet");
    case ADVISORY_END_OF_LIFE: return STR("no longer looked at");
    case ADVISORY_RANGES: return STR("vulnerable in some versions");
    }
    return STR("");
}
