// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "base/path.h"
#include "read/image/merge.h"

#include <stdlib.h>

/*
 * The names of all layers as one tree, layers applied from the base up. A subtree is removed by
 * raising its root's epoch: names below that were made in an earlier one no longer count. Nothing
 * is ever walked or freed for it, so that no archive can make removing expensive.
 */
struct name {
    str text;
    uint32_t parent, parent_epoch, epoch;
    uint32_t layer;
    bool alive, visible, real; /* real: an entry of a layer, not only implied by one */
    struct entry entry;
};

enum { NONE = 0, ROOT = 1, FIRST_TABLE = 1024 };

struct tree {
    struct walk *walk;
    struct arena arena;
    VEC(struct name) names; /* [0] unused */
    uint32_t *table;        /* of indices, by parent and text */
    size_t capacity;
    bool full;
};

static uint64_t hash_of(uint32_t parent, str text)
{
    return str_hash(text) * 0x9e3779b97f4a7c15ull + parent * 0xc2b2ae3d27d4eb4full;
}

static uint32_t *slot_of(const struct tree *tree, uint32_t parent, str text)
{
    size_t mask = tree->capacity - 1;
    for (size_t at = hash_of(parent, text) >> 13 & mask;; at = (at + 1) & mask) {
        const struct name *name = &tree->names.items[tree->table[at]];
        if (tree->table[at] == NONE || (name->parent == parent && str_eq(name->text, text)))
            return &tree->table[at];
    }
}

static void grow_table(struct tree *tree)
{
    tree->capacity = tree->capacity ? tree->capacity * 2 : FIRST_TABLE;
    tree->table = arena_array(&tree->arena, uint32_t, tree->capacity);
    for (uint32_t i = ROOT + 1; i < tree->names.count; i++)
        *slot_of(tree, tree->names.items[i].parent, tree->names.items[i].text) = i;
}

static bool is_alive(const struct tree *tree, uint32_t index)
{
    const struct name *name = &tree->names.items[index];
    return name->alive &&
           (index == ROOT || name->parent_epoch == tree->names.items[name->parent].epoch);
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

/* Forgets whatever is below. */
static void empty(struct tree *tree, uint32_t index)
{
    tree->names.items[index].epoch++;
}

static void remove_name(struct tree *tree, uint32_t index)
{
    if (index != ROOT)
        tree->names.items[index].alive = false;
    empty(tree, index);
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
        name->text = text;
        name->parent = parent;
    }
    struct name *name = &tree->names.items[index];
    name->alive = true;
    name->epoch++;
    name->parent_epoch = tree->names.items[parent].epoch;
    return index;
}

/* Folders above an entry that no layer has as entries: unpacking makes them, root's, 0755. */
static void make_folder(struct name *name, str path, uint32_t layer)
{
    name->entry = (struct entry){.path = path, .type = ENTRY_DIRECTORY, .mode = 0755};
    name->layer = layer;
    name->real = false;
}

static uint32_t make_path(struct tree *tree, str path, uint32_t layer, bool *ret_new)
{
    uint32_t at = ROOT;
    str rest = path, text;
    *ret_new = false;
    while (str_next(&rest, '/', &text)) {
        at = make_child(tree, at, text, ret_new);
        if (at == NONE)
            return NONE;
        struct name *name = &tree->names.items[at];
        if (rest.len == 0)
            break;
        str here = str_sub(path, 0, (size_t)(text.ptr - path.ptr) + text.len);
        if (*ret_new || name->entry.type != ENTRY_DIRECTORY) {
            empty(tree, at);
            make_folder(name, here, layer);
        }
    }
    return at;
}

/* A hard link is another name of what its target is at this moment. */
static void resolve_link(struct tree *tree, struct entry *entry)
{
    uint32_t target = find(tree, entry->link);
    const struct name *name = &tree->names.items[target];
    if (target == NONE || name->entry.type == ENTRY_DIRECTORY) {
        walk_add_gap(tree->walk, entry->path,
                     arena_printf(tree->walk->arena, "hard link to %.*s, which is not there",
                                  STR_ARG(entry->link)));
        return;
    }
    str path = entry->path;
    *entry = name->entry;
    entry->path = path;
}

static void apply_entry(struct tree *tree, const struct entry *original, uint32_t layer)
{
    struct entry entry = *original;
    bool is_new;
    if (entry.type == ENTRY_HARDLINK)
        resolve_link(tree, &entry);
    if (entry.type == ENTRY_SYMLINK)
        entry.mode = 0777; /* whatever a tar says: Linux has no other */
    uint32_t index = make_path(tree, entry.path, layer, &is_new);
    if (index == NONE)
        return;
    struct name *name = &tree->names.items[index];
    bool joins = !is_new && entry.type == ENTRY_DIRECTORY &&
                 (index == ROOT || name->entry.type == ENTRY_DIRECTORY);
    if (!joins)
        empty(tree, index);
    name->entry = entry;
    name->layer = layer;
    name->real = true;
}

static void apply_layer(struct tree *tree, const struct layer_facts *facts, uint32_t layer)
{
    str hidden;
    for (size_t i = 0; i < facts->entries.count; i++) {
        const struct entry *entry = &facts->entries.items[i];
        enum layer_whiteout whiteout = layer_whiteout(&tree->arena, entry, &hidden);
        if (whiteout != LAYER_WHITEOUT && whiteout != LAYER_OPAQUE)
            continue;
        uint32_t index = find(tree, hidden);
        if (index != NONE && whiteout == LAYER_OPAQUE)
            empty(tree, index);
        else if (index != NONE)
            remove_name(tree, index);
    }
    for (size_t i = 0; i < facts->entries.count; i++)
        if (layer_whiteout(&tree->arena, &facts->entries.items[i], &hidden) == LAYER_PLAIN)
            apply_entry(tree, &facts->entries.items[i], layer);
}

static int compare_paths(const void *left, const void *right)
{
    const struct merged_entry *a = left, *b = right;
    return str_cmp(a->entry.path, b->entry.path);
}

/* Parents stand before their children, so one pass over the names tells who is visible. */
static void list_names(struct tree *tree, struct merged_list *ret)
{
    for (uint32_t i = ROOT; i < tree->names.count; i++) {
        struct name *name = &tree->names.items[i];
        name->visible = is_alive(tree, i) && (i == ROOT || tree->names.items[name->parent].visible);
        if (name->visible && (i != ROOT || name->real))
            *vec_push(tree->walk->arena, ret) =
                (struct merged_entry){.entry = name->entry, .layer = name->layer};
    }
    if (ret->count)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_paths);
}

void merge_files(struct walk *walk, struct merged_list *ret)
{
    struct tree tree = {.walk = walk};
    vec_push(&tree.arena, &tree.names);
    struct name *root = vec_push(&tree.arena, &tree.names);
    root->alive = true;
    root->entry.type = ENTRY_DIRECTORY;
    grow_table(&tree);
    for (size_t i = 0; i < walk->layer_count; i++)
        if (merge_layer_counts(walk, i))
            apply_layer(&tree, walk->layers[i], (uint32_t)i);
    if (tree.full)
        walk_add_gap(walk, STR("files"), STR("more names than can be shown"));
    list_names(&tree, ret);
    arena_free(&tree.arena);
}
