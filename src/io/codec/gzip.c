// SPDX-License-Identifier: Apache-2.0
/* gzip (RFC 1952) by ISA-L, which checks each member's CRC-32 and length; and zlib (RFC 1950). */
#include "base/buf.h"
#include "base/die.h"
#include "io/unpack.h"
#include "io/zlib.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a member's header, in their order. */
enum part { PART_FIXED, PART_EXTRA_LEN, PART_EXTRA, PART_NAME, PART_COMMENT, PART_CRC, PART_NONE };
enum { FLAG_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_KNOWN = 31 };
enum { FIXED_LEN = 10, FIXED_FLAGS = 3 };

struct gzip {
    struct unpack unpack;
    /* The header is read here and not by the library, which takes the wrong sum of a header with
     * a CRC of its own when it comes in two pieces. */
    enum part part;
    size_t seen, extra_len; /* `seen` bytes of the part */
    unsigned char flags;
    uint32_t header_crc;
    unsigned said_crc;
    struct inflate_state state;
};

static bool gzip_starts(str head)
{
    return str_starts(head, STR("\x1f\x8b\x08"));
}

static int gzip_begin(struct unpack *unpack, struct err *err)
{
    (void)err;
    struct gzip *gzip = (struct gzip *)unpack;
    gzip->part = PART_FIXED;
    gzip->seen = gzip->extra_len = 0;
    gzip->header_crc = gzip->said_crc = 0;
    isal_inflate_reset(&gzip->state);
    gzip->state.crc_flag = ISAL_GZIP_NO_HDR_VER; /* check the trailer */
    return 0;
}

/* Whether the part ends with this byte. */
static bool part_ends(struct gzip *gzip, unsigned char byte)
{
    gzip->seen++;
    switch (gzip->part) {
    case PART_FIXED:
        if (gzip->seen == FIXED_FLAGS + 1)
            gzip->flags = byte;
        return gzip->seen == FIXED_LEN;
    case PART_EXTRA_LEN:
        gzip->extra_len |= (size_t)byte << (gzip->seen - 1) * 8;
        return gzip->seen == 2;
    case PART_EXTRA: return gzip->seen == gzip->extra_len;
    case PART_CRC: gzip->said_crc |= (unsigned)byte << (gzip->seen - 1) * 8; return gzip->seen == 2;
    default: return byte == 0;
    }
}

static enum part part_after(const struct gzip *gzip)
{
    switch (gzip->part) {
    case PART_FIXED:
        if (gzip->flags & FLAG_EXTRA)
            return PART_EXTRA_LEN;
        __attribute__((fallthrough));
    case PART_EXTRA_LEN:
        if (gzip->extra_len)
            return PART_EXTRA;
        __attribute__((fallthrough));
    case PART_EXTRA:
        if (gzip->flags & FLAG_NAME)
            return PART_NAME;
        __attribute__((fallthrough));
    case PART_NAME:
        if (gzip->flags & FLAG_COMMENT)
            return PART_COMMENT;
        __attribute__((fallthrough));
    case PART_COMMENT: return gzip->flags & FLAG_CRC ? PART_CRC : PART_NONE;
    default: return PART_NONE;
    }
}

static int read_header(struct gzip *gzip, struct err *err)
{
    str *input = &gzip->unpack.input;
    while (gzip->part != PART_NONE && input->len) {
        unsigned char byte = (unsigned char)input->ptr[0];
        *input = str_from_index(*input, 1);
        if (gzip->part != PART_CRC)
            gzip->header_crc = crc32_gzip_refl(gzip->header_crc, &byte, 1);
        if (!part_ends(gzip, byte))
            continue;
        if (gzip->part == PART_FIXED && gzip->flags & ~FLAGS_KNOWN)
            return err_set(err, ERR_FORMAT, "gzip data is damaged: a header with unknown flags");
        if (gzip->part == PART_CRC && gzip->said_crc != (gzip->header_crc & 0xffff))
            return err_set(err, ERR_FORMAT, "gzip data is damaged: the header's checksum is wrong");
        gzip->part = part_after(gzip);
        gzip->seen = 0;
    }
    return 0;
}

static const char *what_is_wrong(int code)
{
    switch (code) {
    case ISAL_INCORRECT_CHECKSUM: return "the checksum or the length is wrong";
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD: return "a bad header";
    case ISAL_INVALID_LOOKBACK: return "a reference to before the beginning";
    default: return "a bad block";
    }
}

static int gzip_step(struct unpack *unpack, unsigned char *to, size_t size, size_t *ret_len,
                     bool *ret_member_end, struct err *err)
{
    struct gzip *gzip = (struct gzip *)unpack;
    struct inflate_state *state = &gzip->state;
    if (gzip->part != PART_NONE)
        return read_header(gzip, err);
    size_t most = unpack->input.len < UINT32_MAX ? unpack->input.len : UINT32_MAX;
    union {
        const char *given;
        uint8_t *taken; /* the library only reads it, but says uint8_t * */
    } input = {.given = unpack->input.ptr};
    state->next_in = input.taken;
    state->avail_in = (uint32_t)most;
    state->next_out = to;
    state->avail_out = (uint32_t)size;
    int code = isal_inflate(state);
    if (code != ISAL_DECOMP_OK)
        return err_set(err, ERR_FORMAT, "gzip data is damaged: %s", what_is_wrong(code));
    unpack->input = str_from_index(unpack->input, most - state->avail_in);
    *ret_len = size - state->avail_out;
    *ret_member_end = state->block_state == ISAL_BLOCK_FINISH;
    return 0;
}

static void gzip_free_state(struct unpack *unpack)
{
    (void)unpack;
}

extern const struct codec codec_gzip;

static struct stream *gzip_open(struct stream *source, struct err *err)
{
    static const struct unpack_ops ops = {
        .codec = &codec_gzip,
        .begin = gzip_begin,
        .step = gzip_step,
        .free_state = gzip_free_state,
        .zero_padding = true, /* of tapes; gzip(1) takes it too */
    };
    (void)err;
    struct gzip *gzip = die_malloc(sizeof(*gzip));
    *gzip = (struct gzip){0};
    isal_inflate_init(&gzip->state);
    return unpack_init(&gzip->unpack, &ops, source);
}

enum { ZLIB_STEP = 16 << 10 };

/* One step into the buffer; false with err, or at the end of the stream. */
static bool zlib_step(struct inflate_state *state, struct buf *buf, size_t most, struct err *err)
{
    size_t room = most - buf->len < ZLIB_STEP ? most - buf->len : ZLIB_STEP;
    char *to = buf_reserve(buf, room);
    if (!to || room == 0)
        return false;
    state->next_out = (uint8_t *)to;
    state->avail_out = (uint32_t)room;
    int code = isal_inflate(state);
    size_t made = room - state->avail_out;
    buf->len += made;
    if (code != ISAL_DECOMP_OK) {
        err_set(err, ERR_FORMAT, "zlib data is damaged: %s", what_is_wrong(code));
        return false;
    }
    if (state->block_state == ISAL_BLOCK_FINISH)
        return false;
    if (made == 0 && state->avail_in == 0) {
        err_set(err, ERR_FORMAT, "zlib data is cut off");
        return false;
    }
    return true;
}

static int inflate_zlib(struct arena *arena, str packed, size_t most, bool head, str *ret,
                        struct err *err)
{
    union {
        const char *given;
        uint8_t *taken; /* the library only reads it, but says uint8_t * */
    } input = {.given = packed.ptr};
    struct inflate_state *state = die_malloc(sizeof(*state));
    /* One byte more than asked for tells whether there is more. */
    size_t limit = head ? most : most + 1;
    BUF_SCOPED buf = buf_make(limit);
    isal_inflate_init(state);
    state->crc_flag = ISAL_ZLIB;
    state->next_in = input.taken;
    state->avail_in = (uint32_t)(packed.len < UINT32_MAX ? packed.len : UINT32_MAX);
    struct err failed = {0};
    while (zlib_step(state, &buf, limit, &failed)) {
    }
    free(state);
    if (failed.kind != ERR_NONE) {
        *err = failed;
        return -1;
    }
    if (buf.len > most)
        return err_set(err, ERR_LIMIT, "more than %zu bytes unpacked", most);
    *ret = arena_str(arena, buf_str(&buf));
    return 0;
}

int zlib_inflate(struct arena *arena, str packed, size_t most, str *ret, struct err *err)
{
    return inflate_zlib(arena, packed, most, false, ret, err);
}

int zlib_inflate_head(struct arena *arena, str packed, size_t most, str *ret, struct err *err)
{
    return inflate_zlib(arena, packed, most, true, ret, err);
}

/* --- what zip archives have: the same data without header and trailer ---- */

static int deflate_begin(struct unpack *unpack, struct err *err)
{
    (void)err;
    struct gzip *gzip = (struct gzip *)unpack;
    isal_inflate_reset(&gzip->state);
    gzip->state.crc_flag = ISAL_DEFLATE;
    gzip->part = PART_NONE;
    return 0;
}

static bool deflate_starts(str head)
{
    (void)head; /* it has no mark */
    return true;
}

struct stream *codec_open_deflate(struct stream *source)
{
    static const struct codec deflate = {.name = "deflate", .starts = deflate_starts};
    static const struct unpack_ops ops = {
        .codec = &deflate,
        .begin = deflate_begin,
        .step = gzip_step,
        .free_state = gzip_free_state,
    };
    struct gzip *gzip = die_malloc(sizeof(*gzip));
    memset(gzip, 0, offsetof(struct gzip, state));
    isal_inflate_init(&gzip->state);
    return unpack_init(&gzip->unpack, &ops, source);
}

const struct codec codec_gzip = {
    .name = "gzip",
    .suffix = ".gz",
    .starts = gzip_starts,
    .open = gzip_open,
};
