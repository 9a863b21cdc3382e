// SPDX-License-Identifier: Apache-2.0
#include "judge/waiver/waiver.h"
#include "read/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

/* "form scope ids|reason|until|wrong" of a comment; "-" where it is none. */
static str parsed(struct arena *arena, const char *comment)
{
    static const char *const forms[] = {"own", "hadolint", "buildkit", "trivy", "checkov", "kics"};
    static const char *const scopes[] = {"next", "line", "stage", "file"};
    struct waiver waiver;
    str ids = {0};
    if (!waiver_parse(arena, str_from(comment), &waiver))
        return STR("-");
    for (size_t i = 0; i < waiver.ids.count; i++)
        ids = i ? arena_join(arena, ids, STR(","), waiver.ids.items[i]) : waiver.ids.items[i];
    return arena_printf(arena, "%s %s %.*s|%.*s|%.*s|%s", forms[waiver.form], scopes[waiver.scope],
                        STR_ARG(ids), STR_ARG(waiver.reason), STR_ARG(waiver.until),
                        waiver.wrong.len ? "wrong" : "");
}

TEST(waiver_comments)
{
    static const struct {
        const char *comment, *want;
    } cases[] = {
        {"# harden: ignore a/b", "own next a/b|||"},
        {"#harden:ignore a/b,DL3006 , c/*", "own next a/b,DL3006,c/*|||"},
        {"# harden: ignore a/b reason=\"two words\" until=2027-01-31",
         "own next a/b|two words|2027-01-31|"},
        {"# harden: ignore-stage all reason=why", "own stage all|why||"},
        {"# harden: ignore-file until=2027-02-01 a/b", "own file a/b||2027-02-01|"},
        {"# harden: ignore", "own next |||wrong"},
        {"# harden: ignore a/b until=soon", "own next a/b||soon|wrong"},
        {"# harden: ignore a/b until=2027-13-01", "own next a/b||2027-13-01|wrong"},
        {"# harden: ignore a/b reason=\"open", "own next a/b|open||wrong"},
        {"# harden: ignore a/b because", "own next a/b,because|||wrong"},
        {"# harden: ignores a/b", "own next |||wrong"},
        {"# hardened: ignore a/b", "-"},
        {"# we run harden: ignore it", "-"},
        {"# hadolint ignore=DL3006,SC2046 # why", "hadolint line DL3006,SC2046|why||"},
        {"#hadolint  ignore = DL3006 , DL3008", "hadolint line DL3006,DL3008|||"},
        {"# hadolint stage ignore=DL3002", "hadolint stage DL3002|||"},
        {"# hadolint global ignore=DL3002", "hadolint file DL3002|||"},
        {"# hadolint ignore=DL3006,dl3008", "-"},
        {"# hadolint ignore=DL3006,add-instead", "-"},
        {"# hadolint shell=bash", "-"},
        {"# check=skip=JSONArgsRecommended,StageNameCasing;error=true",
         "buildkit file JSONArgsRecommended,StageNameCasing|||"},
        {"# check=error=true;skip=all for now", "buildkit file all|for now||"},
        {"# check=error=true", "-"},
        {"# checked twice", "-"},
        {"#trivy:ignore:AVD-DS-0002", "trivy next DS-0002|||"},
        {"# trivy:ignore:DS002 trivy:ignore:DS-0026:exp:2027-03-01",
         "trivy next DS-0002,DS-0026||2027-03-01|"},
        {"#checkov:skip=CKV_DOCKER_2:no health: none",
         "checkov file CKV_DOCKER_2|no health: none||"},
        {"# checkov:skip=CKV_DOCKER_2,CKV_DOCKER_3", "checkov file CKV_DOCKER_2,CKV_DOCKER_3|||"},
        {"# kics-scan ignore", "kics file all|||"},
        {"#KICS-scan ignore-line", "kics next all|||"},
        {"# kics-scan ignore-block", "kics stage all|||"},
        {"# kics-scan disable=b03a748a-542d-44f4-bb86-9199ab4fd2d5,fd54f200-402c-4333-a5a4-"
         "36ef6709af2f",
         "kics file b03a748a,fd54f200|||"},
        {"# kics-scan enable=b03a748a-542d-44f4-bb86-9199ab4fd2d5", "kics file all|||"},
        {"# kics-scan enable=", "-"},
        {"# kics-scan", "-"},
        {"", "-"},
        {"#", "-"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        CHECK_STR(cases[i].want, parsed(&arena, cases[i].comment));
    }
}

/* "FIRST-LAST" lines of the only waiver's reach, "none", or "file". */
static str reach(struct arena *arena, const struct text_file *file, const struct waiver_list *list)
{
    if (list->count != 1)
        return STR("not one");
    struct span span = list->items[0].reach;
    if (span.end == UINT32_MAX)
        return STR("file");
    if (span.end == 0)
        return STR("none");
    struct text_place place = text_file_place(file, span);
    return arena_printf(arena, "%u-%u", place.line, place.end_line);
}

static void check_reach(int line, const char *text, bool lines, const char *want)
{
    ARENA_SCOPED arena = {0};
    struct dockerfile *dockerfile =
        dockerfile_parse(&arena, STR("Dockerfile"), str_from(text), NULL);
    struct waiver_list list = lines ? waivers_of_lines(&arena, &dockerfile->file)
                                    : waivers_of_dockerfile(&arena, dockerfile);
    test_check_str(__FILE__, line, str_from(want), reach(&arena, &dockerfile->file, &list));
}

TEST(waiver_reach_in_dockerfiles)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"FROM a\n# harden: ignore x\n\n# more\nRUN a \\\n  b\nRUN c\n", "5-6"},
        {"FROM a\nRUN a \\\n# harden: ignore x\n  b\nRUN c\n", "2-4"},
        {"FROM a\nRUN <<E\n# harden: ignore x\nE\nRUN c\n", "not one"},
        {"FROM a\n# harden: ignore x\n", "none"},
        {"FROM a\nRUN a\n# harden: ignore-stage x\nFROM b\nRUN b\nFROM c\n", "4-5"},
        {"FROM a\nRUN a\n# harden: ignore-stage x\nRUN b\nFROM c\nRUN d\n", "1-4"},
        {"FROM a\n# harden: ignore-file x\nRUN a\n", "file"},
        {"FROM a\n# hadolint ignore=DL3006\nRUN a\n", "3-3"},
        {"FROM a\n# hadolint ignore=DL3006\n\nRUN a\n", "none"},
        {"FROM a\n# hadolint ignore=DL3006\n# more\nRUN a\n", "none"},
        {"# hadolint stage ignore=DL3006\nFROM a\nRUN a\nFROM b\n", "2-3"},
        {"# check=skip=all\nFROM a\nRUN a\n", "file"},
        {"FROM a\n# check=skip=all\nRUN a\n", "3-3"},
        {"FROM a\n# check=skip=all\n\nRUN a\n", "none"},
        {"FROM a\n#trivy:ignore:DS-0002\nUSER root\n", "3-3"},
        {"FROM a\nUSER root\n#checkov:skip=CKV_DOCKER_8\n", "file"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_reach(__LINE__, cases[i].text, false, cases[i].want);
}

TEST(waiver_reach_in_yaml)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a:\n  # harden: ignore x\n  b:\n    c: 1\n\n    d: 2\n  e: 3\n", "3-6"},
        {"a:\n  b: 1 # harden: ignore x\n  c: 2\n", "2-2"},
        {"a:\n  # harden: ignore x\n  b:\n  - c\n  - d\n  e: 1\n", "3-5"},
        {"a:\n  # harden: ignore x\n  - b: 1\n    c: 2\n  - d: 3\n", "3-4"},
        {"a: 1\n# harden: ignore x\n", "none"},
        {"a: b#harden: ignore x\n", "not one"},
        {"# harden: ignore-file x\na: 1\n", "file"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_reach(__LINE__, cases[i].text, true, cases[i].want);
}

/* A flaw of a package in an image, as the waivers of a file leave it. */
static void check_line(int source_line, const char *line, enum finding_status want, size_t more)
{
    ARENA_SCOPED arena = {0};
    struct vulnerability flaw = {.package = STR("libssl3"), .source_package = STR("openssl")};
    struct report report = {.image = {.kind = STR("docker"),
                                      .name = STR("registry.example.org:5000/app:1.2"),
                                      .digest = STR("sha256:ab")}};
    const struct rule_settings settings = {.today = "2026-11-24"};
    struct finding *finding = vec_push(&arena, &report.findings);
    *finding = (struct finding){.id = STR("CVE-2024-1"),
                                .location = {.path = STR("var/lib/dpkg/status")},
                                .vulnerability = &flaw};
    *vec_push(&arena, &finding->aliases) = STR("DSA-1-1");
    struct waiver_file *file = waiver_file_parse(&arena, STR(".hardenignore"), str_from(line));
    waiver_file_apply(&arena, file, &settings, true, &report);
    if (report.findings.items[0].status != want || report.findings.count != more + 1)
        test_failed(__FILE__, source_line, "%s: status %d, %zu more", line,
                    report.findings.items[0].status, report.findings.count - 1);
}

TEST(waiver_files_have_conditions)
{
    static const struct {
        const char *line;
        enum finding_status status;
        size_t more;
    } lines[] = {
        {"CVE-2024-1", STATUS_WAIVED, 0},
        {"dsa-1-1 reason=x", STATUS_WAIVED, 0},
        {"CVE-2024-1,CVE-2024-2", STATUS_WAIVED, 1},
        {"CVE-2024-1 package=openssl", STATUS_WAIVED, 0},
        {"CVE-2024-1 package=libssl*", STATUS_WAIVED, 0},
        {"CVE-2024-1 package=curl", STATUS_OPEN, 1},
        {"CVE-2024-1 path=var/lib/dpkg/*", STATUS_WAIVED, 0},
        {"CVE-2024-1 path=/var/**", STATUS_WAIVED, 0},
        {"CVE-2024-1 path=var/*", STATUS_OPEN, 1},
        {"CVE-2024-1 image=registry.example.org:5000/app", STATUS_WAIVED, 0},
        {"CVE-2024-1 image=*/app:1.*", STATUS_WAIVED, 0},
        {"CVE-2024-1 image=sha256:ab", STATUS_WAIVED, 0},
        {"CVE-2024-1 image=registry.example.org", STATUS_OPEN, 0}, /* for another: not unused */
        {"CVE-2024-1 status=not-affected", STATUS_NOT_AFFECTED, 0},
        {"CVE-2024-1 status=maybe", STATUS_OPEN, 1},
        {"CVE-2024-1 until=2026-11-24", STATUS_WAIVED, 0},
        {"CVE-2024-1 until=2026-11-23", STATUS_OPEN, 1},
        {"CVE-2024-1 path=", STATUS_OPEN, 1},
        {"all", STATUS_WAIVED, 0},
        {"dockerfile/no-such", STATUS_OPEN, 1},
        {"dockerfile/add-archive", STATUS_OPEN, 1},
        {"container/privileged", STATUS_OPEN, 0}, /* nothing that an image can have */
        {"# CVE-2024-1\n\n", STATUS_OPEN, 0},
        {"CVE-2024-1\r\n", STATUS_WAIVED, 0},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        check_line(__LINE__, lines[i].line, lines[i].status, lines[i].more);
}

/* The examples of the rules about waivers. */
TEST(waiver_rules_have_their_examples)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        if (!str_starts(str_from(rule->id), STR("waiver/")))
            continue;
        for (int good = 0; good < 2; good++) {
            ARENA_SCOPED arena = {0};
            struct report report = {0};
            const str all = STR("all");
            const struct rule_settings settings = {
                .enable = &all, .enable_count = 1, .today = "2026-11-24"};
            str text = arena_join(&arena, STR("FROM scratch\n"), (str){0},
                                  str_from(good ? rule->good : rule->bad));
            struct dockerfile *dockerfile = dockerfile_parse(&arena, STR("Dockerfile"), text, NULL);
            struct rule_run run = {.arena = &arena,
                                   .report = &report,
                                   .settings = &settings,
                                   .file = &dockerfile->file};
            struct waiver_list waivers = waivers_of_dockerfile(&arena, dockerfile);
            rule_ask_dockerfile(&run, dockerfile);
            waivers_apply(&run, &waivers, 0, false);
            bool found = false;
            for (size_t i = 0; i < report.findings.count; i++)
                found |= str_eq(report.findings.items[i].id, str_from(rule->id));
            if (found == (bool)good)
                test_failed(__FILE__, __LINE__, "%s: the %s example", rule->id,
                            good ? "good" : "bad");
        }
    }
}
