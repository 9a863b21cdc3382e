// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/image_writer.h"

#include "base/fd.h"
#include "base/limits.h"
#include "io/digest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 512, MOST = 64 << 20 };

void tar_put(struct buf *tar, char type, const char *path, str content)
{
    char block[BLOCK] = {0};
    static const char zeros[BLOCK];
    bool link = type == '1' || type == '2';
    size_t size = type == '0' ? content.len : 0;
    if (!tar->max)
        *tar = buf_make(MOST);
    snprintf(block, 100, "%s", path);
    snprintf(block + 100, 8, "%07o", type == '5' ? 0755u : 0644u);
    snprintf(block + 108, 8, "%07o", 0u);
    snprintf(block + 116, 8, "%07o", 0u);
    snprintf(block + 124, 12, "%011zo", size);
    snprintf(block + 136, 12, "%011o", 0u);
    block[156] = type;
    if (link)
        memcpy(block + 157, content.ptr, content.len < 100 ? content.len : 100);
    memcpy(block + 257, "ustar\00000", 8);
    if (type == '3' || type == '4') {
        snprintf(block + 329, 8, "%07o", content.len ? 1u : 0u);
        snprintf(block + 337, 8, "%07o", content.len ? 3u : 0u);
    }
    memset(block + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
    buf_add(tar, block, BLOCK);
    buf_add(tar, content.ptr, size);
    if (size % BLOCK)
        buf_add(tar, zeros, BLOCK - size % BLOCK);
}

void tar_file(struct buf *tar, const char *path, const char *content)
{
    tar_put(tar, '0', path, str_from(content));
}

void tar_folder(struct buf *tar, const char *path)
{
    tar_put(tar, '5', path, (str){0});
}

void tar_link(struct buf *tar, const char *path, const char *target)
{
    tar_put(tar, '2', path, str_from(target));
}

void tar_hard(struct buf *tar, const char *path, const char *target)
{
    tar_put(tar, '1', path, str_from(target));
}

void tar_finish(struct buf *tar)
{
    static const char zeros[2 * BLOCK];
    if (!tar->max)
        *tar = buf_make(MOST);
    buf_add(tar, zeros, sizeof(zeros));
}

static uint32_t crc32_of(str bytes)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_little(struct buf *to, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_char(to, (char)(value >> (8 * i)));
}

str gzip_of(struct arena *arena, str bytes)
{
    BUF_SCOPED out = buf_make(MOST * 2);
    buf_add(&out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (size_t at = 0;;) {
        str piece = str_sub(bytes, at, 0xffff);
        at += piece.len;
        buf_add_char(&out, at == bytes.len);
        put_little(&out, (uint32_t)piece.len, 2);
        put_little(&out, ~(uint32_t)piece.len, 2);
        buf_add_str(&out, piece);
        if (at == bytes.len)
            break;
    }
    put_little(&out, crc32_of(bytes), 4);
    put_little(&out, (uint32_t)bytes.len, 4);
    return arena_str(arena, buf_str(&out));
}

struct buf *image_layer(struct test_image *image)
{
    if (image->count)
        tar_finish(&image->layers[image->count - 1]);
    struct buf *layer = &image->layers[image->count++];
    *layer = buf_make(MOST);
    return layer;
}

static void finish_layers(struct test_image *image)
{
    if (image->count && !image->finished)
        tar_finish(&image->layers[image->count - 1]);
    image->finished = true;
}

str image_config(struct test_image *image)
{
    BUF_SCOPED out = buf_make(MOST);
    const char *architecture = image->platform ? image->platform : "amd64";
    buf_printf(&out, "{\"os\":\"linux\",\"architecture\":\"%s\",", architecture);
    buf_printf(&out, "\"created\":\"2024-01-02T03:04:05Z\",\"rootfs\":{\"diff_ids\":[");
    for (size_t i = 0; i < image->count; i++) {
        str id = digest_of(image->arena, DIGEST_SHA256, buf_str(&image->layers[i]));
        if (i == 0 && image->wrong_diff)
            id = str_from(image->wrong_diff);
        buf_printf(&out, "%s\"%.*s\"", i ? "," : "", STR_ARG(id));
    }
    buf_printf(&out, "]},\"history\":[{\"created_by\":\"ENV\",\"empty_layer\":true}");
    for (size_t i = 0; i < image->count; i++)
        buf_printf(&out, ",{\"created_by\":\"step %zu\"}", i);
    buf_printf(&out, "]}");
    return arena_str(image->arena, buf_str(&out));
}

static str hex_of(struct arena *arena, str bytes)
{
    return str_from_index(digest_of(arena, DIGEST_SHA256, bytes), strlen("sha256:"));
}

str image_docker_archive(struct test_image *image)
{
    struct arena *arena = image->arena;
    BUF_SCOPED out = buf_make(MOST), manifest = buf_make(MOST);
    finish_layers(image);
    str config = image_config(image);
    str name = arena_printf(arena, "%.*s.json", STR_ARG(hex_of(arena, config)));
    tar_put(&out, '0', name.ptr, config);
    buf_printf(&manifest, "[{\"Config\":\"%s\",\"RepoTags\":[\"test/app:1\"],\"Layers\":[",
               name.ptr);
    for (size_t i = 0; i < image->count; i++) {
        str layer = arena_printf(arena, "layer%zu/layer.tar", i);
        tar_put(&out, '0', layer.ptr, buf_str(&image->layers[i]));
        buf_printf(&manifest, "%s\"%s\"", i ? "," : "", layer.ptr);
    }
    buf_printf(&manifest, "]}]");
    tar_put(&out, '0', "manifest.json", buf_str(&manifest));
    tar_finish(&out);
    return arena_str(arena, buf_str(&out));
}

str image_add_blob(struct arena *arena, struct buf *tar, const char *media_type, str bytes)
{
    str digest = digest_of(arena, DIGEST_SHA256, bytes);
    str name = arena_printf(arena, "blobs/sha256/%.*s",
                            STR_ARG(str_from_index(digest, strlen("sha256:"))));
    tar_put(tar, '0', name.ptr, bytes);
    return arena_printf(arena, "{\"mediaType\":\"%s\",\"digest\":\"%.*s\",\"size\":%zu}",
                        media_type, STR_ARG(digest), bytes.len);
}

str image_oci_archive(struct test_image *image)
{
    struct arena *arena = image->arena;
    BUF_SCOPED out = buf_make(MOST), manifest = buf_make(MOST);
    finish_layers(image);
    tar_file(&out, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    str config = image_add_blob(arena, &out, "application/vnd.oci.image.config.v1+json",
                                image_config(image));
    buf_printf(&manifest, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[", config.ptr);
    for (size_t i = 0; i < image->count; i++) {
        str bytes = buf_str(&image->layers[i]);
        str layer = image_add_blob(arena, &out, "application/vnd.oci.image.layer.v1.tar",
                                   image->gzip ? gzip_of(arena, bytes) : bytes);
        buf_printf(&manifest, "%s%s", i ? "," : "", layer.ptr);
    }
    buf_printf(&manifest, "]}");
    str entry = image_add_blob(arena, &out, "application/vnd.oci.image.manifest.v1+json",
                               buf_str(&manifest));
    str index = arena_printf(arena, "{\"schemaVersion\":2,\"manifests\":[%s]}", entry.ptr);
    tar_put(&out, '0', "index.json", index);
    tar_finish(&out);
    return arena_str(arena, buf_str(&out));
}

void image_free(struct test_image *image)
{
    for (size_t i = 0; i < image->count; i++)
        buf_free(&image->layers[i]);
}

const char *image_file(struct arena *arena, const char *name, str content)
{
    struct err err = {0};
    const char *path = arena_printf(arena, "%s/%s", test_folder(), name).ptr;
    FD_SCOPED fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    CHECK_OK(fd_write_all(fd, content.ptr, content.len, &err), &err);
    return path;
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    str line, name, version;
    if (str_starts(content, STR("broken")))
        return err_set(err, ERR_FORMAT, "does not look like a list");
    while (str_next_line(&content, &line)) {
        str_cut(line, ' ', &name, &version);
        struct fact *fact = fact_add(to, FACT_PACKAGE, entry->path);
        fact->package.type = STR("deb");
        fact->package.name = fact->package.source_name = arena_str(to->arena, name);
        fact->package.version = fact->package.source_version = arena_str(to->arena, version);
    }
    return 0;
}

static const char *const paths[] = {"etc/list", "etc/list.d/*", "usr/etc/list", NULL};
static const struct collector lists = {.name = "lists",
                                       .version = 1,
                                       .wants = WANT_PACKAGES,
                                       .limit = 100000,
                                       .paths = paths,
                                       .collect = collect};
static const struct collector lists_newer = {.name = "lists",
                                             .version = 2,
                                             .wants = WANT_PACKAGES,
                                             .limit = 100000,
                                             .paths = paths,
                                             .collect = collect};
const struct collector *const image_collectors[] = {&lists, NULL};
const struct collector *const image_collectors_newer[] = {&lists_newer, NULL};

int image_scan(struct arena *arena, const char *target, const struct image_options *options,
               struct image_result *ret, struct err *err)
{
    struct image_reader *reader;
    if (image_open(arena, target, options, &reader, err) < 0)
        return -1;
    int result = image_read(reader, image_collectors, arena, ret, err);
    image_close(reader);
    return result;
}

str image_facts(struct arena *arena, const struct image_result *result)
{
    BUF_SCOPED out = buf_make(MOST);
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct fact *fact = &result->facts.items[i];
        if (fact->kind == FACT_PACKAGE)
            buf_printf(&out, "%u %.*s: %.*s %.*s\n", fact->layer, STR_ARG(fact->path),
                       STR_ARG(fact->package.name), STR_ARG(fact->package.version));
        if (fact->kind == FACT_GAP)
            buf_printf(&out, "gap %.*s: %.*s\n", STR_ARG(fact->gap.path),
                       STR_ARG(fact->gap.reason));
    }
    return arena_str(arena, buf_str(&out));
}

str image_files(struct arena *arena, const struct image_result *result)
{
    BUF_SCOPED out = buf_make(MOST);
    for (size_t i = 0; i < result->files.count; i++) {
        const struct merged_entry *file = &result->files.items[i];
        buf_printf(&out, "%c %u %.*s", "-dlhcbps"[file->entry.type], file -> layer,
                   STR_ARG(file->entry.path));
        if (file->entry.type == ENTRY_FILE)
            buf_printf(&out, " %llu", (unsigned long long)file->entry.size);
        buf_add_char(&out, '\n');
    }
    return arena_str(arena, buf_str(&out));
}
