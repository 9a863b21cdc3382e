// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/config/config_internal.h"

struct set_text config_set(struct place place, str value)
{
    return (struct set_text){.set = true, .place = place, .value = value};
}

/* Whether the text holds a variable whose value nobody knows: then it is neither right nor wrong.
 */
static bool is_open(str text)
{
    return str_find_char(text, '$') != STR_NONE;
}

void config_named_put(struct arena *arena, struct named_value_list *list, struct named_value item)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, item.name)) {
            list->items[i] = item;
            return;
        }
    if (list->count < LIMIT_CONFIG_ITEMS)
        *vec_push(arena, list) = item;
}

void config_named_add(struct config_reader *reader, struct place place, str text,
                      struct named_value_list *list)
{
    struct named_value item = {.place = place, .from_variable = reader->substituted};
    item.has_value = str_cut(text, '=', &item.name, &item.value);
    config_named_put(reader->arena, list, item);
}

/* --- numbers ------------------------------------------------------------------------------- */

/* As docker's units.RAMInBytes(): all units are powers of 1024, "i" and "b" change nothing. */
bool config_bytes(str text, double *ret)
{
    static const char units[] = "bkmgtp";
    text = str_trim(text);
    if (str_eq(text, STR("-1"))) {
        *ret = -1;
        return true;
    }
    double factor = 1;
    size_t end = text.len;
    while (end && (text.ptr[end - 1] < '0' || text.ptr[end - 1] > '9') && text.ptr[end - 1] != '.')
        end--;
    str unit = str_trim(str_from_index(text, end));
    if (unit.len > 3 || !str_to_double(str_trim(str_sub(text, 0, end)), ret))
        return false;
    if (unit.len == 0)
        return true;
    char lower = (char)(unit.ptr[0] | 0x20);
    size_t at = str_find_char(STR("bkmgtp"), lower);
    if (at == STR_NONE || at >= sizeof(units))
        return false;
    for (str rest = str_from_index(unit, 1); rest.len; rest = str_from_index(rest, 1))
        if ((rest.ptr[0] | 0x20) != 'i' && (rest.ptr[0] | 0x20) != 'b')
            return false;
    for (; at; at--)
        factor *= 1024;
    *ret *= factor;
    return true;
}

void config_bytes_set(struct config_reader *reader, struct place place, str text,
                      struct set_number *ret)
{
    *ret = (struct set_number){.set = true, .place = place, .text = text};
    if (config_bytes(text, &ret->value))
        return;
    ret->set = is_open(text);
    ret->value = ret->set ? 1 : 0; /* some limit, whichever it is */
    if (!ret->set)
        config_problem(reader, place, false, "no size: %.*s (write 512m or 2g)", STR_ARG(text));
}

void config_number_set(struct config_reader *reader, struct place place, str text,
                       struct set_number *ret)
{
    str digits = str_trim(text);
    bool negative = str_skip(&digits, STR("-"));
    *ret = (struct set_number){.set = true, .place = place, .text = text};
    if (str_to_double(digits, &ret->value)) {
        ret->value = negative ? -ret->value : ret->value;
        return;
    }
    ret->set = is_open(text);
    ret->value = ret->set ? 1 : 0;
    if (!ret->set)
        config_problem(reader, place, false, "no number: %.*s", STR_ARG(text));
}

/* --- what a container may do ----------------------------------------------------------------- */

void config_capability_add(struct config_reader *reader, struct place place, str text,
                           struct set_text_list *list)
{
    str name = workload_capability(reader->arena, str_sub(text, 0, LIMIT_CONFIG_NAME));
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].value, name))
            return;
    if (name.len && list->count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, list) = config_set(place, name);
}

static str profile_name(str value)
{
    if (str_eq_nocase(value, STR("unconfined")))
        return STR("unconfined");
    if (str_eq(value, STR("docker-default")) || str_eq(value, STR("runtime/default")) ||
        str_eq(value, STR("builtin")))
        return STR("default");
    return value;
}

/* docker splits at the first '=', and at ':' where there is none (the form before 1.11). */
void config_security_add(struct config_reader *reader, struct place place, str text,
                         struct workload *workload)
{
    str name, value;
    if (!str_cut(text, '=', &name, &value))
        str_cut(text, ':', &name, &value);
    if (str_starts(text, STR("label:"))) { /* label:type:spc_t, label:level:s0:c1=... */
        name = STR("label");
        value = str_from_index(text, name.len + 1);
    }
    if (str_eq(name, STR("no-new-privileges"))) {
        bool on = true;
        if (value.len && !config_truth(value, &on) && !is_open(value))
            config_problem(reader, place, false, "neither true nor false: %.*s", STR_ARG(value));
        workload->no_new_privileges = (struct set_flag){.set = true, .value = on, .place = place};
    } else if (str_eq(name, STR("seccomp"))) {
        workload->seccomp = config_set(place, profile_name(value));
    } else if (str_eq(name, STR("apparmor"))) {
        workload->apparmor = config_set(place, profile_name(value));
    } else if (str_eq(name, STR("label"))) {
        if (workload->selinux.count < LIMIT_CONFIG_ITEMS)
            *vec_push(reader->arena, &workload->selinux) = config_set(place, value);
    } else if (str_eq(name, STR("systempaths")) || str_eq(name, STR("unmask"))) {
        bool all = str_eq_nocase(value, STR("unconfined")) || str_eq_nocase(value, STR("all"));
        workload->unmasked = (struct set_flag){
            .set = true, .value = all || str_eq(name, STR("unmask")), .place = place};
    } else if (!str_eq(name, STR("mask")) && !str_eq(name, STR("proc-opts")) &&
               !str_eq(name, STR("credentialspec")) && !str_eq(name, STR("writable-cgroups")) &&
               !is_open(name)) {
        config_problem(reader, place, false, "no security option that engines know: %.*s",
                       STR_ARG(text));
    }
}

void config_restart_set(struct config_reader *reader, struct place place, str text,
                        struct workload *workload)
{
    str name, count;
    bool is_false;
    bool has_count = str_cut(text, ':', &name, &count);
    if (config_truth(name, &is_false) && !is_false)
        name = STR("no"); /* YAML takes a plain `no` for false */
    workload->restart = config_set(place, name);
    workload->restart_limit = (struct set_number){0};
    if (has_count)
        config_number_set(reader, place, count, &workload->restart_limit);
}

void config_ulimit_put(struct arena *arena, struct workload *workload, struct workload_ulimit item)
{
    for (size_t i = 0; i < workload->ulimits.count; i++)
        if (str_eq(workload->ulimits.items[i].name, item.name)) {
            workload->ulimits.items[i] = item;
            return;
        }
    if (workload->ulimits.count < LIMIT_CONFIG_ITEMS)
        *vec_push(arena, &workload->ulimits) = item;
}

static bool parse_ulimit(str text, int64_t *ret)
{
    uint64_t value = 0;
    *ret = -1;
    if (str_eq(text, STR("-1")) || str_eq(text, STR("unlimited")))
        return true;
    bool ok = str_to_u64(text, INT64_MAX, &value);
    *ret = ok ? (int64_t)value : -1;
    return ok;
}

/* "nofile=1024:2048", "nofile=1024" */
void config_ulimit_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload)
{
    struct workload_ulimit item = {.place = place};
    str values, soft, hard;
    str_cut(text, '=', &item.name, &values);
    if (!str_cut(values, ':', &soft, &hard))
        hard = soft;
    if ((!parse_ulimit(soft, &item.soft) || !parse_ulimit(hard, &item.hard)) && !is_open(text))
        config_problem(reader, place, false, "no limit: %.*s (write nofile=1024:2048)",
                       STR_ARG(text));
    config_ulimit_put(reader->arena, workload, item);
}

/* --- ports and devices --------------------------------------------------------------------- */

bool config_port_range(str text, uint32_t *ret_first, uint32_t *ret_last)
{
    str first, last;
    uint64_t low = 0, high = 0;
    if (!str_cut(text, '-', &first, &last))
        last = first;
    bool ok = str_to_u64(first, 65535, &low) && str_to_u64(last, 65535, &high) && low <= high;
    *ret_first = ok ? (uint32_t)low : 0;
    *ret_last = ok ? (uint32_t)high : 0;
    return ok;
}

/* The index of the last ':' outside of brackets, or STR_NONE. */
static size_t last_colon(str text)
{
    size_t depth = 0;
    for (size_t i = text.len; i > 0; i--) {
        char c = text.ptr[i - 1];
        depth += c == ']';
        depth -= c == '[' && depth;
        if (c == ':' && !depth)
            return i - 1;
    }
    return STR_NONE;
}

/* "[[IP:]HOST:]CONTAINER[/PROTOCOL]", each port a number or a range, HOST may be empty. */
void config_port_add(struct config_reader *reader, struct place place, str text, bool published,
                     struct workload *workload)
{
    struct workload_port port = {.place = place, .published = published, .protocol = STR("tcp")};
    str rest, protocol, container, host = {0};
    if (str_cut(text, '/', &rest, &protocol) && protocol.len)
        port.protocol = protocol;
    size_t colon = last_colon(rest);
    container = colon == STR_NONE ? rest : str_from_index(rest, colon + 1);
    rest = colon == STR_NONE ? (str){0} : str_sub(rest, 0, colon);
    if (colon != STR_NONE) {
        size_t before = last_colon(rest);
        host = before == STR_NONE ? rest : str_from_index(rest, before + 1);
        port.host_ip = before == STR_NONE ? (str){0} : str_sub(rest, 0, before);
    }
    if (port.host_ip.len > 1 && port.host_ip.ptr[0] == '[')
        port.host_ip = str_sub(port.host_ip, 1, port.host_ip.len - 2);
    bool ok = config_port_range(container, &port.container_first, &port.container_last);
    if (host.len)
        ok &= config_port_range(host, &port.host_first, &port.host_last);
    if (!ok && !is_open(text))
        config_problem(reader, place, false, "no port: %.*s", STR_ARG(text));
    if ((ok || is_open(text)) && workload->ports.count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, &workload->ports) = port;
}

static bool is_permissions(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (str_find_char(STR("rwm"), text.ptr[i]) == STR_NONE)
            return false;
    return text.len > 0 && text.len <= 3;
}

/* "SOURCE[:TARGET][:PERMISSIONS]", or the name of a CDI device: "vendor.com/class=name". */
void config_device_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload)
{
    struct workload_device device = {.place = place, .kind = DEVICE_NODE};
    str rest, third;
    if (text.len && text.ptr[0] != '/' && str_find_char(text, '=') != STR_NONE) {
        device.kind = DEVICE_REQUEST;
        device.source = text;
    } else if (str_cut(text, ':', &device.source, &rest)) {
        str_cut(rest, ':', &device.target, &third);
        device.permissions = third;
        if (!third.len && is_permissions(device.target)) {
            device.permissions = device.target;
            device.target = (str){0};
        }
    }
    if (!device.target.len)
        device.target = device.source;
    if (workload->devices.count < LIMIT_CONFIG_ITEMS)
        *vec_push(reader->arena, &workload->devices) = device;
}
