// SPDX-License-Identifier: Apache-2.0
#include "read/image/archive.h"

#include "io/codec.h"
#include "io/tar.h"

bool archive_could_be(str head)
{
    const struct codec *codec = NULL;
    struct err ignored = {0};
    if (tar_looks_like(head))
        return true;
    STREAM_SCOPED stream = stream_memory(head);
    return codec_detect(stream, &codec, &ignored) == 0 && codec;
}

str archive_looks_like(str head)
{
    static const struct {
        str magic, what;
    } known[] = {
        {STR_INIT("\x7f"
                  "ELF"),
         STR_INIT("an ELF program or library")},
        {STR_INIT("PK\x03\x04"), STR_INIT("a ZIP archive")},
        {STR_INIT("!<arch>\n"), STR_INIT("an ar archive (.deb or .a)")},
        {STR_INIT("hsqs"), STR_INIT("a squashfs image")},
        {STR_INIT("QFI\xfb"), STR_INIT("a QCOW2 disk image")},
        {STR_INIT("07070"), STR_INIT("a cpio archive")},
        {STR_INIT("MZ"), STR_INIT("a Windows program")},
        {STR_INIT("#!"), STR_INIT("a script")},
        {STR_INIT("FROM "), STR_INIT("a Dockerfile")},
        {STR_INIT("{"), STR_INIT("a JSON document")},
        {STR_INIT("["), STR_INIT("a JSON document")},
        {STR_INIT("<"), STR_INIT("an HTML or XML document")},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (str_starts(head, known[i].magic))
            return known[i].what;
    return head.len == 0 ? STR("empty") : (str){0};
}

static int read_plain(struct walk *walk, const struct target *target, enum manifest_layout layout,
                      struct image *image, struct err *err)
{
    str damage;
    struct blobs *blobs = blobs_of_archive(walk->arena, target->fd, &damage, err);
    if (!blobs)
        return -1;
    if (layers_read_image(walk, blobs, layout, target->selector, image, err) < 0) {
        if (damage.len && err->kind != ERR_USAGE)
            err_set(err, ERR_FORMAT, "%.*s", STR_ARG(damage));
        return -1;
    }
    if (damage.len)
        walk_add_gap(walk, STR("archive"), damage);
    return 0;
}

int archive_read_file(struct walk *walk, const struct target *target, enum manifest_layout layout,
                      struct image *image, struct err *err)
{
    const struct codec *codec = NULL;
    struct stat st;
    if (fstat(target->fd, &st) < 0)
        return err_sys(err, "cannot look at the archive");
    STREAM_SCOPED stream = stream_file(target->fd, 0, (uint64_t)st.st_size);
    if (codec_detect(stream, &codec, err) < 0)
        return -1;
    if (codec)
        return archive_stream_read(walk, stream, layout, target->selector, image, err);
    if (tar_looks_like(target->head))
        return read_plain(walk, target, layout, image, err);
    str what = archive_looks_like(target->head);
    return err_set(err, ERR_FORMAT, "not an archive: it looks like %.*s",
                   STR_ARG(what.len ? what : STR("something else")));
}
