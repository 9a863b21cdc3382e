// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "base/path.h"
#include "read/image/layer_entries.h"
#include "read/image/merge.h"

#include <stdlib.h>

/*
 * The names of all layers as one tree, layers applied from the base up. A subtree is removed by
 * raising its root's epoch: names below that were made in an earlier one no longer count. Nothing
 * is ever walked or freed for it, so that no archive can make removing expensive.
 */
struct name {
    struct file file; /* `parent` is an index into names here, children are not used */
    uint32_t parent_epoch, epoch;
    bool alive, visible;
    bool linked; /* one more name of content that is counted elsewhere */
};

enum { NONE = 0, ROOT = 1, FIRST_TABLE = 1024 };

struct tree {
    struct walk *walk;
    struct arena arena;
    VEC(struct name) names; /* [0] unused */
    uint32_t *table;        /* of indices, by parent and text */
    size_t capacity;
    str last_folder; /* of the entry before, which mostly is that of the next one too */
    uint32_t last;
    uint32_t contents; /* numbers given to regular files */
    struct file_waste *waste;
    uint32_t *largest; /* of each layer, in waste: whose name is that */
    bool full;
};

static uint64_t hash_of(uint32_t parent, str text)
{
    uint64_t hash = (str_hash(text) + parent) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

static uint32_t *slot_of(const struct tree *tree, uint32_t parent, str text)
{
    size_t mask = tree->capacity - 1;
    for (size_t at = hash_of(parent, text) & mask;; at = (at + 1) & mask) {
        const struct name *name = &tree->names.items[tree->table[at]];
        if (tree->table[at] == NONE ||
            (name->file.parent == parent && str_eq(name->file.name, text)))
            return &tree->table[at];
    }
}

static void grow_table(struct tree *tree)
{
    tree->capacity = tree->capacity ? tree->capacity * 2 : FIRST_TABLE;
    tree->table = arena_array(&tree->arena, uint32_t, tree->capacity);
    for (uint32_t i = ROOT + 1; i < tree->names.count; i++)
        *slot_of(tree, tree->names.items[i].file.parent, tree->names.items[i].file.name) = i;
}

static bool is_alive(const struct tree *tree, uint32_t index)
{
    const struct name *name = &tree->names.items[index];
    return name->alive &&
           (index == ROOT || name->parent_epoch == tree->names.items[name->file.parent].epoch);
}

static uint32_t find_child(const struct tree *tree, uint32_t parent, str text)
{
    uint32_t index = *slot_of(tree, parent, text);
    return index != NONE && is_alive(tree, index) ? index : NONE;
}

static uint32_t find(const struct tree *tree, str path)
{
    uint32_t at = ROOT;
    str text;
    while (at != NONE && str_next(&path, '/', &text))
        at = find_child(tree, at, text);
    return at;
}

static str path_of(const struct tree *tree, uint32_t index)
{
    str path = tree->names.items[index].file.name;
    for (uint32_t at = tree->names.items[index].file.parent; at > ROOT;
         at = tree->names.items[at].file.parent)
        path = arena_join(tree->walk->arena, tree->names.items[at].file.name, STR("/"), path);
    return path;
}

/* Forgets whatever is below. */
static void empty(struct tree *tree, uint32_t index)
{
    tree->names.items[index].epoch++;
    tree->last = NONE;
}

static void remove_name(struct tree *tree, uint32_t index)
{
    if (index != ROOT)
        tree->names.items[index].alive = false;
    empty(tree, index);
}

/* What stood here is no longer to be seen: its bytes are carried along for nothing. */
static void waste(struct tree *tree, uint32_t index)
{
    struct name *name = &tree->names.items[index];
    struct file_waste *waste = &tree->waste[name->file.layer];
    if (name->file.type != ENTRY_FILE || name->linked || name->file.size == 0)
        return;
    waste->bytes += name->file.size;
    waste->count++;
    if (name->file.size > waste->largest) {
        waste->largest = name->file.size;
        tree->largest[name->file.layer] = index;
    }
    name->linked = true; /* once */
}

/* The child, made or brought back if need be; NONE past the limit. */
static uint32_t make_child(struct tree *tree, uint32_t parent, str text, bool *ret_new)
{
    uint32_t *slot = slot_of(tree, parent, text);
    uint32_t index = *slot;
    *ret_new = index == NONE || !is_alive(tree, index);
    if (!*ret_new)
        return index;
    if (index == NONE) {
        if (tree->names.count > LIMIT_MERGED) {
            tree->full = true;
            return NONE;
        }
        if (tree->names.count * 4 >= tree->capacity * 3) {
            grow_table(tree);
            slot = slot_of(tree, parent, text);
        }
        index = *slot = (uint32_t)tree->names.count;
        struct name *name = vec_push(&tree->arena, &tree->names);
        name->file.name = arena_str(tree->walk->arena, text);
        name->file.parent = parent;
    }
    struct name *name = &tree->names.items[index];
    waste(tree, index);
    name->alive = true;
    name->epoch++;
    name->parent_epoch = tree->names.items[parent].epoch;
    return index;
}

/* Folders above an entry that no layer has as entries: unpacking makes them, root's, 0755. */
static void make_folder(struct name *name, uint32_t layer)
{
    struct file folder = {.name = name->file.name,
                          .parent = name->file.parent,
                          .type = ENTRY_DIRECTORY,
                          .mode = 0755,
                          .layer = layer,
                          .implied = true};
    name->file = folder;
    name->linked = false;
}

static uint32_t make_path(struct tree *tree, str path, uint32_t layer, bool *ret_new)
{
    uint32_t at = ROOT;
    str rest = path, text, folder = path_parent(path);
    *ret_new = false;
    if (tree->last != NONE && folder.len && str_eq(folder, tree->last_folder))
        return make_child(tree, tree->last, path_base(path), ret_new);
    while (str_next(&rest, '/', &text)) {
        at = make_child(tree, at, text, ret_new);
        if (at == NONE)
            return NONE;
        struct name *name = &tree->names.items[at];
        if (rest.len == 0)
            break;
        if (*ret_new || name->file.type != ENTRY_DIRECTORY) {
            empty(tree, at);
            waste(tree, at);
            make_folder(name, layer);
        }
        if (rest.len == path.len - folder.len - 1) {
            tree->last = at;
            tree->last_folder = arena_str(&tree->arena, folder);
        }
    }
    return at;
}

static uint32_t id_of(uint64_t id)
{
    return id < UINT32_MAX ? (uint32_t)id : UINT32_MAX;
}

static struct file file_of(struct tree *tree, const struct entry *entry)
{
    struct arena *arena = tree->walk->arena;
    bool device = entry->device_major || entry->device_minor;
    struct file file = {
        .type = (unsigned char)entry->type,
        .mode = (uint16_t)(entry->type == ENTRY_SYMLINK ? 0777 : entry->mode & 07777),
        .uid = id_of(entry->uid),
        .gid = id_of(entry->gid),
        .size = entry->size,
        .mtime = entry->mtime,
    };
    if (entry->type == ENTRY_FILE)
        file.content = ++tree->contents;
    if (!device && entry->link.len == 0 && entry->capability.len == 0)
        return file;
    struct file_more *more = arena_new(arena, struct file_more);
    *more = (struct file_more){.device_major = entry->device_major,
                               .device_minor = entry->device_minor};
    more->link = arena_str(arena, entry->link);
    more->capability = arena_str(arena, entry->capability);
    file.more = more;
    return file;
}

/* A hard link is another name of what its target is at this moment. */
static struct file linked_file(struct tree *tree, const struct entry *entry, bool *ret_linked)
{
    uint32_t target = find(tree, entry->link);
    const struct name *name = &tree->names.items[target];
    *ret_linked = target != NONE && name->file.type != ENTRY_DIRECTORY;
    if (*ret_linked)
        return name->file;
    walk_add_gap(tree->walk, arena_str(tree->walk->arena, entry->path),
                 arena_printf(tree->walk->arena, "hard link to %.*s, which is not there",
                              STR_ARG(entry->link)));
    return file_of(tree, entry);
}

static void apply_entry(struct tree *tree, const struct entry *entry, uint32_t layer)
{
    bool is_new, linked = false;
    struct file file =
        entry->type == ENTRY_HARDLINK ? linked_file(tree, entry, &linked) : file_of(tree, entry);
    uint32_t index = make_path(tree, entry->path, layer, &is_new);
    if (index == NONE)
        return;
    struct name *name = &tree->names.items[index];
    bool joins = !is_new && file.type == ENTRY_DIRECTORY &&
                 (index == ROOT || name->file.type == ENTRY_DIRECTORY);
    if (!joins)
        empty(tree, index);
    if (!is_new && !(linked && name->file.content == file.content))
        waste(tree, index);
    file.name = name->file.name;
    file.parent = name->file.parent;
    file.layer = layer;
    name->file = file;
    name->linked = linked;
}

static void hide(struct tree *tree, const struct entry *entry)
{
    str hidden;
    enum layer_whiteout whiteout = layer_whiteout(&tree->arena, entry, &hidden);
    if (whiteout != LAYER_WHITEOUT && whiteout != LAYER_OPAQUE)
        return;
    uint32_t index = find(tree, hidden);
    if (index != NONE && whiteout == LAYER_OPAQUE)
        empty(tree, index);
    else if (index != NONE)
        remove_name(tree, index);
}

static void apply_layer(struct tree *tree, const struct layer_facts *facts, uint32_t layer)
{
    struct entries_reader *reader = arena_new(&tree->arena, struct entries_reader);
    struct entry entry;
    str hidden;
    reader->from.rest = facts->entries;
    while (entries_next(reader, &entry))
        hide(tree, &entry);
    *reader = (struct entries_reader){.from.rest = facts->entries};
    while (entries_next(reader, &entry))
        if (layer_whiteout(&tree->arena, &entry, &hidden) == LAYER_PLAIN)
            apply_entry(tree, &entry, layer);
    if (reader->from.bad)
        walk_add_gap(tree->walk, STR("files"), STR("the list of a layer's files is damaged"));
}

/* Parents stand before their children, so one pass over the names tells who is visible. Content
 * that is not, of whatever name was there last, is wasted. */
static size_t see(struct tree *tree)
{
    size_t count = 0;
    for (uint32_t i = ROOT; i < tree->names.count; i++) {
        struct name *name = &tree->names.items[i];
        name->visible =
            is_alive(tree, i) && (i == ROOT || tree->names.items[name->file.parent].visible);
        count += name->visible;
        if (!name->visible)
            waste(tree, i);
    }
    return count;
}

static int compare_names(const void *left, const void *right)
{
    const struct file *a = left, *b = right;
    return str_cmp(a->name, b->name);
}

/* The visible names, level by level, so that a folder's children stand in a row. */
static void list_files(struct tree *tree, struct files *ret)
{
    size_t all = tree->names.count, count = see(tree), used = 1;
    uint32_t *next = arena_array(&tree->arena, uint32_t, all); /* siblings, as lists */
    uint32_t *first = arena_array(&tree->arena, uint32_t, all);
    for (uint32_t i = ROOT + 1; i < all; i++) {
        if (!tree->names.items[i].visible)
            continue;
        uint32_t parent = tree->names.items[i].file.parent;
        next[i] = first[parent];
        first[parent] = i;
    }
    struct file *items = arena_array(tree->walk->arena, struct file, count);
    items[0] = tree->names.items[ROOT].file;
    items[0].children = ROOT; /* until it is its turn: its index among names */
    for (size_t i = 0; i < used; i++) {
        uint32_t from = (uint32_t)used;
        for (uint32_t at = first[items[i].children]; at; at = next[at]) {
            items[used] = tree->names.items[at].file;
            items[used].parent = (uint32_t)i;
            items[used++].children = at;
        }
        items[i].children = from;
        items[i].count = (uint32_t)used - from;
        qsort(items + from, used - from, sizeof(*items), compare_names);
    }
    items[0].parent = 0;
    *ret = (struct files){
        .items = items, .count = used, .waste = tree->waste, .layers = tree->walk->layer_count};
}

void merge_files(struct walk *walk, struct files *ret)
{
    struct tree tree = {.walk = walk};
    tree.waste = arena_array(walk->arena, struct file_waste, walk->layer_count + 1);
    tree.largest = arena_array(&tree.arena, uint32_t, walk->layer_count + 1);
    vec_push(&tree.arena, &tree.names);
    struct name *root = vec_push(&tree.arena, &tree.names);
    root->alive = true;
    root->file = (struct file){.type = ENTRY_DIRECTORY, .mode = 0755, .implied = true};
    grow_table(&tree);
    for (size_t i = 0; i < walk->layer_count; i++)
        if (merge_layer_counts(walk, i))
            apply_layer(&tree, walk->layers[i], (uint32_t)i);
    if (tree.full)
        walk_add_gap(walk, STR("files"), STR("more names than can be shown"));
    list_files(&tree, ret);
    for (size_t i = 0; i < walk->layer_count; i++)
        if (tree.largest[i])
            tree.waste[i].path = path_of(&tree, tree.largest[i]);
    arena_free(&tree.arena);
}

static int compare_paths(const void *left, const void *right)
{
    const struct merged_entry *a = left, *b = right;
    return str_cmp(a->entry.path, b->entry.path);
}

void merge_list(struct arena *arena, const struct files *files, struct merged_list *ret)
{
    ret->items = arena_array(arena, struct merged_entry, files->count);
    for (size_t i = 0; i < files->count; i++) {
        const struct file *file = &files->items[i];
        if (i == 0 && file->implied)
            continue;
        struct entry *entry = &ret->items[ret->count].entry;
        *entry = (struct entry){
            .path = files_path(arena, files, file),
            .type = (enum entry_type)file->type,
            .mode = file->mode,
            .uid = file->uid,
            .gid = file->gid,
            .size = file->size,
            .mtime = file->mtime,
        };
        if (file->more) {
            entry->link = file->more->link;
            entry->capability = file->more->capability;
            entry->device_major = file->more->device_major;
            entry->device_minor = file->more->device_minor;
        }
        ret->items[ret->count++].layer = file->layer;
    }
    qsort(ret->items, ret->count, sizeof(*ret->items), compare_paths);
}
