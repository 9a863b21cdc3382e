// SPDX-License-Identifier: Apache-2.0
/* Which distribution and release, until when it is supported, and which namespaces speak of it. */
#include "judge/advisory/match_parts.h"

#include "base/tsv.h"
#include "data.h"

/* os-release wins over its fall-backs, and etc/ over usr/lib/. */
static size_t rank_of(const struct fact *fact)
{
    static const char *const order[] = {"etc/os-release", "usr/lib/os-release", "etc/lsb-release",
                                        "etc/alpine-release", "etc/debian_version"};
    size_t rank = 0, count = sizeof(order) / sizeof(order[0]);
    while (rank < count && !str_eq(fact->path, str_from(order[rank])))
        rank++;
    /* A file that does not say which one it is says less than any other. */
    return str_eq(fact->distribution.id, STR("linux")) ? rank + count : rank;
}

static const struct fact *choose_distribution(const struct fact_list *facts)
{
    const struct fact *best = NULL;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->kind == FACT_DISTRIBUTION && (!best || rank_of(fact) < rank_of(best)))
            best = fact;
    }
    return best;
}

static bool is_alpine_edge(str version)
{
    return str_contains(version, STR("_alpha")) || str_eq(version, STR("edge"));
}

/* "3.19.1" -> "3.19" */
static str two_numbers(str version)
{
    size_t dot = str_find_char(version, '.');
    if (dot == STR_NONE)
        return version;
    size_t second = str_find_char(str_from_index(version, dot + 1), '.');
    return second == STR_NONE ? version : str_sub(version, 0, dot + 1 + second);
}

/* The row of data/end_of_life.tsv; "" where there is none. */
static str release_row(const struct distribution *distribution)
{
    str rows, row;
    str version = distribution->version_id;
    if (str_eq(distribution->id, STR("alpine")))
        version = two_numbers(version);
    if (!tsv_find(str_make(data_end_of_life, data_end_of_life_len), distribution->id, &rows))
        return (str){0};
    while (tsv_next(&rows, &row)) {
        bool same_name =
            distribution->codename.len && str_eq(tsv_field(row, 2), distribution->codename);
        if (same_name || (version.len && str_eq(tsv_field(row, 1), version)))
            return row;
    }
    return (str){0};
}

static void find_end(struct place *place, str row, const char *today)
{
    place->release_known = row.len > 0;
    str end = tsv_field(row, 5);
    if (row.len == 0 || str_eq(end, STR("-")))
        return;
    place->support_end = end;
    place->support_ended = today && str_cmp(str_from(today), end) > 0;
}

static struct branch *branch_named(struct arena *arena, struct place *place, str name)
{
    for (size_t i = 0; i < place->branches.count; i++)
        if (str_eq(place->branches.items[i].name, name))
            return &place->branches.items[i];
    struct branch *branch = vec_push(arena, &place->branches);
    branch->name = name;
    return branch;
}

static void add_namespace(struct arena *arena, struct branch *branch, str component)
{
    str name = arena_join(arena, STR("alpine:"), branch->name, (str){0});
    name = arena_join(arena, name, STR("/"), component);
    for (size_t i = 0; i < branch->namespaces.count; i++)
        if (str_eq(branch->namespaces.items[i], name))
            return;
    *vec_push(arena, &branch->namespaces) = name;
}

/* Repositories with a tag give packages on request only: they do not speak for the others. */
static void find_alpine_branches(struct arena *arena, const struct fact_list *facts,
                                 struct place *place)
{
    str version = place->distribution.version_id, own = {0};
    if (is_alpine_edge(version))
        own = STR("edge");
    else if (version.len)
        own = arena_join(arena, STR("v"), two_numbers(version), (str){0});
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < facts->count; i++) {
            const struct fact *fact = &facts->items[i];
            const struct apk_repository *repository = &fact->apk_repository;
            if (fact->kind != FACT_APK_REPOSITORY || repository->branch.len == 0 ||
                str_starts(repository->url, STR("@")))
                continue;
            str name = repository->branch;
            if (str_eq(name, STR("latest-stable")))
                name = own;
            if (name.len && str_eq(name, own) == (pass == 0))
                add_namespace(arena, branch_named(arena, place, name), repository->component);
        }
    if (place->branches.count || own.len == 0)
        return;
    struct branch *branch = branch_named(arena, place, own);
    branch->guessed = true;
    add_namespace(arena, branch, STR("main"));
    add_namespace(arena, branch, STR("community"));
}

/* The release's name from VERSION_CODENAME, its number, or "... trixie/sid" in PRETTY_NAME. */
static str debian_codename(const struct distribution *distribution, str row)
{
    str codename, rest, word;
    str_cut(distribution->codename, '/', &codename, &rest);
    if (codename.len == 0)
        codename = tsv_field(row, 2);
    for (rest = distribution->pretty_name; codename.len == 0 && str_next_word(&rest, &word);)
        if (str_ends(word, STR("/sid")))
            codename = str_sub(word, 0, word.len - STR("/sid").len);
    return codename;
}

void place_find(struct arena *arena, const struct fact_list *facts, const char *today,
                struct place *ret)
{
    *ret = (struct place){.fact = choose_distribution(facts)};
    if (!ret->fact)
        return;
    ret->distribution = ret->fact->distribution;
    struct distribution *distribution = &ret->distribution;
    str row = release_row(distribution);
    if (str_eq(distribution->id, STR("debian"))) {
        ret->package_type = STR("deb");
        distribution->codename = debian_codename(distribution, row);
        row = release_row(distribution);
        if (distribution->codename.len) {
            struct branch *branch = branch_named(arena, ret, distribution->codename);
            *vec_push(arena, &branch->namespaces) =
                arena_join(arena, STR("debian:"), distribution->codename, (str){0});
        }
    } else if (str_eq(distribution->id, STR("alpine"))) {
        ret->package_type = STR("apk");
        find_alpine_branches(arena, facts, ret);
    }
    find_end(ret, row, today);
    if (str_eq(distribution->id, STR("alpine")) && is_alpine_edge(distribution->version_id))
        ret->release_known = true;
}

str place_name(struct arena *arena, const struct place *place)
{
    const struct distribution *distribution = &place->distribution;
    str release = distribution->version_id.len ? distribution->version_id : distribution->codename;
    if (distribution->pretty_name.len)
        return distribution->pretty_name;
    return release.len ? arena_join(arena, distribution->id, STR(" "), release) : distribution->id;
}
