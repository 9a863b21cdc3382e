// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"
#include "judge/policy/policy.h"

enum { LABEL_COLUMNS = 12, GAPS_SHOWN = 5, COUNT_COLUMNS = 10, DIGEST_SHOWN = 19 };

/* Starts a line "  Label       ", and gives the column behind it. */
static size_t put_label(struct text *text, const char *label)
{
    text_to_column(text, 2);
    text_styled(text, STYLE_DIM, str_from(label));
    text_to_column(text, 2 + LABEL_COLUMNS);
    return 2 + LABEL_COLUMNS;
}

/* Separates facts on one line; breaks it where the next one would not fit. */
static void put_fact(struct text *text, str fact, enum text_style style)
{
    if (fact.len == 0)
        return;
    size_t columns = text_columns(text, fact);
    if (text->column > 2 && text->column + 3 + columns > text->width) {
        text_newline(text);
    } else if (text->column > 2) {
        text_say(text, text->unicode ? " %s " : "%s ", text->unicode ? text_dot(text) : ",");
    }
    if (text->column == 0)
        text_to_column(text, 2);
    text_styled(text, style, fact);
}

static void put_target(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    struct arena *arena = terminal->arena;
    const struct report *report = terminal->report;
    const struct distribution *os = &report->distribution;
    str digest = str_sub(report->image.digest, 0, DIGEST_SHOWN);
    text_style(text, STYLE_BOLD);
    text_fit(text, report->image.name, text->width - 2);
    text_style(text, STYLE_PLAIN);
    if (digest.len) {
        terminal_to_right(terminal, digest.len, 2);
        text_styled(text, STYLE_DIM, digest);
    }
    text_newline(text);
    str name = os->pretty_name.len ? os->pretty_name : os->id;
    if (report_is_of_containers(report)) {
        for (size_t i = 0; i < report->about.count; i++)
            put_fact(text, report->about.items[i], STYLE_PLAIN);
        text_newline(text);
        return;
    }
    put_fact(text, name.len ? name : STR("no known distribution"), STYLE_PLAIN);
    if (report->is_end_of_life)
        put_fact(text,
                 report->end_of_life.len ? arena_join(arena, STR("out of support since "), (str){0},
                                                      report->end_of_life)
                                         : STR("out of support"),
                 STYLE_HIGH);
    put_fact(text, report->image.platform, STYLE_PLAIN);
    size_t layers = report->image.layers.count;
    if (layers && !str_eq(report->image.kind, STR("rootfs")))
        put_fact(text, arena_printf(arena, "%zu layer%s", layers, layers == 1 ? "" : "s"),
                 STYLE_PLAIN);
    size_t packages = report->packages.count;
    if (packages)
        put_fact(text, arena_printf(arena, "%zu package%s", packages, packages == 1 ? "" : "s"),
                 STYLE_PLAIN);
    text_newline(text);
}

static void put_grade(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report *report = terminal->report;
    struct grade grade = policy_grade(report);
    text_newline(text);
    text_to_column(text, 2);
    text_style(text, terminal_grade_style(report->grade));
    if (report->grade)
        text_say(text, "Grade %c", report->grade);
    else
        text_say(text, "No grade");
    text_style(text, STYLE_PLAIN);
    text_to_column(text, 2 + LABEL_COLUMNS);
    /* A report of another version may have graded by another rule: then no reason of ours. */
    if (grade.letter == report->grade)
        text_wrap(text, str_from(grade.why), 2 + LABEL_COLUMNS);
    text_newline(text);
}

/* The columns of a count, as wide as the line allows. */
static size_t count_columns(const struct text *text, size_t least)
{
    size_t columns = (text->width - 2 - LABEL_COLUMNS) / (SEVERITY_COUNT - least);
    return columns < COUNT_COLUMNS ? columns : COUNT_COLUMNS;
}

/* One row of the count table; `minus` is taken off each number. */
static void put_count_row(struct text *text, const char *label, const size_t *counts,
                          const size_t *minus, size_t least)
{
    size_t column = put_label(text, label);
    for (size_t i = SEVERITY_COUNT; i-- > least;) {
        size_t count = counts[i] - (minus && minus[i] <= counts[i] ? minus[i] : 0);
        char number[24];
        int len = snprintf(number, sizeof(number), "%zu", count);
        column += count_columns(text, least);
        text_to_column(text, column - (size_t)len);
        if (count)
            text_styled(text, terminal_severity_style((enum severity)i), str_from(number));
        else
            text_styled(text, STYLE_DIM, STR("-"));
    }
    text_newline(text);
}

static void put_count_table(struct text *text, const struct report *report)
{
    enum { SHORT_NAME = 4 };
    size_t least = report->counts[SEVERITY_INFO] ? SEVERITY_INFO : SEVERITY_LOW;
    size_t columns = count_columns(text, least), column = put_label(text, "");
    for (size_t i = SEVERITY_COUNT; i-- > least;) {
        str name = severity_name((enum severity)i);
        if (columns < COUNT_COLUMNS)
            name = str_sub(name, 0, SHORT_NAME);
        column += columns;
        text_to_column(text, column - name.len);
        text_put(text, name);
    }
    text_newline(text);
    put_count_row(text, "fix now", report->counts, report->unfixed, least);
    put_count_row(text, "no fix yet", report->unfixed, NULL, least);
}

static void put_nothing_found(struct text *text, const struct report *report)
{
    text_to_column(text, 2);
    if (report->flaws_unasked || report->controls.count || report_is_of_containers(report)) {
        text_styled(text, STYLE_GOOD, STR("Nothing found that needs work"));
        text_newline(text);
        return;
    }
    if (report->packages.count == 0) {
        text_say(text, "No packages were found: there was nothing to check.\n");
        return;
    }
    if (report->feeds.count == 0) {
        text_say(text, "Nothing was compared: no advisories that are there speak for %s.\n",
                 report->packages.count == 1 ? "its package" : "its packages");
        return;
    }
    text_styled(text, STYLE_GOOD, STR("No known vulnerabilities"));
    text_say(text, " in %zu package%s.\n", report->packages.count,
             report->packages.count == 1 ? "" : "s");
    text_to_column(text, 2);
    text_wrap(text,
              STR("That is what the advisories below knew on their dates; scan again when they "
                  "are updated."),
              2);
    text_newline(text);
}

static void put_counts(struct terminal *terminal)
{
    const struct report *report = terminal->report;
    size_t total = 0;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        total += report->counts[i];
    text_newline(&terminal->text);
    if (total)
        put_count_table(&terminal->text, report);
    else
        put_nothing_found(&terminal->text, report);
    text_newline(&terminal->text);
}

static void put_feeds(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report_feed_list *feeds = &terminal->report->feeds;
    if (terminal->report->flaws_unasked)
        return;
    str built_in = {0};
    size_t indent = put_label(text, "Checked by");
    if (feeds->count == 0)
        text_styled(text, STYLE_HIGH, STR("no advisories at all"));
    for (size_t i = 0; i < feeds->count; i++) {
        const struct report_feed *feed = &feeds->items[i];
        str name = feed->feed;
        if (feed->built_in) {
            built_in = feed->updated.len ? terminal_date(feed->updated) : STR("no date");
            if (!str_eq(name, STR("built-in")))
                name = arena_join(terminal->arena, name, STR(" "), STR("(built in)"));
        }
        str words = arena_join(terminal->arena, name, STR(" "), terminal_date(feed->updated));
        size_t columns = text_columns(text, words);
        if (i && text->column + columns + 3 > text->width) {
            text_put(text, STR(","));
            text_newline(text);
            text_to_column(text, indent);
        } else if (i) {
            text_put(text, STR(", "));
        }
        text_put(text, words);
    }
    text_newline(text);
    if (built_in.len || feeds->count == 0) {
        text_to_column(text, indent);
        text_style(text, STYLE_MEDIUM);
        if (built_in.len)
            text_wrap(text,
                      arena_join(terminal->arena,
                                 STR("Only the starter set that comes with harden (as of "),
                                 built_in, STR(") was there: it is incomplete. Fetch all with:")),
                      indent);
        else
            text_wrap(text, STR("Nothing can be found without them. Fetch them with:"), indent);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
        text_to_column(text, indent);
        text_command(text, STR("harden db update"), indent);
        text_newline(text);
    }
}

/* "1,204" */
static str grouped(struct arena *arena, size_t number)
{
    str text = arena_printf(arena, "%zu", number), out = {0};
    while (text.len > 3) {
        str tail = str_from_index(text, text.len - 3);
        out = out.len ? arena_join(arena, tail, STR(","), out) : tail;
        text = str_sub(text, 0, text.len - 3);
    }
    return out.len ? arena_join(arena, text, STR(","), out) : text;
}

static void put_binaries(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report *report = terminal->report;
    size_t count = report->binaries.count;
    if (count == 0)
        return;
    size_t indent = put_label(text, "Binaries");
    text_wrap(text,
              arena_printf(terminal->arena, "%.*s of %.*s %s fully hardened",
                           STR_ARG(grouped(terminal->arena, report_hardened(report))),
                           STR_ARG(grouped(terminal->arena, count)),
                           count == 1 ? "binary is" : "binaries are"),
              indent);
    text_newline(text);
}

static void put_coverage(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report *report = terminal->report;
    size_t total = report->gaps.count + report->gaps_unnamed;
    size_t indent = put_label(text, "Coverage");
    if (total == 0) {
        text_say(text, "complete\n");
        return;
    }
    text_style(text, STYLE_HIGH);
    text_say(text, "incomplete: %zu thing%s could not be looked at", total, total == 1 ? "" : "s");
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    size_t shown = report->gaps.count;
    if (!terminal->options->verbose && shown > GAPS_SHOWN)
        shown = GAPS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct gap *gap = &report->gaps.items[i];
        text_to_column(text, indent);
        text_say(text, "%s ", text_dot(text));
        text_fit(text, gap->path, text->width - text->column - 2);
        text_put(text, STR(":"));
        /* text_wrap() sets no space before its first word. */
        size_t first = str_find_char(str_trim(gap->reason), ' ');
        size_t columns = text_columns(
            text, first == STR_NONE ? gap->reason : str_sub(str_trim(gap->reason), 0, first));
        if (text->column + 1 + columns > text->width) {
            text_newline(text);
            text_to_column(text, indent + 2);
        } else {
            text_put(text, STR(" "));
        }
        text_wrap(text, gap->reason, indent + 2);
        text_newline(text);
    }
    if (shown < total) {
        text_to_column(text, indent);
        text_say(text, "%s and %zu more%s\n", text_dot(text), total - shown,
                 shown < report->gaps.count ? ": --verbose lists them" : "");
    }
}

void terminal_head(struct terminal *terminal)
{
    put_target(terminal);
    put_grade(terminal);
    put_counts(terminal);
    put_binaries(terminal);
    terminal_control_counts(terminal);
    bool compared =
        terminal->report->controls.count == 0 && !report_is_of_containers(terminal->report);
    if (compared || terminal->report->feeds.count)
        put_feeds(terminal);
    put_coverage(terminal);
}

/* "Dockerfile: 2 high, 1 medium" is all that a file of a few lines needs. */
void terminal_file_head(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report *report = terminal->report;
    size_t total = 0;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        total += report->counts[i];
    text_style(text, STYLE_BOLD);
    text_fit(text, report->image.name, text->width - 2);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    put_fact(text,
             arena_printf(terminal->arena, "%zu file%s", report->file_count,
                          report->file_count == 1 ? "" : "s"),
             STYLE_PLAIN);
    text_newline(text);
    put_grade(terminal);
    put_label(text, "Found");
    if (total)
        terminal_counts(terminal, report->counts);
    else
        text_styled(text, report->file_count ? STYLE_GOOD : STYLE_PLAIN,
                    report->file_count ? STR("nothing that needs work")
                                       : STR("nothing: there was nothing to look at"));
    text_newline(text);
    if (report->gaps.count || report->gaps_unnamed)
        put_coverage(terminal);
}
