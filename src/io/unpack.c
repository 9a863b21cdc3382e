// SPDX-License-Identifier: Apache-2.0
#include "io/unpack.h"

#include "base/die.h"

#include <stdlib.h>
#include <string.h>

static int take_input(struct unpack *unpack, struct err *err)
{
    if (stream_next(unpack->source, SIZE_MAX, &unpack->input, err) < 0)
        return -1;
    unpack->source_ended = unpack->input.len == 0;
    return 0;
}

static int ends_early(const struct unpack *unpack, struct err *err)
{
    return err_set(err, ERR_FORMAT, "%s data ends early", unpack->unpack_ops->codec->name);
}

/* Up to UNPACK_BORDER bytes from here on, which may lie across two windows of the source. */
static int look_ahead(struct unpack *unpack, str *ret_head, struct err *err)
{
    str more;
    size_t have = unpack->input.len;
    if (have >= UNPACK_BORDER) {
        *ret_head = str_sub(unpack->input, 0, UNPACK_BORDER);
        return 0;
    }
    /* Looking further ends the source's window, in which `input` lies: keep what is left of it. */
    memmove(unpack->border, unpack->input.ptr ? unpack->input.ptr : "", have);
    if (stream_peek(unpack->source, UNPACK_BORDER - have, &more, err) < 0)
        return -1;
    memcpy(unpack->border + have, more.ptr ? more.ptr : "", more.len);
    unpack->input = str_make(unpack->border, have);
    *ret_head = str_make(unpack->border, have + more.len);
    return 0;
}

static int pass_zeros(struct unpack *unpack, struct err *err)
{
    for (;;) {
        for (size_t i = 0; i < unpack->input.len; i++)
            if (unpack->input.ptr[i])
                return err_set(err, ERR_FORMAT, "garbage behind the %s data",
                               unpack->unpack_ops->codec->name);
        if (take_input(unpack, err) < 0)
            return -1;
        if (unpack->source_ended)
            return 0;
    }
}

/* 1: a member begins; 0: the end of all of them. */
static int next_member(struct unpack *unpack, struct err *err)
{
    const struct unpack_ops *ops = unpack->unpack_ops;
    str head;
    if (look_ahead(unpack, &head, err) < 0)
        return -1;
    if (head.len == 0)
        return unpack->any_member ? 0 : ends_early(unpack, err);
    if (ops->codec->starts(head)) {
        unpack->in_member = unpack->any_member = true;
        return ops->begin(unpack, err) < 0 ? -1 : 1;
    }
    if (!unpack->any_member)
        return err_set(err, ERR_FORMAT, "not %s data", ops->codec->name);
    if (ops->zero_padding && head.ptr[0] == 0)
        return pass_zeros(unpack, err);
    return err_set(err, ERR_FORMAT, "garbage behind the %s data", ops->codec->name);
}

/* One step into the block; *ret_more says whether another can follow without waiting for input. */
static int advance(struct unpack *unpack, size_t *done, bool *ret_more, struct err *err)
{
    size_t len = 0, before = unpack->input.len;
    bool member_end = false;
    *ret_more = false;
    if (!unpack->in_member) {
        int begun = next_member(unpack, err);
        if (begun <= 0)
            return begun;
    }
    if (unpack->input.len == 0 && !unpack->source_ended) {
        if (*done)
            return 0;
        if (take_input(unpack, err) < 0)
            return -1;
        before = unpack->input.len;
    }
    if (unpack->unpack_ops->step(unpack, unpack->block + *done, UNPACK_BLOCK - *done, &len,
                                 &member_end, err) < 0)
        return -1;
    *done += len;
    if (member_end)
        unpack->in_member = false;
    else if (len == 0 && unpack->input.len == before)
        return ends_early(unpack, err);
    *ret_more = *done < UNPACK_BLOCK;
    return 0;
}

static int unpack_fill(struct stream *stream, struct err *err)
{
    struct unpack *unpack = (struct unpack *)stream;
    size_t done = 0;
    bool more = true;
    if (!unpack->block)
        unpack->block = die_malloc(UNPACK_BLOCK);
    while (more && !unpack->failed.kind)
        if (advance(unpack, &done, &more, &unpack->failed) < 0)
            break;
    unpack->produced += done;
    uint64_t taken = unpack->source->position - unpack->source_from - unpack->input.len;
    if (codec_check_ratio(taken, unpack->produced, err) < 0)
        return -1;
    if (done == 0 && unpack->failed.kind) {
        *err = unpack->failed;
        return -1;
    }
    stream->cursor = unpack->block;
    stream->end = unpack->block + done;
    return 0;
}

static void unpack_close(struct stream *stream)
{
    struct unpack *unpack = (struct unpack *)stream;
    unpack->unpack_ops->free_state(unpack);
    free(unpack->block);
    free(unpack);
}

struct stream *unpack_init(struct unpack *unpack, const struct unpack_ops *ops,
                           struct stream *source)
{
    static const struct stream_ops stream_ops = {.fill = unpack_fill, .close = unpack_close};
    unpack->stream = (struct stream){.ops = &stream_ops};
    unpack->unpack_ops = ops;
    unpack->source = source;
    unpack->source_from = source->position;
    return &unpack->stream;
}
