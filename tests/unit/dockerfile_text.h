// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_DOCKERFILE_TEXT_H
#define HARDEN_TESTS_UNIT_DOCKERFILE_TEXT_H

#include "read/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

/* Parses, and checks what holds for every text: the items are all its bytes, in order. */
struct dockerfile *dockerfile_of(struct arena *arena, const char *text);
struct dockerfile *dockerfile_with(struct arena *arena, str text,
                                   const struct build_options *options);

/*
 * The tree as text, an instruction a line: KIND --flag=value <word> "json" NAME=value
 * {delimiter:body}. Values are those after expansion; an open word ends with "?". Newlines of
 * bodies show as "|".
 */
const char *dockerfile_shown(struct arena *arena, const struct dockerfile *dockerfile);
/* The problems, one a line: "line:column what". */
const char *dockerfile_complaints(struct arena *arena, const struct dockerfile *dockerfile);

#define CHECK_TREE(want, text)                                                                     \
    do {                                                                                           \
        ARENA_SCOPED arena_ = {0};                                                                 \
        CHECK_STR(want, str_from(dockerfile_shown(&arena_, dockerfile_of(&arena_, text))));        \
    } while (0)
#define CHECK_COMPLAINTS(want, text)                                                               \
    do {                                                                                           \
        ARENA_SCOPED arena_ = {0};                                                                 \
        CHECK_STR(want, str_from(dockerfile_complaints(&arena_, dockerfile_of(&arena_, text))));   \
    } while (0)

#endif
