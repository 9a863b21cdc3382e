// SPDX-License-Identifier: Apache-2.0
#include "act/network/network.h"
#include "act/report/text.h"
#include "judge/network/network.h"

bool network_same_reason(const struct network_route *a, const struct network_route *b)
{
    return a->way.verdict == b->way.verdict && a->way.kind == b->way.kind &&
           str_eq(a->way.reason, b->way.reason) && str_eq(a->way.rule, b->way.rule);
}

enum { INDENT = 2, PORT = 4, WHY = 8, CELL = 10, MATRIX_NODES = 8 };

static void put_names(struct text *text, const struct network_node *node)
{
    text_styled(text, STYLE_BOLD, node->name);
    for (size_t i = 0; i < node->attachments.count; i++) {
        text_say(text, i ? ", " : "  on ");
        text_put(text, node->attachments.items[i].name);
    }
    if (node->kind == NODE_CONTAINER && node->attachments.count == 0)
        text_say(text, "  on no network");
    for (size_t i = 0; node->kind == NODE_HOST && i < node->members.count; i++) {
        text_say(text, i ? ", " : "  with ");
        text_put(text, node->members.items[i]);
    }
}

static void put_heading(struct text *text, const char *words)
{
    text_newline(text);
    text_style(text, STYLE_BOLD);
    text_wrap(text, str_from(words), 0);
    text_style(text, STYLE_PLAIN);
    text_say(text, "\n\n");
}

/* Goes on behind what stands there, or on the next line where its first word has no room. */
static void put_next(struct text *text, str words, size_t indent)
{
    str rest = words, word = {0};
    str_next_word(&rest, &word);
    /* A comma or colon may come behind it. */
    if (text->column + 1 + text_columns(text, word) + 1 > text->width) {
        text_newline(text);
        text_to_column(text, indent);
    } else {
        text_put(text, STR(" "));
    }
    text_wrap(text, words, indent);
}

/* ---- the matrix ---- */

/* How many ports of `to` are reached from there, and whether some only perhaps. */
static void put_cell(struct text *text, const struct network_graph *graph, size_t from, size_t to)
{
    size_t open = 0, possible = 0;
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (route->from == from && route->to == to)
            *(route->way.verdict == NETWORK_OPEN ? &open : &possible) += 1;
    }
    if (from == to)
        text_say(text, "%s", text_dot(text));
    else if (open)
        text_say(text, "%zu%s", open, possible ? "+?" : "");
    else
        text_say(text, possible ? "?" : "-");
}

static void put_matrix(struct text *text, const struct network_graph *graph)
{
    if (graph->nodes.count > MATRIX_NODES)
        return;
    size_t names = CELL * 2, column;
    put_heading(text, "Who reaches how many ports of whom (from the left to the top)");
    text_say(text, "  ");
    column = names;
    for (size_t to = 0; to < graph->nodes.count; to++)
        if (graph->nodes.items[to].kind <= NODE_HOST) {
            text_to_column(text, column);
            text_fit(text, graph->nodes.items[to].name, CELL - 1);
            column += CELL;
        }
    text_newline(text);
    for (size_t from = 0; from < graph->nodes.count; from++) {
        text_to_column(text, INDENT);
        text_say(text, "  ");
        text_fit(text, graph->nodes.items[from].name, names - INDENT - 3);
        column = names;
        for (size_t to = 0; to < graph->nodes.count; to++)
            if (graph->nodes.items[to].kind <= NODE_HOST) {
                text_to_column(text, column);
                put_cell(text, graph, from, to);
                column += CELL;
            }
        text_newline(text);
    }
}

/* ---- ports, and who reaches them ---- */

/* The rule that decides is told where it says more than "let through". */
static void put_why(struct text *text, const struct network_way *way, bool always, size_t indent)
{
    bool told = way->rule.len && (always || way->verdict != NETWORK_OPEN);
    put_next(text, way->reason, indent);
    if (!told)
        return;
    text_newline(text);
    text_to_column(text, indent);
    text_say(text, "%s ", text_arrow(text));
    text_wrap(text, way->rule, indent + 2);
}

/* Routes [from, end) are of one port; those with the same reason are one paragraph. */
static void put_port(struct text *text, const struct network_graph *graph, size_t begin, size_t end)
{
    const struct network_route *routes = graph->routes.items;
    text_to_column(text, PORT);
    text_styled(text, STYLE_BOLD, routes[begin].is_udp ? STR("udp ") : STR("tcp "));
    text_say(text, "%u\n", (unsigned)routes[begin].port);
    for (size_t i = begin; i < end; i++) {
        bool told = false, first = true;
        for (size_t j = begin; j < i && !told; j++)
            told = network_same_reason(&routes[i], &routes[j]);
        if (told)
            continue;
        text_to_column(text, WHY);
        for (size_t j = i; j < end; j++) {
            if (!network_same_reason(&routes[i], &routes[j]))
                continue;
            str name = graph->nodes.items[routes[j].from].name;
            text_say(text, first ? "" : ",");
            if (first)
                text_put(text, name);
            else
                put_next(text, name, WHY + INDENT);
            first = false;
        }
        text_say(text, routes[i].way.verdict == NETWORK_POSSIBLE ? " (possible):" : ":");
        text_style(text, STYLE_DIM);
        put_why(text, &routes[i].way, false, WHY + INDENT);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
    }
}

static void put_routes(struct text *text, const struct network_graph *graph)
{
    const struct network_route_list *routes = &graph->routes;
    put_heading(text, "Open ports, and who reaches them");
    if (routes->count == 0)
        text_say(text, "  none\n");
    for (size_t i = 0, end; i < routes->count; i = end) {
        const struct network_route *first = &routes->items[i];
        if (i == 0 || first->to != routes->items[i - 1].to) {
            text_to_column(text, INDENT);
            put_names(text, &graph->nodes.items[first->to]);
            text_newline(text);
        }
        end = network_routes_end(routes, i);
        put_port(text, graph, i, end);
    }
}

static void put_surprises(struct text *text, const struct network_graph *graph)
{
    if (graph->surprises.count == 0)
        return;
    put_heading(text, "What may surprise you");
    for (size_t i = 0; i < graph->surprises.count; i++) {
        const struct network_surprise *surprise = &graph->surprises.items[i];
        text_to_column(text, INDENT);
        text_say(text, "! ");
        text_wrap(text, surprise->text, INDENT + 2);
        text_newline(text);
        text_to_column(text, PORT);
        text_say(text, "%s ", text_arrow(text));
        text_wrap(text, str_from(surprise->advice), PORT + 2);
        text_newline(text);
    }
}

static void put_path(struct text *text, const struct network_graph *graph,
                     const struct network_path *path)
{
    text_to_column(text, INDENT);
    text_styled(text, STYLE_BOLD, graph->nodes.items[path->from].name);
    for (size_t i = 0; i < path->steps.count; i++) {
        const struct network_step *step = &path->steps.items[i];
        text_newline(text);
        text_to_column(text, PORT);
        text_say(text, "%s ", text_arrow(text));
        if (step->to == SIZE_MAX)
            text_styled(text, STYLE_HIGH, STR("root of the host"));
        else
            text_styled(text, STYLE_BOLD, graph->nodes.items[step->to].name);
        text_say(text, ": ");
        text_wrap(text, step->how, PORT + INDENT);
    }
    text_newline(text);
}

static void put_paths(struct text *text, const struct network_graph *graph)
{
    if (graph->paths.count == 0 && graph->links.count == 0)
        return;
    put_heading(text, graph->paths.count
                          ? "The shortest way to root of the host, if what listens is taken over"
                          : "Ways between containers and to the host that are no network");
    for (size_t i = 0; i < graph->paths.count; i++)
        put_path(text, graph, &graph->paths.items[i]);
    for (size_t i = 0; graph->paths.count == 0 && i < graph->links.count; i++) {
        text_to_column(text, INDENT);
        text_wrap(text, graph->links.items[i].reason, PORT);
        text_newline(text);
    }
    if (graph->cut.text.len == 0)
        return;
    text_to_column(text, INDENT);
    text_say(text, "One change ends %zu of %zu such ways: ", graph->cut.count, graph->cut.total);
    text_wrap(text, graph->cut.text, PORT);
    text_newline(text);
}

static void put_file(struct text *text, const char *what, str content)
{
    str line;
    if (!content.len)
        return;
    text_to_column(text, PORT);
    text_say(text, "%s:\n", what);
    while (str_next_line(&content, &line)) {
        text_to_column(text, PORT + 2);
        text_put(text, line);
        text_newline(text);
    }
}

static void put_suggestion(struct text *text, const struct network_suggestion *suggestion,
                           bool with_note)
{
    text_to_column(text, INDENT);
    text_say(text, "%s ", text_dot(text));
    text_wrap(text, suggestion->text, INDENT + 2);
    text_newline(text);
    text_to_column(text, PORT);
    text_say(text, "closes %zu:", suggestion->closes);
    for (size_t i = 0; i < suggestion->closed.count; i++) {
        text_say(text, i ? "," : "");
        put_next(text, suggestion->closed.items[i], PORT + 2);
    }
    text_say(text, suggestion->closes > suggestion->closed.count ? " ...\n" : "\n");
    for (size_t i = 0; i < suggestion->commands.count; i++) {
        text_to_column(text, PORT + 2);
        text_style(text, STYLE_COMMAND);
        text_put(text, suggestion->commands.items[i]);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
    }
    put_file(text, "or in a file for nft -f", suggestion->nft);
    put_file(text, "or in the compose file", suggestion->compose);
    if (!with_note)
        return;
    text_to_column(text, PORT);
    text_style(text, STYLE_DIM);
    text_wrap(text, str_from(suggestion->note), PORT);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

/* A note is told with the first of its kind. Each was tried on the graph. */
static void put_suggestions(struct text *text, const struct network_graph *graph)
{
    enum { SHOWN = 5 };
    if (graph->suggestions.count == 0)
        return;
    put_heading(text, "What nobody was seen to use, and how to close it");
    for (size_t i = 0; i < graph->suggestions.count && i < SHOWN; i++) {
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told |= graph->suggestions.items[j].note == graph->suggestions.items[i].note;
        put_suggestion(text, &graph->suggestions.items[i], !told);
    }
    if (graph->suggestions.count > SHOWN)
        text_say(text, "  and %zu more: --format json tells all\n",
                 graph->suggestions.count - SHOWN);
}

static void put_limits(struct text *text, const struct network_graph *graph)
{
    text_newline(text);
    text_style(text, STYLE_DIM);
    text_wrap(text,
              graph->has_firewall
                  ? STR("Told from who listens, routes, and the rules of the firewall (nftables, "
                        "iptables). What is not understood of them is \"possible\".")
                  : STR("Told from what engines program and who listens. The firewall's rules "
                        "could not be read: they can close more."),
              0);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
    for (size_t i = 0; i < graph->gaps.count; i++) {
        text_say(text, "not looked at: ");
        text_put(text, graph->gaps.items[i].path);
        text_say(text, ": ");
        text_wrap(text, graph->gaps.items[i].reason, INDENT);
        text_newline(text);
    }
}

void network_tty(const struct network_graph *graph, const struct render_options *options, FILE *out)
{
    struct text text = text_make(out, options->width, options->color, options->unicode);
    size_t containers = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        containers += graph->nodes.items[i].members.count;
    text_styled(&text, STYLE_BOLD, STR("Who reaches whom"));
    char among[120];
    snprintf(among, sizeof(among),
             ": %zu running container%s, the host, its network (lan), the internet", containers,
             containers == 1 ? "" : "s");
    text_wrap(&text, str_from(among), 2);
    text_newline(&text);
    put_matrix(&text, graph);
    put_routes(&text, graph);
    put_surprises(&text, graph);
    put_paths(&text, graph);
    put_suggestions(&text, graph);
    put_limits(&text, graph);
}

void network_answer_tty(const struct network_answer *answer, const struct render_options *options,
                        FILE *out)
{
    static const char *const words[] = {
        [NETWORK_BLOCKED] = "no", [NETWORK_POSSIBLE] = "perhaps", [NETWORK_OPEN] = "yes"};
    static const enum text_style styles[] = {[NETWORK_BLOCKED] = STYLE_GOOD,
                                             [NETWORK_POSSIBLE] = STYLE_MEDIUM,
                                             [NETWORK_OPEN] = STYLE_HIGH};
    static const char *const ways[] = {[WAY_NAMESPACE] = "inside",
                                       [WAY_DIRECT] = "directly",
                                       [WAY_PUBLISHED] = "through the host",
                                       [WAY_HOST] = "at the host",
                                       [WAY_ROUTED] = "routed by the host"};
    struct text text = text_make(out, options->width, options->color, options->unicode);
    enum network_verdict best =
        answer->ways.count ? answer->ways.items[0].verdict : NETWORK_BLOCKED;
    text_put(&text, answer->graph->nodes.items[answer->from].name);
    text_say(&text, " %s ", text_arrow(&text));
    text_put(&text, answer->graph->nodes.items[answer->to].name);
    text_say(&text, " %s %u: ", answer->is_udp ? "udp" : "tcp", (unsigned)answer->port);
    text_styled(&text, styles[best], str_from(words[best]));
    text_newline(&text);
    for (size_t i = 0; i < answer->ways.count; i++) {
        const struct network_way *way = &answer->ways.items[i];
        text_to_column(&text, INDENT);
        text_say(&text, "%s, port %u: %s:", ways[way->kind], (unsigned)way->at_port,
                 network_verdict_name(way->verdict));
        put_why(&text, way, true, PORT);
        text_newline(&text);
    }
    put_limits(&text, answer->graph);
}
