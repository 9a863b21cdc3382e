// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/listing.h"

enum { NAMED = 8 };

static str layer_name(const struct image_view *view, size_t number)
{
    if (number >= view->image->layers.count)
        return (str){0};
    const struct layer *layer = &view->image->layers.items[number];
    return layer->diff_id.len ? layer->diff_id : layer->digest;
}

struct location rule_location_of(struct rule_run *run, const struct image_view *view,
                                 const struct file *file)
{
    return (struct location){.path = files_path(run->arena, view->files, file),
                             .layer = layer_name(view, file->layer)};
}

struct location rule_location_of_fact(const struct image_view *view, const struct fact *fact,
                                      uint64_t line)
{
    return (struct location){
        .path = fact->path, .line = (uint32_t)line, .layer = layer_name(view, fact->layer)};
}

struct finding *rule_found_file(struct rule_run *run, const struct image_view *view,
                                const struct file *file, const char *evidence, ...)
{
    va_list args;
    va_start(args, evidence);
    str text = arena_vprintf(run->arena, evidence, args);
    va_end(args);
    return rule_found_at(run, rule_location_of(run, view, file), "%.*s", STR_ARG(text));
}

static void add(struct listing *listing, str name, uint64_t bytes, str note)
{
    struct arena *arena = listing->run->arena;
    listing->bytes += bytes;
    if (listing->count++ >= NAMED)
        return;
    if (note.len)
        name = arena_printf(arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(note));
    listing->names = listing->names.len ? arena_join(arena, listing->names, STR(", "), name) : name;
}

void listing_add(struct listing *listing, const struct file *file, str note)
{
    struct location location = {0};
    if (listing->count < NAMED)
        location = rule_location_of(listing->run, listing->view, file);
    if (listing->count == 0)
        listing->first = location;
    add(listing, arena_join(listing->run->arena, STR(""), STR("/"), location.path),
        files_size(listing->view->files, file), note);
}

void listing_add_name(struct listing *listing, str name, uint64_t bytes, str note)
{
    add(listing, name, bytes, note);
}

struct finding *listing_report(struct listing *listing, const char *what)
{
    char size[16];
    struct arena *arena = listing->run->arena;
    if (listing->count == 0)
        return NULL;
    str more = {0};
    if (listing->count > NAMED)
        more = arena_printf(arena, " and %zu more", listing->count - NAMED);
    str bytes = {0};
    if (listing->bytes)
        bytes = arena_printf(arena, ", %s", str_size(listing->bytes, size));
    struct finding *finding = rule_found_at(listing->run, listing->first, "%zu %s%s%.*s: %.*s%.*s",
                                            listing->count, what, listing->count == 1 ? "" : "s",
                                            STR_ARG(bytes), STR_ARG(listing->names), STR_ARG(more));
    finding->several = listing->count > 1;
    return finding;
}
