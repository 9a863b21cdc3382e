// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"

#include <string.h>

/*
 * Findings in text files, in order of place, each with the line that it is about:
 *
 *   web/Dockerfile:7:1  medium  ADD is used where COPY would do
 *        7 | ADD ./app /srv/app
 *          | ^^^
 *          dockerfile/add-instead-of-copy, DL3020
 *
 *          low  And what else is found in the very same place
 *          dockerfile/another-rule
 */
enum { GUTTER = 5, ALIASES_SHOWN = 3, CONTEXT = 20 };

static void put_header(struct terminal *terminal, const struct finding *finding, bool same_place)
{
    struct text *text = &terminal->text;
    const struct location *location = &finding->location;
    if (same_place) {
        text_to_column(text, GUTTER + 3);
    } else {
        text_style(text, STYLE_BOLD);
        text_put(text, location->path);
        if (location->line)
            text_say(text, ":%u:%u", location->line, location->column ? location->column : 1);
        text_style(text, STYLE_PLAIN);
        text_put(text, STR("  "));
    }
    text_styled(text, terminal_severity_style(finding->severity), severity_name(finding->severity));
    text_put(text, STR("  "));
    text_wrap(text, finding->title, same_place ? GUTTER + 3 + 2 : 2);
    text_newline(text);
}

/* As many columns as the marked bytes take on the terminal. */
static void put_mark(struct text *text, str before, str marked, enum text_style style)
{
    size_t spaces = text_columns(text, before), columns = text_columns(text, marked);
    text_to_column(text, GUTTER + 3 + spaces);
    if (columns > text->width - text->column)
        columns = text->width - text->column;
    text_style(text, style);
    for (size_t i = 0; i < (columns ? columns : 1); i++)
        text_put(text, STR("^"));
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

static void put_gutter(struct text *text, uint32_t line)
{
    char number[16] = "";
    if (line)
        snprintf(number, sizeof(number), "%u", line);
    text_style(text, STYLE_DIM);
    text_say(text, "%*s |", GUTTER, number);
    text_style(text, STYLE_PLAIN);
}

/* The byte that is `columns` code points into s. */
static size_t byte_of(str s, uint32_t columns)
{
    size_t at = 0;
    for (; columns && at < s.len; columns--)
        for (at++; at < s.len && ((unsigned char)s.ptr[at] & 0xc0) == 0x80;)
            at++;
    return at;
}

/* A tab would be shown as an escape; as one space, marks stay where they belong. */
static str without_tabs(struct arena *arena, str s)
{
    char *copy = arena_copy(arena, s.ptr, s.len);
    for (size_t i = 0; i < s.len; i++)
        if (copy[i] == '\t')
            copy[i] = ' ';
    return (str){copy, s.len};
}

static void put_source(struct terminal *terminal, const struct finding *finding)
{
    struct text *text = &terminal->text;
    const struct location *location = &finding->location;
    if (finding->source.len == 0 || finding->kind == KIND_SECRET || location->line == 0)
        return; /* a log is no place for a secret */
    str line = without_tabs(terminal->arena, finding->source);
    size_t from = byte_of(line, location->column ? location->column - 1 : 0), to = line.len;
    if (location->end_line == location->line && location->end_column > location->column)
        to = byte_of(line, location->end_column - 1);
    while (to > from && line.ptr[to - 1] == ' ')
        to--;
    size_t room = text->width - GUTTER - 3, start = 0;
    /* What is far to the right in a long line is moved into sight. */
    if (text_columns(text, str_sub(line, 0, to)) > room && from > CONTEXT)
        start = from - CONTEXT;
    while (start > 0 && ((unsigned char)line.ptr[start] & 0xc0) == 0x80)
        start--;
    put_gutter(text, location->line);
    if (line.len > start)
        text_put(text, STR(" "));
    text_fit(text, str_from_index(line, start), room);
    text_newline(text);
    put_gutter(text, 0);
    put_mark(text, str_sub(line, start, from - start), str_sub(line, from, to - from),
             terminal_severity_style(finding->severity));
}

static void put_paragraph(struct text *text, str words, enum text_style style)
{
    if (words.len == 0)
        return;
    text_to_column(text, GUTTER + 3);
    text_style(text, style);
    text_wrap(text, words, GUTTER + 3);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

/* "dockerfile/add-instead-of-copy  DL3020 DS-0005 and 3 more" */
static str names_of(struct terminal *terminal, const struct finding *finding)
{
    str names = finding->id;
    size_t count = finding->aliases.count;
    size_t shown = count > ALIASES_SHOWN && !terminal->options->verbose ? ALIASES_SHOWN : count;
    for (size_t i = 0; i < shown; i++)
        names = arena_join(terminal->arena, names, STR(", "), finding->aliases.items[i]);
    return names;
}

static str first_sentence(str s)
{
    size_t stop = str_find(s, STR(". "));
    return stop == STR_NONE ? s : str_sub(s, 0, stop + 1);
}

static bool is_brief(const struct terminal *terminal, const struct finding *finding)
{
    return finding->severity == SEVERITY_INFO && !terminal->options->verbose;
}

/* Whether what is shown of the place of `before` says where this one is too. */
static bool is_at_same_place(const struct terminal *terminal, const struct finding *before,
                             const struct finding *finding)
{
    const struct location *a = &before->location, *b = &finding->location;
    if (b->line == 0 || a->line != b->line || a->column != b->column || !str_eq(a->path, b->path))
        return false;
    if (is_brief(terminal, finding))
        return true;
    return !is_brief(terminal, before) && before->kind != KIND_SECRET &&
           a->end_line == b->end_line && a->end_column == b->end_column;
}

/* `place`: the finding whose place was shown last; NULL before the first one. */
static void put_finding(struct terminal *terminal, const struct finding *finding,
                        const struct finding **place)
{
    struct text *text = &terminal->text;
    bool brief = is_brief(terminal, finding);
    bool same_place = *place && is_at_same_place(terminal, *place, finding);
    text_newline(text);
    put_header(terminal, finding, same_place);
    if (!same_place)
        *place = finding;
    if (!brief && !same_place)
        put_source(terminal, finding);
    put_paragraph(text, finding->evidence, STYLE_PLAIN);
    if (!brief)
        put_paragraph(
            text, terminal->options->verbose ? finding->remedy : first_sentence(finding->remedy),
            STYLE_GOOD);
    put_paragraph(text, names_of(terminal, finding), STYLE_DIM);
    if (finding->status != STATUS_OPEN)
        put_paragraph(
            text,
            arena_join(terminal->arena, status_name(finding->status), STR(": "), finding->reason),
            STYLE_DIM);
}

/* What is put together for one finding is forgotten behind it: there may be a million. */
static void put_findings(struct terminal *terminal, bool open)
{
    const struct finding_list *findings = &terminal->report->findings;
    ARENA_SCOPED scratch = {0};
    struct arena *kept = terminal->arena;
    const struct finding *place = NULL;
    terminal->arena = &scratch;
    for (size_t i = 0; i < findings->count; i++)
        if ((findings->items[i].status == STATUS_OPEN) == open) {
            put_finding(terminal, &findings->items[i], &place);
            arena_reset(&scratch);
        }
    terminal->arena = kept;
}

void terminal_file_findings(struct terminal *terminal)
{
    put_findings(terminal, true);
    if (terminal->options->verbose && terminal->report->suppressed) {
        terminal_heading(terminal, "Waived or not affected: not counted");
        put_findings(terminal, false);
    }
}

/* How many findings `harden fix` removes, by how far its edits can be trusted. */
static void put_fixes(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct finding_list *findings = &terminal->report->findings;
    size_t safe = terminal->report->forgotten.repairable[EDIT_SAFE];
    size_t unsafe = terminal->report->forgotten.repairable[EDIT_UNSAFE];
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->status != STATUS_OPEN || finding->edits.count == 0)
            continue;
        safe += finding->edit_level == EDIT_SAFE;
        unsafe += finding->edit_level == EDIT_UNSAFE;
    }
    if (safe + unsafe == 0)
        return;
    text_newline(text);
    char told[120];
    if (!unsafe)
        snprintf(told, sizeof(told), "%zu of these can be repaired safely:", safe);
    else if (!safe)
        snprintf(told, sizeof(told), "%zu of these can be repaired after a look:", unsafe);
    else
        snprintf(told, sizeof(told),
                 "%zu of these can be repaired safely, %zu more after a look (--unsafe):", safe,
                 unsafe);
    text_wrap(text, str_from(told), 0);
    const char *command = safe ? "harden fix " : "harden fix --unsafe ";
    size_t columns = strlen(command) + text_columns(text, terminal->report->image.name);
    if (text->column + 2 + columns > text->width)
        text_newline(text);
    text_say(text, "  ");
    text_style(text, STYLE_COMMAND);
    text_say(text, "%s", command);
    text_put(text, terminal->report->image.name);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

void terminal_file_end(struct terminal *terminal)
{
    struct text *text = &terminal->text;
    const struct report *report = terminal->report;
    put_fixes(terminal);
    if (report->suppressed && !terminal->options->verbose) {
        text_newline(text);
        text_say(text, "Not counted: %zu waived (--verbose lists %s).\n", report->suppressed,
                 report->suppressed == 1 ? "it" : "them");
    }
    const struct finding *worst = NULL;
    for (size_t i = SEVERITY_COUNT; i-- > 0 && !worst;)
        worst = report->forgotten.first[i];
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (finding->status == STATUS_OPEN && (!worst || finding->severity > worst->severity))
            worst = finding;
    }
    if (!worst)
        return;
    text_newline(text);
    text_say(text, "Why does it matter?  ");
    text_style(text, STYLE_COMMAND);
    text_put(text, STR("harden explain "));
    text_put(text, worst->id);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}
