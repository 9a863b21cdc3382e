// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel says of itself: settings (proc_sys(5)), security modules, flaws of the CPU,
 * mounts (proc_pid_mountinfo(5)), modules, the firewall's tables.
 */
#include "base/limits.h"
#include "read/host/reader.h"

static const char *const values[] = {
    "/proc/version",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/dmesg_restrict",
    "/proc/sys/kernel/io_uring_disabled",
    "/proc/sys/kernel/kptr_restrict",
    "/proc/sys/kernel/perf_event_paranoid",
    "/proc/sys/kernel/randomize_va_space",
    "/proc/sys/kernel/sysrq",
    "/proc/sys/kernel/unprivileged_bpf_disabled",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/yama/ptrace_scope",
    "/proc/sys/fs/protected_hardlinks",
    "/proc/sys/fs/protected_symlinks",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sys/net/ipv4/ip_unprivileged_port_start",
    "/proc/sys/net/ipv4/conf/all/route_localnet",
    "/proc/sys/net/ipv4/tcp_syncookies",
    "/proc/sys/net/ipv6/conf/all/forwarding",
    "/proc/sys/net/bridge/bridge-nf-call-iptables",
    "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
    "/proc/sys/user/max_user_namespaces",
    "/sys/kernel/security/lsm",
    "/sys/kernel/security/lockdown",
    "/sys/module/apparmor/parameters/enabled",
    "/sys/fs/selinux/enforce",
};

static void read_value(struct host_reader *reader, str path)
{
    str text;
    struct host_value *value;
    bool is_there = reader_optional(reader, path, KIB(64), &text);
    value = vec_push(reader->arena, &reader->host->values);
    *value = (struct host_value){.path = path, .value = str_trim(text), .is_there = is_there};
}

static str unescape(struct arena *arena, str text)
{
    char *out;
    size_t len = 0;
    if (str_find_char(text, '\\') == STR_NONE)
        return text;
    out = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned value = 0;
        bool octal = text.ptr[i] == '\\' && i + 3 < text.len;
        for (size_t d = 1; octal && d <= 3; d++) {
            octal = text.ptr[i + d] >= '0' && text.ptr[i + d] <= '7';
            value = value * 8 + (unsigned)(text.ptr[i + d] - '0');
        }
        out[len++] = octal && value && value < 256 ? (char)value : text.ptr[i];
        i += octal && value && value < 256 ? 3 : 0;
    }
    return str_make(out, len);
}

static bool parse_mount(struct arena *arena, str line, struct host_mount *ret)
{
    str id, parent, device, major, minor, word;
    uint64_t number;
    *ret = (struct host_mount){0};
    if (!str_next_word(&line, &id) || !str_next_word(&line, &parent) ||
        !str_next_word(&line, &device) || !str_next_word(&line, &ret->root) ||
        !str_next_word(&line, &ret->point) || !str_next_word(&line, &ret->options) ||
        !str_cut(device, ':', &major, &minor))
        return false;
    if (!str_to_u64(major, UINT32_MAX, &number))
        return false;
    ret->major = (unsigned)number;
    if (!str_to_u64(minor, UINT32_MAX, &number))
        return false;
    ret->minor = (unsigned)number;
    while (str_next_word(&line, &word) && !str_eq(word, STR("-")))
        ret->is_shared |= str_starts(word, STR("shared:"));
    if (!str_next_word(&line, &ret->type))
        return false;
    str_next_word(&line, &ret->source);
    str_next_word(&line, &ret->super_options);
    ret->root = unescape(arena, ret->root);
    ret->point = unescape(arena, ret->point);
    ret->source = unescape(arena, ret->source);
    return true;
}

void mountinfo_parse(struct arena *arena, str text, struct host_mount_list *ret)
{
    str rest = text, line;
    struct host_mount mount;
    while (ret->count < LIMIT_HOST_ROWS && str_next_line(&rest, &line))
        if (parse_mount(arena, line, &mount))
            *vec_push(arena, ret) = mount;
}

/* v2 alone is a cgroup2 file system at /sys/fs/cgroup; beside v1 it lies below it. */
static unsigned cgroup_version(const struct host *host)
{
    const struct host_mount *mount = host_mount_of(host, STR("/sys/fs/cgroup"));
    bool any_v1 = false;
    if (mount && str_eq(mount->point, STR("/sys/fs/cgroup")) && str_eq(mount->type, STR("cgroup2")))
        return 2;
    for (size_t i = 0; i < host->mounts.count; i++)
        any_v1 |= str_eq(host->mounts.items[i].type, STR("cgroup"));
    return any_v1 ? 1 : 0;
}

static void read_modules(struct host_reader *reader)
{
    str text, line, name;
    struct host *host = reader->host;
    host->knows_modules = reader_optional(reader, STR("/proc/modules"), LIMIT_HOST_FILE, &text);
    while (str_next_line(&text, &line))
        if (str_next_word(&line, &name))
            *vec_push(reader->arena, &host->modules) = name;
}

static void read_tables(struct host_reader *reader, str path, const char *family)
{
    str text, line;
    if (!reader_optional(reader, path, LIMIT_HOST_FILE, &text))
        return;
    while (str_next_line(&text, &line))
        *vec_push(reader->arena, &reader->host->firewall) =
            arena_printf(reader->arena, "%.*s (%s)", STR_ARG(str_trim(line)), family);
}

void kernel_read(struct host_reader *reader)
{
    struct host *host = reader->host;
    str text, folder = STR("/sys/devices/system/cpu/vulnerabilities");
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        read_value(reader, str_from(values[i]));
    struct str_list flaws = reader_names(reader, folder);
    for (size_t i = 0; i < flaws.count; i++)
        read_value(reader, arena_join(reader->arena, folder, STR("/"), flaws.items[i]));
    host->kernel = host_value(host, STR("/proc/sys/kernel/osrelease"));
    if (reader_optional(reader, STR("/proc/self/mountinfo"), LIMIT_HOST_FILE, &text))
        mountinfo_parse(reader->arena, text, &host->mounts);
    host->cgroup = cgroup_version(host);
    reader_stat(reader, STR("/sys/devices/virtual/powercap"));
    read_modules(reader);
    read_tables(reader, STR("/proc/net/ip_tables_names"), "IPv4");
    read_tables(reader, STR("/proc/net/ip6_tables_names"), "IPv6");
}
