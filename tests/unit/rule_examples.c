// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "read/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

/* The examples of a rule are its tests: the bad one raises it, the good one does not. */

/* A build context whose files the examples speak of. */
static const struct build_context *example_context(struct arena *arena)
{
    static const char *const paths[] = {".env",    ".git",      ".git/config", "Dockerfile", "app",
                                        "app.jar", "build.log", "data.tar.gz", "id_rsa",     "src"};
    struct build_context *context = arena_new(arena, struct build_context);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        *vec_push(arena, &context->entries) = (struct context_entry){
            .path = str_from(paths[i]),
            .is_folder =
                str_eq(str_from(paths[i]), STR("src")) || str_eq(str_from(paths[i]), STR(".git")),
            .is_archive = str_ends(str_from(paths[i]), STR(".tar.gz")),
        };
    context->complete = true;
    context->ignore_path = STR(".dockerignore");
    return context;
}

/* An example may say what it needs, in its first lines: "# .dockerignore: PATTERN". */
static const struct build_context *context_of(struct arena *arena, str text)
{
    struct build_context *context = (struct build_context *)(uintptr_t)example_context(arena);
    str line, patterns = {0};
    while (str_next_line(&text, &line) && str_skip(&line, STR("# .dockerignore:")))
        patterns = arena_join(arena, patterns, STR("\n"), str_trim(line));
    context->has_ignore = patterns.len > 0;
    context->ignore = ignore_parse(arena, patterns);
    return context;
}

static size_t raised(const struct rule *rule, const char *example, struct arena *arena)
{
    struct report report = {0};
    static const str trusted[] = {STR_INIT("docker.io/library/*"), STR_INIT("registry.example/*")};
    static const struct label_rule labels[] = {
        {STR_INIT("title"), STR_INIT("text")},      {STR_INIT("site"), STR_INIT("url")},
        {STR_INIT("created"), STR_INIT("rfc3339")}, {STR_INIT("license"), STR_INIT("spdx")},
        {STR_INIT("commit"), STR_INIT("hash")},     {STR_INIT("version"), STR_INIT("semver")},
        {STR_INIT("mail"), STR_INIT("email")},
    };
    str enabled = str_from(rule->id);
    struct rule_settings settings = {.enable = &enabled,
                                     .enable_count = 1,
                                     .today = "2026-11-24",
                                     .trusted = trusted,
                                     .trusted_count = 2,
                                     .labels = labels,
                                     .label_count = sizeof(labels) / sizeof(labels[0]),
                                     .strict_labels = true};
    struct rule_run run = {.arena = arena, .report = &report, .settings = &settings};
    str text = str_from(example);
    /* What an engine would have: an image of one platform. */
    struct base_image image = {.name = STR("registry.example/arm-only:1"),
                               .platform = STR("linux/arm64")};
    const struct base_images bases = {&image, 1, 1};
    struct build_options options = {.context = context_of(arena, text), .bases = &bases};
    size_t count = 0;
    rule_ask_dockerfile(&run, dockerfile_parse(arena, STR("Dockerfile"), text, &options));
    for (size_t i = 0; i < report.findings.count; i++)
        count += str_eq(report.findings.items[i].id, str_from(rule->id));
    return count;
}

static bool looks_at_dockerfiles(const struct rule *rule)
{
    return str_starts(str_from(rule->id), STR("dockerfile/")) || rule->dockerfile || rule->stage ||
           rule->instruction || rule->command;
}

TEST(rule_examples_of_dockerfiles)
{
    size_t seen = 0;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        ARENA_SCOPED arena = {0};
        if (!looks_at_dockerfiles(rule))
            continue;
        seen++;
        if (raised(rule, rule->bad, &arena) == 0)
            test_failed(__FILE__, __LINE__, "%s: its bad example is not found", rule->id);
        if (raised(rule, rule->good, &arena) != 0)
            test_failed(__FILE__, __LINE__, "%s: its good example is found too", rule->id);
    }
    CHECK(seen >= 60);
}
