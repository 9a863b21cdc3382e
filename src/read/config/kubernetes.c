// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/kubernetes_internal.h"

/*
 * Objects that hold a pod: Pod, what has a pod template (Deployment, StatefulSet, DaemonSet,
 * ReplicaSet, ReplicationController, Job, CronJob, and the kinds of others that are shaped alike),
 * lists of them, and ConfigMaps for the credentials that stand in them.
 */

static str text_at(struct config_reader *reader, const struct yaml_node *mapping, const char *name)
{
    const struct yaml_node *node = config_get(reader, mapping, str_from(name));
    return node && node->kind == YAML_SCALAR ? node->text : (str){0};
}

/* The pod's spec, wherever the kind has it, and the metadata that belongs to the pod. */
static const struct yaml_node *find_pod(struct config_reader *reader,
                                        const struct yaml_node *object,
                                        const struct yaml_node **metadata)
{
    const struct yaml_node *spec = config_get(reader, object, STR("spec"));
    const struct yaml_node *job = config_get(reader, spec, STR("jobTemplate"));
    const struct yaml_node *holder = job ? config_get(reader, job, STR("spec")) : spec;
    const struct yaml_node *template = config_get(reader, holder, STR("template"));
    if (!template) /* kind: PodTemplate */
        template = config_get(reader, object, STR("template"));
    if (template) {
        *metadata = config_get(reader, template, STR("metadata"));
        return config_get(reader, template, STR("spec"));
    }
    *metadata = config_get(reader, object, STR("metadata"));
    return config_get(reader, spec, STR("containers")) ? spec : NULL;
}

static void read_containers(struct kubernetes_pod *pod, const char *list)
{
    struct config_reader *reader = pod->reader;
    const struct yaml_node *items = config_get(reader, pod->spec, str_from(list));
    if (!items || config_is_null(items))
        return;
    if (items->kind != YAML_SEQUENCE) {
        config_problem(reader, config_place(reader, items), true, "%s: a list is expected here",
                       list);
        return;
    }
    for (size_t i = 0; i < items->items.count; i++) {
        const struct yaml_node *item = items->items.items[i];
        if (item->kind != YAML_MAPPING) {
            config_problem(reader, config_place(reader, item), true,
                           "a container is a mapping, and this is none");
            continue;
        }
        if (!config_room(reader, config_place(reader, item)))
            return;
        struct workload *workload = vec_push(reader->arena, &reader->file->workloads);
        *workload = (struct workload){
            .dialect = DIALECT_KUBERNETES,
            .path = reader->path,
            .place = config_place(reader, item),
            .body = config_body(reader, NULL, item),
            .kind = pod->kind,
            .owner = pod->name,
            .is_pod_managed = true,
            .is_init = pod->runs_once || str_eq(str_from(list), STR("initContainers")),
        };
        kubernetes_pod_fields(pod, workload);
        kubernetes_container_fields(pod, item, workload);
    }
}

static void read_config_map(struct config_reader *reader, const struct yaml_node *object, str name)
{
    const struct yaml_node *data = config_get(reader, object, STR("data"));
    if (!data || !config_room(reader, config_place(reader, data)))
        return;
    struct workload *workload = vec_push(reader->arena, &reader->file->workloads);
    *workload = (struct workload){
        .dialect = DIALECT_KUBERNETES,
        .path = reader->path,
        .place = config_place(reader, object),
        .name = name,
        .kind = STR("ConfigMap"),
        .owner = name,
        .is_settings = true,
    };
    config_named_of(reader, data, &workload->environment);
    config_check_full(reader, workload);
}

static void read_object(struct config_reader *reader, const struct yaml_node *object,
                        unsigned depth)
{
    struct kubernetes_pod pod = {.reader = reader, .kind = text_at(reader, object, "kind")};
    const struct yaml_node *items = config_get(reader, object, STR("items"));
    if (items && items->kind == YAML_SEQUENCE && depth < LIMIT_CONFIG_DEPTH) {
        for (size_t i = 0; i < items->items.count; i++)
            read_object(reader, items->items.items[i], depth + 1);
        return;
    }
    pod.name = text_at(reader, config_get(reader, object, STR("metadata")), "name");
    if (!pod.name.len)
        pod.name = text_at(reader, config_get(reader, object, STR("metadata")), "generateName");
    if (str_eq(pod.kind, STR("ConfigMap"))) {
        read_config_map(reader, object, pod.name);
        return;
    }
    pod.spec = find_pod(reader, object, &pod.metadata);
    if (!pod.spec)
        return;
    pod.runs_once = str_eq(pod.kind, STR("Job")) || str_eq(pod.kind, STR("CronJob"));
    size_t first = reader->file->workloads.count;
    read_containers(&pod, "initContainers");
    read_containers(&pod, "containers");
    read_containers(&pod, "ephemeralContainers");
    struct workload_list *all = &reader->file->workloads;
    if (all->count > first)
        kubernetes_idle_volumes(&pod, &all->items[all->count - 1]);
}

/* Helm and other templates are no YAML before they are filled in. */
static bool is_template(str text)
{
    str line;
    while (str_next_line(&text, &line)) {
        str rest = str_trim(line);
        if (str_starts(rest, STR("{{")) || str_contains(rest, STR(": {{")))
            return true;
    }
    return false;
}

void kubernetes_read(struct config_reader *reader, const struct config_text *text)
{
    struct yaml_list documents = {0};
    struct err err = {0};
    if (text->text.len > LIMIT_CONFIG_FILE) {
        config_problem(reader, (struct place){.path = text->path}, true, "longer than 16 MiB");
        return;
    }
    if (yaml_parse(reader->arena, text->text, &documents, &err) < 0) {
        if (is_template(text->text))
            config_problem(reader, (struct place){.path = text->path, .line = 1, .column = 1}, true,
                           "a template: have it filled in first (`helm template` does), and look "
                           "at the result");
        else
            config_yaml_problem(reader, &err);
    }
    for (size_t i = 0; i < documents.count; i++)
        if (documents.items[i]->kind == YAML_MAPPING)
            read_object(reader, documents.items[i], 0);
}
