// SPDX-License-Identifier: Apache-2.0
#include "model/purl.h"

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

str purl_of_package(struct arena *arena, const struct package *package,
                    const struct distribution *distribution)
{
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
