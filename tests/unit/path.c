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

TEST(path_resolve_leads_from_a_folder)
{
    static const char *const cases[][3] = {
        {"", "a", "a"},
        {"", "./a//b/", "a/b"},
        {"p", "../a", "a"},
        {"p", "../../a", "../a"},
        {"p", "../../../a", "../../a"},
        {"p/q", ".", "p/q"},
        {"p", "..", ""},
        {"..", "a", "../a"},
        {"/p", "../../a", "/a"},
        {"/p", "..", "/"},
        {"p", "/x/./y", "/x/y"},
        {"/", "a", "/a"},
    };
    ARENA_SCOPED arena = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        CHECK_STR(cases[i][2], path_resolve(&arena, str_from(cases[i][0]), str_from(cases[i][1])));
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

TEST(path_globs_cross_folders_with_two_stars)
{
    CHECK(path_glob(STR("srv/**"), STR("srv/a/b")));
    CHECK(path_glob(STR("/srv/**"), STR("srv/a")) && !path_glob(STR("srv/**"), STR("srvx/a")));
    CHECK(path_glob(STR("**/a.pem"), STR("a.pem")) && path_glob(STR("**/a.pem"), STR("x/y/a.pem")));
    CHECK(!path_glob(STR("**/a.pem"), STR("x/ba.pem")));
    CHECK(path_glob(STR("a/**/b"), STR("a/b")) && path_glob(STR("a/**/b"), STR("a/x/y/b")));
    CHECK(path_glob(STR("**.pem"), STR("x/y.pem")) &&
          path_glob(STR("**/*.pem"), STR("x/.pem/z.pem")));
    CHECK(!path_glob(STR("*.pem"), STR("x/y.pem")) && path_glob(STR("x/*.pem"), STR("x/y.pem")));
    CHECK(!path_glob(STR("**/*.pem"), STR("x/y.pem/z")) && path_glob(STR("**"), STR("x/y")));
    CHECK(path_glob(STR("a*c/**/d*"), STR("abc/x/d/y/dd")) &&
          !path_glob(STR("a*c/**/d*"), STR("abc/x/d/y")));
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
