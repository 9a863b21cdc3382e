// SPDX-License-Identifier: Apache-2.0
#include "app/audit/audit.h"
#include "app/lesson/lesson.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "judge/advisory/affected.h"
#include "judge/audit/audit.h"
#include "judge/rule/rule.h"
#include "model/language.h"

#include <math.h>
#include <unistd.h>

struct explain_settings {
    struct target_settings target;
    struct advisory_settings advisories;
    struct output_settings output;
    const char *in, *severity;
    struct option_list classes, kinds, families;
    bool list, allow_gaps;
};

static const struct option options[] = {
    {.name = "in",
     .kind = OPTION_TEXT,
     .argument = "TARGET",
     .help = "why it is reported for this target or not; of an idea, what container:NAME has",
     .offset = offsetof(struct explain_settings, in)},
    {.name = "list",
     .letter = 'l',
     .kind = OPTION_FLAG,
     .help = "list all rules, one a line",
     .offset = offsetof(struct explain_settings, list)},
    {.name = "class",
     .kind = OPTION_LIST,
     .argument = "CLASS",
     .help = "with --list: about security, correctness, reproducibility, size, style",
     .offset = offsetof(struct explain_settings, classes)},
    {.name = "kind",
     .kind = OPTION_LIST,
     .argument = "KIND",
     .help = "with --list: whose findings are of this kind: config, secret, isolation",
     .offset = offsetof(struct explain_settings, kinds)},
    {.name = "family",
     .kind = OPTION_LIST,
     .argument = "NAME",
     .help = "with --list: of a family: dockerfile, container, account",
     .offset = offsetof(struct explain_settings, families)},
    {.name = "severity",
     .kind = OPTION_CHOICE,
     .argument = "SEVERITY",
     .help = "with --list: at or above it",
     .choices = "critical high medium low info",
     .offset = offsetof(struct explain_settings, severity)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "an incomplete result is no reason to exit with 3",
     .offset = offsetof(struct explain_settings, allow_gaps)},
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
    str known = {0};
    for (const char *const *alias = rule->aliases; *alias; alias++)
        known = arena_printf(page->arena, "%.*s%s %s", STR_ARG(known),
                             known.len ? "," : "Also known as", *alias);
    if (known.len)
        paragraph(page, known);
    for (const char *const *reference = rule->references; *reference; reference++)
        line(page, "See %s", *reference);
}

/* --- ideas ------------------------------------------------------------------------------------ */

static void explain_lesson(struct page *page, const struct lesson *lesson)
{
    heading(page, str_from(lesson->title));
    paragraph(page, str_from(lesson->idea));
    heading(page, STR("What can go wrong"));
    paragraph(page, str_from(lesson->danger));
    heading(page, STR("What to do"));
    paragraph(page, str_from(lesson->advice));
    block(page, "See for yourself", lesson->look);
}

static void lesson_end(struct page *page, const struct lesson *lesson, bool shown)
{
    heading(page, STR("Read on"));
    for (const char *const *rule = lesson->rules; *rule; rule++)
        line(page, "harden explain %s", *rule);
    if (!shown)
        line(page, "harden explain %s --in container:NAME   # what one of yours has",
             lesson->names[0]);
}

struct showing {
    struct page *page;
    const struct lesson *lesson;
};

static void show_lesson(void *context, const struct container_view *view)
{
    const struct showing *showing = context;
    struct page *page = showing->page;
    struct str_list lines = {0};
    showing->lesson->seen(page->arena, view, &lines);
    heading(page,
            arena_join(page->arena, STR("Seen of container"), STR(" "), view->container->name));
    if (!view->actual)
        line(page, "%s",
             view->container->is_running
                 ? "None of its processes is to be seen from here: this is its record."
                 : "It does not run: this is its record.");
    for (size_t i = 0; i < lines.count; i++)
        paragraph(page, lines.items[i]);
}

/* False where the first word is no idea. */
static bool is_lesson(const struct invocation *invocation)
{
    return invocation->operand_count && lesson_find(str_from(invocation->operands[0]));
}

static int explain_lessons(struct page *page, const struct invocation *invocation,
                           const struct explain_settings *settings, struct err *err)
{
    str target = str_from(settings->in);
    const struct audit_settings audit = {.advisories = settings->advisories};
    if (settings->in && !str_skip(&target, STR("container:")))
        return err_set(err, ERR_USAGE, "ideas are shown on containers: --in container:NAME");
    if (settings->in && invocation->operand_count > 1)
        return err_set(err, ERR_USAGE, "with --in, one idea at a time");
    for (size_t i = 0; i < invocation->operand_count; i++) {
        const struct lesson *lesson = lesson_find(str_from(invocation->operands[i]));
        struct showing showing = {page, lesson};
        if (!lesson)
            return err_set(err, ERR_USAGE, "%s is no idea as %s is; explain each on its own",
                           invocation->operands[i], invocation->operands[0]);
        explain_lesson(page, lesson);
        if (settings->in &&
            audit_show_container(invocation, &audit, target.ptr, show_lesson, &showing, err) < 0)
            return -1;
        lesson_end(page, lesson, settings->in != NULL);
    }
    return 0;
}

/* --- rules and flaws -------------------------------------------------------------------------- */

static bool in_list(const struct option_list *list, str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(str_from(list->items[i]), name))
            return true;
    return list->count == 0;
}

static bool is_listed(const struct explain_settings *settings, const struct rule *rule)
{
    enum severity least = SEVERITY_INFO;
    str family, rest;
    str_cut(str_from(rule->id), '/', &family, &rest);
    if (settings->severity)
        severity_parse(str_from(settings->severity), &least);
    return in_list(&settings->classes, rule_class_name(rule->class)) &&
           in_list(&settings->kinds, kind_name(rule->kind)) &&
           in_list(&settings->families, family) && rule->severity >= least;
}

/* A rule that is off by default has its severity in parentheses. A line is a rule, for programs; on
 * a terminal, titles are folded to its width. */
static void list_rule(struct page *page, const struct rule *rule, size_t widest, bool fold)
{
    enum { SEVERITY_COLUMNS = 10, TITLE_LEAST = 28, INDENT = 4 };
    struct text *text = &page->text;
    str name = severity_name(rule->severity);
    size_t title = widest + SEVERITY_COLUMNS + 2;
    if (rule->off)
        name = arena_printf(page->arena, "(%.*s)", STR_ARG(name));
    text_say(text, "%-*s %.*s", (int)widest, rule->id, STR_ARG(name));
    if (fold && title + TITLE_LEAST > text->width) {
        text_newline(text);
        title = INDENT;
    }
    text_to_column(text, title);
    if (fold)
        text_wrap(text, str_from(rule->title), title);
    else
        text_put(text, str_from(rule->title));
    text_newline(text);
}

static int list_rules(struct page *page, const struct explain_settings *settings, bool fold,
                      struct err *err)
{
    size_t widest = 0, count = 0;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        if (is_listed(settings, rule)) {
            size_t len = str_from(rule->id).len;
            widest = len > widest ? len : widest;
            count++;
        }
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no rule is all of that: --class and --kind are listed by --help, --family "
                       "is what stands before the / of an id in harden explain --list");
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        if (is_listed(settings, rule))
            list_rule(page, rule, widest, fold);
    return 0;
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
             exploit.epss * 100, floor(exploit.percentile * 100));
        found = true;
    }
    if (store_known(store, id, &known)) {
        line(page, "Known to be exploited since %.*s%s: %.*s", STR_ARG(known.date_added),
             known.ransomware ? ", also by ransomware" : "", STR_ARG(known.name));
        found = true;
    }
    return found;
}

/* What a scan makes of it. */
static const struct finding *finding_of(const struct report *report, str id,
                                        const struct package *package)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        bool called = str_eq_nocase(finding->id, id);
        for (size_t a = 0; a < finding->aliases.count && !called; a++)
            called = str_eq_nocase(finding->aliases.items[a], id);
        if (called && flaw && str_eq(flaw->source_package, package->source_name) &&
            str_eq(flaw->source_version, package->source_version))
            return finding;
    }
    return NULL;
}

static void explain_severity(struct page *page, const struct finding *finding)
{
    str source = finding->vulnerability->severity_source, why;
    if (str_eq(source, STR("nvd")) || str_eq(source, STR("cvss")))
        why = STR("from its CVSS score");
    else if (str_eq(source, STR("kev")))
        why = STR("nobody has rated it, but it is being exploited");
    else if (str_eq(source, STR("epss")))
        why = STR("nobody has rated it, but an attack is likely");
    else if (str_eq(source, STR("unrated")))
        why = STR("assumed: nobody has rated it yet");
    else
        why = arena_join(page->arena, STR("as rated by"), STR(" "), source);
    line(page, "Severity: %.*s (%.*s)", STR_ARG(severity_name(finding->severity)), STR_ARG(why));
}

static void explain_verdict(struct page *page, const struct scan *scan, str id,
                            const struct verdict *verdict)
{
    const struct package *package = &verdict->package;
    heading(page, arena_printf(page->arena, "%s: %.*s %.*s",
                               verdict->affected ? "Reported" : "Not reported",
                               STR_ARG(package->name), STR_ARG(package->version)));
    line(page, "%.*s", STR_ARG(verdict->reason));
    const struct finding *finding = finding_of(&scan->report, id, package);
    if (verdict->affected && finding)
        explain_severity(page, finding);
    line(page, "Installed: %s%.*s %.*s, recorded in %.*s",
         language_has_type(package->type) ? "" : "source ", STR_ARG(package->source_name),
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
    if (verdict->advisory.status == ADVISORY_RANGES)
        says = arena_join(page->arena, STR("vulnerable:"), STR(" "),
                          affected_describe(page->arena, verdict->advisory.affected));
    line(page, "Advisory: %.*s of %.*s says for %.*s: %.*s", STR_ARG(verdict->feed),
         STR_ARG(verdict->updated), STR_ARG(verdict->advisory.namespace), STR_ARG(says));
}

static bool is_of_walk(const struct scan *scan, const struct gap *gap)
{
    for (size_t i = 0; i < scan->result.facts.count; i++) {
        const struct fact *fact = &scan->result.facts.items[i];
        if (fact->kind == FACT_GAP && str_eq(fact->gap.path, gap->path) &&
            str_eq(fact->gap.reason, gap->reason))
            return true;
    }
    return false;
}

/*
 * What was not looked at may have what was not found. Where an advisory has spoken about the
 * installed package, other packages and other feeds have nothing to add: only what the walk missed
 * counts. True if there is any.
 */
static bool explain_gaps(struct page *page, const struct scan *scan, bool spoken)
{
    enum { NAMED = 3 };
    const struct gap_list *gaps = &scan->report.gaps;
    size_t count = 0;
    for (size_t i = 0; i < gaps->count; i++) {
        const struct gap *gap = &gaps->items[i];
        if (spoken && !is_of_walk(scan, gap))
            continue;
        if (count++ == 0)
            heading(page, STR("Not everything could be looked at"));
        if (count <= NAMED)
            line(page, "- %.*s: %.*s", STR_ARG(gap->path), STR_ARG(gap->reason));
    }
    if (count > NAMED)
        line(page, "and %zu more: harden scan --verbose %s", count - NAMED, scan->target);
    return count > 0;
}

static int explain_in(struct page *page, struct pipeline *pipeline, struct scan *scan, str id)
{
    struct verdict_list verdicts = {0};
    struct str_list elsewhere = {0};
    bool reported = false, spoken = false;
    match_explain(&scan->arena, &scan->result.facts, pipeline->store, id, &verdicts, &elsewhere);
    for (size_t i = 0; i < verdicts.count; i++) {
        explain_verdict(page, scan, id, &verdicts.items[i]);
        reported |= verdicts.items[i].affected;
        spoken |= verdicts.items[i].has_advisory;
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
    if (reported)
        return 1;
    return explain_gaps(page, scan, spoken) ? 3 : 0;
}

/* Flaws that `harden audit host` looks for itself. */
static bool explain_engine_flaw(struct page *page, str id)
{
    struct audit_flaw flaw;
    size_t index = 0;
    str told = {0};
    for (; audit_find_flaw(id, index, &flaw); index++, told = flaw.title) {
        if (index == 0)
            heading(page, STR("A flaw of what containers stand on"));
        if (!str_eq(told, flaw.title))
            line(page, "%.*s.", STR_ARG(flaw.title));
        line(page, "In: %.*s. First repaired in: %.*s.", STR_ARG(flaw.component),
             STR_ARG(flaw.fixed));
        if (!str_eq(flaw.condition, STR("any")))
            line(page,
                 "It matters only under a condition (%.*s); `harden audit host` says whether that "
                 "holds on this machine.",
                 STR_ARG(flaw.condition));
    }
    return index > 0;
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
    str better = store_id_of(pipeline->store, page->arena, id);
    if (better.len)
        found |= explain_flaw(page, pipeline->store, better);
    found |= explain_engine_flaw(page, id);
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
                       "%s is no rule, and no advisory that is loaded speaks of it; %s", name,
                       str_starts(id, STR("CVE-")) ? "harden db update fetches all advisories"
                                                   : "harden explain --list shows all rules");
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
    if (pipeline->scan_count)
        pipeline_judge(pipeline, &pipeline->scans[0]);
    for (size_t i = 0; i < invocation->operand_count; i++) {
        int one = explain_one(page, pipeline, invocation->operands[i], err);
        if (one < 0)
            return -1;
        code = command_worse_exit(code, one);
    }
    return code;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct explain_settings *settings = invocation->options;
    struct output output;
    struct pipeline pipeline = {0};
    if (!settings->list && invocation->operand_count == 0)
        return err_set(
            err, ERR_USAGE,
            "explain what? Give the id of a rule or a flaw, an idea such as namespaces, or "
            "--list");
    if (output_open(&output, &settings->output, err) < 0)
        return -1;
    struct page page = {.text = text_make(output.stream, output.options.width, output.options.color,
                                          output.options.unicode),
                        .arena = invocation->arena};
    int code = 0;
    if (settings->list)
        code = list_rules(&page, settings, isatty(output.fd) == 1, err);
    else if (is_lesson(invocation))
        code = explain_lessons(&page, invocation, settings, err);
    else if (pipeline_open(&pipeline, invocation, &settings->in, settings->in ? 1 : 0,
                           &settings->target, &settings->advisories,
                           pipeline_wants(1u << KIND_VULNERABILITY), err) < 0)
        code = -1;
    else
        code = explain_all(&page, &pipeline, err);
    if (code == 3 && settings->allow_gaps)
        code = 0;
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
        "reported, 0 if it is not, and 3 if it is not but something could not be looked at.\n\n"
        "ID can also be an idea behind findings about containers: namespaces, capabilities, "
        "seccomp, cgroups, mounts, user, no-new-privileges, apparmor, selinux, network, devices, "
        "drift, secrets. With --in container:NAME it says what was seen of that container.",
    .options = options,
    .options_size = sizeof(struct explain_settings),
    .examples =
        (const struct example[]){
            {"harden explain os/end-of-life", "what the rule is about"},
            {"harden explain CVE-2024-3094", "what the flaw is"},
            {"harden explain namespaces --in container:web", "an idea, and what web has of it"},
            {"harden explain CVE-2024-3094 --in docker:app",
             "whether it is in that image, and why"},
            {0},
        },
    .least_operands = 0,
    .most_operands = 100,
    .run = run,
};
