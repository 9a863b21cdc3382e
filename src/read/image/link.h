// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LINK_H
#define HARDEN_READ_IMAGE_LINK_H

#include "base/arena.h"

/*
 * Where a symbolic link that stands at `from` points to, by its text alone: absolute links start
 * at the root, ".." at the root stays there (as the kernel does) and sets *ret_escapes, which may
 * be NULL. The result has no leading '/', "." or "..".
 */
str link_resolve(struct arena *arena, str from, str link, bool *ret_escapes);

#endif
