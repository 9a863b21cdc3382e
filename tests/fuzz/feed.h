// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_FUZZ_FEED_H
#define HARDEN_TESTS_FUZZ_FEED_H

#include "judge/advisory/store_pack.h"
#include "read/feed/feed.h"

#include <stdlib.h>

/* Feeds: whatever the input is, rows are whole strings within bounds and survive being packed. */

static inline int fuzz_touch(str text)
{
    unsigned sum = 0;
    for (size_t i = 0; i < text.len; i++)
        sum += (unsigned char)text.ptr[i];
    return sum == 1; /* reads every byte: the sanitizer looks at the bounds */
}

static inline int fuzz_advisory(void *context, const struct advisory *advisory, struct err *err)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED buf = buf_make(1 << 20);
    struct advisory back = {0};
    (void)context, (void)err;
    fuzz_touch(advisory->namespace);
    fuzz_touch(advisory->package);
    pack_advisory(&buf, advisory);
    str packed = buf_str(&buf);
    if (buf.overflow)
        return 0;
    if (!unpack_advisory(&packed, &arena, &back) || packed.len || !str_eq(back.id, advisory->id) ||
        !str_eq(back.fixed_version, advisory->fixed_version) ||
        !str_eq(back.urgency, advisory->urgency) || !str_eq(back.reason, advisory->reason) ||
        !str_eq(back.aliases, advisory->aliases) || back.status != advisory->status)
        abort();
    return 0;
}

static inline int fuzz_text(void *context, const struct vulnerability_text *text, struct err *err)
{
    (void)context, (void)err;
    fuzz_touch(text->id);
    return fuzz_touch(text->description) < 0;
}

static inline int fuzz_score(void *context, const struct vulnerability_score *score,
                             struct err *err)
{
    (void)context, (void)err;
    if (!(score->cvss >= 0 && score->cvss <= 10))
        abort();
    fuzz_touch(score->vector);
    return 0;
}

static inline int fuzz_exploit(void *context, const struct exploit_score *score, struct err *err)
{
    (void)context, (void)err;
    if (!(score->epss >= 0 && score->epss <= 1) ||
        !(score->percentile >= 0 && score->percentile <= 1))
        abort();
    fuzz_touch(score->id);
    return 0;
}

static inline int fuzz_known(void *context, const struct known_exploited *known, struct err *err)
{
    (void)context, (void)err;
    fuzz_touch(known->id);
    fuzz_touch(known->name);
    fuzz_touch(known->due_date);
    return 0;
}

static inline int fuzz_offered(void *context, const struct offered_package *offered,
                               struct err *err)
{
    (void)context, (void)err;
    fuzz_touch(offered->package);
    fuzz_touch(offered->version);
    fuzz_touch(offered->source_name);
    fuzz_touch(offered->source_version);
    return 0;
}

static inline int fuzz_date(void *context, str date, struct err *err)
{
    (void)context, (void)err;
    fuzz_touch(date);
    return 0;
}

static inline void fuzz_feed(const struct feed *feed, const struct feed_document *document,
                             const uint8_t *data, size_t size)
{
    static const struct feed_sink sink = {
        .advisory = fuzz_advisory,
        .text = fuzz_text,
        .score = fuzz_score,
        .exploit = fuzz_exploit,
        .known = fuzz_known,
        .offered = fuzz_offered,
        .dated = fuzz_date,
    };
    struct err err = {0};
    STREAM_SCOPED stream = stream_memory(str_make(data, size));
    if (feed->read(document, stream, &sink, &err) < 0 && err.kind == ERR_NONE)
        abort();
}

#endif
