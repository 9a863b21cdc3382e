// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_FILES_H
#define HARDEN_MODEL_FILES_H

#include "base/arena.h"
#include "model/entry.h"

/* What few files have. */
struct file_more {
    str link, capability; /* as in struct entry */
    uint32_t device_major, device_minor;
};

/* One visible name of a merged image. */
struct file {
    str name;                 /* the last part of its path; "" of the root */
    uint32_t parent;          /* indices into struct files; the root is its own parent */
    uint32_t children, count; /* of a folder: the first, and how many; sorted by name */
    uint32_t layer;           /* that brought it */
    uint32_t content;         /* regular files: names with the same number are hard links */
    uint32_t uid, gid;        /* UINT32_MAX where it is larger: no Linux has such */
    uint16_t mode;            /* the low 12 bits */
    unsigned char type;       /* enum entry_type; hard links are what they name */
    bool implied;             /* no layer has an entry of it: a folder above others */
    uint64_t size;
    int64_t mtime;
    const struct file_more *more; /* or NULL */
};

/* Content that layers hold and that later ones (or later entries) delete or replace. */
struct file_waste {
    uint64_t bytes, count;
    uint64_t largest; /* bytes of the largest one */
    str path;         /* of that one */
};

/* The merged image as a tree; items[0] is the root. A const value once made. */
struct files {
    struct file *items;
    size_t count;
    struct file_waste *waste; /* one a layer */
    size_t layers;
};

static inline str file_link(const struct file *file)
{
    return file->more ? file->more->link : (str){0};
}

/* The child of that name, or NULL. */
const struct file *files_child(const struct files *files, const struct file *folder, str name);
/* What stands at a clean path, no link followed; NULL if nothing does. */
const struct file *files_find(const struct files *files, str path);
/* What a process in the container finds there, links followed as Linux does, by a path that may be
 * absolute or relative to the root; NULL if nothing, or links go in circles. */
const struct file *files_follow(const struct files *files, str path);
/* The same with a relative path seen from `folder`. */
const struct file *files_follow_from(const struct files *files, const struct file *folder,
                                     str path);
/* The name itself, though links among its folders are followed: what a package database means by a
 * path, where /lib is a link to usr/lib. `last` speeds up paths that come in order: {0} at first.
 */
struct files_last {
    str folder;
    const struct file *at;
};
const struct file *files_owned(const struct files *files, str path, struct files_last *last);
/* Without leading '/'. */
str files_path(struct arena *arena, const struct files *files, const struct file *file);
/* Bytes of content below a folder (or of the file); hard links count once each. */
uint64_t files_size(const struct files *files, const struct file *file);

#endif
