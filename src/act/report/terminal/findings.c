// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"
#include "base/map.h"

enum { ACTIONS_SHOWN = 5, GROUPS_SHOWN = 12, LINES_SHOWN = 4, ID_COLUMNS = 20 };

/* Findings that one thing removes: of one source package, or of one rule. */
struct group {
    const struct finding *first;          /* the worst */
    VEC(const struct finding *) findings; /* one for each id */
    struct str_list packages;
    size_t counts[SEVERITY_COUNT];
};
struct group_list VEC_BODY(struct group);

static void put_action(struct terminal *terminal, const struct action *action, size_t number)
{
    struct text *text = &terminal->text;
    size_t indent = 6;
    text_newline(text);
    text_say(text, "%4zu  ", number);
    text_style(text, STYLE_BOLD);
    text_wrap(text, action->title, indent);
    text_style(text, STYLE_PLAIN);
    size_t columns = terminal_counts_columns(terminal, action->removes);
    if (columns) {
        terminal_to_right(terminal, columns + str_from("removes ").len, indent);
        text_styled(text, STYLE_DIM, STR("removes "));
        terminal_counts(terminal, action->removes);
    }
    text_newline(text);
    if (action->command.len) {
        text_to_column(text, indent);
        text_command(text, action->command, indent);
        text_newline(text);
    }
    if (action->note.len) {
        text_to_column(text, indent);
        text_style(text, STYLE_DIM);
        text_wrap(text, action->note, indent);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
    }
}

void terminal_actions(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct action_list *actions = &terminal->report->actions;
    if (actions->count == 0)
        return;
    bool image = !str_eq(terminal->report->image.kind, STR("rootfs"));
    terminal_heading(terminal,
                     image ? "What to do (in the Dockerfile, as RUN lines)" : "What to do");
    size_t shown = actions->count;
    if (!terminal->options->verbose && shown > ACTIONS_SHOWN)
        shown = ACTIONS_SHOWN;
    for (size_t i = 0; i < shown; i++)
        put_action(terminal, &actions->items[i], i + 1);
    if (shown < actions->count) {
        text_newline(text);
        text_to_column(text, 6);
        text_say(text, "%zu smaller ones: --verbose lists them\n", actions->count - shown);
    }
}

static void add_package(struct arena *arena, struct group *group, str name)
{
    enum { NAMES_KEPT = 20 };
    for (size_t i = 0; i < group->packages.count; i++)
        if (str_eq(group->packages.items[i], name))
            return;
    if (group->packages.count < NAMES_KEPT)
        *vec_push(arena, &group->packages) = name;
}

/* Groups of findings with that status and fixability, in order of their worst finding. */
static struct group_list group_findings(struct terminal *terminal, enum finding_status status,
                                        bool fixable)
{
    struct arena *arena = terminal->arena;
    struct group_list groups = {0};
    struct map index = {0}, seen = {0};
    for (size_t i = 0; i < terminal->report->findings.count; i++) {
        const struct finding *finding = &terminal->report->findings.items[i];
        const struct vulnerability *flaw = finding->vulnerability;
        if (finding->status != status ||
            (status == STATUS_OPEN && finding_is_fixable(finding) != fixable))
            continue;
        str name = finding->id;
        if (flaw)
            name = arena_join(arena, flaw->type, STR("\n"),
                              flaw->source_package.len ? flaw->source_package : flaw->package);
        bool fresh;
        uintptr_t *at = map_put(arena, &index, name, &fresh);
        if (fresh) {
            *at = groups.count;
            vec_push(arena, &groups)->first = finding;
        }
        struct group *group = &groups.items[*at];
        group->counts[finding->severity]++;
        if (flaw)
            add_package(arena, group, flaw->package);
        /* The same flaw in several binaries of one source is one line. */
        if (flaw)
            map_put(arena, &seen, arena_join(arena, name, STR("\n"), finding->id), &fresh);
        if (!flaw || fresh)
            *vec_push(arena, &group->findings) = finding;
    }
    return groups;
}

static void put_group_title(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    const struct vulnerability *flaw = group->first->vulnerability;
    str layer = terminal_layer(terminal, group->first->location.layer);
    text_to_column(text, 2);
    text_style(text, STYLE_BOLD);
    if (!flaw) {
        text_fit(text, group->first->id, text->width - 2);
        text_style(text, STYLE_PLAIN);
    } else {
        text_fit(text, flaw->source_package.len ? flaw->source_package : flaw->package,
                 text->width / 2);
        text_style(text, STYLE_PLAIN);
        text_put(text, STR("  "));
        text_fit(text, flaw->installed_version, text->width / 3);
        if (flaw->fix_state == FIX_AVAILABLE && flaw->fixed_version.len) {
            text_say(text, " %s ", text_arrow(text));
            text_style(text, STYLE_GOOD);
            text_fit(text, flaw->fixed_version, text->width / 3);
            text_style(text, STYLE_PLAIN);
        }
    }
    if (layer.len && text->column + 2 + layer.len <= text->width) {
        terminal_to_right(terminal, layer.len, 4);
        text_styled(text, STYLE_DIM, layer);
    }
    text_newline(text);
}

static bool only_itself(const struct group *group)
{
    const struct vulnerability *flaw = group->first->vulnerability;
    return !flaw ||
           (group->packages.count == 1 && (flaw->source_package.len == 0 ||
                                           str_eq(group->packages.items[0], flaw->source_package)));
}

static void put_binaries(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    if (only_itself(group))
        return;
    text_to_column(text, 4);
    text_style(text, STYLE_DIM);
    text_put(text, STR("in "));
    for (size_t i = 0; i < group->packages.count; i++) {
        if (i)
            text_put(text, STR(","));
        if (i && text->column + 1 + text_columns(text, group->packages.items[i]) > text->width) {
            text_newline(text);
            text_to_column(text, 7);
        } else if (i) {
            text_put(text, STR(" "));
        }
        text_put(text, group->packages.items[i]);
    }
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

static void put_reason(struct terminal *terminal, const struct finding *finding)
{
    struct text *text = &terminal->text;
    const struct vulnerability *flaw = finding->vulnerability;
    str reason = finding->status != STATUS_OPEN ? finding->reason
                 : flaw                         ? flaw->vendor_reason
                                                : finding->evidence;
    if (reason.len == 0)
        return;
    text_to_column(text, 14);
    text_style(text, STYLE_DIM);
    text_wrap(text, reason, 14);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

static void put_group(struct terminal *terminal, const struct group *group)
{
    struct text *text = &terminal->text;
    bool verbose = terminal->options->verbose;
    size_t shown = group->findings.count, ids = 0, rest[SEVERITY_COUNT] = {0};
    /* One line more instead of a line that says "1 more". */
    if (!verbose && shown > LINES_SHOWN + 1)
        shown = LINES_SHOWN;
    text_newline(text);
    put_group_title(terminal, group);
    put_binaries(terminal, group);
    for (size_t i = 0; i < shown; i++) {
        size_t columns = text_columns(text, group->findings.items[i]->id);
        ids = columns > ids ? columns : ids;
    }
    for (size_t i = 0; i < group->findings.count; i++) {
        const struct finding *finding = group->findings.items[i];
        if (i >= shown) {
            rest[finding->severity]++;
            continue;
        }
        text_to_column(text, 4);
        terminal_finding(terminal, finding, ids < ID_COLUMNS ? ids : ID_COLUMNS);
        if (verbose || !finding->vulnerability)
            put_reason(terminal, finding);
    }
    if (shown < group->findings.count) {
        text_to_column(text, 4);
        text_say(text, "and %zu more: ", group->findings.count - shown);
        terminal_counts(terminal, rest);
        text_newline(text);
    }
}

static void put_groups(struct terminal *terminal, const struct group_list *groups)
{
    struct text *text = &terminal->text;
    size_t shown = groups->count, rest[SEVERITY_COUNT] = {0};
    if (!terminal->options->verbose && shown > GROUPS_SHOWN)
        shown = GROUPS_SHOWN;
    for (size_t i = 0; i < shown; i++)
        put_group(terminal, &groups->items[i]);
    if (shown == groups->count)
        return;
    for (size_t i = shown; i < groups->count; i++)
        for (size_t s = 0; s < SEVERITY_COUNT; s++)
            rest[s] += groups->items[i].counts[s];
    text_newline(text);
    text_to_column(text, 2);
    text_say(text, "and %zu more packages: ", groups->count - shown);
    terminal_counts(terminal, rest);
    text_say(text, " (--verbose)\n");
}

/* Folded, unfixed findings are one paragraph: how many, how bad, and why there is no fix. */
static void put_unfixed(struct terminal *terminal, const struct group_list *groups)
{
    static const char *const words[FIX_COUNT] = {
        [FIX_NONE] = "no update so far",
        [FIX_DEFERRED] = "put off by the vendor",
        [FIX_IGNORED] = "not going to be fixed",
        [FIX_ENDED] = "out of support",
    };
    struct text *text = &terminal->text;
    size_t states[FIX_COUNT] = {0}, total = 0, counts[SEVERITY_COUNT] = {0};
    for (size_t i = 0; i < terminal->report->findings.count; i++) {
        const struct finding *finding = &terminal->report->findings.items[i];
        if (finding->status != STATUS_OPEN || finding_is_fixable(finding))
            continue;
        states[finding->vulnerability->fix_state]++;
        counts[finding->severity]++;
        total++;
    }
    if (total == 0)
        return;
    terminal_heading(terminal, "No fix yet");
    text_to_column(text, 2);
    terminal_counts(terminal, counts);
    text_say(text, " in %zu package%s; nothing to install removes them\n", groups->count,
             groups->count == 1 ? "" : "s");
    text_to_column(text, 2);
    bool first = true;
    for (size_t i = 0; i < FIX_COUNT; i++) {
        if (states[i] == 0 || !words[i])
            continue;
        text_say(text, "%s%zu %s", first ? "" : ", ", states[i], words[i]);
        first = false;
    }
    text_say(text, terminal->options->verbose ? "\n" : "  (--verbose lists them)\n");
    if (terminal->options->verbose)
        put_groups(terminal, groups);
}

static void put_suppressed(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    size_t suppressed = terminal->report->suppressed;
    if (suppressed == 0)
        return;
    if (!terminal->options->verbose) {
        text_newline(text);
        text_say(text, "%zu finding%s waived or not affected, not counted above (--verbose)\n",
                 suppressed, suppressed == 1 ? " is" : "s are");
        return;
    }
    terminal_heading(terminal, "Waived or not affected");
    for (enum finding_status status = STATUS_WAIVED; status <= STATUS_NOT_AFFECTED; status++) {
        struct group_list groups = group_findings(terminal, status, false);
        put_groups(terminal, &groups);
    }
}

void terminal_findings(struct terminal *terminal)
{
    struct group_list fixable = group_findings(terminal, STATUS_OPEN, true);
    struct group_list unfixed = group_findings(terminal, STATUS_OPEN, false);
    if (fixable.count) {
        terminal_heading(terminal, "What that removes");
        put_groups(terminal, &fixable);
    }
    put_unfixed(terminal, &unfixed);
    put_suppressed(terminal);
}

void terminal_packages(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report_package_list *packages = &terminal->report->packages;
    size_t widest = 0, most = text->width / 2;
    if (!terminal->options->list_packages || packages->count == 0)
        return;
    terminal_heading(terminal, "Packages");
    for (size_t i = 0; i < packages->count; i++) {
        size_t columns = text_columns(text, packages->items[i].package.name);
        if (columns > widest)
            widest = columns < most ? columns : most;
    }
    for (size_t i = 0; i < packages->count; i++) {
        const struct report_package *item = &packages->items[i];
        text_to_column(text, 2);
        text_fit(text, item->package.name, widest);
        text_to_column(text, 2 + widest + 2);
        text_fit(text, item->package.version, text->width - text->column);
        str origin = terminal->report->image.layers.count > 1
                         ? arena_printf(terminal->arena, "layer %u", item->layer + 1)
                         : (str){0};
        if (origin.len && text->column + 2 + origin.len <= text->width) {
            terminal_to_right(terminal, origin.len, 0);
            text_styled(text, STYLE_DIM, origin);
        }
        text_newline(text);
    }
}

/* The one line on how to learn more, about the finding that matters most. */
void terminal_end(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct finding_list *findings = &terminal->report->findings;
    if (findings->count == 0 || findings->items[0].status != STATUS_OPEN)
        return;
    text_newline(text);
    text_put(text, STR("Why is it reported, and what does it mean?  "));
    text_style(text, STYLE_COMMAND);
    text_put(text, STR("harden explain "));
    text_fit(text, findings->items[0].id, text->width / 3);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}
