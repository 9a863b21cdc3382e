// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/store_builtin.h"

#include "base/tsv.h"

#include "data.h"

/*
 * Two kinds of rows, sorted by the first field:
 *   *                   bookworm        2026-11-24   4711    a release: day of making, fixes
 *   bookworm/openssl    CVE-2023-0464   3.0.9-1      2023-05-30
 */
static str table(void)
{
    return (str){data_builtin_advisories, data_builtin_advisories_len};
}

static str releases(void)
{
    str rows = {0};
    tsv_find(table(), STR("*"), &rows);
    return rows;
}

struct report_feed builtin_feed(void)
{
    struct report_feed feed = {.feed = STR(BUILTIN_FEED), .built_in = true};
    str rest = releases(), row;
    while (tsv_next(&rest, &row)) {
        uint64_t fixes = 0;
        str_to_u64(tsv_field(row, 3), UINT32_MAX, &fixes);
        feed.updated = tsv_field(row, 2);
        feed.count += fixes;
    }
    return feed;
}

bool builtin_has_namespace(str namespace)
{
    str rest = releases(), row;
    if (!str_skip(&namespace, STR("debian:")))
        return false;
    while (tsv_next(&rest, &row))
        if (str_eq(tsv_field(row, 1), namespace))
            return true;
    return false;
}

bool builtin_is_needed(bool (*covers)(const void *context, str namespace), const void *context)
{
    ARENA_SCOPED arena = {0};
    str rest = releases(), row;
    while (tsv_next(&rest, &row))
        if (!covers(context, arena_join(&arena, STR("debian"), STR(":"), tsv_field(row, 1))))
            return true;
    return false;
}

static bool find_source(struct arena *arena, str release, str package, str *ret_rows)
{
    return tsv_find(table(), arena_join(arena, release, STR("/"), package), ret_rows);
}

void builtin_find(struct arena *arena, str namespace, str package, struct advisory_list *ret)
{
    str release = namespace, rows, row;
    if (!str_skip(&release, STR("debian:")) || !find_source(arena, release, package, &rows))
        return;
    while (tsv_next(&rows, &row))
        *vec_push(arena, ret) = (struct advisory){
            .namespace = namespace,
            .package = package,
            .id = tsv_field(row, 1),
            .status = ADVISORY_FIXED,
            .fixed_version = tsv_field(row, 2),
        };
}

bool builtin_knows_package(str package)
{
    ARENA_SCOPED arena = {0};
    str rest = releases(), row, found;
    while (tsv_next(&rest, &row))
        if (find_source(&arena, tsv_field(row, 1), package, &found))
            return true;
    return false;
}

void builtin_packages_of(str id, void (*visit)(void *context, str package), void *context)
{
    ARENA_SCOPED arena = {0};
    str needle = arena_printf(&arena, "\t%.*s\t", STR_ARG(id)), text = table();
    for (size_t at; (at = str_find(text, needle)) != STR_NONE;) {
        size_t start = str_rfind_char(str_sub(text, 0, at), '\n') + 1;
        str release, package;
        if (str_cut(str_sub(text, start, at - start), '/', &release, &package))
            visit(context, package);
        text = str_from_index(text, at + 1);
    }
}
