// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "tests/unit/test.h"

TEST(path_clean_confines_every_name)
{
    static const struct {
        const char *raw, *clean;
        bool odd;
    } cases[] = {
        {"etc/passwd", "etc/passwd", false},
        {"./etc/passwd", "etc/passwd", false},
        {"./", "", false},
        {".", "", false},
        {"etc/", "etc", false},
        {"", "", false},
        {"a//b", "a/b", false},
        {"a/./b", "a/b", false},
        {"/etc/passwd", "etc/passwd", false},
        {"../x", "x", true},
        {"a/../../../b", "b", true},
        {"a/b/..", "a", true},
        {"..", "", true},
        {"/", "", false},
        {"...", "...", false},
        {"a/..b", "a/..b", false},
        {"././a", "a", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        bool odd;
        str clean = path_clean(&arena, str_from(cases[i].raw), &odd);
        CHECK_STR(cases[i].clean, clean);
        CHECK_EQ(cases[i].odd, odd);
    }
    ARENA_SCOPED arena = {0};
    bool odd;
    CHECK_STR("a", path_clean(&arena, STR("a\0b"), &odd));
    CHECK(odd);
}

TEST(path_match_stays_within_a_component)
{
    CHECK(path_match(STR("a/*.list"), STR("a/b.list")));
    CHECK(path_match(STR("a/*"), STR("a/b")));
    CHECK(!path_match(STR("a/*"), STR("a/b/c")));
    CHECK(!path_match(STR("a/*.list"), STR("a/b.md5sums")));
    CHECK(path_match(STR("*x*y"), STR("axbxcy")));
    CHECK(!path_match(STR("*x*y"), STR("axb/y")));
    CHECK(path_match(STR("a"), STR("a")) && !path_match(STR("a"), STR("ab")));
    CHECK(!path_match(STR("ab"), STR("a")));
}

TEST(path_ancestors_end_at_a_slash)
{
    CHECK(path_is_ancestor(STR(""), STR("a")));
    CHECK(path_is_ancestor(STR("usr"), STR("usr")));
    CHECK(path_is_ancestor(STR("usr"), STR("usr/lib")));
    CHECK(!path_is_ancestor(STR("usr"), STR("usrx")));
    CHECK(!path_is_ancestor(STR("usr/lib"), STR("usr")));
    CHECK_STR("a/b", path_parent(STR("a/b/c")));
    CHECK_STR("c", path_base(STR("a/b/c")));
    CHECK_STR("", path_parent(STR("a")));
}
