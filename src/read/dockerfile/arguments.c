// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/dockerfile/parse_internal.h"

enum instruction_kind kind_of(str name)
{
    for (int kind = 1; kind < INSTRUCTION_KINDS; kind++)
        if (str_eq_nocase(instruction_name((enum instruction_kind)kind), name))
            return (enum instruction_kind)kind;
    return INSTRUCTION_UNKNOWN;
}

static void syntax(struct parser *parser, struct instruction *instruction, const char *what)
{
    str name = instruction_name(instruction->kind);
    problem(parser, PROBLEM_SYNTAX, instruction->head, instruction, "%.*s %s", STR_ARG(name), what);
}

/* Ends the collecting of words: they are the instruction's now. */
static void keep_words(struct parser *parser, struct instruction *instruction, bool expanded)
{
    instruction->words = (struct dockerfile_word_list)KEEP(parser, &parser->words);
    parser->words.count = 0;
    for (size_t i = 0; expanded && i < instruction->words.count; i++)
        if (!instruction->words.items[i].heredoc)
            word_expand(parser, instruction, &instruction->words.items[i], &instruction->arguments);
}

/* True: the words are those of a JSON form. */
static bool json_form(struct parser *parser, struct instruction *instruction,
                      const struct mapped_text *text)
{
    enum json_form form = words_by_json(parser, text);
    if (form == JSON_NOT_STRINGS)
        syntax(parser, instruction,
               "takes a list of strings only: put each item into double quotes");
    instruction->is_json = form == JSON_FORM;
    return instruction->is_json;
}

static void one_text(struct parser *parser, struct instruction *instruction, bool expanded)
{
    uint32_t len = (uint32_t)instruction->arguments.text.len;
    if (len == 0) {
        syntax(parser, instruction, "needs an argument");
        return;
    }
    *vec_push(parser->arena, &parser->words) = word_at(&instruction->arguments, 0, len);
    keep_words(parser, instruction, expanded);
}

static void parse_command(struct parser *parser, struct instruction *instruction)
{
    if (json_form(parser, instruction, &instruction->arguments))
        keep_words(parser, instruction, false);
    else if (instruction->kind == INSTRUCTION_SHELL)
        syntax(parser, instruction, "must have the form of a list: [\"/bin/bash\", \"-c\"]");
    else if (instruction->kind == INSTRUCTION_RUN && instruction->arguments.text.len == 0)
        syntax(parser, instruction, "needs a command");
    if (instruction->kind == INSTRUCTION_SHELL && instruction->is_json &&
        instruction->words.count == 0)
        syntax(parser, instruction, "needs at least one string");
}

static void parse_files(struct parser *parser, struct instruction *instruction)
{
    if (!json_form(parser, instruction, &instruction->arguments))
        words_by_blanks(parser, &instruction->arguments);
    for (size_t i = 0; !instruction->is_json && i < parser->words.count; i++)
        parser->words.items[i].heredoc = is_heredoc_word(parser->words.items[i].raw);
    keep_words(parser, instruction, !instruction->is_json);
    if (instruction->words.count < 2)
        syntax(parser, instruction, "needs at least a source and a destination");
    else if (instruction->words.items[instruction->words.count - 1].heredoc)
        syntax(parser, instruction, "cannot have a heredoc as its destination");
    else
        files_check(parser, instruction);
}

static void parse_list(struct parser *parser, struct instruction *instruction)
{
    bool json = instruction->kind == INSTRUCTION_VOLUME &&
                json_form(parser, instruction, &instruction->arguments);
    if (!json)
        words_by_blanks(parser, &instruction->arguments);
    keep_words(parser, instruction, !json);
    if (instruction->words.count == 0)
        syntax(parser, instruction, "needs at least one argument");
    for (size_t i = 0; json && i < instruction->words.count; i++)
        if (str_trim(instruction->words.items[i].value).len == 0)
            syntax(parser, instruction, "cannot take an empty path");
}

static void parse_from(struct parser *parser, struct instruction *instruction)
{
    words_by_blanks(parser, &instruction->arguments);
    keep_words(parser, instruction, false);
    size_t count = instruction->words.count;
    if (count > 0)
        word_expand(parser, instruction, &instruction->words.items[0], &instruction->arguments);
    if (count != 1 && (count != 3 || !str_eq_nocase(instruction->words.items[1].raw, STR("as"))))
        syntax(parser, instruction, "takes an image, or an image, AS and the name of the stage");
}

/* name=value of a word; without "=" has_value is false. */
static void add_pair(struct parser *parser, struct instruction *instruction,
                     const struct dockerfile_word *word)
{
    const struct mapped_text *text = &instruction->arguments;
    struct dockerfile_pair *pair = vec_push(parser->arena, &parser->pairs);
    uint32_t from = (uint32_t)(word->raw.ptr - text->text.ptr), to = from + (uint32_t)word->raw.len;
    size_t sign = str_find_char(word->raw, '=');
    uint32_t name_end = sign == STR_NONE ? to : from + (uint32_t)sign;
    pair->has_value = sign != STR_NONE;
    pair->span = word->span;
    pair->name = word_at(text, from, name_end);
    pair->value = word_at(text, pair->has_value ? name_end + 1 : to, to);
}

static void legacy_pair(struct parser *parser, struct instruction *instruction,
                        const struct dockerfile_word *name)
{
    const struct mapped_text *text = &instruction->arguments;
    uint32_t end = (uint32_t)text->text.len, at = (uint32_t)name->raw.len;
    while (at > 0 && at < end && !is_blank(text->text.ptr[at]))
        at++;
    uint32_t value = skip_blanks(text->text, at, end);
    struct dockerfile_pair *pair = vec_push(parser->arena, &parser->pairs);
    pair->name = word_at(text, 0, at);
    pair->value = word_at(text, value, end);
    pair->span = mapped_text_span(text, 0, end);
    pair->has_value = value < end;
    instruction->is_legacy_pair = true;
    if (!pair->has_value)
        syntax(parser, instruction, "needs a name and a value: NAME=value");
}

static void parse_pairs(struct parser *parser, struct instruction *instruction)
{
    bool is_arg = instruction->kind == INSTRUCTION_ARG;
    words_by_quotes(parser, &instruction->arguments);
    size_t count = parser->words.count;
    const struct dockerfile_word *words = parser->words.items;
    if (count == 0) {
        syntax(parser, instruction, is_arg ? "needs a name" : "needs NAME=value");
    } else if (!is_arg && str_find_char(words[0].raw, '=') == STR_NONE) {
        legacy_pair(parser, instruction, &words[0]);
    } else {
        for (size_t i = 0; i < count; i++) {
            add_pair(parser, instruction, &words[i]);
            struct dockerfile_pair *pair = &parser->pairs.items[parser->pairs.count - 1];
            if (pair->name.raw.len == 0)
                problem(parser, PROBLEM_SYNTAX, pair->span, instruction,
                        "A name must not be empty");
            else if (!pair->has_value && !is_arg)
                problem(parser, PROBLEM_SYNTAX, pair->span, instruction,
                        "Here \"=\" is missing: NAME=value, with quotes around a value that has "
                        "blanks");
        }
    }
    parser->words.count = 0;
    instruction->pairs = (struct dockerfile_pair_list)KEEP(parser, &parser->pairs);
    parser->pairs.count = 0;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        struct dockerfile_pair *pair = &instruction->pairs.items[i];
        word_expand(parser, instruction, &pair->name, &instruction->arguments);
        word_expand(parser, instruction, &pair->value, &instruction->arguments);
    }
}

static void parse_health(struct parser *parser, struct instruction *instruction)
{
    const struct mapped_text *text = &instruction->arguments;
    uint32_t end = (uint32_t)text->text.len, at = 0;
    while (at < end && !is_blank(text->text.ptr[at]))
        at++;
    str type = str_sub(text->text, 0, at);
    uint32_t rest = skip_blanks(text->text, at, end);
    if (str_eq_nocase(type, STR("NONE"))) {
        instruction->health_none = true;
        if (rest < end || instruction->flags.count)
            syntax(parser, instruction, "NONE takes nothing else");
    } else if (!str_eq_nocase(type, STR("CMD"))) {
        syntax(parser, instruction, "needs NONE, or CMD and a command");
    } else if (rest == end) {
        syntax(parser, instruction, "CMD needs a command");
    } else {
        struct mapped_text command = mapped_slice(parser->arena, text, rest, end);
        if (json_form(parser, instruction, &command))
            keep_words(parser, instruction, false);
        instruction->command = command;
    }
}

static void parse_onbuild(struct parser *parser, struct instruction *instruction)
{
    if (instruction->arguments.text.len == 0) {
        syntax(parser, instruction, "needs an instruction");
        return;
    }
    if (instruction->onbuild) /* not allowed, so that nothing is in it; and no way to go deep */
        return;
    struct instruction *trigger = arena_new(parser->arena, struct instruction);
    *trigger = (struct instruction){
        .index = instruction->index,
        .head =
            mapped_text_span(&instruction->arguments, 0, (uint32_t)instruction->arguments.text.len),
        .stage = instruction->stage,
        .state = instruction->state,
        .onbuild = instruction,
    };
    trigger->span = trigger->head;
    instruction->trigger = trigger;
    instruction_parse(parser, trigger, &instruction->arguments);
    instruction->broken |= trigger->broken;
}

static void parse_by_kind(struct parser *parser, struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY: parse_files(parser, instruction); break;
    case INSTRUCTION_ARG:
    case INSTRUCTION_ENV:
    case INSTRUCTION_LABEL: parse_pairs(parser, instruction); break;
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
    case INSTRUCTION_SHELL:
    case INSTRUCTION_RUN: parse_command(parser, instruction); break;
    case INSTRUCTION_EXPOSE:
    case INSTRUCTION_VOLUME: parse_list(parser, instruction); break;
    case INSTRUCTION_FROM: parse_from(parser, instruction); break;
    case INSTRUCTION_HEALTHCHECK: parse_health(parser, instruction); break;
    case INSTRUCTION_MAINTAINER: one_text(parser, instruction, false); break;
    case INSTRUCTION_ONBUILD: parse_onbuild(parser, instruction); break;
    case INSTRUCTION_STOPSIGNAL:
    case INSTRUCTION_USER:
    case INSTRUCTION_WORKDIR: one_text(parser, instruction, true); break;
    case INSTRUCTION_UNKNOWN: break;
    }
}

static void unknown(struct parser *parser, struct instruction *instruction)
{
    str name = str_sub(instruction->name, 0, 40);
    size_t nul = str_find_char(name, '\0');
    if (nul != STR_NONE)
        name = str_sub(name, 0, nul);
    problem(parser, PROBLEM_UNKNOWN_INSTRUCTION, instruction->keyword, instruction, "%s%.*s",
            name.len ? "There is no instruction " : "NUL bytes are no instruction", STR_ARG(name));
}

static bool has_heredocs(const struct instruction *instruction)
{
    return !instruction->is_json &&
           (instruction->kind == INSTRUCTION_RUN || instruction->kind == INSTRUCTION_ADD ||
            instruction->kind == INSTRUCTION_COPY);
}

void instruction_parse(struct parser *parser, struct instruction *instruction,
                       const struct mapped_text *line)
{
    str text = line->text;
    uint32_t end = (uint32_t)text.len, at = 0;
    while (end > 0 && is_blank(text.ptr[end - 1]))
        end--;
    while (at < end && !is_blank(text.ptr[at]))
        at++;
    instruction->name = str_sub(text, 0, at);
    instruction->keyword = mapped_text_span(line, 0, at);
    instruction->kind = kind_of(instruction->name);
    struct mapped_text rest = mapped_slice(parser->arena, line, skip_blanks(text, at, end), end);
    instruction->arguments = rest;
    if (instruction->kind == INSTRUCTION_UNKNOWN) {
        unknown(parser, instruction);
        return;
    }
    instruction->too_long = rest.text.len > LIMIT_INSTRUCTION;
    if (instruction->too_long) {
        problem(parser, PROBLEM_LIMIT, instruction->keyword, instruction,
                "This instruction is longer than %llu bytes; it was not looked into",
                (unsigned long long)LIMIT_INSTRUCTION);
        return;
    }
    uint32_t behind_flags = flags_split(parser, &rest);
    if (behind_flags > 0) {
        instruction->flags = (struct dockerfile_flag_list)KEEP(parser, &parser->flags);
        parser->flags.count = 0;
        instruction->arguments =
            mapped_slice(parser->arena, &rest, behind_flags, (uint32_t)rest.text.len);
    }
    flags_check(parser, instruction);
    parse_by_kind(parser, instruction);
    if (has_heredocs(instruction))
        heredocs_find(parser, instruction);
}

/* ---- heredoc bodies ---- */

static uint32_t skip_tabs(str text, uint32_t at, uint32_t end)
{
    while (at < end && text.ptr[at] == '\t')
        at++;
    return at;
}

/* The body without the tabs that its lines begin with. */
static void strip_tabs(struct parser *parser, struct dockerfile_heredoc *heredoc)
{
    str text = parser->text;
    char *to = arena_alloc(parser->arena, heredoc->body.end - heredoc->body.start + 1);
    uint32_t len = 0, next;
    for (uint32_t at = heredoc->body.start; at < heredoc->body.end; at = next) {
        line_end(text, at, &next);
        uint32_t from = skip_tabs(text, at, next);
        if (from == next)
            continue;
        mapped_text_piece(parser->arena, &heredoc->text, len, from);
        for (uint32_t i = from; i < next; i++)
            to[len++] = text.ptr[i];
    }
    heredoc->text.text = (str){to, len};
}

static uint32_t read_body(struct parser *parser, struct dockerfile_heredoc *heredoc, uint32_t at)
{
    str text = parser->text;
    uint32_t next = at;
    heredoc->body = (struct span){at, at};
    heredoc->terminator = heredoc->body;
    while (at < text.len && !heredoc->closed) {
        uint32_t end = line_end(text, at, &next);
        uint32_t from = heredoc->strip_tabs ? skip_tabs(text, at, end) : at;
        heredoc->closed = str_eq(str_sub(text, from, end - from), heredoc->delimiter);
        if (heredoc->closed)
            heredoc->terminator = (struct span){at, end};
        else
            heredoc->body.end = next;
        at = next;
    }
    if (!heredoc->closed)
        heredoc->terminator = (struct span){heredoc->body.end, heredoc->body.end};
    if (heredoc->strip_tabs)
        strip_tabs(parser, heredoc);
    else
        heredoc->text = mapped_text_at(
            parser->arena,
            str_sub(text, heredoc->body.start, heredoc->body.end - heredoc->body.start),
            heredoc->body.start);
    return at;
}

uint32_t heredocs_read(struct parser *parser, struct instruction *instruction, uint32_t at)
{
    struct instruction *owner = instruction;
    if (instruction->trigger)
        owner = (struct instruction *)(uintptr_t)instruction->trigger;
    for (size_t i = 0; i < owner->heredocs.count; i++) {
        struct dockerfile_heredoc *heredoc = &owner->heredocs.items[i];
        at = read_body(parser, heredoc, at);
        uint32_t end = heredoc->closed ? heredoc->terminator.end : heredoc->body.end;
        owner->span.end = instruction->span.end = end;
        if (!heredoc->closed)
            problem(parser, PROBLEM_SYNTAX, heredoc->opener, instruction,
                    "No line `%.*s` ends this heredoc",
                    STR_ARG(str_sub(heredoc->delimiter, 0, 40)));
    }
    return at;
}
