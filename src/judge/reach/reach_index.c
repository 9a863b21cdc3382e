// SPDX-License-Identifier: Apache-2.0
#include "model/language.h"
#include "judge/reach/reach_internal.h"

static uint32_t index_of(const struct reach *reach, const struct file *file)
{
    return file ? (uint32_t)(file - reach->files->items) : REACH_NONE;
}

/* Every name of a content has what one of them was found to be. */
static void share_content(struct reach *reach)
{
    const struct files *files = reach->files;
    uint32_t most = 0;
    for (size_t i = 0; i < files->count; i++)
        most = files->items[i].content > most ? files->items[i].content : most;
    uint32_t *known = arena_array(&reach->scratch, uint32_t, (size_t)most + 1); /* index + 1 */
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].content && (reach->binary[i] || reach->script[i]))
            known[files->items[i].content] = (uint32_t)i + 1;
    for (size_t i = 0; i < files->count; i++) {
        uint32_t at = known[files->items[i].content];
        if (at && !reach->binary[i] && !reach->script[i]) {
            reach->binary[i] = reach->binary[at - 1];
            reach->script[i] = reach->script[at - 1];
        }
    }
}

static void index_facts(struct reach *reach)
{
    const struct fact_list *facts = reach->view->facts;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->kind == FACT_SETTING && str_eq(fact->setting.topic, STR("loader")))
            *vec_push(reach->arena, str_eq(fact->setting.name, STR("preload"))
                                        ? &reach->preloaded
                                        : &reach->library_folders) = fact->setting.value;
        if (fact->kind == FACT_SETTING && str_eq(fact->setting.topic, STR("name-service")))
            *vec_push(reach->arena, &reach->services) = fact->setting.value;
        if (fact->kind != FACT_BINARY && fact->kind != FACT_SCRIPT)
            continue;
        uint32_t at = index_of(reach, files_find(reach->files, fact->path));
        if (at == REACH_NONE)
            continue;
        if (fact->kind == FACT_BINARY)
            reach->binary[at] = &fact->binary;
        else
            reach->script[at] = &fact->script;
    }
}

/* dpkg knows a package that is installed for one machine only by its name alone, and others as
 * name:arch. */
static void index_packages(struct reach *reach, struct map *by_name)
{
    struct arena *scratch = &reach->scratch;
    for (size_t i = 0; i < reach->report->packages.count; i++) {
        const struct package *package = &reach->report->packages.items[i].package;
        if (language_has_type(package->type))
            continue;
        *map_put(scratch, by_name, package->name, NULL) = i + 1;
        *map_put(scratch, by_name, arena_join(scratch, package->name, STR(":"), package->arch),
                 NULL) = i + 1;
    }
}

static void index_owners(struct reach *reach)
{
    const struct fact_list *facts = reach->view->facts;
    struct map by_name = {0};
    struct files_last last = {0};
    index_packages(reach, &by_name);
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->kind != FACT_OWNED_FILE)
            continue;
        uintptr_t *package = map_get(&by_name, fact->owned_file.package);
        uint32_t at = index_of(reach, files_owned(reach->files, fact->owned_file.path, &last));
        if (!package || at == REACH_NONE || reach->package[at] != REACH_NONE ||
            reach->files->items[at].type == ENTRY_DIRECTORY)
            continue;
        reach->package[at] = (uint32_t)(*package - 1);
        if (reach->files->items[at].type == ENTRY_FILE)
            reach->report->packages.items[*package - 1].size += reach->files->items[at].size;
    }
}

void reach_index(struct reach *reach)
{
    size_t count = reach->files->count;
    reach->reached = arena_array(&reach->scratch, bool, count);
    reach->guessed = arena_array(&reach->scratch, bool, count);
    reach->from = arena_array(&reach->scratch, uint32_t, count);
    reach->package = arena_array(&reach->scratch, uint32_t, count);
    reach->binary = arena_array(&reach->scratch, const struct binary *, count);
    reach->script = arena_array(&reach->scratch, const struct script *, count);
    reach->opened = arena_array(&reach->scratch, unsigned char, reach->report->packages.count);
    for (size_t i = 0; i < count; i++)
        reach->package[i] = REACH_NONE;
    index_facts(reach);
    share_content(reach);
    index_owners(reach);
}
