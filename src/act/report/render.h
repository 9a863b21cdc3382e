// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_RENDER_H
#define HARDEN_ACT_REPORT_RENDER_H

#include "base/err.h"
#include "model/report.h"

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

struct format {
    const char *name, *summary;
    void (*render)(const struct report *report, const struct render_options *options, FILE *out);
};

const struct format *format_by_name(str name);
const struct format *const *format_all(void); /* NULL-ended */

/* A report that `--format json` wrote, read back (for diff). */
int report_parse(struct arena *arena, str json, struct report *ret, struct err *err);

/* What is new, gone and changed from a to b. */
struct report_change {
    const struct finding *before, *after; /* one is NULL for new and gone */
};
struct report_diff {
    VEC(struct report_change) findings;
    struct {
        struct {
            const struct report_package *before, *after;
        } * items;
        size_t count, capacity;
    } packages;
};
void report_compare(struct arena *arena, const struct report *a, const struct report *b,
                    struct report_diff *ret);

#endif
