// SPDX-License-Identifier: Apache-2.0
/* A saved report of harden network from anywhere: compared with itself, and asked what was in use.
 */
#include "act/network/network.h"
#include "base/die.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct network_row_list rows = {0};
    struct network_seen_list seen = {0};
    str text = str_make(data, size);
    if (network_seen_read(&arena, text, &seen, &err) < 0)
        INVARIANT(err.kind != ERR_NONE && err.message[0]);
    INVARIANT(seen.count <= LIMIT_NETWORK_ROUTES);
    for (size_t i = 0; i < seen.count; i++)
        INVARIANT(seen.items[i].port || !seen.items[i].to.len);
    err = (struct err){0};
    if (network_rows_read(&arena, text, &rows, &err) < 0) {
        INVARIANT(err.kind != ERR_NONE && err.message[0]);
        return 0;
    }
    INVARIANT(network_compare(&arena, &rows, &rows).list.count == 0);
    return 0;
}
