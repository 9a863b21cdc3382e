// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_FOLDER_FOLDER_H
#define HARDEN_READ_FOLDER_FOLDER_H

#include "base/err.h"
#include "base/vec.h"

/*
 * Files below a folder of source code, without what git is told to ignore (gitignore(5):
 * .gitignore in every folder, those of the folders above it up to the repository's top, and
 * info/exclude of the repository; not a user's own core.excludesFile). Folders of version control
 * systems are not entered, symbolic links not followed: a link of a stranger's repository must not
 * make us show a file of this machine.
 */
struct ignore_rule {
    str pattern;      /* without "!", and without slashes around it */
    bool except;      /* it began with "!" */
    bool only_folder; /* it ended with "/" */
    bool anchored;    /* it had a slash before its end: from the file's folder, else anywhere */
};
struct ignore_rules VEC_BODY(struct ignore_rule);

/* Of a .gitignore; past LIMIT_IGNORE_RULES lines the rest is passed over. */
void folder_ignore_parse(struct arena *arena, str text, struct ignore_rules *ret);
/* What the rules say of a path relative to their folder: 1 ignored, 0 not (an exception), -1
 * nothing. Folders above it are the caller's to ask first. */
int folder_ignore_match(const struct ignore_rules *rules, str path, bool is_folder);

struct folder_walk {
    struct arena *arena; /* of paths and gaps */
    bool no_ignore;      /* look at ignored files too */
    /* Whether a file of that name may be wanted; others are not counted. */
    bool (*wanted)(void *context, str name);
    /* Called for each such file, in byte order of paths; false ends the walk. */
    bool (*found)(void *context, str path);
    /* What could not be looked at. */
    void (*gap)(void *context, str path, str reason);
    void *context;
};

/* Walks; `path` is given as it is, and every path found begins with it (without a leading "./").
 * -1 only where the folder itself cannot be read. */
int folder_walk(const struct folder_walk *walk, str path, struct err *err);

/* The top of the repository that a folder or file is in: the nearest folder above (or itself) that
 * has a .git; false where there is none. */
bool folder_repository(struct arena *arena, str path, str *ret);

#endif
