// SPDX-License-Identifier: Apache-2.0
#include "read/image/claims.h"

#include "base/die.h"
#include "base/path.h"
#include "read/image/link.h"

struct node {
    str name;
    bool wildcard;
    uint64_t collectors;
    struct node *children, *next;
};

struct claims {
    struct node root;
    const struct collector *const *collectors;
    size_t count;
};

static bool node_takes(const struct node *node, str name)
{
    return node->wildcard ? path_match(node->name, name) : str_eq(node->name, name);
}

static struct node *child(struct arena *arena, struct node *parent, str name)
{
    for (struct node *node = parent->children; node; node = node->next)
        if (str_eq(node->name, name))
            return node;
    struct node *node = arena_new(arena, struct node);
    node->name = name;
    node->wildcard = str_find_char(name, '*') != STR_NONE;
    node->next = parent->children;
    parent->children = node;
    return node;
}

struct claims *claims_make(struct arena *arena, const struct collector *const *collectors,
                           size_t count)
{
    INVARIANT(count <= CLAIMS_MAX_COLLECTORS);
    struct claims *claims = arena_new(arena, struct claims);
    claims->collectors = collectors;
    claims->count = count;
    for (size_t i = 0; i < count; i++) {
        for (const char *const *path = collector_paths(collectors[i]); *path; path++) {
            struct node *node = &claims->root;
            str rest = str_from(*path), name;
            while (str_next(&rest, '/', &name))
                node = child(arena, node, name);
            node->collectors |= (uint64_t)1 << i;
        }
    }
    return claims;
}

/* Depth is that of our own patterns, whatever the path. */
static void match(const struct node *node, str path, struct claim *claim)
{
    if (path.len == 0) {
        claim->relevant = true;
        claim->collectors |= node->collectors;
        return;
    }
    str name, rest;
    str_cut(path, '/', &name, &rest);
    for (const struct node *at = node->children; at; at = at->next)
        if (node_takes(at, name))
            match(at, rest, claim);
}

struct claim claims_match(const struct claims *claims, str path)
{
    struct claim claim = {0};
    match(&claims->root, path, &claim);
    return claim;
}

static bool names_below(const struct node *node, str folder, struct arena *arena,
                        struct claims_names *ret)
{
    bool all = false;
    str name, rest;
    str_cut(folder, '/', &name, &rest);
    for (const struct node *at = node->children; at; at = at->next) {
        if (folder.len == 0 && at->wildcard)
            all = true;
        else if (folder.len == 0)
            *vec_push(arena, ret) = at->name;
        else if (node_takes(at, name))
            all |= names_below(at, rest, arena, ret);
    }
    return all;
}

bool claims_names_below(const struct claims *claims, str folder, struct arena *arena,
                        struct claims_names *ret)
{
    return names_below(&claims->root, folder, arena, ret);
}

/* If the components of path are the first ones of the pattern, what is left of the pattern. */
static bool starts_pattern(str pattern, str path, str *ret_rest)
{
    str want, have;
    while (str_next(&path, '/', &have))
        if (!str_next(&pattern, '/', &want) || !path_match(want, have))
            return false;
    *ret_rest = pattern;
    return true;
}

static bool has_pattern(const struct collector *collector, str pattern)
{
    for (const char *const *path = collector_paths(collector); *path; path++)
        if (str_eq(str_from(*path), pattern))
            return true;
    return false;
}

bool claims_link_is_covered(const struct claims *claims, struct arena *scratch, str path, str link)
{
    str target = link_resolve(scratch, path, link, NULL);
    uint64_t at_target = claims_match(claims, target).collectors;
    for (size_t i = 0; i < claims->count; i++) {
        const struct collector *collector = claims->collectors[i];
        for (const char *const *pattern = collector_paths(collector); *pattern; pattern++) {
            str rest;
            if (!starts_pattern(str_from(*pattern), path, &rest))
                continue;
            if (rest.len == 0 && !(at_target & (uint64_t)1 << i))
                return false;
            if (rest.len &&
                !has_pattern(collector,
                             target.len ? arena_join(scratch, target, STR("/"), rest) : rest))
                return false;
        }
    }
    return true;
}
