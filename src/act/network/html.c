// SPDX-License-Identifier: Apache-2.0
/* Reachability as one page for a browser: the drawing, what to worry about, what to do, then all.
 */
#include "act/network/network.h"
#include "act/report/page/page.h"
#include "judge/network/network.h"

enum { MATRIX_NODES = 24, PORTS_SHOWN = 6 };

static void put_heading(const struct page *page, const char *id, const char *words)
{
    fprintf(page->out, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n", id, id, words);
}

static void put_name(const struct page *page, const struct network_graph *graph, size_t node)
{
    page_text(page, graph->nodes.items[node].name);
}

static void put_scope(const struct page *page, const struct network_graph *graph)
{
    size_t containers = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        containers += graph->nodes.items[i].members.count;
    fprintf(page->out,
            "<p class=\"kind\">%zu running container%s, the host, its network (lan), the "
            "Internet</p>\n<p>%s</p>\n",
            containers, containers == 1 ? "" : "s",
            graph->has_firewall
                ? "Told from who listens, routes, and the rules of the firewall. What is not "
                  "understood of them is \"possible\"."
                : "Told from what engines program and who listens. The firewall's rules could not "
                  "be read: they can close more.");
}

/* What Graphviz writes before the element is for files alone. */
static void put_drawing(const struct page *page, str svg, str no_svg)
{
    size_t start = str_find(svg, STR("<svg"));
    if (start == STR_NONE) {
        fputs("<p>There is no drawing: ", page->out);
        page_text(page, no_svg);
        fputs(".</p></section>\n", page->out);
        return;
    }
    svg = str_from_index(svg, start);
    fputs(
        "<div class=\"wide\" tabindex=\"0\"><figure class=\"graph\" role=\"img\" aria-label=\"Networks, "
        "containers and ports; the lists below tell the same in words\">\n",
        page->out);
    fwrite(svg.ptr, 1, svg.len, page->out);
    fputs("</figure></div></section>\n", page->out);
}

static void put_path(const struct page *page, const struct network_graph *graph,
                     const struct network_path *path)
{
    fputs("<li><b>", page->out);
    put_name(page, graph, path->from);
    fputs("</b>", page->out);
    for (size_t i = 0; i < path->steps.count; i++) {
        const struct network_step *step = &path->steps.items[i];
        fputs(" → ", page->out);
        if (step->to == SIZE_MAX) {
            fputs("<b class=\"critical\">root of the host</b>", page->out);
        } else {
            fputs("<b>", page->out);
            put_name(page, graph, step->to);
            fputs("</b>", page->out);
        }
        fputs(" (", page->out);
        page_text(page, step->how);
        fputs(")", page->out);
    }
    fputs("</li>\n", page->out);
}

static void put_paths(const struct page *page, const struct network_graph *graph)
{
    put_heading(page, "paths", "From outside to root of the host");
    if (graph->paths.count == 0)
        fputs("<p>No way was found, over open ports and what containers were given.</p>\n",
              page->out);
    else
        fputs("<p>The shortest ways, if what listens is taken over:</p>\n<ol>\n", page->out);
    for (size_t i = 0; i < graph->paths.count; i++)
        put_path(page, graph, &graph->paths.items[i]);
    if (graph->paths.count)
        fputs("</ol>\n", page->out);
    if (graph->cut.text.len) {
        fprintf(page->out, "<p>One change ends %zu of %zu such ways: ", graph->cut.count,
                graph->cut.total);
        page_text(page, graph->cut.text);
        fputs(".</p>\n", page->out);
    }
    if (graph->links.count)
        fprintf(page->out, "<details><summary>%zu way%s that %s no network</summary><ul>\n",
                graph->links.count, graph->links.count == 1 ? "" : "s",
                graph->links.count == 1 ? "is" : "are");
    for (size_t i = 0; i < graph->links.count; i++) {
        fputs("<li>", page->out);
        page_text(page, graph->links.items[i].reason);
        fputs(": ", page->out);
        page_text(page, str_from(graph->links.items[i].remedy));
        fputs("</li>\n", page->out);
    }
    fputs(graph->links.count ? "</ul></details></section>\n" : "</section>\n", page->out);
}

static void put_surprises(const struct page *page, const struct network_graph *graph)
{
    if (graph->surprises.count == 0)
        return;
    put_heading(page, "surprises", "What may surprise you");
    fputs("<ul class=\"actions\">\n", page->out);
    for (size_t i = 0; i < graph->surprises.count; i++) {
        fputs("<li>", page->out);
        page_text(page, graph->surprises.items[i].text);
        fputs(".<p class=\"kind\">", page->out);
        page_text(page, str_from(graph->surprises.items[i].advice));
        fputs("</p></li>\n", page->out);
    }
    fputs("</ul></section>\n", page->out);
}

static void put_file(const struct page *page, const char *what, str content)
{
    if (!content.len)
        return;
    str line;
    fprintf(page->out, "<p>%s:</p>\n<pre><code>", what);
    while (str_next_line(&content, &line)) {
        page_text(page, line);
        fputc('\n', page->out);
    }
    fputs("</code></pre>\n", page->out);
}

static void put_suggestion(const struct page *page, const struct network_suggestion *suggestion)
{
    fputs("<details><summary>", page->out);
    page_text(page, suggestion->text);
    fprintf(page->out, " <b class=\"sev good\">closes %zu</b></summary>\n<p>Closes ",
            suggestion->closes);
    for (size_t i = 0; i < suggestion->closed.count; i++) {
        fputs(i ? ", " : "", page->out);
        page_text(page, suggestion->closed.items[i]);
    }
    if (suggestion->closes > suggestion->closed.count)
        fprintf(page->out, " and %zu more", suggestion->closes - suggestion->closed.count);
    fputs(".</p>\n<pre><code>", page->out);
    for (size_t i = 0; i < suggestion->commands.count; i++) {
        page_text(page, suggestion->commands.items[i]);
        fputc('\n', page->out);
    }
    fputs("</code></pre>\n", page->out);
    put_file(page, "Or in a file for nft -f", suggestion->nft);
    put_file(page, "Or in the compose file", suggestion->compose);
    fputs("<p class=\"kind\">", page->out);
    page_text(page, str_from(suggestion->note));
    fputs("</p></details>\n", page->out);
}

static void put_suggestions(const struct page *page, const struct network_graph *graph)
{
    if (graph->suggestions.count == 0)
        return;
    put_heading(page, "suggestions", "What nobody was seen to use, and how to close it");
    fputs(
        "<p>Each was tried on what is known of this host: it closes what it says, and nothing that "
        "is in use.</p>\n",
        page->out);
    for (size_t i = 0; i < graph->suggestions.count; i++)
        put_suggestion(page, &graph->suggestions.items[i]);
    fputs("</section>\n", page->out);
}

/* ---- the table ---- */

struct cell {
    size_t open, possible, used;
};

static void put_cell(const struct page *page, const struct network_graph *graph,
                     const struct cell *cell, size_t from, size_t to)
{
    size_t told = 0;
    if (from == to) {
        fputs("<td class=\"self\"></td>", page->out);
        return;
    }
    if (!cell->open && !cell->possible) {
        fputs("<td>-</td>", page->out);
        return;
    }
    fprintf(page->out, "<td class=\"%s\" title=\"", cell->open ? "t2" : "t0");
    for (size_t i = 0; i < graph->routes.count && told < PORTS_SHOWN; i++) {
        const struct network_route *route = &graph->routes.items[i];
        if (route->from == from && route->to == to)
            fprintf(page->out, "%s%s %u", told++ ? ", " : "", route->is_udp ? "udp" : "tcp",
                    (unsigned)route->port);
    }
    fprintf(page->out, "%s\">", cell->open + cell->possible > told ? " ..." : "");
    if (cell->open)
        fprintf(page->out, "%zu", cell->open);
    if (cell->possible)
        fprintf(page->out, "%s%zu?", cell->open ? " + " : "", cell->possible);
    fputs(cell->used ? " <b class=\"good\">●</b></td>" : "</td>", page->out);
}

static void put_matrix(const struct page *page, const struct network_graph *graph)
{
    size_t count = graph->nodes.count;
    if (count > MATRIX_NODES)
        return;
    put_heading(page, "matrix", "How many ports of whom");
    struct cell *cells = arena_array(page->arena, struct cell, count * count);
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        struct cell *cell = &cells[route->from * count + route->to];
        *(route->way.verdict == NETWORK_OPEN ? &cell->open : &cell->possible) += 1;
        cell->used += route->is_used;
    }
    fputs("<p>From the left to the top. <b class=\"good\">●</b> in use; ? depends on what is not "
          "known.</p>\n<div class=\"wide\"><table class=\"numbers matrix\"><thead><tr><th></th>",
          page->out);
    for (size_t to = 0; to < count; to++)
        if (graph->nodes.items[to].kind <= NODE_HOST) {
            fputs("<th scope=\"col\">", page->out);
            put_name(page, graph, to);
            fputs("</th>", page->out);
        }
    fputs("</tr></thead><tbody>\n", page->out);
    for (size_t from = 0; from < count; from++) {
        fputs("<tr><th scope=\"row\">", page->out);
        put_name(page, graph, from);
        fputs("</th>", page->out);
        for (size_t to = 0; to < count; to++)
            if (graph->nodes.items[to].kind <= NODE_HOST)
                put_cell(page, graph, &cells[from * count + to], from, to);
        fputs("</tr>\n", page->out);
    }
    fputs("</tbody></table></div></section>\n", page->out);
}

/* ---- every port ---- */

/* Who reaches it for one reason is one row; `end` is behind the last route of the port. */
static void put_rows(const struct page *page, const struct network_graph *graph, size_t begin,
                     size_t end)
{
    const struct network_route *routes = graph->routes.items;
    for (size_t i = begin; i < end; i++) {
        bool told = false, first = true;
        for (size_t j = begin; j < i && !told; j++)
            told = network_same_reason(&routes[i], &routes[j]);
        if (told)
            continue;
        fprintf(page->out, "<tr><td>%s %u</td><td>", routes[i].is_udp ? "udp" : "tcp",
                (unsigned)routes[i].port);
        for (size_t j = i; j < end; j++) {
            if (!network_same_reason(&routes[i], &routes[j]))
                continue;
            fputs(first ? "" : ", ", page->out);
            put_name(page, graph, routes[j].from);
            fputs(routes[j].is_used ? " <b class=\"good\">●</b>" : "", page->out);
            first = false;
        }
        fprintf(page->out, "</td><td>%s</td><td>", network_verdict_name(routes[i].way.verdict));
        page_text(page, routes[i].way.reason);
        if (routes[i].way.rule.len && routes[i].way.verdict != NETWORK_OPEN) {
            fputs("<br><code>", page->out);
            page_text(page, routes[i].way.rule);
            fputs("</code>", page->out);
        }
        fputs("</td></tr>\n", page->out);
    }
}

static void put_ports(const struct page *page, const struct network_graph *graph)
{
    const struct network_route_list *routes = &graph->routes;
    put_heading(page, "ports", "Open ports, and who reaches them");
    if (routes->count == 0)
        fputs("<p>None.</p>\n", page->out);
    for (size_t i = 0, end; i < routes->count; i = end) {
        const struct network_node *to = &graph->nodes.items[routes->items[i].to];
        bool is_first = i == 0 || routes->items[i - 1].to != routes->items[i].to;
        end = network_routes_end(routes, i);
        if (is_first) {
            fputs(i ? "</tbody></table></div></details>\n" : "", page->out);
            fprintf(page->out, "<details%s><summary><b>", routes->count < 200 ? " open" : "");
            page_text(page, to->name);
            fputs("</b>", page->out);
            for (size_t a = 0; a < to->attachments.count; a++) {
                fputs(a ? ", " : " on ", page->out);
                page_text(page, to->attachments.items[a].name);
            }
            fputs("</summary><div class=\"wide\"><table class=\"ports lines\"><thead><tr><th "
                  "scope=\"col\">Port</th><th scope=\"col\">From</th><th scope=\"col\"></th><th "
                  "scope=\"col\">Why</th></tr></thead><tbody>\n",
                  page->out);
        }
        put_rows(page, graph, i, end);
    }
    fputs(routes->count ? "</tbody></table></div></details></section>\n" : "</section>\n",
          page->out);
}

static void put_gaps(const struct page *page, const struct network_graph *graph)
{
    if (graph->gaps.count == 0)
        return;
    put_heading(page, "gaps", "What could not be looked at");
    fputs("<ul>\n", page->out);
    for (size_t i = 0; i < graph->gaps.count; i++) {
        fputs("<li><code>", page->out);
        page_text(page, graph->gaps.items[i].path);
        fputs("</code>: ", page->out);
        page_text(page, graph->gaps.items[i].reason);
        fputs("</li>\n", page->out);
    }
    fputs("</ul></section>\n", page->out);
}

void network_sections(const struct page *page, const struct report_network *network)
{
    const struct network_graph *graph = network->graph;
    put_heading(page, "network", "Networks, containers and ports");
    put_scope(page, graph);
    put_drawing(page, network->drawing, network->no_drawing);
    put_paths(page, graph);
    put_surprises(page, graph);
    put_suggestions(page, graph);
    put_matrix(page, graph);
    put_ports(page, graph);
    put_gaps(page, graph);
}

void network_html(const struct report_network *network, FILE *out)
{
    ARENA_SCOPED arena = {0};
    const struct page page = {.out = out, .arena = &arena};
    page_begin(&page, STR("Who reaches whom"), "harden network", STR(""));
    fputs("<header><div><h1>Who reaches whom</h1></div></header>\n<main>\n", out);
    network_sections(&page, network);
    fputs("</main>\n<footer>harden " HARDEN_VERSION
          ". `harden network explain A B:PORT` tells why, or why not.</footer>\n</body>\n</html>\n",
          out);
}
