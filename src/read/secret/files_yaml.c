// SPDX-License-Identifier: Apache-2.0
/* YAML of Kubernetes: kubeconfigs, and manifests of Secrets. */
#include "io/yaml.h"
#include "read/secret/files.h"

static bool is_yaml(str path, str head)
{
    (void)head;
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ||
           file_ends(path, ".kube/config") || str_ends(path, STR("kubeconfig")) ||
           (str_contains(path, STR("kubernetes/")) && str_ends(path, STR(".conf")));
}

static str text_of(const struct yaml_node *mapping, str key)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    return node && node->kind == YAML_SCALAR ? node->text : (str){0};
}

static void read_user(struct secret_scan *scan, str content, const struct yaml_node *entry)
{
    const struct yaml_node *user = yaml_get(entry, STR("user"));
    str name = text_of(entry, STR("name"));
    str token = text_of(user, STR("token")), password = text_of(user, STR("password"));
    str key = text_of(user, STR("client-key-data"));
    if (token.len)
        file_hit(scan, "kubeconfig-token", content, token, name);
    if (password.len)
        file_hit(scan, "kubeconfig-password", content, password, name);
    size_t at = key.len ? str_find(content, key) : STR_NONE;
    if (at != STR_NONE)
        key_in_text(scan, scan_kind(scan, "kubeconfig-key"), at, key);
}

static void read_values(struct secret_scan *scan, str content, const struct yaml_node *values,
                        str name)
{
    if (!values || values->kind != YAML_MAPPING)
        return;
    for (size_t i = 0; i + 1 < values->items.count; i += 2) {
        const struct yaml_node *key = values->items.items[i], *value = values->items.items[i + 1];
        if (value->kind != YAML_SCALAR || value->text.len == 0 || key->kind != YAML_SCALAR)
            continue;
        struct hit *hit = file_hit(scan, "k8s-secret-manifest", content, value->text,
                                   arena_join(&scan->arena, name, STR("/"), key->text));
        if (hit)
            hit->confidence = SECRET_MEDIUM;
        if (hit)
            hit->reason = STR("a Secret carries its value with it; what it is worth is not known");
    }
}

static void read_document(struct secret_scan *scan, str content, const struct yaml_node *document)
{
    str kind = text_of(document, STR("kind"));
    const struct yaml_node *users = yaml_get(document, STR("users"));
    if (str_eq(kind, STR("Secret"))) {
        str name = text_of(yaml_get(document, STR("metadata")), STR("name"));
        read_values(scan, content, yaml_get(document, STR("data")), name);
        read_values(scan, content, yaml_get(document, STR("stringData")), name);
    }
    for (size_t i = 0; users && users->kind == YAML_SEQUENCE && i < users->items.count; i++)
        read_user(scan, content, users->items.items[i]);
}

static void read_yaml(struct secret_scan *scan, str content)
{
    struct yaml_list documents;
    struct err ignored = {0};
    bool worth_it = str_contains(content, STR("Secret")) || str_contains(content, STR("users:"));
    if (!worth_it || yaml_parse(&scan->arena, content, &documents, &ignored) < 0)
        return;
    for (size_t i = 0; i < documents.count; i++)
        read_document(scan, content, documents.items[i]);
}

const struct file_reader file_yaml[] = {{"yaml", is_yaml, read_yaml}, {0}};
