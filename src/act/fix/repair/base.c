// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

static str without_latest(str name)
{
    return str_ends(name, STR(":latest")) ? str_sub(name, 0, name.len - STR(":latest").len) : name;
}

/* As it is written, with "latest" where no tag is; nothing is known of other spellings. */
static str digest_of(const struct base_digests *digests, str name)
{
    for (size_t i = 0; digests && i < digests->count; i++)
        if (str_eq(without_latest(digests->items[i].name), without_latest(name)))
            return digests->items[i].digest;
    return (str){0};
}

/* `FROM debian:12` -> `FROM debian:12@sha256:...`: what the name stood for when it was looked up,
 * here or in the lock file. The tag stays, for people and for tools that raise it. */
static bool pin_digest(struct repair *repair)
{
    const struct instruction *from = repair->instruction;
    const struct stage *stage = from ? from->stage : NULL;
    if (!stage || stage->from != from || stage->parent || stage->is_scratch ||
        stage->base.variable || stage->base.quoted || stage->image.digest.len)
        return false;
    str digest = digest_of(repair->file->digests, stage->base.value);
    if (digest.len == 0)
        return false;
    repair_insert(repair, stage->base.span.end,
                  arena_printf(repair->arena, "@%.*s", STR_ARG(digest)));
    return true;
}

static const struct repair_row rows[] = {
    {"dockerfile/base-without-tag", EDIT_UNSAFE, "Pin the base by its digest", pin_digest},
    {"dockerfile/base-latest", EDIT_UNSAFE, "Pin the base by its digest", pin_digest},
    {"dockerfile/base-without-digest", EDIT_UNSAFE, "Pin the base by its digest", pin_digest},
    {0},
};

const struct repair_table repair_base = {rows};
