// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_GIT_INTERNAL_H
#define HARDEN_READ_GIT_INTERNAL_H

#include "read/git/git.h"

struct git_paths VEC_BODY(str);

struct git {
    str folder;               /* of this working tree: HEAD */
    str common;               /* of all of them: refs, packed-refs, objects */
    struct git_paths objects; /* folders of objects: the own one, then alternates */
    struct git_paths packs;   /* without ".idx" */
    unsigned char id_len;     /* bytes of each of its ids */
};

enum git_type { GIT_COMMIT = 1, GIT_TREE, GIT_BLOB, GIT_TAG, GIT_OFFSET_DELTA = 6, GIT_REF_DELTA };
struct git_object {
    enum git_type type;
    str content;
};

/* object.c: by its whole id. ERR_NOT_FOUND where there is none. */
int git_object(const struct git *git, struct arena *arena, const struct git_id *id,
               struct git_object *ret, struct err *err);
/* The id that begins with those hexadecimal digits; ERR_NOT_FOUND for none, ERR_USAGE for several.
 */
int git_find_id(const struct git *git, str digits, struct git_id *ret, struct err *err);
/* parse.c: how long ids are, as extensions.objectFormat of a repository's config says. An index
 * does not say it, and that of SHA-256, read as one of SHA-1, looks sound at its first id. */
enum { GIT_ID_LEAST = 20 };
unsigned char git_config_id_len(str config);
bool git_id_parse(str digits, struct git_id *ret);
const char *git_id_text(struct arena *arena, const struct git_id *id);

/* pack.c */
int git_pack_object(const struct git *git, struct arena *arena, str pack, const struct git_id *id,
                    struct git_object *ret, struct err *err);
/* Visits ids that begin with `prefix` (of `digits` hexadecimal digits), two at most. */
void git_pack_find(str pack, const struct git_id *prefix, size_t digits, struct git_id found[2],
                   size_t *count);

/* delta.c: what the delta makes of the base (gitformat-pack, "Deltified representation"). */
int git_delta(struct arena *arena, str base, str delta, str *ret, struct err *err);
/* parse.c: the next entry of a tree; false at its end, or where it is damaged. */
struct git_entry {
    bool is_tree, is_file;
    str name;
    struct git_id id;
};
bool git_next_entry(str *rest, unsigned char id_len, struct git_entry *ret);
/* "tree", "parent" (number `index`), "object" lines of commits and tags. */
bool git_header(str content, str name, size_t index, struct git_id *ret);

#endif
