// SPDX-License-Identifier: Apache-2.0
#include "read/image/platform.h"

#include <sys/utsname.h>

static const struct {
    str from, architecture, variant;
} aliases[] = {
    {STR_INIT("x86_64"), STR_INIT("amd64"), STR_INIT("")},
    {STR_INIT("x86-64"), STR_INIT("amd64"), STR_INIT("")},
    {STR_INIT("i386"), STR_INIT("386"), STR_INIT("")},
    {STR_INIT("i586"), STR_INIT("386"), STR_INIT("")},
    {STR_INIT("i686"), STR_INIT("386"), STR_INIT("")},
    {STR_INIT("aarch64"), STR_INIT("arm64"), STR_INIT("")},
    {STR_INIT("armhf"), STR_INIT("arm"), STR_INIT("v7")},
    {STR_INIT("armel"), STR_INIT("arm"), STR_INIT("v6")},
    {STR_INIT("armv7l"), STR_INIT("arm"), STR_INIT("v7")},
    {STR_INIT("armv6l"), STR_INIT("arm"), STR_INIT("v6")},
};

struct platform platform_normalise(struct platform platform)
{
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
        if (!str_eq_nocase(platform.architecture, aliases[i].from))
            continue;
        platform.architecture = aliases[i].architecture;
        if (platform.variant.len == 0)
            platform.variant = aliases[i].variant;
        break;
    }
    bool arm64 = str_eq(platform.architecture, STR("arm64"));
    if (arm64 && (str_eq(platform.variant, STR("v8")) || str_eq(platform.variant, STR("8"))))
        platform.variant = (str){0};
    if (str_eq(platform.architecture, STR("amd64")) && str_eq(platform.variant, STR("v1")))
        platform.variant = (str){0};
    if (str_eq(platform.architecture, STR("arm"))) {
        if (platform.variant.len == 0)
            platform.variant = STR("v7");
        static const str digits[][2] = {{STR_INIT("5"), STR_INIT("v5")},
                                        {STR_INIT("6"), STR_INIT("v6")},
                                        {STR_INIT("7"), STR_INIT("v7")},
                                        {STR_INIT("8"), STR_INIT("v8")}};
        for (size_t i = 0; i < sizeof(digits) / sizeof(*digits); i++)
            if (str_eq(platform.variant, digits[i][0]))
                platform.variant = digits[i][1];
    }
    return platform;
}

static bool is_word(str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.';
        if (!fine)
            return false;
    }
    return word.len > 0;
}

int platform_parse(struct arena *arena, str text, struct platform *ret, struct err *err)
{
    str parts[3] = {{0}}, rest = arena_str(arena, text), part;
    size_t count = 0;
    bool fine = true;
    while (str_next(&rest, '/', &part)) {
        fine = fine && count < 3 && is_word(part);
        if (count < 3)
            parts[count++] = part;
    }
    if (!fine || count == 0 || str_ends(text, STR("/")))
        return err_set(err, ERR_USAGE, "platform %.*s: want OS/ARCHITECTURE, like linux/arm64",
                       STR_ARG(text));
    *ret = (struct platform){.os = parts[0], .architecture = parts[1], .variant = parts[2]};
    /* One word is an architecture, as docker takes it ("arm64"), or an operating system. */
    if (count == 1 && !str_eq(parts[0], STR("linux")) && !str_eq(parts[0], STR("windows")) &&
        !str_eq(parts[0], STR("freebsd")))
        *ret = (struct platform){.os = STR("linux"), .architecture = parts[0]};
    else if (count == 1)
        ret->architecture = platform_of_host(arena).architecture;
    *ret = platform_normalise(*ret);
    return 0;
}

struct platform platform_of_host(struct arena *arena)
{
    struct utsname name;
    str machine = uname(&name) == 0 ? str_from(name.machine) : STR("x86_64");
    return platform_normalise(
        (struct platform){.os = STR("linux"), .architecture = arena_str(arena, machine)});
}

str platform_text(struct arena *arena, struct platform platform)
{
    if (platform.os.len == 0 && platform.architecture.len == 0)
        return (str){0};
    str text = arena_join(arena, platform.os, STR("/"), platform.architecture);
    return platform.variant.len ? arena_join(arena, text, STR("/"), platform.variant) : text;
}

/* v8 -> 8; what has no number ranks as `none`. */
static unsigned variant_number(str variant, unsigned none)
{
    uint64_t number;
    if (!str_skip(&variant, STR("v")) || !str_to_u64(variant, 99, &number))
        return none;
    return (unsigned)number;
}

static unsigned rank_arm(unsigned from, struct platform have)
{
    unsigned is = variant_number(have.variant, 7);
    return is <= from && is >= 5 ? from - is : PLATFORM_NO_MATCH;
}

unsigned platform_rank(struct platform want, struct platform have)
{
    enum { OTHER_ARCHITECTURE = 100 };
    want = platform_normalise(want);
    have = platform_normalise(have);
    if (!str_eq(want.os, have.os))
        return PLATFORM_NO_MATCH;
    bool same = str_eq(want.architecture, have.architecture);
    if (same && str_eq(want.variant, have.variant))
        return 0;
    if (str_eq(want.architecture, STR("amd64"))) {
        if (!same)
            return str_eq(have.architecture, STR("386")) ? OTHER_ARCHITECTURE : PLATFORM_NO_MATCH;
        unsigned wants = variant_number(want.variant, 1), is = variant_number(have.variant, 1);
        return is <= wants ? wants - is : PLATFORM_NO_MATCH;
    }
    if (str_eq(want.architecture, STR("arm64"))) {
        if (str_eq(have.architecture, STR("arm"))) {
            unsigned rank = rank_arm(8, have);
            return rank == PLATFORM_NO_MATCH ? rank : OTHER_ARCHITECTURE + rank;
        }
        if (!same)
            return PLATFORM_NO_MATCH;
        /* arm64/v9 runs v8 code, not the other way round. */
        unsigned wants = variant_number(want.variant, 8), is = variant_number(have.variant, 8);
        return is <= wants ? wants - is : PLATFORM_NO_MATCH;
    }
    if (same && str_eq(want.architecture, STR("arm")))
        return rank_arm(variant_number(want.variant, 7), have);
    return same && want.variant.len == 0 ? 1 : PLATFORM_NO_MATCH;
}
