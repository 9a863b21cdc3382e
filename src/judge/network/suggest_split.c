// SPDX-License-Identifier: Apache-2.0
/*
 * A network for each group whose members all talk to each other, in the place of one on which
 * everybody reaches everybody: internal, so that it leads nowhere else. Who publishes ports, or
 * calls outside, is besides on one network that keeps its members apart (icc=false).
 */
#include "judge/network/suggest.h"

#include "base/buf.h"
#include "base/limits.h"

/* Docker has addresses for some thirty networks unless told: more groups are no proposal. */
enum { TEXT_MAX = 200000, MOST_GROUPS = 24 };

struct size_list VEC_BODY(size_t);
struct group {
    str name;
    struct size_list members; /* nodes */
};

/* The split of one network. */
struct split {
    const struct network_attachment *network;
    struct size_list members;
    bool *talks; /* a row for each member */
    VEC(struct group) groups;
    struct size_list outside; /* members that need a way out, or in by published ports */
};

/* Of members, by their place in the list. */
static bool talk(const struct split *split, size_t a, size_t b)
{
    return split->talks[a * split->members.count + b];
}

/* Which members use a port of another. */
static void find_talks(const struct suggesting *suggesting, struct split *split)
{
    const struct network_graph *graph = suggesting->graph;
    size_t count = split->members.count;
    size_t *place = arena_array(suggesting->arena, size_t, graph->nodes.count);
    split->talks = arena_array(suggesting->arena, bool, count *count);
    for (size_t i = 0; i < count; i++)
        place[split->members.items[i]] = i + 1;
    for (size_t i = 0; i < graph->uses.count; i++) {
        size_t from = place[graph->uses.items[i].from], to = place[graph->uses.items[i].to];
        if (from && to)
            split->talks[(from - 1) * count + to - 1] = split->talks[(to - 1) * count + from - 1] =
                true;
    }
}

static bool holds(const struct size_list *list, size_t item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return true;
    return false;
}

static bool is_covered(const struct split *split, size_t a, size_t b)
{
    for (size_t g = 0; g < split->groups.count; g++)
        if (holds(&split->groups.items[g].members, a) && holds(&split->groups.items[g].members, b))
            return true;
    return false;
}

/* By another network of the engine, or another group. */
static bool is_taken(const struct split *split, const struct group *group)
{
    const struct engine_network_list *networks = &split->network->engine->networks;
    bool taken = false;
    for (size_t i = 0; i < networks->count; i++)
        taken |= str_eq(networks->items[i].name, group->name);
    for (size_t i = 0; i + 1 < split->groups.count; i++)
        taken |= str_eq(split->groups.items[i].name, group->name);
    return taken;
}

/* A pair of members, and whoever else talks to all of the group. */
static void add_group(const struct suggesting *suggesting, struct split *split, size_t a, size_t b)
{
    struct arena *arena = suggesting->arena;
    struct group *group = vec_push(arena, &split->groups);
    struct size_list places = {0};
    *group = (struct group){0};
    *vec_push(arena, &places) = a;
    *vec_push(arena, &places) = b;
    for (size_t i = 0; i < split->members.count; i++) {
        bool fits = !holds(&places, i);
        for (size_t p = 0; fits && p < places.count; p++)
            fits = talk(split, i, places.items[p]);
        if (fits)
            *vec_push(arena, &places) = i;
    }
    for (size_t p = 0; p < places.count; p++)
        *vec_push(arena, &group->members) = split->members.items[places.items[p]];
    size_t number = split->groups.count;
    do
        group->name = arena_printf(arena, "%.*s-%zu", STR_ARG(split->network->name), number++);
    while (is_taken(split, group));
}

/* It reaches somebody over the host's address: that needs a network with a way out. */
static bool uses_published(const struct network_graph *graph, size_t node)
{
    for (size_t i = 0; i < graph->routes.count; i++)
        if (graph->routes.items[i].from == node && graph->routes.items[i].is_used &&
            graph->routes.items[i].way.kind == WAY_PUBLISHED)
            return true;
    return false;
}

/* The container that has the network namespace: others of the node only joined it. */
static str owner(const struct network_graph *graph, size_t node)
{
    return graph->nodes.items[node].members.items[0];
}

static bool is_splittable(const struct network_attachment *at)
{
    return at->network && str_eq(at->network->driver, STR("bridge")) &&
           suggest_is_plain(at->name) && at->network->icc != ANSWER_NO &&
           !at->network->gateway_mode.len && !at->engine->is_podman && !at->engine->is_rootless;
}

/* False where there is nothing to split: nobody talks, or everybody does to everybody. */
static bool plan(const struct suggesting *suggesting, const struct network_attachment *network,
                 struct split *ret)
{
    const struct network_graph *graph = suggesting->graph;
    *ret = (struct split){.network = network};
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        if (network_is_on(&graph->nodes.items[n], network)) {
            *vec_push(suggesting->arena, &ret->members) = n;
            if (!suggest_is_plain(owner(graph, n)))
                return false;
        }
    if (ret->members.count > LIMIT_NETWORK_SPLIT)
        network_gap(
            suggesting->arena, suggesting->graph,
            arena_printf(suggesting->arena,
                         "the network %.*s has more than %d containers: how to split it was "
                         "not looked at",
                         STR_ARG(network->name), LIMIT_NETWORK_SPLIT));
    if (ret->members.count < 2 || ret->members.count > LIMIT_NETWORK_SPLIT)
        return false;
    find_talks(suggesting, ret);
    for (size_t i = 0; i < ret->members.count; i++)
        for (size_t j = i + 1; j < ret->members.count; j++) {
            if (talk(ret, i, j) && !is_covered(ret, ret->members.items[i], ret->members.items[j]))
                add_group(suggesting, ret, i, j);
        }
    if (!ret->groups.count || ret->groups.count > MOST_GROUPS ||
        ret->groups.items[0].members.count == ret->members.count)
        return false;
    for (size_t i = 0; i < ret->members.count; i++) {
        size_t n = ret->members.items[i];
        if (!network->network->is_internal &&
            (graph->nodes.items[n].publications.count || graph->nodes.items[n].calls_outside ||
             uses_published(graph, n)))
            *vec_push(suggesting->arena, &ret->outside) = n;
    }
    return true;
}

/* ---- the graph with it ---- */

static void attach(struct arena *arena, const struct split *split, str name, bool is_outside,
                   const struct size_list *members, struct network_graph *after)
{
    struct engine_network *network = arena_new(arena, struct engine_network);
    *network = (struct engine_network){.name = name,
                                       .driver = STR("bridge"),
                                       .is_internal = !is_outside,
                                       .icc = is_outside ? ANSWER_NO : ANSWER_YES};
    for (size_t i = 0; i < members->count; i++)
        *vec_push(arena, &after->nodes.items[members->items[i]].attachments) =
            (struct network_attachment){
                .engine = split->network->engine, .name = name, .network = network};
}

static str outside_name(struct arena *arena, const struct split *split)
{
    return arena_printf(arena, "%.*s-outside", STR_ARG(split->network->name));
}

/* As engines mean networks: of the new ones the host's firewall has no rules yet. */
static struct network_graph split_graph(struct arena *arena, const struct network_graph *graph,
                                        const struct split *split)
{
    struct network_graph after = *graph;
    after.has_firewall = false;
    after.nodes = (struct network_node_list){0};
    for (size_t n = 0; n < graph->nodes.count; n++) {
        struct network_node *node = vec_push(arena, &after.nodes);
        *node = graph->nodes.items[n];
        node->attachments = (struct network_attachment_list){0};
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_attachment *at = &graph->nodes.items[n].attachments.items[a];
            if (split->network->engine != at->engine || !str_eq(split->network->name, at->name))
                *vec_push(arena, &node->attachments) = *at;
        }
    }
    for (size_t g = 0; g < split->groups.count; g++)
        attach(arena, split, split->groups.items[g].name, false, &split->groups.items[g].members,
               &after);
    attach(arena, split, outside_name(arena, split), true, &split->outside, &after);
    return after;
}

static bool has_route(const struct network_graph *graph, size_t from, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if (graph->routes.items[i].from == from)
            return true;
    return false;
}

/* The services of those that are moved, from all containers, and those of all, from the moved.
 * Routes of one service stand together. */
static bool try_split(struct suggesting *suggesting, const struct split *split,
                      struct supposed *ret)
{
    const struct network_graph *graph = suggesting->graph;
    struct network_graph after = split_graph(suggesting->arena, graph, split);
    *ret = (struct supposed){.before = graph, .after = &after, .asked = &suggesting->asked};
    for (size_t to = NETWORK_NODE_FIRST, at = 0; to < graph->nodes.count; to++)
        for (size_t s = 0; s < graph->nodes.items[to].services.count; s++) {
            const struct network_service *service = &graph->nodes.items[to].services.items[s];
            if (service->scope == SCOPE_LOOPBACK)
                continue;
            while (at < graph->routes.count && graph->routes.items[at].to < to)
                at++;
            size_t begin = at;
            for (; at < graph->routes.count && graph->routes.items[at].to == to &&
                   graph->routes.items[at].port == service->port &&
                   graph->routes.items[at].is_udp == service->is_udp;
                 at++)
                if (graph->routes.items[at].from >= NETWORK_NODE_FIRST &&
                    (holds(&split->members, to) ||
                     holds(&split->members, graph->routes.items[at].from)))
                    suppose_route(suggesting->arena, ret, &graph->routes.items[at]);
            for (size_t from = NETWORK_NODE_FIRST; from < graph->nodes.count; from++)
                if (from != to && holds(&split->members, to) && holds(&split->members, from) &&
                    !has_route(graph, from, begin, at))
                    suppose_blocked(ret, from, to, service);
            if (!suggest_may_ask(suggesting))
                return false;
        }
    ret->after = NULL;
    return ret->closes && !ret->loses && !ret->opens;
}

/* ---- in words ---- */

/* The service that compose made the container of; empty where it did not. */
static str service_name(const struct network_graph *graph, size_t node)
{
    const struct workload *workload = graph->nodes.items[node].workloads.items[0];
    for (size_t i = 0; i < workload->labels.count; i++)
        if (str_eq(workload->labels.items[i].name, STR("com.docker.compose.service")) &&
            suggest_is_plain(workload->labels.items[i].value))
            return workload->labels.items[i].value;
    return (str){0};
}

static void put_members(struct suggesting *suggesting, struct network_suggestion *suggestion,
                        str network, const struct size_list *members)
{
    for (size_t i = 0; i < members->count; i++) {
        str service = service_name(suggesting->graph, members->items[i]);
        *vec_push(suggesting->arena, &suggestion->commands) =
            arena_printf(suggesting->arena, "docker network connect %s%.*s%s%.*s %.*s",
                         service.len ? "--alias " : "", STR_ARG(service), service.len ? " " : "",
                         STR_ARG(network), STR_ARG(owner(suggesting->graph, members->items[i])));
    }
}

static void put_commands(struct suggesting *suggesting, const struct split *split,
                         struct network_suggestion *suggestion)
{
    struct arena *arena = suggesting->arena;
    for (size_t g = 0; g < split->groups.count; g++) {
        *vec_push(arena, &suggestion->commands) = arena_printf(
            arena, "docker network create --internal %.*s", STR_ARG(split->groups.items[g].name));
        put_members(suggesting, suggestion, split->groups.items[g].name,
                    &split->groups.items[g].members);
    }
    if (split->outside.count) {
        str name = outside_name(arena, split);
        *vec_push(arena, &suggestion->commands) = arena_printf(
            arena, "docker network create -o com.docker.network.bridge.enable_icc=false %.*s",
            STR_ARG(name));
        put_members(suggesting, suggestion, name, &split->outside);
    }
    for (size_t i = 0; i < split->members.count; i++)
        *vec_push(arena, &suggestion->commands) = arena_printf(
            arena, "docker network disconnect %.*s %.*s", STR_ARG(split->network->name),
            STR_ARG(owner(suggesting->graph, split->members.items[i])));
}

static void put_networks(struct buf *buf, const struct split *split)
{
    for (size_t g = 0; g < split->groups.count; g++)
        buf_printf(buf, "  %.*s:\n    internal: true\n", STR_ARG(split->groups.items[g].name));
    if (split->outside.count)
        buf_printf(buf,
                   "  %.*s-outside:\n    driver_opts:\n"
                   "      com.docker.network.bridge.enable_icc: \"false\"\n",
                   STR_ARG(split->network->name));
}

static void put_service(struct buf *buf, const struct network_graph *graph,
                        const struct network_graph *after, size_t node)
{
    const struct network_attachment_list *networks = &after->nodes.items[node].attachments;
    buf_printf(buf, "  %.*s:\n", STR_ARG(service_name(graph, node)));
    if (!networks->count)
        buf_printf(buf, "    network_mode: none\n");
    for (size_t i = 0; i < networks->count; i++)
        buf_printf(buf, "%s      - %.*s\n", i ? "" : "    networks:\n",
                   STR_ARG(networks->items[i].name));
}

/* Empty unless compose made them all. */
static str compose_text(struct arena *arena, const struct network_graph *graph,
                        const struct split *split)
{
    BUF_SCOPED buf = buf_make(TEXT_MAX);
    struct network_graph after = split_graph(arena, graph, split);
    for (size_t i = 0; i < split->members.count; i++)
        if (!service_name(graph, split->members.items[i]).len)
            return (str){0};
    buf_printf(&buf, "networks:\n");
    put_networks(&buf, split);
    buf_printf(&buf, "services:\n");
    for (size_t i = 0; i < split->members.count; i++)
        put_service(&buf, graph, &after, split->members.items[i]);
    return arena_str(arena, buf_str(&buf));
}

static void suggest_one(struct suggesting *suggesting, const struct split *split)
{
    struct arena *arena = suggesting->arena;
    struct supposed supposed;
    if (!try_split(suggesting, split, &supposed))
        return;
    struct network_suggestion suggestion = {
        .id = "split-networks",
        .text = arena_printf(arena,
                             "Split the network %.*s: a network for each group that was seen to "
                             "talk, and none in common for the others",
                             STR_ARG(split->network->name)),
        .compose = compose_text(arena, suggesting->graph, split),
        .closes = supposed.closes,
        .closed = supposed.closed,
        .note = "Only TCP connections of this moment, and of the minute before, were seen: look "
                "again when the busiest hour, backups and reports run. Connections are cut once, "
                "when containers leave the old network.",
    };
    put_commands(suggesting, split, &suggestion);
    *vec_push(arena, &suggesting->graph->suggestions) = suggestion;
}

void suggest_split(struct suggesting *suggesting)
{
    const struct network_graph *graph = suggesting->graph;
    for (size_t n = NETWORK_NODE_FIRST; n < graph->nodes.count; n++)
        for (size_t a = 0; a < graph->nodes.items[n].attachments.count; a++) {
            const struct network_attachment *at = &graph->nodes.items[n].attachments.items[a];
            struct split split;
            bool is_known = !is_splittable(at);
            for (size_t e = NETWORK_NODE_FIRST; e < n && !is_known; e++)
                is_known = network_is_on(&graph->nodes.items[e], at);
            if (!is_known && suggest_may_ask(suggesting) && plan(suggesting, at, &split))
                suggest_one(suggesting, &split);
        }
}
