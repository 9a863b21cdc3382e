// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/secret_name.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"

/* ---- names and values ---- */

static void named_secret(struct rule_run *run, const struct instruction *instruction,
                         const struct dockerfile_pair *pair, enum secret_name name)
{
    bool is_arg = instruction->kind == INSTRUCTION_ARG;
    str shown = pair->name.value, value = pair->value.value;
    if (!pair->has_value) {
        if (name == NAME_SECRET)
            rule_found(run, pair->span,
                       "the value of %.*s will be in the image's history, where everybody who has "
                       "the image can read it",
                       STR_ARG(shown))
                ->severity = SEVERITY_MEDIUM;
        return;
    }
    /* ENV TOKEN=$TOKEN keeps in the image what was only to pass through. */
    if (!is_arg && pair->value.variable && str_starts(pair->value.raw, STR("$")) &&
        name == NAME_SECRET) {
        rule_found(run, pair->span, "%.*s is written into the image by %.*s", STR_ARG(shown),
                   STR_ARG(pair->value.raw));
        return;
    }
    if (value_is_harmless(value) || pair->value.open)
        return;
    struct finding *finding = rule_found(run, pair->span, "%.*s=%.*s", STR_ARG(shown),
                                         STR_ARG(text_masked(run->arena, value)));
    if (name == NAME_PERHAPS)
        finding->severity = SEVERITY_LOW;
}

static void secret_variable(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_ENV && instruction->kind != INSTRUCTION_ARG &&
        instruction->kind != INSTRUCTION_LABEL)
        return;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        enum secret_name name = secret_name(pair->name.value);
        /* A label named "key" is a key of something else. */
        if (name == NAME_PERHAPS && instruction->kind == INSTRUCTION_LABEL)
            continue;
        if (name != NAME_PLAIN)
            named_secret(run, instruction, pair, name);
    }
}

static void look_into(struct rule_run *run, const struct mapped_text *text, bool addresses)
{
    const char *kind;
    str secret = secret_in_text(text->text, addresses, &kind);
    if (!secret.len)
        return;
    uint32_t from = (uint32_t)(secret.ptr - text->text.ptr);
    rule_found(run, mapped_text_span(text, from, from + (uint32_t)secret.len), "%s: %.*s", kind,
               STR_ARG(text_masked(run->arena, secret)));
}

static void secret_value(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind == INSTRUCTION_UNKNOWN || instruction->kind == INSTRUCTION_ONBUILD)
        return;
    /* Addresses with a password in commands are another rule's. */
    look_into(run, &instruction->arguments, !instruction->script);
    for (size_t i = 0; i < instruction->heredocs.count; i++)
        look_into(run, &instruction->heredocs.items[i].text, !instruction->script);
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/secret-variable",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A variable of the image holds a credential",
        .why = "What ENV, ARG and LABEL say is kept in the image for good and shown by `docker "
               "history` and `docker inspect`. Everybody who can fetch the image can read the "
               "password or key, and changing it later does not remove it from older images.",
        .fix = "Give the credential when the container runs (`docker run -e` or a secret). If "
               "the build needs it, use `RUN --mount=type=secret,id=NAME`. Change a credential "
               "that was built into an image already.",
        .bad = "FROM debian:13\nENV DB_PASSWORD=hunter2hunter2\n",
        .good = "FROM debian:13\nENV DB_PASSWORD_FILE=/run/secrets/db\n",
        .aliases = {"DL3064", "SecretsUsedInArgOrEnv", "DS-0031", "AVD-DS-0031", "c3e1b6ae",
                    "CKV_DOCKER_1005", "CIS-DI-0010", "CIS 4.10"},
        .instruction = secret_variable,
    },
    {
        .id = "dockerfile/secret-value",
        .kind = KIND_SECRET,
        .severity = SEVERITY_CRITICAL,
        .class = RULE_SECURITY,
        .title = "A credential stands in the Dockerfile",
        .why = "The text has the form that a service gives to its keys or tokens, or it is a "
               "private key, or an address with a password. It can be read by everybody who has "
               "this file, its history in version control, or an image made of it.",
        .fix = "Revoke the credential now and make a new one. Keep that out of the file: `RUN "
               "--mount=type=secret,id=NAME` in builds, a secret or variable at run time.",
        .bad = "FROM debian:13\nENV DATABASE=postgres://app:s3cr3tpassw0rd@db/app\n",
        .good = "FROM debian:13\nENV DATABASE=postgres://app@db/app\n",
        .aliases = {"c3e1b6ae", "CIS-DI-0010", "CIS 4.10"},
        .instruction = secret_value,
    },
};

const struct rule_family rule_dockerfile_secret = {"dockerfile", rules,
                                                   sizeof(rules) / sizeof(rules[0])};
