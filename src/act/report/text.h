// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_TEXT_H
#define HARDEN_ACT_REPORT_TEXT_H

#include "base/str.h"

#include <stdio.h>

/*
 * Text for a terminal. Whatever comes from a target goes through here: control bytes, invalid
 * UTF-8, and characters that move, hide or reorder others (bidirectional overrides, zero-width
 * ones) are shown as escapes (\x1b, \u202e), so that no package name can repaint the screen.
 * Columns are what a terminal shows: wide characters count two, combining ones none.
 */
enum text_style {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_GOOD,
    STYLE_COMMAND, /* something to type */
    STYLE_LOW,
    STYLE_MEDIUM,
    STYLE_HIGH,
    STYLE_CRITICAL,
};

struct text {
    FILE *out;
    unsigned width; /* columns of a line */
    bool color;     /* without it, styles write nothing */
    bool unicode;   /* without it, every other character than ASCII is shown as an escape */
    size_t column;  /* of the next character, from 0 */
    enum text_style style;
};

/* A width of 0 is 80; it is kept between 40 and 160. */
struct text text_make(FILE *out, unsigned width, bool color, bool unicode);

/* Holds until the next one. It is written anew on each line: pagers forget it at a line's end. */
void text_style(struct text *text, enum text_style style);
/* Hostile text, made safe; on the current line, however long. */
void text_put(struct text *text, str s);
/* Our own words; '\n' starts a line. Arguments must be numbers or our own words too. */
void text_say(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_styled(struct text *text, enum text_style style, str s);
void text_newline(struct text *text);
/* Spaces up to that column; at least one, unless the line is empty. */
void text_to_column(struct text *text, size_t column);
/* At most that many columns of s; where it is longer, it ends in an ellipsis. */
void text_fit(struct text *text, str s, size_t columns);
/* The same for one of two that are shown beside each other: where they begin alike, the middle is
 * left out and not the end, so that the difference shows. */
void text_fit_beside(struct text *text, str s, str other, size_t columns);
/* Words, wrapped to the width, each line but the first indented. White space of any kind
 * separates words; a word that is longer than a line stands alone on it, and words between `...`
 * stay on one line where they fit. Ends without newline. */
void text_wrap(struct text *text, str s, size_t indent);
/* A shell command, wrapped at spaces with " \" so that it can be copied as it stands. */
void text_command(struct text *text, str s, size_t indent);

/* How many columns text_put() would take. */
size_t text_columns(const struct text *text, str s);
/* Drawing characters, with a plain one where there is no Unicode. */
const char *text_arrow(const struct text *text);
const char *text_dot(const struct text *text);

/* The next code point of *rest; false at its end. Invalid UTF-8 takes one byte and gives
 * *ret_valid = false with that byte. */
bool text_next_rune(str *rest, uint32_t *ret_rune, bool *ret_valid);
/* Control and format characters: nothing to see, but an effect on what is around. */
bool text_is_unsafe(uint32_t rune);

#endif
