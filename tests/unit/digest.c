// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/digest.h"
#include "tests/unit/test.h"

/* FIPS 180-2, appendices B and C. */
TEST(digest_known_vectors)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
              digest_of(&arena, DIGEST_SHA256, STR("")));
    CHECK_STR("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
              digest_of(&arena, DIGEST_SHA256, STR("abc")));
    CHECK_STR("sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
              digest_of(&arena, DIGEST_SHA256,
                        STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")));
    CHECK_STR("sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
              digest_of(&arena, DIGEST_SHA512, STR("abc")));
}

TEST(digest_parse_takes_what_oci_writes)
{
    enum digest_algorithm algorithm;
    ARENA_SCOPED arena = {0};
    str hex, sha256 = digest_of(&arena, DIGEST_SHA256, STR("a"));
    str sha512 = digest_of(&arena, DIGEST_SHA512, STR("a"));
    CHECK(digest_parse(sha256, &algorithm, &hex) && algorithm == DIGEST_SHA256 && hex.len == 64);
    CHECK(digest_parse(sha512, &algorithm, &hex) && algorithm == DIGEST_SHA512 && hex.len == 128);
    CHECK(!digest_parse(str_sub(sha256, 0, sha256.len - 1), &algorithm, &hex));
    CHECK(!digest_parse(arena_join(&arena, sha256, STR(""), STR("0")), &algorithm, &hex));
    CHECK(!digest_parse(hex, &algorithm, &hex));
    CHECK(!digest_parse(STR(""), &algorithm, &hex));
    CHECK(!digest_parse(STR("sha256:"), &algorithm, &hex));
    CHECK(!digest_parse(STR("md5:0cc175b9c0f1b6a831c399e269772661"), &algorithm, &hex));
    CHECK(!digest_parse(
        STR("sha256:E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &algorithm,
        &hex));
    CHECK(!digest_parse(
        STR("sha256:../0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &algorithm,
        &hex));
}

/* Pieces of one reused block, whose content changes with each. */
struct pieces {
    struct stream stream;
    str left;
    size_t step;
    bool fail;
    char block[512 << 10];
};

static int pieces_fill(struct stream *stream, struct err *err)
{
    struct pieces *pieces = (struct pieces *)stream;
    str piece = str_sub(pieces->left, 0, pieces->step);
    if (piece.len == 0 && pieces->fail)
        return err_set(err, ERR_IO, "broken");
    pieces->left = str_from_index(pieces->left, piece.len);
    for (size_t i = 0; i < piece.len; i++)
        pieces->block[i] = piece.ptr[i];
    stream->cursor = (const unsigned char *)pieces->block;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static const struct stream_ops pieces_ops = {.fill = pieces_fill};

static struct pieces *pieces_of(struct arena *arena, str bytes, size_t step)
{
    struct pieces *pieces = arena_new(arena, struct pieces);
    pieces->stream.ops = &pieces_ops;
    pieces->left = bytes;
    pieces->step = step;
    return pieces;
}

static str sample(struct arena *arena, size_t len)
{
    char *bytes = arena_alloc(arena, len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * i >> 8 ^ i);
    return str_make(bytes, len);
}

TEST(digest_stream_passes_and_digests)
{
    static const size_t steps[] = {100, 4096, 65537, 262144, 524288};
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        for (int mode = 0; mode < 4; mode++) {
            ARENA_SCOPED arena = {0};
            struct err err = {0};
            enum digest_algorithm algorithm = mode & 1 ? DIGEST_SHA512 : DIGEST_SHA256;
            str whole = sample(&arena, 3000001), seen;
            struct pieces *pieces = pieces_of(&arena, whole, steps[i]);
            STREAM_SCOPED stream = digest_stream(&pieces->stream, algorithm, mode & 2);
            CHECK(!stream_can_skip(stream));
            CHECK_OK(stream_skip(stream, 1000, &err), &err);
            CHECK_OK(stream_read_all(stream, &arena, MIB(8), &seen, &err), &err);
            CHECK(str_eq(str_from_index(whole, 1000), seen));
            str want = digest_of(&arena, algorithm, whole);
            CHECK(str_eq(want, digest_stream_result(stream, &arena)));
            CHECK(str_eq(want, digest_stream_result(stream, &arena)));
        }
    }
}

TEST(digest_stream_of_nothing)
{
    for (int threaded = 0; threaded < 2; threaded++) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        STREAM_SCOPED source = stream_memory(STR(""));
        STREAM_SCOPED stream = digest_stream(source, DIGEST_SHA256, threaded);
        CHECK_OK(stream_drain(stream, &err), &err);
        CHECK_STR("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                  digest_stream_result(stream, &arena));
    }
}

TEST(digest_stream_closed_early_or_broken)
{
    for (size_t read = 0; read < 2500000; read += 310000) {
        ARENA_SCOPED arena = {0};
        struct err err = {0};
        struct pieces *pieces = pieces_of(&arena, sample(&arena, 2500000), 262144);
        STREAM_SCOPED stream = digest_stream(&pieces->stream, DIGEST_SHA256, true);
        CHECK_OK(stream_skip(stream, read, &err), &err);
    }
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct pieces *pieces = pieces_of(&arena, sample(&arena, 1000), 100);
    pieces->fail = true;
    STREAM_SCOPED stream = digest_stream(&pieces->stream, DIGEST_SHA256, true);
    CHECK(stream_drain(stream, &err) < 0 && err.kind == ERR_IO);
}
