// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "judge/version/version.h"
#include "tests/unit/test.h"

static int sign(int order)
{
    return order < 0 ? -1 : order > 0;
}

static void check_order(const struct version_scheme *scheme, str a, str b, int want)
{
    if (!scheme->valid(a) || !scheme->valid(b))
        test_failed(__FILE__, __LINE__, "%s: %.*s or %.*s is not valid", scheme->name, STR_ARG(a),
                    STR_ARG(b));
    else if (sign(scheme->compare(a, b)) != want || sign(scheme->compare(b, a)) != -want)
        test_failed(__FILE__, __LINE__, "%s: %.*s against %.*s: want %d, got %d and back %d",
                    scheme->name, STR_ARG(a), STR_ARG(b), want, sign(scheme->compare(a, b)),
                    sign(scheme->compare(b, a)));
}

/* See the heads of tests/versions/NAME.data. */
static void check_line(const struct version_scheme *scheme, str line)
{
    bool want = str_skip(&line, STR("valid "));
    if (want || str_skip(&line, STR("invalid"))) {
        if (!want)
            str_skip(&line, STR(" "));
        if (scheme->valid(line) != want)
            test_failed(__FILE__, __LINE__, "%s: \"%.*s\" is %svalid", scheme->name, STR_ARG(line),
                        want ? "in" : "");
        return;
    }
    size_t at = str_find(line, STR(" < "));
    bool less = at != STR_NONE;
    if (!less)
        at = str_find(line, STR(" = "));
    CHECK(at != STR_NONE);
    check_order(scheme, str_sub(line, 0, at), str_from_index(line, at + 3), less ? -1 : 0);
}

static void check_file(const char *name, const char *path, size_t at_least)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    const struct version_scheme *scheme = version_by_name(str_from(name));
    str text, line;
    size_t count = 0;
    CHECK(scheme);
    if (!scheme || fd_read_file(&arena, path, 1 << 20, &text, &err) < 0) {
        test_failed(__FILE__, __LINE__, "%s", err.message);
        return;
    }
    while (str_next_line(&text, &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        check_line(scheme, line);
        count++;
    }
    CHECK(count >= at_least);
}

TEST(versions_of_dpkg_follow_their_table)
{
    check_file("dpkg", "tests/versions/dpkg.data", 60);
}

TEST(versions_of_apk_follow_their_table)
{
    check_file("apk", "tests/versions/apk.data", 80);
}

TEST(versions_of_language_packages_follow_their_tables)
{
    check_file("pypi", "tests/versions/pypi.data", 35);
    check_file("npm", "tests/versions/npm.data", 25);
    check_file("cargo", "tests/versions/cargo.data", 18);
    check_file("golang", "tests/versions/golang.data", 28);
    check_file("gem", "tests/versions/gem.data", 23);
    check_file("composer", "tests/versions/composer.data", 33);
    check_file("maven", "tests/versions/maven.data", 35);
    check_file("nuget", "tests/versions/nuget.data", 23);
}

TEST(versions_too_long_are_not_valid)
{
    char text[600];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = '1';
    static const char *const names[] = {"dpkg",   "apk", "pypi",     "npm",   "cargo",
                                        "golang", "gem", "composer", "maven", "nuget"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(!version_by_name(str_from(names[i]))->valid(str_make(text, sizeof(text))));
}

TEST(versions_are_found_by_package_type)
{
    CHECK_STR("dpkg", str_from(version_of_type(STR("deb"))->name));
    CHECK_STR("apk", str_from(version_of_type(STR("apk"))->name));
    CHECK_STR("golang", str_from(version_of_type(STR("golang"))->name));
    CHECK(!version_of_type(STR("rpm")));
}
