// SPDX-License-Identifier: Apache-2.0
/*
 * Java archives, and archives in them. Maven leaves META-INF/maven/GROUP/ARTIFACT/pom.properties
 * for each package whose classes are in there; of a jar without one, the manifest and the file's
 * name tell (JAR file specification).
 */
#include "base/limits.h"
#include "base/path.h"
#include "io/content.h"
#include "io/zip.h"
#include "model/language.h"

enum { DEPTH = 3 };

struct reader {
    struct collect *to;
    str path;
    uint64_t unpacked; /* of all archives together */
};

/* An archive that is being read. Its texts live as long as it is. */
struct archive {
    struct reader *reader;
    struct zip zip;
    struct arena arena;
    str name, manifest;
    int depth;
    bool is_named; /* by pom.properties */
};

static bool is_archive_name(str name)
{
    return str_ends(name, STR(".jar")) || str_ends(name, STR(".war")) ||
           str_ends(name, STR(".ear"));
}

static bool takes(const struct entry *entry, str head)
{
    /* Jars that can be started as programs have a script in front. */
    return is_archive_name(entry->path) && (zip_looks_like(head) || str_starts(head, STR("#!")));
}

/* The first `want` bytes of it. */
static int read_member(struct archive *archive, struct arena *arena,
                       const struct zip_member *member, uint64_t want, str *ret, struct err *err)
{
    STREAM_SCOPED source = NULL;
    STREAM_SCOPED content = NULL;
    struct reader *reader = archive->reader;
    size_t len;
    if (want > LIMIT_NESTED_HELD || reader->unpacked + want > LIMIT_NESTED_UNPACKED)
        return err_set(err, ERR_LIMIT, "%.*s: too long to be looked into",
                       STR_ARG(str_sub(member->name, 0, 200)));
    if (zip_content(&archive->zip, member, &source, &content, err) < 0)
        return -1;
    /* Whatever comes of it: the memory is taken, and many members may claim the same bytes. */
    reader->unpacked += want;
    char *bytes = arena_grow(arena, NULL, 0, (size_t)want + 1);
    if (stream_read(content, bytes, (size_t)want, &len, err) < 0)
        return -1;
    *ret = str_make(bytes, len);
    return 0;
}

static str property(str text, char separator, const char *name)
{
    str line, key, value;
    while (str_next_line(&text, &line))
        if (str_cut(line, separator, &key, &value) && str_eq(str_trim(key), str_from(name)))
            return str_trim(value);
    return (str){0};
}

static bool add(struct archive *archive, str group, str artifact, str version)
{
    struct package package = {.type = STR("maven"), .name = artifact, .version = version};
    if (group.len && artifact.len)
        package.name = arena_join(&archive->arena, group, STR(":"), artifact);
    return language_add(archive->reader->to, archive->reader->path, &package);
}

/* "commons-io-2.11.0.jar": up to the first number behind a dash, and the rest. */
static void split_name(str name, str *ret_artifact, str *ret_version)
{
    name = str_sub(name, 0, str_rfind_char(name, '.'));
    *ret_artifact = name;
    *ret_version = (str){0};
    for (size_t i = 1; i + 1 < name.len; i++)
        if (name.ptr[i] == '-' && name.ptr[i + 1] >= '0' && name.ptr[i + 1] <= '9') {
            *ret_artifact = str_sub(name, 0, i);
            *ret_version = str_from_index(name, i + 1);
            return;
        }
}

static void add_by_manifest(struct archive *archive)
{
    static const char *const versions[] = {"Implementation-Version", "Bundle-Version",
                                           "Specification-Version"};
    str artifact, version, group = property(archive->manifest, ':', "Implementation-Vendor-Id");
    split_name(path_base(archive->name), &artifact, &version);
    for (size_t i = 0; !version.len && i < sizeof(versions) / sizeof(versions[0]); i++)
        version = property(archive->manifest, ':', versions[i]);
    add(archive, group, artifact, version);
}

static int read_archive(struct reader *reader, str name, str bytes, int depth, struct err *err);

static int read_nested(struct archive *archive, const struct zip_member *member, struct err *err)
{
    ARENA_SCOPED arena = {0};
    str bytes;
    if (archive->depth == DEPTH)
        return err_set(err, ERR_LIMIT, "archives in archives, deeper than is looked into");
    if (read_member(archive, &arena, member, member->size, &bytes, err) < 0)
        return -1;
    return zip_looks_like(bytes)
               ? read_archive(archive->reader, member->name, bytes, archive->depth + 1, err)
               : 0;
}

static int take_member(struct archive *archive, const struct zip_member *member, struct err *err)
{
    bool properties = str_starts(member->name, STR("META-INF/maven/")) &&
                      str_ends(member->name, STR("/pom.properties"));
    bool is_manifest = str_eq(member->name, STR("META-INF/MANIFEST.MF"));
    str text;
    if (is_archive_name(member->name))
        return read_nested(archive, member, err);
    if (!properties && !is_manifest)
        return 0;
    /* What is asked for stands at the beginning; behind it signed jars list every member. */
    uint64_t want = member->size < LIMIT_LANGUAGE_HEAD ? member->size : LIMIT_LANGUAGE_HEAD;
    if (read_member(archive, &archive->arena, member, want, &text, err) < 0)
        return -1;
    if (is_manifest)
        archive->manifest = text;
    else
        archive->is_named |= add(archive, property(text, '=', "groupId"),
                                 property(text, '=', "artifactId"), property(text, '=', "version"));
    return 0;
}

/* Of members that cannot be read the first is told; the others are looked at all the same. */
static int read_members(struct archive *archive, struct err *err)
{
    struct zip_member member;
    struct err first = {0};
    int more;
    size_t count = 0;
    while ((more = zip_next(&archive->zip, &member, err)) > 0) {
        struct err failed = {0};
        if (++count > LIMIT_NESTED_ENTRIES)
            return err_set(err, ERR_LIMIT, "more than %d members in one archive",
                           LIMIT_NESTED_ENTRIES);
        if (take_member(archive, &member, &failed) < 0 && !first.kind)
            first = failed;
    }
    if (more == 0 && first.kind)
        *err = first;
    return more == 0 && !first.kind ? 0 : -1;
}

static int read_archive(struct reader *reader, str name, str bytes, int depth, struct err *err)
{
    struct archive archive = {.reader = reader, .name = name, .depth = depth};
    if (zip_open(bytes, &archive.zip, err) < 0)
        return -1;
    int result = read_members(&archive, err);
    if (!archive.is_named)
        add_by_manifest(&archive);
    arena_free(&archive.arena);
    return result;
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    struct reader reader = {.to = to, .path = entry->path};
    str bytes;
    if (content_read_all(content, LIMIT_NESTED_HELD, &bytes, err) < 0)
        return -1;
    return read_archive(&reader, entry->path, bytes, 0, err);
}

const struct collector package_jar = {
    .name = "jar",
    .version = 2,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
