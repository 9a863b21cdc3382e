// SPDX-License-Identifier: Apache-2.0
#include "app/network/network.h"

static const struct option options[] = {
    {.name = "host",
     .letter = 'H',
     .kind = OPTION_LIST,
     .argument = "URL",
     .help = "an engine's address; repeatable (default: DOCKER_HOST, else the current context)",
     .personal = true,
     .offset = offsetof(struct network_settings, hosts)},
    {.name = "root",
     .kind = OPTION_TEXT,
     .argument = "DIR",
     .help = "a folder that stands for the machine's /, with its own proc and sys",
     .personal = true,
     .offset = offsetof(struct network_settings, root)},
    {.name = "seen",
     .kind = OPTION_LIST,
     .argument = "FILE",
     .help = "a report saved with --format json: what was in use then counts too; repeatable",
     .personal = true,
     .offset = offsetof(struct network_settings, seen)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "an incomplete result is no reason to exit with 3",
     .offset = offsetof(struct network_settings, allow_gaps)},
    OUTPUT_PLACE_OPTIONS(struct network_settings, output, "tty json html svg dot"),
    {0},
};

const struct command command_network = {
    .name = "network",
    .summary = "who reaches whom on which port: containers, the host, outside",
    .usage = "[explain A B:PORT | diff A.json [B.json]]",
    .description =
        "Joins what engines say of containers and networks with who listens in each network "
        "namespace, and tells for every open port who can reach it and why: a common network, a "
        "published port, a service of the host. What people do not expect is told apart: published "
        "ports that cross networks, internal networks that reach the host, shared namespaces.\n\n"
        "As root, the firewalls are read: nftables and both kinds of iptables, of the host and of "
        "each container. Every way is followed through their rules, and the one that decides is "
        "told. What is not understood of them makes a way \"possible\", never \"blocked\".\n\n"
        "`explain A B:PORT` (B:PORT/udp) says for one pair why or why not. A and B are names of "
        "running containers, `host`, `lan` (whoever is on the host's own network; also "
        "`outside`) or `internet`.\n\n"
        "`diff A.json` tells what opened and what closed since a report that was saved with "
        "`--format json`; `diff A.json B.json` compares two.\n\n"
        "The shortest ways from outside to root of the host are told too: over open ports, shared "
        "volumes and namespaces, and out by engine sockets, rights and mounts; with the one "
        "change that ends most of them.\n\n"
        "What nobody was seen to use is told with what closes it: networks for those that talk, in "
        "the place of one for all; rules for DOCKER-USER and INPUT. The connections that stand, or "
        "ended in the minute before, count as use. Each suggestion was tried on the graph: it closes "
        "what it says, and nothing that is in use. What a report of a busier hour saw is added by "
        "--seen.\n\n"
        "No connection is tried, nothing is started or changed.\n\n"
        "Exit codes: 0 done, with explain: it cannot be reached; 1 with explain: it can, with diff: "
        "something opened; 2 it "
        "could not be done; 3 something could not be looked at, or cannot be told.",
    .options = options,
    .options_size = sizeof(struct network_settings),
    .examples =
        (const struct example[]){
            {"harden network", "every open port, and who reaches it"},
            {"harden network explain web db:5432", "why, or why not"},
            {"harden network explain internet host:22", "is SSH open to everybody?"},
            {"harden network diff yesterday.json", "what opened since"},
            {"harden network --seen monday.json --seen night.json",
             "suggestions that know what ran then"},
            {"harden network --format svg -o network.svg", "as a drawing"},
            {0},
        },
    .most_operands = 3,
    .run = network_run,
};
