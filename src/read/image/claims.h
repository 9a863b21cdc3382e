// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_CLAIMS_H
#define HARDEN_READ_IMAGE_CLAIMS_H

#include "model/collector.h"

/*
 * The paths that a set of collectors wants, as one tree of path components, so that an entry
 * costs a few comparisons however many patterns there are.
 */
struct claims;

enum { CLAIMS_MAX_COLLECTORS = 64 };

struct claim {
    uint64_t collectors; /* bit i: collectors[i] claims this very path */
    bool relevant;       /* claimed, or above something that could be: what hides it matters */
};

/* The collectors and their patterns are borrowed. */
struct claims *claims_make(struct arena *arena, const struct collector *const *collectors,
                           size_t count);
struct claim claims_match(const struct claims *claims, str path);

/* For walking a tree that can be asked by name: the names below `folder` that could lead to a
 * claimed path; true where a pattern asks for all names, which are to be listed then. */
struct claims_names VEC_BODY(str);
bool claims_names_below(const struct claims *claims, str folder, struct arena *arena,
                        struct claims_names *ret);

/*
 * A symbolic link stands at `path`, claimed or above a claimed path. True if whatever is claimed
 * there is claimed by the same collector where the link leads as well (/etc/os-release is a link
 * to /usr/lib/os-release; /lib one to /usr/lib), so that nothing is missed.
 */
bool claims_link_is_covered(const struct claims *claims, struct arena *scratch, str path, str link);

#endif
