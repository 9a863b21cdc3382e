// SPDX-License-Identifier: Apache-2.0
#include "model/host.h"

#include "base/path.h"

const struct host_file *host_file(const struct host *host, str path)
{
    for (size_t i = 0; i < host->files.count; i++)
        if (str_eq(host->files.items[i].path, path))
            return &host->files.items[i];
    return NULL;
}

str host_real_path(const struct host *host, str path)
{
    const struct host_file *file = host_file(host, path);
    return file && file->real.len ? file->real : path;
}

str host_value(const struct host *host, str path)
{
    for (size_t i = 0; i < host->values.count; i++)
        if (str_eq(host->values.items[i].path, path))
            return host->values.items[i].value;
    return (str){0};
}

char host_kernel_option(const struct host *host, str name)
{
    for (size_t i = 0; i < host->kernel_config.count; i++)
        if (str_eq(host->kernel_config.items[i].name, name))
            return host->kernel_config.items[i].value.len
                       ? host->kernel_config.items[i].value.ptr[0]
                       : 0;
    return 0;
}

const struct host_process *host_process(const struct host *host, str name)
{
    for (size_t i = 0; i < host->processes.count; i++)
        if (str_eq(host->processes.items[i].name, name))
            return &host->processes.items[i];
    return NULL;
}

const struct host_mount *host_mount_of(const struct host *host, str path)
{
    const struct host_mount *best = NULL;
    for (size_t i = 0; i < host->mounts.count; i++) {
        const struct host_mount *mount = &host->mounts.items[i];
        bool above = str_eq(mount->point, STR("/")) || path_is_ancestor(mount->point, path);
        /* A later line of the same point lies over the earlier one. */
        if (above && (!best || mount->point.len >= best->point.len))
            best = mount;
    }
    return best;
}

const struct unit_line *host_unit_line(const struct host *host, str unit, str key)
{
    for (size_t i = host->unit_lines.count; i-- > 0;) {
        const struct unit_line *line = &host->unit_lines.items[i];
        if (str_eq(line->unit, unit) && str_eq(line->key, key))
            return line;
    }
    return NULL;
}

const struct package *host_package(const struct host *host, str name)
{
    for (size_t i = 0; i < host->packages.count; i++)
        if (str_eq(host->packages.items[i].name, name))
            return &host->packages.items[i];
    return NULL;
}

const struct daemon_setting *daemon_setting(const struct host_daemon *daemon, str name)
{
    for (size_t i = daemon ? daemon->settings.count : 0; i-- > 0;)
        if (str_eq(daemon->settings.items[i].name, name))
            return &daemon->settings.items[i];
    return NULL;
}

bool daemon_setting_is(const struct host_daemon *daemon, str name, str value)
{
    const struct daemon_setting *setting = daemon_setting(daemon, name);
    return setting && str_eq(setting->value, value);
}
