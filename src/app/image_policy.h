// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_IMAGE_POLICY_H
#define HARDEN_APP_IMAGE_POLICY_H

#include "app/command/command.h"
#include "judge/rule/rule.h"
#include "read/forbidden/forbidden.h"

/* What the user's policy asks of images; filled from IMAGE_POLICY_OPTIONS rows. */
struct image_policy_settings {
    struct option_list enable, trusted, labels, platforms, distributions;
    struct option_list denied_packages, required_packages, denied_licenses, denied_files, contents;
    const char *hash_list, *base_list, *most_bytes;
    uint64_t most_layers;
};

#define IMAGE_POLICY_LIST(type, field, option_name, value, text)                                   \
    {                                                                                              \
        .name = option_name, .kind = OPTION_LIST, .argument = value, .help = text,                 \
        .offset = offsetof(type, field)                                                            \
    }
#define IMAGE_POLICY_TEXT(type, field, option_name, value, text)                                   \
    {                                                                                              \
        .name = option_name, .kind = OPTION_TEXT, .argument = value, .help = text,                 \
        .offset = offsetof(type, field)                                                            \
    }
#define IMAGE_POLICY_OPTIONS(type, member)                                                         \
    IMAGE_POLICY_LIST(type, member.enable, "enable", "ID",                                         \
                      "ask rules that are off by default, or all of them"),                        \
        IMAGE_POLICY_TEXT(type, member.most_bytes, "max-size", "SIZE",                             \
                          "the image's files may take no more: 200M, 1.5G"),                       \
        {.name = "max-layers",                                                                     \
         .kind = OPTION_NUMBER,                                                                    \
         .argument = "N",                                                                          \
         .help = "the image may have no more layers",                                              \
         .max = 100000,                                                                            \
         .offset = offsetof(type, member.most_layers)},                                            \
        IMAGE_POLICY_LIST(type, member.platforms, "allow-platform", "OS/ARCH",                     \
                          "the image must be for one of these; '*' stands for any text"),          \
        IMAGE_POLICY_LIST(type, member.distributions, "allow-distribution", "NAME[:VERSION]",      \
                          "the image must be of one of these: debian:12, alpine"),                 \
        IMAGE_POLICY_LIST(type, member.denied_packages, "deny-package", "NAME[=VERSION]",          \
                          "packages that must not be in the image; '*' stands for any text"),      \
        IMAGE_POLICY_LIST(type, member.required_packages, "require-package", "NAME[=VERSION]",     \
                          "packages that must be in the image"),                                   \
        IMAGE_POLICY_LIST(type, member.denied_licenses, "deny-license", "NAME",                    \
                          "licenses that packages must not be under: AGPL-*"),                     \
        IMAGE_POLICY_LIST(type, member.denied_files, "deny-file", "GLOB",                          \
                          "files that must not be in the image: **/*.pfx"),                        \
        {.name = "deny-content",                                                                   \
         .kind = OPTION_LIST,                                                                      \
         .argument = "REGEX",                                                                      \
         .help = "text that no file of any layer may have; name=WORD, path=GLOB and case=no may "  \
                 "stand before it",                                                                \
         .whole = true,                                                                            \
         .offset = offsetof(type, member.contents)},                                               \
        IMAGE_POLICY_TEXT(type, member.hash_list, "deny-hash", "FILE",                             \
                          "digests of files that no layer may have, as sha256sum or ClamAV "       \
                          "write them"),                                                           \
        IMAGE_POLICY_TEXT(type, member.base_list, "trusted-base", "FILE",                          \
                          "images that this one may be built on, a line each: NAME and its "       \
                          "layers' digests"),                                                      \
        IMAGE_POLICY_LIST(type, member.trusted, "trusted-registry", "NAME",                        \
                          "base images may come only from these; '*' stands for any text"),        \
        IMAGE_POLICY_LIST(type, member.labels, "require-label", "NAME:TYPE",                       \
                          "a label that images must have: text, url, rfc3339, spdx, hash, "        \
                          "semver, email")

/* Fills `ret`; reads the list of trusted bases. Everything lives in the arena. */
int image_policy_read(struct arena *arena, const struct image_policy_settings *settings,
                      struct rule_settings *ret, struct err *err);
/* What has to be read for it: bits of enum want. */
unsigned image_policy_wants(const struct image_policy_settings *settings);
/* Lists of what files must not have, before the sandbox; *ret is NULL where there are none. */
int image_policy_open(const struct image_policy_settings *settings, struct forbidden_finder **ret,
                      struct err *err);

/* Lines of "NAME DIFF_ID...", as `docker image inspect --format` prints them. */
int image_policy_parse_bases(struct arena *arena, str text, struct image_policy *ret,
                             struct err *err);
/* "200M", "1.5G", "4096": bytes; K, M, G are powers of 1024, and may have an "iB" or "B". */
bool image_policy_parse_size(str text, uint64_t *ret);

#endif
