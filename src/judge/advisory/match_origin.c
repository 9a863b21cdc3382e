// SPDX-License-Identifier: Apache-2.0
/* Whether Debian built a package, from evidence: its version, its maintainer, its archive. */
#include "judge/advisory/match_parts.h"
#include "judge/advisory/origin.h"

#include "base/tsv.h"
#include "data.h"

enum { ADDRESS_MOST = 256 };

/* "Name <address>" or the address alone, in lower case. */
static str address_of(str maintainer, char out[ADDRESS_MOST])
{
    size_t open = str_rfind_char(maintainer, '<');
    str address = open == STR_NONE ? maintainer : str_from_index(maintainer, open + 1);
    address = str_trim(str_sub(address, 0, str_find_char(address, '>')));
    if (address.len > ADDRESS_MOST)
        return (str){0};
    for (size_t i = 0; i < address.len; i++) {
        char c = address.ptr[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return str_make(out, address.len);
}

/* See tools/debian-maintainers for the table's form. */
static bool is_maintainer(str address_or_domain)
{
    static const char digits[] = "0123456789abcdef";
    char key[16];
    str table = str_make(data_debian_maintainers, data_debian_maintainers_len), rows;
    uint64_t hash = str_hash(address_or_domain);
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = digits[hash >> (60 - 4 * i) & 15];
    return tsv_find(table, str_make(key, sizeof(key)), &rows);
}

static bool maintains(str maintainer)
{
    char text[ADDRESS_MOST];
    str address = address_of(maintainer, text);
    size_t at = str_rfind_char(address, '@');
    return at != STR_NONE &&
           (is_maintainer(str_from_index(address, at + 1)) || is_maintainer(address));
}

bool package_is_of_debian(const struct package *package)
{
    return str_eq(package->type, STR("deb")) && maintains(package->maintainer);
}

static bool maintains_in_debian(struct matcher *matcher, str maintainer)
{
    bool fresh;
    uintptr_t *known = map_put(matcher->arena, &matcher->maintainers, maintainer, &fresh);
    if (fresh)
        *known = maintains(maintainer);
    return *known;
}

static uint32_t letters_of(str text)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z')
            letters |= 1u << (text.ptr[i] - 'a');
    return letters;
}

static void read_marks(struct matcher *matcher)
{
    str rest = str_make(data_third_party_versions, data_third_party_versions_len), row;
    while (tsv_next(&rest, &row)) {
        str text = tsv_field(row, 0);
        *vec_push(matcher->arena, &matcher->marks) =
            (struct mark){text, tsv_field(row, 1), letters_of(text)};
    }
}

static bool has_foreign_mark(struct matcher *matcher, str version, str *ret_builder)
{
    uint32_t letters = letters_of(version);
    if (matcher->marks.count == 0)
        read_marks(matcher);
    for (size_t i = 0; i < matcher->marks.count; i++) {
        const struct mark *mark = &matcher->marks.items[i];
        if ((mark->letters & letters) == mark->letters && str_contains(version, mark->text)) {
            *ret_builder = mark->builder;
            return true;
        }
    }
    return false;
}

/* A version that Debian's tracker names as a fix is one that Debian built. */
static bool is_a_fix(const struct matcher *matcher, const struct source *source)
{
    for (size_t b = 0; b < matcher->place.branches.count; b++) {
        const struct branch *branch = &matcher->place.branches.items[b];
        for (size_t n = 0; n < branch->namespaces.count; n++) {
            struct advisory_list list = {0};
            str feed;
            store_find(matcher->store, matcher->arena, branch->namespaces.items[n], source->name,
                       &list, &feed);
            for (size_t i = 0; i < list.count; i++)
                if (list.items[i].status == ADVISORY_FIXED &&
                    str_eq(list.items[i].fixed_version, source->version))
                    return true;
        }
    }
    return false;
}

enum origin match_origin(struct matcher *matcher, const struct source *source, str *ret_builder)
{
    const struct package *package = &source->packages.items[0]->package;
    *ret_builder = package->maintainer.len ? package->maintainer : STR("someone unknown");
    if (!str_eq(matcher->place.distribution.id, STR("debian")))
        return ORIGIN_DISTRIBUTION;
    if (has_foreign_mark(matcher, package->version, ret_builder))
        return ORIGIN_OTHER;
    if (maintains_in_debian(matcher, package->maintainer) || match_is_offered(matcher, package) ||
        is_a_fix(matcher, source))
        return ORIGIN_DISTRIBUTION;
    if (store_knows_package(matcher->store, STR("debian:"), source->name))
        return ORIGIN_UNSURE;
    return ORIGIN_OTHER;
}
