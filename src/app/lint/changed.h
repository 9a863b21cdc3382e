// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_LINT_CHANGED_H
#define HARDEN_APP_LINT_CHANGED_H

#include "app/texts/texts.h"
#include "read/git/git.h"

/* Which lines of `now` are not in `before`: a byte each, 1 for a changed line, index 0 is line 1.
 * A shortest edit script (Myers) up to a bound; past it everything between the common beginning
 * and the common end counts as changed. */
const char *changed_lines(struct arena *arena, str before, str now, size_t *ret_count);

/* --changed-since: marks findings that touch no changed line. */
struct changed {
    const char *rev;
    struct git *git;
    struct git_id tree;
    str top; /* of the repository, absolute */
};
int changed_open(struct arena *arena, const char *rev, const char *const *operands, size_t count,
                 struct changed *ret, struct err *err);
/* A compose file's findings are also those of the Dockerfiles that it builds. */
void changed_keep(const struct changed *changed, struct texts *texts, struct arena *arena,
                  const struct listed_file *file, str text, struct report *report);

#endif
