// SPDX-License-Identifier: Apache-2.0
/* Source packages: advisories speak of these, and all binaries of one are updated together. */
#include "judge/advisory/match_parts.h"

/* "1.0-1+b2" was built from 1.0-1 a second time; dpkg records that, other builders may not. */
static str without_rebuild(const struct package *package)
{
    str version = package->source_version;
    if (!str_eq(package->type, STR("deb")) || !str_eq(version, package->version))
        return version;
    size_t plus = str_rfind_char(version, '+');
    str tail = plus == STR_NONE ? (str){0} : str_from_index(version, plus);
    uint64_t number;
    if (str_skip(&tail, STR("+b")) && str_to_u64(tail, UINT32_MAX, &number))
        return str_sub(version, 0, plus);
    return version;
}

/* The binary that carries the source's name comes first: it is what people know it by. */
static void add_binary(struct arena *arena, struct source *source, const struct fact *fact)
{
    *vec_push(arena, &source->packages) = fact;
    const struct fact **items = source->packages.items;
    size_t last = source->packages.count - 1;
    const struct package *first = &items[0]->package, *added = &fact->package;
    bool first_named = str_eq(first->name, source->name);
    bool added_named = str_eq(added->name, source->name);
    if (added_named == first_named ? str_cmp(added->name, first->name) < 0 : added_named) {
        items[last] = items[0];
        items[0] = fact;
    }
}

void match_group_sources(struct matcher *matcher)
{
    struct arena *arena = matcher->arena;
    struct map index = {0};
    for (size_t i = 0; i < matcher->facts->count; i++) {
        const struct fact *fact = &matcher->facts->items[i];
        if (fact->kind != FACT_PACKAGE)
            continue;
        const struct package *package = &fact->package;
        str version = without_rebuild(package);
        str key = arena_join(arena, package->type, STR("\n"), package->source_name);
        key = arena_join(arena, key, STR("\n"), version);
        bool fresh;
        uintptr_t *at = map_put(arena, &index, key, &fresh);
        if (fresh) {
            *at = matcher->sources.count;
            struct source *source = vec_push(arena, &matcher->sources);
            source->type = package->type;
            source->name = package->source_name;
            source->version = version;
            source->scheme = version_of_type(package->type);
            source->comparable = source->scheme && source->scheme->valid(version);
        }
        add_binary(arena, &matcher->sources.items[*at], fact);
    }
}

str match_binaries(struct arena *arena, const struct source *source)
{
    enum { NAMED = 12 };
    str names = {0};
    struct str_list seen = {0};
    for (size_t i = 0; i < source->packages.count; i++) {
        str name = source->packages.items[i]->package.name;
        bool again = false;
        for (size_t k = 0; k < seen.count && !again; k++)
            again = str_eq(seen.items[k], name);
        if (again)
            continue;
        if (seen.count == NAMED)
            return arena_join(arena, names, STR(", "), STR("..."));
        *vec_push(arena, &seen) = name;
        names = names.len ? arena_join(arena, names, STR(", "), name) : name;
    }
    return names;
}
