// SPDX-License-Identifier: Apache-2.0
/* The .xz format (version 1.1.0): streams and padding between them, by liblzma. */
#include "base/die.h"
#include "base/limits.h"
#include "io/unpack.h"

#include <lzma.h>

struct xz {
    struct unpack unpack;
    lzma_stream state;
};

static bool xz_starts(str head)
{
    return str_starts(head, STR("\xfd"
                                "7zXZ\0"));
}

/* LZMA_CONCATENATED goes from stream to stream and knows the rules of padding: there is one
 * member, to the end of the source. */
static int xz_begin(struct unpack *unpack, struct err *err)
{
    (void)err;
    struct xz *xz = (struct xz *)unpack;
    if (lzma_stream_decoder(&xz->state, LIMIT_XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
        die_out_of_memory(0);
    return 0;
}

static int xz_step(struct unpack *unpack, unsigned char *to, size_t size, size_t *ret_len,
                   bool *ret_member_end, struct err *err)
{
    lzma_stream *state = &((struct xz *)unpack)->state;
    state->next_in = (const uint8_t *)unpack->input.ptr;
    state->avail_in = unpack->input.len;
    state->next_out = to;
    state->avail_out = size;
    lzma_ret code = lzma_code(state, unpack->source_ended ? LZMA_FINISH : LZMA_RUN);
    unpack->input = str_from_index(unpack->input, unpack->input.len - state->avail_in);
    *ret_len = size - state->avail_out;
    switch (code) {
    case LZMA_STREAM_END: *ret_member_end = true; return 0;
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* no progress: the data ends early, as unpack.c finds */ return 0;
    case LZMA_MEM_ERROR: die_out_of_memory(LIMIT_XZ_MEMORY);
    case LZMA_MEMLIMIT_ERROR:
        return err_set(err, ERR_LIMIT, "xz data needs more than %llu MiB of memory",
                       LIMIT_XZ_MEMORY / MIB(1));
    case LZMA_OPTIONS_ERROR:
        return err_set(err, ERR_UNSUPPORTED, "xz data uses filters that are not known");
    default: return err_set(err, ERR_FORMAT, "xz data is damaged");
    }
}

static void xz_free_state(struct unpack *unpack)
{
    lzma_end(&((struct xz *)unpack)->state);
}

extern const struct codec codec_xz;

static struct stream *xz_open(struct stream *source, struct err *err)
{
    static const struct unpack_ops ops = {
        .codec = &codec_xz,
        .begin = xz_begin,
        .step = xz_step,
        .free_state = xz_free_state,
    };
    (void)err;
    struct xz *xz = die_malloc(sizeof(*xz));
    *xz = (struct xz){.state = LZMA_STREAM_INIT};
    return unpack_init(&xz->unpack, &ops, source);
}

const struct codec codec_xz = {
    .name = "xz",
    .suffix = ".xz",
    .starts = xz_starts,
    .open = xz_open,
};
