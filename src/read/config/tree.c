// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "read/config/config_internal.h"

struct place config_place(const struct config_reader *reader, const struct yaml_node *node)
{
    return (struct place){
        .path = reader->path,
        .line = node->line,
        .column = node->column,
        .end_line = node->end_line,
        .end_column = node->end_column,
        .offset = node->offset,
        .end_offset = node->end_offset,
    };
}

struct place config_entry_place(const struct config_reader *reader,
                                const struct config_entry *entry)
{
    struct place place = config_place(reader, entry->key);
    if (entry->value->end_offset > place.end_offset) { /* an alias may lead far above */
        place.end_line = entry->value->end_line;
        place.end_column = entry->value->end_column;
        place.end_offset = entry->value->end_offset;
    }
    return place;
}

struct place config_body(const struct config_reader *reader, const struct yaml_node *key,
                         const struct yaml_node *mapping)
{
    bool here = mapping->kind == YAML_MAPPING && !mapping->flow && mapping->items.count &&
                (!key || mapping->offset > key->offset);
    struct place place = {0};
    if (!here)
        return place;
    place = config_place(reader, mapping);
    place.column = mapping->items.items[0]->column;
    return place;
}

bool config_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->plain &&
           (node->text.len == 0 || str_eq(node->text, STR("~")) ||
            str_eq_nocase(node->text, STR("null")));
}

/* Counts a visit; false once there were too many, which is said once. */
static bool may_visit(struct config_reader *reader, const struct yaml_node *node)
{
    if (++reader->visits < LIMIT_CONFIG_VISITS)
        return true;
    if (reader->visits == LIMIT_CONFIG_VISITS)
        config_problem(reader, config_place(reader, node), true,
                       "aliases and merges make this file too long to read to its end");
    return false;
}

/* --- mappings, with what `<<` merges into them ---------------------------------------------- */

struct gathering {
    struct config_reader *reader;
    struct config_entries *entries;
    struct map seen;
};

static void gather(struct gathering *to, const struct yaml_node *node, unsigned depth);

static void gather_merged(struct gathering *to, const struct yaml_node *value, unsigned depth)
{
    if (value->kind == YAML_MAPPING) {
        gather(to, value, depth + 1);
    } else if (value->kind == YAML_SEQUENCE) {
        for (size_t i = 0; i < value->items.count; i++)
            if (value->items.items[i]->kind == YAML_MAPPING)
                gather(to, value->items.items[i], depth + 1);
    } else if (!config_is_null(value)) {
        config_problem(to->reader, config_place(to->reader, value), false,
                       "`<<` merges mappings, and this is none");
    }
}

static bool is_merge(const struct yaml_node *key)
{
    return key->kind == YAML_SCALAR && key->plain && str_eq(key->text, STR("<<"));
}

static void gather(struct gathering *to, const struct yaml_node *node, unsigned depth)
{
    if (depth > LIMIT_CONFIG_DEPTH)
        return;
    for (size_t i = 0; i + 1 < node->items.count; i += 2) {
        const struct yaml_node *key = node->items.items[i];
        bool is_new;
        if (!may_visit(to->reader, key))
            return;
        if (key->kind != YAML_SCALAR || is_merge(key))
            continue;
        uintptr_t *slot = map_put(to->reader->arena, &to->seen, key->text, &is_new);
        struct config_entry entry = {key, node->items.items[i + 1], key->text};
        if (is_new) {
            *slot = to->entries->count;
            *vec_push(to->reader->arena, to->entries) = entry;
        } else if (depth == 0) { /* written twice: the last one counts */
            to->entries->items[*slot] = entry;
        }
    }
    for (size_t i = 0; i + 1 < node->items.count; i += 2)
        if (is_merge(node->items.items[i]))
            gather_merged(to, node->items.items[i + 1], depth);
}

struct config_entries config_entries(struct config_reader *reader, const struct yaml_node *node)
{
    struct config_entries entries = {0};
    struct gathering to = {.reader = reader, .entries = &entries};
    if (node && node->kind == YAML_MAPPING)
        gather(&to, node, 0);
    return entries;
}

const struct config_entry *config_find(const struct config_entries *entries, str name)
{
    for (size_t i = 0; i < entries->count; i++)
        if (str_eq(entries->items[i].name, name))
            return &entries->items[i];
    return NULL;
}

const struct yaml_node *config_get(struct config_reader *reader, const struct yaml_node *mapping,
                                   str name)
{
    struct config_entries entries = config_entries(reader, mapping);
    const struct config_entry *entry = config_find(&entries, name);
    return entry ? entry->value : NULL;
}

/* --- scalars ------------------------------------------------------------------------------- */

struct expansion {
    struct config_reader *reader;
    const struct yaml_node *node;
    struct buf out;
};

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static size_t name_length(str s)
{
    size_t len = 0;
    while (len < s.len && is_name(s.ptr[len], len == 0))
        len++;
    return len;
}

/* The index of the '}' that closes what begins at s, other ${...} within it passed over. */
static size_t closing_brace(struct config_reader *reader, str s)
{
    size_t open = 0;
    for (size_t i = 0; i < s.len && reader->expanded < LIMIT_CONFIG_EXPANDED; i++) {
        reader->expanded++;
        if (s.ptr[i] == '{')
            open++;
        if (s.ptr[i] == '}' && open-- == 0)
            return i;
    }
    return STR_NONE;
}

static void expand(struct expansion *to, str text, unsigned depth);

const struct config_scope *config_scope_make(struct arena *arena, const struct config_scope *outer,
                                             const struct named_value_list *values)
{
    struct config_scope *scope = arena_new(arena, struct config_scope);
    *scope = (struct config_scope){.outer = outer, .values = values};
    for (size_t i = 0; i < values->count; i++)
        *map_put(arena, &scope->by_name, values->items[i].name, NULL) = i;
    return scope;
}

static const struct named_value *find_variable(const struct config_scope *scope, str name)
{
    const struct named_value *found = NULL;
    for (; scope; scope = scope->outer) {
        const uintptr_t *index = map_get(&scope->by_name, name);
        found = index ? &scope->values->items[*index] : found;
    }
    return found;
}

/* The inside of ${...}: a name, and what to do where it is not set. */
static void expand_braced(struct expansion *to, str inside, str whole, unsigned depth)
{
    size_t len = name_length(inside);
    str name = str_sub(inside, 0, len), rest = str_from_index(inside, len);
    if (len == 0 || (rest.len && rest.ptr[0] != ':' && rest.ptr[0] != '-' && rest.ptr[0] != '?' &&
                     rest.ptr[0] != '+')) {
        config_problem(to->reader, config_place(to->reader, to->node), false,
                       "%.*s is no variable that compose can put in", STR_ARG(whole));
        buf_add_str(&to->out, whole);
        return;
    }
    const struct named_value *variable = find_variable(to->reader->scope, name);
    bool empty_counts = !str_skip(&rest, STR(":"));
    bool is_set = variable && variable->has_value && (empty_counts || variable->value.len);
    char action = rest.len ? rest.ptr[0] : 0;
    str word = str_from_index(rest, 1);
    if (action == '+' && (is_set || to->reader->scope))
        expand(to, is_set ? word : (str){0}, depth + 1);
    else if (is_set) {
        to->reader->substituted = true;
        buf_add_str(&to->out, variable->value);
    } else if (action == '-')
        expand(to, word, depth + 1);
    else
        buf_add_str(&to->out, whole); /* unknown, not empty: rules pass it over */
}

static void expand(struct expansion *to, str text, unsigned depth)
{
    while (text.len) {
        size_t dollar = depth > LIMIT_CONFIG_DEPTH ? STR_NONE : str_find_char(text, '$');
        buf_add_str(&to->out, str_sub(text, 0, dollar));
        if (dollar == STR_NONE)
            return;
        text = str_from_index(text, dollar);
        str rest = str_from_index(text, 1);
        size_t name = name_length(rest), end;
        if (str_skip(&rest, STR("$"))) {
            buf_add_char(&to->out, '$');
            text = rest;
        } else if (str_skip(&rest, STR("{")) &&
                   (end = closing_brace(to->reader, rest)) != STR_NONE) {
            expand_braced(to, str_sub(rest, 0, end), str_sub(text, 0, end + 3), depth);
            text = str_from_index(rest, end + 1);
        } else if (name) {
            expand_braced(to, str_sub(rest, 0, name), str_sub(text, 0, name + 1), depth);
            text = str_from_index(rest, name);
        } else {
            buf_add_char(&to->out, '$');
            text = str_from_index(text, 1);
        }
    }
}

str config_long_scalar(struct config_reader *reader, const struct yaml_node *node)
{
    if (node->kind != YAML_SCALAR) {
        config_problem(reader, config_place(reader, node), false,
                       "a text or a number is expected here, not a %s",
                       node->kind == YAML_MAPPING ? "mapping" : "list");
        return (str){0};
    }
    if (!reader->interpolates || str_find_char(node->text, '$') == STR_NONE ||
        reader->expanded >= LIMIT_CONFIG_EXPANDED)
        return node->text;
    struct expansion to = {reader, node, buf_make(LIMIT_CONFIG_VALUE)};
    expand(&to, node->text, 0);
    reader->expanded += to.out.len;
    bool whole = !to.out.overflow && reader->expanded < LIMIT_CONFIG_EXPANDED;
    str result = whole ? arena_str(reader->arena, buf_str(&to.out)) : node->text;
    buf_free(&to.out);
    if (!whole)
        config_problem(reader, config_place(reader, node), true,
                       "variables make this file too long to read");
    return result;
}

str config_scalar(struct config_reader *reader, const struct yaml_node *node)
{
    str text = config_long_scalar(reader, node);
    if (text.len <= LIMIT_CONFIG_SCALAR)
        return text;
    config_problem(reader, config_place(reader, node), true, "a value longer than 16 KiB");
    return str_sub(text, 0, LIMIT_CONFIG_SCALAR);
}

/* --- fields -------------------------------------------------------------------------------- */

void config_text_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_text *ret)
{
    if (config_is_null(node)) {
        *ret = (struct set_text){0};
        return;
    }
    *ret = config_set(config_place(reader, node), config_scalar(reader, node));
}

bool config_truth(str text, bool *ret)
{
    static const char *const yes[] = {"true", "yes", "on", "y", "1", "t"};
    static const char *const no[] = {"false", "no", "off", "n", "0", "f"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        *ret = str_eq_nocase(text, str_from(yes[i]));
        if (*ret || str_eq_nocase(text, str_from(no[i])))
            return true;
    }
    return false;
}

void config_flag_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_flag *ret)
{
    *ret = (struct set_flag){0};
    if (config_is_null(node))
        return;
    str text = config_scalar(reader, node);
    struct place place = config_place(reader, node);
    if (config_truth(text, &ret->value)) {
        ret->set = true;
        ret->place = place;
    } else if (node->kind == YAML_SCALAR && str_find_char(text, '$') == STR_NONE) {
        config_problem(reader, place, false, "neither true nor false: %.*s", STR_ARG(text));
    }
}

void config_list_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_text_list *list)
{
    if (node->kind == YAML_SCALAR && !config_is_null(node))
        *vec_push(reader->arena, list) =
            config_set(config_place(reader, node), config_scalar(reader, node));
    if (node->kind == YAML_MAPPING)
        config_scalar(reader, node); /* says that it is no list */
    if (node->kind != YAML_SEQUENCE)
        return;
    for (size_t i = 0; i < node->items.count && list->count < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        if (!may_visit(reader, item))
            return;
        *vec_push(reader->arena, list) =
            config_set(config_place(reader, item), config_scalar(reader, item));
    }
}

static void named_of_mapping(struct config_reader *reader, const struct yaml_node *node,
                             struct named_value_list *list)
{
    struct config_entries entries = config_entries(reader, node);
    for (size_t i = 0; i < entries.count && list->count < LIMIT_CONFIG_ITEMS; i++) {
        const struct config_entry *entry = &entries.items[i];
        bool is_null = config_is_null(entry->value);
        reader->substituted = false;
        struct named_value item = {
            .place = config_entry_place(reader, entry),
            .name = entry->name,
            .value = is_null ? (str){0} : config_long_scalar(reader, entry->value),
            .has_value = !is_null,
        };
        item.from_variable = reader->substituted;
        config_named_put(reader->arena, list, item);
    }
}

void config_named_of(struct config_reader *reader, const struct yaml_node *node,
                     struct named_value_list *list)
{
    if (node->kind == YAML_MAPPING) {
        named_of_mapping(reader, node, list);
        return;
    }
    for (size_t i = 0; node->kind == YAML_SEQUENCE && i < node->items.count; i++) {
        const struct yaml_node *item = node->items.items[i];
        if (!may_visit(reader, item))
            return;
        reader->substituted = false;
        config_named_add(reader, config_place(reader, item), config_scalar(reader, item), list);
    }
    if (node->kind == YAML_SCALAR && !config_is_null(node))
        config_named_add(reader, config_place(reader, node), config_scalar(reader, node), list);
}
