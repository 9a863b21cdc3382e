// SPDX-License-Identifier: Apache-2.0
#include "act/fix/fix.h"
#include "app/audit/audit.h"
#include "base/sandbox.h"

enum { INDENT = 4 };

static void put_block(struct text *text, str block)
{
    str line;
    while (str_next_line(&block, &line)) {
        text_to_column(text, INDENT);
        text_styled(text, STYLE_COMMAND, line);
        text_newline(text);
    }
}

static void put_sentence(struct text *text, const char *label, str words)
{
    if (!words.len)
        return;
    text_to_column(text, INDENT);
    text_say(text, "%s", label);
    text_wrap(text, words, INDENT);
    text_newline(text);
}

enum { NAMES_SHOWN = 6 };

/* "a, b and 40 more: stops ...": containers with whom the same happens are one line. */
static str disturbed_line(struct arena *arena, const struct str_list *disturbs, size_t first)
{
    str name = {0}, how = {0}, names = {0};
    size_t count = 0;
    str_cut(disturbs->items[first], ':', &name, &how);
    for (size_t i = first; i < disturbs->count; i++) {
        str other = {0}, same = {0};
        str_cut(disturbs->items[i], ':', &other, &same);
        if (!str_eq(same, how))
            continue;
        if (count++ < NAMES_SHOWN)
            names = names.len ? arena_join(arena, names, STR(", "), other) : other;
    }
    if (count > NAMES_SHOWN)
        return arena_printf(arena, "%.*s and %zu more:%.*s", STR_ARG(names), count - NAMES_SHOWN,
                            STR_ARG(how));
    return arena_join(arena, names, STR(":"), how);
}

/* Whether an earlier line has told it. */
static bool is_told(const struct str_list *disturbs, size_t index)
{
    str name = {0}, how = {0}, other = {0}, same = {0};
    str_cut(disturbs->items[index], ':', &name, &how);
    for (size_t i = 0; i < index; i++) {
        str_cut(disturbs->items[i], ':', &other, &same);
        if (str_eq(same, how))
            return true;
    }
    return false;
}

static void put_disturbed(struct text *text, const struct host_step *step)
{
    text_to_column(text, INDENT);
    if (step->disturbs_unknown) {
        text_styled(text, STYLE_MEDIUM,
                    STR("Whom it disturbs is not known: no engine tells which containers run."));
        text_newline(text);
        return;
    }
    if (step->disturbs.count == 0) {
        text_styled(text, STYLE_GOOD, STR("Disturbs no running container."));
        text_newline(text);
        return;
    }
    text_styled(text, STYLE_MEDIUM, STR("Disturbs:"));
    text_newline(text);
    ARENA_SCOPED arena = {0};
    for (size_t i = 0; i < step->disturbs.count; i++) {
        if (is_told(&step->disturbs, i))
            continue;
        text_to_column(text, INDENT + 2);
        text_wrap(text, disturbed_line(&arena, &step->disturbs, i), INDENT + 4);
        text_newline(text);
    }
}

static void put_step(struct text *text, const struct host_step *step, size_t number)
{
    text_newline(text);
    text_style(text, STYLE_BOLD);
    text_say(text, "%zu  ", number);
    text_wrap(text, step->title, INDENT);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    put_block(text, step->text);
    if (step->then.len) {
        text_to_column(text, INDENT);
        text_say(text, "then:");
        text_newline(text);
        put_block(text, step->then);
    }
    put_sentence(text, "", step->note);
    put_disturbed(text, step);
    text_to_column(text, INDENT);
    text_style(text, STYLE_DIM);
    for (size_t i = 0; i < step->rules.count; i++) {
        text_say(text, i ? ", " : "Removes ");
        text_put(text, step->rules.items[i]);
    }
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

static void put_plan(const struct host_step_list *steps, const struct output *output)
{
    struct text text = text_make(output->stream, output->options.width, output->options.color,
                                 output->options.unicode);
    if (steps->count == 0) {
        text_say(&text, "Nothing to change that harden knows a way for.\n");
        return;
    }
    text_wrap(
        &text,
        STR("Nothing was changed. These are the steps, in the order that disturbs least; look "
            "at each before you take it."),
        0);
    text_newline(&text);
    for (size_t i = 0; i < steps->count; i++)
        put_step(&text, &steps->items[i], i + 1);
}

static int plan(struct machine *machine, const struct output *output, struct err *err)
{
    struct report report = {0};
    struct host_step_list steps = {0};
    const struct sandbox sandbox = {0};
    const struct policy policy = {.fail_on_none = true, .allow_gaps = true};
    enum sandbox_level level;
    if (sandbox_enter(&sandbox, &level, err) < 0)
        return -1;
    machine_read(machine);
    machine_start_report(machine, &report);
    const struct rule_settings rules = {.today = machine->today};
    const struct audit_options options = {
        .benchmark = "cis-1.8.0", .rules = &rules, .store = machine->store};
    audit_judge(&machine->arena, &machine->host, &machine->engines, &options, &report);
    policy_apply(&machine->arena, &policy, &report);
    report_sort(&machine->arena, &report);
    fix_host_plan(&machine->arena, &machine->host, &machine->engines, &report, &steps);
    put_plan(&steps, output);
    return policy_exit_code(&policy, &report);
}

int audit_fix_host(const struct invocation *invocation, const struct audit_settings *settings,
                   struct err *err)
{
    struct output output;
    struct machine machine = {0};
    if (output_open(&output, &settings->output, err) < 0)
        return -1;
    int code = machine_open(&machine, invocation, settings->root, &settings->hosts,
                            &settings->advisories, false, err);
    if (code == 0)
        code = plan(&machine, &output, err);
    machine_close(&machine);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}
