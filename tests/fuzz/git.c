// SPDX-License-Identifier: Apache-2.0
#include "io/zlib.h"
#include "read/git/git_internal.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses: a delta (its base is what stands before the first NUL byte), a tree, a
 * commit or a config, a zlib stream. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    if (size == 0)
        return 0;
    str text = str_make(data + 1, size - 1), base, delta, made;
    struct git_entry entry;
    struct git_id id;
    switch (data[0] % 4) {
    case 0:
        str_cut(text, '\0', &base, &delta);
        git_delta(&arena, base, delta, &made, &err);
        break;
    case 1:
        while (git_next_entry(&text, GIT_ID_LEAST, &entry)) {
        }
        break;
    case 2:
        git_header(text, STR("tree"), 0, &id);
        git_header(text, STR("parent"), 1, &id);
        git_id_parse(text, &id);
        git_config_id_len(text);
        break;
    default: zlib_inflate(&arena, text, 1 << 20, &made, &err);
    }
    return 0;
}
