// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"
#include "tests/unit/test.h"

#include <string.h>

struct settings {
    bool quiet, verbose;
    const char *output, *format;
    uint64_t jobs;
    struct option_list ignore;
};

static const struct option rows[] = {
    {.name = "quiet", .letter = 'q', .offset = offsetof(struct settings, quiet)},
    {.name = "verbose", .letter = 'v', .offset = offsetof(struct settings, verbose)},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .argument = "FILE",
     .offset = offsetof(struct settings, output)},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .choices = "tty json",
     .offset = offsetof(struct settings, format)},
    {.name = "jobs",
     .letter = 'j',
     .kind = OPTION_NUMBER,
     .max = 64,
     .offset = offsetof(struct settings, jobs)},
    {.name = "ignore", .kind = OPTION_LIST, .offset = offsetof(struct settings, ignore)},
    {0},
};

static const struct command sample = {
    .name = "sample",
    .usage = "FILE...",
    .options = rows,
    .options_size = sizeof(struct settings),
    .least_operands = 1,
    .most_operands = 2,
};

struct parsed {
    struct cli_line line;
    struct settings *settings;
    struct err err;
    int result;
};

/* Words are separated by one space, so that an empty one can be written. */
static struct parsed parse(struct arena *arena, const char *text)
{
    struct parsed parsed = {0};
    VEC(const char *) words = {0};
    str rest = str_from(text), word;
    while (str_next(&rest, ' ', &word))
        *vec_push(arena, &words) = arena_cstr(arena, word);
    *vec_push(arena, &words) = NULL;
    parsed.result = cli_parse(arena, &sample, words.items, &parsed.line, &parsed.err);
    parsed.settings = parsed.line.options;
    return parsed;
}

static void check_refused(const char *text, const char *message)
{
    ARENA_SCOPED arena = {0};
    struct parsed parsed = parse(&arena, text);
    CHECK_EQ(-1, parsed.result);
    CHECK_EQ(ERR_USAGE, parsed.err.kind);
    CHECK_STR(message, err_text(&parsed.err));
}

TEST(cli_takes_options_in_every_form)
{
    ARENA_SCOPED arena = {0};
    const char *const forms[] = {
        "a --quiet --output x --jobs 3",
        "--quiet --output=x --jobs=3 a",
        "-q -o x -j 3 a",
        "-qox -j3 a",
        "a --quiet=yes -qo x -j3",
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct parsed parsed = parse(&arena, forms[i]);
        CHECK_EQ(0, parsed.result);
        CHECK(parsed.settings->quiet && !parsed.settings->verbose);
        CHECK_STR("x", str_from(parsed.settings->output));
        CHECK_EQ(3, parsed.settings->jobs);
        CHECK_EQ(1, parsed.line.operand_count);
        CHECK_STR("a", str_from(parsed.line.operands[0]));
        CHECK(parsed.line.operands[1] == NULL);
    }
}

TEST(cli_gathers_lists_and_lets_the_last_word_win)
{
    ARENA_SCOPED arena = {0};
    struct parsed parsed = parse(&arena, "--ignore a,b,, --ignore=c -j1 -j2 --quiet --quiet=no");
    CHECK_EQ(0, parsed.result);
    CHECK_EQ(3, parsed.settings->ignore.count);
    CHECK_STR("c", str_from(parsed.settings->ignore.items[2]));
    CHECK_EQ(2, parsed.settings->jobs);
    CHECK(!parsed.settings->quiet);
}

TEST(cli_knows_what_is_an_operand)
{
    ARENA_SCOPED arena = {0};
    struct parsed parsed = parse(&arena, "- -q -- -v --output");
    CHECK_EQ(0, parsed.result);
    CHECK_EQ(3, parsed.line.operand_count);
    CHECK_STR("-", str_from(parsed.line.operands[0]));
    CHECK_STR("--output", str_from(parsed.line.operands[2]));
    CHECK(!parsed.settings->verbose);
    CHECK_EQ(-1, cli_check_operands(&sample, &parsed.line, &parsed.err));
    CHECK_STR("sample takes at most 2 operands; one too many: --output", err_text(&parsed.err));
    parsed = parse(&arena, "-q");
    CHECK_EQ(-1, cli_check_operands(&sample, &parsed.line, &parsed.err));
    CHECK_STR("sample: FILE... is missing", err_text(&parsed.err));
    parsed = parse(&arena, "a --help --no-such-option");
    CHECK(parsed.result == 0 && parsed.line.help);
    parsed = parse(&arena, "-qh");
    CHECK(parsed.result == 0 && parsed.line.help && parsed.settings->quiet);
}

TEST(cli_refuses_and_says_what_is_near)
{
    check_refused("--ouptut x", "sample has no option --ouptut; did you mean --output?");
    check_refused("--out x", "sample has no option --out; did you mean --output?");
    check_refused("--nothing-like-it", "sample has no option --nothing-like-it");
    check_refused("-qx", "sample has no option -x");
    check_refused("--output", "--output wants a value: FILE");
    check_refused("-o", "-o wants a value: FILE");
    check_refused("--output=", "--output: the value is empty");
    check_refused("--format jsno", "--format jsno: did you mean json? Known are tty, json");
    check_refused("--format zzz", "--format zzz: want one of tty, json");
    check_refused("--jobs 65", "--jobs 65: want a whole number up to 64");
    check_refused("-j -1", "-j -1: want a whole number up to 64");
    check_refused("--jobs 99999999999999999999",
                  "--jobs 99999999999999999999: want a whole number up to 64");
    check_refused("--quiet=maybe", "--quiet maybe: want yes or no");
}

static char *lookup(const char *name)
{
    static char jobs[] = "7", format[] = "json", empty[] = "", ignore[] = "x,y", bad[] = "lots";
    if (!strcmp(name, "HARDEN_JOBS"))
        return jobs;
    if (!strcmp(name, "HARDEN_FORMAT"))
        return format;
    if (!strcmp(name, "HARDEN_OUTPUT"))
        return empty;
    if (!strcmp(name, "HARDEN_IGNORE"))
        return ignore;
    return !strcmp(name, "HARDEN_HELP") ? bad : NULL;
}

static char *lookup_bad(const char *name)
{
    static char bad[] = "lots";
    return !strcmp(name, "HARDEN_JOBS") ? bad : NULL;
}

TEST(cli_environment_fills_only_what_the_command_line_left)
{
    ARENA_SCOPED arena = {0};
    struct parsed parsed = parse(&arena, "-j2 --ignore z a");
    CHECK_OK(cli_environment(&arena, &sample, lookup, &parsed.line, &parsed.err), &parsed.err);
    CHECK_EQ(2, parsed.settings->jobs);
    CHECK_EQ(1, parsed.settings->ignore.count);
    CHECK_STR("json", str_from(parsed.settings->format));
    CHECK(parsed.settings->output == NULL && !parsed.line.help);

    parsed = parse(&arena, "a");
    CHECK_EQ(-1, cli_environment(&arena, &sample, lookup_bad, &parsed.line, &parsed.err));
    CHECK_STR("HARDEN_JOBS lots: want a whole number up to 64", err_text(&parsed.err));
}

TEST(cli_finds_commands_that_were_meant)
{
    CHECK_STR("scan", str_from(cli_nearest_command(STR("sacn"))));
    CHECK_STR("version", str_from(cli_nearest_command(STR("ver"))));
    CHECK(cli_nearest_command(STR("nginx")) == NULL);
    CHECK(cli_nearest_command(STR("")) == NULL);
    CHECK(command_by_name(STR("sca")) == NULL);
}

/* What --help, the manual and the completion show must be there, whoever adds a command. */
TEST(cli_rows_of_all_commands_are_complete)
{
    for (const struct command *const *at = command_all(); *at; at++) {
        const struct command *command = *at;
        CHECK(command->name && command->summary && command->usage && command->description);
        CHECK(command->run != NULL);
        for (size_t i = 0; cli_option(command, i); i++) {
            const struct option *option = cli_option(command, i);
            if (!option->help || !*option->help || str_ends(str_from(option->help), STR(".")))
                test_failed(__FILE__, __LINE__, "%s --%s: help is missing or ends in a full stop",
                            command->name, option->name);
            if (option->kind == OPTION_CHOICE && !option->choices)
                test_failed(__FILE__, __LINE__, "%s --%s: no choices", command->name, option->name);
            for (size_t j = 0; j < i; j++)
                if (!strcmp(cli_option(command, j)->name, option->name) ||
                    (option->letter && cli_option(command, j)->letter == option->letter))
                    test_failed(__FILE__, __LINE__, "%s --%s: is there twice", command->name,
                                option->name);
        }
    }
}
