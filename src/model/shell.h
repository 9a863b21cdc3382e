// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_SHELL_H
#define HARDEN_MODEL_SHELL_H

#include "model/text_file.h"

/*
 * A shell script as a tree, with the place of everything in the file it stands in: the text of a
 * RUN line, the body of a heredoc, an entry point. Made by lang/shell/shell.h; grammar:
 * POSIX.1-2017 XCU 2.10 and the additions of bash 5. Offsets (`from`, `to`) are bytes of the mapped
 * text that their command names in `text`; spans are bytes of the file. Everything lives in the
 * arena that it was made in.
 */
enum shell_dialect {
    SHELL_SH,    /* POSIX: dash, busybox ash, and where nothing is known */
    SHELL_BASH,  /* bash, ksh, zsh: what bash adds is right here */
    SHELL_OTHER, /* PowerShell, cmd, fish, python: not parsed, nothing is known about it */
};

/* What stands between a command and the next; also what ends the last one. */
enum shell_operator {
    SHELL_END, /* of the text or of what it stands in */
    SHELL_AND, /* && */
    SHELL_OR,  /* || */
    SHELL_SEMICOLON,
    SHELL_NEWLINE,
    SHELL_BACKGROUND, /* & */
    SHELL_PIPE,       /* | */
    SHELL_PIPE_BOTH,  /* |& */
};

/* ---- words ---- */

enum shell_expansion_kind {
    SHELL_PARAMETER,    /* $x ${x} ${x:-y} */
    SHELL_SUBSTITUTION, /* $( ) */
    SHELL_BACKQUOTE,    /* ` ` */
    SHELL_SUM,          /* $(( )) $[ ] */
    SHELL_PROCESS,      /* <( ) >( ) */
};

struct shell_node;

struct shell_expansion {
    enum shell_expansion_kind kind;
    bool quoted;  /* stands in double quotes */
    bool braces;  /* ${x} and not $x */
    bool special; /* ${x:-y}, ${#x}, ${x[0]}: more than the value alone */
    str name;     /* of the parameter: "HOME", "1", "@" */
    uint32_t from, to;
    struct span span;
    struct shell_node *body; /* of a substitution; else NULL */
    struct shell_expansion *next;
};

struct shell_word {
    str raw;   /* as it is written, with quotes and line continuations */
    str value; /* without them; expansions stay as they are written, as in "${HOME}/x" */
    uint32_t from, to;
    struct span span;
    bool literal;      /* no expansion, pattern, brace or tilde: `value` is what the program gets */
    bool quoted;       /* quotes or backslashes stand in it */
    bool pattern;      /* * ? [ stand in it unquoted */
    bool brace;        /* {a,b} or {1..3} stands in it unquoted */
    bool dollar_quote; /* $'..' or $".." stands in it */
    struct shell_expansion *expansions; /* in order, those inside of others too */
};
struct shell_words VEC_BODY(struct shell_word);

struct shell_assignment {
    str name;
    str index; /* of name[index]=; absent without one */
    bool append, array;
    struct shell_word value;   /* of an array: the whole of ( ) */
    struct shell_words values; /* of an array */
    struct span span;          /* name and value */
};
struct shell_assignments VEC_BODY(struct shell_assignment);

struct shell_heredoc {
    str delimiter; /* without quotes */
    bool quoted;   /* the body is taken as it is */
    bool strip_tabs;
    bool closed;
    uint32_t from, to; /* the body, without the delimiter's line */
    struct span span;
    str body; /* with tabs stripped where that was asked for */
    struct shell_expansion *expansions;
};

enum shell_redirection_kind {
    SHELL_READ,       /* < */
    SHELL_WRITE,      /* > >| */
    SHELL_APPEND,     /* >> */
    SHELL_READ_WRITE, /* <> */
    SHELL_READ_FROM,  /* <& */
    SHELL_WRITE_TO,   /* >& */
    SHELL_WRITE_BOTH, /* &> &>> */
    SHELL_HEREDOC,    /* << <<- */
    SHELL_HERESTRING, /* <<< */
};

struct shell_redirection {
    enum shell_redirection_kind kind;
    int fd;                   /* as written, or what the operator means without one */
    bool append;              /* &>> */
    str variable;             /* of {name}>file */
    struct shell_word target; /* of a heredoc: its delimiter */
    struct shell_heredoc *heredoc;
    struct span span;
};
struct shell_redirections VEC_BODY(struct shell_redirection);

/* ---- the tree ---- */

enum shell_node_kind {
    SHELL_COMMAND,  /* a simple command: `command` */
    SHELL_LIST,     /* children, each with its `joint`: ; & newline */
    SHELL_AND_OR,   /* children joined by && and || */
    SHELL_PIPELINE, /* children joined by pipes; also one alone, with ! or time before it */
    SHELL_SUBSHELL, /* ( ) */
    SHELL_GROUP,    /* { } */
    SHELL_IF,       /* children: condition, body, condition, body..., else */
    SHELL_WHILE,    /* condition, body */
    SHELL_UNTIL,
    SHELL_FOR,        /* words: the name, then the values; body */
    SHELL_FOR_SUM,    /* for (( ; ; )) */
    SHELL_SELECT,     /* as SHELL_FOR */
    SHELL_CASE,       /* words: the subject; children: SHELL_CASE_ITEM */
    SHELL_CASE_ITEM,  /* words: patterns; body */
    SHELL_FUNCTION,   /* words: the name; body */
    SHELL_TEST,       /* [[ ]]: words, brackets left out */
    SHELL_ARITHMETIC, /* (( )) */
    SHELL_COPROCESS,  /* body; words: the name, if it has one */
};

/* Lists, and-or lists and pipelines of one member are left out: the member stands in their place.
 */
struct shell_node {
    enum shell_node_kind kind;
    enum shell_operator joint; /* behind it */
    bool negated;              /* SHELL_PIPELINE: ! before it */
    bool timed;                /* time before it */
    bool keyword;              /* SHELL_FUNCTION: written with `function` */
    uint32_t from, to;
    struct span span;
    struct shell_node *parent; /* NULL: the root */
    struct shell_node *first, *last, *next;
    struct shell_command *command; /* SHELL_COMMAND */
    struct shell_words words;
    struct shell_redirections redirections; /* of a compound command */
};

/* What `set` turns on, or flags of the shell that runs the text. */
enum shell_option {
    SHELL_ERREXIT = 1 << 0,
    SHELL_NOUNSET = 1 << 1,
    SHELL_XTRACE = 1 << 2,
    SHELL_PIPEFAIL = 1 << 3,
};

/* A simple command, at any depth: in loops, functions, substitutions, `sh -c '...'`. */
struct shell_command {
    const struct shell_script *script;
    const struct mapped_text *text; /* that `from` and `to` count in: the script's, or of a part
                                       of it that is a script of its own (`sh -c`, backquotes) */
    uint32_t index;                 /* in script->commands: the order in which they stand there */
    uint32_t from, to;              /* redirections included, heredoc bodies not */
    struct span span;
    struct shell_assignments assignments;
    struct shell_words words; /* the first is the name; none: assignments or redirections only */
    struct shell_redirections redirections;
    enum shell_operator joint;   /* behind it, pipes included */
    struct shell_node *node;     /* NULL for one that is seen through a wrapper's words */
    struct shell_node *pipeline; /* it is a direct part of; NULL: of none */
    uint32_t pipe_position;      /* in it, from 0 */
    /*
     * What it runs for another: `sudo apt-get update` is two commands, the second with the first
     * as its wrapper and with the words from "apt-get" on. So are those of `sh -c '...'`.
     */
    const struct shell_command *wrapper;
    struct shell_command *wrapped; /* the first that it runs; NULL: it is no wrapper */
    bool from_string;              /* of a wrapper's text (`sh -c`), not of its words */
    bool open_ended;               /* more arguments come when it runs: xargs, find -exec */
    uint32_t flags_end;            /* index of the word "--"; without one, the number of words */
    uint8_t options; /* bits of enum shell_option: on when it runs, as far as the text tells */
    uint32_t depth;  /* of functions, loops, conditions, substitutions around it; 0: none */
};
struct shell_commands VEC_BODY(struct shell_command *);

struct shell_problem {
    struct span span;
    const char *message; /* "the quote that starts here is not closed" */
};
struct shell_problems VEC_BODY(struct shell_problem);

struct shell_script {
    struct mapped_text text;
    enum shell_dialect dialect;
    struct shell_node *root;        /* SHELL_LIST, perhaps empty; NULL for SHELL_OTHER */
    struct shell_commands commands; /* all, in the order in which they stand in the text */
    struct shell_problems problems; /* what could not be read; the rest is parsed all the same */
};

/* ---- questions that rules ask ---- */

/* The last part of the first word: "apt-get" for /usr/bin/apt-get; absent where it is not known. */
str shell_command_name(const struct shell_command *command);
bool shell_command_is(const struct shell_command *command, const char *name);
/* Whether the name is one of a list that NULL ends. */
bool shell_command_among(const struct shell_command *command, const char *const *names);

/*
 * Flags: "y" is -y, also bundled (-qy); "yes" is --yes, also --yes=x. `single` tells of programs
 * that write long flags with one dash (go, find, java): then -yes counts too and nothing is
 * bundled. Words behind "--" are no flags. Short names are one character.
 */
bool shell_has_flag(const struct shell_command *command, const char *name);
bool shell_has_single_flag(const struct shell_command *command, const char *name);
/* How often a short flag is given: -qq is two. */
uint32_t shell_flag_count(const struct shell_command *command, char name);
/* The value of a flag: --name=value, --name value, -nvalue, -n value; the last one given. */
bool shell_flag_value(const struct shell_command *command, const char *name, str *ret_value);

/*
 * Arguments that are neither flags nor values of flags. `valued` lists the flags that take a value
 * of their own, separated by blanks: "o c target-release". NULL to start, then the one before.
 */
const struct shell_word *shell_argument(const struct shell_command *command, const char *valued,
                                        const struct shell_word *after);
/* The first of them is a subcommand: "install" of `apt-get -qq install curl`; absent: none. */
str shell_subcommand(const struct shell_command *command, const char *valued);
/* Some word, the name apart, has exactly that value. */
bool shell_has_word(const struct shell_command *command, const char *value);

/* `later` stands behind `earlier`, in the same script. */
bool shell_is_after(const struct shell_command *later, const struct shell_command *earlier);
/* Both are parts of one list, whatever joins them: `a && b; c`. */
bool shell_same_list(const struct shell_command *a, const struct shell_command *b);
/* The next command in the same pipe; NULL: it is the last, or in none. For a compound command
 * (`| while ...`, `| (...)`) its first command. */
const struct shell_command *shell_piped_into(const struct shell_command *command);
/* The outermost wrapper: what is really started. */
const struct shell_command *shell_outermost(const struct shell_command *command);
/* NAME=value before the command, or set by an earlier one of the script; of very long scripts only
 * the last commands before it are looked at. */
bool shell_variable_before(const struct shell_command *command, const char *name, str *ret_value);
/* The place of bytes of a command's text in the file. */
struct span shell_span(const struct shell_command *command, uint32_t from, uint32_t to);

#endif
