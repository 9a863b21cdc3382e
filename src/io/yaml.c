// SPDX-License-Identifier: Apache-2.0
#include "io/yaml.h"

#include "base/limits.h"
#include "base/map.h"

#include <yaml.h>

/* Marks of libyaml count characters. Where the text is not ASCII, where every MARKS-th stands. */
enum { MARKS = 256 };

struct reader {
    struct arena *arena;
    str text;
    size_t bom;           /* bytes before what libyaml sees */
    const size_t *stands; /* NULL: all ASCII */
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; owned */
    struct map anchors; /* name -> complete node of this document */
    size_t nodes;
};

/* Anchors and values of libyaml are bytes of UTF-8 with a NUL behind them. */
static str copy(struct arena *arena, const yaml_char_t *bytes, size_t len)
{
    return arena_str(arena, str_make(bytes, len));
}

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static const size_t *index_characters(struct arena *arena, str text, size_t from)
{
    size_t *stands = arena_array(arena, size_t, text.len / MARKS + 2), seen = 0, wide = 0;
    for (size_t at = from; at < text.len; at++) {
        if (!starts_character(text.ptr[at])) {
            wide++;
            continue;
        }
        if (seen % MARKS == 0)
            stands[seen / MARKS] = at;
        seen++;
    }
    if (seen % MARKS == 0) /* the end may be asked for too */
        stands[seen / MARKS] = text.len;
    return wide ? stands : NULL;
}

static size_t offset_of(const struct reader *reader, const yaml_mark_t *mark)
{
    if (!reader->stands)
        return mark->index + reader->bom;
    size_t at = reader->stands[mark->index / MARKS];
    for (size_t left = mark->index % MARKS; left && at < reader->text.len; left--)
        do
            at++;
        while (at < reader->text.len && !starts_character(reader->text.ptr[at]));
    return at;
}

static int next_event(struct reader *reader, struct err *err)
{
    const yaml_parser_t *parser = &reader->parser;
    yaml_event_delete(&reader->event);
    if (yaml_parser_parse(&reader->parser, &reader->event))
        return 0;
    bool has_mark = parser->error != YAML_READER_ERROR;
    size_t line = has_mark ? parser->problem_mark.line + 1 : parser->mark.line + 1;
    size_t column = has_mark ? parser->problem_mark.column + 1 : parser->mark.column + 1;
    return err_set(err, ERR_FORMAT, "line %zu, column %zu: %s", line, column,
                   parser->problem ? parser->problem : "no valid YAML");
}

static int fail_here(const struct reader *reader, enum err_kind kind, const char *message,
                     struct err *err)
{
    return err_set(err, kind, "line %zu, column %zu: %s", reader->event.start_mark.line + 1,
                   reader->event.start_mark.column + 1, message);
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.anchor;
    default: return NULL;
    }
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.tag;
    default: return NULL;
    }
}

static int read_node(struct reader *reader, unsigned depth, const struct yaml_node **ret,
                     struct err *err);

static void end_at(const struct reader *reader, struct yaml_node *node)
{
    const yaml_mark_t *mark = &reader->event.end_mark;
    node->end_line = (uint32_t)mark->line + 1;
    node->end_column = (uint32_t)mark->column + 1;
    node->end_offset = offset_of(reader, mark);
}

/* In block style, libyaml notices the end only at the next token. */
static void end_collection(const struct reader *reader, struct yaml_node *node)
{
    const struct yaml_node *last =
        node->items.count ? node->items.items[node->items.count - 1] : NULL;
    if (node->flow || !last) {
        end_at(reader, node);
    } else if (last->end_offset >= node->end_offset) { /* an alias may stand far above */
        node->end_line = last->end_line;
        node->end_column = last->end_column;
        node->end_offset = last->end_offset;
    }
}

/* Up to the end event, which becomes the current one. */
static int read_items(struct reader *reader, struct yaml_node *node, yaml_event_type_t end,
                      unsigned depth, struct err *err)
{
    if (depth >= LIMIT_YAML_DEPTH)
        return fail_here(reader, ERR_LIMIT, "nested too deep", err);
    for (;;) {
        const struct yaml_node *item;
        if (next_event(reader, err) < 0)
            return -1;
        if (reader->event.type == end) {
            end_collection(reader, node);
            return 0;
        }
        if (read_node(reader, depth + 1, &item, err) < 0)
            return -1;
        *vec_push(reader->arena, &node->items) = item;
    }
}

static int read_alias(struct reader *reader, const struct yaml_node **ret, struct err *err)
{
    const uintptr_t *known =
        map_get(&reader->anchors, str_from((const char *)reader->event.data.alias.anchor));
    if (!known) /* also an alias within what it names: not complete yet */
        return fail_here(reader, ERR_FORMAT, "an alias of nothing that stands before it", err);
    *ret = (const struct yaml_node *)*known;
    return 0;
}

/* The node that the current event starts. */
static int read_node(struct reader *reader, unsigned depth, const struct yaml_node **ret,
                     struct err *err)
{
    const yaml_event_t *event = &reader->event;
    if (++reader->nodes > LIMIT_YAML_NODES)
        return fail_here(reader, ERR_LIMIT, "too many nodes", err);
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, ret, err);
    struct yaml_node *node = arena_new(reader->arena, struct yaml_node);
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    node->offset = offset_of(reader, &event->start_mark);
    node->tag = arena_str(reader->arena, str_from((const char *)tag_of(event)));
    end_at(reader, node);
    str anchor = arena_str(reader->arena, str_from((const char *)anchor_of(event)));
    int result = 0;
    if (event->type == YAML_SCALAR_EVENT) {
        node->kind = YAML_SCALAR;
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        node->text = copy(reader->arena, event->data.scalar.value, event->data.scalar.length);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        node->kind = YAML_SEQUENCE;
        node->flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        result = read_items(reader, node, YAML_SEQUENCE_END_EVENT, depth, err);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        node->kind = YAML_MAPPING;
        node->flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        result = read_items(reader, node, YAML_MAPPING_END_EVENT, depth, err);
    } else {
        return fail_here(reader, ERR_FORMAT, "no value where one is expected", err);
    }
    if (anchor.len)
        *map_put(reader->arena, &reader->anchors, anchor, NULL) = (uintptr_t)node;
    *ret = node;
    return result;
}

static int read_documents(struct reader *reader, struct yaml_list *ret, struct err *err)
{
    for (;;) {
        const struct yaml_node *root;
        if (next_event(reader, err) < 0)
            return -1;
        switch (reader->event.type) {
        case YAML_STREAM_END_EVENT: return 0;
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT: break;
        case YAML_DOCUMENT_START_EVENT:
            reader->anchors = (struct map){0};
            if (next_event(reader, err) < 0 || read_node(reader, 0, &root, err) < 0)
                return -1;
            *vec_push(reader->arena, ret) = root;
            break;
        default: return fail_here(reader, ERR_FORMAT, "no document where one is expected", err);
        }
    }
}

int yaml_parse(struct arena *arena, str text, struct yaml_list *ret_documents, struct err *err)
{
    struct reader reader = {.arena = arena, .text = text};
    *ret_documents = (struct yaml_list){0};
    if (!yaml_parser_initialize(&reader.parser))
        return err_set(err, ERR_LIMIT, "no memory for a YAML parser");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    reader.bom = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    reader.stands = index_characters(arena, text, reader.bom);
    yaml_parser_set_input_string(&reader.parser,
                                 (const unsigned char *)(text.ptr ? text.ptr + reader.bom : ""),
                                 text.len - reader.bom);
    int result = read_documents(&reader, ret_documents, err);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    return result;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, str key)
{
    const struct yaml_node *found = NULL;
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i + 1 < mapping->items.count; i += 2) {
        const struct yaml_node *name = mapping->items.items[i];
        if (name->kind == YAML_SCALAR && str_eq(name->text, key))
            found = mapping->items.items[i + 1];
    }
    return found;
}
