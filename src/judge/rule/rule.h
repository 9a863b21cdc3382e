// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_RULE_H
#define HARDEN_JUDGE_RULE_RULE_H

#include "model/report.h"

/*
 * Rules: what can be wrong apart from a listed flaw. A rule is a row; its family is a file of
 * this folder (os.c ends in `const struct rule_family rule_os`). The text is written here once:
 * `harden explain`, the rule reference, SARIF and every other format show it.
 *
 * The predicate of a rule stands right above its row in the family's file. Rules are pure: they
 * see facts and do no I/O.
 */
enum { RULE_ALIASES = 12, RULE_REFERENCES = 4 };

struct rule {
    const char *id;         /* "family/what-is-wrong" */
    enum finding_kind kind; /* of the findings it makes */
    enum severity severity; /* unless the case at hand says otherwise */
    const char *title;      /* what is wrong, one line, no full stop */
    const char *why;        /* why it matters, for someone who never heard of it */
    const char *fix;        /* what to do, as an order: "Move to a release that ..." */
    const char *bad, *good; /* the smallest example that has it, and the same without it */
    /* The ids that other tools give it ("DL3020", "CIS 4.9"); the rest is NULL. */
    const char *aliases[RULE_ALIASES + 1];
    const char *references[RULE_REFERENCES + 1];
};

struct rule_family {
    const char *name; /* the part of the ids before '/' */
    const struct rule *rules;
    size_t count;
};

const struct rule_family *const *rule_families(void); /* NULL-ended, by name */

/* By its own id, exactly; NULL if there is none. */
const struct rule *rule_by_id(str id);
/* Whether that is its id or one of its aliases; letter case does not matter. */
bool rule_is_called(const struct rule *rule, str name);
/* All rules of that id or alias, in order of their ids: NULL to start, then the one before. */
const struct rule *rule_find(str name, const struct rule *after);
/* Every rule, in order of families: NULL to start; NULL at the end. */
const struct rule *rule_next(const struct rule *after);

#endif
