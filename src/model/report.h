// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_REPORT_H
#define HARDEN_MODEL_REPORT_H

#include "model/fact.h"
#include "model/image.h"

/* The report, schema harden.report/1 (docs/report.schema.json): what every format renders. */

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
enum { SEVERITY_COUNT = SEVERITY_CRITICAL + 1 };
str severity_name(enum severity severity);
bool severity_parse(str name, enum severity *ret);

enum finding_kind {
    KIND_VULNERABILITY,
    KIND_SECRET,
    KIND_CONFIG,
    KIND_ACCOUNT,
    KIND_PERMISSION,
    KIND_BINARY,
    KIND_ISOLATION,
    KIND_DAEMON,
    KIND_HOST,
    KIND_NETWORK,
    KIND_TRUST,
};
enum { KIND_COUNT = KIND_TRUST + 1 };
str kind_name(enum finding_kind kind);
bool kind_parse(str name, enum finding_kind *ret);

enum finding_status { STATUS_OPEN, STATUS_WAIVED, STATUS_NOT_AFFECTED };
enum { STATUS_COUNT = STATUS_NOT_AFFECTED + 1 };
str status_name(enum finding_status status);
bool status_parse(str name, enum finding_status *ret);

/* Whether the vendor offers a fix for an affected package. */
enum fix_state {
    FIX_AVAILABLE, /* fixed_version says which */
    FIX_NONE,      /* vulnerable, nothing to install yet */
    FIX_DEFERRED,  /* no-dsa, postponed: will come with a later update */
    FIX_IGNORED,   /* the vendor will not fix it in this release */
    FIX_ENDED,     /* the vendor's support of this release or package has ended */
};
enum { FIX_COUNT = FIX_ENDED + 1 };
str fix_state_name(enum fix_state state);
bool fix_state_parse(str name, enum fix_state *ret);

struct str_list VEC_BODY(str);

/* Empty strings and zero numbers are absent and left out of machine formats. */
struct location {
    str path;
    uint32_t line, column, end_line, end_column;
    str layer; /* diff_id, or digest where that is unknown */
};

struct vulnerability {
    str package, type, installed_version, fixed_version;
    str source_package, source_version;
    enum fix_state fix_state;
    double cvss; /* < 0: none */
    str cvss_vector;
    double epss; /* < 0: none */
    bool kev;
    str purl;
    str feed;            /* name of the feed that says so */
    str severity_source; /* "debian", "nvd", "kev", "epss", "unrated" */
    str vendor_reason;   /* "no-dsa: Minor issue" */
    str description;
};

struct finding {
    str id;
    enum finding_kind kind;
    enum severity severity;
    str title;
    enum finding_status status;
    str reason; /* why it is waived or not affected */
    struct location location;
    str evidence, remedy;
    struct str_list aliases, references;
    struct vulnerability *vulnerability; /* only with KIND_VULNERABILITY */
    double risk;                         /* orders findings; not printed by machine formats */
};
struct finding_list VEC_BODY(struct finding);
/* Something can be done now: a fixed version is there, or it is a setting that can be changed. */
bool finding_is_fixable(const struct finding *finding);

/* One thing to do, and what doing it removes. Findings are indices into the report's list. */
struct index_list VEC_BODY(size_t);
struct action {
    str title, command;
    str note; /* one sentence about another way, or where to do it; may be empty */
    size_t removes[SEVERITY_COUNT];
    struct index_list findings;
    double risk;
};
struct action_list VEC_BODY(struct action);

struct report_package {
    struct package package;
    str purl;
    str path;              /* the database that records it */
    uint32_t layer;        /* that brought this version */
    struct str_list files; /* owned, where asked for */
};
struct report_package_list VEC_BODY(struct report_package);

/* A feed the verdict rests on. */
struct report_feed {
    str feed, updated; /* RFC 3339 date or time of the data */
    uint64_t count;    /* rows */
    bool built_in;     /* the starter set that is compiled in */
};
struct report_feed_list VEC_BODY(struct report_feed);

struct gap_list VEC_BODY(struct gap);

struct report {
    str tool_version;
    struct image image;
    struct distribution distribution;
    str end_of_life; /* date; empty where unknown */
    bool is_end_of_life;
    struct report_feed_list feeds;
    struct gap_list gaps;
    size_t gaps_unnamed;            /* past LIMIT_GAPS */
    char grade;                     /* 'A'..'F'; 0 where the command gives none */
    size_t counts[SEVERITY_COUNT];  /* open findings */
    size_t unfixed[SEVERITY_COUNT]; /* of those, the ones that nothing installable removes */
    size_t suppressed;
    struct action_list actions;
    struct report_package_list packages;
    struct finding_list findings;
};

/* Adds a gap once (equal ones are one); past LIMIT_GAPS it is only counted. Borrows the strings. */
void report_add_gap(struct arena *arena, struct report *report, str path, str reason);

/* Sorts findings, actions, packages and gaps into the one order that all formats show, and fixes
 * the indices of actions. Equal input gives equal bytes. */
void report_sort(struct arena *arena, struct report *report);

#endif
