// SPDX-License-Identifier: Apache-2.0
#include "read/image/layers.h"

#include "base/map.h"
#include "base/work.h"
#include "io/codec.h"

/* One different blob; several layers of the image may be it. */
struct task {
    const struct manifest_layer *layer;
    struct layer_facts *facts;
    uint64_t size;
    str diff_id; /* computed; or "" */
};

struct work {
    struct walk *walk;
    struct blobs *blobs;
    struct task *tasks;
    bool threaded;
};

str layers_label(struct arena *arena, const struct manifest_layer *layer)
{
    str name = layer->digest.len ? layer->digest : layer->name;
    return arena_join(arena, STR("layer"), STR(" "), layer->diff_id.len ? layer->diff_id : name);
}

static bool check(struct layer_facts *facts, const struct manifest_layer *layer, const char *what,
                  str claimed, str is)
{
    if (claimed.len == 0 || is.len == 0 || str_eq(claimed, is))
        return true;
    enum digest_algorithm a, b;
    str hex;
    str label = layers_label(&facts->arena, layer);
    if (digest_parse(claimed, &a, &hex) && digest_parse(is, &b, &hex) && a != b)
        layer_add_gap(facts, label,
                      arena_printf(&facts->arena, "%s %.*s could not be checked in this pass", what,
                                   STR_ARG(claimed)));
    else
        layer_add_gap(facts, label,
                      arena_printf(&facts->arena, "%s has digest %.*s, not %.*s", what, STR_ARG(is),
                                   STR_ARG(claimed)));
    return false;
}

bool layers_check_digests(struct layer_facts *facts, const struct manifest_layer *claimed,
                          const struct layer_reading *reading)
{
    bool blob = check(facts, claimed, reading->is_packed ? "the packed content" : "content",
                      claimed->digest, reading->blob_digest);
    /* A plain blob is its own diff_id: one mismatch is said once. */
    if (!reading->is_packed && str_eq(claimed->digest, claimed->diff_id))
        return blob;
    return check(facts, claimed, "content", claimed->diff_id, reading->diff_id) && blob;
}

static enum digest_algorithm algorithm_of(str digest, enum digest_algorithm fallback)
{
    enum digest_algorithm algorithm;
    str hex;
    return digest_parse(digest, &algorithm, &hex) ? algorithm : fallback;
}

static int is_packed(const struct blob *blob, bool *ret, struct err *err)
{
    const struct codec *codec;
    STREAM_SCOPED stream = stream_file(blob->fd, blob->offset, blob->length);
    if (codec_detect(stream, &codec, err) < 0)
        return -1;
    *ret = codec != NULL;
    return 0;
}

/* What the cache may know this layer by; "" if by nothing. */
struct keys {
    str content, file;
};

static bool load_cached(struct walk *walk, struct task *task, const struct blob *blob, bool packed,
                        struct keys *keys)
{
    *keys = (struct keys){0};
    if (!walk->cache)
        return false;
    struct arena *arena = &task->facts->arena;
    if (task->layer->diff_id.len)
        keys->content = cache_key_content(walk->cache, arena, task->layer->diff_id);
    if (!packed && !walk->options.verify)
        keys->file =
            cache_key_file(walk->cache, arena, &blob->file, blob->offset, task->layer->diff_id);
    if (walk->options.verify)
        return false;
    return (keys->content.len && cache_load(walk->cache, keys->content, task->facts)) ||
           (keys->file.len && cache_load(walk->cache, keys->file, task->facts));
}

static int read_blob(struct work *work, struct task *task, const struct blob *blob,
                     struct layer_reading *reading, struct err *err)
{
    STREAM_SCOPED stream = stream_file(blob->fd, blob->offset, blob->length);
    reading->packed = stream;
    int result = layer_read_blob(&work->walk->rules, task->facts, reading, err);
    if (result == 0 && layer_walk_wants_again(reading->walk)) {
        STREAM_SCOPED again = stream_file(blob->fd, blob->offset, blob->length);
        result = layer_read_blob_again(reading->walk, again, err);
    }
    layer_walk_end(reading->walk);
    reading->packed = NULL;
    reading->walk = NULL;
    return result;
}

static int read_layer(struct work *work, struct task *task, struct err *err)
{
    struct walk *walk = work->walk;
    const struct manifest_layer *layer = task->layer;
    BLOB_SCOPED blob = {.fd = -1};
    struct keys keys;
    bool packed;
    if (layer->problem.len)
        return err_set(err, ERR_UNSUPPORTED, "%.*s", STR_ARG(layer->problem));
    if (work->blobs->ops->open(work->blobs, layer->name, &blob, err) < 0)
        return err->kind == ERR_NOT_FOUND ? err_set(err, ERR_NOT_FOUND, "missing; not read") : -1;
    task->size = blob.length;
    bool right_size = layer->size == 0 || layer->size == blob.length;
    if (is_packed(&blob, &packed, err) < 0)
        return -1;
    if (right_size && load_cached(walk, task, &blob, packed, &keys)) {
        walk_bytes_done(walk, blob.length);
        return 0;
    }
    struct layer_reading reading = {
        .digest = packed || walk->options.verify,
        .blob_algorithm = algorithm_of(layer->digest, DIGEST_SHA256),
        .diff_algorithm = algorithm_of(layer->diff_id, DIGEST_SHA256),
        .threaded = work->threaded,
    };
    if (read_blob(work, task, &blob, &reading, err) < 0)
        return -1;
    task->diff_id = reading.diff_id;
    if (!right_size)
        return err_set(err, ERR_FORMAT, "is %llu bytes long, not %llu",
                       (unsigned long long)blob.length, (unsigned long long)layer->size);
    if (!layers_check_digests(task->facts, layer, &reading) || task->facts->cut || !walk->cache)
        return 0;
    if (reading.digest)
        cache_save(walk->cache,
                   cache_key_content(walk->cache, &task->facts->arena, reading.diff_id),
                   task->facts);
    else
        cache_save(walk->cache, keys.file, task->facts);
    return 0;
}

static void run(void *context, size_t index)
{
    struct work *work = context;
    struct task *task = &work->tasks[index];
    struct err err = {0};
    if (read_layer(work, task, &err) < 0)
        layer_add_gap(task->facts, layers_label(&task->facts->arena, task->layer), err_text(&err));
    walk_layer_done(work->walk);
}

/* Layers that are the same blob by the same claims share one task. */
static size_t plan(struct walk *walk, const struct manifest_layer_list *layers, struct task *tasks,
                   size_t *task_of)
{
    struct map known = {0};
    size_t count = 0;
    for (size_t i = 0; i < layers->count; i++) {
        const struct manifest_layer *layer = &layers->items[i];
        str key = arena_join(walk->arena, layer->name, STR("\n"), layer->diff_id);
        uintptr_t *at = map_put(walk->arena, &known, key, NULL);
        if (*at == 0 || layer->problem.len) {
            tasks[count] = (struct task){.layer = layer, .facts = walk_make_layer(walk)};
            *at = ++count;
            walk->bytes_all += layer->size;
        }
        task_of[i] = *at - 1;
    }
    return count;
}

void layers_read(struct walk *walk, struct blobs *blobs, const struct manifest_layer_list *layers,
                 struct image *image)
{
    struct work work = {.walk = walk, .blobs = blobs};
    size_t *task_of = arena_array(walk->arena, size_t, layers->count);
    work.tasks = arena_array(walk->arena, struct task, layers->count);
    size_t count = plan(walk, layers, work.tasks, task_of);
    work.threaded = walk->jobs > count;
    walk->layers_all = count;
    walk_set_layers(walk, layers->count);
    work_parallel(walk->jobs, count, run, &work);
    for (size_t i = 0; i < layers->count; i++) {
        const struct task *task = &work.tasks[task_of[i]];
        struct layer *layer = &image->layers.items[i];
        walk->layers[i] = task->facts;
        layer->size = task->size ? task->size : layer->size;
        if (layer->diff_id.len == 0)
            layer->diff_id = task->diff_id;
    }
}

int layers_read_image(struct walk *walk, struct blobs *blobs, enum manifest_layout layout,
                      str selector, struct image *image, struct err *err)
{
    struct manifest_layer_list layers;
    if (manifest_choose(walk, blobs, layout, selector, image, &layers, err) < 0)
        return -1;
    layers_read(walk, blobs, &layers, image);
    return 0;
}
