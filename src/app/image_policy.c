// SPDX-License-Identifier: Apache-2.0
#include "app/image_policy.h"

#include "app/policy_options.h"
#include "base/fd.h"
#include "base/limits.h"

bool image_policy_parse_size(str text, uint64_t *ret)
{
    static const char units[] = "KMGT";
    const double largest = 1e18;
    uint64_t unit = 1;
    double number;
    if (str_ends(text, STR("iB")))
        text = str_sub(text, 0, text.len - 2);
    else if (str_ends(text, STR("B")))
        text = str_sub(text, 0, text.len - 1);
    for (size_t i = 0; text.len && units[i]; i++)
        if (text.ptr[text.len - 1] == units[i] || text.ptr[text.len - 1] == units[i] - 'A' + 'a') {
            unit = 1ull << (10 * (i + 1));
            text = str_sub(text, 0, text.len - 1);
            break;
        }
    if (!str_to_double(text, &number) || number <= 0 || number * (double)unit > largest)
        return false;
    *ret = (uint64_t)(number * (double)unit);
    return *ret > 0;
}

int image_policy_parse_bases(struct arena *arena, str text, struct image_policy *ret,
                             struct err *err)
{
    VEC(struct trusted_base) bases = {0};
    str line, word;
    for (size_t number = 1; str_next_line(&text, &line); number++) {
        struct trusted_base base = {0};
        if (!str_next_word(&line, &base.name) || str_starts(base.name, STR("#")))
            continue;
        while (str_next_word(&line, &word)) {
            if (!str_starts(word, STR("sha256:")) && !str_starts(word, STR("sha512:")))
                return err_set(err, ERR_USAGE,
                               "line %zu: want layers behind the name, as sha256:HEX", number);
            *vec_push(arena, &base.layers) = word;
        }
        if (base.layers.count == 0)
            return err_set(err, ERR_USAGE, "line %zu: %.*s has no layers", number,
                           STR_ARG(str_sub(base.name, 0, 200)));
        *vec_push(arena, &bases) = base;
    }
    if (bases.count == 0)
        return err_set(err, ERR_USAGE, "it names no image");
    ret->bases = bases.items;
    ret->base_count = bases.count;
    return 0;
}

static int read_bases(struct arena *arena, const char *path, struct image_policy *ret,
                      struct err *err)
{
    str text;
    if (fd_read_file(arena, path, LIMIT_BASE_LIST, &text, err) < 0)
        return err_wrap(err, "--trusted-base");
    if (image_policy_parse_bases(arena, text, ret, err) < 0)
        return err_wrap(err, "--trusted-base %s", path);
    return 0;
}

static struct str_list strings(struct arena *arena, const struct option_list *list)
{
    struct str_list all = {0};
    for (size_t i = 0; i < list->count; i++)
        *vec_push(arena, &all) = str_from(list->items[i]);
    return all;
}

static int read_labels(struct arena *arena, const struct option_list *given,
                       struct rule_settings *ret, struct err *err)
{
    struct label_rule *labels = arena_array(arena, struct label_rule, given->count + 1);
    for (size_t i = 0; i < given->count; i++)
        if (policy_take_label(given->items[i], &labels[i], err) < 0)
            return -1;
    ret->labels = labels;
    ret->label_count = given->count;
    return 0;
}

int image_policy_read(struct arena *arena, const struct image_policy_settings *settings,
                      struct rule_settings *ret, struct err *err)
{
    struct image_policy *policy = &ret->policy;
    const struct str_list enable = strings(arena, &settings->enable),
                          trusted = strings(arena, &settings->trusted);
    for (size_t i = 0; i < enable.count; i++)
        if (!str_eq(enable.items[i], STR("all")) && !rule_find(enable.items[i], NULL))
            return err_set(err, ERR_USAGE,
                           "--enable %s: no rule is called so (harden explain --list)",
                           settings->enable.items[i]);
    ret->enable = enable.items;
    ret->enable_count = enable.count;
    ret->trusted = trusted.items;
    ret->trusted_count = trusted.count;
    *policy = (struct image_policy){
        .most_layers = settings->most_layers,
        .platforms = strings(arena, &settings->platforms),
        .distributions = strings(arena, &settings->distributions),
        .denied_packages = strings(arena, &settings->denied_packages),
        .required_packages = strings(arena, &settings->required_packages),
        .denied_licenses = strings(arena, &settings->denied_licenses),
        .denied_files = strings(arena, &settings->denied_files),
    };
    if (settings->most_bytes &&
        !image_policy_parse_size(str_from(settings->most_bytes), &policy->most_bytes))
        return err_set(err, ERR_USAGE, "--max-size %s: want a size like 200M or 1.5G",
                       settings->most_bytes);
    if (settings->base_list && read_bases(arena, settings->base_list, policy, err) < 0)
        return -1;
    return read_labels(arena, &settings->labels, ret, err);
}

unsigned image_policy_wants(const struct image_policy_settings *settings)
{
    unsigned wants = 0;
    if (settings->denied_licenses.count)
        wants |= WANT_LICENSES;
    if (settings->denied_files.count || settings->most_bytes)
        wants |= WANT_TREE;
    if (settings->hash_list || settings->contents.count)
        wants |= WANT_FORBIDDEN;
    return wants;
}

int image_policy_open(const struct image_policy_settings *settings, struct forbidden_finder **ret,
                      struct err *err)
{
    const struct forbidden_settings lists = {
        .hash_list = settings->hash_list,
        .patterns = settings->contents.items,
        .pattern_count = settings->contents.count,
    };
    *ret = NULL;
    return lists.hash_list || lists.pattern_count ? forbidden_open(&lists, ret, err) : 0;
}
