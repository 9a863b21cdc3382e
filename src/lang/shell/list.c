// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

struct shell_node *shell_make_node(struct shell_parser *parser, enum shell_node_kind kind,
                                   uint32_t from)
{
    struct shell_node *node = arena_new(parser->arena, struct shell_node);
    node->kind = kind;
    node->from = from;
    node->parent = parser->holder;
    return node;
}

void shell_end_node(struct shell_parser *parser, struct shell_node *node)
{
    node->to = parser->at > node->from ? parser->at : node->from;
    while (node->to > node->from && shell_byte_is(parser->bytes[node->to - 1], BYTE_BLANK))
        node->to--;
    node->span = shell_parser_span(parser, node->from, node->to);
}

void shell_add_child(struct shell_node *parent, struct shell_node *child)
{
    child->parent = parent;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

/* A node over members that are read: around the first, which is known to have company. */
static struct shell_node *wrap(struct shell_parser *parser, enum shell_node_kind kind,
                               struct shell_node *first)
{
    struct shell_node *node = shell_make_node(parser, kind, first->from);
    shell_add_child(node, first);
    return node;
}

static bool at_pipe(const struct shell_parser *parser)
{
    return shell_peek(parser, 0) == '|' && shell_peek(parser, 1) != '|';
}

/* `time`, but not the program of that name, which has other options. */
static bool take_time(struct shell_parser *parser)
{
    uint32_t start = parser->at;
    if (!shell_take_reserved(parser, "time"))
        return false;
    shell_skip_blanks(parser);
    if (shell_peek(parser, 0) == '-' && shell_peek(parser, 1) == 'p' &&
        shell_byte_is(shell_peek(parser, 2), BYTE_BLANK)) {
        parser->at += 2;
        shell_skip_blanks(parser);
    }
    if (shell_peek(parser, 0) != '-')
        return true;
    parser->at = start;
    return false;
}

/* Also right before a subshell. */
static bool take_negation(struct shell_parser *parser)
{
    if (shell_peek(parser, 0) == '!' && shell_peek(parser, 1) == '(') {
        parser->at++;
        return true;
    }
    return shell_take_reserved(parser, "!");
}

static struct shell_node *read_pipe(struct shell_parser *parser, struct shell_node *first)
{
    struct shell_node *node = wrap(parser, SHELL_PIPELINE, first);
    while (at_pipe(parser)) {
        uint32_t from = parser->at;
        bool both = shell_peek(parser, 1) == '&';
        node->last->joint = both ? SHELL_PIPE_BOTH : SHELL_PIPE;
        parser->at += both ? 2 : 1;
        shell_skip_newlines(parser);
        struct shell_node *member = shell_read_command(parser);
        if (!member) {
            shell_problem(parser, from, from + 1, "no command follows this pipe");
            break;
        }
        shell_add_child(node, member);
        shell_skip_blanks(parser);
    }
    return node;
}

static struct shell_node *read_pipeline(struct shell_parser *parser)
{
    uint32_t from = parser->at;
    bool negated = false, timed = false, prefixed = false;
    for (;;) {
        if (take_negation(parser))
            negated = !negated;
        else if (take_time(parser))
            timed = true;
        else
            break;
        prefixed = true;
        shell_skip_blanks(parser);
    }
    struct shell_node *node = shell_read_command(parser);
    if (!node) {
        if (negated)
            shell_problem(parser, from, from + 1, "no command follows this !");
        if (!prefixed)
            return NULL;
        node = shell_make_node(parser, SHELL_LIST, parser->at);
        shell_end_node(parser, node);
    }
    shell_skip_blanks(parser);
    if (at_pipe(parser))
        node = read_pipe(parser, node);
    else if (prefixed)
        node = wrap(parser, SHELL_PIPELINE, node);
    else
        return node;
    node->from = from;
    node->negated = negated;
    node->timed = timed;
    shell_end_node(parser, node);
    return node;
}

static bool at_and_or(const struct shell_parser *parser)
{
    char c = shell_peek(parser, 0);
    return (c == '&' || c == '|') && shell_peek(parser, 1) == c;
}

static struct shell_node *read_and_or(struct shell_parser *parser)
{
    struct shell_node *node = read_pipeline(parser);
    if (!node || !at_and_or(parser))
        return node;
    node = wrap(parser, SHELL_AND_OR, node);
    while (at_and_or(parser)) {
        uint32_t from = parser->at;
        node->last->joint = shell_peek(parser, 0) == '&' ? SHELL_AND : SHELL_OR;
        parser->at += 2;
        shell_skip_newlines(parser);
        struct shell_node *member = read_pipeline(parser);
        if (!member) {
            shell_problem(parser, from, from + 2, "no command follows this");
            break;
        }
        shell_add_child(node, member);
        shell_skip_blanks(parser);
    }
    shell_end_node(parser, node);
    return node;
}

static enum shell_operator read_separator(struct shell_parser *parser)
{
    uint32_t length;
    char c = shell_peek(parser, 0);
    if (shell_at_end(parser) || shell_peek_stop(parser, &length))
        return SHELL_END;
    if (c == '\n') {
        shell_take_newline(parser);
        return SHELL_NEWLINE;
    }
    if (c != ';' && c != '&')
        return SHELL_END;
    parser->at++;
    return c == ';' ? SHELL_SEMICOLON : SHELL_BACKGROUND;
}

/* Something stands here that begins no command. Goes on behind it. */
static void skip_stray(struct shell_parser *parser, uint32_t length)
{
    shell_problem(parser, parser->at, parser->at + length, "this has no place here");
    parser->at += length < parser->end - parser->at ? length : parser->end - parser->at;
}

struct shell_node *shell_read_list(struct shell_parser *parser, unsigned stops)
{
    struct shell_node *list = shell_make_node(parser, SHELL_LIST, parser->at);
    unsigned around = parser->stops;
    parser->stops |= stops;
    bool joined = true; /* what stands before is complete */
    for (;;) {
        uint32_t length = 1;
        shell_skip_newlines(parser);
        if (shell_at_end(parser))
            break;
        unsigned stop = shell_peek_stop(parser, &length);
        if (stop & parser->stops)
            break;
        if (!joined && !stop)
            shell_problem(parser, parser->at, parser->at + 1, "an operator is missing before this");
        if (stop) {
            skip_stray(parser, length);
            continue;
        }
        struct shell_node *member = read_and_or(parser);
        if (!member) {
            skip_stray(parser, at_and_or(parser) ? 2 : 1);
            joined = true;
            continue;
        }
        shell_add_child(list, member);
        member->joint = read_separator(parser);
        joined = member->joint != SHELL_END;
    }
    parser->stops = around;
    shell_end_node(parser, list);
    return list;
}

struct shell_node *shell_read_part(struct shell_parser *parser, uint32_t end)
{
    uint32_t whole = parser->end;
    unsigned stops = parser->stops;
    parser->end = end;
    parser->stops = STOP_NOTHING;
    struct shell_node *list = shell_read_list(parser, STOP_NOTHING);
    if (parser->pending.count)
        shell_read_heredocs(parser); /* their bodies are missing */
    parser->stops = stops;
    parser->end = whole;
    return list;
}
