// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_MATCH_PARTS_H
#define HARDEN_JUDGE_ADVISORY_MATCH_PARTS_H

#include "base/map.h"
#include "judge/advisory/match.h"
#include "judge/version/version.h"

/* The parts of the matcher; for the files match*.c only. */

/* Feeds' namespaces that stand for one another: components of one branch. */
struct branch {
    str name; /* "bookworm", "v3.19" */
    struct str_list namespaces;
    bool guessed; /* from the release, not from a repository list */
};

/* Where the target's packages come from. */
struct place {
    const struct fact *fact; /* what tells the distribution; NULL where nothing does */
    struct distribution distribution;
    str package_type;            /* whose packages `branches` speak of; empty: of none */
    VEC(struct branch) branches; /* the release's own first */
    str support_end;             /* date; empty where unknown */
    bool support_ended;
    bool release_known; /* is in data/end_of_life.tsv, or never ends */
};
/* `today` may be NULL: then nothing has ended. */
void place_find(struct arena *arena, const struct fact_list *facts, const char *today,
                struct place *ret);
/* "Debian bookworm", for sentences. */
str place_name(struct arena *arena, const struct place *place);

/* Texts are put together for each finding: faster than printf. Absent parts are fine. */
#define match_text(arena, ...)                                                                     \
    match_text_((arena), (const str[]){__VA_ARGS__},                                               \
                sizeof((const str[]){__VA_ARGS__}) / sizeof(str))
str match_text_(struct arena *arena, const str *parts, size_t count);

/* All installed binaries of one source package and version. */
struct source {
    str type, name, version;
    const struct version_scheme *scheme; /* NULL: none for that type */
    bool comparable;                     /* the version follows the scheme */
    bool of_language;                    /* its feed speaks for it wherever it is installed */
    VEC(const struct fact *) packages;   /* first the one that the source is known by */
    str purl;                            /* of the first */
    str binaries;                        /* "libssl3, openssl": each once, at most a dozen */
    str upgrade; /* the command that upgrades all of them; empty where there is none */
};
struct source_list VEC_BODY(struct source);

/*
 * What is installed of the kernel's source are headers (linux-libc-dev, which each compiler pulls
 * in) and tools (linux-perf, bpftool), but no kernel: its flaws are the host's. Advisories speak of
 * the source as a whole, and hardly ever of the tools. These findings, often thousands, stay in the
 * report, marked as not affected.
 */
#define MATCH_NO_KERNEL                                                                            \
    "no kernel is installed, only headers or tools from its source: the kernel that runs is the "  \
    "host's"
bool match_is_without_kernel(const struct source *source);

enum origin {
    ORIGIN_DISTRIBUTION,
    ORIGIN_UNSURE, /* of a name that the distribution has, but who built it is unknown */
    ORIGIN_OTHER,
};

/* What another builder puts into versions; its letters, to pass over most without a search. */
struct mark {
    str text, builder;
    uint32_t letters;
};

struct matcher {
    struct arena *arena;
    const struct fact_list *facts;
    const struct store *store;
    const struct match_options *options;
    struct report *report; /* NULL: only to explain */
    struct place place;
    str place_name; /* "Debian GNU/Linux 12 (bookworm)" */
    struct source_list sources;
    struct advisory_list advisories; /* of the source at hand: one array for all */
    struct map feeds;                /* names of those consulted */
    struct str_list archives;        /* namespaces of apt indices that may be asked */
    struct map maintainers;          /* whether they maintain packages in Debian */
    struct fact_list owned;          /* packages of languages that the distribution ships */
    VEC(struct mark) marks;
};

/* Debian ships packages of Python's and Node's as packages of its own, and its advisories speak
 * for them: what a package of the distribution owns is taken out of matcher->facts, so that it is
 * not told a second time, and put into matcher->owned. */
void match_drop_owned(struct matcher *matcher);
/* Fills matcher->sources, in order of the facts. */
void match_group_sources(struct matcher *matcher);
/* The texts of a source that has findings; once. */
void match_describe(struct matcher *matcher, struct source *source);

/* Who built it; *ret_builder is for people. */
enum origin match_origin(struct matcher *matcher, const struct source *source, str *ret_builder);

/* All advisories about the source in the branch that speaks for it, into matcher->advisories;
 * the feed's name. */
str match_find(struct matcher *matcher, const struct source *source);
/* What an advisory comes to for a source. */
struct judgement {
    bool affected;
    bool unsure;        /* not affected, but a version that decides cannot be compared */
    enum fix_state fix; /* where it is affected */
    str fixed_version;  /* with FIX_AVAILABLE */
    str record;         /* the record of a feed that says so; absent where it has none */
    str reason;         /* the rule applied, in one sentence; only where it was asked for */
};
struct judgement match_judge(const struct matcher *matcher, const struct source *source,
                             const struct advisory *advisory, bool with_reason);

void match_add_finding(struct matcher *matcher, struct source *source,
                       const struct advisory *advisory, const struct judgement *judgement,
                       str feed);
/* Title, evidence, remedy and references of a finding in a package of a language. */
void match_describe_language(struct matcher *matcher, const struct source *source,
                             const struct advisory *advisory, const struct judgement *judgement,
                             struct finding *finding);
/* The part of a finding that any flaw in an installed package (`fact`, of that source) has. */
struct finding *match_new_finding(struct matcher *matcher, struct source *source,
                                  const struct fact *fact);
/* "sha256:..." of that layer, as locations name it. */
str match_layer(const struct report *report, uint32_t index);
/* "Upgrade openssl to 3.0.13-1 or later: apt-get ...", or what to do where that cannot be. */
str match_upgrade(struct matcher *matcher, const struct source *source, str version);

/* Gaps and the finding that follow from the place and the feeds, before and after the packages. */
/* Whether the release still gets updates. */
void match_check_support(struct matcher *matcher);
void match_check_place(struct matcher *matcher);
void match_check_feeds(struct matcher *matcher);

/* apt's indices: what they offer beyond what is installed. `from` is the index of the source's
 * first finding in the report: those that the update removes are named. */
void match_list_archives(struct matcher *matcher);
void match_add_offer(struct matcher *matcher, struct source *source, size_t from);
/* Whether an index of the distribution itself offers exactly that version. */
bool match_is_offered(const struct matcher *matcher, const struct package *package);

#endif
