// SPDX-License-Identifier: Apache-2.0
#include "act/fix/repair/repair.h"

#include <ctype.h>
#include <string.h>

static str in_case(struct repair *repair, str text, bool upper)
{
    char *out = arena_alloc(repair->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = (char)(upper ? toupper((unsigned char)text.ptr[i])
                              : tolower((unsigned char)text.ptr[i]));
    return (str){out, text.len};
}

/* To what most instructions of the file have. */
static bool keyword_case(struct repair *repair)
{
    size_t upper = 0, lower = 0;
    const struct instruction *instruction = repair->instruction;
    if (!instruction)
        return false;
    for (size_t i = 0; i < repair->file->instructions.count; i++) {
        str name = repair->file->instructions.items[i]->name;
        upper += str_eq(name, in_case(repair, name, true));
        lower += str_eq(name, in_case(repair, name, false));
    }
    repair_replace(repair, instruction->keyword,
                   in_case(repair, instruction->name, upper >= lower));
    /* AS goes with FROM. */
    if (instruction->kind == INSTRUCTION_FROM && instruction->stage &&
        instruction->stage->as.end > instruction->stage->as.start)
        repair_replace(repair, instruction->stage->as, upper >= lower ? STR("AS") : STR("as"));
    return true;
}

/* AS as FROM is written. */
static bool as_case(struct repair *repair)
{
    const struct instruction *from = repair->instruction;
    if (!from || !from->stage || from->stage->as.end <= from->stage->as.start || !from->name.len)
        return false;
    bool upper = isupper((unsigned char)from->name.ptr[0]) != 0;
    repair_replace(repair, from->stage->as, upper ? STR("AS") : STR("as"));
    return true;
}

/* Names of stages are compared without case, so that no use has to change. */
static bool stage_name_case(struct repair *repair)
{
    const struct instruction *from = repair->instruction;
    if (!from || !from->stage || from->stage->alias.raw.len == 0 || from->stage->alias.variable)
        return false;
    repair_replace(repair, from->stage->alias.span, in_case(repair, from->stage->alias.raw, false));
    return true;
}

static bool drop_platform(struct repair *repair)
{
    const struct dockerfile_flag *flag =
        repair->instruction ? instruction_flag(repair->instruction, "platform") : NULL;
    if (!flag)
        return false;
    struct span span = flag->span;
    str text = repair->file->file.text;
    while (span.end < text.len && (text.ptr[span.end] == ' ' || text.ptr[span.end] == '\t'))
        span.end++;
    repair_delete(repair, span);
    return true;
}

/* What can stand in a value without quotes. */
static bool is_plain(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("_-./:@%+,=${}~", text.ptr[i]))
            return false;
    return text.len > 0;
}

/* `ENV name some value` -> `ENV name="some value"`. */
static bool modern_pair(struct repair *repair)
{
    const struct instruction *instruction = repair->instruction;
    if (!instruction || !instruction->is_legacy_pair || instruction->pairs.count != 1 ||
        instruction->broken)
        return false;
    const struct dockerfile_pair *pair = &instruction->pairs.items[0];
    str value = repair_text(repair, pair->value.span);
    /* A value with quotes or escapes of its own means what the old form makes of it. */
    if (value.len == 0 || str_find_char(value, '\n') != STR_NONE ||
        str_find_char(value, '\\') != STR_NONE || str_find_char(value, '`') != STR_NONE)
        return false;
    bool quotes = str_find_char(value, '"') != STR_NONE || str_find_char(value, '\'') != STR_NONE;
    if (quotes && !pair->value.quoted)
        return false;
    repair_replace(repair, (struct span){pair->name.span.end, pair->value.span.start},
                   is_plain(value) || quotes ? STR("=") : STR("=\""));
    if (!is_plain(value) && !quotes)
        repair_insert(repair, pair->value.span.end, STR("\""));
    return true;
}

static bool drop_blank_lines(struct repair *repair)
{
    const struct instruction *instruction = repair->instruction;
    str text = repair->file->file.text;
    for (size_t i = 0; instruction && i < instruction->blank_lines.count; i++) {
        struct span span = instruction->blank_lines.items[i];
        while (span.start > 0 && text.ptr[span.start - 1] != '\n')
            span.start--;
        while (span.end < text.len && (span.end == span.start || text.ptr[span.end - 1] != '\n'))
            span.end++;
        repair_delete(repair, span);
    }
    return instruction != NULL;
}

/* The engine takes the last one only: the others go. */
static bool keep_last(struct repair *repair)
{
    const struct instruction *instruction = repair->instruction;
    if (!instruction || instruction->onbuild || !instruction->stage)
        return false;
    const struct stage *stage = instruction->stage;
    const struct instruction *last = NULL;
    for (uint32_t i = stage->first; i < stage->end; i++)
        if (repair->file->instructions.items[i]->kind == instruction->kind)
            last = repair->file->instructions.items[i];
    /* The rule may point at the last one, or at one of those that do not count. */
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct instruction *other = repair->file->instructions.items[i];
        if (other->kind == instruction->kind && other != last)
            repair_delete(repair, repair_lines(repair, other));
    }
    repair_title(repair, "Keep the last %.*s only", STR_ARG(instruction_name(last->kind)));
    return true;
}

static bool maintainer_to_label(struct repair *repair)
{
    const struct instruction *instruction = repair->instruction;
    if (!instruction || instruction->kind != INSTRUCTION_MAINTAINER)
        return false;
    str value = str_trim(instruction->arguments.text);
    if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
        value.ptr[value.len - 1] == value.ptr[0])
        value = str_sub(value, 1, value.len - 2);
    for (size_t i = 0; i < value.len; i++)
        if (strchr("\"\\$`\n\r", value.ptr[i]))
            return false;
    bool upper = instruction->name.len && isupper((unsigned char)instruction->name.ptr[0]);
    repair_replace(repair, instruction->head,
                   arena_printf(repair->arena, "%s org.opencontainers.image.authors=\"%.*s\"",
                                upper ? "LABEL" : "label", STR_ARG(value)));
    return true;
}

static bool expose_case(struct repair *repair)
{
    const struct instruction *expose = repair->instruction;
    for (size_t i = 0; expose && i < expose->words.count; i++) {
        const struct dockerfile_word *word = &expose->words.items[i];
        size_t slash = str_rfind_char(word->raw, '/');
        if (slash == STR_NONE || word->variable || word->quoted)
            continue;
        str protocol = str_from_index(word->raw, slash);
        if (!str_eq(protocol, in_case(repair, protocol, false)))
            repair_replace(repair, word->span, in_case(repair, word->raw, false));
    }
    return expose != NULL;
}

/* "127.0.0.1:8080:80/tcp" -> "80/tcp": where a port is published is said when it runs. */
static bool expose_port_only(struct repair *repair)
{
    const struct instruction *expose = repair->instruction;
    for (size_t i = 0; expose && i < expose->words.count; i++) {
        const struct dockerfile_word *word = &expose->words.items[i];
        size_t colon = str_rfind_char(word->raw, ':');
        if (colon == STR_NONE || word->variable || word->quoted || colon + 1 >= word->raw.len)
            continue;
        repair_replace(repair, word->span, str_from_index(word->raw, colon + 1));
    }
    return expose != NULL;
}

static bool drop_port(struct repair *repair)
{
    const struct instruction *expose = repair->instruction;
    struct span at = repair->finding->span;
    if (!expose)
        return false;
    if (expose->words.count == 1) {
        repair_delete(repair, repair_lines(repair, expose));
        return true;
    }
    for (size_t i = 0; i < expose->words.count; i++) {
        struct span span = expose->words.items[i].span;
        if (span.start > at.start || span.end < at.end)
            continue;
        /* With the blank before it, or behind it where it is the first. */
        if (i > 0)
            span.start = expose->words.items[i - 1].span.end;
        else
            span.end = expose->words.items[1].span.start;
        repair_delete(repair, span);
        return true;
    }
    return false;
}

static bool absolute_workdir(struct repair *repair)
{
    const struct instruction *workdir = repair->instruction;
    if (!workdir || workdir->words.count != 1 || workdir->state->workdir_open ||
        !str_starts(workdir->state->workdir, STR("/")) || !workdir->state->workdir_set)
        return false;
    const struct dockerfile_word *word = &workdir->words.items[0];
    if (word->quoted || word->variable)
        return false;
    str base = workdir->state->workdir, raw = word->raw;
    str_skip(&raw, STR("./"));
    if (str_starts(raw, STR("..")))
        return false;
    repair_replace(repair, word->span,
                   arena_printf(repair->arena, "%.*s%s%.*s", STR_ARG(base),
                                str_ends(base, STR("/")) ? "" : "/", STR_ARG(raw)));
    return true;
}

static const struct repair_row rows[] = {
    {"dockerfile/instruction-case", EDIT_SAFE, "Write the keyword as the others", keyword_case},
    {"dockerfile/from-as-case", EDIT_SAFE, "Write AS as FROM is written", as_case},
    {"dockerfile/stage-name-case", EDIT_SAFE, "Write the stage's name small", stage_name_case},
    {"dockerfile/redundant-platform", EDIT_SAFE, "Drop --platform", drop_platform},
    {"dockerfile/legacy-pair", EDIT_SAFE, "Write it as name=value", modern_pair},
    {"dockerfile/empty-continuation", EDIT_SAFE, "Delete the empty line", drop_blank_lines},
    {"dockerfile/several-cmd", EDIT_SAFE, "Keep the last one only", keep_last},
    {"dockerfile/several-entrypoint", EDIT_SAFE, "Keep the last one only", keep_last},
    {"dockerfile/several-healthcheck", EDIT_SAFE, "Keep the last one only", keep_last},
    {"dockerfile/maintainer", EDIT_SAFE, "Replace MAINTAINER by a label", maintainer_to_label},
    {"dockerfile/expose-case", EDIT_SAFE, "Write the protocol small", expose_case},
    {"dockerfile/expose-format", EDIT_SAFE, "Keep the container's port only", expose_port_only},
    {"dockerfile/expose-admin-port", EDIT_UNSAFE, "Do not expose that port", drop_port},
    {"dockerfile/workdir-relative", EDIT_SAFE, "Write the whole path", absolute_workdir},
    {0},
};

const struct repair_table repair_layout = {rows};
