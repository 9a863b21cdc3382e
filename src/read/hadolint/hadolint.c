// SPDX-License-Identifier: Apache-2.0
#include "read/hadolint/hadolint.h"

#include "io/yaml.h"

static const char *const level_names[] = {
    [HADOLINT_ERROR] = "error", [HADOLINT_WARNING] = "warning", [HADOLINT_INFO] = "info",
    [HADOLINT_STYLE] = "style", [HADOLINT_IGNORE] = "ignore",
};
enum { LEVELS = sizeof(level_names) / sizeof(level_names[0]) };

bool hadolint_level_parse(str name, enum hadolint_level *ret)
{
    for (size_t i = 0; i < LEVELS; i++)
        if (str_eq_nocase(name, str_from(level_names[i]))) {
            *ret = (enum hadolint_level)i;
            return true;
        }
    *ret = HADOLINT_IGNORE;
    return str_eq_nocase(name, STR("none"));
}

const char *hadolint_level_name(enum hadolint_level level)
{
    return (size_t)level < LEVELS ? level_names[level] : "";
}

struct reader {
    struct arena *arena;
    const char *path;
    struct hadolint_config *config;
    struct err *err;
};

static int refuse(const struct reader *reader, const struct yaml_node *node, const char *want)
{
    return err_set(reader->err, ERR_USAGE, "%s:%u: %s", reader->path, node->line, want);
}

static int read_flag(const struct reader *reader, const struct yaml_node *node, bool *to)
{
    static const str yes[] = {STR_INIT("true"), STR_INIT("yes"), STR_INIT("on"), STR_INIT("y")};
    static const str no[] = {STR_INIT("false"), STR_INIT("no"), STR_INIT("off"), STR_INIT("n")};
    for (size_t i = 0; node->kind == YAML_SCALAR && i < sizeof(yes) / sizeof(yes[0]); i++)
        if (str_eq_nocase(node->text, yes[i]) || str_eq_nocase(node->text, no[i])) {
            *to = str_eq_nocase(node->text, yes[i]);
            return 0;
        }
    return refuse(reader, node, "want true or false");
}

/* A list of names; a single one may stand without the list, and nothing at all is none. */
static int read_names(const struct reader *reader, const struct yaml_node *node,
                      struct hadolint_names *to)
{
    if (node->kind == YAML_MAPPING)
        return refuse(reader, node, "want a list of names");
    if (node->kind == YAML_SCALAR) {
        if (node->text.len)
            *vec_push(reader->arena, to) = node->text;
        return 0;
    }
    for (size_t i = 0; i < node->items.count; i++) {
        if (node->items.items[i]->kind != YAML_SCALAR)
            return refuse(reader, node->items.items[i], "want a name");
        *vec_push(reader->arena, to) = node->items.items[i]->text;
    }
    return 0;
}

static int read_overrides(const struct reader *reader, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && node->text.len == 0)
        return 0;
    if (node->kind != YAML_MAPPING)
        return refuse(reader, node,
                      "want error, warning, info and style, each with a list of rules");
    for (size_t i = 0; i + 1 < node->items.count; i += 2) {
        enum hadolint_level level;
        struct hadolint_names names = {0};
        if (!hadolint_level_parse(node->items.items[i]->text, &level) || level == HADOLINT_IGNORE)
            return refuse(reader, node->items.items[i], "want error, warning, info or style");
        if (read_names(reader, node->items.items[i + 1], &names) < 0)
            return -1;
        for (size_t n = 0; n < names.count; n++)
            *vec_push(reader->arena, &reader->config->overrides) =
                (struct hadolint_override){names.items[n], level};
    }
    return 0;
}

static int read_labels(const struct reader *reader, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && node->text.len == 0)
        return 0;
    if (node->kind != YAML_MAPPING)
        return refuse(reader, node, "want label names, each with its type");
    for (size_t i = 0; i + 1 < node->items.count; i += 2)
        *vec_push(reader->arena, &reader->config->labels) =
            (struct hadolint_label){node->items.items[i]->text, node->items.items[i + 1]->text};
    return 0;
}

static int read_key(const struct reader *reader, str key, const struct yaml_node *node)
{
    struct hadolint_config *config = reader->config;
    if (str_eq(key, STR("ignored")))
        return read_names(reader, node, &config->ignored);
    if (str_eq(key, STR("trustedRegistries")))
        return read_names(reader, node, &config->trusted);
    if (str_eq(key, STR("override")))
        return read_overrides(reader, node);
    if (str_eq(key, STR("label-schema")))
        return read_labels(reader, node);
    if (str_eq(key, STR("strict-labels")))
        return read_flag(reader, node, &config->strict_labels);
    if (str_eq(key, STR("no-fail")))
        return read_flag(reader, node, &config->no_fail);
    if (str_eq(key, STR("no-color")))
        return read_flag(reader, node, &config->no_color);
    if (str_eq(key, STR("disable-ignore-pragma")))
        return read_flag(reader, node, &config->disable_pragmas);
    if (str_eq(key, STR("format")))
        config->format = node->text;
    if (str_eq(key, STR("failure-threshold")) &&
        !hadolint_level_parse(node->text, &config->threshold))
        return refuse(reader, node, "want error, warning, info, style, ignore or none");
    return 0;
}

int hadolint_read(struct arena *arena, const char *path, str text, struct hadolint_config *ret,
                  struct err *err)
{
    const struct reader reader = {arena, path, ret, err};
    struct yaml_list documents = {0};
    if (yaml_parse(arena, text, &documents, err) < 0) {
        err->kind = ERR_USAGE;
        return err_wrap(err, "%s", path);
    }
    if (documents.count == 0)
        return 0;
    const struct yaml_node *root = documents.items[0];
    if (root->kind != YAML_MAPPING)
        return root->kind == YAML_SEQUENCE || root->text.len
                   ? refuse(&reader, root, "want keys and values")
                   : 0;
    for (size_t i = 0; i + 1 < root->items.count; i += 2)
        if (read_key(&reader, root->items.items[i]->text, root->items.items[i + 1]) < 0)
            return -1;
    return 0;
}
