// SPDX-License-Identifier: Apache-2.0
/*
 * Which distribution it is: os-release(5), else etc/lsb-release (what Ubuntu's images of old have),
 * etc/debian_version ("12.5", "trixie/sid") and etc/alpine-release ("3.19.1"). Each file is a fact;
 * who reads the facts prefers os-release.
 */
#include "base/limits.h"
#include "model/damage.h"

/* A word as a shell reads it: '...' as it stands, "..." with \ before $ " \ `, else \ before
 * anything. os-release(5) allows one word and no expansion. */
static str unquote(struct arena *arena, str value)
{
    char *out = arena_alloc(arena, value.len + 1);
    size_t len = 0;
    char quote = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
            continue;
        }
        bool escapes = quote == '"' ? i + 1 < value.len &&
                                          str_find_char(STR("$\"\\`"), value.ptr[i + 1]) != STR_NONE
                                    : quote == 0;
        if (c == '\\' && escapes) {
            if (++i < value.len)
                out[len++] = value.ptr[i];
            continue;
        }
        if (!quote && (c == ' ' || c == '\t' || c == ';'))
            break;
        out[len++] = c;
    }
    return str_make(out, len);
}

struct wanted_name {
    str name;
    str *value;
};

static void read_settings(struct collect *to, str path, str content,
                          const struct wanted_name *wanted, size_t count)
{
    struct damage damage = {.to = to, .path = path};
    str line, name, value;
    size_t number = 0;
    while (str_next_line(&content, &line)) {
        number++;
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!str_cut(line, '=', &name, &value) || value.len > LIMIT_FIELD) {
            damage_add(&damage, "line %zu is no setting", number);
            continue;
        }
        for (size_t i = 0; i < count; i++)
            if (str_eq(name, wanted[i].name))
                *wanted[i].value = unquote(to->arena, value);
    }
    damage_end(&damage);
}

static void read_os_release(struct collect *to, str path, str content)
{
    struct distribution distribution = {.id = STR("linux")}; /* the default of os-release(5) */
    const struct wanted_name fields[] = {
        {STR("ID"), &distribution.id},
        {STR("VERSION_ID"), &distribution.version_id},
        {STR("VERSION_CODENAME"), &distribution.codename},
        {STR("PRETTY_NAME"), &distribution.pretty_name},
        {STR("ID_LIKE"), &distribution.id_like},
    };
    read_settings(to, path, content, fields, sizeof(fields) / sizeof(fields[0]));
    fact_add(to, FACT_DISTRIBUTION, path)->distribution = distribution;
}

/* Its id is a name for people: "Ubuntu". One without an id says nothing (LSB_VERSION alone). */
static void read_lsb_release(struct collect *to, str path, str content)
{
    struct distribution distribution = {0};
    const struct wanted_name fields[] = {
        {STR("DISTRIB_ID"), &distribution.id},
        {STR("DISTRIB_RELEASE"), &distribution.version_id},
        {STR("DISTRIB_CODENAME"), &distribution.codename},
        {STR("DISTRIB_DESCRIPTION"), &distribution.pretty_name},
    };
    read_settings(to, path, content, fields, sizeof(fields) / sizeof(fields[0]));
    if (distribution.id.len == 0)
        return;
    distribution.id = arena_lower(to->arena, distribution.id);
    fact_add(to, FACT_DISTRIBUTION, path)->distribution = distribution;
}

/* "12.5" is release 12; "trixie/sid" is what will become trixie. */
static void read_debian_version(struct collect *to, str path, str text)
{
    struct distribution *distribution = &fact_add(to, FACT_DISTRIBUTION, path)->distribution;
    str head, tail;
    distribution->id = STR("debian");
    distribution->pretty_name = arena_printf(to->arena, "Debian GNU/Linux %.*s", STR_ARG(text));
    if (str_cut(text, '/', &head, &tail)) {
        distribution->codename = arena_str(to->arena, head);
        return;
    }
    str_cut(text, '.', &head, &tail);
    distribution->version_id = arena_str(to->arena, head);
}

static void read_alpine_release(struct collect *to, str path, str text)
{
    struct distribution *distribution = &fact_add(to, FACT_DISTRIBUTION, path)->distribution;
    distribution->id = STR("alpine");
    distribution->version_id = arena_str(to->arena, text);
    distribution->pretty_name = arena_printf(to->arena, "Alpine Linux %.*s", STR_ARG(text));
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    if (str_ends(entry->path, STR("os-release"))) {
        read_os_release(to, entry->path, content);
        return 0;
    }
    if (str_ends(entry->path, STR("lsb-release"))) {
        read_lsb_release(to, entry->path, content);
        return 0;
    }
    str line = {0};
    str_next_line(&content, &line);
    line = str_trim(line);
    if (line.len == 0 || line.len > LIMIT_VERSION)
        return err_set(err, ERR_FORMAT, "does not start with a version");
    if (str_ends(entry->path, STR("debian_version")))
        read_debian_version(to, entry->path, line);
    else
        read_alpine_release(to, entry->path, line);
    return 0;
}

static const char *const paths[] = {"etc/os-release",     "usr/lib/os-release", "etc/lsb-release",
                                    "etc/debian_version", "etc/alpine-release", NULL};

const struct collector package_os_release = {
    .name = "os_release",
    .version = 2,
    .wants = WANT_PACKAGES,
    .limit = LIMIT_SETTINGS,
    .paths = paths,
    .collect = collect,
};
