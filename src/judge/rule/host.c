// SPDX-License-Identifier: Apache-2.0
/* The machine itself: disks, groups, audit log, kernel, owners and modes of files (sections 1 and 3
 * of the CIS Docker Benchmark), and what clients are told about content trust. */
#include "base/path.h"
#include "judge/rule/check.h"

static str first_path(struct rule_run *run, const struct host_view *view, const char *word)
{
    struct str_list paths = check_paths(run, view, str_from(word));
    return paths.count ? paths.items[0] : (str){0};
}

/* Docker keeps images where it always did, or leaves them to containerd. */
static void data_on_root_disk(struct rule_run *run, const struct host_view *view)
{
    struct str_list folders = {0}, shared = {0};
    *vec_push(run->arena, &folders) = first_path(run, view, "data-root");
    if (view->engine && view->engine->containerd_store)
        *vec_push(run->arena, &folders) = STR("/var/lib/containerd");
    if (view->host->mounts.count == 0) {
        check_unknown(run, view, "/proc/self/mountinfo could not be read");
        return;
    }
    const struct host_file *folder = host_file(view->host, folders.items[0]);
    if (!view->engine && (!folder || folder->kind == HOST_FILE_ABSENT)) {
        check_skip(run, view, "%.*s is not there", STR_ARG(folders.items[0]));
        return;
    }
    for (size_t i = 0; i < folders.count; i++) {
        const struct host_mount *mount =
            host_mount_of(view->host, host_real_path(view->host, folders.items[i]));
        if (!mount || str_eq(mount->point, STR("/")))
            *vec_push(run->arena, &shared) = folders.items[i];
    }
    if (shared.count)
        check_fail(run, view, (str){0}, "%.*s lies on the file system of /",
                   STR_ARG(check_names(run, &shared)));
    else
        check_pass(run, view, "%.*s lies on another file system than /",
                   STR_ARG(check_names(run, &folders)));
    check_at(view, (struct place){.path = folders.items[0]});
}

static void docker_group_members(struct rule_run *run, const struct host_view *view)
{
    struct str_list names = {0};
    const struct host_member_list *members = &view->host->docker_members;
    if (!view->host->has_docker_group) {
        check_skip(run, view, "there is no group docker");
        return;
    }
    check_at(view, (struct place){.path = STR("/etc/group")});
    for (size_t i = 0; i < members->count; i++)
        if (!str_eq(members->items[i].user, STR("root")))
            *vec_push(run->arena, &names) = arena_join(
                run->arena, members->items[i].user,
                members->items[i].by_primary_group ? STR(" (primary group)") : STR(""), STR(""));
    if (names.count)
        check_fail(run, view, (str){0}, "in the group docker: %.*s",
                   STR_ARG(check_names(run, &names)));
    else
        check_pass(run, view, "nobody is in the group docker");
}

static const struct audit_watch *watch_of(const struct audit_watch_list *watches, str path)
{
    for (size_t i = 0; i < watches->count; i++) {
        const struct audit_watch *watch = &watches->items[i];
        if (str_eq(watch->path, path) || (watch->is_folder && path_is_ancestor(watch->path, path)))
            return watch;
    }
    return NULL;
}

/* Rules in files are of the next start; what the kernel has is of now. */
static const struct audit_watch_list *watches_in_force(const struct host *host)
{
    return host->knows_loaded_watches ? &host->loaded_watches : &host->watches;
}

static str watched_by(struct arena *arena, const struct host *host, const struct audit_watch *watch)
{
    if (host->knows_loaded_watches)
        return arena_printf(arena, "the kernel watches %.*s", STR_ARG(watch->path));
    return arena_printf(
        arena, "watched by %.*s, line %u%.*s%.*s%s", STR_ARG(watch->place.path), watch->place.line,
        STR_ARG(host->loaded_watches_error.len ? STR(" (the kernel was not asked: ") : (str){0}),
        STR_ARG(host->loaded_watches_error), host->loaded_watches_error.len ? ")" : "");
}

/* Why nothing watches that path. */
static str not_watched(struct arena *arena, const struct host *host, str path)
{
    const struct audit_watch *file = watch_of(&host->watches, path);
    if (host->knows_loaded_watches && file)
        return arena_printf(arena, " (%.*s, line %u, is not loaded)", STR_ARG(file->place.path),
                            file->place.line);
    if (host->knows_loaded_watches)
        return host->loaded_watches.count ? (str){0} : STR(" (the kernel has no audit rules)");
    if (host->loaded_watches_error.len)
        return arena_printf(arena, " in /etc/audit (the kernel was not asked: %.*s)",
                            STR_ARG(host->loaded_watches_error));
    return host->has_audit_rules ? (str){0} : STR(" (there are no audit rules at all)");
}

static void not_audited(struct rule_run *run, const struct host_view *view)
{
    const struct host *host = view->host;
    struct str_list paths = check_paths(run, view, view->parameter), missing = {0};
    const struct host_file *folder = host_file(view->host, STR("/etc/audit"));
    const struct audit_watch *watch = NULL;
    size_t there = 0;
    for (size_t i = 0; i < paths.count; i++) {
        const struct host_file *file = host_file(view->host, paths.items[i]);
        if (file && file->kind == HOST_FILE_ABSENT)
            continue;
        there++;
        const struct audit_watch *found = watch_of(watches_in_force(host), paths.items[i]);
        if (!found)
            found = watch_of(watches_in_force(host), host_real_path(host, paths.items[i]));
        if (found)
            watch = found;
        else
            *vec_push(run->arena, &missing) = paths.items[i];
    }
    if (there == 0) {
        check_skip(run, view, "this machine has no %.*s", STR_ARG(view->parameter));
    } else if (missing.count == 0) {
        check_pass(run, view, "%.*s", STR_ARG(watched_by(run->arena, host, watch)));
        if (!host->knows_loaded_watches)
            check_at(view, watch->place);
    } else if (!host->knows_loaded_watches && !host->has_audit_rules && folder &&
               folder->kind != HOST_FILE_ABSENT && !host->is_root) {
        check_unknown(run, view, "the rules in /etc/audit are shown to root only");
    } else {
        str path = missing.items[0];
        str command = check_command(
            run, STR("echo '-w "), path,
            STR(" -p wxa -k docker' >> /etc/audit/rules.d/docker.rules && augenrules --load"));
        check_fail(run, view, command, "no audit rule watches %.*s%.*s",
                   STR_ARG(check_names(run, &missing)),
                   STR_ARG(not_watched(run->arena, host, path)));
        check_at(view, (struct place){.path = path});
    }
}

/* Settings of the kernel, and the least that they should be. What a kernel does not have cannot be
 * set there. */
static const struct {
    const char *name;
    uint64_t least;
} kernel_settings[] = {
    {"kernel/dmesg_restrict", 1},
    {"kernel/kptr_restrict", 1},
    {"kernel/perf_event_paranoid", 2},
    {"kernel/randomize_va_space", 2},
    {"kernel/unprivileged_bpf_disabled", 1},
    {"kernel/yama/ptrace_scope", 1},
    {"fs/protected_hardlinks", 1},
    {"fs/protected_symlinks", 1},
    {"net/ipv4/tcp_syncookies", 1},
};

static str dotted(struct arena *arena, const char *name)
{
    str text = arena_str(arena, str_from(name));
    char *bytes = arena_copy(arena, text.ptr, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] == '/')
            bytes[i] = '.';
    return str_make(bytes, text.len);
}

static void not_hardened(struct rule_run *run, const struct host_view *view)
{
    struct str_list weak = {0};
    str commands = {0};
    size_t seen = 0;
    for (size_t i = 0; i < sizeof(kernel_settings) / sizeof(kernel_settings[0]); i++) {
        str path =
            arena_join(run->arena, STR("/proc/sys/"), (str){0}, str_from(kernel_settings[i].name));
        uint64_t number;
        if (!str_to_u64(host_value(view->host, path), UINT64_MAX, &number))
            continue;
        seen++;
        if (number >= kernel_settings[i].least)
            continue;
        str name = dotted(run->arena, kernel_settings[i].name);
        *vec_push(run->arena, &weak) =
            arena_printf(run->arena, "%.*s = %llu", STR_ARG(name), (unsigned long long)number);
        str command = arena_printf(run->arena, "%.*s=%llu", STR_ARG(name),
                                   (unsigned long long)kernel_settings[i].least);
        commands = commands.len ? arena_join(run->arena, commands, STR(" "), command) : command;
    }
    if (seen == 0)
        check_unknown(run, view, "no setting of the kernel could be read");
    else if (weak.count == 0)
        check_pass(run, view, "%zu settings of the kernel are as they should be", seen);
    else
        check_fail(run, view,
                   arena_join(run->arena, STR("sysctl -w"), STR(" "),
                              arena_join(run->arena, commands, STR(""),
                                         STR(" (and the same lines in /etc/sysctl.d/)"))),
                   "%.*s", STR_ARG(check_names(run, &weak)));
}

/* Which flaws are open is told one by one, as findings of their own; here, what runs. */
static void engine_outdated(struct rule_run *run, const struct host_view *view)
{
    str text = {0};
    if (!view->engine || view->engine->components.count == 0) {
        check_unknown(run, view, "no engine tells its version");
        return;
    }
    for (size_t i = 0; i < view->engine->components.count; i++) {
        const struct engine_component *component = &view->engine->components.items[i];
        str version =
            component->package_version.len ? component->package_version : component->version;
        if (!version.len)
            continue;
        str piece = arena_join(run->arena, component->name, STR(" "), version);
        text = text.len ? arena_join(run->arena, text, STR(", "), piece) : piece;
    }
    check_pass(run, view, "%.*s", STR_ARG(text));
}

static const struct host_file *next_file(struct rule_run *run, const struct host_view *view,
                                         str word, size_t *index, struct str_list *paths)
{
    if (*index == 0)
        *paths = check_paths(run, view, word);
    while (*index < paths->count) {
        const struct host_file *file = host_file(view->host, paths->items[(*index)++]);
        if (file && file->kind != HOST_FILE_ABSENT)
            return file;
    }
    return NULL;
}

static str who(struct rule_run *run, const struct host_file *file)
{
    return arena_join(run->arena, file->owner, STR(":"), file->group);
}

/* Rootless: files are the user's. A socket may belong to root's group as well as to docker. */
static bool is_owned(const struct host_view *view, const struct host_file *file, str want)
{
    str user = {0}, group = {0};
    str_cut(want, ':', &user, &group);
    uint32_t owner = view->daemon && view->daemon->is_rootless ? view->daemon->uid : 0;
    if (owner && file->uid == owner)
        return true;
    return file->uid == 0 && (file->gid == 0 || str_eq(file->group, group));
}

static void file_owner(struct rule_run *run, const struct host_view *view)
{
    str word = {0}, want = {0};
    struct str_list paths = {0};
    size_t index = 0, seen = 0;
    const struct host_file *file, *wrong = NULL, *unseen = NULL, *last = NULL;
    str_cut(view->parameter, ' ', &word, &want);
    while ((file = next_file(run, view, word, &index, &paths))) {
        seen++;
        last = file;
        if (file->kind == HOST_FILE_UNSEEN)
            unseen = file;
        else if (!wrong && !is_owned(view, file, want))
            wrong = file;
    }
    if (wrong) {
        check_fail(run, view,
                   check_command(run, arena_printf(run->arena, "chown %.*s ", STR_ARG(want)),
                                 wrong->path, STR("")),
                   "%.*s belongs to %.*s, not to %.*s", STR_ARG(wrong->path),
                   STR_ARG(who(run, wrong)), STR_ARG(want));
        check_at(view, (struct place){.path = wrong->path});
    } else if (unseen) {
        check_unknown(run, view, "%.*s: %.*s", STR_ARG(unseen->path), STR_ARG(unseen->reason));
    } else if (seen == 0) {
        check_skip(run, view, "this machine has no %.*s", STR_ARG(word));
    } else {
        check_pass(run, view, "%.*s belongs to %.*s%s", STR_ARG(last->path),
                   STR_ARG(who(run, last)), seen > 1 ? ", and the others alike" : "");
        check_at(view, (struct place){.path = last->path});
    }
}

static unsigned octal(str text)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++)
        value = value * 8 + (unsigned)(text.ptr[i] - '0');
    return value;
}

static void file_mode(struct rule_run *run, const struct host_view *view)
{
    str word = {0}, want = {0};
    struct str_list paths = {0};
    size_t index = 0, seen = 0;
    const struct host_file *file, *wrong = NULL, *unseen = NULL, *last = NULL;
    str_cut(view->parameter, ' ', &word, &want);
    unsigned allowed = octal(want);
    while ((file = next_file(run, view, word, &index, &paths))) {
        seen++;
        last = file;
        if (file->kind == HOST_FILE_UNSEEN)
            unseen = file;
        else if (!wrong && file->mode & ~allowed)
            wrong = file;
    }
    if (wrong) {
        check_fail(run, view,
                   check_command(run, arena_printf(run->arena, "chmod %o ", wrong->mode & allowed),
                                 wrong->path, STR("")),
                   "%.*s has mode %o; at most %.*s is right", STR_ARG(wrong->path), wrong->mode,
                   STR_ARG(want));
        check_at(view, (struct place){.path = wrong->path});
        /* What anyone can write, or a key that anyone can read, is root for anyone. */
        bool key = str_eq(word, STR("tlskey"));
        bool worst = wrong->mode & 0002 || (key && wrong->mode & 0004);
        view->check->severity = worst                ? SEVERITY_CRITICAL
                                : wrong->mode & 0020 ? SEVERITY_HIGH
                                                     : SEVERITY_LOW;
    } else if (unseen) {
        check_unknown(run, view, "%.*s: %.*s", STR_ARG(unseen->path), STR_ARG(unseen->reason));
    } else if (seen == 0) {
        check_skip(run, view, "this machine has no %.*s", STR_ARG(word));
    } else {
        check_pass(run, view, "%.*s has mode %o%s", STR_ARG(last->path), last->mode,
                   seen > 1 ? ", and the others are no wider" : "");
        check_at(view, (struct place){.path = last->path});
    }
}

/* Advice that has become harmful: the servers behind Docker Content Trust are being shut down
 * (notary.docker.io on 2026-12-08), clients before 29 fail with it, newer ones ignore it. */
static void content_trust(struct rule_run *run, const struct host_view *view)
{
    for (size_t i = 0; i < view->host->environment.count; i++) {
        const struct host_assignment *line = &view->host->environment.items[i];
        if (!str_eq(line->name, STR("DOCKER_CONTENT_TRUST")) || str_eq(line->value, STR("0")) ||
            !line->value.len)
            continue;
        check_fail(run, view, (str){0}, "DOCKER_CONTENT_TRUST=%.*s in %.*s, line %u",
                   STR_ARG(line->value), STR_ARG(line->place.path), line->place.line);
        check_at(view, line->place);
        return;
    }
    check_skip(run, view,
               "Docker Content Trust is at its end: its server closes on 2026-12-08, and clients "
               "from version 29 ignore DOCKER_CONTENT_TRUST. Verify signatures with cosign or "
               "notation instead");
}

/* What follows stands in no control of the benchmark. */

static void trust_key_left(struct rule_run *run, const struct host_view *view)
{
    if (view->host->trust_keys.count == 0) {
        check_skip(run, view, "no key is there");
        return;
    }
    check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_names(run, &view->host->trust_keys)));
    check_at(view, (struct place){.path = view->host->trust_keys.items[0]});
}

static void cpu_vulnerable(struct rule_run *run, const struct host_view *view)
{
    str folder = STR("/sys/devices/system/cpu/vulnerabilities/");
    struct str_list open = {0};
    size_t seen = 0;
    for (size_t i = 0; i < view->host->values.count; i++) {
        str name = view->host->values.items[i].path;
        str value = view->host->values.items[i].value;
        if (!str_skip(&name, folder))
            continue;
        seen++;
        if (str_starts(value, STR("Vulnerable")))
            *vec_push(run->arena, &open) = arena_join(run->arena, name, STR(": "), value);
    }
    if (seen == 0)
        check_unknown(run, view, "the kernel does not say");
    else if (open.count == 0)
        check_pass(run, view, "the kernel says of %zu flaws: not affected, or mitigated", seen);
    else
        check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_names(run, &open)));
}

static bool is_loopback_port(const struct workload_port *port)
{
    return str_starts(port->host_ip, STR("127.")) || str_eq(port->host_ip, STR("::1"));
}

static void ufw_bypassed(struct rule_run *run, const struct host_view *view)
{
    const struct host_assignment *ufw = NULL;
    size_t open = 0;
    for (size_t i = 0; i < view->host->environment.count; i++)
        if (str_eq(view->host->environment.items[i].name, STR("ENABLED")))
            ufw = &view->host->environment.items[i];
    for (size_t w = 0; view->engine && w < view->engine->workloads.count; w++) {
        const struct workload_port_list *ports = &view->engine->workloads.items[w].ports;
        for (size_t p = 0; p < ports->count; p++)
            open += ports->items[p].published && !is_loopback_port(&ports->items[p]);
    }
    if (!ufw || !str_eq(ufw->value, STR("yes")))
        check_skip(run, view, "ufw is not on");
    else if (open == 0)
        check_pass(run, view, "ufw is on, and no container publishes a port to the network");
    else {
        check_fail(run, view, (str){0}, "ufw is on (%.*s, line %u), and %zu ports are published",
                   STR_ARG(ufw->place.path), ufw->place.line, open);
        check_at(view, ufw->place);
    }
}

static void route_localnet(struct rule_run *run, const struct host_view *view)
{
    str value = host_value(view->host, STR("/proc/sys/net/ipv4/conf/all/route_localnet"));
    if (str_eq(value, STR("1")))
        check_fail(run, view, STR("sysctl -w net.ipv4.conf.all.route_localnet=0"),
                   "net.ipv4.conf.all.route_localnet = 1");
    else
        check_skip(run, view, "net.ipv4.conf.all.route_localnet is not 1");
}

static void core_pattern(struct rule_run *run, const struct host_view *view)
{
    str value = host_value(view->host, STR("/proc/sys/kernel/core_pattern"));
    if (!str_starts(value, STR("|"))) {
        check_skip(run, view, "core dumps are not piped into a program");
        return;
    }
    check_fail(run, view, (str){0}, "kernel.core_pattern = %.*s", STR_ARG(value));
}

static const struct rule rules[] = {
    {
        .id = "host/data-on-root-disk",
        .kind = KIND_HOST,
        .severity = SEVERITY_LOW,
        .title = "Images and containers share the disk of the system",
        .why = "A container that writes without end fills the disk. If that is the disk of the"
               " system, logs, logins and updates stop with it.",
        .fix = "Give /var/lib/docker (and /var/lib/containerd, where the engine keeps images "
               "there) a file system of its own. Stop the engine, copy the folder, mount, "
               "start.",
        .bad = "/dev/sda1 on / type ext4\n",
        .good = "/dev/sda1 on / type ext4\n"
                "/dev/sdb1 on /var/lib/docker type ext4\n",
        .aliases = {"CIS 1.1.1"},
        .host = data_on_root_disk,
    },
    {
        .id = "host/docker-group-members",
        .kind = KIND_HOST,
        .severity = SEVERITY_MEDIUM,
        .title = "Users other than root may give the engine orders",
        .why = "Who is in the group docker is root on this machine: docker run -v /:/host "
               "gives the whole disk, without a password and without a trace.",
        .fix = "Take out of the group docker whoever must not be root, with gpasswd -d USER "
               "docker. Rootless Docker gives people an engine without giving them the "
               "machine.",
        .bad = "docker:x:999:alice,bob\n",
        .good = "docker:x:999:\n",
        .aliases = {"CIS 1.1.2"},
        .host = docker_group_members,
    },
    {
        .id = "host/not-audited",
        .kind = KIND_HOST,
        .severity = SEVERITY_LOW,
        .title = "Changes to the engine leave no trace in the audit log",
        .why = "Who changes the engine's programs, settings or data takes over all containers."
               " The audit log tells afterwards who did it and when; without a rule it tells "
               "nothing.",
        .fix = "Install auditd, and watch the engine's paths with rules in "
               "/etc/audit/rules.d/docker.rules. Load them with augenrules --load.",
        .bad = "-w /etc/passwd -p wa\n",
        .good = "-w /etc/docker -p wxa -k docker\n",
        .aliases = {"CIS 1.1.3", "CIS 1.1.4", "CIS 1.1.5", "CIS 1.1.6", "CIS 1.1.7", "CIS 1.1.8",
                    "CIS 1.1.9", "CIS 1.1.10", "CIS 1.1.11", "CIS 1.1.12", "CIS 1.1.13",
                    "CIS 1.1.14"},
        .host = not_audited,
    },
    {
        .id = "host/not-hardened",
        .kind = KIND_HOST,
        .severity = SEVERITY_LOW,
        .title = "The kernel tells or allows more than it needs to",
        .why = "All containers share this kernel. Each of these settings takes away something "
               "that an attacker in a container uses to find or exploit a flaw of it: "
               "addresses, tracing, unprivileged BPF.",
        .fix = "Set them with sysctl -w, and for good in a file of /etc/sysctl.d/.",
        .bad = "kernel.kptr_restrict = 0\n",
        .good = "kernel.kptr_restrict = 1\n",
        .aliases = {"CIS 1.2.1"},
        .host = not_hardened,
    },
    {
        .id = "host/engine-outdated",
        .kind = KIND_HOST,
        .severity = SEVERITY_MEDIUM,
        .title = "The engine lacks security updates",
        .why = "Flaws of the engine and of runc let a container get out. They are published "
               "with all details on the day they are repaired.",
        .fix = "Upgrade the packages of the engine, containerd and runc.",
        .bad = "runc 1.1.5\n",
        .good = "runc 1.3.6\n",
        .aliases = {"CIS 1.2.2"},
        .host = engine_outdated,
    },
    {
        .id = "host/file-owner",
        .kind = KIND_HOST,
        .severity = SEVERITY_HIGH,
        .title = "A file of the engine belongs to somebody else than root",
        .why = "Who owns the file can change it, whatever its mode: the daemon's settings, "
               "keys and socket are all ways to become root.",
        .fix = "Give it back with chown.",
        .bad = "-rw-r--r-- 1 alice alice /etc/docker/daemon.json\n",
        .good = "-rw-r--r-- 1 root root /etc/docker/daemon.json\n",
        .aliases = {"CIS 3.1", "CIS 3.3", "CIS 3.5", "CIS 3.7", "CIS 3.9", "CIS 3.11", "CIS 3.13",
                    "CIS 3.15", "CIS 3.17", "CIS 3.19", "CIS 3.22", "CIS 3.23"},
        .host = file_owner,
    },
    {
        .id = "host/file-mode",
        .kind = KIND_HOST,
        .severity = SEVERITY_MEDIUM,
        .title = "A file of the engine is open to others",
        .why = "Who can write the daemon's settings or its socket is root on this machine; who"
               " can read its key can pretend to be it.",
        .fix = "Take the rights away with chmod.",
        .bad = "-rw-rw-rw- 1 root root /etc/docker/daemon.json\n",
        .good = "-rw-r--r-- 1 root root /etc/docker/daemon.json\n",
        .aliases = {"CIS 3.2", "CIS 3.4", "CIS 3.6", "CIS 3.8", "CIS 3.10", "CIS 3.12", "CIS 3.14",
                    "CIS 3.16", "CIS 3.18", "CIS 3.20", "CIS 3.21", "CIS 3.24"},
        .host = file_mode,
    },
    {
        .id = "host/content-trust",
        .kind = KIND_TRUST,
        .severity = SEVERITY_LOW,
        .title = "Docker Content Trust is on, which harms by now",
        .why = "Its servers are being shut down: clients before version 29 then refuse to "
               "pull, and newer ones ignore the setting, so that people believe in a check "
               "that no longer happens.",
        .fix = "Remove DOCKER_CONTENT_TRUST, and verify images with cosign or notation, or by "
               "naming them by digest.",
        .bad = "export DOCKER_CONTENT_TRUST=1\n",
        .good = "docker pull app@sha256:4bcf...\n",
        .aliases = {"CIS 4.5"},
        .host = content_trust,
    },
    {
        .id = "host/trust-key-left",
        .kind = KIND_TRUST,
        .severity = SEVERITY_MEDIUM,
        .title = "A private key of Docker Content Trust lies around",
        .why = "Whoever has it can sign images in your name wherever old signatures are still "
               "believed. Since the service ends, nobody needs it any more.",
        .fix = "Move the key to a safe place, or destroy it with shred -u FILE.",
        .bad = "/root/.docker/trust/private/3f1a.key\n",
        .good = "/root/.docker/trust/\n",
        .host = trust_key_left,
    },
    {
        .id = "host/cpu-vulnerable",
        .kind = KIND_HOST,
        .severity = SEVERITY_MEDIUM,
        .title = "The processor has flaws that nothing mitigates here",
        .why = "Programs can then read memory of others through side effects of the processor;"
               " a container can read what its neighbours and the host hold in memory.",
        .fix = "Update the kernel and the processor's microcode, and remove mitigations=off "
               "from the kernel's command line.",
        .bad = "meltdown: Vulnerable\n",
        .good = "meltdown: Mitigation: PTI\n",
        .host = cpu_vulnerable,
    },
    {
        .id = "host/ufw-bypassed",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_HIGH,
        .title = "ufw does not guard published ports",
        .why = "Docker puts its rules in front of those of ufw: a port that a container "
               "publishes is open to everyone, although ufw status says it is denied.",
        .fix = "Publish ports on one address (-p 127.0.0.1:8080:80), or put your rules into "
               "the chain DOCKER-USER.",
        .bad = "ufw enable; docker run -p 5432:5432 db\n",
        .good = "ufw enable; docker run -p 127.0.0.1:5432:5432 db\n",
        .references = {"https://docs.docker.com/engine/network/packet-filtering-firewalls/"},
        .host = ufw_bypassed,
    },
    {
        .id = "host/route-localnet",
        .kind = KIND_NETWORK,
        .severity = SEVERITY_MEDIUM,
        .title = "Other machines may reach services on 127.0.0.1",
        .why = "With route_localnet the kernel accepts packets for 127.0.0.0/8 from the "
               "network. Neighbours can then reach ports that were published for this machine "
               "only.",
        .fix = "Set net.ipv4.conf.all.route_localnet to 0, unless you know which program needs"
               " it.",
        .bad = "net.ipv4.conf.all.route_localnet = 1\n",
        .good = "net.ipv4.conf.all.route_localnet = 0\n",
        .host = route_localnet,
    },
    {
        .id = "host/core-pattern",
        .kind = KIND_HOST,
        .severity = SEVERITY_INFO,
        .title = "A program of the host handles crashes of containers",
        .why = "When a process in a container crashes, the kernel starts this program as root "
               "on the host and feeds it what the container wrote. Flaws of such programs have"
               " been ways out.",
        .fix = "Where crash reports are not used, set kernel.core_pattern to a file name, or "
               "limit core dumps (--ulimit core=0).",
        .bad = "kernel.core_pattern = |/usr/share/apport/apport %p\n",
        .good = "kernel.core_pattern = core\n",
        .host = core_pattern,
    },
};

const struct rule_family rule_host = {"host", rules, sizeof(rules) / sizeof(rules[0])};
