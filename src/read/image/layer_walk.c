// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/path.h"
#include "io/tar.h"
#include "read/image/layer.h"
#include "read/image/layer_content.h"
#include "read/image/layer_entries.h"
#include "read/image/layer_links.h"

#include <stdlib.h>

/* Each replacement looks at all that was claimed so far. */
enum { PROGRESS_ENTRIES = 256, MOST_REPLACED = 64, MOST_CLAIMED = 2 * LIMIT_SHADOWS };

/* A claimed path and the facts that its content gave: forgotten if the name comes again. */
struct claimed {
    str path;
    size_t from, to; /* in facts */
    bool dead;
    str content; /* kept for hard links to it */
    bool has_content;
    str link; /* it is a hard link itself: to this */
};

/* A hard link whose content is to be looked for: what its target is where it stands. */
struct pending {
    str path, target;
    uint64_t collectors, entry;
    size_t claimed, next; /* next: index + 1 of the next one with the same target */
    bool found;
};

struct layer_walk {
    const struct layer_rules *rules;
    struct layer_facts *facts;
    struct arena arena, scratch;
    VEC(struct claimed) claimed;
    struct map claimed_by_path; /* index + 1 of the living one; 0: none */
    struct map shadow_by_path;  /* index + 1 */
    VEC(struct pending) pending;
    struct map pending_by_target; /* index + 1 of the last */
    struct layer_links links;
    struct entries_writer *entry_list; /* NULL: none yet */
    struct layer_content *content;     /* NULL: nobody asks for it */
    const struct stream *source;       /* the tar stream, where there is one */
    size_t kept_content, collected;
    uint64_t entries, reported, held;
    size_t replaced, odd;
    bool once, has_dead;
    bool full; /* of names, content or facts: nothing more is taken, and that is said */
};

void layer_add_gap(struct layer_facts *facts, str path, str reason)
{
    struct collect to = {.arena = &facts->arena, .facts = &facts->facts};
    fact_add_gap(&to, path, reason);
}

enum layer_whiteout layer_whiteout(struct arena *arena, const struct entry *entry, str *ret_path)
{
    str name = path_base(entry->path), folder = path_parent(entry->path);
    if (entry->type == ENTRY_CHARACTER && entry->device_major == 0 && entry->device_minor == 0) {
        *ret_path = entry->path;
        return LAYER_WHITEOUT;
    }
    if (!str_skip(&name, STR(".wh.")))
        return LAYER_PLAIN;
    *ret_path = folder;
    if (str_eq(name, STR(".wh..opq")))
        return LAYER_OPAQUE;
    /* AUFS's own book-keeping (.wh..wh.plnk, .wh..wh.aufs), or nothing at all. */
    if (str_starts(name, STR(".wh.")) || name.len == 0 || str_eq(name, STR(".")) ||
        str_eq(name, STR("..")))
        return LAYER_IGNORED;
    *ret_path = folder.len ? arena_join(arena, folder, STR("/"), name) : name;
    return LAYER_WHITEOUT;
}

struct layer_walk *layer_walk_begin(const struct layer_rules *rules, struct layer_facts *facts,
                                    bool once)
{
    struct layer_walk *walk = die_malloc(sizeof(*walk));
    *walk = (struct layer_walk){.rules = rules, .facts = facts, .once = once};
    if (rules->want_content)
        walk->content = layer_content_begin(rules->collectors);
    return walk;
}

static void fill_up(struct layer_walk *walk, str path, const char *reason)
{
    if (!walk->full)
        layer_add_gap(walk->facts, path,
                      arena_printf(&walk->scratch, "%s; nothing more is read", reason));
    walk->full = true;
}

/* What one layer may hold does not depend on the others; what all may hold together does. */
static void count_memory(struct layer_walk *walk, str path)
{
    uint64_t own = walk->facts->arena.total, more = own - walk->held, all = own;
    if (more == 0 || walk->full)
        return;
    walk->held = own;
    if (walk->rules->held)
        all = __atomic_add_fetch(walk->rules->held, more, __ATOMIC_RELAXED);
    if (!walk->rules->want_entries && own > LIMIT_LAYER_FACTS)
        fill_up(walk, path, "the layer holds too many facts");
    if (all <= (walk->rules->want_entries ? LIMIT_IMAGE_FILES : LIMIT_IMAGE_FACTS))
        return;
    walk->facts->cut = true;
    fill_up(walk, path, "the image holds too much");
}

static struct shadow *shadow_at(struct layer_walk *walk, str path)
{
    struct layer_facts *facts = walk->facts;
    uintptr_t *index = map_get(&walk->shadow_by_path, path);
    if (index)
        return &facts->shadows.items[*index - 1];
    if (walk->full)
        return NULL;
    if (facts->shadows.count >= LIMIT_SHADOWS) {
        fill_up(walk, path, "too many names of interest in one layer");
        return NULL;
    }
    struct shadow *shadow = vec_push(&facts->arena, &facts->shadows);
    shadow->path = arena_str(&facts->arena, path);
    *map_put(&walk->arena, &walk->shadow_by_path, shadow->path, NULL) = facts->shadows.count;
    return shadow;
}

static void forget(struct layer_walk *walk, uintptr_t *index)
{
    if (!index || *index == 0)
        return;
    walk->claimed.items[*index - 1].dead = true;
    walk->has_dead = true;
    *index = 0;
}

/* What was a folder of this layer is replaced by something else: what stood below is gone. */
static void forget_below(struct layer_walk *walk, str folder)
{
    if (++walk->replaced > MOST_REPLACED) {
        if (walk->replaced == MOST_REPLACED + 1)
            layer_add_gap(walk->facts, folder, STR("folders are replaced by files too often"));
        return;
    }
    for (size_t i = 0; i < walk->claimed.count; i++)
        if (!walk->claimed.items[i].dead && path_is_ancestor(folder, walk->claimed.items[i].path))
            forget(walk, map_get(&walk->claimed_by_path, walk->claimed.items[i].path));
    for (size_t i = 0; i < walk->facts->shadows.count; i++) {
        struct shadow *shadow = &walk->facts->shadows.items[i];
        if (path_is_ancestor(folder, shadow->path))
            shadow->bits &= SHADOW_WHITEOUT | SHADOW_OPAQUE;
    }
}

/* A tar may leave out the folders above its files; unpacking makes them. */
static void imply_folders(struct layer_walk *walk, str path)
{
    while (path.len) {
        path = path_parent(path);
        struct shadow *shadow = path.len ? shadow_at(walk, path) : NULL;
        if (!shadow || (shadow->bits & SHADOW_DIRECTORY))
            return;
        shadow->bits = (shadow->bits & ~(unsigned)SHADOW_LINK) | SHADOW_ENTRY | SHADOW_DIRECTORY;
    }
}

static void note_shadow(struct layer_walk *walk, const struct entry *entry)
{
    if (entry->path.len == 0)
        return;
    imply_folders(walk, entry->path);
    struct shadow *shadow = shadow_at(walk, entry->path);
    if (!shadow)
        return;
    bool folder = entry->type == ENTRY_DIRECTORY;
    if (!folder && (shadow->bits & SHADOW_DIRECTORY))
        forget_below(walk, entry->path);
    forget(walk, map_get(&walk->claimed_by_path, entry->path));
    shadow->bits &= SHADOW_WHITEOUT | SHADOW_OPAQUE;
    shadow->bits |= SHADOW_ENTRY | (folder ? SHADOW_DIRECTORY : 0u);
    if (entry->type == ENTRY_SYMLINK) {
        shadow->bits |= SHADOW_LINK;
        shadow->link = arena_str(&walk->facts->arena, entry->link);
    }
}

static void gap_too_long(struct layer_walk *walk, str path, uint64_t size, size_t limit)
{
    char is[16], may[16];
    layer_add_gap(walk->facts, path,
                  arena_printf(&walk->scratch, "%s long; no more than %s are read",
                               str_size(size, is), str_size(limit, may)));
}

/* Hands the content to the collectors of the mask. The facts they add belong to this path. */
static void collect(struct layer_walk *walk, size_t index, const struct entry *entry, str content,
                    uint64_t collectors)
{
    struct layer_facts *facts = walk->facts;
    struct collect to = {.arena = &facts->arena, .facts = &facts->facts};
    walk->claimed.items[index].from = facts->facts.count;
    walk->collected += content.len;
    if (facts->facts.count > LIMIT_FACTS)
        fill_up(walk, entry->path, "the layer holds too many facts");
    if (walk->collected > LIMIT_COLLECTED || walk->claimed.count > MOST_CLAIMED)
        fill_up(walk, entry->path, "the layer has too much to read");
    for (uint64_t left = walk->full ? 0 : collectors; left; left &= left - 1) {
        const struct collector *collector = walk->rules->collectors[__builtin_ctzll(left)];
        struct err err = {0};
        if (entry->size > collector->limit)
            gap_too_long(walk, entry->path, entry->size, collector->limit);
        else if (collector->collect(&to, entry, content, &err) < 0)
            layer_add_gap(facts, entry->path, err_text(&err));
    }
    walk->claimed.items[index].to = facts->facts.count;
}

static size_t largest_limit(const struct layer_walk *walk, uint64_t collectors)
{
    size_t limit = 0;
    for (; collectors; collectors &= collectors - 1) {
        size_t own = walk->rules->collectors[__builtin_ctzll(collectors)]->limit;
        limit = own > limit ? own : limit;
    }
    return limit < LIMIT_CLAIMED_FILE ? limit : LIMIT_CLAIMED_FILE;
}

static int read_content(struct layer_walk *walk, const struct entry *entry, struct stream *content,
                        uint64_t collectors, str *ret, struct err *err)
{
    size_t limit = largest_limit(walk, collectors);
    *ret = (str){0};
    if (!content || entry->size == 0 || entry->size > limit)
        return 0;
    /* At once, where its size is known: growing would take twice the memory. */
    char *bytes = arena_grow(&walk->scratch, NULL, 0, (size_t)entry->size + 1);
    size_t len;
    if (stream_read(content, bytes, (size_t)entry->size, &len, err) < 0)
        return -1;
    bytes[len] = 0;
    *ret = str_make(bytes, len);
    return 0;
}

static size_t claim_path(struct layer_walk *walk, str path)
{
    struct claimed *claimed = vec_push(&walk->arena, &walk->claimed);
    claimed->path = arena_str(&walk->arena, path);
    claimed->from = claimed->to = walk->facts->facts.count;
    *map_put(&walk->arena, &walk->claimed_by_path, claimed->path, NULL) = walk->claimed.count;
    return walk->claimed.count - 1;
}

/* Collectors that choose by content. What they find belongs to the name, as with the claimed. */
static int look_inside(struct layer_walk *walk, const struct entry *entry, struct stream *stream,
                       str content, struct err *err)
{
    struct layer_facts *facts = walk->facts;
    struct collect to = {.arena = &facts->arena, .facts = &facts->facts};
    size_t from = facts->facts.count;
    if (!walk->content || !stream || entry->size == 0 || walk->full)
        return 0;
    int result = layer_content_take(walk->content, &to, entry, content.len ? NULL : stream, content,
                                    walk->source, err);
    if (facts->facts.count == from)
        return result;
    uintptr_t *at = map_get(&walk->claimed_by_path, entry->path);
    size_t index = at && *at ? *at - 1 : claim_path(walk, entry->path);
    if (!at || !*at)
        walk->claimed.items[index].from = from;
    walk->claimed.items[index].to = facts->facts.count;
    if (facts->facts.count > LIMIT_FACTS)
        fill_up(walk, entry->path, "the layer holds too many facts");
    return result;
}

static int take_claimed_file(struct layer_walk *walk, const struct entry *entry,
                             struct stream *stream, uint64_t collectors, str *ret_content,
                             struct err *err)
{
    str content;
    if (read_content(walk, entry, stream, collectors, &content, err) < 0)
        return -1;
    size_t index = claim_path(walk, entry->path);
    collect(walk, index, entry, content, collectors);
    if (walk->once && entry->size == content.len &&
        content.len <= LAYER_KEPT_CONTENT - walk->kept_content) {
        walk->claimed.items[index].content = arena_str(&walk->arena, content);
        walk->claimed.items[index].has_content = true;
        walk->kept_content += content.len;
    }
    *ret_content = content;
    return 0;
}

static int take_file(struct layer_walk *walk, const struct entry *entry, struct stream *stream,
                     uint64_t collectors, struct err *err)
{
    str content = {0};
    if (walk->full)
        return 0;
    if (collectors && take_claimed_file(walk, entry, stream, collectors, &content, err) < 0)
        return -1;
    return look_inside(walk, entry, stream, content, err);
}

/* The content is that of another name in this layer: at hand, or looked for at the end. */
static void take_hard_link(struct layer_walk *walk, const struct entry *entry, uint64_t collectors)
{
    uintptr_t *at = map_get(&walk->claimed_by_path, entry->link);
    str content = {0}, target = entry->link;
    bool known = false;
    if (at && *at) {
        const struct claimed *other = &walk->claimed.items[*at - 1];
        known = other->has_content;
        content = other->content;
        target = other->link.len ? other->link : target;
    }
    if (walk->full)
        return;
    size_t index = claim_path(walk, entry->path);
    if (known) {
        struct entry as_file = *entry;
        as_file.type = ENTRY_FILE;
        as_file.size = content.len;
        collect(walk, index, &as_file, content, collectors);
        return;
    }
    target = arena_str(&walk->arena, target);
    walk->claimed.items[index].link = target;
    uintptr_t *last = map_put(&walk->arena, &walk->pending_by_target, target, NULL);
    *vec_push(&walk->arena, &walk->pending) =
        (struct pending){.path = walk->claimed.items[index].path,
                         .target = target,
                         .collectors = collectors,
                         .entry = walk->entries,
                         .claimed = index,
                         .next = *last};
    *last = walk->pending.count;
}

static void gap_odd_type(struct layer_walk *walk, const struct entry *entry)
{
    size_t index = claim_path(walk, entry->path);
    layer_add_gap(walk->facts, entry->path, STR("a device, FIFO or socket; not read"));
    walk->claimed.items[index].to = walk->facts->facts.count;
}

static int take_claimed(struct layer_walk *walk, const struct entry *entry, struct stream *content,
                        uint64_t collectors, struct err *err)
{
    switch (entry->type) {
    case ENTRY_FILE: return take_file(walk, entry, content, collectors, err);
    case ENTRY_HARDLINK:
        if (collectors)
            take_hard_link(walk, entry, collectors);
        return 0;
    case ENTRY_DIRECTORY:
    case ENTRY_SYMLINK: return 0; /* the merge looks at links, when it is known what is visible */
    case ENTRY_CHARACTER:
    case ENTRY_BLOCK:
    case ENTRY_FIFO:
    case ENTRY_SOCKET:
        if (collectors)
            gap_odd_type(walk, entry);
        return 0;
    }
    return 0;
}

static void keep_entry(struct layer_walk *walk, const struct entry *entry)
{
    if (!walk->entry_list)
        walk->entry_list = arena_new(&walk->arena, struct entries_writer);
    if (!entries_put(walk->entry_list, entry))
        fill_up(walk, entry->path, "more names in one layer than can be kept");
}

static void reset_scratch(struct layer_walk *walk)
{
    if (walk->scratch.total > MIB(1))
        arena_free(&walk->scratch);
    else
        arena_reset(&walk->scratch);
}

int layer_walk_entry(struct layer_walk *walk, const struct entry *entry, struct stream *content,
                     struct err *err)
{
    if (++walk->entries > LIMIT_LAYER_ENTRIES)
        return err_set(err, ERR_LIMIT, "more than %llu entries in one layer", LIMIT_LAYER_ENTRIES);
    /* Engines refuse such a layer. To take the name for the clean one would let it stand in for a
     * file that is really there. */
    if (entry->odd_path) {
        if (walk->odd++ < LIMIT_GAPS)
            layer_add_gap(walk->facts, entry->path,
                          STR("an entry of that name, spelled so that it leads out of the root"));
        reset_scratch(walk);
        return 0;
    }
    if (walk->rules->want_entries && !walk->full)
        keep_entry(walk, entry);
    count_memory(walk, entry->path);
    str hidden = {0};
    enum layer_whiteout whiteout = layer_whiteout(&walk->scratch, entry, &hidden);
    struct claim claim =
        claims_match(walk->rules->claims, whiteout == LAYER_PLAIN ? entry->path : hidden);
    bool relevant = claim.relevant || (walk->content && whiteout == LAYER_PLAIN);
    if (!relevant || whiteout == LAYER_IGNORED) {
        reset_scratch(walk);
        return 0;
    }
    int result = 0;
    if (whiteout == LAYER_PLAIN) {
        if (claim.relevant)
            note_shadow(walk, entry);
        else
            forget(walk, map_get(&walk->claimed_by_path, entry->path));
        if (claim.collectors || walk->content)
            result = take_claimed(walk, entry, content, claim.collectors, err);
    } else {
        struct shadow *shadow = shadow_at(walk, hidden);
        if (shadow)
            shadow->bits |= whiteout == LAYER_OPAQUE ? SHADOW_OPAQUE : SHADOW_WHITEOUT;
    }
    reset_scratch(walk);
    return result;
}

static void report_progress(struct layer_walk *walk, uint64_t position)
{
    if (!walk->rules->progress || position <= walk->reported)
        return;
    walk->rules->progress(walk->rules->progress_context, position - walk->reported);
    walk->reported = position;
}

/* 1: the next entry, under the names that it will have once the layer is unpacked. */
static int next_entry(struct layer_walk *walk, struct tar *tar, struct entry *ret, struct err *err)
{
    int more = tar_next(tar, ret, err);
    if (more <= 0 || ret->odd_path)
        return more;
    bool fine = layer_links_follow(&walk->links, &walk->scratch, ret->path, &ret->path);
    if (ret->type == ENTRY_HARDLINK)
        fine &= layer_links_follow(&walk->links, &walk->scratch, ret->link, &ret->link);
    ret->odd_path = !fine; /* links in circles: engines refuse it */
    layer_links_note(&walk->links, ret);
    return more;
}

int layer_walk_tar(struct layer_walk *walk, struct stream *tar_stream,
                   const struct stream *measured, struct err *err)
{
    TAR_SCOPED tar = tar_open(tar_stream);
    struct entry entry;
    int more;
    walk->source = tar_stream;
    while ((more = next_entry(walk, tar, &entry, err)) > 0) {
        if (layer_walk_entry(walk, &entry, tar_content(tar), err) < 0)
            return -1;
        if (walk->entries % PROGRESS_ENTRIES == 0)
            report_progress(walk, measured->position);
    }
    if (walk->links.full)
        layer_add_gap(
            walk->facts, STR("layer"),
            STR("more symbolic links than can be told whether entries lead through them"));
    report_progress(walk, measured->position);
    return more;
}

bool layer_walk_wants_again(const struct layer_walk *walk)
{
    return !walk->once && walk->pending.count > 0;
}

/* The name came before, and was another file then: what it gave is not what the link is to. */
static void forget_found(struct layer_walk *walk, struct pending *pending)
{
    struct claimed *claimed = &walk->claimed.items[pending->claimed];
    struct claimed old = {.path = claimed->path, .from = claimed->from, .to = claimed->to};
    old.dead = walk->has_dead = true;
    claimed->from = claimed->to = walk->facts->facts.count;
    pending->found = false;
    *vec_push(&walk->arena, &walk->claimed) = old;
}

/* A content stream passes once: all links to this file are served from one reading. */
static int collect_pending(struct layer_walk *walk, const struct entry *entry, uint64_t number,
                           struct stream *stream, struct err *err)
{
    uintptr_t *last = map_get(&walk->pending_by_target, entry->path);
    uint64_t collectors = 0;
    for (size_t i = last ? *last : 0; i; i = walk->pending.items[i - 1].next) {
        struct pending *pending = &walk->pending.items[i - 1];
        if (pending->entry < number || walk->claimed.items[pending->claimed].dead)
            continue;
        collectors |= pending->collectors;
        if (pending->found)
            forget_found(walk, pending);
    }
    if (!collectors || entry->type != ENTRY_FILE || walk->full)
        return 0;
    str content;
    if (read_content(walk, entry, stream, collectors, &content, err) < 0)
        return -1;
    for (size_t i = *last; i && !walk->full; i = walk->pending.items[i - 1].next) {
        struct pending *pending = &walk->pending.items[i - 1];
        if (pending->entry < number || walk->claimed.items[pending->claimed].dead)
            continue;
        struct entry as_file = *entry;
        as_file.path = pending->path;
        collect(walk, pending->claimed, &as_file, content, pending->collectors);
        pending->found = true;
        count_memory(walk, as_file.path);
    }
    return 0;
}

int layer_walk_tar_again(struct layer_walk *walk, struct stream *tar_stream, struct err *err)
{
    TAR_SCOPED tar = tar_open(tar_stream);
    struct entry entry;
    uint64_t number = 0;
    int more;
    layer_links_free(&walk->links);
    while ((more = next_entry(walk, tar, &entry, err)) > 0) {
        number++;
        if (!entry.odd_path && collect_pending(walk, &entry, number, tar_content(tar), err) < 0)
            return -1;
        reset_scratch(walk);
    }
    return more;
}

/* Facts of names that came again later in the layer are taken out, in place. */
static void drop_dead(struct layer_walk *walk)
{
    struct fact_list *facts = &walk->facts->facts;
    bool *dead = arena_array(&walk->arena, bool, facts->count);
    for (size_t i = 0; i < walk->claimed.count; i++)
        if (walk->claimed.items[i].dead)
            for (size_t k = walk->claimed.items[i].from; k < walk->claimed.items[i].to; k++)
                dead[k] = true;
    size_t kept = 0;
    for (size_t i = 0; i < facts->count; i++) {
        if (dead[i] && !facts->items[i].survives)
            continue;
        facts->items[kept] = facts->items[i];
        facts->items[kept++].hidden = dead[i];
    }
    facts->count = kept;
}

bool layer_walk_end(struct layer_walk *walk)
{
    bool whole = true;
    for (size_t i = 0; i < walk->pending.count; i++) {
        const struct pending *pending = &walk->pending.items[i];
        if (pending->found || walk->claimed.items[pending->claimed].dead)
            continue;
        whole = whole && !walk->once;
        layer_add_gap(walk->facts, pending->path,
                      arena_printf(&walk->scratch, "hard link to %.*s, whose content %s",
                                   STR_ARG(pending->target),
                                   walk->once ? "went by in the stream" : "is not in this layer"));
    }
    if (walk->has_dead)
        drop_dead(walk);
    layer_scrub(walk->facts);
    layer_links_free(&walk->links);
    layer_content_end(walk->content);
    if (walk->entry_list) {
        walk->facts->entries = arena_str(&walk->facts->arena, buf_str(&walk->entry_list->bytes));
        buf_free(&walk->entry_list->bytes);
    }
    arena_free(&walk->arena);
    arena_free(&walk->scratch);
    free(walk);
    return whole;
}
