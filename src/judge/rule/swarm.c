// SPDX-License-Identifier: Apache-2.0
/* Swarm mode (section 7 of the CIS Docker Benchmark, and 5.1). */
#include "judge/rule/check.h"

/* Answered from a swarm only; some of it only by a manager. */
static bool needs_swarm(struct rule_run *run, const struct host_view *view, bool manager)
{
    if (!view->engine || !view->engine->knows_info)
        check_unknown(run, view, "no engine says whether it is in a swarm");
    else if (!view->engine->swarm.is_active)
        check_skip(run, view, "not a member of a swarm");
    else if (manager && !view->engine->swarm.knows_cluster)
        check_unknown(run, view, "only a manager of the swarm can tell");
    else
        return true;
    return false;
}

static void not_needed(struct rule_run *run, const struct host_view *view)
{
    if (view->engine && view->engine->knows_info && !view->engine->swarm.is_active)
        check_pass(run, view, "not a member of a swarm");
    else if (needs_swarm(run, view, false) && view->engine->swarm.knows_secrets == ANSWER_YES &&
             view->engine->swarm.services == 0)
        check_fail(run, view, STR("docker swarm leave --force"), "a swarm without any service");
    else if (view->engine && view->engine->swarm.is_active)
        check_unknown(run, view, "member of a swarm of %llu nodes with %llu services",
                      (unsigned long long)view->engine->swarm.nodes,
                      (unsigned long long)view->engine->swarm.services);
}

static void too_many_managers(struct rule_run *run, const struct host_view *view)
{
    enum { MOST = 7 };
    if (!needs_swarm(run, view, true))
        return;
    unsigned long long managers = view->engine->swarm.managers;
    if (managers > MOST || managers % 2 == 0)
        check_fail(run, view, (str){0}, "%llu managers", managers);
    else
        check_pass(run, view, "%llu managers of %llu nodes", managers,
                   (unsigned long long)view->engine->swarm.nodes);
}

static void all_addresses(struct rule_run *run, const struct host_view *view)
{
    enum { CLUSTER_PORT = 2377 };
    if (!needs_swarm(run, view, false))
        return;
    for (size_t i = 0; i < view->host->listeners.count; i++) {
        const struct host_listener *listener = &view->host->listeners.items[i];
        bool all =
            str_eq(listener->address, STR("0.0.0.0")) || str_eq(listener->address, STR("::"));
        if (listener->port == CLUSTER_PORT && all) {
            check_fail(run, view, (str){0}, "port %d listens on %.*s", CLUSTER_PORT,
                       STR_ARG(listener->address));
            return;
        }
    }
    check_pass(run, view, "port %d does not listen on all addresses; this node is %.*s",
               CLUSTER_PORT, STR_ARG(view->engine->swarm.node_address));
}

static void overlay_not_encrypted(struct rule_run *run, const struct host_view *view)
{
    struct str_list names = {0};
    size_t overlays = 0;
    if (!needs_swarm(run, view, false))
        return;
    for (size_t i = 0; i < view->engine->networks.count; i++) {
        const struct engine_network *network = &view->engine->networks.items[i];
        if (!str_eq(network->driver, STR("overlay")) || network->is_ingress)
            continue;
        overlays++;
        if (network->encrypted == ANSWER_NO)
            *vec_push(run->arena, &names) = network->name;
    }
    if (names.count)
        check_fail(run, view, (str){0}, "not encrypted: %.*s", STR_ARG(check_names(run, &names)));
    else if (overlays == 0)
        check_skip(run, view, "there is no overlay network");
    else
        check_pass(run, view, "all %zu overlay networks are encrypted", overlays);
}

static void no_secrets(struct rule_run *run, const struct host_view *view)
{
    if (!needs_swarm(run, view, true))
        return;
    const struct engine_swarm *swarm = &view->engine->swarm;
    if (swarm->secrets == 0 && swarm->services > 0)
        check_fail(run, view, (str){0}, "%llu services, and no secret",
                   (unsigned long long)swarm->services);
    else
        check_pass(run, view, "%llu secrets for %llu services", (unsigned long long)swarm->secrets,
                   (unsigned long long)swarm->services);
}

static void no_autolock(struct rule_run *run, const struct host_view *view)
{
    if (!needs_swarm(run, view, true))
        return;
    if (view->engine->swarm.autolock == ANSWER_YES)
        check_pass(run, view, "the swarm says AutoLockManagers");
    else
        check_fail(run, view, STR("docker swarm update --autolock=true"),
                   "the swarm does not say AutoLockManagers");
}

static void unlock_key(struct rule_run *run, const struct host_view *view)
{
    if (!needs_swarm(run, view, true))
        return;
    if (view->engine->swarm.autolock != ANSWER_YES)
        check_skip(run, view, "managers are not locked, so there is no key");
    else
        check_unknown(run, view,
                      "the swarm does not tell when its key was changed; asking for the "
                      "key itself would give it away");
}

static void node_certificates(struct rule_run *run, const struct host_view *view)
{
    enum { MOST_HOURS = 90 * 24 };
    if (!needs_swarm(run, view, true))
        return;
    unsigned long long hours = view->engine->swarm.certificate_hours;
    if (hours == 0)
        check_unknown(run, view, "the swarm does not say how long certificates live");
    else if (hours > MOST_HOURS)
        check_fail(run, view, STR("docker swarm update --cert-expiry 2160h"),
                   "certificates of nodes live %llu hours", hours);
    else
        check_pass(run, view, "certificates of nodes live %llu hours", hours);
}

static void ca_certificate(struct rule_run *run, const struct host_view *view)
{
    if (needs_swarm(run, view, true))
        check_unknown(run, view,
                      "a person must say whether the CA has to be changed: docker swarm ca");
}

static void shared_data_path(struct rule_run *run, const struct host_view *view)
{
    if (!needs_swarm(run, view, true))
        return;
    str data = view->engine->swarm.data_path_address;
    if (data.len && !str_eq(data, view->engine->swarm.node_address))
        check_pass(run, view, "data goes by %.*s", STR_ARG(data));
    else
        check_fail(run, view, (str){0}, "data goes by the same address as control: %.*s",
                   STR_ARG(view->engine->swarm.node_address));
}

static const struct rule rules[] = {
    {
        .id = "swarm/not-needed",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Swarm mode is on, and nothing uses it",
        .why = "A swarm opens ports for other machines and gives each manager all rights over "
               "all nodes.",
        .fix = "Leave the swarm with docker swarm leave --force.",
        .bad = "docker swarm init\n",
        .good = "docker swarm leave --force\n",
        .aliases = {"CIS 5.1"},
        .host = not_needed,
    },
    {
        .id = "swarm/too-many-managers",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "A swarm has more managers than it needs, or an even number",
        .why = "Every manager holds all keys and secrets of the swarm: one that is broken into"
               " is enough. An even number survives no more failures than one less.",
        .fix = "Keep 3, 5 or 7 managers, and make workers of the others with docker node "
               "demote NODE.",
        .bad = "docker node ls # 12 managers\n",
        .good = "docker node ls # 3 managers, 9 workers\n",
        .aliases = {"CIS 7.1"},
        .host = too_many_managers,
    },
    {
        .id = "swarm/all-addresses",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "The swarm listens on all addresses",
        .why = "Its port for joining is then open on every network that the machine is on, "
               "also to the Internet.",
        .fix = "Start the swarm anew with one address, as in docker swarm init --listen-addr "
               "10.0.0.5:2377.",
        .bad = "docker swarm init --listen-addr 0.0.0.0:2377\n",
        .good = "docker swarm init --listen-addr 10.0.0.5:2377\n",
        .aliases = {"CIS 7.2"},
        .host = all_addresses,
    },
    {
        .id = "swarm/overlay-not-encrypted",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "Traffic between nodes can be read",
        .why = "Containers on an overlay network talk across machines. Unless the network is "
               "encrypted, whoever sits between reads and changes what they say.",
        .fix = "Make the network anew with docker network create --driver overlay --opt "
               "encrypted NAME.",
        .bad = "docker network create -d overlay back\n",
        .good = "docker network create -d overlay --opt encrypted back\n",
        .aliases = {"CIS 7.3"},
        .host = overlay_not_encrypted,
    },
    {
        .id = "swarm/no-secrets",
        .kind = KIND_SECRET,
        .severity = SEVERITY_LOW,
        .title = "Services of the swarm use no secrets of it",
        .why = "Passwords then stand in variables and images, where inspect shows them. The "
               "swarm keeps secrets encrypted and shows them only to the service.",
        .fix = "Keep passwords by docker secret create, and name them in the service.",
        .bad = "docker service create -e PASSWORD=hunter2 app\n",
        .good = "docker service create --secret password app\n",
        .aliases = {"CIS 7.4"},
        .host = no_secrets,
    },
    {
        .id = "swarm/no-autolock",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_MEDIUM,
        .title = "Managers unlock themselves after a restart",
        .why = "The keys of the swarm lie on the disk of each manager as they are. Who gets "
               "the disk or a backup of it can read all secrets.",
        .fix = "Lock managers with docker swarm update --autolock=true, and keep the key that "
               "it prints elsewhere.",
        .bad = "docker swarm init\n",
        .good = "docker swarm init --autolock\n",
        .aliases = {"CIS 7.5"},
        .host = no_autolock,
    },
    {
        .id = "swarm/unlock-key",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "The key that unlocks managers may be old",
        .why = "Everyone who ever had it can unlock the managers.",
        .fix = "Change the key from time to time with docker swarm unlock-key --rotate.",
        .bad = "docker swarm unlock-key\n",
        .good = "docker swarm unlock-key --rotate\n",
        .aliases = {"CIS 7.6"},
        .host = unlock_key,
    },
    {
        .id = "swarm/node-certificates",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "Certificates of nodes live long",
        .why = "A certificate that was copied from a node can be used until it ends.",
        .fix = "Let certificates end within 90 days with docker swarm update --cert-expiry "
               "2160h.",
        .bad = "docker swarm update --cert-expiry 43800h\n",
        .good = "docker swarm update --cert-expiry 2160h\n",
        .aliases = {"CIS 7.7"},
        .host = node_certificates,
    },
    {
        .id = "swarm/ca-certificate",
        .kind = KIND_DAEMON,
        .severity = SEVERITY_LOW,
        .title = "The swarm's CA may have to be changed",
        .why = "Who has its key can make nodes of their own. When a manager was lost or broken"
               " into, the key is.",
        .fix = "Change the CA with docker swarm ca --rotate.",
        .bad = "docker swarm ca\n",
        .good = "docker swarm ca --rotate\n",
        .aliases = {"CIS 7.8"},
        .host = ca_certificate,
    },
    {
        .id = "swarm/shared-data-path",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_LOW,
        .title = "Control and data of the swarm share one network",
        .why = "Containers that flood or listen to the network then reach the traffic that "
               "steers the swarm.",
        .fix = "Give data an address of its own when a node joins, with --data-path-addr.",
        .bad = "docker swarm init --advertise-addr 10.0.0.5\n",
        .good = "docker swarm init --advertise-addr 10.0.0.5 --data-path-addr 10.1.0.5\n",
        .aliases = {"CIS 7.9"},
        .host = shared_data_path,
    },
};

const struct rule_family rule_swarm = {"swarm", rules, sizeof(rules) / sizeof(rules[0])};
