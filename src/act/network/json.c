// SPDX-License-Identifier: Apache-2.0
#include "act/network/network.h"
#include "act/report/writer.h"

static str scope_name(enum network_scope scope)
{
    static const char *const names[] = {
        [SCOPE_LOOPBACK] = "loopback", [SCOPE_ADDRESS] = "address", [SCOPE_ANY] = "any"};
    return str_from(names[scope]);
}

static str protocol(bool is_udp)
{
    return is_udp ? STR("udp") : STR("tcp");
}

static void put_network(struct writer *writer, const struct network_attachment *attachment)
{
    writer_object(writer, NULL);
    writer_string(writer, "name", attachment->name);
    if (attachment->network) {
        writer_fact(writer, "driver", attachment->network->driver);
        writer_bool(writer, "internal", attachment->network->is_internal);
        if (attachment->network->icc != ANSWER_UNKNOWN)
            writer_bool(writer, "icc", attachment->network->icc == ANSWER_YES);
    }
    writer_end(writer);
}

static void put_node(struct writer *writer, const struct network_node *node)
{
    writer_object(writer, NULL);
    writer_string(writer, "name", node->name);
    writer_string(writer, "kind", str_from(network_kind_name(node->kind)));
    if (node->calls_outside)
        writer_bool(writer, "calls_outside", true);
    writer_array(writer, "containers");
    for (size_t i = 0; i < node->members.count; i++) {
        writer_object(writer, NULL);
        writer_string(writer, "name", node->members.items[i]);
        writer_string(writer, "id", node->ids.items[i]);
        writer_end(writer);
    }
    writer_end(writer);
    writer_array(writer, "networks");
    for (size_t i = 0; i < node->attachments.count; i++)
        put_network(writer, &node->attachments.items[i]);
    writer_end(writer);
    writer_array(writer, "listeners");
    for (size_t i = 0; i < node->services.count; i++) {
        const struct network_service *service = &node->services.items[i];
        writer_object(writer, NULL);
        writer_u64(writer, "port", service->port);
        writer_string(writer, "protocol", protocol(service->is_udp));
        writer_string(writer, "scope", scope_name(service->scope));
        writer_fact(writer, "address", service->address);
        if (service->is_assumed)
            writer_bool(writer, "assumed", true);
        writer_end(writer);
    }
    writer_end(writer);
    writer_array(writer, "published");
    for (size_t i = 0; i < node->publications.count; i++) {
        const struct network_publication *port = &node->publications.items[i];
        writer_object(writer, NULL);
        writer_u64(writer, "port", port->port);
        writer_string(writer, "protocol", protocol(port->is_udp));
        writer_fact(writer, "host_address", port->host_ip);
        writer_u64(writer, "host_port", port->host_port);
        writer_bool(writer, "all_addresses", port->scope == SCOPE_ANY);
        writer_end(writer);
    }
    writer_end(writer);
    writer_end(writer);
}

static void put_way(struct writer *writer, const struct network_way *way)
{
    writer_string(writer, "verdict", str_from(network_verdict_name(way->verdict)));
    writer_string(writer, "way", str_from(network_way_name(way->kind)));
    writer_u64(writer, "at_port", way->at_port);
    if (way->is_ipv6)
        writer_bool(writer, "ipv6", true);
    writer_string(writer, "reason", way->reason);
    writer_fact(writer, "rule", way->rule);
}

static void put_gaps(struct writer *writer, const struct network_graph *graph)
{
    writer_bool(writer, "complete", graph->gaps.count == 0);
    writer_bool(writer, "firewall_rules_read", graph->has_firewall);
    writer_array(writer, "gaps");
    for (size_t i = 0; i < graph->gaps.count; i++) {
        writer_object(writer, NULL);
        writer_string(writer, "path", graph->gaps.items[i].path);
        writer_string(writer, "reason", graph->gaps.items[i].reason);
        writer_end(writer);
    }
    writer_end(writer);
}

static void put_ends(struct writer *writer, const struct network_graph *graph, size_t from,
                     size_t to, uint16_t port, bool is_udp)
{
    writer_string(writer, "from", graph->nodes.items[from].name);
    writer_string(writer, "to", graph->nodes.items[to].name);
    writer_u64(writer, "port", port);
    writer_string(writer, "protocol", protocol(is_udp));
}

static void put_attack(struct writer *writer, const struct network_graph *graph)
{
    writer_array(writer, "links");
    for (size_t i = 0; i < graph->links.count; i++) {
        const struct network_link *link = &graph->links.items[i];
        writer_object(writer, NULL);
        writer_string(writer, "from", graph->nodes.items[link->from].name);
        writer_string(writer, "to",
                      link->is_root ? STR("root") : graph->nodes.items[link->to].name);
        writer_string(writer, "reason", link->reason);
        writer_string(writer, "remedy", str_from(link->remedy));
        writer_end(writer);
    }
    writer_end(writer);
    writer_array(writer, "attack_paths");
    for (size_t i = 0; i < graph->paths.count; i++) {
        const struct network_path *path = &graph->paths.items[i];
        writer_object(writer, NULL);
        writer_string(writer, "from", graph->nodes.items[path->from].name);
        writer_array(writer, "steps");
        for (size_t s = 0; s < path->steps.count; s++) {
            const struct network_step *step = &path->steps.items[s];
            writer_object(writer, NULL);
            writer_string(writer, "to",
                          step->to == SIZE_MAX ? STR("root") : graph->nodes.items[step->to].name);
            writer_string(writer, "how", step->how);
            writer_end(writer);
        }
        writer_end(writer);
        writer_end(writer);
    }
    writer_end(writer);
    if (!graph->cut.text.len)
        return;
    writer_object(writer, "best_cut");
    writer_string(writer, "text", graph->cut.text);
    writer_u64(writer, "ends", graph->cut.count);
    writer_u64(writer, "of", graph->cut.total);
    writer_end(writer);
}

static void put_texts(struct writer *writer, const char *key, const struct str_list *list)
{
    writer_array(writer, key);
    for (size_t i = 0; i < list->count; i++)
        writer_string(writer, NULL, list->items[i]);
    writer_end(writer);
}

static void put_suggestions(struct writer *writer, const struct network_graph *graph)
{
    writer_array(writer, "suggestions");
    for (size_t i = 0; i < graph->suggestions.count; i++) {
        const struct network_suggestion *suggestion = &graph->suggestions.items[i];
        writer_object(writer, NULL);
        writer_string(writer, "id", str_from(suggestion->id));
        writer_string(writer, "text", suggestion->text);
        writer_u64(writer, "closes", suggestion->closes);
        put_texts(writer, "closed", &suggestion->closed);
        put_texts(writer, "commands", &suggestion->commands);
        writer_fact(writer, "nft", suggestion->nft);
        writer_fact(writer, "compose", suggestion->compose);
        writer_string(writer, "note", str_from(suggestion->note));
        writer_end(writer);
    }
    writer_end(writer);
}

void network_json(const struct network_graph *graph, FILE *out)
{
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    writer_string(&writer, "schema", STR("harden.network/1"));
    writer_array(&writer, "nodes");
    for (size_t i = 0; i < graph->nodes.count; i++)
        put_node(&writer, &graph->nodes.items[i]);
    writer_end(&writer);
    writer_array(&writer, "routes");
    for (size_t i = 0; i < graph->routes.count; i++) {
        const struct network_route *route = &graph->routes.items[i];
        writer_object(&writer, NULL);
        put_ends(&writer, graph, route->from, route->to, route->port, route->is_udp);
        if (route->is_used)
            writer_bool(&writer, "in_use", true);
        put_way(&writer, &route->way);
        writer_end(&writer);
    }
    writer_end(&writer);
    writer_array(&writer, "surprises");
    for (size_t i = 0; i < graph->surprises.count; i++) {
        const struct network_surprise *surprise = &graph->surprises.items[i];
        writer_object(&writer, NULL);
        writer_string(&writer, "id", str_from(surprise->id));
        writer_string(&writer, "node", graph->nodes.items[surprise->node].name);
        writer_string(&writer, "text", surprise->text);
        writer_string(&writer, "advice", str_from(surprise->advice));
        writer_end(&writer);
    }
    writer_end(&writer);
    put_attack(&writer, graph);
    put_suggestions(&writer, graph);
    put_gaps(&writer, graph);
    writer_end(&writer);
}

void network_answer_json(const struct network_answer *answer, FILE *out)
{
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    writer_string(&writer, "schema", STR("harden.network-answer/1"));
    put_ends(&writer, answer->graph, answer->from, answer->to, answer->port, answer->is_udp);
    writer_string(&writer, "verdict",
                  str_from(network_verdict_name(answer->ways.count ? answer->ways.items[0].verdict
                                                                   : NETWORK_BLOCKED)));
    writer_array(&writer, "ways");
    for (size_t i = 0; i < answer->ways.count; i++) {
        writer_object(&writer, NULL);
        put_way(&writer, &answer->ways.items[i]);
        writer_end(&writer);
    }
    writer_end(&writer);
    put_gaps(&writer, answer->graph);
    writer_end(&writer);
}
