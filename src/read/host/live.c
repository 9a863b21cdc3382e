// SPDX-License-Identifier: Apache-2.0
/*
 * Processes of containers, by their cgroups. Gathered before the sandbox, as for process.c; the
 * limits are files of cgroupfs and are read inside.
 */
#include "base/limits.h"
#include "base/map.h"
#include "read/host/device_program.h"
#include "read/host/reader.h"

#include <stdio.h>
#include <string.h>

/* "net:[4026531840]" -> 4026531840; 0 where it is not shown. */
static uint64_t namespace_of(struct host_reader *reader, const char *process, size_t which)
{
    str name = live_namespace_name((enum live_namespace)which), head = {0}, tail = {0};
    str link = reader_link(reader, reader_path(reader, "/proc/%s/ns/%.*s", process, STR_ARG(name)));
    uint64_t inode = 0;
    if (!str_cut(link, '[', &head, &tail) || tail.len < 2)
        return 0;
    str_to_u64(str_sub(tail, 0, tail.len - 1), UINT64_MAX, &inode);
    return inode;
}

/* One copy of what many processes of a container have in common. */
static str gather_text(struct host_reader *reader, struct map *seen, str id, uint32_t pid,
                       const char *file)
{
    struct err ignored = {0};
    str text = {0};
    bool fresh;
    if (reader->live_text > LIMIT_LIVE_TEXT ||
        reader_file(reader, reader_path(reader, "/proc/%u/%s", pid, file), KIB(256), &text,
                    &ignored) < 0)
        return (str){0};
    reader->live_text += text.len;
    if (reader->live_text > LIMIT_LIVE_TEXT)
        reader_gap(reader, STR("/proc"),
                   STR("environments of processes are too long: not all were looked at"));
    map_put(reader->arena, seen,
            arena_printf(reader->arena, "%.*s %s %llx", STR_ARG(id), file,
                         (unsigned long long)str_hash(text)),
            &fresh);
    return fresh ? text : (str){0};
}

static void gather_one(struct host_reader *reader, struct map *seen, uint32_t pid)
{
    struct err ignored = {0};
    struct raw_live raw = {.pid = pid};
    char number[16];
    if (reader_file(reader, reader_path(reader, "/proc/%u/cgroup", pid), LIMIT_HOST_FILE,
                    &raw.cgroup, &ignored) < 0)
        return;
    str id = cgroup_container(raw.cgroup);
    if (id.len == 0)
        return;
    snprintf(number, sizeof(number), "%u", pid);
    /* What ends meanwhile leaves these empty. */
    (void)reader_file(reader, reader_path(reader, "/proc/%u/comm", pid), KIB(4), &raw.name,
                      &ignored);
    (void)reader_file(reader, reader_path(reader, "/proc/%u/status", pid), LIMIT_HOST_FILE,
                      &raw.status, &ignored);
    (void)reader_file(reader, reader_path(reader, "/proc/%u/attr/current", pid), KIB(4), &raw.label,
                      &ignored);
    (void)reader_file(reader, reader_path(reader, "/proc/%u/oom_score_adj", pid), KIB(4),
                      &raw.oom_score, &ignored);
    (void)reader_file(reader, reader_path(reader, "/proc/%u/limits", pid), KIB(16), &raw.limits,
                      &ignored);
    raw.executable = reader_link(reader, reader_path(reader, "/proc/%u/exe", pid));
    raw.environment = gather_text(reader, seen, id, pid, "environ");
    raw.command_line = gather_text(reader, seen, id, pid, "cmdline");
    for (size_t i = 0; i < LIVE_NAMESPACES; i++)
        raw.namespaces[i] = namespace_of(reader, number, i);
    /* One list of mounts for each view that the container's processes have of them. */
    str key = arena_printf(reader->arena, "%.*s %llu", STR_ARG(id),
                           (unsigned long long)raw.namespaces[NS_MNT]);
    if (!map_has(seen, key) && reader_file(reader, reader_path(reader, "/proc/%u/mountinfo", pid),
                                           LIMIT_HOST_FILE, &raw.mounts, &ignored) == 0)
        map_put(reader->arena, seen, key, NULL);
    if (!map_has(seen, id)) {
        map_put(reader->arena, seen, id, NULL);
        devices_gather(reader, &raw);
        live_settings_gather(reader, &raw);
    }
    *vec_push(reader->arena, &reader->raw_live) = raw;
}

/* Process 1 is the host's; where the kernel hides its namespaces, an engine's and our own are. */
static void gather_host(struct host_reader *reader)
{
    char dockerd[16] = "self";
    for (size_t i = 0; i < reader->raw_processes.count; i++)
        if (str_eq(reader->raw_processes.items[i].name, STR("dockerd")))
            snprintf(dockerd, sizeof(dockerd), "%u", reader->raw_processes.items[i].pid);
    const char *const from[] = {"1", dockerd, "self"};
    for (size_t n = 0; n < LIVE_NAMESPACES; n++)
        for (size_t i = 0; i < 3 && !reader->namespaces[n]; i++)
            reader->namespaces[n] = namespace_of(reader, from[i], n);
}

void host_gather_live(struct host_reader *reader)
{
    struct host_pid_list pids = {0};
    struct map seen = {0};
    if (!reader_pids(reader, &pids))
        return; /* processes_gather() has told */
    for (size_t i = 0; i < pids.count; i++) {
        if (reader->raw_live.count >= LIMIT_LIVE_PROCESSES) {
            reader_gap(reader, STR("/proc"),
                       STR("more processes of containers than are looked at"));
            break;
        }
        gather_one(reader, &seen, pids.items[i]);
    }
    gather_host(reader);
}

/* --- parsing ------------------------------------------------------------------------------- */

static enum answer answer_of(uint64_t value)
{
    return value ? ANSWER_YES : ANSWER_NO;
}

static void read_field(str line, struct live_process *ret)
{
    const struct {
        str name;
        uint64_t *to;
    } sets[] = {
        {STR("CapInh:"), &ret->inheritable}, {STR("CapPrm:"), &ret->permitted},
        {STR("CapEff:"), &ret->effective},   {STR("CapBnd:"), &ret->bounding},
        {STR("CapAmb:"), &ret->ambient},
    };
    uint64_t value;
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        str rest = line;
        if (str_skip(&rest, sets[i].name) && str_to_hex(str_trim(rest), UINT64_MAX, &value)) {
            *sets[i].to = value;
            ret->has_status = true;
            return;
        }
    }
    if (str_skip(&line, STR("PPid:"))) {
        if (str_to_u64(str_trim(line), UINT32_MAX, &value))
            ret->parent = (uint32_t)value;
    } else if (str_skip(&line, STR("Groups:"))) {
        ret->groups = str_trim(line);
    } else if (str_skip(&line, STR("NoNewPrivs:"))) {
        if (str_to_u64(str_trim(line), 1, &value))
            ret->no_new_privileges = answer_of(value);
    } else if (str_skip(&line, STR("Seccomp:"))) {
        if (str_to_u64(str_trim(line), 2, &value))
            ret->filtered = answer_of(value);
    }
}

void live_status_parse(str text, struct live_process *ret)
{
    str rest = text, line;
    ret->uid = status_uid(text);
    while (str_next_line(&rest, &line))
        read_field(line, ret);
}

static bool has_word(str list, str word)
{
    str piece;
    while (str_next(&list, ',', &piece))
        if (str_eq(piece, word))
            return true;
    return false;
}

str cgroup_folder(struct arena *arena, const struct host_mount_list *mounts, str cgroup,
                  str controller)
{
    str line, number, names = {0}, path = {0}, unified = {0}, found = {0};
    while (str_next_line(&cgroup, &line)) {
        str rest = {0};
        if (!str_cut(line, ':', &number, &rest) || !str_cut(rest, ':', &names, &path))
            continue;
        if (names.len == 0)
            unified = path;
        else if (has_word(names, controller))
            found = path;
    }
    /* Beside v1 the unified tree has only what v1 does not have. */
    bool v1 = found.len > 0;
    path = v1 ? found : unified;
    for (size_t i = 0; i < mounts->count && path.len; i++) {
        const struct host_mount *mount = &mounts->items[i];
        if (!str_eq(mount->type, v1 ? STR("cgroup") : STR("cgroup2")) ||
            (v1 && !has_word(mount->super_options, controller)))
            continue;
        str below = path;
        if (!str_eq(mount->root, STR("/")) && !str_skip(&below, mount->root))
            continue;
        return arena_join(arena, mount->point, (str){0}, below);
    }
    return (str){0};
}

/* "max" and what v1 writes for no limit: the largest number of whole pages. */
static void parse_number(str text, struct live_limit *ret)
{
    const uint64_t unlimited = UINT64_C(0x7fff000000000000);
    ret->is_unlimited = str_eq(text, STR("max")) || str_eq(text, STR("-1"));
    ret->is_known = ret->is_unlimited || str_to_u64(text, UINT64_MAX, &ret->value);
    if (ret->value >= unlimited)
        ret->is_unlimited = true;
}

static bool read_value(struct host_reader *reader, str folder, const char *name, str *ret,
                       str *ret_path)
{
    struct err ignored = {0};
    *ret_path = arena_join(reader->arena, folder, STR("/"), str_from(name));
    if (!folder.len || reader_file(reader, *ret_path, KIB(4), ret, &ignored) < 0)
        return false;
    *ret = str_trim(*ret);
    return true;
}

static void read_limit(struct host_reader *reader, str cgroup, str controller,
                       const char *const *names, struct live_limit *ret)
{
    str folder = cgroup_folder(reader->arena, &reader->host->mounts, cgroup, controller), text;
    for (; *names && !ret->is_known; names++)
        if (read_value(reader, folder, *names, &text, &ret->path))
            parse_number(text, ret);
}

static void read_cpus(struct host_reader *reader, str cgroup, struct live_limit *ret)
{
    str folder = cgroup_folder(reader->arena, &reader->host->mounts, cgroup, STR("cpu"));
    str quota = {0}, period = {0}, text, other;
    uint64_t length;
    if (read_value(reader, folder, "cpu.max", &text, &ret->path))
        str_cut(text, ' ', &quota, &period);
    else if (!read_value(reader, folder, "cpu.cfs_quota_us", &quota, &ret->path) ||
             !read_value(reader, folder, "cpu.cfs_period_us", &period, &other))
        return;
    parse_number(quota, ret);
    if (!str_to_u64(period, UINT32_MAX, &length) || !length)
        ret->is_known = false;
    else if (!ret->is_unlimited && ret->value < UINT64_MAX / 1000)
        ret->value = ret->value * 1000 / length;
}

/* v1 limits both together, v2 swap alone. */
static void read_swap(struct host_reader *reader, str cgroup, struct live_container *container)
{
    static const char *const together[] = {"memory.memsw.limit_in_bytes", NULL};
    static const char *const alone[] = {"memory.swap.max", NULL};
    struct live_limit *both = &container->memory_and_swap;
    const struct live_limit *memory = &container->memory;
    read_limit(reader, cgroup, STR("memory"), together, both);
    if (both->is_known)
        return;
    read_limit(reader, cgroup, STR("memory"), alone, both);
    both->is_known &= memory->is_known;
    both->is_unlimited |= memory->is_unlimited;
    both->value =
        both->value < UINT64_MAX - memory->value ? both->value + memory->value : UINT64_MAX;
}

static void read_limits(struct host_reader *reader, str cgroup, struct live_container *container)
{
    static const char *const memory[] = {"memory.max", "memory.limit_in_bytes", NULL};
    static const char *const pids[] = {"pids.max", NULL};
    read_limit(reader, cgroup, STR("memory"), memory, &container->memory);
    read_limit(reader, cgroup, STR("pids"), pids, &container->pids);
    read_swap(reader, cgroup, container);
    read_cpus(reader, cgroup, &container->cpus);
    live_io_read(reader, cgroup, container);
}

static bool has_controller(str cgroup, str controller)
{
    str line, number, rest, names, path;
    while (str_next_line(&cgroup, &line))
        if (str_cut(line, ':', &number, &rest) && str_cut(rest, ':', &names, &path) &&
            has_word(names, controller))
            return true;
    return false;
}

/* What may be used and made: a list on v1, programs on v2, which may be there beside v1. */
static void read_devices(struct host_reader *reader, const struct raw_live *raw,
                         struct live_container *container)
{
    str text, path, line;
    struct err err = {0};
    const struct host_mount_list *mounts = &reader->host->mounts;
    str folder = cgroup_folder(reader->arena, mounts, raw->cgroup, STR("devices"));
    if (read_value(reader, folder, "devices.list", &text, &path)) {
        container->knows_devices = true;
        while (str_next_line(&text, &line))
            if (container->devices.count < LIMIT_HOST_ROWS)
                *vec_push(reader->arena, &container->devices) = line;
    } else if (raw->devices_error.len) {
        container->devices_error = raw->devices_error;
    } else if (!raw->device_programs.count && has_controller(raw->cgroup, STR("devices"))) {
        container->devices_error = STR("its devices.list cannot be read");
    } else if (device_programs_read(reader->arena, &raw->device_programs, &container->devices,
                                    &err) < 0) {
        container->devices_error = arena_str(reader->arena, err_text(&err));
    } else {
        container->knows_devices = true;
    }
}

/* "-998" */
static int32_t oom_score(str text)
{
    uint64_t value;
    bool negative;
    text = str_trim(text);
    negative = str_skip(&text, STR("-"));
    if (!str_to_u64(text, 1000, &value))
        return 0;
    return negative ? -(int32_t)value : (int32_t)value;
}

static void read_one(struct host_reader *reader, const struct raw_live *raw,
                     struct live_container *container)
{
    struct live_process *process = vec_push(reader->arena, &container->processes);
    *process = (struct live_process){
        .pid = raw->pid,
        .name = str_trim_end(raw->name),
        .label = str_trim(raw->label),
        .executable = raw->executable,
        .environment = raw->environment,
        .command_line = raw->command_line,
        .oom_score = oom_score(raw->oom_score),
    };
    memcpy(process->namespaces, raw->namespaces, sizeof(raw->namespaces));
    live_status_parse(raw->status, process);
    process_limits_parse(reader->arena, raw->limits, &process->ulimits);
    mountinfo_parse(reader->arena, raw->mounts, &container->mounts);
    if (raw->filters.count)
        container->filters = raw->filters;
}

void host_read_live(struct host_reader *reader, struct live *ret)
{
    struct map index = {0};
    *ret = (struct live){0};
    memcpy(ret->namespaces, reader->namespaces, sizeof(ret->namespaces));
    for (size_t i = 0; i < reader->raw_live.count; i++) {
        const struct raw_live *raw = &reader->raw_live.items[i];
        bool fresh;
        str id = cgroup_container(raw->cgroup);
        uintptr_t *at = map_put(reader->arena, &index, id, &fresh);
        if (fresh) {
            *at = ret->containers.count;
            vec_push(reader->arena, &ret->containers)->id = id;
            read_limits(reader, raw->cgroup, &ret->containers.items[*at]);
            read_devices(reader, raw, &ret->containers.items[*at]);
            ret->containers.items[*at].settings = raw->settings;
            ret->containers.items[*at].settings_error = raw->settings_error;
        }
        read_one(reader, raw, &ret->containers.items[*at]);
    }
}
