// SPDX-License-Identifier: Apache-2.0
#include "read/folder/folder.h"

#include "tests/unit/test.h"

/* Checked against `git check-ignore` of git 2.39. */
TEST(gitignore_patterns)
{
    static const struct {
        const char *rules, *path;
        bool folder;
        int want;
    } cases[] = {
        {"a", "a", false, 1},
        {"a", "x/a", false, 1},
        {"a", "ab", false, -1},
        {"/a", "a", false, 1},
        {"/a", "x/a", false, -1},
        {"x/a", "x/a", false, 1},
        {"x/a", "y/x/a", false, -1},
        {"a/", "a", true, 1},
        {"a/", "a", false, -1},
        {"*.c", "x/y.c", false, 1},
        {"/*.c", "x/y.c", false, -1},
        {"x/*.c", "x/y/z.c", false, -1},
        {"**/a", "a", false, 1},
        {"**/a", "x/y/a", false, 1},
        {"**/x/a", "y/x/a", false, 1},
        {"a/**", "a/b/c", false, 1},
        {"a/**", "a", true, -1},
        {"a/**/b", "a/b", false, 1},
        {"a/**/b", "a/x/y/b", false, 1},
        {"a/**/b", "a/x/y/c", false, -1},
        {"a**b", "aXXb", false, 1},
        {"a?c", "abc", false, 1},
        {"a?c", "a/c", false, -1},
        {"[a-c]x", "bx", false, 1},
        {"[!a-c]x", "bx", false, -1},
        {"[^a-c]x", "dx", false, 1},
        {"[]x]", "]", false, 1},
        {"a[", "a[", false, -1},
        {"\\!a", "!a", false, 1},
        {"\\#a", "#a", false, 1},
        {"#a", "#a", false, -1},
        {"a ", "a", false, 1},
        {"a\\ ", "a ", false, 1},
        {"*\n!b", "b", false, 0},
        {"!b\n*", "b", false, 1},
        {"a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         false, -1},
        {"**/**/**/**/**/**/x", "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", false, -1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct ignore_rules rules = {0};
        folder_ignore_parse(&arena, str_from(cases[i].rules), &rules);
        int got = folder_ignore_match(&rules, str_from(cases[i].path), cases[i].folder);
        if (got != cases[i].want)
            test_failed(__FILE__, __LINE__, "%s on %s: want %d, got %d", cases[i].rules,
                        cases[i].path, cases[i].want, got);
    }
}
