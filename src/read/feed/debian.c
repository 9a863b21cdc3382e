// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/json_stream.h"
#include "model/fact.h"
#include "read/feed/feed.h"

/*
 * The Debian security tracker's JSON:
 * { source package: { id: { "description", "scope", "debianbug",
 *     "releases": { codename: { "status", "fixed_version", "urgency", "nodsa", "nodsa_reason",
 *                               "repositories": { suite: version } } } } } }
 *
 * "resolved" with fixed_version "0" says that the release never was vulnerable. "open" has no
 * fixed version; nodsa tells why ("Minor issue") and nodsa_reason what becomes of it ("postponed",
 * "ignored", or empty: left to a point release). "undetermined" says that nobody has looked. The
 * urgency "end-of-life" says that the package is no longer supported in that release.
 */
enum {
    DEPTH_VALUE = 3,
    DEPTH_RELEASE = 4,
    DEPTH_FIELD = 5,
    NAME_PACKAGE = 1,
    NAME_ID = 2,
    NAME_MEMBER = 3,
    NAME_RELEASE = 4,
    NAME_FIELD = 5,
};

struct reading {
    const struct feed_sink *sink;
    struct err *err;
    struct json_path path;
    bool in_release;
    struct json_text status, fixed_version, urgency, nodsa, nodsa_reason;
    uint64_t rows;
};

static struct json_text *field_by_name(struct reading *reading, str name)
{
    const struct {
        str name;
        struct json_text *field;
    } fields[] = {
        {STR("status"), &reading->status},
        {STR("fixed_version"), &reading->fixed_version},
        {STR("urgency"), &reading->urgency},
        {STR("nodsa"), &reading->nodsa},
        {STR("nodsa_reason"), &reading->nodsa_reason},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (str_eq(fields[i].name, name))
            return fields[i].field;
    return NULL;
}

static enum advisory_status status_of(const struct reading *reading)
{
    str status = json_text_str(&reading->status), fixed = json_text_str(&reading->fixed_version);
    if (str_eq(status, STR("resolved")) && fixed.len)
        return str_eq(fixed, STR("0")) ? ADVISORY_NOT_AFFECTED : ADVISORY_FIXED;
    if (!str_eq(status, STR("open")))
        return ADVISORY_UNDETERMINED;
    return str_eq(json_text_str(&reading->urgency), STR("end-of-life")) ? ADVISORY_END_OF_LIFE
                                                                        : ADVISORY_OPEN;
}

/* "no-dsa: Minor issue", "postponed: ...", "ignored" */
static str reason_of(struct arena *arena, const struct reading *reading)
{
    str word = json_text_str(&reading->nodsa_reason), why = json_text_str(&reading->nodsa);
    if (!word.len && !why.len)
        return (str){0};
    return arena_join(arena, word.len ? word : STR("no-dsa"), why.len ? STR(": ") : STR(""), why);
}

static bool release_done(struct reading *reading)
{
    ARENA_SCOPED arena = {0};
    const struct json_path *path = &reading->path;
    struct advisory advisory = {
        .namespace =
            arena_join(&arena, STR("debian"), STR(":"), json_path_name(path, NAME_RELEASE)),
        .package = json_path_name(path, NAME_PACKAGE),
        .id = json_path_name(path, NAME_ID),
        .status = status_of(reading),
        .urgency = json_text_str(&reading->urgency),
        .reason = reason_of(&arena, reading),
    };
    if (advisory.status == ADVISORY_FIXED)
        advisory.fixed_version = json_text_str(&reading->fixed_version);
    reading->rows++;
    return reading->sink->advisory(reading->sink->context, &advisory, reading->err) == 0;
}

static void release_begins(struct reading *reading)
{
    reading->in_release = json_path_is(&reading->path, NAME_MEMBER, STR("releases"));
    reading->status.len = reading->fixed_version.len = reading->urgency.len = 0;
    reading->nodsa.len = reading->nodsa_reason.len = 0;
}

static bool take_string(struct reading *reading, str text, size_t depth)
{
    const struct json_path *path = &reading->path;
    if (depth == DEPTH_FIELD && reading->in_release) {
        struct json_text *field = field_by_name(reading, json_path_name(path, NAME_FIELD));
        if (field)
            json_text_set(field, text);
        return true;
    }
    if (depth != DEPTH_VALUE || !json_path_is(path, NAME_MEMBER, STR("description")) ||
        !reading->sink->text)
        return true;
    struct vulnerability_text row = {json_path_name(path, NAME_ID), text};
    return reading->sink->text(reading->sink->context, &row, reading->err) == 0;
}

static bool handle(void *context, enum json_event event, str text, size_t depth)
{
    struct reading *reading = context;
    json_path_note(&reading->path, event, text, depth);
    if (depth == 0 && event != JSON_OBJECT_BEGIN && event != JSON_OBJECT_END)
        return err_set(reading->err, ERR_FORMAT, "not a tracker document") == 0;
    if (event == JSON_STRING)
        return take_string(reading, text, depth);
    if (depth == DEPTH_RELEASE && event == JSON_OBJECT_BEGIN)
        release_begins(reading);
    if (depth == DEPTH_RELEASE && event == JSON_OBJECT_END && reading->in_release)
        return release_done(reading);
    return true;
}

static int read_tracker(const struct feed_document *document, struct stream *content,
                        const struct feed_sink *sink, struct err *err)
{
    (void)document;
    struct reading reading = {.sink = sink, .err = err};
    if (json_stream_parse(content, handle, &reading, err) < 0)
        return -1;
    if (!reading.rows)
        return err_set(err, ERR_FORMAT, "no release of any package in it");
    return 0;
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)err;
    bool wanted = !scope->distribution_count;
    for (size_t i = 0; i < scope->distribution_count; i++)
        wanted |= str_eq(scope->distributions[i].id, STR("debian"));
    if (wanted)
        *vec_push(arena, ret) = (struct feed_document){
            .name = STR("tracker.json"),
            .url = STR("https://security-tracker.debian.org/tracker/data/json"),
            .path = STR("debian/tracker/data/json"),
            .store = STR("debian"),
        };
    return 0;
}

const struct feed feed_debian = {
    .name = "debian",
    .title = "Debian security tracker",
    .documents = documents,
    .read = read_tracker,
};
