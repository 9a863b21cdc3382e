// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_GIT_GIT_H
#define HARDEN_READ_GIT_GIT_H

#include "base/err.h"
#include "base/vec.h"

/*
 * What a file was in an earlier revision, read from a repository's own files: gitrepository-layout
 * (refs, packed-refs, linked worktrees, alternates), loose objects, packs with version 2 indices
 * and both kinds of deltas (gitformat-pack), SHA-1 and SHA-256. No program is started, nothing is
 * written. Object ids are not checked against contents: a wrong one only means that other lines
 * count as changed.
 */
struct git;

/* The repository whose working tree's top is `top`. Lives in the arena and keeps nothing open; it
 * may be used by several threads at a time. */
int git_open(struct arena *arena, str top, struct git **ret, struct err *err);

enum { GIT_ID_MOST = 32 };
struct git_id {
    unsigned char bytes[GIT_ID_MOST];
    unsigned char len; /* 20 or 32 */
};

/*
 * The tree of the commit that `rev` means: HEAD, a branch, a tag, origin/main, refs/..., an object
 * id of 4 digits or more, each with any number of ~N, ^ and ^N behind it.
 */
int git_tree(const struct git *git, str rev, struct git_id *ret, struct err *err);

/* The content of a file (path from the top) in a tree; *ret_found false where it was not there or
 * was no regular file. Strings are in the arena. */
int git_file(const struct git *git, struct arena *arena, const struct git_id *tree, str path,
             bool *ret_found, str *ret, struct err *err);

#endif
