// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_VERIFY_H
#define HARDEN_APP_FIX_VERIFY_H

#include "app/fix/inputs.h"

/*
 * What a fix makes of the image: both versions of a Dockerfile are built by the engine, and their
 * files (path, type, mode, owner) and packages are compared. A child process, forked before the
 * sandbox, talks to the engine; the images are read in a sandbox of their own, and removed.
 */
struct verifier {
    int to, from; /* pipes to the child; -1: there is none */
    int child;
    const struct build_inputs *inputs;
};

/* `inputs` must outlive it. */
int verify_begin(struct verifier *verifier, const char *host, const struct build_inputs *inputs,
                 struct err *err);
/* Builds with the folder that the file stands in as the context; with BuildKit if one of both needs
 * it, else with the classic builder. *ret_text tells in lines what differs, or that nothing does;
 * *ret_same: nothing does. -1: one of them could not be built, and *ret_text is the end of what the
 * command printed that failed; ERR_UNSUPPORTED: this engine cannot (a syntax that it does not know
 * yet), or it mounts what the user did not give. */
int verify_file(struct verifier *verifier, struct arena *arena, str path, str before, str after,
                str *ret_text, bool *ret_same, struct err *err);
void verify_end(struct verifier *verifier);

#endif
