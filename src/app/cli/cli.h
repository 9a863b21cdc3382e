// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_CLI_CLI_H
#define HARDEN_APP_CLI_CLI_H

#include "app/command/command.h"

#include <stdio.h>

/*
 * The command line: from words and rows to a filled options struct, and from the same rows to
 * --help, man pages and the shell's completion.
 *
 * Options are --name VALUE, --name=VALUE, -n VALUE, -nVALUE; flags may be grouped (-qv) and take
 * an explicit --name=no. Options and operands mix; behind `--` all are operands, and so is `-`.
 * Names are never abbreviated: a script that works today must not become ambiguous tomorrow.
 */
struct cli_line {
    void *options;
    const char *const *operands; /* NULL-ended */
    size_t operand_count;
    bool help; /* --help was asked for; the rest was not looked at */
    bool *set; /* one a row: already decided by a higher authority */
};

/* Words behind the command's name, NULL-ended. ERR_USAGE names the option and what is near it. */
int cli_parse(struct arena *arena, const struct command *command, const char *const *words,
              struct cli_line *ret, struct err *err);
/* Too many or too few operands; for after the parsing, since --help and settings come first. */
int cli_check_operands(const struct command *command, const struct cli_line *line, struct err *err);

/* HARDEN_FAIL_ON=critical fills --fail-on where the command line did not. An empty variable
 * counts as unset. `lookup` is getenv (or a test's). */
typedef char *cli_lookup(const char *name);
int cli_environment(struct arena *arena, const struct command *command, cli_lookup *lookup,
                    struct cli_line *line, struct err *err);

/* A setting of a file or the environment speaks to every command that has the option: a value
 * that only others know (--format sarif) is passed over, one that none knows is an error. */
int cli_set_shared(struct arena *arena, const struct command *command, str name, const char *value,
                   const char *where, struct cli_line *line, struct err *err);

/* The nearest file of that name from the working folder upwards that is no stranger's, or NULL. */
const char *cli_nearest_file(struct arena *arena, const char *name);

/*
 * The nearest .harden.yaml, from the working folder upwards, fills what is left: `option: value`
 * lines for every command that has the option, and sections named like a command for that one
 * alone. Unknown names are errors that name file and line. What decides where a user's files are
 * written or read (struct option's `personal`) cannot be set there, and a file of a stranger (not
 * root's, the user's or the owner's of the working folder) is passed over.
 */
int cli_nearest_settings(struct arena *arena, const struct command *command, struct cli_line *line,
                         struct err *err);
/* The same from `text`, which is the content of `path`. */
int cli_settings(struct arena *arena, const struct command *command, const char *path, str text,
                 struct cli_line *line, struct err *err);

/* The nearest of `words` (NULL-ended by `next` giving NULL), or NULL if none is near. */
typedef const char *cli_word(const void *context, size_t index);
const char *cli_nearest(str word, cli_word *next, const void *context);
const char *cli_nearest_command(str word);

/* The rows of a command and then the common ones (--help); NULL at the end. */
const struct option *cli_option(const struct command *command, size_t index);
size_t cli_option_count(const struct command *command);
/* "tty, json, sarif, table" */
const char *cli_choices(struct arena *arena, const struct option *option);

/* What `harden --help` and harden(1) say beyond the list of commands. */
struct cli_topic {
    const char *title, *text; /* text, or rows */
    struct {
        const char *term, *text;
    } rows[8];
};
const struct cli_topic *cli_topics(void); /* ended by a row without a title */
const char *cli_slogan(void);

/* --help, for the terminal that `out` is; command NULL: of harden itself. */
void cli_help(const struct command *command, FILE *out);
/* Usage and the list of commands. */
void cli_usage(FILE *out);
/* The man page harden-COMMAND(1), or harden(1), in man(7) macros. */
void cli_man(const struct command *command, FILE *out);
/* A completion script for bash. */
void cli_bash(FILE *out);

#endif
