// SPDX-License-Identifier: Apache-2.0
#include "model/purl.h"

#include "model/language.h"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '~' || c == ':';
}

static char *put(char *at, str text)
{
    for (size_t i = 0; i < text.len; i++)
        *at++ = text.ptr[i];
    return at;
}

static char *put_encoded(char *at, str text, bool lower)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_plain(c)) {
            *at++ = '%';
            *at++ = digits[(unsigned char)c >> 4];
            *at++ = digits[(unsigned char)c & 15];
        } else {
            *at++ = lower && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        }
    }
    return at;
}

/* Types whose names purl-spec writes in lower case. NuGet's are written as the package has them. */
static bool is_lower_type(str type)
{
    return str_eq(type, STR("pypi")) || str_eq(type, STR("npm")) || str_eq(type, STR("golang")) ||
           str_eq(type, STR("composer"));
}

/* A name as PyPI's index has it: each run of "-", "_" and "." is one "-". Something else
 * stands before `from`. Returns the new end. */
static char *put_dashes(char *from, const char *end)
{
    char *at = from;
    for (; from < end; from++) {
        char c = *from == '_' || *from == '.' ? '-' : *from;
        if (c != '-' || at[-1] != '-')
            *at++ = c;
    }
    return at;
}

/* Of a language: its parts are encoded one by one, and names are spelled in one way where case says
 * nothing. */
static str of_language(struct arena *arena, const struct package *package)
{
    char separator = str_eq(package->type, STR("maven")) ? ':' : '/';
    bool lower = is_lower_type(package->type);
    char *text = arena_alloc(arena, (package->name.len + package->version.len) * 3 +
                                        package->type.len + sizeof("pkg:/@")),
         *at = put(text, STR("pkg:"));
    str rest = package->name, part;
    at = put(at, package->type);
    while (str_next(&rest, separator, &part)) {
        *at++ = '/';
        char *from = at;
        at = put_encoded(at, part, lower);
        if (str_eq(package->type, STR("pypi")))
            at = put_dashes(from, at);
    }
    *at++ = '@';
    at = put_encoded(at, package->version, false);
    return str_make(text, (size_t)(at - text));
}

str purl_of_package(struct arena *arena, const struct package *package,
                    const struct distribution *distribution)
{
    if (language_has_type(package->type))
        return of_language(arena, package);
    str release = {0};
    if (distribution->id.len)
        release = distribution->version_id.len ? distribution->version_id : distribution->codename;
    enum { FIXED_PARTS = 64 };
    size_t longest = package->type.len + package->name.len + package->version.len +
                     package->arch.len + 2 * distribution->id.len + release.len;
    char *text = arena_alloc(arena, longest * 3 + FIXED_PARTS), *at = text;
    at = put(at, STR("pkg:"));
    at = put_encoded(at, package->type, true);
    if (distribution->id.len) {
        at = put(at, STR("/"));
        at = put_encoded(at, distribution->id, true);
    }
    at = put(at, STR("/"));
    at = put_encoded(at, package->name, true);
    at = put(at, STR("@"));
    at = put_encoded(at, package->version, false);
    char separator = '?';
    if (package->arch.len) {
        *at++ = separator;
        at = put(at, STR("arch="));
        at = put_encoded(at, package->arch, false);
        separator = '&';
    }
    if (release.len) {
        *at++ = separator;
        at = put(at, STR("distro="));
        at = put_encoded(at, distribution->id, false);
        at = put(at, STR("-"));
        at = put_encoded(at, release, false);
    }
    return str_make(text, (size_t)(at - text));
}
