// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_HOST_HOST_H
#define HARDEN_READ_HOST_HOST_H

#include "base/err.h"
#include "model/live.h"

/*
 * The door of read/host: a machine's files and /proc as facts. Two steps, with the sandbox
 * between them: host_open() looks at other processes, which Landlock forbids afterwards, and
 * parses nothing; host_read() reads files and parses. No process is started, nothing is written.
 */
struct host_reader;

/* `root` is the folder that stands for the machine's root: "/", or a copy of one (with its own
 * proc/ and sys/), whose links do not lead out of it. -1 only where that folder is none. */
int host_open(struct arena *arena, const char *root, struct host_reader **ret, struct err *err);

/* Also looks at the sockets of every network namespace: for host->namespaces. Before the sandbox.
 */
void host_gather_namespaces(struct host_reader *reader);

/* All but packages and distribution. What cannot be read is a gap in *ret. */
void host_read(struct host_reader *reader, struct host *ret);

/* The same for processes of containers: before the sandbox, and then inside, after host_read(). */
void host_gather_live(struct host_reader *reader);
/* After host_gather_live(): the filters on system calls of the containers that are wanted (64 hex
 * digits), by stopping one thread of each for an instant. Only of this machine itself. */
typedef bool host_wants(const void *context, str id);
void host_gather_filters(struct host_reader *reader, host_wants *wants, const void *context);
void host_read_live(struct host_reader *reader, struct live *ret);
/* What a container's own layer (the folder `upper`) has that the image's (`lower`, by colons) have
 * not, or not so: files and links, sorted by path. False where that folder cannot be read. */
bool host_read_changes(struct host_reader *reader, str upper, str lower,
                       struct live_change_list *ret);

/* The content of a regular file below the root, for what other readers parse; false, with the
 * reason in *ret_err (ERR_NOT_FOUND where it is absent), where it cannot be read. */
bool host_read_file(struct host_reader *reader, str path, size_t max, str *ret,
                    struct err *ret_err);

/* Names in a folder below the root, sorted; none where it is not there. */
struct str_list host_names(struct host_reader *reader, str path);

/* Ends the use of the reader; the host that was read lives in the arena. */
void host_close(struct host_reader *reader);

#endif
