// SPDX-License-Identifier: Apache-2.0
/* The answer to POST /build, line by line. */
#include "io/build_answer.h"

#include "base/die.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct build_answer answer;
    str text = str_make(data, size), line;
    answer = (struct build_answer){0};
    while (str_next_line(&text, &line))
        build_answer_take(&answer, line);
    str output = build_answer_output(&answer);
    INVARIANT(output.len <= BUILD_TAIL);
    INVARIANT(strlen(answer.image) < sizeof(answer.image));
    INVARIANT(strlen(answer.error) < sizeof(answer.error));
    for (size_t i = 0; i < BUILD_STEPS; i++)
        INVARIANT(answer.steps[i].len <= BUILD_TAIL && answer.steps[i].digest_len <= BUILD_DIGEST);
    return 0;
}
