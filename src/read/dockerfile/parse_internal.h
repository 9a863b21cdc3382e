// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_DOCKERFILE_PARSE_INTERNAL_H
#define HARDEN_READ_DOCKERFILE_PARSE_INTERNAL_H

#include "base/buf.h"
#include "read/dockerfile/dockerfile.h"

#include <stdarg.h>

/* The parts of the parser, for one another. */
struct parser {
    struct arena *arena;
    struct dockerfile *file;
    str text;
    const struct build_options *options; /* never NULL */
    uint32_t at;                         /* the next byte to read */
    struct stage *stage;                 /* that instructions belong to; NULL: none yet */
    const struct stage_state *state;     /* before the next instruction */
    struct buf scratch;                  /* expansions are put together in it */
    size_t expansion_left, work_left;    /* what expansions of this file may still cost */

    /* Reused, so that lists are allocated once and in their true size. */
    struct dockerfile_word_list words;
    struct dockerfile_pair_list pairs;
    struct dockerfile_flag_list flags;
};

/* A copy of a list that is being collected in `from`, which is emptied. */
#define KEEP(parser, from)                                                                         \
    {                                                                                              \
        arena_copy((parser)->arena, (from)->items, (from)->count * sizeof(*(from)->items)),        \
            (from)->count, (from)->count                                                           \
    }

void problem(struct parser *parser, enum dockerfile_problem_kind kind, struct span span,
             struct instruction *instruction, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/* lines.c: the lines of one instruction, joined. */
struct logical_line {
    struct mapped_text text;
    uint32_t start, end; /* first byte behind leading blanks; behind the last line's text */
    uint32_t next;       /* the line behind it */
    struct span_list comments, blank_lines;
    bool too_long; /* a line of it is longer than BuildKit takes */
};
/* The end of the line that starts at `at`: *ret_next is the start of the one behind it, the value
 * where its text ends, without "\r\n". */
uint32_t line_end(str text, uint32_t at, uint32_t *ret_next);
bool is_blank(char c); /* white space as the frontend sees it */
uint32_t skip_blanks(str text, uint32_t at, uint32_t end);
struct logical_line logical_line_read(struct parser *parser, uint32_t at);
/* Bytes [from, to) of a text, with its places. */
struct mapped_text mapped_slice(struct arena *arena, const struct mapped_text *text, uint32_t from,
                                uint32_t to);

/* words.c: arguments to words. All append to the parser's lists. */
void words_by_blanks(struct parser *parser, const struct mapped_text *text);
/* Words that quotes hold together; false where a quote is not closed (it ends with the text). */
bool words_by_quotes(struct parser *parser, const struct mapped_text *text);
struct dockerfile_word word_at(const struct mapped_text *text, uint32_t from, uint32_t to);
enum json_form {
    JSON_FORM,
    JSON_NOT_STRINGS, /* valid JSON with something else than strings in it: refused */
    JSON_NO,          /* it does not begin with "[", or is no JSON: then a shell's text */
};
enum json_form words_by_json(struct parser *parser, const struct mapped_text *text);
/* --name=value words at the beginning; gives where the rest begins. */
uint32_t flags_split(struct parser *parser, const struct mapped_text *text);
/* Where a line or a body has heredoc openers ("<<EOF"): appended to instruction->heredocs. */
void heredocs_find(struct parser *parser, struct instruction *instruction);
/* "<<EOF" as a word of ADD and COPY. */
bool is_heredoc_word(str word);

/* expand.c */
/* Fills word->value: quotes off, variables replaced as `instruction` sees them. Appends to the
 * uses of it. word->raw points into `text`. */
void word_expand(struct parser *parser, struct instruction *instruction,
                 struct dockerfile_word *word, const struct mapped_text *text);
/* What an expanded word is worth when nobody gives an ARG: one without a default is empty then.
 * False: not even that is known. */
bool word_by_default(struct parser *parser, struct instruction *instruction,
                     const struct dockerfile_word *word, const struct mapped_text *text, str *ret);
/* Only the quotes. */
str unquoted(struct parser *parser, str raw);

enum instruction_kind kind_of(str name);
/* arguments.c: an instruction of a joined line, from its keyword on; stage and state are set. */
void instruction_parse(struct parser *parser, struct instruction *instruction,
                       const struct mapped_text *line);
/* Bodies of the heredocs whose openers are in the line; they begin at `at`. Gives the line behind
 * the last one. */
uint32_t heredocs_read(struct parser *parser, struct instruction *instruction, uint32_t at);

/* stage.c: what an instruction means for its stage and those behind it. */
void stage_apply(struct parser *parser, struct instruction *instruction);
/* Before it is parsed: which stage it belongs to, and what holds there. */
void stage_enter(struct parser *parser, struct instruction *instruction,
                 enum instruction_kind kind);
/* "# hadolint shell=bash": the shell of the base image, which nobody else tells, up to the next
 * FROM or SHELL. */
void stage_comment(struct parser *parser, str comment);
void stage_begin(struct parser *parser);  /* the state before the first instruction */
void stage_finish(struct parser *parser); /* target, what is reached */
/* script.c: what it starts, as text of a shell; behind heredocs_read(). */
void script_parse(struct parser *parser, struct instruction *instruction);
enum shell_family shell_family_of(str program);

/* flags.c: which flags there are, and the mounts of RUN. */
void flags_check(struct parser *parser, struct instruction *instruction);
/* What ADD and COPY cannot do, when flags and words are there. */
void files_check(struct parser *parser, struct instruction *instruction);

#endif
