// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "judge/rule/workload/workload.h"

/* The file in which the offsets of the place hold; NULL: none that is at hand. */
static const struct text_file *file_of(const struct rule_run *run, const struct place *place)
{
    for (size_t i = 0; i < run->file_count; i++) {
        const struct text_file *file = &run->files[i];
        if (str_eq(file->path, place->path))
            return place->end_offset > place->offset && place->end_offset <= file->text.len ? file
                                                                                            : NULL;
    }
    return NULL;
}

str workload_slice(const struct rule_run *run, const struct place *place)
{
    const struct text_file *file = file_of(run, place);
    if (!file)
        return (str){0};
    return str_sub(file->text, place->offset, place->end_offset - place->offset);
}

static void edit(struct rule_run *run, struct finding *finding, const struct text_file *file,
                 size_t start, size_t end, str text, const char *title)
{
    if (finding->edits.count) /* made when the same finding was made for another container */
        return;
    *vec_push(run->arena, &finding->edits) = (struct edit){
        .path = file->path,
        .span = {(uint32_t)start, (uint32_t)end},
        .replacement = text,
    };
    finding->edit_level = EDIT_UNSAFE;
    finding->edit_title = str_from(title);
}

/* --- lines of block mappings ------------------------------------------------------------------ */

/* The length of the line break there, of any that YAML knows; 0: none. */
static size_t break_at(str text, size_t at)
{
    static const str breaks[] = {
        STR_INIT("\r\n"),     STR_INIT("\n"),           STR_INIT("\r"),
        STR_INIT("\xc2\x85"), STR_INIT("\xe2\x80\xa8"), STR_INIT("\xe2\x80\xa9"),
    };
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
        if (str_starts(str_from_index(text, at), breaks[i]))
            return breaks[i].len;
    return 0;
}

/* A line starts there. */
static bool is_line_start(str text, size_t at)
{
    for (size_t len = 1; len <= 3 && len <= at; len++)
        if (break_at(text, at - len) == len)
            return true;
    return at == 0;
}

/* Where the line that holds that offset ends: before its break. */
static size_t line_end(str text, size_t at)
{
    while (at < text.len && !break_at(text, at))
        at++;
    return at;
}

/* What ends a line like the one that ends there. */
static str newline_at(str text, size_t end)
{
    return str_starts(str_from_index(text, end), STR("\r\n")) ? STR("\r\n") : STR("\n");
}

/* Each line of `lines` behind as many blanks, with the line's end before it (or behind it). */
static str indented(struct arena *arena, const char *lines, uint32_t blanks, str newline,
                    bool before)
{
    BUF_SCOPED out = buf_make(KIB(64));
    str rest = str_from(lines), line;
    while (str_next_line(&rest, &line)) {
        if (before)
            buf_add_str(&out, newline);
        for (uint32_t i = 0; i < blanks; i++)
            buf_add_char(&out, ' ');
        buf_add_str(&out, line);
        if (!before)
            buf_add_str(&out, newline);
    }
    return arena_str(arena, buf_str(&out));
}

/* Behind the mapping's last line, a comment on that line too. */
static void add_line(struct rule_run *run, struct finding *finding, const struct place *body,
                     const char *lines, const char *title)
{
    const struct text_file *file = file_of(run, body);
    if (!file)
        return;
    str text = file->text;
    size_t at = body->end_offset;
    bool at_line_start = is_line_start(text, at); /* behind a block scalar */
    if (body->column == 0 || body->column > LIMIT_LINE_INDENT)
        return;
    size_t end = at_line_start ? at : line_end(text, at);
    edit(run, finding, file, end, end,
         indented(run->arena, lines, body->column - 1, newline_at(text, line_end(text, at)),
                  !at_line_start),
         title);
}

/* A key that stands there already would be written twice: then there is no place for it. */
static bool has_key(const struct rule_run *run, const struct place *body, const char *line)
{
    str name, value, text = workload_slice(run, body);
    str_cut(str_from(line), ':', &name, &value);
    for (size_t at = 0, end; at < text.len; at = end + break_at(text, end)) {
        end = line_end(text, at);
        str row = str_trim(str_sub(text, at, end - at));
        if (str_skip(&row, name) && str_starts(row, STR(":")))
            return true;
    }
    return false;
}

static void add_context(struct rule_run *run, const struct workload *workload,
                        struct finding *finding, const struct workload_addition *addition)
{
    const struct place *context = &workload->context_body;
    if (file_of(run, context)) {
        if (!has_key(run, context, addition->context))
            add_line(run, finding, context, addition->context, addition->title);
        return;
    }
    if (!file_of(run, &workload->body) || has_key(run, &workload->body, "securityContext:"))
        return;
    add_line(run, finding, &workload->body,
             arena_printf(run->arena, "securityContext:\n  %s", addition->context).ptr,
             addition->title);
}

void workload_add(struct rule_run *run, const struct workload *workload, struct finding *finding,
                  const struct workload_addition *addition)
{
    const struct text_file *file = file_of(run, &workload->image.place);
    switch (workload->dialect) {
    case DIALECT_COMPOSE:
        if (addition->key && !has_key(run, &workload->body, addition->key))
            add_line(run, finding, &workload->body, addition->key, addition->title);
        break;
    case DIALECT_KUBERNETES:
        if (addition->context)
            add_context(run, workload, finding, addition);
        break;
    case DIALECT_RUN:
        if (addition->option && file)
            edit(run, finding, file, workload->image.place.offset, workload->image.place.offset,
                 arena_printf(run->arena, "%s ", addition->option), addition->title);
        break;
    case DIALECT_ENGINE:
    case DIALECT_LIVE: break;
    }
}

/* --- items and scalars ------------------------------------------------------------------------ */

static bool is_within(const struct place *item, const struct place *body)
{
    return str_eq(item->path, body->path) && item->offset >= body->offset &&
           item->end_offset <= body->end_offset;
}

void workload_add_item(struct rule_run *run, const struct workload *workload,
                       struct finding *finding, const struct place *item, const char *text,
                       const char *title)
{
    const struct text_file *file = file_of(run, item);
    if (!file || !is_within(item, &workload->body))
        return;
    str whole = file->text;
    size_t start = item->offset;
    while (!is_line_start(whole, start))
        start--;
    str before = str_sub(whole, start, item->offset - start), rest = str_trim(before);
    if (str_eq(rest, STR("-"))) {
        size_t end = line_end(whole, item->end_offset);
        str line = arena_join(run->arena, newline_at(whole, end), before, str_from(text));
        edit(run, finding, file, end, end, line, title);
    } else if (str_find_char(before, '[') != STR_NONE) {
        edit(run, finding, file, item->end_offset, item->end_offset,
             arena_printf(run->arena, ", %s", text), title);
    }
}

void workload_replace(struct rule_run *run, struct finding *finding, const struct place *place,
                      str text, const char *title)
{
    const struct text_file *file = file_of(run, place);
    if (file)
        edit(run, finding, file, place->offset, place->end_offset, text, title);
}
