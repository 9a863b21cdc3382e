// SPDX-License-Identifier: Apache-2.0
#include "judge/policy/policy.h"

#include "base/path.h"
#include "judge/policy/action.h"
#include "judge/rule/rule.h"

static const double severity_weight[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = 0.1, [SEVERITY_LOW] = 1,       [SEVERITY_MEDIUM] = 4,
    [SEVERITY_HIGH] = 10,  [SEVERITY_CRITICAL] = 20,
};
static const double epss_weight = 4, unfixed_weight = 0.5, unreached_weight = 0.5,
                    exploited_risk = 1000;

double policy_risk(const struct finding *finding)
{
    if (finding->status != STATUS_OPEN)
        return 0;
    double risk = severity_weight[finding->severity];
    const struct vulnerability *vulnerability = finding->vulnerability;
    if (vulnerability && vulnerability->epss > 0)
        risk *= 1 + epss_weight * (vulnerability->epss < 1 ? vulnerability->epss : 1);
    if (!finding_is_fixable(finding))
        risk *= unfixed_weight;
    if (vulnerability && vulnerability->use == USE_NOT_REACHED)
        risk *= unreached_weight;
    if (vulnerability && vulnerability->kev)
        risk += exploited_risk;
    return risk;
}

/* One reason to grade; the first that fits an open finding wins. */
struct ground {
    char letter;
    const char *why;
    bool exploited, unfixed; /* unfixed: only findings that nothing installable removes */
    enum severity severity;  /* at least */
    const char *rule;        /* only findings of that rule */
};
static const struct ground grounds[] = {
    {'F', "a flaw that attackers are known to use", .exploited = true},
    {'F', "a critical flaw that can be removed now", .severity = SEVERITY_CRITICAL},
    {'D', "a distribution release that gets no more security updates", .rule = "os/end-of-life"},
    {'D', "a high flaw that can be removed now", .severity = SEVERITY_HIGH},
    {'D', "a critical flaw without a fix yet", .unfixed = true, .severity = SEVERITY_CRITICAL},
    {'C', "a medium flaw that can be removed now", .severity = SEVERITY_MEDIUM},
    {'C', "a high flaw without a fix yet", .unfixed = true, .severity = SEVERITY_HIGH},
    {'B', "a low flaw that can be removed now", .severity = SEVERITY_LOW},
    {'B', "a medium flaw without a fix yet", .unfixed = true, .severity = SEVERITY_MEDIUM},
    {'A', "nothing worse than low flaws without a fix", .unfixed = true, .severity = SEVERITY_LOW},
};
enum { GROUND_COUNT = sizeof(grounds) / sizeof(grounds[0]) };

static bool fits(const struct ground *ground, const struct finding *finding)
{
    if (finding->status != STATUS_OPEN)
        return false;
    if (ground->exploited)
        return finding->vulnerability && finding->vulnerability->kev;
    if (ground->rule)
        return str_eq(finding->id, str_from(ground->rule));
    return finding->severity >= ground->severity && finding_is_fixable(finding) != ground->unfixed;
}

struct grade policy_grade(const struct report *report)
{
    size_t best = GROUND_COUNT;
    for (size_t i = 0; i < report->findings.count; i++)
        for (size_t g = 0; g < best; g++)
            if (fits(&grounds[g], &report->findings.items[i]))
                best = g;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        for (size_t g = 0; report->forgotten.first[i] && g < best; g++)
            if (fits(&grounds[g], report->forgotten.first[i]))
                best = g;
    if (best == GROUND_COUNT && report->flaws_unasked)
        return (struct grade){0, "only some kinds of findings were looked for"};
    /* "Nothing found" is no praise where there was nothing to look at, or nothing to look with. */
    bool looked = report_is_of_files(report)
                      ? report->file_count > 0
                      : report->packages.count > 0 && report->feeds.count > 0;
    looked |= report_is_of_containers(report);
    if (best == GROUND_COUNT && !looked && report->controls.count == 0)
        return (struct grade){0, "nothing could be checked"};
    bool gaps = report->gaps.count > 0 || report->gaps_unnamed > 0;
    if (gaps && (best == GROUND_COUNT || grounds[best].letter == 'A'))
        return (struct grade){'B', "nothing serious found, but not everything was looked at"};
    if (best == GROUND_COUNT)
        return (struct grade){'A', "nothing found that needs work"};
    return (struct grade){grounds[best].letter, grounds[best].why};
}

static bool is_called(const struct finding *finding, const struct rule *rule, str name)
{
    if (str_eq_nocase(finding->id, name) || (rule && rule_is_called(rule, name)))
        return true;
    if (finding->kind == KIND_SECRET && path_match(name, finding->location.path))
        return true;
    for (size_t i = 0; i < finding->aliases.count; i++)
        if (str_eq_nocase(finding->aliases.items[i], name))
            return true;
    return false;
}

static void override_severity(const struct policy *policy, struct finding *finding)
{
    const struct rule *rule = policy->override_count ? rule_by_id(finding->id) : NULL;
    for (size_t i = policy->override_count; i-- > 0;)
        if (is_called(finding, rule, policy->overrides[i].rule)) {
            finding->severity = policy->overrides[i].severity;
            return;
        }
}

static void waive(const struct policy *policy, struct finding *finding)
{
    if (finding->status != STATUS_OPEN)
        return;
    if (policy->kinds && !(policy->kinds & 1u << finding->kind)) {
        finding->status = STATUS_WAIVED;
        finding->reason = STR("not asked for (--only)");
        return;
    }
    const struct rule *rule = policy->ignore_count ? rule_by_id(finding->id) : NULL;
    for (size_t i = 0; i < policy->ignore_count; i++)
        if (is_called(finding, rule, policy->ignore[i])) {
            finding->status = STATUS_WAIVED;
            finding->reason = STR("--ignore");
            return;
        }
}

void policy_apply(struct arena *arena, const struct policy *policy, struct report *report)
{
    if (policy->waivers)
        waiver_file_apply(arena, policy->waivers, policy->rules, policy->tell_waivers, report);
    report->suppressed = 0;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        report->counts[i] = report->unfixed[i] = 0;
    for (size_t i = 0; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        waive(policy, finding);
        override_severity(policy, finding);
        finding->risk = policy_risk(finding);
        if (finding->status != STATUS_OPEN) {
            report->suppressed++;
            continue;
        }
        report->counts[finding->severity]++;
        if (!finding_is_fixable(finding))
            report->unfixed[finding->severity]++;
    }
    report->grade = policy_grade(report).letter;
    report->actions = action_list(arena, report);
}

int policy_exit_code(const struct policy *policy, const struct report *report)
{
    for (size_t i = policy->fail_on; i < SEVERITY_COUNT && !policy->fail_on_none; i++)
        if (report->counts[i] > 0)
            return 1;
    bool gaps = report->gaps.count > 0 || report->gaps_unnamed > 0;
    return gaps && !policy->allow_gaps ? 3 : 0;
}
