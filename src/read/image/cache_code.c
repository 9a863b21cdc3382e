// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/packed.h"
#include "model/report.h"
#include "read/image/cache.h"

#include <string.h>

/*
 * magic, checksum of what follows, key, facts, shadows, entries; see base/packed.h. A fact's path
 * is length + 1, or 0 for the path of the fact before: databases give thousands of facts each.
 */
#define MAGIC STR("HARDENL5")
enum { SURVIVES = 1 << 0, HIDDEN = 1 << 1, FLAG_BITS = 2 }; /* below a fact's kind */
enum { CHECKSUM_SIZE = 8, HEADER_SIZE = 8 + CHECKSUM_SIZE, SMALLEST_FACT = 4, SMALLEST_SHADOW = 3 };

/* The text fields of each kind, in one place for both directions. */
enum { MOST_FIELDS = 12, MOST_NUMBERS = 9 };
/* Of facts about content, wherever it stands. */
static size_t content_fields(struct fact *fact, str **to)
{
    size_t count = 0;
#define FIELD(member) to[count++] = &fact->member
    if (fact->kind == FACT_BINARY) {
        FIELD(binary.machine);
        FIELD(binary.language);
        FIELD(binary.toolchain);
        FIELD(binary.interpreter);
        FIELD(binary.needed);
        FIELD(binary.named);
        FIELD(binary.soname);
        FIELD(binary.rpath);
        FIELD(binary.runpath);
        FIELD(binary.build_id);
    } else if (fact->kind == FACT_SCRIPT) {
        FIELD(script.interpreter);
        FIELD(script.program);
        FIELD(script.text);
        FIELD(script.commands);
    } else if (fact->kind == FACT_FORBIDDEN) {
        FIELD(forbidden.what);
        FIELD(forbidden.name);
        FIELD(forbidden.detail);
    } else {
        FIELD(checksum.md5);
        FIELD(checksum.sha1);
    }
#undef FIELD
    return count;
}

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
    case FACT_ACCOUNT:
        FIELD(account.name);
        FIELD(account.password);
        FIELD(account.uid);
        FIELD(account.gid);
        FIELD(account.home);
        FIELD(account.shell);
        break;
    case FACT_ACCOUNT_SHADOW:
        FIELD(account_shadow.name);
        FIELD(account_shadow.password);
        break;
    case FACT_ACCOUNT_GROUP:
        FIELD(account_group.name);
        FIELD(account_group.password);
        FIELD(account_group.gid);
        FIELD(account_group.members);
        break;
    case FACT_SETTING:
        FIELD(setting.topic);
        FIELD(setting.name);
        FIELD(setting.value);
        break;
    case FACT_SECRET:
        FIELD(secret.kind);
        FIELD(secret.rule);
        FIELD(secret.title);
        FIELD(secret.shown);
        FIELD(secret.fingerprint);
        FIELD(secret.where);
        FIELD(secret.reason);
        FIELD(secret.detail);
        FIELD(secret.partner);
        break;
    case FACT_PUBLIC_KEY:
        FIELD(public_key.partner);
        FIELD(public_key.what);
        break;
    case FACT_GAP:
        FIELD(gap.path);
        FIELD(gap.reason);
        break;
    case FACT_LICENSE:
        FIELD(license.package);
        FIELD(license.name);
        break;
    case FACT_BINARY:
    case FACT_SCRIPT:
    case FACT_CHECKSUM:
    case FACT_FORBIDDEN: return content_fields(fact, to);
    }
#undef FIELD
    return count;
}

/* Its numbers, in the same way. */
static size_t numbers(struct fact *fact, uint64_t **to)
{
    size_t count = 0;
#define NUMBER(member) to[count++] = &fact->member
    switch (fact->kind) {
    case FACT_ACCOUNT: NUMBER(account.line); break;
    case FACT_ACCOUNT_SHADOW: NUMBER(account_shadow.line); break;
    case FACT_ACCOUNT_GROUP: NUMBER(account_group.line); break;
    case FACT_SETTING: NUMBER(setting.line); break;
    case FACT_SCRIPT: NUMBER(script.starts); break;
    case FACT_BINARY:
        NUMBER(binary.type);
        NUMBER(binary.relro);
        NUMBER(binary.flags);
        NUMBER(binary.fortified);
        NUMBER(binary.fortifiable);
        break;
    case FACT_SECRET:
        NUMBER(secret.severity);
        NUMBER(secret.confidence);
        NUMBER(secret.line);
        NUMBER(secret.column);
        NUMBER(secret.offset);
        NUMBER(secret.length);
        NUMBER(secret.count);
        NUMBER(secret.by_name);
        NUMBER(secret.expires);
        break;
    case FACT_FORBIDDEN:
        NUMBER(forbidden.line);
        NUMBER(forbidden.count);
        break;
    case FACT_CHECKSUM:
    case FACT_LICENSE:
    case FACT_PUBLIC_KEY:
    case FACT_PACKAGE:
    case FACT_DISTRIBUTION:
    case FACT_APT_SOURCE:
    case FACT_APK_REPOSITORY:
    case FACT_OWNED_FILE:
    case FACT_GAP: break;
    }
#undef NUMBER
    return count;
}

static void put_fact(struct buf *to, const struct fact *original, str last_path)
{
    struct fact fact = *original;
    str *texts[MOST_FIELDS];
    size_t count = fields(&fact, texts);
    packed_put_number(to, (uint64_t)fact.kind << FLAG_BITS | (fact.survives ? SURVIVES : 0) |
                              (fact.hidden ? HIDDEN : 0));
    if (str_eq(fact.path, last_path)) {
        packed_put_number(to, 0);
    } else {
        packed_put_number(to, fact.path.len + 1);
        buf_add_str(to, fact.path);
    }
    for (size_t i = 0; i < count; i++)
        packed_put_text(to, *texts[i]);
    uint64_t *values[MOST_NUMBERS];
    count = numbers(&fact, values);
    for (size_t i = 0; i < count; i++)
        packed_put_number(to, *values[i]);
}

static void get_fact(struct packed *reader, struct fact *fact, str last_path)
{
    uint64_t number = packed_number(reader), kind = number >> FLAG_BITS;
    if (kind >= FACT_KINDS) {
        reader->bad = true;
        return;
    }
    fact->kind = (enum fact_kind)kind;
    fact->survives = number & SURVIVES;
    fact->hidden = number & HIDDEN;
    uint64_t len = packed_number(reader);
    fact->path = len ? packed_bytes(reader, len - 1) : last_path;
    str *texts[MOST_FIELDS];
    size_t count = fields(fact, texts);
    for (size_t i = 0; i < count; i++)
        *texts[i] = packed_text(reader);
    uint64_t *values[MOST_NUMBERS];
    count = numbers(fact, values);
    for (size_t i = 0; i < count; i++)
        *values[i] = packed_number(reader);
    if (fact->kind == FACT_BINARY &&
        (fact->binary.type >= BINARY_TYPES || fact->binary.relro > RELRO_FULL))
        reader->bad = true; /* they index tables */
    if (fact->kind == FACT_SECRET &&
        (fact->secret.severity >= SEVERITY_COUNT || fact->secret.confidence > SECRET_HIGH))
        reader->bad = true;
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
    packed_put_text(to, key);
    packed_put_number(to, facts->facts.count);
    str last_path = {0};
    for (size_t i = 0; i < facts->facts.count; i++) {
        put_fact(to, &facts->facts.items[i], last_path);
        last_path = facts->facts.items[i].path;
    }
    packed_put_number(to, facts->shadows.count);
    for (size_t i = 0; i < facts->shadows.count; i++) {
        const struct shadow *shadow = &facts->shadows.items[i];
        packed_put_text(to, shadow->path);
        packed_put_number(to, shadow->bits);
        packed_put_text(to, shadow->link);
    }
    packed_put_text(to, facts->entries);
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
static size_t get_count(struct packed *reader, uint64_t limit, size_t smallest)
{
    uint64_t count = packed_number(reader);
    if (count > limit || count > reader->rest.len / smallest)
        reader->bad = true;
    return reader->bad ? 0 : (size_t)count;
}

bool cache_decode(str key, str bytes, struct layer_facts *facts)
{
    if (!header_holds(bytes))
        return false;
    struct packed reader = {.rest = str_from_index(bytes, HEADER_SIZE)};
    if (!str_eq(packed_text(&reader), key))
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
        shadow->path = packed_text(&reader);
        shadow->bits = (unsigned)packed_number(&reader) & 0xff;
        shadow->link = packed_text(&reader);
    }
    str entries = packed_text(&reader);
    if (reader.bad || reader.rest.len)
        return false;
    facts->entries = entries;
    facts->facts = list;
    facts->shadows = shadows;
    return true;
}
