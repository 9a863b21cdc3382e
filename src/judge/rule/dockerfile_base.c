// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/support.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"

/* FROM names an image, not an earlier stage, and all of the name is known. */
static bool has_known_image(const struct stage *stage)
{
    return stage->from && !stage->parent && !stage->is_scratch && !stage->base.open &&
           stage->base.value.len > 0;
}

static void without_tag(struct rule_run *run, const struct stage *stage)
{
    const struct image_name *image = &stage->image;
    if (has_known_image(stage) && image->valid && !image->tag.len && !image->digest.len)
        rule_found(run, stage->base.span, "%.*s", STR_ARG(image->text));
}

static bool is_latest(const struct image_name *image)
{
    return str_eq(image->tag, STR("latest")) && image->digest.len == 0;
}

static void latest(struct rule_run *run, const struct stage *stage)
{
    if (has_known_image(stage) && is_latest(&stage->image))
        rule_found(run, stage->base.span, "%.*s", STR_ARG(stage->image.text));
}

static void copied_latest(struct rule_run *run, const struct instruction *instruction)
{
    struct image_name image;
    struct span span;
    if (instruction_image(run->arena, run->subject.dockerfile, instruction, &image, &span) &&
        is_latest(&image))
        rule_found(run, span, "%.*s", STR_ARG(image.text));
}

static void without_digest(struct rule_run *run, const struct stage *stage)
{
    const struct image_name *image = &stage->image;
    if (has_known_image(stage) && image->valid && image->tag.len && !image->digest.len &&
        !is_latest(image))
        rule_found(run, stage->base.span, "%.*s", STR_ARG(image->text));
}

/* ---- where it comes from ---- */

static bool is_trusted(const struct rule_run *run, const struct image_name *image)
{
    const struct rule_settings *settings = run->settings;
    str full = arena_join(run->arena, image->registry, STR("/"), image->repository);
    for (size_t i = 0; i < settings->trusted_count; i++)
        if (text_matches(settings->trusted[i], image->registry) ||
            text_matches(settings->trusted[i], full) ||
            text_matches(settings->trusted[i], image->text))
            return true;
    return settings->trusted_count == 0;
}

static void untrusted(struct rule_run *run, const struct stage *stage)
{
    if (has_known_image(stage) && stage->image.valid && !is_trusted(run, &stage->image))
        rule_found(run, stage->base.span, "%.*s comes from %.*s", STR_ARG(stage->image.text),
                   STR_ARG(stage->image.registry));
}

static void copied_untrusted(struct rule_run *run, const struct instruction *instruction)
{
    struct image_name image;
    struct span span;
    if (run->settings->trusted_count &&
        instruction_image(run->arena, run->subject.dockerfile, instruction, &image, &span) &&
        !is_trusted(run, &image))
        rule_found(run, span, "%.*s comes from %.*s", STR_ARG(image.text), STR_ARG(image.registry));
}

static void ended(struct rule_run *run, const struct stage *stage)
{
    struct support_end end;
    if (!run->settings->today || !has_known_image(stage) ||
        !support_ended(run->arena, &stage->image, str_from(run->settings->today), &end))
        return;
    rule_found(run, stage->base.span, "%.*s gets no security updates since %.*s", STR_ARG(end.what),
               STR_ARG(end.date));
}

static void copied_ended(struct rule_run *run, const struct instruction *instruction)
{
    struct image_name image;
    struct span span;
    struct support_end end;
    if (run->settings->today &&
        instruction_image(run->arena, run->subject.dockerfile, instruction, &image, &span) &&
        support_ended(run->arena, &image, str_from(run->settings->today), &end))
        rule_found(run, span, "%.*s gets no security updates since %.*s", STR_ARG(end.what),
                   STR_ARG(end.date));
}

/* ---- the frontend ---- */

static const struct dockerfile_directive *
frontend(struct rule_run *run, const struct dockerfile *dockerfile, struct image_name *ret)
{
    for (size_t i = 0; i < dockerfile->directives.count; i++)
        if (str_eq(dockerfile->directives.items[i].name, STR("syntax"))) {
            str name, options;
            str_cut(dockerfile->directives.items[i].value, ' ', &name, &options);
            *ret = image_name_parse(run->arena, name);
            return &dockerfile->directives.items[i];
        }
    return NULL;
}

static void untrusted_frontend(struct rule_run *run, const struct dockerfile *dockerfile)
{
    struct image_name image;
    const struct dockerfile_directive *directive = frontend(run, dockerfile, &image);
    if (!directive)
        return;
    bool docker = str_eq(image.registry, STR("docker.io")) &&
                  (str_eq(image.repository, STR("docker/dockerfile")) ||
                   str_eq(image.repository, STR("docker/dockerfile-upstream")));
    bool named = run->settings->trusted_count && is_trusted(run, &image);
    if (!docker && !named)
        rule_found(run, directive->value_span, "%.*s", STR_ARG(image.text));
}

static void unpinned_frontend(struct rule_run *run, const struct dockerfile *dockerfile)
{
    struct image_name image;
    const struct dockerfile_directive *directive = frontend(run, dockerfile, &image);
    if (directive && image.digest.len == 0)
        rule_found(run, directive->value_span, "%.*s", STR_ARG(image.text));
}

/* ---- names that come from ARG ---- */

static void undefined_argument(struct rule_run *run, const struct stage *stage)
{
    for (size_t i = 0; stage->from && i < stage->from->uses.count; i++) {
        const struct variable_use *use = &stage->from->uses.items[i];
        if (use->variable || use->guarded)
            continue;
        str near = text_nearest(run, &stage->file->globals, use->name);
        if (near.len)
            rule_found(run, use->span, "%.*s is not declared before FROM; %.*s is",
                       STR_ARG(use->name), STR_ARG(near));
        else
            rule_found(run, use->span, "%.*s is not declared before FROM", STR_ARG(use->name));
    }
}

static void invalid_name(struct rule_run *run, const struct stage *stage)
{
    if (!stage->from || stage->parent || stage->is_scratch || stage->base.raw.len == 0)
        return;
    str name = stage->base_by_default;
    if (!stage->base_by_default_known)
        return; /* BuildKit sets a variable in it */
    for (size_t i = 0; i < stage->from->uses.count; i++)
        if (!stage->from->uses.items[i].variable)
            return; /* told elsewhere */
    struct image_name image = image_name_parse(run->arena, name);
    if (image.valid)
        return;
    struct finding *finding = rule_found(run, stage->base.span, "this gives the name `%.*s`",
                                         STR_ARG(str_sub(name, 0, 200)));
    if (stage->base.open)
        finding->severity = SEVERITY_INFO;
}

/* ---- platforms ---- */

static void constant_platform(struct rule_run *run, const struct stage *stage)
{
    str value, part;
    if (!stage->platform || stage->platform->value.variable || !stage->platform->has_value)
        return;
    value = stage->platform->value.value;
    /* A stage that is called after a platform is meant to be of it. */
    while (str_next(&value, '/', &part))
        if (part.len && str_contains(stage->alias.value, part))
            return;
    rule_found(run, stage->platform->span, "%.*s", STR_ARG(stage->platform->value.raw));
}

static void target_platform(struct rule_run *run, const struct stage *stage)
{
    if (!stage->platform)
        return;
    str raw = stage->platform->value.raw;
    if (str_eq(raw, STR("$TARGETPLATFORM")) || str_eq(raw, STR("${TARGETPLATFORM}")))
        rule_found(run, stage->platform->span, "%.*s", STR_ARG(raw));
}

/* "aarch64" and "arm64/v8" are the same processor. */
static str processor_of(str name)
{
    static const struct {
        str from, to;
    } aliases[] = {
        {STR_INIT("x86_64"), STR_INIT("amd64")},  {STR_INIT("x86-64"), STR_INIT("amd64")},
        {STR_INIT("aarch64"), STR_INIT("arm64")}, {STR_INIT("i386"), STR_INIT("386")},
        {STR_INIT("armhf"), STR_INIT("arm")},     {STR_INIT("armel"), STR_INIT("arm")}};
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (str_eq_nocase(name, aliases[i].from))
            return aliases[i].to;
    return name;
}

/* Only what the engine told of the base can be compared. */
static void other_platform(struct rule_run *run, const struct stage *stage)
{
    str wanted = stage->wanted_platform, have, os, base_os, processor, base_processor;
    if (!stage->base_image)
        return;
    have = stage->base_image->platform;
    if (!str_next(&wanted, '/', &os) || !str_next(&wanted, '/', &processor) ||
        !str_next(&have, '/', &base_os) || !str_next(&have, '/', &base_processor) ||
        base_processor.len == 0)
        return;
    if (!str_eq_nocase(os, base_os) ||
        !str_eq_nocase(processor_of(processor), processor_of(base_processor)))
        rule_found(run, stage->base.span, "it is %.*s, and %.*s is asked for",
                   STR_ARG(stage->base_image->platform),
                   STR_ARG(str_sub(stage->wanted_platform, 0, 100)));
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/base-without-tag",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_REPRODUCIBILITY,
        .title = "The base image has no version",
        .why = "Without a tag, Docker takes `latest`: whatever was pushed last. The same "
               "Dockerfile then gives another image tomorrow, on another machine or after a "
               "cache was emptied, and nobody can say which one was tested.",
        .fix = "Name a version behind the image: `debian:13` instead of `debian`.",
        .bad = "FROM debian\n",
        .good = "FROM debian:13\n",
        .aliases = {"DL3006", "DS-0001", "AVD-DS-0001", "CKV_DOCKER_7", "9efb0b2d"},
        .stage = without_tag,
    },
    {
        .id = "dockerfile/base-latest",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_REPRODUCIBILITY,
        .title = "The image is taken as `latest`",
        .why = "`latest` is a name like any other that is moved to another image whenever "
               "somebody pushes one. What was built and tested yesterday cannot be built again, "
               "and a big new version comes in without anybody deciding it.",
        .fix = "Name the version that you tested: `node:22-slim` instead of `node:latest`.",
        .bad = "FROM debian:latest\n",
        .good = "FROM debian:13\n",
        .aliases = {"DL3007", "DS-0001", "AVD-DS-0001", "CKV_DOCKER_7", "f45ea400", "DKL-DI-0006"},
        .stage = latest,
        .instruction = copied_latest,
    },
    {
        .id = "dockerfile/base-without-digest",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .title = "The base image is not pinned by its digest",
        .why = "A tag can be moved to another image, by its owner or by somebody who took over "
               "their account. A digest is a fingerprint of the content: what it names can never "
               "be another image. Security updates then come only when you change the digest, so "
               "let a tool do that regularly.",
        .fix = "Write the digest behind the tag: `debian:13@sha256:...`. `docker images "
               "--digests` shows it.",
        .bad = "FROM debian:13\n",
        .good = "FROM debian:13@sha256:"
                "0000000000000000000000000000000000000000000000000000000000000000\n",
        .stage = without_digest,
    },
    {
        .id = "dockerfile/untrusted-registry",
        .kind = KIND_TRUST,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "An image comes from a source that is not on the list of trusted ones",
        .why = "Everything in a base image runs with the rights of your container. Your settings "
               "list whom you trust to build such images, and this one comes from somebody else.",
        .fix = "Use an image from a trusted registry, or add this source to the list after you "
               "looked at who is behind it.",
        .bad = "FROM ghcr.io/somebody/debian:13\n",
        .good = "FROM docker.io/library/debian:13\n",
        .aliases = {"DL3026"},
        .stage = untrusted,
        .instruction = copied_untrusted,
    },
    {
        .id = "dockerfile/base-end-of-life",
        .kind = KIND_VULNERABILITY,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "The base image gets no security updates any more",
        .why = "Nobody repairs this release any more: flaws that are found from now on stay open "
               "for good. Rebuilding or upgrading packages does not help, because there is "
               "nothing to upgrade to.",
        .fix = "Change FROM to a release that is still supported, rebuild, and test.",
        .bad = "FROM alpine:3.4\n",
        .good = "FROM alpine:3.23\n",
        .stage = ended,
        .instruction = copied_ended,
    },
    {
        .id = "dockerfile/untrusted-frontend",
        .kind = KIND_TRUST,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "The build is done by a program of somebody else",
        .why = "`# syntax=` names an image with the program that reads this file and makes the "
               "image. It sees everything of the build, secrets included, and decides what comes "
               "out of it. Docker's own is docker/dockerfile; this is another one.",
        .fix = "Use `# syntax=docker/dockerfile:1`, or leave the line out.",
        .bad = "# syntax=somebody/dockerfile:1\nFROM debian:13\n",
        .good = "# syntax=docker/dockerfile:1\nFROM debian:13\n",
        .dockerfile = untrusted_frontend,
    },
    {
        .id = "dockerfile/frontend-without-digest",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The program that does the build is not pinned by its digest",
        .why = "`# syntax=` names an image that is fetched and run to do the build. By its tag "
               "alone it can be another program tomorrow.",
        .fix = "Write the digest behind the tag, or leave the line out: the engine has a "
               "frontend of its own.",
        .bad = "# syntax=docker/dockerfile:1\nFROM debian:13\n",
        .good = "FROM debian:13\n",
        .dockerfile = unpinned_frontend,
    },
    {
        .id = "dockerfile/undefined-argument-in-from",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "FROM uses an ARG that was not declared before it",
        .why = "FROM sees only those ARGs that stand before the first FROM. Another name is "
               "empty, and the build stops, or takes another image than was meant.",
        .fix = "Declare the ARG above the first FROM, and check how its name is spelled.",
        .bad = "ARG VERSION=13\nFROM debian:${VERSIN}\n",
        .good = "ARG VERSION=13\nFROM debian:${VERSION}\n",
        .aliases = {"UndefinedArgInFrom"},
        .stage = undefined_argument,
    },
    {
        .id = "dockerfile/invalid-base-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "FROM does not give the name of an image",
        .why = "An image's name is in lower case, with a tag behind a colon. What stands here, "
               "with its ARGs at their default values, is no such name, so the build stops.",
        .fix = "Correct the name, or give the ARG in it a default value that makes a name.",
        .bad = "ARG VERSION\nFROM debian:${VERSION}\n",
        .good = "ARG VERSION=13\nFROM debian:${VERSION}\n",
        .aliases = {"InvalidDefaultArgInFrom"},
        .stage = invalid_name,
    },
    {
        .id = "dockerfile/constant-platform",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "FROM is bound to one platform",
        .why = "With a fixed --platform the image is always built for that one, whatever is asked "
               "for. On another machine it runs slowly under emulation, or not at all.",
        .fix = "Leave the flag out, or use $BUILDPLATFORM for stages that only build. Choose the "
               "platform with `docker build --platform`.",
        .bad = "FROM --platform=linux/amd64 debian:13\n",
        .good = "FROM --platform=$BUILDPLATFORM debian:13\n",
        .aliases = {"DL3029", "FromPlatformFlagConstDisallowed", "b16e8501"},
        .stage = constant_platform,
    },
    {
        .id = "dockerfile/redundant-platform",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "FROM asks for the platform that it gets anyway",
        .why = "Images are taken for the target platform unless something else is said.",
        .fix = "Remove --platform=$TARGETPLATFORM.",
        .bad = "FROM --platform=$TARGETPLATFORM debian:13\n",
        .good = "FROM debian:13\n",
        .aliases = {"DL3065", "RedundantTargetPlatform"},
        .stage = target_platform,
    },
    {
        .id = "dockerfile/other-platform",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The base image is of another platform than the build",
        .why = "A program made for one kind of processor does not start on another. The engine "
               "has this base image only for a platform that is not the one the image is built "
               "for, so the build stops, or makes an image that does not run where it should. "
               "Known with --engine only.",
        .fix = "Fetch the base image for the right platform (`docker pull --platform`), choose a "
               "base that exists for it, or correct --platform.",
        .bad = "FROM --platform=linux/amd64 registry.example/arm-only:1\n",
        .good = "FROM --platform=linux/arm64 registry.example/arm-only:1\n",
        .aliases = {"InvalidBaseImagePlatform"},
        .stage = other_platform,
    },
};

const struct rule_family rule_dockerfile_base = {"dockerfile", rules,
                                                 sizeof(rules) / sizeof(rules[0])};
