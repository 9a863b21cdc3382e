// SPDX-License-Identifier: Apache-2.0
/*
 * OpenSSL's own documentation prefers EVP to the functions used here. They are used nevertheless:
 * fetching an EVP algorithm initialises providers, the configuration file and the error strings,
 * which takes longer than a whole scan of a cached image, and pulls all of that into a program
 * that links libcrypto statically.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "io/digest.h"

#include "base/die.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

union hash {
    SHA256_CTX sha256;
    SHA512_CTX sha512;
};

static const struct {
    str prefix;
    size_t size; /* of the digest, in bytes */
} algorithms[] = {
    [DIGEST_SHA256] = {STR_INIT("sha256:"), SHA256_DIGEST_LENGTH},
    [DIGEST_SHA512] = {STR_INIT("sha512:"), SHA512_DIGEST_LENGTH},
};

bool digest_parse(str text, enum digest_algorithm *ret_algorithm, str *ret_hex)
{
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) {
        str hex = text;
        if (!str_skip(&hex, algorithms[i].prefix))
            continue;
        for (size_t j = 0; j < hex.len; j++)
            if (!(hex.ptr[j] >= '0' && hex.ptr[j] <= '9') &&
                !(hex.ptr[j] >= 'a' && hex.ptr[j] <= 'f'))
                return false;
        *ret_algorithm = (enum digest_algorithm)i;
        *ret_hex = hex;
        return hex.len == algorithms[i].size * 2;
    }
    return false;
}

static void hash_begin(union hash *hash, enum digest_algorithm algorithm)
{
    if (algorithm == DIGEST_SHA256)
        SHA256_Init(&hash->sha256);
    else
        SHA512_Init(&hash->sha512);
}

static void hash_add(union hash *hash, enum digest_algorithm algorithm, str bytes)
{
    if (algorithm == DIGEST_SHA256)
        SHA256_Update(&hash->sha256, bytes.ptr, bytes.len);
    else
        SHA512_Update(&hash->sha512, bytes.ptr, bytes.len);
}

static str hex_of(struct arena *arena, str prefix, const unsigned char *raw, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char text[DIGEST_TEXT_MAX];
    size_t at = prefix.len;
    if (at)
        memcpy(text, prefix.ptr, at);
    for (size_t i = 0; i < size; i++) {
        text[at++] = digits[raw[i] >> 4];
        text[at++] = digits[raw[i] & 15];
    }
    return arena_str(arena, str_make(text, at));
}

static str hash_end(union hash *hash, enum digest_algorithm algorithm, struct arena *arena)
{
    unsigned char raw[SHA512_DIGEST_LENGTH];
    if (algorithm == DIGEST_SHA256)
        SHA256_Final(raw, &hash->sha256);
    else
        SHA512_Final(raw, &hash->sha512);
    return hex_of(arena, algorithms[algorithm].prefix, raw, algorithms[algorithm].size);
}

str digest_of(struct arena *arena, enum digest_algorithm algorithm, str bytes)
{
    union hash hash;
    hash_begin(&hash, algorithm);
    hash_add(&hash, algorithm, bytes);
    return hash_end(&hash, algorithm, arena);
}

/*
 * The helper's ring. Bytes are copied into a block, because the source reuses its own for the next
 * piece. Sources with several blocks would make that needless, but were measured to be slower: what
 * another core has read must be fetched back before it can be unpacked into again. Small pieces
 * share a block, and short streams never get a thread.
 */
enum { RING = 4, BLOCK = 256 << 10, HAND_OVER = 128 << 10, STARTS_AT = 512 << 10 };

struct helper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned char *blocks[RING];
    size_t lens[RING];
    uint64_t filled, hashed; /* blocks so far; block i is in slot i % RING */
    bool over;               /* no more blocks will be filled */
};

struct digest_stream {
    struct stream stream;
    struct stream *source;
    enum digest_algorithm algorithm;
    bool wants_helper, at_end;
    union hash hash;
    size_t pending; /* bytes in the block that is being filled */
    struct helper *helper;
};

static void *help(void *argument)
{
    struct digest_stream *digest = argument;
    struct helper *helper = digest->helper;
    pthread_mutex_lock(&helper->lock);
    for (;;) {
        while (helper->hashed == helper->filled && !helper->over)
            pthread_cond_wait(&helper->changed, &helper->lock);
        if (helper->hashed == helper->filled)
            break;
        size_t slot = helper->hashed % RING;
        pthread_mutex_unlock(&helper->lock);
        hash_add(&digest->hash, digest->algorithm,
                 str_make(helper->blocks[slot], helper->lens[slot]));
        pthread_mutex_lock(&helper->lock);
        helper->hashed++;
        pthread_cond_signal(&helper->changed);
    }
    pthread_mutex_unlock(&helper->lock);
    return NULL;
}

/* Without a thread (there may be none left to have) the hashing is done here: the same result. */
static void helper_start(struct digest_stream *digest)
{
    struct helper *helper = die_malloc(sizeof(*helper));
    *helper =
        (struct helper){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    digest->helper = helper;
    if (pthread_create(&helper->thread, NULL, help, digest) == 0)
        return;
    digest->helper = NULL;
    free(helper);
}

static void hand_over(struct digest_stream *digest)
{
    struct helper *helper = digest->helper;
    if (digest->pending == 0)
        return;
    pthread_mutex_lock(&helper->lock);
    helper->lens[helper->filled % RING] = digest->pending;
    helper->filled++;
    pthread_cond_signal(&helper->changed);
    /* The next block must be free before anyone writes to it. */
    while (helper->filled - helper->hashed == RING)
        pthread_cond_wait(&helper->changed, &helper->lock);
    pthread_mutex_unlock(&helper->lock);
    digest->pending = 0;
}

static void helper_join(struct digest_stream *digest)
{
    struct helper *helper = digest->helper;
    if (!helper)
        return;
    pthread_mutex_lock(&helper->lock);
    helper->over = true;
    pthread_cond_signal(&helper->changed);
    pthread_mutex_unlock(&helper->lock);
    pthread_join(helper->thread, NULL);
    pthread_cond_destroy(&helper->changed);
    pthread_mutex_destroy(&helper->lock);
    for (size_t i = 0; i < RING; i++)
        free(helper->blocks[i]);
    free(helper);
    digest->helper = NULL;
}

static void give(struct digest_stream *digest, str piece)
{
    struct helper *helper = digest->helper;
    while (piece.len) {
        size_t slot = helper->filled % RING, room = BLOCK - digest->pending;
        str part = str_sub(piece, 0, room);
        if (!helper->blocks[slot])
            helper->blocks[slot] = die_malloc(BLOCK);
        memcpy(helper->blocks[slot] + digest->pending, part.ptr, part.len);
        digest->pending += part.len;
        if (digest->pending >= HAND_OVER)
            hand_over(digest);
        piece = str_from_index(piece, part.len);
    }
}

static int digest_fill(struct stream *stream, struct err *err)
{
    struct digest_stream *digest = (struct digest_stream *)stream;
    str piece;
    if (stream_next(digest->source, SIZE_MAX, &piece, err) < 0)
        return -1;
    if (piece.len == 0) {
        if (digest->helper)
            hand_over(digest);
        helper_join(digest);
        digest->at_end = true;
        return 0;
    }
    if (digest->wants_helper && stream->position >= STARTS_AT) {
        digest->wants_helper = false;
        helper_start(digest);
    }
    if (digest->helper)
        give(digest, piece);
    else
        hash_add(&digest->hash, digest->algorithm, piece);
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static void digest_close(struct stream *stream)
{
    helper_join((struct digest_stream *)stream);
    free(stream);
}

struct stream *digest_stream(struct stream *source, enum digest_algorithm algorithm, bool threaded)
{
    static const struct stream_ops ops = {.fill = digest_fill, .close = digest_close};
    struct digest_stream *digest = die_malloc(sizeof(*digest));
    *digest = (struct digest_stream){
        .stream.ops = &ops, .source = source, .algorithm = algorithm, .wants_helper = threaded};
    hash_begin(&digest->hash, algorithm);
    return &digest->stream;
}

str digest_stream_result(struct stream *stream, struct arena *arena)
{
    struct digest_stream *digest = (struct digest_stream *)stream;
    INVARIANT(digest->at_end);
    union hash copy = digest->hash; /* so that asking twice gives the same */
    return hash_end(&copy, digest->algorithm, arena);
}

struct weak_state {
    MD5_CTX md5;
    SHA_CTX sha1;
};
_Static_assert(sizeof(struct weak_state) <= sizeof(struct weak_digest), "struct weak_digest");

void weak_digest_begin(struct weak_digest *digest)
{
    struct weak_state *state = (struct weak_state *)digest->state;
    MD5_Init(&state->md5);
    SHA1_Init(&state->sha1);
}

void weak_digest_add(struct weak_digest *digest, str bytes)
{
    struct weak_state *state = (struct weak_state *)digest->state;
    MD5_Update(&state->md5, bytes.ptr, bytes.len);
    SHA1_Update(&state->sha1, bytes.ptr, bytes.len);
}

void weak_digest_end(struct weak_digest *digest, struct arena *arena, str *ret_md5, str *ret_sha1)
{
    struct weak_state *state = (struct weak_state *)digest->state;
    unsigned char md5[MD5_DIGEST_LENGTH], sha1[SHA_DIGEST_LENGTH];
    MD5_Final(md5, &state->md5);
    SHA1_Final(sha1, &state->sha1);
    *ret_md5 = hex_of(arena, (str){0}, md5, sizeof(md5));
    *ret_sha1 = hex_of(arena, (str){0}, sha1, sizeof(sha1));
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct strong_digest), "struct strong_digest");

void strong_digest_begin(struct strong_digest *digest)
{
    SHA256_Init((SHA256_CTX *)digest->state);
}

void strong_digest_add(struct strong_digest *digest, str bytes)
{
    SHA256_Update((SHA256_CTX *)digest->state, bytes.ptr, bytes.len);
}

str strong_digest_end(struct strong_digest *digest, struct arena *arena)
{
    unsigned char sum[SHA256_DIGEST_LENGTH];
    SHA256_Final(sum, (SHA256_CTX *)digest->state);
    return hex_of(arena, (str){0}, sum, sizeof(sum));
}
