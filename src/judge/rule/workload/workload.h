// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_WORKLOAD_WORKLOAD_H
#define HARDEN_JUDGE_RULE_WORKLOAD_WORKLOAD_H

#include "judge/rule/rule.h"
#include "model/workload.h"

/*
 * What the rules about containers share (judge/rule/workload_*.c, family "container"). One row and
 * one predicate serve all dialects; only the remedy is in the words of the one at hand.
 */

/* What to write, by dialect; NULL: the rule's own `fix`. Records of engines and live containers
 * get what a command line would need. */
struct workload_remedy {
    const char *compose, *kubernetes, *run;
};

/* "service web", "container app of Deployment shop", "docker run nginx" */
str workload_subject(struct arena *arena, const struct workload *workload);

/*
 * Adds a finding at that field; where it has no place, at the container's declaration. The same
 * rule at the same place is found once: containers of a pod share what the pod says. The evidence
 * begins with the container's name.
 */
struct finding *workload_found(struct rule_run *run, const struct workload *workload,
                               const struct place *place, const struct workload_remedy *remedy,
                               const char *evidence, ...) __attribute__((format(printf, 5, 6)));

bool workload_text_is(const struct set_text *text, const char *value);
bool workload_list_has(const struct set_text_list *list, const char *value);
/* It holds a variable that nobody knows the value of: nothing can be said. */
bool workload_is_open(str text);
/* Docker's own dialects (a service, a line, a record of it), not Kubernetes. */
bool workload_is_docker(const struct workload *workload);
/* A record or what the kernel shows: nothing can come from an image any more. */
bool workload_is_final(const struct workload *workload);
/* Whether a variable of that name is likely to hold something secret. */
bool workload_is_secret_name(str name);
/* A value that is no secret in itself: empty, a path, a number or a switch, a reference. */
bool workload_is_harmless_value(str value);

/*
 * Repairs: edits that go with a finding, all of them for a person to look at. Where the layout
 * leaves no sure place (flow style, an alias, another file) there is none.
 */
struct workload_addition {
    const char *title;
    const char *key;     /* a line for the service: "read_only: true" */
    const char *context; /* a line for the container's securityContext */
    const char *option;  /* of a command line: "--read-only" */
};
void workload_add(struct rule_run *run, const struct workload *workload, struct finding *finding,
                  const struct workload_addition *addition);
/* Another item behind `item`, in the list that it stands in; only where that is the service's own.
 */
void workload_add_item(struct rule_run *run, const struct workload *workload,
                       struct finding *finding, const struct place *item, const char *text,
                       const char *title);
/* Other text in the place of a scalar, quotes and all. */
void workload_replace(struct rule_run *run, struct finding *finding, const struct place *place,
                      str text, const char *title);
/* What stands there; absent where it is in another file. */
str workload_slice(const struct rule_run *run, const struct place *place);

#endif
