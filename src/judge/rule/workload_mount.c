// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "judge/rule/workload/workload.h"

/* What of the host the container can touch: files, sockets, devices. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"

/* Without trailing and doubled slashes, "/var/run" as "/run"; "~" and relative paths as they are.
 */
static str clean(struct arena *arena, str path)
{
    path = str_sub(path, 0, LIMIT_MOUNT_PATH); /* longer ones name nothing */
    char *out = arena_array(arena, char, path.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len; i++) {
        bool slash = path.ptr[i] == '/';
        bool dot = path.ptr[i] == '.' && len && out[len - 1] == '/' &&
                   (i + 1 == path.len || path.ptr[i + 1] == '/');
        if (!dot && !(slash && len && out[len - 1] == '/'))
            out[len++] = path.ptr[i];
    }
    while (len > 1 && out[len - 1] == '/')
        len--;
    str result = str_make(out, len), rest = result;
    if (str_skip(&rest, STR("/var/run")) && (rest.len == 0 || rest.ptr[0] == '/'))
        return str_from_index(result, str_from("/var").len);
    return result;
}

/* --- sockets ------------------------------------------------------------------------------- */

static bool is_engine_socket(str path)
{
    static const char *const names[] = {"/docker.sock",
                                        "/containerd.sock",
                                        "/crio.sock",
                                        "/podman.sock",
                                        "/buildkitd.sock",
                                        "/cri-dockerd.sock",
                                        "/dockershim.sock",
                                        "/docker.socket",
                                        "/containerd.sock.ttrpc",
                                        "/k3s/containerd/containerd.sock"};
    static const char *const pipes[] = {"\\\\.\\pipe\\docker_engine", "//./pipe/docker_engine"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_ends(path, str_from(names[i])))
            return true;
    for (size_t i = 0; i < sizeof(pipes) / sizeof(pipes[0]); i++)
        if (str_eq_nocase(path, str_from(pipes[i])))
            return true;
    return false;
}

static bool is_socket_folder(str path)
{
    static const char *const folders[] = {"/run",        "/run/containerd", "/run/docker",
                                          "/run/podman", "/run/crio",       "/run/user",
                                          "/run/k3s"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (str_eq(path, str_from(folders[i])))
            return true;
    return false;
}

static void engine_socket(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove the line from `volumes`. A program that must talk to the engine gets a proxy in "
        "front of the socket that lets only harmless requests pass.",
        "Remove the hostPath volume.",
        "Leave out that -v. A program that must talk to the engine gets a proxy in front of the "
        "socket that lets only harmless requests pass.",
    };
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        str source = clean(run->arena, mount->source);
        bool pipe = str_eq(mount->type, STR("npipe"));
        bool target =
            mount->kind == MOUNT_BIND && is_engine_socket(clean(run->arena, mount->target));
        if ((mount->kind != MOUNT_BIND && !pipe) ||
            (!is_engine_socket(source) && !is_socket_folder(source) && !target))
            continue;
        workload_found(run, workload, &mount->place, &remedy,
                       is_socket_folder(source) ? "%.*s is mounted, where the engine's socket is"
                                                : "%.*s is mounted",
                       STR_ARG(mount->source));
    }
}

static void engine_on_network(struct rule_run *run, const struct workload *workload)
{
    const struct named_value *host = named_value_find(&workload->environment, STR("DOCKER_HOST"));
    const struct named_value *tls =
        named_value_find(&workload->environment, STR("DOCKER_TLS_VERIFY"));
    const struct named_value *path =
        named_value_find(&workload->environment, STR("DOCKER_CERT_PATH"));
    bool verified = (tls && tls->value.len) || (path && path->value.len);
    if (host && str_starts(host->value, STR("tcp://")) && !verified)
        workload_found(run, workload, &host->place, NULL, "DOCKER_HOST is %.*s, without TLS",
                       STR_ARG(host->value));
}

/* --- host paths ---------------------------------------------------------------------------- */

struct host_path {
    const char *path;
    bool below; /* everything below counts too */
    enum severity writable, readable;
    const char *what;
};

static const struct host_path host_paths[] = {
    {"/", false, SEVERITY_CRITICAL, SEVERITY_HIGH, "the whole file system"},
    {"/bin", true, SEVERITY_CRITICAL, SEVERITY_LOW, "programs of the host"},
    {"/boot", true, SEVERITY_CRITICAL, SEVERITY_LOW, "the host's kernel"},
    {"/dev", false, SEVERITY_CRITICAL, SEVERITY_HIGH, "all devices"},
    {"/etc", false, SEVERITY_CRITICAL, SEVERITY_HIGH, "accounts and settings of the host"},
    {"/etc/shadow", false, SEVERITY_CRITICAL, SEVERITY_HIGH, "password hashes of the host"},
    {"/etc/passwd", false, SEVERITY_CRITICAL, SEVERITY_LOW, "accounts of the host"},
    {"/etc/sudoers", false, SEVERITY_CRITICAL, SEVERITY_MEDIUM, "who may become root"},
    {"/etc/sudoers.d", true, SEVERITY_CRITICAL, SEVERITY_MEDIUM, "who may become root"},
    {"/etc/cron.d", true, SEVERITY_CRITICAL, SEVERITY_LOW, "what the host runs as root"},
    {"/etc/ssh", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "the host's SSH keys"},
    {"/etc/docker", true, SEVERITY_CRITICAL, SEVERITY_MEDIUM, "the engine's settings"},
    {"/etc/kubernetes", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "keys of the cluster"},
    {"/etc/systemd", true, SEVERITY_CRITICAL, SEVERITY_LOW, "what the host starts as root"},
    {"/home", false, SEVERITY_HIGH, SEVERITY_HIGH, "all users' files"},
    {"/lib", true, SEVERITY_CRITICAL, SEVERITY_LOW, "libraries of the host"},
    {"/lib/modules", true, SEVERITY_HIGH, SEVERITY_INFO, "modules of the host's kernel"},
    {"/proc", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "the host's processes and kernel"},
    {"/root", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "root's files and keys"},
    {"/sbin", true, SEVERITY_CRITICAL, SEVERITY_LOW, "programs of the host"},
    {"/sys", true, SEVERITY_CRITICAL, SEVERITY_MEDIUM, "the host's kernel and devices"},
    {"/usr", false, SEVERITY_CRITICAL, SEVERITY_LOW, "programs of the host"},
    {"/usr/bin", true, SEVERITY_CRITICAL, SEVERITY_LOW, "programs of the host"},
    {"/var", false, SEVERITY_HIGH, SEVERITY_HIGH, "data of the host, containers among it"},
    {"/var/lib", false, SEVERITY_CRITICAL, SEVERITY_HIGH, "data of the host, containers among it"},
    {"/var/lib/docker", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "all containers and their files"},
    {"/var/lib/containerd", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "all containers' files"},
    {"/var/lib/kubelet", true, SEVERITY_CRITICAL, SEVERITY_HIGH, "secrets of all pods"},
    {"/var/lib/etcd", true, SEVERITY_CRITICAL, SEVERITY_CRITICAL, "everything the cluster knows"},
    {"/var/log", false, SEVERITY_HIGH, SEVERITY_MEDIUM, "logs of the host"},
    {"/var/spool/cron", true, SEVERITY_CRITICAL, SEVERITY_LOW, "what the host runs as root"},
};

/* Folders in anybody's home that hold keys. */
static bool is_key_folder(str path)
{
    static const char *const names[] = {"/.ssh",   "/.aws",   "/.kube",         "/.docker",
                                        "/.gnupg", "/.azure", "/.config/gcloud"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        str name = str_from(names[i]);
        size_t at = str_find(path, name);
        if (at != STR_NONE && (at + name.len == path.len || path.ptr[at + name.len] == '/'))
            return true;
    }
    return false;
}

static const struct host_path *host_path_of(str path)
{
    const struct host_path *best = NULL;
    size_t length = 0;
    for (size_t i = 0; i < sizeof(host_paths) / sizeof(host_paths[0]); i++) {
        str known = str_from(host_paths[i].path), rest = path;
        bool within = str_skip(&rest, known) &&
                      (rest.len == 0 || (host_paths[i].below && rest.ptr[0] == '/'));
        if (within && known.len >= length) {
            best = &host_paths[i];
            length = known.len;
        }
    }
    return best;
}

/* Files of the host that containers are given to know the time, and the like. */
static bool is_harmless_file(str path)
{
    static const char *const files[] = {"/etc/localtime",     "/etc/timezone", "/etc/ssl/certs",
                                        "/dev/null",          "/dev/shm",      "/dev/log",
                                        "/usr/share/zoneinfo"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (str_eq(path, str_from(files[i])))
            return true;
    return false;
}

static void sensitive_path(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Mount the one folder that is needed instead, with `:ro` behind it.",
        "Mount the one folder that is needed instead, with `readOnly: true`; better: use a "
        "ConfigMap, a Secret or a PersistentVolumeClaim.",
        "Mount the one folder that is needed instead, with `:ro` behind it.",
    };
    static const struct host_path keys = {"", false, SEVERITY_HIGH, SEVERITY_HIGH,
                                          "keys and logins"};
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        str source = clean(run->arena, mount->source);
        if (mount->kind != MOUNT_BIND || is_harmless_file(source) || is_socket_folder(source))
            continue;
        const struct host_path *found = is_key_folder(source) ? &keys : host_path_of(source);
        if (!found && str_eq(source, STR("~")))
            found = host_path_of(STR("/home"));
        if (!found)
            continue;
        workload_found(run, workload, &mount->place, &remedy, "%.*s is mounted%s: %s",
                       STR_ARG(mount->source), mount->read_only ? " read-only" : "", found->what)
            ->severity = mount->read_only ? found->readable : found->writable;
    }
}

static void host_path(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (workload->dialect == DIALECT_KUBERNETES && mount->kind == MOUNT_BIND)
            workload_found(run, workload, &mount->place, NULL, "mounts %.*s of the node",
                           STR_ARG(mount->source));
    }
    for (size_t i = 0; i < workload->idle_volumes.count; i++) {
        const struct workload_mount *volume = &workload->idle_volumes.items[i];
        if (volume->kind == MOUNT_BIND)
            workload_found(run, workload, &volume->place, NULL,
                           "its pod asks for %.*s of the node, and no container mounts it",
                           STR_ARG(volume->source))
                ->severity = SEVERITY_LOW;
    }
}

/* The restricted standard allows what the cluster manages, and images. */
static bool is_foreign_type(const struct workload_mount *mount)
{
    return mount->kind == MOUNT_OTHER && !str_eq(mount->type, STR("image"));
}

static void volume_type(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (workload->dialect == DIALECT_KUBERNETES && is_foreign_type(mount))
            workload_found(run, workload, &mount->place, NULL, "mounts a volume of type %.*s",
                           STR_ARG(mount->type));
    }
    for (size_t i = 0; i < workload->idle_volumes.count; i++) {
        const struct workload_mount *volume = &workload->idle_volumes.items[i];
        if (is_foreign_type(volume))
            workload_found(run, workload, &volume->place, NULL,
                           "its pod asks for a volume of type %.*s, and no container mounts it",
                           STR_ARG(volume->type));
    }
}

static void propagation(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove `propagation` (or `shared` behind the volume); `rslave` lets mounts of the host "
        "appear inside, and none the other way.",
        "Remove `mountPropagation: Bidirectional`; HostToContainer lets mounts of the node appear "
        "inside, and none the other way.",
        "Use `rprivate` or `rslave`, or leave it out.",
    };
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if (str_eq(mount->propagation, STR("shared")) ||
            str_eq(mount->propagation, STR("rshared")) ||
            str_eq(mount->propagation, STR("Bidirectional")))
            workload_found(run, workload, &mount->place, &remedy,
                           "what it mounts below %.*s appears on the host", STR_ARG(mount->target));
    }
}

static void volumes_from(struct rule_run *run, const struct workload *workload)
{
    for (size_t i = 0; i < workload->volumes_from.count; i++)
        workload_found(run, workload, &workload->volumes_from.items[i].place, NULL,
                       "gets every mount of %.*s", STR_ARG(workload->volumes_from.items[i].value));
}

/* --- devices ------------------------------------------------------------------------------- */

static bool is_disk(str path)
{
    static const char *const prefixes[] = {"/dev/sd",   "/dev/hd",   "/dev/vd",     "/dev/xvd",
                                           "/dev/nvme", "/dev/dm-",  "/dev/mapper", "/dev/md",
                                           "/dev/disk", "/dev/loop", "/dev/mmcblk", "/dev/mem",
                                           "/dev/kmem", "/dev/port", "/dev/kmsg"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (str_starts(path, str_from(prefixes[i])))
            return true;
    return str_eq(path, STR("/dev"));
}

static bool is_common(str path)
{
    static const char *const paths[] = {
        "/dev/fuse",   "/dev/net/tun", "/dev/dri", "/dev/snd",  "/dev/ttyUSB", "/dev/ttyACM",
        "/dev/serial", "/dev/video",   "/dev/rtc", "/dev/null", "/dev/zero",   "/dev/urandom"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (str_starts(path, str_from(paths[i])))
            return true;
    return false;
}

static void device(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove it from `devices`, or give it with `:r` behind it where reading is enough.",
        NULL,
        "Leave out that --device, or write `:r` behind it where reading is enough.",
    };
    for (size_t i = 0; i < workload->devices.count; i++) {
        const struct workload_device *item = &workload->devices.items[i];
        bool node = item->kind == DEVICE_NODE;
        bool all = item->kind == DEVICE_RULE &&
                   (str_starts(item->source, STR("a")) || str_starts(item->source, STR("b *:*")));
        struct finding *finding =
            workload_found(run, workload, &item->place, &remedy, "may use %s%.*s",
                           node                        ? ""
                           : item->kind == DEVICE_RULE ? "devices by the rule "
                                                       : "devices of ",
                           STR_ARG(item->source));
        bool read_only = str_eq(item->permissions, STR("r"));
        if (all || (node && is_disk(item->source)))
            finding->severity = read_only ? SEVERITY_HIGH : SEVERITY_CRITICAL;
        else if (item->kind == DEVICE_REQUEST || is_common(item->source))
            finding->severity = SEVERITY_INFO;
    }
}

static const struct rule rules[] = {
    {
        .id = "container/engine-socket",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "The container can command the engine",
        .why = "Whoever can write to the engine's socket can start a container with the whole "
               "host mounted, and is root of the machine. `:ro` does not help: it protects the "
               "file, not what is sent through it.",
        .fix = "Do not mount the socket, nor a folder that it is in.",
        .bad = SERVICE "    volumes: [\"/var/run/docker.sock:/var/run/docker.sock:ro\"]\n",
        .good = SERVICE "    volumes: [\"./site:/usr/share/nginx/html:ro\"]\n",
        .aliases = {"CIS 5.32", "KSV-0006", "d6355c88", "docker-sock"},
        .references = {"https://docs.docker.com/engine/security/#docker-daemon-attack-surface"},
        .workload = engine_socket,
    },
    {
        .id = "container/engine-on-network",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "The container commands an engine over the network, unprotected",
        .why = "An engine that takes commands over plain TCP takes them from everybody who reaches "
               "the port, and each of them is then root of that machine.",
        .fix = "Use TLS with client certificates (DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH), or "
               "ssh://.",
        .bad = SERVICE "    environment:\n      DOCKER_HOST: tcp://docker:2375\n",
        .good = SERVICE "    environment:\n      DOCKER_HOST: tcp://docker:2376\n"
                        "      DOCKER_TLS_VERIFY: \"1\"\n",
        .workload = engine_on_network,
    },
    {
        .id = "container/sensitive-host-path",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_CRITICAL,
        .title = "Files that rule the host are mounted into the container",
        .why = "Who can write the host's settings, programs or root's files owns the host: a line "
               "in /etc/cron.d is enough. Who can read them finds keys and password hashes. And a "
               "read-only mount is only as tight as it looks when nothing else is mounted below "
               "it: before Docker 25 a mount below stayed writable.",
        .fix = "Mount the one folder that is needed, read-only.",
        .bad = SERVICE "    volumes: [\"/etc:/host/etc\"]\n",
        .good = SERVICE "    volumes: [\"/etc/localtime:/etc/localtime:ro\"]\n",
        .aliases = {"CIS 5.6", "KSV-0121", "1c1325ff", "sensitive-host-mounts"},
        .workload = sensitive_path,
    },
    {
        .id = "container/host-path",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The pod mounts a folder of its node",
        .why = "The pod's data then depends on the node it happens to run on, and files of the "
               "node are within reach of whoever gets in. The baseline of the Pod Security "
               "Standards forbids it.",
        .fix = "Use a PersistentVolumeClaim, a ConfigMap, a Secret or an emptyDir.",
        .bad = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
               "  - name: web\n    image: nginx:1.27.3\n    volumeMounts:\n"
               "    - {name: data, mountPath: /data}\n  volumes:\n  - name: data\n"
               "    hostPath: {path: /srv/data}\n",
        .good = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
                "  - name: web\n    image: nginx:1.27.3\n    volumeMounts:\n"
                "    - {name: data, mountPath: /data}\n  volumes:\n  - name: data\n"
                "    persistentVolumeClaim: {claimName: data}\n",
        .aliases = {"KSV-0023"},
        .workload = host_path,
    },
    {
        .id = "container/volume-type",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The pod mounts a volume of a type that is not for everybody",
        .why = "Network shares and disks that are named in the pod itself pass by the cluster's "
               "administration of storage. The restricted standard allows only volumes that the "
               "cluster manages.",
        .fix = "Use a PersistentVolumeClaim.",
        .bad = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
               "  - name: web\n    image: nginx:1.27.3\n    volumeMounts:\n"
               "    - {name: data, mountPath: /data}\n  volumes:\n  - name: data\n"
               "    nfs: {server: files, path: /data}\n",
        .good = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
                "  - name: web\n    image: nginx:1.27.3\n    volumeMounts:\n"
                "    - {name: data, mountPath: /data}\n  volumes:\n  - name: data\n"
                "    persistentVolumeClaim: {claimName: data}\n",
        .aliases = {"KSV-0028"},
        .workload = volume_type,
    },
    {
        .id = "container/shared-propagation",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "What the container mounts appears on the host",
        .why = "With shared propagation a mount made inside is made outside too. Together with "
               "the right to mount, the container can cover folders of the host with its own.",
        .fix = "Leave propagation private, or slave where mounts of the host must appear inside.",
        .bad = SERVICE "    volumes: [\"./data:/data:rshared\"]\n",
        .good = SERVICE "    volumes: [\"./data:/data:rslave\"]\n",
        .aliases = {"CIS 5.20", "baa452f0"},
        .workload = propagation,
    },
    {
        .id = "container/volumes-from",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container gets every mount of another one",
        .why = "Also those that it does not need: sockets, keys, folders of the host. What is "
               "added to the other one later is added here silently.",
        .fix = "Name the volumes that both need in both.",
        .bad = SERVICE "    volumes_from: [db]\n  db:\n    image: postgres:17.2\n",
        .good = SERVICE "    volumes: [\"uploads:/uploads\"]\nvolumes:\n  uploads: {}\n",
        .workload = volumes_from,
    },
    {
        .id = "container/host-device",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The container may use a device of the host",
        .why = "A device is a direct line to the hardware and its driver, past the file system and "
               "its rights. With a disk one reads and changes every file of the host; with memory "
               "devices the kernel itself.",
        .fix = "Give only the device that is needed, and only for reading where that is enough.",
        .bad = SERVICE "    devices: [\"/dev/sda:/dev/sda\"]\n",
        .good = SERVICE "    volumes: [\"data:/data\"]\nvolumes:\n  data: {}\n",
        .aliases = {"CIS 5.18"},
        .workload = device,
    },
};

const struct rule_family rule_workload_mount = {"container", rules,
                                                sizeof(rules) / sizeof(rules[0])};
