// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_CONTEXT_H
#define HARDEN_APP_FIX_CONTEXT_H

#include "base/err.h"

/* Writes a build context as a tar archive: the folder's files but those of .dockerignore, and the
 * Dockerfile's text under `name`. */
int context_write(int fd, const char *folder, str name, str dockerfile, struct err *err);

#endif
