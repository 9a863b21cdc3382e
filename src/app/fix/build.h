// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_BUILD_H
#define HARDEN_APP_FIX_BUILD_H

#include "app/fix/inputs.h"
#include "io/build_answer.h"

/* Two versions of a Dockerfile that are to be built with the same things. */
struct build_request {
    const char *folder; /* the build context */
    const struct build_inputs *inputs;
    bool buildkit, session; /* who builds; whether it is to get the secrets */
    str missing, options;   /* as in session_needs: for the error where there is no session */
    str versions[2];
};

/* Has the engine build one of them. *ret holds what it said in either case. */
int build_version(const struct engine *engine, const struct build_request *request, size_t version,
                  struct build_answer *ret, struct err *err);

#endif
