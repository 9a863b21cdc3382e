// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/rule/history.h"
#include "lang/shell/shell.h"
#include "model/image_view.h"
#include "model/shell.h"

/*
 * What an image's history tells of its RUN lines is judged by the rules for RUN lines. There is no
 * file: findings stand in a layer. Of style, nobody can change anything in an image that is built.
 */

/* The config sets CMD once more where a build goes on from a base: what stands before the last but
 * one of them is the base's. How many steps; 0: nothing tells. */
static size_t guess_base(const struct image_steps *steps)
{
    size_t commands = 0;
    for (size_t i = steps->count; i-- > 0;) {
        str text = steps->items[i].created_by;
        bool sets = str_contains(text, STR("#(nop)  CMD")) || str_starts(text, STR("CMD ["));
        if (!sets)
            continue;
        bool last = i + 1 == steps->count;
        if (!last && ++commands == 1)
            return i + 1;
    }
    return 0;
}

static bool is_base(const struct trusted_base *base, const struct layer_list *layers)
{
    for (size_t i = 0; i < base->layers.count; i++)
        if (i >= layers->count || !str_eq(base->layers.items[i], layers->items[i].diff_id))
            return false;
    return base->layers.count > 0;
}

const struct trusted_base *rule_known_base(const struct rule_settings *settings,
                                           const struct image_view *view)
{
    const struct trusted_base *best = NULL;
    for (size_t i = 0; i < settings->policy.base_count; i++) {
        const struct trusted_base *base = &settings->policy.bases[i];
        if (is_base(base, &view->image->layers) &&
            (!best || base->layers.count > best->layers.count))
            best = base;
    }
    return best;
}

size_t rule_base_steps(const struct rule_settings *settings, const struct image_view *view)
{
    const struct trusted_base *base = rule_known_base(settings, view);
    const struct image_steps *steps = &view->config->history;
    if (!base)
        return guess_base(steps);
    size_t end = 0;
    for (size_t i = 0; i < steps->count; i++)
        if (steps->items[i].has_layer && steps->items[i].layer < base->layers.count)
            end = i + 1;
    return end;
}

/* What the rules about secrets find in a step is told by them, with how sure it is and without the
 * secret: the rules about passwords in commands need not tell the same again. */
static bool has_secret(const struct rule_run *run, const struct image_view *view, str step)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_SECRET, &count);
    const unsigned kinds = run->settings->kinds;
    if (kinds && !(kinds & 1u << KIND_SECRET))
        return false;
    for (; count; count--, fact++)
        if (str_eq(fact->path, STR("image configuration")) && str_eq(fact->secret.where, step))
            return true;
    return false;
}

static bool is_about_secrets(const struct rule *rule)
{
    return rule->kind == KIND_SECRET ||
           str_eq(str_from(rule->id), STR("dockerfile/password-in-run"));
}

static void ask_script(struct rule_run *run, const struct shell_script *script, bool secrets_told)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        size_t found = 0;
        if (!rule->command || rule->class == RULE_STYLE || !rule_is_wanted(run->settings, rule))
            continue;
        if (secrets_told && is_about_secrets(rule))
            continue;
        run->rule = rule;
        run->found = &found;
        for (size_t i = 0; i < script->commands.count && found <= LIMIT_RULE_FINDINGS; i++) {
            run->subject.command = script->commands.items[i];
            rule->command(run, script->commands.items[i]);
        }
    }
    run->subject.command = NULL;
    run->rule = NULL;
    run->found = NULL;
}

void rule_ask_history(struct rule_run *run, const struct image_view *view)
{
    const struct image_steps *steps = &view->config->history;
    size_t base = rule_base_steps(run->settings, view);
    for (size_t i = 0; i < steps->count; i++) {
        const struct image_step *step = &steps->items[i];
        struct shell_script *script = shell_from_history(run->arena, step->created_by);
        if (!script || !script->root)
            continue;
        str place = arena_printf(run->arena, "history, step %zu", i + 1);
        bool secrets_told = has_secret(run, view, place);
        if (i < base)
            place = arena_join(run->arena, place, STR(" "), STR("(of the base image)"));
        run->place = (struct location){.path = place};
        if (step->has_layer && step->layer < view->image->layers.count)
            run->place.layer = view->image->layers.items[step->layer].diff_id;
        ask_script(run, script, secrets_told);
    }
    run->place = (struct location){0};
}
