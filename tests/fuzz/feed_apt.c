// SPDX-License-Identifier: Apache-2.0
#include "io/digest.h"
#include "tests/fuzz/feed.h"

extern const struct feed feed_apt;

/* Two texts with a NUL between them: the InRelease and the Packages file. The right digest is put
 * in place of "@" in the first, so that files that pass the check are tried too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    str release, packages, before, after;
    str_cut(str_make(data, size), 0, &release, &packages);
    if (str_cut(release, '@', &before, &after)) {
        str digest = digest_of(&arena, DIGEST_SHA256, packages);
        str_skip(&digest, STR("sha256:"));
        release = arena_join(&arena, before, digest, after);
    }
    const struct feed_document document = {
        .namespace = STR("apt:http://example.org/debian stable main amd64"),
        .voucher_text = release,
    };
    fuzz_feed(&feed_apt, &document, (const uint8_t *)packages.ptr, packages.len);
    return 0;
}
