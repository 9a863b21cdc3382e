// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_IMAGE_VIEW_H
#define HARDEN_MODEL_IMAGE_VIEW_H

#include "model/files.h"
#include "model/image.h"
#include "model/image_config.h"

/*
 * An image that was read, as rules look at it. Everything is borrowed. Rules must do with what
 * there is: a command that looks only for some kinds of findings has only some of the facts.
 */
struct image_view {
    const struct image *image;
    const struct image_config *config;
    const struct distribution *distribution; /* id is empty where unknown */
    const struct fact_list *facts;           /* sorted by kind */
    const struct files *files;               /* the merged tree; NULL where nobody wanted it */
};

/* The first fact of that kind, and how many follow it. */
const struct fact *image_view_facts(const struct image_view *view, enum fact_kind kind,
                                    size_t *ret_count);

/*
 * Who the image's processes run as: USER, resolved by the image's own passwd and group as engines
 * do it. A user that is a number needs no account; a name without one does not start.
 */
struct image_user {
    bool resolved;     /* false: a name that passwd does not have, or passwd was not read */
    uint64_t uid, gid; /* gid: the group named, else the account's, else 0 */
    str name;          /* of the account; absent without one */
    str written;       /* USER as it is; absent: nobody was named, which is root */
};
struct image_user image_view_user(const struct image_view *view);

/* What a word names as a program: a path, or a name looked up along PATH. NULL: nothing. */
const struct file *image_view_find(const struct image_view *view, str word);
/* The program that a container starts: the first word of entry point or command, looked up along
 * PATH; `*ret_word` is that word. NULL where it does not exist, or nothing is started. */
const struct file *image_view_program(const struct image_view *view, str *ret_word);
/* Whether that user may change the content of the file or folder, by its mode alone. */
bool image_user_can_write(const struct image_user *user, const struct file *file);

#endif
