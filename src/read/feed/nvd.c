// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "io/json_stream.h"
#include "read/feed/feed.h"

/*
 * NVD's yearly files, API 2.0 form:
 * { "totalResults", "timestamp", "vulnerabilities": [ { "cve": { "id",
 *   "descriptions": [ { "lang": "en", "value" } ],
 *   "metrics": { "cvssMetricV31": [ { "type": "Primary", "cvssData": { "vectorString",
 *                                                                      "baseScore" } } ] } } } ] }
 *
 * Of several scores one is kept: version 3.1 before 3.0, 4.0 and 2 (the scale that vendors rate
 * by; the others measure differently), NVD's own (Primary) before others of the same version.
 */
enum {
    DEPTH_TOP = 1,
    DEPTH_ITEM = 2,
    NAME_CVE = 3,
    NAME_MEMBER = 4,
    NAME_METRIC = 5,
    DEPTH_TEXT = 6,
    DEPTH_METRIC = 6,
    DEPTH_METRIC_FIELD = 7,
    DEPTH_CVSS_FIELD = 8,
    FIRST_YEAR = 2002, /* older ids are in its file */
};

struct metric {
    int rank;
    double score;
    struct json_text vector;
};

struct reading {
    const struct feed_sink *sink;
    struct err *err;
    struct json_path path;
    struct json_text id, lang;
    struct buf value, description;
    struct metric metric, best;
    uint64_t rows, stated;
    bool is_stated;
};

static void set_text(struct buf *buf, str text)
{
    buf_clear(buf);
    buf_add_str(buf, str_sub(text, 0, buf->max));
}

static int rank_of(str metric)
{
    static const str names[] = {
        STR_INIT("cvssMetricV2"),
        STR_INIT("cvssMetricV40"),
        STR_INIT("cvssMetricV30"),
        STR_INIT("cvssMetricV31"),
    };
    for (int i = 0; i < 4; i++)
        if (str_eq(names[i], metric))
            return 2 * i + 1;
    return 0;
}

static void item_begins(struct reading *reading)
{
    reading->id.len = 0;
    buf_clear(&reading->description);
    reading->best = (struct metric){.score = -1};
}

static bool item_done(struct reading *reading)
{
    const struct feed_sink *sink = reading->sink;
    str id = json_text_str(&reading->id);
    if (!id.len)
        return true;
    reading->rows++;
    const struct vulnerability_text text = {id, buf_str(&reading->description)};
    if (text.description.len && sink->text && sink->text(sink->context, &text, reading->err) < 0)
        return false;
    const struct vulnerability_score score = {id, reading->best.score,
                                              json_text_str(&reading->best.vector)};
    return score.cvss < 0 || !sink->score || sink->score(sink->context, &score, reading->err) == 0;
}

static void take_description(struct reading *reading, enum json_event event, str text, size_t depth)
{
    str name = json_path_name(&reading->path, DEPTH_TEXT);
    if (event == JSON_OBJECT_BEGIN && depth == DEPTH_TEXT - 1) {
        reading->lang.len = 0;
        buf_clear(&reading->value);
    }
    if (event == JSON_STRING && depth == DEPTH_TEXT && str_eq(name, STR("lang")))
        json_text_set(&reading->lang, text);
    if (event == JSON_STRING && depth == DEPTH_TEXT && str_eq(name, STR("value")))
        set_text(&reading->value, text);
    if (event == JSON_OBJECT_END && depth == DEPTH_TEXT - 1 &&
        str_eq(json_text_str(&reading->lang), STR("en")))
        set_text(&reading->description, buf_str(&reading->value));
}

static void take_metric(struct reading *reading, enum json_event event, str text, size_t depth)
{
    const struct json_path *path = &reading->path;
    struct metric *metric = &reading->metric;
    bool in_cvss =
        depth == DEPTH_CVSS_FIELD && json_path_is(path, DEPTH_METRIC_FIELD, STR("cvssData"));
    if (event == JSON_OBJECT_BEGIN && depth == DEPTH_METRIC)
        *metric = (struct metric){.rank = rank_of(json_path_name(path, NAME_METRIC)), .score = -1};
    if (event == JSON_STRING && depth == DEPTH_METRIC_FIELD &&
        json_path_is(path, DEPTH_METRIC_FIELD, STR("type")) && str_eq(text, STR("Primary")))
        metric->rank++;
    if (event == JSON_STRING && in_cvss && json_path_is(path, depth, STR("vectorString")))
        json_text_set(&metric->vector, text);
    if (event == JSON_NUMBER && in_cvss && json_path_is(path, depth, STR("baseScore")) &&
        (!str_to_double(text, &metric->score) || metric->score > 10))
        metric->score = -1;
    if (event == JSON_OBJECT_END && depth == DEPTH_METRIC && metric->score >= 0 &&
        metric->rank > reading->best.rank)
        reading->best = *metric;
}

static bool take_top(struct reading *reading, enum json_event event, str text)
{
    const struct feed_sink *sink = reading->sink;
    str name = json_path_name(&reading->path, DEPTH_TOP);
    if (event == JSON_NUMBER && str_eq(name, STR("totalResults")))
        reading->is_stated = str_to_u64(text, UINT32_MAX, &reading->stated);
    if (event == JSON_STRING && str_eq(name, STR("timestamp")) && sink->dated)
        return sink->dated(sink->context, text, reading->err) == 0;
    return true;
}

static bool handle(void *context, enum json_event event, str text, size_t depth)
{
    struct reading *reading = context;
    const struct json_path *path = &reading->path;
    json_path_note(&reading->path, event, text, depth);
    if (depth == DEPTH_TOP)
        return take_top(reading, event, text);
    if (!json_path_is(path, DEPTH_TOP, STR("vulnerabilities")))
        return true;
    if (depth == DEPTH_ITEM && event == JSON_OBJECT_BEGIN)
        item_begins(reading);
    if (depth == DEPTH_ITEM && event == JSON_OBJECT_END)
        return item_done(reading);
    if (depth <= NAME_CVE || !json_path_is(path, NAME_CVE, STR("cve")))
        return true;
    if (depth == NAME_MEMBER && event == JSON_STRING && json_path_is(path, depth, STR("id")))
        json_text_set(&reading->id, text);
    if (json_path_is(path, NAME_MEMBER, STR("descriptions")))
        take_description(reading, event, text, depth);
    if (json_path_is(path, NAME_MEMBER, STR("metrics")))
        take_metric(reading, event, text, depth);
    return true;
}

static int check(const struct reading *reading, struct err *err)
{
    if (!reading->is_stated)
        return err_set(err, ERR_FORMAT, "not an NVD document");
    if (reading->stated != reading->rows)
        return err_set(err, ERR_FORMAT, "states %llu vulnerabilities and has %llu",
                       (unsigned long long)reading->stated, (unsigned long long)reading->rows);
    return 0;
}

static int read_year(const struct feed_document *document, struct stream *content,
                     const struct feed_sink *sink, struct err *err)
{
    (void)document;
    struct reading reading = {
        .sink = sink,
        .err = err,
        .value = buf_make(LIMIT_DESCRIPTION),
        .description = buf_make(LIMIT_DESCRIPTION),
    };
    int result = json_stream_parse(content, handle, &reading, err);
    buf_free(&reading.value);
    buf_free(&reading.description);
    return result < 0 ? -1 : check(&reading, err);
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)err;
    for (unsigned year = FIRST_YEAR; year <= scope->year; year++) {
        str name = arena_printf(arena, "nvdcve-2.0-%u.json.gz", year);
        *vec_push(arena, ret) = (struct feed_document){
            .name = name,
            .url =
                arena_join(arena, STR("https://nvd.nist.gov/feeds/json/cve/2.0"), STR("/"), name),
            .path = arena_join(arena, STR("nvd"), STR("/"), name),
            .store = STR("nvd"),
            /* A mirror may leave years out, and the current year's starts in January. */
            .optional = true,
        };
    }
    return 0;
}

const struct feed feed_nvd = {
    .name = "nvd",
    .title = "NVD",
    .documents = documents,
    .read = read_year,
};
