// SPDX-License-Identifier: Apache-2.0
/*
 * tarlist [--digest | --whole] FILE: lists an archive, which may be compressed: type, mode, uid,
 * gid, size, mtime, path and link, and with --digest the content's SHA-256. With --whole it reads
 * all and writes the SHA-256 of the file and of the archive in it, as a layer is verified.
 * For tests that ask other tar readers the same, and for measuring.
 */
#include "base/fd.h"
#include "io/codec.h"
#include "io/digest.h"
#include "io/tar.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

static void put_name(str name)
{
    putchar(' ');
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c > ' ' && c < 0x7f && c != '\\')
            putchar(c);
        else
            printf("\\x%02x", c);
    }
    if (name.len == 0)
        putchar('.');
}

static int put_digest(struct stream *content, struct err *err)
{
    ARENA_SCOPED arena = {0};
    STREAM_SCOPED digest = digest_stream(content, DIGEST_SHA256, false);
    if (stream_drain(digest, err) < 0)
        return -1;
    printf(" %s", digest_stream_result(digest, &arena).ptr);
    return 0;
}

static int list(struct stream *archive, bool with_digest, struct err *err)
{
    struct entry entry;
    int got;
    TAR_SCOPED tar = tar_open(archive);
    while ((got = tar_next(tar, &entry, err)) > 0) {
        printf("%c %04o %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64, "fdlhcbps"[entry.type],
               entry.mode, entry.uid, entry.gid, entry.size, entry.mtime);
        put_name(entry.path);
        if (entry.type == ENTRY_SYMLINK || entry.type == ENTRY_HARDLINK)
            put_name(entry.link);
        if (entry.type == ENTRY_CHARACTER || entry.type == ENTRY_BLOCK)
            printf(" %u,%u", entry.device_major, entry.device_minor);
        if (with_digest && entry.type == ENTRY_FILE && put_digest(tar_content(tar), err) < 0)
            return -1;
        putchar('\n');
    }
    return got;
}

static int whole(struct stream *source, struct err *err)
{
    ARENA_SCOPED arena = {0};
    STREAM_SCOPED packed = digest_stream(source, DIGEST_SHA256, true);
    const struct codec *codec;
    if (codec_detect(packed, &codec, err) < 0)
        return -1;
    STREAM_SCOPED archive = codec ? codec->open(packed, err) : NULL;
    if (codec && !archive)
        return -1;
    STREAM_SCOPED unpacked = digest_stream(codec ? archive : packed, DIGEST_SHA256, true);
    if (stream_drain(unpacked, err) < 0 || stream_drain(packed, err) < 0)
        return -1;
    puts(digest_stream_result(packed, &arena).ptr);
    puts(digest_stream_result(unpacked, &arena).ptr);
    return 0;
}

static int run(const char *path, str option, struct err *err)
{
    struct stat about;
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) < 0)
        return err_sys(err, "cannot open %s", path);
    STREAM_SCOPED source = stream_file(fd, 0, (uint64_t)about.st_size);
    if (str_eq(option, STR("--whole")))
        return whole(source, err);
    const struct codec *codec;
    if (codec_detect(source, &codec, err) < 0)
        return -1;
    if (!codec)
        return list(source, str_eq(option, STR("--digest")), err);
    STREAM_SCOPED archive = codec->open(source, err);
    return archive ? list(archive, str_eq(option, STR("--digest")), err) : -1;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    if (argc < 2 || argc > 3) {
        fputs("usage: tarlist [--digest | --whole] FILE\n", stderr);
        return 2;
    }
    if (run(argv[argc - 1], str_from(argc == 3 ? argv[1] : NULL), &err) == 0)
        return fclose(stdout) != 0;
    fflush(stdout);
    fprintf(stderr, "tarlist: %s\n", err.message);
    return 1;
}
