// SPDX-License-Identifier: Apache-2.0
/* Source packages: advisories speak of these, and all binaries of one are updated together. */
#include "judge/advisory/match_parts.h"

#include "model/language.h"
#include "model/purl.h"

#include <string.h>

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
        str key =
            match_text(arena, package->type, STR("\n"), package->source_name, STR("\n"), version);
        bool fresh;
        uintptr_t *at = map_put(arena, &index, key, &fresh);
        if (fresh) {
            *at = matcher->sources.count;
            struct source *source = vec_push(arena, &matcher->sources);
            source->type = package->type;
            source->name = package->source_name;
            source->version = version;
            source->scheme = version_of_type(package->type);
            source->of_language = language_has_type(package->type);
            source->comparable = source->scheme && source->scheme->valid(version);
        }
        add_binary(arena, &matcher->sources.items[*at], fact);
    }
}

str match_text_(struct arena *arena, const str *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = arena_alloc(arena, len + 1), *at = text;
    for (size_t i = 0; i < count; i++)
        if (parts[i].len)
            at = mempcpy(at, parts[i].ptr, parts[i].len);
    return str_make(text, len);
}

static bool is_safe_for_shell(str name)
{
    static const str marks = STR_INIT("+-.:_~");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (i == 0 || str_find_char(marks, c) == STR_NONE))
            return false;
    }
    return name.len > 0;
}

/* What upgrades it from inside the target; absent for images without a package manager. */
static str command_of(const struct source *source)
{
    if (str_eq(source->type, STR("apk")))
        return STR("apk upgrade --no-cache");
    if (source->of_language ||
        str_starts(source->packages.items[0]->path, STR("var/lib/dpkg/status.d/")))
        return (str){0};
    return STR("apt-get update && apt-get install -y --only-upgrade");
}

void match_describe(struct matcher *matcher, struct source *source)
{
    enum { NAMED = 12 };
    struct arena *arena = matcher->arena;
    struct map seen = {0};
    if (source->purl.len)
        return;
    source->purl =
        purl_of_package(arena, &source->packages.items[0]->package, &matcher->place.distribution);
    source->upgrade = command_of(source);
    for (size_t i = 0; i < source->packages.count; i++) {
        str name = source->packages.items[i]->package.name;
        bool fresh;
        map_put(arena, &seen, name, &fresh);
        if (!fresh)
            continue;
        if (seen.count <= NAMED)
            source->binaries = match_text(arena, source->binaries, i ? STR(", ") : (str){0}, name);
        else if (seen.count == NAMED + 1)
            source->binaries = match_text(arena, source->binaries, STR(", ..."));
        if (source->upgrade.len && is_safe_for_shell(name))
            source->upgrade = match_text(arena, source->upgrade, STR(" "), name);
        else
            source->upgrade = (str){0};
    }
}

/* What building against a kernel takes, and programs that talk to one. */
static bool is_beside_kernel(str name)
{
    static const char *const kinds[] = {"linux-libc-dev",
                                        "linux-headers-",
                                        "linux-kbuild-",
                                        "linux-compiler-",
                                        "linux-doc",
                                        "linux-source",
                                        "linux-support-",
                                        "linux-config-",
                                        "linux-perf",
                                        "linux-tools-",
                                        "linux-cpupower",
                                        "linux-bootwrapper-",
                                        "linux-misc-tools",
                                        "linux-cloud-tools-",
                                        "libcpupower",
                                        "bpftool",
                                        "usbip",
                                        "hyperv-daemons",
                                        "rtla"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_starts(name, str_from(kinds[i])))
            return true;
    return false;
}

bool match_is_without_kernel(const struct source *source)
{
    if (!str_eq(source->name, STR("linux")) && !str_starts(source->name, STR("linux-")))
        return false;
    for (size_t i = 0; i < source->packages.count; i++)
        if (!is_beside_kernel(source->packages.items[i]->package.name))
            return false;
    return true;
}
