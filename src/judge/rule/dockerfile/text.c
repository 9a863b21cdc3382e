// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/text.h"

#include "judge/rule/rule.h"

#include <string.h>

bool text_among(str text, const char *const *names)
{
    for (; *names; names++)
        if (str_eq_nocase(text, str_from(*names)))
            return true;
    return false;
}

bool text_ends_among(str text, const char *const *suffixes)
{
    for (; *suffixes; suffixes++) {
        str suffix = str_from(*suffixes);
        if (text.len >= suffix.len &&
            str_eq_nocase(str_from_index(text, text.len - suffix.len), suffix))
            return true;
    }
    return false;
}

bool text_matches(str pattern, str text)
{
    size_t p = 0, t = 0, star = STR_NONE, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != STR_NONE) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

str text_base_name(str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NONE ? path : str_from_index(path, slash + 1);
}

bool text_is_number(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

bool text_is_upper(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z')
            return false;
    return true;
}

bool text_is_lower(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
            return false;
    return true;
}

enum { NEAR_LENGTH = 40, NEAR_DISTANCE = 2 };

/* Changes of one letter that make `a` to `b` (Levenshtein), or more than NEAR_DISTANCE. */
static size_t distance(str a, str b)
{
    size_t row[NEAR_LENGTH + 1];
    if (a.len > NEAR_LENGTH || b.len > NEAR_LENGTH)
        return NEAR_DISTANCE + 1;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = corner + (a.ptr[i - 1] != b.ptr[j - 1]);
            corner = row[j];
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < least ? change : least;
        }
    }
    return row[b.len];
}

str text_nearest(struct rule_run *run, const struct map *names, str name)
{
    str found = {0};
    size_t best = NEAR_DISTANCE + 1;
    if (name.len < 3 || !rule_may(run, names->count * NEAR_LENGTH))
        return found;
    for (size_t i = 0; i < names->capacity; i++) {
        if (!names->slots[i].used || str_eq(names->slots[i].key, name))
            continue;
        size_t far = distance(names->slots[i].key, name);
        /* The order of a map is none: equally near ones are told by their bytes. */
        if (far < best || (far == best && found.len && str_cmp(names->slots[i].key, found) < 0)) {
            best = far;
            found = names->slots[i].key;
        }
    }
    return best <= NEAR_DISTANCE && best < name.len / 2 ? found : (str){0};
}

bool source_is_git(str source)
{
    if (str_starts(source, STR("git@")) || str_starts(source, STR("git://")) ||
        str_starts(source, STR("ssh://")))
        return true;
    size_t fragment = str_find_char(source, '#');
    str path = fragment == STR_NONE ? source : str_sub(source, 0, fragment);
    size_t query = str_find_char(path, '?');
    if (query != STR_NONE)
        path = str_sub(path, 0, query);
    return (str_starts(source, STR("https://")) || str_starts(source, STR("http://"))) &&
           str_ends(path, STR(".git"));
}

bool source_is_url(str source)
{
    return str_starts(source, STR("http://")) || str_starts(source, STR("https://")) ||
           source_is_git(source);
}

bool source_is_archive_name(str source)
{
    static const char *const suffixes[] = {
        ".tar", ".gz",   ".bz2", ".xz",  ".lzma", ".lz",  ".zst", ".Z", ".tgz",
        ".tbz", ".tbz2", ".tb2", ".txz", ".tlz",  ".tpz", ".tZ",  NULL,
    };
    return text_ends_among(source, suffixes);
}

bool source_has_wildcard(str source)
{
    for (size_t i = 0; i < source.len; i++)
        if (source.ptr[i] == '*' || source.ptr[i] == '?' || source.ptr[i] == '[')
            return true;
    return false;
}

const struct context_entry *context_find(const struct build_context *context, str source)
{
    if (!context)
        return NULL;
    while (str_skip(&source, STR("./")) || str_skip(&source, STR("/")))
        ;
    while (source.len && source.ptr[source.len - 1] == '/')
        source.len--;
    size_t low = 0, high = context->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(context->entries.items[middle].path, source);
        if (order == 0)
            return &context->entries.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_image_not_stage(struct arena *arena, const struct dockerfile *file,
                               const struct instruction *instruction, str name,
                               struct image_name *ret)
{
    size_t limit = instruction->stage ? instruction->stage->index : 0;
    if (name.len == 0 || text_is_number(name) || str_find_char(name, '$') != STR_NONE ||
        dockerfile_stage(file, name, limit))
        return false;
    *ret = image_name_parse(arena, name);
    return ret->valid;
}

bool instruction_image(struct arena *arena, const struct dockerfile *file,
                       const struct instruction *instruction, struct image_name *ret,
                       struct span *ret_span)
{
    const struct dockerfile_flag *from = instruction_flag(instruction, "from");
    if (instruction->kind == INSTRUCTION_COPY && from) {
        *ret_span = from->value.span;
        return is_image_not_stage(arena, file, instruction, from->value.value, ret);
    }
    for (size_t i = 0; i < instruction->mounts.count; i++) {
        *ret_span = instruction->mounts.items[i].flag->value.span;
        if (is_image_not_stage(arena, file, instruction, instruction->mounts.items[i].from, ret))
            return true;
    }
    return false;
}

str text_masked(struct arena *arena, str secret)
{
    if (secret.len < 12)
        return STR("***");
    return arena_printf(arena, "%.*s***", STR_ARG(str_sub(secret, 0, 4)));
}
