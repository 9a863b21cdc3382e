// SPDX-License-Identifier: Apache-2.0
#include "judge/checklist/checklist.h"
#include "judge/rule/rule.h"
#include "tests/unit/test.h"

#include <string.h>

static const struct checklist_line *line_of(const struct checklist_lines *lines, const char *id)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strcmp(lines->items[i].id, id) == 0)
            return &lines->items[i];
    test_failed(__FILE__, __LINE__, "no question %s", id);
    return &lines->items[0];
}

static struct finding *add(struct arena *arena, struct report *report, const char *id,
                           enum severity severity)
{
    struct finding *finding = vec_push(arena, &report->findings);
    *finding = (struct finding){
        .id = str_from(id), .severity = severity, .title = STR("something is wrong")};
    return finding;
}

TEST(checklist_without_anything_cannot_tell)
{
    ARENA_SCOPED arena = {0};
    const struct checklist_sources none = {0};
    struct checklist_lines lines = checklist_answer(&arena, &none);
    CHECK(lines.count >= 12);
    for (size_t i = 0; i < lines.count; i++) {
        CHECK_EQ(CHECKLIST_CANNOT_TELL, lines.items[i].answer);
        CHECK(lines.items[i].evidence.len && lines.items[i].fix.len);
    }
}

TEST(checklist_answers_by_findings)
{
    ARENA_SCOPED arena = {0};
    struct report files = {.image.name = STR("."), .file_count = 1};
    const struct checklist_sources sources = {.files = &files};
    struct checklist_lines lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "copy-not-add")->answer);
    CHECK_EQ(0, line_of(&lines, "copy-not-add")->fix.len);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "hardened-binaries")->answer);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "content-trust")->answer);

    report_add_gap(&arena, &files, STR("in"), STR("cannot be read"));
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "copy-not-add")->answer);
    CHECK_STR("nothing against it in ., but 1 of it could not be looked at",
              line_of(&lines, "copy-not-add")->evidence);
    CHECK_STR("harden lint PROJECT", line_of(&lines, "copy-not-add")->fix);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "own-profile")->answer);

    struct finding *finding = add(&arena, &files, "dockerfile/add-instead-of-copy", SEVERITY_LOW);
    finding->location = (struct location){.path = STR("Dockerfile"), .line = 5};
    add(&arena, &files, "dockerfile/add-instead-of-copy", SEVERITY_LOW)->status = STATUS_WAIVED;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "copy-not-add")->answer);
    CHECK_EQ(1, line_of(&lines, "copy-not-add")->against);
    CHECK_STR("Dockerfile:5: something is wrong", line_of(&lines, "copy-not-add")->evidence);

    /* No edit of another rule is proposed for what only a person can repair. */
    finding = add(&arena, &files, "dockerfile/base-end-of-life", SEVERITY_HIGH);
    finding->remedy = STR("Change FROM.");
    lines = checklist_answer(&arena, &sources);
    CHECK_STR("Change FROM.", line_of(&lines, "pinned-bases")->fix);

    /* Advice is no "no"; families count as a whole. */
    struct report image = {.image.name = STR("app")};
    const struct report *const images[] = {&image};
    const struct checklist_sources both = {.files = &files, .images = images, .image_count = 1};
    add(&arena, &image, "secret/private-key", SEVERITY_INFO);
    lines = checklist_answer(&arena, &both);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "no-credentials")->answer);
    files.gaps.count = 0;
    lines = checklist_answer(&arena, &both);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "no-credentials")->answer);
    add(&arena, &image, "secret/private-key", SEVERITY_CRITICAL);
    lines = checklist_answer(&arena, &both);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "no-credentials")->answer);
}

TEST(checklist_counts_what_can_be_fixed)
{
    ARENA_SCOPED arena = {0};
    struct report image = {.image.name = STR("app")};
    const struct report *const images[] = {&image};
    const struct checklist_sources sources = {.images = images, .image_count = 1};
    vec_push(&arena, &image.packages)->package.name = STR("libx");
    vec_push(&arena, &image.feeds)->feed = STR("debian");
    struct checklist_lines lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "image-scanned")->answer);
    image.feeds.items[0].built_in = true;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "image-scanned")->answer);
    struct vulnerability flaw = {.fix_state = FIX_NONE};
    struct finding *finding = add(&arena, &image, "CVE-2026-1", SEVERITY_HIGH);
    finding->vulnerability = &flaw;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "image-scanned")->answer);
    flaw.fix_state = FIX_AVAILABLE;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "image-scanned")->answer);
}

TEST(checklist_reads_the_benchmark)
{
    ARENA_SCOPED arena = {0};
    struct report host = {0};
    const struct checklist_sources sources = {.host = &host};
    struct control *control = vec_push(&arena, &host.controls);
    *control = (struct control){.benchmark = STR("cis-1.8.0"), .result = CONTROL_PASS};
    struct checklist_lines lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "host-benchmark")->answer);
    control->result = CONTROL_FAIL;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "host-benchmark")->answer);
    control->is_manual = true;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_CANNOT_TELL, line_of(&lines, "host-benchmark")->answer);
}

TEST(checklist_counts_running_containers)
{
    ARENA_SCOPED arena = {0};
    struct report files = {.image.name = STR("."), .file_count = 1};
    struct report containers = {.image.name = STR("container web")};
    struct checklist_sources sources = {.files = &files,
                                        .containers = &containers,
                                        .container_count = 1,
                                        .without_profile = STR("container web"),
                                        .project = STR("./shop")};
    struct checklist_lines lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "low-privilege-user")->answer);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "own-profile")->answer);
    CHECK_STR("container web has the engine's default profiles",
              line_of(&lines, "own-profile")->evidence);
    sources.profile_count = 1;
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_YES, line_of(&lines, "own-profile")->answer);

    /* The files may be right, and what runs be of yesterday. */
    struct finding *finding = add(&arena, &containers, "live/root-process", SEVERITY_MEDIUM);
    finding->location.path = STR("container web");
    lines = checklist_answer(&arena, &sources);
    CHECK_EQ(CHECKLIST_NO, line_of(&lines, "low-privilege-user")->answer);
    CHECK_STR("harden audit container all --suggest", line_of(&lines, "low-privilege-user")->fix);
    add(&arena, &files, "dockerfile/no-user", SEVERITY_HIGH);
    lines = checklist_answer(&arena, &sources);
    CHECK_STR("harden fix --unsafe --rule dockerfile/no-user,dockerfile/root-user ./shop",
              line_of(&lines, "low-privilege-user")->fix);
}

/* Every rule that a question names exists; a family has at least one. */
TEST(checklist_explains_with_rules_that_exist)
{
    ARENA_SCOPED arena = {0};
    struct report files = {.image.name = STR("."), .file_count = 1};
    const struct report *const images[] = {&files};
    const struct checklist_sources sources = {
        .files = &files, .images = images, .image_count = 1, .host = &files};
    struct checklist_lines lines = checklist_answer(&arena, &sources);
    for (size_t i = 0; i < lines.count; i++)
        if (lines.items[i].explain.len && !rule_by_id(lines.items[i].explain))
            test_failed(__FILE__, __LINE__, "%s: there is no rule %.*s", lines.items[i].id,
                        STR_ARG(lines.items[i].explain));
}
