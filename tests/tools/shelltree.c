// SPDX-License-Identifier: Apache-2.0
/*
 * shelltree sh|bash FILE...: what the parser makes of scripts, for scripts that compare it with
 * shells. `--problems`: only what could not be read, a line each; `--words`: only the words of
 * commands that stand there themselves, not of those that are seen through wrappers, and without
 * the places of line ends in them.
 */
#include "base/limits.h"
#include "lang/shell/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static str read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size = LIMIT_SHELL_TEXT + 2, length = 0;
    if (!file) {
        perror(path);
        exit(2);
    }
    char *bytes = arena_array(arena, char, size);
    length = fread(bytes, 1, size, file);
    fclose(file);
    return str_make(bytes, length);
}

static const char *operator_name(enum shell_operator joint)
{
    static const char *const names[] = {"end", "&&", "||", ";", "newline", "&", "|", "|&"};
    return names[joint];
}

static void print_command(const struct shell_command *command)
{
    printf("%u\t%s", command->index, operator_name(command->joint));
    if (command->wrapper)
        printf("\tby %u", command->wrapper->index);
    for (size_t i = 0; i < command->assignments.count; i++)
        printf("\t%.*s=%.*s", STR_ARG(command->assignments.items[i].name),
               STR_ARG(command->assignments.items[i].value.value));
    for (size_t i = 0; i < command->words.count; i++)
        printf("\t[%.*s]", STR_ARG(command->words.items[i].value));
    putchar('\n');
}

/* What stands between words of a substitution is printed otherwise by others. */
static void print_words(const struct shell_command *command)
{
    if (command->wrapper || !command->words.count)
        return;
    for (size_t i = 0; i < command->words.count; i++) {
        str value = command->words.items[i].value;
        putchar(' ');
        for (size_t j = 0; j < value.len; j++)
            if (!strchr("\n\t ;\\", value.ptr[j]))
                putchar(value.ptr[j]);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    bool problems = false, words = false;
    enum shell_dialect dialect = SHELL_SH;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--problems") == 0) {
            problems = true;
            continue;
        }
        if (strcmp(argv[i], "--words") == 0) {
            words = true;
            continue;
        }
        if (strcmp(argv[i], "sh") == 0 || strcmp(argv[i], "bash") == 0) {
            dialect = shell_dialect_of(str_from(argv[i]));
            continue;
        }
        ARENA_SCOPED arena = {0};
        struct text_file file =
            text_file_make(&arena, str_from(argv[i]), read_file(&arena, argv[i]));
        struct shell_script *script = shell_parse_str(&arena, file.text, dialect);
        for (size_t j = 0; !problems && j < script->commands.count; j++) {
            const struct shell_command *command = script->commands.items[j];
            if (words)
                print_words(command);
            else
                print_command(command);
        }
        for (size_t j = 0; !words && j < script->problems.count; j++) {
            struct text_place place = text_file_place(&file, script->problems.items[j].span);
            printf("%s:%u:%u: %s\n", argv[i], place.line, place.column,
                   script->problems.items[j].message);
        }
    }
    return 0;
}
