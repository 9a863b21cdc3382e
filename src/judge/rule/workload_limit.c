// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* What the container may use up, and what happens when it fails. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"
#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"      \
    "    image: nginx:1.27.3\n"

static bool is_limited(const struct set_number *number)
{
    return number->set && number->value > 0;
}

static void no_memory_limit(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `mem_limit: 512m` (or what the program needs).",
        "Write `resources: {limits: {memory: 512Mi}}` (or what the program needs).",
        "Add --memory 512m (or what the program needs).",
    };
    static const struct workload_addition repair = {
        .title = "Limit the memory to 512 MiB",
        .key = "mem_limit: 512m",
        .option = "--memory 512m",
    };
    if (!workload->is_settings && !is_limited(&workload->memory))
        workload_add(run, workload,
                     workload_found(run, workload, &workload->memory.place, &remedy,
                                    "may use all memory of the host"),
                     &repair);
}

static void no_cpu_limit(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `cpus: 1.0` (or what the program needs).",
        "Write `resources: {limits: {cpu: \"1\"}}`; some teams set only requests on purpose.",
        "Add --cpus 1 (or what the program needs).",
    };
    bool limited = is_limited(&workload->cpus) || workload->cpuset.set ||
                   (workload_is_docker(workload) && is_limited(&workload->cpu_shares));
    if (!workload->is_settings && !limited)
        workload_found(run, workload, &workload->cpus.place, &remedy,
                       "may use all processors of the host");
}

static void no_requests(struct rule_run *run, const struct workload *workload)
{
    bool is_pod = workload->dialect == DIALECT_KUBERNETES && !workload->is_settings;
    bool memory = workload->memory_reservation.set || workload->memory.set;
    bool cpu = workload->cpu_reservation.set || workload->cpus.set;
    if (is_pod && (!memory || !cpu))
        workload_found(run, workload, NULL, NULL, "requests no %s",
                       !memory && !cpu ? "memory and no CPU"
                       : !memory       ? "memory"
                                       : "CPU");
}

static void no_pids_limit(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `pids_limit: 200` (or what the program needs).",
        NULL,
        "Add --pids-limit 200 (or what the program needs).",
    };
    if (!workload_is_docker(workload) || is_limited(&workload->pids))
        return;
    if (str_starts(workload->kind, STR("podman")) && !workload->pids.set)
        return; /* podman limits to 2048 by itself */
    static const struct workload_addition repair = {
        .title = "Limit the number of processes to 200",
        .key = "pids_limit: 200",
        .option = "--pids-limit 200",
    };
    workload_add(run, workload,
                 workload_found(run, workload, &workload->pids.place, &remedy,
                                "may start any number of processes"),
                 &repair);
}

static void limit_restarts(struct rule_run *run, const struct workload *workload,
                           struct finding *finding)
{
    str written = workload_slice(run, &workload->restart.place);
    if (workload->dialect == DIALECT_COMPOSE &&
        (str_contains(written, STR("always")) || str_contains(written, STR("unless-stopped"))))
        workload_replace(run, finding, &workload->restart.place, STR("on-failure:5"),
                         "Start again at most five times");
}

static void restart(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Write `restart: on-failure:5`.",
        NULL,
        "Use --restart on-failure:5.",
    };
    bool always = workload_text_is(&workload->restart, "always") ||
                  workload_text_is(&workload->restart, "unless-stopped");
    bool endless = workload_text_is(&workload->restart, "on-failure") &&
                   (!workload->restart_limit.set || workload->restart_limit.value > 5);
    if (workload_is_docker(workload) && (always || endless) &&
        !(always && is_limited(&workload->restart_limit) && workload->restart_limit.value <= 5))
        limit_restarts(run, workload,
                       workload_found(run, workload, &workload->restart.place, &remedy,
                                      "starts again without end (%.*s)",
                                      STR_ARG(workload->restart.value)));
}

static void oom(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `oom_kill_disable` and a negative `oom_score_adj`.",
        NULL,
        "Leave out --oom-kill-disable and a negative --oom-score-adj.",
    };
    if (workload->oom_kill_disable.set && workload->oom_kill_disable.value)
        workload_found(run, workload, &workload->oom_kill_disable.place, &remedy,
                       "is never ended when memory runs out%s",
                       is_limited(&workload->memory) ? "" : ", and has no limit")
            ->severity = is_limited(&workload->memory) ? SEVERITY_LOW : SEVERITY_HIGH;
    if (workload->oom_score.set && workload->oom_score.value < 0)
        workload_found(run, workload, &workload->oom_score.place, &remedy,
                       "others are ended first when memory runs out");
}

static void ulimits(struct rule_run *run, const struct workload *workload)
{
    if (workload_is_docker(workload) && workload->ulimits.count == 0)
        workload_found(run, workload, NULL, NULL, "sets no ulimits");
}

static void log_limit(struct rule_run *run, const struct workload *workload)
{
    bool file = !workload->log_driver.set || workload_text_is(&workload->log_driver, "json-file");
    if (workload_is_docker(workload) && !str_starts(workload->kind, STR("podman")) && file &&
        !named_value_find(&workload->log_options, STR("max-size")))
        workload_found(run, workload, &workload->log_driver.place, NULL,
                       "its log may grow without end");
}

/* Where the image is built here, the Dockerfile's own rule speaks of it. */
static void no_healthcheck(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `healthcheck: {test: [\"CMD\", ...]}`, unless the image brings one.",
        "Add a livenessProbe or a readinessProbe.",
        "Add --health-cmd COMMAND, unless the image brings one.",
    };
    bool once = workload->is_init || workload->removed_after.value;
    if (!workload->is_settings && !workload->healthcheck.set && !workload->build.set && !once)
        workload_found(run, workload, NULL, &remedy, "nobody notices when it hangs");
}

static void healthcheck_off(struct rule_run *run, const struct workload *workload)
{
    if (workload->healthcheck.set && workload->healthcheck.disabled)
        workload_found(run, workload, &workload->healthcheck.place, NULL,
                       "the image's health check is switched off");
}

static const struct rule rules[] = {
    {
        .id = "container/no-memory-limit",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "The container may use all memory of the host",
        .why = "A flaw, a flood of requests or an attacker can make it take everything. The host "
               "then ends programs to survive, and may choose the database next door.",
        .fix = "Give it a limit somewhat above what it needs.",
        .bad = SERVICE,
        .good = SERVICE "    mem_limit: 512m\n",
        .aliases = {"CIS 5.11", "KSV-0018", "bb9ac4f7", "unset-memory-requirements"},
        .workload = no_memory_limit,
    },
    {
        .id = "container/no-cpu-limit",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "The container may use all processors of the host",
        .why = "One that runs wild slows down everything else on the machine.",
        .fix = "Give it a limit, or at least a share.",
        .bad = SERVICE,
        .good = SERVICE "    cpus: 1.0\n",
        .aliases = {"CIS 5.12", "KSV-0011", "6b610c50", "unset-cpu-requirements"},
        .workload = no_cpu_limit,
    },
    {
        .id = "container/no-resource-requests",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "The container does not say how much memory and CPU it needs",
        .why = "Without that the cluster may put too many on one node, and they are the first "
               "that are ended when memory runs out.",
        .fix = "Write resources.requests with memory and cpu.",
        .bad = POD,
        .good = POD "    resources:\n      requests: {memory: 64Mi, cpu: 100m}\n",
        .aliases = {"KSV-0015", "KSV-0016"},
        .workload = no_requests,
    },
    {
        .id = "container/no-pids-limit",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "The container may start any number of processes",
        .why = "A program that starts itself again and again (a fork bomb: one line of shell) "
               "uses up the process numbers of the whole host, and nobody can log in any more to "
               "stop it.",
        .fix = "Give it a limit; most servers need fewer than 200.",
        .bad = SERVICE,
        .good = SERVICE "    pids_limit: 200\n",
        .aliases = {"CIS 5.29", "221e0658"},
        .workload = no_pids_limit,
    },
    {
        .id = "container/restart-without-end",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "The container is started again without end",
        .why = "One that fails at once is started again and again, uses up the machine, and gives "
               "an attacker endless tries. Engines wait longer each time, but never give up.",
        .fix = "Start it again a few times after failures only.",
        .bad = SERVICE "    restart: always\n",
        .good = SERVICE "    restart: on-failure:5\n",
        .aliases = {"CIS 5.15", "2fc99041"},
        .workload = restart,
    },
    {
        .id = "container/oom-protection",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "Others are ended before this container when memory runs out",
        .why = "When memory runs out the kernel ends a program to save the rest. One that is "
               "protected from that can take the whole host down.",
        .fix = "Leave the choice to the kernel, and give the container a memory limit.",
        .bad = SERVICE "    oom_score_adj: -900\n",
        .good = SERVICE "    mem_limit: 512m\n",
        .workload = oom,
    },
    {
        .id = "container/no-ulimits",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .off = true,
        .title = "The container has the engine's limits of open files and core dumps",
        .why = "Those are often very high, so that programs never meet a limit; and a core dump "
               "writes the memory of a program, with its secrets, into a file.",
        .fix = "Set `nofile` and `nproc` to what is needed, and `core` to 0.",
        .bad = SERVICE,
        .good = SERVICE "    ulimits: {core: 0, nofile: 4096}\n",
        .aliases = {"CIS 5.19"},
        .workload = ulimits,
    },
    {
        .id = "container/no-log-limit",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .off = true,
        .title = "The container's log may grow until the disk is full",
        .why = "Docker's own log files are never cut unless somebody says so. Whoever can make a "
               "program write messages can fill the disk.",
        .fix = "Set max-size and max-file, here or for the whole engine.",
        .bad = SERVICE,
        .good = SERVICE "    logging:\n      driver: json-file\n"
                        "      options: {max-size: 10m, max-file: \"3\"}\n",
        .workload = log_limit,
    },
    {
        .id = "container/no-healthcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "Nobody checks whether the program still answers",
        .why = "A program that hangs looks as if it ran. With a check the engine knows, and can "
               "start it again or send requests elsewhere.",
        .fix = "Add a check, unless the image brings one.",
        .bad = SERVICE,
        .good = SERVICE "    healthcheck:\n      test: [\"CMD\", \"curl\", \"-fs\", "
                        "\"http://127.0.0.1/\"]\n",
        .aliases = {"CIS 5.27", "698ed579"},
        .workload = no_healthcheck,
    },
    {
        .id = "container/healthcheck-off",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "The image's health check is switched off",
        .why = "Somebody wrote a check for this image, and here nobody looks at it.",
        .fix = "Leave it on, or write one that fits.",
        .bad = SERVICE "    healthcheck: {disable: true}\n",
        .good = SERVICE,
        .workload = healthcheck_off,
    },
};

const struct rule_family rule_workload_limit = {"container", rules,
                                                sizeof(rules) / sizeof(rules[0])};
