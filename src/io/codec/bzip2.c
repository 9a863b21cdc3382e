// SPDX-License-Identifier: Apache-2.0
/* bzip2 streams, one behind the other, by libbz2. */
#include "base/die.h"
#include "io/unpack.h"

#include <bzlib.h>

struct bzip2 {
    struct unpack unpack;
    bz_stream state;
    bool ready;
};

/* "BZh", the block size, then the magic of a block or, in an empty stream, of the end. */
static bool bzip2_starts(str head)
{
    str magic = str_sub(head, 4, 6);
    return str_starts(head, STR("BZh")) && head.len >= 10 && head.ptr[3] >= '1' &&
           head.ptr[3] <= '9' &&
           (str_eq(magic, STR("\x31\x41\x59\x26\x53\x59")) ||
            str_eq(magic, STR("\x17\x72\x45\x38\x50\x90")));
}

static void bzip2_free_state(struct unpack *unpack)
{
    struct bzip2 *bzip2 = (struct bzip2 *)unpack;
    if (bzip2->ready)
        BZ2_bzDecompressEnd(&bzip2->state);
    bzip2->ready = false;
}

static int bzip2_begin(struct unpack *unpack, struct err *err)
{
    (void)err;
    struct bzip2 *bzip2 = (struct bzip2 *)unpack;
    bzip2_free_state(unpack);
    bzip2->state = (bz_stream){0};
    if (BZ2_bzDecompressInit(&bzip2->state, 0, 0) != BZ_OK)
        die_out_of_memory(0);
    bzip2->ready = true;
    return 0;
}

static int bzip2_step(struct unpack *unpack, unsigned char *to, size_t size, size_t *ret_len,
                      bool *ret_member_end, struct err *err)
{
    bz_stream *state = &((struct bzip2 *)unpack)->state;
    size_t most = unpack->input.len < UINT32_MAX ? unpack->input.len : UINT32_MAX;
    union {
        const char *given;
        char *taken; /* the library only reads it, but says char * */
    } input = {.given = unpack->input.ptr};
    state->next_in = input.taken;
    state->avail_in = (unsigned)most;
    state->next_out = (char *)to;
    state->avail_out = (unsigned)size;
    int code = BZ2_bzDecompress(state);
    if (code == BZ_MEM_ERROR)
        die_out_of_memory(0);
    if (code != BZ_OK && code != BZ_STREAM_END)
        return err_set(err, ERR_FORMAT, "bzip2 data is damaged");
    unpack->input = str_from_index(unpack->input, most - state->avail_in);
    *ret_len = size - state->avail_out;
    *ret_member_end = code == BZ_STREAM_END;
    return 0;
}

extern const struct codec codec_bzip2;

static struct stream *bzip2_open(struct stream *source, struct err *err)
{
    static const struct unpack_ops ops = {
        .codec = &codec_bzip2,
        .begin = bzip2_begin,
        .step = bzip2_step,
        .free_state = bzip2_free_state,
    };
    (void)err;
    struct bzip2 *bzip2 = die_malloc(sizeof(*bzip2));
    *bzip2 = (struct bzip2){0};
    return unpack_init(&bzip2->unpack, &ops, source);
}

const struct codec codec_bzip2 = {
    .name = "bzip2",
    .suffix = ".bz2",
    .starts = bzip2_starts,
    .open = bzip2_open,
};
