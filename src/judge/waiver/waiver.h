// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_WAIVER_WAIVER_H
#define HARDEN_JUDGE_WAIVER_WAIVER_H

#include "judge/rule/rule.h"

/*
 * Comments in a file that say which findings are accepted there:
 *
 *   # harden: ignore RULE[,RULE...] reason="why" until=2027-01-01    the next instruction
 *   # harden: ignore-stage ...                                        the stage of what comes next
 *   # harden: ignore-file ...                                         the whole file
 *
 * RULE is an id or what another tool calls the rule, a family ("dockerfile/ *" without the blank),
 * or `all`. `until` is the last day that it holds. In compose files and manifests, what comes next
 * is the next key or list item with all that is in it, or that of the comment's own line.
 *
 * The comments of others are honoured with their own scopes:
 *
 *   # hadolint ignore=DL3006,SC2046 # why    an instruction that begins on the very next line
 *   # hadolint stage ignore=...              (before FROM) the stage; global ignore=...: the file
 *   # check=skip=RULE,...|all;...            BuildKit: the file; right above an instruction, that
 *   #trivy:ignore:ID[:exp:DATE] ...          the next instruction
 *   #checkov:skip=ID[,ID]:why                the file
 *   # kics-scan ignore-line                  the next instruction or key, of what KICS finds too
 *   # kics-scan ignore-block                 (before FROM) the stage; the next key with all in it
 *   # kics-scan ignore, disable=ID[,ID]      the file, where nothing stands above
 *   # kics-scan enable=ID[,ID]               the same, of what KICS finds all but those
 *
 * `# hadolint shell=` is no waiver: the parser reads it (read/dockerfile/stage.c).
 *
 * And a file of waivers for everything below it (.hardenignore), which also reaches findings that
 * stand in no text: of images, containers, hosts. A line is what stands behind "ignore" above, and
 * may have conditions, in whose patterns '*' stands for any text but, in paths, the end of a
 * folder:
 *
 *   RULE[,RULE...] path=GLOB package=NAME image=NAME status=not-affected reason="why" until=DATE
 */
enum waiver_form {
    WAIVER_OWN,
    WAIVER_HADOLINT,
    WAIVER_BUILDKIT,
    WAIVER_TRIVY,
    WAIVER_CHECKOV,
    WAIVER_KICS,
};
enum { WAIVER_FORMS = WAIVER_KICS + 1 };
enum waiver_scope { WAIVER_NEXT, WAIVER_NEXT_LINE, WAIVER_STAGE, WAIVER_FILE };

struct waiver {
    enum waiver_form form;
    enum waiver_scope scope;
    struct str_list ids;
    struct str_list spared; /* of `all`, what is not silenced; as ids */
    str reason, until;
    str path, package, image; /* conditions, of a line in a file of waivers */
    bool not_affected;        /* status=not-affected: it is not accepted, it does not apply */
    str wrong;                /* why it cannot be honoured; empty where it can */
    struct span span;         /* the comment, from "#" to the end of its words */
    struct span reach;        /* findings that begin in it; empty: nothing comes next */
};
struct waiver_list VEC_BODY(struct waiver);

/* What the words of a comment ("#" and what is behind it) waive; false where they are about
 * something else. Spans are not filled; strings may point into the text. */
bool waiver_parse(struct arena *arena, str comment, struct waiver *ret);

/* A line of a file of waivers; false where it is empty or a comment. */
bool waiver_parse_line(struct arena *arena, str line, struct waiver *ret);

struct waiver_file {
    struct text_file file;
    struct waiver_list list;
};
/* Path and text are borrowed. */
struct waiver_file *waiver_file_parse(struct arena *arena, str path, str text);
/*
 * Marks the open findings of a report that is complete but for policy. With `tell`, what is wrong
 * with the waivers themselves is added, as by waivers_apply(); a waiver that is for another image,
 * or for what such a report cannot have, is not called unused.
 */
void waiver_file_apply(struct arena *arena, const struct waiver_file *waivers,
                       const struct rule_settings *settings, bool tell, struct report *report);

struct waiver_list waivers_of_dockerfile(struct arena *arena, const struct dockerfile *dockerfile);
/* Of YAML, by the lines and their indentation. */
struct waiver_list waivers_of_lines(struct arena *arena, const struct text_file *file);

/*
 * Marks the open findings from `first` on that a waiver reaches, and adds what is wrong with the
 * waivers themselves: waiver/unused, waiver/expired, waiver/malformed, waiver/used. Where `ignore`
 * is set, waivers are only told about, not honoured.
 */
void waivers_apply(struct rule_run *run, const struct waiver_list *waivers, size_t first,
                   bool ignore);

#endif
