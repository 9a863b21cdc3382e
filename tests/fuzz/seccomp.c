// SPDX-License-Identifier: Apache-2.0
/* Filters as a hostile kernel could give them: eight bytes an instruction, run over two calls. */
#include "base/die.h"
#include "judge/seccomp/seccomp.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 4096 };
    ARENA_SCOPED arena = {0};
    struct live_filter_list filters = {0};
    struct live_filter *filter = vec_push(&arena, &filters);
    *filter = (struct live_filter){0};
    for (; size >= 8 && filter->count < MOST; data += 8, size -= 8) {
        struct live_instruction *at = vec_push(&arena, filter);
        memcpy(&at->code, data, 2);
        at->jt = data[2];
        at->jf = data[3];
        memcpy(&at->k, data + 4, 4);
    }
    const struct seccomp_call calls[] = {
        {.arch = 0xc000003e, .number = 41, .arguments = {38}},
        {.arch = 0x40000003, .number = 1, .arguments = {UINT64_MAX, 0, 0, 0, 0, UINT64_MAX}},
    };
    for (size_t i = 0; i < 2; i++) {
        enum seccomp_verdict verdict;
        if (seccomp_ask(&filters, &calls[i], &verdict))
            INVARIANT(verdict <= SECCOMP_REFUSED && filter->count);
    }
    return 0;
}
