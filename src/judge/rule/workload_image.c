// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/rule/workload/workload.h"
#include "model/image_name.h"

/* What is run: which image, from where, and how it is made. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"

/* What an image is called that is made here says nothing about where it comes from. */
static bool is_foreign(const struct workload *workload)
{
    return workload->image.set && workload->image.value.len &&
           workload->image.value.len <= LIMIT_REFERENCE && !workload->build.set &&
           !workload_is_open(workload->image.value) && workload->dialect != DIALECT_LIVE;
}

/* Images that an engine recorded by digest or id have no name to judge. */
static bool is_named(const struct image_name *name)
{
    return name->valid && !str_starts(name->text, STR("sha256:"));
}

static void latest(struct rule_run *run, const struct workload *workload)
{
    if (!is_foreign(workload))
        return;
    struct image_name name = image_name_parse(run->arena, workload->image.value);
    bool says_latest = str_eq(name.tag, STR("latest"));
    if (is_named(&name) && !name.digest.len && (says_latest || !name.tag.len))
        workload_found(run, workload, &workload->image.place, NULL, "%.*s%s",
                       STR_ARG(workload->image.value),
                       says_latest ? "" : " has no tag, which means latest");
}

static void not_pinned(struct rule_run *run, const struct workload *workload)
{
    if (!is_foreign(workload))
        return;
    struct image_name name = image_name_parse(run->arena, workload->image.value);
    if (is_named(&name) && !name.digest.len)
        workload_found(run, workload, &workload->image.place, NULL, "%.*s has no digest",
                       STR_ARG(workload->image.value));
}

static void not_a_name(struct rule_run *run, const struct workload *workload)
{
    if (workload->dialect == DIALECT_LIVE || workload_is_final(workload) || !workload->image.set ||
        !workload->image.value.len || workload_is_open(workload->image.value))
        return;
    if (workload->image.value.len > LIMIT_REFERENCE ||
        !image_name_parse(run->arena, workload->image.value).valid)
        workload_found(run, workload, &workload->image.place, NULL, "%.*s",
                       STR_ARG(workload->image.value));
}

static void untrusted(struct rule_run *run, const struct workload *workload)
{
    const struct rule_settings *settings = run->settings;
    if (!is_foreign(workload) || !settings || settings->trusted_count == 0)
        return;
    struct image_name name = image_name_parse(run->arena, workload->image.value);
    str whole = arena_join(run->arena, name.registry, STR("/"), name.repository);
    for (size_t i = 0; i < settings->trusted_count; i++)
        if (text_matches(settings->trusted[i], name.registry) ||
            text_matches(settings->trusted[i], whole))
            return;
    if (name.valid)
        workload_found(run, workload, &workload->image.place, NULL, "%.*s comes from %.*s",
                       STR_ARG(workload->image.value), STR_ARG(name.registry));
}

static void insecure_build(struct rule_run *run, const struct workload *workload)
{
    const struct workload_build *build = &workload->build;
    if (build->privileged.set && build->privileged.value)
        workload_found(run, workload, &build->privileged.place, NULL, "is built privileged")
            ->severity = SEVERITY_HIGH;
    if (workload_text_is(&build->network, "host"))
        workload_found(run, workload, &build->network.place, NULL,
                       "is built on the host's network");
    for (size_t i = 0; i < build->entitlements.count; i++)
        workload_found(run, workload, &build->entitlements.items[i].place, NULL,
                       "its build may ask for %.*s", STR_ARG(build->entitlements.items[i].value));
}

static const struct rule rules[] = {
    {
        .id = "container/latest-image",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_REPRODUCIBILITY,
        .title = "Nobody can say which version of the image runs",
        .why = "`latest` is whatever was pushed last. Two machines run different versions under "
               "one name, a restart can bring another one, and when a flaw becomes known nobody "
               "can tell who has it.",
        .fix = "Name a version; a digest on top makes it exact.",
        .bad = "services:\n  web:\n    image: nginx:latest\n",
        .good = SERVICE,
        .aliases = {"KSV-0013", "latest-tag"},
        .workload = latest,
    },
    {
        .id = "container/image-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The image is named by a tag, which can be moved",
        .why = "Who controls the registry or the account of its author can put other content "
               "behind the same tag. A digest names the content itself.",
        .fix = "Add the digest (image:tag@sha256:...), and have a tool keep it up to date.",
        .bad = SERVICE,
        .good = "services:\n  web:\n    image: nginx:1.27.3@sha256:"
                "fb197595ebe76b9c0c14ab68159fd3c08bd067ec62300583543f0ebda353b5be\n",
        .workload = not_pinned,
    },
    {
        .id = "container/image-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "This is no name of an image",
        .why = "No engine takes it, so the container cannot start.",
        .fix = "Write [registry/]name[:tag][@digest], the name in small letters.",
        .bad = "services:\n  web:\n    image: \"Nginx:1.27 3\"\n",
        .good = SERVICE,
        .workload = not_a_name,
    },
    {
        .id = "container/untrusted-registry",
        .kind = KIND_TRUST,
        .severity = SEVERITY_HIGH,
        .title = "The image comes from a registry that is not on the list of trusted ones",
        .why = "Whoever runs a registry, or an account there, decides what runs on this machine. "
               "The list says whom you trust with that.",
        .fix = "Use an image of a trusted registry, or copy this one there after a check.",
        .bad = "services:\n  web:\n    image: registry.example.com/nginx:1.27.3\n",
        .good = SERVICE,
        .aliases = {"KSV-0125"},
        .workload = untrusted,
    },
    {
        .id = "container/insecure-build",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "The build has more rights than builds need",
        .why = "A build runs what the Dockerfile and its packages say. With the host's network or "
               "extra rights, a bad package reaches the host while the image is made.",
        .fix = "Build without privileged, network: host and entitlements.",
        .bad = "services:\n  web:\n    build: {context: ., network: host}\n",
        .good = "services:\n  web:\n    build: {context: .}\n",
        .workload = insecure_build,
    },
};

const struct rule_family rule_workload_image = {"container", rules,
                                                sizeof(rules) / sizeof(rules[0])};
