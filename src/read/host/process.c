// SPDX-License-Identifier: Apache-2.0
/*
 * Processes of engines, and those that have no business in a container (proc_pid(5)). Gathered
 * before the sandbox: afterwards the kernel shows neither the executable nor the descriptors of
 * other processes.
 */
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* comm has at most 15 characters. */
static const struct {
    str name;
    bool sockets, cgroup;
} wanted[] = {
    {STR_INIT("auditd"), false, false},      {STR_INIT("conmon"), false, false},
    {STR_INIT("containerd"), true, false},   {STR_INIT("containerd-shim"), false, false},
    {STR_INIT("crio"), true, false},         {STR_INIT("docker-proxy"), false, false},
    {STR_INIT("dockerd"), true, false},      {STR_INIT("podman"), true, false},
    {STR_INIT("rootlesskit"), false, false}, {STR_INIT("dropbear"), false, true},
    {STR_INIT("firewalld"), false, false},   {STR_INIT("kubelet"), false, false},
    {STR_INIT("sshd"), false, true},
};
enum { WANTED_COUNT = sizeof(wanted) / sizeof(wanted[0]) };

str reader_link(struct host_reader *reader, str path)
{
    char target[LIMIT_HOST_PATH];
    if (reader->is_machine) { /* nothing to keep below: one call, of which /proc needs many */
        const char *name = arena_cstr(reader->arena, path);
        ssize_t len = readlinkat(reader->root_fd, name + strspn(name, "/"), target, sizeof(target));
        return len <= 0 ? (str){0} : arena_str(reader->arena, str_make(target, (size_t)len));
    }
    FD_SCOPED fd = reader_open(reader, path, O_PATH | O_NOFOLLOW);
    ssize_t len = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));
    return len <= 0 ? (str){0} : arena_str(reader->arena, str_make(target, (size_t)len));
}

/* "socket:[123]" of /proc/PID/fd. */
static void gather_sockets(struct host_reader *reader, struct raw_process *process)
{
    str folder = reader_path(reader, "/proc/%u/fd", process->pid);
    int fd = reader_open(reader, folder, O_RDONLY | O_DIRECTORY);
    DIR_SCOPED dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry;
         (entry = readdir(dir)) && process->sockets.count < LIMIT_HOST_SOCKETS;) {
        char target[64];
        uint64_t inode;
        ssize_t len = readlinkat(fd, entry->d_name, target, sizeof(target));
        str link = str_make(target, len > 0 ? (size_t)len : 0);
        if (str_skip(&link, STR("socket:[")) && str_ends(link, STR("]")) &&
            str_to_u64(str_sub(link, 0, link.len - 1), UINT64_MAX, &inode))
            *vec_push(reader->arena, &process->sockets) = inode;
    }
}

static void gather_one(struct host_reader *reader, uint32_t pid)
{
    struct err ignored = {0};
    str name, path = reader_path(reader, "/proc/%u/comm", pid);
    if (reader_file(reader, path, KIB(4), &name, &ignored) < 0)
        return;
    name = str_trim_end(name);
    size_t which = 0;
    while (which < WANTED_COUNT && !str_eq(wanted[which].name, name))
        which++;
    if (which == WANTED_COUNT)
        return;
    struct raw_process *process = vec_push(reader->arena, &reader->raw_processes);
    *process = (struct raw_process){.pid = pid, .name = name};
    /* A process that ended meanwhile leaves these empty. */
    (void)reader_file(reader, reader_path(reader, "/proc/%u/cmdline", pid), LIMIT_HOST_FILE,
                      &process->command_line, &ignored);
    process->executable = reader_link(reader, reader_path(reader, "/proc/%u/exe", pid));
    if (wanted[which].cgroup)
        (void)reader_file(reader, reader_path(reader, "/proc/%u/cgroup", pid), LIMIT_HOST_FILE,
                          &process->cgroup, &ignored);
    (void)reader_file(reader, reader_path(reader, "/proc/%u/status", pid), LIMIT_HOST_FILE,
                      &process->status, &ignored);
    if (wanted[which].sockets)
        gather_sockets(reader, process);
}

static int compare_pids(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

bool reader_pids(struct host_reader *reader, struct host_pid_list *ret)
{
    int fd = reader_open(reader, STR("/proc"), O_RDONLY | O_DIRECTORY);
    DIR_SCOPED dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int number = errno;
        if (fd >= 0)
            close(fd);
        errno = number;
        return false;
    }
    for (struct dirent *entry; ret->count < LIMIT_HOST_NAMES && (entry = readdir(dir));) {
        uint64_t pid;
        if (str_to_u64(str_from(entry->d_name), UINT32_MAX, &pid))
            *vec_push(reader->arena, ret) = (uint32_t)pid;
    }
    if (ret->count > 1)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_pids);
    return true;
}

void processes_gather(struct host_reader *reader)
{
    struct host_pid_list pids = {0};
    if (!reader_pids(reader, &pids))
        reader_gap(reader, STR("/proc"),
                   arena_printf(reader->arena, "cannot list processes: %s", strerror(errno)));
    for (size_t i = 0; i < pids.count; i++) {
        if (reader->raw_processes.count >= LIMIT_HOST_PROCESSES) {
            reader_gap(reader, STR("/proc"), STR("more processes of engines than are looked at"));
            break;
        }
        gather_one(reader, pids.items[i]);
    }
}

str cgroup_container(str cgroup)
{
    enum { ID = 64 };
    size_t run = 0;
    for (size_t i = 0; i <= cgroup.len; i++) {
        char c = i < cgroup.len ? cgroup.ptr[i] : '\n';
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (!hex && run == ID)
            return str_sub(cgroup, i - ID, ID);
        run = hex ? run + 1 : 0;
    }
    return (str){0};
}

/* "Uid:\treal\teffective\t...": the effective one; 0 where the file does not say. */
uint32_t status_uid(str status)
{
    str line, word = {0};
    uint64_t uid = 0;
    while (str_next_line(&status, &line))
        if (str_skip(&line, STR("Uid:")) && str_next_word(&line, &word) &&
            str_next_word(&line, &word) && str_to_u64(word, UINT32_MAX, &uid))
            return (uint32_t)uid;
    return 0;
}

/* The kernel marks a program whose file was replaced while it runs. */
static str without_mark(str path)
{
    const str mark = STR(" (deleted)");
    return str_ends(path, mark) ? str_sub(path, 0, path.len - mark.len) : path;
}

void processes_read(struct host_reader *reader)
{
    for (size_t i = 0; i < reader->raw_processes.count; i++) {
        const struct raw_process *raw = &reader->raw_processes.items[i];
        struct host_process *process = vec_push(reader->arena, &reader->host->processes);
        *process = (struct host_process){
            .pid = raw->pid,
            .uid = status_uid(raw->status),
            .name = raw->name,
            .executable = without_mark(raw->executable),
            .container = cgroup_container(raw->cgroup),
        };
        str rest = raw->command_line, argument;
        while (process->arguments.count < LIMIT_HOST_ROWS && str_next(&rest, '\0', &argument))
            *vec_push(reader->arena, &process->arguments) = argument;
    }
}
