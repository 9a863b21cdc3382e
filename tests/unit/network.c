// SPDX-License-Identifier: Apache-2.0
#include "judge/network/network.h"
#include "read/host/reader.h"
#include "test.h"

/* A machine with one engine: networks front, back, closed (internal), apart (icc=false). */
struct sample {
    struct arena arena;
    struct host host;
    struct engine_facts_list engines;
    struct network_seen_list seen;
    struct network_graph graph;
};

static struct engine_facts *engine_of(struct sample *sample)
{
    return &sample->engines.items[0];
}

static void start(struct sample *sample)
{
    static const char *const names[] = {"front", "back", "closed", "apart"};
    struct engine_facts *engine = vec_push(&sample->arena, &sample->engines);
    *engine = (struct engine_facts){.version = STR("20.10.24"), .knows_networks = true};
    for (size_t i = 0; i < 4; i++)
        *vec_push(&sample->arena, &engine->networks) =
            (struct engine_network){.name = str_from(names[i]),
                                    .driver = STR("bridge"),
                                    .is_internal = i == 2,
                                    .icc = i == 3 ? ANSWER_NO : ANSWER_YES};
    *vec_push(&sample->arena, &sample->host.namespaces) =
        (struct host_namespace){.inode = 1, .is_host = true};
}

static void listen_at(struct sample *sample, size_t space, const char *address, uint16_t port)
{
    *vec_push(&sample->arena, &sample->host.namespaces.items[space].listeners) =
        (struct host_listener){.address = str_from(address), .port = port};
}

/* A running container whose namespace is the next one; it listens at that address and port. */
static struct workload *add(struct sample *sample, const char *name, const char *network,
                            const char *address, uint16_t port)
{
    struct engine_facts *engine = engine_of(sample);
    uint32_t pid = (uint32_t)(100 + sample->host.namespaces.count);
    struct host_namespace *space = vec_push(&sample->arena, &sample->host.namespaces);
    *space = (struct host_namespace){.inode = pid};
    *vec_push(&sample->arena, &space->pids) = pid;
    listen_at(sample, sample->host.namespaces.count - 1, address, port);
    *vec_push(&sample->arena, &engine->containers) = (struct engine_container){
        .id = arena_printf(&sample->arena, "%064u", pid),
        .name = str_from(name),
        .is_running = true,
        .pid = pid,
        .workload = engine->workloads.count,
    };
    struct workload *workload = vec_push(&sample->arena, &engine->workloads);
    *workload = (struct workload){.name = str_from(name)};
    *vec_push(&sample->arena, &workload->networks) =
        (struct set_text){.set = true, .value = str_from(network)};
    return workload;
}

static void publish(struct sample *sample, struct workload *workload, const char *ip,
                    uint16_t host_port, uint16_t port)
{
    *vec_push(&sample->arena, &workload->ports) = (struct workload_port){
        .host_ip = str_from(ip),
        .protocol = STR("tcp"),
        .container_first = port,
        .container_last = port,
        .host_first = host_port,
        .host_last = host_port,
        .published = true,
    };
}

/* That container's address on a network. */
static void locate(struct sample *sample, size_t container, const char *network,
                   const char *address)
{
    *vec_push(&sample->arena, &engine_of(sample)->containers.items[container].endpoints) =
        (struct engine_endpoint){.network = str_from(network), .ipv4 = str_from(address)};
}

static void connect_from(struct sample *sample, size_t space, const char *local,
                         uint16_t local_port, const char *remote, uint16_t remote_port)
{
    *vec_push(&sample->arena, &sample->host.namespaces.items[space].connections) =
        (struct host_connection){.local = str_from(local),
                                 .local_port = local_port,
                                 .remote = str_from(remote),
                                 .remote_port = remote_port};
}

static void judge(struct sample *sample)
{
    network_judge(&sample->arena, &sample->host, &sample->engines, &sample->seen, &sample->graph);
}

static const char *verdict(struct sample *sample, const char *from, const char *to, uint16_t port)
{
    struct network_way_list ways = {0};
    size_t a, b;
    if (!network_find(&sample->graph, str_from(from), &a) ||
        !network_find(&sample->graph, str_from(to), &b))
        return "not found";
    network_ways(&sample->arena, &sample->graph, a, b, port, false, &ways);
    return ways.count ? network_verdict_name(ways.items[0].verdict) : "no way";
}

static bool surprises(const struct sample *sample, const char *id, const char *node)
{
    for (size_t i = 0; i < sample->graph.surprises.count; i++)
        if (str_eq(str_from(sample->graph.surprises.items[i].id), str_from(id)) &&
            str_eq(sample->graph.nodes.items[sample->graph.surprises.items[i].node].name,
                   str_from(node)))
            return true;
    return false;
}

#define SAMPLE __attribute__((cleanup(sample_free))) struct sample
static void sample_free(struct sample *sample)
{
    arena_free(&sample->arena);
}

TEST(networks_keep_apart_and_published_ports_cross)
{
    SAMPLE sample = {0};
    start(&sample);
    publish(&sample, add(&sample, "web", "front", "0.0.0.0", 80), "", 8080, 80);
    publish(&sample, add(&sample, "db", "back", "::", 5432), "127.0.0.1", 15432, 5432);
    add(&sample, "api", "back", "127.0.0.1", 9000);
    judge(&sample);
    CHECK_STR("open", str_from(verdict(&sample, "api", "db", 5432)));
    CHECK_STR("blocked", str_from(verdict(&sample, "web", "db", 5432)));
    CHECK_STR("open", str_from(verdict(&sample, "db", "web", 80)));
    CHECK_STR("blocked", str_from(verdict(&sample, "db", "web", 81)));
    CHECK_STR("blocked", str_from(verdict(&sample, "db", "api", 9000)));
    CHECK_STR("open", str_from(verdict(&sample, "host", "db", 5432)));
    CHECK_STR("open", str_from(verdict(&sample, "lan", "web", 80)));
    CHECK_STR("open", str_from(verdict(&sample, "outside", "host", 8080)));
    CHECK_STR("blocked", str_from(verdict(&sample, "outside", "db", 5432)));
    CHECK(surprises(&sample, "published-crosses", "web"));
    CHECK(!surprises(&sample, "published-crosses", "db"));
}

TEST(internal_networks_reach_the_host)
{
    SAMPLE sample = {0};
    start(&sample);
    listen_at(&sample, 0, "0.0.0.0", 22);
    listen_at(&sample, 0, "127.0.0.1", 631);
    publish(&sample, add(&sample, "web", "front", "0.0.0.0", 80), "0.0.0.0", 8080, 80);
    add(&sample, "shy", "closed", "0.0.0.0", 7000);
    judge(&sample);
    CHECK_STR("open", str_from(verdict(&sample, "shy", "host", 22)));
    CHECK_STR("blocked", str_from(verdict(&sample, "shy", "host", 631)));
    CHECK_STR("blocked", str_from(verdict(&sample, "shy", "web", 80)));
    CHECK_STR("blocked", str_from(verdict(&sample, "shy", "outside", 443)));
    CHECK_STR("open", str_from(verdict(&sample, "web", "outside", 443)));
    CHECK(surprises(&sample, "internal-reaches-host", "shy"));
    /* A host without an address on that bridge. */
    engine_of(&sample)->networks.items[2].is_gateway_isolated = true;
    CHECK_STR("possible", str_from(verdict(&sample, "shy", "host", 22)));
    /* Newer engines were not measured: not "blocked". */
    engine_of(&sample)->version = STR("28.1.0");
    CHECK_STR("possible", str_from(verdict(&sample, "shy", "web", 80)));
}

TEST(networks_without_icc)
{
    SAMPLE sample = {0};
    start(&sample);
    add(&sample, "one", "apart", "0.0.0.0", 1000);
    publish(&sample, add(&sample, "two", "apart", "0.0.0.0", 2000), "", 2222, 2000);
    judge(&sample);
    CHECK_STR("blocked", str_from(verdict(&sample, "two", "one", 1000)));
    CHECK_STR("open", str_from(verdict(&sample, "one", "two", 2000)));
    CHECK_STR("open", str_from(verdict(&sample, "host", "one", 1000)));
    sample.graph.no_iptables = true;
    CHECK_STR("possible", str_from(verdict(&sample, "two", "one", 1000)));
}

TEST(what_is_not_understood_is_never_blocked)
{
    SAMPLE sample = {0};
    start(&sample);
    add(&sample, "web", "front", "0.0.0.0", 80);
    add(&sample, "db", "back", "172.20.0.2", 5432);
    add(&sample, "lost", "unheard-of", "0.0.0.0", 1);
    judge(&sample);
    CHECK_STR("blocked", str_from(verdict(&sample, "web", "db", 5432)));
    CHECK_STR("possible", str_from(verdict(&sample, "web", "lost", 1)));
    engine_of(&sample)->is_podman = true;
    CHECK_STR("possible", str_from(verdict(&sample, "web", "db", 5432)));
    engine_of(&sample)->is_podman = false;
    sample.graph.no_iptables = true;
    CHECK_STR("possible", str_from(verdict(&sample, "web", "db", 5432)));
}

TEST(unseen_listeners_are_taken_from_the_declaration)
{
    SAMPLE sample = {0};
    start(&sample);
    add(&sample, "web", "front", "0.0.0.0", 80);
    publish(&sample, add(&sample, "db", "front", "0.0.0.0", 1), "127.0.0.1", 15432, 5432);
    sample.host.namespaces.items[2].pids.items[0] = 1; /* somebody else's */
    judge(&sample);
    CHECK_STR("possible", str_from(verdict(&sample, "web", "db", 5432)));
    CHECK_EQ(1, sample.graph.gaps.count);
    CHECK_STR("db", sample.graph.gaps.items[0].path);
}

TEST(containers_that_share_a_namespace_are_one)
{
    SAMPLE sample = {0};
    start(&sample);
    add(&sample, "a-side", "front", "0.0.0.0", 1);
    add(&sample, "main", "front", "127.0.0.1", 6379);
    /* By the kernel's word, and before the one that is joined. */
    sample.host.namespaces.items[1].pids.count = 0;
    engine_of(&sample)->workloads.items[0].networks.count = 0;
    engine_of(&sample)->workloads.items[0].network_mode =
        (struct set_text){.set = true, .value = STR("container:main")};
    judge(&sample);
    CHECK_EQ(4, sample.graph.nodes.count);
    CHECK_STR("main + a-side", sample.graph.nodes.items[NETWORK_NODE_FIRST].name);
    CHECK_STR("open", str_from(verdict(&sample, "a-side", "main", 6379)));
    CHECK_STR("blocked", str_from(verdict(&sample, "host", "main", 6379)));
    CHECK(surprises(&sample, "shared-loopback", "main + a-side"));
}

TEST(from_outside_to_root)
{
    SAMPLE sample = {0};
    start(&sample);
    publish(&sample, add(&sample, "web", "front", "0.0.0.0", 80), "", 8080, 80);
    add(&sample, "agent", "front", "0.0.0.0", 9000);
    add(&sample, "far", "back", "0.0.0.0", 9001);
    struct workload *agent = &engine_of(&sample)->workloads.items[1];
    *vec_push(&sample.arena, &agent->mounts) =
        (struct workload_mount){.kind = MOUNT_BIND, .source = STR("/var/run/docker.sock")};
    judge(&sample);
    CHECK_EQ(1, sample.graph.links.count);
    CHECK(sample.graph.links.items[0].is_root);
    CHECK_EQ(1, sample.graph.paths.count);
    CHECK_EQ(NETWORK_NODE_LAN, sample.graph.paths.items[0].from);
    CHECK_EQ(3, sample.graph.paths.items[0].steps.count);
    CHECK_EQ(SIZE_MAX, sample.graph.paths.items[0].steps.items[2].to);
    CHECK_EQ(1, sample.graph.cut.total);
    CHECK_EQ(1, sample.graph.cut.count);
}

TEST(shared_volumes_and_namespaces_are_links)
{
    SAMPLE sample = {0};
    start(&sample);
    add(&sample, "writer", "front", "0.0.0.0", 80);
    add(&sample, "reader", "back", "0.0.0.0", 81);
    struct workload *workloads = engine_of(&sample)->workloads.items;
    for (size_t i = 0; i < 2; i++)
        *vec_push(&sample.arena, &workloads[i].mounts) = (struct workload_mount){
            .kind = MOUNT_VOLUME, .source = STR("data"), .read_only = i == 1};
    workloads[1].pid_mode = (struct set_text){.set = true, .value = STR("container:writer")};
    judge(&sample);
    CHECK_EQ(2, sample.graph.links.count);
    CHECK_STR("writer writes to data, which reader has too", sample.graph.links.items[0].reason);
    CHECK_STR("reader shares processes (PID) with writer", sample.graph.links.items[1].reason);
    CHECK_EQ(0, sample.graph.paths.count);
}

static bool is_used(const struct sample *sample, const char *from, const char *to, uint16_t port)
{
    size_t a, b;
    if (!network_find(&sample->graph, str_from(from), &a) ||
        !network_find(&sample->graph, str_from(to), &b))
        return false;
    for (size_t i = 0; i < sample->graph.routes.count; i++) {
        const struct network_route *route = &sample->graph.routes.items[i];
        if (route->from == a && route->to == b && route->port == port && route->is_used)
            return true;
    }
    return false;
}

TEST(surprises_of_gateway_modes_and_the_default_network)
{
    SAMPLE sample = {0};
    start(&sample);
    struct engine_network_list *networks = &engine_of(&sample)->networks;
    networks->items[0].gateway_mode = STR("nat-unprotected");
    networks->items[1].gateway_mode = STR("routed");
    *vec_push(&sample.arena, networks) =
        (struct engine_network){.name = STR("bridge"), .driver = STR("bridge"), .icc = ANSWER_YES};
    add(&sample, "open", "front", "0.0.0.0", 80);
    add(&sample, "routed", "back", "0.0.0.0", 81);
    add(&sample, "closed", "closed", "0.0.0.0", 82);
    publish(&sample, add(&sample, "one", "bridge", "0.0.0.0", 83), "", 8083, 83);
    publish(&sample, add(&sample, "two", "bridge", "0.0.0.0", 84), "127.0.0.1", 8084, 84);
    judge(&sample);
    CHECK(surprises(&sample, "gateway-unprotected", "open"));
    CHECK(surprises(&sample, "gateway-routed", "routed"));
    CHECK(!surprises(&sample, "gateway-routed", "open"));
    CHECK(surprises(&sample, "default-network-shared", "one"));
    CHECK(surprises(&sample, "published-everywhere", "one"));
    CHECK(!surprises(&sample, "published-everywhere", "two"));
    CHECK_STR("possible", str_from(verdict(&sample, "lan", "open", 80)));
    CHECK_STR("blocked", str_from(verdict(&sample, "lan", "closed", 82)));
    SAMPLE apart = {0};
    start(&apart);
    add(&apart, "one", "front", "0.0.0.0", 80);
    add(&apart, "two", "apart", "0.0.0.0", 80);
    judge(&apart);
    CHECK_EQ(0, apart.graph.surprises.count);
}

TEST(connections_tell_what_is_in_use)
{
    SAMPLE sample = {0};
    start(&sample);
    publish(&sample, add(&sample, "web", "front", "0.0.0.0", 80), "", 8080, 80);
    add(&sample, "db", "front", "::", 5432);
    locate(&sample, 0, "front", "172.20.0.2");
    locate(&sample, 1, "front", "172.20.0.3");
    /* Seen by the client; by the server, as an address of IPv4 in IPv6; from outside; and by the
     * host, whose proxy takes the published port. */
    connect_from(&sample, 1, "172.20.0.2", 40000, "172.20.0.3", 5432);
    connect_from(&sample, 2, "::ffff:172.20.0.3", 5432, "::ffff:172.20.0.2", 40000);
    connect_from(&sample, 1, "172.20.0.2", 80, "203.0.113.9", 50000);
    connect_from(&sample, 0, "127.0.0.1", 41000, "127.0.0.1", 8080);
    connect_from(&sample, 2, "172.20.0.3", 40001, "198.51.100.7", 443);
    connect_from(&sample, 2, "127.0.0.1", 40002, "127.0.0.1", 5432);
    judge(&sample);
    CHECK_EQ(3, sample.graph.uses.count);
    CHECK(is_used(&sample, "web", "db", 5432));
    CHECK(!is_used(&sample, "db", "web", 80));
    CHECK(is_used(&sample, "internet", "web", 80));
    CHECK(!is_used(&sample, "lan", "web", 80));
    CHECK(is_used(&sample, "host", "web", 80));
    size_t web = 0, db = 0;
    CHECK(network_find(&sample.graph, STR("web"), &web) &&
          network_find(&sample.graph, STR("db"), &db));
    CHECK(!sample.graph.nodes.items[web].calls_outside);
    CHECK(sample.graph.nodes.items[db].calls_outside);
}

static const struct network_suggestion *suggestion(const struct sample *sample, const char *id)
{
    for (size_t i = 0; i < sample->graph.suggestions.count; i++)
        if (str_eq(str_from(sample->graph.suggestions.items[i].id), str_from(id)))
            return &sample->graph.suggestions.items[i];
    return NULL;
}

/* Three on one network, of which two talk. */
static void start_three(struct sample *sample, const char *idle)
{
    start(sample);
    add(sample, "web", "front", "0.0.0.0", 80);
    add(sample, "db", "front", "0.0.0.0", 5432);
    publish(sample, add(sample, idle, "front", "0.0.0.0", 9000), "", 9000, 9000);
    locate(sample, 0, "front", "172.20.0.2");
    locate(sample, 1, "front", "172.20.0.3");
}

TEST(a_network_is_split_by_who_talks)
{
    SAMPLE sample = {0};
    start_three(&sample, "idle");
    connect_from(&sample, 1, "172.20.0.2", 40000, "172.20.0.3", 5432);
    judge(&sample);
    const struct network_suggestion *split = suggestion(&sample, "split-networks");
    CHECK(split != NULL);
    /* What comes in by the published port goes with the way out: db and web have none then. */
    CHECK_EQ(4, split->closes);
    CHECK_EQ(8, split->commands.count);
    CHECK_STR("docker network create --internal front-1", split->commands.items[0]);
    CHECK_STR("docker network create -o com.docker.network.bridge.enable_icc=false front-outside",
              split->commands.items[3]);
    CHECK_STR("docker network connect front-outside idle", split->commands.items[4]);
    CHECK_EQ(0, split->compose.len);
}

TEST(nothing_is_split_without_a_reason)
{
    SAMPLE sample = {0};
    struct sample odd = {0}, all = {0};
    start_three(&sample, "idle");
    judge(&sample);
    CHECK(!suggestion(&sample, "split-networks"));
    /* A name that a shell would read. */
    start_three(&odd, "idle;reboot");
    connect_from(&odd, 1, "172.20.0.2", 40000, "172.20.0.3", 5432);
    judge(&odd);
    CHECK(!suggestion(&odd, "split-networks"));
    start(&all);
    add(&all, "web", "front", "0.0.0.0", 80);
    add(&all, "db", "front", "0.0.0.0", 5432);
    locate(&all, 1, "front", "172.20.0.3");
    connect_from(&all, 1, "172.20.0.2", 40000, "172.20.0.3", 5432);
    judge(&all);
    CHECK(!suggestion(&all, "split-networks"));
    sample_free(&odd);
    sample_free(&all);
}

TEST(what_was_seen_at_other_hours_counts)
{
    SAMPLE sample = {0};
    start_three(&sample, "idle");
    connect_from(&sample, 1, "172.20.0.2", 40000, "172.20.0.3", 5432);
    *vec_push(&sample.arena, &sample.seen) =
        (struct network_seen){.from = STR("idle"), .to = STR("db"), .port = 5432};
    *vec_push(&sample.arena, &sample.seen) =
        (struct network_seen){.from = STR("idle"), .to = STR("gone"), .port = 1};
    *vec_push(&sample.arena, &sample.seen) = (struct network_seen){.from = STR("web")};
    judge(&sample);
    const struct network_suggestion *split = suggestion(&sample, "split-networks");
    CHECK(split != NULL);
    /* Idle to web: web calls outside, so that it still gets to idle's published port. */
    CHECK_EQ(1, split->closes);
    CHECK_STR("docker network create --internal front-2", split->commands.items[3]);
    CHECK(sample.graph.nodes.items[NETWORK_NODE_FIRST].calls_outside);
}

TEST(connections_that_ended_count_for_a_minute)
{
    ARENA_SCOPED arena = {0};
    struct host_connection_list list = {0};
    net_connections_parse(
        &arena,
        STR("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
            "   0: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000\n"
            "   1: 020012AC:9F8A 030012AC:1F91 01 00000000:00000000 00:00000000 00000000\n"
            "   2: 020012AC:9F8B 030012AC:1F91 06 00000000:00000000 03:000016A5 00000000\n"
            "   3: 020012AC:9F8C 030012AC:1F91 02 00000001:00000000 01:00000014 00000002\n"),
        &list);
    CHECK_EQ(2, list.count);
    CHECK_STR("172.18.0.3", list.items[1].remote);
    CHECK_EQ(0x1f91, list.items[1].remote_port);
}

TEST(net_udp_lists_sockets_without_a_peer)
{
    ARENA_SCOPED arena = {0};
    struct host_listener_list list = {0};
    net_udp_parse(&arena,
                  STR("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                      "   uid  timeout inode ref pointer drops\n"
                      "  10: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000"
                      "     0        0 55 2 0000000000000000 0\n"
                      "  11: 0100007F:0036 0100007F:0035 01 00000000:00000000 00:00000000 00000000"
                      "     0        0 56 2 0000000000000000 0\n"),
                  &list);
    CHECK_EQ(1, list.count);
    CHECK_EQ(53, list.items[0].port);
    CHECK(list.items[0].is_udp);
}
