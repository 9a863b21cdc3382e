// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_IMAGE_H
#define HARDEN_MODEL_IMAGE_H

#include "model/fact.h"

/* A layer, base first. Digests are "sha256:<hex>" (or sha512); empty where unknown. */
struct layer {
    str digest;     /* of the blob as stored (packed) */
    str diff_id;    /* of the tar stream */
    str created_by; /* from the history */
    uint64_t size;  /* bytes of the blob */
    /* Bytes of files that the layer holds, and how many of these later layers delete or replace;
     * 0 where nobody looked. */
    uint64_t content, wasted;
};

struct layer_list VEC_BODY(struct layer);

/* What a target turned out to be, whatever its source. Strings live in the scan's arena. */
struct image {
    str kind;     /* "docker-archive", "oci", "oci-archive", "rootfs", "docker" */
    str name;     /* repository:tag where the source knows it, else what the user wrote */
    str digest;   /* of the manifest where there is one, else of the config (the image id) */
    str platform; /* "linux/amd64", "linux/arm64/v8" */
    str created;  /* RFC 3339, as in the config */
    str config;   /* the config document as stored, or the engine's description, which has the same
                     members; empty for a rootfs */
    str history;  /* with the engine's description: its history, newest first */
    bool is_in_index;         /* it was chosen from an OCI index... */
    size_t attestations;      /* ...which has that many attestations */
    size_t signatures;        /* ...and so many signatures, by whomever */
    struct layer_list layers; /* one without digests for a rootfs */
};

/* One visible name of the merged image. */
struct merged_entry {
    struct entry entry; /* hard links resolved: type, mode, owner and size of what they name */
    uint32_t layer;
};
struct merged_list VEC_BODY(struct merged_entry);

#endif
