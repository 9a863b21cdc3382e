// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"

/* What can be wrong with the comments that silence findings; judge/waiver/waiver.c finds it. */
static const struct rule rules[] = {
    {
        .id = "waiver/expired",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A waiver has expired, and is no longer honoured",
        .why = "Somebody accepted a finding for a limited time, and the time is over. The finding "
               "counts again, so that it does not stay accepted by accident.",
        .fix =
            "Repair what was waived and remove the comment, or the line of .hardenignore; or, if it still has to be accepted, "
            "look at it again and set a new date.",
        .bad = "# harden: ignore dockerfile/add-instead-of-copy until=2020-01-31\n"
               "ADD app /srv/app\n",
        .good = "COPY app /srv/app\n",
    },
    {
        .id = "waiver/malformed",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A waiver cannot be understood, and silences nothing",
        .why = "The comment is meant to silence a finding, but a word in it is wrong: perhaps a "
               "rule that does not exist, or a date in another form. Whoever wrote it believes "
               "that it works.",
        .fix =
            "Write it as: # harden: ignore RULE reason=\"why\" until=2027-01-31; in .hardenignore "
            "without what stands before RULE. The rules are listed by: harden explain --list.",
        .bad = "# harden: ignore dockerfile/add-insted-of-copy\nADD app /srv/app\n",
        .good = "# harden: ignore dockerfile/add-instead-of-copy reason=\"unpacked on purpose\"\n"
                "ADD app /srv/app\n",
    },
    {
        .id = "waiver/unused",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "A waiver silences nothing",
        .why = "What it was written for is gone, or stands elsewhere now. Left in place, it would "
               "silently accept the same mistake when somebody makes it again.",
        .fix =
            "Remove the comment, or move it right above the instruction it is meant for. A line of "
            ".hardenignore that is meant for one image alone says so with image=NAME.",
        .bad = "# harden: ignore dockerfile/add-instead-of-copy\nCOPY app /srv/app\n",
        .good = "COPY app /srv/app\n",
    },
    {
        .id = "waiver/used",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .off = true,
        .title = "A finding is silenced in the file itself",
        .why = "Where findings may only be accepted by those who answer for security, a comment in "
               "the file goes around them.",
        .fix =
            "Repair the finding, or have it accepted where your policy says so. Comments are not "
            "honoured at all with: harden lint --no-waivers.",
        .bad = "# hadolint ignore=DL3020\nADD app /srv/app\n",
        .good = "COPY app /srv/app\n",
        .aliases = {"DL1001"},
    },
};

const struct rule_family rule_waiver = {"waiver", rules, sizeof(rules) / sizeof(rules[0])};
