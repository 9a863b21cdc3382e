// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/codec.h"
#include "io/spool.h"
#include "tests/unit/test.h"

#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* One member of each format, made by the libraries' own encoders. */

static str pack_gzip(struct arena *arena, str plain)
{
    size_t room = plain.len + 1024;
    char *to = arena_alloc(arena, room);
    struct isal_zstream state;
    isal_deflate_stateless_init(&state);
    state.gzip_flag = IGZIP_GZIP;
    state.next_in = arena_copy(arena, plain.ptr, plain.len);
    state.avail_in = (uint32_t)plain.len;
    state.end_of_stream = 1;
    state.next_out = (uint8_t *)to;
    state.avail_out = (uint32_t)room;
    CHECK_EQ(COMP_OK, isal_deflate_stateless(&state));
    return str_make(to, state.total_out);
}

static str pack_zstd(struct arena *arena, str plain)
{
    size_t room = ZSTD_compressBound(plain.len);
    char *to = arena_alloc(arena, room);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t len = ZSTD_compress2(context, to, room, plain.ptr, plain.len);
    ZSTD_freeCCtx(context);
    CHECK(!ZSTD_isError(len));
    return str_make(to, len);
}

static str pack_xz(struct arena *arena, str plain)
{
    size_t room = lzma_stream_buffer_bound(plain.len), len = 0;
    char *to = arena_alloc(arena, room);
    CHECK_EQ(LZMA_OK, lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)plain.ptr,
                                              plain.len, (uint8_t *)to, &len, room));
    return str_make(to, len);
}

static str pack_bzip2(struct arena *arena, str plain)
{
    unsigned len = (unsigned)plain.len + 1024;
    char *to = arena_alloc(arena, len);
    char *from = arena_copy(arena, plain.ptr, plain.len);
    CHECK_EQ(BZ_OK, BZ2_bzBuffToBuffCompress(to, &len, from, (unsigned)plain.len, 1, 0, 0));
    return str_make(to, len);
}

static const struct packer {
    const char *name;
    str (*pack)(struct arena *arena, str plain);
} packers[] = {{"gzip", pack_gzip}, {"zstd", pack_zstd}, {"xz", pack_xz}, {"bzip2", pack_bzip2}};
#define EACH_PACKER(each)                                                                          \
    const struct packer *each = packers;                                                           \
    each < packers + sizeof(packers) / sizeof(*packers);                                           \
    each++

/* Hands out memory in pieces of a given size, each at the same place, as blocks are reused. */
struct dribble {
    struct stream stream;
    str left;
    size_t step;
    char block[4096];
};

static int dribble_fill(struct stream *stream, struct err *err)
{
    (void)err;
    struct dribble *dribble = (struct dribble *)stream;
    str piece = str_sub(dribble->left, 0, dribble->step);
    dribble->left = str_from_index(dribble->left, piece.len);
    memset(dribble->block, 'X', sizeof(dribble->block));
    memcpy(dribble->block, piece.ptr, piece.len);
    stream->cursor = (const unsigned char *)dribble->block;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static const struct stream_ops dribble_ops = {.fill = dribble_fill};

/* Unpacks `packed`, given in pieces of `step` bytes. */
static int unpack(struct arena *arena, const struct packer *packer, str packed, size_t step,
                  str *ret, struct err *err)
{
    const struct codec *codec = codec_by_name(str_from(packer->name));
    struct dribble dribble = {{.ops = &dribble_ops}, packed, step, {0}};
    STREAM_SCOPED stream = codec->open(&dribble.stream, err);
    *ret = (str){0};
    return stream_read_all(stream, arena, MIB(64), ret, err);
}

static str sample(struct arena *arena, size_t len)
{
    char *bytes = arena_alloc(arena, len);
    uint32_t seed = 1;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (char)((seed >> 24) % (i % 4096 < 2048 ? 3 : 200));
    }
    return str_make(bytes, len);
}

TEST(codecs_unpack_what_was_packed)
{
    static const size_t sizes[] = {0, 1, 100, 70000, 1200000};
    static const size_t steps[] = {1, 2, 7, 100, 4096};
    for (EACH_PACKER(packer)) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            ARENA_SCOPED arena = {0};
            str plain = sample(&arena, sizes[i]), packed = packer->pack(&arena, plain), out;
            for (size_t j = 0; j < sizeof(steps) / sizeof(*steps); j++) {
                struct err err = {0};
                CHECK_OK(unpack(&arena, packer, packed, steps[j], &out, &err), &err);
                CHECK(str_eq(plain, out));
            }
        }
    }
}

TEST(codecs_go_on_to_the_next_member)
{
    for (EACH_PACKER(packer)) {
        ARENA_SCOPED arena = {0};
        str two = arena_join(&arena, packer->pack(&arena, STR("first ")), STR(""),
                             packer->pack(&arena, sample(&arena, 5000)));
        str three = arena_join(&arena, two, packer->pack(&arena, STR("")),
                               packer->pack(&arena, STR(" last")));
        str want = arena_join(&arena, STR("first "), sample(&arena, 5000), STR(" last")), out;
        for (size_t step = 1; step < 80; step++) {
            struct err err = {0};
            CHECK_OK(unpack(&arena, packer, three, step, &out, &err), &err);
            CHECK(str_eq(want, out));
        }
    }
}

TEST(codecs_notice_truncation_at_every_byte)
{
    for (EACH_PACKER(packer)) {
        ARENA_SCOPED arena = {0};
        str one = packer->pack(&arena, sample(&arena, 3000));
        str two = arena_join(&arena, one, STR(""), one), out;
        for (size_t len = 0; len < two.len; len++) {
            struct err err = {0};
            if (len == one.len)
                continue;
            CHECK(unpack(&arena, packer, str_sub(two, 0, len), 64, &out, &err) < 0);
            CHECK_EQ(ERR_FORMAT, err.kind);
            if (len > 16 && len < one.len)
                CHECK(str_ends(err_text(&err), STR("data ends early")));
        }
    }
}

TEST(codecs_refuse_trailing_garbage)
{
    for (EACH_PACKER(packer)) {
        ARENA_SCOPED arena = {0};
        str one = packer->pack(&arena, STR("hello")), out;
        str bad = arena_join(&arena, one, STR(""), STR("garbage garbage garbage"));
        for (size_t step = 1; step < 60; step++) {
            struct err err = {0};
            CHECK(unpack(&arena, packer, bad, step, &out, &err) < 0);
            CHECK_EQ(ERR_FORMAT, err.kind);
            /* liblzma goes on to the next stream itself and tells no such difference. */
            if (packer->pack != pack_xz)
                CHECK(str_starts(err_text(&err), STR("garbage behind the")));
        }
    }
}

TEST(codecs_notice_a_flipped_bit)
{
    for (EACH_PACKER(packer)) {
        ARENA_SCOPED arena = {0};
        str plain = sample(&arena, 3000), one = packer->pack(&arena, plain), out;
        for (size_t i = 0; i < one.len; i++) {
            struct err err = {0};
            str copy = arena_str(&arena, one);
            char *bytes = arena_copy(&arena, copy.ptr, copy.len);
            bytes[i] ^= 0x10;
            /* Some header bits (gzip's time) mean nothing: then the content must be right. */
            if (unpack(&arena, packer, str_make(bytes, one.len), 1000, &out, &err) == 0)
                CHECK(str_eq(plain, out));
        }
    }
}

TEST(gzip_takes_zero_padding_only)
{
    ARENA_SCOPED arena = {0};
    const struct packer *gzip = &packers[0];
    str one = gzip->pack(&arena, STR("hello")), out;
    str zeros = str_make(arena_alloc(&arena, 5000), 5000);
    str padded = arena_join(&arena, one, STR(""), zeros);
    str dirty = arena_join(&arena, padded, STR(""), STR("x"));
    for (size_t step = 1; step < 4000; step += 37) {
        struct err err = {0};
        CHECK_OK(unpack(&arena, gzip, padded, step, &out, &err), &err);
        CHECK_STR("hello", out);
        CHECK(unpack(&arena, gzip, dirty, step, &out, &err) < 0);
        CHECK_EQ(ERR_FORMAT, err.kind);
    }
}

TEST(gzip_with_all_header_fields)
{
    /* FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT; a stored block "hi". */
    static const char bytes[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\x03"
                                "\x04\0ABCD"
                                "name\0"
                                "comment\0"
                                "\x23\x47"
                                "\x01\x02\0\xfd\xffhi"
                                "\xac\x2a\x93\xd8\x02\0\0\0";
    ARENA_SCOPED arena = {0};
    for (size_t step = 1; step < sizeof(bytes); step++) {
        struct err err = {0};
        str out;
        CHECK_OK(unpack(&arena, &packers[0], str_make(bytes, sizeof(bytes) - 1), step, &out, &err),
                 &err);
        CHECK_STR("hi", out);
    }
}

TEST(zstd_passes_over_skippable_frames)
{
    static const char frame[] = "\x5a\x2a\x4d\x18\x05\0\0\0abcde";
    ARENA_SCOPED arena = {0};
    const struct packer *zstd = &packers[1];
    str skippable = str_make(frame, sizeof(frame) - 1), out;
    str one = zstd->pack(&arena, STR("hello"));
    str all = arena_join(&arena, arena_join(&arena, skippable, one, skippable), one, skippable);
    for (size_t step = 1; step < 80; step++) {
        struct err err = {0};
        CHECK_OK(unpack(&arena, zstd, all, step, &out, &err), &err);
        CHECK_STR("hellohello", out);
    }
    const struct codec *codec;
    struct err err = {0};
    STREAM_SCOPED source = stream_memory(all);
    CHECK_OK(codec_detect(source, &codec, &err), &err);
    CHECK(codec && str_eq(str_from(codec->name), STR("zstd")));
}

TEST(zstd_window_is_limited)
{
    /* A frame header that asks for 2^31 bytes of window. */
    static const char bytes[] = "\x28\xb5\x2f\xfd\x00\xa8\x01\0\0";
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    str out;
    CHECK(unpack(&arena, &packers[1], str_make(bytes, sizeof(bytes) - 1), 4096, &out, &err) < 0);
    CHECK_EQ(ERR_LIMIT, err.kind);
}

TEST(codec_detect_tells_formats_apart)
{
    ARENA_SCOPED arena = {0};
    const struct codec *codec;
    struct err err = {0};
    for (EACH_PACKER(packer)) {
        STREAM_SCOPED source = stream_memory(packer->pack(&arena, STR("")));
        CHECK_OK(codec_detect(source, &codec, &err), &err);
        CHECK(codec && str_eq(str_from(codec->name), str_from(packer->name)));
        CHECK_EQ(0, source->position);
    }
    static const str plain[] = {STR_INIT(""), STR_INIT("BZh9 is how bzip2 starts"),
                                STR_INIT("\x1f\x8b"), STR_INIT("(\xb5/"), STR_INIT("Package: a")};
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
        STREAM_SCOPED source = stream_memory(plain[i]);
        CHECK_OK(codec_detect(source, &codec, &err), &err);
        CHECK(codec == NULL);
    }
    CHECK(codec_by_name(STR("lzip")) == NULL);
}

TEST(codec_ratio_is_limited)
{
    struct err err = {0};
    CHECK_OK(codec_check_ratio(0, LIMIT_RATIO_FROM, &err), &err);
    CHECK_OK(codec_check_ratio(MIB(1), LIMIT_RATIO * MIB(1), &err), &err);
    CHECK(codec_check_ratio(1000, LIMIT_RATIO_FROM + 1, &err) < 0 && err.kind == ERR_LIMIT);
    CHECK(codec_check_ratio(MIB(1), (LIMIT_RATIO + 2) * MIB(1), &err) < 0);

    /* A frame whose blocks are runs of 128 KiB, four bytes each: 32,768 times its size. */
    enum { BLOCKS = 40000 };
    static const char header[] = "\x28\xb5\x2f\xfd\x00\x58";
    ARENA_SCOPED arena = {0};
    char *bomb = arena_alloc(&arena, sizeof(header) - 1 + BLOCKS * 4);
    memcpy(bomb, header, sizeof(header) - 1);
    for (size_t i = 0; i < BLOCKS; i++)
        memcpy(bomb + sizeof(header) - 1 + i * 4, "\x02\x00\x10\x00", 4);
    STREAM_SCOPED source = stream_memory(str_make(bomb, sizeof(header) - 1 + BLOCKS * 4));
    STREAM_SCOPED stream = codec_by_name(STR("zstd"))->open(source, &err);
    err_clear(&err);
    CHECK(stream_drain(stream, &err) < 0);
    CHECK_EQ(ERR_LIMIT, err.kind);
    CHECK(stream->position >= LIMIT_RATIO_FROM && stream->position < LIMIT_RATIO_FROM + MIB(300));
}

/* More than a block, in pieces and at once; comes back as it was. */
TEST(spool_gives_back_what_it_took)
{
    enum { LINES = 60000, ONCE = 700 << 10 };
    ARENA_SCOPED arena = {0};
    char *read_back = NULL, *big = arena_alloc(&arena, ONCE);
    size_t len = 0, at = 0;
    for (size_t i = 0; i < ONCE; i++)
        big[i] = (char)(i * i >> 3);
    FILE *copy = open_memstream(&read_back, &len);
    struct spool *spool = spool_open();
    for (unsigned i = 0; i < LINES; i++)
        fprintf(spool_stream(spool), "%09u\n", i);
    fwrite(big, 1, ONCE, spool_stream(spool));
    spool_copy(spool, copy);
    spool_close(spool);
    fclose(copy);
    CHECK(len == LINES * 10 + ONCE);
    for (unsigned i = 0; i < LINES && len == LINES * 10 + ONCE; i++, at += 10)
        CHECK(str_eq(str_make(read_back + at, 10), arena_printf(&arena, "%09u\n", i)));
    CHECK(len - at == ONCE && memcmp(read_back + at, big, ONCE) == 0);
    free(read_back);
    spool_close(NULL);
}
