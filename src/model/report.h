// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_REPORT_H
#define HARDEN_MODEL_REPORT_H

#include "model/fact.h"
#include "model/image.h"
#include "model/text_file.h"

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

/* Whether what starts with the container can get to it. */
enum use {
    USE_UNKNOWN, /* not looked for, or it has nothing that runs */
    USE_REACHED,
    USE_NOT_REACHED,
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
    str severity_source; /* "debian", "osv", "nvd", "cvss", "kev", "epss", "unrated" */
    str vendor_reason;   /* "no-dsa: Minor issue" */
    str description;
    enum use use; /* of the package */
};

/* How far a repair can be trusted. */
enum edit_level {
    EDIT_SAFE,   /* the build gives the same, apart from what was wrong */
    EDIT_UNSAFE, /* right in most cases; a person must look at it */
};
enum { EDIT_LEVELS = EDIT_UNSAFE + 1 };

/* A replacement of bytes of one file. Those of one finding belong together, do not overlap, and
 * are in order. An empty span inserts. */
struct edit {
    str path; /* of the file, as in the finding's location; other files may be edited or made */
    struct span span;
    str replacement;
    struct text_place place; /* of the span, once report_locate() was asked; 0: unknown */
};
struct edit_list VEC_BODY(struct edit);
str edit_level_name(enum edit_level level); /* "safe", "unsafe" */
bool edit_level_parse(str name, enum edit_level *ret);

/* What a finding in a file is about, for those who repair it, while the file is at hand; NULL where
 * it does not apply. Not part of any output. */
struct finding_subject {
    const struct dockerfile *dockerfile;
    const struct instruction *instruction;
    const struct shell_command *command;
    const struct workload *workload;
    const void *extra; /* what the rule's row says it is */
};

/* A report can have a million of them, so small things stand together. */
struct finding {
    str id;
    enum finding_kind kind;
    enum severity severity;
    enum finding_status status;
    enum edit_level edit_level; /* of all of its edits */
    str title;
    str reason; /* why it is waived or not affected */
    struct location location;
    struct span span; /* the place in a text file, in bytes */
    str evidence, remedy;
    struct str_list aliases, references;
    struct vulnerability *vulnerability; /* only with KIND_VULNERABILITY */
    str package;            /* without that: the package that it is of, or whose file it is about */
    bool several;           /* it is about several files, of which the location is the first */
    double risk;            /* orders findings; not printed by machine formats */
    struct edit_list edits; /* that remove it; empty where no safe way is known */
    str edit_title;         /* what they do: "Replace ADD by COPY" */
    /* The line of a text file that it begins on, for people to see; cut to LIMIT_SOURCE_LINE. Not
     * part of machine formats. */
    str source;
    uint64_t fingerprint; /* stays the same when lines above come and go; 0: it has none */
    struct finding_subject *subject; /* NULL: it is not about a file, or that is gone */
};
struct finding_list VEC_BODY(struct finding);
/* Its fingerprint in 16 hexadecimal digits, written to `room`; absent where it has none. */
enum { FINGERPRINT_SIZE = 17 };
str finding_fingerprint(const struct finding *finding, char room[FINGERPRINT_SIZE]);
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
    enum use use;
    str reached_by; /* the way from the entry point, where it is USE_REACHED */
    uint64_t size;  /* bytes of its files that are in the image; 0: unknown */
};
struct report_package_list VEC_BODY(struct report_package);

/* An executable or library that is visible in the image. */
struct report_binary {
    struct binary binary;
    str path;
    uint32_t layer;
    enum use use;
    str reached_by;
};
struct report_binary_list VEC_BODY(struct report_binary);

/* A feed the verdict rests on. */
struct report_feed {
    str feed, updated; /* RFC 3339 date or time of the data */
    uint64_t count;    /* rows */
    bool built_in;     /* the starter set that is compiled in */
};
struct report_feed_list VEC_BODY(struct report_feed);

/* What a control of a benchmark came to. */
enum control_result {
    CONTROL_PASS,
    CONTROL_FAIL,
    CONTROL_NOT_APPLICABLE,
    CONTROL_UNKNOWN, /* cannot tell: what it would take could not be seen */
};
enum { CONTROL_RESULTS = CONTROL_UNKNOWN + 1 };
str control_result_name(enum control_result result);
bool control_result_parse(str name, enum control_result *ret);

struct control {
    str id;        /* its number: "2.8" */
    str benchmark; /* "cis-1.8.0" */
    str title;     /* what holds where it passes; our words */
    unsigned level;
    bool is_manual; /* the benchmark leaves the verdict to a person */
    str rule;       /* of ours that answers it; empty where several do */
    enum control_result result;
    str evidence, remedy;
    struct location location;
};
struct control_list VEC_BODY(struct control);

struct gap_list VEC_BODY(struct gap);

/* What is still known of findings that were written and forgotten. */
struct report_forgotten {
    struct finding *first[SEVERITY_COUNT]; /* an open one of each severity; no edits. Or NULL */
    size_t repairable[EDIT_LEVELS];        /* open ones that have edits */
};

/* A container that was looked at, with what the kernel has of it (model/live.h). */
struct live_container;
struct live_calls;
struct report_container {
    str name, id, image, image_id;
    bool is_running;
    const struct live_container *live; /* NULL where no process of it is to be seen */
    const struct live_calls *calls;    /* NULL where its filters were not read */
    const uint64_t *host_namespaces;   /* inodes, by enum live_namespace; 0 where not shown */
};
struct report_container_list VEC_BODY(struct report_container);

/* Who reaches whom, of a host: for formats that draw. */
struct report_network {
    const struct network_graph *graph; /* NULL: nobody looked */
    str drawing;                       /* an SVG document; else `no_drawing` says why */
    str no_drawing;
};

struct report {
    str tool_version;
    struct image image;    /* kind "files": no image at all, but text files */
    size_t file_count;     /* then: how many were read */
    size_t part_count;     /* then: the stages and containers that rules were asked about */
    struct str_list about; /* of kind "container" and "containers": a few facts, for people */
    struct distribution distribution;
    str end_of_life; /* date; empty where unknown */
    bool is_end_of_life;
    struct report_feed_list feeds;
    bool flaws_unasked; /* vulnerabilities were not looked for, so no feed was asked */
    struct gap_list gaps;
    size_t gaps_unnamed;            /* past LIMIT_GAPS */
    char grade;                     /* 'A'..'F'; 0 where the command gives none */
    size_t counts[SEVERITY_COUNT];  /* open findings */
    size_t unfixed[SEVERITY_COUNT]; /* of those, the ones that nothing installable removes */
    size_t suppressed;
    struct action_list actions;
    struct control_list controls; /* in the benchmark's order; empty where none was asked about */
    struct report_package_list packages;
    struct report_binary_list binaries;
    struct report_container_list containers; /* of kind "container" and "containers" */
    struct report_network network;
    struct finding_list findings;
    struct report_forgotten forgotten; /* was in the list */
};

/* Empties the list of findings of `part`, whose counts and findings the report takes into account.
 */
void report_forget(struct arena *arena, struct report *report, struct report *part);

/* Adds a gap once (equal ones are one); past LIMIT_GAPS it is only counted. Borrows the strings. */
void report_add_gap(struct arena *arena, struct report *report, str path, str reason);

/* How many of the binaries have all the protection that their kind can have. */
size_t report_hardened(const struct report *report);

/* Whether it is about text files (Dockerfiles, compose files), not about an image. */
bool report_is_of_files(const struct report *report);
/* Whether it is about containers that run, or could. */
bool report_is_of_containers(const struct report *report);

/* Fills source, fingerprint and the places of edits of the findings from `first` on, which are all
 * those of the files; edits that name no file are of the first one. Strings are in the arena. */
void report_locate(struct arena *arena, struct report *report, size_t first,
                   const struct text_file *files, size_t count);
/* A deep copy into another arena, of a report or another one; what is in the program's own
 * read-only data (texts of rules) is not copied. `path`, the same as the finding's, is borrowed. */
struct finding finding_copy(struct arena *arena, const struct finding *finding, str path);
/* Item i becomes what item order[i] was; `order` is used up. */
void finding_list_reorder(struct finding_list *list, size_t *order);

/* Sorts findings, actions, packages and gaps into the one order that all formats show, and fixes
 * the indices of actions. Equal input gives equal bytes. */
void report_sort(struct arena *arena, struct report *report);

#endif
