// SPDX-License-Identifier: Apache-2.0
#include "act/fix/suggest.h"
#include "base/buf.h"
#include "base/limits.h"

/* The container as it should be, as a compose file and as a pod. */

struct page {
    struct arena *arena;
    struct buf *out;
    bool is_compose; /* where $ begins a variable */
};

/* A word that YAML takes for text as it stands; none that it takes for something else. */
static bool is_plain(str word)
{
    static const char *const words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq_nocase(word, str_from(words[i])))
            return false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        if (!letter && (!other || i == 0))
            return false;
    }
    return word.len > 0;
}

/* Double quotes hold everything, also bytes that a terminal would obey. */
static str quote(struct page *page, str word)
{
    if (is_plain(word))
        return word;
    BUF_SCOPED out = buf_make(word.len * 4 + 8);
    buf_add_char(&out, '"');
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.ptr[i];
        if (c < ' ' || c >= 0x7f)
            buf_add_str(&out, arena_printf(page->arena, "\\x%02x", c));
        else if (c == '"' || c == '\\')
            buf_add_str(&out, str_make((char[2]){'\\', (char)c}, 2));
        else if (c == '$' && page->is_compose)
            buf_add_str(&out, STR("$$"));
        else
            buf_add_char(&out, (char)c);
    }
    buf_add_char(&out, '"');
    return arena_str(page->arena, buf_str(&out));
}

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_add_str(page->out, arena_vprintf(page->arena, format, args));
    va_end(args);
    buf_add_char(page->out, '\n');
}

/* "key: value" at that column. */
static void put_text(struct page *page, int column, const char *key, const struct set_text *text)
{
    if (text->set)
        put(page, "%*s%s: %.*s", column, "", key, STR_ARG(quote(page, text->value)));
}

static void put_number(struct page *page, int column, const char *key,
                       const struct set_number *number)
{
    if (number->set)
        put(page, "%*s%s: %.0f", column, "", key, number->value);
}

static void put_flag(struct page *page, int column, const char *key, const struct set_flag *flag)
{
    if (flag->set && flag->value)
        put(page, "%*s%s: true", column, "", key);
}

/* "key: [a, b]"; nothing where the list is empty. */
static void put_list(struct page *page, int column, const char *key,
                     const struct set_text_list *list)
{
    str text = {0};
    for (size_t i = 0; i < list->count; i++)
        text = arena_printf(page->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "",
                            STR_ARG(quote(page, list->items[i].value)));
    if (list->count)
        put(page, "%*s%s: [%.*s]", column, "", key, STR_ARG(text));
}

static void put_item(struct page *page, int column, str text)
{
    put(page, "%*s- %.*s", column, "", STR_ARG(quote(page, text)));
}

static void put_named(struct page *page, int column, const char *key,
                      const struct named_value_list *list)
{
    if (list->count)
        put(page, "%*s%s:", column, "", key);
    for (size_t i = 0; i < list->count; i++)
        put(page, "%*s%.*s: %.*s", column + 2, "", STR_ARG(quote(page, list->items[i].name)),
            STR_ARG(quote(page, list->items[i].value)));
}

/* --- compose ---------------------------------------------------------------------------------- */

enum { KEYS = 4 };

static void compose_rights(struct page *page, const struct workload *workload)
{
    put_text(page, KEYS, "user", &workload->user);
    put_list(page, KEYS, "group_add", &workload->groups);
    put_list(page, KEYS, "cap_drop", &workload->cap_drop);
    put_list(page, KEYS, "cap_add", &workload->cap_add);
    put(page, "    security_opt:");
    put_item(page, KEYS + 2, STR("no-new-privileges:true"));
    const struct {
        const char *name;
        const struct set_text *value;
    } options[] = {{"seccomp:", &workload->seccomp}, {"apparmor:", &workload->apparmor}};
    for (size_t i = 0; i < 2; i++)
        if (options[i].value->set)
            put_item(page, KEYS + 2,
                     arena_join(page->arena, str_from(options[i].name), (str){0},
                                options[i].value->value));
    for (size_t i = 0; i < workload->selinux.count; i++)
        put_item(
            page, KEYS + 2,
            arena_join(page->arena, STR("label:"), (str){0}, workload->selinux.items[i].value));
    put_flag(page, KEYS, "read_only", &workload->read_only_root);
    put_text(page, KEYS, "runtime", &workload->runtime);
    put_text(page, KEYS, "ipc", &workload->ipc_mode);
    if (workload->cgroup_mode.set)
        put(page, "    # cgroup: private   # as Compose 2 has it; the default on cgroup v2");
    put_named(page, KEYS, "sysctls", &workload->sysctls);
}

static void compose_limits(struct page *page, const struct workload *workload)
{
    put_number(page, KEYS, "mem_limit", &workload->memory);
    put_number(page, KEYS, "memswap_limit", &workload->memory_swap);
    put_number(page, KEYS, "mem_reservation", &workload->memory_reservation);
    put(page, "    cpus: %.3g", workload->cpus.value);
    put_number(page, KEYS, "cpu_shares", &workload->cpu_shares);
    put_text(page, KEYS, "cpuset", &workload->cpuset);
    put_number(page, KEYS, "pids_limit", &workload->pids);
    put_number(page, KEYS, "shm_size", &workload->shm_size);
    put_number(page, KEYS, "oom_score_adj", &workload->oom_score);
    if (workload->ulimits.count)
        put(page, "    ulimits:");
    for (size_t i = 0; i < workload->ulimits.count; i++) {
        const struct workload_ulimit *limit = &workload->ulimits.items[i];
        put(page, "      %.*s: {soft: %lld, hard: %lld}", STR_ARG(quote(page, limit->name)),
            (long long)limit->soft, (long long)limit->hard);
    }
    if (workload->log_driver.set || workload->log_options.count)
        put(page, "    logging:");
    put_text(page, KEYS + 2, "driver", &workload->log_driver);
    put_named(page, KEYS + 2, "options", &workload->log_options);
    if (workload->restart.set)
        put(page, "    restart: on-failure:%.0f", workload->restart_limit.value);
    if (workload->healthcheck.disabled)
        put(page, "    healthcheck: {disable: true}");
    else if (workload->healthcheck.set)
        put(page, "    healthcheck:\n      test: [CMD-SHELL, %.*s]",
            STR_ARG(quote(page, workload->healthcheck.test)));
    put_text(page, KEYS, "stop_signal", &workload->stop_signal);
}

static void compose_network(struct page *page, const struct workload *workload)
{
    put_text(page, KEYS, "network_mode", &workload->network_mode);
    put_list(page, KEYS, "networks", &workload->networks);
    if (workload->ports.count)
        put(page, "    ports:");
    for (size_t i = 0; i < workload->ports.count; i++) {
        const struct workload_port *port = &workload->ports.items[i];
        str host = port->host_first ? arena_printf(page->arena, "%u", port->host_first) : (str){0};
        put_item(page, KEYS + 2,
                 arena_printf(page->arena, "%.*s:%.*s:%u/%.*s", STR_ARG(port->host_ip),
                              STR_ARG(host), port->container_first, STR_ARG(port->protocol)));
    }
    put_text(page, KEYS, "hostname", &workload->hostname);
    put_list(page, KEYS, "dns", &workload->dns);
    put_list(page, KEYS, "extra_hosts", &workload->extra_hosts);
}

static void compose_mounts(struct page *page, const struct workload *workload, bool tmpfs)
{
    bool any = false;
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        if ((mount->kind == MOUNT_TMPFS) != tmpfs)
            continue;
        if (!any)
            put(page, "    %s:", tmpfs ? "tmpfs" : "volumes");
        any = true;
        put_item(page, KEYS + 2,
                 tmpfs ? arena_join(page->arena, mount->target, STR(":"), mount->options)
                       : arena_printf(page->arena, "%.*s:%.*s%s", STR_ARG(mount->source),
                                      STR_ARG(mount->target), mount->read_only ? ":ro" : ""));
    }
}

static void compose_program(struct page *page, const struct workload *workload)
{
    put_named(page, KEYS, "labels", &workload->labels);
    if (workload->environment.count)
        put(page, "    environment:");
    for (size_t i = 0; i < workload->environment.count; i++) {
        const struct named_value *variable = &workload->environment.items[i];
        put_item(page, KEYS + 2,
                 variable->has_value
                     ? arena_join(page->arena, variable->name, STR("="), variable->value)
                     : variable->name);
    }
    put_text(page, KEYS, "working_dir", &workload->working_dir);
    put_flag(page, KEYS, "init", &workload->init);
    put_flag(page, KEYS, "tty", &workload->tty);
    put_list(page, KEYS, "entrypoint", &workload->entrypoint);
    put_list(page, KEYS, "command", &workload->command);
}

/* What is there already stays what it is. */
static void compose_others(struct page *page, const struct suggestion *suggestion)
{
    const struct workload *workload = &suggestion->workload;
    bool any = false;
    if (workload->networks.count)
        put(page, "networks:");
    for (size_t i = 0; i < workload->networks.count; i++) {
        str name = quote(page, workload->networks.items[i].value);
        bool new = str_eq(workload->networks.items[i].value, suggestion->network);
        put(page, "  %.*s: {name: %.*s%s}", STR_ARG(name), STR_ARG(name),
            new ? "" : ", external: true");
    }
    for (size_t i = 0; i < workload->mounts.count; i++) {
        if (workload->mounts.items[i].kind != MOUNT_VOLUME)
            continue;
        str name = quote(page, workload->mounts.items[i].source);
        if (!any)
            put(page, "volumes:");
        any = true;
        put(page, "  %.*s: {name: %.*s, external: true}", STR_ARG(name), STR_ARG(name));
    }
}

str suggest_compose(struct arena *arena, const struct suggestion *suggestion)
{
    const struct workload *workload = &suggestion->workload;
    BUF_SCOPED out = buf_make(LIMIT_DOCUMENT);
    struct page page = {.arena = arena, .out = &out, .is_compose = true};
    put(&page, "services:");
    put(&page, "  %.*s:", STR_ARG(quote(&page, workload->name)));
    put(&page, "    container_name: %.*s", STR_ARG(quote(&page, workload->name)));
    put_text(&page, KEYS, "image", &workload->image);
    compose_rights(&page, workload);
    compose_limits(&page, workload);
    compose_network(&page, workload);
    compose_mounts(&page, workload, true);
    compose_mounts(&page, workload, false);
    compose_program(&page, workload);
    compose_others(&page, suggestion);
    return arena_str(arena, buf_str(&out));
}

/* --- Kubernetes ------------------------------------------------------------------------------- */

enum { POD = 2, CONTAINER = 6 };

/* RFC 1123: letters, digits and dashes. */
static str object_name(struct page *page, str name)
{
    BUF_SCOPED out = buf_make(64);
    while (name.len && (name.ptr[0] == '/' || name.ptr[0] == '.'))
        name = str_from_index(name, 1);
    for (size_t i = 0; i < name.len && out.len < 60; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (fits || out.len)
            buf_add_char(&out, fits ? c : '-');
    }
    str text = buf_str(&out);
    while (str_ends(text, STR("-")))
        text = str_sub(text, 0, text.len - 1);
    return text.len ? arena_str(page->arena, text) : STR("x");
}

static bool is_number(str text)
{
    uint64_t value;
    return str_to_u64(text, UINT32_MAX, &value);
}

static void pod_context(struct page *page, const struct workload *workload)
{
    str user = {0}, group = {0};
    str_cut(workload->user.value, ':', &user, &group);
    put(page, "  securityContext:");
    put(page, "    runAsNonRoot: true");
    if (is_number(user))
        put(page, "    runAsUser: %.*s", STR_ARG(user));
    else
        put(page, "    # runAsUser: the number of %.*s", STR_ARG(quote(page, user)));
    if (is_number(group))
        put(page, "    runAsGroup: %.*s", STR_ARG(group));
    put(page, "    seccompProfile: {type: RuntimeDefault}");
    if (workload->sysctls.count)
        put(page, "    sysctls:");
    for (size_t i = 0; i < workload->sysctls.count; i++)
        put(page, "      - {name: %.*s, value: %.*s}",
            STR_ARG(quote(page, workload->sysctls.items[i].name)),
            STR_ARG(quote(page, workload->sysctls.items[i].value)));
}

static void pod_environment(struct page *page, const struct workload *workload)
{
    if (workload->environment.count)
        put(page, "      env:");
    for (size_t i = 0; i < workload->environment.count; i++) {
        const struct named_value *variable = &workload->environment.items[i];
        str name = quote(page, variable->name);
        if (variable->has_value)
            put(page, "        - {name: %.*s, value: %.*s}", STR_ARG(name),
                STR_ARG(quote(page, variable->value)));
        else
            put(page, "        - {name: %.*s, valueFrom: {secretKeyRef: {name: %.*s, key: %.*s}}}",
                STR_ARG(name), STR_ARG(object_name(page, workload->name)), STR_ARG(name));
    }
}

static void pod_ports(struct page *page, const struct workload *workload)
{
    if (workload->ports.count)
        put(page, "      ports:");
    for (size_t i = 0; i < workload->ports.count; i++)
        put(page, "        - {containerPort: %u, protocol: %s}",
            workload->ports.items[i].container_first,
            str_eq(workload->ports.items[i].protocol, STR("udp")) ? "UDP" : "TCP");
}

static str volume_name(struct page *page, const struct workload_mount *mount)
{
    return object_name(page, mount->kind == MOUNT_TMPFS ? mount->target : mount->source);
}

static void pod_mounts(struct page *page, const struct workload *workload)
{
    if (workload->mounts.count)
        put(page, "      volumeMounts:");
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        put(page, "        - {name: %.*s, mountPath: %.*s%s}", STR_ARG(volume_name(page, mount)),
            STR_ARG(quote(page, mount->target)), mount->read_only ? ", readOnly: true" : "");
    }
}

static void pod_volumes(struct page *page, const struct workload *workload)
{
    if (workload->mounts.count)
        put(page, "  volumes:");
    for (size_t i = 0; i < workload->mounts.count; i++) {
        const struct workload_mount *mount = &workload->mounts.items[i];
        str name = volume_name(page, mount);
        if (mount->kind == MOUNT_TMPFS)
            put(page, "    - {name: %.*s, emptyDir: {medium: Memory, sizeLimit: 64Mi}}",
                STR_ARG(name));
        else
            put(page, "    - {name: %.*s, persistentVolumeClaim: {claimName: %.*s}}", STR_ARG(name),
                STR_ARG(name));
    }
}

static void pod_container(struct page *page, const struct workload *workload)
{
    put(page, "    - name: %.*s", STR_ARG(object_name(page, workload->name)));
    put_text(page, CONTAINER, "image", &workload->image);
    put_list(page, CONTAINER, "command", &workload->entrypoint);
    put_list(page, CONTAINER, "args", &workload->command);
    put_text(page, CONTAINER, "workingDir", &workload->working_dir);
    put_flag(page, CONTAINER, "tty", &workload->tty);
    put(page, "      securityContext:");
    put(page, "        allowPrivilegeEscalation: false");
    put(page, "        readOnlyRootFilesystem: true");
    put(page, "        capabilities:");
    put_list(page, CONTAINER + 4, "drop", &workload->cap_drop);
    put_list(page, CONTAINER + 4, "add", &workload->cap_add);
    put(page, "      resources:");
    put(page, "        requests: {cpu: 100m, memory: %.0f}",
        workload->memory_reservation.set ? workload->memory_reservation.value
                                         : workload->memory.value);
    put(page, "        limits: {cpu: %.0fm, memory: %.0f}", workload->cpus.value * 1000,
        workload->memory.value);
    pod_environment(page, workload);
    pod_ports(page, workload);
    pod_mounts(page, workload);
}

str suggest_kubernetes(struct arena *arena, const struct suggestion *suggestion)
{
    const struct workload *workload = &suggestion->workload;
    BUF_SCOPED out = buf_make(LIMIT_DOCUMENT);
    struct page page = {.arena = arena, .out = &out};
    put(&page,
        "# Kubernetes' own business: claims for volumes, a Secret for what is secret, a Service for");
    put(&page, "# ports, and the limit of processes (podPidsLimit of the kubelet).");
    put(&page, "apiVersion: v1");
    put(&page, "kind: Pod");
    put(&page, "metadata:");
    put(&page, "  name: %.*s", STR_ARG(object_name(&page, workload->name)));
    put_named(&page, POD, "annotations", &workload->labels);
    put(&page, "spec:");
    put(&page, "  automountServiceAccountToken: false");
    if (workload->restart.set)
        put(&page, "  restartPolicy: OnFailure");
    put_text(&page, POD, "hostname", &workload->hostname);
    pod_context(&page, workload);
    put(&page, "  containers:");
    pod_container(&page, workload);
    pod_volumes(&page, workload);
    return arena_str(arena, buf_str(&out));
}
