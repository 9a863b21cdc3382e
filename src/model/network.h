// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_NETWORK_H
#define HARDEN_MODEL_NETWORK_H

#include "model/engine.h"
#include "model/host.h"

/*
 * Who reaches whom on one machine: its running containers, the host, and whoever is outside.
 * judge/network fills it; strings and lists live in its arena or in that of the engine's facts.
 */
enum network_node_kind {
    NODE_CONTAINER,
    NODE_HOST,
    NODE_LAN,     /* whoever is on a network that the host is on */
    NODE_INTERNET /* whoever is anywhere */
};

/* From which addresses a service takes connections. */
enum network_scope {
    SCOPE_LOOPBACK, /* 127.0.0.0/8, ::1: only from the same network namespace */
    SCOPE_ADDRESS,  /* one other address */
    SCOPE_ANY,
};
struct network_service {
    uint16_t port;
    bool is_udp;
    bool is_assumed; /* declared or published; whether somebody listens could not be seen */
    enum network_scope scope;
    str address;
    bool on_ipv4, on_ipv6; /* families whose packets it takes from others */
};
struct network_service_list VEC_BODY(struct network_service);

/* An address of a node on a network, and the host's there. */
struct network_address {
    bool is_known, has_gateway;
    unsigned char bytes[16], gateway[16];
};
struct network_attachment {
    const struct engine_facts *engine;
    str name;
    const struct engine_network *network; /* NULL: the engine did not tell what it is */
    struct network_address addresses[2];  /* of IPv4, of IPv6 */
    str bridge;                           /* the host's interface to it; empty where unknown */
};
struct network_attachment_list VEC_BODY(struct network_attachment);

struct network_publication {
    enum network_scope scope;
    str host_ip; /* empty: all addresses */
    uint16_t host_port, port;
    bool is_udp;
};
struct network_publication_list VEC_BODY(struct network_publication);

struct network_workload_list VEC_BODY(const struct workload *);

/* A network namespace: several containers are one node where they share it. */
struct network_node {
    enum network_node_kind kind;
    str name;                     /* its containers, "a + b"; "host"; "lan"; "internet" */
    struct str_list members, ids; /* names and ids of its containers */
    const struct engine_facts *engine;
    struct network_workload_list workloads; /* of its containers, in the same order */
    struct network_attachment_list attachments;
    struct network_service_list services; /* sorted by port; one row a port and protocol */
    struct network_publication_list publications;
    uint64_t inode;                     /* of the namespace; 0 where it was not seen */
    const struct host_namespace *space; /* NULL where it was not seen */
    bool has_links;                     /* --link opens what icc=false closes */
    bool calls_outside;                 /* it has connections to LAN or Internet that it began */
};
struct network_node_list VEC_BODY(struct network_node);

enum network_verdict {
    NETWORK_BLOCKED,
    NETWORK_POSSIBLE, /* it depends on what was not seen or is not understood */
    NETWORK_OPEN,
};
enum network_way_kind {
    WAY_NAMESPACE, /* they are the same namespace */
    WAY_DIRECT,    /* to the container's own address */
    WAY_PUBLISHED, /* to an address of the host, which passes it on */
    WAY_HOST,      /* to a service of the host itself */
    WAY_ROUTED,    /* to the container's address, by who makes the host its router */
};
struct network_way {
    enum network_way_kind kind;
    enum network_verdict verdict;
    bool is_ipv6;
    uint16_t at_port; /* to connect to: the published one, or the service's own */
    str reason;       /* a sentence without its full stop */
    str rule;         /* of the firewall, where one decides */
};
struct network_way_list VEC_BODY(struct network_way);

/* The best way from one node to a service of another that is not blocked. */
struct network_route {
    size_t from, to; /* indices into nodes */
    uint16_t port;
    bool is_udp;
    bool is_used; /* a connection of that kind was seen */
    struct network_way way;
};
struct network_route_list VEC_BODY(struct network_route);

/* Who uses which TCP port of whom: a connection that stood when harden looked, or that ended in the
 * minute before. */
struct network_use {
    size_t from, to;
    uint16_t port;
};
struct network_use_list VEC_BODY(struct network_use);

/* The same as an earlier report has it: nodes by their names. */
struct network_seen {
    str from, to;
    uint16_t port; /* 0: `from` called outside; `to` is empty then */
};
struct network_seen_list VEC_BODY(struct network_seen);

/* What most people do not expect of their networks. */
struct network_surprise {
    const char *id; /* "published-crosses", "internal-reaches-host" ... */
    size_t node;
    str text;
    const char *advice;
};
struct network_surprise_list VEC_BODY(struct network_surprise);

/* From one node to another without a network: mounts, namespaces, rights. */
struct network_link {
    size_t from, to; /* to the host where it makes root there */
    bool is_root;
    str reason;         /* "web has the engine's socket (...)" */
    const char *remedy; /* a clause */
};
struct network_link_list VEC_BODY(struct network_link);

/* The fewest steps from outside to root of the host, if open ports can be taken over. */
struct network_step {
    size_t to; /* SIZE_MAX: root of the host */
    str how;
};
struct network_step_list VEC_BODY(struct network_step);
struct network_path {
    size_t from;
    struct network_step_list steps;
};
struct network_path_list VEC_BODY(struct network_path);

/* The one change that ends most of the ways from outside to root. */
struct network_cut {
    str text; /* empty where there is nothing to cut */
    size_t count, total;
};

/* A change that closes what nobody was seen to use. It was tried on the graph: what is in use stays
 * open with it, and nothing opens. */
struct network_suggestion {
    const char *id; /* "split-networks", "close-to-outside", "close-host-to-network" */
    str text;       /* what to do and why: a sentence without its full stop */
    struct str_list commands;
    str nft;       /* the same for nft -f, where the host's rules are nftables'; or empty */
    str compose;   /* the same for a compose file; empty where that has no words for it */
    size_t closes; /* routes: so many that are open, or may be, are blocked with it */
    struct str_list closed; /* the first of them: "web to db tcp 5432" */
    const char *note;       /* what to think of before it is done */
};
struct network_suggestion_list VEC_BODY(struct network_suggestion);

struct network_graph {
    struct network_node_list nodes; /* the host, outside, then containers by name */
    struct network_route_list routes;
    struct network_use_list uses; /* sorted, each once */
    struct network_surprise_list surprises;
    struct network_link_list links;
    struct network_path_list paths; /* from the Internet, from the LAN */
    struct network_cut cut;
    struct network_suggestion_list suggestions; /* what closes most comes first */
    struct gap_list gaps;
    bool no_iptables, no_proxy; /* settings of the daemon that change what the engine programs */
    const struct host *host;
    bool has_firewall; /* the host's could be read: its rules decide, not what engines mean to do */
    str outer;         /* the host's interface to others; empty where unknown */
    struct network_address outside[2]; /* the host's own address there, of IPv4 and IPv6 */
    unsigned outside_prefix[2];        /* and how many bits its network has */
    uint64_t *steps;                   /* rules that were compared so far */
};

const char *network_verdict_name(enum network_verdict verdict); /* "open" ... */
const char *network_way_name(enum network_way_kind kind);       /* "direct" ... */
const char *network_kind_name(enum network_node_kind kind);     /* "container" ... */

#endif
