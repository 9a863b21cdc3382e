// SPDX-License-Identifier: Apache-2.0
/* Zstandard (RFC 8878): frames, skippable ones among them, by libzstd, which checks checksums. */
#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"
#include "io/pack.h"
#include "io/unpack.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
    struct unpack unpack;
    ZSTD_DStream *state;
};

/* Skippable frames have magic numbers 0x184D2A50 to 0x184D2A5F. */
static bool zstd_starts(str head)
{
    return str_starts(head, STR("\x28\xb5\x2f\xfd")) ||
           (head.len >= 4 && ((unsigned char)head.ptr[0] & 0xf0) == 0x50 &&
            str_starts(str_from_index(head, 1), STR("\x2a\x4d\x18")));
}

static int zstd_begin(struct unpack *unpack, struct err *err)
{
    (void)err;
    ZSTD_DCtx_reset(((struct zstd *)unpack)->state, ZSTD_reset_session_only);
    return 0;
}

static int zstd_step(struct unpack *unpack, unsigned char *to, size_t size, size_t *ret_len,
                     bool *ret_member_end, struct err *err)
{
    struct zstd *zstd = (struct zstd *)unpack;
    ZSTD_inBuffer in = {unpack->input.ptr, unpack->input.len, 0};
    ZSTD_outBuffer out = {to, size, 0};
    size_t left = ZSTD_decompressStream(zstd->state, &out, &in);
    *ret_len = out.pos;
    unpack->input = str_from_index(unpack->input, in.pos);
    if (!ZSTD_isError(left)) {
        *ret_member_end = left == 0;
        return 0;
    }
    switch (ZSTD_getErrorCode(left)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return err_set(err, ERR_LIMIT, "zstd data needs a window of more than %llu MiB",
                       (1ull << LIMIT_ZSTD_WINDOW) / MIB(1));
    case ZSTD_error_memory_allocation: die_out_of_memory(1ull << LIMIT_ZSTD_WINDOW);
    default: return err_set(err, ERR_FORMAT, "zstd data is damaged: %s", ZSTD_getErrorName(left));
    }
}

static void zstd_free_state(struct unpack *unpack)
{
    ZSTD_freeDStream(((struct zstd *)unpack)->state);
}

extern const struct codec codec_zstd;

static struct stream *zstd_open(struct stream *source, struct err *err)
{
    static const struct unpack_ops ops = {
        .codec = &codec_zstd,
        .begin = zstd_begin,
        .step = zstd_step,
        .free_state = zstd_free_state,
    };
    (void)err;
    struct zstd *zstd = die_malloc(sizeof(*zstd));
    *zstd = (struct zstd){.state = ZSTD_createDStream()};
    if (!zstd->state)
        die_out_of_memory(0);
    ZSTD_DCtx_setParameter(zstd->state, ZSTD_d_windowLogMax, LIMIT_ZSTD_WINDOW);
    return unpack_init(&zstd->unpack, &ops, source);
}

const struct codec codec_zstd = {
    .name = "zstd",
    .suffix = ".zst",
    .starts = zstd_starts,
    .open = zstd_open,
};

/* --- io/pack.h -------------------------------------------------------------------------------- */

enum { PACK_BLOCK = 128 << 10 };

struct pack {
    ZSTD_CCtx *state;
    int fd;
    char block[PACK_BLOCK];
};

struct pack *pack_open(int fd, int level)
{
    struct pack *pack = die_malloc(sizeof(*pack));
    pack->fd = fd;
    pack->state = ZSTD_createCCtx();
    if (!pack->state)
        die_out_of_memory(sizeof(*pack));
    ZSTD_CCtx_setParameter(pack->state, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(pack->state, ZSTD_c_checksumFlag, 1);
    return pack;
}

/* Until all of `in` is taken; with ZSTD_e_end, until nothing is left inside. */
static int pack_some(struct pack *pack, ZSTD_inBuffer *in, ZSTD_EndDirective how, struct err *err)
{
    size_t left;
    do {
        ZSTD_outBuffer out = {pack->block, sizeof(pack->block), 0};
        left = ZSTD_compressStream2(pack->state, &out, in, how);
        if (ZSTD_isError(left))
            return err_set(err, ERR_IO, "cannot pack: %s", ZSTD_getErrorName(left));
        if (fd_write_all(pack->fd, out.dst, out.pos, err) < 0)
            return -1;
    } while (in->pos < in->size || (how == ZSTD_e_end && left));
    return 0;
}

int pack_write(struct pack *pack, const void *bytes, size_t len, struct err *err)
{
    ZSTD_inBuffer in = {bytes, len, 0};
    return pack_some(pack, &in, ZSTD_e_continue, err);
}

int pack_finish(struct pack *pack, struct err *err)
{
    ZSTD_inBuffer in = {NULL, 0, 0};
    int result = pack_some(pack, &in, ZSTD_e_end, err);
    pack_abandon(pack);
    return result;
}

void pack_abandon(struct pack *pack)
{
    if (!pack)
        return;
    ZSTD_freeCCtx(pack->state);
    free(pack);
}

char *pack_block(const void *bytes, size_t len, size_t *ret_len)
{
    enum { FASTEST = 1 };
    size_t room = ZSTD_compressBound(len);
    char *packed = die_malloc(room);
    *ret_len = ZSTD_compress(packed, room, bytes, len, FASTEST);
    if (ZSTD_isError(*ret_len))
        die_out_of_memory(room);
    return die_realloc(packed, *ret_len);
}

void pack_unblock(const void *packed, size_t packed_len, void *to, size_t len)
{
    if (ZSTD_isError(ZSTD_decompress(to, len, packed, packed_len)))
        die_out_of_memory(len);
}
