// SPDX-License-Identifier: Apache-2.0
#include "model/workload.h"

static const char *const dialects[DIALECT_COUNT] = {
    [DIALECT_COMPOSE] = "compose", [DIALECT_KUBERNETES] = "kubernetes",
    [DIALECT_RUN] = "run",         [DIALECT_ENGINE] = "engine",
    [DIALECT_LIVE] = "live",
};

str dialect_name(enum workload_dialect dialect)
{
    return str_from(dialects[dialect]);
}

/* What dockerd, containerd's CRI and (with three fewer) podman give unless told otherwise. */
static const char *const default_capabilities[] = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
};

str workload_capability(struct arena *arena, str name)
{
    str trimmed = str_trim(name);
    char *upper = arena_array(arena, char, trimmed.len + 1);
    for (size_t i = 0; i < trimmed.len; i++) {
        char c = trimmed.ptr[i];
        upper[i] = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    str result = str_make(upper, trimmed.len);
    str_skip(&result, STR("CAP_"));
    return result;
}

static bool list_has(const struct set_text_list *list, str value)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].value, value))
            return true;
    return false;
}

/* As moby's caps.TweakCapabilities(): a named one beats ALL of the other list. */
bool workload_has_capability(const struct workload *workload, str name)
{
    if (workload->privileged.set && workload->privileged.value)
        return true;
    if (list_has(&workload->cap_add, name))
        return true;
    if (list_has(&workload->cap_drop, name))
        return false;
    if (list_has(&workload->cap_add, STR("ALL")))
        return true;
    if (list_has(&workload->cap_drop, STR("ALL")))
        return false;
    for (size_t i = 0; i < sizeof(default_capabilities) / sizeof(default_capabilities[0]); i++)
        if (str_eq(str_from(default_capabilities[i]), name))
            return true;
    return false;
}

const struct named_value *named_value_find(const struct named_value_list *list, str name)
{
    for (size_t i = list->count; i > 0; i--)
        if (str_eq(list->items[i - 1].name, name))
            return &list->items[i - 1];
    return NULL;
}
