// SPDX-License-Identifier: Apache-2.0
#include "app/audit/audit.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/work.h"
#include "read/package/package.h"

#include <stdlib.h>
#include <unistd.h>

static bool is_machine_root(const char *root)
{
    return !root || str_eq(str_from(root), STR("/"));
}

static void ask_engine(struct machine *machine, const char *host, bool may_be_absent)
{
    struct err err = {0};
    struct answers *answers;
    if (machine->answers.count >= LIMIT_ENGINES)
        return;
    if (answers_fetch(&machine->arena, host, &answers, &err) == 0) {
        *vec_push(&machine->arena, &machine->answers) = answers;
        return;
    }
    if (may_be_absent && err.kind == ERR_NOT_FOUND)
        return;
    *vec_push(&machine->arena, &machine->gaps) = (struct gap){
        .path = host ? str_from(host) : STR("container engine"),
        .reason = arena_str(&machine->arena, err_text(&err)),
    };
}

/* Without a word about engines: the one that the docker command uses, and Podman's beside it. */
static void ask_engines(struct machine *machine, const char *root, const struct option_list *hosts)
{
    static const char podman[] = "/run/podman/podman.sock";
    for (size_t i = 0; i < hosts->count; i++)
        ask_engine(machine, hosts->items[i], false);
    if (hosts->count || !is_machine_root(root))
        return;
    bool named = getenv("DOCKER_HOST") || getenv("DOCKER_CONTEXT");
    bool any_socket = named || access("/var/run/docker.sock", F_OK) == 0;
    /* A machine without any engine is no incomplete audit: its files say so. */
    if (any_socket || access(podman, F_OK) != 0)
        ask_engine(machine, NULL, !any_socket);
    if (!named && access(podman, F_OK) == 0)
        ask_engine(machine, "unix:///run/podman/podman.sock", false);
}

static void note_environment(struct machine *machine)
{
    const char *value = getenv("DOCKER_CONTENT_TRUST");
    if (value)
        *vec_push(&machine->arena, &machine->host.environment) = (struct host_assignment){
            .name = STR("DOCKER_CONTENT_TRUST"),
            .value = arena_str(&machine->arena, str_from(value)),
            .place = {.path = STR("the environment"), .line = 1},
        };
}

/* Engines think while /proc is looked at: the two share nothing, memory neither. */
struct opening {
    struct machine *machine;
    const char *root;
    const struct option_list *hosts;
};

static void look_and_ask(void *context, size_t index)
{
    const struct opening *opening = context;
    if (index == 0)
        ask_engines(opening->machine, opening->root, opening->hosts);
    else
        host_gather_live(opening->machine->reader);
}

int machine_open(struct machine *machine, const struct invocation *invocation, const char *root,
                 const struct option_list *hosts, const struct advisory_settings *advisories,
                 bool with_live, struct err *err)
{
    *machine = (struct machine){.names_engines = hosts && hosts->count};
    machine->today = arena_cstr(&machine->arena, str_sub(date_now(&machine->arena), 0, 10));
    const char *dir = advisories->db;
    if (!dir)
        dir = arena_printf(&machine->arena, "%s/advisories", invocation->home).ptr;
    if (store_open(dir, advisories->built_in, &machine->store, err) < 0 ||
        host_open(&machine->host_arena, root ? root : "/", &machine->reader, err) < 0)
        return -1;
    struct opening opening = {machine, root, hosts};
    size_t tasks = with_live ? 2 : 1;
    work_parallel(tasks, tasks, look_and_ask, &opening);
    return 0;
}

/* Runs one collector of packages over one file of the host. */
static void collect_file(struct machine *machine, const char *collector, const char *path,
                         struct fact_list *facts)
{
    struct err err = {0};
    str content;
    str full = arena_join(&machine->arena, STR("/"), (str){0}, str_from(path));
    struct collect to = {.arena = &machine->arena, .facts = facts};
    if (!host_read_file(machine->reader, full, LIMIT_CLAIMED_FILE, &content, &err))
        return;
    const struct entry entry = {.path = str_from(path), .size = content.len};
    for (const struct collector *const *at = package_collectors(); *at; at++)
        if (str_eq(str_from((*at)->name), str_from(collector)) &&
            (*at)->collect(&to, &entry, content, &err) < 0)
            fact_add_gap(&to, full, arena_str(&machine->arena, err_text(&err)));
}

static void read_packages(struct machine *machine)
{
    struct fact_list facts = {0};
    struct host *host = &machine->host;
    collect_file(machine, "os_release", "etc/os-release", &facts);
    if (facts.count == 0)
        collect_file(machine, "os_release", "usr/lib/os-release", &facts);
    if (!machine->no_packages)
        collect_file(machine, "dpkg", "var/lib/dpkg/status", &facts);
    for (size_t i = 0; i < facts.count; i++) {
        const struct fact *fact = &facts.items[i];
        if (fact->kind == FACT_PACKAGE)
            *vec_push(&machine->arena, &host->packages) = fact->package;
        else if (fact->kind == FACT_DISTRIBUTION && !host->distribution.id.len)
            host->distribution = fact->distribution;
        else if (fact->kind == FACT_GAP)
            *vec_push(&machine->arena, &host->gaps) = fact->gap;
    }
}

/* What dockerd remembers of each container: /var/lib/docker/containers/ID/. */
static void read_state(struct machine *machine, str root)
{
    struct arena *arena = &machine->arena;
    str folder = arena_join(arena, root, STR("/"), STR("containers"));
    struct str_list ids = host_names(machine->reader, folder);
    if (ids.count == 0)
        return;
    struct engine_facts *engine = vec_push(arena, &machine->engines);
    *engine = (struct engine_facts){
        .source = ENGINE_STATE, .address = folder, .root_folder = root, .knows_containers = true};
    for (size_t i = 0; i < ids.count && i < LIMIT_ENGINE_OBJECTS; i++) {
        str config, host_config, below = arena_join(arena, folder, STR("/"), ids.items[i]);
        struct err err = {0};
        struct engine_container container;
        struct workload workload;
        if (!host_read_file(machine->reader,
                            arena_join(arena, below, STR("/"), STR("config.v2.json")),
                            LIMIT_DOCUMENT, &config, &err) ||
            !host_read_file(machine->reader,
                            arena_join(arena, below, STR("/"), STR("hostconfig.json")),
                            LIMIT_DOCUMENT, &host_config, &err) ||
            state_read(arena, config, host_config, &container, &workload, &err) < 0) {
            *vec_push(arena, &engine->gaps) =
                (struct gap){.path = below, .reason = arena_str(arena, err_text(&err))};
            continue;
        }
        container.workload = engine->workloads.count;
        *vec_push(arena, &engine->containers) = container;
        *vec_push(arena, &engine->workloads) = workload;
    }
}

void machine_read(struct machine *machine)
{
    bool any_docker = false;
    host_read(machine->reader, &machine->host);
    note_environment(machine);
    read_packages(machine);
    for (size_t i = 0; i < machine->answers.count; i++) {
        struct engine_facts *engine = vec_push(&machine->arena, &machine->engines);
        answers_read(&machine->arena, machine->answers.items[i], engine);
        any_docker |= !engine->is_podman;
    }
    bool is_answered = machine->names_engines && machine->answers.count;
    for (size_t i = 0; !any_docker && !is_answered && i < machine->host.daemons.count; i++) {
        const struct daemon_setting *root =
            daemon_setting(&machine->host.daemons.items[i], STR("data-root"));
        read_state(machine, root ? root->value : STR("/var/lib/docker"));
    }
}

void machine_start_report(struct machine *machine, struct report *report)
{
    const struct host *host = &machine->host;
    str name = host_value(host, STR("/proc/sys/kernel/hostname"));
    report->tool_version = STR(HARDEN_VERSION);
    report->image.kind = STR("host");
    report->image.name = name.len ? name : STR("this host");
    report->distribution = host->distribution;
    for (size_t i = 0; i < machine->gaps.count; i++)
        report_add_gap(&machine->arena, report, machine->gaps.items[i].path,
                       machine->gaps.items[i].reason);
}

void machine_close(struct machine *machine)
{
    host_close(machine->reader);
    store_close(machine->store);
    arena_free(&machine->host_arena);
    arena_free(&machine->arena);
}
