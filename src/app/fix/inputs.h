// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_FIX_INPUTS_H
#define HARDEN_APP_FIX_INPUTS_H

#include "app/fix/fix.h"
#include "io/build_session.h"

/* What the user gives to a build. */
struct build_inputs {
    str query; /* of POST /build: "&target=...&buildargs=..."; or empty */
    struct build_secret_list secrets;
};

/* --target, --build-arg, and the secrets of --secret as docker build takes them: id=ID with
 * src=FILE or env=NAME, else the variable of that name, else the file. A build argument is a secret
 * of its own name, too: that is what a repair makes of it. Before the sandbox is entered. */
int inputs_read(struct arena *arena, const struct fix_settings *settings,
                const struct build_options *options, struct build_inputs *ret, struct err *err);

bool inputs_have_secret(const struct build_inputs *inputs, str id);

#endif
