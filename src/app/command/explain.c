// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"
#include "app/pipeline.h"
#include "judge/rule/rule.h"

struct explain_settings {
    struct target_settings target;
    struct advisory_settings advisories;
    struct output_settings output;
    const char *in;
    bool list;
};

static const struct option options[] = {
    {.name = "in",
     .kind = OPTION_TEXT,
     .argument = "TARGET",
     .help = "why it is reported for this target, or why it is not",
     .offset = offsetof(struct explain_settings, in)},
    {.name = "list",
     .letter = 'l',
     .kind = OPTION_FLAG,
     .help = "list all rules, one a line",
     .offset = offsetof(struct explain_settings, list)},
    OUTPUT_OPTIONS(struct explain_settings, output, "tty"),
    TARGET_OPTIONS(struct explain_settings, target),
    ADVISORY_OPTIONS(struct explain_settings, advisories),
    {0},
};

/* What an explanation is written with. */
struct page {
    struct text text;
    struct arena *arena;
};

static void heading(struct page *page, str words)
{
    text_styled(&page->text, STYLE_BOLD, words);
    text_newline(&page->text);
}

static void paragraph(struct page *page, str words)
{
    text_to_column(&page->text, 2);
    text_wrap(&page->text, words, 2);
    text_newline(&page->text);
}

__attribute__((format(printf, 2, 3))) static void line(struct page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    paragraph(page, arena_vprintf(page->arena, format, args));
    va_end(args);
}

/* An example, as it stands. */
static void block(struct page *page, const char *title, const char *example)
{
    str rest = str_from(example), row;
    if (rest.len == 0)
        return;
    heading(page, str_from(title));
    while (str_next_line(&rest, &row)) {
        text_to_column(&page->text, 4);
        text_put(&page->text, row);
        text_newline(&page->text);
    }
}

static void explain_rule(struct page *page, const struct rule *rule)
{
    heading(page,
            arena_printf(page->arena, "%s  (%.*s, %.*s)", rule->id,
                         STR_ARG(severity_name(rule->severity)), STR_ARG(kind_name(rule->kind))));
    line(page, "%s.", rule->title);
    heading(page, STR("Why it matters"));
    paragraph(page, str_from(rule->why));
    heading(page, STR("What to do"));
    paragraph(page, str_from(rule->fix));
    block(page, "Bad", rule->bad);
    block(page, "Good", rule->good);
    for (const char *const *alias = rule->aliases; *alias; alias++)
        line(page, "%s %s", alias == rule->aliases ? "Also known as" : "and", *alias);
    for (const char *const *reference = rule->references; *reference; reference++)
        line(page, "See %s", *reference);
}

static void list_rules(struct page *page)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        text_say(&page->text, "%-34s %-8.*s %s\n", rule->id, STR_ARG(severity_name(rule->severity)),
                 rule->title);
}

/* What the store knows of a flaw, whatever it is found in. */
static bool explain_flaw(struct page *page, const struct store *store, str id)
{
    struct vulnerability_score score;
    struct exploit_score exploit;
    struct known_exploited known;
    str description;
    bool found = false;
    heading(page, id);
    if (store_text(store, id, &description)) {
        paragraph(page, description);
        found = true;
    }
    if (store_score(store, id, &score) && score.cvss >= 0) {
        line(page, "CVSS %.1f  %.*s", score.cvss, STR_ARG(score.vector));
        found = true;
    }
    if (store_exploit(store, id, &exploit)) {
        line(page,
             "EPSS: %.1f %% chance of being attacked within 30 days; more than %.0f %% of all "
             "flaws have.",
             exploit.epss * 100, exploit.percentile * 100);
        found = true;
    }
    if (store_known(store, id, &known)) {
        line(page, "Known to be exploited since %.*s%s: %.*s", STR_ARG(known.date_added),
             known.ransomware ? ", also by ransomware" : "", STR_ARG(known.name));
        found = true;
    }
    return found;
}

static void explain_verdict(struct page *page, const struct scan *scan,
                            const struct verdict *verdict)
{
    const struct package *package = &verdict->package;
    heading(page, arena_printf(page->arena, "%s: %.*s %.*s",
                               verdict->affected ? "Reported" : "Not reported",
                               STR_ARG(package->name), STR_ARG(package->version)));
    line(page, "%.*s", STR_ARG(verdict->reason));
    line(page, "Installed: source %.*s %.*s, recorded in %.*s", STR_ARG(package->source_name),
         STR_ARG(package->source_version), STR_ARG(verdict->path));
    const struct layer_list *layers = &scan->result.image.layers;
    if (verdict->layer < layers->count && layers->items[verdict->layer].diff_id.len)
        line(page, "Brought by layer %u of %zu: %.*s", verdict->layer + 1, layers->count,
             STR_ARG(layers->items[verdict->layer].diff_id));
    if (!verdict->has_advisory)
        return;
    str says = advisory_status_name(verdict->advisory.status);
    if (verdict->advisory.status == ADVISORY_FIXED)
        says = arena_join(page->arena, STR("fixed in"), STR(" "), verdict->advisory.fixed_version);
    line(page, "Advisory: %.*s of %.*s says for %.*s: %.*s", STR_ARG(verdict->feed),
         STR_ARG(verdict->updated), STR_ARG(verdict->advisory.namespace), STR_ARG(says));
}

static int explain_in(struct page *page, struct pipeline *pipeline, struct scan *scan, str id)
{
    struct verdict_list verdicts = {0};
    struct str_list elsewhere = {0};
    bool reported = false;
    match_explain(&scan->arena, &scan->result.facts, pipeline->store, id, &verdicts, &elsewhere);
    for (size_t i = 0; i < verdicts.count; i++) {
        explain_verdict(page, scan, &verdicts.items[i]);
        reported |= verdicts.items[i].affected;
    }
    if (verdicts.count == 0) {
        heading(page, STR("Not reported"));
        if (elsewhere.count == 0)
            line(page,
                 "No advisory that is loaded speaks of %.*s. `harden db status` shows what "
                 "is loaded, and how old it is.",
                 STR_ARG(id));
        else
            line(page, "None of the packages that it is known for is installed:");
        for (size_t i = 0; i < elsewhere.count; i++)
            line(page, "- %.*s", STR_ARG(elsewhere.items[i]));
    }
    return reported ? 1 : 0;
}

/* A rule's id or alias, else a flaw's id. */
static int explain_one(struct page *page, struct pipeline *pipeline, const char *name,
                       struct err *err)
{
    str id = str_from(name);
    const struct rule *rule = rule_find(id, NULL);
    if (rule) {
        for (; rule; rule = rule_find(id, rule))
            explain_rule(page, rule);
        return 0;
    }
    bool found = explain_flaw(page, pipeline->store, id);
    if (pipeline->scan_count)
        return explain_in(page, pipeline, &pipeline->scans[0], id);
    struct scan nothing = {0};
    struct verdict_list verdicts = {0};
    struct str_list elsewhere = {0};
    match_explain(&nothing.arena, &nothing.result.facts, pipeline->store, id, &verdicts,
                  &elsewhere);
    if (elsewhere.count)
        heading(page, STR("Known for these source packages"));
    for (size_t i = 0; i < elsewhere.count; i++)
        line(page, "%.*s", STR_ARG(elsewhere.items[i]));
    found |= elsewhere.count > 0;
    arena_free(&nothing.arena);
    if (!found)
        return err_set(err, ERR_NOT_FOUND,
                       "%s is no rule, and no advisory that is loaded speaks of it", name);
    line(page, "Is an image of yours concerned?  harden explain %s --in IMAGE", name);
    return 0;
}

static int explain_all(struct page *page, struct pipeline *pipeline, struct err *err)
{
    const struct invocation *invocation = pipeline->invocation;
    int code = 0;
    if (pipeline_enter_sandbox(pipeline, err) < 0)
        return -1;
    if (pipeline->scan_count && pipeline_read(pipeline, &pipeline->scans[0]) < 0) {
        *err = pipeline->scans[0].error;
        return err_wrap(err, "%s", pipeline->scans[0].target);
    }
    for (size_t i = 0; i < invocation->operand_count; i++) {
        int one = explain_one(page, pipeline, invocation->operands[i], err);
        if (one < 0)
            return -1;
        code = one > code ? one : code;
    }
    return code;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct explain_settings *settings = invocation->options;
    struct output output;
    struct pipeline pipeline = {0};
    if (!settings->list && invocation->operand_count == 0)
        return err_set(err, ERR_USAGE, "explain what? Give the id of a rule or a flaw, or --list");
    if (output_open(&output, &settings->output, err) < 0)
        return -1;
    struct page page = {.text = text_make(output.stream, output.options.width, output.options.color,
                                          output.options.unicode),
                        .arena = invocation->arena};
    int code = 0;
    if (settings->list)
        list_rules(&page);
    else if (pipeline_open(&pipeline, invocation, &settings->in, settings->in ? 1 : 0,
                           &settings->target, &settings->advisories, WANT_PACKAGES, err) < 0)
        code = -1;
    else
        code = explain_all(&page, &pipeline, err);
    pipeline_close(&pipeline);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}

const struct command command_explain = {
    .name = "explain",
    .summary = "a rule or a flaw in plain words, and why it is or is not reported",
    .usage = "ID...",
    .description =
        "ID is a rule (family/what-is-wrong, or the id that another tool gives it) or a flaw "
        "(CVE-..., GHSA-...). For a rule: what is wrong, why it matters and how to fix it. For a "
        "flaw: what it is, how dangerous, and which packages are known to have it.\n\n"
        "With --in TARGET the answer is about that target, both ways: why the flaw is reported "
        "(the package's record, its layer, the advisory and its date, the versions compared), or "
        "why it is not (not installed, fixed, not affected, no feed). The exit code is 1 if it is "
        "reported, 0 if it is not.",
    .options = options,
    .options_size = sizeof(struct explain_settings),
    .examples =
        (const struct example[]){
            {"harden explain os/end-of-life", "what the rule is about"},
            {"harden explain CVE-2024-3094", "what the flaw is"},
            {"harden explain CVE-2024-3094 --in docker:app",
             "whether it is in that image, and why"},
            {0},
        },
    .least_operands = 0,
    .most_operands = 100,
    .run = run,
};
