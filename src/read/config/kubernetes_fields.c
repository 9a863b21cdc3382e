// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "read/config/kubernetes_internal.h"

/* Whether that host namespace is used says a flag; the model names modes. */
static void mode_of(struct config_reader *reader, const struct config_entries *entries,
                    const char *name, const char *if_true, const char *if_false,
                    struct set_text *ret)
{
    const struct config_entry *entry = config_find(entries, str_from(name));
    struct set_flag flag = {0};
    if (!entry)
        return;
    config_flag_of(reader, entry->value, &flag);
    if (flag.set)
        *ret = config_set(config_entry_place(reader, entry),
                          str_from(flag.value ? if_true : if_false));
}

static void flag_at(struct config_reader *reader, const struct config_entries *entries,
                    const char *name, struct set_flag *ret)
{
    const struct config_entry *entry = config_find(entries, str_from(name));
    struct set_flag flag = {0};
    if (entry)
        config_flag_of(reader, entry->value, &flag);
    if (!flag.set)
        return;
    *ret = flag;
    ret->place = config_entry_place(reader, entry);
}

static void text_at(struct config_reader *reader, const struct config_entries *entries,
                    const char *name, struct set_text *ret)
{
    const struct config_entry *entry = config_find(entries, str_from(name));
    if (entry && !config_is_null(entry->value))
        *ret = config_set(config_entry_place(reader, entry), config_scalar(reader, entry->value));
}

/* --- security contexts ---------------------------------------------------------------------- */

/* seccompProfile and appArmorProfile: a type, and a name where it is Localhost. */
static void profile_of(struct config_reader *reader, const struct config_entry *entry,
                       struct set_text *ret)
{
    struct config_entries entries = config_entries(reader, entry->value);
    struct set_text type = {0}, name = {0};
    text_at(reader, &entries, "type", &type);
    text_at(reader, &entries, "localhostProfile", &name);
    if (!type.set)
        return;
    str value = type.value;
    if (str_eq(value, STR("Unconfined")))
        value = STR("unconfined");
    else if (str_eq(value, STR("RuntimeDefault")))
        value = STR("default");
    else if (name.set)
        value = name.value;
    *ret = config_set(config_entry_place(reader, entry), value);
}

static str label_of(struct config_reader *reader, const struct config_entry *entry)
{
    str value = config_scalar(reader, entry->value);
    return arena_join(reader->arena, str_sub(entry->name, 0, LIMIT_CONFIG_NAME), STR(":"),
                      str_sub(value, 0, LIMIT_CONFIG_NAME));
}

static void selinux_of(struct config_reader *reader, const struct config_entry *entry,
                       struct workload *workload)
{
    struct config_entries entries = config_entries(reader, entry->value);
    if (!entries.count) /* a container's `{}` says nothing against its pod */
        return;
    workload->selinux = (struct set_text_list){0};
    for (size_t i = 0; i < entries.count && i < LIMIT_CONFIG_ITEMS; i++)
        *vec_push(reader->arena, &workload->selinux) = config_set(
            config_entry_place(reader, &entries.items[i]), label_of(reader, &entries.items[i]));
}

/* Both kinds of context have these. */
static void shared_context(struct config_reader *reader, const struct config_entries *context,
                           struct workload *workload)
{
    struct set_text user = {0}, group = {0};
    struct set_flag host_process = {0};
    text_at(reader, context, "runAsUser", &user);
    text_at(reader, context, "runAsGroup", &group);
    if (user.set)
        workload->user = user;
    if (group.set)
        config_number_set(reader, group.place, group.value, &workload->group);
    flag_at(reader, context, "runAsNonRoot", &workload->run_as_non_root);
    const struct config_entry *seccomp = config_find(context, STR("seccompProfile"));
    const struct config_entry *apparmor = config_find(context, STR("appArmorProfile"));
    const struct config_entry *selinux = config_find(context, STR("seLinuxOptions"));
    const struct config_entry *windows = config_find(context, STR("windowsOptions"));
    if (seccomp)
        profile_of(reader, seccomp, &workload->seccomp);
    if (apparmor)
        profile_of(reader, apparmor, &workload->apparmor);
    if (selinux)
        selinux_of(reader, selinux, workload);
    if (!windows)
        return;
    struct config_entries options = config_entries(reader, windows->value);
    flag_at(reader, &options, "hostProcess", &host_process);
    if (host_process.set)
        workload->host_process = host_process;
}

static void note_context(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload)
{
    if (config_is_null(entry->value))
        return;
    workload->security_context =
        (struct set_flag){.set = true, .value = true, .place = config_entry_place(reader, entry)};
}

static void sysctls_of(struct config_reader *reader, const struct yaml_node *node,
                       struct workload *workload)
{
    for (size_t i = 0;
         node->kind == YAML_SEQUENCE && i < node->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        struct set_text name = {0}, value = {0};
        text_at(reader, &entries, "name", &name);
        text_at(reader, &entries, "value", &value);
        struct named_value sysctl = {.place = config_place(reader, item),
                                     .name = name.value,
                                     .value = value.value,
                                     .has_value = value.set};
        if (name.set)
            config_named_put(reader->arena, &workload->sysctls, sysctl);
    }
}

void kubernetes_pod_fields(struct kubernetes_pod *pod, struct workload *workload)
{
    struct config_reader *reader = pod->reader;
    struct config_entries spec = config_entries(reader, pod->spec);
    struct set_text os = {0};
    mode_of(reader, &spec, "hostNetwork", "host", "private", &workload->network_mode);
    mode_of(reader, &spec, "hostPID", "host", "private", &workload->pid_mode);
    mode_of(reader, &spec, "hostIPC", "host", "private", &workload->ipc_mode);
    mode_of(reader, &spec, "hostUsers", "host", "private", &workload->user_mode);
    flag_at(reader, &spec, "automountServiceAccountToken", &workload->service_token);
    text_at(reader, &spec, "serviceAccountName", &workload->service_account);
    text_at(reader, &spec, "runtimeClassName", &workload->runtime);
    text_at(reader, &spec, "hostname", &workload->hostname);
    const struct config_entry *name = config_find(&spec, STR("os"));
    if (name) {
        struct config_entries entries = config_entries(reader, name->value);
        text_at(reader, &entries, "name", &os);
        workload->is_windows = str_eq(os.value, STR("windows"));
    }
    const struct config_entry *context = config_find(&spec, STR("securityContext"));
    if (context) {
        struct config_entries entries = config_entries(reader, context->value);
        shared_context(reader, &entries, workload);
        const struct config_entry *groups = config_find(&entries, STR("supplementalGroups"));
        const struct config_entry *sysctls = config_find(&entries, STR("sysctls"));
        if (groups)
            config_list_of(reader, groups->value, &workload->groups);
        if (sysctls)
            sysctls_of(reader, sysctls->value, workload);
        if (entries.count)
            note_context(reader, context, workload);
    }
    const struct yaml_node *annotations = config_get(reader, pod->metadata, STR("annotations"));
    if (annotations && annotations->kind == YAML_MAPPING)
        config_named_of(reader, annotations, &workload->labels);
}

static void capabilities_of(struct config_reader *reader, const struct yaml_node *node,
                            struct workload *workload)
{
    struct config_entries entries = config_entries(reader, node);
    for (size_t i = 0; i < entries.count; i++) {
        bool adds = str_eq(entries.items[i].name, STR("add"));
        struct set_text_list names = {0};
        if (!adds && !str_eq(entries.items[i].name, STR("drop")))
            continue;
        config_list_of(reader, entries.items[i].value, &names);
        for (size_t k = 0; k < names.count; k++)
            config_capability_add(reader, names.items[k].place, names.items[k].value,
                                  adds ? &workload->cap_add : &workload->cap_drop);
    }
}

static void container_context(struct config_reader *reader, const struct config_entry *context,
                              struct workload *workload)
{
    struct config_entries entries = config_entries(reader, context->value);
    struct set_flag escalation = {0};
    struct set_text proc_mount = {0};
    workload->context_body = config_body(reader, context->key, context->value);
    shared_context(reader, &entries, workload);
    if (entries.count)
        note_context(reader, context, workload);
    flag_at(reader, &entries, "privileged", &workload->privileged);
    flag_at(reader, &entries, "readOnlyRootFilesystem", &workload->read_only_root);
    flag_at(reader, &entries, "allowPrivilegeEscalation", &escalation);
    text_at(reader, &entries, "procMount", &proc_mount);
    if (escalation.set)
        workload->no_new_privileges =
            (struct set_flag){.set = true, .value = !escalation.value, .place = escalation.place};
    if (proc_mount.set)
        workload->unmasked = (struct set_flag){
            .set = true,
            .value = str_eq(proc_mount.value, STR("Unmasked")),
            .place = proc_mount.place,
        };
    const struct config_entry *capabilities = config_find(&entries, STR("capabilities"));
    if (capabilities)
        capabilities_of(reader, capabilities->value, workload);
}

/* Profiles as annotations, before Kubernetes 1.19 and 1.30. */
static void old_profiles(struct config_reader *reader, struct workload *workload)
{
    str name = str_sub(workload->name, 0, LIMIT_CONFIG_NAME);
    str apparmor = arena_join(reader->arena, STR("container.apparmor.security.beta.kubernetes.io"),
                              STR("/"), name);
    str seccomp = arena_join(reader->arena, STR("container.seccomp.security.alpha.kubernetes.io"),
                             STR("/"), name);
    const struct named_value *lsm = named_value_find(&workload->labels, apparmor);
    const struct named_value *filter = named_value_find(&workload->labels, seccomp);
    if (!filter)
        filter =
            named_value_find(&workload->labels, STR("seccomp.security.alpha.kubernetes.io/pod"));
    if (lsm && !workload->apparmor.set) {
        str value = lsm->value;
        str_skip(&value, STR("localhost/"));
        value = str_eq(value, STR("runtime/default")) ? STR("default") : value;
        workload->apparmor = config_set(lsm->place, value);
    }
    if (filter && !workload->seccomp.set) {
        str value = filter->value;
        bool is_default =
            str_eq(value, STR("runtime/default")) || str_eq(value, STR("docker/default"));
        workload->seccomp = config_set(filter->place, is_default ? STR("default") : value);
    }
}

/* --- resources ------------------------------------------------------------------------------ */

bool kubernetes_quantity(str text, double *ret)
{
    static const struct {
        const char *suffix;
        double factor;
    } suffixes[] = {
        {"Ki", 1024.0},
        {"Mi", 1048576.0},
        {"Gi", 1073741824.0},
        {"Ti", 1099511627776.0},
        {"Pi", 1125899906842624.0},
        {"Ei", 1152921504606846976.0},
        {"n", 1e-9},
        {"u", 1e-6},
        {"m", 1e-3},
        {"k", 1e3},
        {"M", 1e6},
        {"G", 1e9},
        {"T", 1e12},
        {"P", 1e15},
        {"E", 1e18},
    };
    double factor = 1;
    text = str_trim(text);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (str_ends(text, str_from(suffixes[i].suffix))) {
            text = str_sub(text, 0, text.len - str_from(suffixes[i].suffix).len);
            factor = suffixes[i].factor;
            break;
        }
    if (!str_to_double(text, ret))
        return false;
    *ret *= factor;
    return true;
}

static void quantity_of(struct config_reader *reader, const struct config_entry *entry,
                        struct set_number *ret)
{
    str text = config_scalar(reader, entry->value);
    *ret = (struct set_number){.place = config_entry_place(reader, entry), .text = text};
    ret->set = kubernetes_quantity(text, &ret->value);
    if (!ret->set)
        config_problem(reader, ret->place, false, "no quantity: %.*s (write 500m, 256Mi)",
                       STR_ARG(text));
}

static void resources_of(struct config_reader *reader, const struct yaml_node *node,
                         struct workload *workload)
{
    static const char *const lists[] = {"requests", "limits"};
    for (size_t list = 0; list < 2; list++) {
        struct config_entries entries =
            config_entries(reader, config_get(reader, node, str_from(lists[list])));
        for (size_t i = 0; i < entries.count; i++) {
            const struct config_entry *entry = &entries.items[i];
            if (str_eq(entry->name, STR("memory")))
                quantity_of(reader, entry,
                            list ? &workload->memory : &workload->memory_reservation);
            else if (str_eq(entry->name, STR("cpu")))
                quantity_of(reader, entry, list ? &workload->cpus : &workload->cpu_reservation);
        }
    }
}

/* --- ports, variables, mounts ------------------------------------------------------------------
 */

static void ports_of(struct config_reader *reader, const struct yaml_node *node,
                     struct workload *workload)
{
    for (size_t i = 0;
         node->kind == YAML_SEQUENCE && i < node->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        struct set_text container = {0}, host = {0}, ip = {0}, protocol = {0};
        struct workload_port port = {.place = config_place(reader, item)};
        text_at(reader, &entries, "containerPort", &container);
        text_at(reader, &entries, "hostPort", &host);
        text_at(reader, &entries, "hostIP", &ip);
        text_at(reader, &entries, "protocol", &protocol);
        port.protocol = protocol.set ? protocol.value : STR("tcp");
        port.host_ip = ip.value;
        bool ok = config_port_range(container.value, &port.container_first, &port.container_last);
        if (host.set)
            ok &= config_port_range(host.value, &port.host_first, &port.host_last);
        if (!ok)
            config_problem(reader, port.place, false, "no port");
        port.published = port.host_first != 0;
        if (port.published)
            port.place = host.place;
        if (ok && workload->ports.count < LIMIT_CONFIG_ITEMS)
            *vec_push(reader->arena, &workload->ports) = port;
    }
}

static void environment_of(struct config_reader *reader, const struct yaml_node *node,
                           struct workload *workload)
{
    for (size_t i = 0;
         node->kind == YAML_SEQUENCE && i < node->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        const struct config_entry *from = config_find(&entries, STR("valueFrom"));
        struct set_text name = {0}, value = {0};
        text_at(reader, &entries, "name", &name);
        text_at(reader, &entries, "value", &value);
        struct named_value variable = {
            .place = config_place(reader, item),
            .name = name.value,
            .value = value.value,
            .has_value = value.set,
            .is_secret = from && config_get(reader, from->value, STR("secretKeyRef")),
        };
        if (name.set)
            config_named_put(reader->arena, &workload->environment, variable);
    }
}

/* One item of the pod's `volumes`: its type, and of a hostPath the path. */
static void volume_type_of(struct config_reader *reader, const struct config_entries *entries,
                           struct workload_mount *mount)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct config_entry *entry = &entries->items[i];
        if (str_eq(entry->name, STR("name")))
            continue;
        mount->type = entry->name;
        if (!str_eq(entry->name, STR("hostPath")))
            continue;
        struct config_entries host = config_entries(reader, entry->value);
        struct set_text path = {0};
        text_at(reader, &host, "path", &path);
        mount->source = path.value;
        mount->place = config_entry_place(reader, entry);
    }
}

/* What `volumes` of the pod says of that name. */
static void volume_of(struct kubernetes_pod *pod, str name, struct workload_mount *mount)
{
    struct config_reader *reader = pod->reader;
    const struct yaml_node *volumes = config_get(reader, pod->spec, STR("volumes"));
    bool is_list = volumes && volumes->kind == YAML_SEQUENCE;
    for (size_t i = 0; is_list && i < volumes->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = volumes->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        struct set_text own = {0};
        text_at(reader, &entries, "name", &own);
        if (str_eq(own.value, name)) {
            volume_type_of(reader, &entries, mount);
            return;
        }
    }
}

static enum mount_kind kind_of(str type)
{
    static const char *const secrets[] = {"secret", "configMap", "projected", "downwardAPI"};
    static const char *const volumes[] = {"persistentVolumeClaim", "ephemeral", "csi", ""};
    if (str_eq(type, STR("hostPath")))
        return MOUNT_BIND;
    if (str_eq(type, STR("emptyDir")))
        return MOUNT_TMPFS;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        if (str_eq(type, str_from(secrets[i])))
            return MOUNT_SECRET;
    for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++)
        if (str_eq(type, str_from(volumes[i])))
            return MOUNT_VOLUME;
    return MOUNT_OTHER;
}

static void mounts_of(struct kubernetes_pod *pod, const struct yaml_node *node,
                      struct workload *workload)
{
    struct config_reader *reader = pod->reader;
    for (size_t i = 0;
         node->kind == YAML_SEQUENCE && i < node->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = node->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        struct set_text name = {0}, path = {0}, propagation = {0}, recursive = {0};
        struct set_flag read_only = {0};
        text_at(reader, &entries, "name", &name);
        text_at(reader, &entries, "mountPath", &path);
        text_at(reader, &entries, "mountPropagation", &propagation);
        text_at(reader, &entries, "recursiveReadOnly", &recursive);
        flag_at(reader, &entries, "readOnly", &read_only);
        struct workload_mount mount = {
            .place = config_place(reader, item),
            .source = name.value,
            .target = path.value,
            .propagation = propagation.value,
            .read_only = read_only.value,
            .recursive_set = recursive.set,
            .recursive = str_eq(recursive.value, STR("Enabled")),
        };
        volume_of(pod, name.value, &mount);
        mount.kind = kind_of(mount.type);
        if (path.set)
            config_mount_put(reader->arena, workload, mount);
    }
}

/* The names that a container's volumeMounts or volumeDevices have. */
static void names_used(struct config_reader *reader, const struct yaml_node *list, struct map *ret)
{
    for (size_t i = 0;
         list && list->kind == YAML_SEQUENCE && i < list->items.count && i < LIMIT_CONFIG_ITEMS;
         i++) {
        struct config_entries entries = config_entries(reader, list->items.items[i]);
        struct set_text name = {0};
        text_at(reader, &entries, "name", &name);
        map_put(reader->arena, ret, name.value, NULL);
    }
}

static void volumes_used(struct kubernetes_pod *pod, struct map *ret)
{
    static const char *const lists[] = {"initContainers", "containers", "ephemeralContainers"};
    struct config_reader *reader = pod->reader;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct yaml_node *list = config_get(reader, pod->spec, str_from(lists[i]));
        for (size_t k = 0; list && list->kind == YAML_SEQUENCE && k < list->items.count; k++) {
            const struct yaml_node *container = list->items.items[k];
            names_used(reader, config_get(reader, container, STR("volumeMounts")), ret);
            names_used(reader, config_get(reader, container, STR("volumeDevices")), ret);
        }
    }
}

void kubernetes_idle_volumes(struct kubernetes_pod *pod, struct workload *workload)
{
    struct config_reader *reader = pod->reader;
    const struct yaml_node *volumes = config_get(reader, pod->spec, STR("volumes"));
    struct map used = {0};
    if (!volumes || volumes->kind != YAML_SEQUENCE)
        return;
    volumes_used(pod, &used);
    for (size_t i = 0; i < volumes->items.count && i < LIMIT_CONFIG_ITEMS; i++) {
        const struct yaml_node *item = volumes->items.items[i];
        struct config_entries entries = config_entries(reader, item);
        struct workload_mount volume = {.place = config_place(reader, item)};
        struct set_text name = {0};
        text_at(reader, &entries, "name", &name);
        volume_type_of(reader, &entries, &volume);
        volume.kind = kind_of(volume.type);
        if (!map_has(&used, name.value))
            *vec_push(reader->arena, &workload->idle_volumes) = volume;
    }
}

static void host_of(struct config_reader *reader, const struct config_entry *action,
                    struct workload *workload)
{
    static const char *const kinds[] = {"httpGet", "tcpSocket"};
    struct config_entries entries = config_entries(reader, action->value);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct config_entry *request = config_find(&entries, str_from(kinds[i]));
        if (!request)
            continue;
        struct config_entries fields = config_entries(reader, request->value);
        struct set_text host = {0};
        text_at(reader, &fields, "host", &host);
        if (host.value.len)
            *vec_push(reader->arena, &workload->probe_hosts) = host;
    }
}

static void probes_of(struct config_reader *reader, const struct config_entries *entries,
                      struct workload *workload)
{
    static const char *const probes[] = {"livenessProbe", "readinessProbe", "startupProbe"};
    static const char *const hooks[] = {"postStart", "preStop"};
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        const struct config_entry *probe = config_find(entries, str_from(probes[i]));
        if (!probe || config_is_null(probe->value))
            continue;
        host_of(reader, probe, workload);
        if (!workload->healthcheck.set)
            workload->healthcheck = (struct workload_healthcheck){
                .set = true,
                .place = config_entry_place(reader, probe),
                .test = probe->name,
            };
    }
    const struct config_entry *lifecycle = config_find(entries, STR("lifecycle"));
    if (!lifecycle)
        return;
    struct config_entries fields = config_entries(reader, lifecycle->value);
    for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
        const struct config_entry *hook = config_find(&fields, str_from(hooks[i]));
        if (hook)
            host_of(reader, hook, workload);
    }
}

void kubernetes_container_fields(struct kubernetes_pod *pod, const struct yaml_node *container,
                                 struct workload *workload)
{
    struct config_reader *reader = pod->reader;
    struct config_entries entries = config_entries(reader, container);
    struct set_text name = {0};
    text_at(reader, &entries, "name", &name);
    workload->name = name.value;
    text_at(reader, &entries, "image", &workload->image);
    text_at(reader, &entries, "imagePullPolicy", &workload->pull_policy);
    text_at(reader, &entries, "workingDir", &workload->working_dir);
    flag_at(reader, &entries, "tty", &workload->tty);
    probes_of(reader, &entries, workload);
    for (size_t i = 0; i < entries.count; i++) {
        const struct config_entry *entry = &entries.items[i];
        if (str_eq(entry->name, STR("securityContext")))
            container_context(reader, entry, workload);
        else if (str_eq(entry->name, STR("resources")))
            resources_of(reader, entry->value, workload);
        else if (str_eq(entry->name, STR("ports")))
            ports_of(reader, entry->value, workload);
        else if (str_eq(entry->name, STR("env")))
            environment_of(reader, entry->value, workload);
        else if (str_eq(entry->name, STR("volumeMounts")))
            mounts_of(pod, entry->value, workload);
        else if (str_eq(entry->name, STR("command")))
            config_list_of(reader, entry->value, &workload->entrypoint);
        else if (str_eq(entry->name, STR("args")))
            config_list_of(reader, entry->value, &workload->command);
    }
    old_profiles(reader, workload);
    config_check_full(reader, workload);
}
