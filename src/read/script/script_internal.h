// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SCRIPT_SCRIPT_INTERNAL_H
#define HARDEN_READ_SCRIPT_SCRIPT_INTERNAL_H

#include "model/fact.h"

/* Fills in `starts` and `commands` of a script that is not a shell's. */
void script_read_words(struct arena *scratch, str path, str text, struct arena *arena,
                       struct script *script);

#endif
