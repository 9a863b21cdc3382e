// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_FUZZ_FIX_H
#define HARDEN_TESTS_FUZZ_FIX_H

#include "act/fix/fix.h"
#include "base/die.h"

enum { FUZZ_FIXED_SIZE = 1024 }; /* larger inputs would only make it slow */

static inline str fuzz_fix_once(struct fix_run run, str text, bool *ret_complete)
{
    struct err err = {0};
    INVARIANT(fix_run(&run, text, &err) == 0);
    *ret_complete = !run.out_of_budget;
    return run.text;
}

/* The text that `run`, with its arena, path and judge, makes of a text; fixing twice is fixing
 * once. */
static inline str fuzz_fix(struct fix_run run, str text)
{
    bool complete, again;
    run.level = EDIT_UNSAFE;
    str once = fuzz_fix_once(run, text, &complete);
    if (complete)
        INVARIANT(str_eq(fuzz_fix_once(run, once, &again), once));
    return once;
}

#endif
