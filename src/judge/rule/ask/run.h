// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_ASK_RUN_H
#define HARDEN_JUDGE_RULE_ASK_RUN_H

#include "judge/rule/rule.h"
#include "model/dockerfile.h"
#include "model/shell.h"

/*
 * What the rules for RUN (run_*.c) share. They are asked about the commands of Dockerfiles and of
 * image histories: of the latter there is no instruction, no stage and no file to edit, and every
 * function here takes that.
 */

/* How many commands or instructions around one are looked at, so that time stays linear in files
 * that nobody would write. */
enum { RUN_LOOK_AROUND = 300, RUN_LOOK_AT = 16384 /* bytes of a text */ };

/* The command runs while an image is built: by RUN, or it stands in an image's history. */
bool run_is_build(const struct rule_run *run);
/* The stage it belongs to; NULL: none, or a history. */
const struct stage *run_stage(const struct rule_run *run);
/* What the stage leaves behind gets into an image that is used: it is the target, a base of it, or
 * nothing takes anything from it. What is only copied from does not. */
bool run_ships(const struct rule_run *run);
/* A cache or tmpfs mount of the instruction takes what is written to `path`; one without a leading
 * slash is in somebody's home: ".cache/pip". */
bool run_is_mounted(const struct rule_run *run, const char *path);
/* Some mount of the RUN is of that type. */
bool run_has_mount(const struct rule_run *run, const char *type);
/* The environment of the command: set before it in the script, or by ENV and ARG of the stage. */
bool run_variable(const struct rule_run *run, const struct shell_command *command, const char *name,
                  str *ret_value);
/* The script has the text somewhere; of a long script only the beginning is looked at. */
bool run_mentions(const struct shell_command *command, const char *text);

/* A finding at the command. */
struct finding *run_found(struct rule_run *run, const struct shell_command *command,
                          const char *evidence, ...) __attribute__((format(printf, 3, 4)));
/* The words of a command as one line, cut where it is long, credentials masked. */
str run_words(struct arena *arena, const struct shell_command *command);

/* The text with *** for the password of an address in it. */
str run_masked(struct arena *arena, str text);

/* An edit of the file, unless there is none. The finding's title and level are those of the last.
 */
void run_replace(struct rule_run *run, struct finding *finding, struct span span,
                 const char *replacement, enum edit_level level, const char *title);
/* Behind a word. */
void run_insert_after(struct rule_run *run, struct finding *finding, const struct shell_word *word,
                      const char *text, enum edit_level level, const char *title);
/* Takes a word out, with the blanks before it. */
void run_delete_word(struct rule_run *run, struct finding *finding, const struct shell_word *word,
                     enum edit_level level, const char *title);
/* Takes a whole command out of a chain of &&, with the && that it hangs on. Where it does not stand
 * in one, nothing is offered. */
void run_delete_command(struct rule_run *run, struct finding *finding,
                        const struct shell_command *command, enum edit_level level,
                        const char *title);
/* `&& cleanup` at the end of the script that has the command, where that does the same as when it
 * had been there all along: nothing when it runs through a wrapper, in a loop, in exec form. */
void run_append(struct rule_run *run, struct finding *finding, const struct shell_command *command,
                const char *cleanup, enum edit_level level, const char *title);

/* ---- package managers (manager.c) ---- */

enum package_manager {
    MANAGER_APT,
    MANAGER_APK,
    MANAGER_YUM,
    MANAGER_DNF, /* microdnf and tdnf too */
    MANAGER_ZYPPER,
    MANAGER_PACMAN,
    MANAGER_PIP,
    MANAGER_NPM,
    MANAGER_YARN,
    MANAGER_GEM,
    MANAGER_GO,
};

enum package_verb {
    VERB_OTHER,
    VERB_INDEX, /* loads the list of what there is, and nothing else */
    VERB_INSTALL,
    VERB_UPGRADE, /* of everything that is installed */
    VERB_REMOVE,
    VERB_CLEAN,
};

struct package_call {
    const struct shell_command *command;
    enum package_manager manager;
    enum package_verb verb;
    const char *valued;            /* options that take a value (shell_argument()) */
    const struct shell_word *word; /* that says what to do: "install"; of pacman its flags */
};
/* Whether the command calls a package manager, and to do what. */
bool package_call_of(const struct shell_command *command, struct package_call *ret_call);
/* What it is to install, one after the other: NULL to start, NULL at the end. */
const struct shell_word *package_call_next(const struct package_call *call,
                                           const struct shell_word *after);
/* A call of that manager and for that in the same script, before or behind a command. */
const struct shell_command *package_call_after(const struct shell_command *command,
                                               enum package_manager manager,
                                               enum package_verb verb);
const struct shell_command *package_call_before(const struct shell_command *command,
                                                enum package_manager manager,
                                                enum package_verb verb);
/* Something behind the command takes `path` away: rm, find -delete. */
bool run_removes_after(const struct shell_command *command, const char *path);

/* ---- downloads (download.c) ---- */

bool download_is(const struct shell_command *command); /* curl, wget and the like */
const struct shell_word *download_url(const struct shell_command *command);
/* The file that it writes: its name, or the path as written (or made of folder and name); absent
 * where nobody knows it, or where it goes to a pipe. */
str download_name(const struct shell_command *command);
str download_path(struct arena *arena, const struct shell_command *command);

#endif
