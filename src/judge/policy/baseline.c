// SPDX-License-Identifier: Apache-2.0
#include "judge/policy/policy.h"

#include "base/map.h"

/* An image's findings have no fingerprint: there id, package and path tell. */
static str key_of(struct arena *arena, const struct finding *finding)
{
    const struct vulnerability *flaw = finding->vulnerability;
    char room[FINGERPRINT_SIZE];
    if (finding->fingerprint)
        return arena_str(arena, finding_fingerprint(finding, room));
    str key = arena_join(arena, finding->id, STR("\n"), finding->location.path);
    return flaw ? arena_join(arena, key, STR("\n"), flaw->package) : key;
}

void baseline_apply(struct arena *arena, const struct report *baseline, const char *name,
                    struct report *report)
{
    struct map counts = {0};
    for (size_t i = 0; i < baseline->findings.count; i++)
        ++*map_put(arena, &counts, key_of(arena, &baseline->findings.items[i]), NULL);
    str reason = arena_printf(arena, "in the baseline %s", name);
    for (size_t i = 0; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        uintptr_t *count = map_get(&counts, key_of(arena, finding));
        if (!count || *count == 0)
            continue;
        --*count;
        if (finding->status == STATUS_OPEN) {
            finding->status = STATUS_WAIVED;
            finding->reason = reason;
        }
    }
}
