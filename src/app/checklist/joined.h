// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_CHECKLIST_JOINED_H
#define HARDEN_APP_CHECKLIST_JOINED_H

#include "app/checklist/checklist.h"

/* Between the files of app/checklist. */

enum { MOST_IMAGES = 8 }; /* of one project */

/* Everything that belongs to one target: files of a project, its images, its containers, this
 * machine. */
struct joined {
    const struct invocation *invocation;
    const struct checklist_settings *settings;
    struct output output;
    const char *project;           /* folder or file; NULL: none */
    struct engine_project names;   /* of the project, as engines may know it */
    struct engine_image_names ids; /* images that the engine has for it */
    str container;                 /* id, where that is the target */
    const char *images[MOST_IMAGES];
    size_t image_count, images_left_out;
    bool image_is_guess; /* called like the folder: none is no error */
    struct texts texts;
    struct pipeline pipeline;
    struct machine machine;
    bool has_machine;
    struct live live;
    struct report files, containers, host;
    const struct report *reports[MOST_IMAGES]; /* of images that could be read */
    size_t report_count;
    bool has_files;
    size_t container_count, profile_count;
    str without_profile;
};

/* Before the sandbox, with the machine open: what the target is, and which images belong to it. */
void joined_find(struct joined *joined);
/* Inside, after the machine was read: the containers of the project, the image or that name, judged
 * into joined->containers. */
void joined_judge_containers(struct joined *joined);

#endif
