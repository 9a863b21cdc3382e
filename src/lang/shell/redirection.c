// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include <string.h>

/* Length of what may stand before the operator: a number, or {name}. */
static uint32_t prefix_length(const struct shell_parser *parser)
{
    uint32_t length = 0;
    char c = shell_peek(parser, 0);
    if (c >= '0' && c <= '9') {
        while (length < 9 && shell_peek(parser, length) >= '0' && shell_peek(parser, length) <= '9')
            length++;
    } else if (c == '{') {
        uint32_t name = shell_name_length(parser, parser->at + 1);
        length = name && shell_peek(parser, name + 1) == '}' ? name + 2 : 0;
    }
    return length;
}

bool shell_at_redirection(const struct shell_parser *parser)
{
    char c = shell_peek(parser, 0);
    if (c == '&')
        return shell_peek(parser, 1) == '>';
    if (c == '<' || c == '>')
        return shell_peek(parser, 1) != '(';
    if (c != '{' && !(c >= '0' && c <= '9'))
        return false;
    uint32_t prefix = prefix_length(parser);
    c = shell_peek(parser, prefix);
    return prefix && (c == '<' || c == '>');
}

static const struct {
    const char *operator;
    enum shell_redirection_kind kind;
    int fd;
} operators[] = {
    /* Longer ones first. */
    {"<<<", SHELL_HERESTRING, 0}, {"<<-", SHELL_HEREDOC, 0},   {"<<", SHELL_HEREDOC, 0},
    {"<>", SHELL_READ_WRITE, 0},  {"<&", SHELL_READ_FROM, 0},  {"<", SHELL_READ, 0},
    {"&>>", SHELL_WRITE_BOTH, 1}, {"&>", SHELL_WRITE_BOTH, 1}, {">>", SHELL_APPEND, 1},
    {">|", SHELL_WRITE, 1},       {">&", SHELL_WRITE_TO, 1},   {">", SHELL_WRITE, 1},
};

static size_t find_operator(const struct shell_parser *parser)
{
    str rest = str_make(parser->bytes + parser->at, parser->end - parser->at);
    size_t i = 0;
    while (i + 1 < sizeof(operators) / sizeof(operators[0]) &&
           !str_starts(rest, str_from(operators[i].operator)))
        i++;
    return i;
}

static void add_heredoc(struct shell_parser *parser, struct shell_redirection *redirection,
                        bool strip_tabs, struct shell_command *command)
{
    struct shell_heredoc *heredoc = arena_new(parser->arena, struct shell_heredoc);
    /* A dollar sign means nothing in a delimiter. */
    struct shell_word plain = redirection->target;
    plain.expansions = NULL;
    heredoc->delimiter = shell_word_value(parser, &plain, NULL);
    heredoc->quoted = redirection->target.quoted;
    heredoc->strip_tabs = strip_tabs;
    redirection->heredoc = heredoc;
    *vec_push(parser->arena, &parser->pending) = (struct shell_pending){heredoc, command};
}

void shell_read_redirection(struct shell_parser *parser, struct shell_redirections *redirections,
                            struct shell_command *command)
{
    uint32_t from = parser->at, prefix = prefix_length(parser);
    struct shell_redirection redirection = {0};
    str before = str_make(parser->bytes + from, prefix);
    uint64_t number;
    parser->at += prefix;
    size_t found = find_operator(parser);
    const char *operator= operators[found].operator;
    redirection.kind = operators[found].kind;
    redirection.fd = operators[found].fd;
    redirection.append = str_eq(str_from(operator), STR("&>>"));
    if (str_to_u64(before, INT32_MAX, &number))
        redirection.fd = (int)number;
    else if (prefix)
        redirection.variable = str_sub(before, 1, prefix - 2);
    parser->at += (uint32_t)strlen(operator);
    shell_skip_blanks(parser);
    if (!shell_read_word(parser, WORD_PLAIN, &redirection.target))
        shell_problem(parser, from, parser->at, "this redirection has no target");
    else if (redirection.kind == SHELL_HEREDOC)
        add_heredoc(parser, &redirection, operator[2] == '-', command);
    redirection.span = shell_parser_span(parser, from, parser->at);
    *vec_push(parser->arena, redirections) = redirection;
}

/* ---- bodies ---- */

static str take_line(struct shell_parser *parser)
{
    const char *start = parser->bytes + parser->at;
    const char *newline = memchr(start, '\n', parser->end - parser->at);
    uint32_t length = newline ? (uint32_t)(newline - start) : parser->end - parser->at;
    parser->at += length + (newline != NULL);
    if (length && start[length - 1] == '\r')
        length--;
    return str_make(start, length);
}

static str without_tabs(str line)
{
    while (line.len && line.ptr[0] == '\t')
        line = str_from_index(line, 1);
    return line;
}

static str strip(struct shell_parser *parser, str body)
{
    char *out = arena_array(parser->arena, char, body.len);
    size_t length = 0;
    bool at_start = true;
    for (size_t i = 0; i < body.len; i++) {
        if (at_start && body.ptr[i] == '\t')
            continue;
        at_start = body.ptr[i] == '\n';
        out[length++] = body.ptr[i];
    }
    return str_make(out, length);
}

static void read_body(struct shell_parser *parser, struct shell_heredoc *heredoc)
{
    heredoc->from = heredoc->to = parser->at;
    while (!shell_at_end(parser) && !heredoc->closed) {
        heredoc->to = parser->at;
        str line = take_line(parser);
        heredoc->closed =
            str_eq(heredoc->strip_tabs ? without_tabs(line) : line, heredoc->delimiter);
    }
    if (!heredoc->closed)
        heredoc->to = parser->at;
    heredoc->span = shell_parser_span(parser, heredoc->from, heredoc->to);
    str body = str_make(parser->bytes + heredoc->from, heredoc->to - heredoc->from);
    heredoc->body = heredoc->strip_tabs ? strip(parser, body) : body;
}

void shell_read_heredocs(struct shell_parser *parser)
{
    size_t count = parser->pending.count;
    struct shell_pending *pending =
        arena_copy(parser->arena, parser->pending.items, count * sizeof(*pending));
    parser->pending.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct shell_heredoc *heredoc = pending[i].heredoc;
        uint32_t from = parser->at;
        read_body(parser, heredoc);
        if (!heredoc->closed)
            shell_problem(parser, from, from, "a heredoc is not closed by its delimiter");
        uint32_t behind = parser->at;
        if (!heredoc->quoted && shell_enter(parser)) {
            struct shell_sink sink = {&heredoc->expansions};
            struct shell_node *holder = parser->holder;
            if (pending[i].command)
                parser->holder = pending[i].command->node;
            parser->at = heredoc->from;
            shell_read_expansions(parser, heredoc->to, &sink);
            parser->holder = holder;
            shell_leave(parser);
        }
        if (pending[i].command)
            shell_unwrap_heredoc(parser, pending[i].command, heredoc);
        parser->at = behind;
    }
}
