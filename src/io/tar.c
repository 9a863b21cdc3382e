// SPDX-License-Identifier: Apache-2.0
#include "io/tar.h"

#include "base/die.h"
#include "base/limits.h"
#include "base/path.h"
#include "io/tar_header.h"

#include <stdlib.h>
#include <string.h>

struct tar {
    struct stream content; /* first: the content stream is the reader itself, seen as a stream */
    struct stream *source;
    struct arena scratch;           /* of the current entry */
    unsigned char block[TAR_BLOCK]; /* its header: names point into it */
    uint64_t entries;

    uint64_t stored; /* bytes of the current content that are still in the source */
    uint64_t padding;
    uint64_t content_at, content_size; /* the content's place in the source, where it is plain */

    /* A sparse entry: `map` says where stored bytes belong; `at` counts expanded bytes. */
    bool is_sparse;
    struct tar_map map;
    size_t part;
    uint64_t at, real_size;

    bool at_end, broken;
};

/* What extended headers said about the entry that follows them. */
struct extensions {
    struct tar_pax pax;
    str gnu_name, gnu_link;
};

static const unsigned char zeros[4096];

/* --- content ---------------------------------------------------------------------------------- */

static int fill_plain(struct tar *tar, uint64_t most, struct err *err)
{
    str piece;
    if (most > tar->stored)
        most = tar->stored;
    if (most == 0)
        return 0;
    if (stream_next(tar->source, most > SIZE_MAX ? SIZE_MAX : (size_t)most, &piece, err) < 0)
        return -1;
    if (piece.len == 0)
        return err_set(err, ERR_FORMAT, "tar: ends early, within a file");
    tar->stored -= piece.len;
    tar->content.cursor = (const unsigned char *)piece.ptr;
    tar->content.end = tar->content.cursor + piece.len;
    return 0;
}

static void fill_hole(struct tar *tar, uint64_t until)
{
    uint64_t len = until - tar->at < sizeof(zeros) ? until - tar->at : sizeof(zeros);
    tar->content.cursor = zeros;
    tar->content.end = zeros + len;
}

static int content_fill(struct stream *stream, struct err *err)
{
    struct tar *tar = (struct tar *)stream;
    if (!tar->is_sparse)
        return fill_plain(tar, UINT64_MAX, err);
    while (tar->part < tar->map.count) {
        const struct tar_part *part = &tar->map.items[tar->part];
        if (tar->at < part->offset) {
            fill_hole(tar, part->offset);
            break;
        }
        if (tar->at < part->offset + part->length) {
            if (fill_plain(tar, part->offset + part->length - tar->at, err) < 0)
                return -1;
            break;
        }
        tar->part++;
    }
    if (tar->part == tar->map.count && tar->at < tar->real_size)
        fill_hole(tar, tar->real_size);
    tar->at += (uint64_t)(stream->end - stream->cursor);
    return 0;
}

/* By reading: nobody seeks in a sparse file of a layer. */
static int64_t skip_expanded(struct tar *tar, uint64_t count, struct err *err)
{
    struct stream *content = &tar->content;
    uint64_t left = count;
    while (left) {
        if (content->cursor == content->end && content_fill(content, err) < 0)
            return -1;
        uint64_t ready = (uint64_t)(content->end - content->cursor);
        if (ready == 0)
            break;
        uint64_t take = ready < left ? ready : left;
        content->cursor += take;
        left -= take;
    }
    return (int64_t)(count - left);
}

static int64_t content_skip(struct stream *stream, uint64_t count, struct err *err)
{
    struct tar *tar = (struct tar *)stream;
    if (tar->is_sparse)
        return skip_expanded(tar, count, err);
    if (count > tar->stored)
        count = tar->stored;
    if (stream_skip(tar->source, count, err) < 0)
        return -1;
    tar->stored -= count;
    return (int64_t)count;
}

static int content_read_at(struct stream *stream, uint64_t position, void *to, size_t len,
                           size_t *ret_len, struct err *err)
{
    const struct tar *tar = (const struct tar *)stream;
    if (position >= tar->content_size)
        return 0;
    if (len > tar->content_size - position)
        len = (size_t)(tar->content_size - position);
    return stream_read_at(tar->source, tar->content_at + position, to, len, ret_len, err);
}

static void content_close(struct stream *stream)
{
    (void)stream; /* it is a part of the reader */
}

struct stream *tar_content(struct tar *tar)
{
    return &tar->content;
}

bool tar_content_offset(const struct tar *tar, uint64_t *ret_offset)
{
    *ret_offset = tar->content_at;
    return !tar->is_sparse;
}

/* What the content can do depends on the source, and on whether it stands there in one piece. */
static const struct stream_ops *content_ops(const struct tar *tar)
{
    static const struct stream_ops reading = {.fill = content_fill, .close = content_close};
    static const struct stream_ops skipping = {
        .fill = content_fill, .skip = content_skip, .close = content_close};
    static const struct stream_ops anywhere = {.fill = content_fill,
                                               .skip = content_skip,
                                               .close = content_close,
                                               .read_at = content_read_at};
    if (!stream_can_skip(tar->source))
        return &reading;
    return stream_can_read_at(tar->source) && !tar->is_sparse ? &anywhere : &skipping;
}

/* --- reading headers -------------------------------------------------------------------------- */

struct tar *tar_open(struct stream *source)
{
    struct tar *tar = die_malloc(sizeof(*tar));
    *tar = (struct tar){.source = source};
    tar->content.ops = content_ops(tar);
    return tar;
}

void tar_close(struct tar *tar)
{
    if (!tar)
        return;
    arena_free(&tar->scratch);
    free(tar);
}

void tar_close_scoped(struct tar **tar)
{
    tar_close(*tar);
    *tar = NULL;
}

/* A header block with a good checksum: 1; the end: 0. A single block of zeros that is followed by
 * something else is damage: what comes behind it must not be lost silently. */
static int read_header_block(struct tar *tar, unsigned char block[TAR_BLOCK], struct err *err)
{
    int got = tar_read_block(tar->source, block, err);
    if (got == 1 && tar_is_zero(block)) {
        got = tar_read_block(tar->source, block, err);
        if (got == 1 && !tar_is_zero(block))
            return err_set(err, ERR_FORMAT, "tar: a block of zeros between entries");
        return got < 0 ? -1 : 0;
    }
    if (got == 1 && !tar_checksum_holds(block))
        return err_set(err, ERR_FORMAT, "tar: bad header checksum at byte %llu",
                       (unsigned long long)tar->source->position - TAR_BLOCK);
    return got;
}

static void set_content(struct tar *tar, uint64_t size)
{
    tar->stored = size;
    tar->padding = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

static int pass_content(struct tar *tar, struct err *err)
{
    uint64_t rest = tar->stored + tar->padding;
    tar->stored = tar->padding = 0;
    if (rest && stream_skip(tar->source, rest, err) < 0)
        return err_wrap(err, "tar");
    return 0;
}

/* The text of an extended header: a long name or pax records. */
static int read_extension(struct tar *tar, uint64_t size, str *ret, struct err *err)
{
    size_t len;
    if (size > LIMIT_TAR_EXTENSION)
        return err_set(err, ERR_LIMIT, "tar: extended header of %llu bytes",
                       (unsigned long long)size);
    char *text = arena_alloc(&tar->scratch, (size_t)size + 1);
    if (stream_read(tar->source, text, (size_t)size, &len, err) < 0)
        return -1;
    if (len < size)
        return err_set(err, ERR_FORMAT, "tar: ends early, within an extended header");
    tar->stored = 0;
    *ret = str_make(text, len);
    return pass_content(tar, err);
}

/* 1: `header` was an extension and is dealt with; 0: it is an entry of its own. */
static int take_extension(struct tar *tar, const struct tar_header *header,
                          struct extensions *extensions, struct err *err)
{
    str text;
    if (!header->type || !strchr("xXLKgVMN", header->type))
        return 0;
    if (header->size == TAR_NO_SIZE)
        return err_set(err, ERR_FORMAT, "tar: a negative size");
    set_content(tar, header->size);
    /*
     * A global header is read over, as Go's archive/tar does, which all engines use: to honour its
     * path= would let an image show us other names than it shows the engine. So are volume
     * labels and continuations, which are no files.
     */
    if (strchr("gVMN", header->type)) {
        *extensions = (struct extensions){0}; /* they were its own */
        return pass_content(tar, err) < 0 ? -1 : 1;
    }
    if (read_extension(tar, header->size, &text, err) < 0)
        return -1;
    if (header->type == 'L')
        extensions->gnu_name = str_sub(text, 0, str_find_char(text, 0));
    else if (header->type == 'K')
        extensions->gnu_link = str_sub(text, 0, str_find_char(text, 0));
    else if (tar_parse_pax(&tar->scratch, text, &extensions->pax, err) < 0)
        return err_wrap(err, "tar");
    return 1;
}

static enum entry_type type_of(const struct tar_header *header)
{
    switch (header->type) {
    case '1': return ENTRY_HARDLINK;
    case '2': return ENTRY_SYMLINK;
    case '3': return ENTRY_CHARACTER;
    case '4': return ENTRY_BLOCK;
    case '5':
    case 'D': return ENTRY_DIRECTORY;
    case '6': return ENTRY_FIFO;
    /* V7 had no type for directories. */
    case 0: return str_ends(header->name, STR("/")) ? ENTRY_DIRECTORY : ENTRY_FILE;
    default: return ENTRY_FILE; /* '0', '7', 'S', and unknown types, as POSIX says */
    }
}

/* The sizes of links, folders and devices mean nothing, whatever they are. */
static bool has_content(const struct tar_header *header, enum entry_type type)
{
    return (header->type < '1' || header->type > '6') &&
           (type != ENTRY_DIRECTORY || header->type == 'D');
}

/* Finds out whether the entry is sparse, and reads its map. */
static int read_map(struct tar *tar, const struct tar_header *header, const struct tar_pax *pax,
                    bool content, struct err *err)
{
    enum tar_sparse format = tar_pax_sparse(pax);
    if (header->type != 'S' && format == TAR_NOT_SPARSE)
        return 0;
    if (!content)
        return err_set(err, ERR_FORMAT, "tar: a sparse file that is none");
    tar->is_sparse = true;
    if (header->type == 'S') {
        if (tar_read_old_map(&tar->scratch, tar->source, tar->block, &tar->map, &tar->real_size,
                             err) < 0)
            return -1;
    } else if (tar_pax_real_size(pax, tar->stored, &tar->real_size, err) < 0) {
        return -1;
    } else if (format == TAR_MAP_IN_DATA) {
        if (tar_read_new_map(&tar->scratch, tar->source, &tar->stored, &tar->map, err) < 0)
            return -1;
    } else if (tar_pax_map(&tar->scratch, pax, &tar->map, err) < 0) {
        return -1;
    }
    return tar_check_map(&tar->map, tar->real_size, tar->stored, err);
}

/* --- entries ---------------------------------------------------------------------------------- */

/* What extended headers say takes the place of what the header says; of names that are said in
 * several ways, GNU's goes before pax's. */
static int apply_extensions(struct tar_header *header, const struct extensions *extensions,
                            struct err *err)
{
    if (tar_apply_pax(&extensions->pax, header, err) < 0)
        return -1;
    if (extensions->gnu_name.len)
        header->name = extensions->gnu_name;
    if (extensions->gnu_link.len)
        header->link = extensions->gnu_link;
    return 0;
}

static void fill_entry(struct tar *tar, const struct tar_header *header, const struct tar_pax *pax,
                       enum entry_type type, struct entry *entry)
{
    /* A sparse file's other names are made up, for readers that know nothing of it. */
    bool sparse_name =
        pax->sparse_name.len && header->type != 'S' && tar_pax_sparse(pax) != TAR_NOT_SPARSE;
    bool odd_link = false;
    *entry = (struct entry){
        .type = type,
        .mode = (uint32_t)header->mode & 07777,
        .uid = header->uid,
        .gid = header->gid,
        .mtime = header->mtime,
        .device_major = (uint32_t)header->device_major,
        .device_minor = (uint32_t)header->device_minor,
        .capability = pax->capability,
    };
    entry->path =
        path_clean(&tar->scratch, sparse_name ? pax->sparse_name : header->name, &entry->odd_path);
    if (entry->type == ENTRY_HARDLINK)
        entry->link = path_clean(&tar->scratch, header->link, &odd_link);
    else if (entry->type == ENTRY_SYMLINK)
        entry->link = header->link;
    entry->odd_path |= odd_link;
    if (entry->type == ENTRY_FILE)
        entry->size = tar->is_sparse ? tar->real_size : tar->stored;
}

static void forget_entry(struct tar *tar)
{
    tar->is_sparse = false;
    tar->content = (struct stream){.ops = content_ops(tar)};
    tar->map = (struct tar_map){0};
    tar->part = 0;
    tar->at = tar->real_size = 0;
    arena_reset(&tar->scratch);
}

static int next_entry(struct tar *tar, struct entry *ret_entry, struct err *err)
{
    struct extensions extensions = {0};
    struct tar_header header;
    uint64_t extension_bytes = 0;
    for (;;) {
        int got = read_header_block(tar, tar->block, err);
        if (got <= 0)
            return got;
        if (tar_parse_header(&tar->scratch, tar->block, &header, err) < 0)
            return -1;
        int taken = take_extension(tar, &header, &extensions, err);
        if (taken < 0)
            return -1;
        if (taken == 0)
            break;
        /* Extensions without end before an entry: all of them are held in memory. */
        extension_bytes += header.size + TAR_BLOCK;
        if (extension_bytes > 4 * LIMIT_TAR_EXTENSION)
            return err_set(err, ERR_LIMIT, "tar: too many extended headers");
    }
    if (++tar->entries > LIMIT_LAYER_ENTRIES)
        return err_set(err, ERR_LIMIT, "tar: more than %llu entries",
                       (unsigned long long)LIMIT_LAYER_ENTRIES);
    if (apply_extensions(&header, &extensions, err) < 0)
        return err_wrap(err, "tar");
    enum entry_type type = type_of(&header);
    bool content = has_content(&header, type);
    if (content && header.size == TAR_NO_SIZE)
        return err_set(err, ERR_FORMAT, "tar: a negative size");
    set_content(tar, content ? header.size : 0);
    if (read_map(tar, &header, &extensions.pax, content, err) < 0)
        return -1;
    tar->content_at = tar->source->position;
    tar->content_size = tar->stored;
    tar->content.ops = content_ops(tar);
    fill_entry(tar, &header, &extensions.pax, type, ret_entry);
    if (ret_entry->path.len > LIMIT_PATH || ret_entry->link.len > LIMIT_PATH)
        return err_set(err, ERR_LIMIT, "tar: a name longer than %llu bytes",
                       (unsigned long long)LIMIT_PATH);
    return 1;
}

int tar_next(struct tar *tar, struct entry *ret_entry, struct err *err)
{
    if (tar->broken)
        return err_set(err, ERR_FORMAT, "tar: cannot go on after an error");
    if (tar->at_end)
        return 0;
    int got = pass_content(tar, err);
    if (got == 0) {
        forget_entry(tar);
        got = next_entry(tar, ret_entry, err);
        tar->at_end = got == 0;
    }
    tar->broken = got < 0;
    return got;
}

bool tar_looks_like(str first_block)
{
    return first_block.len >= TAR_BLOCK && !tar_is_zero((const unsigned char *)first_block.ptr) &&
           tar_checksum_holds((const unsigned char *)first_block.ptr);
}
