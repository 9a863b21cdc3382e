// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

static struct finding_refs select_findings(struct terminal *terminal, enum finding_status status,
                                           bool fixable)
{
    struct finding_refs refs = {0};
    for (size_t i = 0; i < terminal->report->findings.count; i++) {
        const struct finding *finding = &terminal->report->findings.items[i];
        if (finding->status == status && finding_is_fixable(finding) == fixable)
            *vec_push(terminal->arena, &refs) = finding;
    }
    return refs;
}

/* Newer versions that fix nothing known would bury what matters. */
static size_t drop_info(struct finding_refs *refs)
{
    size_t kept = 0, count = refs->count;
    for (size_t i = 0; i < count; i++)
        if (refs->items[i]->severity > SEVERITY_INFO)
            refs->items[kept++] = refs->items[i];
    refs->count = kept;
    return count - kept;
}

static void put_fixable(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    struct finding_refs refs = select_findings(terminal, STATUS_OPEN, true);
    size_t folded = terminal->options->verbose ? 0 : drop_info(&refs);
    struct group_list groups = terminal_group(terminal, &refs);
    if (groups.count) {
        terminal_heading(terminal, "What that removes");
        terminal_groups(terminal, &groups);
    }
    if (folded == 0)
        return;
    text_newline(text);
    text_to_column(text, 2);
    text_say(text, "and %zu of severity info (--verbose lists %s)\n", folded,
             folded == 1 ? "it" : "them");
}

/* "2 no update so far, 1 put off by the vendor". */
static str state_words(struct terminal *terminal, const struct finding_refs *refs)
{
    static const char *const words[FIX_COUNT] = {
        [FIX_NONE] = "no update so far",
        [FIX_DEFERRED] = "put off by the vendor",
        [FIX_IGNORED] = "not going to be fixed",
        [FIX_ENDED] = "out of support",
    };
    size_t states[FIX_COUNT] = {0};
    str line = {0};
    for (size_t i = 0; i < refs->count; i++)
        states[refs->items[i]->vulnerability->fix_state]++;
    for (size_t i = 0; i < FIX_COUNT; i++) {
        if (states[i] == 0 || !words[i])
            continue;
        str part = arena_printf(terminal->arena, "%zu %s", states[i], words[i]);
        line = line.len ? arena_join(terminal->arena, line, STR(", "), part) : part;
    }
    return line;
}

static struct finding_refs only_exploited(struct terminal *terminal,
                                          const struct finding_refs *refs)
{
    struct finding_refs exploited = {0};
    for (size_t i = 0; i < refs->count; i++)
        if (refs->items[i]->vulnerability->kev)
            *vec_push(terminal->arena, &exploited) = refs->items[i];
    return exploited;
}

/* Folded, they are one paragraph: how many, how bad, and why there is no fix. What attackers are
 * known to use is never folded. */
static void put_unfixed(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    struct finding_refs refs = select_findings(terminal, STATUS_OPEN, false);
    struct group_list groups = terminal_group(terminal, &refs);
    if (groups.count == 0)
        return;
    terminal_heading(terminal, "No fix yet: nothing to install removes these");
    text_to_column(text, 2);
    terminal_counts(terminal, terminal->report->unfixed);
    text_say(text, " in %zu package%s\n", groups.count, groups.count == 1 ? "" : "s");
    text_to_column(text, 2);
    str words = state_words(terminal, &refs);
    if (!terminal->options->verbose)
        words = arena_join(terminal->arena, words, STR(" "), STR("(--verbose lists them)"));
    text_wrap(text, words, 2);
    text_newline(text);
    if (!terminal->options->verbose) {
        refs = only_exploited(terminal, &refs);
        groups = terminal_group(terminal, &refs);
    }
    terminal_groups(terminal, &groups);
}

static void put_suppressed(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    size_t count = terminal->report->suppressed;
    if (count == 0)
        return;
    if (!terminal->options->verbose) {
        text_newline(text);
        text_wrap(text,
                  arena_printf(terminal->arena,
                               "Not counted: %zu finding%s waived or not affected "
                               "(--verbose lists %s).",
                               count, count == 1 ? "" : "s", count == 1 ? "it" : "them"),
                  0);
        text_newline(text);
        return;
    }
    struct finding_refs refs = {0};
    for (size_t i = 0; i < terminal->report->findings.count; i++)
        if (terminal->report->findings.items[i].status != STATUS_OPEN)
            *vec_push(terminal->arena, &refs) = &terminal->report->findings.items[i];
    struct group_list groups = terminal_group(terminal, &refs);
    terminal_heading(terminal, "Waived or not affected: not counted");
    terminal_groups(terminal, &groups);
}

void terminal_findings(struct terminal *terminal)
{
    put_fixable(terminal);
    put_unfixed(terminal);
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
        size_t layers = terminal->report->image.layers.count;
        str origin = layers > 1 && item->layer < layers
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
    static const str question = STR_INIT("Why is it reported, and what does it mean?");
    struct text *text = &terminal->text;
    const struct finding_list *findings = &terminal->report->findings;
    if (findings->count == 0 || findings->items[0].status != STATUS_OPEN)
        return;
    str id = findings->items[0].id, verb = STR("harden explain ");
    size_t columns = verb.len + text_columns(text, id);
    text_newline(text);
    text_put(text, question);
    if (text->column + 2 + columns > text->width) {
        text_newline(text);
        text_to_column(text, 2);
    } else {
        text_put(text, STR("  "));
    }
    text_style(text, STYLE_COMMAND);
    text_put(text, verb);
    text_fit(text, id, text->width - text->column);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}
