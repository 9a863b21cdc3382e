// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_NEEDS_H
#define HARDEN_APP_FIX_NEEDS_H

#include "base/arena.h"

/* What it takes to build the text of a Dockerfile. */

/* The classic builder, which every engine has, knows no --mount, no heredocs and no TARGETARCH. */
bool needs_buildkit(struct arena *arena, str text);

/* The command that gives a build the secrets and agents that the two versions of a Dockerfile
 * mount: "`docker build --secret id=token,env=TOKEN -f Dockerfile .`". */
str needs_of_session(struct arena *arena, str path, str before, str after);

#endif
