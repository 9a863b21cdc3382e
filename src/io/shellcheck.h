// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_SHELLCHECK_H
#define HARDEN_IO_SHELLCHECK_H

#include "base/arena.h"
#include "base/err.h"

/*
 * ShellCheck, a program of its own (shellcheck.net), where it is installed: the one program that
 * harden ever starts, and only when it is asked to. Scripts are given to it in memory; it writes
 * its answer to a pipe.
 *
 * The sandbox lets nobody start programs. So shellcheck_open() forks a process before the sandbox
 * is entered, which waits for questions on a pipe, starts ShellCheck for each, and gives the answer
 * back; it ends with shellcheck_close(), or when we end. It parses nothing itself.
 */
struct shellcheck;

struct shellcheck_script {
    bool bash; /* else sh */
    str text;  /* without a line that names a shell */
};

/* Where Debian and most others install it; NULL: it is not there. */
const char *shellcheck_find(void);
/* `program` is an absolute path; ERR_USAGE where it is none, or nothing that can be run. */
int shellcheck_open(const char *program, struct shellcheck **ret, struct err *err);
/*
 * What it says about the scripts, in its format json1; shellcheck_index() tells which script a
 * comment is about. Line 1 is one that we put before the text. Slow (about 40 ms and more), so ask
 * about many at once. Not thread-safe. ERR_LIMIT: it took longer
 * than LIMIT_SHELLCHECK_SECONDS, or the scripts are too large (LIMIT_SHELLCHECK_TEXT).
 */
int shellcheck_ask(struct shellcheck *shellcheck, struct arena *arena,
                   const struct shellcheck_script *scripts, size_t count, str *ret_json,
                   struct err *err);
/* The script that the "file" of a comment means; past all of them where it means none. */
uint32_t shellcheck_index(str file);
void shellcheck_close(struct shellcheck **shellcheck);

#endif
