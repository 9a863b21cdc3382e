// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"
#include "app/lesson/lesson.h"
#include "judge/rule/rule.h"
#include "read/image/image.h"

#include <ctype.h>
#include <string.h>

/*
 * The script holds one table, from the rows: a line "COMMAND OPTION KIND WORDS..." an option,
 * with the option = for operands. KIND says what a value is: none (a flag), words, file, dir,
 * target (a file, or a source's scheme), rule (its id, or one of the words) or any.
 */
static const char *kind_of_placeholder(const char *name)
{
    if (!name || !*name)
        return "any";
    if (strstr(name, "TARGET"))
        return "target";
    if (strstr(name, "FILE"))
        return "file";
    if (strstr(name, "DIR"))
        return "dir";
    if (strcmp(name, "ID") == 0 || strcmp(name, "ID...") == 0)
        return "rule";
    return "any";
}

static void rule_ids(FILE *out)
{
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule))
        fprintf(out, " %s", rule->id);
}

static void lesson_names(FILE *out)
{
    for (size_t i = 0; lesson_at(i); i++)
        fprintf(out, " %s", lesson_at(i)->names[0]);
}

static void option_rows(FILE *out, const struct command *command)
{
    const struct option *option;
    for (size_t i = 0; (option = cli_option(command, i)); i++) {
        const char *kind = option->kind == OPTION_FLAG     ? "none"
                           : option->kind == OPTION_CHOICE ? "words"
                                                           : kind_of_placeholder(option->argument);
        const char *words = option->kind == OPTION_CHOICE ? option->choices : "";
        fprintf(out, "%s --%s %s %s\n", command->name, option->name, kind, words);
        if (option->letter)
            fprintf(out, "%s -%c %s %s\n", command->name, option->letter, kind, words);
    }
}

static void command_names(FILE *out)
{
    for (const struct command *const *at = command_all(); *at; at++)
        if (!(*at)->hidden)
            fprintf(out, " %s", (*at)->name);
}

/* Words in small letters of "update|status" are typed as they stand. */
static void operand_row(FILE *out, const struct command *command)
{
    str rest = str_from(command->usage), word;
    bool words = false;
    if (strstr(command->usage, "COMMAND")) {
        fprintf(out, "%s = words", command->name);
        command_names(out);
        fputc('\n', out);
        return;
    }
    while (rest.len) {
        size_t len = 0;
        while (len < rest.len && (islower((unsigned char)rest.ptr[len]) || rest.ptr[len] == '-'))
            len++;
        word = str_sub(rest, 0, len);
        rest = str_from_index(rest, len ? len : 1);
        if (!word.len)
            continue;
        if (!words)
            fprintf(out, "%s = words", command->name);
        fprintf(out, " %.*s", STR_ARG(word));
        words = true;
    }
    if (!words) {
        const char *kind = kind_of_placeholder(command->usage);
        fprintf(out, "%s = %s", command->name, kind);
        if (strcmp(kind, "rule") == 0) /* what explains rules explains ideas too */
            lesson_names(out);
    }
    fputc('\n', out);
}

static const char *const script =
    "\n"
    "_harden_values() { # kind words...: candidates for $cur\n"
    "    local kind=$1\n"
    "    shift\n"
    "    case $kind in\n"
    "    words) mapfile -t COMPREPLY < <(compgen -W \"$*\" -- \"$cur\") ;;\n"
    "    rule) mapfile -t COMPREPLY < <(compgen -W \"$_harden_rules $*\" -- \"$cur\") ;;\n"
    "    dir) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); compopt -o filenames ;;\n"
    "    target)\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_harden_schemes\" -- \"$cur\"; "
    "compgen -f -- \"$cur\")\n"
    "        compopt -o filenames -o nospace\n"
    "        ;;\n"
    "    file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); compopt -o filenames ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_harden() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=scan i\n"
    "    local row=() options=() name option kind words\n"
    "    COMPREPLY=()\n"
    "    # bash splits --option=value at the sign\n"
    "    if [ \"$cur\" = = ]; then cur=; elif [ \"$prev\" = = ]; then "
    "prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
    "    done\n"
    "    if [ \"$i\" -ge \"$COMP_CWORD\" ] && [[ $cur != -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_harden_commands\" -- \"$cur\"; "
    "compgen -f -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    case \" $_harden_commands \" in *\" $command \"*) ;; *) command=scan ;; esac\n"
    "    while read -r name option kind words; do\n"
    "        [ \"$name\" = \"$command\" ] || continue\n"
    "        case $option in --*) options+=(\"$option\") ;; =) row=(\"$kind\" \"$words\") ;; esac\n"
    "        if [ \"$option\" = \"$prev\" ] && [ \"$kind\" != none ]; then\n"
    "            _harden_values \"$kind\" \"$words\"\n"
    "            return\n"
    "        fi\n"
    "    done <<<\"$_harden_table\"\n"
    "    if [[ $cur == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"${options[*]}\" -- \"$cur\")\n"
    "    else\n"
    "        _harden_values \"${row[@]}\"\n"
    "    fi\n"
    "}\n"
    "complete -F _harden harden\n";

void cli_bash(FILE *out)
{
    fputs("# bash completion of harden " HARDEN_VERSION "; made by: harden completion bash\n"
          "_harden_commands='",
          out);
    command_names(out);
    fputs("'\n_harden_schemes='", out);
    struct image_source_info source;
    for (size_t i = 0; image_source(i, &source); i++)
        if (strlen(source.scheme) > 1) /* "-" is not worth completing */
            fprintf(out, " %s:", source.scheme);
    fputs("'\n_harden_rules='", out);
    rule_ids(out);
    fputs("'\n_harden_table='", out);
    for (const struct command *const *at = command_all(); *at; at++) {
        if ((*at)->hidden)
            continue;
        option_rows(out, *at);
        operand_row(out, *at);
    }
    fputs("'\n", out);
    fputs(script, out);
}
