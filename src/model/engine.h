// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_ENGINE_H
#define HARDEN_MODEL_ENGINE_H

#include "model/report.h"
#include "model/workload.h"

/*
 * What a container engine says of itself and of what it runs: answers of its API, or where none
 * answers, its state folders. read/engine fills it, rules judge it. Absent strings are "".
 */
enum engine_source {
    ENGINE_API,   /* it answered */
    ENGINE_STATE, /* read from its folders; only containers are known */
};

/* Yes, no, or not said. */
enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

struct engine_component {
    str name;            /* "Engine", "Podman Engine", "containerd", "runc" */
    str version;         /* as upstream counts, perhaps with a distribution's ending */
    str package_version; /* of a distribution's package, where the engine knows it */
};
struct engine_component_list VEC_BODY(struct engine_component);

struct engine_network {
    str name, driver, scope;
    bool is_internal, is_ingress;
    enum answer icc;          /* of a bridge: may its containers talk to each other? */
    enum answer encrypted;    /* of an overlay */
    bool is_gateway_isolated; /* of a bridge: the host has no address on it */
    bool is_ipv6;
    str gateway_mode; /* of IPv4: "nat", "nat-unprotected", "routed"; empty: the default */
    str host_binding; /* where published ports go without a word: --ip; empty: everywhere */
    struct str_list subnets;
};
struct engine_network_list VEC_BODY(struct engine_network);

struct engine_image {
    str id;
    struct str_list tags, digests;
    str user, workdir, created, platform;
    bool has_healthcheck, has_cmd, has_entrypoint;
    struct str_list env, labels, shell, onbuild; /* of its config; "NAME=value" */
    struct str_list history; /* what made each layer, the last one first; empty where unknown */
};
struct engine_image_list VEC_BODY(struct engine_image);

/* A container on a network; addresses as text, empty where it has none. */
struct engine_endpoint {
    str network, ipv4, ipv6, gateway4, gateway6;
};
struct engine_endpoint_list VEC_BODY(struct engine_endpoint);

/* What inspect says of a container beside its declaration. */
struct engine_container {
    str id, name, image_id;
    bool is_running;
    uint32_t pid; /* on the host; 0 where it does not run */
    str health;   /* "healthy", "unhealthy", "starting"; empty without a health check */
    str apparmor, selinux_label;
    bool default_bridge; /* is on the network that all containers get */
    struct engine_endpoint_list endpoints;
    /* Where its own layer lies, and the image's below it, by colons; empty where the storage driver
     * has none. */
    str upper, lower;
    size_t workload; /* index into workloads */
};
struct engine_container_list VEC_BODY(struct engine_container);

struct engine_swarm {
    bool is_active, is_manager;
    uint64_t managers, nodes;
    str node_address, data_path_address;
    enum answer autolock;
    uint64_t certificate_hours; /* of a node's certificate; 0 where unknown */
    bool knows_cluster;         /* a manager told */
    uint64_t secrets, services;
    enum answer knows_secrets;
};

struct engine_facts {
    enum engine_source source;
    str address; /* "unix:///var/run/docker.sock", or the state folder */
    bool is_podman, is_rootless;
    struct engine_component_list components;
    str version;  /* of the engine itself */
    str platform; /* it builds for unless told: "linux/amd64"; empty where unknown */
    str kernel, operating_system, root_folder;
    str storage_driver;
    bool containerd_store; /* images are kept by containerd, not in /var/lib/docker */
    str logging_driver, cgroup_version, default_runtime, firewall_backend;
    struct str_list security; /* "name=seccomp,profile=default", "name=userns" */
    struct str_list insecure_registries;
    struct str_list authorization_plugins;
    enum answer live_restore, experimental;
    struct engine_swarm swarm;
    bool knows_info; /* /info answered: what is absent above is not set */
    bool knows_containers, knows_images, knows_networks;
    struct engine_network_list networks;
    struct engine_image_list images;
    struct engine_container_list containers;
    struct workload_list workloads;
    struct gap_list gaps;
};
struct engine_facts_list VEC_BODY(struct engine_facts);

/* The value of that option of /info's SecurityOptions: "profile" of "seccomp"; "" and true where
 * only the name is there; false where the name is not. */
bool engine_security(const struct engine_facts *engine, str name, str key, str *ret_value);
/* NULL where the engine does not name it. */
const struct engine_component *engine_component(const struct engine_facts *engine, str name);
const struct engine_image *engine_image_by_id(const struct engine_facts *engine, str id);

#endif
