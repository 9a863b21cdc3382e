// SPDX-License-Identifier: Apache-2.0
#include "model/language.h"

#include "base/limits.h"

/* The longest that any of the registries takes is 214 bytes; versions of Go's own builds have paths
 * of branches in them. */
enum { LONGEST_NAME = 512, LONGEST_VERSION = 256 };

bool language_has_type(str type)
{
    static const str types[] = {STR_INIT("pypi"),  STR_INIT("npm"),  STR_INIT("golang"),
                                STR_INIT("cargo"), STR_INIT("gem"),  STR_INIT("composer"),
                                STR_INIT("maven"), STR_INIT("nuget")};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_eq(types[i], type))
            return true;
    return false;
}

/* PEP 503: runs of "-", "_" and "." are one "-". */
static str one_dash(struct arena *arena, str name)
{
    char *text = arena_copy(arena, name.ptr, name.len), *at = text;
    for (size_t i = 0; i < name.len; i++) {
        char c = text[i] == '_' || text[i] == '.' ? '-' : text[i];
        if (c != '-' || at == text || at[-1] != '-')
            *at++ = c;
    }
    return str_make(text, (size_t)(at - text));
}

str language_key(struct arena *arena, str type, str name)
{
    if (str_eq(type, STR("pypi")))
        return one_dash(arena, arena_lower(arena, name));
    if (str_eq(type, STR("composer")) || str_eq(type, STR("nuget")))
        return arena_lower(arena, name);
    return name;
}

static bool is_plain(str text, size_t longest)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '{' || c == '$')
            return false;
    }
    return text.len > 0 && text.len <= longest;
}

/* Whether LIMIT_PACKAGES facts of the file stand there, which is said once. They come in a row. */
static bool is_full(struct collect *to, str path)
{
    const struct fact_list *facts = to->facts;
    if (facts->count < LIMIT_PACKAGES ||
        !str_eq(facts->items[facts->count - LIMIT_PACKAGES].path, path) ||
        !str_eq(facts->items[facts->count - 1].path, path))
        return false;
    if (facts->items[facts->count - 1].kind != FACT_GAP)
        fact_add_gap(to, path,
                     arena_printf(to->arena, "more than %d packages in it", LIMIT_PACKAGES));
    return true;
}

bool language_add(struct collect *to, str path, const struct package *package)
{
    if (!is_plain(package->name, LONGEST_NAME) || !is_plain(package->version, LONGEST_VERSION) ||
        is_full(to, path))
        return false;
    struct package *added = &fact_add(to, FACT_PACKAGE, path)->package;
    added->type = package->type;
    added->name = added->source_name = arena_str(to->arena, package->name);
    added->version = added->source_version = arena_str(to->arena, package->version);
    if (package->license.len <= LIMIT_LICENSE && str_is_utf8(package->license))
        added->license = arena_str(to->arena, package->license);
    return true;
}
