// SPDX-License-Identifier: Apache-2.0
#include "read/image/claims.h"
#include "read/image/platform.h"
#include "tests/unit/test.h"

TEST(image_platform_names)
{
    static const char *const rows[][2] = {
        {"linux/x86_64", "linux/amd64"},    {"linux/amd64/v1", "linux/amd64"},
        {"linux/aarch64", "linux/arm64"},   {"linux/arm64/v8", "linux/arm64"},
        {"linux/armhf", "linux/arm/v7"},    {"linux/armel", "linux/arm/v6"},
        {"linux/arm", "linux/arm/v7"},      {"arm64", "linux/arm64"},
        {"windows/amd64", "windows/amd64"}, {"linux/arm/6", "linux/arm/v6"},
    };
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct platform platform;
        CHECK_OK(platform_parse(&arena, str_from(rows[i][0]), &platform, &err), &err);
        CHECK_STR(rows[i][1], platform_text(&arena, platform));
    }
    static const char *const bad[] = {"", "a/b/c/d", "linux/", "linux//v8", "li nux/amd64"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct platform platform;
        CHECK_EQ(-1, platform_parse(&arena, str_from(bad[i]), &platform, &err));
    }
}

static unsigned rank(struct arena *arena, const char *want, const char *have)
{
    struct err err = {0};
    struct platform a = {0}, b = {0};
    CHECK_OK(platform_parse(arena, str_from(want), &a, &err), &err);
    CHECK_OK(platform_parse(arena, str_from(have), &b, &err), &err);
    return platform_rank(a, b);
}

TEST(image_platform_order)
{
    ARENA_SCOPED arena = {0};
    CHECK_EQ(0, rank(&arena, "linux/amd64/v3", "linux/amd64/v3"));
    CHECK(rank(&arena, "linux/amd64/v3", "linux/amd64/v2") <
          rank(&arena, "linux/amd64/v3", "linux/amd64"));
    CHECK(rank(&arena, "linux/amd64/v3", "linux/amd64") <
          rank(&arena, "linux/amd64/v3", "linux/386"));
    CHECK_EQ(PLATFORM_NO_MATCH, rank(&arena, "linux/amd64", "linux/amd64/v2"));
    CHECK_EQ(PLATFORM_NO_MATCH, rank(&arena, "linux/amd64", "windows/amd64"));
    CHECK_EQ(0, rank(&arena, "linux/arm64", "linux/arm64/v8"));
    CHECK(rank(&arena, "linux/arm64", "linux/arm/v8") <
          rank(&arena, "linux/arm64", "linux/arm/v7"));
    CHECK_EQ(PLATFORM_NO_MATCH, rank(&arena, "linux/arm/v6", "linux/arm/v7"));
    CHECK_EQ(1, rank(&arena, "linux/arm/v7", "linux/arm/v6"));
    CHECK_EQ(PLATFORM_NO_MATCH, rank(&arena, "linux/386", "linux/amd64"));
}

static const char *const some[] = {"etc/os-release", "usr/lib/os-release", "lib/db/*", NULL};
static const char *const other[] = {"usr/lib/db/a*c", "etc/only", NULL};
static const struct collector first = {.name = "first", .paths = some};
static const struct collector second = {.name = "second", .paths = other};
static const struct collector *const both[] = {&first, &second};

TEST(image_claims)
{
    ARENA_SCOPED arena = {0};
    struct claims *claims = claims_make(&arena, both, 2);
    CHECK_EQ(1, claims_match(claims, STR("etc/os-release")).collectors);
    CHECK_EQ(2, claims_match(claims, STR("usr/lib/db/abc")).collectors);
    CHECK_EQ(0, claims_match(claims, STR("usr/lib/db/abd")).collectors);
    CHECK_EQ(0, claims_match(claims, STR("lib/db/x/y")).collectors);
    CHECK(claims_match(claims, STR("")).relevant);
    CHECK(claims_match(claims, STR("usr/lib")).relevant);
    CHECK(!claims_match(claims, STR("usr/bin")).relevant);
    CHECK(!claims_match(claims, STR("lib/db/x/y")).relevant);
    struct claims_names names = {0};
    CHECK(!claims_names_below(claims, STR("etc"), &arena, &names));
    CHECK_EQ(2, names.count);
    CHECK(claims_names_below(claims, STR("lib/db"), &arena, &names));
    /* The same collector looks where the link leads; another one's claim does not help. */
    CHECK(claims_link_is_covered(claims, &arena, STR("etc/os-release"),
                                 STR("../usr/lib/os-release")));
    CHECK(!claims_link_is_covered(claims, &arena, STR("etc/os-release"), STR("only")));
    CHECK(!claims_link_is_covered(claims, &arena, STR("lib"), STR("usr/lib")));
    CHECK(claims_link_is_covered(claims, &arena, STR("usr/bin"), STR("/anywhere")));
}
