// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

static const struct cli_topic topics[] = {
    {
        .title = "Exit status",
        .rows =
            {
                {"0", "done, and nothing at or above the threshold (--fail-on)"},
                {"1", "findings at or above the threshold"},
                {"2", "could not do the job: usage, an unreadable target, no space left"},
                {"3", "nothing at or above the threshold, but the result is incomplete: something "
                      "could not be looked at (--allow-gaps accepts that)"},
            },
    },
    {
        .title = "Environment",
        .rows =
            {
                {"HARDEN_HOME", "state folder: advisories/ and the layer cache layers/ (default: "
                                "$XDG_CACHE_HOME/harden, else ~/.cache/harden)"},
                {"HARDEN_OPTION", "a default for any option, in capitals and with _ for -: "
                                  "HARDEN_FAIL_ON=critical, HARDEN_FORMAT=json"},
                {"NO_COLOR", "if not empty: no colour, unless --color says otherwise"},
                {"DOCKER_HOST", "the engine's address, with DOCKER_CONTEXT, DOCKER_CONFIG, "
                                "DOCKER_TLS_VERIFY and DOCKER_CERT_PATH as the engine's own client "
                                "knows them"},
                {"SOURCE_DATE_EPOCH", "seconds since 1970 that stand for today"},
            },
    },
    {
        .title = "Settings",
        .text =
            "What neither the command line nor the environment says is taken from the nearest "
            ".harden.yaml, from the working folder upwards:\n\n"
            "    fail-on: critical            # for every command that has the option\n"
            "    ignore: [CVE-2024-0001, os/end-of-life]\n"
            "    scan:                        # for one command alone\n"
            "      allow-gaps: yes\n\n"
            "Options that name places of the user's (--output, --db, --host, --mirror) cannot be "
            "set there, and a file that belongs to somebody else is passed over.",
    },
    {0},
};

const struct cli_topic *cli_topics(void)
{
    return topics;
}

const char *cli_slogan(void)
{
    return "finds what is weak in containers and in what they are made from, says why it matters, and "
           "repairs what it can";
}
