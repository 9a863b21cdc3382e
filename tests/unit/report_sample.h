// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_REPORT_SAMPLE_H
#define HARDEN_TESTS_UNIT_REPORT_SAMPLE_H

#include "model/report.h"

/*
 * Hand-built reports as the matcher leaves them (no policy applied, not sorted), for tests of
 * policy and formats. All facts are made up.
 */
enum sample {
    SAMPLE_DEBIAN,   /* a usual image: fixable and unfixed findings over three layers, a gap */
    SAMPLE_CLEAN,    /* nothing found, everything looked at */
    SAMPLE_BUILT_IN, /* an Alpine past its end of life, judged by the starter set only */
    SAMPLE_HOSTILE,
    SAMPLE_FILES,
    /* findings in text files */ /* a target whose every name attacks the terminal, the shell or the
                                    JSON */
    SAMPLE_COUNT
};

struct report sample_report(struct arena *arena, enum sample sample);
const char *sample_name(enum sample sample); /* of its golden files */

/* Adds a vulnerability finding with those fields; the rest is absent. */
struct finding *sample_add(struct arena *arena, struct report *report, const char *id,
                           enum severity severity, const char *source, const char *package,
                           const char *fixed);

#endif
