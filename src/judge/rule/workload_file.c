// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

/* What the readers of compose files, manifests and command lines could not make sense of. */

static const struct rule rules[] = {
    {
        .id = "container/unreadable",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "A part of the file cannot be read, so nobody looked at it",
        .why = "What stands there is neither good nor bad: it is unknown. Engines mostly refuse "
               "such a file; and whatever else it declares was not checked.",
        .fix = "Repair the place that is named, or give the file that it refers to.",
        .bad = "services:\n  web:\n    image: [nginx\n",
        .good = "services:\n  web:\n    image: nginx:1.27.3\n",
    },
    {
        .id = "container/invalid-setting",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A setting that engines do not understand",
        .why = "Some engines refuse it, others pass it over silently: then the protection that was "
               "meant is not there, for instance because of a misspelt name.",
        .fix = "Write it as the reference of the format has it.",
        .bad = "services:\n  web:\n    image: nginx:1.27.3\n    cap_dropp: [ALL]\n",
        .good = "services:\n  web:\n    image: nginx:1.27.3\n    cap_drop: [ALL]\n",
    },
};

const struct rule_family rule_workload_file = {"container", rules,
                                               sizeof(rules) / sizeof(rules[0])};
