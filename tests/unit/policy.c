// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/policy/policy.h"
#include "tests/unit/report_sample.h"
#include "tests/unit/test.h"

/* One finding with that severity; fixed_version NULL = no fix. Its grade. */
/* A report of something that could be checked, with nothing found. */
static struct report checked_report(struct arena *arena)
{
    struct report report = {0};
    vec_push(arena, &report.packages);
    vec_push(arena, &report.feeds);
    return report;
}

static char grade_of(enum severity severity, bool fixable, bool kev, bool gap)
{
    ARENA_SCOPED arena = {0};
    struct report report = checked_report(&arena);
    struct policy policy = {0};
    sample_add(&arena, &report, "CVE-2026-1", severity, "a", "a", fixable ? "2" : NULL)
        ->vulnerability->kev = kev;
    if (gap)
        report_add_gap(&arena, &report, STR("x"), STR("y"));
    policy_apply(&arena, &policy, &report);
    return report.grade;
}

TEST(policy_grades_by_one_rule)
{
    ARENA_SCOPED arena = {0};
    CHECK_EQ('F', grade_of(SEVERITY_CRITICAL, true, false, false));
    CHECK_EQ('D', grade_of(SEVERITY_CRITICAL, false, false, false));
    CHECK_EQ('D', grade_of(SEVERITY_HIGH, true, false, false));
    CHECK_EQ('C', grade_of(SEVERITY_HIGH, false, false, false));
    CHECK_EQ('C', grade_of(SEVERITY_MEDIUM, true, false, false));
    CHECK_EQ('B', grade_of(SEVERITY_MEDIUM, false, false, false));
    CHECK_EQ('B', grade_of(SEVERITY_LOW, true, false, false));
    CHECK_EQ('A', grade_of(SEVERITY_LOW, false, false, false));
    CHECK_EQ('A', grade_of(SEVERITY_INFO, true, false, false));
    CHECK_EQ('F', grade_of(SEVERITY_LOW, false, true, false));
    CHECK_EQ('B', grade_of(SEVERITY_LOW, false, false, true));
    CHECK_EQ('B', grade_of(SEVERITY_INFO, true, false, true));
    CHECK_EQ('D', grade_of(SEVERITY_HIGH, true, false, true));
    struct report none = checked_report(&arena);
    CHECK_EQ('A', policy_grade(&none).letter);
    none.gaps_unnamed = 1;
    CHECK_EQ('B', policy_grade(&none).letter);
    none.feeds.count = 0;
    CHECK_EQ(0, policy_grade(&none).letter);
}

TEST(policy_end_of_life_is_d_at_best)
{
    ARENA_SCOPED arena = {0};
    struct report report = checked_report(&arena);
    *vec_push(&arena, &report.findings) = (struct finding){
        .id = STR("os/end-of-life"), .kind = KIND_VULNERABILITY, .severity = SEVERITY_LOW};
    CHECK_EQ('D', policy_grade(&report).letter);
    report.findings.items[0].status = STATUS_WAIVED;
    CHECK_EQ('A', policy_grade(&report).letter);
}

static double risk(enum severity severity, double epss, bool fixable, bool kev)
{
    struct vulnerability flaw = {
        .epss = epss, .kev = kev, .fix_state = fixable ? FIX_AVAILABLE : FIX_NONE};
    struct finding finding = {.severity = severity, .vulnerability = &flaw};
    return policy_risk(&finding);
}

TEST(policy_risk_puts_the_worst_first)
{
    CHECK(risk(SEVERITY_LOW, -1, false, true) > risk(SEVERITY_CRITICAL, 1, true, false));
    CHECK(risk(SEVERITY_HIGH, -1, true, true) > risk(SEVERITY_HIGH, -1, false, true));
    CHECK(risk(SEVERITY_HIGH, 0.9, true, false) > risk(SEVERITY_CRITICAL, 0.01, true, false));
    CHECK(risk(SEVERITY_HIGH, -1, true, false) > risk(SEVERITY_HIGH, -1, false, false));
    CHECK(risk(SEVERITY_CRITICAL, -1, true, false) == 20);
    CHECK(risk(SEVERITY_CRITICAL, 77, true, false) == risk(SEVERITY_CRITICAL, 1, true, false));
    struct finding waived = {.severity = SEVERITY_CRITICAL, .status = STATUS_WAIVED};
    CHECK(policy_risk(&waived) == 0);
}

TEST(policy_waives_by_id_and_alias)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    const str ignore[] = {STR("cve-2026-1"), STR("GHSA-x")};
    struct policy policy = {.ignore = ignore, .ignore_count = 2};
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "a", "a", "2");
    sample_add(&arena, &report, "CVE-2026-11", SEVERITY_HIGH, "a", "a", "2");
    struct finding *aliased =
        sample_add(&arena, &report, "CVE-2026-2", SEVERITY_HIGH, "a", "a", "2");
    *vec_push(&arena, &aliased->aliases) = STR("DSA-1");
    *vec_push(&arena, &aliased->aliases) = STR("ghsa-X");
    sample_add(&arena, &report, "CVE-2026-3", SEVERITY_HIGH, "a", "a", "2")->status =
        STATUS_NOT_AFFECTED;
    policy_apply(&arena, &policy, &report);
    CHECK(report.findings.items[0].status == STATUS_WAIVED);
    CHECK_STR("--ignore", report.findings.items[0].reason);
    CHECK(report.findings.items[1].status == STATUS_OPEN);
    CHECK(report.findings.items[2].status == STATUS_WAIVED);
    CHECK(report.findings.items[3].status == STATUS_NOT_AFFECTED);
    CHECK_EQ(3, report.suppressed);
    CHECK_EQ(1, report.counts[SEVERITY_HIGH]);
    CHECK_EQ(0, report.unfixed[SEVERITY_HIGH]);
}

TEST(policy_keeps_only_the_kinds_asked_for)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {.kinds = 1u << KIND_SECRET};
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "a", "a", "2");
    *vec_push(&arena, &report.findings) =
        (struct finding){.id = STR("secret/key"), .kind = KIND_SECRET, .severity = SEVERITY_LOW};
    policy_apply(&arena, &policy, &report);
    CHECK_EQ(0, report.counts[SEVERITY_HIGH]);
    CHECK_EQ(1, report.counts[SEVERITY_LOW]);
    CHECK_EQ(1, report.suppressed);
}

TEST(policy_exit_codes_are_as_promised)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {.fail_on = SEVERITY_HIGH};
    CHECK_EQ(0, policy_exit_code(&policy, &report));
    report.counts[SEVERITY_MEDIUM] = 9;
    CHECK_EQ(0, policy_exit_code(&policy, &report));
    report.counts[SEVERITY_CRITICAL] = 1;
    CHECK_EQ(1, policy_exit_code(&policy, &report));
    report_add_gap(&arena, &report, STR("x"), STR("y"));
    CHECK_EQ(1, policy_exit_code(&policy, &report));
    policy.fail_on_none = true;
    CHECK_EQ(3, policy_exit_code(&policy, &report));
    policy.allow_gaps = true;
    CHECK_EQ(0, policy_exit_code(&policy, &report));
    policy = (struct policy){.fail_on = SEVERITY_MEDIUM, .allow_gaps = true};
    report.counts[SEVERITY_CRITICAL] = 0;
    CHECK_EQ(1, policy_exit_code(&policy, &report));
}

static const struct action *action_called(const struct report *report, str start)
{
    for (size_t i = 0; i < report->actions.count; i++)
        if (str_starts(report->actions.items[i].title, start))
            return &report->actions.items[i];
    return NULL;
}

TEST(policy_actions_name_the_command_and_what_it_removes)
{
    ARENA_SCOPED arena = {0};
    struct report report = sample_report(&arena, SAMPLE_DEBIAN);
    struct policy policy = {0};
    policy_apply(&arena, &policy, &report);
    report_sort(&arena, &report);
    const struct action *ssl = action_called(&report, STR("Upgrade openssl"));
    CHECK(ssl != NULL);
    if (!ssl)
        return;
    CHECK_STR("Upgrade openssl to 3.0.17-1~deb12u2", ssl->title);
    CHECK_STR("apt-get update && apt-get install -y --only-upgrade libssl3 openssl", ssl->command);
    CHECK_EQ(1, ssl->removes[SEVERITY_HIGH]);
    CHECK_EQ(3, ssl->removes[SEVERITY_MEDIUM]);
    CHECK_EQ(7, ssl->findings.count);
    for (size_t i = 0; i < ssl->findings.count; i++)
        CHECK_STR("openssl",
                  report.findings.items[ssl->findings.items[i]].vulnerability->source_package);
    const struct action *first = &report.actions.items[0];
    CHECK_STR("Upgrade all 6 packages at once", first->title);
    CHECK_STR("apt-get update && apt-get upgrade -y", first->command);
    CHECK_EQ(10, first->findings.count);
    CHECK(action_called(&report, STR("Upgrade zlib")) == NULL);
}

TEST(policy_leaving_a_dead_release_comes_first)
{
    ARENA_SCOPED arena = {0};
    struct report report = sample_report(&arena, SAMPLE_BUILT_IN);
    struct policy policy = {0};
    policy_apply(&arena, &policy, &report);
    report_sort(&arena, &report);
    CHECK_STR("Move to Alpine 3.22", report.actions.items[0].title);
    CHECK_STR("Change the FROM line, rebuild and test", report.actions.items[0].note);
    CHECK_EQ(1, report.actions.items[0].findings.count);
    CHECK_STR("apk upgrade --no-cache busybox ssl_client", report.actions.items[1].command);
}

/* Sixty places of a low finding are sixty changes; a critical one comes before them. */
TEST(policy_many_small_ones_do_not_come_before_a_critical_one)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {0};
    for (size_t i = 0; i < 60; i++)
        *vec_push(&arena, &report.findings) = (struct finding){
            .id = STR("x/low"), .severity = SEVERITY_LOW, .remedy = STR("Drop them")};
    *vec_push(&arena, &report.findings) = (struct finding){
        .id = STR("x/socket"), .severity = SEVERITY_CRITICAL, .remedy = STR("Take it away")};
    policy_apply(&arena, &policy, &report);
    report_sort(&arena, &report);
    CHECK_EQ(2, report.actions.count);
    CHECK_STR("Take it away", report.actions.items[0].title);
    CHECK_EQ(60, report.actions.items[1].findings.count);
}

TEST(policy_grade_is_none_where_only_a_part_was_looked_for)
{
    ARENA_SCOPED arena = {0};
    struct report report = checked_report(&arena);
    report.flaws_unasked = true;
    CHECK_EQ(0, policy_grade(&report).letter);
    *vec_push(&arena, &report.findings) =
        (struct finding){.id = STR("x/y"), .severity = SEVERITY_CRITICAL, .remedy = STR("Z")};
    CHECK_EQ('F', policy_grade(&report).letter);
}

TEST(policy_titles_of_actions_keep_code_whole)
{
    static const struct {
        const char *remedy, *title, *note;
    } cases[] = {
        {"Write `drop: [ALL]` in securityContext.", "Write `drop: [ALL]` in securityContext", ""},
        {"Add `init: true`: it reaps. Or not.", "Add `init: true`", "It reaps. Or not."},
        {"Use `a. b`. Then go.", "Use `a. b`", "Then go."},
        {"Put an address in front: -p 127.0.0.1:80:80. Or not.",
         "Put an address in front: -p 127.0.0.1:80:80", "Or not."},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct report report = {0};
        struct policy policy = {0};
        *vec_push(&arena, &report.findings) = (struct finding){
            .id = STR("x/y"), .severity = SEVERITY_HIGH, .remedy = str_from(cases[i].remedy)};
        policy_apply(&arena, &policy, &report);
        report_sort(&arena, &report);
        CHECK_EQ(1, report.actions.count);
        CHECK_STR(cases[i].title, report.actions.items[0].title);
        CHECK_STR(cases[i].note, report.actions.items[0].note);
    }
}

TEST(policy_newer_versions_alone_are_no_action)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {0};
    sample_add(&arena, &report, "package/update", SEVERITY_INFO, "a", "a", "2");
    sample_add(&arena, &report, "package/update", SEVERITY_INFO, "b", "b", "2");
    policy_apply(&arena, &policy, &report);
    CHECK_EQ(0, report.actions.count);
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_LOW, "b", "b", "2");
    policy_apply(&arena, &policy, &report);
    CHECK_EQ(1, report.actions.count);
    CHECK_EQ(2, report.actions.items[0].findings.count);
}

/* Nothing that a target calls itself may reach a command that people paste. */
TEST(policy_commands_never_hold_shell_syntax)
{
    static const char *const names[] = {
        "a b",  "$(id)", "`id`", "a;b",  "a|b",      "a&b", "a\nb",  "--force", "-y", "",  "a'b",
        "a\"b", "a>b",   "*",    "a\\b", "\xc3\xa4", "a#b", "{a,b}", "a=1",     ".x", "+x"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct report report = {0};
        struct policy policy = {0};
        sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "src", names[i], "2");
        policy_apply(&arena, &policy, &report);
        CHECK_EQ(1, report.actions.count);
        CHECK_STR("", report.actions.items[0].command);
    }
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {0};
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "gcc", "libstdc++6", "2");
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "gcc", "gcc-12-base", "2");
    policy_apply(&arena, &policy, &report);
    CHECK_STR("apt-get update && apt-get install -y --only-upgrade gcc-12-base libstdc++6",
              report.actions.items[0].command);
}

TEST(policy_distroless_images_get_no_apt_command)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    struct policy policy = {0};
    sample_add(&arena, &report, "CVE-2026-1", SEVERITY_HIGH, "a", "a", "2")->location.path =
        STR("var/lib/dpkg/status.d/a");
    sample_add(&arena, &report, "CVE-2026-2", SEVERITY_HIGH, "b", "b", "2")->location.path =
        STR("var/lib/dpkg/status.d/b");
    policy_apply(&arena, &policy, &report);
    CHECK_EQ(3, report.actions.count);
    for (size_t i = 0; i < report.actions.count; i++)
        CHECK(!str_contains(report.actions.items[i].command, STR("apt-get")));
}

TEST(report_sort_is_total_and_moves_indices)
{
    ARENA_SCOPED arena = {0};
    struct report one = sample_report(&arena, SAMPLE_DEBIAN), two = one;
    struct policy policy = {0};
    two.findings = (struct finding_list){0};
    for (size_t i = one.findings.count; i-- > 0;)
        *vec_push(&arena, &two.findings) = one.findings.items[i];
    policy_apply(&arena, &policy, &one);
    policy_apply(&arena, &policy, &two);
    report_sort(&arena, &one);
    report_sort(&arena, &two);
    for (size_t i = 0; i < one.findings.count; i++) {
        CHECK(str_eq(one.findings.items[i].id, two.findings.items[i].id));
        CHECK(one.findings.items[i].vulnerability == two.findings.items[i].vulnerability);
        CHECK(i == 0 || one.findings.items[i - 1].risk >= one.findings.items[i].risk);
    }
    CHECK_EQ(one.actions.count, two.actions.count);
    for (size_t i = 0; i < one.actions.count; i++) {
        const struct action *x = &one.actions.items[i], *y = &two.actions.items[i];
        CHECK(str_eq(x->title, y->title) && x->findings.count == y->findings.count);
        for (size_t f = 0; f < x->findings.count && f < y->findings.count; f++)
            CHECK_EQ(x->findings.items[f], y->findings.items[f]);
    }
}

TEST(report_gaps_are_distinct_and_bounded)
{
    ARENA_SCOPED arena = {0};
    struct report report = {0};
    for (size_t i = 0; i < 3; i++)
        report_add_gap(&arena, &report, STR("same"), STR("reason"));
    CHECK_EQ(1, report.gaps.count);
    for (size_t i = 0; i < LIMIT_GAPS + 4; i++)
        report_add_gap(&arena, &report, arena_printf(&arena, "%zu", i), STR("reason"));
    CHECK_EQ(LIMIT_GAPS, report.gaps.count);
    CHECK_EQ(5, report.gaps_unnamed);
}
