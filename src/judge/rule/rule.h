// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_RULE_H
#define HARDEN_JUDGE_RULE_RULE_H

#include "model/report.h"

/*
 * Rules: what can be wrong apart from a listed flaw. A rule is a row; its family is a file of
 * this folder (os.c ends in `const struct rule_family rule_os`). The text is written here once:
 * `harden explain`, the rule reference, SARIF and every other format show it.
 *
 * The predicate of a rule stands right above its row in the family's file. Rules are pure: they
 * see facts and do no I/O.
 */
enum { RULE_ALIASES = 12, RULE_REFERENCES = 4 };

/* What is at stake; for people who want to see only a part of the rules. */
enum rule_class {
    RULE_SECURITY,
    RULE_CORRECTNESS,
    RULE_REPRODUCIBILITY,
    RULE_SIZE,
    RULE_STYLE,
};
enum { RULE_CLASSES = RULE_STYLE + 1 };
str rule_class_name(enum rule_class class);
bool rule_class_parse(str name, enum rule_class *ret);

struct rule_run;
struct dockerfile;
struct stage;
struct instruction;
struct shell_command;
struct workload;
struct workload_file;
struct image_view;
struct host_view;
struct container_view;

struct rule {
    const char *id;         /* "family/what-is-wrong" */
    enum finding_kind kind; /* of the findings it makes */
    enum severity severity; /* unless the case at hand says otherwise */
    enum rule_class class;
    bool off;               /* contested: asked only where somebody enables it by name */
    const char *title;      /* what is wrong, one line, no full stop */
    const char *why;        /* why it matters, for someone who never heard of it */
    const char *fix;        /* what to do, as an order: "Move to a release that ..." */
    const char *bad, *good; /* the smallest example that has it, and the same without it */
    /* The ids that other tools give it ("DL3020", "CIS 4.9"); the rest is NULL. */
    const char *aliases[RULE_ALIASES + 1];
    const char *references[RULE_REFERENCES + 1];
    /*
     * What it looks at: called once for each such thing, and reports by rule_found(). All NULL for
     * a rule whose findings are made elsewhere (by the matcher, the parser).
     */
    void (*dockerfile)(struct rule_run *run, const struct dockerfile *dockerfile);
    void (*stage)(struct rule_run *run, const struct stage *stage);
    void (*instruction)(struct rule_run *run, const struct instruction *instruction);
    void (*command)(struct rule_run *run, const struct shell_command *command);
    void (*workload)(struct rule_run *run, const struct workload *workload);
    void (*image)(struct rule_run *run, const struct image_view *image);
    void (*host)(struct rule_run *run, const struct host_view *host);
    void (*container)(struct rule_run *run, const struct container_view *container);
};

struct rule_family {
    const char *name; /* the part of the ids before '/' */
    const struct rule *rules;
    size_t count;
};

const struct rule_family *const *rule_families(void); /* NULL-ended, by name */

/* By its own id, exactly; NULL if there is none. */
const struct rule *rule_by_id(str id);
/* Whether that is its id or one of its aliases; letter case does not matter. */
bool rule_is_called(const struct rule *rule, str name);
/* All rules of that id or alias, in order of their ids: NULL to start, then the one before. */
const struct rule *rule_find(str name, const struct rule *after);
/* Every rule, in order of families: NULL to start; NULL at the end. */
const struct rule *rule_next(const struct rule *after);

/* A label that somebody's rules ask for, and what its value must be. */
struct label_rule {
    str name, type; /* "text", "url", "rfc3339", "spdx", "hash", "semver", "email" */
};

/* Whether it is one of these types. */
bool label_type_is_known(str type);

/* A base image that somebody trusts: its layers (diff_ids), base first. */
struct trusted_base {
    str name;
    struct str_list layers;
};

/* What somebody's policy lets an image be; zeros and empty lists ask nothing. In patterns, '*'
 * stands for any text; in those of files as in path_glob(). */
struct image_policy {
    uint64_t most_bytes, most_layers;
    struct str_list platforms;         /* patterns, one must fit: "linux/amd64" */
    struct str_list distributions;     /* the same: "debian:12", "alpine" */
    struct str_list denied_packages;   /* NAME or NAME=VERSION, patterns */
    struct str_list required_packages; /* the same */
    struct str_list denied_licenses, denied_files;
    struct trusted_base *bases;
    size_t base_count;
};

/* Which rules are asked. */
struct rule_settings {
    unsigned kinds;    /* bit per enum finding_kind; 0 = all */
    unsigned classes;  /* bit per enum rule_class; 0 = all */
    const str *enable; /* ids and aliases of rules that are off by default; "all" for all */
    size_t enable_count;
    const char *today;  /* "2026-11-24"; NULL: rules that need the date are silent */
    const str *trusted; /* registries and repositories that base images may come from, "*" for any
                           bytes; none: every one is trusted */
    size_t trusted_count;
    const struct label_rule *labels; /* that an image must have; NULL: none */
    size_t label_count;
    bool strict_labels; /* no others */
    struct image_policy policy;
};

/* Asking rules: what predicates get, beside the thing they look at. */
struct rule_run {
    struct arena *arena;
    struct report *report; /* findings are added to it */
    const struct rule_settings *settings;
    const struct text_file *file; /* that spans are in; NULL where findings have no place in text */
    /* Workloads: the file and those that it is read with, in which findings can be repaired. */
    const struct text_file *files;
    size_t file_count;
    struct location place;          /* of what is found where there is no file */
    struct finding_subject subject; /* set by who asks; copied into each finding */
    const struct rule *rule;        /* that is being asked */
    struct map *seen; /* workloads: places where a rule has a finding; NULL: all are new */
    /* Findings of this rule so far: past LIMIT_RULE_FINDINGS none are kept. NULL: all are. */
    size_t *found;
    struct finding *spare; /* what a predicate gets past that */
    size_t work;           /* what rule_may() has been asked for */
};

/* Whether a predicate may go on with something that takes about so many steps: files can be made
 * so that looking at everything from everywhere takes for ever. */
bool rule_may(struct rule_run *run, size_t steps);

/* Whether a text has the form of somebody's pattern: '*' in it is any number of bytes. */
bool text_matches(str pattern, str text);

/* Whether the settings want that rule to be asked. */
bool rule_is_wanted(const struct rule_settings *settings, const struct rule *rule);

/*
 * Adds a finding of run->rule, filled from its row, with what was seen as evidence. It may be
 * changed until the next one is added (severity, title, remedy, edits). `span` is in run->file;
 * rule_found_at() is for what stands elsewhere.
 */
struct finding *rule_found(struct rule_run *run, struct span span, const char *evidence, ...)
    __attribute__((format(printf, 3, 4)));
struct finding *rule_found_at(struct rule_run *run, struct location location, const char *evidence,
                              ...) __attribute__((format(printf, 3, 4)));
/* A finding of a rule by its id, where no predicate is asked; the id must exist. */
struct finding *rule_report(struct rule_run *run, const char *id, struct span span,
                            const char *evidence, ...) __attribute__((format(printf, 4, 5)));

/*
 * Asks every rule that looks at Dockerfiles, stages, instructions and commands, and adds what the
 * parser had to complain about. Sets run->file and run->subject, and leaves the subject empty. What
 * is not reached by a target that was named is passed over. What ONBUILD triggers is asked about
 * like any instruction; a rule sees by instruction->onbuild that it is one.
 */
void rule_ask_dockerfile(struct rule_run *run, const struct dockerfile *dockerfile);
/* Asks every rule that looks at images, and about the commands of its history those for RUN. */
void rule_ask_image(struct rule_run *run, const struct image_view *view);
void rule_ask_history(struct rule_run *run, const struct image_view *view);
/* Asks all wanted rules about every container of a file. What could not be read becomes findings
 * too, and coverage gaps where containers may be missing. */
void rule_ask_workloads(struct rule_run *run, const struct workload_file *file);
/* The same about one container. */
void rule_ask_workload(struct rule_run *run, const struct workload *workload);
/* Whether rules take a variable's value for a secret, by its name and what it looks like. */
bool rule_is_secret_variable(str name, str value);
/* Asks every rule that compares a running container with its record; after rule_ask_workload(). */
void rule_ask_container(struct rule_run *run, const struct container_view *container);

/*
 * Findings for the secrets of one text, run->file: FACT_SECRET with their bytes. Those of low
 * confidence are left out, and those that only a name makes likely: rules about Dockerfiles and
 * workloads know better what a name means there.
 */
void rule_report_secrets(struct rule_run *run, const struct fact_list *facts);

#endif
