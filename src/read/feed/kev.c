// SPDX-License-Identifier: Apache-2.0
#include "io/json_stream.h"
#include "read/feed/feed.h"

/*
 * CISA's catalogue of known exploited vulnerabilities:
 * { "dateReleased": "2026-07-23T16:21:10.8082Z", "count": 1653, "vulnerabilities": [ { "cveID",
 *   "vulnerabilityName", "dateAdded", "dueDate", "knownRansomwareCampaignUse": "Known", ... } ] }
 */
enum { DEPTH_TOP = 1, DEPTH_ITEM = 2, DEPTH_FIELD = 3 };

struct reading {
    const struct feed_sink *sink;
    struct err *err;
    struct json_path path;
    struct json_text id, name, added, due, ransomware;
    uint64_t rows, stated;
};

static void take_field(struct reading *reading, str text)
{
    str name = json_path_name(&reading->path, DEPTH_FIELD);
    struct json_text *field = str_eq(name, STR("cveID"))               ? &reading->id
                              : str_eq(name, STR("vulnerabilityName")) ? &reading->name
                              : str_eq(name, STR("dateAdded"))         ? &reading->added
                              : str_eq(name, STR("dueDate"))           ? &reading->due
                              : str_eq(name, STR("knownRansomwareCampaignUse"))
                                  ? &reading->ransomware
                                  : NULL;
    if (field)
        json_text_set(field, text);
}

static bool item_done(struct reading *reading)
{
    const struct known_exploited known = {
        .id = json_text_str(&reading->id),
        .date_added = json_text_str(&reading->added),
        .due_date = json_text_str(&reading->due),
        .name = json_text_str(&reading->name),
        .ransomware = str_eq(json_text_str(&reading->ransomware), STR("Known")),
    };
    if (!known.id.len)
        return true;
    reading->rows++;
    return reading->sink->known(reading->sink->context, &known, reading->err) == 0;
}

static bool handle(void *context, enum json_event event, str text, size_t depth)
{
    struct reading *reading = context;
    json_path_note(&reading->path, event, text, depth);
    str top = json_path_name(&reading->path, DEPTH_TOP);
    if (depth == DEPTH_TOP && event == JSON_NUMBER && str_eq(top, STR("count")))
        str_to_u64(text, UINT32_MAX, &reading->stated);
    if (depth == DEPTH_TOP && event == JSON_STRING && str_eq(top, STR("dateReleased")) &&
        reading->sink->dated)
        return reading->sink->dated(reading->sink->context, text, reading->err) == 0;
    if (!str_eq(top, STR("vulnerabilities")))
        return true;
    if (depth == DEPTH_ITEM && event == JSON_OBJECT_BEGIN)
        reading->id.len = reading->name.len = reading->added.len = reading->due.len =
            reading->ransomware.len = 0;
    if (depth == DEPTH_FIELD && event == JSON_STRING)
        take_field(reading, text);
    if (depth == DEPTH_ITEM && event == JSON_OBJECT_END)
        return item_done(reading);
    return true;
}

static int read_catalogue(const struct feed_document *document, struct stream *content,
                          const struct feed_sink *sink, struct err *err)
{
    (void)document;
    struct reading reading = {.sink = sink, .err = err};
    if (json_stream_parse(content, handle, &reading, err) < 0)
        return -1;
    if (!reading.rows)
        return err_set(err, ERR_FORMAT, "no vulnerability in it");
    if (reading.stated && reading.stated != reading.rows)
        return err_set(err, ERR_FORMAT, "states %llu vulnerabilities and has %llu",
                       (unsigned long long)reading.stated, (unsigned long long)reading.rows);
    return 0;
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)scope, (void)err;
    *vec_push(arena, ret) = (struct feed_document){
        .name = STR("known_exploited_vulnerabilities.json"),
        .url = STR("https://www.cisa.gov/sites/default/files/feeds/"
                   "known_exploited_vulnerabilities.json"),
        .path = STR("kev/known_exploited_vulnerabilities.json"),
        .store = STR("kev"),
    };
    return 0;
}

const struct feed feed_kev = {
    .name = "kev",
    .title = "CISA known exploited vulnerabilities",
    .documents = documents,
    .read = read_catalogue,
};
