// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* Of a stage that are looked at for apt's configuration. */
enum { INSTRUCTIONS = 50 };

static bool is_apt(const struct rule_run *run, const struct shell_command *command,
                   enum package_verb verb, struct package_call *ret_call)
{
    return run_is_build(run) && package_call_of(command, ret_call) &&
           ret_call->manager == MANAGER_APT && ret_call->verb == verb;
}

/* -o Name=value, also with blanks; case counts as little as it does for apt. */
static bool has_setting(const struct shell_command *command, const char *name, bool *ret_true)
{
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value, key, value;
        str_skip(&word, STR("--option="));
        str_skip(&word, STR("-o"));
        if (!str_cut(word, '=', &key, &value) || !str_eq_nocase(key, str_from(name)))
            continue;
        *ret_true = !str_eq_nocase(value, STR("false")) && !str_eq(value, STR("0")) &&
                    !str_eq_nocase(value, STR("no")) && !str_eq_nocase(value, STR("off"));
        return true;
    }
    return false;
}

static bool says_yes(const struct shell_command *command)
{
    bool on = false;
    str quiet;
    if (shell_has_flag(command, "y") || shell_has_flag(command, "yes") ||
        shell_has_flag(command, "assume-yes") || shell_has_flag(command, "force-yes"))
        return true;
    if (has_setting(command, "APT::Get::Assume-Yes", &on) && on)
        return true;
    if (shell_flag_count(command, 'q') >= 2)
        return true;
    uint32_t quiets = 0;
    for (size_t i = 1; i < command->words.count; i++)
        quiets += str_eq(command->words.items[i].value, STR("--quiet"));
    return quiets >= 2 || shell_has_word(command, "-q=2") || shell_has_word(command, "--quiet=2") ||
           (shell_flag_value(command, "quiet", &quiet) && str_eq(quiet, STR("2")));
}

/* Whether a text has `APT::Get::Assume-Yes "true";` or the same as an option, or the opposite. */
static bool text_sets(str text, const char *setting, bool wanted)
{
    static const char *const yes[] = {"true", "yes", "1", "on", NULL};
    static const char *const no[] = {"false", "no", "0", "off", NULL};
    const char *const *values = wanted ? yes : no;
    size_t at = str_find(text, str_from(setting));
    if (at == STR_NONE)
        return false;
    str rest = str_from_index(text, at + str_from(setting).len);
    while (rest.len && str_find_char(STR(" \t\"'=\\"), rest.ptr[0]) != STR_NONE)
        rest = str_from_index(rest, 1);
    for (; *values; values++)
        if (str_eq_nocase(str_sub(rest, 0, str_from(*values).len), str_from(*values)))
            return true;
    return false;
}

/* The same script, or an instruction of the stage before it, writes apt's configuration. */
static bool is_configured(struct rule_run *run, const struct shell_command *command,
                          const char *setting, bool wanted)
{
    const struct stage *stage = run_stage(run);
    str text = str_sub(command->script->text.text, 0, RUN_LOOK_AT);
    /* Nobody writes scripts that long; looking around for each command of one takes its time. */
    if (command->index >= RUN_LOOK_AROUND || text_sets(text, setting, wanted))
        return true;
    for (; stage; stage = stage->parent)
        for (uint32_t i = stage->first; i < stage->end && i < stage->first + INSTRUCTIONS; i++) {
            const struct instruction *instruction = stage->file->instructions.items[i];
            text = str_sub(instruction->arguments.text, 0, RUN_LOOK_AT);
            if (text_sets(text, setting, wanted))
                return true;
            for (size_t h = 0; h < instruction->heredocs.count && h < 4; h++)
                if (text_sets(str_sub(instruction->heredocs.items[h].text.text, 0, RUN_LOOK_AT),
                              setting, wanted))
                    return true;
        }
    return false;
}

static bool is_fed_by_yes(const struct shell_command *command)
{
    const struct shell_commands *commands = &command->script->commands;
    return command->pipe_position && command->index &&
           shell_command_is(commands->items[command->index - 1], "yes");
}

static void install_without_yes(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!run_is_build(run) || !package_call_of(command, &call) || call.manager != MANAGER_APT ||
        (call.verb != VERB_INSTALL && call.verb != VERB_UPGRADE && call.verb != VERB_REMOVE))
        return;
    if (says_yes(command) || is_fed_by_yes(command) || shell_has_flag(command, "s") ||
        shell_has_flag(command, "download-only") || is_configured(run, command, "Assume-Yes", true))
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s` has no -y", STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, call.word, " -y", EDIT_SAFE, "Answer yes to apt's question");
}

static void recommends_installed(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    bool on = true;
    if (!is_apt(run, command, VERB_INSTALL, &call) ||
        shell_has_flag(command, "no-install-recommends"))
        return;
    if (has_setting(command, "APT::Install-Recommends", &on) && !on)
        return;
    if (shell_command_is(command, "aptitude") &&
        (shell_has_flag(command, "R") || shell_has_flag(command, "without-recommends")))
        return;
    if (is_configured(run, command, "Install-Recommends", false) || !run_ships(run))
        return;
    struct finding *finding = run_found(run, command, "`%.*s` brings recommended packages too",
                                        STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, call.word, " --no-install-recommends", EDIT_UNSAFE,
                     "Install only what is named and what it needs");
}

/* ---- lists ---- */

static bool installs_without_update(const struct stage *stage, uint32_t from)
{
    for (uint32_t i = from; i < stage->end && i < from + RUN_LOOK_AROUND; i++) {
        const struct instruction *instruction = stage->file->instructions.items[i];
        const struct shell_script *script = instruction->script;
        struct package_call call;
        if (instruction->kind != INSTRUCTION_RUN || !script)
            continue;
        for (size_t c = 0; c < script->commands.count && c < RUN_LOOK_AROUND; c++) {
            if (!package_call_of(script->commands.items[c], &call) || call.manager != MANAGER_APT)
                continue;
            if (call.verb == VERB_INDEX)
                return false;
            if (call.verb == VERB_INSTALL)
                return true;
        }
    }
    return false;
}

/* Whether something behind this RUN installs from the list that it loaded. */
static bool list_is_needed_later(const struct rule_run *run)
{
    const struct instruction *instruction = run->subject.instruction;
    const struct stage *stage = run_stage(run);
    if (!stage)
        return false;
    if (installs_without_update(stage, instruction->index + 1))
        return true;
    for (size_t i = 0; i < stage->file->stages.count; i++) {
        const struct stage *child = stage->file->stages.items[i];
        if (child->parent == stage && installs_without_update(child, child->first))
            return true;
    }
    return false;
}

static bool list_is_removed(const struct shell_command *command)
{
    const struct shell_commands *commands = &command->script->commands;
    if (run_removes_after(command, "/var/lib/apt/lists"))
        return true;
    for (size_t i = command->index + 1; i < commands->count && i < command->index + RUN_LOOK_AROUND;
         i++)
        if (shell_command_is(commands->items[i], "apt-get") &&
            (shell_has_word(commands->items[i], "distclean") ||
             shell_has_word(commands->items[i], "dist-clean")))
            return true;
    return false;
}

static void lists_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_apt(run, command, VERB_INDEX, &call) || run_is_mounted(run, "/var/lib/apt/lists") ||
        !run_ships(run) || list_is_removed(command))
        return;
    struct finding *finding =
        run_found(run, command, "nothing behind `%.*s` removes /var/lib/apt/lists",
                  STR_ARG(run_words(run->arena, command)));
    if (!list_is_needed_later(run))
        run_append(run, finding, command, "rm -rf /var/lib/apt/lists/*", EDIT_SAFE,
                   "Remove the lists in the same RUN");
}

/* ---- apt ---- */

static void apt_for_people(struct rule_run *run, const struct shell_command *command)
{
    static const char *const same[] = {"install", "update",     "upgrade", "full-upgrade", "remove",
                                       "purge",   "autoremove", "clean",   "autoclean",    NULL};
    static const char *const cache[] = {"search", "show", "policy", "depends", "rdepends", NULL};
    if (!run_is_build(run) || !shell_command_is(command, "apt"))
        return;
    struct package_call call;
    struct finding *finding =
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
    if (!package_call_of(command, &call) || !call.word)
        return;
    const struct shell_word *name = &command->words.items[0];
    for (size_t i = 0; same[i]; i++)
        if (str_eq(call.word->value, str_from(same[i])) && str_eq(name->raw, STR("apt"))) {
            run_replace(run, finding, name->span, "apt-get", EDIT_SAFE, "Call apt-get");
            if (i == 3)
                run_replace(run, finding, call.word->span, "dist-upgrade", EDIT_SAFE,
                            "Call apt-get");
        }
    for (size_t i = 0; cache[i]; i++)
        if (str_eq(call.word->value, str_from(cache[i])) && str_eq(name->raw, STR("apt")))
            run_replace(run, finding, name->span, "apt-cache", EDIT_SAFE, "Call apt-cache");
}

static void apt_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_apt(run, command, VERB_INSTALL, &call))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        str name = word->value;
        if (str_find_char(name, '=') != STR_NONE || str_find_char(name, '/') != STR_NONE ||
            str_ends(name, STR(".deb")) || word->expansions)
            continue;
        struct finding *finding =
            rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(name));
        finding->subject->extra = word;
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/apt-without-yes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "apt asks a question that nobody can answer",
        .why = "Before it installs or removes something, apt asks whether to go on. A build has no "
               "keyboard, so apt takes that for a no and the build stops.",
        .fix = "Add -y: apt-get install -y ...",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install curl\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .aliases = {"DL3014", "DS-0021", "DS021", "77783205"},
        .command = install_without_yes,
    },
    {
        .id = "dockerfile/apt-recommends",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "apt installs more than was asked for",
        .why = "Debian's packages recommend others that are useful on a desktop or a server. In an "
               "image they are weight, and every program that is there can have a flaw or serve "
               "somebody who broke in.",
        .fix = "Add --no-install-recommends, and name what turns out to be missing.",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .good = "FROM debian:13\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends curl\n",
        .aliases = {"DL3015", "DS-0029", "DS029", "7384dfb2"},
        .command = recommends_installed,
    },
    {
        .id = "dockerfile/apt-lists-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "apt's lists of packages stay in the image",
        .why = "apt-get update writes 20 to 50 MB into /var/lib/apt/lists that a running container "
               "never needs. They can only be removed in the same RUN: what a later one deletes "
               "is still in the layer below.",
        .fix = "End the RUN with && rm -rf /var/lib/apt/lists/*",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .good = "FROM debian:13\n"
                "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        .aliases = {"DL3009", "DKL-DI-0005", "df746b39"},
        .command = lists_left,
    },
    {
        .id = "dockerfile/apt-instead-of-apt-get",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "apt is made for people, not for scripts",
        .why = "apt draws progress bars and may change its options and its output from one release "
               "to the next; it says so itself. apt-get and apt-cache stay as they are.",
        .fix = "Write apt-get (or apt-cache, to look something up) instead.",
        .bad = "FROM debian:13\nRUN apt update && apt install -y curl\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .aliases = {"DL3027", "CKV_DOCKER_9", "b84a0b47"},
        .command = apt_for_people,
    },
    {
        .id = "dockerfile/apt-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .off = true,
        .title = "The version of a Debian package is left open",
        .why =
            "Two builds of the same file may give different images. But Debian and Ubuntu remove "
            "a version as soon as there is a newer one, often a security fix: pinned files then "
            "stop building, or keep the flaw. Most people should not pin these.",
        .fix = "Pin with name=version only where you have an archive that keeps old versions"
               "; otherwise pin the base image by digest and rebuild often.",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y curl=8.14.1-2\n",
        .aliases = {"DL3008", "965a08d7"},
        .command = apt_not_pinned,
    },
};

const struct rule_family rule_run_apt = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
