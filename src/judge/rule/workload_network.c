// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* Who can reach the container. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"
#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"      \
    "    image: nginx:1.27.3\n"

/* Ports of programs that are meant for the inside: databases, and what administers things. */
static const struct {
    uint32_t port;
    const char *what;
} inside_ports[] = {
    {1433, "SQL Server"},     {1521, "Oracle"},        {2049, "NFS"},
    {2181, "ZooKeeper"},      {2375, "Docker"},        {2376, "Docker"},
    {2379, "etcd"},           {2380, "etcd"},          {3306, "MySQL"},
    {3389, "remote desktop"}, {5432, "PostgreSQL"},    {5601, "Kibana"},
    {5672, "RabbitMQ"},       {5900, "VNC"},           {5984, "CouchDB"},
    {6379, "Redis"},          {6443, "Kubernetes"},    {8086, "InfluxDB"},
    {9000, "administration"}, {9042, "Cassandra"},     {9092, "Kafka"},
    {9200, "Elasticsearch"},  {9300, "Elasticsearch"}, {10250, "kubelet"},
    {11211, "memcached"},     {15672, "RabbitMQ"},     {27017, "MongoDB"},
};

static const char *inside_service(const struct workload_port *port)
{
    for (size_t i = 0; i < sizeof(inside_ports) / sizeof(inside_ports[0]); i++)
        if (inside_ports[i].port >= port->container_first &&
            inside_ports[i].port <= port->container_last)
            return inside_ports[i].what;
    return NULL;
}

static bool is_everywhere(str ip)
{
    return ip.len == 0 || str_eq(ip, STR("0.0.0.0")) || str_eq(ip, STR("::")) ||
           str_eq(ip, STR("[::]"));
}

static str port_text(struct arena *arena, const struct workload_port *port)
{
    uint32_t first = port->host_first ? port->host_first : port->container_first;
    uint32_t last = port->host_first ? port->host_last : port->container_last;
    if (!first)
        return STR("a port");
    return first == last ? arena_printf(arena, "port %u", first)
                         : arena_printf(arena, "ports %u-%u", first, last);
}

static bool is_protocol(str text)
{
    return str_eq(text, STR("tcp")) || str_eq(text, STR("udp")) || str_eq(text, STR("sctp"));
}

/* "8080:80/udp" -> "127.0.0.1:8080:80/udp", in quotes; only what is a short form of numbers. */
static void bind_to_loopback(struct rule_run *run, const struct workload *workload,
                             const struct workload_port *port, struct finding *finding)
{
    str written = workload_slice(run, &port->place);
    bool quoted = written.len > 2 && (written.ptr[0] == '"' || written.ptr[0] == '\'');
    str text = quoted ? str_sub(written, 1, written.len - 2) : written, ports, protocol;
    if (str_skip(&text, STR("0.0.0.0:")) || port->host_ip.len || text.len == 0)
        return;
    str_cut(text, '/', &ports, &protocol);
    for (size_t i = 0; i < ports.len; i++)
        if (str_find_char(STR("0123456789-:"), ports.ptr[i]) == STR_NONE)
            return;
    if (protocol.len && !is_protocol(protocol))
        return;
    bool has_host = str_find_char(ports, ':') != STR_NONE;
    if (workload->dialect == DIALECT_COMPOSE)
        workload_replace(
            run, finding, &port->place,
            arena_printf(run->arena, "\"127.0.0.1:%s%.*s\"", has_host ? "" : ":", STR_ARG(text)),
            "Open the port for this host only");
}

static void all_addresses(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Put an address in front: `ports: [\"127.0.0.1:8080:80\"]`, with a proxy for what is "
        "public. Containers of one network reach each other without `ports`.",
        NULL,
        "Put an address in front: -p 127.0.0.1:8080:80. Containers of one network reach each "
        "other without -p.",
    };
    if (!workload_is_docker(workload) || workload_text_is(&workload->network_mode, "host"))
        return;
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        if (!port->published || !is_everywhere(port->host_ip))
            continue;
        const char *inside = inside_service(port);
        str text = port_text(run->arena, port);
        struct finding *finding = workload_found(
            run, workload, &port->place, &remedy, "%.*s is open on all addresses of the host%s%s%s",
            STR_ARG(text), inside ? " (" : "", inside ? inside : "", inside ? ")" : "");
        if (inside)
            finding->severity = SEVERITY_HIGH;
        bind_to_loopback(run, workload, port, finding);
    }
}

static void privileged_port(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        bool web = port->host_first == port->host_last &&
                   (port->host_first == 80 || port->host_first == 443);
        if (port->published && port->host_first > 0 && port->host_first < 1024 && !web) {
            str text = port_text(run->arena, port);
            workload_found(run, workload, &port->place, NULL, "takes %.*s of the host",
                           STR_ARG(text));
        }
    }
}

static void host_port(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        if (workload->dialect == DIALECT_KUBERNETES && port->published) {
            str text = port_text(run->arena, port);
            workload_found(run, workload, &port->place, NULL, "takes %.*s of its node",
                           STR_ARG(text));
        }
    }
}

static void ssh_port(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        if (port->container_first && port->container_first <= 22 && port->container_last >= 22)
            workload_found(run, workload, &port->place, NULL, "port 22 is SSH");
    }
}

static void default_bridge(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `network_mode: bridge`: compose then makes a network for the project.",
        NULL,
        "Make a network (docker network create NAME) and add --network NAME.",
    };
    if (!workload_is_docker(workload) || str_starts(workload->kind, STR("podman")))
        return;
    const struct set_text *mode = &workload->network_mode;
    bool named = workload_text_is(mode, "bridge") || workload_text_is(mode, "default");
    bool unsaid = workload->dialect != DIALECT_COMPOSE && workload->dialect != DIALECT_LIVE &&
                  !mode->set && workload->networks.count == 0;
    if (named || unsaid || workload_list_has(&workload->networks, "bridge"))
        workload_found(run, workload, &mode->place, &remedy,
                       "shares the default network with every container that names none");
}

static void publish_all(struct rule_run *run, const struct workload *workload)
{
    if (workload->publish_all.set && workload->publish_all.value)
        workload_found(run, workload, &workload->publish_all.place, NULL,
                       "every port that the image declares is opened");
}

static const struct rule rules[] = {
    {
        .id = "container/port-on-all-addresses",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "A port is open to everybody who reaches the host",
        .why = "Without an address a port is opened on all addresses of the host, IPv6 too, and "
               "Docker's rules come before those of a firewall like ufw. A database that was meant "
               "for the neighbour container is then open to the Internet.",
        .fix = "Name the address: 127.0.0.1 for the host itself, or the one of an inner network.",
        .bad = SERVICE "    ports: [\"8080:80\"]\n",
        .good = SERVICE "    ports: [\"127.0.0.1:8080:80\"]\n",
        .aliases = {"CIS 5.14", "451d79dc"},
        .workload = all_addresses,
    },
    {
        .id = "container/privileged-port",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_LOW,
        .title = "The container takes a port of the host that belongs to system services",
        .why = "Ports below 1024 are for services that an administrator starts; people trust what "
               "answers there (mail, DNS, file shares). Apart from web servers on 80 and 443, "
               "containers rarely need one.",
        .fix = "Publish on a higher port, or put a proxy in front.",
        .bad = SERVICE "    ports: [\"127.0.0.1:25:25\"]\n",
        .good = SERVICE "    ports: [\"127.0.0.1:2525:25\"]\n",
        .aliases = {"CIS 5.8", "bc2908f3", "KSV-0117"},
        .workload = privileged_port,
    },
    {
        .id = "container/host-port",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "The pod takes a port of its node",
        .why = "The port is then open on the node's address, past network policies, and only one "
               "such pod fits on a node. The baseline of the Pod Security Standards forbids it.",
        .fix = "Remove hostPort, and make a Service.",
        .bad = POD "    ports: [{containerPort: 80, hostPort: 8080}]\n",
        .good = POD "    ports: [{containerPort: 80}]\n",
        .aliases = {"KSV-0024"},
        .workload = host_port,
    },
    {
        .id = "container/ssh-port",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_LOW,
        .title = "The container offers SSH",
        .why = "A login into a container means keys or passwords to manage, and one more server "
               "to keep safe. The engine already has a way in: docker exec, kubectl exec.",
        .fix = "Remove the SSH server, and use the engine's own way in.",
        .bad = SERVICE "    ports: [\"127.0.0.1:2222:22\"]\n",
        .good = SERVICE "    ports: [\"127.0.0.1:8080:80\"]\n",
        .aliases = {"CIS 5.7", "ssh-port"},
        .workload = ssh_port,
    },
    {
        .id = "container/default-network",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_LOW,
        .title = "The container is on the network that all others are on",
        .why = "On Docker's default network everybody reaches everybody, whether they belong "
               "together or not, and names do not work. A network of its own keeps strangers out.",
        .fix = "Put it on a network with only those that it must reach.",
        .bad = "docker run -d nginx:1.27.3\n",
        .good = "docker run -d --network shop nginx:1.27.3\n",
        .aliases = {"CIS 5.30", "ce14a68b"},
        .workload = default_bridge,
    },
    {
        .id = "container/publish-all",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "Every port that the image declares is opened",
        .why = "What the image's author wrote down is opened on all addresses, at numbers that "
               "nobody chose; an update of the image can open more.",
        .fix = "Publish the ports that are needed, one by one, with -p.",
        .bad = "docker run -d --network shop -P nginx:1.27.3\n",
        .good = "docker run -d --network shop -p 127.0.0.1:8080:80 nginx:1.27.3\n",
        .aliases = {"CIS 5.9"},
        .workload = publish_all,
    },
};

const struct rule_family rule_workload_network = {"container", rules,
                                                  sizeof(rules) / sizeof(rules[0])};
