// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_FACT_H
#define HARDEN_MODEL_FACT_H

#include "base/vec.h"
#include "model/entry.h"

/* A package as its database records it. Strings are never NULL-pointer-dependent: absent is "". */
struct package {
    str type; /* purl type: "deb", "apk" */
    str name, version, arch;
    /* What advisories of the distribution speak of. Always set: equal to name and version where
     * the record has no source of its own. */
    str source_name, source_version;
    str maintainer; /* as recorded; tells packages of third parties from the distribution's */
    str license;
};

/* os-release, or its fall-backs (/etc/debian_version, /etc/alpine-release). */
struct distribution {
    str id;         /* "debian", "alpine" */
    str version_id; /* "12", "3.19.1"; empty for testing and unstable */
    str codename;   /* "bookworm"; empty where unknown */
    str pretty_name;
    str id_like;
};

/* One repository line of apt: uri and suite with its components (space separated). */
struct apt_source {
    str uri, suite, components, architectures;
};

/* One line of /etc/apk/repositories, split: ".../v3.19/community" -> branch "v3.19"; a tagged one
 * keeps its tag ("@edge https://...") in url. Branch and component are empty where unknown. */
struct apk_repository {
    str url, branch, component;
};

/* Paths that a package owns, as its database lists them: relative to the root, one entry each. */
struct owned_file {
    str package; /* name, or name:arch where the database says so */
    str path;
    str checksum; /* lower-case hex md5 (dpkg) or "Q1"+base64 sha1 (apk); may be empty */
};

/* Something that could not be looked at: never silence, never zero. */
struct gap {
    str path;   /* the file, layer, package or feed concerned */
    str reason; /* "longer than 48 MiB", "gzip: bad block" */
};

enum fact_kind {
    FACT_PACKAGE,
    FACT_DISTRIBUTION,
    FACT_APT_SOURCE,
    FACT_APK_REPOSITORY,
    FACT_OWNED_FILE,
    FACT_GAP,
};

/*
 * What a collector saw. `path` is the file that says so and `layer` where that file stands; a
 * fact holds for the merged image exactly when that file is visible in it (gaps always hold).
 */
struct fact {
    enum fact_kind kind;
    uint32_t layer; /* index from the base */
    str path;
    union {
        struct package package;
        struct distribution distribution;
        struct apt_source apt_source;
        struct apk_repository apk_repository;
        struct owned_file owned_file;
        struct gap gap;
    };
};

struct fact_list VEC_BODY(struct fact);

#endif
