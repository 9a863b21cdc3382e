// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* Packages that help to build, to edit, to look around; names as in Debian, Alpine, Fedora, SUSE.
 */
enum tool_kind { TOOL_COMPILER, TOOL_EDITOR, TOOL_DEBUG, TOOL_NETWORK, TOOL_LOGIN, TOOL_KINDS };

static const char *const kind_texts[TOOL_KINDS] = {
    [TOOL_COMPILER] = "it builds programs",
    [TOOL_EDITOR] = "it edits files by hand",
    [TOOL_DEBUG] = "it looks into running programs",
    [TOOL_NETWORK] = "it looks around in networks",
    [TOOL_LOGIN] = "it lets people in, or makes them root",
};

static const struct {
    const char *name;
    enum tool_kind kind;
} tools[] = {
    {"autoconf", TOOL_COMPILER},
    {"automake", TOOL_COMPILER},
    {"base-devel", TOOL_COMPILER},
    {"binutils", TOOL_COMPILER},
    {"bison", TOOL_COMPILER},
    {"build-base", TOOL_COMPILER},
    {"build-essential", TOOL_COMPILER},
    {"cargo", TOOL_COMPILER},
    {"clang", TOOL_COMPILER},
    {"cmake", TOOL_COMPILER},
    {"default-jdk", TOOL_COMPILER},
    {"dpkg-dev", TOOL_COMPILER},
    {"emacs", TOOL_EDITOR},
    {"emacs-nox", TOOL_EDITOR},
    {"flex", TOOL_COMPILER},
    {"g++", TOOL_COMPILER},
    {"gcc", TOOL_COMPILER},
    {"gcc-c++", TOOL_COMPILER},
    {"gdb", TOOL_DEBUG},
    {"gdbserver", TOOL_DEBUG},
    {"go", TOOL_COMPILER},
    {"golang", TOOL_COMPILER},
    {"golang-go", TOOL_COMPILER},
    {"htop", TOOL_DEBUG},
    {"hping3", TOOL_NETWORK},
    {"iperf3", TOOL_NETWORK},
    {"joe", TOOL_EDITOR},
    {"less", TOOL_EDITOR},
    {"libc6-dev", TOOL_COMPILER},
    {"libtool", TOOL_COMPILER},
    {"linux-headers", TOOL_COMPILER},
    {"llvm", TOOL_COMPILER},
    {"lldb", TOOL_DEBUG},
    {"lsof", TOOL_DEBUG},
    {"ltrace", TOOL_DEBUG},
    {"make", TOOL_COMPILER},
    {"mc", TOOL_EDITOR},
    {"meson", TOOL_COMPILER},
    {"musl-dev", TOOL_COMPILER},
    {"nano", TOOL_EDITOR},
    {"nasm", TOOL_COMPILER},
    {"ncat", TOOL_NETWORK},
    {"net-tools", TOOL_NETWORK},
    {"netcat", TOOL_NETWORK},
    {"netcat-openbsd", TOOL_NETWORK},
    {"netcat-traditional", TOOL_NETWORK},
    {"ninja-build", TOOL_COMPILER},
    {"nmap", TOOL_NETWORK},
    {"nmap-ncat", TOOL_NETWORK},
    {"openssh", TOOL_LOGIN},
    {"openssh-server", TOOL_LOGIN},
    {"perf", TOOL_DEBUG},
    {"rustc", TOOL_COMPILER},
    {"socat", TOOL_NETWORK},
    {"strace", TOOL_DEBUG},
    {"sudo", TOOL_LOGIN},
    {"tcpdump", TOOL_NETWORK},
    {"telnet", TOOL_NETWORK},
    {"telnetd", TOOL_LOGIN},
    {"traceroute", TOOL_NETWORK},
    {"tshark", TOOL_NETWORK},
    {"valgrind", TOOL_DEBUG},
    {"vim", TOOL_EDITOR},
    {"vim-enhanced", TOOL_EDITOR},
    {"vim-nox", TOOL_EDITOR},
    {"vim-tiny", TOOL_EDITOR},
    {"wireshark", TOOL_NETWORK},
    {"wireshark-cli", TOOL_NETWORK},
    {"yasm", TOOL_COMPILER},
    {"zig", TOOL_COMPILER},
};

static str without_version(str name)
{
    size_t end = 0;
    while (end < name.len && name.ptr[end] != '=' && name.ptr[end] != '~' && name.ptr[end] != '<' &&
           name.ptr[end] != '>' && name.ptr[end] != ':' && name.ptr[end] != '@' &&
           name.ptr[end] != '/')
        end++;
    return str_sub(name, 0, end);
}

static int kind_of(str name)
{
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
        if (tools[i].name[0] == name.ptr[0] && str_eq(name, str_from(tools[i].name)))
            return (int)tools[i].kind;
    /* gcc-14, clang-19, openjdk-21-jdk */
    if ((str_starts(name, STR("openjdk")) && str_contains(name, STR("jdk-headless"))) ||
        (str_starts(name, STR("openjdk-")) && str_ends(name, STR("-jdk"))) ||
        (str_starts(name, STR("java-")) && str_ends(name, STR("-devel"))))
        return TOOL_COMPILER;
    static const char *const versioned[] = {"gcc-", "g++-", "clang-", "golang-1.", "llvm-", NULL};
    for (size_t i = 0; versioned[i]; i++) {
        str rest = name;
        if (str_skip(&rest, str_from(versioned[i])) && rest.len && rest.ptr[0] >= '0' &&
            rest.ptr[0] <= '9' && !str_contains(rest, STR("-base")))
            return TOOL_COMPILER;
    }
    return -1;
}

/* Whether a removal behind it names the package, or the group that it was installed into. */
static bool is_removed(const struct shell_command *command, str package, str group)
{
    const struct shell_commands *commands = &command->script->commands;
    for (size_t i = command->index + 1; i < commands->count && i < command->index + RUN_LOOK_AROUND;
         i++) {
        struct package_call call;
        if (!package_call_of(commands->items[i], &call) || call.verb != VERB_REMOVE)
            continue;
        for (size_t w = 1; w < commands->items[i]->words.count; w++) {
            const struct shell_word *word = &commands->items[i]->words.items[w];
            /* A variable may hold the list that was installed. */
            if (str_eq(word->value, package) || (group.len && str_eq(word->value, group)) ||
                (word->expansions && !word->literal))
                return true;
        }
    }
    return false;
}

/* Nothing else is installed by the call: without the word it would be no sentence. */
static bool is_alone(const struct package_call *call, const struct shell_word *word)
{
    return package_call_next(call, NULL) == word && !package_call_next(call, word);
}

static void tool_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    str group = {0};
    if (!run_is_build(run) || !package_call_of(command, &call) || call.verb != VERB_INSTALL ||
        call.manager > MANAGER_PACMAN || !run_ships(run))
        return;
    if (call.manager == MANAGER_APK && !shell_flag_value(command, "t", &group))
        shell_flag_value(command, "virtual", &group);
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        str name = without_version(word->value);
        int kind = name.len && !word->expansions ? kind_of(name) : -1;
        if (kind < 0 || is_removed(command, name, group))
            continue;
        struct finding *finding =
            rule_found(run, word->span, "%.*s: %s", STR_ARG(name), kind_texts[kind]);
        finding->subject->command = command;
        if (kind == TOOL_LOGIN)
            finding->severity = SEVERITY_MEDIUM;
        if (kind != TOOL_EDITOR || call.manager == MANAGER_PACMAN)
            continue;
        if (is_alone(&call, word))
            run_delete_command(run, finding, command, EDIT_UNSAFE, "Leave the package out");
        else
            run_delete_word(run, finding, word, EDIT_UNSAFE, "Leave the package out");
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/tool-left-in-image",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "A tool for building or looking around stays in the image",
        .why = "A running service needs no compiler, editor or network scanner. Somebody who "
               "breaks in does: to build an attack on the spot, to look at the network, to become "
               "root. Each one also brings its own flaws, and weight.",
        .fix = "Build in a stage of its own and COPY --from the result; leave editors and "
               "debuggers out, and debug with a container next to it when you need to.",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install -y gcc vim nginx\n",
        .good = "FROM debian:13 AS build\n"
                "RUN apt-get update && apt-get install -y gcc\n"
                "FROM debian:13\n"
                "COPY --from=build /app /app\n",
        .references = {"https://docs.docker.com/build/building/multi-stage/"},
        .command = tool_left,
    },
};

const struct rule_family rule_run_tools = {"dockerfile", rules, sizeof(rules) / sizeof(rules[0])};
