// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/rule/rule.h"
#include "model/dockerfile.h"
#include "model/shell.h"

/* The rules that look at a part of Dockerfiles, in order; chosen once per file, so that the loops
 * over its parts ask nobody who does not want to be asked. */
struct asked_rule {
    const struct rule *rule;
    size_t *found; /* one counter for all that the rule looks at */
};
struct asked VEC_BODY(struct asked_rule);

struct questions {
    struct asked dockerfile, stage, instruction, command;
};

static void choose(struct rule_run *run, struct questions *questions)
{
    const struct rule_family *const *families = rule_families();
    for (size_t f = 0; families[f]; f++)
        for (size_t i = 0; i < families[f]->count; i++) {
            const struct rule *rule = &families[f]->rules[i];
            bool any = rule->dockerfile || rule->stage || rule->instruction || rule->command;
            if (!any || !rule_is_wanted(run->settings, rule))
                continue;
            struct asked_rule asked = {rule, arena_new(run->arena, size_t)};
            if (rule->dockerfile)
                *vec_push(run->arena, &questions->dockerfile) = asked;
            if (rule->stage)
                *vec_push(run->arena, &questions->stage) = asked;
            if (rule->instruction)
                *vec_push(run->arena, &questions->instruction) = asked;
            if (rule->command)
                *vec_push(run->arena, &questions->command) = asked;
        }
}

/* The next rule; false: it has found enough already. */
static bool next_rule(struct rule_run *run, const struct asked_rule *asked)
{
    run->rule = asked->rule;
    run->found = asked->found;
    return *asked->found <= LIMIT_RULE_FINDINGS;
}

static const char *rule_of_problem(enum dockerfile_problem_kind kind)
{
    switch (kind) {
    case PROBLEM_UNKNOWN_INSTRUCTION: return "dockerfile/unknown-instruction";
    case PROBLEM_UNKNOWN_FLAG: return "dockerfile/unknown-flag";
    case PROBLEM_BEFORE_FROM: return "dockerfile/instruction-before-from";
    case PROBLEM_DIRECTIVE: return "dockerfile/bad-directive";
    case PROBLEM_LIMIT: return "dockerfile/not-read-completely";
    case PROBLEM_SYNTAX:
    case PROBLEM_BYTES: break;
    }
    return "dockerfile/syntax-error";
}

static void tell_problems(struct rule_run *run, const struct dockerfile *dockerfile)
{
    for (size_t i = 0; i < dockerfile->problems.count; i++) {
        const struct dockerfile_problem *problem = &dockerfile->problems.items[i];
        const char *id = rule_of_problem(problem->kind);
        if (!rule_is_wanted(run->settings, rule_by_id(str_from(id))))
            continue;
        run->subject.instruction = problem->instruction;
        struct finding *finding =
            rule_report(run, id, problem->span, "%.*s", STR_ARG(problem->what));
        if (problem->kind == PROBLEM_BYTES)
            finding->severity = SEVERITY_MEDIUM;
    }
    run->subject.instruction = NULL;
}

/* What is not built for the target that somebody named is not asked about. */
static bool is_left_out(const struct stage *stage)
{
    return stage && stage->file->target_named && stage->file->target && !stage->is_reached;
}

static void ask_instruction(struct rule_run *run, const struct questions *questions,
                            const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    run->subject.instruction = instruction;
    for (size_t i = 0; i < questions->instruction.count; i++)
        if (next_rule(run, &questions->instruction.items[i]))
            run->rule->instruction(run, instruction);
    for (size_t c = 0; script && c < script->commands.count; c++) {
        run->subject.command = script->commands.items[c];
        for (size_t i = 0; i < questions->command.count; i++)
            if (next_rule(run, &questions->command.items[i]))
                run->rule->command(run, script->commands.items[c]);
    }
    run->subject.command = NULL;
}

static void ask_stage(struct rule_run *run, const struct questions *questions,
                      const struct stage *stage)
{
    run->subject.instruction = stage->from;
    for (size_t i = 0; i < questions->stage.count; i++)
        if (next_rule(run, &questions->stage.items[i]))
            run->rule->stage(run, stage);
}

/* Findings that were not kept are told of, so that nobody takes the rest for everything. */
static void tell_left_out(struct rule_run *run, const struct questions *questions)
{
    const struct asked *lists[] = {&questions->dockerfile, &questions->stage,
                                   &questions->instruction, &questions->command};
    run->found = NULL;
    run->subject.instruction = NULL;
    for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            size_t *found = lists[l]->items[i].found;
            if (*found <= LIMIT_RULE_FINDINGS)
                continue;
            rule_report(run, "dockerfile/not-read-completely", (struct span){0, 0},
                        "%s was found more than %d times; the rest is left out",
                        lists[l]->items[i].rule->id, LIMIT_RULE_FINDINGS);
            *found = 0;
        }
}

void rule_ask_dockerfile(struct rule_run *run, const struct dockerfile *dockerfile)
{
    struct questions questions = {0};
    run->found = NULL;
    run->spare = NULL;
    run->work = 0;
    run->file = &dockerfile->file;
    run->subject = (struct finding_subject){.dockerfile = dockerfile};
    run->report->part_count += dockerfile->stages.count;
    choose(run, &questions);
    tell_problems(run, dockerfile);
    for (size_t i = 0; i < questions.dockerfile.count; i++)
        if (next_rule(run, &questions.dockerfile.items[i]))
            run->rule->dockerfile(run, dockerfile);
    for (size_t i = 0; i < dockerfile->stages.count; i++)
        if (!is_left_out(dockerfile->stages.items[i]))
            ask_stage(run, &questions, dockerfile->stages.items[i]);
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct instruction *instruction = dockerfile->instructions.items[i];
        if (is_left_out(instruction->stage))
            continue;
        ask_instruction(run, &questions, instruction);
        if (instruction->trigger)
            ask_instruction(run, &questions, instruction->trigger);
    }
    tell_left_out(run, &questions);
    run->rule = NULL;
    run->found = NULL;
    run->subject = (struct finding_subject){0};
}
