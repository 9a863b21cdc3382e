// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_CHECKLIST_CHECKLIST_H
#define HARDEN_ACT_CHECKLIST_CHECKLIST_H

#include "act/report/render.h"
#include "judge/checklist/checklist.h"

/* A checklist for people (one screen, or a page for a browser), for pull requests (Markdown) and
 * for programs (JSON, schema harden.checklist/1). `target` says what was looked at. */
void checklist_tty(const struct checklist_lines *lines, str target,
                   const struct render_options *options, FILE *out);
void checklist_markdown(const struct checklist_lines *lines, str target, FILE *out);
void checklist_html(const struct checklist_lines *lines, str target, FILE *out);
void checklist_json(const struct checklist_lines *lines, str target, FILE *out);

#endif
