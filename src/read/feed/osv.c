// SPDX-License-Identifier: Apache-2.0
#include "read/feed/osv/osv.h"

#include "base/limits.h"
#include "io/zip.h"
#include "model/language.h"

/*
 * OSV's export, an archive an ecosystem: a zip of records, ID.json each. They come from GitHub's
 * advisories, PyPA, Go, RustSec and others, and from the collection of malicious packages.
 */
static const struct osv_ecosystem ecosystems[] = {
    {STR_INIT("Go"), STR_INIT("golang")},       {STR_INIT("Maven"), STR_INIT("maven")},
    {STR_INIT("NuGet"), STR_INIT("nuget")},     {STR_INIT("Packagist"), STR_INIT("composer")},
    {STR_INIT("PyPI"), STR_INIT("pypi")},       {STR_INIT("RubyGems"), STR_INIT("gem")},
    {STR_INIT("crates.io"), STR_INIT("cargo")}, {STR_INIT("npm"), STR_INIT("npm")},
};
enum { ECOSYSTEMS = sizeof(ecosystems) / sizeof(*ecosystems) };

struct reading {
    struct arena arena, scratch; /* of the document; of one record */
    const struct osv_ecosystem *ecosystem;
    const struct feed_sink *sink;
    struct osv_record_list records;
    uint64_t unpacked;
    size_t count, unread;
};

/* --- the archive ------------------------------------------------------------------------------ */

static int unpack(struct reading *reading, const struct zip *zip, const struct zip_member *member,
                  str *ret, struct err *err)
{
    struct stream *source, *content;
    if (member->size > LIMIT_OSV_RECORD)
        return err_set(err, ERR_LIMIT, "longer than any record");
    if (zip_content(zip, member, &source, &content, err) < 0)
        return -1;
    int result = stream_read_all(content, &reading->scratch, LIMIT_OSV_RECORD, ret, err);
    stream_close(content);
    stream_close(source);
    if (result == 0 && ret->len != member->size)
        return err_set(err, ERR_FORMAT, "is not as long as the archive says");
    return result;
}

/* A record that cannot be read is told, and the others count. */
static int take_member(struct reading *reading, const struct zip *zip,
                       const struct zip_member *member, struct err *err)
{
    struct err why = {0};
    struct osv_record record;
    str text = {0};
    arena_reset(&reading->scratch);
    bool good = unpack(reading, zip, member, &text, &why) == 0;
    reading->unpacked += text.len;
    if (reading->unpacked > LIMIT_OSV_UNPACKED)
        return err_set(err, ERR_LIMIT, "longer than %llu GiB unpacked",
                       LIMIT_OSV_UNPACKED / GIB(1));
    if (good && osv_read_record(&reading->arena, reading->ecosystem, text, &record, &why) == 0) {
        *vec_push(&reading->arena, &reading->records) = record;
        return 0;
    }
    reading->unread++;
    return reading->sink->unread
               ? reading->sink->unread(reading->sink->context, member->name, err_text(&why), err)
               : 0;
}

static int take_archive(struct reading *reading, str bytes, struct err *err)
{
    struct zip zip;
    struct zip_member member;
    int more;
    if (zip_open(bytes, &zip, err) < 0)
        return -1;
    while ((more = zip_next(&zip, &member, err)) > 0) {
        if (!str_ends(member.name, STR(".json")))
            continue;
        if (++reading->count > LIMIT_OSV_RECORDS)
            return err_set(err, ERR_LIMIT, "more than %d records", LIMIT_OSV_RECORDS);
        if (take_member(reading, &zip, &member, err) < 0)
            return -1;
    }
    if (more < 0)
        return -1;
    if (!reading->count)
        return err_set(err, ERR_FORMAT, "no record in it");
    if (reading->unread > reading->count / 2)
        return err_set(err, ERR_FORMAT, "%zu of its %zu records cannot be read", reading->unread,
                       reading->count);
    return 0;
}

static int tell(struct reading *reading, str namespace, struct err *err)
{
    const struct feed_sink *sink = reading->sink;
    str newest = {0};
    for (size_t i = 0; i < reading->records.count; i++)
        if (str_cmp(newest, reading->records.items[i].modified) < 0)
            newest = reading->records.items[i].modified;
    if (newest.len && sink->dated && sink->dated(sink->context, newest, err) < 0)
        return -1;
    return osv_tell(&reading->arena, &reading->records, namespace, sink, err);
}

static const struct osv_ecosystem *ecosystem_of(str namespace)
{
    str prefix, type;
    str_cut(namespace, ':', &prefix, &type);
    for (size_t i = 0; i < ECOSYSTEMS; i++)
        if (str_eq(ecosystems[i].type, type))
            return &ecosystems[i];
    return NULL;
}

static int read_export(const struct feed_document *document, struct stream *content,
                       const struct feed_sink *sink, struct err *err)
{
    struct reading reading = {.sink = sink, .ecosystem = ecosystem_of(document->namespace)};
    str bytes;
    if (!reading.ecosystem)
        return err_set(err, ERR_FORMAT, "of no known ecosystem");
    if (stream_next(content, SIZE_MAX, &bytes, err) < 0)
        return -1;
    int result = take_archive(&reading, bytes, err);
    if (result == 0)
        result = tell(&reading, document->namespace, err);
    arena_free(&reading.arena);
    arena_free(&reading.scratch);
    return result;
}

/* --- the documents ---------------------------------------------------------------------------- */

static bool is_wanted(const struct feed_scope *scope, str type)
{
    bool wanted = !scope->of_targets;
    for (size_t i = 0; i < scope->language_count; i++)
        wanted |= str_eq(scope->languages[i], type);
    return wanted;
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < ECOSYSTEMS; i++) {
        str name = ecosystems[i].name;
        if (!is_wanted(scope, ecosystems[i].type))
            continue;
        *vec_push(arena, ret) = (struct feed_document){
            .name = arena_printf(arena, "%.*s.zip", STR_ARG(name)),
            .url = arena_printf(arena,
                                "https://osv-vulnerabilities.storage.googleapis.com/%.*s/all.zip",
                                STR_ARG(name)),
            .path = arena_printf(arena, "osv/%.*s/all.zip", STR_ARG(name)),
            .namespace = advisory_language_namespace(arena, ecosystems[i].type),
            .store = STR("osv"),
            /* A mirror may leave ecosystems out; scans say that they are missing. */
            .optional = true,
        };
    }
    return 0;
}

const struct feed feed_osv = {
    .name = "osv",
    .title = "OSV",
    .in_one_piece = true,
    .documents = documents,
    .read = read_export,
};
