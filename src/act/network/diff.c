// SPDX-License-Identifier: Apache-2.0
/* Two states of reachability: what opened, what closed, what is otherwise than before. */
#include "act/network/network.h"
#include "act/report/text.h"
#include "act/report/writer.h"
#include "base/limits.h"
#include "io/json.h"

#include <stdlib.h>

static int compare_rows(const void *left, const void *right)
{
    const struct network_row *a = left, *b = right;
    int order = str_cmp(a->to, b->to);
    if (order == 0 && a->port != b->port)
        order = a->port < b->port ? -1 : 1;
    if (order == 0)
        order = a->is_udp - b->is_udp;
    return order ? order : str_cmp(a->from, b->from);
}

static void sort_rows(struct network_row_list *rows)
{
    if (rows->count > 1)
        qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
}

void network_rows(struct arena *arena, const struct network_graph *graph,
                  struct network_row_list *ret)
{
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        *vec_push(arena, ret) =
            (struct network_row){.from = graph->nodes.items[route->from].name,
                                 .to = graph->nodes.items[route->to].name,
                                 .port = route->port,
                                 .is_udp = route->is_udp,
                                 .verdict = str_from(network_verdict_name(route->way.verdict)),
                                 .reason = route->way.reason};
    }
    sort_rows(ret);
}

static int check_schema(const struct json *document, struct err *err)
{
    return str_eq(json_get_string(document, "schema"), STR("harden.network/1"))
               ? 0
               : err_set(err, ERR_FORMAT,
                         "no report of harden network --format json (schema harden.network/1)");
}

int network_seen_read(struct arena *arena, str text, struct network_seen_list *ret, struct err *err)
{
    JSON_SCOPED document = json_parse(text, err);
    if (!document || check_schema(document, err) < 0)
        return -1;
    for (const struct json *item = json_first(json_get(document, "nodes")); item;
         item = json_next(item))
        if (json_bool(json_get(item, "calls_outside"), false) && ret->count < LIMIT_NETWORK_ROUTES)
            *vec_push(arena, ret) =
                (struct network_seen){.from = arena_str(arena, json_get_string(item, "name"))};
    for (const struct json *item = json_first(json_get(document, "routes")); item;
         item = json_next(item)) {
        uint64_t port = json_u64(json_get(item, "port"), 0);
        if (!json_bool(json_get(item, "in_use"), false) || port == 0 || port > UINT16_MAX)
            continue;
        if (ret->count >= LIMIT_NETWORK_ROUTES)
            return err_set(err, ERR_LIMIT, "more than %d routes", LIMIT_NETWORK_ROUTES);
        *vec_push(arena, ret) =
            (struct network_seen){.from = arena_str(arena, json_get_string(item, "from")),
                                  .to = arena_str(arena, json_get_string(item, "to")),
                                  .port = (uint16_t)port};
    }
    return 0;
}

int network_rows_read(struct arena *arena, str text, struct network_row_list *ret, struct err *err)
{
    JSON_SCOPED document = json_parse(text, err);
    if (!document || check_schema(document, err) < 0)
        return -1;
    for (const struct json *item = json_first(json_get(document, "routes")); item;
         item = json_next(item)) {
        if (ret->count >= LIMIT_NETWORK_ROUTES)
            return err_set(err, ERR_LIMIT, "more than %d routes", LIMIT_NETWORK_ROUTES);
        *vec_push(arena, ret) = (struct network_row){
            .from = arena_str(arena, json_get_string(item, "from")),
            .to = arena_str(arena, json_get_string(item, "to")),
            .port = (uint16_t)json_u64(json_get(item, "port"), 0),
            .is_udp = str_eq(json_get_string(item, "protocol"), STR("udp")),
            .verdict = arena_str(arena, json_get_string(item, "verdict")),
            .reason = arena_str(arena, json_get_string(item, "reason")),
        };
    }
    sort_rows(ret);
    return 0;
}

struct network_changes network_compare(struct arena *arena, const struct network_row_list *before,
                                       const struct network_row_list *after)
{
    struct network_changes changes = {0};
    for (size_t a = 0, b = 0; a < before->count || b < after->count;) {
        const struct network_row *old = a < before->count ? &before->items[a] : NULL;
        const struct network_row *new = b < after->count ? &after->items[b] : NULL;
        int order = !old ? 1 : !new ? -1 : compare_rows(old, new);
        a += order <= 0;
        b += order >= 0;
        if (order == 0 && str_eq(old->verdict, new->verdict))
            continue;
        *vec_push(arena, &changes.list) = (struct network_change){.before = order <= 0 ? old : NULL,
                                                                  .after = order >= 0 ? new : NULL};
        /* From "possible" to "open" is an opening too. */
        changes.opened += order >= 0 && (order > 0 || str_eq(new->verdict, STR("open")));
    }
    return changes;
}

static const char *sign_of(const struct network_change *change)
{
    return !change->before ? "+" : !change->after ? "-" : "~";
}

void network_changes_tty(const struct network_changes *changes,
                         const struct render_options *options, FILE *out)
{
    enum { INDENT = 4 };
    struct text text = text_make(out, options->width, options->color, options->unicode);
    if (changes->list.count == 0)
        text_say(&text, "Nothing changed: who reaches whom is as before.\n");
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct network_change *change = &changes->list.items[i];
        const struct network_row *row = change->after ? change->after : change->before;
        text_styled(&text, change->after ? STYLE_HIGH : STYLE_GOOD, str_from(sign_of(change)));
        text_say(&text, " ");
        text_put(&text, row->from);
        text_say(&text, " %s ", text_arrow(&text));
        text_put(&text, row->to);
        text_say(&text, " %s %u: ", row->is_udp ? "udp" : "tcp", (unsigned)row->port);
        text_put(&text, change->before ? change->before->verdict : STR("closed"));
        text_say(&text, " %s ", text_arrow(&text));
        text_put(&text, change->after ? change->after->verdict : STR("closed"));
        text_newline(&text);
        text_to_column(&text, INDENT);
        text_wrap(&text, row->reason, INDENT);
        text_newline(&text);
    }
    if (changes->list.count)
        text_say(&text, "\n%zu opened, %zu closed or less\n", changes->opened,
                 changes->list.count - changes->opened);
}

void network_changes_json(const struct network_changes *changes, FILE *out)
{
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    writer_string(&writer, "schema", STR("harden.network-diff/1"));
    writer_u64(&writer, "opened", changes->opened);
    writer_array(&writer, "changes");
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct network_change *change = &changes->list.items[i];
        const struct network_row *row = change->after ? change->after : change->before;
        writer_object(&writer, NULL);
        writer_string(&writer, "from", row->from);
        writer_string(&writer, "to", row->to);
        writer_u64(&writer, "port", row->port);
        writer_string(&writer, "protocol", row->is_udp ? STR("udp") : STR("tcp"));
        writer_string(&writer, "before", change->before ? change->before->verdict : STR("blocked"));
        writer_string(&writer, "after", change->after ? change->after->verdict : STR("blocked"));
        writer_string(&writer, "reason", row->reason);
        writer_end(&writer);
    }
    writer_end(&writer);
    writer_end(&writer);
}
