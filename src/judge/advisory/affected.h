// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_AFFECTED_H
#define HARDEN_JUDGE_ADVISORY_AFFECTED_H

#include "base/buf.h"
#include "judge/version/version.h"
#include "model/advisory.h"

/*
 * What `affected` of an advisory says of a version, as OSV 1.6 defines it ("Evaluation"): it is
 * vulnerable if one of the records lists it, or has a range in which the last event at or below it
 * introduces the flaw.
 *
 * Where a record knows no end, and another one of the same flaw knows of a fix at or below the
 * version, the second is right: the first was not told of it.
 */
struct affected {
    bool yes;
    str record; /* that says so; without a yes, the one that knows an end below the version */
    /* The range that it lies in, or behind: introduced (or "0"), and the event that ends it, with
     * its mark, 0 where there is none. All absent where the version is listed by itself. */
    str from, end;
    char end_mark;
    /* The smallest version above it that is named as a fix and is not vulnerable itself. */
    str fixed;
    /* Without a yes: a version that would have to be compared and is none; it may be its own. */
    str incomparable;
};
/* `scheme` may be NULL: then only equal texts are the same version. Strings point into `words` and
 * `version`. */
struct affected affected_ask(const struct version_scheme *scheme, str words, str version);

/* The ranges in words, at most a handful: "before 1.2.3; from 2.0, before 2.4.1". */
str affected_describe(struct arena *arena, str words);

/* Appends the words but for versions that a range of the same record holds anyway; most records
 * have both. */
void affected_compact(const struct version_scheme *scheme, str words, struct buf *to);

#endif
