// SPDX-License-Identifier: Apache-2.0
#include "read/host/host.h"

#include "base/fd.h"
#include "read/host/reader.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int host_open(struct arena *arena, const char *root, struct host_reader **ret, struct err *err)
{
    struct host_reader *reader = arena_new(arena, struct host_reader);
    reader->arena = arena;
    reader->is_machine = str_eq(str_from(root), STR("/"));
    reader->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (reader->root_fd < 0)
        return err_sys(err, "%s", root);
    processes_gather(reader);
    audit_kernel_gather(reader);
    *ret = reader;
    return 0;
}

static int compare_files(const void *left, const void *right)
{
    const struct host_file *a = left, *b = right;
    return str_cmp(a->path, b->path);
}

void host_read(struct host_reader *reader, struct host *ret)
{
    *ret = (struct host){.is_root = geteuid() == 0, .gaps = reader->gaps};
    reader->host = ret;
    processes_read(reader);
    units_read(reader);
    kernel_read(reader);
    kernel_config_read(reader);
    listeners_read(reader);
    namespaces_read(reader);
    audit_rules_read(reader);
    audit_kernel_read(reader);
    daemons_read(reader);
    clients_read(reader);
    accounts_read(reader);
    if (ret->files.count > 1)
        qsort(ret->files.items, ret->files.count, sizeof(*ret->files.items), compare_files);
    if (!ret->is_root && reader->is_machine)
        reader_gap(reader, STR("this machine"),
                   STR("not looked at as root: some files, sockets and processes are not shown"));
}

void host_close(struct host_reader *reader)
{
    if (reader)
        fd_close(&reader->root_fd);
}
