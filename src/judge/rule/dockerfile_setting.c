// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"

/* ---- WORKDIR and VOLUME ---- */

static bool is_windows(const struct instruction *instruction)
{
    return instruction->state->shell_family == SHELL_FAMILY_CMD ||
           instruction->state->shell_family == SHELL_FAMILY_POWERSHELL;
}

static void relative_workdir(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_WORKDIR || !instruction->words.count ||
        instruction->onbuild || is_windows(instruction))
        return;
    const struct dockerfile_word *word = &instruction->words.items[0];
    bool drive = word->value.len > 1 && word->value.ptr[1] == ':';
    /* A relative one behind an absolute one is clear; the first one hangs on the base. */
    if (word->open || drive || str_starts(word->value, STR("/")) ||
        str_starts(word->value, STR("$")) || instruction->state->workdir_set ||
        !instruction->state->workdir_open)
        return;
    rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 160)));
}

/* `path` is that folder or in it. */
static bool is_within(str path, const char *folder)
{
    str top = str_from(folder);
    return str_starts(path, top) && (path.len == top.len || path.ptr[top.len] == '/');
}

static bool within_any(str path, const char *const *folders)
{
    for (; *folders; folders++)
        if (is_within(path, *folders))
            return true;
    return false;
}

static void system_workdir(struct rule_run *run, const struct instruction *instruction)
{
    static const char *const folders[] = {"/proc",     "/sys",         "/dev", "/boot",  "/etc",
                                          "/bin",      "/sbin",        "/lib", "/lib64", "/usr/bin",
                                          "/usr/sbin", "/run/secrets", NULL};
    if (instruction->kind != INSTRUCTION_WORKDIR || !instruction->words.count)
        return;
    const struct dockerfile_word *word = &instruction->words.items[0];
    if (word->open || !within_any(word->value, folders))
        return;
    struct finding *finding =
        rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 160)));
    /* /proc/self/fd/N leads out of the container in runC before 1.1.12 (CVE-2024-21626). */
    if (is_within(word->value, "/proc"))
        finding->severity = SEVERITY_HIGH;
}

static void system_volume(struct rule_run *run, const struct instruction *instruction)
{
    static const char *const folders[] = {"/proc", "/sys",  "/dev", "/etc", "/boot", "/run/secrets",
                                          "/bin",  "/sbin", "/lib", "/usr", NULL};
    if (instruction->kind != INSTRUCTION_VOLUME)
        return;
    for (size_t i = 0; i < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        bool socket = str_ends(word->value, STR("docker.sock"));
        if (!word->open &&
            (socket || str_eq(word->value, STR("/")) || within_any(word->value, folders)) &&
            !is_within(word->value, "/usr/share") && !is_within(word->value, "/usr/local") &&
            !is_within(word->value, "/usr/src"))
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 160)));
    }
}

/* ---- EXPOSE ---- */

struct port {
    uint64_t first, last;
    str protocol; /* behind "/", as written */
    bool has_address, is_port;
};

/* "80", "80-90/tcp", and the wrong "127.0.0.1:80:80". */
static struct port read_port(str text)
{
    struct port port = {0};
    str number, first, last;
    str_cut(text, '/', &number, &port.protocol);
    size_t colon = str_rfind_char(number, ':');
    port.has_address = colon != STR_NONE || str_find_char(number, '.') != STR_NONE;
    if (colon != STR_NONE)
        number = str_from_index(number, colon + 1);
    bool range = str_cut(number, '-', &first, &last);
    port.is_port = str_to_u64(first, UINT32_MAX, &port.first);
    port.last = port.first;
    if (range)
        port.is_port = port.is_port && str_to_u64(last, UINT32_MAX, &port.last);
    return port;
}

static void port_range(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->kind == INSTRUCTION_EXPOSE && i < instruction->words.count;
         i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        struct port port = read_port(word->value);
        if (word->open || port.has_address)
            continue;
        if (!port.is_port)
            rule_found(run, word->span, "%.*s is no port", STR_ARG(str_sub(word->value, 0, 80)));
        else if (port.last > 65535 || port.first > port.last)
            rule_found(run, word->span, "%.*s is not within 0 to 65535",
                       STR_ARG(str_sub(word->value, 0, 80)));
        else if (port.protocol.len && !str_eq_nocase(port.protocol, STR("tcp")) &&
                 !str_eq_nocase(port.protocol, STR("udp")) &&
                 !str_eq_nocase(port.protocol, STR("sctp")))
            rule_found(run, word->span, "there is no protocol %.*s",
                       STR_ARG(str_sub(port.protocol, 0, 40)));
    }
}

static void admin_port(struct rule_run *run, const struct instruction *instruction)
{
    static const struct {
        uint64_t port;
        const char *what;
        enum severity severity;
    } ports[] = {
        {22, "SSH: people log in there", SEVERITY_MEDIUM},
        {23, "Telnet: people log in there without encryption", SEVERITY_HIGH},
        {2375, "the engine's interface without a password", SEVERITY_HIGH},
        {2376, "the engine's interface", SEVERITY_HIGH},
        {3389, "remote desktop", SEVERITY_MEDIUM},
        {5900, "VNC: a remote screen", SEVERITY_MEDIUM},
        {10250, "the interface of a Kubernetes node", SEVERITY_HIGH},
    };
    for (size_t i = 0; instruction->kind == INSTRUCTION_EXPOSE && i < instruction->words.count;
         i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        struct port port = read_port(word->value);
        for (size_t p = 0; p < sizeof(ports) / sizeof(ports[0]) && port.is_port; p++)
            if (ports[p].port >= port.first && ports[p].port <= port.last)
                rule_found(run, word->span, "port %u, %s", (unsigned)ports[p].port, ports[p].what)
                    ->severity = ports[p].severity;
    }
}

static void protocol_case(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->kind == INSTRUCTION_EXPOSE && i < instruction->words.count;
         i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        struct port port = read_port(word->value);
        if (!word->open && !text_is_lower(port.protocol))
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 80)));
    }
}

static void expose_address(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->kind == INSTRUCTION_EXPOSE && i < instruction->words.count;
         i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        if (!word->open && read_port(word->value).has_address)
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 80)));
    }
}

/* ---- variables ---- */

static void undefined_variable(struct rule_run *run, const struct instruction *instruction)
{
    const struct stage *stage = instruction->stage;
    static const char *const usual[] = {"PATH", "HOME", "HOSTNAME", "TERM", "PWD", NULL};
    if (!stage || instruction->kind == INSTRUCTION_FROM || instruction->onbuild)
        return;
    bool base_known = stage->root->is_scratch || stage->root->base_image;
    for (size_t i = 0; i < instruction->uses.count; i++) {
        const struct variable_use *use = &instruction->uses.items[i];
        if (use->variable || use->guarded || text_among(use->name, usual) ||
            variable_is_proxy(use->name) || text_is_number(use->name))
            continue;
        str near = text_nearest(run, &stage->env, use->name);
        if (!near.len)
            near = text_nearest(run, &stage->args, use->name);
        if (str_eq(near, STR("PATH"))) /* GOPATH of a base is no misspelt PATH */
            near = (str){0};
        bool global = dockerfile_global(stage->file, use->name, UINT32_MAX) != NULL;
        if (global)
            rule_found(run, use->span,
                       "%.*s is declared before FROM only; say `ARG %.*s` in this stage",
                       STR_ARG(use->name), STR_ARG(use->name));
        else if (near.len)
            rule_found(run, use->span, "nothing sets %.*s; %.*s is set", STR_ARG(use->name),
                       STR_ARG(near));
        else if (base_known)
            rule_found(run, use->span, "nothing sets %.*s", STR_ARG(use->name));
        else
            rule_found(run, use->span, "nothing here sets %.*s; only the base image could",
                       STR_ARG(use->name))
                ->severity = SEVERITY_INFO;
    }
}

/* Whether this pair's value uses a name that another pair of the same ENV sets. */
static void own_variable(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_ENV || instruction->pairs.count < 2 ||
        !rule_may(run, instruction->pairs.count * instruction->uses.count))
        return;
    for (size_t u = 0; u < instruction->uses.count; u++) {
        const struct variable_use *use = &instruction->uses.items[u];
        for (size_t i = 0; i < instruction->pairs.count; i++) {
            const struct dockerfile_pair *pair = &instruction->pairs.items[i];
            bool itself = use->span.start >= pair->span.start && use->span.end <= pair->span.end;
            if (str_eq(pair->name.value, use->name) && !itself) {
                rule_found(run, use->span, "%.*s has its value from before this instruction here",
                           STR_ARG(use->name));
                break;
            }
        }
    }
}

static bool path_is_dangerous(str value, str *ret)
{
    str part;
    bool trailing = str_ends(value, STR(":")), leading = str_starts(value, STR(":"));
    while (str_next(&value, ':', &part)) {
        *ret = part.len ? part : STR(".");
        if (part.len == 0 || part.ptr[0] == '.' || is_within(part, "/tmp") ||
            is_within(part, "/var/tmp") || is_within(part, "/dev/shm"))
            return true;
    }
    *ret = STR(".");
    return trailing || leading;
}

static void dangerous_variable(struct rule_run *run, const struct instruction *instruction)
{
    static const struct {
        const char *name, *value; /* value NULL: any but an empty one */
        const char *why;
    } bad[] = {
        {"LD_PRELOAD", NULL, "is loaded into every program"},
        {"LD_LIBRARY_PATH", ".", "takes libraries from the current folder"},
        {"NODE_TLS_REJECT_UNAUTHORIZED", "0", "switches the check of certificates off"},
        {"PYTHONHTTPSVERIFY", "0", "switches the check of certificates off"},
        {"GIT_SSL_NO_VERIFY", NULL, "switches the check of certificates off"},
        {"GIT_SSL_VERIFY", "false", "switches the check of certificates off"},
        {"NPM_CONFIG_STRICT_SSL", "false", "switches the check of certificates off"},
        {"FLASK_DEBUG", "1", "lets visitors run code"},
        {"DJANGO_DEBUG", "True", "shows settings and code to visitors"},
        {"FLASK_ENV", "development", "lets visitors run code"},
        {"APP_DEBUG", "true", "shows settings and code to visitors"},
        {"DOCKER_CONTENT_TRUST", "0", "switches the check of signatures off"},
        {"DOTNET_DISABLE_CERTIFICATE_VALIDATION", NULL, "switches the check of certificates off"},
    };
    if (instruction->kind != INSTRUCTION_ENV)
        return;
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        str name = pair->name.value, value = pair->value.value, part;
        if (str_eq(name, STR("PATH")) && path_is_dangerous(value, &part))
            rule_found(run, pair->span, "programs are looked for in %.*s, where others may write",
                       STR_ARG(str_sub(part, 0, 80)));
        for (size_t b = 0; b < sizeof(bad) / sizeof(bad[0]); b++)
            if (str_eq_nocase(name, str_from(bad[b].name)) && value.len &&
                (!bad[b].value || str_eq_nocase(value, str_from(bad[b].value))))
                rule_found(run, pair->span, "%.*s=%.*s %s", STR_ARG(name),
                           STR_ARG(str_sub(value, 0, 80)), bad[b].why);
    }
}

/* ---- labels ---- */

static bool is_good_label(str key)
{
    static const char *const reserved[] = {"com.docker.", "io.docker.", "org.dockerproject.", NULL};
    for (size_t i = 0; reserved[i]; i++)
        if (str_starts(key, str_from(reserved[i])))
            return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool sign = c == '.' || c == '-' || c == '_' || c == '/';
        bool twice = sign && i > 0 && key.ptr[i - 1] == c;
        if ((!plain && !sign) || twice || (sign && (i == 0 || i + 1 == key.len)) ||
            (i == 0 && !(c >= 'a' && c <= 'z')))
            return false;
    }
    return key.len > 0;
}

static void label_key(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->kind == INSTRUCTION_LABEL && i < instruction->pairs.count;
         i++) {
        const struct dockerfile_word *name = &instruction->pairs.items[i].name;
        if (!name->open && name->value.len && !is_good_label(name->value))
            rule_found(run, name->span, "%.*s", STR_ARG(str_sub(name->value, 0, 120)));
    }
}

/* ---- suppressions ---- */

static void suppression(struct rule_run *run, const struct dockerfile *dockerfile)
{
    static const char *const marks[] = {"hadolint ignore=",
                                        "hadolint global ignore=",
                                        "hadolint stage ignore=",
                                        "trivy:ignore:",
                                        "checkov:skip=",
                                        "kics-scan",
                                        "harden: ignore",
                                        "check=skip=",
                                        NULL};
    for (size_t i = 0; i < dockerfile->items.count; i++) {
        const struct dockerfile_item *item = &dockerfile->items.items[i];
        if (item->kind != ITEM_COMMENT && item->kind != ITEM_DIRECTIVE)
            continue;
        str text = str_trim(text_file_slice(run->file, item->span));
        for (size_t m = 0; marks[m]; m++)
            if (str_contains(text, str_from(marks[m]))) {
                rule_found(run, item->span, "%.*s", STR_ARG(str_sub(text, 0, 120)));
                break;
            }
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/workdir-relative",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "WORKDIR hangs on the folder that the base image has set",
        .why = "A path that does not begin with `/` is taken within the current folder, and here "
               "only the base image knows which that is. With another base the same lines work "
               "somewhere else.",
        .fix = "Begin the path with `/`.",
        .bad = "FROM debian:13\nWORKDIR app\n",
        .good = "FROM debian:13\nWORKDIR /srv\nWORKDIR app\n",
        .aliases = {"DL3000", "WorkdirRelativePath", "DS-0009", "AVD-DS-0009", "CKV_DOCKER_10",
                    "6b376af8"},
        .instruction = relative_workdir,
    },
    {
        .id = "dockerfile/system-workdir",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "WORKDIR is a folder of the system",
        .why = "Programs and build steps put their files into the current folder. In a folder "
               "where the system keeps its programs, settings or devices they get mixed up with "
               "them; and by a path in /proc, older engines could be led out of the container "
               "(CVE-2024-21626).",
        .fix = "Use a folder of your own, for instance /app or /srv.",
        .bad = "FROM debian:13\nWORKDIR /proc/self/fd/7\n",
        .good = "FROM debian:13\nWORKDIR /app\n",
        .aliases = {"DS-0030", "AVD-DS-0030"},
        .instruction = system_workdir,
    },
    {
        .id = "dockerfile/system-volume",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "VOLUME is a folder of the system",
        .why = "Each container gets a volume for this folder that outlives it. For a folder with "
               "programs, settings, devices or secrets this means that old content stays when "
               "the image is updated, and that others can mount it.",
        .fix = "Declare only folders with the data of the program.",
        .bad = "FROM debian:13\nVOLUME /etc/app\n",
        .good = "FROM debian:13\nVOLUME /var/lib/app\n",
        .aliases = {"DKL-DI-0002"},
        .instruction = system_volume,
    },
    {
        .id = "dockerfile/expose-bad-port",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "EXPOSE does not name a port",
        .why = "Ports are numbers from 0 to 65535, with /tcp, /udp or /sctp behind them where "
               "needed. The build stops at anything else.",
        .fix = "Write the number of the port that the program listens on.",
        .bad = "FROM debian:13\nEXPOSE 80800\n",
        .good = "FROM debian:13\nEXPOSE 8080\n",
        .aliases = {"DL3011", "DS-0008", "AVD-DS-0008", "71bf8cf8"},
        .instruction = port_range,
    },
    {
        .id = "dockerfile/expose-admin-port",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "The image offers a port by which machines are taken over",
        .why = "Such a port is for administrators, and the first one that attackers try. Nobody "
               "needs to log in to a container: `docker exec` does the same without a server, "
               "a password, and a port.",
        .fix = "Remove the port and the server behind it.",
        .bad = "FROM debian:13\nEXPOSE 22\n",
        .good = "FROM debian:13\nEXPOSE 8080\n",
        .aliases = {"DS-0004", "AVD-DS-0004", "CKV_DOCKER_1"},
        .instruction = admin_port,
    },
    {
        .id = "dockerfile/expose-case",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "The protocol of a port is not written in small letters",
        .why = "Docker warns of it; tcp, udp and sctp are written small everywhere else.",
        .fix = "Write it in small letters.",
        .bad = "FROM debian:13\nEXPOSE 80/TCP\n",
        .good = "FROM debian:13\nEXPOSE 80/tcp\n",
        .aliases = {"ExposeProtoCasing"},
        .instruction = protocol_case,
    },
    {
        .id = "dockerfile/expose-format",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "EXPOSE has an address or a port of the host",
        .why = "EXPOSE only says which port the program listens on. Where that is reached from "
               "is decided when the container starts (`docker run -p`), so the rest is ignored, "
               "and whoever reads it believes that the port is bound to that address.",
        .fix = "Write only the port of the container.",
        .bad = "FROM debian:13\nEXPOSE 127.0.0.1:80:80\n",
        .good = "FROM debian:13\nEXPOSE 80\n",
        .aliases = {"ExposeInvalidFormat"},
        .instruction = expose_address,
    },
    {
        .id = "dockerfile/undefined-variable",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A variable is used that nothing sets",
        .why = "Docker puts nothing in its place and goes on: a path becomes another path, a "
               "version an empty one.",
        .fix = "Check the spelling, declare it with ARG or ENV above, or give a default: "
               "${NAME:-value}.",
        .bad = "FROM debian:13\nENV DATA_DIR=/data\nWORKDIR $DATA_DRI\n",
        .good = "FROM debian:13\nENV DATA_DIR=/data\nWORKDIR $DATA_DIR\n",
        .aliases = {"UndefinedVar"},
        .instruction = undefined_variable,
    },
    {
        .id = "dockerfile/variable-of-same-env",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "ENV uses a variable that it sets itself",
        .why = "All values of one instruction are worked out before any is set. What is used "
               "here is the old value, or nothing.",
        .fix = "Split it into two ENV instructions.",
        .bad = "FROM debian:13\nENV HOME=/srv DATA=$HOME/data\n",
        .good = "FROM debian:13\nENV HOME=/srv\nENV DATA=$HOME/data\n",
        .aliases = {"DL3044"},
        .instruction = own_variable,
    },
    {
        .id = "dockerfile/dangerous-variable",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "A variable weakens every program in the image",
        .why = "ENV holds for each program that runs in the container. These ones load foreign "
               "code, look for programs where anybody may put them, show the inside of the "
               "application to visitors, or let connections be read and changed by others.",
        .fix = "Remove it. For certificates of your own, add them to the system's store.",
        .bad = "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n",
        .good = "FROM node:22\nENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/company.pem\n",
        .aliases = {"CKV2_DOCKER_5", "CKV2_DOCKER_6", "CKV2_DOCKER_14"},
        .instruction = dangerous_variable,
    },
    {
        .id = "dockerfile/bad-label-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "The name of a label is against the rules for such names",
        .why = "Names of labels are small letters and digits, with single dots, dashes or slashes "
               "between, and not in Docker's own namespaces. Others are missed by tools that look "
               "for them.",
        .fix = "Rename the label, best to one of org.opencontainers.image.*.",
        .bad = "FROM debian:13\nLABEL Description=\"...\"\n",
        .good = "FROM debian:13\nLABEL org.opencontainers.image.description=\"...\"\n",
        .aliases = {"DL3048"},
        .instruction = label_key,
    },
    {
        .id = "dockerfile/suppression-in-file",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .off = true,
        .title = "A comment tells checkers to be silent",
        .why = "Where findings may be waived only in one central place, comments like this one go "
               "around it.",
        .fix = "Repair what the comment hides, or waive it where your team keeps its waivers.",
        .bad = "FROM debian:13\n# hadolint ignore=DL3002\nUSER root\n",
        .good = "FROM debian:13\n# the installer needs it\nUSER root\n",
        .aliases = {"DL1001"},
        .dockerfile = suppression,
    },
};

const struct rule_family rule_dockerfile_setting = {"dockerfile", rules,
                                                    sizeof(rules) / sizeof(rules[0])};
