// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "judge/advisory/store_writer.h"

#include <stdlib.h>

static int compare_rows(const void *a, const void *b)
{
    const struct row *left = *(const struct row *const *)a, *right = *(const struct row *const *)b;
    int order = str_cmp(left->id, right->id);
    return order ? order : str_cmp(left->packed, right->packed);
}

/* The group's rows as one value: sorted by id, each once. As texts with `as_texts`. */
static int join_group(const struct group *group, bool as_texts, struct buf *to, struct err *err)
{
    const struct row **rows = die_malloc(group->count * sizeof(struct row *));
    size_t count = 0;
    for (const struct row *row = group->first; row; row = row->next)
        rows[count++] = row;
    qsort(rows, count, sizeof(struct row *), compare_rows);
    buf_clear(to);
    for (size_t i = 0; i < count; i++) {
        if (i && str_eq(rows[i]->packed, rows[i - 1]->packed))
            continue;
        if (as_texts)
            pack_text(to, rows[i]->packed);
        else
            buf_add_str(to, rows[i]->packed);
    }
    free(rows);
    return to->overflow ? err_set(err, ERR_LIMIT, "too many rows of one package") : 0;
}

static int compare_exploits(const void *a, const void *b)
{
    const unsigned char *left = a, *right = b;
    for (int i = 3; i >= 0; i--)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int put_exploits(struct store_writer *writer, struct buf *value, struct err *err)
{
    for (size_t i = 0; i < writer->exploits.groups.count; i++) {
        const struct group *group = &writer->exploits.groups.items[i];
        buf_clear(value);
        for (const struct row *row = group->first; row; row = row->next)
            buf_add_str(value, row->packed);
        if (value->overflow)
            return err_set(err, ERR_LIMIT, "too many scores of one year");
        qsort(value->ptr, group->count, EXPLOIT_ENTRY_SIZE, compare_exploits);
        if (store_writer_put(writer, KEY_EXPLOIT, group->key, buf_str(value), err) < 0)
            return -1;
    }
    return 0;
}

static int put_groups(struct store_writer *writer, struct buf *value, struct err *err)
{
    for (size_t i = 0; i < writer->advisories.groups.count; i++) {
        const struct group *group = &writer->advisories.groups.items[i];
        if (join_group(group, false, value, err) < 0 ||
            kv_put(writer->builder, group->key, buf_str(value), err) < 0)
            return -1;
    }
    for (size_t i = 0; i < writer->reverse.groups.count; i++) {
        const struct group *group = &writer->reverse.groups.items[i];
        if (join_group(group, true, value, err) < 0 ||
            store_writer_put(writer, KEY_REVERSE, group->key, buf_str(value), err) < 0)
            return -1;
    }
    for (size_t i = 0; i < writer->offered.groups.count; i++) {
        const struct group *group = &writer->offered.groups.items[i];
        if (group->last && kv_put(writer->builder, group->key, group->last->packed, err) < 0)
            return -1;
    }
    return put_exploits(writer, value, err);
}

static int compare_strs(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static int put_about(struct store_writer *writer, str fetched, struct buf *value, struct err *err)
{
    const struct map *map = &writer->namespaces;
    str *names = arena_array(&writer->arena, str, map->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].used)
            names[count++] = map->slots[i].key;
    qsort(names, count, sizeof(*names), compare_strs);
    BUF_SCOPED namespaces = buf_make(MIB(1));
    for (size_t i = 0; i < count; i++)
        pack_text(&namespaces, names[i]);
    str feed = str_from(writer->name);
    if (str_starts(feed, STR("apt-")) && count == 1)
        feed = names[0];
    const struct store_about about = {
        .feed = feed,
        .updated = writer->date.len ? writer->date : fetched,
        .fetched = fetched,
        .rows = store_rows(writer),
        .namespaces = buf_str(&namespaces),
    };
    if (writer->unread) {
        buf_clear(value);
        pack_number(value, writer->unread);
        pack_text(value, writer->first_unread);
        if (store_writer_put(writer, KEY_UNREAD, (str){0}, buf_str(value), err) < 0)
            return -1;
    }
    buf_clear(value);
    pack_about(value, &about);
    return kv_put(writer->builder, STR(KEY_ABOUT), buf_str(value), err);
}

/* What an archive offers may shrink at any time, and its digest was checked. */
static int check_rows(struct store_writer *writer, struct err *err)
{
    struct store_state old;
    struct err ignored = {0};
    if (str_starts(str_from(writer->name), STR("apt-")) ||
        store_examine(&writer->arena, writer->dir, writer->name, &old, &ignored) < 0)
        return 0;
    if (store_rows(writer) < old.rows / 2)
        return err_set(err, ERR_FORMAT, "only %llu rows, where the last good copy has %llu",
                       (unsigned long long)store_rows(writer), (unsigned long long)old.rows);
    return 0;
}

int store_commit(struct store_writer *writer, str fetched, bool allow_fewer, struct err *err)
{
    BUF_SCOPED value = buf_make(MIB(256));
    int result = allow_fewer ? 0 : check_rows(writer, err);
    if (result == 0)
        result = put_groups(writer, &value, err);
    if (result == 0)
        result = put_about(writer, fetched, &value, err);
    if (result == 0) {
        result = kv_commit(writer->builder, err);
        writer->builder = NULL;
    }
    store_abandon(writer);
    return result;
}
