// SPDX-License-Identifier: Apache-2.0
#include "app/texts/texts_internal.h"
#include "base/limits.h"
#include "io/json.h"
#include "io/shellcheck.h"
#include "model/dockerfile.h"
#include "model/shell.h"

/* The scripts of one Dockerfile, as ShellCheck gets them. */
struct asked {
    const struct instruction *instructions[LIMIT_SHELLCHECK_SCRIPTS];
    struct shellcheck_script scripts[LIMIT_SHELLCHECK_SCRIPTS];
    size_t count, size;
};

/* Lines that stand before the text: the one that names the shell, the one with variables. */
enum { LINES_BEFORE = 2 };

static bool is_name(str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (i && c >= '0' && c <= '9')))
            return false;
    }
    return name.len > 0;
}

static str add_names(struct arena *arena, str line, const struct map *variables)
{
    for (size_t i = 0; i < variables->capacity; i++)
        if (variables->slots[i].used && is_name(variables->slots[i].key) && line.len < KIB(16))
            line =
                arena_printf(arena, "%.*s %.*s=1", STR_ARG(line), STR_ARG(variables->slots[i].key));
    return line;
}

/* Variables that ENV and ARG set are no mistakes, though the script does not set them. */
static str line_of_variables(struct arena *arena, const struct stage *stage)
{
    str line = STR("export HTTP_PROXY=1 HTTPS_PROXY=1 NO_PROXY=1 http_proxy=1 https_proxy=1 "
                   "no_proxy=1 PATH HOME");
    for (; stage; stage = stage->parent) {
        line = add_names(arena, line, &stage->env);
        line = add_names(arena, line, &stage->args);
        for (size_t i = 0; stage->base_image && i < stage->base_image->env.count; i++)
            if (is_name(stage->base_image->env.items[i].name))
                line = arena_printf(arena, "%.*s %.*s=1", STR_ARG(line),
                                    STR_ARG(stage->base_image->env.items[i].name));
    }
    return line;
}

static void collect(struct arena *arena, const struct dockerfile *dockerfile, struct asked *asked)
{
    const struct stage *stage = NULL;
    str variables = {0};
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct instruction *instruction = dockerfile->instructions.items[i];
        const struct shell_script *script = instruction->script;
        if (instruction->kind != INSTRUCTION_RUN || instruction->is_json || !script ||
            !script->root || !script->commands.count)
            continue;
        if (!variables.len || stage != instruction->stage)
            variables = line_of_variables(arena, instruction->stage);
        stage = instruction->stage;
        str text = arena_join(arena, variables, STR("\n"), script->text.text);
        if (asked->count == LIMIT_SHELLCHECK_SCRIPTS ||
            asked->size + text.len > LIMIT_SHELLCHECK_TEXT)
            return;
        asked->instructions[asked->count] = instruction;
        asked->scripts[asked->count++] =
            (struct shellcheck_script){.bash = script->dialect == SHELL_BASH, .text = text};
        asked->size += text.len;
    }
}

/* ---- from lines and columns of the script to bytes of the file ---- */

static uint32_t offset_of(str text, uint64_t line, uint64_t column)
{
    size_t at = 0;
    for (uint64_t i = LINES_BEFORE + 1; i < line; i++) {
        size_t end = str_find_char(str_from_index(text, at), '\n');
        if (end == STR_NONE)
            return (uint32_t)text.len;
        at += end + 1;
    }
    /* Columns are characters. */
    for (uint64_t i = 1; i < column && at < text.len; i++) {
        at++;
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
            at++;
    }
    return (uint32_t)at;
}

static bool place_of(const struct json *json, const struct shell_script *script, struct span *ret)
{
    str text = script->text.text;
    uint64_t line = json_u64(json_get(json, "line"), 0),
             end_line = json_u64(json_get(json, "endLine"), line);
    if (line <= LINES_BEFORE)
        return false;
    uint32_t from = offset_of(text, line, json_u64(json_get(json, "column"), 1)),
             to = offset_of(text, end_line, json_u64(json_get(json, "endColumn"), 1));
    *ret = mapped_text_span(&script->text, from, to > from ? to : from);
    return true;
}

static enum severity severity_of(str level)
{
    return str_eq(level, STR("error"))     ? SEVERITY_MEDIUM
           : str_eq(level, STR("warning")) ? SEVERITY_LOW
                                           : SEVERITY_INFO;
}

static bool overlaps(struct span a, struct span b)
{
    return a.start <= b.end && b.start <= a.end;
}

/* One of our own rules says the same at the same place. */
static bool is_known(const struct report *report, size_t first, str alias, struct span span)
{
    for (size_t i = first; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (!overlaps(finding->span, span))
            continue;
        for (size_t a = 0; a < finding->aliases.count; a++)
            if (str_eq(finding->aliases.items[a], alias))
                return true;
    }
    return false;
}

static void add_edits(struct rule_run *run, struct finding *finding, const struct json *fix,
                      const struct shell_script *script)
{
    struct edit_list edits = {0};
    for (const struct json *each = json_first(json_get(fix, "replacements")); each;
         each = json_next(each)) {
        struct edit *edit = vec_push(run->arena, &edits);
        if (!place_of(each, script, &edit->span))
            return;
        edit->path = run->file->path;
        edit->replacement = arena_str(run->arena, json_get_string(each, "replacement"));
        /* In order, and apart: else they are more than we can apply. */
        if (edits.count > 1 && edit[-1].span.end > edit->span.start)
            return;
    }
    finding->edits = edits;
    finding->edit_level = EDIT_UNSAFE;
    finding->edit_title = STR("As ShellCheck proposes");
}

static void tell(struct rule_run *run, const struct asked *asked, const struct json *comment,
                 size_t first)
{
    uint32_t index = shellcheck_index(json_get_string(comment, "file"));
    struct span span;
    if (index >= asked->count || !place_of(comment, asked->instructions[index]->script, &span))
        return;
    const struct instruction *instruction = asked->instructions[index];
    str alias = arena_printf(run->arena, "SC%04llu",
                             (unsigned long long)json_u64(json_get(comment, "code"), 0));
    if (is_known(run->report, first, alias, span))
        return;
    str message = arena_str(run->arena, json_get_string(comment, "message"));
    while (str_ends(message, STR(".")) || str_ends(message, STR(" ")))
        message.len--;
    run->subject.instruction = instruction;
    struct finding *finding =
        rule_report(run, "shell/shellcheck", span, "ShellCheck %.*s", STR_ARG(alias));
    finding->title = message;
    finding->severity = severity_of(json_get_string(comment, "level"));
    *vec_push(run->arena, &finding->aliases) = alias;
    finding->references = (struct str_list){0};
    *vec_push(run->arena, &finding->references) =
        arena_printf(run->arena, "https://www.shellcheck.net/wiki/%.*s", STR_ARG(alias));
    add_edits(run, finding, json_get(comment, "fix"), instruction->script);
}

void texts_ask_shellcheck(struct texts *texts, struct rule_run *run,
                          const struct dockerfile *dockerfile, size_t first)
{
    struct err err = {0};
    str answer = {0};
    if (!texts->shellcheck || !rule_is_wanted(run->settings, rule_by_id(STR("shell/shellcheck"))))
        return;
    struct asked *asked = arena_new(run->arena, struct asked);
    collect(run->arena, dockerfile, asked);
    if (!asked->count)
        return;
    pthread_mutex_lock(&texts->shellcheck_lock);
    int result =
        shellcheck_ask(texts->shellcheck, run->arena, asked->scripts, asked->count, &answer, &err);
    pthread_mutex_unlock(&texts->shellcheck_lock);
    JSON_SCOPED json = result == 0 ? json_parse(answer, &err) : NULL;
    if (!json) {
        report_add_gap(run->arena, run->report, dockerfile->file.path,
                       arena_str(run->arena, err_text(&err)));
        return;
    }
    run->subject = (struct finding_subject){.dockerfile = dockerfile};
    for (const struct json *comment = json_first(json_get(json, "comments")); comment;
         comment = json_next(comment))
        tell(run, asked, comment, first);
    run->subject = (struct finding_subject){0};
}
