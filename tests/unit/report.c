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

enum {
    ALL = (1 << SAMPLE_COUNT) - 1,
    DEBIAN = 1 << SAMPLE_DEBIAN,
    HOSTILE = 1 << SAMPLE_HOSTILE,
    FILES = 1 << SAMPLE_FILES
};

TEST(reports_look_as_agreed)
{
    static const struct {
        const char *suffix, *format;
        unsigned samples;
        struct render_options options;
    } forms[] = {
        {"txt", "tty", ALL, {.unicode = true}},
        {"ascii.txt", "tty", DEBIAN | HOSTILE | FILES, {.width = 80}},
        {"verbose.txt",
         "tty",
         DEBIAN | FILES,
         {.unicode = true, .verbose = true, .list_packages = true}},
        {"color.txt", "tty", DEBIAN | FILES, {.unicode = true, .color = true}},
        {"narrow.txt", "tty", DEBIAN | FILES, {.unicode = true, .width = 40}},
        {"table.txt", "table", DEBIAN | HOSTILE, {.unicode = true}},
        {"json", "json", ALL, {.list_packages = true}},
        {"short.json", "json", 1 << SAMPLE_CLEAN, {0}},
        {"sarif", "sarif", ALL, {0}},
        {"checkstyle.xml", "checkstyle", FILES | HOSTILE, {0}},
        {"junit.xml", "junit", FILES | HOSTILE | 1 << SAMPLE_CLEAN, {0}},
        {"codeclimate", "codeclimate", FILES | HOSTILE, {0}},
        {"github.txt", "github", FILES | HOSTILE, {0}},
        {"gnu.txt", "gnu", FILES | HOSTILE, {.unicode = true}},
        {"html", "html", ALL, {0}},
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

/* Nothing of a target becomes markup: all tags are our own, and only one of them is a script. */
TEST(report_html_keeps_text_text)
{
    ARENA_SCOPED arena = {0};
    struct report report = complete(&arena, SAMPLE_HOSTILE);
    report.image.name = STR("</title><script>alert(1)</script>\"'&\x1b[2J\xe2\x80\xae\xff");
    const struct render_options none = {0};
    str html = rendered(&arena, &report, "html", &none), rest = html;
    size_t scripts = 0;
    for (size_t at; (at = str_find(rest, STR("<script"))) != STR_NONE; scripts++)
        rest = str_from_index(rest, at + 1);
    CHECK_EQ(1, scripts);
    CHECK(str_contains(html, STR("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"
                                 "&amp;\\x1b[2J\\u202e\\xff")));
    CHECK(!str_contains(html, STR("\x1b")) && str_is_utf8(html));
    CHECK(!str_contains(html, STR("http://")) && !str_contains(html, STR("src=")));
}

/* What json wrote is read back to the same report: it renders to the same bytes. */
TEST(report_json_round_trip)
{
    for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct report report = complete(&arena, sample), back;
        const struct render_options all = {.list_packages = true, .unicode = true};
        str json = rendered(&arena, &report, "json", &all);
        CHECK_OK(report_parse(&arena, json, &back, &err), &err);
        CHECK(str_eq(json, rendered(&arena, &back, "json", &all)));
        if (sample != SAMPLE_HOSTILE && sample != SAMPLE_FILES) /* lines of files are not in it */
            CHECK(str_eq(rendered(&arena, &report, "tty", &all),
                         rendered(&arena, &back, "tty", &all)));
    }
}

TEST(report_parse_refuses_what_is_no_report)
{
    static const struct {
        const char *json, *message;
        enum err_kind kind;
    } cases[] = {
        {"", NULL, ERR_FORMAT},
        {"[]", "not a report of harden (no \"schema\": harden.report)", ERR_FORMAT},
        {"{\"schema\": 1}", "not a report of harden (no \"schema\": harden.report)", ERR_FORMAT},
        {"{\"schema\": \"harden.report/2\"}", "a report of another version than harden.report/1",
         ERR_UNSUPPORTED},
        {"{\"schema\": \"harden.report/1\", \"findings\": [{}]}", "findings[0]: no id", ERR_FORMAT},
        {"{\"schema\": \"harden.report/1\", \"findings\": [{\"id\": \"x\", \"kind\": "
         "\"config\", \"severity\": \"severe\"}]}",
         "findings[0]: severity is missing or unknown", ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct report report;
        CHECK_EQ(-1, report_parse(&arena, str_from(cases[i].json), &report, &err));
        CHECK_EQ(cases[i].kind, err.kind);
        if (cases[i].message)
            CHECK_STR(cases[i].message, err_text(&err));
    }
}

TEST(report_parse_drops_indices_that_point_nowhere)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct report report;
    CHECK_OK(report_parse(&arena,
                          STR("{\"schema\":\"harden.report/1\",\"actions\":[{\"title\":\"x\","
                              "\"findings\":[0,1,-1,1e30,null]}],\"findings\":[{\"id\":\"x\","
                              "\"kind\":\"config\",\"severity\":\"low\",\"status\":\"open\"}]}"),
                          &report, &err),
             &err);
    CHECK_EQ(1, report.actions.items[0].findings.count);
    CHECK_EQ(0, report.actions.items[0].findings.items[0]);
}

/* The sample image rebuilt: openssl and curl upgraded, one package added, one removed. */
static struct report rebuilt(struct arena *arena)
{
    struct report report = sample_report(arena, SAMPLE_DEBIAN);
    const struct policy policy = {.fail_on = SEVERITY_HIGH};
    size_t kept = 0;
    for (size_t i = 0; i < report.packages.count; i++) {
        struct package *package = &report.packages.items[i].package;
        if (str_eq(package->source_name, STR("openssl")))
            package->version = STR("3.0.17-1~deb12u2");
        if (str_eq(package->name, STR("tar")))
            package->name = STR("bsdtar");
    }
    for (size_t i = 0; i < report.findings.count; i++) {
        struct finding *finding = &report.findings.items[i];
        if (str_eq(finding->vulnerability->source_package, STR("openssl")))
            continue;
        if (str_eq(finding->id, STR("CVE-2026-10023"))) {
            finding->severity = SEVERITY_HIGH;
            finding->vulnerability->fix_state = FIX_AVAILABLE;
            finding->vulnerability->fixed_version = STR("1.22.1-9+deb12u2");
        }
        report.findings.items[kept++] = *finding;
    }
    report.findings.count = kept;
    sample_add(arena, &report, "CVE-2026-40001", SEVERITY_MEDIUM, "tar", "bsdtar", NULL)->title =
        STR("A flaw of the package that was added");
    report.image.name = STR("example/web:1.5");
    policy_apply(arena, &policy, &report);
    report_sort(arena, &report);
    return report;
}

static str rendered_diff(struct arena *arena, const struct report *a, const struct report *b,
                         const struct report_diff *diff, const char *format,
                         const struct render_options *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    format_by_name(str_from(format))->render_diff(a, b, diff, options, out);
    fclose(out);
    str copy = arena_str(arena, str_make(text, len));
    free(text);
    return copy;
}

TEST(report_diff_looks_as_agreed)
{
    ARENA_SCOPED arena = {0};
    struct report a = complete(&arena, SAMPLE_DEBIAN), b = rebuilt(&arena);
    struct report_diff diff;
    const struct render_options options = {.unicode = true};
    report_compare(&arena, &a, &b, &diff);
    check_golden("diff.txt", rendered_diff(&arena, &a, &b, &diff, "tty", &options));
    check_golden("diff.json", rendered_diff(&arena, &a, &b, &diff, "json", &options));
}

TEST(report_compare_finds_nothing_between_equals)
{
    ARENA_SCOPED arena = {0};
    struct report a = complete(&arena, SAMPLE_HOSTILE), b = complete(&arena, SAMPLE_HOSTILE);
    struct report_diff diff;
    report_compare(&arena, &a, &b, &diff);
    CHECK_EQ(0, diff.findings.count);
    CHECK_EQ(0, diff.packages.count);
}

TEST(report_compare_pairs_repeated_keys)
{
    ARENA_SCOPED arena = {0};
    struct report a = {0}, b = {0};
    struct report_diff diff;
    for (size_t i = 0; i < 3; i++)
        sample_add(&arena, &a, "CVE-2026-1", SEVERITY_LOW, "s", "p", "2");
    for (size_t i = 0; i < 2; i++)
        sample_add(&arena, &b, "CVE-2026-1", i ? SEVERITY_HIGH : SEVERITY_LOW, "s", "p", "2");
    report_compare(&arena, &a, &b, &diff);
    CHECK_EQ(2, diff.findings.count);
    CHECK(diff.findings.items[0].before == &a.findings.items[1]);
    CHECK(diff.findings.items[0].after == &b.findings.items[1]);
    CHECK(diff.findings.items[1].before == &a.findings.items[2] && !diff.findings.items[1].after);
}

TEST(findings_are_put_in_order_where_they_stand)
{
    enum { COUNT = 7 };
    static const size_t orders[][COUNT] = {
        {0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {1, 2, 3, 4, 5, 6, 0}, {2, 0, 1, 3, 6, 4, 5}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct finding_list list = {0};
        size_t order[COUNT];
        memcpy(order, orders[i], sizeof(order));
        for (uint32_t n = 0; n < COUNT; n++)
            vec_push(&arena, &list)->location.line = n;
        finding_list_reorder(&list, order);
        for (size_t n = 0; n < COUNT; n++)
            CHECK_EQ(orders[i][n], list.items[n].location.line);
    }
}
