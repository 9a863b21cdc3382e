// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"
#include "app/lint/lint.h"
#include "tests/unit/test.h"

#include <stdlib.h>

static struct lint_settings *parsed(struct arena *arena, const char *const *words)
{
    struct cli_line line;
    struct err err = {0};
    CHECK_OK(cli_parse(arena, command_by_name(STR("lint")), words, &line, &err), &err);
    return line.options;
}

/* A comma belongs to a build argument's value; other lists are separated by it. */
TEST(build_args_keep_their_commas)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct texts texts;
    static const char *const words[] = {
        "--build-arg",           "A=a,b", "--build-arg=B", "--build-arg",
        "HARDEN_UNSET_VARIABLE", "-i",    "x,y",           NULL};
    struct lint_settings *settings = parsed(&arena, words);
    setenv("B", "from outside", 1);
    CHECK_EQ(3, settings->texts.build_args.count);
    CHECK_EQ(2, settings->texts.ignore.count);
    CHECK_OK(texts_begin(&texts, &arena, &settings->texts, &err), &err);
    CHECK_EQ(2, texts.build.args.count);
    CHECK_STR("a,b", texts.build.args.items[0].value);
    CHECK_STR("from outside", texts.build.args.items[1].value);
    texts_end(&texts);
    unsetenv("B");
}

TEST(texts_settings_that_are_wrong)
{
    static const struct {
        const char *words[3], *message;
    } cases[] = {
        {{"--class", "speed", NULL},
         "--class speed: want security, correctness, reproducibility, size or style"},
        {{"--only", "speed", NULL},
         "--only speed: no such kind of finding; the command's --help lists those that it has"},
        {{"--enable", "no/such", NULL},
         "--enable no/such: no rule is called so (harden explain --list)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct texts texts;
        struct lint_settings *settings = parsed(&arena, cases[i].words);
        CHECK_EQ(-1, texts_begin(&texts, &arena, &settings->texts, &err));
        CHECK_STR(cases[i].message, err_text(&err));
    }
}
