// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ENGINE_ENGINE_H
#define HARDEN_READ_ENGINE_ENGINE_H

#include "base/err.h"
#include "model/engine.h"

/*
 * The door of read/engine: what an engine says, in two steps with the sandbox between them.
 * answers_fetch() talks to the engine (only GETs; nothing is started or changed) and parses
 * nothing but ids; answers_read() parses and touches nothing outside.
 */
struct answers;

/*
 * Asks the engine at `host` (--host), or where that is NULL, the one that the docker command
 * would ask. -1 where none answers; what a single question lacks becomes a gap.
 */
int answers_fetch(struct arena *arena, const char *host, struct answers **ret, struct err *err);
void answers_read(struct arena *arena, const struct answers *answers, struct engine_facts *ret);

/* Whether somebody who says `word` may mean the container of that id: before the sandbox, by its
 * record's bytes alone. */
bool answers_may_mean(struct arena *arena, const struct answers *answers, str id, str word);

/*
 * What of an engine belongs to a project, or to a container that was named: before the sandbox, by
 * the answers' bytes alone. A hint, and no proof: whoever gets it parses the answers later.
 */
struct engine_project {
    str folder;               /* as the engine's clients know it: absolute, no links */
    str name;                 /* compose's: the folder's, in lower case */
    struct str_list services; /* names that may be some */
    struct str_list images;   /* that its files name */
};
struct engine_image_name {
    str id;   /* "sha256:..." */
    str name; /* a tag, where it has one; else the id */
};
struct engine_image_names VEC_BODY(struct engine_image_name);
/* Appends each image once: what containers of the project run, what compose built for it, and what
 * is called like it (NAME, NAME-SERVICE, NAME_SERVICE) or is named by its files. */
void answers_project_images(struct arena *arena, const struct answers *answers,
                            const struct engine_project *project, struct engine_image_names *ret);
/* The one container whose name or id (at least 8 digits of it) that is, and its image. */
bool answers_find_container(struct arena *arena, const struct answers *answers, str word,
                            str *ret_id, struct engine_image_name *ret_image);

/* A container from its record: the answer to /containers/ID/json. */
int inspect_read(struct arena *arena, str json, struct engine_container *ret,
                 struct workload *ret_workload, struct err *err);

/* A container from a state folder: config.v2.json and hostconfig.json, which have the same
 * members under other names. */
int state_read(struct arena *arena, str config, str host_config, struct engine_container *ret,
               struct workload *ret_workload, struct err *err);

#endif
