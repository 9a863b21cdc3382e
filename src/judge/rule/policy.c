// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/history.h"
#include "judge/rule/listing.h"

/* What somebody's own policy asks of images: limits, and lists of what must or must not be in them.
 * Without such settings these rules are silent. */

static const struct location in_config = {.path = STR_INIT("config")};

/* ---- how large, and for what ---- */

static uint64_t size_of(const struct layer_list *layers)
{
    uint64_t content = 0, stored = 0;
    for (size_t i = 0; i < layers->count; i++) {
        content += layers->items[i].content;
        stored += layers->items[i].size;
    }
    return content ? content : stored;
}

static void image_size(struct rule_run *run, const struct image_view *view)
{
    uint64_t most = run->settings->policy.most_bytes, size = size_of(&view->image->layers);
    char is[16], may[16];
    if (most && size > most)
        rule_found_at(run, (struct location){0}, "%s in %zu layers, and at most %s are allowed",
                      str_size(size, is), view->image->layers.count, str_size(most, may));
}

static void layer_count(struct rule_run *run, const struct image_view *view)
{
    uint64_t most = run->settings->policy.most_layers;
    if (most && view->image->layers.count > most)
        rule_found_at(run, (struct location){0}, "%zu layers, and at most %llu are allowed",
                      view->image->layers.count, (unsigned long long)most);
}

static bool fits_any(const struct str_list *patterns, str text)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (text_matches(patterns->items[i], text))
            return true;
    return false;
}

static void platform(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *allowed = &run->settings->policy.platforms;
    str is = view->image->platform;
    if (allowed->count && !fits_any(allowed, is))
        rule_found_at(run, in_config, "it is %.*s",
                      STR_ARG(is.len ? is : STR("built for a platform that it does not tell")));
}

static void distribution(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *allowed = &run->settings->policy.distributions;
    const struct distribution *is = view->distribution;
    if (allowed->count == 0 || fits_any(allowed, is->id) ||
        fits_any(allowed, arena_join(run->arena, is->id, STR(":"), is->version_id)) ||
        fits_any(allowed, arena_join(run->arena, is->id, STR(":"), is->codename)))
        return;
    str name = is->pretty_name.len ? is->pretty_name : is->id;
    rule_found_at(run, (struct location){0}, "it is %.*s",
                  STR_ARG(name.len ? name : STR("of no distribution that it names")));
}

static void untrusted_base(struct rule_run *run, const struct image_view *view)
{
    const struct rule_settings *settings = run->settings;
    if (settings->policy.base_count && !rule_known_base(settings, view))
        rule_found_at(run, (struct location){0},
                      "its first layers are those of none of the %zu trusted images",
                      settings->policy.base_count);
    if (settings->trusted_count == 0)
        return;
    /* What the builder wrote down; who built it may write anything, but then means to deceive. */
    for (size_t i = 0; i < view->config->labels.count; i++) {
        const struct image_variable *label = &view->config->labels.items[i];
        if (!str_eq(label->name, STR("org.opencontainers.image.base.name")))
            continue;
        struct image_name name = image_name_parse(run->arena, label->value);
        str full = arena_join(run->arena, name.registry, STR("/"), name.repository);
        bool trusted = false;
        for (size_t t = 0; t < settings->trusted_count; t++)
            trusted |= text_matches(settings->trusted[t], name.registry) ||
                       text_matches(settings->trusted[t], full) ||
                       text_matches(settings->trusted[t], label->value);
        if (!trusted)
            rule_found_at(run, in_config, "the label %.*s says %.*s", STR_ARG(label->name),
                          STR_ARG(str_sub(label->value, 0, 200)));
    }
}

static void missing_label(struct rule_run *run, const struct image_view *view)
{
    const struct rule_settings *settings = run->settings;
    for (size_t i = 0; view->config->present && i < settings->label_count; i++) {
        const struct label_rule *wanted = &settings->labels[i];
        const struct image_variable *found = NULL;
        for (size_t j = 0; j < view->config->labels.count; j++)
            if (str_eq(view->config->labels.items[j].name, wanted->name))
                found = &view->config->labels.items[j];
        if (!found || found->value.len == 0)
            rule_found_at(run, in_config, "there is no label %.*s", STR_ARG(wanted->name));
        else if (!label_fits(wanted->type, found->value))
            rule_found_at(run, in_config, "the label %.*s is no %.*s: %.*s", STR_ARG(wanted->name),
                          STR_ARG(wanted->type), STR_ARG(str_sub(found->value, 0, 120)));
    }
}

/* ---- packages ---- */

/* "NAME" or "NAME=VERSION". */
static bool is_named(str pattern, const struct package *package)
{
    str name, version;
    bool of_version = str_cut(pattern, '=', &name, &version);
    return text_matches(name, package->name) &&
           (!of_version || text_matches(version, package->version));
}

static struct location location_of(const struct image_view *view,
                                   const struct report_package *package)
{
    const struct layer_list *layers = &view->image->layers;
    return (struct location){
        .path = package->path,
        .layer = package->layer < layers->count ? layers->items[package->layer].diff_id : (str){0}};
}

static void denied_package(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *denied = &run->settings->policy.denied_packages;
    const struct report_package_list *packages = &run->report->packages;
    for (size_t i = 0; i < packages->count; i++)
        for (size_t d = 0; d < denied->count; d++)
            if (is_named(denied->items[d], &packages->items[i].package)) {
                const struct package *package = &packages->items[i].package;
                rule_found_at(run, location_of(view, &packages->items[i]), "%.*s %.*s (%.*s)",
                              STR_ARG(package->name), STR_ARG(package->version),
                              STR_ARG(package->type))
                    ->package = package->name;
                break;
            }
}

static void missing_package(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *required = &run->settings->policy.required_packages;
    const struct report_package_list *packages = &run->report->packages;
    (void)view;
    for (size_t r = 0; r < required->count; r++) {
        bool found = false;
        for (size_t i = 0; i < packages->count && !found; i++)
            found = is_named(required->items[r], &packages->items[i].package);
        if (!found)
            rule_found_at(run, (struct location){0}, "there is no %.*s",
                          STR_ARG(required->items[r]));
    }
}

/* ---- licenses ---- */

static bool is_joint(str word, const char *capital, const char *small)
{
    return str_eq(word, str_from(capital)) || str_eq(word, str_from(small));
}

/* Whether a license expression leaves no way around what is denied: of "A or B" all alternatives
 * must be denied, of "A and B" one part. With brackets, each name counts. */
static bool is_denied(const struct str_list *denied, str expression, str *ret_name)
{
    bool brackets = str_find_char(expression, '(') != STR_NONE, bad = false;
    str word;
    while (str_next_word(&expression, &word)) {
        while (str_skip(&word, STR("(")))
            ;
        while (word.len && str_find_char(STR("),;"), word.ptr[word.len - 1]) != STR_NONE)
            word = str_sub(word, 0, word.len - 1);
        if (is_joint(word, "OR", "or") && !brackets) {
            if (!bad)
                return false;
            bad = false;
        }
        for (size_t i = 0; i < denied->count && word.len; i++)
            if (text_matches(denied->items[i], word)) {
                *ret_name = word;
                bad = true;
            }
    }
    return bad;
}

static void denied_license(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *denied = &run->settings->policy.denied_licenses;
    const struct report_package_list *packages = &run->report->packages;
    size_t count;
    str name;
    if (denied->count == 0)
        return;
    for (size_t i = 0; i < packages->count; i++)
        if (!str_eq(packages->items[i].package.type, STR("deb")) && /* the facts below tell of it */
            is_denied(denied, packages->items[i].package.license, &name))
            rule_found_at(run, location_of(view, &packages->items[i]), "%.*s is under %.*s",
                          STR_ARG(packages->items[i].package.name),
                          STR_ARG(packages->items[i].package.license))
                ->package = packages->items[i].package.name;
    const struct fact *fact = image_view_facts(view, FACT_LICENSE, &count);
    for (str last = {0}; count; count--, fact++) {
        if (!is_denied(denied, fact->license.name, &name) || str_eq(fact->path, last))
            continue;
        last = fact->path; /* one a package: its file has a paragraph for each of its parts */
        rule_found_at(run, (struct location){.path = fact->path}, "%.*s has parts under %.*s",
                      STR_ARG(fact->license.package), STR_ARG(fact->license.name))
            ->package = fact->license.package;
    }
}

/* ---- files ---- */

static void denied_file(struct rule_run *run, const struct image_view *view)
{
    const struct str_list *denied = &run->settings->policy.denied_files;
    for (size_t d = 0; view->files && d < denied->count; d++) {
        struct listing all = {.run = run, .view = view};
        for (size_t i = 1; i < view->files->count; i++) {
            const struct file *file = &view->files->items[i];
            if (path_glob(denied->items[d], files_path(run->arena, view->files, file)))
                listing_add(&all, file, (str){0});
        }
        listing_report(&all, arena_printf(run->arena, "%.*s: file", STR_ARG(denied->items[d])).ptr);
    }
}

static struct finding *found_in(struct rule_run *run, const struct image_view *view,
                                const struct fact *fact, str evidence)
{
    const struct layer_list *layers = &view->image->layers;
    struct location location = {.path = fact->path, .line = (uint32_t)fact->forbidden.line};
    if (fact->layer < layers->count)
        location.layer = layers->items[fact->layer].diff_id;
    return rule_found_at(run, location, "%.*s%s", STR_ARG(evidence),
                         fact->hidden
                             ? "; a later layer deletes or overwrites the file, but whoever "
                               "pulls the image still gets it"
                             : "");
}

static void denied_hash(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_FORBIDDEN, &count);
    for (; count; count--, fact++)
        if (str_eq(fact->forbidden.what, STR("hash")))
            found_in(run, view, fact,
                     arena_printf(run->arena, "the content is listed%s%.*s, %.*s",
                                  fact->forbidden.name.len ? " as " : "",
                                  STR_ARG(fact->forbidden.name), STR_ARG(fact->forbidden.detail)));
}

static void denied_content(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_FORBIDDEN, &count);
    for (; count; count--, fact++)
        if (str_eq(fact->forbidden.what, STR("content")))
            found_in(run, view, fact,
                     arena_printf(run->arena, "the content matches %.*s",
                                  STR_ARG(fact->forbidden.name)));
}

#define POLICY(kind_of, how_bad) .kind = (kind_of), .severity = (how_bad), .class = RULE_SECURITY

static const struct rule rules[] = {
    {
        .id = "policy/denied-content",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A file has content that your policy denies",
        .why =
            "Your settings name text that must not be in an image: an internal address, a "
            "marking of confidential papers, a library that was withdrawn. A file has it, in the "
            "layer that is named; a file that a later layer deletes can still be read.",
        .fix = "Leave the file out of the build (.dockerignore), or remove the text from it. The "
               "patterns are those of --deny-content.",
        .bad = "# .harden.yaml: deny-content: ['name=internal corp\\.example\\.com']\n"
               "RUN echo proxy.corp.example.com >/etc/proxy\n",
        .good = "# the proxy comes from the environment when the container starts\n",
        .image = denied_content,
    },
    {
        .id = "policy/denied-file",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A file is in the image that your policy denies",
        .why = "Your settings name files that must not be in an image, by their paths.",
        .fix =
            "Leave the file out of the build (.dockerignore), or remove it in the RUN that makes "
            "it. The patterns are those of --deny-file.",
        .bad = "# .harden.yaml: deny-file: ['**/*.pfx']\nCOPY . /srv\n",
        .good = "# .dockerignore: **/*.pfx\nCOPY . /srv\n",
        .image = denied_file,
    },
    {
        .id = "policy/denied-hash",
        POLICY(KIND_TRUST, SEVERITY_CRITICAL),
        .title = "A file is on your list of malware",
        .why =
            "The digest of the file's content is on the list that you gave: it is, byte for byte, "
            "what somebody has found to be malicious or withdrawn. In which layer it is tells "
            "which step brought it.",
        .fix = "Find out how the file came into the image, do not run the image, and look for what "
               "it may have done where it ran. The list is that of --deny-hash.",
        .bad = "# .harden.yaml: deny-hash: malware.hsb\nRUN curl -o /usr/bin/tool $URL\n",
        .good = "ADD --checksum=sha256:... https://example.org/tool /usr/bin/tool\n",
        .image = denied_hash,
    },
    {
        .id = "policy/denied-license",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A package is under a license that your policy denies",
        .why =
            "Whoever hands out an image hands out everything in it, and has to keep the terms of "
            "every part. Your settings name licenses whose terms you do not want to keep. Of a "
            "package that may be used under one of several licenses, all must be denied.",
        .fix = "Remove the package, or ask those who answer for licenses and take the pattern off "
               "--deny-license.",
        .bad = "# .harden.yaml: deny-license: ['AGPL-*']\nRUN apt-get install -y ghostscript\n",
        .good = "RUN apt-get install -y poppler-utils\n",
        .image = denied_license,
    },
    {
        .id = "policy/denied-package",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A package is installed that your policy denies",
        .why = "Your settings name packages that must not be in an image, whether or not a flaw in "
               "them is known.",
        .fix = "Remove the package in the step that brings it, or use a base without it. The list "
               "is that of --deny-package.",
        .bad = "# .harden.yaml: deny-package: [telnet]\nRUN apt-get install -y telnet\n",
        .good = "RUN apt-get install -y openssh-client\n",
        .aliases = {"CIS 4.3"},
        .image = denied_package,
    },
    {
        .id = "policy/distribution",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "The image is of a distribution that your policy does not allow",
        .why =
            "Your settings name the distributions and releases that images may be built on: those "
            "that somebody looks after, and that your advisories speak of.",
        .fix = "Build on one that --allow-distribution names.",
        .bad =
            "# .harden.yaml: allow-distribution: ['debian:12', 'debian:13']\nFROM ubuntu:24.04\n",
        .good = "FROM debian:13\n",
        .image = distribution,
    },
    {
        .id = "policy/image-size",
        POLICY(KIND_CONFIG, SEVERITY_LOW),
        .title = "The image is larger than your policy allows",
        .why =
            "Every machine that runs the image fetches and keeps all of it, and everything in it "
            "can have flaws.",
        .fix = "Build in a stage of its own and copy only the result; content/cache and "
               "content/wasted-space tell what is needless. The limit is --max-size.",
        .bad = "# .harden.yaml: max-size: 200M\nFROM gcc:13\nCOPY . .\nRUN make\n",
        .good = "FROM gcc:13 AS build\nCOPY . .\nRUN make\nFROM debian:13-slim\n"
                "COPY --from=build /server /server\n",
        .image = image_size,
    },
    {
        .id = "policy/layer-count",
        POLICY(KIND_CONFIG, SEVERITY_LOW),
        .title = "The image has more layers than your policy allows",
        .why = "Layers are fetched one by one, and engines stop at some 127 of them. Many layers "
               "mostly mean that files are changed again and again, and carried each time.",
        .fix = "Join RUN lines that belong together, and build in an earlier stage. The limit is "
               "--max-layers.",
        .bad = "# .harden.yaml: max-layers: 3\nRUN a\nRUN b\nRUN c\nRUN d\n",
        .good = "RUN a && b && c && d\n",
        .image = layer_count,
    },
    {
        .id = "policy/missing-label",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A label that your policy requires is missing or malformed",
        .why =
            "Your settings name labels that every image must have, so that people and tools find "
            "out where it comes from and who answers for it.",
        .fix = "Add the LABEL. The list is that of --require-label.",
        .bad = "# .harden.yaml: require-label: ['maintainer:email']\nFROM debian:13\n",
        .good = "LABEL maintainer=team@example.org\n",
        .image = missing_label,
    },
    {
        .id = "policy/missing-package",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "A package that your policy requires is not installed",
        .why = "Your settings name packages that every image must have: certificates, an agent.",
        .fix = "Install it. The list is that of --require-package.",
        .bad = "# .harden.yaml: require-package: [ca-certificates]\nFROM debian:13\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y ca-certificates\n",
        .image = missing_package,
    },
    {
        .id = "policy/platform",
        POLICY(KIND_CONFIG, SEVERITY_MEDIUM),
        .title = "The image is for a platform that your policy does not allow",
        .why = "An image for another processor runs by emulation, slowly, or not at all; mostly it "
               "was built on the wrong machine.",
        .fix = "Build it for a platform that --allow-platform names (docker build --platform).",
        .bad = "# .harden.yaml: allow-platform: [linux/amd64]\n"
               "docker build --platform linux/arm64 .\n",
        .good = "docker build --platform linux/amd64 .\n",
        .image = platform,
    },
    {
        .id = "policy/untrusted-base",
        POLICY(KIND_TRUST, SEVERITY_MEDIUM),
        .title = "The image is not built on a base that your policy trusts",
        .why =
            "All that is in the base is in the image. Layers are named by the digest of their "
            "content: if the first layers of the image are those of a trusted image, so is what is "
            "in them; if they are not, it was built on something else, or on a release of the base "
            "that nobody has looked at.",
        .fix = "Build on a trusted image, or look at the base and add its layers to the list of "
               "--trusted-base.",
        .bad = "# .harden.yaml: trusted-base: bases.txt\nFROM stranger/debian:13\n",
        .good = "FROM registry.example.org/base/debian:13\n",
        .aliases = {"CIS 4.2"},
        .image = untrusted_base,
    },
};

const struct rule_family rule_policy = {"policy", rules, sizeof(rules) / sizeof(rules[0])};
