// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "base/fd.h"
#include "judge/policy/policy.h"
#include "tests/unit/report_sample.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

/*
 * Golden files: tests/fixtures/report/<sample>.<form>, compared byte for byte. `make golden`
 * (HARDEN_GOLDEN=write) rewrites them; the difference is then read by a person.
 */
static const char fixtures[] = "tests/fixtures/report";
enum { GOLDEN_MOST = 1 << 20 };

static struct report complete(struct arena *arena, enum sample sample)
{
    static const str ignore[] = {STR_INIT("cve-2026-10014")};
    const struct policy policy = {.fail_on = SEVERITY_HIGH, .ignore = ignore, .ignore_count = 1};
    struct report report = sample_report(arena, sample);
    policy_apply(arena, &policy, &report);
    report_sort(arena, &report);
    return report;
}

static str rendered(struct arena *arena, const struct report *report, const char *format,
                    const struct render_options *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    format_by_name(str_from(format))->render(report, options, out);
    fclose(out);
    str copy = arena_str(arena, str_make(text, len));
    free(text);
    return copy;
}

static void check_golden(const char *name, str got)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    str want = {0};
    const char *path = arena_printf(&arena, "%s/%s", fixtures, name).ptr;
    const char *mode = getenv("HARDEN_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        CHECK_OK(fd_make_dirs(fixtures, &err), &err);
        CHECK_OK(fd_replace_file(path, got, &err), &err);
        return;
    }
    CHECK_OK(fd_read_file(&arena, path, GOLDEN_MOST, &want, &err), &err);
    if (str_eq(want, got))
        return;
    const char *other = arena_printf(&arena, "%s/%s", test_folder(), "got").ptr;
    fd_replace_file(other, got, &err);
    size_t line = 1, i = 0;
    for (; i < want.len && i < got.len && want.ptr[i] == got.ptr[i]; i++)
        line += want.ptr[i] == '\n';
    test_failed(path, (int)line, "differs from here on; make golden rewrites it");
}

enum { ALL = (1 << SAMPLE_COUNT) - 1, DEBIAN = 1 << SAMPLE_DEBIAN, HOSTILE = 1 << SAMPLE_HOSTILE };

TEST(reports_look_as_agreed)
{
    static const struct {
        const char *suffix, *format;
        unsigned samples;
        struct render_options options;
    } forms[] = {
        {"txt", "tty", ALL, {.unicode = true}},
        {"ascii.txt", "tty", DEBIAN | HOSTILE, {.width = 80}},
        {"verbose.txt", "tty", DEBIAN, {.unicode = true, .verbose = true, .list_packages = true}},
        {"color.txt", "tty", DEBIAN, {.unicode = true, .color = true}},
        {"narrow.txt", "tty", DEBIAN, {.unicode = true, .width = 40}},
        {"table.txt", "table", DEBIAN | HOSTILE, {.unicode = true}},
        {"json", "json", ALL, {.list_packages = true}},
        {"short.json", "json", 1 << SAMPLE_CLEAN, {0}},
        {"sarif", "sarif", ALL, {0}},
    };
    for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
        ARENA_SCOPED arena = {0};
        struct report report = complete(&arena, sample);
        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
            if (forms[i].samples & 1u << sample)
                check_golden(
                    arena_printf(&arena, "%s.%s", sample_name(sample), forms[i].suffix).ptr,
                    rendered(&arena, &report, forms[i].format, &forms[i].options));
    }
}
