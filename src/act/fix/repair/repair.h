// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_FIX_REPAIR_REPAIR_H
#define HARDEN_ACT_FIX_REPAIR_REPAIR_H

#include "act/fix/fix.h"
#include "model/dockerfile.h"
#include "model/shell.h"

/*
 * Repairs of findings in Dockerfiles, one file a family; copy.c ends in `const struct
 * repair_table repair_copy`. A row says how one rule's findings are removed. A repair that is
 * asked in vain (the case at hand is not one that it can mend) gives false and no edits.
 */
struct repair {
    struct arena *arena;
    struct finding *finding;
    const struct dockerfile *file;
    const struct instruction *instruction; /* NULL: the finding is about the file or a stage */
    const struct shell_command *command;   /* NULL: it is about no command */
};

struct repair_row {
    const char *rule;      /* its id */
    enum edit_level level; /* at best: a repair may lower it for the case at hand */
    const char *title;     /* what it does, as an order */
    bool (*make)(struct repair *repair);
};

struct repair_table {
    const struct repair_row *rows; /* ended by a row without a rule */
};

/* Edits of the file; their order does not matter, they are sorted afterwards. */
void repair_replace(struct repair *repair, struct span span, str text);
void repair_insert(struct repair *repair, uint32_t at, str text);
void repair_delete(struct repair *repair, struct span span);
/* This case needs a person's eye. */
void repair_doubt(struct repair *repair);
/* Another title for the case at hand. */
void repair_title(struct repair *repair, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What stands at a place of the file. */
str repair_text(const struct repair *repair, struct span span);
/* The instruction's lines as a whole: from the beginning of its first line to behind its last
 * newline. */
struct span repair_lines(const struct repair *repair, const struct instruction *instruction);
/* The next instruction of the same stage, comments and blank lines passed over; or NULL. */
const struct instruction *repair_next(const struct repair *repair,
                                      const struct instruction *instruction);
/* How the file ends its lines: "\n" or "\r\n". */
const char *repair_newline(const struct repair *repair);
/* The character that continues a line. */
char repair_escape(const struct repair *repair);

/* A RUN in shell form that its own tree describes and whose text stands in its arguments. */
bool repair_is_plain_run(const struct instruction *instruction);
/* Its commands are joined by && alone at the top, so that more can be put before and behind. */
bool repair_is_and_list(const struct shell_script *script);
/* Something can be appended with && and runs exactly if all went well before. */
bool repair_can_append(const struct shell_script *script);

#endif
