// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_AUDIT_PARTS_H
#define HARDEN_JUDGE_AUDIT_PARTS_H

#include "base/map.h"
#include "judge/audit/audit.h"

/* Between the files of judge/audit. */

/* An engine with the daemon of this host that it is; one of them may be missing. */
struct audit_unit {
    const struct engine_facts *engine;
    const struct host_daemon *daemon;
    const struct container_view *only; /* ask about this container alone; NULL: about all */
};
struct audit_unit_list VEC_BODY(struct audit_unit);

/* Flaws whose condition cannot be told, for one reason. */
struct open_condition {
    str why;
    struct str_list flaws;
};
struct open_condition_list VEC_BODY(struct open_condition);

struct audit {
    struct arena *arena;
    const struct host *host;
    const struct engine_facts_list *engines;
    const struct audit_options *options;
    struct audit_unit_list units; /* at least one */
    struct report *report;
    struct rule_run run;
    struct map seen; /* findings of containers, as text */
    struct open_condition_list open;
};

void audit_controls(struct audit *audit);
/* Whether a control of that number was asked for. */
bool audit_wants(const struct audit *audit, str number);
/* Rules about hosts that no control asks. */
void audit_other_rules(struct audit *audit);
/* Flaws of components, with their conditions. */
void audit_flaws(struct audit *audit);

/* Asks one rule about one unit. */
struct check audit_ask(struct audit *audit, const struct audit_unit *unit, const struct rule *rule,
                       str parameter);
/* The finding for a check that failed; equal ones are one. */
void audit_found(struct audit *audit, const struct audit_unit *unit, const struct rule *rule,
                 const struct check *check);
/* The engine's address, where there is more than one to tell apart. */
str audit_unit_name(const struct audit *audit, const struct audit_unit *unit);

/* Whether a condition of data/engine_cves.tsv holds here, and why that is so, or is not known. */
struct condition {
    enum answer holds;
    str why;
};
struct condition audit_condition(struct audit *audit, const struct audit_unit *unit, str name);

/* "1.1.5+ds1-1+deb12u1" -> "1.1.5", "6.18.44-fc" -> "6.18.44", "1.0.0-rc95" -> "1.0.0~rc95": the
 * version of upstream, so that it compares as dpkg's versions do. */
str flaw_upstream(struct arena *arena, str version);
/* Whether a version has the flaw, by the first fixed version of each branch. */
bool flaw_in_range(struct arena *arena, str version, str from, str fixed);
/* The fixed version that is nearest to it: of its own branch, else the lowest above. */
str flaw_nearest_fix(struct arena *arena, str version, str fixed);

#endif
