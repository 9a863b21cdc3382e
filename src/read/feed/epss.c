// SPDX-License-Identifier: Apache-2.0
#include "io/line.h"
#include "read/feed/feed.h"

/*
 * FIRST's exploit prediction scores, one CSV a day:
 *   #model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000
 *   cve,epss,percentile
 *   CVE-1999-0001,0.03351,0.8765
 * The comment is missing in files from before 2022.
 */
static int take_row(str line, const struct feed_sink *sink, struct err *err)
{
    str id, rest, score, percentile;
    struct exploit_score row = {0};
    str_cut(line, ',', &id, &rest);
    str_cut(rest, ',', &score, &percentile);
    row.id = id;
    if (!str_starts(id, STR("CVE-")) || !str_to_double(score, &row.epss) ||
        !str_to_double(percentile, &row.percentile) || row.epss > 1 || row.percentile > 1)
        return err_set(err, ERR_FORMAT, "not a row of id, score and percentile");
    return sink->exploit(sink->context, &row, err);
}

/* "2026-08-16T00:00:00+0000" -> "2026-08-16": the hour says nothing and its zone is not RFC 3339.
 */
static int take_comment(str line, const struct feed_sink *sink, struct err *err)
{
    str key = STR("score_date:");
    size_t at = str_find(line, key);
    if (at == STR_NONE || !sink->dated)
        return 0;
    str date = str_sub(line, at + key.len, 10);
    return date.len == 10 ? sink->dated(sink->context, date, err) : 0;
}

static int read_scores(const struct feed_document *document, struct stream *content,
                       const struct feed_sink *sink, struct err *err)
{
    (void)document;
    LINES_SCOPED lines = {.stream = content};
    bool has_header = false;
    uint64_t rows = 0;
    str line;
    int got;
    while ((got = lines_next(&lines, &line, err)) > 0) {
        int result = 0;
        if (!has_header && str_starts(line, STR("#")))
            result = take_comment(line, sink, err);
        else if (!has_header && !str_starts(line, STR("cve,epss,percentile")))
            result = err_set(err, ERR_FORMAT, "no header of scores");
        else if (!has_header)
            has_header = true;
        else if (line.len && ++rows)
            result = take_row(line, sink, err);
        if (result < 0)
            return err_wrap(err, "line %llu", (unsigned long long)lines.number);
    }
    if (got == 0 && !rows)
        return err_set(err, ERR_FORMAT, "no score in it");
    return got;
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)scope, (void)err;
    *vec_push(arena, ret) = (struct feed_document){
        .name = STR("epss_scores-current.csv.gz"),
        .url = STR("https://epss.cyentia.com/epss_scores-current.csv.gz"),
        .path = STR("epss/epss_scores-current.csv.gz"),
        .store = STR("epss"),
    };
    return 0;
}

const struct feed feed_epss = {
    .name = "epss",
    .title = "EPSS exploit prediction scores",
    .documents = documents,
    .read = read_scores,
};
