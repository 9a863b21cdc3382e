// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include <string.h>

static void read_redirections(struct shell_parser *parser, struct shell_node *node)
{
    for (;;) {
        shell_skip_blanks(parser);
        if (!shell_at_redirection(parser))
            return;
        shell_read_redirection(parser, &node->redirections, NULL);
    }
}

/* What ends the construct that began at `from`; without it, the construct ends here. */
static void expect(struct shell_parser *parser, const char *word, uint32_t from, uint32_t length,
                   const char *problem)
{
    if (!shell_take_reserved(parser, word))
        shell_problem(parser, from, from + length, problem);
}

static void read_if(struct shell_parser *parser, struct shell_node *node)
{
    uint32_t from = parser->at;
    parser->at += 2;
    for (;;) {
        shell_add_child(node, shell_read_list(parser, STOP_THEN | STOP_ELSE | STOP_ELIF | STOP_FI));
        expect(parser, "then", from, 2, "this `if` has no `then`");
        shell_add_child(node, shell_read_list(parser, STOP_ELIF | STOP_ELSE | STOP_FI));
        if (!shell_take_reserved(parser, "elif"))
            break;
    }
    if (shell_take_reserved(parser, "else"))
        shell_add_child(node, shell_read_list(parser, STOP_FI));
    expect(parser, "fi", from, 2, "this `if` has no `fi`");
}

/* do list done, or the braces that bash takes too. */
static void read_loop_body(struct shell_parser *parser, struct shell_node *node, uint32_t from,
                           uint32_t length)
{
    shell_skip_newlines(parser);
    if (shell_take_reserved(parser, "{")) {
        shell_add_child(node, shell_read_list(parser, STOP_BRACE));
        expect(parser, "}", from, length, "this loop has no `}`");
        return;
    }
    expect(parser, "do", from, length, "this loop has no `do`");
    shell_add_child(node, shell_read_list(parser, STOP_DONE));
    expect(parser, "done", from, length, "this loop has no `done`");
}

static void read_while(struct shell_parser *parser, struct shell_node *node)
{
    uint32_t from = parser->at;
    parser->at += 5;
    shell_add_child(node, shell_read_list(parser, STOP_DO | STOP_DONE));
    read_loop_body(parser, node, from, 5);
}

static void push_word(struct shell_parser *parser, struct shell_word word)
{
    *vec_push(parser->arena, &parser->words) = word;
}

/* ((...)) where it is one; its expansions become those of a word. */
static bool read_sum(struct shell_parser *parser, struct shell_node *node)
{
    uint32_t to;
    if (shell_peek(parser, 0) != '(' || shell_peek(parser, 1) != '(' ||
        !shell_find_sum(parser, parser->at, &to))
        return false;
    struct shell_word word = {.from = parser->at};
    struct shell_sink sink = {&word.expansions};
    size_t count = parser->words.count;
    struct shell_node *holder = parser->holder;
    parser->holder = node;
    parser->at += 2;
    shell_read_expansions(parser, to, &sink);
    parser->holder = holder;
    parser->at = to + 2;
    word.to = parser->at;
    word.raw = word.value = str_make(parser->bytes + word.from, word.to - word.from);
    word.span = shell_parser_span(parser, word.from, word.to);
    push_word(parser, word);
    node->words = shell_pop_words(parser, count);
    return true;
}

static void read_words(struct shell_parser *parser)
{
    for (;;) {
        struct shell_word word;
        shell_skip_blanks(parser);
        if (!shell_read_word(parser, WORD_PLAIN, &word))
            return;
        push_word(parser, word);
    }
}

static void read_for(struct shell_parser *parser, struct shell_node *node, uint32_t length)
{
    uint32_t from = parser->at;
    size_t count = parser->words.count;
    struct shell_word word;
    parser->at += length;
    shell_skip_blanks(parser);
    if (read_sum(parser, node)) {
        node->kind = SHELL_FOR_SUM;
        shell_skip_blanks(parser);
        if (shell_peek(parser, 0) == ';')
            parser->at++;
        read_loop_body(parser, node, from, length);
        return;
    }
    if (shell_read_word(parser, WORD_PLAIN, &word))
        push_word(parser, word);
    else
        shell_problem(parser, from, from + length, "this loop has no variable");
    shell_skip_newlines(parser);
    if (shell_peek(parser, 0) == 'i' && shell_peek(parser, 1) == 'n' &&
        (parser->end - parser->at == 2 || shell_byte_is(shell_peek(parser, 2), BYTE_ENDS_WORD))) {
        parser->at += 2;
        struct shell_node *holder = parser->holder;
        parser->holder = node;
        read_words(parser);
        parser->holder = holder;
    }
    node->words = shell_pop_words(parser, count);
    shell_skip_blanks(parser);
    if (shell_peek(parser, 0) == ';' && shell_peek(parser, 1) != ';')
        parser->at++;
    read_loop_body(parser, node, from, length);
}

static struct shell_node *read_case_item(struct shell_parser *parser)
{
    struct shell_node *item = shell_make_node(parser, SHELL_CASE_ITEM, parser->at);
    size_t count = parser->words.count;
    uint32_t length;
    if (shell_peek(parser, 0) == '(')
        parser->at++;
    for (;;) {
        struct shell_word word;
        shell_skip_blanks(parser);
        if (!shell_read_word(parser, WORD_PLAIN, &word))
            break;
        push_word(parser, word);
        shell_skip_blanks(parser);
        if (shell_peek(parser, 0) != '|')
            break;
        parser->at++;
    }
    item->words = shell_pop_words(parser, count);
    if (shell_peek(parser, 0) == ')') {
        parser->at++;
    } else {
        shell_problem(parser, item->from, item->from + 1, "this pattern has no `)`");
        if (!item->words.count) /* nothing was read: it must not be tried again */
            parser->at += !shell_at_end(parser);
    }
    shell_add_child(item, shell_read_list(parser, STOP_ITEM | STOP_ESAC));
    if (shell_peek_stop(parser, &length) == STOP_ITEM)
        parser->at += length;
    shell_end_node(parser, item);
    return item;
}

static void read_case(struct shell_parser *parser, struct shell_node *node)
{
    uint32_t from = parser->at;
    size_t count = parser->words.count;
    struct shell_word word;
    parser->at += 4;
    shell_skip_blanks(parser);
    if (shell_read_word(parser, WORD_PLAIN, &word))
        push_word(parser, word);
    node->words = shell_pop_words(parser, count);
    shell_skip_newlines(parser);
    if (shell_peek(parser, 0) == 'i' && shell_peek(parser, 1) == 'n')
        parser->at += 2;
    else
        shell_problem(parser, from, from + 4, "this `case` has no `in`");
    for (;;) {
        uint32_t length;
        shell_skip_newlines(parser);
        /* A pattern may be `done`, but not `esac`, and a parenthesis may close what is around. */
        unsigned ends = STOP_ESAC | STOP_ITEM | (parser->stops & STOP_PAREN);
        if (shell_at_end(parser) || (shell_peek_stop(parser, &length) & ends))
            break;
        shell_add_child(node, read_case_item(parser));
    }
    expect(parser, "esac", from, 4, "this `case` has no `esac`");
}

/* [[ ... ]]: words, and operators as words. */
static void read_test(struct shell_parser *parser, struct shell_node *node)
{
    uint32_t from = parser->at;
    size_t count = parser->words.count;
    enum shell_word_mode mode = WORD_PLAIN;
    bool closed = false;
    parser->at += 2;
    for (;;) {
        struct shell_word word;
        shell_skip_newlines(parser);
        if (shell_at_end(parser))
            break;
        if (shell_read_word(parser, mode, &word)) {
            closed = str_eq(word.raw, STR("]]"));
            if (closed)
                break;
        } else {
            /* ( ) < > && ||; of ; and a single & the test is not closed. */
            char c = shell_peek(parser, 0);
            bool twice = (c == '&' || c == '|') && shell_peek(parser, 1) == c;
            if (c == ';' || ((c == '&' || c == '|') && !twice))
                break;
            uint32_t length = twice ? 2 : 1;
            word = (struct shell_word){.from = parser->at, .to = parser->at + length};
            word.raw = word.value = str_make(parser->bytes + parser->at, length);
            word.span = shell_parser_span(parser, word.from, word.to);
            word.literal = true;
            parser->at += length;
        }
        mode = str_eq(word.raw, STR("=~")) ? WORD_REGEX : WORD_PLAIN;
        push_word(parser, word);
    }
    node->words = shell_pop_words(parser, count);
    if (!closed)
        shell_problem(parser, from, from + 2, "this [[ has no ]]");
}

struct shell_node *shell_read_parentheses(struct shell_parser *parser)
{
    uint32_t from = parser->at;
    struct shell_node *node = shell_make_node(parser, SHELL_ARITHMETIC, from);
    if (!shell_enter(parser))
        return node;
    if (!read_sum(parser, node)) {
        unsigned stops = parser->stops;
        node->kind = SHELL_SUBSHELL;
        parser->stops = STOP_NOTHING;
        parser->at++;
        shell_add_child(node, shell_read_list(parser, STOP_PAREN));
        parser->stops = stops;
        if (shell_peek(parser, 0) == ')')
            parser->at++;
        else
            shell_problem(parser, from, from + 1, "the parenthesis that starts here is not closed");
    }
    read_redirections(parser, node);
    shell_end_node(parser, node);
    shell_leave(parser);
    return node;
}

/* At () behind the name, or at the body: the name is on the stack of words, if there is one. */
struct shell_node *shell_read_function(struct shell_parser *parser, uint32_t from, bool keyword)
{
    struct shell_node *node = shell_make_node(parser, SHELL_FUNCTION, from);
    node->keyword = keyword;
    shell_skip_blanks(parser);
    if (shell_peek(parser, 0) == '(') {
        parser->at++;
        shell_skip_blanks(parser);
        if (shell_peek(parser, 0) == ')')
            parser->at++;
    }
    shell_skip_newlines(parser);
    if (!shell_enter(parser))
        return node;
    parser->depth++;
    struct shell_node *body = shell_read_command(parser);
    parser->depth--;
    if (body)
        shell_add_child(node, body);
    else
        shell_problem(parser, from, from + 1, "this function has no body");
    shell_end_node(parser, node);
    shell_leave(parser);
    return node;
}

static struct shell_node *read_function_keyword(struct shell_parser *parser)
{
    uint32_t from = parser->at;
    size_t count = parser->words.count;
    struct shell_word word;
    parser->at += 8;
    shell_skip_blanks(parser);
    if (shell_read_word(parser, WORD_PLAIN, &word))
        push_word(parser, word);
    struct shell_words name = shell_pop_words(parser, count);
    struct shell_node *node = shell_read_function(parser, from, true);
    node->words = name;
    return node;
}

static struct shell_node *read_coprocess(struct shell_parser *parser)
{
    struct shell_node *node = shell_make_node(parser, SHELL_COPROCESS, parser->at);
    size_t count = parser->words.count;
    struct shell_word word;
    parser->at += 6;
    shell_skip_blanks(parser);
    uint32_t start = parser->at, name = shell_name_length(parser, start);
    if (name && !shell_peek_reserved(parser).len) {
        /* It has a name only before a compound command. */
        parser->at += name;
        shell_skip_blanks(parser);
        bool compound = shell_peek(parser, 0) == '(' || shell_peek_reserved(parser).len;
        parser->at = start;
        if (compound && shell_read_word(parser, WORD_PLAIN, &word))
            push_word(parser, word);
        shell_skip_blanks(parser);
    }
    node->words = shell_pop_words(parser, count);
    struct shell_node *body = shell_read_command(parser);
    if (body)
        shell_add_child(node, body);
    shell_end_node(parser, node);
    return node;
}

struct shell_node *shell_read_compound(struct shell_parser *parser, str reserved)
{
    uint32_t from = parser->at;
    char c = reserved.ptr[0];
    if (str_eq(reserved, STR("function")))
        return read_function_keyword(parser);
    struct shell_node *node = shell_make_node(parser, SHELL_GROUP, from);
    if (!shell_enter(parser))
        return node;
    bool counts = c != '{' && c != '[';
    parser->depth += counts;
    if (c == '{') {
        parser->at++;
        shell_add_child(node, shell_read_list(parser, STOP_BRACE));
        expect(parser, "}", from, 1, "the brace that starts here is not closed");
    } else if (c == '[') {
        node->kind = SHELL_TEST;
        struct shell_node *holder = parser->holder;
        parser->holder = node;
        read_test(parser, node);
        parser->holder = holder;
    } else if (c == 'i') {
        node->kind = SHELL_IF;
        read_if(parser, node);
    } else if (c == 'w' || c == 'u') {
        node->kind = c == 'w' ? SHELL_WHILE : SHELL_UNTIL;
        read_while(parser, node);
    } else if (c == 'f' || c == 's') {
        node->kind = c == 'f' ? SHELL_FOR : SHELL_SELECT;
        read_for(parser, node, c == 'f' ? 3 : 6);
    } else if (str_eq(reserved, STR("case"))) {
        node->kind = SHELL_CASE;
        read_case(parser, node);
    } else { /* coproc */
        node = read_coprocess(parser);
    }
    parser->depth -= counts;
    read_redirections(parser, node);
    shell_end_node(parser, node);
    shell_leave(parser);
    return node;
}
