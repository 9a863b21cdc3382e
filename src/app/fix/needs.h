// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_NEEDS_H
#define HARDEN_APP_FIX_NEEDS_H

#include "app/fix/inputs.h"

/* What it takes to build the text of a Dockerfile. */

/* The classic builder, which every engine has, knows no --mount, no heredocs and no TARGETARCH. */
bool needs_buildkit(struct arena *arena, str text);

/* What two versions of a Dockerfile mount that only a client's session can give. */
struct session_needs {
    bool any;
    str missing; /* the first of them that the user has not given: "the secret token"; or empty */
    str options; /* what gives them all: " --secret id=token,env=TOKEN --ssh default" */
};
struct session_needs needs_of_session(struct arena *arena, const struct build_inputs *inputs,
                                      str before, str after);

#endif
