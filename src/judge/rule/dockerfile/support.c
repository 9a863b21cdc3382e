// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/support.h"

#include "base/tsv.h"
#include "data.h"

/* `tag` begins with `version`, and not in the middle of a number or a word. */
static bool begins_with_version(str tag, str version)
{
    if (version.len == 0 || !str_starts(tag, version))
        return false;
    char next = tag.len > version.len ? tag.ptr[version.len] : '-';
    return next == '.' || next == '-' || next == '_';
}

static bool distribution_ended(struct arena *arena, str name, str version, str today,
                               struct support_end *ret)
{
    str rows, row;
    if (!tsv_find(str_make(data_end_of_life, data_end_of_life_len), name, &rows))
        return false;
    while (tsv_next(&rows, &row)) {
        str codename = tsv_field(row, 2), end = tsv_field(row, 5);
        if (!begins_with_version(version, tsv_field(row, 1)) &&
            (str_eq(codename, STR("-")) || !begins_with_version(version, codename)))
            continue;
        if (str_eq(end, STR("-")) || str_cmp(end, today) >= 0)
            return false;
        ret->what = arena_join(arena, name, STR(" "), tsv_field(row, 1));
        ret->date = end;
        return true;
    }
    return false;
}

/* What the tag says about the distribution below: "3.9-slim-buster", "18-alpine3.14". */
static bool tag_ended(struct arena *arena, str tag, str today, struct support_end *ret)
{
    str part;
    while (str_next(&tag, '-', &part)) {
        if (str_skip(&part, STR("alpine"))) {
            if (part.len && distribution_ended(arena, STR("alpine"), part, today, ret))
                return true;
        } else if (part.len > 3 && part.ptr[0] >= 'a' && part.ptr[0] <= 'z' &&
                   (distribution_ended(arena, STR("debian"), part, today, ret) ||
                    distribution_ended(arena, STR("ubuntu"), part, today, ret))) {
            return true;
        }
    }
    return false;
}

static bool carried_ended(struct arena *arena, str repository, str tag, str today,
                          struct support_end *ret)
{
    str rows, row;
    if (!tsv_find(str_make(data_base_images, data_base_images_len), repository, &rows))
        return false;
    while (tsv_next(&rows, &row)) {
        if (!begins_with_version(tag, tsv_field(row, 1)))
            continue;
        if (str_cmp(tsv_field(row, 2), today) >= 0)
            return false;
        ret->what = arena_join(arena, str_from_index(repository, sizeof("library/") - 1), STR(" "),
                               tsv_field(row, 1));
        ret->date = tsv_field(row, 2);
        return true;
    }
    return false;
}

bool support_ended(struct arena *arena, const struct image_name *image, str today,
                   struct support_end *ret)
{
    /* A mirror of Docker Hub keeps its names behind a prefix. */
    size_t library = str_find(image->repository, STR("library/"));
    if (library == STR_NONE || image->tag.len == 0)
        return false;
    str repository = str_from_index(image->repository, library);
    str name = str_from_index(repository, sizeof("library/") - 1);
    return distribution_ended(arena, name, image->tag, today, ret) ||
           carried_ended(arena, repository, image->tag, today, ret) ||
           tag_ended(arena, image->tag, today, ret);
}
