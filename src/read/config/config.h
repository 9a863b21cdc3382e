// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CONFIG_CONFIG_H
#define HARDEN_READ_CONFIG_CONFIG_H

#include "base/err.h"
#include "model/workload.h"

/*
 * Declarations of containers: compose files (the Compose Specification, and versions 1 to 3 before
 * it), Kubernetes manifests (core/v1, apps/v1, batch/v1 and what embeds a pod template), command
 * lines of docker, podman and nerdctl. All become `struct workload`. What cannot be read is a
 * problem of the file, with its place, and everything else is read all the same.
 */

/* Another file that the declaration names (`include`, `extends`, `env_file`): its text into the
 * arena. */
struct config_loader {
    int (*load)(void *context, struct arena *arena, str path, str *ret_text, struct err *err);
    void *context;
};

struct config_options {
    /* For ${NAME} in compose files; what is not in it stays as it is written. */
    const struct named_value_list *variables;
    const struct config_loader *loader; /* NULL: other files are not followed */
};

struct config_text {
    str path, text;
};

/* Which dialect a text is in, by content; the path only helps. False: none of them. */
bool config_detect(str path, str text, enum workload_dialect *ret);

/*
 * Reads the file; several are a compose project whose later files override earlier ones
 * (`-f a -f b`), or so many manifests. Texts are borrowed for as long as `ret` is used. Damage of
 * whatever kind is in ret->problems.
 */
void config_read(struct arena *arena, enum workload_dialect dialect,
                 const struct config_text *texts, size_t count,
                 const struct config_options *options, struct workload_file *ret);

/* The variables of a .env file, or of an `env_file`: NAME=VALUE lines, quotes, comments. False:
 * *ret has room for no more, and those that follow are left out. */
bool config_read_variables(struct arena *arena, str path, str text, struct named_value_list *ret);

#endif
