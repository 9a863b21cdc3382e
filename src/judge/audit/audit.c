// SPDX-License-Identifier: Apache-2.0
#include "judge/audit/audit.h"

#include "judge/audit/parts.h"

/* /var/run is /run. */
static str plain_address(struct arena *arena, str address)
{
    if (str_skip(&address, STR("unix:///var/run/")))
        return arena_join(arena, STR("unix:///run/"), (str){0}, address);
    return address;
}

static bool listens_on(struct arena *arena, const struct host_daemon *daemon, str address)
{
    for (size_t i = 0; i < daemon->listens.count; i++)
        if (str_eq(plain_address(arena, daemon->listens.items[i]), plain_address(arena, address)))
            return true;
    return false;
}

/* By where it listens; else by being the only one of its kind. An engine on another machine has
 * none here. */
static const struct host_daemon *daemon_of(struct arena *arena, const struct host *host,
                                           const struct engine_facts *engine)
{
    const struct host_daemon *only = NULL;
    size_t alike = 0;
    bool is_local = engine->source == ENGINE_STATE || str_starts(engine->address, STR("unix:"));
    if (engine->is_podman)
        return NULL;
    for (size_t i = 0; i < host->daemons.count; i++) {
        const struct host_daemon *daemon = &host->daemons.items[i];
        if (listens_on(arena, daemon, engine->address))
            return daemon;
        if (daemon->is_rootless == engine->is_rootless) {
            alike++;
            only = daemon;
        }
    }
    return is_local && alike == 1 ? only : NULL;
}

const struct engine_facts *audit_engine_of(struct arena *arena, const struct host *host,
                                           const struct engine_facts_list *engines,
                                           const struct host_daemon *daemon)
{
    for (size_t i = 0; i < engines->count; i++)
        if (daemon_of(arena, host, &engines->items[i]) == daemon)
            return &engines->items[i];
    return NULL;
}

static void find_units(struct audit *audit)
{
    for (size_t i = 0; i < audit->engines->count; i++) {
        const struct engine_facts *engine = &audit->engines->items[i];
        *vec_push(audit->arena, &audit->units) = (struct audit_unit){
            .engine = engine, .daemon = daemon_of(audit->arena, audit->host, engine)};
    }
    size_t known = audit->units.count;
    for (size_t d = 0; d < audit->host->daemons.count; d++) {
        const struct host_daemon *daemon = &audit->host->daemons.items[d];
        bool taken = false;
        for (size_t u = 0; u < known; u++)
            taken |= audit->units.items[u].daemon == daemon;
        if (!taken)
            *vec_push(audit->arena, &audit->units) = (struct audit_unit){.daemon = daemon};
    }
    if (audit->units.count == 0)
        *vec_push(audit->arena, &audit->units) = (struct audit_unit){0};
}

str audit_unit_name(const struct audit *audit, const struct audit_unit *unit)
{
    if (audit->units.count < 2)
        return (str){0};
    if (unit->engine)
        return unit->engine->address;
    return unit->daemon ? unit->daemon->config_path : (str){0};
}

static void take_gaps(struct audit *audit)
{
    for (size_t i = 0; i < audit->host->gaps.count; i++)
        report_add_gap(audit->arena, audit->report, audit->host->gaps.items[i].path,
                       audit->host->gaps.items[i].reason);
    for (size_t e = 0; e < audit->engines->count; e++)
        for (size_t i = 0; i < audit->engines->items[e].gaps.count; i++)
            report_add_gap(audit->arena, audit->report, audit->engines->items[e].gaps.items[i].path,
                           audit->engines->items[e].gaps.items[i].reason);
}

struct check audit_ask(struct audit *audit, const struct audit_unit *unit, const struct rule *rule,
                       str parameter)
{
    struct check check = {.result = CONTROL_UNKNOWN, .severity = rule->severity};
    const struct host_view view = {
        .host = audit->host,
        .engine = unit->engine,
        .daemon = unit->daemon,
        .parameter = parameter,
        .check = &check,
    };
    audit->run.rule = rule;
    rule->host(&audit->run, &view);
    str name = audit_unit_name(audit, unit);
    if (name.len)
        check.evidence = arena_join(audit->arena, name, STR(": "), check.evidence);
    return check;
}

void audit_found(struct audit *audit, const struct audit_unit *unit, const struct rule *rule,
                 const struct check *check)
{
    struct report *report = audit->report;
    (void)unit;
    for (size_t i = 0; i < report->findings.count; i++)
        if (str_eq(report->findings.items[i].id, str_from(rule->id)) &&
            str_eq(report->findings.items[i].evidence, check->evidence))
            return;
    audit->run.rule = rule;
    struct finding *finding = rule_found_at(
        &audit->run, (struct location){.path = check->place.path, .line = check->place.line},
        "%.*s", STR_ARG(check->evidence));
    finding->severity = check->severity;
    if (check->remedy.len)
        finding->remedy = check->remedy;
}

void audit_judge(struct arena *arena, const struct host *host,
                 const struct engine_facts_list *engines, const struct audit_options *options,
                 struct report *report)
{
    struct audit audit = {
        .arena = arena,
        .host = host,
        .engines = engines,
        .options = options,
        .report = report,
        .run = {.arena = arena, .report = report, .settings = options->rules},
    };
    find_units(&audit);
    take_gaps(&audit);
    /* First: one control is about them. */
    if (audit_wants(&audit, STR("1.2.2")))
        audit_flaws(&audit);
    audit_controls(&audit);
    /* Who asks for some controls wants those, and no more. */
    if (options->only_count == 0)
        audit_other_rules(&audit);
}
