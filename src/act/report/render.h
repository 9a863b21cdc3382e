// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_RENDER_H
#define HARDEN_ACT_REPORT_RENDER_H

#include "base/err.h"
#include "model/report.h"
/* The door of the folder: commands that print more than a report use the same text and JSON. */
#include "act/report/text.h"
#include "act/report/writer.h"

#include <stdio.h>

/*
 * Output formats, one file each in act/report/format/: tty.c ends in `const struct format
 * format_tty`. They read a const report and write to a stdio stream; the caller checks it for
 * errors once, at the end.
 */
struct render_options {
    bool color;
    bool unicode;       /* the terminal's character set is UTF-8 */
    unsigned width;     /* columns, 0 = 80 */
    bool verbose;       /* unfolds what is folded by default */
    bool list_packages; /* packages[] in JSON; a table of them on the terminal */
};

/* What is new, gone and changed from one report to another. */
struct report_change {
    const struct finding *before, *after; /* one is NULL for new and gone */
};
struct package_change {
    const struct report_package *before, *after;
};
struct report_diff {
    VEC(struct report_change) findings;  /* new, then changed, then gone */
    VEC(struct package_change) packages; /* the same */
};
/* Findings are the same by id, package (in text files: fingerprint), type and path; they changed if
 * severity, status, reason or a version differs. Packages are the same by type, name and
 * architecture. The result points into both reports. */
void report_compare(struct arena *arena, const struct report *a, const struct report *b,
                    struct report_diff *ret);

/* The same in parts, of a report about text files that has more findings than are to be held in
 * memory: what stands before them, some of them (all of a file, files in order), what stands
 * behind. Each gets a report; that of findings() has nothing but these. begin and end may be NULL.
 */
struct format_parts {
    bool totals_first; /* begin() tells sums, so all must be known; else it is called first */
    void (*begin)(const struct report *report, const struct render_options *options, FILE *out);
    void (*findings)(const struct report *part, const struct render_options *options, FILE *out);
    void (*end)(const struct report *report, const struct render_options *options, FILE *out);
};

struct format {
    const char *name, *summary;
    const struct format_parts *parts; /* NULL: it needs everything at once */
    void (*render)(const struct report *report, const struct render_options *options, FILE *out);
    /* From a to b; NULL where the format has none. */
    void (*render_diff)(const struct report *a, const struct report *b,
                        const struct report_diff *diff, const struct render_options *options,
                        FILE *out);
};

const struct format *format_by_name(str name);
const struct format *const *format_all(void); /* NULL-ended */

/* A report that `--format json` wrote, read back (for diff). Strings are in the arena. */
int report_parse(struct arena *arena, str json, struct report *ret, struct err *err);

/* One line that says what a finding is, for formats that have no members for its parts. */
str report_message(struct arena *arena, const struct finding *finding);
/* The same on the next run, and for no other finding: 16 hexadecimal digits. */
str report_fingerprint(struct arena *arena, const struct finding *finding);
/* The file that a format which knows only files shows for it: its own, else the target. */
str report_path(const struct report *report, const struct finding *finding);

/* The layer of that diff_id or digest, from 0; report->image.layers.count where there is none. */
size_t report_layer_index(const struct report *report, str layer);

#endif
