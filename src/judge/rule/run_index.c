// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

static const char *const manager_names[] = {
    [MANAGER_APT] = "apt", [MANAGER_APK] = "apk",       [MANAGER_YUM] = "yum",
    [MANAGER_DNF] = "dnf", [MANAGER_ZYPPER] = "zypper", [MANAGER_PACMAN] = "pacman",
};

/* A script of unknown content may well install what the list was loaded for. */
static bool may_install(const struct shell_command *command)
{
    str name = command->words.count ? command->words.items[0].value : (str){0};
    static const char *const readers[] = {
        "apt-cache",     "apt-file",    "gdebi",   "dpkg-buildpackage",
        "mk-build-deps", "debootstrap", "tasksel", NULL};
    bool runs_file = str_ends(name, STR(".sh")) || str_starts(name, STR("./")) ||
                     (str_contains(name, STR("install")) && name.len > 7) ||
                     (name.len && name.ptr[0] == '$');
    for (size_t i = 1; i < command->words.count && !runs_file; i++)
        runs_file = str_ends(command->words.items[i].value, STR(".sh"));
    return runs_file || shell_command_among(command, readers);
}

/* Something behind it uses the list: it installs, upgrades, or asks for packages otherwise. */
static bool is_used(const struct package_call *index)
{
    const struct shell_commands *commands = &index->command->script->commands;
    for (size_t i = index->command->index + 1;
         i < commands->count && i < index->command->index + RUN_LOOK_AROUND; i++) {
        struct package_call call;
        if (may_install(commands->items[i]))
            return true;
        if (package_call_of(commands->items[i], &call) && call.manager == index->manager &&
            call.verb != VERB_CLEAN && call.verb != VERB_REMOVE && call.verb != VERB_INDEX)
            return true;
    }
    return false;
}

static void index_update_alone(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!run_is_build(run) || !package_call_of(command, &call) || call.manager > MANAGER_PACMAN)
        return;
    if (call.verb != VERB_INDEX || is_used(&call)) /* `yum update` upgrades: packages_upgraded() */
        return;
    run_found(run, command,
              "`%.*s` stands alone: no %s command behind it in this RUN installs anything",
              STR_ARG(run_words(run->arena, command)), manager_names[call.manager]);
}

static void packages_upgraded(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (run_is_build(run) && package_call_of(command, &call) && call.verb == VERB_UPGRADE)
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
}

/* ---- cache mounts ---- */

static bool is_apt_folder(str target)
{
    while (str_ends(target, STR("/")))
        target.len--;
    return str_eq(target, STR("/var/cache/apt")) || str_eq(target, STR("/var/lib/apt")) ||
           str_eq(target, STR("/var/lib/apt/lists")) ||
           str_eq(target, STR("/var/cache/apt/archives"));
}

static void apt_cache_not_locked(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->mounts.count; i++) {
        const struct run_mount *mount = &instruction->mounts.items[i];
        if (!str_eq(mount->type, STR("cache")) || !is_apt_folder(mount->target) ||
            str_eq(mount->sharing, STR("locked")) || str_eq(mount->sharing, STR("private")))
            continue;
        struct finding *finding =
            rule_found(run, mount->flag->span, "the cache mount on %.*s has no sharing=locked",
                       STR_ARG(mount->target));
        if (!mount->sharing.len && !mount->flag->value.quoted)
            run_replace(run, finding, (struct span){mount->flag->span.end, mount->flag->span.end},
                        ",sharing=locked", EDIT_SAFE, "Lock the cache while it is in use");
    }
}

/* Some instruction of the stage, or of one it goes on from, took Debian's clean-up hook away. */
static bool keeps_packages(const struct stage *stage)
{
    for (; stage; stage = stage->parent)
        for (uint32_t i = stage->first; i < stage->end && i < stage->first + RUN_LOOK_AROUND; i++) {
            const struct instruction *instruction = stage->file->instructions.items[i];
            str text = str_sub(instruction->arguments.text, 0, RUN_LOOK_AT);
            if (str_contains(text, STR("docker-clean")) ||
                str_contains(text, STR("Keep-Downloaded-Packages")))
                return true;
            for (size_t h = 0; h < instruction->heredocs.count && h < 4; h++)
                if (str_contains(str_sub(instruction->heredocs.items[h].text.text, 0, RUN_LOOK_AT),
                                 STR("docker-clean")))
                    return true;
        }
    return false;
}

static void apt_cache_emptied(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->mounts.count; i++) {
        const struct run_mount *mount = &instruction->mounts.items[i];
        if (str_eq(mount->type, STR("cache")) && str_starts(mount->target, STR("/var/cache/apt")) &&
            !keeps_packages(instruction->stage))
            rule_found(run, mount->flag->span,
                       "the base image's docker-clean deletes what apt puts into %.*s",
                       STR_ARG(mount->target));
    }
}

/* Programs that use a folder without its name in the command. */
static const struct {
    const char *part; /* of the target */
    const char *programs;
} cache_users[] = {
    {"apt", "apt apt-get aptitude"},
    {"apk", "apk"},
    {"yum", "yum"},
    {"dnf", "dnf dnf5 microdnf yum"},
    {"zypp", "zypper"},
    {"pacman", "pacman"},
    {"pip", "pip pip3 python python3 pipx uv poetry pipenv"},
    {"uv", "uv uvx"},
    {"poetry", "poetry"},
    {"npm", "npm npx"},
    {"yarn", "yarn yarnpkg corepack"},
    {"pnpm", "pnpm corepack"},
    {"cargo", "cargo rustup make"},
    {"go", "go make mage goreleaser"},
    {"m2", "mvn mvnw"},
    {"gradle", "gradle gradlew"},
    {"composer", "composer"},
    {"gem", "gem bundle"},
    {"bundle", "bundle"},
    {"nuget", "dotnet nuget"},
    {"ccache", "make cmake ninja gcc g++ cc ccache"},
};

static bool is_named(const char *list, str name)
{
    str rest = str_from(list), word;
    while (str_next_word(&rest, &word))
        if (str_eq(word, name))
            return true;
    return false;
}

/* Whether a command of the script may use the folder. Unknown programs may use anything: only
 * where all that runs is known to be something else, nobody does. */
static bool mount_is_used(const struct shell_script *script, str target)
{
    const char *users = NULL;
    for (size_t i = 0; i < sizeof(cache_users) / sizeof(cache_users[0]) && !users; i++)
        if (str_contains(target, str_from(cache_users[i].part)))
            users = cache_users[i].programs;
    if (!users || str_contains(script->text.text, target))
        return true;
    for (size_t i = 0; i < script->commands.count; i++) {
        const struct shell_command *command = script->commands.items[i];
        struct package_call call;
        static const char *const harmless[] = {
            "echo", "set", "mkdir", "rm",   "cd",   "cp",  "mv", "chmod", "chown", "export",
            "test", "[",   "true",  "curl", "wget", "tar", "ln", "cat",   "sed",   NULL};
        str name = shell_command_name(command);
        if (is_named(users, name) || (command->words.count && !package_call_of(command, &call) &&
                                      !shell_command_among(command, harmless)))
            return true;
    }
    return false;
}

static void cache_mount_unused(struct rule_run *run, const struct instruction *instruction)
{
    const struct shell_script *script = instruction->script;
    for (size_t i = 0; script && script->root && i < instruction->mounts.count; i++) {
        const struct run_mount *mount = &instruction->mounts.items[i];
        if (str_eq(mount->type, STR("cache")) && !mount->open && mount->target.len &&
            !mount_is_used(script, mount->target))
            rule_found(run, mount->flag->span, "no command of this RUN uses %.*s",
                       STR_ARG(mount->target));
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/index-update-alone",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "The list of packages is loaded in a RUN of its own",
        .why =
            "Docker keeps the result of every RUN and uses it again as long as the line does not "
            "change. The list is then loaded once and never again: later builds install from a "
            "list that is weeks old, so they miss security updates, or fail because the files "
            "it names are gone.",
        .fix = "Load the list and install in the same RUN: apt-get update && apt-get install ...",
        .bad = "FROM debian:13\nRUN apt-get update\nRUN apt-get install -y curl\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .aliases = {"DS-0017", "DS017", "CKV_DOCKER_5", "CIS-DI-0007", "CIS 4.7", "9bae49be"},
        .references = {"https://docs.docker.com/build/building/best-practices/#apt-get"},
        .command = index_update_alone,
    },
    {
        .id = "dockerfile/packages-upgraded",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "All installed packages are upgraded",
        .why = "An upgrade brings security fixes that the base image does not have yet, which is "
               "good. But the result depends on the day of the build, and the replaced files stay "
               "in the layers below, so the image grows. A newer base image does the same without "
               "both.",
        .fix = "Move to a newer base image and rebuild often; keep the upgrade where the base is "
               "slow to bring fixes.",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get upgrade -y\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .aliases = {"DL3035", "DL3005", "DL3017", "DL3031", "DL3039", "DS-0024", "DKL-DI-0003",
                    "682fe378", "09fda05e", "989ab888", "8f6456be", "d4895357"},
        .command = packages_upgraded,
    },
    {
        .id = "dockerfile/apt-cache-not-locked",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "Two builds may use apt's cache at the same time",
        .why =
            "A cache mount is shared by all builds on the machine. apt expects to be alone: when "
            "two builds run at once, one of them stops because the other holds the lock.",
        .fix = "Add sharing=locked to the mount, so that builds wait for each other.",
        .bad = "FROM debian:13\n"
               "RUN --mount=type=cache,target=/var/cache/apt apt-get update\n",
        .good = "FROM debian:13\n"
                "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update\n",
        .references = {"https://docs.docker.com/reference/dockerfile/#run---mounttypecache"},
        .instruction = apt_cache_not_locked,
    },
    {
        .id = "dockerfile/apt-cache-emptied",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "The cache mount of apt stays empty",
        .why = "Debian's and Ubuntu's images hold a setting, docker-clean, that deletes packages "
               "as soon as they are installed. A cache mount then never keeps anything, and every "
               "build downloads everything again.",
        .fix = "Delete /etc/apt/apt.conf.d/docker-clean before the first RUN with such a mount.",
        .bad = "FROM debian:13\n"
               "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update\n",
        .good = "FROM debian:13\n"
                "RUN rm -f /etc/apt/apt.conf.d/docker-clean\n"
                "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update\n",
        .references = {"https://docs.docker.com/reference/dockerfile/#run---mounttypecache"},
        .instruction = apt_cache_emptied,
    },
    {
        .id = "dockerfile/cache-mount-unused",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "A cache mount is never used",
        .why =
            "The mount keeps a folder between builds, but no command of this RUN reads or writes "
            "it. Most often the path is that of another tool, and downloads go into the image "
            "after all.",
        .fix = "Correct the mount's target, or remove the mount.",
        .bad = "FROM debian:13\n"
               "RUN --mount=type=cache,target=/root/.cache/pip apt-get update\n",
        .good = "FROM python:3.13\n"
                "RUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.1.0\n",
        .instruction = cache_mount_unused,
    },
};

const struct rule_family rule_run_index = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
