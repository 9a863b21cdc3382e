// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_DOCKERFILE_DOCKERFILE_H
#define HARDEN_READ_DOCKERFILE_DOCKERFILE_H

#include "model/dockerfile.h"

/*
 * Reads a Dockerfile of any quality. What BuildKit would refuse is a problem in the tree, with its
 * place, and the lines behind it are read all the same; nothing fails. Time and memory grow with
 * the text; past a maximum (base/limits.h: LIMIT_INSTRUCTIONS ...) the rest is one item of junk
 * with a problem. The grammar is that of BuildKit's frontend (docs.docker.com, Dockerfile
 * reference), the fragments that other tools take (no FROM, `-` from a pipe) included.
 *
 * `path` and `text` are borrowed, `options` may be NULL and is borrowed too.
 */
struct dockerfile *dockerfile_parse(struct arena *arena, str path, str text,
                                    const struct build_options *options);

/* Whether a file's name says that it is a Dockerfile: Dockerfile*, *.Dockerfile, Containerfile*,
 * *.Containerfile in any case; not their .dockerignore files. */
bool dockerfile_is_name(str name);

/*
 * .dockerignore: Docker's own matcher (moby/patternmatcher), of which gitignore's is only a
 * relative: patterns hang on the context's root, `**` is any number of folders, the last one that
 * matches wins, and a folder that matches takes all that is in it.
 */
struct ignore_patterns ignore_parse(struct arena *arena, str text);
/* Whether the context is sent without `path` (without leading "/" or "./"). */
bool ignore_matches(const struct ignore_patterns *patterns, str path);

#endif
