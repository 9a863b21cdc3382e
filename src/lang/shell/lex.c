// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include "base/limits.h"

#include <string.h>

#define ENDS    BYTE_ENDS_WORD
#define BLANK   (BYTE_ENDS_WORD | BYTE_BLANK)
#define SPECIAL BYTE_SPECIAL
#define QUOTED  (BYTE_SPECIAL | BYTE_IN_QUOTES)
#define UPPER   (BYTE_NAME | BYTE_NAME_START)
#define LOWER   (BYTE_NAME | BYTE_NAME_START | BYTE_LOWER)

const uint8_t shell_bytes[256] = {
    [' '] = BLANK,
    ['\t'] = BLANK,
    ['\n'] = ENDS,
    [';'] = ENDS,
    ['&'] = ENDS,
    ['|'] = ENDS,
    ['<'] = ENDS,
    ['>'] = ENDS,
    ['('] = ENDS,
    [')'] = ENDS,
    ['\\'] = QUOTED,
    ['"'] = QUOTED,
    ['$'] = QUOTED,
    ['`'] = QUOTED,
    ['\''] = SPECIAL,
    ['*'] = SPECIAL,
    ['?'] = SPECIAL,
    ['['] = SPECIAL,
    ['{'] = SPECIAL,
    ['}'] = SPECIAL,
    ['~'] = SPECIAL,
    ['_'] = UPPER,
    ['0' ... '9'] = BYTE_NAME,
    ['A' ... 'Z'] = UPPER,
    ['a' ... 'z'] = LOWER,
};

void shell_problem(struct shell_parser *parser, uint32_t from, uint32_t to, const char *message)
{
    struct shell_problems *problems = &parser->script->problems;
    if (problems->count < LIMIT_SHELL_PROBLEMS)
        *vec_push(parser->arena, problems) = (struct shell_problem){
            .span = shell_parser_span(parser, from, to),
            .message = message,
        };
}

/* Most questions are about places near the last one: the pieces are not searched each time. */
static uint32_t offset_of(struct shell_parser *parser, uint32_t at)
{
    const struct text_piece *pieces = parser->text->pieces.items;
    size_t count = parser->text->pieces.count, i = parser->piece;
    if (count == 0)
        return at;
    if (pieces[i].at > at || (i + 1 < count && pieces[i + 1].at <= at)) {
        if (pieces[i].at <= at && (i + 2 >= count || pieces[i + 2].at > at))
            i++;
        else
            for (size_t high = count, low = 0; high - low > 1;) {
                size_t middle = low + (high - low) / 2;
                if (pieces[middle].at <= at)
                    low = middle;
                else
                    high = middle;
                i = low;
            }
        parser->piece = i;
    }
    return pieces[i].offset + (at - pieces[i].at);
}

struct span shell_parser_span(struct shell_parser *parser, uint32_t from, uint32_t to)
{
    uint32_t start = offset_of(parser, from);
    return (struct span){start, to > from ? offset_of(parser, to - 1) + 1 : start};
}

bool shell_enter(struct shell_parser *parser)
{
    if (parser->level >= LIMIT_SHELL_DEPTH) {
        shell_problem(parser, parser->at, parser->end,
                      "too many constructs in each other: the rest is not read");
        parser->at = parser->end;
        return false;
    }
    parser->level++;
    return true;
}

void shell_leave(struct shell_parser *parser)
{
    parser->level--;
}

static bool at_continuation(const struct shell_parser *parser)
{
    return shell_peek(parser, 0) == '\\' && shell_peek(parser, 1) == '\n';
}

void shell_skip_blanks(struct shell_parser *parser)
{
    while (!shell_at_end(parser)) {
        char c = parser->bytes[parser->at];
        if (shell_byte_is(c, BYTE_BLANK))
            parser->at++;
        else if (c == '\r' && (shell_peek(parser, 1) == '\n' || parser->at + 1 == parser->end))
            parser->at++; /* an editor of Windows was here */
        else if (at_continuation(parser))
            parser->at += 2;
        else
            break;
    }
    if (shell_peek(parser, 0) == '#') {
        const char *start = parser->bytes + parser->at;
        const char *newline = memchr(start, '\n', parser->end - parser->at);
        parser->at = newline ? parser->at + (uint32_t)(newline - start) : parser->end;
    }
}

void shell_take_newline(struct shell_parser *parser)
{
    parser->at++;
    if (parser->pending.count)
        shell_read_heredocs(parser);
}

void shell_skip_newlines(struct shell_parser *parser)
{
    for (;;) {
        shell_skip_blanks(parser);
        if (shell_peek(parser, 0) != '\n' || shell_at_end(parser))
            return;
        shell_take_newline(parser);
    }
}

uint32_t shell_name_length(const struct shell_parser *parser, uint32_t at)
{
    uint32_t i = at;
    if (i < parser->end && shell_byte_is(parser->bytes[i], BYTE_NAME_START))
        while (i < parser->end && shell_byte_is(parser->bytes[i], BYTE_NAME))
            i++;
    return i - at;
}

static bool word_ends_at(const struct shell_parser *parser, uint32_t at)
{
    if (at >= parser->end || shell_byte_is(parser->bytes[at], BYTE_ENDS_WORD))
        return true;
    return parser->bytes[at] == '\r' && (at + 1 == parser->end || parser->bytes[at + 1] == '\n');
}

static const char *const reserved_words[] = {
    "!",        "[[", "case",   "coproc", "do",   "done",  "elif",  "else", "esac", "fi", "for",
    "function", "if", "select", "then",   "time", "until", "while", "{",    "}",    NULL,
};

str shell_peek_reserved(const struct shell_parser *parser)
{
    static const char first_bytes[] = "![cdefistuw{}";
    char first = shell_peek(parser, 0);
    uint32_t length = 1;
    if (!first || !strchr(first_bytes, first))
        return (str){0};
    if (shell_byte_is(first, BYTE_LOWER))
        while (length < 9 && shell_byte_is(shell_peek(parser, length), BYTE_LOWER))
            length++;
    else if (first == '[' && shell_peek(parser, 1) == '[')
        length = 2;
    if (!word_ends_at(parser, parser->at + length))
        return (str){0};
    str word = str_make(parser->bytes + parser->at, length);
    for (const char *const *known = reserved_words; *known; known++)
        if ((*known)[0] == first && str_eq(word, str_from(*known)))
            return word;
    return (str){0};
}

bool shell_take_reserved(struct shell_parser *parser, const char *word)
{
    if (!str_eq(shell_peek_reserved(parser), str_from(word)))
        return false;
    parser->at += (uint32_t)strlen(word);
    return true;
}

unsigned shell_peek_stop(const struct shell_parser *parser, uint32_t *ret_len)
{
    static const struct {
        const char *word;
        unsigned stop;
    } stops[] = {
        {"}", STOP_BRACE}, {"then", STOP_THEN}, {"elif", STOP_ELIF}, {"else", STOP_ELSE},
        {"fi", STOP_FI},   {"do", STOP_DO},     {"done", STOP_DONE}, {"esac", STOP_ESAC},
    };
    char c = shell_peek(parser, 0);
    *ret_len = 1;
    if (c == ')')
        return STOP_PAREN;
    if (c == ';') {
        char next = shell_peek(parser, 1);
        if (next != ';' && next != '&')
            return 0;
        *ret_len = next == ';' && shell_peek(parser, 2) == '&' ? 3 : 2;
        return STOP_ITEM;
    }
    if (c != '}' && c != 't' && c != 'e' && c != 'f' && c != 'd')
        return 0;
    str word = shell_peek_reserved(parser);
    for (size_t i = 0; word.len && i < sizeof(stops) / sizeof(stops[0]); i++)
        if (str_eq(word, str_from(stops[i].word))) {
            *ret_len = (uint32_t)word.len;
            return stops[i].stop;
        }
    return 0;
}
