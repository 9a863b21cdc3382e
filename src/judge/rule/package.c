// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/listing.h"

#include <stdlib.h>

static int larger_first(const void *left, const void *right)
{
    const struct report_package *a = *(const struct report_package *const *)left;
    const struct report_package *b = *(const struct report_package *const *)right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return str_cmp(a->package.name, b->package.name);
}

static void not_reached(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    const struct report_package_list *packages = &run->report->packages;
    const struct report_package **order =
        arena_array(run->arena, const struct report_package *, packages->count);
    size_t count = 0;
    for (size_t i = 0; i < packages->count; i++)
        if (packages->items[i].use == USE_NOT_REACHED)
            order[count++] = &packages->items[i];
    if (count)
        qsort(order, count, sizeof(const struct report_package *), larger_first);
    for (size_t i = 0; i < count; i++) {
        char size[16];
        listing_add_name(&all, order[i]->package.name, order[i]->size,
                         arena_str(run->arena, str_from(str_size(order[i]->size, size))));
    }
    listing_report(&all, "package");
}

static const struct rule rules[] = {
    {
        .id = "package/not-reached",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Packages that nothing which the entry point starts can reach",
        .why =
            "The programs and libraries of these packages are used by nothing that starts with "
            "the container: not by the entry point, the command or the health check, nor by "
            "the scripts, interpreters and libraries that they lead to. Their flaws count all the "
            "same, they must be updated, and they help somebody who broke in. What a program "
            "starts by a name that it makes up while it runs is not seen here.",
        .fix =
            "Build on a smaller base (a slim or distroless image), or remove what is not needed; "
            "`harden scan --packages --format json` tells for each package how it is reached.",
        .bad = "FROM debian:12\nCOPY server /server\nCMD [\"/server\"]\n",
        .good = "FROM gcr.io/distroless/base-debian12\nCOPY server /server\nCMD [\"/server\"]\n",
        .aliases = {"CIS 4.3"},
        .image = not_reached,
    },
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
