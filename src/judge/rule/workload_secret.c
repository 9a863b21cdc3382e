// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* Credentials where others can read them. Values are never shown. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"

/* "user:password@" in a URL. */
static bool has_login(str value)
{
    size_t scheme = str_find(value, STR("://"));
    if (scheme == STR_NONE)
        return false;
    str rest = str_from_index(value, scheme + 3), user, password;
    size_t slash = str_find_char(rest, '/');
    rest = str_sub(rest, 0, slash);
    size_t at = str_rfind_char(rest, '@');
    return at != STR_NONE && str_cut(str_sub(rest, 0, at), ':', &user, &password) && password.len &&
           !workload_is_open(password);
}

/* Tokens that can be told by how they begin. */
static bool is_known_token(str value)
{
    static const char *const prefixes[] = {
        "ghp_",  "gho_",     "ghs_",     "github_pat_", "glpat-",    "AKIA",        "ASIA", "xoxb-",
        "xoxp-", "sk_live_", "rk_live_", "npm_",        "dckr_pat_", "-----BEGIN ", "AIza", "SG."};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (str_starts(value, str_from(prefixes[i])) && value.len >= 16)
            return true;
    return false;
}

static bool is_secret(const struct named_value *variable)
{
    if (!variable->has_value || variable->from_variable)
        return false;
    if (is_known_token(variable->value) || has_login(variable->value))
        return true;
    return workload_is_secret_name(variable->name) &&
           !workload_is_harmless_value(variable->value) &&
           str_find(variable->value, STR("://")) == STR_NONE;
}

static bool is_from_env_file(const struct workload *workload, const struct named_value *variable)
{
    for (size_t i = 0; i < workload->env_files.count; i++)
        if (variable->place.path.len && !str_eq(variable->place.path, workload->path) &&
            str_ends(variable->place.path, workload->env_files.items[i].value))
            return true;
    return false;
}

static void in_environment(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Use `secrets:` (a file below /run/secrets) and the variable's _FILE form; or take it from "
        "outside: `NAME: ${NAME}`.",
        "Use valueFrom.secretKeyRef, or mount a Secret as a file.",
        "Use --env-file with a file that only you can read, or mount the secret as a file.",
    };
    for (size_t i = 0; i < workload->environment.count; i++) {
        const struct named_value *variable = &workload->environment.items[i];
        if (!workload->is_settings && is_secret(variable) && !is_from_env_file(workload, variable))
            workload_found(run, workload, &variable->place, &remedy, "the value of %.*s",
                           STR_ARG(variable->name));
    }
}

static void in_env_file(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->environment.count; i++) {
        const struct named_value *variable = &workload->environment.items[i];
        if (is_secret(variable) && is_from_env_file(workload, variable))
            workload_found(run, workload, &variable->place, NULL, "the value of %.*s",
                           STR_ARG(variable->name));
    }
}

static void in_config_map(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->environment.count; i++) {
        const struct named_value *variable = &workload->environment.items[i];
        if (workload->is_settings && is_secret(variable))
            workload_found(run, workload, &variable->place, NULL, "the value of %.*s",
                           STR_ARG(variable->name));
    }
}

static void in_build_args(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->build.args.count; i++) {
        const struct named_value *argument = &workload->build.args.items[i];
        bool given =
            argument->from_variable || workload_is_open(argument->value) || !argument->has_value;
        if (is_secret(argument) || (given && workload_is_secret_name(argument->name)))
            workload_found(run, workload, &argument->place, NULL, "the build argument %.*s",
                           STR_ARG(argument->name));
    }
}

/* "--password=x", "-pSECRET" is too vague, "--password x". */
static void in_words(struct rule_run *run, const struct workload *workload,
                     const struct set_text_list *words)
{
    for (size_t i = 0; i < words->count; i++) {
        str name, value, word = words->items[i].value;
        if (!str_starts(word, STR("-")) && !has_login(word))
            continue;
        bool has_value = str_cut(word, '=', &name, &value);
        if (!has_value && i + 1 < words->count && str_starts(word, STR("--")))
            value = words->items[i + 1].value;
        bool secret = (workload_is_secret_name(name) && !workload_is_harmless_value(value) &&
                       !str_starts(value, STR("-"))) ||
                      has_login(has_value ? value : word);
        if (!secret)
            continue;
        str shown = str_starts(name, STR("-")) ? name : STR("a URL");
        workload_found(run, workload, &words->items[i].place, NULL, "the value of %.*s",
                       STR_ARG(shown));
    }
}

static void in_command(struct rule_run *run, const struct workload *workload)
{
    in_words(run, workload, &workload->entrypoint);
    in_words(run, workload, &workload->command);
}

static const struct rule rules[] = {
    {
        .id = "container/secret-in-environment",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A password or key is written into the declaration",
        .why =
            "The file is copied, shared and kept in version control, so everybody who ever sees "
            "it has the secret. Environment variables are also shown by docker inspect, inherited "
            "by every program that is started inside, and often end up in logs and error "
            "reports.",
        .fix = "Keep the secret out of the file, and hand it over as a file.",
        .bad = SERVICE "    environment:\n      DB_PASSWORD: hunter22\n",
        .good = SERVICE "    environment:\n      DB_PASSWORD_FILE: /run/secrets/db\n"
                        "    secrets: [db]\nsecrets:\n  db: {file: ./db.txt}\n",
        .aliases = {"env-var-secret"},
        .workload = in_environment,
    },
    {
        .id = "container/secret-in-env-file",
        .kind = KIND_SECRET,
        .severity = SEVERITY_LOW,
        .title = "A password or key comes from a file of variables",
        .why = "That is better than in the declaration, as long as the file is in no repository "
               "and in no image. The value still is an environment variable: docker inspect shows "
               "it, and every program that is started inside gets it.",
        .fix = "Keep the file out of version control (.gitignore, .dockerignore), readable only "
               "for its owner; better: hand the secret over as a file.",
        .bad = SERVICE "    env_file: secrets.env\n",
        .good = SERVICE "    secrets: [db]\nsecrets:\n  db: {file: ./db.txt}\n",
        .workload = in_env_file,
    },
    {
        .id = "container/secret-in-config-map",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A password or key stands in a ConfigMap",
        .why = "ConfigMaps are for settings: many may read them, and they are not encrypted where "
               "the cluster keeps them. Secrets have rights of their own, and can be encrypted.",
        .fix = "Move it to a Secret, or to a store of secrets outside of the cluster.",
        .bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n"
               "  DB_PASSWORD: hunter22\n",
        .good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  DB_HOST: db\n",
        .aliases = {"KSV-0109", "KSV-01010"},
        .workload = in_config_map,
    },
    {
        .id = "container/secret-in-build-args",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A password or key is handed to the build as an argument",
        .why = "Build arguments are recorded in the image's history. Everybody who can pull the "
               "image can read them.",
        .fix = "Use `build.secrets` and RUN --mount=type=secret in the Dockerfile.",
        .bad = "services:\n  web:\n    build:\n      context: .\n"
               "      args: {NPM_TOKEN: \"${NPM_TOKEN}\"}\n",
        .good = "services:\n  web:\n    build:\n      context: .\n      secrets: [npm]\n"
                "secrets:\n  npm: {environment: NPM_TOKEN}\n",
        .workload = in_build_args,
    },
    {
        .id = "container/secret-in-command",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A password or key stands in the command line",
        .why = "Command lines are visible to everybody who can list processes, on the host too; "
               "engines show them in their lists and write them to their event log.",
        .fix = "Hand it over in a file that the program reads.",
        .bad = SERVICE "    command: [\"serve\", \"--admin-password=hunter22\"]\n",
        .good = SERVICE "    command: [\"serve\", \"--admin-password-file=/run/secrets/admin\"]\n",
        .workload = in_command,
    },
};

const struct rule_family rule_workload_secret = {"container", rules,
                                                 sizeof(rules) / sizeof(rules[0])};
