// SPDX-License-Identifier: Apache-2.0
#include "io/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zip zip;
    struct zip_member member;
    struct err err = {0};
    size_t members = 0;
    if (zip_open(str_make(data, size), &zip, &err) < 0)
        return 0;
    while (members++ < 100 && zip_next(&zip, &member, &err) > 0) {
        STREAM_SCOPED source = NULL;
        STREAM_SCOPED content = NULL;
        struct err failed = {0};
        str piece;
        uint64_t total = 0;
        if (zip_content(&zip, &member, &source, &content, &failed) < 0)
            continue;
        while (stream_next(content, SIZE_MAX, &piece, &failed) == 0 && piece.len)
            if ((total += piece.len) > (1 << 20))
                break;
    }
    return 0;
}
