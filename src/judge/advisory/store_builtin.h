// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_ADVISORY_STORE_BUILTIN_H
#define HARDEN_JUDGE_ADVISORY_STORE_BUILTIN_H

#include "model/advisory.h"
#include "model/report.h"

/*
 * The starter set that is compiled in: data/builtin_advisories.tsv, made by
 * tools/builtin-advisories. It says which stable update of a Debian release fixed which CVE, for
 * the sources that images usually hold, and nothing about what is not fixed. Looked up by binary
 * search in the text; nothing is read at start-up.
 */
#define BUILTIN_FEED "built-in"

struct report_feed builtin_feed(void);
/* "debian:bookworm" */
bool builtin_has_namespace(str namespace);
/* Some namespace of it that `covers` does not know: then it has something to add. */
bool builtin_is_needed(bool (*covers)(const void *context, str namespace), const void *context);
void builtin_find(struct arena *arena, str namespace, str package, struct advisory_list *ret);
bool builtin_knows_package(str package);
/* Calls visit for each source package that has the id, in order of release and name. */
void builtin_packages_of(str id, void (*visit)(void *context, str package), void *context);

#endif
