// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

static const struct rule rules[] = {
    {
        .id = "os/end-of-life",
        .kind = KIND_VULNERABILITY,
        .severity = SEVERITY_HIGH,
        .title = "The distribution release no longer gets security updates",
        .why = "Nobody repairs this release any more. Flaws found from now on stay open for good, "
               "and nobody even checks whether it has them: a short list of vulnerabilities then "
               "means that no one looked, not that the image is safe.",
        .fix = "Move to a release that is still supported: change the FROM line to it, rebuild, "
               "and test. Upgrading packages does not help, because no updates are made.",
        .bad = "FROM debian:9\n",
        .good = "FROM debian:13\n",
    },
};

const struct rule_family rule_os = {"os", rules, sizeof(rules) / sizeof(rules[0])};
