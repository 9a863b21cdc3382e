// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

enum { PACKAGES_SHOWN = 20, CHANGES_SHOWN = 10 };

/* 0 new, 1 changed, 2 gone. */
static int side_of(const void *before, const void *after)
{
    return !before ? 0 : after ? 1 : 2;
}

static struct finding_refs select_changes(struct terminal *terminal, const struct report_diff *diff,
                                          int side)
{
    struct finding_refs refs = {0};
    for (size_t i = 0; i < diff->findings.count; i++) {
        const struct report_change *change = &diff->findings.items[i];
        const struct finding *finding = change->after ? change->after : change->before;
        if (side_of(change->before, change->after) == side && finding->status == STATUS_OPEN)
            *vec_push(terminal->arena, &refs) = finding;
    }
    return refs;
}

static void put_name(struct terminal *terminal, const struct report *report)
{
    struct text *text = &terminal->text;
    str digest = str_sub(report->image.digest, 0, str_from("sha256:0123456789ab").len);
    text_style(text, STYLE_BOLD);
    text_fit(text, report->image.name, text->width - text->column);
    text_style(text, STYLE_PLAIN);
    if (digest.len) {
        terminal_to_right(terminal, digest.len, 4);
        text_styled(text, STYLE_DIM, digest);
    }
    text_newline(text);
}

static void put_grade(struct text *text, char grade)
{
    text_style(text, terminal_grade_style(grade));
    text_say(text, "%c", grade);
    text_style(text, STYLE_PLAIN);
}

static void put_summary(struct terminal *terminal, const struct report *before,
                        const struct report_diff *diff)
{
    static const char *const labels[] = {"New", NULL, "Gone"};
    struct text *text = &terminal->text;
    const struct report *after = terminal->report;
    text_newline(text);
    if (before->grade && after->grade) {
        text_say(text, "  Grade     ");
        put_grade(text, before->grade);
        text_say(text, " %s ", text_arrow(text));
        put_grade(text, after->grade);
        text_newline(text);
    }
    for (int side = 0; side < 3; side += 2) {
        struct finding_refs refs = select_changes(terminal, diff, side);
        size_t counts[SEVERITY_COUNT] = {0};
        for (size_t i = 0; i < refs.count; i++)
            counts[refs.items[i]->severity]++;
        text_to_column(text, 2);
        text_put(text, str_from(labels[side]));
        text_to_column(text, 12);
        if (refs.count)
            terminal_counts(terminal, counts);
        else
            text_styled(text, STYLE_DIM, STR("nothing"));
        text_newline(text);
    }
}

static void put_side(struct terminal *terminal, const struct report_diff *diff, int side,
                     const char *heading)
{
    struct finding_refs refs = select_changes(terminal, diff, side);
    struct group_list groups = terminal_group(terminal, &refs);
    if (groups.count == 0)
        return;
    terminal_heading(terminal, heading);
    terminal_groups(terminal, &groups);
}

/* "severity high -> medium", where the two differ; what was not there before is just named. */
static void put_step(struct text *text, const char *what, str before, str after)
{
    if (str_eq(before, after))
        return;
    text_to_column(text, 14);
    text_say(text, "%s ", what);
    if (before.len) {
        text_fit_beside(text, before, after, text->width / 3);
        text_say(text, " %s ", text_arrow(text));
    }
    text_fit_beside(text, after.len ? after : STR("none"), before, text->width / 3);
    text_newline(text);
}

static void put_changed(struct terminal *terminal, const struct report_change *change)
{
    struct text *text = &terminal->text;
    const struct finding *a = change->before, *b = change->after;
    const struct vulnerability *x = a->vulnerability, *y = b->vulnerability;
    text_newline(text);
    text_to_column(text, 2);
    text_style(text, STYLE_BOLD);
    text_fit(text, y ? y->package : b->location.path, text->width - 2);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    text_to_column(text, 4);
    text_styled(text, terminal_severity_style(b->severity), severity_name(b->severity));
    text_to_column(text, 14);
    text_fit(text, b->id, text->width / 3);
    if (b->title.len) {
        text_put(text, STR("  "));
        text_fit(text, b->title, text->width - text->column);
    }
    text_newline(text);
    put_step(text, "severity", severity_name(a->severity), severity_name(b->severity));
    put_step(text, "status", status_name(a->status), status_name(b->status));
    put_step(text, "reason", a->reason, b->reason);
    if (!x || !y)
        return;
    put_step(text, "installed", x->installed_version, y->installed_version);
    put_step(text, "fixed in", x->fixed_version, y->fixed_version);
    if (str_eq(x->fixed_version, y->fixed_version))
        put_step(text, "fix", fix_state_name(x->fix_state), fix_state_name(y->fix_state));
}

/* A flaw that came along to another version of its package is hardly news. */
static bool is_news(const struct report_change *change)
{
    const struct finding *a = change->before, *b = change->after;
    return a->severity != b->severity || a->status != b->status ||
           finding_is_fixable(a) != finding_is_fixable(b);
}

static void put_changes(struct terminal *terminal, const struct report_diff *diff)
{
    struct text *text = &terminal->text;
    size_t shown = 0, folded = 0;
    for (size_t i = 0; i < diff->findings.count; i++) {
        const struct report_change *change = &diff->findings.items[i];
        if (side_of(change->before, change->after) != 1)
            continue;
        if (!terminal->options->verbose && (!is_news(change) || shown >= CHANGES_SHOWN)) {
            folded++;
            continue;
        }
        if (shown++ == 0)
            terminal_heading(terminal, "Changed");
        put_changed(terminal, change);
    }
    if (folded == 0)
        return;
    text_newline(text);
    text_say(text, "%zu %s in both, with other versions or details (--verbose lists %s)\n", folded,
             folded == 1 ? "finding is" : "findings are", folded == 1 ? "it" : "them");
}

static void put_packages(struct terminal *terminal, const struct report_diff *diff)
{
    struct text *text = &terminal->text;
    size_t count = diff->packages.count, shown = count;
    if (count == 0)
        return;
    if (!terminal->options->verbose && shown > PACKAGES_SHOWN)
        shown = PACKAGES_SHOWN;
    terminal_heading(terminal, "Packages");
    for (size_t i = 0; i < shown; i++) {
        const struct package_change *change = &diff->packages.items[i];
        const struct report_package *now = change->after ? change->after : change->before;
        text_say(text, "  %c ", "+~-"[side_of(change->before, change->after)]);
        str before = change->before ? change->before->package.version : (str){0};
        text_fit(text, now->package.name, text->width / 3);
        text_put(text, STR("  "));
        if (change->before && change->after) {
            text_fit_beside(text, before, now->package.version, text->width / 4);
            text_say(text, " %s ", text_arrow(text));
        }
        text_fit_beside(text, now->package.version, before, text->width - text->column);
        text_newline(text);
    }
    if (shown < count)
        text_say(text, "    and %zu more (--verbose lists them)\n", count - shown);
}

void terminal_diff(struct terminal *terminal, const struct report *before,
                   const struct report_diff *diff)
{
    struct text *text = &terminal->text;
    const struct report *after = terminal->report;
    text_say(text, "From  ");
    put_name(terminal, before);
    text_say(text, "to    ");
    put_name(terminal, after);
    if (diff->findings.count == 0 && diff->packages.count == 0) {
        text_say(text, "\n  No difference: the same packages and the same findings.\n");
        return;
    }
    put_summary(terminal, before, diff);
    put_side(terminal, diff, 0, "New");
    put_changes(terminal, diff);
    terminal->report = before; /* whose layers the gone ones were in */
    put_side(terminal, diff, 2, "Gone");
    terminal->report = after;
    put_packages(terminal, diff);
}
