// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"

str report_message(struct arena *arena, const struct finding *finding)
{
    const struct vulnerability *flaw = finding->vulnerability;
    str message = finding->title.len ? finding->title : finding->id;
    if (!flaw) {
        if (finding->evidence.len)
            message = arena_join(arena, message, STR(": "), finding->evidence);
        return message;
    }
    str package = arena_join(arena, flaw->package, STR(" "), flaw->installed_version);
    message = arena_join(arena, package, STR(": "), message);
    /* A title that was cut ends in dots of its own. */
    str dot = str_ends(message, STR("...")) ? STR(" ") : STR(". ");
    if (flaw->fix_state == FIX_AVAILABLE)
        return arena_join(arena, message, dot,
                          arena_join(arena, STR("Fixed in "), (str){0}, flaw->fixed_version));
    return arena_join(arena, message, arena_join(arena, dot, (str){0}, STR("No fix to install")),
                      flaw->vendor_reason.len
                          ? arena_join(arena, STR(" ("), flaw->vendor_reason, STR(")"))
                          : (str){0});
}

/* The same flaw in the same package of the same place stays the same after an upgrade. */
str report_fingerprint(struct arena *arena, const struct finding *finding)
{
    const struct vulnerability *flaw = finding->vulnerability;
    char room[FINGERPRINT_SIZE];
    if (finding->fingerprint)
        return arena_str(arena, finding_fingerprint(finding, room));
    str what = flaw ? arena_join(arena, flaw->type, STR("\n"), flaw->package) : (str){0};
    what = arena_join(arena, finding->id, STR("\n"), what);
    what = arena_join(arena, what, STR("\n"), finding->location.path);
    if (!flaw)
        what = arena_join(arena, what, STR("\n"), finding->evidence);
    return arena_printf(arena, "%016llx", (unsigned long long)str_hash(what));
}

str report_path(const struct report *report, const struct finding *finding)
{
    str path = finding->location.path.len ? finding->location.path : report->image.name;
    while (str_skip(&path, STR("./"))) {
    }
    return path;
}
