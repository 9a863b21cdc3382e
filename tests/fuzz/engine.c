// SPDX-License-Identifier: Apache-2.0
/* What an engine answers, as far as it is looked at outside the sandbox. */
#include "base/die.h"
#include "io/engine.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    str body = str_make(data, size);
    unsigned minor = 0;
    char out[40];
    if (engine_explain(body, out, sizeof(out))) {
        INVARIANT(strlen(out) > 0 && strlen(out) < sizeof(out));
        for (const char *at = out; *at; at++)
            INVARIANT(*at >= ' ' && *at < 0x7f);
    }
    if (engine_api_minor(body, &minor))
        INVARIANT(minor <= 999);
    str escaped = engine_escape(&arena, body);
    INVARIANT(escaped.len >= size && escaped.len <= size * 3);
    return 0;
}
