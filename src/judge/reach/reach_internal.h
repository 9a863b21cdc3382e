// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_REACH_REACH_INTERNAL_H
#define HARDEN_JUDGE_REACH_REACH_INTERNAL_H

#include "base/map.h"
#include "judge/reach/reach.h"
#include "model/shell.h"

#define REACH_NONE UINT32_MAX /* no file, no package; as "from": the entry point */

struct reach_text VEC_BODY(str);

/* A shell text that runs, or that another sources. */
struct reach_source {
    const struct shell_script *script;
    uint32_t file; /* REACH_NONE: a word of the configuration, or of another script */
    uint32_t from; /* as of what it starts */
    str arguments; /* name of the set of what it is given: "@12" */
};

struct reach {
    struct arena *arena, scratch;
    const struct image_view *view;
    const struct files *files;
    struct report *report;
    const struct file *workdir;
    struct reach_text path; /* folders of PATH */
    struct reach_text library_folders, services, preloaded;
    /* By index of the file. */
    bool *reached;
    uint32_t *from;               /* that reached it */
    bool *guessed;                /* only as a helper or module beside what runs */
    uint32_t *package;            /* that owns it: index in the report */
    const struct binary **binary; /* hard links share it */
    const struct script **script;
    VEC(uint32_t)
    queue; /* reached, in order: of the first `scripts_done` scripts are dealt with,
              of the first `done` programs and libraries */
    size_t done, scripts_done;
    unsigned char *opened; /* by package: its libraries (1), its programs (2) are reached */
    bool open;             /* something may start that the texts do not name */
    /* Shell texts. */
    struct map sources_known; /* files and texts that are in `sources` */
    VEC(struct reach_source) sources;
    struct map sets;        /* name -> struct reach_text: what a variable "$x", arguments "@12" or
                               "f()", the working folder "." may be */
    struct map functions;   /* by name */
    struct arena words;     /* values of the command at hand */
    bool changed;           /* a set grew: what was read before may mean more */
    bool unset;             /* a command is a variable that nothing sets, as far as is known */
    uint64_t effort, bytes; /* spent on shell texts */
};

/* reach_index.c: fills the tables by file. */
void reach_index(struct reach *reach);

/* Marks a file, if it is one; for the first time it is put in the queue. */
void reach_mark(struct reach *reach, const struct file *file, uint32_t from);
/* The same for what is there beside what runs, and may run: what it cannot tell counts for nothing.
 */
void reach_guess(struct reach *reach, const struct file *file, uint32_t from);
/* Marks everything below a folder. */
void reach_mark_below(struct reach *reach, const struct file *folder, uint32_t from);
/* A program by name (through PATH) or path; NULL if it is not there. */
const struct file *reach_program(const struct reach *reach, str name);
/* Whether the file is a program, library or script. */
bool reach_runs(const struct reach *reach, uint32_t index);

/* reach_start.c: marks what the configuration starts; false where it cannot be told. */
bool reach_start(struct reach *reach);
/* reach_library.c: what a program or library needs. */
void reach_libraries(struct reach *reach, uint32_t index);

/*
 * reach_shell.c: shell texts. What a variable is, and what scripts and functions are given, is
 * kept as the set of all texts that it is anywhere set to, in whatever order; so that whatever
 * may run is found, whichever way a script takes.
 */
/* A script file, once; a text that a shell is given; an argument vector. */
void reach_add_script(struct reach *reach, uint32_t file);
void reach_add_text(struct reach *reach, str text, uint32_t from);
void reach_add_words(struct reach *reach, const struct image_words *words, uint32_t from);
/* Reads all texts once more, with what is known by now. */
void reach_read_texts(struct reach *reach);

/*
 * reach_value.c: what words may be. Unknown parts are a byte REACH_ANY, which stands for any
 * bytes, as `*` does for any but '/'.
 */
enum { REACH_ANY = 1 };
/* Where a word stands: whose arguments $1 is, and what $0 is. */
struct reach_scope {
    str arguments;
    uint32_t file;
};
/* The texts that a word may be, in reach->words. */
struct reach_text reach_values(struct reach *reach, const struct reach_scope *scope,
                               const struct shell_word *word);
/* What a command, or the first of a pipe, prints; false where it is not known. */
bool reach_printed(struct reach *reach, const struct reach_scope *scope,
                   const struct shell_node *node, struct reach_text *ret);
/* The set of that name, made where there is none. */
struct reach_text *reach_set(struct reach *reach, str name);
/* Adds a text to a set; past LIMIT_REACH_VALUES it may be anything. */
void reach_set_add(struct reach *reach, struct reach_text *set, str text);
str reach_variable(struct reach *reach, str name); /* "x" -> "$x", the name of its set */

/* reach_match.c: marks the programs and scripts that a text with unknown parts may name. False
 * where that could be any. */
bool reach_mark_matches(struct reach *reach, str pattern, uint32_t from);
bool reach_is_pattern(str text);

#endif
