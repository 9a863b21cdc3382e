// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_PATH_H
#define HARDEN_BASE_PATH_H

#include "base/arena.h"

/* Paths as text; nothing here touches a file system. */

/*
 * The name of an archive member as a path below the root: no leading '/', no empty, "." or ".."
 * component, no trailing '/'; "" is the root. ".." never leaves the root. What stands behind an
 * embedded NUL is dropped. *ret_odd tells that the name had ".." or a NUL: what no honest tool
 * writes, and engines refuse. The result is raw itself where it was clean already, else in the
 * arena.
 */
str path_clean(struct arena *arena, str raw, bool *ret_odd);

/* Where `path` leads when it is read in `folder` ("" is the working one): without empty and "."
 * components and, where it can be known, ".."; those that lead out of a relative folder stay. */
str path_resolve(struct arena *arena, str folder, str path);

/* Everything before the last '/', "" if there is none; and what follows it. */
str path_parent(str path);
str path_base(str path);

/* Whether a contains b, or is b: "usr" of "usr" and "usr/lib", "" of everything. */
bool path_is_ancestor(str a, str b);

/* Whether a clean path has that form; '*' stands for any bytes but '/', everywhere else bytes
 * match themselves. */
bool path_match(str pattern, str path);
/* The same for people's patterns: '**' stands for any bytes, a folder's end among them, and "**"
 * with a '/' behind it also for nothing. A '/' in front does not count. */
bool path_glob(str pattern, str path);

#endif
