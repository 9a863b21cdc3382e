// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_SHAPE_H
#define HARDEN_READ_SECRET_SHAPE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Shapes of tokens, as data/secrets.tsv writes them: text that stands for itself, (a|b|) for
 * alternatives, <C>, <C>{n} and <C>{m,n} for bytes of a class. The classes and their letters are
 * described at the top of that table.
 */
enum { SHAPE_VARIANTS = 32 };

struct shape_item {
    char class;         /* its letter, or 0: the byte itself */
    unsigned char byte; /* that it stands for */
    unsigned short min, max;
};

/* One way to read a shape: without alternatives. */
struct shape {
    struct shape_item *items;
    size_t count;
    size_t fixed; /* bytes of the fixed beginning, which says nothing about the rest */
};
struct shape_list VEC_BODY(struct shape);

/* Whether a byte belongs to a class. */
bool shape_class_has(char class, unsigned char byte);

/* All ways to read it; ERR_FORMAT where it is none. */
int shape_parse(struct arena *arena, str text, struct shape_list *ret, struct err *err);

/*
 * Where a search for it starts: as much of its beginning as has one length, and enough of it to be
 * rare. Of each item, min and max are the same. A first class of variable length is taken at its
 * least; `before` is how many bytes more may stand before.
 */
struct shape_head {
    struct shape_item *items;
    size_t count, width, before;
};
void shape_head(struct arena *arena, const struct shape *shape, struct shape_head *ret);

/* The regular expression that matches the items of a head. */
void shape_expression(const struct shape_item *items, size_t count, struct buf *to);

/* Length of the match at the beginning of text, the longest; STR_NONE where there is none. The
 * byte behind it must not continue it. */
size_t shape_match(const struct shape *shape, str text);

#endif
