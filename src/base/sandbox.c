// SPDX-License-Identifier: Apache-2.0
#include "base/sandbox.h"

#include "base/fd.h"
#include "base/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What newer kernels add to <linux/landlock.h>; the values are part of the kernel's interface. */
#define RIGHT_TRUNCATE         (1ull << 14) /* ABI 3 */
#define RIGHT_IOCTL_DEVICE     (1ull << 15) /* ABI 5 */
#define RIGHT_NET_BIND_TCP     (1ull << 0)  /* ABI 4 */
#define RIGHT_NET_CONNECT_TCP  (1ull << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ull << 0) /* ABI 6 */
#define SCOPE_SIGNALS          (1ull << 1)

/* struct landlock_ruleset_attr as of ABI 6; older kernels accept the longer form as long as what
 * they do not know is zero. */
struct ruleset {
    uint64_t files, network, scoped;
};

enum { FILES_SIZE = 8, NETWORK_SIZE = 16, SCOPED_SIZE = 24 };

/* Reading stays free: a scanner reads what it is pointed at. */
static uint64_t handled_files(int abi)
{
    uint64_t rights =
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
        LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
        LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
    if (abi >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        rights |= RIGHT_TRUNCATE;
    if (abi >= 5)
        rights |= RIGHT_IOCTL_DEVICE;
    return rights;
}

#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define FOLDER_RIGHTS                                                                              \
    (FILE_RIGHTS | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER)

/* One writable path. One that does not exist needs no right. */
static int allow_path(int ruleset, const char *path, uint64_t handled, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", path);
    struct landlock_path_beneath_attr rule = {
        .allowed_access = (S_ISDIR(st.st_mode) ? FOLDER_RIGHTS : FILE_RIGHTS) & handled,
        .parent_fd = fd,
    };
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        return err_sys(err, "cannot allow writing below %s", path);
    return 0;
}

int sandbox_restrict_files(const struct sandbox *sandbox, int abi, struct err *err)
{
    struct ruleset attributes = {.files = handled_files(abi)};
    size_t size = abi >= 6 ? SCOPED_SIZE : abi >= 4 ? NETWORK_SIZE : FILES_SIZE;
    if (abi >= 4)
        attributes.network =
            RIGHT_NET_BIND_TCP | (sandbox->network ? 0 : (uint64_t)RIGHT_NET_CONNECT_TCP);
    if (abi >= 6)
        attributes.scoped = SCOPE_SIGNALS | (sandbox->network ? 0 : SCOPE_ABSTRACT_SOCKETS);
    FD_SCOPED ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0)
        return err_sys(err, "cannot make a Landlock ruleset");
    for (const char *const *at = sandbox->writable; at && *at; at++)
        if (allow_path(ruleset, *at, attributes.files, err) < 0)
            return -1;
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
        return err_sys(err, "cannot enter the Landlock ruleset");
    return 0;
}

/* 1: holds; 0: this kernel has no seccomp filters. */
static int restrict_calls(const struct sandbox *sandbox, bool landlock, struct err *err)
{
    struct sock_filter instructions[SANDBOX_FILTER_MAX];
    const struct sandbox_filter filter = {
        .network = sandbox->network,
        .writing = sandbox->writable && sandbox->writable[0],
        .landlock = landlock,
        .pid = getpid(),
    };
    struct sock_fprog program = {
        .len = (unsigned short)sandbox_filter_build(&filter, instructions),
        .filter = instructions,
    };
    long failed =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (failed > 0)
        return err_set(err, ERR_IO, "thread %ld cannot be put under the seccomp filter", failed);
    if (failed < 0 && (errno == ENOSYS || errno == EINVAL))
        return 0;
    if (failed < 0)
        return err_sys(err, "cannot enter the seccomp filter");
    return 1;
}

int sandbox_enter(const struct sandbox *sandbox, enum sandbox_level *ret_level, struct err *err)
{
    *ret_level = SANDBOX_NONE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_sys(err, "cannot give up new privileges");

    /* Not built in, switched off at boot, or hidden by a container's own filter: all the same. */
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi > 0 && sandbox_restrict_files(sandbox, (int)abi, err) < 0)
        return err_wrap(err, "sandbox");
    int calls = restrict_calls(sandbox, abi > 0, err);
    if (calls < 0)
        return err_wrap(err, "sandbox");
    if (calls)
        *ret_level = abi > 0 ? SANDBOX_FULL : SANDBOX_SECCOMP;
    else
        *ret_level = abi > 0 ? SANDBOX_LANDLOCK : SANDBOX_NONE;
    return 0;
}

const char *sandbox_level_name(enum sandbox_level level)
{
    static const char *const names[] = {
        [SANDBOX_NONE] = "none",
        [SANDBOX_LANDLOCK] = "Landlock",
        [SANDBOX_SECCOMP] = "seccomp",
        [SANDBOX_FULL] = "Landlock and seccomp",
    };
    return names[level];
}
