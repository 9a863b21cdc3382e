// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* Settings of the kernel in the container's own namespaces, against what the record asked for. */

static const struct named_value *recorded(const struct container_view *view, str name)
{
    const struct named_value_list *list = &view->workload->sysctls;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

/* "4096 87380" and "4096\t87380" are one; so are a number's other ways of writing it, of which we
 * do not know enough to say that they differ. */
static bool may_be_same(str asked, str actual)
{
    str a, b;
    uint64_t number;
    for (;;) {
        bool more = str_next_word(&asked, &a), more_actual = str_next_word(&actual, &b);
        if (!more || !more_actual)
            return more == more_actual;
        bool is_odd = !str_to_u64(a, UINT64_MAX, &number) || (a.len > 1 && a.ptr[0] == '0');
        if (!str_eq(a, b) && !(is_odd && a.len && a.ptr[0] == '0'))
            return false;
    }
}

static void setting_changed(struct rule_run *run, const struct container_view *view)
{
    const struct live_setting_list *list = &view->actual->settings;
    if (!rule_may(run, list->count * view->workload->sysctls.count))
        return;
    for (size_t i = 0; i < list->count; i++) {
        const struct named_value *asked = recorded(view, list->items[i].name);
        if (asked && !may_be_same(asked->value, list->items[i].value))
            live_found(run, view, "%.*s: the record says %.*s, the kernel has %.*s",
                       STR_ARG(asked->name), STR_ARG(asked->value), STR_ARG(list->items[i].value));
    }
}

static bool is_on(const struct container_view *view, const char *name)
{
    for (size_t i = 0; i < view->actual->settings.count; i++) {
        const struct live_setting *setting = &view->actual->settings.items[i];
        if (str_eq(setting->name, str_from(name)) && !recorded(view, setting->name))
            return !str_eq(setting->value, STR("0"));
    }
    return false;
}

/* The host's own are the host's business, and what was asked for is told from the record. */
static void forwards(struct rule_run *run, const struct container_view *view)
{
    static const char *const local[] = {"net.ipv4.conf.all.route_localnet",
                                        "net.ipv4.conf.default.route_localnet"};
    const struct live_process *first = &view->actual->processes.items[0];
    if (view->live->namespaces[NS_NET] &&
        first->namespaces[NS_NET] == view->live->namespaces[NS_NET])
        return;
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
        if (is_on(view, local[i])) {
            live_found(run, view,
                       "%s is on: who is on its network reaches what listens on "
                       "127.0.0.1 in it",
                       local[i])
                ->severity = SEVERITY_MEDIUM;
            break;
        }
    if (view->workload->networks.count < 2 || !is_on(view, "net.ipv4.ip_forward"))
        return;
    str names = {0};
    for (size_t i = 0; i < view->workload->networks.count; i++)
        names = arena_join(run->arena, names, i ? STR(", ") : STR(""),
                           view->workload->networks.items[i].value);
    live_found(run, view, "net.ipv4.ip_forward is on, and it is on the networks %.*s",
               STR_ARG(names));
}

static const struct rule rules[] = {
    {
        .id = "live/setting-not-in-force",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "A setting of the kernel is not what the container's record asks for",
        .why = "The engine sets it once, before the program starts. In the container's own "
               "namespace the kernel has another value now: somebody with the right to change it, "
               "in the container or on the host, did so, or another container that shares the "
               "namespace asked for another one.",
        .fix = "Find out who changed it; a container without NET_ADMIN and with /proc/sys "
               "read-only cannot. Then start it anew.",
        .bad = "docker run -d --name web --sysctl net.ipv4.conf.all.accept_redirects=0 app:1\n"
               "nsenter -t PID -n sysctl -w net.ipv4.conf.all.accept_redirects=1\n",
        .good = "docker run -d --name web --sysctl net.ipv4.conf.all.accept_redirects=0 app:1\n",
        .references = {"https://man7.org/linux/man-pages/man7/namespaces.7.html"},
        .container = setting_changed,
    },
    {
        .id = "live/forwards-packets",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_LOW,
        .title = "The container lets packets through to where they should not get",
        .why = "A new network namespace takes over the host's settings, and a host with an engine "
               "forwards. A container on two networks then is a router between them: whoever is on "
               "one sends packets to the other through it, although the engine keeps the networks "
               "apart. With route_localnet, neighbours reach what listens on 127.0.0.1 alone.",
        .fix = "Add --sysctl net.ipv4.ip_forward=0 unless it is meant to be a router.",
        .bad = "docker network connect back web   # which is on front already, and forwards\n",
        .good = "docker run -d --name web --network front --sysctl net.ipv4.ip_forward=0 app:1\n",
        .references = {"https://docs.kernel.org/networking/ip-sysctl.html"},
        .container = forwards,
    },
};

const struct rule_family rule_live_setting = {"live", rules, sizeof(rules) / sizeof(rules[0])};
