// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/path.h"
#include "io/codec.h"
#include "io/tar.h"
#include "read/image/archive.h"
#include "read/image/link.h"

#include <stdlib.h>
#include <string.h>

/*
 * An archive of blobs that passes once, in any order: often the manifest comes last. So every
 * blob that could be a layer is walked when it arrives, small documents are kept, and in the end
 * the manifest picks.
 */
struct arrival {
    str name;
    str link; /* is another name for this one */
    bool is_link, is_document, is_layer;
    str document;
    uint64_t size;
    /* of a layer: */
    struct layer_facts *facts;
    struct layer_reading reading;
    bool whole; /* nothing was lost because it passed only once */
    struct err damage;
    bool taken;
};

struct arrivals {
    struct blobs blobs;
    struct walk *walk;
    struct map by_name, by_digest; /* -> struct arrival */
    size_t count, layers;
};

enum { HEAD = 512 };

/* What was read ahead, then the rest of the source. */
struct head_stream {
    struct stream stream;
    struct stream *source;
    str head;
};

static int head_fill(struct stream *stream, struct err *err)
{
    struct head_stream *self = (struct head_stream *)stream;
    str piece = self->head;
    if (piece.len)
        self->head = (str){0};
    else if (stream_next(self->source, SIZE_MAX, &piece, err) < 0)
        return -1;
    if (piece.len == 0)
        return 0;
    stream->cursor = (const unsigned char *)piece.ptr;
    stream->end = stream->cursor + piece.len;
    return 0;
}

static void head_close(struct stream *stream)
{
    free(stream);
}

static struct stream *head_stream(str head, struct stream *source)
{
    static const struct stream_ops ops = {.fill = head_fill, .close = head_close};
    struct head_stream *self = die_malloc(sizeof(*self));
    *self = (struct head_stream){.stream.ops = &ops, .source = source, .head = head};
    return &self->stream;
}

static const struct arrival *find(const struct arrivals *all, str name)
{
    for (int depth = 0; depth < LIMIT_LINK_DEPTH; depth++) {
        uintptr_t *at = map_get(&all->by_name, name);
        const struct arrival *arrival = at ? (const struct arrival *)*at : NULL;
        if (!arrival || !arrival->is_link)
            return arrival;
        name = arrival->link;
    }
    return NULL;
}

static int get_document(struct blobs *blobs, struct arena *arena, str name, str *ret,
                        struct err *err)
{
    (void)arena;
    const struct arrival *arrival = find((struct arrivals *)blobs, name);
    if (!arrival || !arrival->is_document)
        return err_set(err, arrival ? ERR_FORMAT : ERR_NOT_FOUND, "%.*s %s", STR_ARG(name),
                       arrival ? "is not a JSON document that could be kept"
                               : "is not in the archive");
    *ret = arrival->document;
    return 0;
}

static bool has(struct blobs *blobs, str name)
{
    return find((struct arrivals *)blobs, name) != NULL;
}

static const struct blobs_ops stream_ops = {.document = get_document, .has = has};

static bool is_zero(str block)
{
    return block.len == HEAD && block.ptr[0] == 0 &&
           memcmp(block.ptr, block.ptr + 1, HEAD - 1) == 0;
}

static bool could_be_layer(struct stream *content, str head)
{
    const struct codec *codec = NULL;
    struct err ignored = {0};
    if (tar_looks_like(head) || is_zero(head))
        return true;
    return codec_detect(content, &codec, &ignored) == 0 && codec;
}

static void take_layer(struct arrivals *all, struct arrival *arrival, struct stream *content)
{
    struct walk *walk = all->walk;
    if (++all->layers > LIMIT_LAYERS) {
        err_set(&arrival->damage, ERR_LIMIT, "more than %d layers in the archive; not read",
                LIMIT_LAYERS);
        return;
    }
    arrival->is_layer = true;
    arrival->facts = walk_make_layer(walk);
    arrival->reading = (struct layer_reading){
        .packed = content,
        .once = true,
        .digest = true,
        .blob_algorithm =
            str_starts(arrival->name, STR("blobs/sha512/")) ? DIGEST_SHA512 : DIGEST_SHA256,
        .diff_algorithm = DIGEST_SHA256,
        .threaded = walk->jobs > 1,
    };
    layer_read_blob(&walk->rules, arrival->facts, &arrival->reading, &arrival->damage);
    arrival->whole = layer_walk_end(arrival->reading.walk);
    arrival->reading.packed = NULL;
    arrival->reading.walk = NULL;
    if (arrival->reading.blob_digest.len)
        *map_put(walk->arena, &all->by_digest, arrival->reading.blob_digest, NULL) =
            (uintptr_t)arrival;
    walk_layer_done(walk);
}

static int take_document(struct arrivals *all, struct arrival *arrival, struct stream *content,
                         str head, struct err *err)
{
    str start = str_trim(head);
    if (!str_starts(start, STR("{")) && !str_starts(start, STR("[")))
        return 0;
    struct err own = {0};
    if (arrival->size > LIMIT_DOCUMENT ||
        blobs_count_document(&all->blobs, arrival->size, &own) < 0) {
        walk_add_gap(all->walk, arrival->name, STR("too long, or one document too many; not read"));
        return 0;
    }
    if (stream_read_all(content, all->walk->arena, LIMIT_DOCUMENT, &arrival->document, err) < 0)
        return -1;
    arrival->is_document = true;
    return 0;
}

static int take_file(struct arrivals *all, struct arrival *arrival, struct stream *content,
                     struct err *err)
{
    char bytes[HEAD];
    size_t len;
    if (stream_read(content, bytes, sizeof(bytes), &len, err) < 0)
        return -1;
    STREAM_SCOPED whole = head_stream(str_make(bytes, len), content);
    if (could_be_layer(whole, str_make(bytes, len))) {
        /* Damage here is the layer's; if the archive itself is broken, the next header tells. */
        take_layer(all, arrival, whole);
        return 0;
    }
    return take_document(all, arrival, whole, str_make(bytes, len), err);
}

static int take_entry(struct arrivals *all, const struct entry *entry, struct stream *content,
                      struct err *err)
{
    struct arena *arena = all->walk->arena;
    if (++all->count > LIMIT_ARCHIVE_NAMES)
        return err_set(err, ERR_LIMIT, "more than %d names in the archive", LIMIT_ARCHIVE_NAMES);
    struct arrival *arrival = arena_new(arena, struct arrival);
    arrival->name = arena_str(arena, entry->path);
    arrival->size = entry->size;
    bool escapes = false;
    if (entry->type == ENTRY_SYMLINK) {
        arrival->link = link_resolve(arena, entry->path, entry->link, &escapes);
        arrival->is_link = !escapes && !str_starts(entry->link, STR("/"));
    } else if (entry->type == ENTRY_HARDLINK) {
        arrival->link = arena_str(arena, entry->link);
        arrival->is_link = true;
    } else if (entry->type != ENTRY_FILE) {
        return 0;
    }
    *map_put(arena, &all->by_name, arrival->name, NULL) = (uintptr_t)arrival;
    return entry->type == ENTRY_FILE ? take_file(all, arrival, content, err) : 0;
}

/* To the end of the stream, so that whoever sends it can finish; but not after one who never
 * does. */
static int drain_padding(struct stream *plain, struct err *err)
{
    uint64_t limit = LIMIT_ARCHIVE_PADDING;
    str piece;
    do {
        if (stream_next(plain, SIZE_MAX, &piece, err) < 0)
            return -1;
        if (piece.len > limit)
            return err_set(err, ERR_LIMIT, "it goes on for more than %llu bytes behind its end",
                           LIMIT_ARCHIVE_PADDING);
        limit -= piece.len;
    } while (piece.len);
    return 0;
}

static int take_all(struct arrivals *all, struct stream *plain, struct err *err)
{
    TAR_SCOPED tar = tar_open(plain);
    struct entry entry;
    int more;
    while ((more = tar_next(tar, &entry, err)) > 0)
        if (take_entry(all, &entry, tar_content(tar), err) < 0)
            return -1;
    return more < 0 ? -1 : drain_padding(plain, err);
}

/* The layer that the manifest speaks of, by name, or by digest where it is named otherwise. */
static struct arrival *pick(const struct arrivals *all, const struct manifest_layer *layer)
{
    const struct arrival *named = layer->name.len ? find(all, layer->name) : NULL;
    if (!named || !named->is_layer) {
        uintptr_t *at = layer->digest.len ? map_get(&all->by_digest, layer->digest) : NULL;
        if (at)
            return (struct arrival *)*at;
    }
    if (!named)
        return NULL;
    uintptr_t *at = map_get(&all->by_name, named->name);
    return at ? (struct arrival *)*at : NULL;
}

static void check_and_keep(struct walk *walk, struct arrival *arrival,
                           const struct manifest_layer *layer)
{
    struct layer_facts *facts = arrival->facts;
    if (arrival->taken)
        return;
    arrival->taken = true;
    if (arrival->damage.kind) {
        layer_add_gap(facts, layers_label(&facts->arena, layer), err_text(&arrival->damage));
        return;
    }
    if (layer->size && layer->size != arrival->size) {
        layer_add_gap(facts, layers_label(&facts->arena, layer),
                      arena_printf(&facts->arena, "is %llu bytes long, not %llu",
                                   (unsigned long long)arrival->size,
                                   (unsigned long long)layer->size));
        return;
    }
    if (layers_check_digests(facts, layer, &arrival->reading) && arrival->whole && !facts->cut &&
        walk->cache)
        cache_save(walk->cache,
                   cache_key_content(walk->cache, &facts->arena, arrival->reading.diff_id), facts);
}

static void pick_layers(struct arrivals *all, const struct manifest_layer_list *layers,
                        struct image *image)
{
    struct walk *walk = all->walk;
    walk_set_layers(walk, layers->count);
    for (size_t i = 0; i < layers->count; i++) {
        const struct manifest_layer *layer = &layers->items[i];
        struct arrival *arrival = pick(all, layer);
        str problem = layer->problem;
        if (problem.len == 0 && !arrival)
            problem = STR("missing; not read");
        else if (problem.len == 0 && !arrival->is_layer)
            problem = arrival->damage.kind ? err_text(&arrival->damage)
                                           : STR("is not a tar archive; not read");
        if (problem.len) {
            walk_add_gap(walk, layers_label(walk->arena, layer), problem);
            continue;
        }
        check_and_keep(walk, arrival, layer);
        walk->layers[i] = arrival->facts;
        struct layer *to = &image->layers.items[i];
        to->size = arrival->size;
        if (to->digest.len == 0)
            to->digest = arrival->reading.blob_digest;
        if (to->diff_id.len == 0)
            to->diff_id = arrival->reading.diff_id;
    }
}

static int read_plain(struct walk *walk, struct stream *plain, enum manifest_layout layout,
                      str selector, struct image *image, struct err *err)
{
    struct arrivals all = {.blobs.ops = &stream_ops, .walk = walk};
    struct manifest_layer_list layers;
    struct err damage = {0};
    str head;
    if (stream_peek(plain, 1, &head, &damage) == 0 && head.len == 0)
        return err_set(err, ERR_FORMAT, "empty: no image came");
    take_all(&all, plain, &damage);
    if (manifest_choose(walk, &all.blobs, layout, selector, image, &layers, err) < 0) {
        /* Why there is no manifest matters more than that there is none. */
        if (damage.kind && err->kind != ERR_USAGE)
            *err = damage;
        return -1;
    }
    if (damage.kind)
        walk_add_gap(walk, STR("archive"), arena_str(walk->arena, err_text(&damage)));
    pick_layers(&all, &layers, image);
    return 0;
}

int walk_archive_stream(struct walk *walk, struct stream *stream, str selector, struct image *image,
                        struct err *err)
{
    return archive_stream_read(walk, stream, MANIFEST_ANY, selector, image, err);
}

int archive_stream_read(struct walk *walk, struct stream *stream, enum manifest_layout layout,
                        str selector, struct image *image, struct err *err)
{
    const struct codec *codec;
    if (codec_detect(stream, &codec, err) < 0)
        return -1;
    if (!codec)
        return read_plain(walk, stream, layout, selector, image, err);
    STREAM_SCOPED plain = codec->open(stream, err);
    return plain ? read_plain(walk, plain, layout, selector, image, err) : -1;
}
