// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_COMMAND_COMMAND_H
#define HARDEN_APP_COMMAND_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Commands, one file each; scan.c ends in `const struct command command_scan`. The same rows
 * parse the command line and print --help, the man page and the completion: nothing is written
 * twice.
 */
enum option_kind {
    OPTION_FLAG,   /* --name: bool */
    OPTION_TEXT,   /* --name VALUE: const char * */
    OPTION_NUMBER, /* --name N: uint64_t, up to `max` */
    OPTION_LIST,   /* --name VALUE,...; repeatable: struct option_list */
    OPTION_CHOICE, /* --name WORD, one of `choices` (space separated): const char * */
};

struct option_list VEC_BODY(const char *);

struct option {
    const char *name; /* without dashes */
    char letter;      /* short form, or 0 */
    enum option_kind kind;
    const char *argument; /* how help calls the value: "FILE" */
    const char *help;     /* one sentence, no full stop */
    const char *choices;  /* for OPTION_CHOICE; also offered by completion */
    size_t offset;        /* offsetof() in the command's options struct */
    uint64_t max;
    bool whole;    /* of a list: commas belong to the value; items are on lines of their own */
    bool personal; /* names a place of the user's: a project's .harden.yaml cannot set it */
};

struct example {
    const char *command, *what;
};

/* Everything a command gets. */
struct invocation {
    struct arena *arena;
    const struct command *command;
    void *options;               /* the command's struct, zeroed, then filled from the rows */
    const char *const *operands; /* NULL-ended */
    size_t operand_count;
    const char *home; /* state folder: $HARDEN_HOME, $XDG_CACHE_HOME/harden, ~/.cache/harden */
};

struct command {
    const char *name, *summary;   /* one line, for the list */
    const char *usage;            /* operands: "TARGET..." */
    const char *description;      /* paragraphs, separated by an empty line; wrapped when printed */
    const struct option *options; /* ended by a row without a name; the common ones are added */
    size_t options_size;          /* of the options struct */
    const struct example *examples; /* ended by a row without a command */
    unsigned least_operands, most_operands;
    bool hidden;
    /* Returns the exit code (0, 1, 3), or -1 with err: printed by main, exit code 2. */
    int (*run)(const struct invocation *invocation, struct err *err);
};

const struct command *const *command_all(void); /* NULL-ended, by name */
const struct command *command_by_name(str name);

/* "harden: <about>: <message>" on stderr, control bytes escaped; `about` may be NULL. For the
 * failure of one operand among several; a command's own failure is returned to main. */
void command_complain(const char *about, const struct err *err);
/* The failure of the only operand, or one without which the rest is in vain: -1, with `about` in
 * front unless the message names it already. */
int command_fail_about(const char *about, struct err *err);

/* What several parts of the work come to: 2 (not done), else 1 (found), else 3 (gaps), else 0. */
int command_worse_exit(int a, int b);

/* Parses argv, dispatches, prints errors; the process's exit code. */
int command_main(int argc, char **argv);

#endif
