// SPDX-License-Identifier: Apache-2.0
/* What an engine says of containers and of itself: the same bytes as each of its answers, as two
 * files of its state folder (with a NUL between), and as a list to take ids from. */
#include "base/die.h"
#include "read/engine/answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct engine_container container;
    struct workload workload;
    struct engine_facts facts;
    str text = str_make(data, size), config = {0}, host_config = {0};
    bool more;
    if (inspect_read(&arena, text, &container, &workload, &err) < 0)
        INVARIANT(err.kind != ERR_NONE);
    else
        INVARIANT(workload.user.set && workload.user.value.len && workload.restart.value.len);
    err = (struct err){0};
    str_cut(text, '\0', &config, &host_config);
    if (state_read(&arena, config, host_config, &container, &workload, &err) < 0)
        INVARIANT(err.kind != ERR_NONE);
    struct str_list ids = answer_ids(&arena, text, 3, &more);
    INVARIANT(ids.count <= 3);
    for (size_t i = 0; i < ids.count; i++)
        INVARIANT(ids.items[i].len == 64 || ids.items[i].len == 71);
    struct answers answers = {.address = STR("unix:///s"),
                              .version = text,
                              .info = text,
                              .networks = text,
                              .volumes = text,
                              .swarm = text,
                              .secrets = text,
                              .services = text,
                              .containers = text,
                              .images = text};
    *vec_push(&arena, &answers.container_records) = text;
    *vec_push(&arena, &answers.image_records) = text;
    *vec_push(&arena, &answers.image_histories) = text;
    struct engine_project project = {.folder = STR("/srv/shop"), .name = STR("shop")};
    struct engine_image_names images = {0};
    struct engine_image_name image;
    str id;
    *vec_push(&arena, &project.services) = STR("web");
    answers_project_images(&arena, &answers, &project, &images);
    for (size_t i = 0; i < images.count; i++)
        INVARIANT(images.items[i].id.len >= 64 && images.items[i].name.len);
    if (answers_find_container(&arena, &answers, STR("web"), &id, &image))
        INVARIANT(id.len >= 64);
    answers_read(&arena, &answers, &facts);
    INVARIANT(facts.containers.count == facts.workloads.count);
    return 0;
}
