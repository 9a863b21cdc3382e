// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_LESSON_LESSON_H
#define HARDEN_APP_LESSON_LESSON_H

#include "model/live.h"

/*
 * The ideas behind findings about containers, for somebody who never heard of them: what
 * `harden explain namespaces` tells, and what of it can be seen of one container.
 */
enum { LESSON_NAMES = 4, LESSON_RULES = 5 };

struct lesson {
    const char *names[LESSON_NAMES + 1]; /* the first is its own, the others lead here too */
    const char *title;
    const char *idea;   /* what it is */
    const char *danger; /* what happens without */
    const char *advice; /* what to ask for */
    const char *look;   /* commands to see it oneself */
    const char *rules[LESSON_RULES + 1];
    /* What was seen of that container, one sentence a line; `actual` of the view may be NULL. */
    void (*seen)(struct arena *arena, const struct container_view *view, struct str_list *ret);
};

/* By any of its names; NULL where there is none. */
const struct lesson *lesson_find(str name);
/* All, in the order in which they are best read; NULL at the end. */
const struct lesson *lesson_at(size_t index);

#endif
