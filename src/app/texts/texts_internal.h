// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_TEXTS_INTERNAL_H
#define HARDEN_APP_TEXTS_INTERNAL_H

#include "app/texts/texts.h"
#include "model/workload.h"

enum text_kind { TEXT_OTHER, TEXT_DOCKERFILE, TEXT_WORKLOADS };
bool texts_is_yaml(const struct listed_file *file);
/* By name, else by content; *ret is set for WORKLOADS. */
enum text_kind texts_kind(const struct listed_file *file, str text, enum workload_dialect *ret);

/* `folder` is the build context. */
void texts_judge_dockerfile(struct texts *texts, struct arena *arena, str path, str text,
                            const struct build_options *options, str folder, struct report *report);
/* A compose file (with its override, .env and the files that it names), manifests, or lines. */
void texts_judge_workloads(struct texts *texts, struct arena *arena, const struct listed_file *file,
                           str text, enum workload_dialect dialect, struct report *report);
/* Adds what ShellCheck says about the scripts of a Dockerfile, where it is asked at all; but not
 * what one of the findings from `first` on says already. */
void texts_ask_shellcheck(struct texts *texts, struct rule_run *run,
                          const struct dockerfile *dockerfile, size_t first);
bool texts_ignores_waivers(const struct texts *texts);
/* Adds findings for the secrets in run->file. */
void texts_find_secrets(struct texts *texts, struct rule_run *run);

/*
 * Judges the Dockerfiles that services of a compose file build, with their arguments and target,
 * and with what the service sets right itself (user, health check) waived. Their paths are noted
 * in texts->built.
 */
void texts_judge_builds(struct texts *texts, struct arena *arena,
                        const struct workload_file *workloads, struct report *report);

/* The compose file that this one overrides, by their names, and with which it is judged; absent
 * where there is none. */
str texts_base_of(struct texts *texts, struct arena *arena, str path);
/* From any thread: `home` is judged together with what it includes and builds. */
void texts_note_included(struct texts *texts, str path, str home);
void texts_note_built(struct texts *texts, str path, str home);
/* Whether it was judged with the files that include or build it, and is not again on its own. Known
 * once all compose files were judged. */
bool texts_is_included(const struct texts *texts, const struct listed_file *file);
bool texts_is_built(const struct texts *texts, const struct listed_file *file);

/* What is known of base images: asked of the engine before the sandbox, read within it together
 * with the file of digests. */
int texts_ask_engine(struct texts *texts, struct err *err);
int texts_read_bases(struct texts *texts, struct err *err);

#endif
