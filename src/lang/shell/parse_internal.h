// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_LANG_SHELL_PARSE_INTERNAL_H
#define HARDEN_LANG_SHELL_PARSE_INTERNAL_H

#include "model/shell.h"

/* The parser's own: recursive descent over bytes, without tokens in between. */

/* What ends a list, for whoever waits for it. Within parentheses only `)` can end something. */
enum shell_stop {
    STOP_NOTHING = 0,
    STOP_PAREN = 1 << 0, /* ) */
    STOP_BRACE = 1 << 1, /* } */
    STOP_THEN = 1 << 2,
    STOP_ELIF = 1 << 3,
    STOP_ELSE = 1 << 4,
    STOP_FI = 1 << 5,
    STOP_DO = 1 << 6,
    STOP_DONE = 1 << 7,
    STOP_ESAC = 1 << 8,
    STOP_ITEM = 1 << 9, /* ;; ;& ;;& */
};

/* A heredoc whose body has not come yet. */
struct shell_pending {
    struct shell_heredoc *heredoc;
    struct shell_command *command; /* NULL: of a compound command */
};

struct shell_parser {
    struct arena *arena;
    struct shell_script *script;
    const struct mapped_text *text; /* of the script, or of a part that is read on its own */
    const char *bytes;
    uint32_t at, end;
    size_t piece;              /* of the text, that was asked for last */
    unsigned stops;            /* what may end the list that is being read, and those around it */
    uint32_t level;            /* of recursion */
    uint32_t depth;            /* of what commands stand in, as told in struct shell_command */
    uint32_t wraps;            /* wrappers around wrappers */
    uint64_t look_ahead;       /* bytes that may still be read ahead, so that time stays linear */
    struct shell_node *holder; /* what expansions stand in */
    const struct shell_command *wrapper; /* whose text is being read */
    bool known_bodies; /* substitutions in the text were read before: sh -c "$(a)" */
    const struct mapped_text *arguments; /* of a command in exec form; and its words */
    const struct shell_word *argument_words;
    struct shell_words words; /* a stack: of constructs that are not complete yet */
    VEC(struct shell_pending) pending;
};

/* ---- lexing (lex.c) ---- */

enum {
    BYTE_ENDS_WORD = 1 << 0, /* blanks, newline, ; & | < > ( ) */
    BYTE_SPECIAL = 1 << 1,   /* within a word: quotes, expansions, patterns */
    BYTE_IN_QUOTES = 1 << 2, /* special within double quotes */
    BYTE_NAME_START = 1 << 3,
    BYTE_NAME = 1 << 4,
    BYTE_BLANK = 1 << 5,
    BYTE_LOWER = 1 << 6,
};
extern const uint8_t shell_bytes[256];

static inline bool shell_byte_is(char c, unsigned class)
{
    return shell_bytes[(unsigned char)c] & class;
}
/* The byte at an offset from here; 0 past the end. */
static inline char shell_peek(const struct shell_parser *parser, uint32_t ahead)
{
    return ahead < parser->end - parser->at ? parser->bytes[parser->at + ahead] : '\0';
}
static inline bool shell_at_end(const struct shell_parser *parser)
{
    return parser->at >= parser->end;
}

void shell_skip_blanks(struct shell_parser *parser);   /* continuations and a comment too */
void shell_skip_newlines(struct shell_parser *parser); /* and blanks; heredocs are read */
/* Consumes a newline, and the heredocs whose bodies begin behind it. */
void shell_take_newline(struct shell_parser *parser);
/* The reserved word or brace that stands here, if one does. */
str shell_peek_reserved(const struct shell_parser *parser);
bool shell_take_reserved(struct shell_parser *parser, const char *word);
/* What ends a list and stands here: one bit of enum shell_stop, or 0. */
unsigned shell_peek_stop(const struct shell_parser *parser, uint32_t *ret_len);
/* Length of a name (letters, digits, _) that begins here. */
uint32_t shell_name_length(const struct shell_parser *parser, uint32_t at);

void shell_problem(struct shell_parser *parser, uint32_t from, uint32_t to, const char *message);
struct span shell_parser_span(struct shell_parser *parser, uint32_t from, uint32_t to);
/* Whether there is room for one more construct in constructs; else a problem, and at the end. */
bool shell_enter(struct shell_parser *parser);
void shell_leave(struct shell_parser *parser);

/* ---- words (word.c, expansion.c, value.c) ---- */

enum shell_word_mode {
    WORD_PLAIN,
    WORD_REGEX, /* right of =~: parentheses and | belong to it */
};
/* Reads a word that begins here; false (nothing read) where none does. */
bool shell_read_word(struct shell_parser *parser, enum shell_word_mode mode,
                     struct shell_word *ret_word);
/* The part of a word from here to the end of the word, as the value of an assignment. */
void shell_read_value(struct shell_parser *parser, struct shell_assignment *assignment);
/* The elements of an array, from ( to ); words go to the stack. */
void shell_read_array(struct shell_parser *parser, struct shell_word *word);

/* At $ or `: reads what stands there, or just the $; expansions are added to the word. */
struct shell_sink {
    struct shell_expansion **tail;
};
bool shell_read_expansion(struct shell_parser *parser, bool quoted, struct shell_sink *sink);
void shell_read_double_quotes(struct shell_parser *parser, struct shell_sink *sink);
void shell_read_single_quotes(struct shell_parser *parser);
/* At $': to behind its end. */
void shell_read_dollar_quotes(struct shell_parser *parser);
/* Expansions in text that is no word: the body of a heredoc, a sum. Reads up to `end`. */
void shell_read_expansions(struct shell_parser *parser, uint32_t end, struct shell_sink *sink);
/* Whether `((` with its first byte at `at` is a sum, that ends before the offset of "))". */
bool shell_find_sum(struct shell_parser *parser, uint32_t at, uint32_t *ret_end);

/* The word's value; with a mapped text, the place of each byte of it too (offsets in the file). */
str shell_word_value(struct shell_parser *parser, const struct shell_word *word,
                     struct mapped_text *mapped);

/* Words that were pushed on the stack since `count` was its size, as a list of their own. */
struct shell_words shell_pop_words(struct shell_parser *parser, size_t count);

/* ---- commands (list.c, compound.c, simple.c, redirection.c, wrapper.c) ---- */

struct shell_node *shell_make_node(struct shell_parser *parser, enum shell_node_kind kind,
                                   uint32_t from);
void shell_end_node(struct shell_parser *parser, struct shell_node *node);
void shell_add_child(struct shell_node *parent, struct shell_node *child);

/* For a text that stands in what `parser` reads. */
struct shell_parser shell_inner_parser(const struct shell_parser *parser,
                                       const struct mapped_text *text);
/* Up to what ends it (not consumed): one of `stops`, what is waited for further out, or the end. */
struct shell_node *shell_read_list(struct shell_parser *parser, unsigned stops);
/* A part of the text as a script of its own, to behind its last byte. */
struct shell_node *shell_read_part(struct shell_parser *parser, uint32_t end);
/* NULL where no command begins. */
struct shell_node *shell_read_command(struct shell_parser *parser);
struct shell_node *shell_read_compound(struct shell_parser *parser, str reserved);
struct shell_node *shell_read_parentheses(struct shell_parser *parser);
struct shell_node *shell_read_function(struct shell_parser *parser, uint32_t from, bool keyword);
struct shell_node *shell_read_simple(struct shell_parser *parser);

bool shell_at_redirection(const struct shell_parser *parser);
void shell_read_redirection(struct shell_parser *parser, struct shell_redirections *redirections,
                            struct shell_command *command);
void shell_read_heredocs(struct shell_parser *parser);

struct shell_command *shell_make_command(struct shell_parser *parser, uint32_t from);
void shell_find_flags_end(struct shell_command *command);
bool shell_split_assignment(struct shell_parser *parser, const struct shell_word *word,
                            struct shell_assignment *ret_assignment);
/* What the command runs for another, as commands of their own. */
void shell_unwrap(struct shell_parser *parser, struct shell_command *command);
/* The body of a heredoc that a shell reads as its script. */
void shell_unwrap_heredoc(struct shell_parser *parser, struct shell_command *command,
                          const struct shell_heredoc *heredoc);
/* A text as a script of its own, run by that command. */
void shell_read_string(struct shell_parser *parser, struct shell_command *wrapper,
                       const struct mapped_text *text, bool known_bodies);

#endif
