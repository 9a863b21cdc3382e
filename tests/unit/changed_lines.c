// SPDX-License-Identifier: Apache-2.0
#include "app/lint/changed.h"
#include "tests/unit/test.h"

#include <string.h>

static void check(int line, const char *before, const char *now, const char *want)
{
    ARENA_SCOPED arena = {0};
    size_t count;
    const char *marks = changed_lines(&arena, str_from(before), str_from(now), &count);
    char got[64] = "";
    for (size_t i = 0; i < count && i < sizeof(got) - 1; i++)
        got[i] = marks[i] ? '+' : '.';
    test_check_str(__FILE__, line, str_from(want), str_from(got));
}

TEST(changed_lines_are_those_that_were_inserted)
{
    check(__LINE__, "a\nb\nc\n", "a\nb\nc\n", "...");
    check(__LINE__, "", "a\nb\n", "++");
    check(__LINE__, "a\nb\n", "", "");
    check(__LINE__, "a\nb\nc\n", "a\nx\nb\nc\n", ".+..");
    check(__LINE__, "a\nb\nc\n", "a\nc\n", "..");
    check(__LINE__, "a\nb\nc\n", "a\nX\nc\n", ".+.");
    check(__LINE__, "a\nb\nc\nd\n", "d\na\nb\nc\n", "+...");
}

/* What is not marked is a common subsequence: it can be found in the old text, in order. */
TEST(changed_lines_of_random_texts)
{
    unsigned seed = 1;
    for (int round = 0; round < 2000; round++) {
        ARENA_SCOPED arena = {0};
        char before[80], now[80];
        char *texts[] = {before, now};
        for (int t = 0; t < 2; t++) {
            size_t len = 0;
            for (unsigned lines = (seed = seed * 1103515245u + 12345u) >> 16 & 31; lines > 0;
                 lines--) {
                texts[t][len++] = (char)('a' + ((seed = seed * 1103515245u + 12345u) >> 16) % 3);
                texts[t][len++] = '\n';
            }
            texts[t][len] = 0;
        }
        size_t count, at = 0, old_count = strlen(before) / 2;
        const char *marks = changed_lines(&arena, str_from(before), str_from(now), &count);
        for (size_t i = 0; i < count; i++) {
            if (marks[i])
                continue;
            while (at < old_count && before[2 * at] != now[2 * i])
                at++;
            CHECK(at < old_count);
            at++;
        }
    }
}
