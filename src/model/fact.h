// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_FACT_H
#define HARDEN_MODEL_FACT_H

#include "base/vec.h"
#include "model/binary.h"
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

/* os-release, or its fall-backs (/etc/lsb-release, /etc/debian_version, /etc/alpine-release). */
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

/* Of the content of a program, library or script, in lower-case hex. */
struct checksum {
    str md5, sha1;
};

/* A file that begins with "#!", or is sourced or run by one that does. */
struct script {
    str interpreter; /* "/usr/bin/env", or "/bin/sh\r"; empty without a first line */
    str program;     /* what is meant to read it: the same, or "python3" where env starts that */
    str text;        /* of a shell script: all of it */
    str commands;    /* of one in another language: texts in it that may be programs, one a line */
    uint64_t starts; /* of one in another language: it calls what starts programs */
};

/* Something that could not be looked at: never silence, never zero. */
struct gap {
    str path;   /* the file, layer, package or feed concerned */
    str reason; /* "longer than 48 MiB", "gzip: bad block" */
};

/*
 * Accounts, as /etc/passwd, shadow, group and gshadow have them, a fact a line. Numbers are kept as
 * written: that "+0" or "00" is root, too, is what rules want to see. Of a password only its state
 * is kept: "" none is needed, "x" see shadow, "!" none fits, else the scheme of the hash ("md5").
 */
struct account {
    str name, password, uid, gid, home, shell;
    uint64_t line;
};
struct account_shadow {
    str name, password;
    bool group; /* gshadow */
    uint64_t line;
};
struct account_group {
    str name, password, gid, members;
    uint64_t line;
};

/* A line of a settings file that says who may do what. `topic`: "sudoers" (name: who, value: the
 * rest), "sshd" (name: the keyword in lower case), "pam" (name: the module, value: its arguments),
 * "cron" (value: the line), "authorized-key" (name: type, value: comment). Or where programs get
 * their libraries from: "loader" (value: a folder), "name-service" (name: database, value: one
 * service of it). */
struct setting {
    str topic, name, value;
    uint64_t line;
};

/*
 * A credential, never itself: `shown` has its first and last bytes, `fingerprint` tells whether two
 * are the same. Line, column and bytes are those of the file; 0 where it has no lines or the secret
 * stands in something packed.
 */
enum secret_confidence { SECRET_LOW, SECRET_MEDIUM, SECRET_HIGH };
struct secret {
    str kind, rule,
        title; /* the row of data/secrets.tsv, and the rule "secret/..." it belongs to */
    str shown, fingerprint;
    str where;         /* within the file: "lib/app.jar!/db.properties", "environment variable X" */
    str reason;        /* why the confidence is what it is, half a sentence */
    str detail;        /* what it says about itself: "RSA, 2048 bits", "AWS account 123456789012" */
    str partner;       /* fingerprint of the public half of a key, to find where it is used */
    uint64_t severity; /* enum severity, if it is what it looks like */
    uint64_t confidence;
    uint64_t line, column, offset, length, count;
    uint64_t by_name; /* 1: only the name it is given says that it is one */
    uint64_t expires; /* seconds since 1970 after which it is void; 0: unknown */
};

/* Where the public half of a key is used: a certificate, an authorized_keys line. */
struct public_key {
    str partner, what;
};

/* A license that a package says it is under, by the name that its file uses: "GPL-2+". */
struct license {
    str package, name;
};

/* Content that somebody's list forbids: `what` is "hash" (name: that of the list, detail: the
 * digest) or "content" (name: of the pattern). Line and count are of a pattern's matches. */
struct forbidden {
    str what, name, detail;
    uint64_t line, count;
};

enum fact_kind {
    FACT_PACKAGE,
    FACT_DISTRIBUTION,
    FACT_APT_SOURCE,
    FACT_APK_REPOSITORY,
    FACT_OWNED_FILE,
    FACT_ACCOUNT,
    FACT_ACCOUNT_SHADOW,
    FACT_ACCOUNT_GROUP,
    FACT_SETTING,
    FACT_SECRET,
    FACT_PUBLIC_KEY,
    FACT_GAP,
    FACT_BINARY,
    FACT_SCRIPT,
    FACT_CHECKSUM,
    FACT_LICENSE,
    FACT_FORBIDDEN,
};
enum { FACT_KINDS = FACT_FORBIDDEN + 1 };

/*
 * What a collector saw. `path` is the file that says so and `layer` where that file stands; a
 * fact holds for the merged image exactly when that file is visible in it. Gaps always hold, and so
 * do facts that `survive`: of a file that was deleted or overwritten they come out `hidden`.
 */
struct fact {
    enum fact_kind kind;
    uint32_t layer; /* index from the base */
    bool survives;  /* the collector's: it matters even if the file is not visible at the end */
    bool hidden;    /* the merge's: it is not */
    str path;
    union {
        struct package package;
        struct distribution distribution;
        struct apt_source apt_source;
        struct apk_repository apk_repository;
        struct owned_file owned_file;
        struct account account;
        struct account_shadow account_shadow;
        struct account_group account_group;
        struct setting setting;
        struct secret secret;
        struct public_key public_key;
        struct gap gap;
        struct binary binary;
        struct script script;
        struct checksum checksum;
        struct license license;
        struct forbidden forbidden;
    };
};

struct fact_list VEC_BODY(struct fact);

#endif
