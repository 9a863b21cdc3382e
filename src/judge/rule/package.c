// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

static const struct rule rules[] = {
    {
        .id = "package/security-update",
        .kind = KIND_VULNERABILITY,
        .severity = SEVERITY_MEDIUM,
        .title = "A security update of this package is not installed",
        .why = "The distribution's security archive has a newer version. It puts one there only "
               "when a flaw is serious enough not to wait for the next regular update, and from "
               "that day everyone can read what was wrong. The image still runs the old code.",
        .fix = "Install the update, or rebuild the image on a base that has it.",
        .bad = "FROM debian:12\nRUN apt-get update && apt-get install -y openssl=3.0.9-1\n",
        .good = "FROM debian:12\nRUN apt-get update && apt-get upgrade -y && \\\n"
                "    apt-get install -y openssl\n",
    },
    {
        .id = "package/update",
        .kind = KIND_VULNERABILITY,
        .severity = SEVERITY_INFO,
        .title = "A newer version of this package is in the distribution's archive",
        .why = "Point releases collect corrections, among them small security fixes that got no "
               "announcement of their own. Being behind is no flaw in itself, but every release "
               "that is skipped makes the next urgent update a bigger step.",
        .fix = "Rebuild the image on a fresh base, and upgrade its packages while building.",
        .bad = "FROM debian:12.0\n",
        .good = "FROM debian:12\nRUN apt-get update && apt-get upgrade -y\n",
    },
};

const struct rule_family rule_package = {"package", rules, sizeof(rules) / sizeof(rules[0])};
