// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_FD_H
#define HARDEN_BASE_FD_H

#include "base/arena.h"
#include "base/err.h"

#include <dirent.h>
#include <stdio.h>

/* Resources that close themselves at the end of their scope. -1 and NULL are left alone. */
#define FD_SCOPED   __attribute__((cleanup(fd_close))) int
#define DIR_SCOPED  __attribute__((cleanup(fd_close_dir))) DIR *
#define FILE_SCOPED __attribute__((cleanup(fd_close_file))) FILE *

void fd_close(int *fd);
void fd_close_dir(DIR **dir);
void fd_close_file(FILE **file);

/* All of len, in spite of EINTR and short writes. */
int fd_write_all(int fd, const void *bytes, size_t len, struct err *err);
/* Opens to read, without waiting for anybody at a FIFO; what is no regular file is ERR_FORMAT. The
 * descriptor, or -1. */
struct stat;
int fd_open_file(const char *path, struct stat *ret, struct err *err);
/* The whole file into the arena; ERR_LIMIT above max, ERR_FORMAT if it is not a regular file. */
int fd_read_file(struct arena *arena, const char *path, size_t max, str *ret, struct err *err);
/* mkdir -p with mode 0700 for what is missing. */
int fd_make_dirs(const char *path, struct err *err);
/* Whether a new file may take that name: nothing is there, or a regular file. Renaming over a
 * device or a pipe would do away with it. */
int fd_may_replace(const char *path, struct err *err);
/* Replaces a user's own file as a whole, or leaves it as it was: mode and owner stay, a symbolic
 * link stays one; see fd_may_replace(). */
int fd_rewrite_file(const char *path, str content, struct err *err);
/* Writes to path.tmp-PID in the same folder, fsyncs, renames: readers see the old or the new. */
int fd_replace_file(const char *path, str content, struct err *err);

#endif
