// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "app/lsp/lsp.h"
#include "model/dockerfile.h"

static void put_position(struct writer *w, const char *key, struct lsp_position position)
{
    writer_object(w, key);
    writer_u64(w, "line", position.line);
    writer_u64(w, "character", position.character);
    writer_end(w);
}

void lsp_put_range(struct writer *w, const char *key, const struct text_file *file,
                   struct span span)
{
    writer_object(w, key);
    put_position(w, "start", lsp_position_of(file, span.start));
    put_position(w, "end", lsp_position_of(file, span.end));
    writer_end(w);
}

void lsp_put_diagnostic(struct writer *w, const char *key, struct arena *arena,
                        const struct lsp_document *document, const struct finding *finding)
{
    static const unsigned severities[SEVERITY_COUNT] = {
        [SEVERITY_CRITICAL] = 1, [SEVERITY_HIGH] = 1, [SEVERITY_MEDIUM] = 2,
        [SEVERITY_LOW] = 3,      [SEVERITY_INFO] = 4,
    };
    str message = finding->title;
    if (finding->evidence.len)
        message = arena_join(arena, message, STR("\n"), finding->evidence);
    writer_object(w, key);
    lsp_put_range(w, "range", &document->file, lsp_span_of(&document->file, finding));
    writer_u64(w, "severity", severities[finding->severity]);
    writer_string(w, "code", finding->id);
    writer_string(w, "source", STR("harden"));
    writer_string(w, "message", message);
    writer_end(w);
}

static bool is_shown(const struct lsp_document *document, const struct finding *finding)
{
    return finding->status == STATUS_OPEN && str_eq(finding->location.path, document->file.path);
}

/* --- hover --------------------------------------------------------------------------------------
 */

static str add_text(struct arena *arena, str all, const char *before, str text)
{
    return arena_join(arena, all, str_from(before), text);
}

static str explain(struct arena *arena, const struct finding *finding)
{
    const struct rule *rule = rule_by_id(finding->id);
    str text = arena_join(arena, STR("**"), finding->title, STR("**"));
    if (rule)
        text = add_text(arena, text, "\n\n", str_from(rule->why));
    if (finding->remedy.len)
        text = add_text(arena, text, "\n\n", finding->remedy);
    if (rule && rule->good && *rule->good)
        text = arena_join(arena, text, STR("\n\n```dockerfile\n"),
                          arena_join(arena, str_from(rule->good), STR("```"), (str){0}));
    text = add_text(arena, text, "\n\n`", arena_join(arena, finding->id, STR("`"), (str){0}));
    for (size_t i = 0; i < finding->aliases.count; i++)
        text = add_text(arena, text, " ", finding->aliases.items[i]);
    return text;
}

void lsp_answer_hover(struct writer *w, struct arena *arena, const struct lsp_document *document,
                      struct lsp_position at)
{
    uint32_t offset = lsp_offset_of(&document->file, at);
    str text = {0};
    struct span all = {UINT32_MAX, 0};
    for (size_t i = 0; i < document->report.findings.count; i++) {
        const struct finding *finding = &document->report.findings.items[i];
        struct span span = lsp_span_of(&document->file, finding);
        if (!is_shown(document, finding) || offset < span.start || offset > span.end)
            continue;
        text = text.len ? arena_join(arena, text, STR("\n\n---\n\n"), explain(arena, finding))
                        : explain(arena, finding);
        all.start = span.start < all.start ? span.start : all.start;
        all.end = span.end > all.end ? span.end : all.end;
    }
    if (text.len == 0) {
        writer_null(w, "result");
        return;
    }
    writer_object(w, "result");
    writer_object(w, "contents");
    writer_string(w, "kind", STR("markdown"));
    writer_string(w, "value", text);
    writer_end(w);
    lsp_put_range(w, "range", &document->file, all);
    writer_end(w);
}

/* --- quick fixes --------------------------------------------------------------------------------
 */

static void begin_action(struct writer *w, struct arena *arena, const struct lsp_document *document,
                         const struct finding *finding, str title)
{
    writer_object(w, NULL);
    writer_string(w, "title", title);
    writer_string(w, "kind", STR("quickfix"));
    writer_array(w, "diagnostics");
    lsp_put_diagnostic(w, NULL, arena, document, finding);
    writer_end(w);
}

static void begin_edits(struct writer *w, const struct lsp_document *document)
{
    writer_object(w, "edit");
    writer_object(w, "changes");
    writer_array(w, document->uri);
}

static void end_edits(struct writer *w)
{
    writer_end(w);
    writer_end(w);
    writer_end(w);
    writer_end(w);
}

static void put_edit(struct writer *w, const struct lsp_document *document, struct span span,
                     str replacement)
{
    writer_object(w, NULL);
    lsp_put_range(w, "range", &document->file, span);
    writer_string(w, "newText", replacement);
    writer_end(w);
}

/* Edits of other files are not offered: the editor may not have them open. */
static bool edits_only(const struct lsp_document *document, const struct finding *finding)
{
    for (size_t i = 0; i < finding->edits.count; i++)
        if (!str_eq(finding->edits.items[i].path, document->file.path))
            return false;
    return finding->edits.count > 0;
}

static void put_fix(struct writer *w, struct arena *arena, const struct lsp_document *document,
                    const struct finding *finding)
{
    str title = finding->edit_title.len ? finding->edit_title : finding->title;
    bool safe = finding->edit_level == EDIT_SAFE;
    if (!safe)
        title = arena_join(arena, title, STR(" "), STR("(look at it)"));
    begin_action(w, arena, document, finding, title);
    writer_bool(w, "isPreferred", safe);
    begin_edits(w, document);
    for (size_t i = 0; i < finding->edits.count; i++)
        put_edit(w, document, finding->edits.items[i].span, finding->edits.items[i].replacement);
    end_edits(w);
}

/* A comment above the line; in YAML with its indentation. */
static void put_waiver(struct writer *w, struct arena *arena, const struct lsp_document *document,
                       const struct finding *finding)
{
    struct span span = lsp_span_of(&document->file, finding);
    const struct instruction *instruction = finding->subject ? finding->subject->instruction : NULL;
    if (instruction)
        span.start = instruction->span.start;
    uint32_t number = text_file_place(&document->file, span).line;
    uint32_t start = document->file.line_starts[number - 1];
    str line = text_file_line(&document->file, number);
    size_t indent = 0;
    while (indent < line.len && (line.ptr[indent] == ' ' || line.ptr[indent] == '\t'))
        indent++;
    str comment = arena_join(arena, str_sub(line, 0, indent), STR("# harden: ignore "),
                             arena_join(arena, finding->id, STR("\n"), (str){0}));
    begin_action(w, arena, document, finding,
                 arena_join(arena, STR("Accept "), finding->id, STR(" here")));
    begin_edits(w, document);
    put_edit(w, document, (struct span){start, start}, comment);
    end_edits(w);
}

void lsp_answer_actions(struct writer *w, struct arena *arena, const struct lsp_document *document,
                        struct span range)
{
    writer_array(w, "result");
    for (size_t i = 0; i < document->report.findings.count; i++) {
        const struct finding *finding = &document->report.findings.items[i];
        struct span span = lsp_span_of(&document->file, finding);
        if (!is_shown(document, finding) || span.start > range.end || span.end < range.start)
            continue;
        if (edits_only(document, finding))
            put_fix(w, arena, document, finding);
        if (!str_starts(finding->id, STR("waiver/")))
            put_waiver(w, arena, document, finding);
    }
    writer_end(w);
}
