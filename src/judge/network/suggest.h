// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_NETWORK_SUGGEST_H
#define HARDEN_JUDGE_NETWORK_SUGGEST_H

#include "judge/network/suppose.h"

/* Between suggest.c and suggest_split.c. */
struct suggesting {
    struct arena *arena;
    struct network_graph *graph;
    uint64_t asked; /* questions so far */
};

/* False, with a gap, where too much was asked already. */
bool suggest_may_ask(struct suggesting *suggesting);
/* Letters, digits, '.', '_' and '-' alone, as engines want names: nothing to a shell. */
bool suggest_is_plain(str name);
/* One network for each group that really talks, in the place of one for all. */
void suggest_split(struct suggesting *suggesting);

#endif
