// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_DOCKERFILE_EXPAND_INTERNAL_H
#define HARDEN_READ_DOCKERFILE_EXPAND_INTERNAL_H

#include "read/dockerfile/parse_internal.h"

/* One word that is being expanded. */
struct expansion {
    struct parser *parser;
    struct instruction *instruction;
    str text;
    uint32_t at;
    const struct mapped_text *mapped; /* that the word stands in, from mapped_from on */
    uint32_t mapped_from;
    struct buf *out;
    unsigned depth;
    bool defaults; /* as if nobody gave an ARG; the uses are not noted again */
    bool open, variable, quoted, too_large;
    const char *wrong;
};

/* Expands up to an unquoted `stop`, which is taken too; 0: to the end. False: x->wrong says why. */
bool expand_until(struct expansion *x, char stop, bool raw_escapes);

/* ${value#pattern}, ## with `all`; %, %%; /pattern/replacement, // with `all`. `*` and `?` are the
 * only wildcards. False: too much work, or a pattern that the frontend refuses. */
bool pattern_apply(struct parser *parser, str value, char op, bool all, str pattern,
                   str replacement, str *ret);

/* Whether a name that nothing in the file sets is certainly unset: the base is known. */
bool variables_all_known(const struct instruction *instruction);

#endif
