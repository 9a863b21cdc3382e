// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/feed.h"
#include "tests/unit/osv_sample.h"

#include "io/zip.h"
#include "judge/advisory/affected.h"

extern const struct feed feed_osv;

/* Whatever the words are, they answer the same once they are packed for the store. */
static void check_words(str words)
{
    const struct version_scheme *scheme = version_of_type(STR("deb"));
    BUF_SCOPED compact = buf_make(1 << 22);
    ARENA_SCOPED arena = {0};
    affected_compact(scheme, words, &compact);
    if (compact.overflow)
        return;
    static const char *const versions[] = {"0", "1", "1.5", "2.0-1", "9999", "_"};
    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        struct affected before = affected_ask(scheme, words, str_from(versions[i]));
        struct affected after = affected_ask(scheme, buf_str(&compact), str_from(versions[i]));
        if (before.yes != after.yes)
            abort();
        if (before.fixed.len && affected_ask(scheme, words, before.fixed).yes)
            abort();
    }
    affected_describe(&arena, words);
}

static int take_words(void *context, const struct advisory *advisory, struct err *err)
{
    check_words(advisory->affected);
    return fuzz_advisory(context, advisory, err);
}

static int take_unread(void *context, str part, str why, struct err *err)
{
    (void)context, (void)err;
    fuzz_touch(part);
    return fuzz_touch(why) < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct feed_sink sink = {
        .advisory = take_words,
        .text = fuzz_text,
        .score = fuzz_score,
        .unread = take_unread,
        .dated = fuzz_date,
    };
    const struct feed_document document = {.namespace = STR("osv:pypi")};
    BUF_SCOPED zip = buf_make(1 << 24);
    struct err err = {0};
    str bytes = str_make(data, size);
    /* Records as they are, one a line, are put into an archive first. */
    if (!zip_looks_like(bytes)) {
        ARENA_SCOPED arena = {0};
        VEC(const char *) members = {0};
        str line;
        while (str_next(&bytes, '\n', &line) && members.count < 64) {
            *vec_push(&arena, &members) = "r.json";
            *vec_push(&arena, &members) = arena_cstr(&arena, line);
        }
        *vec_push(&arena, &members) = NULL;
        osv_zip(&zip, members.items);
        bytes = buf_str(&zip);
    }
    STREAM_SCOPED stream = stream_memory(bytes);
    if (feed_osv.read(&document, stream, &sink, &err) < 0 && err.kind == ERR_NONE)
        abort();
    return 0;
}
