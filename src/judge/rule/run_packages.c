// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

static bool is_call(const struct rule_run *run, const struct shell_command *command,
                    enum package_manager manager, struct package_call *ret_call)
{
    return run_is_build(run) && package_call_of(command, ret_call) && ret_call->manager == manager;
}

static bool is_install(const struct rule_run *run, const struct shell_command *command,
                       enum package_manager manager, struct package_call *ret_call)
{
    return is_call(run, command, manager, ret_call) && ret_call->verb == VERB_INSTALL;
}

/* What downloads packages: an upgrade leaves as much behind as an installation. */
static bool is_download(const struct rule_run *run, const struct shell_command *command,
                        enum package_manager manager, struct package_call *ret_call)
{
    return is_call(run, command, manager, ret_call) &&
           (ret_call->verb == VERB_INSTALL || ret_call->verb == VERB_UPGRADE);
}

/* ---- Alpine ---- */

/*
 * The `apk update` before it that nothing needs any more once this command has --no-cache; it is
 * what leaves the list behind. Whatever else downloads packages must have --no-cache already:
 * without the list, `apk add` finds nothing and `apk upgrade` does nothing without a word.
 */
static const struct shell_command *apk_index_of_no_use(const struct shell_command *command)
{
    struct package_call call;
    const struct shell_command *index = package_call_before(command, MANAGER_APK, VERB_INDEX);
    if (!index || index->assignments.count || index->redirections.count)
        return NULL;
    for (size_t i = 0; i < command->script->commands.count; i++) {
        const struct shell_command *other = command->script->commands.items[i];
        if (other != command && package_call_of(other, &call) && call.manager == MANAGER_APK &&
            (call.verb == VERB_INSTALL || call.verb == VERB_UPGRADE) &&
            !shell_has_flag(other, "no-cache"))
            return NULL;
    }
    return index;
}

static void apk_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_APK, &call) || !run_ships(run) ||
        shell_has_flag(command, "no-cache") || run_is_mounted(run, "/var/cache/apk") ||
        run_is_mounted(run, "/etc/apk/cache") || run_removes_after(command, "/var/cache/apk"))
        return;
    struct finding *finding = run_found(run, command, "`%.*s` has no --no-cache",
                                        STR_ARG(run_words(run->arena, command)));
    const struct shell_command *index = apk_index_of_no_use(command);
    if (index)
        run_delete_command(run, finding, index, EDIT_SAFE,
                           "Use the list of packages without keeping it");
    run_insert_after(run, finding, call.word, " --no-cache", EDIT_SAFE,
                     "Use the list of packages without keeping it");
}

static void apk_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_APK, &call))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        str name = word->value;
        if (word->expansions || str_ends(name, STR(".apk")) ||
            str_find_char(name, '=') != STR_NONE || str_find_char(name, '~') != STR_NONE ||
            str_find_char(name, '<') != STR_NONE || str_find_char(name, '>') != STR_NONE)
            continue;
        rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(name));
    }
}

/* ---- Red Hat's family ---- */

static bool asks(const struct shell_command *command, const struct package_call *call)
{
    return (call->verb == VERB_INSTALL || call->verb == VERB_UPGRADE ||
            call->verb == VERB_REMOVE) &&
           !shell_has_flag(command, "y") && !shell_has_flag(command, "assumeyes") &&
           !shell_has_flag(command, "assumeno") && !run_mentions(command, "assumeyes");
}

static void without_yes(struct rule_run *run, const struct shell_command *command,
                        enum package_manager manager)
{
    struct package_call call;
    if (!is_call(run, command, manager, &call) || !asks(command, &call))
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s` has no -y", STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, call.word, " -y", EDIT_SAFE, "Answer yes to the question");
}

static void yum_without_yes(struct rule_run *run, const struct shell_command *command)
{
    without_yes(run, command, MANAGER_YUM);
}

static void dnf_without_yes(struct rule_run *run, const struct shell_command *command)
{
    without_yes(run, command, MANAGER_DNF);
}

static bool dnf_cleans_after(const struct shell_command *command)
{
    return package_call_after(command, MANAGER_DNF, VERB_CLEAN) ||
           package_call_after(command, MANAGER_YUM, VERB_CLEAN) ||
           run_removes_after(command, "/var/cache/yum") ||
           run_removes_after(command, "/var/cache/dnf") ||
           run_removes_after(command, "/var/cache/libdnf5");
}

static bool is_last_call(const struct shell_command *command, enum package_manager manager)
{
    return !package_call_after(command, manager, VERB_INSTALL) &&
           !package_call_after(command, manager, VERB_UPGRADE);
}

static void yum_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_download(run, command, MANAGER_YUM, &call) || !run_ships(run) ||
        !is_last_call(command, MANAGER_YUM) || dnf_cleans_after(command) ||
        run_is_mounted(run, "/var/cache/yum") || run_is_mounted(run, "/var/cache/dnf"))
        return;
    struct finding *finding = run_found(run, command, "nothing behind `%.*s` cleans the cache",
                                        STR_ARG(run_words(run->arena, command)));
    run_append(run, finding, command, "yum clean all", EDIT_SAFE,
               "Clean the cache in the same RUN");
}

static void dnf_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_download(run, command, MANAGER_DNF, &call) || !run_ships(run) ||
        !is_last_call(command, MANAGER_DNF) || dnf_cleans_after(command) ||
        run_is_mounted(run, "/var/cache/dnf") || run_is_mounted(run, "/var/cache/libdnf5") ||
        run_is_mounted(run, "/var/cache/yum"))
        return;
    struct finding *finding = run_found(run, command, "nothing behind `%.*s` cleans the cache",
                                        STR_ARG(run_words(run->arena, command)));
    const char *cleanup = shell_command_is(command, "microdnf") ? "microdnf clean all"
                          : shell_command_is(command, "tdnf")   ? "tdnf clean all"
                                                                : "dnf clean all";
    run_append(run, finding, command, cleanup, EDIT_SAFE, "Clean the cache in the same RUN");
}

/* A part behind a dash that begins with a digit, and only letters that versions have. */
static bool has_rpm_version(str name)
{
    size_t dash = name.len;
    for (size_t i = 1; i + 1 < name.len && dash == name.len; i++)
        if (name.ptr[i] == '-' && name.ptr[i + 1] >= '0' && name.ptr[i + 1] <= '9')
            dash = i;
    return dash < name.len;
}

static void rpm_not_pinned(struct rule_run *run, const struct shell_command *command,
                           enum package_manager manager)
{
    struct package_call call;
    if (!is_install(run, command, manager, &call) || !call.word)
        return;
    bool module = str_eq(call.word->value, STR("module"));
    if (str_eq(call.word->value, STR("group")) || str_eq(call.word->value, STR("groupinstall")))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        str name = word->value;
        if (word->expansions || str_ends(name, STR(".rpm")) || str_starts(name, STR("@")) ||
            has_rpm_version(name) || str_find_char(name, '=') != STR_NONE ||
            (module && str_find_char(name, ':') != STR_NONE))
            continue;
        rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(name));
    }
}

static void yum_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    rpm_not_pinned(run, command, MANAGER_YUM);
}

static void dnf_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    rpm_not_pinned(run, command, MANAGER_DNF);
}

/* ---- SUSE ---- */

static void zypper_asks(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_call(run, command, MANAGER_ZYPPER, &call) ||
        (call.verb != VERB_INSTALL && call.verb != VERB_UPGRADE && call.verb != VERB_REMOVE) ||
        shell_has_flag(command, "n") || shell_has_flag(command, "non-interactive") ||
        shell_has_flag(command, "y") || shell_has_flag(command, "no-confirm"))
        return;
    struct finding *finding = run_found(run, command, "`%.*s` has no --non-interactive",
                                        STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, &command->words.items[0], " --non-interactive", EDIT_SAFE,
                     "Let zypper go on without asking");
}

static void zypper_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_download(run, command, MANAGER_ZYPPER, &call) || !run_ships(run) ||
        !is_last_call(command, MANAGER_ZYPPER) ||
        package_call_after(command, MANAGER_ZYPPER, VERB_CLEAN) ||
        run_removes_after(command, "/var/cache/zypp") || run_is_mounted(run, "/var/cache/zypp"))
        return;
    struct finding *finding = run_found(run, command, "nothing behind `%.*s` cleans the cache",
                                        STR_ARG(run_words(run->arena, command)));
    run_append(run, finding, command, "zypper clean --all", EDIT_SAFE,
               "Clean the cache in the same RUN");
}

static void zypper_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_ZYPPER, &call))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        str name = word->value;
        if (word->expansions || str_ends(name, STR(".rpm")) ||
            str_find_char(name, '=') != STR_NONE || str_find_char(name, '<') != STR_NONE ||
            str_find_char(name, '>') != STR_NONE || str_find_char(name, '~') != STR_NONE ||
            str_starts(name, STR("http")))
            continue;
        rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(name));
    }
}

#define WHY_ASKS                                                                                   \
    "Before it changes anything, the package manager asks whether to go on. A build has no "       \
    "keyboard to answer with, so the build stops there."
#define WHY_CACHE                                                                                  \
    "What the package manager downloads is kept for the next time, but there is no next time in "  \
    "an image: it only makes it larger, often by hundreds of megabytes. It can only be removed "   \
    "in the same RUN: what a later one deletes is still in the layer below."
#define WHY_PIN                                                                                    \
    "Two builds of the same file may give different images, and a new version can break the "      \
    "build on any day. On the other hand a pinned version gets no security fixes, and "            \
    "distributions remove old versions: pin only what must not change."

static const struct rule rules[] = {
    {
        .id = "dockerfile/apk-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "apk's list of packages stays in the image",
        .why =
            "apk keeps the list that it installs from in /var/cache/apk, where a container never "
            "needs it. With --no-cache apk loads a fresh list, uses it, and keeps nothing; "
            "apk update is then not needed at all.",
        .fix = "Write apk add --no-cache ... and drop apk update.",
        .bad = "FROM alpine:3.22\nRUN apk update && apk add curl\n",
        .good = "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
        .aliases = {"DL3019", "DS-0025", "DS025", "DKL-DI-0004", "ae9c56a6"},
        .command = apk_cache_left,
    },
    {
        .id = "dockerfile/apk-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The version of an Alpine package is left open",
        .why = WHY_PIN,
        .fix = "Write name=version, or name~version for any later fix of it.",
        .bad = "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
        .good = "FROM alpine:3.22\nRUN apk add --no-cache curl~8.14\n",
        .aliases = {"DL3018", "d3499f6d"},
        .command = apk_not_pinned,
    },
    {
        .id = "dockerfile/yum-without-yes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "yum asks a question that nobody can answer",
        .why = WHY_ASKS,
        .fix = "Add -y: yum install -y ...",
        .bad = "FROM rockylinux:9\nRUN yum install curl && yum clean all\n",
        .good = "FROM rockylinux:9\nRUN yum install -y curl && yum clean all\n",
        .aliases = {"DL3030", "6e19193a"},
        .command = yum_without_yes,
    },
    {
        .id = "dockerfile/yum-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "yum's downloads stay in the image",
        .why = WHY_CACHE,
        .fix = "End the RUN with && yum clean all",
        .bad = "FROM rockylinux:9\nRUN yum install -y curl\n",
        .good = "FROM rockylinux:9\nRUN yum install -y curl && yum clean all\n",
        .aliases = {"DL3032", "DS-0015", "DS015", "00481784"},
        .command = yum_cache_left,
    },
    {
        .id = "dockerfile/yum-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The version of a package is left open",
        .why = WHY_PIN,
        .fix = "Write name-version.",
        .bad = "FROM rockylinux:9\nRUN yum install -y curl && yum clean all\n",
        .good = "FROM rockylinux:9\nRUN yum install -y curl-7.76.1 && yum clean all\n",
        .aliases = {"DL3033", "6452c424"},
        .command = yum_not_pinned,
    },
    {
        .id = "dockerfile/dnf-without-yes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "dnf asks a question that nobody can answer",
        .why = WHY_ASKS,
        .fix = "Add -y: dnf install -y ...",
        .bad = "FROM fedora:42\nRUN dnf install curl && dnf clean all\n",
        .good = "FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n",
        .aliases = {"DL3038", "7ebd323c"},
        .command = dnf_without_yes,
    },
    {
        .id = "dockerfile/dnf-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "dnf's downloads stay in the image",
        .why = WHY_CACHE,
        .fix = "End the RUN with && dnf clean all (or microdnf clean all).",
        .bad = "FROM fedora:42\nRUN dnf install -y curl\n",
        .good = "FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n",
        .aliases = {"DL3040", "DS-0019", "DS-0027", "DS019", "DS027", "295acb63"},
        .command = dnf_cache_left,
    },
    {
        .id = "dockerfile/dnf-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The version of a package is left open",
        .why = WHY_PIN,
        .fix = "Write name-version.",
        .bad = "FROM fedora:42\nRUN dnf install -y curl && dnf clean all\n",
        .good = "FROM fedora:42\nRUN dnf install -y curl-8.11.1 && dnf clean all\n",
        .aliases = {"DL3041", "93d88cf7"},
        .command = dnf_not_pinned,
    },
    {
        .id = "dockerfile/zypper-without-yes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "zypper asks a question that nobody can answer",
        .why = WHY_ASKS,
        .fix = "Add --non-interactive: zypper --non-interactive install ...",
        .bad = "FROM opensuse/leap:15.6\nRUN zypper install curl && zypper clean\n",
        .good = "FROM opensuse/leap:15.6\n"
                "RUN zypper --non-interactive install curl && zypper clean\n",
        .aliases = {"DL3034", "45e1fca5"},
        .command = zypper_asks,
    },
    {
        .id = "dockerfile/zypper-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "zypper's downloads stay in the image",
        .why = WHY_CACHE,
        .fix = "End the RUN with && zypper clean --all",
        .bad = "FROM opensuse/leap:15.6\nRUN zypper -n install curl\n",
        .good = "FROM opensuse/leap:15.6\nRUN zypper -n install curl && zypper clean --all\n",
        .aliases = {"DL3036", "DS-0020", "DS020", "38300d1a"},
        .command = zypper_cache_left,
    },
    {
        .id = "dockerfile/zypper-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The version of a package is left open",
        .why = WHY_PIN,
        .fix = "Write name=version.",
        .bad = "FROM opensuse/leap:15.6\nRUN zypper -n install curl && zypper clean\n",
        .good = "FROM opensuse/leap:15.6\nRUN zypper -n install curl=8.6.0 && zypper clean\n",
        .aliases = {"DL3037", "562952e4"},
        .command = zypper_not_pinned,
    },
};

const struct rule_family rule_run_packages = {"dockerfile", rules,
                                              sizeof(rules) / sizeof(rules[0])};
