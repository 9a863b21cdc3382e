// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_DOCKERFILE_TEXT_H
#define HARDEN_JUDGE_RULE_DOCKERFILE_TEXT_H

#include "judge/rule/rule.h"
#include "model/dockerfile.h"

/* Small questions about texts that several families of Dockerfile rules ask. */

/* One of a list that NULL ends; letter case does not matter. */
bool text_among(str text, const char *const *names);
bool text_ends_among(str text, const char *const *suffixes);
str text_base_name(str path); /* behind the last slash; trailing slashes do not count */
bool text_is_number(str text);
bool text_is_upper(str text); /* no letter is small */
bool text_is_lower(str text);

/* The name in a list of names (keys of maps of variables) that one or two wrong letters may have
 * been meant for; absent: none. */
struct rule_run;
str text_nearest(struct rule_run *run, const struct map *names, str name);

/* Whether a label's value has the form of a struct label_rule's type; any has that of "text". */
bool label_fits(str type, str value);

/* An ADD source that is fetched: http, https, or a git repository. */
bool source_is_url(str source);
bool source_is_git(str source);
/* By its name, an archive that ADD unpacks. */
bool source_is_archive_name(str source);
/* "*", "?" and "[" stand in it. */
bool source_has_wildcard(str source);
/* The entry of the build context; NULL: not there, or nothing is known. */
const struct context_entry *context_find(const struct build_context *context, str source);

/* An image that COPY --from or a mount names, not a stage; false: it is none, or not known. */
bool instruction_image(struct arena *arena, const struct dockerfile *file,
                       const struct instruction *instruction, struct image_name *ret,
                       struct span *ret_span);
/* The first bytes of a text for evidence, without those that a credential should not show. */
str text_masked(struct arena *arena, str secret);

#endif
