// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_LAYER_H
#define HARDEN_READ_IMAGE_LAYER_H

#include "io/digest.h"
#include "model/image.h"
#include "read/image/claims.h"

/*
 * One layer, read: what the collectors found, and what hides things of the layers below. Depends
 * on the layer's bytes alone, so that it can be cached: facts carry layer 0 until the merge.
 *
 * Shadows are kept only where a collector's path could be concerned, so that their number does
 * not depend on the number of files; entries are kept where they are asked for, and where
 * collectors choose files by content.
 */
enum {
    SHADOW_ENTRY = 1 << 0,     /* something stands at the path... */
    SHADOW_DIRECTORY = 1 << 1, /* ...and it is a directory (perhaps only implied) */
    SHADOW_WHITEOUT = 1 << 2,  /* lower layers' path is deleted (.wh.NAME) */
    SHADOW_OPAQUE = 1 << 3,    /* lower layers' content of the folder is (.wh..wh..opq) */
    SHADOW_LINK = 1 << 4,      /* a symbolic link to `link`, which is not followed */
};
struct shadow {
    str path;
    unsigned bits;
    str link;
};
struct shadow_list VEC_BODY(struct shadow);

struct layer_facts {
    struct arena arena; /* of everything below */
    struct fact_list facts;
    struct shadow_list shadows;
    str entries; /* as they came, whiteouts included: see layer_entries.h */
    bool cut;    /* for want of memory that other layers took: not to be cached */
};

/* Overwrites secrets in the texts of scripts: what was found, and values of names like PASSWORD. */
void layer_scrub(struct layer_facts *facts);

/* How to walk. */
struct layer_rules {
    const struct claims *claims;
    const struct collector *const *collectors;
    bool want_entries;
    bool want_content; /* some collector looks at files wherever they stand */
    uint64_t *held;    /* memory of all layers' facts, which all walks add to; or NULL */
    void (*progress)(void *context,
                     uint64_t bytes); /* now and then, with what came since; or NULL */
    void *progress_context;
};

enum layer_whiteout { LAYER_PLAIN, LAYER_WHITEOUT, LAYER_OPAQUE, LAYER_IGNORED };
/*
 * What a name means by the rules of image-spec's layer.md (AUFS whiteouts): for LAYER_WHITEOUT,
 * *ret_path is what is deleted; for LAYER_OPAQUE the folder. A character device 0:0 is a whiteout
 * too, because overlayfs takes it for one as soon as the layer is unpacked.
 */
enum layer_whiteout layer_whiteout(struct arena *arena, const struct entry *entry, str *ret_path);

/* What is at most kept of claimed files, for hard links to them in streams that pass but once. */
#define LAYER_KEPT_CONTENT MIB(4)

struct layer_walk;

/* `rules` and `facts` are borrowed. `once`: the bytes cannot be read a second time. */
struct layer_walk *layer_walk_begin(const struct layer_rules *rules, struct layer_facts *facts,
                                    bool once);
/* For sources that have no tar stream: one entry; `content` (NULL: none) of a regular file. Only
 * a failing stream is an error; collectors' failures become gaps. */
int layer_walk_entry(struct layer_walk *walk, const struct entry *entry, struct stream *content,
                     struct err *err);
/* All entries of a tar stream, which is not read behind its last one. Progress is told in bytes of
 * `measured`, which may be the packed stream underneath. */
int layer_walk_tar(struct layer_walk *walk, struct stream *tar_stream,
                   const struct stream *measured, struct err *err);
/* Claimed files turned out to be hard links whose content must be looked for: */
bool layer_walk_wants_again(const struct layer_walk *walk);
/* ...in the same tar stream, read again. */
int layer_walk_tar_again(struct layer_walk *walk, struct stream *tar_stream, struct err *err);
/* Completes the facts and frees the walk. False if more would have been found by reading twice. */
bool layer_walk_end(struct layer_walk *walk);

/*
 * One blob, packed or not, read once from its beginning, with digests on the way if `digest` is
 * set. Facts found before damage are kept. Link targets are not looked for again: the walk is
 * handed back for that, to be ended by the caller.
 */
struct layer_reading {
    struct stream *packed; /* borrowed */
    bool once;
    bool digest;
    enum digest_algorithm blob_algorithm, diff_algorithm;
    bool threaded; /* hash in a thread of its own */
    struct layer_walk *walk;
    /* Filled: */
    bool is_packed;
    str blob_digest, diff_id; /* in the facts' arena; where `digest` is set and all was read */
};
int layer_read_blob(const struct layer_rules *rules, struct layer_facts *facts,
                    struct layer_reading *reading, struct err *err);
/* The second pass, if it is needed and can be had. */
int layer_read_blob_again(struct layer_walk *walk, struct stream *packed, struct err *err);

/* A gap about the layer or one of its files. */
void layer_add_gap(struct layer_facts *facts, str path, str reason);

#endif
