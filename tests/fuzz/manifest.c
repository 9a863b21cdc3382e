// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/die.h"
#include "base/limits.h"
#include "read/image/archive.h"
#include "read/image/merge.h"

#include <stdio.h>
#include <string.h>

/*
 * An archive as text, so that mutations reach what stands behind digests and tar's checksums:
 * pieces that begin with a line "@NAME" ("@" alone: named by its digest, as blobs are), in whose
 * content "$1" to "$9" stand for the digests of the pieces before. A piece whose name ends in '/'
 * is a layer: its lines are "PATH" or "PATH=CONTENT" or "PATH>LINK". The harness makes the tar.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    if (str_starts(content, STR("!")))
        return err_set(err, ERR_FORMAT, "no");
    struct fact *fact = fact_add(to, FACT_PACKAGE, entry->path);
    fact->package.type = STR("deb");
    fact->package.name = arena_str(to->arena, str_sub(content, 0, 10));
    fact->package.version = STR("1");
    return 0;
}
static const char *const paths[] = {"a", "d/*", "d/e/*x", NULL};
static const struct collector lists = {
    .name = "l", .wants = WANT_PACKAGES, .limit = 64, .paths = paths, .collect = collect};
static const struct collector *const collectors[] = {&lists, NULL};

static void put(struct buf *tar, char type, str path, str content)
{
    char block[512] = {0};
    static const char zeros[512];
    size_t length = type == '0' ? content.len : 0;
    if (path.len)
        memcpy(block, path.ptr, path.len < 100 ? path.len : 100);
    snprintf(block + 100, 8, "%07o", 0644u);
    snprintf(block + 124, 12, "%011zo", length);
    block[156] = type;
    if (type != '0' && content.len)
        memcpy(block + 157, content.ptr, content.len < 100 ? content.len : 100);
    memcpy(block + 257, "ustar\00000", 8);
    memset(block + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof(block); i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
    buf_add(tar, block, sizeof(block));
    buf_add(tar, content.ptr, length);
    buf_add(tar, zeros, (512 - length % 512) % 512);
}

static void add_layer(struct buf *tar, str text)
{
    str line, head, tail;
    while (str_next_line(&text, &line)) {
        if (str_cut(line, '=', &head, &tail))
            put(tar, '0', head, tail);
        else if (str_cut(line, '>', &head, &tail))
            put(tar, '2', head, tail);
        else if (str_cut(line, '~', &head, &tail))
            put(tar, '1', head, tail);
        else
            put(tar, str_ends(line, STR("/")) ? '5' : '0', line, (str){0});
    }
}

static str with_digests(struct arena *arena, str text, const str *digests, size_t count)
{
    BUF_SCOPED out = buf_make(MIB(1));
    for (size_t i = 0; i < text.len; i++) {
        size_t number = i + 1 < text.len ? (size_t)(text.ptr[i + 1] - '1') : count;
        if (text.ptr[i] == '$' && number < count) {
            buf_add_str(&out, digests[number]);
            i++;
        } else {
            buf_add_char(&out, text.ptr[i]);
        }
    }
    return arena_str(arena, buf_str(&out));
}

static str make_archive(struct arena *arena, str text)
{
    enum { PIECES = 9 };
    str digests[PIECES] = {{0}};
    BUF_SCOPED out = buf_make(MIB(16));
    for (size_t count = 0; count < PIECES && str_skip(&text, STR("@")); count++) {
        size_t end = str_find(text, STR("\n@"));
        str piece = str_sub(text, 0, end == STR_NONE ? text.len : end + 1);
        str name = {0};
        text = str_from_index(text, piece.len);
        str_next_line(&piece, &name);
        str content = with_digests(arena, piece, digests, count);
        BUF_SCOPED layer = buf_make(MIB(4));
        bool named = name.len && !str_eq(name, STR("/"));
        if (str_ends(name, STR("/"))) {
            add_layer(&layer, content);
            content = arena_str(arena, buf_str(&layer));
            name.len--;
        }
        digests[count] = digest_of(arena, DIGEST_SHA256, content);
        if (!named)
            name = blobs_name_of_digest(arena, digests[count]);
        put(&out, '0', name, content);
    }
    return arena_str(arena, buf_str(&out));
}

static void check_result(const struct walk *walk, const struct image *image)
{
    INVARIANT(image->kind.len > 0);
    INVARIANT(image->layers.count <= LIMIT_LAYERS);
    INVARIANT(walk->layer_count == image->layers.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image image = {0};
    struct fact_list facts = {0};
    struct merged_list files = {0};
    const struct image_options options = {.wants = WANT_PACKAGES | WANT_FILES,
                                          .jobs = 1,
                                          .platform = size % 2 ? "linux/arm64" : NULL};
    struct walk *walk = walk_begin(&arena, &options, collectors);
    STREAM_SCOPED stream = stream_memory(make_archive(&arena, str_make(data, size)));
    if (walk_archive_stream(walk, stream, size % 3 ? STR("") : STR("a"), &image, &err) == 0) {
        check_result(walk, &image);
        struct files tree = {0};
        merge_files(walk, &tree);
        merge_list(&arena, &tree, &files);
        merge_facts(walk, &tree, &facts);
        for (size_t i = 1; i < files.count; i++)
            INVARIANT(str_cmp(files.items[i - 1].entry.path, files.items[i].entry.path) < 0);
        for (size_t i = 0; i < facts.count; i++)
            INVARIANT(facts.items[i].layer < walk->layer_count || facts.items[i].layer == 0);
    } else {
        INVARIANT(err.kind != ERR_NONE);
    }
    walk_end(walk);
    return 0;
}
