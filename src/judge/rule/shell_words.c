// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* The numbers of ShellCheck's wiki are aliases: who knows them finds these rules by them. */

static bool declares(const struct shell_command *command)
{
    static const char *const names[] = {"export", "local", "declare", "typeset", "readonly", NULL};
    return shell_command_among(command, names);
}

/* A word that was split on purpose: packages to install are often listed in one variable. */
static bool wants_splitting(const struct shell_command *command)
{
    struct package_call call;
    static const char *const names[] = {"set", "exec", "eval", "xargs", "cc",
                                        "gcc", "make", "mvn",  NULL};
    return package_call_of(command, &call) || shell_command_among(command, names);
}

static bool is_plain_text(str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == ' ' || value.ptr[i] == '\t' || value.ptr[i] == '\n' ||
            value.ptr[i] == '*' || value.ptr[i] == '?' || value.ptr[i] == '$' ||
            value.ptr[i] == '`')
            return false;
    return true;
}

/* What a loop gives a variable when all its words are plain. */
static bool is_loop_variable(const struct shell_command *command, str name)
{
    const struct shell_node *node = shell_outermost(command)->node;
    for (; node; node = node->parent) {
        if (node->kind != SHELL_FOR || node->words.count < 2 ||
            !str_eq(node->words.items[0].value, name))
            continue;
        for (size_t i = 1; i < node->words.count; i++)
            if (!is_plain_text(node->words.items[i].value))
                return false;
        return true;
    }
    return false;
}

/* Values that have nothing to be split: numbers, what a line before gave it, what ENV and ARG do.
 */
static bool is_harmless(const struct rule_run *run, const struct shell_command *command,
                        const struct shell_expansion *expansion)
{
    str value;
    if (expansion->name.len == 1 &&
        str_find_char(STR("?#$!-0"), expansion->name.ptr[0]) != STR_NONE)
        return true;
    if (expansion->special || !expansion->name.len || str_eq(expansion->name, STR("@")) ||
        str_eq(expansion->name, STR("*")) || is_loop_variable(command, expansion->name))
        return true;
    const char *name = arena_cstr(run->arena, expansion->name);
    if (shell_variable_before(command, name, &value))
        return is_plain_text(value);
    if (!run->subject.instruction || !run->subject.dockerfile)
        return false;
    const struct stage_variable *variable =
        instruction_variable(run->subject.dockerfile, run->subject.instruction, expansion->name);
    return (variable && (!variable->has_value || is_plain_text(variable->value))) ||
           variable_is_proxy(expansion->name);
}

static bool is_asked(const struct rule_run *run, const struct shell_command *command)
{
    return run_is_build(run) && command->script->root && !command->from_string &&
           (!command->wrapper || !command->wrapper->from_string) && command->words.count;
}

static void quote(struct rule_run *run, struct finding *finding, struct span span)
{
    run_replace(run, finding, (struct span){span.start, span.start}, "\"", EDIT_UNSAFE,
                "Put it in double quotes");
    run_replace(run, finding, (struct span){span.end, span.end}, "\"", EDIT_UNSAFE,
                "Put it in double quotes");
}

/* CFLAGS, JAVA_OPTS, BUILD_ARGS: lists of options, to be split on purpose. */
static bool is_list_name(str name)
{
    static const char *const ends[] = {"FLAGS", "OPTS", "ARGS", "OPTIONS", "_LIST", NULL};
    for (size_t i = 0; ends[i]; i++)
        if (str_ends(name, str_from(ends[i])))
            return true;
    return false;
}

static void unquoted_variable(struct rule_run *run, const struct shell_command *command)
{
    if (!is_asked(run, command) || command->wrapped || declares(command) ||
        wants_splitting(command))
        return;
    for (size_t i = 1; i < command->words.count; i++)
        for (const struct shell_expansion *each = command->words.items[i].expansions; each;
             each = each->next) {
            if (each->kind != SHELL_PARAMETER || each->quoted || is_list_name(each->name) ||
                is_harmless(run, command, each))
                continue;
            struct finding *finding =
                rule_found(run, each->span, "$%.*s is not in quotes", STR_ARG(each->name));
            finding->subject->command = command;
            quote(run, finding, each->span);
        }
}

/* Commands whose answer is one word. */
static bool gives_one_word(const struct shell_expansion *expansion)
{
    static const char *const names[] = {"nproc",    "seq",  "pgrep", "arch",   "uname", "id",
                                        "getconf",  "dpkg", "pidof", "whoami", "date",  "wc",
                                        "hostname", "apk",  "rpm",   "mktemp", NULL};
    const struct shell_node *node = expansion->body;
    while (node && node->kind != SHELL_COMMAND)
        node = node->kind == SHELL_PIPELINE ? node->last : node->first;
    return !node || shell_command_among(node->command, names);
}

static void unquoted_substitution(struct rule_run *run, const struct shell_command *command)
{
    if (!is_asked(run, command) || command->wrapped || declares(command) ||
        wants_splitting(command))
        return;
    for (size_t i = 1; i < command->words.count; i++) {
        uint32_t inside = 0; /* of the last one: what stands in it is not a word of this command */
        for (const struct shell_expansion *each = command->words.items[i].expansions; each;
             each = each->next) {
            bool runs = each->kind == SHELL_SUBSTITUTION || each->kind == SHELL_BACKQUOTE;
            if (each->to <= inside)
                continue;
            inside = each->to;
            if (!runs || each->quoted || gives_one_word(each))
                continue;
            struct finding *finding =
                rule_found(run, each->span, "what the command prints is not in quotes");
            finding->subject->command = command;
            quote(run, finding, each->span);
        }
    }
}

static void tell_backquotes(struct rule_run *run, const struct shell_command *command,
                            const struct shell_word *word)
{
    for (const struct shell_expansion *each = word->expansions; each; each = each->next) {
        if (each->kind != SHELL_BACKQUOTE || each->to < each->from + 2)
            continue;
        struct finding *finding = rule_found(run, each->span, "`...` instead of $(...)");
        finding->subject->command = command;
        str text = str_sub(command->text->text, each->from, each->to - each->from);
        if (str_find_char(text, '\\') != STR_NONE || !str_ends(text, STR("`")))
            continue;
        run_replace(run, finding, shell_span(command, each->from, each->from + 1), "$(", EDIT_SAFE,
                    "Write $( )");
        run_replace(run, finding, shell_span(command, each->to - 1, each->to), ")", EDIT_SAFE,
                    "Write $( )");
    }
}

static void backquotes(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !command->script->root || !command->text || command->wrapped ||
        (command->wrapper && !command->from_string))
        return;
    for (size_t i = 0; i < command->assignments.count; i++)
        tell_backquotes(run, command, &command->assignments.items[i].value);
    for (size_t i = 0; i < command->words.count; i++)
        tell_backquotes(run, command, &command->words.items[i]);
}

static void pattern_like_option(struct rule_run *run, const struct shell_command *command)
{
    static const char *const printers[] = {"echo", "printf", "case", "find",   "apt-get",
                                           "apt",  "yum",    "dnf",  "zypper", NULL};
    if (!is_asked(run, command) || command->wrapped || shell_command_among(command, printers))
        return;
    for (size_t i = 1; i < command->flags_end; i++) {
        const struct shell_word *word = &command->words.items[i];
        str before = command->words.items[i - 1].value;
        if (!word->pattern || !word->raw.len ||
            (word->raw.ptr[0] != '*' && word->raw.ptr[0] != '?') || str_starts(before, STR("--")) ||
            str_eq(before, STR("-name")))
            continue;
        struct finding *finding = rule_found(run, word->span, "%.*s", STR_ARG(word->raw));
        finding->subject->command = command;
        run_replace(run, finding, (struct span){word->span.start, word->span.start}, "./",
                    EDIT_SAFE, "Begin the pattern with ./");
    }
}

static void echo_escapes(struct rule_run *run, const struct shell_command *command)
{
    if (!is_asked(run, command) || !shell_command_is(command, "echo") ||
        shell_has_flag(command, "e") || shell_has_flag(command, "E"))
        return;
    for (size_t i = 1; i < command->words.count; i++) {
        const struct shell_word *word = &command->words.items[i];
        size_t at = str_find_char(word->value, '\\');
        if (at == STR_NONE || at + 1 >= word->value.len || word->dollar_quote ||
            str_find_char(STR("ntrbfvx0"), word->value.ptr[at + 1]) == STR_NONE)
            continue;
        rule_found(run, word->span, "\\%c", word->value.ptr[at + 1])->subject->command = command;
        return;
    }
}

static const struct rule rules[] = {
    {
        .id = "shell/unquoted-variable",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "A variable is not in quotes",
        .why =
            "The shell splits what is in it at blanks, and takes * and ? for file names. A value "
            "with a blank becomes two arguments; an empty one disappears.",
        .fix = "Write \"$name\", unless it is meant to be split.",
        .bad = "FROM debian:13\nRUN read -r dir < /list && rm -r $dir\n",
        .good = "FROM debian:13\nRUN read -r dir < /list && rm -r \"$dir\"\n",
        .aliases = {"SC2086"},
        .references = {"https://www.shellcheck.net/wiki/SC2086"},
        .command = unquoted_variable,
    },
    {
        .id = "shell/unquoted-substitution",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "What a command prints is not in quotes",
        .why = "The shell splits the output of $(...) at blanks, and takes * and ? for file names. "
               "One answer with a blank in it becomes two arguments.",
        .fix = "Write \"$(command)\", unless it is meant to be split.",
        .bad = "FROM debian:13\nRUN rm $(cat /list)\n",
        .good = "FROM debian:13\nRUN rm \"$(cat /list)\"\n",
        .aliases = {"SC2046"},
        .references = {"https://www.shellcheck.net/wiki/SC2046"},
        .command = unquoted_substitution,
    },
    {
        .id = "shell/backquotes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "Backquotes are used where $( ) is easier to read",
        .why = "Within backquotes, quotes and backslashes have rules of their own that few people "
               "know, and one pair in another needs escapes.",
        .fix = "Write $(command) instead.",
        .bad = "FROM debian:13\nRUN mkdir \"/data-`uname -m`\"\n",
        .good = "FROM debian:13\nRUN mkdir \"/data-$(uname -m)\"\n",
        .aliases = {"SC2006"},
        .references = {"https://www.shellcheck.net/wiki/SC2006"},
        .command = backquotes,
    },
    {
        .id = "shell/pattern-like-option",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "A file whose name begins with a dash would be taken for an option",
        .why =
            "* stands for every file, and the shell puts the names there before the command sees "
            "them. A file called -rf is then an option.",
        .fix = "Begin the pattern with ./, or put -- before it.",
        .bad = "FROM debian:13\nRUN rm *.tmp\n",
        .good = "FROM debian:13\nRUN rm ./*.tmp\n",
        .aliases = {"SC2035"},
        .references = {"https://www.shellcheck.net/wiki/SC2035"},
        .command = pattern_like_option,
    },
    {
        .id = "shell/echo-escapes",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "Not every echo knows \\n",
        .why =
            "dash, the /bin/sh of Debian, turns \\n into a new line; bash and others print the two "
            "characters. The same line gives different files in different images.",
        .fix = "Use printf: printf 'one\\ntwo\\n'.",
        .bad = "FROM debian:13\nRUN echo \"a\\nb\" > /file\n",
        .good = "FROM debian:13\nRUN printf 'a\\nb\\n' > /file\n",
        .aliases = {"SC2028"},
        .references = {"https://www.shellcheck.net/wiki/SC2028"},
        .command = echo_escapes,
    },
};

const struct rule_family rule_shell_words = {"shell", rules, sizeof(rules) / sizeof(rules[0])};
