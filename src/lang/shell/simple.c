// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include "base/limits.h"

struct shell_command *shell_make_command(struct shell_parser *parser, uint32_t from)
{
    struct shell_script *script = parser->script;
    struct shell_command *command = arena_new(parser->arena, struct shell_command);
    *command = (struct shell_command){
        .script = script,
        .text = parser->text,
        .index = (uint32_t)script->commands.count,
        .from = from,
        .wrapper = parser->wrapper,
        .from_string = parser->wrapper != NULL,
        .depth = parser->depth,
    };
    *vec_push(parser->arena, &script->commands) = command;
    return command;
}

void shell_find_flags_end(struct shell_command *command)
{
    uint32_t count = (uint32_t)command->words.count, i = 1;
    while (i < count && !str_eq(command->words.items[i].value, STR("--")))
        i++;
    command->flags_end = i < count ? i : count;
}

/* NAME=, NAME+=, NAME[index]=: its length, or 0. */
static uint32_t assignment_length(const struct shell_parser *parser, uint32_t from, uint32_t end,
                                  struct shell_assignment *ret)
{
    uint32_t name = shell_name_length(parser, from), at = from + name;
    if (!name)
        return 0;
    ret->name = str_make(parser->bytes + from, name);
    if (at < end && parser->bytes[at] == '[') {
        uint32_t start = ++at;
        while (at < end && parser->bytes[at] != ']' &&
               !shell_byte_is(parser->bytes[at], BYTE_ENDS_WORD))
            at++;
        if (at >= end || parser->bytes[at] != ']')
            return 0;
        ret->index = str_make(parser->bytes + start, at - start);
        at++;
    }
    if (at < end && parser->bytes[at] == '+') {
        ret->append = true;
        at++;
    }
    return at < end && parser->bytes[at] == '=' ? at + 1 - from : 0;
}

bool shell_split_assignment(struct shell_parser *parser, const struct shell_word *word,
                            struct shell_assignment *ret_assignment)
{
    size_t equals = str_find_char(word->value, '=');
    str name = str_sub(word->value, 0, equals);
    if (equals == STR_NONE || equals == 0 || !shell_byte_is(name.ptr[0], BYTE_NAME_START))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!shell_byte_is(name.ptr[i], BYTE_NAME))
            return false;
    /* What stands before = hardly ever has quotes: then it is as long as in the value. */
    uint32_t skip = str_starts(word->raw, name) ? (uint32_t)equals + 1 : 0;
    *ret_assignment = (struct shell_assignment){
        .name = name,
        .value = *word,
        .span = word->span,
    };
    struct shell_word *value = &ret_assignment->value;
    value->from += skip;
    value->raw = str_from_index(word->raw, skip);
    value->value = str_from_index(word->value, equals + 1);
    if (skip)
        value->span = shell_parser_span(parser, value->from, value->to);
    return true;
}

static void read_array(struct shell_parser *parser, struct shell_assignment *assignment)
{
    size_t count = parser->words.count;
    struct shell_word *value = &assignment->value;
    shell_read_array(parser, NULL);
    assignment->array = true;
    assignment->values = shell_pop_words(parser, count);
    value->to = parser->at;
    value->raw = value->value = str_make(parser->bytes + value->from, value->to - value->from);
    value->span = shell_parser_span(parser, value->from, value->to);
}

static bool read_assignment(struct shell_parser *parser, struct shell_command *command)
{
    struct shell_assignment assignment = {0};
    uint32_t from = parser->at;
    uint32_t length = assignment_length(parser, from, parser->end, &assignment);
    if (!length)
        return false;
    parser->at += length;
    assignment.value.from = assignment.value.to = parser->at;
    assignment.value.literal = true;
    if (shell_peek(parser, 0) == '(') {
        read_array(parser, &assignment);
    } else if (!shell_read_word(parser, WORD_PLAIN, &assignment.value)) {
        assignment.value = (struct shell_word){.from = parser->at, .to = parser->at};
        assignment.value.literal = true;
        assignment.value.span = shell_parser_span(parser, parser->at, parser->at);
    }
    assignment.span = shell_parser_span(parser, from, parser->at);
    *vec_push(parser->arena, &command->assignments) = assignment;
    return true;
}

static bool at_function_parentheses(const struct shell_parser *parser)
{
    uint32_t at = parser->at + 1;
    if (shell_peek(parser, 0) != '(')
        return false;
    while (at < parser->end && shell_byte_is(parser->bytes[at], BYTE_BLANK))
        at++;
    return at < parser->end && parser->bytes[at] == ')';
}

static bool ends_command(const struct shell_parser *parser)
{
    if (shell_at_end(parser))
        return true;
    char c = parser->bytes[parser->at];
    return c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')';
}

/* Takes back the command: it turned out to be the name of a function. */
static struct shell_node *turn_into_function(struct shell_parser *parser,
                                             struct shell_command *command, uint32_t from)
{
    struct shell_words name = shell_pop_words(parser, parser->words.count - 1);
    if (command->index + 1 == parser->script->commands.count)
        parser->script->commands.count--;
    struct shell_node *node = shell_read_function(parser, from, false);
    node->words = name;
    return node;
}

static void finish(struct shell_parser *parser, struct shell_command *command, size_t count,
                   uint32_t to)
{
    command->words = shell_pop_words(parser, count);
    shell_find_flags_end(command);
    command->to = to;
    command->span = shell_parser_span(parser, command->from, to);
    command->node->to = to;
    command->node->span = command->span;
    if (command->words.count)
        shell_unwrap(parser, command);
}

struct shell_node *shell_read_simple(struct shell_parser *parser)
{
    if (parser->script->commands.count >= LIMIT_SHELL_COMMANDS) {
        shell_problem(parser, parser->at, parser->end, "too many commands: the rest is not read");
        parser->at = parser->end;
        return NULL;
    }
    uint32_t from = parser->at, to = from;
    size_t count = parser->words.count;
    struct shell_node *node = shell_make_node(parser, SHELL_COMMAND, from);
    struct shell_node *holder = parser->holder;
    struct shell_command *command = shell_make_command(parser, from);
    node->command = command;
    command->node = node;
    parser->holder = node;
    for (;; to = parser->at) {
        struct shell_word word;
        shell_skip_blanks(parser);
        if (shell_at_redirection(parser)) {
            shell_read_redirection(parser, &command->redirections, command);
            continue;
        }
        if (parser->words.count == count + 1 && at_function_parentheses(parser) &&
            !command->assignments.count && !command->redirections.count) {
            parser->holder = holder;
            return turn_into_function(parser, command, from);
        }
        if (parser->words.count == count && read_assignment(parser, command))
            continue;
        if (!shell_read_word(parser, WORD_PLAIN, &word))
            break;
        *vec_push(parser->arena, &parser->words) = word;
    }
    parser->holder = holder;
    if (to == from) { /* nothing stands here */
        if (command->index + 1 == parser->script->commands.count)
            parser->script->commands.count--;
        return NULL;
    }
    if (!ends_command(parser))
        shell_problem(parser, parser->at, parser->at + 1, "this has no place here");
    finish(parser, command, count, to);
    return node;
}

struct shell_node *shell_read_command(struct shell_parser *parser)
{
    shell_skip_blanks(parser);
    uint32_t length;
    char c = shell_peek(parser, 0);
    if (shell_at_end(parser) || shell_peek_stop(parser, &length))
        return NULL;
    if (c == '(')
        return shell_read_parentheses(parser);
    str reserved = shell_peek_reserved(parser);
    if (reserved.len && !str_eq(reserved, STR("!")) && !str_eq(reserved, STR("time")) &&
        !str_eq(reserved, STR("}")))
        return shell_read_compound(parser, reserved);
    return shell_read_simple(parser);
}
