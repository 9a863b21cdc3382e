// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_BUILD_ANSWER_H
#define HARDEN_IO_BUILD_ANSWER_H

#include "base/str.h"

/*
 * What an engine answers to POST /build: a JSON object a line. The classic builder writes what its
 * commands print in "stream"; BuildKit's objects are {"id":"moby.buildkit.trace","aux":"BASE64"},
 * a StatusResponse of its control.proto: vertexes (steps, with their error) and their logs.
 */
enum { BUILD_STEPS = 8, BUILD_TAIL = 2048, BUILD_DIGEST = 80 };

/* A step of the build, and the end of what it printed. */
struct build_step {
    char digest[BUILD_DIGEST];
    size_t digest_len;
    bool failed;
    bool cut; /* it printed more than that */
    char tail[BUILD_TAIL];
    size_t len;
};

/* Zero-initialised is empty. Of several steps that run at a time, the last ones are kept. */
struct build_answer {
    struct build_step steps[BUILD_STEPS];
    size_t next, latest;
    char image[BUILD_DIGEST]; /* the id of what was built: "sha256:..."; or empty */
    char error[600];          /* why it was not; or empty */
};

/* Takes the next line; what is none of these objects, or damaged, is passed over. */
void build_answer_take(struct build_answer *answer, str line);
/* The last whole lines that the step printed which failed, else the latest one; may be empty. */
str build_answer_output(const struct build_answer *answer);

#endif
