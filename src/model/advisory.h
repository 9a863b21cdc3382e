// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_ADVISORY_H
#define HARDEN_MODEL_ADVISORY_H

#include "base/vec.h"

/* What a feed says about one vulnerability in one package of one namespace. */
enum advisory_status {
    ADVISORY_FIXED = 1,    /* versions before fixed_version are vulnerable */
    ADVISORY_OPEN,         /* vulnerable, no fix in this release */
    ADVISORY_NOT_AFFECTED, /* the vendor says so (Debian and Alpine: fixed_version "0") */
    ADVISORY_UNDETERMINED, /* the vendor has not looked yet */
    ADVISORY_END_OF_LIFE,  /* vulnerable, and the vendor stopped looking */
    ADVISORY_RANGES,       /* `affected` says which versions are vulnerable */
};

str advisory_status_name(enum advisory_status status); /* for people: "vulnerable, no fix" */

struct advisory {
    /* "debian:bookworm", "alpine:v3.19/main" ...: what a feed's statement is about. */
    str namespace;
    str package; /* source package name, for Debian and Alpine */
    str id;      /* CVE where there is one, else the feed's own (TEMP-..., GHSA-...) */
    str aliases; /* other ids of the same flaw, space separated: "XSA-212" */
    enum advisory_status status;
    str fixed_version;
    str urgency; /* the vendor's word, as it stands: "low", "unimportant", "not yet assigned" */
    str reason;  /* why there is no fix: "no-dsa: Minor issue", "postponed", "ignored" */
    /*
     * Words, each a mark and a text, as one or several records of OSV have it (ossf.github.io/
     * osv-schema). Ranges are events in the order of the record; versions in no order:
     *
     *   @GHSA-...  the record that the words up to the next one are of
     *   |          a range begins
     *   +V         vulnerable from V on ("0": from the first version)
     *   -V         no longer from V on: it is fixed
     *   ~V         no longer behind V: the last that is vulnerable
     *   <V         nothing is said of V and later ones
     *   =V         this version
     */
    str affected;
};
enum advisory_mark {
    MARK_RECORD = '@',
    MARK_RANGE = '|',
    MARK_INTRODUCED = '+',
    MARK_FIXED = '-',
    MARK_LAST = '~',
    MARK_LIMIT = '<',
    MARK_VERSION = '=',
};
/* The urgency of a package that does harm by intent. */
#define ADVISORY_MALICIOUS "malicious"

/* Facts about a vulnerability itself, whatever package it is in. */
struct vulnerability_text {
    str id, description;
};
struct vulnerability_score {
    str id;
    double cvss; /* base score; < 0 where there is none */
    str vector;  /* "CVSS:3.1/AV:N/..." */
};
struct exploit_score {
    str id;
    double epss, percentile; /* 0..1 */
};
struct known_exploited {
    str id, date_added, due_date, name;
    bool ransomware;
};

/* A package version that an archive offers (apt's Packages files). */
struct offered_package {
    str namespace; /* "apt:<uri> <suite> <component> <arch>" */
    str package, version, source_name, source_version;
};

struct advisory_list VEC_BODY(struct advisory);

/* The namespace of an archive's index, in the one spelling that whoever fills the store and
 * whoever asks it share: slashes at the end of the URI do not count, and a flat archive (suite
 * with a slash at its end) has the component "". */
str advisory_apt_namespace(struct arena *arena, str uri, str suite, str component, str arch);
/* The same for packages of a language: "osv:pypi". */
str advisory_language_namespace(struct arena *arena, str type);

#endif
