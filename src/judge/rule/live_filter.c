// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"
#include "judge/seccomp/seccomp.h"

/* What the filter of a container lets through: calls that attackers are known to want. */

static const struct wanted {
    const char *name;
    const char *capability; /* that opens it in engines' own profiles; NULL: none */
    enum severity severity;
} calls[] = {
    {"socket(AF_ALG)", NULL, SEVERITY_MEDIUM},
    {"socket(AF_VSOCK)", NULL, SEVERITY_LOW},
    {"io_uring_setup", NULL, SEVERITY_MEDIUM},
    {"clone(CLONE_NEWUSER)", "SYS_ADMIN", SEVERITY_HIGH},
    {"unshare(CLONE_NEWUSER)", "SYS_ADMIN", SEVERITY_HIGH},
    {"setns", "SYS_ADMIN", SEVERITY_HIGH},
    {"mount", "SYS_ADMIN", SEVERITY_HIGH},
    {"bpf", "SYS_ADMIN", SEVERITY_HIGH},
    {"perf_event_open", "SYS_ADMIN", SEVERITY_HIGH},
    {"keyctl", NULL, SEVERITY_MEDIUM},
    {"add_key", NULL, SEVERITY_MEDIUM},
    {"userfaultfd", NULL, SEVERITY_MEDIUM},
    {"open_by_handle_at", "DAC_READ_SEARCH", SEVERITY_HIGH},
    {"init_module", "SYS_MODULE", SEVERITY_HIGH},
    {"finit_module", "SYS_MODULE", SEVERITY_HIGH},
    {"kexec_load", "SYS_BOOT", SEVERITY_HIGH},
    {"iopl", "SYS_RAWIO", SEVERITY_HIGH},
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

static bool is_entitled(const struct workload *workload, const char *capability)
{
    return capability && workload_has_capability(workload, str_from(capability));
}

static bool is_wanted(str name)
{
    for (size_t i = 0; i < CALLS; i++)
        if (str_eq(name, str_from(calls[i].name)))
            return true;
    return false;
}

/* What today's default profile refuses to the same capabilities, the ones of `calls` apart. */
static size_t looser_than_default(const struct live_calls *all)
{
    size_t count = 0;
    for (size_t i = 0; i < all->list.count; i++) {
        const struct live_call *call = &all->list.items[i];
        count += call->verdict == SECCOMP_ALLOWED && !call->in_default && !is_wanted(call->name);
    }
    return count;
}

static void wide_filter(struct rule_run *run, const struct container_view *view)
{
    struct str_list open = {0};
    enum severity severity = SEVERITY_INFO;
    if (!view->calls)
        return;
    for (size_t i = 0; i < CALLS; i++) {
        const struct live_call *call = seccomp_find(view->calls, str_from(calls[i].name));
        if (!call || call->verdict != SECCOMP_ALLOWED ||
            is_entitled(view->workload, calls[i].capability))
            continue;
        *vec_push(run->arena, &open) = call->name;
        severity = calls[i].severity > severity ? calls[i].severity : severity;
    }
    size_t looser = looser_than_default(view->calls);
    if (open.count == 0)
        return;
    str more = looser
                   ? arena_printf(run->arena, ", and %zu more that today's default refuses", looser)
                   : (str){0};
    live_found(run, view, "the filter lets through %.*s%.*s (it refuses %zu of %zu calls)",
               STR_ARG(check_names(run, &open)), STR_ARG(more),
               view->calls->counts[SECCOMP_REFUSED], view->calls->list.count)
        ->severity = severity;
}

static const struct rule rules[] = {
    {
        .id = "live/wide-filter",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The filter on system calls lets through what attackers want",
        .why = "The kernel told which filter the container really has, and it was tried with calls "
               "that have opened the host before: sockets of the kernel's cryptography (AF_ALG), "
               "io_uring, keys, new user namespaces. Ordinary programs need none of them, and the "
               "profiles of recent engines refuse them; older engines do not know better. The "
               "verdict on every call is in the JSON report, and in the terminal's with "
               "--verbose.",
        .fix = "Update the engine, or give a profile that refuses them: --security-opt "
               "seccomp=FILE.",
        .bad = "docker --version   # 20.10\ndocker run -d --name web nginx:1.27.3\n",
        .good = "docker run -d --name web --security-opt seccomp=strict.json nginx:1.27.3\n",
        .references = {"https://docs.docker.com/engine/security/seccomp/"},
        .container = wide_filter,
    },
};

const struct rule_family rule_live_filter = {"live", rules, sizeof(rules) / sizeof(rules[0])};
