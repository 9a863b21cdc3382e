// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* Switches that turn checks off, as the programs' manuals name them. */
struct off_switch {
    const char *programs; /* blank-separated */
    const char *flag;     /* "k", "insecure": as shell_has_flag() wants it */
    const char *what;     /* that is not checked then */
};

static bool is_listed(const char *list, str word)
{
    str rest = str_from(list), one;
    while (word.len && str_next_word(&rest, &one))
        if (str_eq(one, word))
            return true;
    return false;
}

static const struct shell_word *flag_word(const struct shell_command *command, const char *flag)
{
    for (size_t i = 1; i < command->flags_end; i++) {
        struct shell_command one = *command;
        struct shell_word words[2] = {command->words.items[0], command->words.items[i]};
        one.words = (struct shell_words){words, 2, 2};
        one.flags_end = 2;
        if (shell_has_flag(&one, flag))
            return &command->words.items[i];
    }
    return NULL;
}

static void ask_switches(struct rule_run *run, const struct shell_command *command,
                         const struct off_switch *switches, size_t count)
{
    str name = shell_command_name(command);
    for (size_t i = 0; name.len && i < count; i++) {
        if (!is_listed(switches[i].programs, name) || !shell_has_flag(command, switches[i].flag))
            continue;
        const struct shell_word *word = flag_word(command, switches[i].flag);
        struct finding *finding =
            rule_found(run, word ? word->span : command->span, "%.*s of `%.*s`: %s",
                       STR_ARG(word ? word->value : name), STR_ARG(name), switches[i].what);
        finding->subject->command = command;
        /* Only a word of its own can go; -fsSLk would lose the rest, and a value would stay. */
        if (word && word->literal && switches[i].flag[1] && str_starts(word->value, STR("--")) &&
            (!str_contains(word->value, STR("trusted-host")) ||
             str_find_char(word->value, '=') != STR_NONE))
            run_delete_word(run, finding, word, EDIT_UNSAFE, "Let the check stay on");
    }
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- signatures ---- */

static const struct off_switch signature_switches[] = {
    {"apt apt-get aptitude", "allow-unauthenticated", "packages without a signature are taken"},
    {"apt apt-get aptitude", "force-yes", "packages without a signature are taken"},
    {"apt apt-get", "allow-insecure-repositories", "unsigned archives are taken"},
    {"apk", "allow-untrusted", "packages without a signature are taken"},
    {"yum dnf dnf5 microdnf tdnf", "nogpgcheck", "signatures of packages are not checked"},
    {"zypper", "no-gpg-checks", "signatures are not checked"},
    {"zypper", "allow-unsigned-rpm", "packages without a signature are taken"},
    {"rpm yum dnf", "nosignature", "signatures of packages are not checked"},
    {"rpm", "nodigest", "digests of packages are not checked"},
    {"rpm", "noverify", "packages are not verified"},
    {"debootstrap mmdebstrap cdebootstrap", "no-check-gpg",
     "the archive's signature is not checked"},
};

/* Settings in any word: of options, of files that are written. */
static const struct {
    const char *text, *what;
} signature_texts[] = {
    {"trusted=yes", "the archive's signature is not checked"},
    {"allow-insecure=yes", "the archive may be unsigned"},
    {"gpgcheck=0", "signatures of packages are not checked"},
    {"gpgcheck=false", "signatures of packages are not checked"},
    {"gpgcheck=no", "signatures of packages are not checked"},
    {"AllowUnauthenticated=true", "packages without a signature are taken"},
    {"APT::Get::AllowUnauthenticated \"true\"", "packages without a signature are taken"},
    {"Acquire::AllowInsecureRepositories=true", "unsigned archives are taken"},
    {"SigLevel = Never", "signatures of packages are not checked"},
    {"DOCKER_CONTENT_TRUST=0", "signatures of images are not checked"},
};

struct text_switch {
    const char *text, *what;
};

/* Where a word or the body of a heredoc has the text. */
static bool find_text(const struct shell_command *command, const char *text, struct span *ret_span)
{
    for (size_t i = 0; i < command->words.count; i++)
        if (str_contains(command->words.items[i].value, str_from(text))) {
            *ret_span = command->words.items[i].span;
            return true;
        }
    for (size_t i = 0; i < command->redirections.count; i++) {
        const struct shell_redirection *redirection = &command->redirections.items[i];
        if (redirection->heredoc && str_contains(redirection->heredoc->body, str_from(text))) {
            *ret_span = redirection->heredoc->span;
            return true;
        }
    }
    return false;
}

/* A text that a shell runs is looked at command by command. */
static bool is_text_runner(const struct shell_command *command)
{
    return command->wrapped != NULL;
}

static void signature_check_off(struct rule_run *run, const struct shell_command *command)
{
    ask_switches(run, command, signature_switches, COUNT(signature_switches));
    struct span span;
    for (size_t i = 0; !is_text_runner(command) && i < COUNT(signature_texts); i++)
        if (find_text(command, signature_texts[i].text, &span))
            rule_found(run, span, "%s: %s", signature_texts[i].text, signature_texts[i].what);
}

/* ---- TLS ---- */

static const struct off_switch tls_switches[] = {
    {"curl", "k", "any certificate is taken"},
    {"curl", "insecure", "any certificate is taken"},
    {"curl", "proxy-insecure", "any certificate of the proxy is taken"},
    {"wget wget2", "no-check-certificate", "any certificate is taken"},
    {"pip pip3", "trusted-host", "that host's certificate is not checked"},
    {"npm yarn pnpm", "no-strict-ssl", "any certificate is taken"},
    {"apk", "no-check-certificate", "any certificate is taken"},
    {"conda", "insecure", "any certificate is taken"},
    {"uv", "allow-insecure-host", "that host's certificate is not checked"},
    {"http https", "verify=no", "any certificate is taken"},
    {"helm", "insecure-skip-tls-verify", "any certificate is taken"},
    {"aria2c", "check-certificate=false", "any certificate is taken"},
};

static const struct {
    const char *text, *what;
} tls_texts[] = {
    {"sslverify=0", "certificates of archives are not checked"},
    {"sslverify=false", "certificates of archives are not checked"},
    {"Verify-Peer=false", "certificates of archives are not checked"},
    {"Verify-Peer \"false\"", "certificates of archives are not checked"},
    {"http.sslVerify=false", "git takes any certificate"},
    {"strict-ssl=false", "npm takes any certificate"},
};

/* Variables that do the same, by their value. */
static const struct {
    const char *name, *value; /* "" for any that is not empty */
    const char *what;
} tls_variables[] = {
    {"PYTHONHTTPSVERIFY", "0", "Python takes any certificate"},
    {"NODE_TLS_REJECT_UNAUTHORIZED", "0", "Node takes any certificate"},
    {"GIT_SSL_NO_VERIFY", "", "git takes any certificate"},
    {"GOINSECURE", "", "Go takes these modules without a certificate"},
    {"GONOSUMDB", "*", "Go checks no module against the public list"},
    {"GOFLAGS", "-insecure", "Go takes modules without a certificate"},
    {"GONOSUMCHECK", "1", "Go checks no module against the public list"},
    {"GOSUMDB", "off", "Go checks no module against the public list"},
    {"PIP_TRUSTED_HOST", "", "pip checks no certificate of these hosts"},
    {"NPM_CONFIG_STRICT_SSL", "false", "npm takes any certificate"},
    {"npm_config_strict_ssl", "false", "npm takes any certificate"},
    {"CONDA_SSL_VERIFY", "false", "conda takes any certificate"},
    {"CURL_INSECURE", "1", "curl takes any certificate"},
};

static const char *variable_turns_off(str name, str value)
{
    for (size_t i = 0; i < COUNT(tls_variables); i++) {
        if (!str_eq(name, str_from(tls_variables[i].name)))
            continue;
        str wanted = str_from(tls_variables[i].value);
        bool off = wanted.len ? str_eq_nocase(value, wanted)
                              : value.len && !str_eq(value, STR("0")) &&
                                    !str_eq_nocase(value, STR("false"));
        if (off)
            return tls_variables[i].what;
    }
    return NULL;
}

static void ask_assignment(struct rule_run *run, str text, struct span span)
{
    str name, value;
    if (!str_cut(text, '=', &name, &value))
        return;
    const char *what = variable_turns_off(name, value);
    if (what)
        rule_found(run, span, "%.*s: %s", STR_ARG(text), what);
}

/* npm config set strict-ssl false, git config --global http.sslVerify false, and so on. */
static bool sets_off(const struct shell_command *command)
{
    static const char *const names[] = {"strict-ssl", "http.sslVerify", "http.sslverify",
                                        "ssl_verify", "disable-tls",    NULL};
    static const char *const tools[] = {"npm", "yarn", "pnpm", "git", "conda", "composer", NULL};
    if (!shell_command_among(command, tools) || !shell_has_word(command, "config"))
        return false;
    for (size_t i = 1; i + 1 < command->words.count; i++)
        for (size_t n = 0; names[n]; n++)
            if (str_eq(command->words.items[i].value, str_from(names[n]))) {
                str value = command->words.items[i + 1].value;
                bool no = str_eq_nocase(value, STR("false")) || str_eq(value, STR("0")) ||
                          str_eq_nocase(value, STR("no"));
                if (no != str_eq(str_from(names[n]), STR("disable-tls")))
                    return true;
            }
    return false;
}

static void tls_check_off(struct rule_run *run, const struct shell_command *command)
{
    struct span span;
    ask_switches(run, command, tls_switches, COUNT(tls_switches));
    for (size_t i = 0; i < command->assignments.count; i++) {
        const struct shell_assignment *assignment = &command->assignments.items[i];
        const char *what = variable_turns_off(assignment->name, assignment->value.value);
        if (what)
            rule_found(run, assignment->span, "%.*s=%.*s: %s", STR_ARG(assignment->name),
                       STR_ARG(assignment->value.value), what);
    }
    if (shell_command_is(command, "export"))
        for (size_t i = 1; i < command->words.count; i++)
            ask_assignment(run, command->words.items[i].value, command->words.items[i].span);
    if (shell_command_is(command, "go") && shell_has_single_flag(command, "insecure"))
        run_found(run, command, "-insecure: modules are taken without a certificate");
    if (sets_off(command)) {
        run_found(run, command, "`%.*s` turns the check of certificates off",
                  STR_ARG(run_words(run->arena, command)));
        return;
    }
    for (size_t i = 0; !is_text_runner(command) && i < COUNT(tls_texts); i++)
        if (find_text(command, tls_texts[i].text, &span))
            rule_found(run, span, "%s: %s", tls_texts[i].text, tls_texts[i].what);
}

static void tls_check_off_by_env(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_ENV && instruction->kind != INSTRUCTION_ARG)
        return;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        const char *what = variable_turns_off(pair->name.value, pair->value.value);
        if (what)
            rule_found(run, pair->span, "%.*s=%.*s: %s", STR_ARG(pair->name.value),
                       STR_ARG(pair->value.value), what);
    }
}

/* ---- plain HTTP ---- */

/* Hosts that stand on this machine or network need no TLS, and distributions sign what they serve
 * over plain HTTP, so that nobody can change it on the way. */
static bool is_harmless_url(str url)
{
    static const char *const hosts[] = {
        "localhost",       "127.", "[::1]",    "host.docker.internal", "10.", "192.168.",
        "169.254.169.254", "$",    "schemas.", "www.w3.org",           NULL};
    if (!str_skip(&url, STR("http://")))
        return true;
    for (size_t i = 0; hosts[i]; i++)
        if (str_starts(url, str_from(hosts[i])))
            return true;
    size_t slash = str_find_char(url, '/'), dot = str_find_char(url, '.');
    return dot == STR_NONE || dot > slash; /* a name within the network */
}

static str url_in(str text)
{
    size_t at = str_find(text, STR("http://"));
    if (at == STR_NONE)
        return (str){0};
    str url = str_from_index(text, at);
    size_t end = 0;
    while (end < url.len && (unsigned char)url.ptr[end] > ' ' && url.ptr[end] != '"' &&
           url.ptr[end] != '\'' && url.ptr[end] != '>' && url.ptr[end] != ')')
        end++;
    return str_sub(url, 0, end);
}

static bool fetches(const struct shell_command *command)
{
    static const char *const tools[] = {"curl",        "wget", "wget2",    "aria2c", "git", "pip",
                                        "pip3",        "npm",  "yarn",     "gem",    "go",  "fetch",
                                        "lwp-request", "rpm",  "yum",      "dnf",    "apk", "svn",
                                        "hg",          "axel", "composer", NULL};
    return shell_command_among(command, tools);
}

static void plain_http(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !fetches(command) ||
        (shell_command_is(command, "git") && shell_has_word(command, "config")))
        return;
    for (size_t i = 1; i < command->words.count; i++) {
        const struct shell_word *word = &command->words.items[i];
        str before = command->words.items[i - 1].value, url = url_in(word->value);
        if (!url.len || is_harmless_url(url) || str_eq(before, STR("-x")) ||
            str_eq(before, STR("--proxy")) || str_eq(before, STR("-H")) ||
            str_eq(before, STR("-e")) || str_eq(before, STR("--referer")))
            continue;
        struct finding *finding =
            rule_found(run, word->span, "%.*s", STR_ARG(run_masked(run->arena, url)));
        finding->subject->command = command;
        size_t at = str_find(word->raw, STR("http://"));
        if (at != STR_NONE && command->text) {
            uint32_t from = word->from + (uint32_t)at;
            run_replace(run, finding, shell_span(command, from, from + 4), "https", EDIT_UNSAFE,
                        "Fetch it over HTTPS");
        }
    }
}

static void plain_http_add(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_ADD)
        return;
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        if (!str_starts(word->value, STR("http://")) || is_harmless_url(word->value) ||
            instruction_flag(instruction, "checksum"))
            continue;
        struct finding *finding = rule_found(run, word->span, "%.*s", STR_ARG(url_in(word->value)));
        if (str_starts(word->raw, STR("http://")))
            run_replace(run, finding, (struct span){word->span.start, word->span.start + 4},
                        "https", EDIT_UNSAFE, "Fetch it over HTTPS");
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/signature-check-off",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "Packages are installed without checking who made them",
        .why = "Package managers check a signature before they install something. Switched off, a "
               "mirror, a proxy, or anybody on the way can hand out a changed package, and it runs "
               "as root in your build.",
        .fix = "Remove the option. If it was added because a key is missing, install that key, "
               "from a place you trust, instead.",
        .bad = "FROM debian:13\n"
               "RUN apt-get update && apt-get install -y --allow-unauthenticated curl\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .aliases = {"CKV2_DOCKER_7", "CKV2_DOCKER_8", "CKV2_DOCKER_9", "CKV2_DOCKER_10",
                    "CKV2_DOCKER_11"},
        .references = {"https://wiki.debian.org/SecureApt"},
        .command = signature_check_off,
    },
    {
        .id = "dockerfile/tls-check-off",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "Certificates are not checked",
        .why = "A certificate proves that the other side is who it says. Without that check the "
               "connection is still encrypted, but to whoever answered: what is downloaded can be "
               "anybody's, and what is sent can be read by anybody.",
        .fix = "Remove the option. Where the host has a certificate of your own authority, add "
               "that authority (update-ca-certificates, pip --cert, NODE_EXTRA_CA_CERTS).",
        .bad = "FROM debian:13\nRUN curl -k -o /tmp/tool https://example.org/tool\n",
        .good = "FROM debian:13\nRUN curl -o /tmp/tool https://example.org/tool\n",
        .aliases = {"CKV2_DOCKER_2", "CKV2_DOCKER_3", "CKV2_DOCKER_4", "CKV2_DOCKER_5",
                    "CKV2_DOCKER_6", "CKV2_DOCKER_12", "CKV2_DOCKER_13", "CKV2_DOCKER_14",
                    "CKV2_DOCKER_15", "CKV2_DOCKER_16", "CKV2_DOCKER_18"},
        .instruction = tls_check_off_by_env,
        .command = tls_check_off,
    },
    {
        .id = "dockerfile/plain-http",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "Something is fetched over a connection that anybody can change",
        .why = "http:// is neither encrypted nor checked. Whoever controls a network on the way, "
               "a proxy or a name server, can replace what you download, and your build will not "
               "notice. (apt's lists of sources are left out: apt checks the signatures of what it "
               "fetches, and where that is switched off, another rule says so.)",
        .fix = "Write https://. Where the host has no HTTPS, check the file with a checksum.",
        .bad = "FROM debian:13\nRUN curl -o /tmp/tool http://example.org/tool\n",
        .good = "FROM debian:13\nRUN curl -o /tmp/tool https://example.org/tool\n",
        .instruction = plain_http_add,
        .command = plain_http,
    },
};

const struct rule_family rule_run_trust = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
