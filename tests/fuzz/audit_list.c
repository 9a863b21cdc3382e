// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "read/host/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct audit_watch_list watches = {0};
    audit_list_parse(&arena, str_make(data, size), &watches);
    for (size_t i = 0; i < watches.count; i++) {
        str path = watches.items[i].path;
        INVARIANT(path.len && path.ptr[0] == '/' && (path.len == 1 || !str_ends(path, STR("/"))));
    }
    return 0;
}
