// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "read/image/cache.h"

#include <string.h>

/*
 * magic, checksum of what follows, key, facts, shadows. Numbers are LEB128; text is its length
 * and its bytes. A fact's path is length + 1, or 0 for the path of the fact before: databases
 * give thousands of facts each.
 */
#define MAGIC STR("HARDENL1")
enum { CHECKSUM_SIZE = 8, HEADER_SIZE = 8 + CHECKSUM_SIZE, SMALLEST_FACT = 4, SMALLEST_SHADOW = 3 };

static void put_number(struct buf *to, uint64_t value)
{
    while (value >= 0x80) {
        buf_add_char(to, (char)(value | 0x80));
        value >>= 7;
    }
    buf_add_char(to, (char)value);
}

static void put_text(struct buf *to, str text)
{
    put_number(to, text.len);
    buf_add_str(to, text);
}

struct reader {
    str rest;
    bool bad;
};

static uint64_t get_number(struct reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->rest.len == 0)
            break;
        unsigned char byte = (unsigned char)*reader->rest.ptr;
        reader->rest = str_from_index(reader->rest, 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    reader->bad = true;
    return 0;
}

static str get_bytes(struct reader *reader, uint64_t len)
{
    if (len > reader->rest.len) {
        reader->bad = true;
        return (str){0};
    }
    str text = str_sub(reader->rest, 0, (size_t)len);
    reader->rest = str_from_index(reader->rest, (size_t)len);
    return text;
}

static str get_text(struct reader *reader)
{
    return get_bytes(reader, get_number(reader));
}

/* The text fields of each kind, in one place for both directions. */
enum { MOST_FIELDS = 9 };
static size_t fields(struct fact *fact, str **to)
{
    size_t count = 0;
#define FIELD(member) to[count++] = &fact->member
    switch (fact->kind) {
    case FACT_PACKAGE:
        FIELD(package.type);
        FIELD(package.name);
        FIELD(package.version);
        FIELD(package.arch);
        FIELD(package.source_name);
        FIELD(package.source_version);
        FIELD(package.maintainer);
        FIELD(package.license);
        break;
    case FACT_DISTRIBUTION:
        FIELD(distribution.id);
        FIELD(distribution.version_id);
        FIELD(distribution.codename);
        FIELD(distribution.pretty_name);
        FIELD(distribution.id_like);
        break;
    case FACT_APT_SOURCE:
        FIELD(apt_source.uri);
        FIELD(apt_source.suite);
        FIELD(apt_source.components);
        FIELD(apt_source.architectures);
        break;
    case FACT_APK_REPOSITORY:
        FIELD(apk_repository.url);
        FIELD(apk_repository.branch);
        FIELD(apk_repository.component);
        break;
    case FACT_OWNED_FILE:
        FIELD(owned_file.package);
        FIELD(owned_file.path);
        FIELD(owned_file.checksum);
        break;
    case FACT_GAP:
        FIELD(gap.path);
        FIELD(gap.reason);
        break;
    }
#undef FIELD
    return count;
}

static void put_fact(struct buf *to, const struct fact *original, str last_path)
{
    struct fact fact = *original;
    str *texts[MOST_FIELDS];
    size_t count = fields(&fact, texts);
    put_number(to, fact.kind);
    if (str_eq(fact.path, last_path)) {
        put_number(to, 0);
    } else {
        put_number(to, fact.path.len + 1);
        buf_add_str(to, fact.path);
    }
    for (size_t i = 0; i < count; i++)
        put_text(to, *texts[i]);
}

static void get_fact(struct reader *reader, struct fact *fact, str last_path)
{
    uint64_t kind = get_number(reader);
    if (kind > FACT_GAP) {
        reader->bad = true;
        return;
    }
    fact->kind = (enum fact_kind)kind;
    uint64_t len = get_number(reader);
    fact->path = len ? get_bytes(reader, len - 1) : last_path;
    str *texts[MOST_FIELDS];
    size_t count = fields(fact, texts);
    for (size_t i = 0; i < count; i++)
        *texts[i] = get_text(reader);
}

static void put_checksum(char *to, str payload)
{
    uint64_t sum = str_hash(payload);
    for (int i = 0; i < CHECKSUM_SIZE; i++)
        to[i] = (char)(sum >> (8 * i));
}

void cache_encode(str key, const struct layer_facts *facts, struct buf *to)
{
    static const char room[CHECKSUM_SIZE];
    buf_add_str(to, MAGIC);
    buf_add(to, room, sizeof(room));
    put_text(to, key);
    put_number(to, facts->facts.count);
    str last_path = {0};
    for (size_t i = 0; i < facts->facts.count; i++) {
        put_fact(to, &facts->facts.items[i], last_path);
        last_path = facts->facts.items[i].path;
    }
    put_number(to, facts->shadows.count);
    for (size_t i = 0; i < facts->shadows.count; i++) {
        const struct shadow *shadow = &facts->shadows.items[i];
        put_text(to, shadow->path);
        put_number(to, shadow->bits);
        put_text(to, shadow->link);
    }
    if (!to->overflow)
        put_checksum(to->ptr + MAGIC.len, str_from_index(buf_str(to), HEADER_SIZE));
}

static bool header_holds(str bytes)
{
    char sum[CHECKSUM_SIZE];
    if (bytes.len < HEADER_SIZE || !str_starts(bytes, MAGIC))
        return false;
    put_checksum(sum, str_from_index(bytes, HEADER_SIZE));
    return memcmp(sum, bytes.ptr + MAGIC.len, CHECKSUM_SIZE) == 0;
}

/* A count that the bytes behind it can hold; memory stays in proportion to the file. */
static size_t get_count(struct reader *reader, uint64_t limit, size_t smallest)
{
    uint64_t count = get_number(reader);
    if (count > limit || count > reader->rest.len / smallest)
        reader->bad = true;
    return reader->bad ? 0 : (size_t)count;
}

bool cache_decode(str key, str bytes, struct layer_facts *facts)
{
    if (!header_holds(bytes))
        return false;
    struct reader reader = {.rest = str_from_index(bytes, HEADER_SIZE)};
    if (!str_eq(get_text(&reader), key))
        return false;
    struct fact_list list = {0};
    list.capacity = get_count(&reader, LIMIT_FACTS * 2ull, SMALLEST_FACT);
    list.items = arena_array(&facts->arena, struct fact, list.capacity);
    str last_path = {0};
    for (; list.count < list.capacity && !reader.bad; list.count++) {
        get_fact(&reader, &list.items[list.count], last_path);
        last_path = list.items[list.count].path;
    }
    struct shadow_list shadows = {0};
    shadows.capacity = get_count(&reader, LIMIT_SHADOWS, SMALLEST_SHADOW);
    shadows.items = arena_array(&facts->arena, struct shadow, shadows.capacity);
    for (; shadows.count < shadows.capacity && !reader.bad; shadows.count++) {
        struct shadow *shadow = &shadows.items[shadows.count];
        shadow->path = get_text(&reader);
        shadow->bits = (unsigned)get_number(&reader) & 0xff;
        shadow->link = get_text(&reader);
    }
    if (reader.bad || reader.rest.len)
        return false;
    facts->facts = list;
    facts->shadows = shadows;
    return true;
}
