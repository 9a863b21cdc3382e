// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* ---- sudo ---- */

static bool runs_as_root(const struct rule_run *run)
{
    const struct instruction *instruction = run->subject.instruction;
    if (!instruction || instruction->state->user_open)
        return false;
    str user = instruction->state->user, name, group;
    str_cut(user, ':', &name, &group);
    return !name.len || str_eq(name, STR("root")) || str_eq(name, STR("0"));
}

static void sudo_in_run(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !shell_command_is(command, "sudo") || command->words.count < 2)
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
    const struct shell_command *inner = command->wrapped;
    /* Without options, and where root gives up nothing, sudo can simply go. */
    if (inner && inner->words.items == command->words.items + 1 && runs_as_root(run))
        run_replace(
            run, finding,
            (struct span){command->words.items[0].span.start, command->words.items[1].span.start},
            "", EDIT_SAFE, "Run the command without sudo");
}

/* ---- passwords ---- */

/* A secret that is mounted, and read when the command runs. */
static bool from_mount(const struct rule_run *run, const struct shell_command *command)
{
    return run_has_mount(run, "secret") &&
           (run_mentions(command, "/run/secrets/") || run_mentions(command, "$"));
}

/* Made while the image is built: whoever has the file cannot know it. */
static bool is_drawn(str value)
{
    return str_contains(value, STR("random")) || str_contains(value, STR("openssl rand")) ||
           str_contains(value, STR("pwgen")) || str_contains(value, STR("uuid"));
}

static void password_set(struct rule_run *run, const struct shell_command *command)
{
    static const char *const adders[] = {"usermod", "useradd", NULL};
    str value;
    if (!run_is_build(run) || from_mount(run, command))
        return;
    if (shell_command_is(command, "chpasswd")) {
        run_found(run, command, "chpasswd sets a password that everybody with the image can read");
    } else if (shell_command_among(command, adders) &&
               (shell_flag_value(command, "p", &value) ||
                shell_flag_value(command, "password", &value)) &&
               !str_eq(value, STR("*")) && !str_eq(value, STR("!")) && !is_drawn(value)) {
        str name = shell_command_name(command);
        run_found(run, command, "%.*s -p sets a password that everybody with the image can read",
                  STR_ARG(name));
    } else if (shell_command_is(command, "passwd") &&
               (shell_has_flag(command, "stdin") || command->pipe_position ||
                command->redirections.count)) {
        run_found(run, command, "passwd sets a password that everybody with the image can read");
    } else if (shell_command_is(command, "passwd") &&
               (shell_has_flag(command, "d") || shell_has_flag(command, "delete"))) {
        run_found(run, command, "the account can be entered without a password from now on");
    } else if (shell_command_is(command, "htpasswd") && shell_has_flag(command, "b")) {
        run_found(run, command, "htpasswd gets the password as an argument");
    }
}

/* ---- credentials ---- */

/* Words of a command line that give somebody's credentials away; the last is the secret. */
static const struct {
    const char *program;
    const char *words;  /* that must stand there in this order, anything between */
    const char *option; /* whose value is the secret; "" for the last word; "-" for none */
    const char *what;
} logins[] = {
    {"aws", "configure set aws_secret_access_key", "", "the secret key of an AWS account"},
    {"aws", "configure set aws_session_token", "", "a session of an AWS account"},
    {"gcloud", "auth activate-service-account", "-", "the key of a Google Cloud account"},
    {"gcloud", "auth login", "-", "a login at Google Cloud"},
    {"az", "login", "password", "a login at Azure"},
    {"az", "login", "p", "a login at Azure"},
    {"doctl", "auth init", "t", "a token of DigitalOcean"},
    {"doctl", "auth init", "access-token", "a token of DigitalOcean"},
    {"docker", "login", "p", "a login at a registry"},
    {"docker", "login", "password", "a login at a registry"},
    {"podman", "login", "p", "a login at a registry"},
    {"podman", "login", "password", "a login at a registry"},
    {"helm", "login", "password", "a login at a registry"},
    {"helm", "repo add", "password", "a login at a chart repository"},
    {"npm", "config set _authToken", "", "a token of a package registry"},
    {"npm", "config set _auth", "", "a login at a package registry"},
    {"yarn", "config set npmAuthToken", "", "a token of a package registry"},
    {"composer", "config http-basic", "", "a login at a package registry"},
    {"composer", "config github-oauth", "", "a token of GitHub"},
    {"bundle", "config", "", "a login at a package registry"},
    {"kubectl", "config set-credentials", "token", "a token of a cluster"},
    {"kubectl", "config set-credentials", "password", "a login at a cluster"},
    {"vault", "login", "", "a token of Vault"},
    {"twine", "upload", "p", "a login at a package registry"},
    {"twine", "upload", "password", "a login at a package registry"},
    {"poetry", "config http-basic", "", "a login at a package registry"},
    {"poetry", "config pypi-token", "", "a token of a package registry"},
    {"dotnet", "nuget add source", "password", "a login at a package source"},
    {"curl", "", "u", "a login"},
    {"curl", "", "user", "a login"},
    {"wget", "", "password", "a login"},
    {"wget", "", "http-password", "a login"},
    {"sshpass", "", "p", "a password of an SSH login"},
    {"gh", "auth login", "-", "a login at GitHub"},
    {"terraform", "login", "-", "a login at a registry of Terraform"},
    {"heroku", "login", "-", "a login at Heroku"},
    {"openssl", "", "passin", "the password of a key"},
};

/* The word is what the row says; a key like //host/:_authToken ends with it. */
static bool has_words(const struct shell_command *command, const char *words,
                      const struct shell_word **ret_last)
{
    str rest = str_from(words), wanted;
    size_t i = 1;
    while (str_next_word(&rest, &wanted)) {
        while (i < command->words.count) {
            str word = command->words.items[i].value, key, value;
            str_cut(word, '=', &key, &value);
            if (str_eq(word, wanted) || str_ends(word, wanted) || str_ends(key, wanted))
                break;
            i++;
        }
        if (i == command->words.count)
            return false;
        *ret_last = &command->words.items[i];
        i++;
    }
    return true;
}

static bool row_applies(const struct shell_command *command, size_t row, str *ret_value)
{
    const struct shell_word *last = &command->words.items[0];
    str key;
    if (!shell_command_is(command, logins[row].program) ||
        !has_words(command, logins[row].words, &last))
        return false;
    if (str_eq(str_from(logins[row].option), STR("-")))
        return true;
    if (logins[row].option[0])
        return (shell_flag_value(command, logins[row].option, ret_value) ||
                (shell_has_single_flag(command, logins[row].option) &&
                 !shell_has_flag(command, logins[row].option))) &&
               !str_starts(*ret_value, STR("-"));
    /* The value stands behind the key, or in the same word behind "=". */
    if (str_cut(last->value, '=', &key, ret_value) && ret_value->len)
        return true;
    const struct shell_word *end = command->words.items + command->words.count;
    *ret_value = last + 1 < end ? end[-1].value : (str){0};
    return last + 1 < end;
}

/* bundle config alone means nothing: the value of a host is user:password. */
static bool is_no_secret(const struct shell_command *command, str value)
{
    if (shell_command_is(command, "bundle"))
        return str_find_char(value, ':') == STR_NONE || str_contains(value, STR("://"));
    if (shell_command_is(command, "openssl")) /* pass:text, and not file: or env: */
        return !run_mentions(command, "pass:");
    if (shell_command_is(command, "curl")) /* -u name: asks for the password */
        return str_find_char(value, ':') == STR_NONE && !str_contains(value, STR("$"));
    return false;
}

/* user:password@ in a URL, with something for a password. */
static bool has_credentials(str text, str *ret_url)
{
    size_t scheme = str_find(text, STR("://"));
    if (scheme == STR_NONE)
        return false;
    str rest = str_from_index(text, scheme + 3), authority, user, password;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '"' && rest.ptr[end] != ' ')
        end++;
    authority = str_sub(rest, 0, end);
    size_t at = str_rfind_char(authority, '@');
    if (at == STR_NONE)
        return false;
    str_cut(str_sub(authority, 0, at), ':', &user, &password);
    *ret_url = str_from_index(authority, at + 1);
    /* A token alone stands before @ too; "git@" and the like is a name. */
    return password.len || user.len >= 16 || str_contains(user, STR("$"));
}

static bool has_authorization(const struct shell_command *command, const struct shell_word **ret)
{
    static const char *const headers[] = {
        "authorization:", "private-token:", "x-api-key:", "job-token:", "x-auth-token:", NULL};
    static const char *const tools[] = {"curl", "wget", "http", "https", NULL};
    if (!shell_command_among(command, tools))
        return false;
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        str_skip(&word, STR("--header="));
        str_skip(&word, STR("-H"));
        for (size_t h = 0; headers[h]; h++)
            if (str_eq_nocase(str_sub(word, 0, str_from(headers[h]).len), str_from(headers[h]))) {
                *ret = &command->words.items[i];
                return true;
            }
    }
    return false;
}

static void credentials_in_run(struct rule_run *run, const struct shell_command *command)
{
    str value = {0}, host;
    const struct shell_word *header;
    if (!run_is_build(run) || !command->words.count || from_mount(run, command))
        return;
    str name = shell_command_name(command);
    for (size_t i = 0; name.len && i < sizeof(logins) / sizeof(logins[0]); i++)
        if (logins[i].program[0] == name.ptr[0] && row_applies(command, i, &value) &&
            !is_no_secret(command, value)) {
            run_found(run, command, "%.*s: %s", STR_ARG(name), logins[i].what);
            return;
        }
    if (has_authorization(command, &header)) {
        rule_found(run, header->span, "%.*s sends a header with credentials", STR_ARG(name))
            ->subject->command = command;
        return;
    }
    for (size_t i = 1; !command->wrapped && i < command->words.count; i++)
        if (has_credentials(command->words.items[i].value, &host)) {
            rule_found(run, command->words.items[i].span, "a login at %.*s in a URL",
                       STR_ARG(str_sub(host, 0, 80)))
                ->subject->command = command;
            return;
        }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/sudo",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "sudo is used while the image is built",
        .why = "A build runs as root unless USER says otherwise, so sudo changes nothing. If it is "
               "installed for that, it stays in the image, and is a way to become root for "
               "whoever breaks into the container.",
        .fix = "Remove sudo. Do what needs root before the USER line, or say USER root, and USER "
               "app afterwards.",
        .bad = "FROM debian:13\nRUN sudo apt-get update\n",
        .good = "FROM debian:13\nRUN apt-get update\n",
        .aliases = {"DL3004", "DS-0010", "DS010", "CKV2_DOCKER_1", "DKL-DI-0001", "8ada6e80"},
        .command = sudo_in_run,
    },
    {
        .id = "dockerfile/password-in-run",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A password is set while the image is built",
        .why = "The password, or what it is checked with, is part of the image and of its history. "
               "Everybody who can pull the image has it, and it is the same in every container.",
        .fix = "Do without: a container needs no login. Where one is really needed, set the "
               "password when the container starts, from a secret.",
        .bad = "FROM debian:13\nRUN echo 'root:toor' | chpasswd\n",
        .good = "FROM debian:13\nRUN useradd --system --no-create-home app\nUSER app\n",
        .aliases = {"CKV2_DOCKER_17"},
        .command = password_set,
    },
    {
        .id = "dockerfile/credentials-in-run",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "Somebody's login is used while the image is built",
        .why = "The command line is kept in the image's history, with the values of build "
               "arguments, and most such commands write the login to a file in the image as well. "
               "Everybody who can pull the image can use it.",
        .fix = "Give it to this one RUN as a secret, which leaves no trace: RUN "
               "--mount=type=secret,id=token ... \"$(cat /run/secrets/token)\". Replace the login "
               "that was used so far.",
        .bad = "FROM debian:13\nRUN curl -u bot:s3cret https://example.org/private.tar -o /p.tar\n",
        .good = "FROM debian:13\nRUN --mount=type=secret,id=token \\\n"
                "    curl -u \"bot:$(cat /run/secrets/token)\" https://example.org/private.tar "
                "-o /p.tar\n",
        .aliases = {"DS-0031", "DS031"},
        .references = {"https://docs.docker.com/build/building/secrets/"},
        .command = credentials_in_run,
    },
};

const struct rule_family rule_run_account = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
