// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"

/*
 * One line a finding, for grep, awk and sort: columns in fixed order, separated by at least two
 * spaces; no column but the last (the title) has two spaces in a row or is empty ("-").
 * Open findings only; nothing is folded and nothing is coloured.
 */
enum { COLUMNS = 7 };
static const char *const headings[COLUMNS] = {"SEVERITY", "ID",     "PACKAGE", "INSTALLED",
                                              "FIXED",    "STATUS", "LAYER"};
enum { WIDEST = 48 }; /* a hostile name must not push all other lines apart */

/* A file, with the line where there is one. */
static str place(struct arena *arena, const struct location *at)
{
    return at->line ? arena_printf(arena, "%.*s:%u", STR_ARG(at->path), at->line) : at->path;
}

static str cell(struct arena *arena, const struct report *report, const struct finding *finding,
                size_t column)
{
    const struct vulnerability *flaw = finding->vulnerability;
    size_t layer;
    switch (column) {
    case 0: return severity_name(finding->severity);
    case 1: return finding->id;
    case 2: return flaw ? flaw->package : place(arena, &finding->location);
    case 3: return flaw ? flaw->installed_version : (str){0};
    case 4: return flaw ? flaw->fixed_version : (str){0};
    case 5:
        if (flaw && flaw->kev)
            return STR("exploited");
        return !flaw || flaw->fix_state == FIX_AVAILABLE ? STR("fixable")
                                                         : fix_state_name(flaw->fix_state);
    default:
        layer = report_layer_index(report, finding->location.layer);
        return layer < report->image.layers.count ? arena_printf(arena, "%zu", layer + 1)
                                                  : (str){0};
    }
}

/* One word, whatever a target calls itself: spaces would shift the columns. */
static str word(struct arena *arena, str s)
{
    str copy = arena_str(arena, s.len ? s : STR("-"));
    char *bytes = arena_copy(arena, copy.ptr, copy.len);
    for (size_t i = 0; i < copy.len; i++)
        if (bytes[i] == ' ')
            bytes[i] = '_';
    return (str){bytes, copy.len};
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct text text = text_make(out, 0, false, options->unicode);
    size_t widths[COLUMNS], count = report->findings.count;
    str *cells = arena_array(&arena, str, count * COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++) {
        widths[c] = str_from(headings[c]).len;
        for (size_t i = 0; i < count; i++) {
            if (report->findings.items[i].status != STATUS_OPEN)
                continue;
            cells[i * COLUMNS + c] =
                word(&arena, cell(&arena, report, &report->findings.items[i], c));
            size_t columns = text_columns(&text, cells[i * COLUMNS + c]);
            if (columns > widths[c] && columns <= WIDEST)
                widths[c] = columns;
        }
    }
    for (size_t c = 0; c < COLUMNS; c++)
        fprintf(out, "%-*s  ", (int)widths[c], headings[c]);
    fputs("TITLE\n", out);
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (finding->status != STATUS_OPEN)
            continue;
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t end = text.column + widths[c];
            text_put(&text, cells[i * COLUMNS + c]);
            if (text.column < end)
                text_to_column(&text, end);
            text_put(&text, STR("  "));
        }
        text_put(&text, finding->title.len ? finding->title : STR("-"));
        text_newline(&text);
    }
}

const struct format format_table = {
    .name = "table",
    .summary = "one line a finding, for grep and awk",
    .render = render,
};
