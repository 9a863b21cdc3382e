// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "judge/rule/rule.h"

static const str class_names[RULE_CLASSES] = {
    [RULE_SECURITY] = STR_INIT("security"),
    [RULE_CORRECTNESS] = STR_INIT("correctness"),
    [RULE_REPRODUCIBILITY] = STR_INIT("reproducibility"),
    [RULE_SIZE] = STR_INIT("size"),
    [RULE_STYLE] = STR_INIT("style"),
};

str rule_class_name(enum rule_class class)
{
    return (size_t) class < RULE_CLASSES ? class_names[class] : (str)
    {
        0
    };
}

bool rule_class_parse(str name, enum rule_class *ret)
{
    for (size_t i = 0; i < RULE_CLASSES; i++)
        if (str_eq(class_names[i], name)) {
            *ret = (enum rule_class)i;
            return true;
        }
    return false;
}

bool rule_is_wanted(const struct rule_settings *settings, const struct rule *rule)
{
    if (settings->kinds && !(settings->kinds & 1u << rule->kind))
        return false;
    if (settings->classes && !(settings->classes & 1u << rule->class))
        return false;
    for (size_t i = 0; rule->off && i < settings->enable_count; i++)
        if (str_eq(settings->enable[i], STR("all")) || rule_is_called(rule, settings->enable[i]))
            return true;
    return !rule->off;
}

bool rule_may(struct rule_run *run, size_t steps)
{
    if (steps > LIMIT_RULE_WORK - run->work)
        return false;
    run->work += steps;
    return true;
}

static struct finding *found(struct rule_run *run, const struct rule *rule,
                             struct location location, str evidence)
{
    struct finding *finding = vec_push(run->arena, &run->report->findings);
    *finding = (struct finding){
        .id = str_from(rule->id),
        .kind = rule->kind,
        .severity = rule->severity,
        .title = str_from(rule->title),
        .location = location,
        .evidence = evidence,
        .remedy = str_from(rule->fix),
        .subject = arena_copy(run->arena, &run->subject, sizeof(run->subject)),
    };
    for (const char *const *alias = rule->aliases; *alias; alias++)
        *vec_push(run->arena, &finding->aliases) = str_from(*alias);
    for (const char *const *reference = rule->references; *reference; reference++)
        *vec_push(run->arena, &finding->references) = str_from(*reference);
    return finding;
}

static struct finding *found_in_file(struct rule_run *run, const struct rule *rule,
                                     struct span span, str evidence)
{
    struct location location = run->place;
    if (run->file) {
        struct text_place place = text_file_place(run->file, span);
        location = (struct location){
            .path = run->file->path,
            .line = place.line,
            .column = place.column,
            .end_line = place.end_line,
            .end_column = place.end_column,
        };
    }
    struct finding *finding = found(run, rule, location, evidence);
    finding->span = span;
    return finding;
}

/* Past the maximum: one that nobody sees; NULL: there is room. */
static struct finding *left_out(struct rule_run *run)
{
    if (!run->found || ++*run->found <= LIMIT_RULE_FINDINGS)
        return NULL;
    if (!run->spare) {
        run->spare = arena_new(run->arena, struct finding);
        run->spare->subject = arena_new(run->arena, struct finding_subject);
    }
    struct finding_subject *subject = run->spare->subject;
    *subject = run->subject;
    *run->spare = (struct finding){.subject = subject};
    return run->spare;
}

struct finding *rule_found(struct rule_run *run, struct span span, const char *evidence, ...)
{
    va_list args;
    struct finding *nobodys = left_out(run);
    if (nobodys)
        return nobodys;
    va_start(args, evidence);
    str text = arena_vprintf(run->arena, evidence, args);
    va_end(args);
    return found_in_file(run, run->rule, span, text);
}

struct finding *rule_found_at(struct rule_run *run, struct location location, const char *evidence,
                              ...)
{
    va_list args;
    va_start(args, evidence);
    str text = arena_vprintf(run->arena, evidence, args);
    va_end(args);
    return found(run, run->rule, location, text);
}

struct finding *rule_report(struct rule_run *run, const char *id, struct span span,
                            const char *evidence, ...)
{
    const struct rule *rule = rule_by_id(str_from(id));
    va_list args;
    INVARIANT(rule);
    va_start(args, evidence);
    str text = arena_vprintf(run->arena, evidence, args);
    va_end(args);
    return found_in_file(run, rule, span, text);
}
