// SPDX-License-Identifier: Apache-2.0
#include "io/codec.h"
#include "read/image/layer.h"

/* The streams over one blob, innermost first; each is closed before the one it wraps. */
struct chain {
    struct stream *blob, *unpacked, *diff;
    struct stream *top; /* the tar stream */
};

static void close_chain(struct chain *chain)
{
    stream_close(chain->diff);
    stream_close(chain->unpacked);
    stream_close(chain->blob);
}
#define CHAIN_SCOPED __attribute__((cleanup(close_chain))) struct chain

static int open_chain(struct chain *chain, struct layer_reading *reading, struct err *err)
{
    const struct codec *codec;
    if (codec_detect(reading->packed, &codec, err) < 0)
        return -1;
    reading->is_packed = codec != NULL;
    chain->top = reading->packed;
    if (reading->digest)
        chain->top = chain->blob =
            digest_stream(chain->top, reading->blob_algorithm, reading->threaded);
    if (codec) {
        chain->unpacked = codec->open(chain->top, err);
        if (!chain->unpacked)
            return -1;
        chain->top = chain->unpacked;
    }
    if (reading->digest && (codec || reading->blob_algorithm != reading->diff_algorithm))
        chain->top = chain->diff =
            digest_stream(chain->top, reading->diff_algorithm, reading->threaded);
    return 0;
}

static int finish_digests(struct chain *chain, struct layer_reading *reading, struct arena *arena,
                          struct err *err)
{
    if (stream_drain(chain->top, err) < 0 || stream_drain(chain->blob, err) < 0)
        return -1;
    reading->blob_digest = digest_stream_result(chain->blob, arena);
    reading->diff_id =
        chain->diff ? digest_stream_result(chain->diff, arena) : reading->blob_digest;
    return 0;
}

int layer_read_blob(const struct layer_rules *rules, struct layer_facts *facts,
                    struct layer_reading *reading, struct err *err)
{
    CHAIN_SCOPED chain = {0};
    reading->walk = layer_walk_begin(rules, facts, reading->once);
    if (open_chain(&chain, reading, err) < 0 ||
        layer_walk_tar(reading->walk, chain.top, reading->packed, err) < 0)
        return -1;
    return reading->digest ? finish_digests(&chain, reading, &facts->arena, err) : 0;
}

int layer_read_blob_again(struct layer_walk *walk, struct stream *packed, struct err *err)
{
    CHAIN_SCOPED chain = {0};
    struct layer_reading reading = {.packed = packed};
    if (open_chain(&chain, &reading, err) < 0)
        return -1;
    return layer_walk_tar_again(walk, chain.top, err);
}
