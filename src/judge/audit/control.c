// SPDX-License-Identifier: Apache-2.0
/* The controls of a benchmark: rows of data/cis_docker.tsv, each answered by a rule. */
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/audit/parts.h"

enum { FIELD_LEVEL = 3, FIELD_MODE, FIELD_RULE, FIELD_PARAMETER, FIELD_TITLE };

/* Columns of the numbers. */
static const str benchmarks[] = {STR_INIT("cis-1.6.0"), STR_INIT("cis-1.7.0"),
                                 STR_INIT("cis-1.8.0")};
enum { BENCHMARKS = sizeof(benchmarks) / sizeof(benchmarks[0]) };

static size_t column_of(str benchmark)
{
    size_t column = 0;
    while (column + 1 < BENCHMARKS && !str_eq(benchmarks[column], benchmark))
        column++;
    return column;
}

static str table(void)
{
    return str_make(data_cis_docker, data_cis_docker_len);
}

bool audit_has_control(const char *benchmark, str pattern)
{
    size_t column = column_of(str_from(benchmark));
    str rest = table(), row;
    while (tsv_next(&rest, &row)) {
        str number = tsv_field(row, column);
        if (number.len && path_match(pattern, number))
            return true;
    }
    return false;
}

static bool is_wanted(const struct audit *audit, str number)
{
    for (size_t i = 0; i < audit->options->only_count; i++)
        if (path_match(audit->options->only[i], number))
            return true;
    return audit->options->only_count == 0;
}

/* The worst first: what fails hides what cannot be told, and that what passes. */
static unsigned rank(enum control_result result)
{
    static const unsigned ranks[CONTROL_RESULTS] = {
        [CONTROL_FAIL] = 3,
        [CONTROL_UNKNOWN] = 2,
        [CONTROL_PASS] = 1,
        [CONTROL_NOT_APPLICABLE] = 0,
    };
    return ranks[result];
}

static void take_check(struct control *control, const struct rule *rule, const struct check *check)
{
    control->result = check->result;
    control->evidence = check->evidence;
    control->location = (struct location){.path = check->place.path, .line = check->place.line};
    control->remedy = (str){0};
    if (check->result == CONTROL_FAIL)
        control->remedy = check->remedy.len ? check->remedy : str_from(rule->fix);
}

static void ask_rule(struct audit *audit, const struct rule *rule, str parameter,
                     struct control *control)
{
    bool first = true;
    for (size_t i = 0; i < audit->units.count; i++) {
        const struct audit_unit *unit = &audit->units.items[i];
        struct check check = audit_ask(audit, unit, rule, parameter);
        /* Nothing to judge is no verdict, but for what is asked of the machine itself. */
        bool needs_engine = !str_starts(str_from(rule->id), STR("host/"));
        if (needs_engine && !unit->engine && !unit->daemon)
            check = (struct check){.result = CONTROL_UNKNOWN,
                                   .evidence = STR("no engine answers, and none is set up here"),
                                   .severity = rule->severity};
        if (check.result == CONTROL_FAIL)
            audit_found(audit, unit, rule, &check);
        if (first || rank(check.result) > rank(control->result))
            take_check(control, rule, &check);
        first = false;
    }
}

/* Containers: the rules of workloads that carry this number as an alias. */

struct tally {
    size_t containers, failing, rules;
    struct str_list names;
    const struct finding *first;
};

static bool answers_number(const struct rule *rule, str alias)
{
    return rule->workload && rule_is_called(rule, alias);
}

static void ask_container(struct audit *audit, const struct engine_container *container,
                          const struct workload *workload, str alias, struct tally *tally)
{
    struct finding_list *findings = &audit->report->findings;
    size_t before = findings->count;
    audit->run.subject = (struct finding_subject){.workload = workload};
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        if (!answers_number(rule, alias))
            continue;
        audit->run.rule = rule;
        rule->workload(&audit->run, workload);
    }
    audit->run.subject = (struct finding_subject){0};
    tally->containers++;
    if (findings->count == before)
        return;
    tally->failing++;
    *vec_push(audit->arena, &tally->names) = container->name;
    for (size_t i = before; i < findings->count; i++) {
        findings->items[i].location = (struct location){
            .path = arena_join(audit->arena, STR("containers/"), (str){0}, container->name)};
        findings->items[i].span = (struct span){0};
    }
}

static str first_remedy(const struct audit *audit, str alias)
{
    const struct finding_list *findings = &audit->report->findings;
    for (size_t i = findings->count; i-- > 0;) {
        const struct rule *rule = rule_by_id(findings->items[i].id);
        if (rule && answers_number(rule, alias))
            return findings->items[i].remedy;
    }
    return (str){0};
}

static str list_names(struct arena *arena, const struct str_list *names)
{
    enum { SHOWN = 8 };
    str text = {0};
    for (size_t i = 0; i < names->count && i < SHOWN; i++)
        text = i ? arena_join(arena, text, STR(", "), names->items[i]) : names->items[i];
    if (names->count > SHOWN)
        text = arena_printf(arena, "%.*s and %zu more", STR_ARG(text), names->count - SHOWN);
    return text;
}

/* A rule may answer several numbers: its findings are then there already. */
static void forget_repeated(struct audit *audit, size_t before)
{
    struct finding_list *findings = &audit->report->findings;
    size_t kept = before;
    for (size_t i = before; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        bool fresh;
        str key = arena_join(audit->arena, finding->id, STR("\n"), finding->location.path);
        key = arena_join(audit->arena, key, STR("\n"), finding->evidence);
        map_put(audit->arena, &audit->seen, key, &fresh);
        if (fresh)
            findings->items[kept++] = *finding;
    }
    findings->count = kept;
}

/* A security module that is not there confines nobody, whatever containers say; one is enough. */
static bool ask_module(const struct audit *audit, const char *module, const char *other,
                       const char *name, struct control *control)
{
    str ignored;
    size_t without = 0, other_there = 0, engines = 0;
    for (size_t e = 0; e < audit->engines->count; e++) {
        const struct engine_facts *engine = &audit->engines->items[e];
        if (!engine->knows_info)
            continue;
        engines++;
        bool there = engine_security(engine, str_from(module), STR(""), &ignored);
        without += !there;
        other_there += !there && engine_security(engine, str_from(other), STR(""), &ignored);
    }
    if (engines == 0 || without == 0)
        return false;
    bool covered = other_there == without;
    control->result = covered ? CONTROL_NOT_APPLICABLE : CONTROL_FAIL;
    control->evidence =
        arena_printf(audit->arena, "the engine does not use %s%s", name,
                     covered ? "; containers are confined by the other module" : "");
    if (!covered)
        control->remedy = str_from(rule_by_id(STR("daemon/no-lsm"))->fix);
    return true;
}

static void ask_containers(struct audit *audit, str number, struct control *control)
{
    if ((str_eq(number, STR("5.2")) &&
         ask_module(audit, "apparmor", "selinux", "AppArmor", control)) ||
        (str_eq(number, STR("5.3")) &&
         ask_module(audit, "selinux", "apparmor", "SELinux", control)))
        return;
    struct tally tally = {0};
    str alias = arena_join(audit->arena, STR("CIS "), (str){0}, number);
    size_t before = audit->report->findings.count;
    bool known = false;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        tally.rules += answers_number(rule, alias);
    for (size_t e = 0; e < audit->engines->count; e++) {
        const struct engine_facts *engine = &audit->engines->items[e];
        known |= engine->knows_containers;
        for (size_t i = 0; i < engine->containers.count; i++)
            ask_container(audit, &engine->containers.items[i],
                          &engine->workloads.items[engine->containers.items[i].workload], alias,
                          &tally);
    }
    if (tally.failing)
        control->remedy = first_remedy(audit, alias);
    forget_repeated(audit, before);
    control->result = tally.rules == 0 || !known ? CONTROL_UNKNOWN
                      : tally.containers == 0    ? CONTROL_NOT_APPLICABLE
                      : tally.failing            ? CONTROL_FAIL
                                                 : CONTROL_PASS;
    if (!known)
        control->evidence = STR("no engine lists its containers");
    else if (tally.containers == 0)
        control->evidence = STR("there are no containers");
    else if (tally.failing)
        control->evidence =
            arena_printf(audit->arena, "%zu of %zu containers do not hold it: %.*s", tally.failing,
                         tally.containers, STR_ARG(list_names(audit->arena, &tally.names)));
    else
        control->evidence =
            arena_printf(audit->arena, "it holds for all %zu containers", tally.containers);
}

/* Whether the parts are up to date shows in their open flaws, which were looked for before. */
static void weigh_versions(struct audit *audit, struct control *control)
{
    struct str_list parts = {0};
    size_t flaws = 0;
    for (size_t i = 0; i < audit->report->findings.count; i++) {
        const struct finding *finding = &audit->report->findings.items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        if (finding->status != STATUS_OPEN || !flaw || str_eq(flaw->package, STR("linux")))
            continue;
        flaws++;
        str part = arena_join(audit->arena, flaw->package, STR(" "), flaw->installed_version);
        bool known = false;
        for (size_t p = 0; p < parts.count; p++)
            known |= str_eq(parts.items[p], part);
        if (!known)
            *vec_push(audit->arena, &parts) = part;
    }
    if (flaws == 0)
        return;
    control->result = CONTROL_FAIL;
    control->remedy = str_from(rule_by_id(STR("host/engine-outdated"))->fix);
    control->evidence = arena_printf(audit->arena, "%zu known flaws are open in %.*s", flaws,
                                     STR_ARG(list_names(audit->arena, &parts)));
}

bool audit_wants(const struct audit *audit, str number)
{
    return is_wanted(audit, number);
}

void audit_controls(struct audit *audit)
{
    size_t column = column_of(str_from(audit->options->benchmark));
    str rest = table(), row;
    while (tsv_next(&rest, &row)) {
        str number = tsv_field(row, column), rule_id = tsv_field(row, FIELD_RULE);
        if (!number.len || !is_wanted(audit, number))
            continue;
        struct control control = {
            .id = number,
            .benchmark = benchmarks[column],
            .title = tsv_field(row, FIELD_TITLE),
            .level = str_eq(tsv_field(row, FIELD_LEVEL), STR("2")) ? 2 : 1,
            .is_manual = str_eq(tsv_field(row, FIELD_MODE), STR("M")),
        };
        str of_containers = rule_id;
        if (str_skip(&of_containers, STR("workload:"))) {
            ask_containers(audit, of_containers, &control);
        } else {
            const struct rule *rule = rule_by_id(rule_id);
            control.rule = rule_id;
            ask_rule(audit, rule, tsv_field(row, FIELD_PARAMETER), &control);
            if (str_eq(rule_id, STR("host/engine-outdated")))
                weigh_versions(audit, &control);
        }
        *vec_push(audit->arena, &audit->report->controls) = control;
    }
}

static bool is_in_table(str id)
{
    str rest = table(), row;
    while (tsv_next(&rest, &row))
        if (str_eq(tsv_field(row, FIELD_RULE), id))
            return true;
    return false;
}

void audit_other_rules(struct audit *audit)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        if (!rule->host || is_in_table(str_from(rule->id)))
            continue;
        for (size_t i = 0; i < audit->units.count; i++) {
            struct check check = audit_ask(audit, &audit->units.items[i], rule, (str){0});
            if (check.result == CONTROL_FAIL)
                audit_found(audit, &audit->units.items[i], rule, &check);
        }
    }
}
